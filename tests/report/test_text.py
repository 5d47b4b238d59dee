from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.sample_figures import AS_OF, HOSTILE, empty, gap, rate, sample
from soma_audit.model import GAP_REASONS
from soma_audit.report import text
from soma_audit.report.lines import Measured, Rate, ResponseTime


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b]0;owned\x07", r"\x1b]0;owned\x07"),
        ("a\x9b31m\x7f", r"a\x9b31m\x7f"),
        ("\u202egnp.exe\u2066\u061c\u200e\ufeff", r"\u202egnp.exe\u2066\u061c\u200e\ufeff"),
        ("half \ud83d", r"half \ud83d"),
        ("two\r\nlines\tand a tab", "two\nlines\tand a tab"),
        ("back\rover", r"back\x0dover"),
        ("👩‍👩‍👧‍👦 🇳🇴 ❤️ æøå ášč", "👩‍👩‍👧‍👦 🇳🇴 ❤️ æøå ášč"),
    ],
)
def test_clean_shows_what_would_act_and_keeps_what_is_written(raw: str, shown: str) -> None:
    assert text.clean(raw) == shown


@given(st.text())
def test_clean_leaves_nothing_unsafe_and_is_done_after_once(raw: str) -> None:
    once = text.clean(raw)
    assert not text.UNSAFE.search(once)
    assert text.clean(once) == once
    once.encode()


@given(st.text(), st.integers(min_value=2, max_value=50))
def test_one_line_is_one_line_and_never_too_long(raw: str, limit: int) -> None:
    line = text.one_line(raw, limit)
    assert len(line) <= limit
    assert len(line.splitlines()) <= 1


def test_one_line_says_that_something_is_missing() -> None:
    assert text.one_line(HOSTILE[5], 5) == "xxxx…"


@pytest.mark.parametrize(
    ("url", "is_link"),
    [
        ("https://a.example/1?b=c&d=e", True),
        ("HTTP://a.example", True),
        ("javascript:alert(1)", False),
        (" https://a.example", False),
        ("https://a.example/\x1b[2J", False),
        ('https://a.example/"onclick=x', False),
        ("//a.example", False),
        ("", False),
        (None, False),
    ],
)
def test_only_plain_web_links_are_links(url: str | None, is_link: bool) -> None:  # noqa: FBT001
    assert text.web_link(url) == (url if is_link else None)


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [
        (0, "0 min"),
        (34.6, "35 min"),
        (59.6, "1 h"),
        (240, "4 h"),
        (1435, "1 d"),
        (4440, "3 d 2 h"),
        (18_000, "12 d"),
    ],
)
def test_durations(minutes: float, shown: str) -> None:
    assert text.duration(minutes) == shown


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [
        (1, "1 office minute"),
        (35, "35 office minutes"),
        (60, "1 office hour"),
        (240, "4 office hours"),
        (479.9, "1 office day"),
        (1680, "3.5 office days"),
    ],
)
def test_office_durations(minutes: float, shown: str) -> None:
    assert text.office_duration(minutes) == shown


def test_a_share_of_nothing_or_too_little_is_never_a_percentage() -> None:
    assert text.share(rate(0, 0)) == "–"
    assert text.share(rate(0, 4)) == "0 of 4"
    assert text.share(rate(4, 4)) == "4 of 4"
    assert text.share(rate(38, 100)) == "38 %"
    assert text.interval(rate(38, 100)) == "29–48 %"
    assert text.interval(rate(2, 4)) is None


@pytest.mark.parametrize(
    ("nynorsk", "decided", "said"),
    [
        (100, 200, "yes"),
        (3, 200, "no, too little nynorsk"),
        (197, 200, "no, too little bokmål"),
        (6, 20, "cannot be told from so few"),
        (2, 4, "too few to say"),
        (0, 0, "too few to say"),
    ],
)
def test_a_quarter_of_each_form_is_said_only_where_chance_cannot_have_done_it(
    nynorsk: int, decided: int, said: str
) -> None:
    assert text.quarter_of_each(rate(nynorsk, decided)) == said


def test_what_is_not_all_or_nothing_is_not_rounded_to_it() -> None:
    assert text.percent(0.001) == "<1 %"
    assert text.percent(0.999) == ">99 %"
    assert text.percent(0) == "0 %"
    assert text.percent(1) == "100 %"


def test_a_median_that_was_never_reached_is_more_than() -> None:
    never = ResponseTime(questions=3, answered=1, median=None, more_than=18_000.0)
    assert text.response(never) == "> 12 d"
    assert text.response(replace(never, more_than=None)) == "–"
    assert text.response(replace(never, median=240.0), office=True) == "4 office hours"


def test_times_are_shown_where_the_report_is_read_and_written_in_utc() -> None:
    assert text.clock(AS_OF, "Europe/Oslo") == "1 June 2026 06:00"
    assert text.iso(AS_OF) == "2026-06-01T04:00:00Z"
    assert text.window(sample()) == "1 Mar 2026 to 31 May 2026"


def test_nobody_waiting_is_said_with_what_was_not_seen() -> None:
    assert text.waiting(empty()) == "No question is waiting for an answer."
    unseen = replace(empty(), gaps=sample().gaps)
    assert text.waiting(unseen) == "No question is waiting for an answer, as far as could be seen."
    assert text.waiting(replace(sample(), waiting_total=1)).startswith(
        "1 question is waiting for an answer; "
    )


def test_many_gaps_are_told_by_reason() -> None:
    few = tuple(gap(f"a{n}", "cap", "x") for n in range(text.MANY_GAPS))
    assert len(text.gap_sentences(few)) == text.MANY_GAPS
    many = (*few, gap("b", "suspended", "y"))
    assert text.gap_sentences(many) == [
        f"Twitter, 8 gaps: {GAP_REASONS['cap']}",
        f"Twitter, 1 gap: {GAP_REASONS['suspended']}",
    ]


@pytest.mark.parametrize(
    ("classifier", "right", "unchecked", "sentence"),
    [
        (
            "question",
            rate(18, 20),
            0,
            "Checked by people: 18 of 20 posts called questions were questions (90 %, 70–97 %).",
        ),
        (
            "autogenerated",
            rate(11, 11, left_out=1),
            8,
            (
                "Checked by people: 11 of 11 posts called autogenerated were so (100 %, 74–100 %);"
                " 1 could not be told; 8 drawn, not yet checked."
            ),
        ),
        (
            "answer",
            rate(1, 1),
            0,
            "Checked by people: 1 of 1 question called unanswered was so (too few to say how sure).",
        ),
    ],
)
def test_what_people_found_is_a_sentence(classifier: str, right: Rate, unchecked: int, sentence: str) -> None:
    measured = Measured(classifier=classifier, label="x", right=right, unchecked=unchecked)
    assert text.checked(replace(empty(), measured=(measured,))) == [sentence]


def test_verdicts_that_nobody_has_checked_say_so() -> None:
    assert text.checked(empty()) == [
        "Nobody has checked these verdicts yet: `soma-audit review --sample 20 --classifier question`."
    ]
    assert text.checked_share(empty(), "question") is None
