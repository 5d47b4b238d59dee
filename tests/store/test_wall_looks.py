"""Looks at walls: taken in once, changed by the same person's newer word, taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from small_database import MONDAY, NOW, account, new_store, rows, wall
from soma_audit.model import Look, SignedIn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from soma_audit.store import Store

CLOSED = Look(
    question="posting",
    seen="closed",
    observed_at=MONDAY,
    observer="NN",
    signed_in=SignedIn.ORDINARY_ACCOUNT,
    file="wall.png",
    sha256="ab" * 32,
    note="no write field",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path) as store:
        yield store


def add(store: Store, *looks: Look) -> int:
    return store.looks.add_looks([(account(store, "facebook"), look) for look in looks], NOW)


def test_a_look_comes_back_as_it_was_taken_in(store: Store) -> None:
    assert add(store, CLOSED) == 1
    assert wall(store, "facebook").looks == (CLOSED,)
    assert wall(store, "twitter").looks == ()


def test_the_same_look_twice_is_one(store: Store) -> None:
    assert [add(store, CLOSED), add(store, CLOSED), add(store, CLOSED, CLOSED)] == [1, 0, 0]
    assert rows(store, "select count(*) from wall_look") == [1]


def test_a_look_is_news_of_the_account_and_its_repetition_is_not(store: Store) -> None:
    changed = "select changed from account where network = 'facebook'"
    before = rows(store, changed)
    add(store, CLOSED)
    after = rows(store, changed)
    add(store, CLOSED)
    assert after > before
    assert rows(store, changed) == after


def test_who_says_otherwise_of_the_same_moment_corrects_it(store: Store) -> None:
    opened = replace(CLOSED, seen="open", note=None)
    assert [add(store, CLOSED), add(store, opened)] == [1, 1]
    assert wall(store, "facebook").looks == (opened,)
    assert rows(store, "select seen, withdrawn_at from wall_look") == [
        ("closed", "2026-03-20T06:00:00Z"),
        ("open", None),
    ]


@pytest.mark.parametrize(
    "other",
    [
        replace(CLOSED, question="commenting"),
        replace(CLOSED, observer="MM"),
        replace(CLOSED, observed_at=MONDAY + timedelta(minutes=1)),
    ],
    ids=["another wall", "another person", "another moment"],
)
def test_other_looks_stand_beside_it(store: Store, other: Look) -> None:
    add(store, CLOSED, other)
    assert set(wall(store, "facebook").looks) == {CLOSED, other}


def test_a_look_taken_back_counts_no_more_and_can_be_made_again(store: Store) -> None:
    add(store, CLOSED)
    store.looks.withdraw_look(account(store, "facebook"), CLOSED, NOW)
    assert (wall(store, "facebook").looks, store.looks.looks()) == ((), [])
    assert add(store, CLOSED) == 1


def test_looks_are_listed_with_the_newest_first(store: Store) -> None:
    add(store, CLOSED, replace(CLOSED, observed_at=NOW, seen="open"))
    assert [(row.network, row.handle, row.seen) for row in store.looks.looks()] == [
        ("facebook", "etaten", "open"),
        ("facebook", "etaten", "closed"),
    ]
