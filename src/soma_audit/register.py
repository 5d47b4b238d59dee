"""register.csv becomes agencies and accounts; bad lines are named by number, all at once.

One line an account; a line without network and handle speaks of the agency alone, and its dates are the agency's.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from soma_audit.errors import InvalidInputError
from soma_audit.model import Account, Agency, Role
from soma_audit.networks import NETWORKS
from soma_audit.text_files import read_text

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
)
OLDEST_YEAR = 1000
"""An agency may be centuries old; an earlier year is a slip."""
_SLUG = re.compile(r"[a-z0-9æøåäö][a-z0-9æøåäö-]*")


@dataclass(frozen=True, slots=True)
class Register:
    """The agencies to audit, and their accounts."""

    agencies: tuple[Agency, ...]
    accounts: tuple[Account, ...]


@dataclass(slots=True)
class _Reader:
    """Collects what the lines say, and what is wrong with them."""

    agencies: dict[str, Agency] = field(default_factory=dict)
    accounts: dict[tuple[str, str], Account] = field(default_factory=dict)
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
        alone = not row["network"] and not row["handle"]
        self._agency(row, wrong, (since, until) if alone else (None, None))
        if not alone:
            self._account(row, wrong, since, until)

    def _agency(
        self, row: Mapping[str, str], wrong: Callable[[str], None], valid: tuple[date | None, date | None]
    ) -> None:
        if not _SLUG.fullmatch(row["agency"]):
            wrong(f"agency {row['agency']!r} is not a valid short name; use a-z, 0-9 and -")
            return
        known = self.agencies.get(row["agency"])
        for column in ("name", "kind"):
            if known and row[column] and row[column] != getattr(known, column):
                wrong(f"{column} {row[column]!r} was {getattr(known, column)!r} on an earlier line")
        if known is None and not row["name"]:
            wrong(f"name is missing on the first line of {row['agency']}")
        if known is None and not row["kind"]:
            wrong(f"kind is missing on the first line of {row['agency']}, such as ministry")
        self.agencies[row["agency"]] = Agency(
            id=row["agency"],
            name=known.name if known else row["name"],
            kind=known.kind if known else row["kind"],
            valid_from=valid[0] or (known.valid_from if known else None),
            valid_to=valid[1] or (known.valid_to if known else None),
            succeeds=tuple(row["succeeds"].split()) or (known.succeeds if known else ()),
        )

    def _account(
        self, row: Mapping[str, str], wrong: Callable[[str], None], since: date | None, until: date | None
    ) -> None:
        network = row["network"]
        if network not in NETWORKS:
            wrong(f"network {network!r} is not one of {', '.join(sorted(NETWORKS))}")
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
        )


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
    return Register(tuple(reader.agencies.values()), tuple(reader.accounts.values()))


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
