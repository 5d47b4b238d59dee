"""Files of posts as Windows, PowerShell, an old Mac or DOS leave them: the same posts come in, and nothing is said."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from collect.builders import PAGE, X_ACCOUNT
from imports.desk import ImportDesk, as_lines, as_table, as_zip
from imports.formats import test_business_suite as suite
from imports.formats import test_content_library as library
from imports.formats import test_crowdtangle as tangle
from imports.formats import test_facebook_download as download
from imports.formats import test_graph_pages as graph
from imports.test_recognition import LINE, SMALLEST
from imports.x_files import ETAT, KARI, post, script, status, tweet
from soma_audit.errors import Exit
from test_text_files import WAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

import json

PLAIN = {
    "network": "twitter",
    "account": "eksempeletat",
    "text": "Søk nå",
    "created_at": "2026-03-02T09:14:00Z",
    "author": "eksempeletat",
    "id": "1",
}
FILES: dict[str, bytes] = {
    **{n: c for n, (_, c) in SMALLEST.items() if c[:2] != b"PK" and "compliance" not in n and "twarc's users" not in n},
    "our own lines, many": as_lines(*[{**LINE, "id": str(n), "text": "Søk på Øya"} for n in range(3)]),
    "statuses": as_lines(status("1", "Søk nå", ETAT), status("2", "@eksempeletat Når?", KARI)),
    "posts over many lines": json.dumps([post("1", "Søk nå", ETAT), post("2", "Igjen", ETAT)], indent=1).encode(),
    "a script": script("YTD.tweets.part0", [tweet("1", "Søk nå"), tweet("2", "Igjen")]),
    "a download's file": json.dumps([download.a_post(), download.a_post("Igjen")]).encode(),
    "Graph's answer": json.dumps(graph.an_answer(graph.a_post(), graph.a_visitors()), indent=1).encode(),
    "Business Suite": as_table(suite.a_row(Description="Søk nå"), suite.a_row(Post_ID="502")),
    "CrowdTangle": as_table(tangle.a_row(Message="Søk nå")),
    "Content Library": as_table(library.a_post(), library.a_visitors()),
    "a table": as_table(PLAIN, {**PLAIN, "id": "2"}),
}  # fmt: skip


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[tuple[ImportDesk, ImportDesk]]:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    with (
        ImportDesk(tmp_path / "one", X_ACCOUNT, PAGE) as one,
        ImportDesk(tmp_path / "other", X_ACCOUNT, PAGE) as other,
    ):
        yield one, other


def posts_of(desk: ImportDesk, content: bytes, name: str = "file.json") -> list[tuple[object, ...]]:
    named = [("twitter", X_ACCOUNT.handle), ("facebook", PAGE.handle)]
    result = desk.take(desk.file(content, name), named=named, timezone=ZoneInfo("Europe/Oslo"))
    assert (result.bad_lines, result.damaged, desk.outcome) == ([], [], Exit.DONE)
    return desk.posts("native_id, text, created_at")


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_nothing_is_lost(
    way: Callable[[str], bytes], content: bytes, desks: tuple[ImportDesk, ImportDesk]
) -> None:
    # a line end inside a cell is that of the machine, too
    unbroken = content.replace(b"Fristen er 1. mai.\nLes mer.", b"Fristen").replace(
        b"\xc3\xb8k n\xc3\xa5.\n", b""
    )
    expected = posts_of(desks[0], unbroken)
    assert posts_of(desks[1], way(unbroken.decode())) == expected


@pytest.mark.parametrize(
    "wrap",
    [
        gzip.compress,
        lambda c: as_zip({"a/file.json": c}),
        lambda c: as_zip({"file.json.gz": gzip.compress(c)}),
    ],
    ids=["packed", "in a zip", "packed in a zip"],
)
@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_nor_is_it_when_packed(
    wrap: Callable[[bytes], bytes], content: bytes, desks: tuple[ImportDesk, ImportDesk]
) -> None:
    expected = posts_of(desks[0], content)
    marked = content if content.startswith(b"window") else b"\xef\xbb\xbf" + content
    assert posts_of(desks[1], wrap(marked), "file.zip") == expected


def test_files_put_together_end_to_end_keep_their_marks_in_the_middle(x_desk: ImportDesk) -> None:
    one, two = (b"\xef\xbb\xbf" + as_lines({**LINE, "id": n}) + b"\x1a" for n in "12")
    assert len(posts_of(x_desk, one + two)) == 2


def test_lists_put_together_end_to_end_too(x_desk: ImportDesk) -> None:
    one, two = (b"\xef\xbb\xbf" + json.dumps([status(n, "Hei", ETAT)]).encode() for n in "12")
    assert len(posts_of(x_desk, one + two + bytes(100))) == 2


def test_lines_are_counted_as_old_macs_end_them(x_desk: ImportDesk) -> None:
    lines = [json.dumps({**LINE, "id": "1"}), "", "{", json.dumps({**LINE, "id": "2"})]
    result = x_desk.take(x_desk.file("\r".join(lines).encode()))
    assert [line for _, line, _ in result.bad_lines] == [3]
