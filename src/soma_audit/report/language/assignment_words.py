"""Who sees to a post that waits, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from soma_audit.labels import DONE
from soma_audit.report.language import language

if TYPE_CHECKING:
    from soma_audit.report.figures.model import WaitingLine
    from soma_audit.report.language.words import Words


FILLED_IN = {"done": "Done", "date": "Date", "who": "Who", "note": "Note"}
"""The columns of a worklist that people fill in, and what a report calls them."""


def said_in(code: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return what a language calls the columns that people fill in, and what they may say is done: ours, by theirs."""
    say = language(code).say
    columns = {say(name).casefold(): column for column, name in FILLED_IN.items()}
    return columns, {say(done).casefold(): done for done in DONE}


def assigned(words: Words, line: WaitingLine) -> str:
    """Return who sees to a post and when it was forwarded; nothing where nobody has said either."""
    who = words.say("assigned to {who}", who=line.who) if line.who else ""
    return ", ".join(part for part in (who, forwarded(words, line)) if part)


def forwarded(words: Words, line: WaitingLine) -> str:
    """Return when a post was forwarded; nothing where it was not."""
    day = line.forwarded_on
    return (
        words.say("forwarded on {day}", day=words.language.date(day.year, day.month, day.day)) if day else ""
    )
