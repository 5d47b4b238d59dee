"""What a file is, is seen from what it holds: each kind as that one and no other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from imports.desk import as_lines, as_table, as_zip
from imports.formats import test_twitter_archive_2012 as of_2012
from imports.x_files import (
    ETAT,
    KARI,
    archive,
    capture,
    flat,
    in_new_words,
    page,
    post,
    status,
    twarc,
    tweet,
    tweets_js,
    user,
)
from soma_audit.errors import InvalidInputError
from soma_audit.imports import FORMATS

if TYPE_CHECKING:
    from imports.desk import ImportDesk

LINE = {
    "network": "twitter",
    "account": ETAT.handle,
    "id": "1",
    "created_at": "2026-03-02T09:14:00Z",
    "text": "Hei",
    "by_agency": True,
}
COMPLIANCE = {"id": "1", "action": "delete", "created_at": "2026-03-01T00:00:00.000Z", "reason": "deleted"}

OF_2012 = {
    "data/js/tweets/2013_05.js": of_2012.month(of_2012.post("335414541234567890", "Hei")),
    "tweets.csv": as_table(of_2012.row()),
    **of_2012.beside(),
}

SMALLEST: dict[str, tuple[str, bytes]] = {
    "our own lines": ("jsonl", as_lines(LINE)),
    "an archive": ("twitter-archive", as_zip(archive(tweet("1", "Hei")))),
    "an archive's posts": ("twitter-archive", tweets_js(tweet("1", "Hei"))),
    "an archive's posts under the old name": (
        "twitter-archive",
        tweets_js(tweet("1", "Hei"), name="YTD.tweet.part0"),
    ),
    "an archive of 2012": ("twitter-archive-2012", as_zip(OF_2012)),
    "its table": ("twitter-archive-2012", OF_2012["tweets.csv"]),
    "a month of it": ("twitter-v1", OF_2012["data/js/tweets/2013_05.js"]),
    "a page": ("twitter-v2", as_lines(page(post("1", "Hei", ETAT), meta=...))),
    "a page of one": ("twitter-v2", as_lines(page(data=post("1", "Hei", ETAT), meta=...))),
    "an empty page": ("twitter-v2", as_lines({"meta": {"result_count": 0}})),
    "a page in newer words": ("twitter-v2", as_lines(in_new_words(page(post("1", "Hei", ETAT))))),
    "a page over many lines": ("twitter-v2", json.dumps(page(post("1", "Hei", ETAT)), indent=4).encode()),
    "twarc's page": ("twitter-v2", as_lines(page(post("1", "Hei", ETAT), **twarc()))),
    "twarc's users": ("twitter-v2", as_lines(page(user(KARI), **twarc()))),
    "a flattened post": ("twitter-v2", as_lines(flat("1", "Hei", ETAT, __twarc=...))),
    "a bare post": ("twitter-v2", as_lines(post("1", "Hei", ETAT))),
    "a status": ("twitter-v1", as_lines(status("1", "Hei", ETAT))),
    "a short status": ("twitter-v1", as_lines(status("1", "Hei", ETAT, full_text=..., text="Hei"))),
    "an answer of a search": ("twitter-v1", json.dumps({"statuses": [status("1", "Hei", ETAT)]}).encode()),
    "a stream that begins with a notice": (
        "twitter-v1",
        as_lines({"limit": {"track": 1}}, status("1", "Hei", ETAT)),
    ),
    "a capture": ("zeeschuimer", as_lines(capture("1", "Hei", ETAT))),
    "a compliance result": ("twitter-compliance", as_lines(COMPLIANCE)),
}


def named(desk: ImportDesk, content: bytes, **how: Any) -> list[str]:
    result = desk.take(desk.file(content, "file"), named=[("twitter", ETAT.handle)], **how)
    return [s.format for s in result.summaries]


@pytest.mark.parametrize(("kind", "content"), SMALLEST.values(), ids=SMALLEST)
def test_each_kind_is_known_by_what_it_holds(kind: str, content: bytes, x_desk: ImportDesk) -> None:
    assert named(x_desk, content) == [kind]


@pytest.mark.parametrize(("kind", "content"), SMALLEST.values(), ids=SMALLEST)
def test_each_kind_is_known_by_one_format_only(
    kind: str, content: bytes, x_desk: ImportDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for order in (FORMATS, FORMATS[::-1]):
        monkeypatch.setattr("soma_audit.imports.FORMATS", order)
        assert named(x_desk, content) == [kind]


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\n\n", b"INFO connected\n", b'{"half a line": "\n'])
def test_what_stands_before_does_not_hide_it(before: bytes, x_desk: ImportDesk) -> None:
    assert named(x_desk, before + as_lines(status("1", "Hei", ETAT))) == ["twitter-v1"]


@pytest.mark.parametrize(
    "content",
    [
        b"hei",
        b"{}",
        b"[]",
        b'"hei"',
        b"5",
        as_lines({"a": 1}),
        b"a,b\n1,2\n",
        as_zip({"a.txt": b"hei"}),
    ],
    ids=lambda content: repr(content)[:20],
)
def test_an_unrecognised_file_is_refused_with_the_names_of_all_formats(
    content: bytes, x_desk: ImportDesk
) -> None:
    with pytest.raises(InvalidInputError, match="was not recognised") as refused:
        named(x_desk, content)
    assert [f.name for f in FORMATS if f"{f.name}: {f.title}" not in str(refused.value)] == []
    assert "--format" in str(refused.value)


def test_a_format_that_is_named_is_kept_to(x_desk: ImportDesk) -> None:
    mute = as_lines(
        {"id_str": "1", "full_text": "@eksempeletat hei", "created_at": "Mon Mar 02 10:20:00 +0000 2026"}
    )
    with pytest.raises(InvalidInputError):
        named(x_desk, mute)
    assert named(x_desk, mute, format_="twitter-v1") == ["twitter-v1"]


def test_all_files_of_a_folder_are_read_each_in_its_kind(x_desk: ImportDesk) -> None:
    x_desk.file(as_lines(page(post("1", "Hei", ETAT))), "all/pages.jsonl")
    x_desk.file(as_lines(status("2", "Hei", ETAT)), "all/old/statuses.json")
    x_desk.file(as_lines(COMPLIANCE), "all/a.ndjson")
    x_desk.file(b"hei", "all/readme.txt")
    x_desk.file(b'{"a": 1}', "all/other.json")
    result = x_desk.take(x_desk.folder / "all")
    assert sorted(s.format for s in result.summaries) == ["twitter-compliance", "twitter-v1", "twitter-v2"]
    assert sum(s.left_closed for s in result.summaries) == 2
    assert x_desk.posts("native_id, text") == [("1", None), ("2", "Hei")]


def test_one_file_that_is_of_no_kind_stops_all_before_anything_is_stored(x_desk: ImportDesk) -> None:
    good = x_desk.file(as_lines(LINE), "good.jsonl")
    with pytest.raises(InvalidInputError, match=r"other\.json"):
        x_desk.take(good, x_desk.file(b"{}", "other.json"))
    assert x_desk.posts("native_id") == []
