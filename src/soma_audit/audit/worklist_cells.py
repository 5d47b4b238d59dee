"""What people wrote into a line of a worklist, in any language that reports are written in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from soma_audit.imports.record import BadRecordError
from soma_audit.imports.sources.cells import Ids
from soma_audit.labels import DONE, REPORT_LANGUAGES
from soma_audit.report.language.assignment_words import said_in
from soma_audit.report.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from soma_audit.audit.settings import Settings
    from soma_audit.imports.sheets import Line
    from soma_audit.office_hours import OfficeHours

LONGEST = {"who": 100, "note": 2000}
_WRITTEN = re.compile(r"(\d{1,2})[.-](\d{1,2})[.-](\d{4})(?:,? +(?:kl\.? *)?(\d{1,2})[.:](\d{2}))?")
"""As in the Nordic countries; of 03/04/2026 nobody knows which is the month."""


class BadLineError(ValueError):
    """A line cannot be taken in; the message says why and quotes nothing of it."""


class When(NamedTuple):
    """A day, and the time of day if somebody gave one."""

    day: date
    clock: time | None

    def moment(self, office: OfficeHours, not_before: datetime, not_after: datetime) -> datetime:
        """Return the latest moment that can be meant: of a day alone, the end of its office hours, or of the day."""
        zone = ZoneInfo(office.timezone)
        at = datetime.combine(self.day, self.clock or office.closes, zone).astimezone(UTC)
        if self.clock is not None:
            return at
        if at < not_before:
            at = datetime.combine(self.day, time(23, 59, 59), zone).astimezone(UTC)
        return min(at, not_after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a line asks for, of which post."""

    network: str
    handle: str
    post: str
    done: str | None
    date: When | None
    who: str | None
    note: str | None
    who_before: str | None
    knows_who_before: bool
    decisions: int | None
    """How often people had said something of the post when the sheet was made; None: it does not tell."""

    @property
    def verdict(self) -> tuple[str, str] | None:
        """Whose verdict is overruled, and by what."""
        return DONE[self.done] if self.done else None

    @property
    def is_forwarded(self) -> bool:
        """Whether it was passed on to another body."""
        return self.done is not None and self.verdict is None

    @property
    def is_untouched(self) -> bool:
        """Whether nobody has written anything into the line."""
        same = self.who == self.who_before if self.knows_who_before else self.who is None
        return same and self.done is None and self.note is None

    def who_after(self, held: str | None) -> str | None:
        """Return who is to see to the post: an emptied cell names nobody, one that was always empty changes nothing."""
        if self.knows_who_before:
            return held if self.who == self.who_before else self.who
        return self.who or held


def asked_for(lines: Sequence[Line], settings: Settings, now: datetime) -> Iterator[Asked | BadLineError]:
    """Yield what each line of a sheet asks for, or what is wrong with it."""
    ids = Ids()
    for line in lines:
        ids.look(_text(line.cells.get("post")) or "", "post")
    for line in lines:
        try:
            yield (
                BadLineError(line.broken) if line.broken else _asked(_ours(line.cells), ids, settings, now)
            )
        except BadLineError as error:
            yield error
        except BadRecordError as error:
            yield BadLineError(str(error))


def _asked(cells: Mapping[str, object], ids: Ids, settings: Settings, now: datetime) -> Asked:
    texts = {column: _text(cells.get(column)) for column in ("network", "handle", "done", "who", "note")}
    post = _text(cells.get("post"))
    for column, text in {**texts, "post": post}.items():
        if column in {"network", "handle", "post"} and text is None:
            raise BadLineError(f"{column} is empty: it says which post is meant, and must stay as it was")
        if text is not None and len(text) > LONGEST.get(column, len(text)):
            raise BadLineError(f"{column} is longer than {LONGEST[column]} characters")
    said = texts["done"]
    done = None if said is None else _done_words().get(said.casefold())
    if said is not None and done is None:
        raise BadLineError(f"done is none of the words that it may be: {', '.join(DONE)}")
    when = _when(cells.get("date"), settings.config.office(), now)
    if when is not None and done is None:
        raise BadLineError("there is a date, but nothing in done")
    return Asked(
        network=str(texts["network"]).casefold(),
        handle=str(texts["handle"]),
        post=ids.read(str(post), "post"),
        done=done,
        date=when,
        who=settings.masked(texts["who"]),
        note=texts["note"],
        who_before=_text(cells.get("who_before")),
        knows_who_before="who_before" in cells,
        decisions=_number(cells.get("decisions")),
    )


def _ours(cells: Mapping[str, object]) -> dict[str, object]:
    """Return the cells by our names of their columns."""
    return {_columns().get(name, name): cell for name, cell in cells.items()}


@cache
def _columns() -> dict[str, str]:
    return {name: column for code in REPORT_LANGUAGES for name, column in said_in(code)[0].items()}


@cache
def _done_words() -> dict[str, str]:
    return {word: done for code in REPORT_LANGUAGES for word, done in said_in(code)[1].items()}


def _text(cell: object) -> str | None:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        cell = int(cell)
    return one_line(str(cell)) or None if cell is not None else None


def _number(cell: object) -> int | None:
    text = _text(cell)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()):
        raise BadLineError("decisions must stay as it was")
    return int(text)


def _when(cell: object, office: OfficeHours, now: datetime) -> When | None:
    if cell is None:
        return None
    when = _read(cell, office)
    zone = ZoneInfo(office.timezone)
    clock = when.clock or time()
    if datetime.combine(when.day, clock, zone) > now:
        raise BadLineError("date lies in the future")
    return when


def _read(cell: object, office: OfficeHours) -> When:
    if isinstance(cell, str):
        cell = _written(cell)
    if isinstance(cell, datetime):
        local = cell.astimezone(ZoneInfo(office.timezone)) if cell.tzinfo else cell
        return When(local.date(), local.time() if local.time() != time() else None)
    if isinstance(cell, date):
        return When(cell, None)
    raise BadLineError("date cannot be read; write it as 2026-03-02, or as 2026-03-02 14:10")


def _written(text: str) -> datetime | None:
    try:
        if found := _WRITTEN.fullmatch(text):
            day, month, year, hour, minute = (int(part or 0) for part in found.groups())
            return datetime(year, month, day, hour, minute)  # noqa: DTZ001 - where the office is
        return datetime.fromisoformat(text)
    except ValueError:
        return None
