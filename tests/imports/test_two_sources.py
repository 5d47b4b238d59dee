"""The same posts from files of several kinds and from the network are one post each, and each source adds what it knows."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from collect.builders import NOW, TWEETS, X_ACCOUNT, rows, twitter, walked
from imports.desk import as_lines, as_zip
from imports.x_files import (
    CLIENT,
    ETAT,
    KARI,
    answering,
    archive,
    capture,
    flat,
    page,
    post,
    replying,
    status,
    twarc,
    tweet,
    user,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from collect.builders import Api
    from imports.desk import ImportDesk

ANSWER = "@kari_test 1. mai"
POSTS = [post("2", ANSWER, ETAT, **replying("1", KARI)), post("3", "Åpent i dag", ETAT)]


def as_exported(raw: dict[str, Any]) -> str:
    """What our own files have instead of a visitor's name."""
    return str(raw["text"]).replace(KARI.handle, KARI.pseudonym)


FILES: dict[str, tuple[str, bytes]] = {
    "archive": (
        "arkiv.zip",
        as_zip(archive(tweet("2", ANSWER, **answering("1", KARI)), tweet("3", "Åpent i dag"))),
    ),
    "pages": ("pages.jsonl", as_lines(page(*POSTS, **twarc()))),
    "flattened": (
        "flat.jsonl",
        as_lines(
            flat("2", ANSWER, ETAT, in_reply_to_user=user(KARI), **replying("1", KARI)),
            flat("3", "Åpent i dag", ETAT),
        ),
    ),
    "statuses": (
        "statuses.json",
        as_lines(status("2", ANSWER, ETAT, **answering("1", KARI)), status("3", "Åpent i dag", ETAT)),
    ),
    "captures": (
        "captures.ndjson",
        as_lines(
            capture("2", ANSWER, ETAT, legacy={"conversation_id_str": "1", **answering("1", KARI)}),
            capture("3", "Åpent i dag", ETAT),
        ),
    ),
    "our lines": (
        "posts.jsonl",
        as_lines(
            *(
                {
                    "network": "twitter",
                    "account": ETAT.handle,
                    "id": raw["id"],
                    "text": as_exported(raw),
                    "created_at": "2026-03-02T10:20:00Z",
                    "by_agency": True,
                    "thread": raw["conversation_id"],
                    **({"parent": "1", "kind": "comment"} if raw["id"] == "2" else {}),
                }
                for raw in POSTS
            )
        ),
    ),
}
WHOLE = [
    ("2", "1", "1", "comment", CLIENT, "everyone", "eksempeletat", 1),
    ("3", "3", None, "post", CLIENT, "everyone", "eksempeletat", 1),
]
COLUMNS = "native_id, thread, parent, kind, client, reply_setting, author, by_agency"


def laid(desk: ImportDesk, kind: str, at: datetime = NOW) -> Path:
    name, content = FILES[kind]
    return desk.file(content, name, modified_at=at)


@pytest.mark.parametrize(
    "order", list(itertools.permutations(["archive", "pages", "our lines"])), ids="-".join
)
@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "one by one"])
def test_each_post_is_one_and_has_what_each_file_tells(
    order: tuple[str, ...],
    at_once: bool,  # noqa: FBT001 - a row of a table
    x_desk: ImportDesk,
) -> None:
    files = [laid(x_desk, kind) for kind in order]
    for some in [files] if at_once else [[f] for f in files]:
        x_desk.take(*some)
    assert x_desk.posts(COLUMNS) == WHOLE


@pytest.mark.parametrize("order", list(itertools.permutations(["archive", "pages"])), ids="-".join)
def test_what_each_file_showed_can_be_walked_back_to_it(order: tuple[str, ...], x_desk: ImportDesk) -> None:
    x_desk.take(*(laid(x_desk, kind) for kind in order))
    seen = x_desk.store.execute(
        "select native_id, url from observation join post on post.id = post join page on page.id = page"
    ).fetchall()
    for native_id in ("2", "3"):
        urls = " ".join(url for n, url in seen if n == native_id)
        assert ("arkiv.zip/data/tweets.js" in urls, "pages.jsonl" in urls) == (True, True)


@pytest.mark.parametrize("kind", FILES)
def test_a_file_twice_changes_nothing(kind: str, x_desk: ImportDesk) -> None:
    x_desk.take(laid(x_desk, kind))
    before = x_desk.counted(), rows(x_desk.store)
    again = x_desk.take(laid(x_desk, kind))
    assert (again.added.new, again.added.changed) == (0, 0)
    assert (x_desk.counted(), rows(x_desk.store)) == before


def test_all_files_twice_change_nothing(x_desk: ImportDesk) -> None:
    files = [laid(x_desk, kind) for kind in FILES]
    x_desk.take(*files)
    before = x_desk.counted(), x_desk.posts("*")
    again = x_desk.take(*files)
    assert (again.added.new, again.added.changed) == (0, 0)
    assert (x_desk.counted(), x_desk.posts("*")) == before


@pytest.mark.parametrize("order", [1, -1], ids=["answer first", "question first"])
def test_an_answer_and_its_question_share_a_thread_whichever_file_tells_it(
    order: int, x_desk: ImportDesk
) -> None:
    """An archive knows what a reply is to, and not to which conversation that belongs."""
    own = x_desk.file(as_zip(archive(tweet("4", ANSWER, **answering("3", KARI)))), "arkiv.zip")
    question = post("3", "@eksempeletat Og nå?", KARI, **replying("2", KARI, thread="1"))
    asked = x_desk.file(as_lines(page(question)), "asked.jsonl")
    for file in (own, asked)[::order]:
        x_desk.take(file)
    assert x_desk.posts("native_id", "thread", "parent") == [("3", "1", "2"), ("4", "1", "3")]


def collected(desk: ImportDesk, api: Api) -> None:
    """Read the same posts from the network."""
    api.on(TWEETS, page(*POSTS))
    walked(desk.store, twitter(), X_ACCOUNT)


def imported(desk: ImportDesk, _: Api) -> None:
    desk.take(laid(desk, "archive", datetime(2026, 3, 1, tzinfo=UTC)))


@pytest.mark.parametrize(
    "steps", [(collected, imported), (imported, collected)], ids=["network first", "file first"]
)
def test_the_network_and_an_archive_meet_in_the_same_rows(
    steps: tuple[Callable[..., None], ...], api: Api, x_desk: ImportDesk
) -> None:
    for step in steps:
        step(x_desk, api)
    assert x_desk.posts(COLUMNS) == WHOLE
    assert x_desk.posts("counts") == [('{"like":2,"reply":1,"share":3}',)] * 2


@pytest.mark.parametrize("kind", FILES)
def test_the_network_after_any_file_leaves_one_post_each(kind: str, api: Api, x_desk: ImportDesk) -> None:
    x_desk.take(laid(x_desk, kind))
    collected(x_desk, api)
    assert [n for (n,) in x_desk.posts("native_id")] == ["2", "3"]
    assert x_desk.posts("reply_setting") == [("everyone",)] * 2


@pytest.mark.parametrize("kind", FILES)
def test_a_file_does_not_take_the_place_of_the_networks_bookmark(
    kind: str, api: Api, x_desk: ImportDesk
) -> None:
    collected(x_desk, api)
    kept = x_desk.store.execute("select * from bookmark where stream = 'timeline'").fetchall()
    x_desk.take(laid(x_desk, kind))
    assert x_desk.store.execute("select * from bookmark where stream = 'timeline'").fetchall() == kept != []
