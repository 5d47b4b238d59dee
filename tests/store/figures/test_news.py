"""What is new since a report: only what surely waits is told, and nothing is passed over on its way there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from small_database import NOW, account, add, new_store
from soma_audit.classify.rule import visitor
from soma_audit.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from soma_audit.store import Store

FIRST, SECOND = 1, 2
NONE_BEFORE = 0
DUE = {"due_at": "2026-04-01T09:00:00Z"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A visitor's post, and a second run to judge it in."""
    with new_store(tmp_path) as made:
        add(made, visitor("Når åpner dere?", 1))
        with made.run("classify", config_hash="x", clock=lambda: NOW):
            pass
        yield made


def judge(store: Store, run: int, question: str, answer: str = "unanswered", version: str = "1") -> None:
    judged = {"question": (version, [Verdict("1", question, {"score": 0.4})])}
    judged["answer"] = (version, [Verdict("1", answer, DUE)])
    store.verdicts.save_verdicts(run, account(store), judged, classifiers=version, as_of=NOW)


def new(store: Store, since: int) -> dict[str, int]:
    counts = {which: store.figures.new_counts(which, since) for which in ("asked", "answered", "overdue")}
    for which, by_account in counts.items():
        assert len(list(store.figures.new_posts(which, since, 9))) == sum(by_account.values())
    return {which: sum(by_account.values()) for which, by_account in counts.items() if by_account}


@pytest.mark.parametrize("label", ["uncertain", "none"])
@pytest.mark.parametrize("answer", ["unanswered", "answered"])
def test_whoever_only_perhaps_waits_is_no_news(store: Store, label: str, answer: str) -> None:
    judge(store, FIRST, label, answer)
    assert new(store, NONE_BEFORE) == {}


@pytest.mark.parametrize("before", ["unanswered", "pending"])
def test_whoever_turns_out_to_wait_surely_is_news_once(store: Store, before: str) -> None:
    judge(store, FIRST, "uncertain", before)
    judge(store, SECOND, "question")
    assert new(store, FIRST) == {"asked": 1, "overdue": 1}
    assert new(store, SECOND) == {}


@pytest.mark.parametrize("answer", ["pending", "answered", "unknown"])
def test_whose_time_is_not_up_or_who_got_an_answer_is_not_overdue(store: Store, answer: str) -> None:
    judge(store, FIRST, "uncertain", answer)
    judge(store, SECOND, "question", answer)
    assert "overdue" not in new(store, FIRST)


def test_an_old_question_judged_by_newer_rules_is_not_told_again(store: Store) -> None:
    judge(store, FIRST, "question")
    judge(store, SECOND, "question", version="2")
    assert new(store, FIRST) == {}


@pytest.mark.parametrize(("label", "told"), [("question", {"overdue": 1}), ("none", {}), ("uncertain", {})])
def test_a_person_s_word_decides_what_is_news(store: Store, label: str, told: dict[str, int]) -> None:
    judge(store, FIRST, "uncertain", "pending")
    number = account(store).id
    assert number is not None
    store.reviews.add_review(number, 1, "question", label, reviewer="kari", reviewed_at=NOW)
    judge(store, SECOND, "uncertain")
    assert new(store, FIRST) == told


def test_what_a_person_knows_to_be_answered_is_not_overdue(store: Store) -> None:
    judge(store, FIRST, "question", "pending")
    judge(store, SECOND, "question")
    number = account(store).id
    assert number is not None
    store.reviews.add_review(number, 1, "answer", "answered", reviewer="kari", reviewed_at=NOW)
    assert new(store, FIRST) == {}


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        pytest.param(["quiet"], [], id="as it was"),
        pytest.param(["closed"], [("quiet", "closed")], id="changed"),
        pytest.param(["closed", "closed"], [("quiet", "closed")], id="changed, then its value alone"),
        pytest.param(["closed", "quiet"], [], id="changed and changed back"),
    ],
)
@pytest.mark.parametrize("classifier", ["life", "wall.posting"])
def test_an_account_s_label_is_compared_with_the_one_of_that_time(
    store: Store, classifier: str, labels: list[str], told: list[tuple[str, str]]
) -> None:
    for run, label in enumerate(["quiet", *labels], FIRST):
        with store.run("classify", config_hash="x", clock=lambda: NOW):
            pass
        judged = {classifier: ("1", [Verdict(None, label, {"since": run})])}
        store.verdicts.save_verdicts(run, account(store), judged, classifiers="1", as_of=NOW)
    news = store.figures
    found = list(news.new_walls(FIRST)) if "wall" in classifier else list(news.new_labels("life", FIRST))
    assert [(line.was, line.label) for line in found] == told
