"""Sheets of a workbook (.xlsx), read row by row; what could harm whoever opens one is refused before it is parsed."""

from __future__ import annotations

import struct
import warnings
import zipfile
import zlib
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from soma_audit.errors import InvalidInputError
from soma_audit.imports.sources.zips import AGAIN, BOMB, holds_something, open_member, open_zip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MISSING = "Reading .xlsx needs openpyxl: pip install 'soma-audit[xlsx]'. Or save the sheet as CSV, which needs nothing."
MEMBERS = 1000
"""So many files a workbook has at most."""
SMALL, LONGEST = 1 << 22, 1 << 25
"""What unpacks to less, in bytes, is read whatever its ratio, and what to more is not: 30,000 lines of a worklist are less."""
ROWS, COLUMNS = 1 << 20, 100
"""What is looked at of a sheet: as many rows as a spreadsheet has, and more columns than a worklist."""
_STEP = 1 << 20
_DECLARES = (b"<!DOCTYPE", b"<!ENTITY")
"""What may name a file elsewhere, or a text that grows without end; no spreadsheet writes it."""
_UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, ParseError, EOFError, OSError, ValueError, RuntimeError),
    *(TypeError, LookupError, AttributeError, OverflowError, RecursionError, AssertionError, MemoryError),
)
"""What openpyxl raises, here or there, on a workbook whose bytes have changed."""


def workbook_rows(path: Path, name: str) -> Iterator[tuple[int, tuple[object, ...]]]:
    """Yield the rows of a workbook's first sheet that hold anything, each with its number; formulas as last computed.

    Raises:
        InvalidInputError: it cannot be read, is made to do harm, or what reads it is not installed.
    """
    try:
        from openpyxl import load_workbook  # noqa: PLC0415 - an extra, and slow to load
    except ImportError:
        raise InvalidInputError(MISSING) from None
    _check(path, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what openpyxl does not read, and we do not need
        try:
            book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
            try:
                # what the sheet says of its own size is not believed
                for sheet in book.worksheets[:1]:
                    sheet.reset_dimensions()
                    rows = sheet.iter_rows(max_row=ROWS, max_col=COLUMNS, values_only=True)
                    for number, row in enumerate(rows, 1):
                        if row.count(None) < len(row) and any(cell not in {None, ""} for cell in row):
                            yield number, tuple(row)
            finally:
                book.close()
        except _UNREADABLE:
            raise InvalidInputError(f"{name} cannot be read as a workbook: it is damaged. {AGAIN}") from None


def _check(path: Path, name: str) -> None:
    """Refuse a workbook that unpacks to too much, is damaged, or whose XML declares what is to be fetched or to grow."""
    damage: dict[str, str] = {}
    with open_zip(path, name, damage.setdefault) as (archive, entries):
        size, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
        if len(entries) > MEMBERS or size > LONGEST or (size > SMALL and size > BOMB * packed):
            raise InvalidInputError(
                f"{name} would unpack to more than a sheet of people's work holds. If it is one, save it as CSV."
            )
        for entry in filter(holds_something, entries):
            with open_member(archive, entry, name, damage.setdefault) as stream:
                before = b""
                while batch := stream.read(_STEP):
                    plain = batch.replace(b"\0", b"")  # as UTF-16 and UTF-32 have between letters
                    if any(word in before + plain for word in _DECLARES):
                        raise InvalidInputError(
                            f"{name} declares entities, as no spreadsheet does. Leave this file alone."
                        )
                    before = plain[-16:]
    if damage:
        raise InvalidInputError(f"{name} cannot be read as a workbook: it is damaged. {AGAIN}")
