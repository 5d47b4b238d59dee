"""What was there and is not met again when its span is read anew, is gone: its text goes, a tombstone stays."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from small_database import MONDAY, NOW, account, new_store, page, rows, save
from soma_audit.classify.rule import own, visitor
from soma_audit.model import Stream, Verdict
from soma_audit.store import walked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from soma_audit.model import Post
    from soma_audit.store import Store

REVISIT = timedelta(days=14)
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
    **more: Any,
) -> None:
    """Read a stream anew to its end, and find these posts on it."""
    number = store.execute("select count(*) + 1 from run").fetchone()[0]
    store.execute(
        "insert into run (stage, version, config_hash, started_at) values ('collect', '1', 'x', 'x')"
    )
    where = account(store, "facebook")
    store.add_page(number, where, page(f"{number}", stream=stream, reread=True, **more), posts, newest=newest)
    store.finish_walk(number, where, stream, newest, NOW, revisit=REVISIT)
    store.index_texts()


def texts(store: Store) -> dict[str, str | None]:
    return dict(store.execute("select native_id, text from current_post").fetchall())


def test_a_post_that_is_not_shown_again_is_gone(store: Store) -> None:
    walk(store, *POSTS)
    walk(store, POSTS[0], POSTS[2])
    assert texts(store) == {"1": "Første", "2": None, "3": "Tredje"}


def test_its_text_is_in_no_look_and_not_in_the_index(store: Store) -> None:
    walk(store, *POSTS)
    walk(store, POSTS[0], POSTS[2])
    assert rows(store, "select count(*) from observation where text = 'Andre'") == [0]
    assert list(store.post_rows("Andre")) == []


def test_a_look_without_text_says_when_it_was_missed(store: Store) -> None:
    walk(store, *POSTS)
    walk(store, POSTS[0], POSTS[2])
    found = "select url from observation join page on page.id = observation.page where text is null order by page.id"
    assert rows(store, found)[-1].startswith("walk:timeline#")


def test_read_again_and_again_it_is_gone_once(store: Store) -> None:
    for _ in range(3):
        walk(store, *POSTS[:2] if store.span()[2] else POSTS)
    assert rows(store, "select count(*) from observation") == [4]


def test_one_that_comes_back_has_its_text_again(store: Store) -> None:
    walk(store, *POSTS)
    walk(store, POSTS[0])
    walk(store, *POSTS)
    assert texts(store)["2"] == "Andre"


def test_what_lies_before_the_span_is_not_missed(store: Store) -> None:
    old = own("Gammel", 9, at=-60 * 24 * 20)
    walk(store, *POSTS, old)
    walk(store, *POSTS)
    assert texts(store)["9"] == "Gammel"


def test_an_answer_without_any_post_proves_nothing(store: Store) -> None:
    walk(store, *POSTS)
    walk(store)
    assert None not in texts(store).values()


def test_beyond_what_the_network_shows_nothing_is_called_gone(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walked, "FEED_CAP", 2)
    walk(store, *POSTS)
    walk(store, POSTS[0], POSTS[2])
    assert None not in texts(store).values()
    assert rows(store, "select reason from open_gap") == ["cap"]


def test_a_walk_that_was_cut_off_and_went_on_misses_the_same(store: Store) -> None:
    walk(store, *POSTS)
    where = account(store, "facebook")
    store.add_page(1, where, page("a", reread=True, resume="b"), [POSTS[2]], newest="x")
    walk(store, POSTS[0])
    assert texts(store) == {"1": "Første", "2": None, "3": "Tredje"}


def test_the_agency_s_own_posts_are_missed_on_its_timeline_only(store: Store) -> None:
    asked = visitor("Hvem svarer her?", 5)
    walk(store, *POSTS)
    walk(store, asked, stream=Stream.VISITOR_POSTS)
    walk(store, visitor("Hei", 6), stream=Stream.VISITOR_POSTS)
    assert texts(store) == {"1": "Første", "2": "Andre", "3": "Tredje", "5": None, "6": "Hei"}


@pytest.mark.parametrize(("counted", "left"), [(1, None), (2, "Andre svar")])
def test_a_comment_is_missed_only_where_all_that_are_counted_were_shown(
    store: Store, counted: int, left: str | None
) -> None:
    top = own("Nytt møte", 1, counts={"reply": counted})
    first, second = visitor("Første svar", 2, under=1), visitor("Andre svar", 3, under=1)
    walk(store, top, first, second)
    walk(store, first, stream=Stream.COMMENTS)
    assert texts(store)["3"] == left


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
    walk(store, visitor("Hei", 7), stream=Stream.VISITOR_POSTS)
    span = (MONDAY - timedelta(days=1), NOW)
    assert [row["answer"] for row in store.question_rows(*span)] == ["answered"]
    assert store.waiting_rows(*span, 9) == []


def test_its_words_are_not_in_the_file_either(store: Store) -> None:
    walk(store, *POSTS, own("Sjeldenord", 4, at=180))
    walk(store, *POSTS)
    store.execute("pragma wal_checkpoint(truncate)")
    assert b"jeldenord" not in store.path.read_bytes()


def test_a_look_that_is_made_anew_leaves_nothing_in_the_index(store: Store) -> None:
    first, other = own("Sjeldenord", 1), own("Noe annet", 1)
    for post, on in ((first, "a"), (other, "b"), (first, "a"), (other, "b")):
        store.add_page(1, account(store, "facebook"), page(on, stream=Stream.TIMELINE), [post])
        store.index_texts()
    indexed = rows(store, "select count(*) from observation_fts where observation_fts match 'sjeldenord'")
    assert indexed == rows(store, "select count(*) from observation where text = 'Sjeldenord'") == [1]
