"""Bars stay inside their drawing, and nothing known is not drawn as nothing."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from soma_audit.report.formats.html.charts import HEIGHT, WIDTH, Years, columns, years


@given(st.lists(st.none() | st.floats(0, 1e6), max_size=60))
def test_bars_stay_inside(values: list[float | None]) -> None:
    for column in columns(values):
        assert 0 <= column.x <= column.x + column.width <= WIDTH + 0.1
        assert 0 <= column.y <= HEIGHT
        assert abs(column.y + column.height - HEIGHT) < 0.11


def test_the_highest_bar_is_as_high_as_the_drawing_unless_the_top_is_given() -> None:
    assert [c.height for c in columns([1, 2])] == [50, 100]
    assert [c.height for c in columns([0.25, 0.5], top=1)] == [25, 50]


def test_what_is_not_known_is_no_bar() -> None:
    assert [(c.known, c.height) for c in columns([None, 0, 5])] == [(False, 0), (True, 0), (True, 100)]


def test_nothing_to_draw_is_nothing() -> None:
    assert columns([]) == []
    assert [c.height for c in columns([0, 0])] == [0, 0]


DAYS = st.dates(date(2005, 1, 1), date(2030, 12, 31))


@given(DAYS, DAYS)
def test_days_stand_in_their_order_and_inside(one: date, other: date) -> None:
    shown = years([one, other], max(one, other))
    places = [shown.place(day) for day in sorted((one, other))]
    assert 0 <= places[0] <= places[1] <= WIDTH


def test_each_year_takes_the_same_room() -> None:
    shown = years([date(2009, 8, 24), date(2010, 2, 1)], date(2012, 6, 30))
    assert (shown.first, shown.last, shown.count) == (2009, 2012, 4)
    assert [shown.place(date(year, 1, 1)) for year in range(2009, 2013)] == [0, 150, 300, 450]


def test_without_a_day_the_year_is_todays() -> None:
    assert years([], date(2026, 3, 1)) == Years(2026, 2026)
