"""What is told on standard error: a sentence for people, or one JSON object a line for a journal."""

from __future__ import annotations

import json
import os
import sys
import traceback
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LogFormat: TypeAlias = Literal["text", "json"]
Level: TypeAlias = Literal["error", "warning"]
PRIORITIES = {"error": 3, "warning": 4}
"""The numbers by which syslog and systemd's journal filter."""


def tell(
    message: str, *, level: Level, code: int, log_format: LogFormat, trace: BaseException | None = None
) -> None:
    """Tell a warning or an error; `code` is what the command ends with, `trace` an error to show the place of."""
    if log_format == "text":
        if trace is not None:
            traceback.print_exception(trace)
        click.echo(f"soma-audit: {message}", err=True)
        return
    entry = {"time": _now(), "level": level, "code": int(code), "message": message}
    if trace is not None:
        entry["traceback"] = "".join(traceback.format_exception(trace))
    priority = f"<{PRIORITIES[level]}>" if _goes_to_journal() else ""
    click.echo(priority + json.dumps(entry), err=True)


def warn(warnings: Sequence[str], *, code: int, log_format: LogFormat) -> None:
    """Tell a command's warnings; in a journal each line has to be understood alone."""
    for warning in warnings if log_format == "text" else whole(warnings):
        tell(warning, level="warning", code=code, log_format=log_format)


def whole(warnings: Sequence[str]) -> Iterator[str]:
    """Yield warnings with the heading that they stand under, in place of that heading."""
    heading = ""
    for warning, following in pairwise([*warnings, ""]):
        if warning.startswith("  "):
            yield f"{heading} {warning.strip()}".strip()
        else:
            heading = warning
            if not following.startswith("  "):
                yield warning


def _goes_to_journal() -> bool:
    """Return whether systemd's journal reads standard error: it takes a number before a line for its priority."""
    try:
        stream = os.fstat(sys.stderr.fileno())
    except (AttributeError, OSError, ValueError):
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{stream.st_dev}:{stream.st_ino}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
