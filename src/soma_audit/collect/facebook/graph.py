"""The Graph API under facebook-sdk: where its requests go, and what an answer means for the caller."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from soma_audit.collect.network import LostPlaceError, NotThereError
from soma_audit.collect.token_kind import Token, read_token
from soma_audit.collect.transport import Reply, Transport, TryAgainError, WaitError
from soma_audit.errors import NotReadableError, SkipNetworkError, SkipStreamError
from soma_audit.model import TokenKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TOO_MUCH = "reduce the amount of data"
UNKNOWN_FIELD = re.compile(r"nonexisting field(?: \((\w+)\))?")
MISSING = 33
"""The subcode of "there is no such thing, or not for you": Graph's own word for what is gone."""
ENOUGH = 90
"""Percent of a limit at which we stop by ourselves: who goes on until refused is shut out for longer."""


class GraphSession:
    """What facebook-sdk calls a session: decides where the token stands, and hands over to our transport."""

    def __init__(
        self, transport: Transport, token: str, app_secret: str | None = None, *, in_query: bool = False
    ) -> None:
        self.transport = transport
        self._in_query = {"access_token": token} if in_query else {}
        self._rest: WaitError | None = None
        self._proof = (
            hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest() if app_secret else None
        )

    def request(self, method: str, url: str, params: Mapping[str, Any] | None = None, **_: object) -> Reply:
        """Carry a request; the token goes in a header, where no log and no error message shows it.

        That Graph takes it there is reported, not documented: it can be put into the query too.
        """
        kept = {**(params or {}), "access_token": None, **self._in_query}
        if self._proof:
            kept["appsecret_proof"] = self._proof
        if self._rest is not None:
            self.transport.wait(self._rest, 1)
        reply = self.transport.send(method, urlsplit(url).path, kept)
        self._rest = nearly_used_up(reply)
        return reply


def check(reply: Reply) -> None:
    """Raise what an answer other than a success means; by Graph's code, hardly by HTTP status."""
    body = reply.body if isinstance(reply.body, dict) else {}
    error = body.get("error")
    if not error and reply.status < 400 and body:
        return
    if not isinstance(error, dict):
        raise TryAgainError(f"HTTP {reply.status}")
    code, message = int(error.get("code") or 0), str(error.get("message", ""))[:200]
    if TOO_MUCH in message:
        raise TooMuchError(message)
    if code in {4, 17, 32, 341, 613, 80001}:  # also when it is called transient: asking on lengthens the ban
        raise WaitError(f"Facebook: {message}", after=regain_after(reply))
    if code in {1, 2} or error.get("is_transient"):
        raise TryAgainError(message)
    if code == 100 and (field := UNKNOWN_FIELD.search(message)):
        raise UnknownFieldError(field[1] or "", message)
    raise _refusal(code, int(error.get("error_subcode") or 0), message, reply.url)


def _refusal(code: int, subcode: int, message: str, url: str) -> NotReadableError:
    if code in {102, 190, 368}:
        said = f"Facebook refused the token ({message})"
        return SkipNetworkError("refused", f"{said}: make a new one and put it in facebook.token_file")
    if "New Pages experience" in message:
        return SkipStreamError("not_supported", f"Facebook: {message}")
    if code in {3, 10} or 200 <= code <= 299:
        return SkipStreamError("permission", f"Facebook: {message}")
    if code == 100:
        lost = re.search(r"[?&](after|__paging_token)=", url)  # a cursor that has grown old
        kind = LostPlaceError if lost else NotThereError if subcode == MISSING else SkipStreamError
        return kind("not_found", f"Facebook: {message}")
    return SkipStreamError("unreachable", f"Facebook: error {code}, {message}")


class TooMuchError(Exception):
    """Facebook asks for smaller pages."""


class UnknownFieldError(SkipStreamError):
    """Graph does not know a field that it was asked for, and fails the whole request."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        """Its name; empty if Graph does not say."""
        super().__init__("unreachable", f"Facebook: error 100, {message}")


def nearly_used_up(reply: Reply) -> WaitError | None:
    """Read the headers that count our calls, time and computing in percent of what is allowed."""
    counted = ("call_count", "total_time", "total_cputime")
    highest = max((int(use.get(k) or 0) for use in _uses(reply) for k in counted), default=0)
    if highest < ENOUGH:
        return None
    return WaitError(f"Facebook: {highest} % of what is allowed is used", after=regain_after(reply))


def _uses(reply: Reply) -> Iterator[Mapping[str, Any]]:
    for name in ("x-app-usage", "x-page-usage", "x-business-use-case-usage"):
        try:
            use = json.loads(reply.headers.get(name, "{}"))
            yield from [use] if "call_count" in use else [u for group in use.values() for u in group]
        except (ValueError, TypeError, AttributeError):
            continue


def regain_after(reply: Reply) -> timedelta | None:
    """Read when a business-use-case limit is lifted: Facebook tells minutes from now."""
    try:
        uses = json.loads(reply.headers.get("x-business-use-case-usage", "{}"))
        return timedelta(
            minutes=max(int(u["estimated_time_to_regain_access"]) for group in uses.values() for u in group)
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


# --- the token ---


def debug_token(asking: GraphSession, version: str, token: str) -> Token:
    """Ask Facebook of what kind a token is; `asking` carries the app's own token, since only the app is told.

    Its transport has `without_holder` as its filter.

    Raises:
        NotReadableError: it does not tell.
        ValueError: the answer does not speak of a token.
    """
    return read_token(asking.request("GET", f"/{version}/debug_token", {"input_token": token}).json())


def token_holder(session: GraphSession, version: str) -> Token:
    """Find out without the app whether a token is a Page's own: only then does the node behind it have a category.

    Raises:
        NotReadableError: Facebook is not there, or refuses the token.
    """
    try:
        body = session.request("GET", f"/{version}/me", {"fields": "id,category"}).json()
    except SkipStreamError:
        return Token(kind=TokenKind.UNKNOWN)
    return Token(kind=TokenKind.PAGE, page=str(body.get("id") or "") or None)


# --- from page to page ---


def next_page(body: Mapping[str, Any]) -> dict[str, str]:
    """Find what to send to get the next page; nothing when this was the last. An empty page may have a next one."""
    paging = body.get("paging") or {}
    if "next" not in paging:
        return {}
    after = (paging.get("cursors") or {}).get("after")
    return {"after": after} if after else dict(paging["next"])


def place_of(cursor: Mapping[str, str]) -> str | None:
    """Write a cursor as the place to go on from."""
    return json.dumps(cursor) if cursor else None


def page_fingerprint(body: Mapping[str, Any]) -> list[str]:
    """Return what identifies a page by its posts, even where they have no ids."""
    return [str(p.get("id") or p.get("permalink_url") or sorted(p.items())) for p in body["data"]]
