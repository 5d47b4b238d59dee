"""What people saw of walls, from a CSV file: one look a line, read anew each night or taken in once.

Columns: network, handle, observed_at, observer, question, seen, signed_in, file, note. A line whose `seen` is empty has
not been filled in yet, and is skipped. `file` counts from the folder of the CSV; it is kept by its name and its hash.
"""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from soma_audit.errors import InvalidInputError
from soma_audit.labels import SEEN, WALLS
from soma_audit.model import Look, SignedIn
from soma_audit.networks import NETWORKS
from soma_audit.text_files import STANDARD_INPUT, name_of, read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

COLUMNS = (
    *("network", "handle", "observed_at", "observer", "question", "seen"),
    *("signed_in", "file", "note"),
)
NEEDED = COLUMNS[:7]


@dataclass(slots=True)
class Looks:
    """What a file of looks holds."""

    looks: list[tuple[int, str, str, Look]] = field(default_factory=list)
    """Line, network, handle, and what was seen."""
    bad_lines: list[tuple[int, str]] = field(default_factory=list)
    blank: int = 0
    """Lines that have not been filled in."""


class _BadLookError(ValueError):
    """A line that is not a look, and why."""


def read(file: Path, now: datetime) -> Looks:
    """Read a file of looks.

    Raises:
        InvalidInputError: there is no such file, or it is another kind of file.
    """
    text = read_text(file, "The file of looks", table=True)
    folder = Path() if name_of(file) == STANDARD_INPUT else file.parent

    def hash_of(name: str) -> str | None:
        try:
            return hash_file(folder / name) if (folder / name).is_file() else None
        except OSError:
            return None

    return parse(text, name_of(file), now, hash_of)


def hash_file(file: Path) -> str:
    """Return a file's SHA-256, by which it can be told from another one."""
    with file.open("rb") as picture:
        return hashlib.file_digest(picture, "sha256").hexdigest()


def parse(text: str, name: str, now: datetime, hash_of: Callable[[str], str | None]) -> Looks:
    """Read the text of a file of looks. `hash_of` gives the hash of a file that a line names, None if it is not there.

    Raises:
        InvalidInputError: its first line is not that of such a file.
    """
    found = Looks()
    lines = csv.DictReader(
        io.StringIO(text), delimiter=";" if ";" in text.partition("\n")[0] else ",", restval=""
    )
    header = [column.strip().lower() for column in lines.fieldnames or ()]
    if missing := [column for column in NEEDED if column not in header]:
        raise InvalidInputError(
            f"{name} is not a file of looks: its first line lacks {', '.join(missing)}."
            " `soma-audit wall sheet` writes one to fill in."
        )
    lines.fieldnames = header
    try:
        for number, row in _numbered(lines):
            if not row["seen"]:
                found.blank += 1
                continue
            try:
                found.looks.append((number, row["network"], row["handle"], look(row, now, hash_of)))
            except _BadLookError as error:
                found.bad_lines.append((number, str(error)))
    except csv.Error as error:
        found.bad_lines.append((lines.line_num, f"cannot be read ({error})"))
    return found


def _numbered(lines: csv.DictReader[str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    for row in lines:
        cells = {column: str(row.get(column) or "").strip() for column in COLUMNS}
        if any(cells.values()):
            yield lines.line_num, {**cells, "handle": cells["handle"].removeprefix("@")}


def look(row: Mapping[str, str], now: datetime, hash_of: Callable[[str], str | None]) -> Look:
    """Read one look from its columns.

    Raises:
        _BadLookError: it cannot be meant so.
    """
    if row["network"] not in NETWORKS:
        raise _BadLookError(f"network is not one of {', '.join(sorted(NETWORKS))}")
    if not row["observer"]:
        raise _BadLookError("observer is missing: who looked? Initials or a role will do")
    for column, words in (("question", WALLS), ("seen", SEEN), ("signed_in", tuple(SignedIn))):
        if row[column] not in words:
            raise _BadLookError(f"{column} is not one of {', '.join(words)}")
    file, sha256 = row["file"] or None, None
    if file is not None and (sha256 := hash_of(file)) is None:
        raise _BadLookError(f"the file {file} is not there")
    return Look(
        question=row["question"],
        seen=row["seen"],
        observed_at=_time(row["observed_at"], row["network"], now),
        observer=row["observer"],
        signed_in=SignedIn(row["signed_in"]),
        file=file,
        sha256=sha256,
        note=row["note"] or None,
    )


def _time(text: str, network: str, now: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _BadLookError(
            "observed_at is not a valid time; write it as 2026-03-02T09:30:00+01:00"
        ) from None
    if moment.tzinfo is None:
        raise _BadLookError("observed_at has no time zone; write it as 2026-03-02T09:30:00+01:00")
    if moment > now:
        raise _BadLookError("observed_at lies in the future")
    if moment < NETWORKS[network].began:
        raise _BadLookError(f"observed_at lies before {NETWORKS[network].title} began")
    return moment.astimezone(UTC).replace(microsecond=0)
