"""A post that a file knows by no id of the network, and the network's own, are one post."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from soma_audit.model import Account, Agency, Page, Post, Stream
from soma_audit.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AT = datetime(2026, 3, 2, 9, 14, tzinfo=UTC)
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
ETAT = Account(agency="etaten", network="facebook", handle="eksempeletat", native_id="100")
FROM_FILE = Post(
    native_id="file-a1",
    created_at=AT,
    text="Fristen er 1. mai.",
    by_agency=True,
    thread="file-a1",
    author="eksempeletat",
    client="Planlegger",
)
OWN = replace(
    FROM_FILE, native_id="100_501", thread="100_501", client=None, created_at=AT + timedelta(seconds=40)
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "a.db", create=True) as made:
        made.register.save_register([Agency(id="etaten", name="Eksempeletaten", kind="agency")], [ETAT], NOW)
        yield made


def account(store: Store) -> Account:
    found = store.register.account("facebook", "eksempeletat")
    assert found is not None
    return found


def see(store: Store, *posts: Post, stream: Stream = Stream.TIMELINE) -> None:
    """See posts on one page, from the network or from a file."""
    with store.run("collect", config_hash="x", clock=lambda: NOW) as run, store.transaction():
        url = f"{stream}:{[p.native_id for p in posts]}"
        page = Page(account=ETAT, stream=stream, url=url, fetched_at=NOW, body=b"", resume=None)
        number = store.posts.page_row(run.id, None, page)
        store.posts.write_posts(number, [(account(store), post) for post in posts])


def from_file(store: Store, *posts: Post) -> None:
    see(store, *posts, stream=Stream.FILE)


def rows(store: Store, columns: str = "native_id") -> list[Any]:
    found = store.execute(f"select {columns} from current_post order by native_id").fetchall()
    return [row[0] if len(row) == 1 else row for row in found]


@pytest.mark.parametrize("order", [1, -1])
def test_the_same_words_within_a_minute_are_one_post(order: int, store: Store) -> None:
    steps = [partial(from_file, store, FROM_FILE), partial(see, store, OWN)]
    for step in steps[::order]:
        step()
    assert store.duplicates.merge_duplicates(account(store)) == 1
    assert rows(store) == ["100_501"]
    assert store.execute("select count(*) from observation").fetchone() == (2,)


def test_what_only_the_file_knew_is_kept(store: Store) -> None:
    from_file(store, FROM_FILE)
    see(store, OWN)
    store.duplicates.merge_duplicates(account(store))
    assert rows(store, "client, created_at") == [("Planlegger", "2026-03-02T09:14:40Z")]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(OWN, created_at=AT + timedelta(seconds=61)), id="more than a minute later"),
        pytest.param(replace(OWN, text="Fristen er 2. mai."), id="other words"),
        pytest.param(replace(OWN, by_agency=False, author="v-aaaaaaaaaaaa"), id="by another hand"),
    ],
)
def test_everything_else_is_another_post(other: Post, store: Store) -> None:
    from_file(store, FROM_FILE)
    see(store, other)
    assert store.duplicates.merge_duplicates(account(store)) == 0
    assert rows(store) == ["100_501", "file-a1"]


def test_posts_without_words_are_never_the_same(store: Store) -> None:
    from_file(store, replace(FROM_FILE, text=""))
    see(store, replace(OWN, text=""))
    assert store.duplicates.merge_duplicates(account(store)) == 0


def test_of_two_alike_the_nearest_in_time_is_meant(store: Store) -> None:
    from_file(store, FROM_FILE)
    near = replace(OWN, native_id="100_502", created_at=AT + timedelta(seconds=2))
    see(store, OWN, near)
    store.duplicates.merge_duplicates(account(store))
    assert rows(store, "native_id, client") == [("100_501", None), ("100_502", "Planlegger")]


def test_two_of_a_file_are_not_taken_for_one_of_the_network(store: Store) -> None:
    from_file(store, FROM_FILE, replace(FROM_FILE, native_id="file-a2", thread="file-a2"))
    see(store, OWN)
    assert store.duplicates.merge_duplicates(account(store)) == 1
    assert len(rows(store)) == 2


def test_comments_go_with_their_post(store: Store) -> None:
    comment = Post(
        native_id="file-c1",
        created_at=AT + timedelta(hours=1),
        text="Gjelder det studenter?",
        by_agency=False,
        thread="file-a1",
        parent="file-a1",
        author="v-aaaaaaaaaaaa",
    )
    from_file(store, FROM_FILE, comment)
    see(store, OWN)
    store.duplicates.merge_duplicates(account(store))
    assert rows(store, "native_id, thread, parent") == [
        ("100_501", "100_501", None),
        ("file-c1", "100_501", "100_501"),
    ]


def test_a_person_s_word_goes_with_it_and_verdicts_are_made_anew(store: Store) -> None:
    from_file(store, FROM_FILE)
    number = store.execute("select id from post").fetchone()[0]
    store.execute(
        "insert into review (account, post, classifier, label, reviewer, reviewed_at)"
        " values (?, ?, 'autogenerated', 'manual', 'KT', '2026-03-03T00:00:00Z')",
        (account(store).id, number),
    )
    store.execute(
        "insert into assignment (post, who, reviewer, assigned_at) values (?, 'Ola', 'KT', '2026-03-03T00:00:00Z')",
        (number,),
    )
    store.execute(
        "insert into verdict (run, account, post, classifier, version, label) values (1, ?, ?, 'autogenerated', '1', 'manual')",
        (account(store).id, number),
    )
    store.execute("insert into finding values (1, 'AUT001', 1.0, '{}')")
    see(store, OWN)
    before = store.execute("select changed from account").fetchone()[0]
    store.duplicates.merge_duplicates(account(store))
    said = store.execute("select native_id from review join post on post.id = review.post").fetchall()
    assert said == [("100_501",)]
    assigned = store.execute("select native_id from assignment join post on post.id = assignment.post")
    assert assigned.fetchall() == [("100_501",)]
    assert store.execute("select count(*) from verdict").fetchone() == (0,)
    assert store.execute("select count(*) from finding").fetchone() == (0,)
    assert store.execute("select changed from account").fetchone()[0] > before


def test_a_pages_other_number_before_the_same_posts_is_the_same_post(store: Store) -> None:
    from_file(
        store, replace(FROM_FILE, native_id="1000777_501", thread="1000777_501", text="Annerledes skrevet.")
    )
    see(store, OWN)
    assert store.duplicates.merge_duplicates(account(store)) == 1
    assert rows(store, "native_id, text") == [("100_501", "Fristen er 1. mai.")]


def test_without_files_nothing_is_looked_for(store: Store) -> None:
    see(store, OWN, replace(OWN, native_id="100_502", thread="100_502"))
    assert store.duplicates.merge_duplicates(account(store)) == 0
    assert len(rows(store)) == 2


def test_twice_as_many_take_twice_as_long(store: Store) -> None:
    """Counted in the database's own steps, which no other program slows down."""
    steps = []
    for many in (1000, 2000):
        for key, show in (("file-", from_file), ("100_", see)):
            name = f"{key}{many}x"
            show(
                store,
                *(
                    replace(OWN, native_id=f"{name}{n}", text=f"{many} {n}", created_at=hour(n))
                    for n in range(many)
                ),
            )
        steps.append(0)

        def count() -> int:
            steps[-1] += 1
            return 0

        store.connection.set_progress_handler(count, 100)
        assert store.duplicates.merge_duplicates(account(store)) == many
        store.connection.set_progress_handler(None, 0)
    assert steps[1] < 4 * steps[0]


def hour(number: int) -> datetime:
    return AT + timedelta(hours=number)
