"""Tables in files: CSV in any of the encodings and separators that people have, read row by row and past broken ones."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import deque
from typing import TYPE_CHECKING, BinaryIO, TextIO, cast

from soma_audit.collect.files.opened import BREAKS_OFF
from soma_audit.collect.files.record import Broken, Record
from soma_audit.text_files import AT_END, marked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from soma_audit.collect.files.opened import Source

SEPARATORS = (",", ";", "\t")
_WITH_MARK = {
    "utf-8": "utf-8-sig",
    **{f"utf-{size}-{end}": f"utf-{size}" for size in (16, 32) for end in ("le", "be")},
}
"""The codecs that take the mark at the beginning off."""
_NUMBER = re.compile(r"\d{1,3}(?:[.,' ]\d{3})+|\d{1,15}")
LONGEST_CELL = 1 << 17
"""In characters; a quote that is never closed would make the rest of the file one cell."""


def encoding_of(head: bytes) -> str:
    """Tell how a text is encoded: by its first bytes, else UTF-8 if it can be, else what Western spreadsheets write."""
    if found := marked(head):
        return _WITH_MARK.get(found[0], found[0]) if found[1] else found[0]
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def header_of(head: bytes) -> tuple[str, ...]:
    """Give the names of a table's columns, from the beginning of the file; nothing if it is no table."""
    text = head.decode(encoding_of(head), errors="replace")
    if "\0" in text.rstrip(AT_END):
        return ()
    try:
        row = next(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text)), [])
    except csv.Error:
        return ()
    return tuple(name.strip() for name in row)


def _separator(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(SEPARATORS, key=first.count)


def csv_records(source: Source) -> Iterator[Record]:
    """Give the rows of a table as mappings by column; the first row names them.

    A row with a broken quote, or with more cells than columns, is kept out alone: reading goes on with the line after
    the one on which it began.
    """
    head = source.head()
    encoding, separator = encoding_of(head), _separator(head.decode(encoding_of(head), errors="replace"))
    with source.open() as stream:
        rows = _Rows(stream, encoding, separator)
        header = next((row for _, _, row in rows.read() if isinstance(row, list) and any(row)), None)
        if not isinstance(header, list):
            return
        names = [name.strip() for name in header]
        rows.width = len(names)
        for line, raw, row in rows.read():
            if isinstance(row, Broken):
                yield Record(line, raw, row)
            elif any(row):
                yield Record(line, raw, dict(zip(names, row, strict=False)))


def count_in(cell: object) -> int | None:
    """Read a count with or without thousands marks; None: there is none, or it is not one to rely on."""
    text = str("" if cell is None else cell).replace("\u00a0", " ").replace("\u202f", " ").strip()
    if not (text.isascii() and _NUMBER.fullmatch(text)):
        return None
    return int(text if text.isdecimal() else re.sub(r"\D", "", text))


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
