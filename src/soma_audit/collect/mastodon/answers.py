"""What a response means, whatever software runs on the server: by its status, its headers, and whether it is JSON at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from soma_audit.collect.network import LostPlaceError, NotThereError
from soma_audit.collect.transport import Reply, TryAgainError, WaitError, time_in
from soma_audit.errors import SkipAccountError, SkipStreamError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from soma_audit.collect.transport import Json

NO_SERVER = "no Mastodon server answers there"


class LeadsElsewhereError(SkipStreamError):
    """The server redirects to another address, which is followed only in the WebFinger look-up of an account's host."""

    def __init__(self, location: str) -> None:
        self.location = location
        super().__init__("not_found", f"{NO_SERVER}: it redirects elsewhere")


class TokenRefusedError(SkipAccountError):
    """The server answers nobody without a token, or not this token: nothing more can be read of the account."""


def check(reply: Reply) -> None:
    """Raise the error that a response means for the caller, by its status.

    A place to go on from is refused by a server whose software, and with it the kind of its ids, has been changed.
    """
    if reply.status < 300 and reply.body is not None:
        return
    said = str(reply.body.get("error", "")) if isinstance(reply.body, dict) else ""
    if reply.status == 429:
        raise WaitError("too many requests for now", at=time_in(reply.headers.get("x-ratelimit-reset")))
    if reply.status in {404, 410}:
        raise NotThereError("not_found", f"the server answered {reply.status} {said}".strip())
    if reply.status == 401:
        raise TokenRefusedError("permission", f"the server refused (HTTP 401) {said}".strip())
    if reply.status in {400, 422} and "max_id=" in reply.url:
        raise LostPlaceError("unreachable", f"the server answered {reply.status} {said}".strip())
    if reply.status in {403, 422}:
        raise SkipStreamError("permission", f"the server refused (HTTP {reply.status}) {said}".strip())
    if 300 <= reply.status < 400:
        raise LeadsElsewhereError(reply.headers.get("location", ""))
    if reply.status >= 500 or reply.status < 300:
        raise TryAgainError(f"HTTP {reply.status} {said}".strip())
    raise SkipStreamError("unreachable", f"the server answered {reply.status} {said}".strip())


def no_json(status: int, headers: Mapping[str, str]) -> None:
    """Raise the error that a response without JSON means: something other than Mastodon runs there, or it has been closed.

    JSON that cannot be read is a bad moment.
    """
    if status in {404, 410}:
        raise NotThereError("not_found", f"the server answered {status} with a web page")
    if 300 <= status < 400:
        raise LeadsElsewhereError(headers.get("location", ""))
    if status == 401:
        raise TokenRefusedError("permission", "the server refused (HTTP 401) with a web page")
    if status == 403:
        raise SkipStreamError("permission", "the server refused (HTTP 403) with a web page")
    if status < 300 and "json" not in headers.get("content-type", ""):
        raise SkipStreamError("not_found", f"{NO_SERVER}: it is another web site")


def next_place(reply: Reply, found: Sequence[Mapping[str, Any]]) -> str | None:
    """Return where the next page begins: by the server's `Link` header, else after the last post; None: that was all."""
    for part in (reply.headers.get("link") or "").split(","):
        address, _, relation = part.partition(";")
        if 'rel="next"' in relation:
            place = parse_qs(urlsplit(address.strip(" <>")).query).get("max_id", [None])[0]
            if place is not None and not re.fullmatch(r"[\w.:+ -]{1,100}", place):
                raise SkipStreamError("damaged", "the server's link to the next page has no post's id")
            return place
    if "link" in reply.headers or not found:
        return None
    return str(found[-1].get("id") or "") or None


def order(native_id: str) -> tuple[int, str]:
    """Return a key that sorts one server's ids: by length, then by value. Source: Mastodon's documentation of its ids."""
    return len(native_id), native_id


def listed(body: Json) -> list[dict[str, Any]]:
    """Return the objects of an answer that is a list.

    Raises:
        SkipStreamError: it is none.
    """
    if not isinstance(body, list):
        raise SkipStreamError("damaged", "the server answered without a list of posts")
    return [raw for raw in body if isinstance(raw, dict)]
