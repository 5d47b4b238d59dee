"""Times as people and spreadsheets write them: one way of writing is found that fits all rows of a file, or asked for.

`03/04/2026` may be the third of April or the fourth of March. A row that can only be one of them decides for its file;
where no row decides, nothing is guessed.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime
from enum import Enum

from soma_audit.errors import InvalidInputError
from soma_audit.imports.record import BadRecordError

_SPACES = re.compile(r"[\s,]+")
_O_CLOCK = re.compile(r"(?<=\d) (?:kl\.?|klokken|klokka|at|um) ?(?=\d)", re.IGNORECASE)
_HALF_DAY = re.compile(r" ?\b([ap])\.? ?m\b\.?", re.IGNORECASE)
_DATE = (
    r"(?:(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"
    r"|(?P<first>\d{1,2})(?P<mark>[-/.])(?P<second>\d{1,2})(?P=mark)(?P<last>\d{4}|\d{2}))"
)
_CLOCK = (
    r"(?:[ T](?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<seconds>\d{2})(?:[.,]\d+)?)?(?P<half>[AP]M)?)?"
)
_WRITTEN = re.compile(_DATE + _CLOCK)
_EPOCH = re.compile(r"(\d{9,10})(?:[.,]\d+)?|(\d{12,13})")
EXAMPLE = "%d/%m/%Y %H:%M"


class Order(Enum):
    """Which of two small numbers is the day."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"


class Times:
    """Reads the times of one file, once all of them have been looked at."""

    def __init__(
        self, time_format: str | None = None, usual: Order | None = None, what: str = "created_at"
    ) -> None:
        """`time_format` is how the user says times are written; `usual` how the file's maker does, where nothing decides.

        `what` is what messages call them.
        """
        self._what = what
        self._format = time_format
        self._usual = usual
        self._decided: set[Order] = set()
        self._is_open = False
        """There are dates that could be read either way, and would differ."""
        self.lacks_zone = False
        """There are times without a zone."""

    def look(self, text: str) -> None:
        """Look at a time before any is read."""
        text = text.strip()
        if not text:
            return
        if self._format is None and (found := _WRITTEN.fullmatch(_plain(text))) and found["first"]:
            self._decide(int(found["first"]), int(found["second"]), found["mark"])
        if not self.lacks_zone:
            with suppress(BadRecordError):
                self.lacks_zone = self._any(text).tzinfo is None

    def _decide(self, first: int, second: int, mark: str) -> None:
        if mark == "." or (first > 12 and second <= 12):  # with dots, the day always comes first
            self._decided.add(Order.DAY_FIRST)
        elif second > 12 and first <= 12:
            self._decided.add(Order.MONTH_FIRST)
        elif first != second:
            self._is_open = True

    def settle(self, file: str) -> None:
        """Make sure that one way of writing fits all times of the file.

        Raises:
            InvalidInputError: some can only be read day first and others only month first, or all could be either.
        """
        ask = f"Say how they are written, as in --time-format '{EXAMPLE}'."
        if len(self._decided) > 1:
            raise InvalidInputError(
                f"Some dates in {file} have the day first and others the month, so no single format fits. {ask}"
            )
        if self._is_open and not self._decided and self._usual is None:
            raise InvalidInputError(
                f"The dates in {file} could have the day first or the month first, as 03/04/2026 does. {ask}"
            )

    @property
    def _order(self) -> Order:
        return next(iter(self._decided), self._usual or Order.DAY_FIRST)

    def read(self, text: str) -> datetime:
        """Return a time; without zone if it is written without one.

        Raises:
            BadRecordError: it is not a time, or not written as the user said.
        """
        return self._any(text.strip())

    def _any(self, text: str) -> datetime:
        if self._format is not None:
            try:
                return datetime.strptime(text, self._format)  # noqa: DTZ007 - the caller adds the zone
            except ValueError:
                raise BadRecordError(f"{self._what} is not written as {self._format}") from None
        with suppress(ValueError):
            return datetime.fromisoformat(text)
        moment = _from_epoch(text) or self._written(text)
        if moment is None:
            raise BadRecordError(
                f"{self._what} is not a time that can be read; use 2026-03-02T09:14:00Z, or say how it is written with --time-format"
            )
        return moment

    def _written(self, text: str) -> datetime | None:
        found = _WRITTEN.fullmatch(_plain(text))
        if found is None:
            return None
        if found["year"]:
            year, month, day = (int(found[part]) for part in ("year", "month", "day"))
        else:
            year, first, second = (int(found[part]) for part in ("last", "first", "second"))
            is_day_first = found["mark"] == "." or self._order is Order.DAY_FIRST
            day, month = (first, second) if is_day_first else (second, first)
            year += 2000 if year < 100 else 0
        hour = int(found["hour"] or 0)
        if found["half"]:
            hour = hour % 12 + 12 * (found["half"] == "PM") if 1 <= hour <= 12 else 99
        with suppress(ValueError):
            return datetime(year, month, day, hour, int(found["minute"] or 0), int(found["seconds"] or 0))  # noqa: DTZ001 - the caller adds the zone
        return None


def _plain(text: str) -> str:
    """Return a time with single spaces, no words around the clock, and AM or PM right behind it."""
    text = _O_CLOCK.sub(" ", _SPACES.sub(" ", text.strip()))
    return _HALF_DAY.sub(lambda m: f"{m[1].upper()}M", text)


def _from_epoch(text: str) -> datetime | None:
    """Return the time of a number of seconds or milliseconds since 1970."""
    found = _EPOCH.fullmatch(text)
    if found is None:
        return None
    return datetime.fromtimestamp(int(found[1]) if found[1] else int(found[2]) / 1000, UTC).replace(
        microsecond=0
    )
