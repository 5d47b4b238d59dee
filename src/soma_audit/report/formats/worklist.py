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


def sheet(figures: Figures, words: Words) -> Sheet:
    """Return a row for each post that waits or perhaps does, the most certain first, with columns to fill in."""
    say = words.say
    seen = [say(name) for name in ("Agency", "Account", "Asked", "Waiting", "Text", "Link", "Forwarded")]
    rows = [_row(line, words) for line in (*figures.waiting, *figures.perhaps)]
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


def _row(line: WaitingLine, words: Words) -> tuple[object, ...]:
    say = words.say
    link = say("Open on {network}", network=words.network_name(line.network))
    return (
        line.agency,
        words.account_name(line.network, line.handle),
        line.asked_at,
        say("most likely") if line.certainty == "likely" else say("perhaps"),
        Cell(line.text, "wrapped"),
        Cell(link, "text", line.permalink) if web_link(line.permalink) else None,
        forwarded(words, line) or None,
        None,
        None,
        Cell(line.who, "prose"),
        None,
        *(line.network, line.handle, line.post, line.decisions, line.who),
    )
