"""Which of Wikidata's classes a kind of public body is, as data: a country's own classes, else one for all countries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from soma_audit.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

CLASSES: Mapping[str, str] = {
    "agency": "Q327333",
    "county": "Q28575",
    "court": "Q41487",
    "embassy": "Q3917681",
    "ministry": "Q192350",
    "municipality": "Q15284",
    "university": "Q3918",
}
"""Wikidata's class for each kind of body, in any country; what is of a class below it counts as well."""
OPERATED = frozenset({"embassy"})
"""These kinds are found by who runs them (P137): they lie in other countries."""


OWN_CLASSES: Mapping[str, Mapping[str, str]] = {
    "NO": {
        "Q109644271": "ministry",
        "Q101244256": "directorate",
        "Q755707": "municipality",
        "Q5177805": "county",
        "Q1769285": "court",
        "Q16973854": "court",
        "Q11979280": "court",
    },
    "SE": {
        "Q68295960": "agency",
        "Q107407151": "agency",
        "Q10330441": "ministry",
        "Q127448": "municipality",
        "Q1754161": "county",
    },
    "DK": {"Q110636698": "ministry", "Q2177636": "municipality", "Q62326": "county"},
    "FI": {"Q10495402": "ministry", "Q856076": "municipality", "Q193512": "county"},
    "IS": {"Q119788347": "ministry", "Q955655": "municipality"},
}
"""Classes of a country's bodies, by its two letters: narrow, so that the query service answers within its minute.

Source: the queries of Govdirectory (github.com/govdirectory/website, queries/generators; CC0).
"""
_STEMS = (
    *(
        ("county", "county"),
        ("region", "county"),
        ("municipalit", "municipality"),
        ("director", "directorate"),
    ),
    *(("ministr", "ministry"), ("embass", "embassy"), ("court", "court"), ("universit", "university")),
    ("agenc", "agency"),
)
"""What tells a kind in a class's English label; the first that stands there does: a county municipality is a county."""
LANGUAGES: Mapping[str, tuple[str, ...]] = {
    "NO": ("nb", "nn", "no"),
    "SE": ("sv",),
    "DK": ("da",),
    "FI": ("fi", "sv"),
    "IS": ("is",),
    "DE": ("de",),
    "NL": ("nl",),
}
"""In which language a country's bodies are named; a name for all languages (`mul`) and English stand behind it."""
_COUNTRY, _CLASS = re.compile(r"[A-Z]{2}"), re.compile(r"Q[1-9]\d{0,11}")


def kinds_of(country: str) -> list[str]:
    """Return the kinds that are known in a country."""
    return sorted({*CLASSES, *OWN_CLASSES.get(country, {}).values()})


def check(country: str, kind: str) -> None:
    """Check what is asked for, before anybody is asked.

    Raises:
        InvalidInputError: the country or the kind is none.
    """
    if not _COUNTRY.fullmatch(country):
        raise InvalidInputError(f"{country!r} is not a country's two letters; write them as NO, SE or DK.")
    if kind not in kinds_of(country) and not _CLASS.fullmatch(kind):
        raise InvalidInputError(
            f"{kind!r} is not a kind of body in {country}: write one of {', '.join(kinds_of(country))},"
            " or a class of Wikidata's, as in Q327333."
        )


def classes(country: str, kind: str) -> list[str]:
    """Return Wikidata's classes for a kind of a country's bodies."""
    own = [qid for qid, of in OWN_CLASSES.get(country, {}).items() if of == kind]
    return own or [CLASSES.get(kind, kind)]


def named(country: str, kind: str) -> str:
    """Return what a kind is called that was asked for by its class; a class without a name stays as it is."""
    own = {**OWN_CLASSES.get(country, {})} | {qid: name for name, qid in CLASSES.items()}
    return own.get(kind, kind)


def is_of(kind: str, country: str, told: str) -> bool:
    """Return whether a class, named by its id or its English label, is of a kind; where none is named, it may be."""
    if not told or _CLASS.fullmatch(kind):
        return True
    own = {**OWN_CLASSES.get(country, {})} | {qid: name for name, qid in CLASSES.items()}
    label = told.lower()
    return own.get(told, next((of for stem, of in _STEMS if stem in label), None)) == kind
