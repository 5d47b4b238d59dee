"""From sightings to spans: what was seen is never outside a span, and no span claims more than was seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soma_audit.classify.wall.history import MOST_SPANS, WINDOW, History, Sighting, Span, history

START = datetime(2026, 1, 1, tzinfo=UTC)
AS_OF = START + timedelta(days=100)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def saw(
    label: str,
    first: float,
    last: float | None = None,
    *,
    lasting: bool = False,
    got_through: bool = False,
    by_person: bool = False,
) -> Sighting:
    return Sighting(
        label=label,
        first=day(first),
        last=day(first if last is None else last),
        lasting=lasting,
        got_through=got_through,
        by_person=by_person,
    )


def spans(*seen: Sighting) -> list[tuple[str, int, int]]:
    found = history(seen, AS_OF).spans
    return [(s.label, (s.first - START).days, (s.last - START).days) for s in found]


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param([], [], id="nothing seen"),
        pytest.param([saw("open", 1), saw("open", 5)], [("open", 1, 5)], id="the same again"),
        pytest.param(
            [saw("open", 1), saw("closed", 5)], [("open", 1, 1), ("closed", 5, 5)], id="a change in between"
        ),
        pytest.param(
            [saw("closed", 5), saw("open", 1)], [("open", 1, 1), ("closed", 5, 5)], id="in any order"
        ),
        pytest.param(
            [saw("moderated", 1, 9, lasting=True), saw("open", 5, got_through=True)],
            [("moderated", 1, 9)],
            id="a post that passed review",
        ),
        pytest.param(
            [saw("moderated", 1), saw("open", 5, got_through=True)],
            [("moderated", 1, 5)],
            id="still reviewed, as far as can be seen",
        ),
        pytest.param(
            [saw("closed", 1, 9, lasting=True), saw("open", 5, got_through=True)],
            [("closed", 1, 9)],
            id="a contradiction makes no change",
        ),
        pytest.param(
            [saw("closed", 1, 9, lasting=True), saw("open", 12, got_through=True)],
            [("closed", 1, 9), ("open", 12, 12)],
            id="a post after the last word",
        ),
        pytest.param(
            [
                saw("open", 1, 3, lasting=True),
                saw("closed", 4, 6, lasting=True),
                saw("open", 7, 9, lasting=True),
            ],
            [("open", 1, 3), ("closed", 4, 6), ("open", 7, 9)],
            id="closed for a while",
        ),
    ],
)
def test_spans(seen: list[Sighting], expected: list[tuple[str, int, int]]) -> None:
    assert spans(*seen) == expected


@pytest.mark.parametrize(
    ("later", "settled"),
    [
        ([], False),
        ([saw("closed", 9.5, by_person=True)], True),
        ([saw("closed", 6, by_person=True)], True),
        ([saw("closed", 4, by_person=True)], False),
        ([saw("open", 12, got_through=True)], True),
        ([saw("closed", 5.5)], False),
    ],
    ids=[
        "nothing since",
        "a look at last",
        "a look soon after",
        "a look before",
        "a newer post",
        "no person",
    ],
)
def test_what_settles_a_contradiction(later: list[Sighting], *, settled: bool) -> None:
    found = history([saw("closed", 1, 10, lasting=True), saw("open", 5, got_through=True), *later], day(60))
    assert (found.contradiction is None) == settled


def test_a_contradiction_grows_old() -> None:
    seen = [saw("closed", 1, 200, lasting=True), saw("open", 5, got_through=True)]
    assert history(seen, day(95)).contradiction is not None
    assert history(seen, day(95.1)).contradiction is None


@pytest.mark.parametrize(("days", "label"), [(90, "closed"), (90.1, "unknown")])
def test_a_wall_not_seen_for_long_is_unknown(days: float, label: str) -> None:
    assert history([saw("closed", 0)], day(days)).label(day(days)) == label


def test_a_span_that_lasts_has_no_end_and_an_old_one_has() -> None:
    found = history([saw("closed", 0)], day(1))
    assert found.value(day(1)) == {"spans": [{"label": "closed", "first": "2026-01-01T00:00:00Z"}]}
    assert found.value(day(91)) == {
        "spans": [{"label": "closed", "first": "2026-01-01T00:00:00Z", "last": "2026-01-01T00:00:00Z"}]
    }


def test_only_the_newest_spans_are_kept() -> None:
    many = tuple(Span("open" if n % 2 else "closed", day(n), day(n)) for n in range(MOST_SPANS + 5))
    kept = History(many).value(day(60))["spans"]
    assert isinstance(kept, list)
    assert (len(kept), kept[-1]["first"]) == (MOST_SPANS, "2026-01-29T00:00:00Z")


SEEN = st.builds(
    saw,
    st.sampled_from(["open", "moderated", "restricted", "closed"]),
    st.integers(0, 99),
    by_person=st.booleans(),
    got_through=st.booleans(),
)


@given(st.lists(SEEN, max_size=20))
def test_spans_follow_each_other_in_time_and_differ_from_their_neighbours(seen: list[Sighting]) -> None:
    found = history(seen, AS_OF).spans
    assert all(s.first <= s.last for s in found)
    for before, after in pairwise(found):
        assert before.last <= after.first
        assert before.label != after.label


@given(st.lists(SEEN, max_size=20))
def test_every_moment_is_in_a_span_or_contradicts_one(seen: list[Sighting]) -> None:
    found = history(seen, AS_OF).spans
    for sighting in seen:
        inside = any(s.first <= sighting.first <= s.last for s in found)
        assert inside or sighting.by_person


@given(st.lists(SEEN, max_size=20), st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_told_does_not_matter(seen: list[Sighting], random: object) -> None:
    shuffled = list(seen)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    once, again = history(seen, AS_OF), history(shuffled, AS_OF)
    assert (once.spans, once.label(AS_OF)) == (again.spans, again.label(AS_OF))


def test_the_window_is_ninety_days() -> None:
    assert timedelta(days=90) == WINDOW
