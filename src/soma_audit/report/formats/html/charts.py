"""Pictures as numbers: where bars stand in a drawing of a known size. The templates draw them, beside a table that says the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

WIDTH, HEIGHT = 600, 100
GAP = 0.25
"""Of a bar's place that is left free."""


@dataclass(frozen=True, slots=True)
class Column:
    """One upright bar; `known` False: there is nothing to draw, which is not a bar of no height."""

    x: float
    y: float
    width: float
    height: float
    known: bool = True


def columns(values: Sequence[float | None], top: float | None = None) -> list[Column]:
    """Lay out bars side by side; `top` is the value of full height, else the greatest there is."""
    if not values:
        return []
    place = WIDTH / len(values)
    highest = top or max((v for v in values if v is not None), default=0) or 1
    return [
        Column(
            x=round(place * (n + GAP / 2), 1),
            y=round(HEIGHT * (1 - (value or 0) / highest), 1),
            width=round(place * (1 - GAP), 1),
            height=round(HEIGHT * (value or 0) / highest, 1),
            known=value is not None,
        )
        for n, value in enumerate(values)
    ]


@dataclass(frozen=True, slots=True)
class Years:
    """Whole years, side by side."""

    first: int
    last: int

    @property
    def count(self) -> int:
        """How many they are."""
        return self.last - self.first + 1

    def place(self, day: date) -> float:
        """Return where a day stands, from 0 to the drawing's width."""
        years = day.year - self.first + (day.timetuple().tm_yday - 1) / 366
        return round(WIDTH * min(max(years / self.count, 0), 1), 1)


def years(days: Sequence[date], today: date) -> Years:
    """Return the years from the first of these days to today."""
    return Years(min((day.year for day in days), default=today.year), today.year)
