"""The database: all SQL, all writing. One method a question, grouped by the stage that asks it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from soma_audit import __version__
from soma_audit.errors import Exit, SomaError
from soma_audit.store.connection import Connection, text_time
from soma_audit.store.figures.snapshot import FigureQueries
from soma_audit.store.health import HealthQueries
from soma_audit.store.mails import MailStore
from soma_audit.store.posts.duplicates import DuplicateStore
from soma_audit.store.posts.erasing import ErasureStore
from soma_audit.store.posts.inventory import InventoryQueries
from soma_audit.store.posts.remasking import RemaskingStore
from soma_audit.store.posts.retention import RetentionStore
from soma_audit.store.posts.writing import Added, PostStore
from soma_audit.store.published import PublishedStore
from soma_audit.store.register import RegisterStore
from soma_audit.store.reviews import ReviewStore
from soma_audit.store.sites import SiteStore
from soma_audit.store.spending import SpendingStore
from soma_audit.store.verdicts import VerdictStore
from soma_audit.store.walks import WalkStore
from soma_audit.store.wall_looks import WallLookStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

__all__ = ["Added", "Run", "Store", "text_time"]


class Run:
    """One stage being carried out."""

    def __init__(self, number: int) -> None:
        self.id = number
        self.outcome = Exit.DONE
        self.note: str | None = None

    def partial(self, note: str) -> None:
        """Something could not be seen, or was damaged."""
        self.outcome = Exit.PARTIAL
        self.note = note if self.note is None else f"{self.note}; {note}"


class Store(Connection):
    """The whole database, a part for each kind of row that is written or asked for."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        """Open the database and bring its shape up to date.

        Raises:
            InvalidInputError: there is no such file (and it may not be made), it is no database of ours, or a newer one.
        """
        super().__init__(path, create=create)
        self.register = RegisterStore(self)
        self.posts = PostStore(self)
        self.walks = WalkStore(self)
        self.duplicates = DuplicateStore(self)
        self.verdicts = VerdictStore(self)
        self.looks = WallLookStore(self)
        self.reviews = ReviewStore(self)
        self.figures = FigureQueries(self)
        self.retention = RetentionStore(self)
        self.erasure = ErasureStore(self)
        self.inventory = InventoryQueries(self)
        self.remasking = RemaskingStore(self)
        self.health = HealthQueries(self)
        self.sites = SiteStore(self)
        self.spending = SpendingStore(self)
        self.mails = MailStore(self)
        self.published = PublishedStore(self)

    @contextmanager
    def run(
        self, stage: str, *, config_hash: str, clock: Callable[[], datetime], key_hash: str | None = None
    ) -> Iterator[Run]:
        """Keep a line on a stage from its beginning to its end; a line without an end was killed."""
        row = self.execute(
            "insert into run (stage, version, config_hash, key_hash, started_at) values (?, ?, ?, ?, ?) returning id",
            (stage, __version__, config_hash, key_hash, text_time(clock())),
        ).fetchone()
        run = Run(row[0])
        try:
            yield run
        except BaseException as error:
            run.outcome = error.exit_code if isinstance(error, SomaError) else Exit.FAILED
            run.note = type(error).__name__
            raise
        finally:
            self.execute(
                "update run set ended_at = ?, outcome = ?, note = ? where id = ?",
                (text_time(clock()), run.outcome, run.note, run.id),
            )

    def last_key_hash(self) -> str | None:
        """Return the hash of the key with which the pseudonyms in this database were made; None if there is none yet."""
        row = self.execute(
            "select key_hash from run where key_hash is not null order by id desc limit 1"
        ).fetchone()
        return row[0] if row else None
