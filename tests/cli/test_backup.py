"""`backup` and `restore`: the database in a file of its own while others work, and back in its place."""

from __future__ import annotations

import fcntl
import gzip
import json
import resource
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from cli.test_commands import write_posts

if TYPE_CHECKING:
    from pathlib import Path

    from cli.conftest import Soma

WORDS = "Når åpner den aller minste fyrlykta igjen?"


@pytest.fixture
def held(soma: Soma, tmp_path: Path) -> Path:
    """A judged database with one question."""
    soma("import", write_posts(tmp_path / "p.jsonl", {"text": WORDS}))
    soma("classify", "--as-of", "2026-03-10")
    return tmp_path / "soma-audit.db"


def report(soma: Soma) -> str:
    return soma("report", "--format", "json", "--as-of", "2026-03-10").out


def on_a_full_disk(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command that can write no file beyond 40 KB."""

    def as_if_full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))

    return subprocess.run(
        [sys.executable, "-m", "soma_audit", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=as_if_full,
    )


@pytest.mark.parametrize("name", ["copy.db", "copy.db.gz"])
def test_a_backup_brings_back_the_same_report(soma: Soma, held: Path, name: str) -> None:
    before = report(soma)
    assert soma("backup", name).code == 0
    soma("import", write_posts(held.parent / "q.jsonl", {"id": "2"}))
    soma("classify", "--as-of", "2026-03-10")
    assert report(soma) != before
    assert soma("restore", name).code == 0
    assert report(soma) == before


def test_the_whole_example_comes_back_with_the_same_report(soma: Soma, example: Path, tmp_path: Path) -> None:
    for name in ("example.db", "example.key", "config.toml"):
        shutil.copy(example / name, tmp_path / name)
    before = soma("report", "--format", "json").out
    soma("backup", "copy.db.gz")
    (tmp_path / "example.db").unlink()
    assert soma("restore", "copy.db.gz").code == 0
    assert soma("report", "--format", "json").out == before


def test_after_it_a_run_goes_on_as_if_nothing_had_been(soma: Soma, held: Path) -> None:
    soma("backup", "copy.db")
    soma("restore", "copy.db")
    ended = soma("import", "--json", "p.jsonl")
    assert (ended.code, json.loads(ended.out)["new"]) == (0, 0)
    with closing(sqlite3.connect(held)) as db:
        assert db.execute("pragma journal_mode").fetchone() == ("wal",)


class TestBackup:
    def test_says_where_it_is_and_that_the_key_is_not_in_it(self, soma: Soma, held: Path) -> None:
        ended = soma("backup", "copy.db")
        assert f"is in {held.parent / 'copy.db'} (1 MB), checked and sound." in ended.out
        assert f"key is not part of a backup: it is in {held.with_suffix('.key')}." in ended.out

    def test_holds_no_key(self, soma: Soma, held: Path) -> None:
        soma("backup", "copy.db")
        content = (held.parent / "copy.db").read_bytes()
        assert held.with_suffix(".key").read_bytes().strip() not in content
        assert WORDS.encode() in content

    def test_tells_machines_the_same(self, soma: Soma, held: Path) -> None:
        told = json.loads(soma("backup", "--json", "copy.db.gz").out)
        copy = held.parent / "copy.db.gz"
        assert told == {
            "backup": str(copy),
            "bytes": copy.stat().st_size,
            "key": str(held.with_suffix(".key")),
            "warnings": [],
            "exit": 0,
        }

    def test_says_nothing_when_all_is_well_and_it_is_to_be_quiet(self, soma: Soma, held: Path) -> None:
        ended = soma("backup", "--quiet", "copy.db")
        assert (ended.code, ended.out, ended.err) == (0, "", "")

    def test_is_made_while_a_run_goes_on(self, soma: Soma, held: Path) -> None:
        with held.with_name("soma-audit.db.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with closing(sqlite3.connect(held, isolation_level=None)) as run:
                run.execute("begin immediate")
                run.execute("delete from verdict")
                assert soma("backup", "copy.db").code == 0
                run.execute("commit")
        with closing(sqlite3.connect(held.parent / "copy.db")) as copy:
            assert copy.execute("select count(*) > 0 from verdict").fetchone() == (1,)

    def test_replaces_nothing_unasked(self, soma: Soma, held: Path) -> None:
        (held.parent / "copy.db").write_text("precious")
        ended = soma("backup", "copy.db")
        assert (ended.code, (held.parent / "copy.db").read_text()) == (2, "precious")
        assert "copy.db is there already. Name another file, or have it replaced with --force." in ended.err
        assert soma("backup", "--force", "copy.db").code == 0

    @pytest.mark.parametrize(
        "name", ["soma-audit.db", "soma-audit.key", "soma-audit.db.lock", "soma-audit.db-wal"]
    )
    def test_never_overwrites_what_the_audit_works_with(self, soma: Soma, held: Path, name: str) -> None:
        ended = soma("backup", "--force", name)
        assert ended.code == 2
        assert "is a file that the audit itself works with" in ended.err
        assert soma("report").code == 0

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("nowhere/copy.db", "There is no folder "),
            (".", "is a folder, not a file to write to"),
            ("-", "A backup goes into a file. Name one."),
            ("/dev/null", "is there already"),
        ],
    )
    def test_that_cannot_be_written_is_told_in_one_sentence(
        self, soma: Soma, held: Path, name: str, said: str
    ) -> None:
        ended = soma("backup", "--force", name)
        assert ended.code == 2
        assert said in ended.err
        assert "Traceback" not in ended.err

    @pytest.mark.parametrize("name", ["copy.db", "copy.db.gz"])
    def test_on_a_full_disk_is_told_in_one_sentence_and_leaves_nothing(self, held: Path, name: str) -> None:
        ended = on_a_full_disk(held.parent, "backup", name)
        assert ended.returncode == 2
        assert len(ended.stderr.splitlines()) == 1
        assert "cannot be backed up: disk I/O error." in ended.stderr
        assert not [*held.parent.glob("copy*"), *held.parent.glob(".soma*")]

    def test_of_a_damaged_database_is_not_made(self, soma: Soma, held: Path) -> None:
        with held.open("r+b") as file:
            file.seek(4096 * 5)
            file.write(b"\x55" * 4096 * 3)
        ended = soma("backup", "copy.db")
        assert ended.code == 2
        assert "is damaged" in ended.err
        assert not (held.parent / "copy.db").exists()

    def test_of_nothing_is_refused(self, soma: Soma, tmp_path: Path) -> None:
        ended = soma("backup", "copy.db")
        assert (ended.code, [*tmp_path.iterdir()]) == (2, [])
        assert "There is no database" in ended.err


class TestRestore:
    @pytest.fixture
    def copy(self, soma: Soma, held: Path) -> Path:
        soma("backup", "copy.db")
        return held.parent / "copy.db"

    def test_keeps_what_it_replaces_and_says_where(self, soma: Soma, held: Path, copy: Path) -> None:
        before = held.read_bytes()
        ended = soma("restore", "copy.db")
        kept = held.with_name("soma-audit.db.before-restore")
        assert f"is kept as {kept}; delete it once all is well." in ended.out
        assert f"key is not part of a backup: it is in {held.with_suffix('.key')}." in ended.out
        assert kept.read_bytes()[100:] == before[100:]

    def test_a_second_time_replaces_what_was_kept_only_when_told(self, soma: Soma, copy: Path) -> None:
        assert soma("restore", "copy.db").code == 0
        ended = soma("restore", "copy.db")
        assert ended.code == 2
        assert "before-restore is there already, from an earlier restoring." in ended.err
        assert soma("restore", "--force", "copy.db").code == 0

    def test_waits_for_no_run(self, soma: Soma, held: Path, copy: Path) -> None:
        before = held.read_bytes()
        with held.with_name("soma-audit.db.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            ended = soma("restore", "copy.db")
        assert (ended.code, held.read_bytes() == before) == (11, True)

    def test_does_not_take_the_database_from_under_a_reader(self, soma: Soma, held: Path, copy: Path) -> None:
        with closing(sqlite3.connect(held, isolation_level=None)) as reader:
            reader.execute("begin")
            reader.execute("select count(*) from post").fetchone()
            ended = soma("restore", "copy.db")
        assert ended.code == 11
        assert "Close it, and try again; nothing was restored." in ended.err
        assert not [*held.parent.glob("*.before-restore"), *held.parent.glob(".soma*")]

    def test_repairs_a_database_that_cannot_be_opened(self, soma: Soma, held: Path, copy: Path) -> None:
        before = report(soma)
        held.write_bytes(b"x" * 9000)
        assert soma("report").code == 2
        assert soma("restore", "copy.db").code == 0
        assert report(soma) == before

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "is no backup, it is another kind of file"),
            (b"agency,name\n", "is no backup, it is another kind of file"),
            (gzip.compress(b"agency,name\n"), "what is packed in it is no database"),
            (gzip.compress(b"agency,name\n")[:-9], "it is packed, and not complete"),
        ],
        ids=["nothing", "a table", "a table, packed", "packed and cut off"],
    )
    def test_of_what_is_no_backup_is_refused(self, soma: Soma, held: Path, content: bytes, said: str) -> None:
        before = report(soma)
        (held.parent / "copy.db").write_bytes(content)
        ended = soma("restore", "copy.db")
        assert (ended.code, report(soma)) == (2, before)
        assert said in ended.err

    def test_of_a_damaged_file_is_refused(self, soma: Soma, held: Path, copy: Path) -> None:
        before = report(soma)
        with copy.open("r+b") as file:
            file.seek(4096 * 5)
            file.write(b"\x55" * 4096 * 3)
        ended = soma("restore", "copy.db")
        assert (ended.code, report(soma)) == (2, before)
        assert "Nothing was restored: " in ended.err
        assert "is damaged" in ended.err

    def test_of_another_program_s_database_is_refused(self, soma: Soma, held: Path) -> None:
        with closing(sqlite3.connect(held.parent / "copy.db")) as other, other:
            other.execute("create table recipe (name text)")
        ended = soma("restore", "copy.db")
        assert ended.code == 2
        assert "Nothing was restored. copy.db is another program's database." in ended.err

    def test_of_a_database_without_anything_is_refused(self, soma: Soma, held: Path) -> None:
        before = report(soma)
        with closing(sqlite3.connect(held.parent / "copy.db")) as other:
            other.execute("pragma user_version = 1")
        ended = soma("restore", "copy.db")
        assert (ended.code, report(soma)) == (2, before)
        assert "copy.db holds nothing." in ended.err

    def test_of_a_newer_version_s_database_is_refused(self, soma: Soma, copy: Path) -> None:
        with closing(sqlite3.connect(copy)) as newer, newer:
            newer.execute(
                "insert into _sqlite_migrations (migration_set, name) values ('soma_audit', '9999_later')"
            )
        ended = soma("restore", "copy.db")
        assert ended.code == 2
        assert "copy.db was made by a newer soma-audit (9999_later)." in ended.err

    def test_of_an_older_version_s_database_brings_its_shape_up_to_date(
        self, soma: Soma, held: Path, copy: Path
    ) -> None:
        with closing(sqlite3.connect(copy)) as older, older:
            older.execute("delete from _sqlite_migrations where name = '0004_use_of_channels'")
            older.execute("drop view own_post_use")
        assert soma("restore", "copy.db").code == 0
        with closing(sqlite3.connect(held)) as db:
            assert db.execute("select count(*) from own_post_use").fetchone() is not None

    @pytest.mark.parametrize("name", ["copy.db", "copy.db.gz"])
    def test_on_a_full_disk_is_told_in_one_sentence_and_changes_nothing(
        self, soma: Soma, held: Path, name: str
    ) -> None:
        soma("backup", name)
        before = held.read_bytes()
        ended = on_a_full_disk(held.parent, "restore", name)
        assert (ended.returncode, len(ended.stderr.splitlines())) == (2, 1)
        assert "cannot be " in ended.stderr
        assert "damaged" not in ended.stderr
        assert held.read_bytes() == before
        assert not [*held.parent.glob("*.before-restore"), *held.parent.glob(".soma*")]

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("nowhere.db", "There is no file nowhere.db. Nothing was restored."),
            ("soma-audit.db", "is a file that the audit itself works with"),
        ],
    )
    def test_needs_a_file_that_is_there_and_another(
        self, soma: Soma, held: Path, name: str, said: str
    ) -> None:
        ended = soma("restore", name)
        assert ended.code == 2
        assert said in ended.err

    def test_into_a_folder_that_is_missing_is_refused(self, soma: Soma, copy: Path) -> None:
        ended = soma("restore", "copy.db", "--db", "nowhere/a.db")
        assert ended.code == 2
        assert "There is no folder " in ended.err

    def test_beside_another_key_says_at_once_what_the_next_run_would(
        self, soma: Soma, held: Path, copy: Path
    ) -> None:
        held.with_suffix(".key").unlink()
        ended = soma("restore", "copy.db")
        assert ended.code == 0
        assert "is missing, but the database was made with one. Restore the file" in ended.err

    def test_tells_machines_what_was_done(self, soma: Soma, held: Path, copy: Path) -> None:
        told = json.loads(soma("restore", "--json", "copy.db").out)
        assert (told["restored"], told["kept"]) == (str(held), f"{held}.before-restore")
