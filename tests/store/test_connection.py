"""One SQLite file: opened or refused with a sentence, and written whole or not at all."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from soma_audit.errors import Exit, InvalidInputError
from soma_audit.store import Store, text_time
from soma_audit.store.connection import read_time
from soma_audit.store.figures.rows import LanguageCountRow


def refused(path: Path, *, create: bool = True) -> str:
    with pytest.raises(InvalidInputError) as caught:
        Store(path, create=create)
    assert caught.value.exit_code == Exit.USAGE
    return str(caught.value)


def everything(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


# --- opening ------------------------------------------------------------------------------------------------------


def test_a_database_is_made_only_where_it_may_be(tmp_path: Path) -> None:
    assert re.match(
        r"There is no database .*a\.db\. `soma-audit run`", refused(tmp_path / "a.db", create=False)
    )
    assert everything(tmp_path) == {}


def test_a_database_that_was_made_is_opened(tmp_path: Path) -> None:
    Store(tmp_path / "a.db", create=True).close()
    with Store(tmp_path / "a.db") as store:
        assert store.register.accounts() == []


def test_a_folder_that_is_missing_is_named_and_not_made(tmp_path: Path) -> None:
    assert refused(tmp_path / "there" / "a.db").startswith(f"There is no folder {tmp_path / 'there'}")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    assert "cannot be used" in refused(tmp_path)


@pytest.mark.parametrize("content", [b"agency,name,kind\n" * 99, b"x", b"\x1f\x8b" + bytes(600)])
def test_a_file_of_another_kind_is_refused_and_left_as_it_was(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.db").write_bytes(content)
    assert "cannot be used: it is another kind of file" in refused(tmp_path / "a.db")
    assert everything(tmp_path) == {"a.db": content}


def test_another_program_s_database_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as other, other:
        other.execute("create table recipe (name text)")
    other.close()
    before = everything(tmp_path)
    assert refused(tmp_path / "a.db").endswith("is another program's database. Name a new file with --db.")
    assert everything(tmp_path) == before


def test_a_newer_database_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db", create=True) as store:
        store.execute(
            "insert into _sqlite_migrations (migration_set, name) values ('soma_audit', 'm999_later')"
        )
        store.execute("pragma journal_mode = delete")
    before = everything(tmp_path)
    assert "was made by a newer soma-audit (m999_later). Upgrade this one first." in refused(
        tmp_path / "a.db"
    )
    assert everything(tmp_path) == before


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    (tmp_path / "a.db").touch()
    with Store(tmp_path / "a.db", create=True) as store:
        assert store.register.accounts() == []


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="asks Linux which files are open")
def test_a_refused_file_is_not_kept_open(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as other, other:
        other.execute("create table recipe (name text)")
    other.close()
    refused(tmp_path / "a.db")
    held = [path.readlink() for path in Path("/proc/self/fd").iterdir() if path.is_symlink()]
    assert tmp_path / "a.db" not in held


OPEN = """
import sys
from pathlib import Path
from soma_audit.model import Agency
from soma_audit.store import Store
print("ready", flush=True)
sys.stdin.readline()
with Store(Path(sys.argv[1]), create=True) as store:
    with store.transaction():
        store.execute("insert into agency (id, name) values (?, ?)", (sys.argv[2], sys.argv[2]))
"""


def test_processes_that_open_a_new_file_at_once_all_find_it_made(tmp_path: Path) -> None:
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, str(tmp_path / "a.db"), str(n)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for n in range(4)
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    said = [racer.communicate(timeout=60)[1] for racer in racers]
    assert said == [""] * 4
    with Store(tmp_path / "a.db") as store:
        assert store.execute("select count(*) from agency").fetchone() == (4,)


# --- transactions -------------------------------------------------------------------------------------------------


def insert(store: Store, name: str) -> None:
    store.execute("insert into agency (id, name) values (?, ?)", (name, name))


def agencies(store: Store) -> list[str]:
    return [row[0] for row in store.execute("select id from agency order by id")]


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db", create=True) as store:
        with suppress(KeyboardInterrupt), store.transaction():
            insert(store, "a")
            raise KeyboardInterrupt
        assert agencies(store) == []


def test_after_a_transaction_that_failed_the_next_one_holds(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db", create=True) as store:
        with suppress(sqlite3.IntegrityError), store.transaction():
            insert(store, "a")
            insert(store, "a")
        with store.transaction():
            insert(store, "b")
        assert agencies(store) == ["b"]


def test_what_is_being_written_is_seen_by_others_only_when_it_is_done(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db", create=True) as writer, Store(tmp_path / "a.db") as reader:
        with writer.transaction():
            insert(writer, "a")
            assert agencies(reader) == []
        assert agencies(reader) == ["a"]


# --- rows ---------------------------------------------------------------------------------------------------------


def test_rows_have_their_columns_by_name(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db", create=True) as store:
        found = store.typed(LanguageCountRow, "select 1 as account, 'nn' as language, ? as posts", (2,))
        assert [*found] == [LanguageCountRow(account=1, language="nn", posts=2)]


@pytest.mark.parametrize(
    "columns",
    [
        "'nn' as language, 1 as account, 2 as posts",
        "1 as account, 'nn' as language",
        "1 as account, 'nn' as language, 2 as posts, 3 as more",
    ],
)
def test_columns_that_are_not_the_row_s_are_refused_even_where_there_is_no_row(
    tmp_path: Path, columns: str
) -> None:
    with (
        Store(tmp_path / "a.db", create=True) as store,
        pytest.raises(TypeError, match="LanguageCountRow has the fields"),
    ):
        store.typed(LanguageCountRow, f"select {columns} limit 0")


# --- times --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 3, 2, 9, 14, tzinfo=UTC), "2026-03-02T09:14:00Z"),
        (datetime(2026, 3, 2, 9, 14, 59, 999_999, tzinfo=UTC), "2026-03-02T09:14:59Z"),
        (datetime(2026, 3, 2, 0, 14, tzinfo=timezone(timedelta(hours=1))), "2026-03-01T23:14:00Z"),
    ],
)
def test_times_are_kept_in_utc_to_the_second(moment: datetime, text: str) -> None:
    assert text_time(moment) == text


def test_a_time_is_read_as_it_was_written() -> None:
    moment = datetime(2026, 3, 2, 9, 14, tzinfo=UTC)
    assert (read_time(text_time(moment)), read_time(None)) == (moment, None)


# --- runs ---------------------------------------------------------------------------------------------------------

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def last_run(store: Store) -> tuple[object, ...]:
    row: tuple[object, ...] = store.execute(
        "select stage, config_hash, started_at, ended_at, outcome, note from run order by id desc"
    ).fetchone()
    return row


def test_a_run_is_kept_from_its_beginning_to_its_end(tmp_path: Path) -> None:
    times = iter([NOW, NOW + timedelta(minutes=5)])
    with Store(tmp_path / "a.db", create=True) as store:
        with store.run("collect", config_hash="abc", clock=lambda: next(times)):
            assert last_run(store) == ("collect", "abc", "2026-03-02T09:00:00Z", None, None, None)
        assert last_run(store)[3:] == ("2026-03-02T09:05:00Z", Exit.DONE, None)


def test_a_run_that_could_not_see_everything_says_what(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db", create=True) as store:
        with store.run("collect", config_hash="abc", clock=lambda: NOW) as run:
            run.partial("1 line kept out")
            run.partial("1 account not seen")
        assert last_run(store)[4:] == (Exit.PARTIAL, "1 line kept out; 1 account not seen")


@pytest.mark.parametrize(
    ("error", "outcome"), [(ValueError("secret"), Exit.FAILED), (InvalidInputError("secret"), Exit.USAGE)]
)
def test_a_run_that_failed_names_the_kind_of_error_and_nothing_of_what_it_said(
    tmp_path: Path, error: Exception, outcome: Exit
) -> None:
    with Store(tmp_path / "a.db", create=True) as store:
        with pytest.raises(type(error)), store.run("collect", config_hash="abc", clock=lambda: NOW):
            raise error
        assert last_run(store)[4:] == (outcome, type(error).__name__)


def test_the_last_key_is_remembered_by_its_hash(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db", create=True) as store:
        assert store.last_key_hash() is None
        for key in ("one", "two", None):
            with store.run("import", config_hash="abc", clock=lambda: NOW, key_hash=key):
                pass
        assert store.last_key_hash() == "two"
