"""X archives of 2012 to 2018: a script of posts a month, and all of them as a table."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from collect.builders import X_ACCOUNT
from imports.desk import ImportDesk, as_table, as_zip
from imports.x_files import ETAT, KARI, NABO, Person, answering, archive, leaked, status, tweet
from soma_audit.errors import InvalidInputError
from soma_audit.imports.formats.twitter_status import PROTECTED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from soma_audit.imports import Imported

WRITTEN = "2013-05-17 15:01:02 +0000"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ImportDesk]:
    with ImportDesk(tmp_path) as made:
        yield made


def post(native_id: str, text: str, **more: Any) -> dict[str, Any]:
    """A post as the scripts have it: its text is called `text`, its time has a space before the zone."""
    return status(native_id, text, ETAT, **{"full_text": ..., "text": text, "created_at": WRITTEN, **more})


def month(*posts: object, name: str = "2013_05") -> bytes:
    return f"Grailbird.data.tweets_{name} = \n{json.dumps(posts, indent=1)}".encode()


def beside(posts: int = 1, who: Person = ETAT) -> dict[str, bytes]:
    """Whose archive it is, with what else stands there, and what it says that it holds."""
    own = {
        "screen_name": who.handle,
        "id": who.id,
        "full_name": who.name,
        "location": "Oslo",
        "bio": "Hei",
    }
    payload = {"tweets": posts, "created_at": "2013-05-18 09:00:00 +0000", "lang": "no"}
    return {
        "data/js/user_details.js": f"var user_details =  {json.dumps(own)}".encode(),
        "data/js/payload_details.js": f"var payload_details =  {json.dumps(payload)}".encode(),
    }


def row(native_id: str = "335414541234567890", **more: str) -> dict[str, str]:
    told = {
        "tweet_id": native_id,
        "in_reply_to_status_id": "",
        "in_reply_to_user_id": "",
        "timestamp": WRITTEN,
        "source": '<a href="http://example.com" rel="nofollow">Hypothetical Scheduler</a>',
        "text": "Fristen er 1. mai. http://t.co/abc",
        "retweeted_status_id": "",
        "retweeted_status_user_id": "",
        "retweeted_status_timestamp": "",
        "expanded_urls": "https://www.eksempeletat.no/frist",
    }
    return {**told, **more}


def take(desk: ImportDesk, members: dict[str, bytes], **how: Any) -> Imported:
    return desk.take(desk.file(as_zip(members), "arkiv.zip"), **how)


@pytest.mark.parametrize("folder", ["", "eksempeletat_tweets/", "min mappe/arkiv/"])
@pytest.mark.parametrize("as_folder", [False, True])
def test_an_archive_is_read_whole(folder: str, as_folder: bool, desk: ImportDesk) -> None:  # noqa: FBT001
    posts = month(post("335414541234567890", "Fristen er 1. mai."), post("335414541234567891", "Og en til."))
    members = {"data/js/tweets/2013_05.js": posts, "tweets.csv": as_table(row()), **beside(2)}
    if as_folder:
        for name, content in members.items():
            desk.file(content, f"arkiv/{folder}{name}")
        result = desk.take(desk.folder / "arkiv")
    else:
        result = take(desk, {f"{folder}{name}": content for name, content in members.items()})
    assert desk.posts("native_id, text, by_agency, author, created_at, client") == [
        (number, text, 1, ETAT.handle, "2013-05-17T15:01:02Z", "Twitter Web App")
        for number, text in (
            ("335414541234567890", "Fristen er 1. mai."),
            ("335414541234567891", "Og en til."),
        )
    ]
    assert (result.bad, result.summaries[0].format, result.summaries[0].warnings) == (
        0,
        "twitter-archive-2012",
        [],
    )
    assert desk.store.execute("select distinct fetched_at from page").fetchall() == [
        ("2013-05-18T09:00:00Z",)
    ]


@pytest.mark.parametrize(
    ("more", "kept"),
    [
        ({"created_at": "Fri May 17 15:01:02 +0000 2013"}, {"created_at": "2013-05-17T15:01:02Z"}),
        ({"source": "web"}, {"client": "web"}),
        ({"source": "<a>Tweet &amp; Button</a>"}, {"client": "Tweet & Button"}),
        ({"retweeted_status": status("1", "Hei", KARI)}, {"kind": "share"}),
        (answering("335414541234567001", KARI), {"kind": "comment", "parent": "335414541234567001"}),
    ],
)
def test_a_post_is_read_as_it_was_written_then(
    more: dict[str, Any], kept: dict[str, str], desk: ImportDesk
) -> None:
    one = post("335414541234567890", "Hei @kari_test", **more)
    take(desk, {"data/js/tweets/2013_05.js": month(one), **beside()})
    assert {column: desk.one(column) for column in kept} == kept
    assert leaked(desk.bytes()) == []


@pytest.mark.parametrize("native_id", ["20", "1234567890", "2147483648", "29700859246"])
def test_posts_from_before_ids_told_their_time_come_in(native_id: str, desk: ImportDesk) -> None:
    old = post(native_id, "Vi er på Twitter!", created_at="2009-03-02 08:00:00 +0000")
    take(desk, {"data/js/tweets/2009_03.js": month(old, name="2009_03"), **beside()})
    assert desk.posts("native_id", "created_at") == [(native_id, "2009-03-02T08:00:00Z")]


@pytest.mark.parametrize("name", ["tweets.csv", "data/csv/2013_05.csv"])
def test_where_there_are_no_months_the_table_is_read(name: str, desk: ImportDesk) -> None:
    passed_on = row(
        "335414541234567891", text="RT @kari_test: Hei", retweeted_status_id="7", expanded_urls=""
    )
    table = as_table(row(in_reply_to_status_id="335414541234567001"), passed_on)
    take(desk, {name: table, **beside(2)})
    assert desk.posts("native_id", "text", "kind", "parent", "client", "created_at") == [
        (
            *("335414541234567890", "Fristen er 1. mai. https://www.eksempeletat.no/frist", "comment"),
            *("335414541234567001", "Hypothetical Scheduler", "2013-05-17T15:01:02Z"),
        ),
        (
            *("335414541234567891", desk.posts("text")[1][0], "share", None),
            *("Hypothetical Scheduler", "2013-05-17T15:01:02Z"),
        ),
    ]
    assert leaked(desk.bytes()) == []


@pytest.mark.parametrize(
    ("text", "addresses", "kept"),
    [
        ("Se http://t.co/abc nå", "https://a.example/1", "Se https://a.example/1 nå"),
        ("Se http://t.co/abc nå", "https://a.example/1,https://a.example/1", "Se https://a.example/1 nå"),
        (
            "http://t.co/a http://t.co/b",
            "https://a.example/1,https://a.example/1",
            "https://a.example/1 https://a.example/1",
        ),
        ("Se http://t.co/abc nå", "https://a.example/1,https://a.example/2", "Se http://t.co/abc nå"),
        ("Se http://t.co/abc nå", "", "Se http://t.co/abc nå"),
    ],
)
def test_short_links_of_the_table_are_written_out_where_it_is_clear_which_is_which(
    text: str, addresses: str, kept: str, desk: ImportDesk
) -> None:
    take(desk, {"tweets.csv": as_table(row(text=text, expanded_urls=addresses)), **beside()})
    assert desk.posts("text") == [(kept,)]


@pytest.mark.parametrize("name", ["input", "tweets.csv.gz", "tweets.txt", "TWEETS.CSV"])
def test_a_table_alone_may_be_called_anything(name: str, desk: ImportDesk) -> None:
    content = as_table(row())
    file = desk.file(gzip.compress(content) if name.endswith(".gz") else content, name)
    assert desk.take(file, named=[("twitter", X_ACCOUNT.handle)]).bad == 0
    assert desk.posts("native_id") == [("335414541234567890",)]


def test_a_table_alone_needs_to_be_told_whose_it_is(desk: ImportDesk) -> None:
    file = desk.file(as_table(row()), "tweets.csv")
    with pytest.raises(InvalidInputError, match="--account twitter/HANDLE"):
        desk.take(file)
    desk.take(file, named=[("twitter", X_ACCOUNT.handle)])
    assert desk.posts("native_id", "by_agency") == [("335414541234567890", 1)]


def test_the_table_fills_in_what_no_script_has(desk: ImportDesk) -> None:
    one = month(post("335414541234567890", "Fra skriptet"))
    tables = {
        "tweets.csv": as_table(row(), row("335414541234567891")),
        "data/csv/2013_05.csv": as_table(row()),
    }
    result = take(desk, {"data/js/tweets/2013_05.js": one, **tables, **beside(2)})
    assert [text[:12] for (text,) in desk.posts("text")] == ["Fra skriptet", "Fristen er 1"]
    assert result.summaries[0].warnings == []


def test_a_table_that_a_spreadsheet_has_spoilt_is_not_needed_where_the_scripts_are_whole(
    desk: ImportDesk,
) -> None:
    one = month(post("335414541234567890", "Hei"))
    members = {"data/js/tweets/2013_05.js": one, "tweets.csv": as_table(row("3.35E+17")), **beside(1)}
    assert (take(desk, members).bad, desk.posts("native_id")) == (0, [("335414541234567890",)])


def test_several_tables_of_the_same_posts_bring_them_once(desk: ImportDesk) -> None:
    tables = {"tweets.csv": as_table(row()), "data/csv/2013_05.csv": as_table(row())}
    result = take(desk, {**tables, **beside(1)})
    assert (len(desk.posts("native_id")), result.summaries[0].warnings) == (1, [])


def test_an_old_and_a_new_archive_in_one_folder_are_both_read(desk: ImportDesk) -> None:
    old = {"data/js/tweets/2013_05.js": month(post("335414541234567890", "Gammel")), **beside()}
    members = {f"gammel/{n}": c for n, c in old.items()}
    members |= {f"ny/{n}": c for n, c in archive(tweet("1900000000000000000", "Ny")).items()}
    result = take(desk, members)
    assert desk.posts("native_id", "text") == [
        ("1900000000000000000", "Ny"),
        ("335414541234567890", "Gammel"),
    ]
    assert {s.format for s in result.summaries} == {"twitter-archive", "twitter-archive-2012"}


def test_old_archives_side_by_side_are_each_of_their_own_account(desk: ImportDesk) -> None:
    for who, native_id in ((ETAT, "335414541234567890"), (NABO, "335414541234567891")):
        own = {"data/js/tweets/2013_05.js": month(post(native_id, "Hei")), **beside(1, who)}
        for name, content in own.items():
            desk.file(content, f"alle/{who.handle}_tweets/{name}")
    desk.take(desk.folder / "alle")
    assert desk.posts("native_id", "handle") == [
        ("335414541234567890", "eksempeletat"),
        ("335414541234567891", "nabodep"),
    ]


def test_what_a_protected_account_writes_is_no_post(desk: ImportDesk) -> None:
    hidden = post("335414541234567890", "Bare for følgere")
    hidden["user"]["protected"] = True
    result = take(desk, {"data/js/tweets/2013_05.js": month(hidden), **beside()})
    assert (desk.posts("native_id"), result.kept_out) == ([], {PROTECTED: 1})


def test_a_month_alone_is_read(desk: ImportDesk) -> None:
    desk.take(desk.file(month(post("335414541234567890", "Hei")), "2013_05.js"))
    assert desk.posts("native_id", "by_agency") == [("335414541234567890", 1)]


def test_scripts_and_a_newer_archive_make_one_post(desk: ImportDesk) -> None:
    take(desk, {"data/js/tweets/2013_05.js": month(post("335414541234567890", "Hei")), **beside()})
    desk.take(desk.file(as_table(row()), "tweets.csv"), named=[("twitter", X_ACCOUNT.handle)])
    assert desk.posts("native_id") == [("335414541234567890",)]


def test_a_missing_month_is_told(desk: ImportDesk) -> None:
    result = take(desk, {"data/js/tweets/2013_05.js": month(post("335414541234567890", "Hei")), **beside(3)})
    assert result.summaries[0].warnings == [
        "it says that it holds 3 posts, and 1 were read. Is a part missing?"
    ]


@pytest.mark.parametrize(
    "told",
    [
        {"tweets": 1},
        {"tweets": None, "created_at": None},
        {"tweets": "mange", "created_at": "i fjor"},
        {"tweets": 1e400, "created_at": ["2013"]},
        {"created_at": "0001-01-01 00:00:00 +1400", "tweets": 1},
        {"created_at": "9999-12-31 23:59:59 -1400", "tweets": {}},
    ],
)
def test_an_archive_that_tells_of_itself_in_another_shape_is_read(told: Any, desk: ImportDesk) -> None:
    payload = {"data/js/payload_details.js": f"var payload_details = {json.dumps(told)}".encode()}
    posts = {"data/js/tweets/2013_05.js": month(post("335414541234567890", "Hei"))}
    assert take(desk, {**beside(), **posts, **payload}).bad == 0
    assert desk.posts("native_id") == [("335414541234567890",)]


def test_a_row_with_a_rounded_id_is_kept_out(desk: ImportDesk) -> None:
    result = take(desk, {"tweets.csv": as_table(row("3.35E+17"), row()), **beside(2)})
    assert desk.posts("native_id") == [("335414541234567890",)]
    assert "rounded by a spreadsheet" in result.bad_lines[0][2]
