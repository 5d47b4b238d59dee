"""What is held of one person is found by their pseudonym, is erased down to the bytes, and does not come back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from small_database import MONDAY, NOW, account, add, new_store, page, rows, save
from soma_audit.classify.rule import own, visitor
from soma_audit.model import Account, Finding, Kind, Stream, Verdict
from soma_audit.store.posts.erased import NOBODY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from soma_audit.model import Post
    from soma_audit.store import Store

KARI, OLA = "v-aaaaaaaaaaaa", "v-bbbbbbbbbbbb"
ASKED = visitor("Når åpner fyrlykta?", 1, client="Web", counts={"like": 1}, permalink="https://x.example/1")
ANSWER = own(f"@{KARI} På fredag.", 2, at=60, under=1)
OTHER = visitor("Takk!", 3, at=90, author=OLA)
LATER = NOW + timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path) as made:
        yield made


@pytest.fixture
def held(store: Store) -> Store:
    """A question by Kari that was answered by name, and another visitor's thanks; each on a page of its own."""
    for post in (ASKED, ANSWER, OTHER):
        add(
            store,
            post,
            on=post.native_id,
            body=f'{{"text": "{post.text}", "author": "{post.author}"}}'.encode(),
        )
    saw = Finding("Q01", 1.0, {"word": "Når", "place": 0})
    save(store, {"question": [Verdict("1", "question", {"score": 0.9}, (saw,))]})
    store.posts.index_texts()
    return store


def erase(store: Store, *names: str) -> None:
    store.erasure.erase({"twitter": names or (KARI,)}, NOW)


def looks(store: Store, native_id: str = "1") -> list[object]:
    return rows(
        store,
        "select text, client, expired, counts from post join observation on observation.id = post.observation"
        f" where native_id = '{native_id}'",
    )


def again(store: Store, *posts: Post) -> None:
    """Read these posts on a later night."""
    add(store, *posts, on="later", fetched_at=LATER)
    store.posts.index_texts()


class TestFinding:
    def test_tells_a_persons_posts_and_where_others_name_them(self, held: Store) -> None:
        found = held.erasure.held_of([KARI])
        assert [(p.account, p.native_id, p.created_at, p.has_text) for p in found.posts] == [
            ("twitter/etaten", "1", "2026-03-02T09:00:00Z", 1)
        ]
        assert [p.native_id for p in found.mentions] == ["2"]
        assert (len(found.pages), found.texts, found.erased_at) == (2, 1, None)

    def test_knows_a_person_by_more_than_one_name(self, held: Store) -> None:
        assert [p.native_id for p in held.erasure.held_of([KARI, OLA]).posts] == ["1", "3"]

    def test_does_not_count_who_names_themselves_as_named_by_others(self, store: Store) -> None:
        add(store, visitor(f"Jeg, @{KARI}, spør", 1))
        assert held_counts(store) == (1, 0)

    def test_finds_nothing_of_a_stranger(self, held: Store) -> None:
        found = held.erasure.held_of(["v-cccccccccccc"])
        assert (found.posts, found.mentions, found.pages) == ((), (), ())


def held_counts(store: Store) -> tuple[int, int]:
    found = store.erasure.held_of([KARI])
    return len(found.posts), len(found.mentions)


class TestErasing:
    def test_drops_the_words_and_keeps_what_was_counted(self, held: Store) -> None:
        erase(held)
        assert looks(held) == [(None, None, 1, '{"like":1}')]
        assert rows(held, "select author from post where native_id = '1'") == [KARI]
        assert rows(held, "select label from verdict") == ["question"]

    def test_drops_where_a_post_can_be_read(self, held: Store) -> None:
        erase(held)
        assert rows(held, "select permalink from post where native_id = '1'") == [None]

    def test_drops_the_words_that_a_rule_saw(self, held: Store) -> None:
        erase(held)
        assert rows(held, "select evidence from finding") == ['{"place":0,"word":"…"}']

    def test_lets_nobody_stand_for_a_mention(self, held: Store) -> None:
        erase(held)
        assert looks(held, "2")[0][0] == f"@{NOBODY} På fredag."  # type: ignore[index]
        assert rows(
            held, f"select count(*) from observation_fts where observation_fts match '\"{NOBODY[2:]}\"'"
        ) == [1]

    def test_leaves_others_as_they_are(self, held: Store) -> None:
        erase(held)
        assert looks(held, "3")[0][0] == "Takk!"  # type: ignore[index]
        assert rows(held, "select count(*) from page where body is not null") == [1]

    def test_leaves_no_word_in_the_files_bytes(self, held: Store) -> None:
        erase(held)
        left = b"".join(file.read_bytes() for file in held.path.parent.glob("a.db*"))
        assert (b"fyrlykta" in left, b"Takk!" in left) == (False, True)

    def test_drops_every_look_at_a_post(self, held: Store) -> None:
        add(held, replace(ASKED, text="Når åpner fyret?"), on="edited", fetched_at=LATER)
        erase(held)
        assert rows(held, "select count(*) from observation where text like 'Når%'") == [0]

    def test_drops_what_was_noted_on_a_post(self, held: Store) -> None:
        held.execute(
            "insert into review (account, post, classifier, label, reviewer, note, reviewed_at)"
            " values (1, 1, 'answer', 'answered', 'siv', 'Ringte Kari', 'x')"
        )
        erase(held)
        assert rows(held, "select label, note from review") == [("answered", None)]

    def test_tells_what_was_held(self, held: Store) -> None:
        found = held.erasure.erase({"twitter": [KARI]}, NOW)
        assert (len(found.posts), found.texts, len(found.mentions), len(found.pages)) == (1, 1, 1, 2)

    def test_can_be_told_afterwards(self, held: Store) -> None:
        erase(held)
        found = held.erasure.held_of([KARI])
        assert (len(found.posts), found.texts, found.mentions, found.pages) == (1, 0, (), ())
        assert found.erased_at == "2026-03-20T06:00:00Z"

    def test_twice_keeps_the_first_day(self, held: Store) -> None:
        erase(held)
        held.erasure.erase({"twitter": [KARI]}, LATER)
        assert held.erasure.held_of([KARI]).erased_at == "2026-03-20T06:00:00Z"


class TestShares:
    """An agency that passes a post on has its words under its own name."""

    @pytest.mark.parametrize("text", [ASKED.text, f"RT @{KARI}: Når åpner fyrlykta?"])
    def test_of_a_persons_posts_are_told_and_lose_the_words(self, held: Store, text: str) -> None:
        add(held, own(text, 5, kind=Kind.SHARE), on="5")
        assert [p.native_id for p in held.erasure.held_of([KARI]).shares] == ["5"]
        erase(held)
        assert looks(held, "5")[0][0] is None  # type: ignore[index]
        assert held.erasure.held_of([KARI]).shares == ()

    def test_of_others_stay(self, held: Store) -> None:
        add(held, own("Takk!", 5, kind=Kind.SHARE), own(f"RT @{OLA}: Takk!", 6, kind=Kind.SHARE), on="5")
        erase(held)
        assert (looks(held, "5")[0][0], looks(held, "6")[0][0]) == ("Takk!", f"RT @{OLA}: Takk!")  # type: ignore[index]

    @pytest.mark.parametrize(
        "share",
        [
            own(f"RT @{KARI}: Hvem?", 5, kind=Kind.SHARE),
            own("Hvem?", 5, kind=Kind.SHARE, words_by=KARI),
        ],
    )
    def test_that_come_later_are_kept_without_the_words(self, held: Store, share: Post) -> None:
        erase(held)
        again(held, share)
        assert (looks(held, "5")[0][0], looks(held, "5")[0][2]) == (None, 1)  # type: ignore[index]

    def test_that_only_a_later_night_can_tell_lose_the_words_then(self, held: Store) -> None:
        share = own("Noe Kari skrev et annet sted", 5, kind=Kind.SHARE)
        add(held, share, on="5")
        erase(held)
        again(held, replace(share, words_by=KARI))
        assert rows(held, "select count(*) from observation where text like 'Noe Kari%'") == [0]
        assert looks(held, "5")[0][2] == 1  # type: ignore[index]


class TestAfterwards:
    """Whoever was erased is remembered: no later night, and no file, brings their words back."""

    def test_a_post_that_is_met_again_stays_without_its_words(self, held: Store) -> None:
        erase(held)
        again(held, replace(ASKED, counts={"like": 5}))
        assert looks(held) == [(None, None, 1, '{"like":5}')]

    def test_a_new_post_is_counted_without_its_words(self, held: Store) -> None:
        erase(held)
        again(held, replace(ASKED, native_id="9", thread="9", created_at=MONDAY + timedelta(days=3)))
        assert looks(held, "9") == [(None, None, 1, '{"like":1}')]
        assert rows(held, "select author, permalink from post where native_id = '9'") == [(KARI, None)]

    def test_a_new_mention_names_nobody(self, held: Store) -> None:
        erase(held)
        again(held, own(f"Hei @{KARI} og @{OLA}!", 8))
        assert looks(held, "8")[0][0] == f"Hei @{NOBODY} og @{OLA}!"  # type: ignore[index]

    def test_a_page_that_names_them_is_kept_without_its_body(self, held: Store) -> None:
        erase(held)
        body = f'{{"author": "{KARI}", "text": "Hvorfor?"}}'.encode()
        held.posts.add_page(1, account(held), page("10", body=body), [visitor("Hvorfor?", 10)])
        assert rows(held, "select body from page order by id desc limit 1") == [None]

    def test_a_profile_that_names_them_names_nobody(self, held: Store) -> None:
        erase(held)
        held.posts.add_page(
            1, account(held), page("p", stream=Stream.PROFILE), [], about={"text": f"Redaktør: @{KARI}"}
        )
        assert rows(held, "select facts from about") == [f'{{"text":"Redaktør: @{NOBODY}"}}']

    def test_a_file_does_not_bring_them_back(self, held: Store) -> None:
        erase(held)
        piece = page("file:a.jsonl", stream=Stream.FILE)
        where: Account = account(held)
        held.posts.add_piece(1, piece, [(where, ASKED), (where, replace(ASKED, native_id="11", thread="11"))])
        assert rows(held, "select count(*) from observation where text like 'Når%'") == [0]
        assert looks(held, "11")[0][2] == 1  # type: ignore[index]
