"""What another register has that ours has not: a proposal, of which a person accepts what is right. Nothing is ever removed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from soma_audit.register import is_address
from soma_audit.register.matching import QID, ShortNames, folded, handle_of, key, listed, matched, place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from soma_audit.model import Account, Agency, Channel
    from soma_audit.register import Register
    from soma_audit.register.found import Found, FoundAccount, FoundBody
    from soma_audit.register.matching import Sign

_RECORDED = re.compile(r"\brecorded in (\w+) \((Q\d+)\)")
NAMES = {"website": "P856", "name": "its name there"}
"""What says what may change of an agency, by column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """A line that may be put into the register."""

    agency: str
    """Its short name: one of the register's, or a new one."""
    name: str
    """Empty, as the kind and the site, where the register has the agency."""
    kind: str
    network: str
    """Empty, as the handle: the body alone."""
    handle: str
    website: str
    evidence: str
    source: str
    is_new_agency: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCell:
    """What may be written into a cell of an agency's lines instead of what stands there."""

    agency: str
    column: str
    was: str
    """Empty: nothing stands there yet."""
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What may be taken over, and what is only told."""

    changes: tuple[NewLine | NewCell, ...]
    """Numbered from 1 by their place."""
    not_found: tuple[str, ...]
    """What our register has and the other has not, a sentence each."""
    left_out: tuple[str, ...]
    """What the other has and ours has no place for, a sentence each."""
    unusable: tuple[str, ...]
    """What the other has and cannot be meant, a sentence each."""


def recorded(register: Register, source: str, kind: str) -> int:
    """Return how many accounts of bodies of a kind came from another register, as far as their evidence tells."""
    of_kind = {agency.id for agency in register.agencies if agency.kind == kind}
    return sum(
        a.agency in of_kind and not a.valid_to and _came_from(a, source) is not None for a in listed(register)
    )


def propose(
    register: Register, found: Found, *, kind: str, on: date, noted: Mapping[str, str] | None = None
) -> Proposal:
    """Compare what another register has with ours; `kind` is what its bodies are counted among, `on` the day of its word.

    `noted` tells on which agency's lines an id of Wikidata's stands; without it, the evidence of accounts does.
    """
    ids = noted_ids((a.agency, a.evidence or "") for a in listed(register)) if noted is None else noted
    comparison = _Comparison(register, found, on, matched(register, found.bodies, ids))
    for body in found.bodies:
        comparison.add(body)
    gone = _not_found(register, found, comparison.agencies, kind)
    return Proposal(
        tuple(comparison.changes),
        tuple(gone),
        (*found.told, *comparison.left_out),
        tuple(comparison.unusable),
    )


def noted_ids(lines: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return on which agency's lines each id of Wikidata's stands first; lines are short names and evidence."""
    noted: dict[str, str] = {}
    for agency, evidence in lines:
        for qid in QID.findall(evidence):
            noted.setdefault(qid, agency)
    return noted


@dataclass(slots=True)
class _Comparison:
    register: Register
    found: Found
    on: date
    agencies: dict[str, str | None]
    """Whose each body is, by its id."""
    changes: list[NewLine | NewCell] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    unusable: list[str] = field(default_factory=list)
    _ours: dict[str, Agency] = field(init=False)
    _whose: dict[Sign, str] = field(init=False)
    _names: ShortNames = field(init=False)
    _compared: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._ours = {agency.id: agency for agency in self.register.agencies}
        self._whose = {key(a.network, a.handle): a.agency for a in listed(self.register)}
        self._names = ShortNames(self._ours)

    def add(self, body: FoundBody) -> None:
        """Add what a body brings."""
        ours = self._ours.get(self.agencies[body.id] or "")
        if ours is None and not body.name:
            self.unusable.append(f"{body.id} has no name in a language that we asked for")
            return
        sites = [site for site in body.websites if is_address(site)]
        self.unusable += [
            f"{body.name} ({body.id}): {site!r} is no address of a site"
            for site in body.websites
            if site not in sites
        ]
        if ours is not None:
            self._cells(body, ours, sites)
        agency = ours.id if ours else self._names.new(body.name)
        fresh = [account for account in body.accounts if self._is_fresh(body, agency, account)]
        for account in fresh:
            self._line(body, agency, account, None if ours else sites)
        if ours is None and not fresh:
            self._line(body, agency, None, sites)

    def _cells(self, body: FoundBody, ours: Agency, sites: list[str]) -> None:
        if ours.id in self._compared:
            return
        self._compared.add(ours.id)
        if sites and place(ours.website or "") not in {place(site) for site in sites}:
            self._cell(body, ours.id, "website", ours.website or "", sites[0])
        one, other = folded(ours.name), folded(body.name)
        is_same = one in other or other in one  # "kommune" may stand behind it here or there
        if body.own_language and not is_same:
            self._cell(body, ours.id, "name", ours.name, body.name)

    def _cell(self, body: FoundBody, agency: str, column: str, was: str, value: str) -> None:
        source = self._source(body, NAMES[column])
        self.changes.append(NewCell(agency=agency, column=column, was=was, value=value, source=source))

    def _is_fresh(self, body: FoundBody, agency: str, account: FoundAccount) -> bool:
        """Return whether an account may be put in; if not, say why, unless it is there."""
        who = f"{body.name or agency} ({body.id})"
        if account.network is None:
            self.left_out.append(
                f"{who}: {account.handle!r} is on a network that a register cannot name ({account.source})"
            )
            return False
        handle = handle_of(account)
        if handle is None:
            self.unusable.append(f"{who}: {account.handle!r} cannot be a {account.network} name")
            return False
        whose = self._whose.get(sign := key(account.network, handle))
        if whose is None:
            self._whose[sign] = agency
        elif whose != agency:
            self.left_out.append(f"{who}: {account.network}/{handle} stands under {whose}")
        return whose is None

    def _line(
        self, body: FoundBody, agency: str, account: FoundAccount | None, new: list[str] | None
    ) -> None:
        """Add a line; `new` are the sites of an agency that the register does not have."""
        self.changes.append(
            NewLine(
                agency=agency,
                name="" if new is None else body.name,
                kind="" if new is None else body.kind,
                network=(account and account.network) or "",
                handle=(account and handle_of(account)) or "",
                website=new[0] if new else "",
                evidence=f"recorded in {self.found.source} ({body.id}) on {self.on.isoformat()}; confirm it before you publish",
                source=self._source(body, account.source if account else ""),
                is_new_agency=new is not None,
            )
        )

    def _source(self, body: FoundBody, what: str) -> str:
        return ", ".join(filter(None, (f"{self.found.source} {body.id}", what, self.on.isoformat())))


def _not_found(
    register: Register, found: Found, agencies: Mapping[str, str | None], kind: str
) -> Iterator[str]:
    """Yield what to say of accounts that are not, or no longer, in the other register; those that are over may be."""
    there = {
        key(a.network, h) for body in found.bodies for a in body.accounts if a.network and (h := handle_of(a))
    }
    compared = {agency for agency in agencies.values() if agency}
    of_kind = {agency.id for agency in register.agencies if agency.kind == kind}
    for account in listed(register):
        came = _came_from(account, found.source)
        if account.valid_to or key(account.network, account.handle) in there:
            continue
        if came in agencies or (came and account.agency in of_kind):
            yield f"{account} came from {found.source} ({came}) and is not there now: look whether it still exists"
        elif account.agency in compared:
            yield f"{account} is not in {found.source}"


def _came_from(account: Account | Channel, source: str) -> str | None:
    """Return the body by which an account's evidence says that it came from another register."""
    said = _RECORDED.search(account.evidence or "")
    return said[2] if said and said[1] == source else None
