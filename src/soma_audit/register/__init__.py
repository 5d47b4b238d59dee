"""register.csv becomes agencies and accounts; bad lines are named by number, all at once.

One line an account, or a channel where nothing is collected; a line without network and handle speaks of the agency
alone, and its dates are the agency's.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from soma_audit.errors import InvalidInputError
from soma_audit.model import Account, Agency, Channel, Declared, Role
from soma_audit.networks import ELSEWHERE, NETWORKS
from soma_audit.office_hours import declared_hours
from soma_audit.text_files import read_text
from soma_audit.website import DECLARED_PAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

COLUMNS = (
    "agency",
    "name",
    "kind",
    "network",
    "handle",
    "role",
    "evidence",
    "valid_from",
    "valid_to",
    "succeeds",
    "closing_reason",
    "alternative_channel",
    "website",
    "region",
    "unit",
    "email",
    "hours",
    "languages",
    "guidelines",
    "guidelines_date",
    "moderation_rules",
    "personal_data_notice",
)
OF_AGENCY = ("name", "kind", "website", "region")
"""The columns that speak of the agency, on whichever of its lines they stand."""
ADDRESSES = ("website", *DECLARED_PAGES)
"""The columns that hold an address on the web."""
OLDEST_YEAR = 1000
"""An agency may be centuries old; an earlier year is a slip."""
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_SLUG = re.compile(r"[a-z0-9æøåäö][a-z0-9æøåäö-]*")


@dataclass(frozen=True, slots=True)
class Register:
    """The agencies to audit, and their accounts."""

    agencies: tuple[Agency, ...]
    accounts: tuple[Account, ...]
    channels: tuple[Channel, ...] = ()
    """Where agencies are without anything being collected."""


@dataclass(slots=True)
class _Reader:
    """Collects what the lines say, and what is wrong with them."""

    agencies: dict[str, Agency] = field(default_factory=dict)
    accounts: dict[tuple[str, str], Account] = field(default_factory=dict)
    channels: dict[tuple[str, str], Channel] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)

    def line(self, number: int, row: Mapping[str, str]) -> None:
        def wrong(what: str) -> None:
            self.mistakes.append(f"line {number}: {what}")

        def day(column: str) -> date | None:
            try:
                found = date.fromisoformat(row[column]) if row[column] else None
            except ValueError:
                wrong(f"{column} {row[column]!r} is not a valid date; write it as 2026-03-02")
                return None
            if found and found.year < OLDEST_YEAR:
                wrong(f"{column} {row[column]!r} lies before the year {OLDEST_YEAR}")
            return found

        since, until = day("valid_from"), day("valid_to")
        if since and until and since > until:
            wrong("valid_from is after valid_to")
        for column in ADDRESSES:
            if row[column] and not is_address(row[column]):
                wrong(f"{column} {row[column]!r} is not an address; write it as https://etat.example/")
        alone = not row["network"] and not row["handle"]
        self._agency(row, wrong, (since, until) if alone else (None, None))
        if row["network"] in ELSEWHERE:
            self._channel(row, wrong, since, until)
        elif not alone:
            self._account(row, wrong, since, until, _declared(row, wrong, day("guidelines_date")))

    def _agency(
        self, row: Mapping[str, str], wrong: Callable[[str], None], valid: tuple[date | None, date | None]
    ) -> None:
        if not _SLUG.fullmatch(row["agency"]):
            wrong(f"agency {row['agency']!r} is not a valid short name; use a-z, 0-9 and -")
            return
        known = self.agencies.get(row["agency"])
        said = {c: (getattr(known, c) if known else None) or row[c] or None for c in OF_AGENCY}
        for column, was in said.items():
            if known and row[column] and row[column] != was:
                wrong(f"{column} {row[column]!r} was {was!r} on an earlier line")
        if known is None and not row["name"]:
            wrong(f"name is missing on the first line of {row['agency']}")
        if known is None and not row["kind"]:
            wrong(f"kind is missing on the first line of {row['agency']}, such as ministry")
        self.agencies[row["agency"]] = Agency(
            id=row["agency"],
            name=said["name"] or "",
            kind=said["kind"] or "",
            website=said["website"],
            region=said["region"],
            valid_from=valid[0] or (known.valid_from if known else None),
            valid_to=valid[1] or (known.valid_to if known else None),
            succeeds=tuple(row["succeeds"].split()) or (known.succeeds if known else ()),
        )

    def _channel(
        self, row: Mapping[str, str], wrong: Callable[[str], None], since: date | None, until: date | None
    ) -> None:
        network, handle = row["network"], ELSEWHERE[row["network"]].handle_in(row["handle"])
        if not handle:
            wrong(f"handle is missing: what the agency is called on {network}")
        key = (network, handle.lower())
        if key in self.channels:
            wrong(f"{network}/{handle} stands on an earlier line already")
        self.channels[key] = Channel(
            agency=row["agency"],
            network=network,
            handle=handle,
            evidence=row["evidence"] or None,
            valid_from=since,
            valid_to=until,
        )

    def _account(
        self,
        row: Mapping[str, str],
        wrong: Callable[[str], None],
        since: date | None,
        until: date | None,
        declared: Declared,
    ) -> None:
        network = row["network"]
        if network not in NETWORKS:
            known = ", ".join([*sorted(NETWORKS), *sorted(ELSEWHERE)])
            wrong(f"network {network!r} is not one of {known}")
            return
        handle = NETWORKS[network].handle_in(row["handle"])
        if not NETWORKS[network].handle.fullmatch(handle):
            wrong(f"handle {handle!r} cannot be a {network} name; write it as {NETWORKS[network].example}")
        if row["role"] and row["role"] not in set(Role):
            wrong(f"role {row['role']!r} is not one of {', '.join(Role)}")
            return
        key = (network, handle.lower())
        if key in self.accounts:
            wrong(f"{network}/{handle} stands on an earlier line already")
        self.accounts[key] = Account(
            agency=row["agency"],
            network=network,
            handle=handle,
            role=Role(row["role"] or Role.DIALOGUE),
            evidence=row["evidence"] or None,
            valid_from=since,
            valid_to=until,
            closing_reason=row["closing_reason"] or None,
            alternative_channel=row["alternative_channel"] or None,
            declared=declared,
        )


def _declared(row: Mapping[str, str], wrong: Callable[[str], None], reviewed: date | None) -> Declared:
    """Read how an account is said to be run."""
    if row["email"] and not _EMAIL.fullmatch(row["email"]):
        wrong(f"email {row['email']!r} is not an e-mail address; write it as post@etat.example")
    if row["hours"] and declared_hours(row["hours"]) is None:
        wrong(f"hours {row['hours']!r} are not opening hours; write them as mon-fri 08:00-15:45")
    languages = tuple(row["languages"].lower().split())
    for odd in (code for code in languages if not _LANGUAGE.fullmatch(code)):
        wrong(f"languages has {odd!r}; write their codes, separated by spaces, as in nb nn en")
    text = {
        c: row[c] or None
        for c in ("unit", "email", "guidelines", "hours", "moderation_rules", "personal_data_notice")
    }
    return Declared(languages=languages, guidelines_date=reviewed, **text)


def is_address(written: str) -> bool:
    """Return whether something is an address on the web, as the register takes it."""
    try:
        parts = urlsplit(written)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and "." in (parts.hostname or "") and " " not in written


def load(file: Path) -> Register:
    """Read a register.

    Raises:
        InvalidInputError: the file is missing or unreadable, or lines are wrong; all of them are named.
    """
    if not file.exists():
        raise InvalidInputError(
            f"There is no register {file}. `soma-audit init --register norway-ministries` makes one."
        )
    return parse(read_text(file, "The register", table=True), str(file))


def parse(text: str, name: str) -> Register:
    """Check the text of a register; `name` is what to call it in messages."""
    reader = _Reader()
    number = 1
    try:
        for number, row in _rows(text, name):
            reader.line(number, row)
    except csv.Error as error:
        reader.mistakes.append(f"behind line {number}: the quotation marks do not pair ({error})")
    for agency in reader.agencies.values():
        if agency.id in agency.succeeds:
            reader.mistakes.append(f"{agency.id} cannot succeed itself")
    if not reader.agencies and not reader.mistakes:
        reader.mistakes.append(
            "it lists no agencies yet: add a line for each account, as docs/register.md shows"
        )
    if reader.mistakes:
        raise InvalidInputError(f"{name} has mistakes:", reader.mistakes)
    return Register(
        tuple(reader.agencies.values()), tuple(reader.accounts.values()), tuple(reader.channels.values())
    )


def agencies_with_evidence(text: str, name: str) -> Iterator[tuple[str, str]]:
    """Yield the short name and the evidence of each line of a register, also of those without an account."""
    for _, row in _rows(text, name):
        yield row["agency"], row["evidence"]


def _rows(text: str, name: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Lines with their numbers. Comma or semicolon: spreadsheets write either, by country."""
    first = text.partition("\n")[0]
    lines = csv.reader(io.StringIO(text), delimiter=";" if ";" in first else ",", strict=True)
    header = [cell.strip().lower() for cell in next(lines, [])]
    missing = {"agency", "name", "kind", "network", "handle"} - set(header)
    if missing or set(header) - set(COLUMNS):
        odd = sorted(set(header) - set(COLUMNS))
        raise InvalidInputError(
            f"{name} has mistakes:",
            [f"line 1: column {c} is missing" for c in sorted(missing)]
            + [f"line 1: there is no column {c!r}" for c in odd],
        )
    for cells in lines:
        if any(cell.strip() for cell in cells):
            padded = dict(zip(header, [*cells, *[""] * len(header)], strict=False))
            yield lines.line_num, {c: padded.get(c, "").strip() for c in COLUMNS}
