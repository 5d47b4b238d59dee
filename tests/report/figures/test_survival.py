"""The two estimates, against values worked out elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soma_audit.report.figures.conduct import Rate, ResponseTime
from soma_audit.report.figures.survival import TOO_FEW, rate, response_time

# --- how long until an answer -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("waits", "median", "more_than"),
    [
        pytest.param(
            [(1, True), (2, True), (3, False), (5, True), (8, False), (8, False), (10, True)],
            10,
            None,
            id="the textbook's vector: S is 0.857, 0.714, 0.536, 0 after 1, 2, 5, 10",
        ),
        pytest.param([(5, True)], 5, None, id="one question, answered"),
        pytest.param([(5, False)], None, 5, id="one question, not answered"),
        pytest.param([(1, True), (9, True)], 1, None, id="half is enough"),
        pytest.param([(1, True), (2, True), (9, True)], 2, None, id="the middle of three"),
        pytest.param([(1, True), (9, False)], 1, None, id="half answered"),
        pytest.param([(1, True), (9, False), (7, False)], None, 9, id="fewer than half answered"),
        pytest.param([(5, False), (5, True)], 5, None, id="at equal times answers come before looks"),
        pytest.param([(3, False), (3, False), (4, True)], 4, None, id="who left earlier no longer counts"),
        pytest.param([(8, True), (2, False)], 8, None, id="nobody need be told in order"),
    ],
)
def test_the_median_wait(
    waits: list[tuple[float, bool]], median: float | None, more_than: float | None
) -> None:
    found = response_time(waits)
    assert (found.median, found.more_than) == (median, more_than)


def test_without_questions_there_is_no_wait() -> None:
    assert response_time([]) == ResponseTime(questions=0, answered=0, median=None, more_than=None)


def test_when_nothing_is_answered_only_the_longest_wait_is_known() -> None:
    assert response_time([(30, False), (70, False)]) == ResponseTime(
        questions=2, answered=0, median=None, more_than=70
    )


def test_leaving_the_unanswered_out_would_make_an_agency_look_faster() -> None:
    answered, waiting = [(10, True), (20, True), (30, True)], [(40, False)] * 2
    whole, part = response_time(answered + waiting).median, response_time(answered).median
    assert whole is not None
    assert part is not None
    assert whole > part


WAITS = st.lists(st.tuples(st.integers(0, 50).map(float), st.booleans()), min_size=1)


@given(WAITS)
def test_there_is_a_median_or_a_longest_wait_and_never_both(waits: list[tuple[float, bool]]) -> None:
    found = response_time(waits)
    assert (found.median is None) != (found.more_than is None)


@given(WAITS)
def test_a_median_is_the_time_of_an_answer(waits: list[tuple[float, bool]]) -> None:
    median = response_time(waits).median
    assert median is None or (median, True) in waits


@given(st.lists(st.integers(0, 50).map(float), min_size=1))
def test_when_all_are_answered_it_is_the_plain_median(minutes: list[float]) -> None:
    lower_middle = sorted(minutes)[(len(minutes) - 1) // 2]
    assert response_time([(m, True) for m in minutes]).median == lower_middle


# --- how sure is a share ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (2, 4, 0.1500, 0.8500),
        (15, 17, 0.6566, 0.9671),
        (38, 100, 0.2910, 0.4779),
    ],
)
def test_the_wilson_interval(numerator: int, denominator: int, low: float, high: float) -> None:
    found = rate(numerator, denominator, nothing="none")
    assert [found.low, found.high] == pytest.approx([low, high], abs=5e-5)


def test_a_share_is_its_numerator_over_its_denominator() -> None:
    found = rate(15, 17, left_out=3, nothing="none")
    assert (found.share, found.left_out, found.reason) == (15 / 17, 3, None)


def test_nothing_to_count_is_neither_none_nor_all_but_a_reason() -> None:
    assert rate(0, 0, left_out=2, nothing="no questions") == Rate(
        numerator=0, denominator=0, share=None, low=None, high=None, left_out=2, reason="no questions"
    )


@pytest.mark.parametrize("denominator", range(1, TOO_FEW))
def test_too_few_give_counts_but_no_share(denominator: int) -> None:
    found = rate(1, denominator, nothing="none")
    assert (found.numerator, found.denominator, found.share) == (1, denominator, None)
    assert found.reason == "fewer than 10"


def test_ten_are_enough_for_a_share() -> None:
    assert rate(1, TOO_FEW, nothing="none").share == 0.1


@pytest.mark.parametrize("denominator", [0, 5, 50])
def test_a_given_reason_takes_the_share_away(denominator: int) -> None:
    found = rate(0, denominator, nothing="none", reason="publishes only")
    assert (found.share, found.reason) == (None, "publishes only")


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_share_lies_in_its_interval_and_all_within_0_and_1(counts: tuple[int, int]) -> None:
    found = rate(*counts, nothing="none")
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= counts[0] / counts[1] + 1e-9
    assert counts[0] / counts[1] - 1e-9 <= found.high <= 1
