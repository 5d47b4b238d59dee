"""What kind of token it is, when it ends and what that lets us see; and what is left of a paid quota. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from soma_audit.model import TokenKind

if TYPE_CHECKING:
    from collections.abc import Mapping


_OUTSIDE = (
    "with Page Public Content Access it reads public Pages, but comments come without ids and without their writers;"
    " without that, only Pages whose administrator has a role in the app"
)
SEES: Mapping[TokenKind, str] = {
    TokenKind.APP: f"An app token looks from outside: {_OUTSIDE}.",
    TokenKind.USER: f"A user's token looks from outside: {_OUTSIDE}. Comments may come back empty to it.",
    TokenKind.PAGE: "A Page's own token sees all of that Page: who wrote what, hidden comments, visitors' posts,"
    " and with the task MANAGE the wall's settings.",
    TokenKind.OTHER_PAGE: f"A Page's token looks at another Page from outside: {_OUTSIDE}.",
    TokenKind.SYSTEM_USER: f"A system user's token looks from outside: {_OUTSIDE}.",
    TokenKind.UNKNOWN: "Facebook names a kind of token that is not known here.",
}
"""What a token of each kind shows, and what it does not."""
PAGE_PERMISSIONS = frozenset({"pages_show_list", "pages_read_engagement", "pages_read_user_content"})
"""What a Page's own token needs to show everything."""
NEEDS_PROOF = frozenset({TokenKind.USER, TokenKind.SYSTEM_USER})
"""Kinds that Facebook takes only with a proof made from the app secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What Facebook says of a token; nothing of its holder."""

    kind: TokenKind
    page: str | None = None
    """The id of the Page whose own it is."""
    valid: bool = True
    ends: datetime | None = None
    """When it ends, or its access to anything does, whichever is sooner."""
    endless: bool = False
    """Facebook says that it never ends. Neither this nor `ends`: it does not say."""
    permissions: frozenset[str] | None = None
    """None: not told."""

    def towards(self, page: str | None) -> TokenKind:
        """Return what it is to one Page: a Page's own token looks at every other Page from outside."""
        elsewhere = self.kind is TokenKind.PAGE and self.page not in {None, page}
        return TokenKind.OTHER_PAGE if elsewhere else self.kind

    @property
    def missing(self) -> tuple[str, ...]:
        """The permissions that a Page's token lacks, as far as is told."""
        if self.kind is not TokenKind.PAGE or self.permissions is None:
            return ()
        return tuple(sorted(PAGE_PERMISSIONS - self.permissions))


def read_token(body: object) -> Token:
    """Read the answer of `/debug_token`.

    Raises:
        ValueError: it does not speak of a token.
    """
    said = body.get("data") if isinstance(body, dict) else None
    if not isinstance(said, dict) or not {"type", "is_valid"} & said.keys():
        raise ValueError("the answer does not speak of a token")
    ends = [_time(said.get(k)) for k in ("expires_at", "data_access_expires_at")]
    scopes = said.get("scopes")
    kind = _kind(str(said.get("type", "")))
    return Token(
        kind=kind,
        page=str(said.get("profile_id") or "") or None if kind is TokenKind.PAGE else None,
        valid=said.get("is_valid") is not False,
        ends=min((end for end in ends if end), default=None),
        endless=str(said.get("expires_at")) == "0" and not any(ends),
        permissions=frozenset(map(str, scopes)) if isinstance(scopes, list) else None,
    )


def without_holder(body: object) -> object:
    """Take out of the answer of `/debug_token` whose token it is, unless that is a Page."""
    said = body.get("data") if isinstance(body, dict) else None
    if not isinstance(said, dict):
        return _only_error(body)
    kept = ("type", "is_valid", "expires_at", "data_access_expires_at", "scopes")
    clean = {k: said[k] for k in kept if k in said}
    if said.get("type") == "PAGE" and "profile_id" in said:
        clean["profile_id"] = said["profile_id"]
    return {"data": clean}


def _only_error(body: object) -> object:
    """Return what an answer that tells of no token says is wrong, if it does."""
    error = body.get("error") if isinstance(body, dict) else None
    return {"error": error} if isinstance(error, dict) else {"data": {}}


def _kind(word: str) -> TokenKind:
    name = word.lower().replace("_", " ")
    return TokenKind(name) if name in set(TokenKind) else TokenKind.UNKNOWN


def _time(seconds: object) -> datetime | None:
    """Read seconds since 1970; 0 means never, and so has no time."""
    try:
        return datetime.fromtimestamp(int(str(seconds)), UTC) if int(str(seconds)) > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def app_token(token: str, app: str | None, secret: str | None) -> str | None:
    """Return the app's own token, written `{app id}|{app secret}`: this one, or one made of both; None: neither."""
    if re.fullmatch(r"\d+\|.+", token):
        return token
    return f"{app}|{secret}" if app and secret else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How many posts a month X lets us read, and how many it has."""

    cap: int
    used: int
    reset_day: int | None = None
    """The day of the month on which the count begins anew."""

    @property
    def left(self) -> int:
        """How many may still be read."""
        return max(self.cap - self.used, 0)


def only_quota(body: object) -> object:
    """Return of the answer of `/2/usage/tweets` what `read_quota` reads, and an error's kind; no more of whose it is."""
    if not isinstance(body, dict):
        return None
    said = body.get("data")
    kept = {k: body[k] for k in body if k in {"title", "type", "status"} or "reset" in k}
    quota = ("project_cap", "project_usage", "cap_reset_day")
    return kept | ({"data": {k: said[k] for k in quota if k in said}} if isinstance(said, dict) else {})


def read_quota(body: object) -> Quota | None:
    """Read the answer of `/2/usage/tweets`, whose numbers are sometimes text; None: it does not tell."""
    said: Any = body.get("data") if isinstance(body, dict) else None
    try:
        cap, used = (int(str(said[k])) for k in ("project_cap", "project_usage"))
    except (KeyError, TypeError, ValueError):
        return None
    day = str(said.get("cap_reset_day"))
    return Quota(cap=cap, used=used, reset_day=int(day) if day.isdecimal() else None)
