"""The languages a report can be written in: its sentences, numbers and dates in the language's own form.

A sentence is named by its English text. The other languages have a catalogue, `catalogues/CODE.toml`: English text =
translation. One with a count has two forms, `{n} question|{n} questions`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MONTHS: Mapping[str, tuple[str, ...]] = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"),
    "nb": ("jan.", "feb.", "mars", "april", "mai", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "des."),
    "nn": ("jan.", "feb.", "mars", "april", "mai", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "des."),
}
"""Short names, as Språkrådet writes them in Norwegian."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language: what it calls things, and how it writes numbers and dates."""

    code: str
    thousands: str
    """Between groups of three digits."""
    decimal: str
    after_day: str
    """Behind the day of a date: 3. mars, 3 Mar."""
    sentences: Mapping[str, str] = field(default_factory=dict)

    def say(self, text: str, **values: object) -> str:
        """Say a sentence in this language, filled with its values as they are."""
        template = self.sentences.get(text, text)
        return template.format(**values) if values else template

    def counted(self, n: int | None, forms: str, **values: object) -> str:
        """Say a count: `forms` is the sentence for one and the sentence for any other number, with a bar between."""
        one, _, many = self.sentences.get(forms, forms).partition("|")
        return (one if n == 1 else many).format(n=self.number(n), **values)

    def number(self, count: int | None) -> str:
        """1204 → 1,204 or 1 204; what is too small to be published is less than five."""
        return "<5" if count is None else f"{count:,}".replace(",", self.thousands)

    def fraction(self, value: float, digits: int = 1) -> str:
        """3.5 → 3.5 or 3,5; without zeros behind."""
        whole, _, part = f"{value:,.{digits}f}".partition(".")
        part = part.rstrip("0")
        return whole.replace(",", self.thousands) + (self.decimal + part if part else "")

    def date(self, year: int, month: int, day: int) -> str:
        """3 Mar 2026, 3. mars 2026."""
        return f"{day}{self.after_day} {self.month(month)} {year}"

    def month(self, number: int) -> str:
        """Name a month shortly."""
        return MONTHS[self.code][number - 1]


NARROW = "\N{NARROW NO-BREAK SPACE}"
CODES = ("en", "nb", "nn")


@cache
def language(code: str) -> Language:
    """Get a language ready."""
    if code == "en":
        return Language("en", ",", ".", "")
    return Language(code, NARROW, ",", ".", _sentences(code))


def _sentences(code: str) -> Mapping[str, str]:
    text = files("soma_audit.report.language").joinpath("catalogues", f"{code}.toml").read_text("utf-8")
    return {english: said for part in tomllib.loads(text).values() for english, said in part.items()}
