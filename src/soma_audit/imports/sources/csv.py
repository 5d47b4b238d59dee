"""Tables in files: CSV in any of the encodings and separators that people have, read row by row and past broken ones."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter, deque
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, TextIO, cast

from soma_audit.imports.record import Broken, NotARow, Record
from soma_audit.imports.sources.cells import unguarded
from soma_audit.imports.sources.opened import BREAKS_OFF
from soma_audit.text_files import AT_END, marked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from soma_audit.imports.sources.opened import Source

SEPARATORS = (",", ";", "\t")
_SEPARATOR_SAID = re.compile(r"\s*sep=(.)\s*", re.IGNORECASE)
"""What spreadsheets may write in a first line of its own."""
_TOTAL = re.compile(
    r"(?:grand |sub)?-?(?:total|totalt|totalsum|sum|summa|i alt)\b|antall (?:innlegg|rader|poster)\b",
    re.IGNORECASE,
)
_NOTHING = ' ,;\t\r\n"\u00a0'
"""What a cell may hold and be empty, whichever of the separators is the right one."""
ABOVE = 20
"""In so many rows at the top the header is looked for."""
_WITH_MARK = {
    "utf-8": "utf-8-sig",
    **{f"utf-{size}-{end}": f"utf-{size}" for size in (16, 32) for end in ("le", "be")},
}
"""The codecs that take the mark at the beginning off."""
LONGEST_CELL = 1 << 17
"""In characters; a quote that is never closed would make the rest of the file one cell."""


def encoding_of(head: bytes) -> str:
    """Return how a text is encoded: by its first bytes, else UTF-8 if it can be, else what Western spreadsheets write."""
    if found := marked(head):
        return _WITH_MARK.get(found[0], found[0]) if found[1] else found[0]
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def header_of(head: bytes) -> tuple[str, ...]:
    """Return the names of a table's columns, from the beginning of the file; nothing if it is no table.

    A name that stands over several columns is numbered: `Tekst (1)`, `Tekst (2)`.
    """
    return _numbered(_layout(head)[1])


def repeated(names: Collection[str]) -> frozenset[str]:
    """Return the names that stand over several columns, in lower case and without their numbers."""
    lower = {name.lower() for name in names}
    return frozenset(
        name.removesuffix(" (1)") for name in lower if name.endswith(" (1)") and f"{name[:-4]} (2)" in lower
    )


def _numbered(names: tuple[str, ...]) -> tuple[str, ...]:
    times = Counter(name.lower() for name in names if name)
    met: Counter[str] = Counter()
    found = []
    for name in names:
        met[name.lower()] += 1
        found.append(f"{name} ({met[name.lower()]})" if times[name.lower()] > 1 else name)
    return tuple(found)


def _layout(head: bytes) -> tuple[str, tuple[str, ...]]:
    """Return what separates the cells, and the row that names the columns: whatever fits the rows at the top best."""
    text = head.decode(encoding_of(head), errors="replace")
    if "\0" in text.rstrip(AT_END):
        return ",", ()
    first = next((line for line in text.splitlines() if line.strip()), "")
    said = _SEPARATOR_SAID.fullmatch(first)
    found = []
    for separator in (said[1],) if said else SEPARATORS:
        rows = _top(text, separator)
        header = _header(rows)
        fitting = sum(len(row) == len(header) for row in rows)
        if any('"' in name for name in header):
            fitting = 0  # the row was cut at the wrong places, through a quoted cell
        all_fit = fitting == len(rows) and len(header) > 1
        found.append((all_fit, _filled(header) * fitting / max(len(rows), 1), separator, header))
    _, _, separator, header = max(found, key=lambda one: one[:2])
    return separator, tuple(name.strip() for name in header)


def _top(text: str, separator: str) -> list[list[str]]:
    """Return the first rows that hold anything, as far as they can be read."""
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            if _filled(row) and not _SEPARATOR_SAID.fullmatch(separator.join(row)):
                rows.append(row)
            if len(rows) > ABOVE:
                break
    except csv.Error:
        pass
    return rows


def _header(rows: list[list[str]]) -> list[str]:
    """Return the row that names the columns: a title above it has fewer cells than most rows below."""
    for place, row in enumerate(rows):
        below = [_filled(r) for r in rows[place + 1 : place + 11]]
        wider = sum(count > _filled(row) for count in below)
        if wider * 2 <= len(below) and (_filled(row) > 1 or max(below, default=1) == 1):
            return row
    return []


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip(_NOTHING)) for cell in row)


def csv_records(source: Source, needed: Collection[str] = ()) -> Iterator[Record]:
    """Yield the rows of a table as mappings by column; what stands above its header is passed over.

    A row with a broken quote, or with more cells than columns, is kept out alone: reading goes on with the line after
    the one on which it began. So is one that ends before a column of `needed`, which has lower-case names. A total at the
    end and a header that comes again are no rows.
    """
    head = source.head()
    encoding, (separator, header) = encoding_of(head), _layout(head)
    names = _numbered(header)
    least = max((place for place, name in enumerate(names, 1) if name.lower() in needed), default=0)
    with source.open() as stream:
        rows = _Rows(stream, encoding, separator)
        above = islice(rows.read(), ABOVE * 2)
        if not any(isinstance(row, list) and _is_header(row, header) for _, _, row in above):
            return
        rows.width = len(names)
        for line, raw, row in rows.read():
            if isinstance(row, Broken):
                yield Record(line, raw, row)
            elif any(row):
                told = _told(row, names, header)
                is_short = len(row) < least and not isinstance(told, NotARow)
                yield Record(
                    line, raw, Broken(f"has {len(row)} cells for {len(names)} columns") if is_short else told
                )


def _is_header(row: list[str], header: tuple[str, ...]) -> bool:
    return any(row) and tuple(cell.strip() for cell in row) == header


def _told(row: list[str], names: tuple[str, ...], header: tuple[str, ...]) -> dict[str, str] | NotARow:
    """Return a row by column, or what it is instead."""
    if row[0][:1] == header[0][:1] and _is_header(row, header):
        return NotARow("header rows that stand between the others")
    if (
        len(names) > 1
        and _filled(row) * 2 <= _filled(header) + 1
        and _TOTAL.match(next(filter(None, row)).strip())
    ):
        return NotARow("totals")
    return dict(zip(names, map(unguarded, row), strict=False))


class _Rows:
    """Reads rows from lines, and can take lines back."""

    def __init__(self, stream: BinaryIO, encoding: str, separator: str) -> None:
        # held until the file is closed: letting go of it earlier would close what is not its own
        self.text = io.TextIOWrapper(
            cast("io.BufferedReader", stream), encoding, errors="replace", newline=""
        )
        self.lines = self._whole(self.text)
        self.back: deque[str] = deque()
        self.taken: list[str] = []
        """The lines of the row that is being read."""
        self.line, self.separator = 0, separator
        self.width = 0
        self.broken_off = False

    def _whole(self, text: TextIO) -> Iterator[str]:
        try:
            while line := text.readline(LONGEST_CELL * 4):
                yield line.rstrip(AT_END) if line[-1] in AT_END else line
        except BREAKS_OFF:
            self.broken_off = True

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.back.popleft() if self.back else next(self.lines)
        self.taken.append(line)
        return line

    def read(self) -> Iterator[tuple[int, bytes, list[str] | Broken]]:
        csv.field_size_limit(LONGEST_CELL)
        reader = csv.reader(self, delimiter=self.separator, strict=True)
        while True:
            self.taken = []
            row: list[str] | Broken
            try:
                row = next(reader)
            except StopIteration:
                break
            except csv.Error:
                row = Broken("has a quotation mark that is not closed, or one too many")
            if isinstance(row, list) and self.width and len(row) > self.width:
                row = Broken(f"has {len(row)} cells for {self.width} columns")
            if isinstance(row, Broken):
                self.back.extendleft(reversed(self.taken[1:]))
                del self.taken[1:]
                reader = csv.reader(self, delimiter=self.separator, strict=True)
            begin, self.line = self.line + 1, self.line + len(self.taken)
            yield begin, "".join(self.taken).encode(errors="replace"), row
        if self.broken_off:
            yield self.line + 1, b"", Broken("the file breaks off here")
