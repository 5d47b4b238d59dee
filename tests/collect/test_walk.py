"""A walk may be cut off anywhere and any number of times: what stands in the database at the end is the same."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collect.builders import NOW, X_ACCOUNT, open_store, rows, walked
from soma_audit.collect.network import LostPlaceError
from soma_audit.errors import SkipStreamError
from soma_audit.model import Account, Gap, Page, Post, Since, Stream
from soma_audit.store import Added, Store

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Mapping


class KilledError(BaseException):
    """Stands for a kill: nothing catches it."""


@dataclass
class Feed:
    """A network that serves posts 1…newest, newest first, and breaks after some pages."""

    newest: int
    size: int
    breaks_after: int | None = None
    error: Callable[[], BaseException] = lambda: SkipStreamError("unreachable", "gone")
    asked: list[Since] = field(default_factory=list)
    requests: int = 0
    visit: int = 1
    name: str = "twitter"
    streams: tuple[Stream, ...] = (Stream.TIMELINE,)

    def pages(self, account: Account, stream: Stream, since: Since) -> Iterator[Page]:
        self.asked.append(since)
        below = int(since.resume or self.newest + 1)
        served = 0
        while True:
            if served == self.breaks_after:
                raise self.error()
            self.requests += 1
            served += 1
            ids = list(range(below - 1, int(since.bookmark or 0), -1))[: self.size]
            below = ids[-1] if ids else below
            more = bool(ids) and below > int(since.bookmark or 0) + 1
            yield Page(
                account=account,
                stream=stream,
                url=f"fake:{self.visit}/{since.bookmark}/{ids[:1]}",
                fetched_at=NOW,
                body=json.dumps(ids).encode(),
                resume=str(below) if more else None,
                newest=str(ids[0]) if ids else None,
                gaps=() if more else (Gap(stream=stream, reason="cap"),),
            )
            if not more:
                return

    def posts(self, page: Page) -> Iterator[Post]:
        for number in json.loads(page.body):
            yield Post(
                native_id=str(number),
                created_at=NOW - timedelta(days=1) + timedelta(seconds=number),
                text=f"nr. {number}",
                by_agency=True,
                thread=str(number),
                counts={"like": number % 3},
            )

    def about(self, page: Page) -> Mapping[str, object] | None:
        return {"oldest": json.loads(page.body)[-1:]} if page.resume is None else None


def go(store: Store, network: Feed) -> Added:
    return walked(store, network, X_ACCOUNT)


def ids(store: Store) -> set[int]:
    return {int(row[0]) for row in store.execute("select native_id from post")}


def bookmark(store: Store) -> str | None:
    row = store.execute("select since from bookmark").fetchone()
    return row[0] if row else None


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "a.db", X_ACCOUNT) as opened:
        yield opened


@pytest.fixture
def whole(tmp_path: Path) -> dict[str, list[Any]]:
    """What an uninterrupted walk over seven posts, two a page, leaves."""
    with open_store(tmp_path / "whole.db", X_ACCOUNT) as undisturbed:
        go(undisturbed, Feed(7, 2))
        return rows(undisturbed)


# --- one walk ---


def test_a_finished_walk_has_all_posts_and_its_bookmark_at_the_newest(store: Store) -> None:
    go(store, Feed(7, 2))
    assert (ids(store), bookmark(store)) == (set(range(1, 8)), "7")


def test_the_bookmark_moves_last(store: Store) -> None:
    seen: list[str | None] = []

    class Watched(Feed):
        def posts(self, page: Page) -> Iterator[Post]:
            seen.append(bookmark(store))
            return super().posts(page)

    go(store, Watched(7, 2))
    assert seen == [None] * 4


def test_an_empty_stream_is_complete_too(store: Store) -> None:
    go(store, Feed(0, 2))
    assert rows(store)["bookmarks"] == [(1, "timeline", None)]


# --- times that cannot be ---


@dataclass
class Odd(Feed):
    """Some of its posts have times that cannot be."""

    times: Mapping[int, datetime] = field(default_factory=dict)

    def pages(self, account: Account, stream: Stream, since: Since) -> Iterator[Page]:
        return (replace(page, reread=True) for page in super().pages(account, stream, since))

    def posts(self, page: Page) -> Iterator[Post]:
        for post in super().posts(page):
            yield replace(post, created_at=self.times.get(int(post.native_id), post.created_at))


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(2006, 3, 20, tzinfo=UTC),
        NOW + timedelta(days=2),
        datetime(9999, 12, 31, tzinfo=UTC),
    ],
    ids=str,
)
def test_a_post_whose_time_cannot_be_is_left_out_and_the_gap_is_said(moment: datetime, store: Store) -> None:
    go(store, Odd(7, 7, times={2: moment, 5: moment}))
    assert ids(store) == {1, 3, 4, 6, 7}
    gaps = store.execute("select reason, detail from gap where reason = 'damaged'").fetchall()
    assert gaps == [("damaged", "2 with an impossible time")]


def test_a_post_that_is_held_is_not_gone_because_its_time_cannot_be_any_more(store: Store) -> None:
    go(store, Odd(7, 7))
    go(store, Odd(7, 7, times={2: datetime(2199, 1, 1, tzinfo=UTC)}, visit=2))
    assert store.execute("select text from current_post where native_id = '2'").fetchone() == ("nr. 2",)


def test_a_time_that_no_calendar_has_ends_the_stream_and_nothing_else(store: Store) -> None:
    class Endless(Feed):
        def posts(self, page: Page) -> Iterator[Post]:
            datetime.min.replace(tzinfo=timezone(timedelta(hours=5))).astimezone(UTC)
            return iter(())

    with pytest.raises(SkipStreamError, match="made no sense"):
        go(store, Endless(7, 2))


def test_the_place_to_go_on_from_is_forgotten_at_the_end(store: Store) -> None:
    go(store, Feed(7, 2))
    assert rows(store)["walks"] == []


# --- cut off ---


@pytest.mark.parametrize("pages", range(4))
@pytest.mark.parametrize(
    "error", [lambda: SkipStreamError("unreachable", "gone"), KilledError], ids=["left", "killed"]
)
def test_cut_off_after_any_page_and_run_again_the_rows_are_the_same(
    pages: int, error: Callable[[], BaseException], store: Store, whole: dict[str, list[Any]]
) -> None:
    with pytest.raises((SkipStreamError, KilledError)):
        go(store, Feed(7, 2, breaks_after=pages, error=error))
    go(store, Feed(7, 2))
    assert rows(store) == whole


@pytest.mark.parametrize("pages", range(4))
def test_a_walk_that_was_cut_off_has_no_bookmark(pages: int, store: Store) -> None:
    with pytest.raises(SkipStreamError):
        go(store, Feed(7, 2, breaks_after=pages))
    assert bookmark(store) is None


@pytest.mark.parametrize("pages", range(1, 4))
def test_a_walk_that_was_cut_off_goes_on_where_it_stopped(pages: int, store: Store) -> None:
    with pytest.raises(SkipStreamError):
        go(store, Feed(7, 2, breaks_after=pages))
    again = Feed(7, 2)
    go(store, again)
    assert again.requests == 4 - pages


class Mortal(Store):
    """A database whose process is killed before a certain statement."""

    left = 10**9

    def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
        self.left -= 1
        if self.left == 0:
            raise KilledError
        return super().execute(sql, parameters)


def test_killed_before_any_statement_and_run_again_the_rows_are_the_same(
    tmp_path: Path, whole: dict[str, list[Any]]
) -> None:
    for statement in range(1, 10**4):
        file = tmp_path / f"{statement}.db"
        open_store(file, X_ACCOUNT).close()
        with Mortal(file) as mortal:
            mortal.left = statement
            try:
                go(mortal, Feed(7, 2))
            except KilledError:
                mortal.left = 0
            else:
                return
        with Store(file) as store:
            go(store, Feed(7, 2))
            assert rows(store) == whole, f"killed before statement {statement}"
    pytest.fail("the walk never ended")


# --- again ---


def test_a_second_run_with_nothing_new_costs_one_request(store: Store) -> None:
    go(store, Feed(7, 2))
    again = Feed(7, 2)
    go(store, again)
    assert again.requests == 1


class Quiet(Feed):
    """Shows neither gaps nor facts, so that only posts can be news."""

    def about(self, page: Page) -> Mapping[str, object] | None:
        return None


def test_a_second_run_with_nothing_new_is_no_news(store: Store) -> None:
    go(store, Quiet(7, 2))
    before = rows(store), changed(store)
    added = go(store, Quiet(7, 2))
    assert (rows(store), changed(store)) == before
    assert (added.new, added.changed) == (0, 0)


def changed(store: Store) -> int:
    return int(store.execute("select changed from account").fetchone()[0])


@pytest.mark.parametrize("pages", range(4))
def test_no_post_is_lost_when_the_connection_drops(pages: int, store: Store) -> None:
    go(store, Feed(1000, 200))
    if pages < 3:
        with pytest.raises(SkipStreamError):
            go(store, Feed(1450, 200, breaks_after=pages))
        assert bookmark(store) == "1000"
    go(store, Feed(1450, 200))
    assert (ids(store), bookmark(store)) == (set(range(1, 1451)), "1450")


def test_what_came_while_a_walk_was_cut_off_comes_with_the_next(store: Store) -> None:
    with pytest.raises(SkipStreamError):
        go(store, Feed(7, 2, breaks_after=2))
    go(store, Feed(10, 2))
    assert bookmark(store) == "7"
    go(store, Feed(10, 2))
    assert ids(store) == set(range(1, 11))


@settings(max_examples=40, deadline=None)
@given(
    size=st.integers(1, 30),
    batches=st.lists(
        st.tuples(st.integers(0, 25), st.lists(st.integers(0, 4), max_size=3)), min_size=1, max_size=3
    ),
)
def test_any_page_size_and_any_interruptions_give_every_post(
    size: int, batches: list[tuple[int, list[int]]]
) -> None:
    newest = 0
    with TemporaryDirectory() as folder, open_store(Path(folder) / "a.db", X_ACCOUNT) as store:
        for new, cuts in batches:
            newest += new
            for breaks_after in cuts:
                with suppress(SkipStreamError):
                    go(store, Feed(newest, size, breaks_after=breaks_after))
            go(store, Feed(newest, size))
        go(store, Feed(newest, size))
        assert ids(store) == set(range(1, newest + 1))


# --- what may go wrong ---


class Forgetful(Feed):
    """A network that no longer knows where a walk stopped."""

    def pages(self, account: Account, stream: Stream, since: Since) -> Iterator[Page]:
        if since.resume:
            raise LostPlaceError("unreachable", "which page?")
        return super().pages(account, stream, since)


def test_a_place_that_the_network_has_forgotten_is_walked_to_again_from_the_top(
    store: Store, whole: dict[str, list[Any]]
) -> None:
    with pytest.raises(SkipStreamError):
        go(store, Feed(7, 2, breaks_after=2))
    go(store, Forgetful(7, 2))
    assert rows(store) == whole


@pytest.mark.parametrize("error", [KeyError("id"), ValueError("no number"), TypeError(), AttributeError()])
def test_an_answer_that_makes_no_sense_leaves_the_stream_and_not_the_run(
    error: Exception, store: Store
) -> None:
    with pytest.raises(SkipStreamError) as leave:
        go(store, Feed(7, 2, breaks_after=1, error=lambda: error))
    assert leave.value.reason == "damaged"
    assert ids(store) == {6, 7}


def test_a_pages_gaps_are_kept(store: Store) -> None:
    go(store, Feed(7, 2))
    assert rows(store)["gaps"] == [(1, "timeline", "cap", "", None, None)]


def test_a_post_seen_changed_has_one_more_observation(store: Store) -> None:
    class Liked(Feed):
        def posts(self, page: Page) -> Iterator[Post]:
            for post in super().posts(page):
                yield replace(post, counts={"like": 9})

    go(store, Feed(1, 2))
    store.execute("delete from bookmark")
    added = go(store, Liked(1, 2, visit=2))
    assert (added.new, added.changed, len(rows(store)["observations"])) == (0, 1, 2)
