"""Putting accepted changes into the text of a register: every cell that nothing is changed in stays as it was, to the byte."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from soma_audit.register.proposal import NewCell, NewLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from soma_audit.register.proposal import Proposal

LINE = ("agency", "name", "kind", "network", "handle", "website", "evidence")


def changed(text: str, changes: Sequence[NewLine | NewCell]) -> str:
    """Return a register's text with these changes: new lines stand behind their agency's others, new agencies at the end."""
    if not changes:
        return text
    table = _Table(text)
    needed = {name for change in changes for name in _filled(change)}
    table.add_columns([name for name in LINE if name in needed])
    for change in changes:
        if isinstance(change, NewCell):
            table.set_cell(change.agency, change.column, change.value)
    for change in changes:
        if isinstance(change, NewLine):
            table.insert(change.agency, {name: getattr(change, name) for name in LINE})
    return table.text()


def chosen(proposal: Proposal, numbers: str) -> list[NewLine | NewCell]:
    """Return the changes with these numbers: `all`, or as in `1,3-5`.

    Raises:
        ValueError: they are not written so, or there is no such change.
    """
    if numbers.strip().lower() == "all":
        return list(proposal.changes)
    found: dict[int, NewLine | NewCell] = {}
    for part in numbers.split(","):
        first, _, last = part.strip().partition("-")
        for number in range(int(first), int(last or first) + 1):
            if not 1 <= number <= len(proposal.changes):
                raise ValueError(number)
            found[number] = proposal.changes[number - 1]
    return [found[number] for number in sorted(found)]


def _filled(change: NewLine | NewCell) -> Iterable[str]:
    return [change.column] if isinstance(change, NewCell) else [n for n in LINE if getattr(change, n)]


class _Table:
    """The lines of a table as they stand in its text, each with its cells."""

    def __init__(self, text: str) -> None:
        self._mark = "\ufeff" if text.startswith("\ufeff") else ""
        lines = list(io.StringIO(text.removeprefix(self._mark), newline=""))
        self._end = (self._end_of(lines[0]) if lines else "") or "\n"
        self._delimiter = ";" if lines and ";" in lines[0] else ","
        self._cell = re.compile(
            rf'(?:^|(?<={self._delimiter}))("(?:[^"]|"")*"[^{self._delimiter}]*|[^{self._delimiter}]*)'
        )
        self._lines: list[str] = []
        """A row each, with its end; one may take several lines of the text."""
        self._of: defaultdict[str, list[int]] = defaultdict(list)
        """Where each agency's rows are."""
        self._behind: defaultdict[int, list[str]] = defaultdict(list)
        """New rows, by the place of the one before them."""
        self._new: defaultdict[str, list[str]] = defaultdict(list)
        """New rows of agencies that have none."""
        self._header: list[str] = []
        self._long: list[int] = []
        """Where rows with more cells than the first line names are: nobody reads them."""
        reader, start = csv.reader(lines, delimiter=self._delimiter), 0
        for number, cells in enumerate(reader):
            self._lines.append("".join(lines[start : reader.line_num]))
            start = reader.line_num
            if number == 0:
                self._header = [cell.strip().lower() for cell in cells]
                place = self._header.index("agency")
                continue
            if place < len(cells):
                self._of[cells[place].strip()].append(number)
            if any(cell.strip() for cell in cells[len(self._header) :]):
                self._long.append(number)

    def add_columns(self, names: Iterable[str]) -> None:
        """Name columns that are not there yet in the first line; the others need no cells for them."""
        if new := [name for name in names if name not in self._header]:
            for number in self._long:
                cells, end = self._cells(self._lines[number]), self._end_of(self._lines[number])
                cells[len(self._header) : len(self._header)] = [""] * len(new)
                self._lines[number] = self._delimiter.join(cells) + end
            self._header += new
            body = self._lines[0].rstrip("\r\n")
            self._lines[0] = f"{body}{self._delimiter}{self._delimiter.join(new)}{self._end}"

    def set_cell(self, agency: str, column: str, value: str) -> None:
        """Write a cell of an agency on each of its lines that fills it, or on the first if none does."""
        place = self._header.index(column)
        split = {number: self._cells(self._lines[number]) for number in self._of[agency]}
        filled = [n for n, cells in split.items() if place < len(cells) and cells[place].strip('" \t\r\n')]
        for number in filled or [*split][:1]:
            cells, end = split[number], self._end_of(self._lines[number])
            cells += [""] * (place + 1 - len(cells))
            cells[place] = self._written([value, ""]).rstrip("\r\n")[: -len(self._delimiter)]
            self._lines[number] = self._delimiter.join(cells) + end

    def _cells(self, line: str) -> list[str]:
        """Return the cells of a row as they stand there, with their quotation marks."""
        return self._cell.findall(line.removesuffix(self._end_of(line)))

    @staticmethod
    def _end_of(line: str) -> str:
        return line[len(line.rstrip("\r\n")) :]

    def insert(self, agency: str, told: Mapping[str, str]) -> None:
        """Put a line behind the last one of its agency."""
        line = self._written([told.get(name, "") for name in self._header])
        (self._behind[self._of[agency][-1]] if agency in self._of else self._new[agency]).append(line)

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
