"""The database backed up while others work with it, and a backup put back in its place; the key goes with neither."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from soma_audit.audit.doctor.checks import size_of
from soma_audit.audit.lock import locked
from soma_audit.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from soma_audit.audit.outcome import Outcome
    from soma_audit.audit.settings import Settings


def back_up(
    settings: Settings, target: Path, outcome: Outcome, *, force: bool, say: Callable[[object], None]
) -> None:
    """Write the database as it is now into a file, packed if its name ends in .gz.

    Raises:
        InvalidInputError: the file is there already, or cannot be written, or the database is damaged.
    """
    from soma_audit.store.backup import pack, part_beside, put_in_place, save

    _refuse_own(settings, target)
    if target.exists() and not (force and target.is_file()):
        raise InvalidInputError(
            f"{target} is there already. Name another file, or have it replaced with --force."
        )
    with settings.open() as store, part_beside(target) as part:
        save(store, part, say)
        if target.suffix == ".gz":
            pack(part)
        size = part.stat().st_size
        put_in_place(part, target)
    outcome.sentences.append(
        f"The database as it is now is in {target} ({size_of(size)}), checked and sound."
    )
    _tell_of_the_key(settings, outcome)
    outcome.data |= {"backup": str(target), "bytes": size}


def restore(
    settings: Settings, file: Path, outcome: Outcome, *, force: bool, say: Callable[[object], None]
) -> None:
    """Put a backup in the database's place; the database that was there is kept beside it.

    Raises:
        InvalidInputError: the file is no sound backup of ours, or what was kept at an earlier time is still there.
        LockedError: a run is going on, or another program has the database open.
    """
    from soma_audit.store.backup import exchange, part_beside, unpack

    if not file.exists():
        raise InvalidInputError(f"There is no file {file}. Nothing was restored.")
    _refuse_own(settings, file)
    database = Path(os.path.realpath(settings.database))
    if not database.parent.is_dir():
        raise InvalidInputError(f"There is no folder {database.parent} to make the database in.")
    kept = database.with_name(f"{database.name}.before-restore")
    with locked(settings.database), part_beside(database) as part:
        replaced = database.exists()
        if replaced and kept.exists() and not force:
            raise InvalidInputError(
                f"{kept} is there already, from an earlier restoring."
                " Move it away, or have it replaced with --force."
            )
        unpack(file, part, say)
        key_hash = _brought_along(part, file)
        exchange(part, database, kept)
    outcome.sentences.append(f"The database {database} is as {file} has it.")
    if replaced:
        outcome.sentences.append(f"The one that it replaces is kept as {kept}; delete it once all is well.")
    outcome.sentences.append(
        "Texts whose time is up since then are dropped by the next run, or now by purge."
    )
    _tell_of_the_key(settings, outcome)
    _warn_of_another_key(settings, key_hash, outcome)
    outcome.data |= {"restored": str(database), "kept": str(kept) if replaced else None}


def _refuse_own(settings: Settings, file: Path) -> None:
    """Refuse a name under which the audit keeps something itself."""
    from soma_audit.store.backup import BESIDE

    database = settings.database
    own = {f"{database}{end}" for end in ("", ".lock", *BESIDE)} | {str(settings.key_file())}
    if os.path.realpath(file) in {os.path.realpath(name) for name in own}:
        raise InvalidInputError(f"{file} is a file that the audit itself works with. Name another.")


def _brought_along(part: Path, file: Path) -> str | None:
    """Bring a backup of ours to today's shape; return the hash of the key with which its pseudonyms were made."""
    from soma_audit.store import Store

    try:
        with Store(part) as store:
            store.execute("pragma journal_mode = wal")  # as every database of ours; a backup is without
            return store.last_key_hash()
    except InvalidInputError as error:
        raise InvalidInputError(
            f"Nothing was restored. {str(error).replace(str(part), str(file))}"
        ) from error


def _tell_of_the_key(settings: Settings, outcome: Outcome) -> None:
    key = settings.key_file().absolute()
    outcome.sentences.append(
        f"The pseudonyms' key is not part of a backup: it is in {key}. Keep a copy of it in another place than backups."
    )
    outcome.data["key"] = str(key)


def _warn_of_another_key(settings: Settings, known: str | None, outcome: Outcome) -> None:
    """Say at once what the next run would say: that it cannot go on with the key that is here."""
    from soma_audit.collect.pseudonyms import load_key

    if known is None:
        return
    try:
        load_key(settings.key_file(), known=known)
    except InvalidInputError as error:
        outcome.warnings.append(str(error))
