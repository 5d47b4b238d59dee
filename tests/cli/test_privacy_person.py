"""`privacy find` and `privacy erase`: what is held of a person who asks, told and erased."""

from __future__ import annotations

import io
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from soma_audit.audit.lock import locked
from soma_audit.cli.commands.privacy_person import PersonName

if TYPE_CHECKING:
    from pathlib import Path

    from cli.conftest import Ended, Soma

BASE = {"network": "twitter", "account": "eksempeletat", "created_at": "2026-03-02T09:14:00Z"}
ASKED = {**BASE, "id": "1", "author": "kari_test", "by_agency": False, "text": "Når åpner fyrlykta?"}
ANSWER = {
    **BASE,
    "id": "2",
    "parent": "1",
    "by_agency": True,
    "text": "@kari_test På fredag.",
    "created_at": "2026-03-02T10:14:00Z",
}
OTHER = {**BASE, "id": "3", "author": "ola_test", "by_agency": False, "text": "Takk skal dere ha"}
KARI = ("--account", "twitter/kari_test")


def take_in(soma: Soma, folder: Path, *posts: dict[str, object], name: str = "p.jsonl") -> None:
    (folder / name).write_text("".join(json.dumps(post) + "\n" for post in posts))
    assert soma("import", name).code == 0


@pytest.fixture
def held(soma: Soma, tmp_path: Path) -> Path:
    """A classified database with Kari's question, an answer that names her, and somebody else's thanks."""
    take_in(soma, tmp_path, ASKED, ANSWER, OTHER)
    soma("classify", "--as-of", "2026-04-01")
    return tmp_path / "soma-audit.db"


def asked(database: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as db:
        return db.execute(sql).fetchall()


def texts(soma: Soma) -> dict[str, str | None]:
    return {p["id"]: p["text"] for p in map(json.loads, soma("export", "posts").out.splitlines())}


def erased(soma: Soma) -> Ended:
    return soma("privacy", "erase", *KARI, "--yes")


class TestFind:
    def test_lists_posts_by_account_and_day_and_where_others_name_them(self, soma: Soma, held: Path) -> None:
        out = soma("privacy", "find", *KARI).out
        assert "Held: 1 post, 1 text, 1 mention, 0 shares, 0 stored pages." in out
        assert "  2026-03-02  twitter/eksempeletat  1  with its text" in out
        assert "  2026-03-02  twitter/eksempeletat  2  another's text names them" in out

    def test_tells_machines_the_same(self, soma: Soma, held: Path) -> None:
        told = json.loads(soma("privacy", "find", *KARI, "--json").out)
        post = {"account": "twitter/eksempeletat", "id": "1", "created_at": "2026-03-02T09:14:00Z"}
        assert told["posts"] == [{**post, "has_text": True}]
        assert [m["id"] for m in told["mentions"]] == ["2"]
        assert (told["pages"], told["erased_at"], told["exit"]) == (0, None, 0)

    def test_is_logged_under_the_pseudonym_only(self, soma: Soma, held: Path) -> None:
        (name,) = json.loads(soma("privacy", "find", *KARI, "--json").out)["pseudonyms"]
        stage, note = asked(held, "select stage, note from run order by id desc limit 1")[0]
        assert (stage, note) == (
            "privacy find",
            f"{name}: 1 post, 1 text, 1 mention, 0 shares, 0 stored pages",
        )
        assert b"kari_test" not in b"".join(f.read_bytes() for f in held.parent.glob("soma-audit.db*"))

    def test_takes_what_stands_before_it_too(self, soma: Soma, held: Path, tmp_path: Path) -> None:
        held.rename(tmp_path / "other.db")
        (tmp_path / "soma-audit.key").rename(tmp_path / "other.key")
        assert "1 post" in soma("privacy", "--db", "other.db", "find", *KARI).out

    def test_of_somebody_unknown_tells_what_else_to_try(self, soma: Soma, held: Path) -> None:
        assert "try both" in soma("privacy", "find", "--account", "twitter/nobody").out
        assert "by their DID" in soma("privacy", "find", "--account", "bluesky/kari.example").out

    def test_needs_the_key(self, soma: Soma, held: Path) -> None:
        held.with_suffix(".key").unlink()
        ended = soma("privacy", "find", *KARI)
        assert ended.code == 2
        assert "is missing, but the database was made with one" in ended.err

    @pytest.mark.parametrize("command", ["find", "erase"])
    def test_an_account_of_the_register_is_no_visitor(self, soma: Soma, held: Path, command: str) -> None:
        ended = soma(
            "privacy",
            command,
            "--account",
            "twitter/EksempelEtat",
            *(["--yes"] if command == "erase" else []),
        )
        assert ended.code == 2
        assert "is an account of the register, and no visitor's" in ended.err
        assert asked(held, "select count(*) from run where stage like 'privacy%'") == [(0,)]

    @pytest.mark.parametrize("wrong", ["kari", "tiktok/kari", "twitter/", "twitter/@"])
    def test_refuses_what_names_nobody(self, soma: Soma, held: Path, wrong: str) -> None:
        ended = soma("privacy", "find", "--account", wrong)
        assert ended.code == 2
        assert "names nobody; write it as" in ended.err

    @pytest.mark.parametrize("more", [("--person", "twitter:kari_test"), ("--format", "xlsx")])
    def test_refuses_what_is_not_for_it(self, soma: Soma, held: Path, more: tuple[str, str]) -> None:
        ended = soma("privacy", *more, "find", *KARI)
        assert ended.code == 2
        assert "find takes --account, and not what" in ended.err


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("twitter/@kari_test", ("twitter", "kari_test")),
        ("https://x.com/kari_test", ("twitter", "kari_test")),
        ("twitter:1234567890123456789", ("twitter", "1234567890123456789")),
        ("bluesky/did:plc:abc234", ("bluesky", "did:plc:abc234")),
        ("mastodon/kari@social.example", ("mastodon", "kari@social.example")),
        ("facebook/10158", ("facebook", "10158")),
    ],
)
def test_a_person_is_named_by_handle_id_or_address(written: str, meant: tuple[str, str]) -> None:
    assert PersonName().convert(written, None, None) == meant


class TestErase:
    def test_drops_the_words_and_the_mention_and_keeps_the_rest(self, soma: Soma, held: Path) -> None:
        ended = erased(soma)
        assert "1 post, 1 text, 1 mention, 0 shares, 0 stored pages." in ended.out
        assert texts(soma) == {"1": None, "2": "@v-000000000000 På fredag.", "3": "Takk skal dere ha"}

    def test_keeps_what_was_judged(self, soma: Soma, held: Path) -> None:
        labels = "select post, classifier, label from verdict where current = 1 order by 1, 2"
        before = asked(held, labels)
        erased(soma)
        (held.parent / "config.toml").write_text("[answer]\nnorm_office_days = 2.0\n")  # judges all anew
        soma("classify", "--as-of", "2026-04-01")
        assert asked(held, labels) == before

    def test_leaves_no_word_in_the_files_bytes(self, soma: Soma, held: Path) -> None:
        erased(soma)
        assert b"fyrlykta" not in b"".join(f.read_bytes() for f in held.parent.glob("soma-audit.db*"))

    def test_can_be_proved_by_the_log_of_runs(self, soma: Soma, held: Path) -> None:
        told = json.loads(soma("privacy", "erase", *KARI, "--yes", "--json").out)
        (name,) = told["pseudonyms"]
        assert asked(held, f"select stage, outcome, note from run where id = {told['run']}") == [
            ("privacy erase", 0, f"{name}: 1 post, 1 text, 1 mention, 0 shares, 0 stored pages")
        ]
        assert f"Erased on {datetime.now(UTC):%Y-%m-%d}" in soma("privacy", "find", *KARI).out

    def test_what_is_imported_again_stays_without_its_words(
        self, soma: Soma, held: Path, tmp_path: Path
    ) -> None:
        erased(soma)
        take_in(soma, tmp_path, ASKED, {**ASKED, "id": "9"}, {**ANSWER, "id": "10"}, name="again.jsonl")
        assert {n: t for n, t in texts(soma).items() if n in {"1", "9", "10"}} == {
            "1": None,
            "9": None,
            "10": "@v-000000000000 På fredag.",
        }

    def test_what_comes_later_is_counted(self, soma: Soma, held: Path, tmp_path: Path) -> None:
        erased(soma)
        take_in(soma, tmp_path, {**ASKED, "id": "9"}, name="again.jsonl")
        assert "Posts by visitors: 3 (1 with their text" in soma("privacy").out

    def test_of_whom_nothing_is_held_is_remembered_too(self, soma: Soma, held: Path, tmp_path: Path) -> None:
        assert "Erased v-" in soma("privacy", "erase", "--account", "twitter/liv_test", "--yes").out
        take_in(soma, tmp_path, {**ASKED, "id": "9", "author": "liv_test"}, name="again.jsonl")
        assert texts(soma)["9"] is None

    @pytest.mark.parametrize(("answer", "left"), [("y\n", None), ("n\n", ASKED["text"])])
    def test_asks_first(
        self, soma: Soma, held: Path, monkeypatch: pytest.MonkeyPatch, answer: str, left: str | None
    ) -> None:
        keyboard = io.StringIO(answer)
        monkeypatch.setattr(keyboard, "isatty", lambda: True)
        monkeypatch.setattr("sys.stdin", keyboard)
        ended = soma("privacy", "erase", *KARI)
        assert (ended.code, "with its text" in ended.out) == (0, True)
        assert ("Nothing was erased." in ended.out) == (left is not None)
        assert texts(soma)["1"] == left

    @pytest.mark.parametrize("more", [(), ("--json",)])
    def test_is_refused_where_nobody_can_answer(self, soma: Soma, held: Path, more: tuple[str, ...]) -> None:
        ended = soma("privacy", "erase", *KARI, *more)
        assert ended.code == 2
        assert "Where nobody can answer, add --yes" in ended.err
        assert texts(soma)["1"] == ASKED["text"]

    def test_waits_for_no_other_run(self, soma: Soma, held: Path) -> None:
        with locked(held):
            assert soma("privacy", "find", *KARI).code == 0
            assert erased(soma).code == 11
        assert texts(soma)["1"] == ASKED["text"]
