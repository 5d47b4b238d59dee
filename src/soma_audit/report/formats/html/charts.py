"""Pictures as numbers: where bars stand in a drawing of a known size. The templates draw them, beside a table that says the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

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
