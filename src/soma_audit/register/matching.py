"""Which agency of the register a body of another register is: by its id, an account, its site or its name."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from soma_audit.networks import ELSEWHERE, NETWORKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from soma_audit.model import Account, Channel
    from soma_audit.register import Register
    from soma_audit.register.found import FoundAccount, FoundBody

Sign: TypeAlias = tuple[str, str]
"""A network and a handle, or what an agency's site or name is called there."""
QID = re.compile(r"\bQ\d+\b")
_ODD = re.compile(r"[^a-z0-9æøåäö]+")
_FOLDED = str.maketrans("éèêëáàâíìóòôúùüñçðþßšžč", "eeeeaaaiiooouuuncdtsszc")


def listed(register: Register) -> list[Account | Channel]:
    """Return all that the register has on any network."""
    return [*register.accounts, *register.channels]


def key(network: str, handle: str) -> Sign:
    """Return what an account is known by."""
    return network, handle.lower()


def handle_of(account: FoundAccount) -> str | None:
    """Return an account's handle as the register has it; None: it can be none."""
    if account.network is None:
        return None
    if account.network in ELSEWHERE:
        handle = ELSEWHERE[account.network].handle_in(account.handle)
        return handle if handle and handle.isprintable() and " " not in handle else None
    network = NETWORKS[account.network]
    handle = network.handle_in(account.handle)
    return handle if network.handle.fullmatch(handle) else None


def folded(name: str) -> str:
    """Return a name without what may be written otherwise: capitals, accents and spaces."""
    return " ".join(name.lower().translate(_FOLDED).split())


def place(website: str) -> str:
    """Return an address without what may be written otherwise: its scheme, `www.` and the slash at its end."""
    try:
        parts = urlsplit(website)
    except ValueError:
        return website
    query = f"?{parts.query}" if parts.query else ""
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}{query}"


def matched(
    register: Register, bodies: Sequence[FoundBody], noted: Mapping[str, str]
) -> dict[str, str | None]:
    """Return for each body's id the short name of the agency that it is; None: the register does not have it.

    `noted` tells on which agency's lines an id stands. A sign that two bodies or two agencies share tells nothing.
    """
    known = _known(register)
    shared = Counter(sign for body in bodies for sign in _signs(body))
    found: dict[str, str | None] = {body.id: noted[body.id] for body in bodies if body.id in noted}
    taken = set(found.values())
    for body in bodies:
        if body.id not in found:
            said = (known.get(sign) for sign in _signs(body) if shared[sign] == 1)
            agency = next((a for a in said if a and a not in taken), None)
            found[body.id] = agency
            taken.add(agency)
    return found


def _signs(body: FoundBody) -> Iterator[Sign]:
    """Yield by what a body may be known, the surest first."""
    yield from dict.fromkeys(key(a.network, h) for a in body.accounts if a.network and (h := handle_of(a)))
    yield from dict.fromkeys(("site", place(site)) for site in body.websites)
    yield "name", folded(body.name)


def _known(register: Register) -> dict[Sign, str]:
    """Return whose each sign is, without those that several agencies share."""
    whose: dict[Sign, str] = {key(a.network, a.handle): a.agency for a in listed(register)}
    several = set()
    for agency in register.agencies:
        signs = [("name", folded(agency.name))] + (
            [("site", place(agency.website))] if agency.website else []
        )
        several |= {sign for sign in signs if whose.setdefault(sign, agency.id) != agency.id}
    return {sign: agency for sign, agency in whose.items() if sign not in several}


class ShortNames:
    """Makes short names that the register does not have yet."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)
        self._numbers: Counter[str] = Counter()

    def new(self, name: str) -> str:
        """Return a short name for a body, which nobody else has."""
        slug = _ODD.sub("-", folded(name)).strip("-") or "body"
        while True:
            self._numbers[slug] += 1
            number = self._numbers[slug]
            tried = slug if number == 1 else f"{slug}-{number}"
            if tried not in self._taken:
                self._taken.add(tried)
                return tried
