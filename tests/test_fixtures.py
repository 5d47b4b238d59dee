"""The example corpus is what its script makes, and has what it promises."""

from __future__ import annotations

import importlib.util
import json
import re
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

from conftest import ROOT
from loopback.lexicon import FOLDER, Lexicons
from soma_audit import register

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CORPUS = ROOT / "fixtures" / "ministries-2010"


def saved(*networks: str) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for network in networks
        for file in sorted((CORPUS / "pages" / network).rglob("*.jsonl"))
        for line in file.read_text("utf-8").splitlines()
    ]


@pytest.fixture(scope="module")
def pages() -> list[dict[str, Any]]:
    return saved("facebook", "twitter")


def files_in(folder: Path) -> dict[str, bytes]:
    found = [*folder.glob("pages/**/*.jsonl"), folder / "register.csv"]
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in found}


def test_the_pages_are_what_the_script_makes(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("make", CORPUS / "make.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.make(tmp_path)
    assert files_in(tmp_path) == files_in(CORPUS)


def test_seventeen_ministries_with_made_up_names_four_directorates_and_two_bodies_apart() -> None:
    listed = register.load(CORPUS / "register.csv")
    kinds = Counter(a.kind for a in listed.agencies)
    assert kinds == {"ministry": 17, "directorate": 4, "government": 1, "prime-minister": 1}


def test_the_newer_networks_have_two_accounts_each_none_of_them_a_ministrys() -> None:
    listed = register.load(CORPUS / "register.csv")
    kinds = {a.id: a.kind for a in listed.agencies}
    newer = [a for a in listed.accounts if a.network in {"bluesky", "mastodon"}]
    assert Counter(a.network for a in newer) == {"bluesky": 2, "mastodon": 2}
    assert {kinds[a.agency] for a in newer} == {"directorate"}


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


class TestBlueskysRealShapes:
    @pytest.fixture
    def answers(self) -> list[dict[str, Any]]:
        return saved("bluesky")

    @pytest.fixture
    def lines(self, answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [line for a in answers for line in a["body"].get("feed", ())]

    def test_a_profile_is_found_by_its_name_and_by_what_never_changes(
        self, answers: list[dict[str, Any]]
    ) -> None:
        asked = {a["request"].partition("actor=")[2] for a in answers if "getProfile" in a["request"]}
        known = {a["body"][key] for a in answers for key in ("did", "handle") if key in a["body"]}
        assert {unquote(actor) for actor in asked} == known
        assert len(known) == 4

    def test_a_feed_ends_with_an_empty_page(self, answers: list[dict[str, Any]]) -> None:
        feeds = [a["body"] for a in answers if "getAuthorFeed" in a["request"]]
        assert Counter(bool(body["feed"]) == ("cursor" in body) for body in feeds) == {True: len(feeds)}
        assert [len(body["feed"]) for body in feeds].count(0) == 2
        assert sum("cursor=" in a["request"] for a in answers) == 3

    @pytest.mark.skipif(not FOLDER.is_dir(), reason="Bluesky's schemas (lexicons) are not here")
    def test_they_are_as_the_published_schemas_say(
        self, answers: list[dict[str, Any]], lines: list[dict[str, Any]]
    ) -> None:
        lexicons, wrong = Lexicons(), list[str]()
        for a in answers:
            method = a["request"].partition("/xrpc/")[2].partition("?")[0]
            wrong += lexicons.wrong(method, a["body"])
        for line in lines:
            wrong += lexicons.post(line["post"]["record"])
            if "threadgate" in line["post"]:
                wrong += lexicons.threadgate(line["post"]["threadgate"]["record"])
        assert wrong == []

    def test_facets_count_bytes(self, lines: list[dict[str, Any]]) -> None:
        records = [line["post"]["record"] for line in lines]
        shown = [
            record["text"].encode()[f["index"]["byteStart"] : f["index"]["byteEnd"]].decode()
            for record in records
            for f in record.get("facets", ())
        ]
        assert {text.startswith(("www.", "@")) for text in shown} == {True}
        assert any(text.endswith("...") for text in shown)

    def test_gates_of_each_kind_and_a_reply_that_is_hidden(self, lines: list[dict[str, Any]]) -> None:
        gates = {
            line["post"]["uri"]: line["post"]["threadgate"]["record"]
            for line in lines
            if "threadgate" in line["post"]
        }
        rules = [[r["$type"] for r in g["allow"]] for g in gates.values() if "allow" in g]
        assert rules.count([]) == 1
        assert rules.count(["app.bsky.feed.threadgate#mentionRule"]) == len(rules) - 1 >= 10
        assert [len(g["hiddenReplies"]) for g in gates.values() if "allow" not in g] == [1]

    def test_a_deleted_question_a_post_passed_on_a_card_and_somebody_for_the_signed_in_only(
        self, answers: list[dict[str, Any]], lines: list[dict[str, Any]]
    ) -> None:
        around = [line["reply"]["parent"]["$type"] for line in lines if "reply" in line]
        assert Counter(around)["app.bsky.feed.defs#notFoundPost"] == 1
        assert sum("reason" in line for line in lines) == 1
        assert any("embed" in line["post"] for line in lines)
        assert "!no-unauthenticated" in json.dumps(answers)


class TestMastodonsRealShapes:
    @pytest.fixture
    def answers(self) -> list[dict[str, Any]]:
        return saved("mastodon")

    @pytest.fixture
    def statuses(self, answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [status for a in answers if isinstance(a["body"], list) for status in a["body"]]

    def test_each_server_answers_for_itself(self) -> None:
        servers = sorted(folder.name for folder in (CORPUS / "pages" / "mastodon").iterdir())
        assert servers == ["kommanemnda.example", "sosial.example"]

    def test_a_link_leads_to_the_next_page(self, answers: list[dict[str, Any]]) -> None:
        links = [a["headers"]["link"] for a in answers if isinstance(a["body"], list)]
        followed = [a["request"].partition("?")[2] for a in answers if "max_id=" in a["request"]]
        assert followed
        assert all(any(f'{query}>; rel="next"' in link for link in links) for query in followed)

    def test_a_warning_a_poll_a_boost_and_a_correction(self, statuses: list[dict[str, Any]]) -> None:
        for key in ("spoiler_text", "poll", "reblog", "edited_at"):
            assert sum(bool(status[key]) for status in statuses) == 1, key

    def test_other_servers_do_not_tell_the_client(self, answers: list[dict[str, Any]]) -> None:
        below = [s for a in answers if "context" in a["request"] for s in a["body"]["descendants"]]
        assert {("@" in s["account"]["acct"], "application" in s) for s in below} == {
            (True, False),
            (False, True),
        }

    def test_one_reply_is_counted_and_not_shown(self, answers: list[dict[str, Any]]) -> None:
        statuses = {s["id"]: s for a in answers if isinstance(a["body"], list) for s in a["body"]}
        missing = {}
        for a in answers:
            if found := re.search(r"statuses/(\d+)/context", a["request"]):
                under = [s["in_reply_to_id"] for s in a["body"]["descendants"]]
                missing[found[1]] = statuses[found[1]]["replies_count"] - under.count(found[1])
        assert Counter(missing.values()) == {0: len(missing) - 1, 1: 1}
