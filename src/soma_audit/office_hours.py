"""When the counter is open: what office time is counted in. Nothing here reads a clock."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DECLARED = re.compile(
    rf"(?:({'|'.join(DAYS)})(?:-({'|'.join(DAYS)}))? )?([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeHours:
    """When the counter is open, in local time. Minutes at the counter are what office time is counted in."""

    opens: time
    closes: time
    timezone: str = "Europe/Oslo"
    weekdays: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    """0 is Monday."""
    holidays: tuple[date, ...] = ()
    """Sorted, and only such as fall on a weekday listed above."""

    @property
    def day_minutes(self) -> float:
        """The length of one office day."""
        return _minute_of_day(self.closes) - _minute_of_day(self.opens)

    def minutes(self, start: datetime, end: datetime) -> float:
        """Count the office minutes between two times; nights, weekends and holidays count nothing."""
        return self.since_origin(end) - self.since_origin(start)

    def after(self, start: datetime, minutes: float) -> datetime:
        """Return when that many office minutes have passed since `start`."""
        local = start.astimezone(ZoneInfo(self.timezone))
        left = minutes
        day, begin = local.date(), max(_minute_of_day(local.time()), _minute_of_day(self.opens))
        while True:
            here = max(_minute_of_day(self.closes) - begin, 0) if self._is_open(day) else 0
            if left <= here and here:
                midnight = datetime.combine(day, time(), ZoneInfo(self.timezone))
                return (midnight + timedelta(minutes=begin + left)).astimezone(UTC)
            left -= here
            day, begin = day + timedelta(days=1), _minute_of_day(self.opens)

    def since_origin(self, moment: datetime) -> float:
        """Count the office minutes since 1 January of year 1: whoever needs many spans to one end counts that once."""
        local = moment.astimezone(ZoneInfo(self.timezone))
        today = 0.0
        if self._is_open(local.date()):
            minute = min(_minute_of_day(local.time()), _minute_of_day(self.closes))
            today = max(minute - _minute_of_day(self.opens), 0)
        return self._days_before(local.date()) * self.day_minutes + today

    def day_of(self, moment: datetime) -> date:
        """Return the day on which a moment falls where the office is."""
        return moment.astimezone(ZoneInfo(self.timezone)).date()

    def is_open(self, moment: datetime) -> bool:
        """Return whether the counter is open at a moment."""
        local = moment.astimezone(ZoneInfo(self.timezone))
        return self.opens <= local.time() < self.closes and self._is_open(local.date())

    def _is_open(self, day: date) -> bool:
        place = bisect_left(self.holidays, day)
        return day.weekday() in self.weekdays and self.holidays[place : place + 1] != (day,)

    def _days_before(self, day: date) -> int:
        """Office days before this one since 1 January of year 1, a Monday."""
        weeks, rest = divmod(day.toordinal() - 1, 7)
        return (
            weeks * len(self.weekdays)
            + sum(d < rest for d in self.weekdays)
            - bisect_left(self.holidays, day)
        )


def declared_hours(written: str, timezone: str = "Europe/Oslo") -> OfficeHours | None:
    """Return the hours that an agency declares, as in `mon-fri 08:00-15:45` (without days: Monday to Friday).

    None: they are not written so, or close before they open.
    """
    found = _DECLARED.fullmatch(written.strip().lower())
    if not found:
        return None
    first, last, *clock = found.groups()
    from_day, to_day = (DAYS.index(first), DAYS.index(last or first)) if first else (0, 4)
    opens, closes = time(int(clock[0]), int(clock[1])), time(int(clock[2]), int(clock[3]))
    if opens >= closes or from_day > to_day:
        return None
    weekdays = frozenset(range(from_day, to_day + 1))
    return OfficeHours(opens=opens, closes=closes, timezone=timezone, weekdays=weekdays)


def _minute_of_day(clock: time) -> float:
    return clock.hour * 60 + clock.minute + clock.second / 60
