"""The fitted weights: all signs have one, no sign speaks against its name, and a score is a probability."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from soma_audit.classify import RULES
from soma_audit.classify.presence import PRESENCE
from soma_audit.classify.question import QUESTION
from soma_audit.classify.question_doubts import DOUBTS
from soma_audit.classify.question_requests import REQUESTS
from soma_audit.classify.weights import START, WEIGHTS, probability
from soma_audit.model import Finding

if TYPE_CHECKING:
    from soma_audit.classify.rule import Rule

FITTED: dict[str, Rule[Any]] = {code: rule for code, (_, rule) in RULES.items() if rule.fitted}


@pytest.mark.parametrize("code", FITTED)
def test_a_sign_has_the_weight_that_was_fitted_and_one_that_counts(code: str) -> None:
    assert FITTED[code].weight == WEIGHTS[code] != 0


def test_every_weight_belongs_to_a_sign_that_is_fitted() -> None:
    assert set(WEIGHTS) == set(FITTED)


def test_only_classifiers_that_score_have_fitted_signs() -> None:
    assert {RULES[code][0].name for code in FITTED} == set(START)


def test_signs_speak_for_what_they_are_named_after() -> None:
    assert max(*(rule.weight for rule in DOUBTS), *(rule.weight for rule in PRESENCE)) < 0
    assert all(rule.weight > 0 for rule in REQUESTS)


def test_without_a_finding_the_start_is_all_there_is() -> None:
    assert probability("question", ()) == pytest.approx(0.014, abs=0.01)


@pytest.mark.parametrize(("weight", "more"), [(1.0, True), (-1.0, False)])
def test_a_weight_moves_the_probability_its_way(weight: float, more: bool) -> None:  # noqa: FBT001
    moved = probability("question", [Finding("QUE001", weight, {})])
    assert (moved > probability("question", ())) is more


def test_a_new_fit_is_a_new_version() -> None:
    assert QUESTION.version.partition(".")[2].isdigit()
