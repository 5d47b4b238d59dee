"""What was stored before numbers were masked is masked down to the bytes of the file, and what was judged stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from small_database import NOW, account, new_store, page, rows, save
from soma_audit.classify.rule import own, visitor
from soma_audit.model import Finding, Look, SignedIn, Stream, Verdict
from soma_audit.store.posts.remasking import Remasked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from soma_audit.model import Post
    from soma_audit.store import Store

SECRET = "41234567"
TODAY = f"Kan dere ringe meg på {SECRET}?"


def mask(text: str, *, by_visitor: bool) -> str:
    return text.replace(SECRET, "[telephone]") if by_visitor else text


def mask_page(body: bytes) -> bytes:
    return body.replace(SECRET.encode(), b"[telephone]")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path) as made:
        yield made


def see(store: Store, *posts: Post, days_ago: int = 0) -> None:
    seen_on = replace(
        page("a"),
        url=f"a:{days_ago}",
        fetched_at=NOW - timedelta(days=days_ago),
        body=f"{days_ago} {SECRET}".encode(),
    )
    seen_on = replace(seen_on, stream=Stream.TIMELINE)
    with store.run("import", config_hash="x", clock=lambda: NOW) as run, store.transaction():
        number = store.posts.page_row(run.id, None, seen_on)
        store.posts.write_posts(number, [(account(store), post) for post in posts])
    store.posts.index_texts()


def file_bytes(store: Store) -> bytes:
    return b"".join(file.read_bytes() for file in store.path.parent.glob(f"{store.path.name}*"))


def test_every_look_at_a_post_is_masked_also_earlier_ones(store: Store) -> None:
    post = visitor(TODAY, 1)
    see(store, post, days_ago=1)
    see(store, replace(post, text=f"Ring {SECRET}!"))
    assert store.remasking.mask_stored(mask, mask_page) == Remasked(texts=2, pages=2)
    assert rows(store, "select text from observation order by id") == [
        "Kan dere ringe meg på [telephone]?",
        "Ring [telephone]!",
    ]


def test_nothing_is_left_in_the_bytes_of_the_file(store: Store) -> None:
    post = visitor(TODAY, 1, client=f"Karis {SECRET}", permalink=f"https://eks.example/?tlf={SECRET}")
    see(store, post)
    look = Look(
        question="posting",
        seen="open",
        observed_at=NOW,
        observer="KT",
        signed_in=SignedIn.NO,
        note=f"Ring {SECRET}",
    )
    store.looks.add_looks([(account(store), look)], NOW)
    store.reviews.add_review(
        account(store).id or 0, 1, "question", "question", reviewer="KT", reviewed_at=NOW, note=SECRET
    )
    store.execute("pragma wal_checkpoint(truncate)")
    assert SECRET.encode() in file_bytes(store)
    store.remasking.mask_stored(mask, mask_page)
    assert SECRET.encode() not in file_bytes(store)


def test_the_index_finds_the_new_words_and_no_longer_the_old_ones(store: Store) -> None:
    see(store, visitor(TODAY, 1))
    store.remasking.mask_stored(mask, mask_page)
    found = "select rowid from observation_fts where observation_fts match ?"
    assert [len(store.execute(found, (word,)).fetchall()) for word in (SECRET, "telephone", "dere")] == [
        0,
        1,
        1,
    ]


def test_an_agencys_own_words_are_told_from_a_visitors(store: Store) -> None:
    elsewhere = replace(own(f"Ring {SECRET}", 3), by_agency=False, author="nabodep")
    see(store, own(f"Ring oss på {SECRET}", 1), elsewhere, visitor(TODAY, 4))
    store.remasking.mask_stored(mask, mask_page)
    kept = rows(store, f"select native_id from current_post where text like '%{SECRET}%'")
    assert len(kept) == 2


def test_what_a_verdict_quotes_of_a_farewell_is_the_agencys_own(store: Store) -> None:
    quoting = {"post": "1", "quote": f"Vi forlater X. Ring oss på {SECRET}"}
    for name in ("life", "question"):
        save(store, {name: [Verdict(None, "x", {}, (Finding("R", 1.0, quoting),))]})
    store.remasking.mask_stored(mask, mask_page)
    kept = rows(store, f"select evidence like '%{SECRET}%' from finding order by verdict")
    assert kept == [1, 0]


def test_a_second_time_there_is_nothing_to_do(store: Store) -> None:
    see(store, visitor(TODAY, 1))
    store.remasking.mask_stored(mask, mask_page)
    before = file_bytes(store)
    assert store.remasking.mask_stored(mask, mask_page) == Remasked(texts=0, pages=0)
    assert file_bytes(store) == before


def test_pages_that_become_the_same_keep_one_body(store: Store) -> None:
    for secret in (SECRET, "[telephone]"):
        one = replace(page("a"), url="a", body=f"Ring {secret}".encode())
        with store.run("import", config_hash="x", clock=lambda: NOW) as run, store.transaction():
            store.posts.page_row(run.id, account(store).id, one)
    store.remasking.mask_stored(mask, mask_page)
    assert rows(store, "select count(*), count(body) from page") == [(2, 1)]
