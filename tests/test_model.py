"""Office time: minutes at the counter, and nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soma_audit.config import Config
from soma_audit.labels import LABELS
from soma_audit.model import Since
from soma_audit.office_hours import OfficeHours, declared_hours
from soma_audit.report.figures.conduct import Conduct
from soma_audit.report.figures.model import AccountLine, AgencyLine, WallState
from soma_audit.report.figures.survival import rate as made_rate
from soma_audit.report.figures.survival import response_time

OSLO = ZoneInfo("Europe/Oslo")
OFFICE = Config().office()


def at(text: str) -> datetime:
    """Read a local time, as `2026-03-02 10:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=OSLO)


@pytest.mark.parametrize(
    ("asked", "answered", "minutes"),
    [
        pytest.param("2026-03-02 10:00", "2026-03-02 10:30", 30, id="within an hour"),
        pytest.param("2026-03-02 08:00", "2026-03-02 16:00", 480, id="a whole office day"),
        pytest.param("2026-03-02 07:00", "2026-03-02 08:15", 15, id="asked before opening"),
        pytest.param("2026-03-02 15:50", "2026-03-02 18:00", 10, id="answered after closing"),
        pytest.param("2026-03-02 23:00", "2026-03-03 08:00", 0, id="asked at night, answered at opening"),
        pytest.param("2026-03-02 23:00", "2026-03-03 07:59", 0, id="asked and answered in the same night"),
        pytest.param("2026-03-02 23:00", "2026-03-03 09:00", 60, id="the night counts nothing"),
        pytest.param("2026-03-06 15:00", "2026-03-09 09:00", 120, id="the weekend counts nothing"),
        pytest.param("2026-03-07 12:00", "2026-03-08 12:00", 0, id="within a weekend"),
        pytest.param("2026-04-01 15:00", "2026-04-07 09:00", 120, id="Easter counts nothing"),
        pytest.param("2026-04-02 09:00", "2026-04-06 15:00", 0, id="Maundy Thursday to Easter Monday"),
        pytest.param("2026-04-30 15:00", "2026-05-04 09:00", 120, id="1 May is a Friday"),
        pytest.param("2026-05-13 15:00", "2026-05-15 09:00", 120, id="Ascension Day"),
        pytest.param("2026-05-15 15:00", "2026-05-18 09:00", 120, id="17 May is a Sunday: no day instead"),
        pytest.param("2026-05-22 15:00", "2026-05-26 09:00", 120, id="Whit Monday"),
        pytest.param("2027-05-14 15:00", "2027-05-18 09:00", 120, id="Whit Monday is 17 May, once"),
        pytest.param("2008-04-30 15:00", "2008-05-02 09:00", 120, id="1 May is Ascension Day, once"),
        pytest.param("2026-12-23 15:00", "2026-12-28 09:00", 60 + 480 + 60, id="24 December is a work day"),
        pytest.param("2026-03-27 15:00", "2026-03-30 09:00", 120, id="summer time begins on 29 March"),
        pytest.param("2026-10-23 15:00", "2026-10-26 09:00", 120, id="summer time ends on 25 October"),
    ],
)
def test_office_time_counts_only_while_the_counter_is_open(asked: str, answered: str, minutes: float) -> None:
    assert OFFICE.minutes(at(asked), at(answered)) == minutes


def test_office_time_is_local_whatever_zone_a_time_is_written_in() -> None:
    opening = datetime(2026, 7, 1, 6, 0, tzinfo=UTC)  # 08:00 in Oslo, in summer
    assert OFFICE.minutes(opening, opening + timedelta(hours=8)) == 480


@pytest.mark.parametrize(
    ("since", "minutes", "until"),
    [
        pytest.param("2026-03-02 10:00", 30, "2026-03-02 10:30", id="the same day"),
        pytest.param("2026-03-02 10:00", 480, "2026-03-03 10:00", id="one office day"),
        pytest.param("2026-03-02 08:00", 480, "2026-03-02 16:00", id="due when the counter closes"),
        pytest.param("2026-03-02 23:00", 480, "2026-03-03 16:00", id="asked at night"),
        pytest.param("2026-03-06 15:00", 120, "2026-03-09 09:00", id="over the weekend"),
        pytest.param("2026-04-01 15:00", 120, "2026-04-07 09:00", id="over Easter"),
        pytest.param("2026-03-27 15:00", 120, "2026-03-30 09:00", id="over the change to summer time"),
        pytest.param("2026-10-23 15:00", 120, "2026-10-26 09:00", id="over the change from summer time"),
        pytest.param("2026-03-02 23:00", 0, "2026-03-03 08:00", id="no minutes: the next opening"),
    ],
)
def test_a_due_time_is_so_many_office_minutes_later(since: str, minutes: float, until: str) -> None:
    assert OFFICE.after(at(since), minutes) == at(until)


def test_a_due_time_is_in_utc() -> None:
    assert OFFICE.after(at("2026-03-02 10:00"), 30).tzinfo is UTC


TIMES = st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0)
)


@given(TIMES, TIMES, TIMES)
def test_office_time_adds_up(a: datetime, b: datetime, c: datetime) -> None:
    assert OFFICE.minutes(a, b) + OFFICE.minutes(b, c) == pytest.approx(OFFICE.minutes(a, c), abs=1e-6)


@given(TIMES, st.integers(0, 20_000))
def test_after_so_many_minutes_so_many_have_passed(start: datetime, minutes: int) -> None:
    assert OFFICE.minutes(start, OFFICE.after(start, minutes)) == pytest.approx(minutes, abs=1e-3)


@given(TIMES, TIMES)
def test_office_time_never_exceeds_clock_time_nor_goes_backwards(a: datetime, b: datetime) -> None:
    first, second = sorted((a, b))
    assert 0 <= OFFICE.minutes(first, second) <= (second - first).total_seconds() / 60 + 1e-6


@given(st.dates(date(2025, 1, 1), date(2028, 12, 31)))
def test_a_day_has_a_whole_office_day_or_none(day: date) -> None:
    midnight = datetime.combine(day, time(), OSLO)
    is_open = day.weekday() < 5 and day not in OFFICE.holidays
    assert OFFICE.minutes(midnight, midnight + timedelta(days=1)) == (480 if is_open else 0)


def test_an_agency_may_keep_other_hours_and_days() -> None:
    saturdays = OfficeHours(opens=time(10), closes=time(12, 30), weekdays=frozenset({5}))
    assert saturdays.day_minutes == 150
    assert saturdays.minutes(at("2026-03-02 00:00"), at("2026-03-16 00:00")) == 300


# --- walks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "left"),
    [(None, ("1", "2", "3")), ("2", ("2", "3")), ("9", ("1", "2", "3"))],
)
def test_threads_are_gone_through_from_where_a_walk_stopped(place: str | None, left: tuple[str, ...]) -> None:
    assert Since(threads=("1", "2", "3")).threads_left(place) == left


# --- the report's lines -------------------------------------------------------------------------------------------

NOTHING = made_rate(0, 0, nothing="nothing")
CONDUCT = Conduct(
    posts=0,
    shares=0,
    replies=0,
    autogenerated=NOTHING,
    clearly_autogenerated=None,
    questions=0,
    maybe_questions=0,
    answered=NOTHING,
    in_time=NOTHING,
    set_phrases=NOTHING,
    referrals=NOTHING,
    nynorsk=NOTHING,
    pending=0,
    unknown=0,
    calendar=response_time([]),
    office=response_time([]),
)


def line(posting: str, state: str = "active") -> AccountLine:
    return AccountLine(
        network="facebook",
        handle=posting,
        url="",
        role="dialogue",
        state=state,
        conduct=CONDUCT,
        posting=WallState(label=posting),
        commenting=WallState(label="unknown"),
        messaging=WallState(label="unknown"),
        first_post=None,
        last_post=None,
        last_read=None,
    )


def agency(*accounts: AccountLine) -> AgencyLine:
    return AgencyLine(id="etat", name="Etaten", kind="agency", accounts=accounts, conduct=CONDUCT)


@pytest.mark.parametrize("most_open", LABELS["wall.posting"][:-1])
def test_an_agency_is_as_open_as_its_most_open_wall(most_open: str) -> None:
    assert agency(line("not_supported"), line(most_open)).wall("facebook", "posting") == most_open


def test_a_retired_account_opens_no_wall() -> None:
    assert agency(line("open", "retired"), line("closed")).wall("facebook", "posting") == "closed"


def test_without_an_account_there_is_no_wall() -> None:
    assert agency(line("open")).wall("twitter", "posting") is None


@pytest.mark.parametrize(
    ("written", "weekdays", "opens", "closes"),
    [
        ("08:00-15:45", {0, 1, 2, 3, 4}, time(8), time(15, 45)),
        ("mon-fri 08:00-15:45", {0, 1, 2, 3, 4}, time(8), time(15, 45)),
        ("Mon-Sun 00:00-23:59", {0, 1, 2, 3, 4, 5, 6}, time(0), time(23, 59)),
        ("sat 10:00-14:00", {5}, time(10), time(14)),
    ],
)
def test_declared_hours_are_read_as_they_are_written(
    written: str, weekdays: set[int], opens: time, closes: time
) -> None:
    assert declared_hours(written) == OfficeHours(
        opens=opens, closes=closes, weekdays=frozenset(weekdays), holidays=()
    )


@pytest.mark.parametrize(
    "written", ["", "office hours", "15:45-08:00", "08:00-08:00", "fri-mon 08:00-16:00", "08:00-24:00"]
)
def test_hours_that_cannot_be_meant_are_none(written: str) -> None:
    assert declared_hours(written) is None


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-02T07:00:00+00:00", True),  # Monday, eight in Oslo
        ("2026-03-02T06:59:59+00:00", False),
        ("2026-03-02T14:44:59+00:00", True),
        ("2026-03-02T14:45:00+00:00", False),
        ("2026-03-07T10:00:00+00:00", False),  # Saturday
        ("2026-07-06T06:00:00+00:00", True),  # summer time
    ],
)
def test_a_counter_is_open_from_its_first_minute_to_its_last(moment: str, *, is_open: bool) -> None:
    office = declared_hours("mon-fri 08:00-15:45")
    assert office is not None
    assert office.is_open(datetime.fromisoformat(moment)) is is_open
