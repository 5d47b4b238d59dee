"""The report for machines: every figure, with numerator, denominator, what was left out, interval and window."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from soma_audit.report.text import UNSAFE, iso

if TYPE_CHECKING:
    from soma_audit.report.figures.model import Figures

SCHEMA = 1
"""Goes up when a key changes its meaning or goes away; new keys may come at any time."""


def render(figures: Figures) -> str:
    """All figures as JSON, keys in the order of the dataclasses, times in UTC."""
    text = json.dumps({"schema": SCHEMA, **_keys(figures)}, ensure_ascii=False, indent=1)
    # Escaped for JSON, not cleaned: whoever parses it gets the very text, whoever prints it stays safe.
    return UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def _keys(figure: object) -> dict[str, object]:
    return {f.name: plain(getattr(figure, f.name)) for f in fields(figure)}  # type: ignore[arg-type]


def plain(value: object) -> object:
    """Make a figure of what JSON knows: objects, lists, text and numbers."""
    if is_dataclass(value):
        return _keys(value)
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(part) for part in value]
    return value
