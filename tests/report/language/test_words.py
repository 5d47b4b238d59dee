"""Figures in plain words, in English; the other languages have the same tests of form in test_language.py."""

from dataclasses import replace

import pytest

from report.sample_figures import AS_OF, empty, gap, rate, sample
from soma_audit.labels import GAP_REASONS
from soma_audit.report.figures.conduct import Rate, ResponseTime
from soma_audit.report.figures.model import Measured
from soma_audit.report.language import words

WORDS = words.Words("en", "Europe/Oslo")


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
    assert WORDS.duration(minutes) == shown


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
    assert WORDS.office_duration(minutes) == shown


def test_a_share_of_nothing_or_too_little_is_never_a_percentage() -> None:
    assert WORDS.share(rate(0, 0)) == "–"
    assert WORDS.share(rate(0, 4)) == "0 of 4"
    assert WORDS.share(rate(4, 4)) == "4 of 4"
    assert WORDS.share(rate(38, 100)) == "38 %"
    assert WORDS.interval(rate(38, 100)) == "29–48 %"
    assert WORDS.interval(rate(2, 4)) is None


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
    assert WORDS.quarter_of_each(rate(nynorsk, decided)) == said


def test_what_is_not_all_or_nothing_is_not_rounded_to_it() -> None:
    assert WORDS.percent(0.001) == "<1 %"
    assert WORDS.percent(0.999) == ">99 %"
    assert WORDS.percent(0) == "0 %"
    assert WORDS.percent(1) == "100 %"


def test_a_median_that_was_never_reached_is_more_than() -> None:
    never = ResponseTime(questions=3, answered=1, median=None, more_than=18_000.0)
    assert WORDS.response(never) == "> 12 d"
    assert WORDS.response(replace(never, more_than=None)) == "–"
    assert WORDS.response(replace(never, median=240.0), office=True) == "4 office hours"


def test_times_are_shown_where_the_report_is_read() -> None:
    assert WORDS.clock(AS_OF) == "1 Jun 2026 06:00"
    assert WORDS.window(sample()) == "1 Mar 2026 to 31 May 2026"


def test_nobody_waiting_is_said_with_what_was_not_seen() -> None:
    none = replace(empty(), posts_held=7)
    assert WORDS.waiting(none) == "No question or request is waiting for an answer."
    unseen = replace(none, gaps=sample().gaps)
    told = "No question or request is waiting for an answer, as far as could be seen."
    assert WORDS.waiting(unseen) == told


def test_what_was_not_read_or_not_judged_is_never_told_as_nobody_waiting() -> None:
    assert WORDS.waiting(empty()) == "No posts are held yet, so nothing is known of questions."
    unjudged = replace(empty(), posts_held=7, unjudged=1)
    assert WORDS.waiting(unjudged) == "1 account has posts that are not judged yet: run soma-audit classify."
    some = replace(sample(), unjudged=2)
    assert WORDS.waiting(some).endswith(
        ". 2 accounts have posts that are not judged yet: run soma-audit classify."
    )


@pytest.mark.parametrize(
    ("sure", "perhaps", "sentence"),
    [
        (1, 0, "1 question or request is waiting for an answer; "),
        (31, 7, "31 questions and requests are waiting for an answer, and perhaps 7 more are; "),
        (0, 1, "No question or request is waiting for an answer, but perhaps 1 is."),
        (None, None, "Fewer than five questions and requests are waiting for an answer."),
    ],
)
def test_whoever_perhaps_waits_is_told_apart(sure: int | None, perhaps: int | None, sentence: str) -> None:
    figures = replace(sample(), waiting_total=sure, perhaps_total=perhaps, gaps=())
    assert WORDS.waiting(figures).startswith(sentence)


@pytest.mark.parametrize(
    ("phrases", "referrals", "sentence"),
    [
        (3, 2, "3 of 40 answers were set phrases, 2 referred to another channel"),
        (0, 2, "0 of 40 answers were set phrases, 2 referred to another channel"),
        (0, 0, None),
    ],
)
def test_answers_are_told_by_kind_where_there_are_such(
    phrases: int, referrals: int, sentence: str | None
) -> None:
    conduct = replace(
        sample().groups[0].conduct, set_phrases=rate(phrases, 40), referrals=rate(referrals, 40)
    )
    assert WORDS.answer_kinds(conduct) == sentence


def test_many_gaps_are_told_by_reason_and_one_alone_by_name() -> None:
    few = tuple(gap(f"a{n}", "cap", "x") for n in range(words.MANY_GAPS))
    assert len(WORDS.gap_sentences(few)) == words.MANY_GAPS
    many = (*few, gap("b", "suspended", "y"))
    assert WORDS.gap_sentences(many) == [
        f"Twitter, 8 gaps: {GAP_REASONS['cap']}",
        "Ministry of Moss, Twitter @b: y",
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
    assert WORDS.checked(replace(empty(), measured=(measured,))) == [sentence]


def test_verdicts_that_nobody_has_checked_say_so() -> None:
    assert WORDS.checked(empty()) == [
        "Nobody has checked these verdicts yet: `soma-audit review --sample 20 --classifier question`."
    ]
    assert WORDS.checked_share(empty(), "question") is None
