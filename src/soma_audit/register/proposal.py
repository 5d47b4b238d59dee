"""What another register has that ours has not: a proposal, of which a person accepts what is right. Nothing is ever removed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from soma_audit.networks import ELSEWHERE, NETWORKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from soma_audit.model import Account, Channel
    from soma_audit.register import Register
    from soma_audit.register.found import FoundAccount

_QID = re.compile(r"\bQ\d+\b")
_ODD = re.compile(r"[^a-z0-9æøåäö]+")
_FOLDED = str.maketrans("éèêëáàâíìóòôúùüñçðþßšžč", "eeeeaaaiiooouuuncdtsszc")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """A line that may be put into the register."""

    agency: str
    """Its short name: one of the register's, or a new one."""
    name: str
    kind: str
    network: str
    """Empty, as the handle: the body alone."""
    handle: str
    website: str
    evidence: str
    is_new_agency: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWebsite:
    """A site that may be put on the first line of an agency that has none."""

    agency: str
    website: str
    source: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What may be taken over, and what is only told."""

    changes: tuple[NewLine | NewWebsite, ...]
    """Numbered from 1 by their place."""
    not_found: tuple[str, ...]
    """Accounts that came from the other register once and are not there now: network/handle."""
    unusable: tuple[str, ...]
    """What the other register has and ours cannot take, a sentence each."""


def propose(register: Register, found: Sequence[FoundAccount], *, kind: str, on: date) -> Proposal:
    """Compare what another register has with ours; `kind` is what its bodies are counted among, `on` the day it was asked."""
    matched = _Matched(register)
    known = {(a.network, a.handle.lower()) for a in _listed(register)}
    changes: list[NewLine | NewWebsite] = []
    unusable: list[str] = []
    there = {agency.id for agency in register.agencies}
    without_site = {agency.id for agency in register.agencies if not agency.website}
    seen: set[tuple[str, str]] = set()
    for account in found:
        agency = matched.agency(account)
        is_new = agency not in there
        source = f"recorded in Wikidata ({account.body}) on {on.isoformat()}; confirm it before you publish"
        if account.website and agency in without_site:
            changes.append(NewWebsite(agency=agency, website=account.website, source=source))
            without_site.remove(agency)
        handle = _handle(account)
        if account.network and handle is None:
            unusable.append(
                f"{account.name} ({account.body}): {account.handle!r} cannot be a {account.network} name"
            )
            continue
        network = account.network or ""
        if (network and (network, (handle or "").lower()) in known) or (not network and not is_new):
            seen.add((network, (handle or "").lower()))
            continue
        changes.append(
            NewLine(
                agency=agency,
                name=matched.name(account, agency) if is_new else "",
                kind=kind if is_new else "",
                network=network,
                handle=handle or "",
                website=(account.website or "") if is_new else "",
                evidence=source,
                is_new_agency=is_new,
            )
        )
        known.add((network, (handle or "").lower()))
        matched.settle(account, agency)
    return Proposal(tuple(changes), tuple(_not_found(register, found, seen)), tuple(unusable))


def _listed(register: Register) -> list[Account | Channel]:
    """Return all that the register has on any network."""
    return [*register.accounts, *register.channels]


def _handle(account: FoundAccount) -> str | None:
    """Return an account's handle as the register has it; None: there is none, or it can be none."""
    if account.network is None or account.handle is None:
        return None
    if account.network in ELSEWHERE:
        return ELSEWHERE[account.network].handle_in(account.handle) or None
    handle = NETWORKS[account.network].handle_in(account.handle)
    return handle if NETWORKS[account.network].handle.fullmatch(handle) else None


def _not_found(
    register: Register, found: Iterable[FoundAccount], seen: set[tuple[str, str]]
) -> Iterator[str]:
    """Yield the register's accounts whose evidence names a body that was found, without them."""
    bodies = {account.body for account in found}
    for account in _listed(register):
        named = set(_QID.findall(account.evidence or ""))
        if named & bodies and (account.network, account.handle.lower()) not in seen:
            yield str(account)


class _Matched:
    """Finds the register's agency for a body: by its id in the evidence, else by its name or its site."""

    def __init__(self, register: Register) -> None:
        self._by_id: dict[str, str] = {}
        for account in _listed(register):
            for qid in _QID.findall(account.evidence or ""):
                self._by_id.setdefault(qid, account.agency)
        self._by_name = {_folded(agency.name): agency.id for agency in register.agencies}
        self._by_site = {_place(agency.website): agency.id for agency in register.agencies if agency.website}
        self._taken = {agency.id for agency in register.agencies}
        self._settled: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def agency(self, account: FoundAccount) -> str:
        """Return a body's short name; one that the register does not have is new."""
        known = (
            self._settled.get(account.body)
            or self._by_id.get(account.body)
            or self._by_name.get(_folded(account.name))
            or (self._by_site.get(_place(account.website)) if account.website else None)
        )
        return known or self._new(account.name)

    def name(self, account: FoundAccount, agency: str) -> str:
        """Return what a new agency is called: as it was first."""
        return self._names.setdefault(agency, account.name)

    def settle(self, account: FoundAccount, agency: str) -> None:
        """Note that a body has a short name from now on."""
        self._settled[account.body] = agency
        self._taken.add(agency)

    def _new(self, name: str) -> str:
        slug = _ODD.sub("-", _folded(name)).strip("-") or "body"
        number = 1
        while (tried := slug if number == 1 else f"{slug}-{number}") in self._taken:
            number += 1
        return tried


def _folded(name: str) -> str:
    return " ".join(name.lower().translate(_FOLDED).split())


def _place(website: str | None) -> str:
    """Return an address without what may be written otherwise: its scheme, `www.` and the slash at its end."""
    parts = urlsplit(website or "")
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}"
