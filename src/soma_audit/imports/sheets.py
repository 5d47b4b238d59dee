"""A table that people have filled in, as CSV or as a workbook, read by the names of its columns."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from soma_audit.errors import InvalidInputError
from soma_audit.imports.record import Broken, NotARow
from soma_audit.imports.sources.csv import csv_records
from soma_audit.imports.sources.opened import opened
from soma_audit.imports.sources.workbook import workbook_rows
from soma_audit.imports.sources.zips import is_zip
from soma_audit.text_files import name_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

ABOVE = 20
"""In so many rows at the top the header is looked for."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a sheet."""

    number: int
    """As the spreadsheet shows it; in CSV, the line on which it begins."""
    cells: Mapping[str, object]
    """By the names of the columns, in lower case; None: an empty one."""
    broken: str | None = None
    """Why it cannot be read."""


def sheet_lines(path: Path, needed: Collection[str]) -> list[Line]:
    """Return the rows below the header, which has the columns `needed`.

    Raises:
        InvalidInputError: it cannot be read, or no row names these columns.
    """
    name = name_of(path)
    try:
        if path.is_file() and is_zip(path):
            return _of_workbook(path, name, needed)
    except OSError as error:
        raise InvalidInputError(f"{name} cannot be read: {error.strerror}.") from error
    with opened(path) as package:
        if not package.single:
            raise InvalidInputError(f"{name} is a folder, not a sheet.")
        (source,) = package.sources
        records = list(csv_records(source))
    lines = [
        Line(record.line, {}, record.value.reason)
        if isinstance(record.value, Broken)
        else Line(record.line, dict(_named(record.value.items())))
        for record in records
        if not isinstance(record.value, NotARow)
    ]
    named = {
        column.casefold() for record in records if isinstance(record.value, dict) for column in record.value
    }
    if lines and not named >= set(needed):
        raise _no_header(name, needed)
    return lines


def _of_workbook(path: Path, name: str, needed: Collection[str]) -> list[Line]:
    rows = workbook_rows(path, name)
    for _, row in islice(rows, ABOVE):
        header = ["" if cell is None else str(cell).strip().casefold() for cell in row]
        if set(header) >= set(needed):
            return [Line(number, dict(_named(zip(header, cells, strict=False)))) for number, cells in rows]
    raise _no_header(name, needed)


def _named(cells: Iterable[tuple[str, object]]) -> Iterator[tuple[str, object]]:
    for column, cell in cells:
        value = cell.strip() if isinstance(cell, str) else cell
        if column:
            yield column.casefold(), None if value == "" else value


def _no_header(name: str, needed: Collection[str]) -> InvalidInputError:
    return InvalidInputError(
        f"{name} is no worklist: no row at its top names the columns {', '.join(needed)}."
        " Begin with what `soma-audit report --list waiting --output w.xlsx` writes."
    )
