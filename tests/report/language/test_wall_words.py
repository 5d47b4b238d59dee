"""Walls in words, and timelines whose bars stay inside."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.sample_figures import AS_OF, CHANGE, CLOSED, empty, sample
from soma_audit.report.figures.model import Evidence, WallSpan, WallState
from soma_audit.report.language import wall_words
from soma_audit.report.language.wall_words import WallWords
from soma_audit.report.language.words import Words

SAID = WallWords(Words("en", "Europe/Oslo"))


def span(label: str, first: float, last: float | None) -> WallSpan:
    moments = [AS_OF - timedelta(days=days) if days is not None else None for days in (first, last)]
    assert moments[0] is not None
    return WallSpan(label=label, first_seen=moments[0], last_seen=moments[1])


@pytest.mark.parametrize(
    ("spans", "words"),
    [
        ((), "–"),
        ((span("open", 31, None),), "open since 1 May 2026"),
        ((span("open", 31, 30.5),), "open on 1 May 2026"),
        (
            (span("open", 60, 31), span("not_supported", 3, None)),
            "open from 2 Apr 2026 to 1 May 2026; not offered since 29 May 2026",
        ),
    ],
)
def test_a_history_in_words(spans: tuple[WallSpan, ...], words: str) -> None:
    assert SAID.spans(WallState(label="open", spans=spans)) == words


def test_a_change_in_words() -> None:
    assert (
        SAID.change(CHANGE)
        == "Posting: open, last seen so 15 Apr 2026; then closed, first seen so 22 Apr 2026"
    )


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({}, None),
        ({"reply_settings": {}}, None),
        ({"reply_settings": {"everyone": 97, "mentionedUsers": 3}}, "everyone 97 %, mentioned people 3 %"),
        ({"reply_settings": {"everyone": 1, "missing": 1}}, "everyone 50 %, not told 50 %"),
        ({"reply_settings": {"new_word": 1}}, "new_word 100 %"),
    ],
)
def test_reply_settings_in_words(told: dict[str, object], words: str | None) -> None:
    assert SAID.reply_settings(WallState(label="open", counts=told)) == words


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        ({"source": "settings", "token": "page", "api_version": "v26.0", "seen_at": AS_OF}, "settings, page token, v26.0, seen 1 Jun 2026 06:00"),
        ({"source": "look", "seen_at": AS_OF}, "a person looked, seen 1 Jun 2026 06:00"),
        ({"source": "visitor_posts"}, "visitor posts"),
        ({}, ""),
    ],
    ids=["settings", "a look", "a stream", "nothing"],
)  # fmt: skip
def test_where_a_sign_was_seen(evidence: dict[str, object], words: str) -> None:
    nothing = {"source": None, "endpoint": None, "token": None, "api_version": None, "seen_at": None}
    sign = Evidence(rule="WAL001", sentence="", **{**nothing, **evidence})  # type: ignore[arg-type]
    assert SAID.source(sign) == words


def test_walls_are_told_of_pages_and_of_accounts_on_x_that_are_not_simply_open() -> None:
    told = [account.handle for _, account in wall_words.accounts_with_walls(sample())]
    assert told == ["TidesMinistry", "Lanterns"]


def test_timelines_begin_with_the_first_thing_seen_two_years_back_at_most() -> None:
    figures = sample()
    assert wall_words.timeline_from(figures) == min(figures.window_from, CLOSED.spans[0].first_seen)
    assert wall_words.timeline_from(empty()) == figures.window_from
    old = replace(figures, window_from=datetime(2015, 1, 1, tzinfo=UTC))
    assert wall_words.timeline_from(old) == AS_OF - timedelta(days=730)


@given(st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 300) | st.none()), max_size=6))
def test_bars_stay_on_their_timeline_and_can_be_seen(days: list[tuple[int, int | None]]) -> None:
    spans = tuple(
        span("open", first, None if length is None else max(first - length, 0)) for first, length in days
    )
    start = wall_words.timeline_from(sample())
    for bar in wall_words.bars(WallState(label="open", spans=spans), start, AS_OF):
        assert bar.start >= 0
        assert bar.width >= 6
        assert bar.start + bar.width <= 1000.1
