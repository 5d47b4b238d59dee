"""A database to import into, and the files beside it: what the tests of every format share."""

from __future__ import annotations

import csv
import io
import json
import os
import zipfile
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from collect.builders import NOW, PEOPLE, X_ACCOUNT, open_store, stored_bytes
from soma_audit.errors import Exit
from soma_audit.imports import ImportContext, import_files
from soma_audit.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from types import TracebackType
    from typing import Self
    from zoneinfo import ZoneInfo

    from soma_audit.imports import Imported
    from soma_audit.model import Account

TABLES = ("agency", "account", "page", "post", "observation", "observation_fts_docsize", "verdict")
"""Tables that an import writes to, but for what tells of the import itself."""


def as_lines(*values: object) -> bytes:
    """One JSON value a line."""
    return "".join(json.dumps(value) + "\n" for value in values).encode()


def as_table(*written: Mapping[str, Any], names: Mapping[str, str] | None = None, sep: str = ",") -> bytes:
    """A table whose columns are those of the first row, some of them under other names."""
    out = io.StringIO()
    table = csv.writer(out, delimiter=sep)
    table.writerow([(names or {}).get(name, name) for name in written[0]])
    table.writerows([row.get(name, "") for name in written[0]] for row in written)
    return out.getvalue().encode()


def as_zip(members: Mapping[str, bytes]) -> bytes:
    """A zip with these members."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return written.getvalue()


@lru_cache
def _empty(accounts: tuple[Account, ...]) -> bytes:
    """A database with nothing but a register; making one takes longer than most imports."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        open_store(path, *accounts).close()
        return path.read_bytes()


class ImportDesk:
    """A database with a register, and a folder of files to import into it."""

    def __init__(
        self, folder: Path, *accounts: Account, known: bool = True, format_: str | None = None
    ) -> None:
        self.folder, self.format_ = folder, format_
        self.database = folder / "a.db"
        self.database.write_bytes(_empty(accounts or ((X_ACCOUNT,) if known else ())))
        self.store = Store(self.database)
        self.outcome = Exit.DONE

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.store.close()

    def file(self, content: bytes, name: str = "posts.jsonl", *, modified_at: datetime | None = None) -> Path:
        """Lay a file beside the database; its name may have folders in it."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        if modified_at is not None:
            os.utime(path, (modified_at.timestamp(),) * 2)
        return path

    def take(
        self,
        *files: Path,
        format_: str | None = None,
        named: list[tuple[str, str]] | None = None,
        timezone: ZoneInfo | None = None,
        columns: Mapping[str, str] | None = None,
        time_format: str | None = None,
        now: datetime = NOW,
    ) -> Imported:
        """Import files as `soma-audit import` does."""
        desk = ImportContext(
            self.store, PEOPLE, named=named, timezone=timezone, columns=columns, time_format=time_format
        )
        with self.store.run("import", config_hash="x", clock=lambda: now) as run:
            result = import_files(self.store, run, files, desk, now, format_=format_ or self.format_)
        self.outcome = run.outcome
        return result

    def lines(self, *values: object, **how: Any) -> Imported:
        """Import one JSON value a line."""
        return self.take(self.file(as_lines(*values)), **how)

    def posts(self, *columns: str) -> list[tuple[Any, ...]]:
        """The posts as last seen, by id."""
        return self.store.execute(
            f"select {', '.join(columns)} from current_post order by native_id, handle"
        ).fetchall()

    def one(self, column: str) -> Any:
        """A column of the first post."""
        return self.posts(column)[0][0]

    def counted(self) -> dict[str, int]:
        """How many rows each table has."""
        return {t: self.store.execute(f"select count(*) from {t}").fetchone()[0] for t in TABLES}

    def bytes(self) -> bytes:
        """All bytes of the database, as they are on disk."""
        return stored_bytes(self.database)
