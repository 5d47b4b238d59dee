"""What a file shows may be older than what is held: the past is kept beside the present, and never put in its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from small_database import NOW, account, new_store, page, rows
from soma_audit.classify.rule import visitor
from soma_audit.model import Stream
from soma_audit.store import Added

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from soma_audit.model import Post
    from soma_audit.store import Store

POST = visitor("Når åpner dere?", 1, counts={"like": 5}, reply_setting="everyone")
EARLIER = replace(POST, text="Når åpner dere", counts={"like": 1}, client="Web", reply_setting=None)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path) as made:
        yield made


def see(store: Store, post: Post, *, days_ago: int = 0, stream: Stream = Stream.FILE, on: str = "a") -> Added:
    """See a post on a page of its own, so many days ago."""
    seen_on = replace(
        page(on), stream=stream, url=f"{on}:{days_ago}", fetched_at=NOW - timedelta(days=days_ago)
    )
    with store.run("import", config_hash="x", clock=lambda: NOW) as run, store.transaction():
        number = store.posts.page_row(run.id, None, seen_on)
        return store.posts.write_posts(number, [(account(store), post)])


def now_and_then(store: Store) -> tuple[list[Any], list[Any]]:
    """The post as it is now, and all looks at it by time."""
    now = rows(store, "select text, client, counts, reply_setting from current_post")
    looks = rows(
        store,
        "select text, counts from observation join page on page.id = observation.page order by fetched_at",
    )
    return now, looks


@pytest.mark.parametrize("order", [1, -1])
def test_the_newest_look_is_the_current_one_in_whatever_order_they_come(order: int, store: Store) -> None:
    steps = [partial(see, store, EARLIER, days_ago=9), partial(see, store, POST, days_ago=1)]
    for step in steps[::order]:
        step()
    assert now_and_then(store) == (
        [("Når åpner dere?", "Web", '{"like":5}', "everyone")],
        [("Når åpner dere", '{"like":1}'), ("Når åpner dere?", '{"like":5}')],
    )


def test_a_look_at_the_past_is_no_change(store: Store) -> None:
    see(store, POST)
    assert see(store, EARLIER, days_ago=9) == Added(past=1)


def test_what_only_the_past_told_is_news_to_classify(store: Store) -> None:
    see(store, POST)
    before = rows(store, "select sum(changed) from account")
    see(store, EARLIER, days_ago=9)
    assert rows(store, "select sum(changed) from account") > before


def test_the_same_past_again_is_nothing(store: Store) -> None:
    see(store, POST)
    see(store, EARLIER, days_ago=9)
    before = rows(store, "select * from observation"), rows(store, "select sum(changed) from account")
    see(store, EARLIER, days_ago=9)
    assert (
        rows(store, "select * from observation"),
        rows(store, "select sum(changed) from account"),
    ) == before


def test_a_file_does_not_bring_back_what_is_gone(store: Store) -> None:
    see(store, POST, days_ago=3)
    see(store, replace(POST, text=None), days_ago=2)
    for days_ago in (9, 1):
        see(store, EARLIER, days_ago=days_ago, on=f"copy {days_ago}")
    assert rows(store, "select text from current_post") == [None]
    assert rows(store, "select count(*) from observation where text = 'Når åpner dere'") == [0]


def test_the_network_may(store: Store) -> None:
    see(store, POST, days_ago=3)
    see(store, replace(POST, text=None), days_ago=2)
    see(store, POST, days_ago=1, stream=Stream.TIMELINE)
    assert rows(store, "select text from current_post") == ["Når åpner dere?"]


def test_what_came_along_in_passing_is_no_look(store: Store) -> None:
    see(store, POST)
    see(store, replace(EARLIER, in_passing=True), days_ago=9)
    assert rows(store, "select count(*) from observation") == [1]


def test_two_files_of_one_time_that_disagree_are_each_read_once(store: Store) -> None:
    other = replace(POST, text="Når åpner dere i dag?")
    see(store, POST, on="a")
    see(store, other, on="b")
    before = rows(store, "select * from observation"), rows(store, "select * from post")
    assert [see(store, post, on=on) for post, on in ((POST, "a"), (other, "b"))] == [Added(), Added()]
    assert (rows(store, "select * from observation"), rows(store, "select * from post")) == before
