"""What is held of people is counted by network, with the age of the oldest."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from small_database import MONDAY, NOW, account, add, new_store, page
from soma_audit.classify.rule import own, visitor
from soma_audit.model import Stream
from soma_audit.store.posts.inventory import Ages, NetworkRow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from soma_audit.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path) as made:
        yield made


@pytest.fixture
def filled(store: Store) -> Store:
    """Two visitors and the agency on X, one of them from a file; a comment on Facebook."""
    add(store, visitor("Når?", 1), own("Nå.", 2, at=60), on="1")
    piece = page("file:a", stream=Stream.FILE)
    store.posts.add_piece(1, piece, [(account(store), visitor("Hvor?", 3, author="v-bbbbbbbbbbbb"))])
    add(store, visitor("Hva?", 4, at=-60), on="4", network="facebook")
    store.walks.finish_walk(1, account(store), Stream.TIMELINE, None, NOW)
    store.walks.finish_walk(1, account(store, "facebook"), Stream.FILE, None, NOW)
    return store


def test_counts_posts_texts_people_and_files_by_network(filled: Store) -> None:
    assert filled.inventory.networks() == [
        NetworkRow("facebook", visitors=1, texts=1, authors=1, own=0, from_files=0),
        NetworkRow("twitter", visitors=2, texts=2, authors=2, own=1, from_files=1),
    ]


def test_what_was_erased_is_counted_without_its_text(filled: Store) -> None:
    filled.erasure.erase({"twitter": ["v-bbbbbbbbbbbb"]}, NOW)
    assert [(row.visitors, row.texts) for row in filled.inventory.networks()] == [(1, 1), (2, 1)]
    assert filled.inventory.others().erased == 1


def test_knows_which_networks_were_asked(filled: Store) -> None:
    assert filled.inventory.asked_networks() == {"twitter"}


def test_tells_the_age_of_the_oldest(filled: Store) -> None:
    assert filled.inventory.ages() == Ages(text=MONDAY - timedelta(minutes=60), page=NOW, purged=None)


def test_of_nothing_there_is_no_age(store: Store) -> None:
    assert store.inventory.ages() == Ages(text=None, page=None, purged=None)
    assert store.inventory.networks() == []
