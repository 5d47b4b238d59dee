"""Words of X that something is gone: its text goes from the database, and no file brings it back."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

from imports.desk import as_lines
from imports.x_files import ETAT, KARI, OLA, capture, flat, page, post, status
from soma_audit.errors import Exit

if TYPE_CHECKING:
    from imports.desk import ImportDesk

SECRET = "Hemmelighetsordet"
POSTS = [
    post("1", f"@eksempeletat {SECRET}", KARI),
    post("2", "@eksempeletat noe annet", KARI),
    post("3", "@eksempeletat Olas ord", OLA),
    post("4", "Etatens egne ord", ETAT),
]


def result_of(native_id: object, reason: str = "deleted", **more: Any) -> dict[str, Any]:
    own = {"id": native_id, "action": "delete", "created_at": "2026-03-01T00:00:00.000Z", "reason": reason}
    return {**own, "redacted_at": "2026-03-01T00:00:00.000Z", **more}


def with_text(desk: ImportDesk) -> list[str]:
    return [n for (n,) in desk.posts("iif(text is null, '', native_id)") if n]


@pytest.mark.parametrize("reason", ["deleted", "protected", "suspended", "deactivated", "something new"])
def test_a_posts_text_is_dropped(reason: str, x_desk: ImportDesk) -> None:
    x_desk.lines(page(*POSTS))
    result = x_desk.lines(result_of("1", reason))
    assert (with_text(x_desk), result.added.gone, result.bad) == (["2", "3", "4"], 1, 0)


def test_a_persons_every_text_is_dropped(x_desk: ImportDesk) -> None:
    x_desk.lines(page(*POSTS))
    assert x_desk.lines(result_of(KARI.id, "suspended")).added.gone == 2
    assert with_text(x_desk) == ["3", "4"]


def test_an_agencys_every_text_is_dropped_too(x_desk: ImportDesk) -> None:
    x_desk.lines(page(*POSTS))
    assert x_desk.lines(result_of(ETAT.id, "deactivated")).added.gone == 1
    assert with_text(x_desk) == ["1", "2", "3"]


def test_places_alone_ask_for_no_text(x_desk: ImportDesk) -> None:
    x_desk.lines(page(*POSTS))
    assert x_desk.lines(result_of("1", "scrub_geo")).added.gone == 0
    assert with_text(x_desk) == ["1", "2", "3", "4"]


@pytest.mark.parametrize("at_once", [True, False], ids=["in one import", "in two"])
def test_the_words_are_gone_from_the_files_bytes_and_from_the_index(
    at_once: bool,  # noqa: FBT001 - a row of a table
    x_desk: ImportDesk,
) -> None:
    posts = x_desk.file(as_lines(page(*POSTS)), "posts.jsonl")
    gone = x_desk.file(as_lines(result_of("1")), "gone.jsonl")
    for files in [[posts, gone]] if at_once else [[posts], [gone]]:
        x_desk.take(*files)
    found = "select count(*) from observation_fts where observation_fts match ?"
    assert x_desk.store.execute(found, (SECRET,)).fetchone() == (0,)
    assert x_desk.store.execute(found, ("annet",)).fetchone() == (1,)
    x_desk.store.close()
    assert SECRET.encode().lower() not in x_desk.bytes().lower()


def test_it_is_read_last_whatever_the_order(x_desk: ImportDesk) -> None:
    files = [
        x_desk.file(as_lines(result_of("1"), result_of(OLA.id)), "gone.jsonl"),
        x_desk.file(as_lines(page(*POSTS)), "posts.jsonl"),
    ]
    assert x_desk.take(*files).added.gone == 2
    assert with_text(x_desk) == ["2", "4"]


COPIES = {
    "a page": as_lines(page(*POSTS)),
    "flattened": as_lines(flat("1", f"@eksempeletat {SECRET}", KARI)),
    "a status": as_lines(status("1", f"@eksempeletat {SECRET}", KARI)),
    "a capture": as_lines(capture("1", f"@eksempeletat {SECRET}", KARI)),
    "an export": as_lines(
        {
            "network": "twitter",
            "account": ETAT.handle,
            "id": "1",
            "created_at": "2026-03-02T10:20:00Z",
            "text": SECRET,
            "by_agency": False,
        }
    ),
}


@pytest.mark.parametrize("copy", COPIES.values(), ids=COPIES)
def test_no_file_brings_a_text_back(copy: bytes, x_desk: ImportDesk) -> None:
    x_desk.lines(page(*POSTS))
    x_desk.lines(result_of("1"))
    x_desk.take(x_desk.file(copy, "copy.jsonl"))
    assert "1" not in with_text(x_desk)
    x_desk.store.close()
    assert SECRET.encode().lower() not in x_desk.bytes().lower()


@pytest.mark.parametrize("native_id", [None, "", "x", [], {}, 1.5])
def test_a_result_about_nothing_is_named_and_the_others_count(native_id: object, x_desk: ImportDesk) -> None:
    x_desk.lines(page(*POSTS))
    result = x_desk.lines(result_of("2"), result_of(native_id), result_of("1"))
    assert ([line for _, line, _ in result.bad_lines], result.added.gone) == ([2], 2)
    assert x_desk.outcome == Exit.PARTIAL


def test_what_is_not_held_is_no_damage(x_desk: ImportDesk) -> None:
    result = x_desk.lines(result_of("999"), result_of(998))
    assert (result.added.gone, result.bad, result.lines) == (0, 0, 2)


def test_results_twice_are_the_same_as_once(x_desk: ImportDesk) -> None:
    x_desk.lines(page(*POSTS))
    x_desk.lines(result_of("1"))
    before = x_desk.counted()
    assert (x_desk.lines(result_of("1")).added.gone, x_desk.counted()) == (0, before)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_end_is_the_same_in_any_order_of_files(order: tuple[int, ...], x_desk: ImportDesk) -> None:
    files = [
        x_desk.file(as_lines(page(*POSTS)), "a.jsonl"),
        x_desk.file(as_lines(capture("1", f"@eksempeletat {SECRET}", KARI)), "b.jsonl"),
        x_desk.file(as_lines(result_of("1")), "c.jsonl"),
    ]
    x_desk.take(*(files[i] for i in order))
    assert with_text(x_desk) == ["2", "3", "4"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("about", ["1", KARI.id], ids=["a post", "a person"])
def test_and_in_any_order_of_imports(order: tuple[int, ...], about: str, x_desk: ImportDesk) -> None:
    files = [
        x_desk.file(as_lines(page(*POSTS)), "a.jsonl"),
        x_desk.file(as_lines(capture("1", f"@eksempeletat {SECRET}", KARI)), "b.jsonl"),
        x_desk.file(as_lines(result_of(about)), "c.jsonl"),
    ]
    for i in order:
        x_desk.take(files[i])
    assert "1" not in with_text(x_desk)
    x_desk.store.close()
    assert SECRET.encode().lower() not in x_desk.bytes().lower()


def test_an_agency_s_own_archive_is_taken_in_whatever_was_said_of_its_account(x_desk: ImportDesk) -> None:
    x_desk.lines(result_of(ETAT.id, "suspended"))
    x_desk.lines(page(*POSTS))
    own = x_desk.store.execute("select count(*) from current_post where by_agency = 1 and text is not null")
    assert own.fetchone()[0] > 0
