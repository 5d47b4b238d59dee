"""The report as a workbook: what the other formats say, in cells that can be sorted, filtered and summed.

Strangers' text is only ever written as text: no cell is a formula, and no link is made of what merely looks like one.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from soma_audit.report.formats import worklist
from soma_audit.report.formats.cells import Cell, cell
from soma_audit.report.formats.sheets import Paper
from soma_audit.report.text import one_line, web_link

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from soma_audit.report.figures.model import Figures
    from soma_audit.report.formats.cells import Sheet

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
"""What XlsxWriter may make of text: nothing; and it leaves no files behind."""
LOOKS: Mapping[str, Mapping[str, object]] = {
    "head": {"bold": True, "bottom": 1, "valign": "top", "quote_prefix": True},
    "title": {"bold": True, "quote_prefix": True},
    "text": {"valign": "top", "quote_prefix": True},
    "prose": {"valign": "top", "quote_prefix": True, "text_wrap": True},
    "wrapped": {"valign": "top", "quote_prefix": True, "text_wrap": True},
    "day": {"valign": "top", "num_format": "yyyy-mm-dd"},
    "whole": {"valign": "top", "num_format": "#,##0"},
    "number": {"valign": "top"},
    "percent": {"valign": "top", "num_format": "0.0 %"},
    "duration": {"valign": "top", "num_format": "[h]:mm"},
    "date": {"valign": "top", "num_format": "yyyy-mm-dd hh:mm"},
}
"""How cells look. Text has the quote prefix, so that it stays text also when somebody edits the cell."""
CELL, LINK = 32_767, 2_000
"""What Excel holds: UTF-16 units of text in a cell, characters of a link."""
NARROWEST, WIDEST, PROSE = 9, 60, 110
NO_CHARACTERS = re.compile("[\ufffe\uffff]")


def render(figures: Figures) -> bytes:
    """All sheets; the same figures give the same file, byte by byte."""
    return _book(figures, Paper(figures).sheets())


def render_list(figures: Figures, name: str) -> bytes:
    """Return one list of the report, `waiting` or `flagged`, alone; people write what was done behind who waits."""
    paper = Paper(figures)
    return _book(figures, [worklist.sheet(figures, paper.words) if name == "waiting" else paper.flagged()])


def _book(figures: Figures, sheets: Iterable[Sheet]) -> bytes:
    return workbook(
        sheets,
        title=figures.title,
        version=figures.version,
        created=figures.as_of,
        timezone=figures.timezone,
    )


def workbook(sheets: Iterable[Sheet], *, title: str, version: str, created: datetime, timezone: str) -> bytes:
    """Return these sheets as a workbook; times are shown in the zone."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - loaded for this format only

    out = BytesIO()
    book = Workbook(out, OPTIONS)
    book.set_properties(
        {
            "title": fit(title),
            "comments": f"soma-audit {version}",
            "created": created.astimezone(UTC).replace(tzinfo=None),
        }
    )
    writer = _Writer(book, ZoneInfo(timezone))
    for sheet in sheets:
        writer.write(sheet)
    book.close()
    return out.getvalue()


def fit(text: str) -> str:
    """The text on one line, harmless, and no longer than a cell: Excel counts an emoji twice, and repairs what is too long."""
    line = NO_CHARACTERS.sub("\ufffd", one_line(text, CELL))
    units = line.encode("utf-16-le")
    return line if len(units) <= 2 * CELL else units[: 2 * (CELL - 1)].decode("utf-16-le", "ignore") + "…"


class _Writer:
    """Puts tables into a workbook, each cell by its type."""

    def __init__(self, book: Workbook, zone: ZoneInfo) -> None:
        self._book, self._zone = book, zone
        self._looks = {name: book.add_format(dict(look)) for name, look in LOOKS.items()}

    def write(self, table: Sheet) -> None:
        sheet = self._book.add_worksheet(table.name)
        top = len(table.above) + bool(table.above)
        rows = [[Cell(name, "head") for name in table.header], *(list(map(cell, row)) for row in table.rows)]
        for place, line in enumerate(table.above):
            self._write(sheet, place, 0, line)
        for place, cells in enumerate(rows):
            for column, given in enumerate(cells):
                self._write(sheet, top + place, column, given)
        for place, _ in enumerate(table.header):
            _whole(sheet, sheet.set_column(place, place, _width(cells[place] for cells in rows)))
        self._fit_for_people(sheet, table)
        if not top:
            sheet.freeze_panes(1, 0)
        sheet.autofilter(top, 0, top + len(table.rows), len(table.header) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)

    def _fit_for_people(self, sheet: Worksheet, table: Sheet) -> None:
        """Make the columns ready that people fill in, and hide those that are not for them."""
        last = len(table.header) - 1
        for place, blank in table.blanks.items():
            _whole(sheet, sheet.set_column(place, place, blank.width, self._looks[blank.look]))
            if blank.choices and table.rows:
                listed = {"validate": "list", "source": list(blank.choices)}
                _whole(sheet, sheet.data_validation(1, place, len(table.rows), place, listed))
        if table.hidden:
            first = last - table.hidden + 1
            _whole(sheet, sheet.set_column(first, last, None, None, {"hidden": True}))

    def _write(self, sheet: Worksheet, place: int, column: int, given: Cell) -> None:
        value, look = given.value, self._looks[given.look]
        if value is None:
            return
        if isinstance(value, bool):
            result = sheet.write_boolean(place, column, value, look)
        elif isinstance(value, (int, float)):
            result = sheet.write_number(place, column, value, look)
        elif isinstance(value, datetime):
            local = value.astimezone(self._zone).replace(tzinfo=None)
            result = sheet.write_datetime(place, column, local, look)
        elif (url := web_link(given.url)) and len(url) <= LINK:
            result = sheet.write_url(place, column, url, string=fit(str(value)))
        else:
            result = sheet.write_string(place, column, fit(str(value)), look)
        _whole(sheet, result)


def _whole(sheet: Worksheet, result: int) -> None:
    """XlsxWriter tells by a number what did not go in; a report must not lose anything silently."""
    if result:
        raise ValueError(f"The sheet {sheet.get_name()} does not hold all of the report: {result}.")


def _width(cells: Iterable[Cell]) -> int:
    """As wide as what stands in the column, within reason."""
    widths = [
        PROSE if c.look == "prose" else 16 if c.look == "date" else len(str(c.value)) + 2 for c in cells
    ]
    return min(max(widths), PROSE if PROSE in widths else WIDEST)
