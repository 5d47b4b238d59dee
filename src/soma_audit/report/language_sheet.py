"""Språkrådet's January sheet: how much of what each agency wrote in a year is in nynorsk, by network, ready to paste.

State bodies report it themselves each January. Source: språklova, and Språkrådet's supervision of it.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from soma_audit.report.figures.survival import rate
from soma_audit.report.text import NOTHING, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from soma_audit.report.language.words import Words
    from soma_audit.store.figures.rows import LanguageYearRow

COLUMNS = (
    *("Agency", "Network", "Year", "Posts in nynorsk", "Posts in bokmål", "Too short or mixed"),
    *("In other languages", "Nynorsk share", "95 % interval", "A quarter of each?"),
)


def year(number: int, timezone: str) -> tuple[datetime, datetime]:
    """Return a calendar year as a window, where the report is read."""
    zone = ZoneInfo(timezone)
    return datetime(number, 1, 1, tzinfo=zone), datetime(number + 1, 1, 1, tzinfo=zone)


def sheet(rows: Iterable[LanguageYearRow], number: int, words: Words) -> str:
    """Write the sheet as text with tabs between, which any spreadsheet takes when pasted."""
    lines = [[words.say(column) for column in COLUMNS], *_lines(rows, number, words)]
    return "".join("\t".join(cells) + "\n" for cells in lines)


def _lines(rows: Iterable[LanguageYearRow], number: int, words: Words) -> Iterator[list[str]]:
    # by id: two agencies may have the same name, such as a body and its successor
    counts: dict[tuple[str, str, str], dict[str, int]] = {}
    for row in rows:
        counts.setdefault((row.id, row.name, row.network), {})[row.language] = row.posts
    for (_, name, network), found in counts.items():
        nynorsk, bokmaal, undecided = (found.get(code, 0) for code in ("nn", "nb", "undecided"))
        share = rate(
            nynorsk, nynorsk + bokmaal, left_out=undecided, nothing="no posts surely in nynorsk or bokmål"
        )
        others = sum(found.values()) - nynorsk - bokmaal - undecided
        yield [
            one_line(name).lstrip("=+-@"),
            words.network_name(network),
            str(number),
            *(str(n) for n in (nynorsk, bokmaal, undecided, others)),
            words.share(share),
            words.interval(share) or NOTHING,
            words.quarter_of_each(share),
        ]
