"""What is said of an unexpected error: one sentence, which quotes nobody's text."""

from __future__ import annotations

import errno
import sqlite3
import traceback
from pathlib import Path

from soma_audit.text_files import printable

_HOME = Path(__file__).parent.parent
_KEPT = "What was stored before is kept."
_OF_THE_DISK = ("disk", "full", "locked", "readonly", "unable to open")
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


def sentence(error: BaseException) -> str:
    """Return what happened, what became of the data, and what to do."""
    if isinstance(error, sqlite3.DatabaseError) and type(error) in {
        sqlite3.DatabaseError,
        sqlite3.OperationalError,
    }:
        return _of_database(str(error))
    if isinstance(error, MemoryError):
        return f"there is not enough memory for this. {_KEPT} Close other programs, or take less at a time."
    if isinstance(error, OSError) and error.strerror:
        where = f"{printable(str(error.filename))}: " if error.filename is not None else ""
        todo = "Free some space and try again." if error.errno in _NO_ROOM else "Fix that and try again."
        return f"{where}{error.strerror}. {_KEPT} {todo}"
    return (
        f"unexpected error ({type(error).__name__}{_place(error)}). {_KEPT}"
        " Run `soma-audit --traceback COMMAND …` to see more, and please report it as a bug."
    )


def _of_database(said: str) -> str:
    todo = "`soma-audit doctor` looks through it."
    if "malformed" not in said and any(word in said for word in _OF_THE_DISK):
        todo = "Is the disk full, the file locked, or not yours to write?"
    return f"the database cannot be used: {said}. {todo}"


def _place(error: BaseException) -> str:
    """Return where in our code it happened, in the innermost place."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_HOME)]
    if not ours:
        return ""
    return f" in {Path(ours[-1].filename).relative_to(_HOME)} line {ours[-1].lineno}"
