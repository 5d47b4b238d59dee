"""Cells and sheets of the workbook, before xlsx.py writes them down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Cell:
    """A value that does not look as its type alone would; text with a URL is a link."""

    value: object
    look: str
    url: str | None = None


class Blank(NamedTuple):
    """A column that people fill in: how what they write looks, how wide it is, and what they may choose from, if not all."""

    look: str
    width: int
    choices: Sequence[str] = ()


class Sheet(NamedTuple):
    """A table on a sheet of its own; `above` are lines that stand over it."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[object]]
    above: Sequence[Cell] = ()
    blanks: Mapping[int, Blank] = MappingProxyType({})
    """Columns to fill in, by their places."""
    hidden: int = 0
    """So many columns at the end are there for the program alone."""


def cell(value: object) -> Cell:
    """The value as a cell that looks as its type does."""
    if isinstance(value, Cell):
        return value
    if isinstance(value, datetime):
        return Cell(value, "date")
    if value is None or isinstance(value, (bool, float)):
        return Cell(value, "number")
    if isinstance(value, int):
        return Cell(value, "whole")
    return Cell(" ".join(map(str, value)) if isinstance(value, tuple) else str(value), "text")
