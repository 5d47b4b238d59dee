"""The files that a command is given: they are there, and standard input is one too.

It is read more than once, so it is kept on disk meanwhile, for this user's eyes only.
"""

from __future__ import annotations

import os
import shutil
import signal
import stat
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NoReturn

from soma_audit.errors import InvalidInputError
from soma_audit.text_files import STANDARD_INPUT, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BLOCK = 1 << 20


@contextmanager
def files_given(files: Sequence[Path]) -> Iterator[list[Path]]:
    """Yield the files with one in place of `-` that holds standard input; it is removed afterwards.

    Its date is that of the file that was redirected, or now.

    Raises:
        InvalidInputError: one is missing, `-` is there twice, or there is nothing that could be read.
    """
    if missing := [name_of(file) for file in files if str(file) != "-" and _is_missing(file)]:
        raise InvalidInputError(f"There is no file {', '.join(missing)}. Nothing was imported.")
    asked = [str(file) for file in files].count("-")
    if not asked:
        yield list(files)
        return
    if asked > 1:
        raise InvalidInputError("Standard input can be read only once: give - one time.")
    if sys.stdin is None:
        raise InvalidInputError("There is no standard input here. Name a file.")
    if sys.stdin.isatty():
        raise InvalidInputError(
            "- reads what another program sends, and none does. Write it as: zcat posts.jsonl.gz | soma-audit import -"
        )
    with _removed_when_ended(), TemporaryDirectory(prefix="soma-audit-") as folder:
        spool = Path(folder) / STANDARD_INPUT
        _fill(spool)
        yield [spool if str(file) == "-" else file for file in files]


def _is_missing(file: Path) -> bool:
    """Return whether there is no such file; one that may not be read is reported when it is opened."""
    try:
        file.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _fill(spool: Path) -> None:
    try:
        with spool.open("wb") as out:
            shutil.copyfileobj(sys.stdin.buffer, out, _BLOCK)
        given = os.fstat(sys.stdin.fileno())
        if stat.S_ISREG(given.st_mode):
            os.utime(spool, (given.st_atime, given.st_mtime))
    except OSError as error:
        raise InvalidInputError(
            f"Standard input cannot be kept in {spool.parent.parent} while it is read: {error.strerror}."
            " The variable TMPDIR names another folder."
        ) from error


@contextmanager
def _removed_when_ended() -> Iterator[None]:
    """Let SIGTERM end the program in order, so that what people wrote is not left behind."""

    def end(number: int, _: object) -> NoReturn:
        sys.exit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
