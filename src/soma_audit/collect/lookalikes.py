"""Accounts elsewhere that go by an agency's name and are not in the register: listed for a person to look at, never counted.

What is kept of one is its handle and why it was listed; nobody else whom a search finds is kept.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from soma_audit.collect.transport import Json
    from soma_audit.model import Account, Agency

SIMILAR = 0.9
"""From this share of equal letters on, two names are nearly the same."""
SHORTEST = 8
"""Letters. Shorter names are like too many others."""
_ODD = re.compile(r"[\W_]+")
_FOLDED = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "đ": "d", "ł": "l"})


@dataclass(frozen=True, slots=True)
class NamedAccount:
    """An account that a network's own search has found."""

    handle: str
    name: str


@dataclass(frozen=True, slots=True)
class Lookalike:
    """An account that goes by an agency's name, and is not in the register."""

    network: str
    handle: str
    why: str
    """`same-name`, `similar-name` or `same-handle`."""


@runtime_checkable
class NameSearch(Protocol):
    """A network whose search anybody may ask."""

    def accounts_named(self, name: str) -> list[NamedAccount]:
        """Return the accounts that the network finds by a name.

        Raises:
            NotReadableError: it cannot be asked.
        """


def lookalikes(
    agency: Agency, network: str, found: Iterable[NamedAccount], accounts: Collection[Account]
) -> Iterator[Lookalike]:
    """Yield those among an agency's search results that may be taken for the agency; `accounts` are the whole register's."""
    listed = {name.lower() for account in accounts if account.network == network for name in account.names}
    own = {_folded(_label(n)) for a in accounts if a.agency == agency.id for n in a.names} - {""}
    for account in found:
        if account.handle.lower() not in listed and (why := _why(agency.name, own, account)):
            yield Lookalike(network, account.handle, why)


def only_names(body: Json) -> Json:
    """Return of a search's answer only what tells who goes by which name; errors stay."""
    actors = body.get("actors") if isinstance(body, dict) else None
    if not isinstance(actors, list):
        return {k: body[k] for k in ("error", "message") if k in body} if isinstance(body, dict) else None
    return {
        "actors": [
            {k: str(a.get(k) or "") for k in ("handle", "displayName")} for a in actors if isinstance(a, dict)
        ]
    }


def _why(agency: str, own: set[str], account: NamedAccount) -> str | None:
    name, wanted = _folded(account.name), _folded(agency)
    if name == wanted:
        return "same-name"
    label = _folded(_label(account.handle))
    if label in own or label == wanted:
        return "same-handle"
    if min(len(name), len(wanted)) >= SHORTEST and SequenceMatcher(None, name, wanted).ratio() >= SIMILAR:
        return "similar-name"
    return None


def _label(handle: str) -> str:
    """Return the part of a handle that people read: before its server, or the first part of a domain."""
    name, _, server = handle.partition("@")
    return name if server else name.partition(".")[0]


def _folded(name: str) -> str:
    """Return a name without what does not tell it from another: case, accents, spaces and signs."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(_FOLDED))
    return _ODD.sub("", "".join(c for c in plain if not unicodedata.combining(c)))
