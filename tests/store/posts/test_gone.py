"""What is not met again on two nights when its span is read anew, is gone: its text goes, a tombstone stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from small_database import MONDAY, NOW, account, new_store, page, rows, save
from soma_audit.classify.rule import own, visitor
from soma_audit.model import Finding, Notices, Stream, TokenKind, Verdict
from soma_audit.networks import NETWORKS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from soma_audit.model import Post
    from soma_audit.store import Store

SPAN = MONDAY - timedelta(days=14)
"""When the span begins that is read anew."""
POSTS = [own("Første", 1), own("Andre", 2, at=60), own("Tredje", 3, at=120)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path) as made:
        yield made


def walk(
    store: Store,
    *posts: Post,
    stream: Stream = Stream.TIMELINE,
    newest: str = "2026-03-02T12:00:00Z",
    hours: float | None = None,
    **more: Any,
) -> None:
    """Read a stream anew to its end, and find these posts on it; one night after the other, or so many hours from `NOW`."""
    number = store.execute("select count(*) + 1 from run").fetchone()[0]
    store.execute(
        "insert into run (stage, version, config_hash, started_at) values ('collect', '1', 'x', 'x')"
    )
    where, now = account(store, "facebook"), NOW + timedelta(hours=24 * number if hours is None else hours)
    token = more.get("token_kind")
    settings = {"reread_from": SPAN, "reread": True, "fetched_at": now, **more}
    store.posts.add_page(number, where, page(f"{number}", stream=stream, **settings), posts, newest=newest)
    store.walks.finish_walk(number, where, stream, newest, now, token=token)
    store.posts.index_texts()


def twice(store: Store, *posts: Post, **more: Any) -> None:
    """The same on two nights."""
    for _ in range(2):
        walk(store, *posts, **more)


def texts(store: Store) -> dict[str, str | None]:
    return dict(store.execute("select native_id, text from current_post").fetchall())


def test_a_post_that_is_not_shown_on_two_nights_is_gone(store: Store) -> None:
    walk(store, *POSTS)
    walk(store, POSTS[0], POSTS[2])
    assert texts(store) == {"1": "Første", "2": "Andre", "3": "Tredje"}
    walk(store, POSTS[0], POSTS[2])
    assert texts(store) == {"1": "Første", "2": None, "3": "Tredje"}
    assert rows(store, "select count(*) from missing") == [0]


@pytest.mark.parametrize(("hours", "left"), [(19.5, "Andre"), (20, None)])
def test_two_looks_within_a_few_hours_are_one(store: Store, hours: float, left: str | None) -> None:
    walk(store, *POSTS, hours=-24)
    for when in (0, hours):
        walk(store, POSTS[0], POSTS[2], hours=when)
    assert texts(store)["2"] == left


def test_one_that_is_shown_in_between_is_not_gone(store: Store) -> None:
    for shown in (POSTS, POSTS[:1], POSTS, POSTS[:1]):
        walk(store, *shown)
    assert None not in texts(store).values()


def test_its_text_is_in_no_look_and_not_in_the_index(store: Store) -> None:
    walk(store, *POSTS)
    twice(store, POSTS[0], POSTS[2])
    assert rows(store, "select count(*) from observation where text = 'Andre'") == [0]
    assert list(store.figures.post_rows("Andre")) == []


def test_a_look_without_text_says_when_it_was_missed(store: Store) -> None:
    walk(store, *POSTS)
    twice(store, POSTS[0], POSTS[2])
    found = "select url from observation join page on page.id = observation.page where text is null order by page.id"
    assert rows(store, found)[-1].startswith("walk:timeline#")


def test_read_again_and_again_it_is_gone_once(store: Store) -> None:
    walk(store, *POSTS)
    for _ in range(4):
        walk(store, *POSTS[:2])
    assert rows(store, "select count(*) from observation") == [4]


def test_one_that_comes_back_has_its_text_again(store: Store) -> None:
    walk(store, *POSTS)
    twice(store, POSTS[0])
    assert texts(store)["2"] is None
    walk(store, *POSTS)
    assert texts(store)["2"] == "Andre"


def test_what_lies_before_the_span_is_not_missed(store: Store) -> None:
    old = own("Gammel", 9, at=-60 * 24 * 20)
    walk(store, *POSTS, old)
    twice(store, *POSTS)
    assert texts(store)["9"] == "Gammel"


def test_the_next_span_begins_early_enough_to_hold_what_is_missing(store: Store) -> None:
    where, later = account(store, "facebook"), NOW + timedelta(days=9)
    walk(store, *POSTS)
    walk(store, *POSTS[1:])
    since = [
        store.walks.since(where, Stream.TIMELINE, now=now, revisit=timedelta(0)).missing_from
        for now in (NOW, later + timedelta(days=7))
    ]
    assert since == [POSTS[0].created_at, None]


def test_an_answer_without_any_post_proves_nothing(store: Store) -> None:
    walk(store, *POSTS)
    twice(store)
    assert None not in texts(store).values()


def test_beyond_what_the_network_shows_nothing_is_called_gone(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(NETWORKS, "facebook", replace(NETWORKS["facebook"], shown_a_year=2))
    walk(store, *POSTS)
    twice(store, POSTS[0], POSTS[2])
    assert None not in texts(store).values()
    assert rows(store, "select reason from open_gap") == ["cap"]


def test_a_walk_that_was_cut_off_and_went_on_misses_the_same(store: Store) -> None:
    walk(store, *POSTS)
    where = account(store, "facebook")
    for hours in (100, 124):
        first = page(
            f"a{hours}", reread=True, reread_from=SPAN, resume="b", fetched_at=NOW + timedelta(hours=hours)
        )
        store.posts.add_page(1, where, first, [POSTS[2]], newest="x")
        walk(store, POSTS[0], hours=hours)
    assert texts(store) == {"1": "Første", "2": None, "3": "Tredje"}


@pytest.mark.parametrize(
    ("before", "now", "left"),
    [
        ("page", "page", None),
        ("system user", "system user", None),
        ("unknown", "page", None),
        ("page", "system user", "Andre"),
        ("system user", "user", "Andre"),
        ("page", "another page", "Andre"),
    ],
)
def test_a_token_to_which_less_may_be_shown_misses_nothing(
    store: Store, before: str, now: str, left: str | None
) -> None:
    walk(store, *POSTS, token_kind=TokenKind(before))
    twice(store, POSTS[0], POSTS[2], token_kind=TokenKind(now))
    assert texts(store)["2"] == left


def test_the_agency_s_own_posts_are_missed_on_its_timeline_only(store: Store) -> None:
    asked = visitor("Hvem svarer her?", 5)
    walk(store, *POSTS)
    walk(store, asked, stream=Stream.VISITOR_POSTS)
    twice(store, visitor("Hei", 6), stream=Stream.VISITOR_POSTS)
    assert texts(store) == {"1": "Første", "2": "Andre", "3": "Tredje", "5": None, "6": "Hei"}


def test_a_post_met_on_another_stream_first_is_missed_once_it_has_been_met_here(store: Store) -> None:
    walk(store, *POSTS, stream=Stream.VISITOR_POSTS)
    walk(store, *POSTS)  # brings nothing new
    twice(store, *POSTS[1:])
    assert texts(store)["1"] is None


# --- what hangs on it ---------------------------------------------------------------------------------------------


TOP = own("Nytt møte", 1)
FIRST, SECOND = visitor("Første svar", 2, under=1), visitor("Andre svar", 3, under=1)


def whole(*threads: str) -> dict[str, Any]:
    """A page that shows all comments under these posts."""
    return {"notices": Notices(read_threads=threads, whole_threads=threads)}


@pytest.mark.parametrize("stream", [Stream.TIMELINE, Stream.COMMENTS])
def test_a_comment_is_missed_where_all_of_its_thread_was_shown(store: Store, stream: Stream) -> None:
    walk(store, TOP, FIRST, SECOND)
    shown = [TOP, FIRST] if stream is Stream.TIMELINE else [FIRST]
    walk(store, *shown, stream=stream, **whole("1"))
    assert texts(store)["3"] == "Andre svar"
    walk(store, *shown, stream=stream, **whole("1"))
    assert texts(store) == {"1": "Nytt møte", "2": "Første svar", "3": None}


def test_a_comment_is_not_missed_where_only_some_were_shown(store: Store) -> None:
    walk(store, TOP, FIRST, SECOND)
    twice(store, FIRST, stream=Stream.COMMENTS, notices=Notices(read_threads=("1",)))
    assert None not in texts(store).values()


def test_a_comment_shown_on_an_earlier_page_of_the_thread_is_not_missed(store: Store) -> None:
    walk(store, TOP, FIRST, SECOND)
    where = account(store, "facebook")
    for hours in (100, 124):
        first = page(f"a{hours}", stream=Stream.COMMENTS, reread=True, resume="b")
        store.posts.add_page(1, where, first, [FIRST], newest="x")
        walk(store, SECOND, stream=Stream.COMMENTS, hours=hours, **whole("1"))
    assert None not in texts(store).values()


def test_the_last_comment_can_be_missed_too(store: Store) -> None:
    walk(store, TOP, FIRST)
    twice(store, TOP, **whole("1"))
    assert texts(store) == {"1": "Nytt møte", "2": None}


def test_with_a_post_goes_all_that_hangs_on_it(store: Store) -> None:
    reply = visitor("Svar på svar", 4, under=3, thread="1")
    walk(store, TOP, FIRST, SECOND, reply, *POSTS[1:])
    other = own("Noe annet", 8)
    twice(store, other)
    assert texts(store) == {"8": "Noe annet", **dict.fromkeys("1234")}


def test_with_a_comment_go_the_replies_to_it(store: Store) -> None:
    reply = visitor("Svar på svar", 4, under=3, thread="1")
    walk(store, TOP, FIRST, SECOND, reply)
    twice(store, TOP, FIRST, **whole("1"))
    assert texts(store) == {"1": "Nytt møte", "2": "Første svar", "3": None, "4": None}


def test_comments_left_under_a_post_that_has_long_been_gone_go_too(store: Store) -> None:
    others = [own("Noe annet", 8), own("Mer", 9)]
    walk(store, TOP, FIRST, *others)
    top, where = rows(store, "select id from post where native_id = '1'"), account(store, "facebook")
    with store.transaction():  # as an earlier version did it
        store.posts._write_gone(top, store.posts.page_row(1, where.id, page("x")))
    walk(store, *others)
    assert texts(store)["2"] is None


def test_on_x_the_replies_to_a_deleted_post_stay(store: Store) -> None:
    where = account(store, "twitter")
    store.posts.add_page(1, where, page("1"), [TOP, FIRST])
    for hours in (0, 24):
        look = page("2", stream=Stream.LOOK_UP, fetched_at=NOW + timedelta(hours=hours))
        with store.transaction():
            store.posts.note_missing(1, where, rows(store, "select id from post where native_id = '1'"), look)
    assert texts(store) == {"1": None, "2": "Første svar"}


# --- what the public cannot see -----------------------------------------------------------------------------------


def unpublished(*posts: str) -> dict[str, Any]:
    return {"notices": Notices(unpublished=posts)}


def test_a_stored_draft_is_taken_out_with_all_that_is_kept_of_it(store: Store) -> None:
    draft = own("Utkast: sjeldenord", 5)
    walk(store, POSTS[0], draft, stream=Stream.VISITOR_POSTS, body=b"sjeldenord")
    save(store, {"autogenerated": [Verdict("5", "manual")]}, network="facebook")
    walk(store, POSTS[0], stream=Stream.VISITOR_POSTS, **unpublished("5"))
    assert texts(store) == {"1": "Første"}
    assert rows(store, "select count(*) from verdict") == [0]
    assert list(store.figures.post_rows("sjeldenord")) == []
    store.execute("pragma wal_checkpoint(truncate)")
    assert b"jeldenord" not in store.path.read_bytes()


def test_a_post_that_was_public_once_is_not_taken_out(store: Store) -> None:
    walk(store, *POSTS)
    walk(store, *POSTS[1:], stream=Stream.VISITOR_POSTS, **unpublished("1"))
    assert texts(store)["1"] == "Første"


def test_a_published_draft_is_a_post(store: Store) -> None:
    draft = own("Endelig ute", 5)
    walk(store, draft, stream=Stream.VISITOR_POSTS)
    walk(store, stream=Stream.VISITOR_POSTS, **unpublished("5"))
    walk(store, draft)
    assert texts(store) == {"5": "Endelig ute"}


def test_what_the_network_withholds_is_forgotten_at_once(store: Store) -> None:
    walk(store, *POSTS)
    walk(store, replace(POSTS[0], text=None), *POSTS[1:], notices=Notices(withheld=("1",)))
    assert texts(store)["1"] is None
    assert rows(store, "select count(*) from observation where text = 'Første'") == [0]


def test_a_question_taken_down_before_it_was_answered_no_longer_waits(store: Store) -> None:
    asked, answered = visitor("Når åpner det?", 5), visitor("Når stenger det?", 6)
    walk(store, asked, answered, stream=Stream.VISITOR_POSTS)
    labels = {"5": "unanswered", "6": "answered"}
    questions = [Verdict(i, "question", {"form": True, "score": 0.9}) for i in labels]
    save(
        store,
        {"question": questions, "answer": [Verdict(i, a) for i, a in labels.items()]},
        network="facebook",
    )
    twice(store, visitor("Hei", 7), stream=Stream.VISITOR_POSTS)
    span = (MONDAY - timedelta(days=1), NOW)
    assert [row.answer for row in store.figures.question_rows(*span)] == ["answered"]
    assert store.figures.waiting_rows(*span, 9) == []


def test_its_words_are_not_in_the_file_either(store: Store) -> None:
    walk(store, *POSTS, own("Sjeldenord", 4, at=180))
    twice(store, *POSTS)
    store.execute("pragma wal_checkpoint(truncate)")
    assert b"jeldenord" not in store.path.read_bytes()


def test_a_look_that_is_made_anew_leaves_nothing_in_the_index(store: Store) -> None:
    first, other = own("Sjeldenord", 1), own("Noe annet", 1)
    for post, on in ((first, "a"), (other, "b"), (first, "a"), (other, "b")):
        store.posts.add_page(1, account(store, "facebook"), page(on, stream=Stream.TIMELINE), [post])
        store.posts.index_texts()
    indexed = rows(store, "select count(*) from observation_fts where observation_fts match 'sjeldenord'")
    assert indexed == rows(store, "select count(*) from observation where text = 'Sjeldenord'") == [1]


def test_what_a_verdict_on_the_account_quotes_of_it_is_gone_too(store: Store) -> None:
    walk(store, *POSTS)
    for label in ("active", "closed_with_notice"):  # also in a verdict that is no longer in force
        said = (Finding("LIF019", 1.0, {"post": "2", "quote": "Andre", "day": "2026-03-02"}),)
        kept = (Finding("LIF018", 1.0, {"post": "1", "quote": "Første"}),)
        save(store, {"life": [Verdict(None, label, {}, (*said, *kept))]}, network="facebook")
    twice(store, POSTS[0], POSTS[2])
    quoted = rows(store, "select distinct rule, json_extract(evidence, '$.quote') from finding order by rule")
    assert quoted == [("LIF018", "Første"), ("LIF019", "…")]
