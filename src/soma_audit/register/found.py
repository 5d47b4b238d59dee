"""What another register says of public bodies, whichever it is, with the source of each thing it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

PROPERTIES: Mapping[str, tuple[str, str]] = {
    "P2002": ("twitter", "{}"),
    "P2013": ("facebook", "{}"),
    "P4003": ("facebook", "{}"),
    "P12361": ("bluesky", "{}"),
    "P4033": ("mastodon", "{}"),
    "P2003": ("instagram", "{}"),
    "P4264": ("linkedin", "{}"),
    "P2397": ("youtube", "channel/{}"),
    "P11245": ("youtube", "@{}"),
    "P11892": ("threads", "{}"),
    "P7085": ("tiktok", "{}"),
    "P3267": ("flickr", "{}"),
    "P4015": ("vimeo", "{}"),
}
"""Wikidata's properties for accounts: the register's name for the network, and what its handle looks like."""
PAGE_WITH_NUMBER = "P4003"
"""The property of Facebook pages without a name of their own: `Title/number`."""


@dataclass(frozen=True, slots=True)
class FoundAccount:
    """An account of a body by another register."""

    network: str | None
    """None: a network that our register does not have."""
    handle: str
    source: str = ""
    """What says so: Wikidata's property, as in P2002, or what the other register calls the network."""


@dataclass(frozen=True, slots=True)
class FoundBody:
    """A public body by another register."""

    id: str
    """Its id in Wikidata, as in Q42."""
    name: str
    """Empty: it has none that we could read."""
    kind: str
    """What it is counted among, as in ministry."""
    websites: tuple[str, ...] = ()
    accounts: tuple[FoundAccount, ...] = ()
    own_language: bool = False
    """The name is in a language of its country."""


@dataclass(frozen=True, slots=True)
class Found:
    """All that another register says."""

    source: str
    """Its name."""
    bodies: tuple[FoundBody, ...]
    on: date | None = None
    """The day that it gives itself."""
    told: tuple[str, ...] = ()
    """What it does not show, a sentence each."""

    def accounts(self) -> int:
        """Return how many accounts there are."""
        return sum(len(body.accounts) for body in self.bodies)


def plain(text: str) -> str:
    """Return a text on one line, without what no screen shows."""
    line = " ".join(text.split())
    return line if line.isprintable() else "".join(c for c in line if c.isprintable())


def account_of(prop: str, written: str, called: str = "") -> FoundAccount | None:
    """Return the account in a statement; `called` is what its network is called. None: the statement names none."""
    if not prop or not written:
        return None
    if prop not in PROPERTIES:
        return FoundAccount(None, written, f"{called}, {prop}" if called else prop)
    network, shape = PROPERTIES[prop]
    if prop == PAGE_WITH_NUMBER:
        written = written.rpartition("/")[2]
    return FoundAccount(network, shape.format(written), prop)


def joined(pieces: Iterable[FoundBody]) -> tuple[FoundBody, ...]:
    """Return each body once, with all that any of its pieces says: answers have a row for each account and site."""
    first: dict[str, FoundBody] = {}
    sites: dict[str, dict[str, None]] = {}
    accounts: dict[str, dict[tuple[str | None, str], FoundAccount]] = {}
    for piece in pieces:
        first.setdefault(piece.id, piece)
        sites.setdefault(piece.id, {}).update(dict.fromkeys(piece.websites))
        own = accounts.setdefault(piece.id, {})
        for account in piece.accounts:
            own.setdefault((account.network, account.handle.lower()), account)
    return tuple(
        FoundBody(
            body.id, body.name, body.kind, tuple(sites[id_]), tuple(accounts[id_].values()), body.own_language
        )
        for id_, body in first.items()
    )
