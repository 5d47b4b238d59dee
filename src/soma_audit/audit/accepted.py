"""The file of accepted findings: what `--fail-on` leaves alone, until when and why."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from soma_audit.errors import InvalidInputError
from soma_audit.text_files import read_toml

if TYPE_CHECKING:
    from pathlib import Path

    from soma_audit.report.figures.findings import Accepted


def load(file: Path) -> list[Accepted]:
    """Read the file; every mistake is told at once.

    Raises:
        InvalidInputError: there is no such file, or something in it cannot be meant.
    """
    entries = read_toml(file, "The file of accepted findings").get("accepted", [])
    if not isinstance(entries, list):
        raise InvalidInputError(f"{file}: write each accepted finding under [[accepted]].")
    mistakes = [f"entry {n}: {wrong}" for n, entry in enumerate(entries, 1) for wrong in _mistakes(entry)]
    if mistakes:
        raise InvalidInputError(f"{file} has mistakes:", mistakes)
    return [_entry(entry) for entry in entries]


def _mistakes(entry: Any) -> list[str]:  # noqa: ANN401 - whatever TOML holds
    from soma_audit.report.figures.findings import KINDS

    if not isinstance(entry, dict):
        return ["write it under [[accepted]]"]
    wrong = [
        f"{key}: there is no such setting" for key in entry.keys() - {"finding", "account", "until", "reason"}
    ]
    if entry.get("finding") not in KINDS:
        wrong.append(f"finding must be one of {', '.join(KINDS)}")
    if "/" not in str(entry.get("account", "")):
        wrong.append("account must be written as facebook/eksempeletat")
    if type(entry.get("until")) is not date:
        wrong.append("until must be a day, such as 2026-12-31")
    if not entry.get("reason"):
        wrong.append("reason is missing")
    return sorted(wrong)


def _entry(entry: dict[str, Any]) -> Accepted:
    from soma_audit.report.figures.findings import Accepted

    return Accepted(entry["finding"], entry["account"], entry["until"], entry["reason"])
