"""What collecting writes: the register, pages, posts as they changed, how far a walk came, and what was not seen."""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from small_database import AGENCY, MONDAY, NOW, account, add, gap, new_store, page, rows, wall
from soma_audit.classify.rule import own, visitor
from soma_audit.model import Account, Agency, Gap, Role, Since, Stream
from soma_audit.store import Added, Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from soma_audit.model import Post

ASK = visitor("Når åpner dere?", 1, counts={"like": 1}, client="Web", reply_setting="everyone")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path) as made:
        yield made


def news(store: Store) -> list[Any]:
    return rows(store, "select changed from account order by network desc")


# --- the register -------------------------------------------------------------------------------------------------


def test_an_account_is_found_by_its_name_in_any_case(store: Store) -> None:
    found = store.register.account("twitter", "ETATEN")
    assert found is not None
    assert (found.handle, found.agency, found.role) == ("etaten", "etat", Role.DIALOGUE)
    assert store.register.account("twitter", "nobody") is None


def test_what_the_register_no_longer_names_is_dropped_not_deleted(store: Store) -> None:
    store.register.save_register([AGENCY], [Account(agency="etat", network="twitter", handle="etaten")], NOW)
    assert [str(a) for a in store.register.accounts()] == ["twitter/etaten"]
    assert account(store, "facebook").id is not None


def test_what_the_register_names_again_is_back_under_its_old_number(store: Store) -> None:
    before = account(store, "facebook")
    store.register.save_register([AGENCY], [], NOW)
    store.register.save_register([AGENCY], [Account(agency="etat", network="facebook", handle="Etaten")], NOW)
    (after,) = store.register.accounts()
    assert (after.id, after.handle) == (before.id, "Etaten")


def test_the_register_s_newest_word_counts(store: Store) -> None:
    store.register.save_register(
        [Agency(id="etat", name="Ny etat", kind="ministry", succeeds=("a",))], [], NOW
    )
    assert rows(store, "select name, kind, succeeds from agency") == [("Ny etat", "ministry", '["a"]')]


def test_accounts_of_a_day_are_those_valid_on_it(store: Store) -> None:
    later = Account(agency="etat", network="twitter", handle="etaten", valid_from=date(2026, 4, 1))
    store.register.save_register([AGENCY], [later], NOW)
    assert store.register.accounts(day=date(2026, 3, 31)) == []
    assert [str(a) for a in store.register.accounts(day=date(2026, 4, 1))] == ["twitter/etaten"]


def test_an_unknown_account_is_taken_in_under_an_agency_of_its_own_name(store: Store) -> None:
    taken = store.register.take_in("twitter", "Ukjent")
    assert (taken.agency, taken.handle) == ("twitter-ukjent", "Ukjent")
    assert store.register.take_in("twitter", "ukjent").id == taken.id


def test_an_account_that_was_taken_in_is_not_dropped_by_the_register(store: Store) -> None:
    store.register.take_in("twitter", "Ukjent")
    store.register.save_register([AGENCY], [], NOW)
    assert [str(a) for a in store.register.accounts()] == ["twitter/Ukjent"]


# --- posts and how they looked ------------------------------------------------------------------------------------


def test_a_post_comes_back_as_it_was_written(store: Store) -> None:
    post = replace(ASK, parent="9", thread="9", permalink="https://x.example/1")
    add(store, post)
    assert wall(store).posts == (post,)


def test_a_new_post_is_one_observation_and_one_piece_of_news(store: Store) -> None:
    before = news(store)
    assert add(store, ASK) == Added(new=1, changed=0)
    assert len(rows(store, "select id from observation")) == 1
    assert news(store) == [n + 1 for n in before]


def test_a_post_seen_again_unchanged_is_neither(store: Store) -> None:
    add(store, ASK)
    before = news(store)
    assert add(store, ASK, on="2") == Added(new=0, changed=0)
    assert len(rows(store, "select id from observation")) == 1
    assert news(store) == before


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"text": "Når åpner dere i dag?"}, id="its text"),
        pytest.param({"text": None}, id="gone"),
        pytest.param({"client": "App"}, id="its client"),
        pytest.param({"counts": {"like": 2}}, id="its counts"),
        pytest.param({"reply_setting": "following"}, id="who may reply"),
    ],
)
def test_what_changed_is_a_new_observation_and_the_old_one_stays(
    store: Store, change: dict[str, Any]
) -> None:
    add(store, ASK)
    changed = replace(ASK, **change)
    assert add(store, changed, on="2") == Added(new=0, changed=1)
    assert len(rows(store, "select id from observation")) == 2
    assert wall(store).posts == (changed,)


@pytest.mark.parametrize("change", [{"text": "Når åpner dere i dag?"}, {"counts": {"like": 2}}])
def test_what_changed_and_changed_back_is_as_it_was_first(store: Store, change: dict[str, Any]) -> None:
    for day, seen in enumerate([ASK, replace(ASK, **change), ASK, ASK]):
        at = NOW + timedelta(days=day)
        add(store, seen, body=repr(seen).encode(), fetched_at=at)
    assert wall(store).posts == (ASK,)
    assert len(rows(store, "select id from observation")) == len(rows(store, "select id from page")) == 3


@pytest.mark.parametrize("untold", [{"client": None}, {"counts": {}}, {"reply_setting": None}])
def test_what_a_later_page_does_not_tell_is_not_unsaid(store: Store, untold: dict[str, Any]) -> None:
    add(store, ASK)
    assert add(store, replace(ASK, **untold), on="2") == Added(new=0, changed=0)
    assert wall(store).posts == (ASK,)


def test_a_count_that_is_not_told_stays_as_it_was(store: Store) -> None:
    add(store, ASK)
    add(store, replace(ASK, counts={"reply": 2}), on="2")
    assert wall(store).posts[0].counts == {"like": 1, "reply": 2}


def test_a_post_in_passing_changes_nothing_that_was_seen_whole(store: Store) -> None:
    add(store, ASK)
    assert add(store, replace(ASK, text="Når …", in_passing=True), on="2") == Added(new=0, changed=0)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        pytest.param({"parent": None}, {"parent": "9", "thread": "9"}, id="its parent"),
        pytest.param({"by_agency": None, "author": None}, {"by_agency": False}, id="whose it is"),
        pytest.param({"permalink": None}, {"permalink": "https://x.example/1"}, id="its address"),
    ],
)
def test_what_was_not_known_is_learnt_later(
    store: Store, first: dict[str, Any], then: dict[str, Any]
) -> None:
    add(store, replace(ASK, **first))
    add(store, replace(ASK, **then), on="2")
    assert wall(store).posts == (replace(ASK, **then),)


def test_twice_on_one_page_is_once(store: Store) -> None:
    assert add(store, ASK, replace(ASK, text="Når åpner dere nå?")) == Added(new=1, changed=0)
    assert [p.text for p in wall(store).posts] == ["Når åpner dere nå?"]


def test_the_same_id_on_two_networks_is_two_posts(store: Store) -> None:
    add(store, ASK)
    assert add(store, ASK, network="facebook") == Added(new=1, changed=0)


def test_a_page_that_fails_leaves_nothing(store: Store) -> None:
    with pytest.raises(AttributeError):
        store.posts.add_page(1, account(store), page(), [ASK, None])  # type: ignore[list-item]
    tables = ("page", "post", "observation", "walk")
    assert [rows(store, f"select * from {t}") for t in tables] == [[], [], [], []]


# --- pages --------------------------------------------------------------------------------------------------------


def test_a_page_is_kept_packed_with_its_hash(store: Store) -> None:
    add(store, ASK, body=b'{"data": []}')
    ((body, sha256),) = rows(store, "select body, sha256 from page")
    assert zlib.decompress(body) == b'{"data": []}'
    assert len(sha256) == 64


def test_the_same_answer_twice_is_one_page(store: Store) -> None:
    add(store, ASK)
    add(store, ASK)
    assert len(rows(store, "select id from page")) == 1


def test_a_text_that_was_dropped_in_time_is_not_gone_when_its_counts_change(store: Store) -> None:
    add(store, ASK)
    store.retention.purge(texts_before=NOW, pages_before=NOW)
    add(store, replace(ASK, counts={"like": 2}), on="2", fetched_at=NOW + timedelta(days=1))
    newest = "select text, expired, counts from observation order by id desc limit 1"
    assert rows(store, newest) == [(None, 1, '{"like":2}')]


def test_the_same_question_answered_otherwise_is_another_page(store: Store) -> None:
    add(store, ASK)
    add(store, replace(ASK, text="Når åpner dere nå?"), body=b"other")
    assert len(rows(store, "select id from page")) == 2


def test_a_page_that_brought_nothing_new_is_not_kept(store: Store) -> None:
    add(store, ASK)
    add(store, ASK, on="2", resume="next")
    assert len(rows(store, "select id from page")) == 1
    assert since(store) == Since(resume="next")


def test_what_the_network_says_of_the_account_is_kept_only_on_change(store: Store) -> None:
    for number, can_post in enumerate([True, True, False]):
        facts = {"settings": {"USERS_CAN_POST": can_post}}
        store.posts.add_page(1, account(store), page(str(number), stream=Stream.SETTINGS), [], about=facts)
    assert [a.facts["settings"] for a in wall(store).about] == [
        {"USERS_CAN_POST": True},
        {"USERS_CAN_POST": False},
    ]


# --- walks --------------------------------------------------------------------------------------------------------


def since(store: Store, stream: Stream = Stream.TIMELINE) -> Since:
    return store.walks.since(account(store), stream, now=NOW, revisit=timedelta(days=14))


def test_the_first_walk_starts_at_the_top(store: Store) -> None:
    assert since(store) == Since()


def test_a_walk_that_was_cut_off_goes_on_where_it_stopped(store: Store) -> None:
    store.posts.add_page(1, account(store), page(resume="next"), [ASK], newest="7")
    assert since(store) == Since(resume="next")
    assert store.walks.walk_newest(account(store), Stream.TIMELINE) == "7"


def test_the_bookmark_moves_only_when_a_walk_is_finished(store: Store) -> None:
    store.posts.add_page(1, account(store), page(resume="next"), [ASK], newest="7")
    store.walks.finish_walk(1, account(store), Stream.TIMELINE, "7", NOW)
    assert since(store) == Since(bookmark="7")
    assert wall(store).read == {Stream.TIMELINE}


def test_a_walk_that_found_nothing_new_keeps_the_bookmark(store: Store) -> None:
    for newest in ("7", None):
        store.walks.finish_walk(1, account(store), Stream.TIMELINE, newest, NOW)
    assert since(store).bookmark == "7"


def test_a_walk_that_is_dropped_starts_at_the_top_again(store: Store) -> None:
    add(store, ASK, resume="next")
    store.walks.drop_walk(account(store), Stream.TIMELINE)
    assert since(store) == Since()


def test_threads_in_which_a_visitor_spoke_last_are_open(store: Store) -> None:
    recent = (NOW - MONDAY).total_seconds() / 60 - 3 * 24 * 60
    add(
        store,
        visitor("Når?", 1, at=recent),
        visitor("Og her?", 2, at=recent),
        own("1. mai.", 3, at=recent + 1, under=2),
        visitor("For lenge siden?", 4),
    )
    assert since(store, Stream.OPEN_THREADS).threads == ("1",)


def test_posts_with_more_comments_than_were_read_are_looked_at(store: Store) -> None:
    def counted(number: int, replies: int) -> Post:
        return own("Hei", number, counts={"reply": replies})

    add(store, counted(1, 0), counted(2, 1), counted(3, 2), visitor("Bra!", 4, under=3))
    assert since(store, Stream.COMMENTS).threads == ("2", "3")


@pytest.mark.parametrize("key", ["file-a1", "v-aaaaaaaaaaaa_9", "rad 7"])
def test_a_network_is_never_asked_by_a_key_that_is_not_its_own(key: str, store: Store) -> None:
    asked = visitor("Når?", 1, at=(NOW - MONDAY).total_seconds() / 60 - 60)
    mine = own("Hei", 2, counts={"reply": 3})
    add(
        store,
        *(replace(post, native_id=f"{key}{n}", thread=f"{key}{n}") for n, post in enumerate((asked, mine))),
    )
    assert since(store, Stream.OPEN_THREADS).threads == ()
    assert since(store, Stream.COMMENTS).threads == ()
    assert store.posts.posts_with_text(account(store)) == {}


# --- gaps ---------------------------------------------------------------------------------------------------------


def test_a_gap_is_noted_once_and_is_news_once(store: Store) -> None:
    missing = Gap(stream=Stream.MENTIONS, reason="permission", detail="403", since=MONDAY, until=NOW)
    before = news(store)
    assert [gap(store, missing), gap(store, missing)] == [True, False]
    assert wall(store).gaps == (missing,)
    assert news(store) == [n + 1 for n in before]


@pytest.mark.parametrize(
    ("noted", "read", "left"),
    [
        pytest.param(
            Gap(stream=Stream.MENTIONS, reason="unreachable"), Stream.MENTIONS, 0, id="its stream was read"
        ),
        pytest.param(
            Gap(stream=Stream.MENTIONS, reason="unreachable"), Stream.TIMELINE, 1, id="another one was"
        ),
        pytest.param(Gap(stream=Stream.MENTIONS, reason="cap"), Stream.MENTIONS, 1, id="cut off for good"),
        pytest.param(Gap(stream=None, reason="suspended"), Stream.PROFILE, 1, id="the rest was not"),
    ],
)
def test_a_gap_is_open_until_it_could_be_looked_at_after_all(
    store: Store, noted: Gap, read: Stream, left: int
) -> None:
    gap(store, noted)
    store.walks.finish_walk(1, account(store), read, None, NOW)
    assert len(wall(store).gaps) == left


def test_an_accounts_gap_is_open_until_it_has_been_visited_to_the_end(store: Store) -> None:
    gap(store, Gap(stream=None, reason="suspended"))
    gap(store, Gap(stream=Stream.MENTIONS, reason="unreachable"))
    store.walks.close_account_gaps(1, account(store))
    assert [g.stream for g in wall(store).gaps] == [Stream.MENTIONS]


def test_lines_kept_out_are_noted_by_number_only(store: Store) -> None:
    store.posts.add_quarantine(1, [("a.jsonl", 7, "is not JSON"), ("a.jsonl", 7, "is not JSON")])
    assert rows(store, "select file, line, reason from quarantine") == [("a.jsonl", 7, "is not JSON")]


# --- full text ----------------------------------------------------------------------------------------------------

TEXTS = (
    "Når åpner barnehagen?",
    "BARNEHAGE er fint",
    "Ny barnehage, ny søknad",
    "Ingenting her",
    "søknad om barnehage",
)


@pytest.mark.parametrize("words", ["barnehage", "søknad", "barnehage søknad", "ny", "NÅR", "finnesikke"])
def test_full_text_search_finds_what_like_finds(store: Store, words: str) -> None:
    add(store, *(visitor(text, n) for n, text in enumerate(TEXTS)))
    store.posts.index_texts()
    liked = [
        t
        for t in TEXTS
        if all(f" {w.lower()} " in f" {t.lower().strip('?').replace(',', '')} " for w in words.split())
    ]
    assert [row.text for row in store.figures.post_rows(words)] == liked


def test_full_text_and_like_count_the_same_on_many_posts(store: Store) -> None:
    add(store, *(visitor(f"Spørsmål nummer {n} om fristen" if n % 3 else "Takk", n) for n in range(300)))
    store.posts.index_texts()
    (liked,) = rows(store, "select count(*) from current_post where text like '%fristen%'")
    assert liked == 200
    assert len(list(store.figures.post_rows("fristen"))) == liked


def test_the_index_grows_with_what_is_new(store: Store) -> None:
    for number in (1, 2):
        add(store, visitor("Når er fristen?", number), on=str(number))
        store.posts.index_texts()
    assert [row.native_id for row in store.figures.post_rows("fristen")] == ["1", "2"]


@pytest.mark.parametrize("words", ['"', "*", "fristen OR", "a:b", "-", "(", "near("])
def test_search_words_are_words_and_never_a_query(store: Store, words: str) -> None:
    add(store, visitor("Når er fristen?"))
    store.posts.index_texts()
    assert list(store.figures.post_rows(words)) == []
