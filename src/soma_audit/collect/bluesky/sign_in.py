"""Signing in to Bluesky with an app password, once per run: signed-in requests go through the account's own server."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from soma_audit.errors import NotReadableError, SkipStreamError

if TYPE_CHECKING:
    from collections.abc import Callable

    from soma_audit.collect.transport import Json, Transport

NOT_REFUSED = frozenset({"rate_limit", "unreachable"})
"""Why signing in may fail though neither the identifier nor the app password is to blame."""


def only_session(body: Json) -> Json:
    """Return only the session's token from a response, or the error instead of one."""
    return {k: body[k] for k in ("accessJwt", "error") if k in body} if isinstance(body, dict) else None


def sign_in(transport: Transport, identifier: str, password: str) -> str:
    """Return the token of a new session (com.atproto.server.createSession): good for a while, and never stored.

    Raises:
        SkipStreamError: the server refuses the identifier or the app password, or does not answer.
    """
    try:
        body = transport.send(
            "POST",
            "/xrpc/com.atproto.server.createSession",
            content={"identifier": identifier, "password": password},
        ).json()
    except NotReadableError as error:
        if error.reason == "permission":
            message = (
                "Bluesky refused the app password: make a new one and put it in bluesky.app_password_file"
            )
            raise SkipStreamError("refused", message) from error
        # whatever is wrong with whoever signs in: the account that is read can be read on
        reason = error.reason if error.reason in NOT_REFUSED else "refused"
        raise SkipStreamError(reason, f"Bluesky did not let us sign in ({error})") from error
    if "accessJwt" not in body:
        raise SkipStreamError("refused", "Bluesky did not let us sign in (its answer has no session)")
    return str(body["accessJwt"])


class Session:
    """A transport with a session, opened when it is first needed."""

    def __init__(self, open_: Callable[[], Transport]) -> None:
        self._open = open_
        self._transport: Transport | None = None
        self._refused: NotReadableError | None = None
        self._one_opens = threading.Lock()

    def __call__(self, *, anew: bool = False) -> Transport:
        """Return the transport; a refusal holds for the run, since servers limit attempts to sign in."""
        with self._one_opens:
            if self._refused is not None:
                raise self._refused
            if self._transport is None or anew:
                try:
                    self._transport = self._open()
                except NotReadableError as error:
                    self._refused = error
                    raise
            return self._transport
