"""The configuration and the database that a command works on, and what follows from them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from soma_audit.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from soma_audit.collect.pseudonyms import Pseudonyms
    from soma_audit.config import Config
    from soma_audit.store import Store


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration and the database a command works on."""

    config: Config
    database: Path
    config_file: Path | None

    def as_of(self, given: datetime | None) -> datetime:
        """Return the time to judge by: what was asked for, what the configuration fixes, or now."""
        return given or self.config.as_of or _now()

    def key_file(self) -> Path:
        """Return where the key to the pseudonyms lies."""
        setting = self.config.privacy.key_file
        return self.config.path(setting) if setting else self.database.with_suffix(".key")

    def pseudonyms(self, store: Store) -> Pseudonyms:
        """Return what takes people out of texts: by this database's key, and as the configuration says."""
        from soma_audit.collect.pseudonyms import load_key

        return load_key(self.key_file(), known=store.last_key_hash(), countries=self.config.privacy.countries)

    def masked(self, note: str | None) -> str | None:
        """Return a person's note without the numbers and addresses of others that may have been copied into it."""
        from soma_audit.collect.masking import mask

        return note and mask(note, self.config.privacy.countries)

    def open(self, *, create: bool = False) -> Store:
        """Return the database, opened; `create`: made if it is not there."""
        from soma_audit.store import Store

        return Store(self.database, create=create)

    def collecting_clock(self, *, replay: bool) -> Callable[[], datetime]:
        """Return the clock to collect by: saved pages are as old as the configuration says, the networks are now."""
        fixed = self.config.as_of if replay else None
        return lambda: fixed or _now()

    def bring_register(self, store: Store) -> None:
        """Bring the database's register up to date, if there is one: whose posts and walls these are is known by it."""
        from soma_audit import register

        file = self.config.path(self.config.collect.register_file)
        if self.config_file and file.is_file():
            listed = register.load(file)
            store.register.save_register(
                listed.agencies, listed.accounts, self.as_of(None), channels=listed.channels
            )


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def read_settings(config_file: Path | None, db_file: Path | None, *, needs_config: bool) -> Settings:
    """Return the settings by what was asked for, else the environment, else the file in this folder.

    Raises:
        InvalidInputError: there is no configuration and one is needed, it has mistakes, or the database is a folder.
    """
    from soma_audit.config import DEFAULT_NAME, load

    named = config_file or (Path(v) if (v := os.environ.get("SOMA_AUDIT_CONFIG")) else None)
    if named is None and Path(DEFAULT_NAME).exists():
        named = Path(DEFAULT_NAME)
    if named is None and needs_config:
        raise InvalidInputError(
            f"There is no {DEFAULT_NAME} here. `soma-audit init` makes one; or name another with --config."
        )
    config = load(named)
    from_environment = os.environ.get("SOMA_AUDIT_DB")
    database = db_file or (Path(from_environment) if from_environment else config.path(config.database))
    if database.is_dir():
        raise InvalidInputError(
            f"The database {database} is a folder. Name a file in it, as in --db soma-audit.db."
        )
    return Settings(config, database, named.absolute() if named else None)
