"""The shape of the database, and that it explains itself."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from sqlite_utils import Database

from soma_audit.store import Store
from soma_audit.store.migrations import migrations

if TYPE_CHECKING:
    from pathlib import Path

SCRIPTS = [script.read_text("utf-8") for script in files("soma_audit.store").joinpath("sql").iterdir()]
SCHEMA = "\n".join(SCRIPTS)
MADE = re.compile(r"^create (table|view) (\w+)", re.MULTILINE)


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_table_and_view_says_what_it_is(script: str) -> None:
    for made in MADE.finditer(script):
        assert script[: made.start()].splitlines()[-1].startswith("-- "), made[0]


def test_every_table_is_strict() -> None:
    ours = {name for kind, name in MADE.findall(SCHEMA) if kind == "table"}
    with closing(sqlite3.connect(":memory:")) as connection:
        db = Database(connection)
        migrations.apply(db)
        assert {name for name in ours if not db.table(name).strict} == set()


def test_the_migrations_make_all_that_the_schema_names(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db", create=True) as store:
        there = {(row[0], row[1]) for row in store.execute("select type, name from sqlite_master")}
    assert set(MADE.findall(SCHEMA)) <= there


def test_every_view_can_be_read(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db", create=True) as store:
        for kind, name in MADE.findall(SCHEMA):
            if kind == "view":
                assert store.execute(f"select * from {name}").fetchall() == []


def test_a_database_is_shaped_once(tmp_path: Path) -> None:
    for _ in range(2):
        with Store(tmp_path / "a.db", create=True) as store:
            names = [row[0] for row in store.execute("select name from _sqlite_migrations order by name")]
            assert names == [
                *("m001_schema", "m002_token_kind", "m003_review", "m004_written_language"),
                *("m005_walls", "m006_news", "m007_quick", "m008_quarantine", "m009_forgotten"),
                *("m010_missing", "m011_names", "m012_answer_kinds"),
            ]


def test_what_was_judged_before_reviews_stays_in_force(tmp_path: Path) -> None:
    db = Database(tmp_path / "a.db")
    migrations.apply(db, stop_before="m003_review")
    for statement in (
        "insert into agency (id, name) values ('a', 'A')",
        "insert into account (id, agency, network, handle, role) values (1, 'a', 'twitter', 'a', 'dialogue')",
        "insert into run (id, stage, version, config_hash, started_at) values (1, 'classify', '0', 'x', '2026')",
        "insert into verdict (run, account, classifier, version, label) values (1, 1, 'wall.posting', '1', 'open')",
    ):
        db.execute(statement)
    db.conn.commit()
    db.close()
    with Store(tmp_path / "a.db") as store:
        assert [(row["classifier"], row["label"]) for row in store.wall_rows()] == [("wall.posting", "open")]


def test_what_the_networks_said_before_walls_had_a_history_stays_said(tmp_path: Path) -> None:
    db = Database(tmp_path / "a.db")
    migrations.apply(db, stop_before="m005_walls")
    page = "insert into page (id, run, account, stream, url, fetched_at, sha256) values"
    for statement in (
        "insert into agency (id, name) values ('a', 'A')",
        "insert into account (id, agency, network, handle, role) values (1, 'a', 'facebook', 'a', 'dialogue')",
        "insert into run (id, stage, version, config_hash, started_at) values (1, 'collect', '0', 'x', '2026')",
        f"{page} (1, 1, 1, 'settings', 'u', '2026-03-01T06:00:00Z', 'x')",
        f"{page} (2, 1, 1, 'settings', 'u', '2026-03-05T06:00:00Z', 'y')",
        "insert into about values (1, 1, '{}'), (1, 2, '{\"settings\":{}}')",
        "insert into bookmark values (1, 'settings', null, 1, '2026-03-09T06:00:00Z')",
    ):
        db.execute(statement)
    db.conn.commit()
    db.close()
    with Store(tmp_path / "a.db") as store:
        spans = store.execute("select facts, first_seen_at, last_seen_at from about order by id").fetchall()
    assert spans == [
        ("{}", "2026-03-01T06:00:00Z", "2026-03-01T06:00:00Z"),
        ('{"settings":{}}', "2026-03-05T06:00:00Z", "2026-03-09T06:00:00Z"),
    ]


def test_a_migration_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from soma_audit.store import migrations as module

    def broken(_: str) -> list[str]:
        return ["create table one (a)", "create nonsense"]

    monkeypatch.setattr(module, "_statements", broken)
    with pytest.raises(Exception, match="cannot be used"):
        Store(tmp_path / "a.db", create=True)
    db = sqlite3.connect(tmp_path / "a.db")
    assert db.execute("select name from sqlite_master").fetchall() == []
    db.close()


def test_what_is_dropped_is_gone_from_the_file_too(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db", create=True) as store:
        assert store.execute("pragma secure_delete").fetchone() == (1,)


def test_readers_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db", create=True) as store:
        assert store.execute("pragma journal_mode").fetchone() == ("wal",)


def test_lines_kept_out_before_are_still_told(tmp_path: Path) -> None:
    db = Database(tmp_path / "a.db")
    migrations.apply(db, stop_before="m008_quarantine")
    db.execute(
        "insert into run (id, stage, version, config_hash, started_at) values (1, 'import', '0', 'x', '2026')"
    )
    db.execute("insert into quarantine values (1, 'posts.jsonl', 7, 'is not JSON')")
    db.conn.commit()
    migrations.apply(db)
    db.execute("insert into quarantine values (1, 'posts.jsonl', 7, 'has no id')")
    kept = db.execute("select line, reason from quarantine order by reason").fetchall()
    assert kept == [(7, "has no id"), (7, "is not JSON")]
