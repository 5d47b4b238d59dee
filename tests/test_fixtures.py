"""The example corpus is what its script makes, and has what it promises."""

from __future__ import annotations

import importlib.util
import json
import sqlite3
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from conftest import ROOT
from soma_audit import register

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CORPUS = ROOT / "fixtures" / "ministries-2010"


@pytest.fixture(scope="module")
def pages() -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for file in sorted((CORPUS / "pages").rglob("*.jsonl"))
        for line in file.read_text("utf-8").splitlines()
    ]


def files_in(folder: Path) -> dict[str, bytes]:
    found = [*folder.glob("pages/*/*.jsonl"), folder / "register.csv"]
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in found}


def test_the_pages_are_what_the_script_makes(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("make", CORPUS / "make.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.make(tmp_path)
    assert files_in(tmp_path) == files_in(CORPUS)


def test_seventeen_ministries_with_made_up_names_and_two_bodies_apart() -> None:
    listed = register.load(CORPUS / "register.csv")
    kinds = [a.kind for a in listed.agencies]
    assert (kinds.count("ministry"), kinds.count("government"), kinds.count("prime-minister")) == (17, 1, 1)


def test_a_thousand_posts_over_ninety_days(example_database: sqlite3.Connection) -> None:
    posts, first, last = example_database.execute(
        "select count(*), min(created_at), max(created_at) from post"
    ).fetchone()
    assert posts >= 1000
    assert (datetime.fromisoformat(last) - datetime.fromisoformat(first)).days >= 89


@pytest.fixture(scope="module")
def example_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    from cli.conftest import example_in
    from soma_audit.cli import main

    folder = tmp_path_factory.mktemp("corpus")
    with pytest.raises(SystemExit):
        main(["collect", "--quiet", "--config", str(example_in(folder))])
    with closing(sqlite3.connect(folder / "example.db")) as database, database:
        yield database


class TestTheNetworksRealShapes:
    """Each of them occurs at least once."""

    def test_several_pages_a_stream(self, pages: list[dict[str, Any]]) -> None:
        assert sum("pagination_token=" in p["request"] for p in pages) > 5
        assert sum("published_posts?after=" in p["request"] for p in pages) > 3

    def test_an_empty_page_with_a_next_one(self, pages: list[dict[str, Any]]) -> None:
        bodies = [p["body"] for p in pages]
        assert any("data" not in b and b.get("meta", {}).get("next_token") for b in bodies)
        assert any(b.get("data") == [] and "next" in b.get("paging", {}) for b in bodies)

    def test_both_vocabularies(self, pages: list[dict[str, Any]]) -> None:
        text = json.dumps(pages)
        assert all(
            word in text for word in ("referenced_tweets", "referenced_posts", "note_tweet", "note_post")
        )

    def test_a_post_over_280_characters(self, pages: list[dict[str, Any]]) -> None:
        posts = [d for p in pages if isinstance(p["body"].get("data"), list) for d in p["body"]["data"]]
        notes = [post.get("note_tweet") or post.get("note_post") for post in posts]
        assert any(note and len(note["text"]) > 280 for note in notes)

    def test_comments_with_and_without_name_and_id(self, pages: list[dict[str, Any]]) -> None:
        posts = [d for p in pages if isinstance(p["body"].get("data"), list) for d in p["body"]["data"]]
        comments = [c for post in posts for c in (post.get("comments") or {}).get("data", ())]
        assert {("from" in c, "id" in c) for c in comments} >= {(True, True), (False, False), (True, False)}

    def test_a_suspended_account_and_a_refused_edge(self, pages: list[dict[str, Any]]) -> None:
        assert any("suspended" in str(p["body"].get("errors")) for p in pages)
        assert any((p["body"].get("error") or {}).get("code") in {10, 200} for p in pages)

    def test_an_archive_of_several_languages(self, pages: list[dict[str, Any]]) -> None:
        text = json.dumps(pages, ensure_ascii=False)
        assert all(word in text for word in ("hvordan", "korleis", " the ", "giitu"))
