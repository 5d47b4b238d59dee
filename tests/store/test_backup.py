"""A copy of the whole database is as it was at one moment, and takes the database's place whole or not at all."""

from __future__ import annotations

import gzip
import os
import sqlite3
import stat
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from soma_audit.errors import Exit, InvalidInputError, LockedError
from soma_audit.store import Store, backup
from soma_audit.store.backup import exchange, pack, part_beside, put_in_place, save, unpack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def made(file: Path, *names: str) -> Path:
    with Store(file, create=True) as store:
        for name in names:
            insert(store, name)
    return file


def insert(store: Store, name: str) -> None:
    store.execute("insert into agency (id, name) values (?, ?)", (name, name))


def agencies(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as db:
        return [row[0] for row in db.execute("select id from agency order by id")]


def silent(_: object) -> None:
    """Nobody is told how far it is."""


def saved(
    store: Store, target: Path, say: Callable[[object], None] = silent, *, packed: bool = False
) -> Path:
    with part_beside(target) as part:
        save(store, part, say)
        if packed:
            pack(part)
        put_in_place(part, target)
    return target


def broken(file: Path) -> Path:
    """Overwrite the middle of a database."""
    with file.open("r+b") as out:
        out.seek(4096 * 3)
        out.write(b"\x55" * 4096 * 4)
    return file


# --- saving -------------------------------------------------------------------------------------------------------


def test_a_copy_holds_what_the_database_holds(tmp_path: Path) -> None:
    with Store(made(tmp_path / "a.db", "a", "b")) as store:
        assert agencies(saved(store, tmp_path / "copy.db")) == ["a", "b"]


def test_a_copy_is_of_one_moment_while_another_writes_and_the_other_is_not_kept_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "STEP", 5)
    said: list[object] = []
    with Store(made(tmp_path / "a.db", "a")) as store, Store(tmp_path / "a.db") as other:

        def write_meanwhile(now: object) -> None:
            insert(other, f"later-{len(said)}")
            said.append(now)

        saved(store, tmp_path / "copy.db", write_meanwhile)
    assert len(said) > 5
    assert said[-1] == "100 %"
    assert agencies(tmp_path / "copy.db") == ["a"]
    assert len(agencies(tmp_path / "a.db")) == len(said) + 1


def test_a_copy_does_without_what_another_has_not_finished(tmp_path: Path) -> None:
    with Store(made(tmp_path / "a.db", "a")) as store, Store(tmp_path / "a.db") as other, other.transaction():
        insert(other, "half")
        saved(store, tmp_path / "copy.db")
    assert agencies(tmp_path / "copy.db") == ["a"]


@pytest.mark.parametrize("packed", [False, True])
def test_a_copy_is_one_file_that_only_its_owner_can_read(tmp_path: Path, packed: bool) -> None:  # noqa: FBT001
    (tmp_path / "there").mkdir()
    with Store(made(tmp_path / "a.db")) as store:
        copy = saved(store, tmp_path / "there" / "copy.db", packed=packed)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert list(copy.parent.iterdir()) == [copy]
    with gzip.open(copy) if packed else copy.open("rb") as file:
        head = file.read(20)
    assert (head[:16], head[18:20]) == (b"SQLite format 3\0", b"\1\1")  # no write-ahead log goes with it


def test_a_copy_that_is_cut_off_leaves_nothing(tmp_path: Path) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    with Store(made(tmp_path / "a.db")) as store, pytest.raises(KeyboardInterrupt):
        saved(store, tmp_path / "copy.db", interrupt)
    assert {file.name for file in tmp_path.iterdir()} == {"a.db"}


def test_a_damaged_database_is_not_passed_off_as_a_backup(tmp_path: Path) -> None:
    with Store(broken(made(tmp_path / "a.db"))) as store, pytest.raises(InvalidInputError) as caught:
        saved(store, tmp_path / "copy.db")
    assert str(caught.value).startswith(f"The database {tmp_path / 'a.db'} is damaged: ")
    assert not (tmp_path / "copy.db").exists()


def test_what_the_database_s_library_refuses_is_told_in_a_sentence(tmp_path: Path) -> None:
    with Store(made(tmp_path / "a.db")) as store, part_beside(tmp_path / "copy.db") as part:
        part.write_bytes(b"something else" * 400)
        with pytest.raises(InvalidInputError, match=r"a\.db cannot be backed up: file is not a database\."):
            save(store, part, silent)


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(InvalidInputError, match=r"copy\.db cannot be written: No such file"),
        part_beside(tmp_path / "there" / "copy.db"),
    ):
        raise AssertionError


# --- taking back --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("packed", [False, True])
def test_a_backup_is_read_by_what_it_holds_not_by_its_name(tmp_path: Path, packed: bool) -> None:  # noqa: FBT001
    with Store(made(tmp_path / "a.db", "a")) as store:
        copy = saved(store, tmp_path / "copy", packed=packed)
    unpack(copy, tmp_path / "back.db", silent)
    assert agencies(tmp_path / "back.db") == ["a"]


def test_a_file_copied_by_hand_comes_with_what_its_log_holds(tmp_path: Path) -> None:
    with Store(made(tmp_path / "a.db", "a")) as store:
        insert(store, "in the log")
        for end in ("", "-wal"):
            (tmp_path / f"hand.db{end}").write_bytes((tmp_path / f"a.db{end}").read_bytes())
    unpack(tmp_path / "hand.db", tmp_path / "back.db", silent)
    assert agencies(tmp_path / "back.db") == ["a", "in the log"]


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:9000])


def without_a_table(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as db:
        db.execute("pragma user_version = 1")


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "another kind of file": (lambda file: file.write_text("agency,name"), "it is another kind of file"),
    "nothing": (lambda file: file.write_bytes(b""), "it is another kind of file"),
    "overwritten": (broken, "is damaged: "),
    "cut off": (cut, "is damaged: "),
    "packed and cut off": (
        lambda file: file.write_bytes(gzip.compress(file.read_bytes())[:-2000]),
        "is damaged: it is packed, and not complete.",
    ),
    "packed and overwritten": (
        lambda file: file.write_bytes(gzip.compress(broken(file).read_bytes())),
        "is damaged: ",
    ),
    "something else, packed": (
        lambda file: file.write_bytes(gzip.compress(b"agency,name")),
        "what is packed in it is no database",
    ),
    "a database without a table": (without_a_table, "holds nothing"),
    "a folder": (a_folder, "cannot be read: Is a directory"),
}


@pytest.mark.parametrize(("spoil", "said"), BAD.values(), ids=BAD)
def test_what_is_no_sound_backup_is_refused(
    tmp_path: Path, spoil: Callable[[Path], object], said: str
) -> None:
    with Store(made(tmp_path / "a.db", "a")) as store:
        copy = saved(store, tmp_path / "copy.db")
    spoil(copy)
    with pytest.raises(InvalidInputError) as caught:
        unpack(copy, tmp_path / "back.db", silent)
    assert said in str(caught.value)
    assert caught.value.exit_code == Exit.USAGE


@pytest.mark.parametrize("packed", [False, True])
def test_a_sound_backup_is_not_called_damaged_because_it_cannot_be_copied(
    tmp_path: Path,
    packed: bool,  # noqa: FBT001
) -> None:
    with Store(made(tmp_path / "a.db", "a")) as store:
        copy = saved(store, tmp_path / "copy.db", packed=packed)
    with pytest.raises((InvalidInputError, OSError)) as caught:
        unpack(copy, tmp_path / "nowhere" / "back.db", silent)
    assert "damaged" not in str(caught.value)


# --- taking the database's place ----------------------------------------------------------------------------------


def exchanged(tmp_path: Path) -> Path:
    """Put a copy that holds `new` in the place of a.db; return where the other is kept."""
    with Store(made(tmp_path / "new.db", "new")) as store:
        copy = saved(store, tmp_path / "copy.db")
    kept = tmp_path / "a.db.before-restore"
    exchange(copy, tmp_path / "a.db", kept)
    return kept


def test_the_database_that_is_replaced_is_kept(tmp_path: Path) -> None:
    made(tmp_path / "a.db", "old")
    kept = exchanged(tmp_path)
    assert (agencies(tmp_path / "a.db"), agencies(kept)) == (["new"], ["old"])


def test_it_is_kept_too_where_a_file_has_but_one_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    made(tmp_path / "a.db", "old")
    monkeypatch.setattr(os, "link", refuse)
    kept = exchanged(tmp_path)
    assert (agencies(tmp_path / "a.db"), agencies(kept)) == (["new"], ["old"])


def test_the_new_one_has_the_rights_of_the_old_one(tmp_path: Path) -> None:
    made(tmp_path / "a.db").chmod(0o640)
    exchanged(tmp_path)
    assert stat.S_IMODE((tmp_path / "a.db").stat().st_mode) == 0o640


def test_where_there_was_none_nothing_is_kept(tmp_path: Path) -> None:
    assert not exchanged(tmp_path).exists()
    assert agencies(tmp_path / "a.db") == ["new"]


def test_what_was_kept_before_is_replaced_with_all_that_belongs_to_it(tmp_path: Path) -> None:
    killed(tmp_path)
    (tmp_path / "a.db").replace(tmp_path / "a.db.before-restore")
    (tmp_path / "a.db-wal").replace(tmp_path / "a.db.before-restore-wal")
    made(tmp_path / "a.db", "older")
    kept = exchanged(tmp_path)
    assert agencies(kept) == ["older"]


def killed(folder: Path) -> None:
    """Leave a.db and its log as a kill leaves them."""
    with Store(made(folder / "live.db", "old")) as store:
        insert(store, "in the log")
        for end in ("", "-wal"):
            (folder / f"a.db{end}").write_bytes((folder / f"live.db{end}").read_bytes())


def test_what_a_kill_has_left_in_the_log_stays_with_the_old_one(tmp_path: Path) -> None:
    killed(tmp_path)
    kept = exchanged(tmp_path)
    assert (agencies(tmp_path / "a.db"), agencies(kept)) == (["new"], ["in the log", "old"])


@pytest.mark.parametrize("spoil", [lambda file: file.write_bytes(b"x" * 9000), lambda file: file.unlink()])
def test_the_log_of_a_lost_database_does_not_get_into_the_new_one(
    tmp_path: Path, spoil: Callable[[Path], object]
) -> None:
    killed(tmp_path)
    spoil(tmp_path / "a.db")
    exchanged(tmp_path)
    assert agencies(tmp_path / "a.db") == ["new"]
    assert len([*tmp_path.glob("a.db*wal*")]) == 1


def test_a_database_that_somebody_reads_is_left_alone(tmp_path: Path) -> None:
    with (
        Store(made(tmp_path / "a.db", "old")) as reader,
        reader.one_moment(),
        pytest.raises(LockedError, match=r"Another program has .*a\.db open"),
    ):
        exchanged(tmp_path)
    assert agencies(tmp_path / "a.db") == ["old"]
    assert not (tmp_path / "a.db.before-restore").exists()
