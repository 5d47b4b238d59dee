"""The worklist as a sheet that people fill in, and that `soma-audit review --from` reads back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from soma_audit.labels import DONE
from soma_audit.report.formats.cells import Blank, Cell, Sheet
from soma_audit.report.language.assignment_words import FILLED_IN, forwarded
from soma_audit.report.text import web_link

if TYPE_CHECKING:
    from soma_audit.report.figures.model import Figures, WaitingLine
    from soma_audit.report.language.words import Words

KEYS = ("network", "handle", "post", "decisions", "who_before")
"""Columns that the program reads back by, hidden, and named the same in every language."""
LINKS = 65_000
"""Excel holds 65,530 links on a sheet; further down, the address stands there as text."""


def sheet(figures: Figures, words: Words) -> Sheet:
    """Return a row for each post that waits or perhaps does, the most certain first, with columns to fill in."""
    say = words.say
    seen = [say(name) for name in ("Agency", "Account", "Asked", "Waiting", "Text", "Link", "Forwarded")]
    lines = (*figures.waiting, *figures.perhaps)
    rows = [_row(line, words, is_link=place < LINKS) for place, line in enumerate(lines)]
    first = len(seen)
    blanks = (
        Blank("prose", 24, tuple(map(say, DONE))),
        Blank("day", 12),
        Blank("prose", 22),
        Blank("prose", 40),
    )
    return Sheet(
        say("Waiting"),
        (*seen, *(say(name) for name in FILLED_IN.values()), *KEYS),
        rows,
        blanks=dict(enumerate(blanks, first)),
        hidden=len(KEYS),
    )


def _row(line: WaitingLine, words: Words, *, is_link: bool) -> tuple[object, ...]:
    say = words.say
    return (
        line.agency,
        words.account_name(line.network, line.handle),
        line.asked_at,
        say("most likely") if line.certainty == "likely" else say("perhaps"),
        Cell(line.text, "wrapped"),
        _link(line, words) if is_link else line.permalink,
        forwarded(words, line) or None,
        None,
        None,
        Cell(line.who, "prose"),
        None,
        *(line.network, line.handle, line.post, line.decisions, line.who),
    )


def _link(line: WaitingLine, words: Words) -> Cell | None:
    if not web_link(line.permalink):
        return None
    return Cell(
        words.say("Open on {network}", network=words.network_name(line.network)), "text", line.permalink
    )
