"""Putting accepted changes into the text of a register: every line that nothing is changed on stays as it was, to the byte."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from typing import TYPE_CHECKING

from soma_audit.register.proposal import NewLine, NewWebsite

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from soma_audit.register.proposal import Proposal

LINE = ("agency", "name", "kind", "network", "handle", "website", "evidence")


def changed(text: str, changes: Sequence[NewLine | NewWebsite]) -> str:
    """Return a register's text with these changes: new lines stand behind their agency's others, new agencies at the end."""
    if not changes:
        return text
    table = _Table(text)
    needed = {name for change in changes for name in _filled(change)}
    table.add_columns([name for name in LINE if name in needed])
    for change in changes:
        if isinstance(change, NewWebsite):
            table.set_cell(change.agency, "website", change.website)
    for change in changes:
        if isinstance(change, NewLine):
            table.insert(change.agency, {name: getattr(change, name) for name in LINE})
    return table.text()


def chosen(proposal: Proposal, numbers: str) -> list[NewLine | NewWebsite]:
    """Return the changes with these numbers: `all`, or as in `1,3-5`.

    Raises:
        ValueError: they are not written so, or there is no such change.
    """
    if numbers.strip().lower() == "all":
        return list(proposal.changes)
    found: dict[int, NewLine | NewWebsite] = {}
    for part in numbers.split(","):
        first, _, last = part.strip().partition("-")
        for number in range(int(first), int(last or first) + 1):
            if not 1 <= number <= len(proposal.changes):
                raise ValueError(number)
            found[number] = proposal.changes[number - 1]
    return [found[number] for number in sorted(found)]


def _filled(change: NewLine | NewWebsite) -> Iterable[str]:
    return ["website"] if isinstance(change, NewWebsite) else [n for n in LINE if getattr(change, n)]


class _Table:
    """The lines of a table as they stand in its text, each with its cells."""

    def __init__(self, text: str) -> None:
        self._mark = "\ufeff" if text.startswith("\ufeff") else ""
        lines = list(io.StringIO(text.removeprefix(self._mark), newline=""))
        self._end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
        self._delimiter = ";" if lines and ";" in lines[0] else ","
        self._lines: list[str] = []
        """A row each, with its end; one may take several lines of the text."""
        self._first: dict[str, int] = {}
        self._last: dict[str, int] = {}
        """Where each agency's rows are."""
        self._behind: defaultdict[int, list[str]] = defaultdict(list)
        """New rows, by the place of the one before them."""
        self._new: defaultdict[str, list[str]] = defaultdict(list)
        """New rows of agencies that have none."""
        reader, start = csv.reader(lines, delimiter=self._delimiter), 0
        for number, cells in enumerate(reader):
            self._lines.append("".join(lines[start : reader.line_num]))
            start = reader.line_num
            if number == 0:
                self._header = [cell.strip().lower() for cell in cells]
                place = self._header.index("agency")
            elif place < len(cells):
                self._first.setdefault(cells[place].strip(), number)
                self._last[cells[place].strip()] = number

    def add_columns(self, names: Iterable[str]) -> None:
        """Name columns that are not there yet in the first line; the others need no cells for them."""
        if new := [name for name in names if name not in self._header]:
            self._header += new
            body = self._lines[0].rstrip("\r\n")
            self._lines[0] = f"{body}{self._delimiter}{self._delimiter.join(new)}{self._end}"

    def set_cell(self, agency: str, column: str, value: str) -> None:
        """Write a cell of an agency's first line."""
        number, place = self._first[agency], self._header.index(column)
        (cells,) = csv.reader(io.StringIO(self._lines[number], newline=""), delimiter=self._delimiter)
        cells += [""] * (place + 1 - len(cells))
        cells[place] = value
        self._lines[number] = self._written(cells)

    def insert(self, agency: str, told: Mapping[str, str]) -> None:
        """Put a line behind the last one of its agency."""
        line = self._written([told.get(name, "") for name in self._header])
        (self._behind[self._last[agency]] if agency in self._last else self._new[agency]).append(line)

    def text(self) -> str:
        """Return the whole."""
        if self._behind or self._new:
            self._lines[-1] = self._ended(self._lines[-1])
        parts = [self._mark]
        for number, line in enumerate(self._lines):
            parts += [line, *self._behind.get(number, ())]
        return "".join([*parts, *(line for lines in self._new.values() for line in lines)])

    def _ended(self, line: str) -> str:
        return line if line.endswith(("\n", "\r")) else line + self._end

    def _written(self, cells: Sequence[str]) -> str:
        out = io.StringIO()
        csv.writer(out, delimiter=self._delimiter, lineterminator=self._end).writerow(cells)
        return out.getvalue()
