"""Where a command's words go: a file, standard output, or both of a terminal's streams."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from soma_audit.cli.log import warn
from soma_audit.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from soma_audit.audit.outcome import Outcome
    from soma_audit.cli.log import LogFormat
    from soma_audit.report.figures.model import Figures


def emit(outcome: Outcome, *, quiet: bool, as_json: bool, log_format: LogFormat = "text") -> int:
    """Return the exit code, with the outcome printed: warnings on standard error, even when quiet."""
    code = int(outcome.code)
    if as_json:
        told = {**outcome.data, "warnings": outcome.warnings, "exit": code}
        click.echo(json.dumps(told, ensure_ascii=False))
    for sentence in () if quiet or as_json else outcome.sentences:
        click.echo(sentence)
    if not as_json or log_format == "json":
        warn(outcome.warnings, code=code, log_format=log_format)
    return code


def print_report(figures: Figures) -> None:
    """Print the terminal report, as wide and as colourful as the terminal is."""
    import shutil

    from soma_audit.report.formats import terminal

    on_terminal = sys.stdout is not None and sys.stdout.isatty()
    width = shutil.get_terminal_size((100, 40)).columns if on_terminal else 100
    with output("-") as write:
        write(terminal.render(figures, width=width, colour=on_terminal))


def check_output(name: str) -> Path:
    """Return the file that is to be written.

    Raises:
        InvalidInputError: it is a folder, or lies in none that can be written to.
    """
    from soma_audit.text_files import printable

    target, shown = Path(os.path.realpath(name)), printable(name)
    try:
        if not name or name.endswith("/") or target.is_dir():
            raise InvalidInputError(
                f"{shown or 'An empty name'} is a folder, not a file to write to. Add a name."
            )
        if not target.parent.is_dir():
            raise InvalidInputError(
                f"There is no folder {target.parent} to write {printable(target.name)} in. Make it first."
            )
        if not target.exists() and not os.access(target.parent, os.W_OK | os.X_OK):
            raise InvalidInputError(f"{shown} cannot be written: you may not write in that folder.")
    except OSError as error:
        raise InvalidInputError(f"{shown} cannot be written: {error.strerror}.") from error
    return target


@contextmanager
def output(name: str) -> Iterator[Callable[[str | bytes], object]]:
    """Write text or bytes to a file (packed, if its name ends in .gz) or to standard output; a file appears whole or not at all.

    Raises:
        InvalidInputError: it cannot be written.
    """
    if name == "-":
        yield from _standard_output()
        return
    target = check_output(name)
    # a pipe or a device is written to as it is; a file takes the place of the one that was there
    part = target.with_name(f".soma-audit-{os.getpid()}.part") if _is_replaced(target) else None
    try:
        opener = gzip.open if target.suffix == ".gz" else open
        with opener(part or target, "wt", encoding="utf-8", newline="") as out:
            yield _writing(out)
        if part:
            part.replace(target)
    except OSError as error:
        raise InvalidInputError(f"{target} cannot be written: {error.strerror or error}.") from error
    finally:
        if part:
            part.unlink(missing_ok=True)


def _is_replaced(target: Path) -> bool:
    return target.is_file() or not target.exists()


def _standard_output() -> Iterator[Callable[[str | bytes], object]]:
    if sys.stdout is None:
        raise InvalidInputError("There is no standard output here. Name a file with --output.")
    if isinstance(sys.stdout, io.TextIOWrapper):  # a file for others, whatever this machine's locale is
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        yield _writing(sys.stdout)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise InvalidInputError(f"Standard output cannot be written: {error.strerror}.") from error


def _writing(out: TextIO) -> Callable[[str | bytes], object]:
    return lambda what: out.write(what) if isinstance(what, str) else out.buffer.write(what)
