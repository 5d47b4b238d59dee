"""Who sees to a post that waits, in the database: one name at a time, and what was said before is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from small_database import MONDAY, NOW, account, add, new_store, rows, save
from soma_audit.classify.rule import visitor
from soma_audit.model import Verdict
from soma_audit.store.reviews import Assignment, Word

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from soma_audit.store import Store

LATER = NOW + timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A question that nobody has answered."""
    with new_store(tmp_path) as made:
        add(made, visitor("Når åpner dere?", 1))
        due = {"due_at": "2026-04-01T09:00:00Z"}
        asked = Verdict("1", "question", {"form": True, "score": 0.8})
        save(made, {"question": [asked], "answer": [Verdict("1", "unanswered", due)]})
        yield made


def assign(store: Store, *assigned: Assignment, said: tuple[Word, ...] = ()) -> None:
    store.reviews.take_worklist(said, assigned, reviewer="kari", at=NOW)


def test_the_list_tells_who_sees_to_a_post_and_when_it_was_forwarded(store: Store) -> None:
    assign(store, Assignment(1, "Ola", "2026-03-04", "urgent"))
    (row,) = store.figures.waiting_rows(MONDAY, LATER, 9)
    assert (row.who, row.forwarded_on, row.decisions) == ("Ola", "2026-03-04", 1)
    assert store.reviews.assignment_of(1) == Assignment(1, "Ola", "2026-03-04", "urgent")


def test_a_newer_name_takes_the_older_one_s_place_which_is_kept(store: Store) -> None:
    assign(store, Assignment(1, "Ola"))
    assign(store, Assignment(1, "Siv"))
    assert [row.who for row in store.figures.waiting_rows(MONDAY, LATER, 9)] == ["Siv"]
    assert rows(store, "select who, withdrawn_at is null from assignment order by id") == [
        ("Ola", 0),
        ("Siv", 1),
    ]


def test_whatever_people_say_or_take_back_is_counted(store: Store) -> None:
    number = account(store).id or 0
    counts = [store.reviews.decisions_on(1)]
    assign(store, Assignment(1, "Ola"), said=(Word(number, 1, "question", "question"),))
    counts.append(store.reviews.decisions_on(1))
    store.reviews.withdraw_review(number, 1, "question", LATER)
    counts.append(store.reviews.decisions_on(1))
    assert counts == [0, 2, 3]
    assert [row.decisions for row in store.figures.waiting_rows(MONDAY, LATER, 9)] == [3]


def test_all_is_written_or_nothing(store: Store) -> None:
    number = account(store).id or 0
    with pytest.raises(Exception, match="constraint"):
        assign(store, Assignment(1, "Ola"), Assignment(None), said=(Word(number, 1, "question", "none"),))  # type: ignore[arg-type]
    assert rows(store, "select count(*) from review") == [0]
    assert rows(store, "select count(*) from assignment") == [0]


def test_it_goes_with_the_post(store: Store) -> None:
    assign(store, Assignment(1, "Ola"))
    with store.transaction():
        store.posts.delete_posts([1])
    assert rows(store, "select count(*) from assignment") == [0]
