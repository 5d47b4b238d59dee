"""One SQLite file, opened, shaped and written in transactions that either happen or do not."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeVar

from sqlite_utils import Database

from soma_audit.errors import InvalidInputError
from soma_audit.store.migrations import LAST_BEFORE, migrations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUSY_SECONDS = 30.0

R = TypeVar("R", bound=NamedTuple)
"""A kind of row."""


def text_time(moment: datetime) -> str:
    """Write a time as the database keeps it: UTC, whole seconds, Z."""
    in_utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return in_utc.isoformat()[:19] + "Z"  # a third of the time that strftime takes


def read_time(text: str | None) -> datetime | None:
    """Read a time of the database."""
    return datetime.fromisoformat(text) if text else None


def _may_be_sqlite(path: Path) -> bool:
    """Return whether it can be a database, by its first bytes: SQLite writes over a short file of another kind."""
    with path.open("rb") as file:
        return file.read(16) in {b"", b"SQLite format 3\0"}


def _known_migrations() -> set[str]:
    """Name all migrations of this version: those that an empty database still lacks."""
    with closing(sqlite3.connect(":memory:")) as empty:
        return {m.name for m in migrations.pending(Database(empty))}


@dataclass(slots=True)
class Shared:
    """What the parts of one open database have to know of each other."""

    forgot: bool = False
    """Texts have been dropped, and their words may still stand in the index's file."""


class Part:
    """A part of the database: some of its tables, read and written over the one connection."""

    path: Path
    connection: sqlite3.Connection
    shared: Shared

    def __init__(self, database: Part) -> None:
        self.path, self.connection, self.shared = database.path, database.connection, database.shared

    def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:  # noqa: ANN401 - a tuple or a mapping, as sqlite3 has it
        """Run one statement."""
        return self.connection.execute(sql, parameters)

    def typed(self, row: type[R], sql: str, parameters: Any = ()) -> Iterator[R]:  # noqa: ANN401 - a tuple or a mapping
        """Return the rows that a statement gives, each with its columns by name.

        Raises:
            TypeError: the statement's columns are not the row's fields, in their order: a value would get a wrong name.
        """
        cursor = self.execute(sql, parameters)
        columns = tuple(column[0] for column in cursor.description)
        if columns != row._fields:
            raise TypeError(
                f"{row.__name__} has the fields {row._fields}, the statement the columns {columns}: {sql}"
            )
        return map(row._make, cursor)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all of it or nothing. Takes the write lock at once: a deferred one fails when another writer is near."""
        self.execute("begin immediate")
        try:
            yield
        except BaseException:
            self.execute("rollback")
            raise
        self.execute("commit")

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        """Read all as it is at one moment, whatever others write meanwhile. Temporary tables made in it are gone after it."""
        self.execute("begin")
        try:
            # the moment is that of the first reading
            self.execute("select 1 from sqlite_master limit 1").fetchone()
            yield
        finally:
            self.execute("rollback")


class Connection(Part):
    """The file itself. Reading needs nothing; writing happens inside `transaction`."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        """Open the database and bring its shape up to date.

        Raises:
            InvalidInputError: there is no such file (and it may not be made), it is no database of ours, or a newer one.
        """
        if not create and not path.exists():
            raise InvalidInputError(
                f"There is no database {path}. `soma-audit run` or `soma-audit import FILE` makes it."
            )
        if not path.parent.is_dir():
            raise InvalidInputError(f"There is no folder {path.parent} to make the database in.")
        if path.is_file() and not _may_be_sqlite(path):
            raise InvalidInputError(f"The database {path} cannot be used: it is another kind of file.")
        self.path, self.shared = path, Shared()
        try:
            self.connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        except sqlite3.DatabaseError as error:
            raise InvalidInputError(f"The database {path} cannot be used: {error}.") from error
        try:
            self._shape()
        except BaseException as error:
            self.close()
            if isinstance(error, sqlite3.DatabaseError):
                raise InvalidInputError(f"The database {path} cannot be used: {error}.") from error
            raise

    def _shape(self) -> None:
        self.execute("pragma synchronous = normal")
        self.execute("pragma cache_size = -32768")  # 32 MB: a bulk import touches pages all over the indexes
        self.execute("pragma secure_delete = on")  # a text that is dropped must be gone from the file too
        db = Database(self.connection)
        tables = db.table_names()  # looked at first: another process may be making them this moment
        names = {m.name for m in migrations.applied(db)}
        if tables and not names:
            raise InvalidInputError(f"{self.path} is another program's database. Name a new file with --db.")
        if LAST_BEFORE in names:
            names = set()  # of the last shape before this one, which the first migration takes over
        elif any(name.startswith("m0") for name in names):
            raise InvalidInputError(
                f"{self.path} was made by a version too old to be read. Name a new file with --db, and collect or import anew."
            )
        if newer := names - _known_migrations():
            raise InvalidInputError(
                f"{self.path} was made by a newer soma-audit ({', '.join(sorted(newer))}). Upgrade this one first."
            )
        if migrations.pending(db):
            self._write_ahead()
            with self.transaction():  # two processes may open a new file at once: the second finds it done
                migrations.apply(db)

    def _write_ahead(self) -> None:
        """Switch to write-ahead logging. SQLite does not wait for others here: the first to open a new file is in the way."""
        for left in range(int(BUSY_SECONDS * 20), -1, -1):
            try:
                self.execute("pragma journal_mode = wal")
            except sqlite3.OperationalError:
                if not left:
                    raise
                time.sleep(0.05)
            else:
                return

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
