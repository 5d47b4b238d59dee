"""`question`: what must hold however its rules are tuned."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soma_audit.classify.question import QUESTION
from soma_audit.classify.rule import own, visitor, wall_of
from soma_audit.model import Kind, Verdict


def judged(text: str) -> Verdict:
    (verdict,) = QUESTION.judge(wall_of([visitor(text)]))
    return verdict


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("@eksempeletat Når åpner kontoret deres på mandag?", id="bokmål"),
        pytest.param("@eksempeletat Kva tid opnar kontoret dykkar på måndag?", id="nynorsk"),
        pytest.param("@eksempeletat When does your office open on Monday?", id="English"),
        pytest.param("Hei @eksempeletat, kan dere sende meg skjemaet?", id="a request"),
        pytest.param("Hei! Jeg lurer på når fristen er. Vet dere det?", id="asked in words"),
    ],
)
def test_a_plain_question_to_the_agency_is_one(text: str) -> None:
    assert judged(text).label == "question"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Fin dag i dag.", id="a statement"),
        pytest.param("Takk for hjelpen!", id="thanks"),
        pytest.param("", id="nothing"),
        pytest.param("https://etat.example/sok?q=frist", id="a question mark inside a link"),
        pytest.param("👍👍👍", id="emoji"),
    ],
)
def test_what_asks_nothing_is_no_question(text: str) -> None:
    assert judged(text).label == "none"
    assert judged(text).value["form"] is False


@pytest.mark.parametrize("by_agency", [False, None])
def test_whoever_is_not_known_to_be_the_agency_may_ask(by_agency: bool | None) -> None:  # noqa: FBT001
    wall = wall_of([visitor("@eksempeletat Når åpner dere?", by_agency=by_agency)])
    assert [v.label for v in QUESTION.judge(wall)] == ["question"]


def test_the_agency_s_own_questions_are_not_judged() -> None:
    assert list(QUESTION.judge(wall_of([own("Har du husket fristen?")]))) == []


def test_shares_are_not_judged() -> None:
    assert list(QUESTION.judge(wall_of([visitor("Når åpner dere?", kind=Kind.SHARE)]))) == []


@given(st.text())
def test_a_score_is_between_0_and_1_and_decides_the_label(text: str) -> None:
    verdict = judged(text)
    score = verdict.value["score"]
    assert isinstance(score, float)
    assert 0 <= score <= 1
    if score >= 0.5:
        assert verdict.label == "question"
    if verdict.value["form"] is False:
        assert (verdict.label, score) == ("none", 0.0)
