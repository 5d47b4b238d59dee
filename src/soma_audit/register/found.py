"""What another register says of public bodies: Wikidata, by its query service or by an answer saved from it.

Source of the rules: statements with an end (P582) or of deprecated rank are left out, and so are bodies that are dissolved
(P576) or replaced (P1366).
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from soma_audit.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PROPERTIES: Mapping[str, tuple[str, str]] = {
    "P2002": ("twitter", "{}"),
    "P2013": ("facebook", "{}"),
    "P12361": ("bluesky", "{}"),
    "P4033": ("mastodon", "{}"),
    "P2003": ("instagram", "{}"),
    "P4264": ("linkedin", "{}"),
    "P2397": ("youtube", "channel/{}"),
    "P11245": ("youtube", "@{}"),
    "P11892": ("threads", "{}"),
    "P7085": ("tiktok", "{}"),
    "P3267": ("flickr", "{}"),
    "P4015": ("vimeo", "{}"),
}
"""Wikidata's properties for accounts: the register's name for the network, and what its handle looks like."""
KINDS: Mapping[str, str] = {
    "agency": "Q327333",
    "county": "Q28575",
    "embassy": "Q3917681",
    "ministry": "Q192350",
    "municipality": "Q15284",
    "university": "Q3918",
}
"""Wikidata's class for each kind of body; what is of a class below it counts as well."""
LANGUAGES: Mapping[str, str] = {
    "NO": "nb,nn",
    "SE": "sv",
    "DK": "da",
    "FI": "fi,sv",
    "IS": "is",
    "DE": "de",
    "NL": "nl",
}
"""In which language a country's bodies are named; English stands behind it."""
_QUERY = """
SELECT ?body ?bodyLabel ?website ?property ?account WHERE {{
  ?country wdt:P297 "{country}" .
  ?body wdt:P31/wdt:P279* wd:{kind} ; wdt:P17 ?country .
  FILTER NOT EXISTS {{ ?body wdt:P576 [] }}
  FILTER NOT EXISTS {{ ?body wdt:P1366 [] }}
  OPTIONAL {{ ?body wdt:P856 ?website }}
  OPTIONAL {{
    VALUES (?property ?claim ?value) {{ {properties} }}
    ?body ?claim ?statement .
    ?statement ?value ?account ; wikibase:rank ?rank .
    FILTER (?rank != wikibase:DeprecatedRank)
    FILTER NOT EXISTS {{ ?statement pq:P582 [] }}
  }}
  SERVICE wikibase:label {{ bd:serviceParam wikibase:language "{languages}en" }}
}}
ORDER BY ?body ?property ?account
"""


@dataclass(frozen=True, slots=True)
class FoundAccount:
    """A body's account by another register; without a network, the body alone."""

    body: str
    """The body's id there, as in Q42."""
    name: str
    website: str | None
    network: str | None
    handle: str | None


def query(country: str, kind: str) -> str:
    """Return what to ask Wikidata's query service for: the bodies of a kind in a country (ISO 3166-1), with their accounts."""
    languages = LANGUAGES.get(country, "")
    return _QUERY.format(
        country=country,
        kind=KINDS.get(kind, kind),
        properties=" ".join(f"(wd:{p} p:{p} ps:{p})" for p in PROPERTIES),
        languages=f"{languages}," if languages else "",
    )


def found_in(answer: str, name: str) -> list[FoundAccount]:
    """Return the accounts in an answer of the query service: its JSON, or a table with the columns of one.

    Raises:
        InvalidInputError: it is neither.
    """
    if answer.lstrip().startswith("{"):
        try:
            bindings = list(json.loads(answer)["results"]["bindings"])
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidInputError(f"{name} is no answer of a query service: it has no results.") from error
        return _without_doubles(_from_json(bindings))
    rows = csv.DictReader(io.StringIO(answer))
    if not {"qid", "name_en", "wikidata_property", "account"} <= set(rows.fieldnames or ()):
        raise InvalidInputError(
            f"{name} is no answer of a query service: neither its JSON nor a table with the columns qid, name_en,"
            " website, wikidata_property and account."
        )
    return _without_doubles(_from_table(rows))


def _from_json(bindings: Iterable[Mapping[str, Any]]) -> Iterator[FoundAccount]:
    for row in bindings:
        if not isinstance(row, dict):
            continue
        told = {key: str(row[key].get("value", "")) for key in row if isinstance(row[key], dict)}
        body = told.get("body", "").rpartition("/")[2]
        label = told.get("bodyLabel", "")
        if body and label and label != body:  # a body without a name in these languages has its id for one
            prop = told.get("property", "").rpartition("/")[2]
            yield _account(body, label, told.get("website"), prop, told.get("account", ""))


def _from_table(rows: Iterable[Mapping[str, str]]) -> Iterator[FoundAccount]:
    for row in rows:
        if row["qid"] and row["name_en"]:
            yield _account(
                row["qid"], row["name_en"], row.get("website"), row["wikidata_property"], row["account"]
            )


def _account(body: str, name: str, website: str | None, prop: str, written: str) -> FoundAccount:
    network, shape = PROPERTIES.get(prop, (None, "{}"))
    handle = shape.format(written) if network and written else None
    return FoundAccount(body, name, website or None, network if handle else None, handle)


def _without_doubles(found: Iterable[FoundAccount]) -> list[FoundAccount]:
    """Return each account once: a body with two sites comes once for each."""
    once: dict[tuple[str, str | None, str], FoundAccount] = {}
    for account in found:
        once.setdefault((account.body, account.network, (account.handle or "").lower()), account)
    return list(once.values())
