"""The whole database in another file, as it is at one moment, and such a file in the database's place."""

from __future__ import annotations

import gzip
import os
import shutil
import sqlite3
import zlib
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from soma_audit.errors import InvalidInputError, LockedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from soma_audit.store.connection import Part

STEP = 4096
"""So many of SQLite's pages, 16 MB, are copied at a time: between two steps Ctrl-C is heard, and a person told."""
BESIDE = ("-journal", "-wal", "-shm")
"""What SQLite keeps beside a file, by the ends of the names."""
_PACKED_END = ".gz"
_PACKED = b"\x1f\x8b"
_SQLITE = b"SQLite format 3\0"


@contextmanager
def part_beside(target: Path) -> Iterator[Path]:
    """Yield a new file beside another that only we can read; it is gone afterwards, if it has not become that one.

    Raises:
        InvalidInputError: it cannot be made or written.
    """
    part = target.with_name(f".soma-audit-{os.getpid()}.part")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        yield part
    except OSError as error:
        raise InvalidInputError(f"{target} cannot be written: {error.strerror or error}.") from error
    finally:
        for end in ("", _PACKED_END, *BESIDE):
            with suppress(OSError):
                part.with_name(part.name + end).unlink()


def save(store: Part, part: Path, say: Callable[[object], None]) -> None:
    """Copy an open database as it is at this moment, and look through the copy. Others read and write meanwhile.

    Raises:
        InvalidInputError: it cannot be copied, or is damaged.
    """
    try:
        with store.one_moment():  # or each writer would have the copying begin anew
            damage = _copied(store.connection, part, say)
    except sqlite3.DatabaseError as error:
        raise InvalidInputError(f"The database {store.path} cannot be backed up: {error}.") from error
    if damage:
        raise InvalidInputError(f"The database {store.path} is damaged: {damage}. No backup was made.")


def _copied(source: sqlite3.Connection, part: Path, say: Callable[[object], None]) -> str | None:
    """Copy a database into an empty file, and return what is broken in the copy."""

    def tell(_: int, left: int, whole: int) -> None:
        say(f"{100 * (whole - left) // max(whole, 1)} %")

    with closing(sqlite3.connect(part, isolation_level=None)) as copy:
        source.backup(copy, pages=STEP, progress=tell)
        # one file with nothing beside it, which can be read where nobody may write
        copy.execute("pragma journal_mode = delete")
        return _damage(copy)


def _damage(copy: sqlite3.Connection) -> str | None:
    """Return what is broken in a database."""
    found = str(copy.execute("pragma integrity_check(1)").fetchone()[0])
    return None if found == "ok" else found


def _code(error: sqlite3.DatabaseError) -> int:
    """Return what kind of error it is, whatever its details."""
    return error.sqlite_errorcode & 0xFF


def pack(part: Path) -> None:
    """Pack a file where it is."""
    packed = part.with_name(part.name + _PACKED_END)
    handle = os.open(packed, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with (
        os.fdopen(handle, "wb") as raw,
        part.open("rb") as whole,
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw) as out,
    ):
        shutil.copyfileobj(whole, out, 1 << 20)
    packed.replace(part)


def unpack(file: Path, part: Path, say: Callable[[object], None]) -> None:
    """Copy a backup, packed or not, and look through the copy.

    Raises:
        InvalidInputError: it is none, or damaged.
    """
    try:
        with file.open("rb") as given:
            head = given.read(len(_SQLITE))
    except OSError as error:
        raise InvalidInputError(f"{file} cannot be read: {error.strerror or error}.") from error
    if not head.startswith((_PACKED, _SQLITE)):
        raise InvalidInputError(f"Nothing was restored: {file} is no backup, it is another kind of file.")
    try:
        if head == _SQLITE:
            with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as source:
                damage = _copied(source, part, say)
        else:
            damage = _unpacked(file, part)
    except sqlite3.DatabaseError as error:
        if _code(error) not in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            raise InvalidInputError(f"Nothing was restored: {file} cannot be copied: {error}.") from error
        damage = str(error)
    if damage:
        raise InvalidInputError(f"Nothing was restored: {file} is damaged: {damage}.")
    with closing(sqlite3.connect(part)) as copy:
        if not copy.execute("select count(*) from sqlite_master").fetchone()[0]:
            raise InvalidInputError(f"Nothing was restored: {file} holds nothing.")


def _unpacked(file: Path, part: Path) -> str | None:
    """Unpack a backup, and return what is broken in it."""
    try:
        with gzip.open(file) as packed, part.open("wb") as out:
            shutil.copyfileobj(packed, out, 1 << 20)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return "it is packed, and not complete"
    with part.open("rb") as whole:
        if whole.read(len(_SQLITE)) != _SQLITE:
            return "what is packed in it is no database"
    with closing(sqlite3.connect(part, isolation_level=None)) as copy:
        return _damage(copy)


def put_in_place(part: Path, target: Path) -> None:
    """Let a file take the place of another, for good, also if the power goes."""
    with part.open("rb") as whole:
        os.fsync(whole.fileno())
    part.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def exchange(part: Path, database: Path, kept: Path) -> None:
    """Let a checked copy take the database's place, with its owner and rights; what was there is kept under another name.

    Raises:
        LockedError: another program has the database open.
    """
    with _nobody_else(database):
        replaced = database.exists()
        if replaced:
            before = database.stat()
            part.chmod(before.st_mode & 0o777)
            with suppress(PermissionError):
                os.chown(part, before.st_uid, before.st_gid)
            for end in ("", *BESIDE):
                Path(f"{kept}{end}").unlink(missing_ok=True)
            try:
                os.link(database, kept)  # so that at no moment there is none
            except OSError:
                database.rename(kept)
        for end in BESIDE:  # left by a kill, they would be taken for the new file's
            with suppress(FileNotFoundError):
                Path(f"{database}{end}").replace(
                    f"{kept}{end}" if replaced else f"{database}{end}.before-restore"
                )
        put_in_place(part, database)


@contextmanager
def _nobody_else(database: Path) -> Iterator[None]:
    """Keep everybody else out of a database; one that is broken nobody can be in."""
    if not database.exists():
        yield
        return
    with closing(sqlite3.connect(database, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("pragma journal_mode = delete")  # granted only to one who is alone
            connection.execute("begin exclusive")
        except sqlite3.DatabaseError as error:
            if _code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                raise LockedError(
                    f"Another program has {database} open. Close it, and try again; nothing was restored."
                ) from None
        yield
