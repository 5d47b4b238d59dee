"""What spreadsheets do to cells, undone where it can be and refused where it cannot: guards, rounded ids, counts."""

from __future__ import annotations

import re

from soma_audit.imports.record import BadRecordError

GUARDED = frozenset("=+-@＝＋－＠")
"""What a cell may not begin with, so that no spreadsheet runs it: a `'` is put in front, here and by our own export."""
_AS_FORMULA = re.compile(r'="((?:[^"]|"")*)"')
_SCIENTIFIC = re.compile(r"\d+(?:[.,]\d+)?[eE]\+?\d+")
_LONG = re.compile(r"(?:^|_)([1-9]\d{14})(\d+)(?:_|$)")
"""Spreadsheets keep fifteen digits of a number, and write zeros for the others."""
_COUNT = re.compile(r"(\d{1,3}(?:[.,' ]\d{3})+|\d{1,15})(?:[.,]0{1,2})?")


def unguarded(cell: str) -> str:
    """Return a cell without what keeps a spreadsheet from reading it as a number or a formula."""
    if cell[:1] == "'" and cell[1:2] in GUARDED and len(cell) > 1:
        return cell[1:]
    if cell[:2] == '="' and (found := _AS_FORMULA.fullmatch(cell)):
        return found[1].replace('""', '"')
    return cell


class Ids:
    """Reads the ids of a table, once all of them have been looked at.

    An honest id may end in zeros, as one in ten, a hundred or a thousand does. Only where all long ids of a column do, has a
    spreadsheet cut them.
    """

    def __init__(self) -> None:
        self._whole: set[str] = set()
        """Columns that have a long id with other digits than zeros at its end."""

    def look(self, cell: str, column: str) -> None:
        """Look at an id before any is read."""
        if column not in self._whole and (long := _LONG.search(_bare(cell))) and long[2].strip("0"):
            self._whole.add(column)

    def read(self, cell: str, column: str) -> str:
        """Return an id as it was before a spreadsheet guarded it.

        Raises:
            BadRecordError: a spreadsheet has rounded it, so that nobody can tell which post is meant.
        """
        text = _bare(cell)
        is_cut = column not in self._whole and (long := _LONG.search(text)) and not long[2].strip("0")
        if is_cut or _SCIENTIFIC.fullmatch(text):
            raise BadRecordError(
                f"{column} was rounded by a spreadsheet; export the file anew, and import it without opening it there"
            )
        return text


def _bare(cell: str) -> str:
    return unguarded(cell.strip()).removeprefix("'").strip()


def count_in(cell: object) -> int | None:
    """Return a count with or without thousands marks; None: there is none, or it is not one to rely on."""
    text = str("" if cell is None else cell).replace("\u00a0", " ").replace("\u202f", " ").strip()
    found = _COUNT.fullmatch(text) if text.isascii() else None
    return int(re.sub(r"\D", "", found[1])) if found else None
