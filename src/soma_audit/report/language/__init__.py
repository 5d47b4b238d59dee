"""The languages a report can be written in: its sentences, numbers and dates in the language's own form.

A sentence is named by its English text. Each other language has a gettext catalogue, `catalogues/CODE.po`, which
translators' tools open. One with a count has two forms in English, written `{n} question|{n} questions` in the code.
Numbers and dates are the Unicode CLDR's, by Babel.
"""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from soma_audit.labels import REPORT_LANGUAGES

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

LOCALES = {"en": "en_GB"}
"""Where a language's numbers and dates are those of one country."""


class Language:
    """One language: what it calls things, and how it writes numbers and dates."""

    def __init__(self, code: str, translations: NullTranslations) -> None:
        self.code = code
        self._locale = LOCALES.get(code, code)
        self._translations = translations

    def say(self, text: str, **values: object) -> str:
        """Return a sentence in this language, filled with its values as they are."""
        template = self._translations.gettext(text) if text else ""  # gettext's own name for its header is ""
        return template.format(**values) if values else template

    def counted(self, n: int | None, forms: str, **values: object) -> str:
        """Return a count in words: `forms` is English for one and for any other number, with a bar between."""
        one, _, many = forms.partition("|")
        template = self._translations.ngettext(one, many, 2 if n is None else n)
        return template.format(n=self.number(n), **values)

    def number(self, count: int | None) -> str:
        """1204 → 1,204 or 1 204; what is too small to be published is less than five."""
        return "<5" if count is None else _decimal(count, "#,##0", self._locale)

    def fraction(self, value: float) -> str:
        """3.5 → 3.5 or 3,5; 3.0 → 3."""
        return _decimal(value, "#,##0.#", self._locale)

    def date(self, year: int, month: int, day: int) -> str:
        """3 Mar 2026, 3. mars 2026."""
        return _date(date(year, month, day), "medium", self._locale)

    def month(self, year: int, month: int) -> str:
        """Mar 2026, mars 2026."""
        return _date(date(year, month, 1), "MMM y", self._locale)


# A report writes the same few numbers and days thousands of times.
@lru_cache(maxsize=4096)
def _decimal(value: float, pattern: str, locale: str) -> str:
    return format_decimal(value, pattern, locale)


@lru_cache(maxsize=4096)
def _date(day: date, pattern: str, locale: str) -> str:
    return format_date(day, pattern, locale)


@cache
def language(code: str) -> Language:
    """Return a language, one of `REPORT_LANGUAGES`, ready to be written in."""
    if code == REPORT_LANGUAGES[0]:
        return Language(code, NullTranslations())
    compiled = BytesIO()
    write_mo(compiled, catalogue(code))
    compiled.seek(0)
    return Language(code, GNUTranslations(compiled))


def catalogue(code: str) -> Catalog:
    """Return a language's translations as they stand in its file."""
    with files("soma_audit.report.language").joinpath("catalogues", f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)
