"""A snapshot holds what was written since a time, as it was at one moment, and reads nothing that is older."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from small_database import MONDAY, NOW, account, add, new_store
from soma_audit.classify.rule import own, visitor
from soma_audit.model import Verdict
from soma_audit.store import Store
from soma_audit.store.figures.snapshot import LARGE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY = timedelta(days=1)
ASKED = {
    "question": ("1", [Verdict("1", "question"), Verdict("2", "question")]),
    "answer": ("1", [Verdict("1", "unanswered"), Verdict("2", "unanswered")]),
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """One question on Monday, and one two days later."""
    with new_store(tmp_path) as made:
        add(
            made,
            visitor("Når?", 1),
            visitor("Hvor?", 2, at=2 * 24 * 60),
            own("I dag.", 3, at=2 * 24 * 60 + 5),
        )
        made.verdicts.save_verdicts(1, account(made), ASKED, classifiers="1", as_of=NOW)
        yield made


def test_only_what_was_written_since_is_counted(store: Store) -> None:
    with store.figures.snapshot(MONDAY + DAY) as snapshot:
        asked = [row.created_at[:10] for row in snapshot.question_rows(MONDAY, NOW)]
        assert asked == ["2026-03-04"]


def test_of_one_account_all_can_be_asked_for(store: Store) -> None:
    with store.figures.snapshot(MONDAY + DAY) as snapshot:
        assert len(list(snapshot.question_rows(MONDAY, NOW, account(store).id))) == 2


def test_what_is_written_meanwhile_is_not_seen(store: Store) -> None:
    with store.figures.snapshot(MONDAY) as snapshot, Store(store.path) as other:
        add(other, visitor("Hvem?", 4, at=60), on="2")
        assert snapshot.posts_held() == 3
    assert store.figures.posts_held() == 4


def test_nothing_is_left_of_it(store: Store) -> None:
    for _ in range(2):
        with store.figures.snapshot(MONDAY) as snapshot:
            snapshot.of("etat")
    assert store.execute("select count(*) from temp.sqlite_master").fetchone() == (0,)


@pytest.mark.parametrize("view", [*LARGE, "own_post_use"])
def test_what_is_older_is_not_read(store: Store, view: str) -> None:
    store.execute("create temp table listed as select * from listed_account")
    plan = store.execute(
        f"explain query plan select counted.* from listed cross join {view} as counted"
        " on counted.account = listed.id where counted.created_at >= ?",
        ("2026-03-03",),
    )
    steps = [step for *_, step in plan]
    assert any("USING INDEX post_" in step and "created_at>" in step for step in steps), steps


def test_what_posts_are_for_is_counted_of_its_agencies_alone(store: Store) -> None:
    said = {"use": ("1", [Verdict("3", "informs")])}
    store.verdicts.save_verdicts(1, account(store), said, classifiers="1", as_of=NOW)
    with store.figures.snapshot(MONDAY) as snapshot:
        assert [row.posts for row in snapshot.uses(MONDAY, NOW)] == [1]
        assert list(snapshot.of("another").uses(MONDAY, NOW)) == []
