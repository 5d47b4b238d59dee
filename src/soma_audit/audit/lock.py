"""One writer at a time: a lock beside the database that the system releases even when a run is killed."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from soma_audit.errors import InvalidInputError, LockedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Hold the lock on a database.

    Raises:
        LockedError: another run holds it.
    """
    file = database.with_name(f"{database.name}.lock")
    try:
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise InvalidInputError(
            f"The lock {file} cannot be made: {error.strerror}. Is the folder there, and yours?"
        ) from error
    with os.fdopen(handle, "r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = lock.read().strip() or "unknown"
            raise LockedError(
                f"Another run (process {holder}) is working on {database}. Try again when it is done."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
