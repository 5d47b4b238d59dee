"""A worklist that people have filled in: read, checked line by line, and taken in as a whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from soma_audit.audit.worklist_cells import Asked, BadLineError, asked_for
from soma_audit.errors import InvalidInputError
from soma_audit.store.connection import read_time
from soma_audit.store.reviews import Assignment, Word

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from soma_audit.audit.settings import Settings
    from soma_audit.store import Store
    from soma_audit.store.posts.rows import PostRow

NEEDED = ("network", "handle", "post")


class Taken(NamedTuple):
    """How many lines of a worklist say what."""

    words: int
    """Reviews: answered, no question, a question."""
    assignments: int
    """Who sees to a post, that it was forwarded, or a note on it."""
    already: int
    """What they say is in force already."""
    untouched: int
    """Nobody has written anything there."""


@dataclass(slots=True)
class _Found:
    """What the lines read so far say."""

    words: list[Word] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    already: int = 0
    untouched: int = 0
    wrong: list[str] = field(default_factory=list)
    posts: dict[int, int] = field(default_factory=dict)
    """The line on which each post stands."""


def take_in(store: Store, settings: Settings, file: Path, *, reviewer: str, now: datetime) -> Taken:
    """Take in what people wrote into a worklist.

    Raises:
        InvalidInputError: it cannot be read, or lines are wrong: all of them are told, and nothing is taken in.
    """
    from soma_audit.imports.sheets import sheet_lines

    found = _Found()
    lines = sheet_lines(file, NEEDED)
    for line, one in zip(lines, asked_for(lines, settings, now), strict=True):
        try:
            if isinstance(one, BadLineError):
                raise one
            _take(store, settings, one, line.number, now, found)
        except BadLineError as error:
            found.wrong.append(f"line {line.number}: {error}")
    if found.wrong:
        raise InvalidInputError(
            f"Nothing of {file.name} was taken in; correct these lines, and take it in again:", found.wrong
        )
    store.reviews.take_worklist(found.words, found.assignments, reviewer=reviewer, at=now)
    return Taken(len(found.words), len(found.assignments), found.already, found.untouched)


def _take(store: Store, settings: Settings, asked: Asked, number: int, now: datetime, found: _Found) -> None:
    """Add what a line asks for to what was found; an untouched one is passed over, whatever became of its post."""
    if asked.is_untouched:
        found.untouched += 1
        return
    post = _post(store, asked)
    if post.id in found.posts:
        raise BadLineError(f"this post stands on line {found.posts[post.id]} too; leave one of them")
    found.posts[post.id] = number
    word = _word(settings, asked, post, now)
    held = store.reviews.assignment_of(post.id) or Assignment(post.id)
    wanted = _assignment(asked, held, settings, now)
    word = None if word and _is_in_force(store, word) else word
    new = None if wanted == held else wanted
    if word is None and new is None:
        found.already += 1
        return
    if asked.decisions is not None and store.reviews.decisions_on(post.id) != asked.decisions:
        raise BadLineError(
            "somebody has said something of this post since the sheet was made: `soma-audit explain` shows what;"
            " empty the line, or make a new sheet"
        )
    if word and word.classifier == "answer" and store.reviews.label_of(post.id, "question") in {None, "none"}:
        raise BadLineError("this post is not held to be a question any more")
    found.words += [word] if word else []
    found.assignments += [new] if new else []


def _post(store: Store, asked: Asked) -> PostRow:
    rows = store.figures.posts_of(asked.network, asked.handle, asked.post)
    if not rows:
        raise BadLineError("no such post is held")
    if rows[0].by_agency:
        raise BadLineError("this is an own post, which waits for nothing")
    return rows[0]


def _word(settings: Settings, asked: Asked, post: PostRow, now: datetime) -> Word | None:
    """Return the review that a line asks for."""
    if asked.verdict is None:
        return None
    classifier, label = asked.verdict
    at = None
    if classifier == "answer" and asked.date is not None:
        at, label = _answered(settings, asked, post, now)
    note = ": ".join(part for part in (asked.done, settings.masked(asked.note)) if part)
    return Word(post.account, post.id, classifier, label, note, at)


def _answered(settings: Settings, asked: Asked, post: PostRow, now: datetime) -> tuple[datetime, str]:
    """Return when a question was answered, and whether that was in time.

    A day alone stands for the end of its office hours, so that no answer looks quicker than it was.
    """
    asked_at, date, office = read_time(post.created_at), asked.date, settings.config.office()
    if asked_at is None or date is None:
        raise BadLineError("it is not known when this post was written")
    at = date.moment(office, asked_at, now)
    if at < asked_at:
        raise BadLineError("date lies before the question")
    is_late = office.minutes(asked_at, at) > settings.config.norm_minutes()
    return at, "answered_late" if is_late else "answered"


def _assignment(asked: Asked, held: Assignment, settings: Settings, now: datetime) -> Assignment:
    """Return who is to see to a post once the line is taken in."""
    day = held.forwarded_on
    if asked.is_forwarded:
        day = (asked.date.day if asked.date else settings.config.office().day_of(now)).isoformat()
    note = held.note if asked.verdict or not asked.note else settings.masked(asked.note)
    return held._replace(who=asked.who_after(held.who), forwarded_on=day, note=note)


def _is_in_force(store: Store, word: Word) -> bool:
    return any(
        row.classifier == word.classifier
        and row.label == word.label
        and row.note == word.note
        and read_time(row.answered_at) == word.answered_at
        for row in store.reviews.reviews_on(word.account, word.post)
    )
