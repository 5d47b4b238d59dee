"""Statements that ask: told to the one who knows, so that they want a yes or a no.

`Så du mener at …`, `du har ikke hørt …`, `det er vel stengt nå`: in speech and in posts these are questions by what
they say, not by their word order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from soma_audit.classify import question_words as qw
from soma_audit.classify.question_pieces import is_open

if TYPE_CHECKING:
    from soma_audit.classify.question_pieces import Words


def asking_statement(text: Words) -> str | None:
    """Find a statement that only its reader can confirm; give the words that show it."""
    if text.known.isdisjoint(qw.TELLING):
        return None
    return _to_the_reader(text) or _presuming(text) or _hearsay(text) or _tagged(text) or _left_open(text)


def _to_the_reader(text: Words) -> str | None:
    """Find `så du …`, and `du har ikke hørt …`: what the reader means, knows or has seen."""
    speaks_nynorsk = not text.known.isdisjoint(qw.NYNORSK)
    for at in text.behind_leads(qw.VERB_LEADS):
        word, after = text.lower[at], text.ahead(at + 1)
        if word in qw.SO and _reader(after, speaks_nynorsk) and is_open(text, at):
            return f"{word} {after}"
        if not _reader(word, speaks_nynorsk):
            continue
        third = text.ahead(at + 2)
        tells = third == "altså" or (third in qw.NEVER and _recalls(text, at + 1, after))
        if tells and is_open(text, at):
            return f"{word} {after} {third}"
    return None


def _reader(word: str, speaks_nynorsk: bool) -> bool:  # noqa: FBT001
    return word in qw.SPOKEN_TO or (word == "de" and speaks_nynorsk)


def _recalls(text: Words, at: int, verb: str) -> bool:
    """Whether a denial is about knowing or remembering, or about what was seen or is had."""
    if verb in qw.HAVE:
        return text.ahead(at + 2) in qw.EXPERIENCED_ANY
    return verb in qw.KNOWING or (verb == "kan" and text.ahead(at + 2) in qw.KNOWING)


def _presuming(text: Words) -> str | None:
    """Find `vel` that presumes: behind a modal verb, behind a verb and its subject, put to the reader, or of the past."""
    if "vel" not in text.known:
        return None
    speaks_nynorsk = not text.known.isdisjoint(qw.NYNORSK)
    for at in range(1, len(text.lower)):
        if text.lower[at] != "vel":
            continue
        before, first = text.ahead(at - 1), text.ahead(at - 2) if at > 1 else ""
        presumed = (
            before in qw.MODALS
            or (before in qw.PRONOUNS - qw.MYSELF and first in qw.FINITE)
            or (before in qw.FINITE and _reader(first, speaks_nynorsk))
            or (before in qw.PAST and first == "det")
        )
        if presumed and is_open(text, at):
            return f"{before} vel"
    return None


def _hearsay(text: Words) -> str | None:
    """Find `har jeg hørt`: what the speaker has from others, the reader is to confirm."""
    if text.known.isdisjoint(qw.HEARD):
        return None
    for at, word in enumerate(text.lower):
        if word in qw.HEARD and at > 1 and text.lower[at - 1] in qw.SPEAKERS and text.lower[at - 2] == "har":
            return f"har {text.lower[at - 1]} {word}" if is_open(text, at) else None
    return None


def _tagged(text: Words) -> str | None:
    """Find a tag at the end that turns a statement to its reader: `de stenger, gjør de ikke det`."""
    lower = text.lower
    if len(lower) < 5 or lower[-1] not in qw.SAME:
        return None
    at = len(lower) - (4 if lower[-2] in qw.NEVER else 3)
    tag = lower[at] in qw.TAGGING and lower[at + 1] in qw.PRONOUNS and lower[at - 1] not in qw.UNASKED
    return " ".join(lower[at:]) if tag and at > 1 else None


def _left_open(text: Words) -> str | None:
    """Find a last `eller`, or two halves without a verb, that leave the choice to the reader."""
    lower = text.lower
    if "eller" not in text.known:
        return None
    end = len(lower) - 1
    while end > 2 and lower[end] in qw.OPEN_ENDS:
        end -= 1
    if end > 2 and lower[end] == "eller" and lower[end - 1][0].isalpha():
        return "eller"
    at = lower.index("eller")
    brief = 0 < at < end and sum(piece[0].isalpha() for piece in lower) < 8
    return "eller" if brief and text.known.isdisjoint(qw.FINITE) and is_open(text, at) else None
