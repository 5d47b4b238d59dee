"""What Wikidata says of public bodies: the question to its query service, and what stands in an answer.

Source of the rules: the properties' own pages, and Govdirectory's queries. Statements with an end (P582) or of deprecated rank
are left out, and so are bodies that are dissolved (P576) or replaced (P1366).
"""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import TYPE_CHECKING, Any

from soma_audit.errors import InvalidInputError
from soma_audit.register.found import PROPERTIES, Found, FoundBody, account_of, joined, plain
from soma_audit.register.kinds import LANGUAGES, OPERATED, classes, is_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

SOURCE = "Wikidata"
ASKED_ON = "asked_on"
"""Where a saved answer says on which day it came."""
COLUMNS = ("qid", "name_en", "wikidata_property", "account")
"""What a table must have."""
_QUERY = """
SELECT ?body ?bodyLabel ?website ?property ?account WHERE {{
  ?country wdt:P297 "{country}" .
  VALUES ?class {{ {classes} }}
  ?body wdt:P31/wdt:P279* ?class ; wdt:{place} ?country .
  FILTER NOT EXISTS {{ ?body wdt:P576 [] }}
  FILTER NOT EXISTS {{ ?body wdt:P1366 [] }}
  OPTIONAL {{
    ?body p:P856 ?site .
    ?site ps:P856 ?website ; a wikibase:BestRank .
    FILTER NOT EXISTS {{ ?site pq:P582 [] }}
  }}
  OPTIONAL {{
    VALUES (?property ?claim ?value) {{ {properties} }}
    ?body ?claim ?statement .
    ?statement ?value ?account ; wikibase:rank ?rank .
    FILTER (?rank != wikibase:DeprecatedRank)
    FILTER NOT EXISTS {{ ?statement pq:P582 [] }}
  }}
  SERVICE wikibase:label {{ bd:serviceParam wikibase:language "{languages}" }}
}}
ORDER BY ?body ?property ?account
"""


def query(country: str, kind: str) -> str:
    """Return what to ask the query service for: the bodies of a kind in a country (ISO 3166-1), with their accounts."""
    return _QUERY.format(
        country=country,
        classes=" ".join(f"wd:{qid}" for qid in classes(country, kind)),
        place="P137" if kind in OPERATED else "P17",
        properties=" ".join(f"(wd:{p} p:{p} ps:{p})" for p in PROPERTIES),
        languages=",".join([*LANGUAGES.get(country, ()), "mul", "en"]),
    )


def found_in(answer: str, name: str, *, country: str, kind: str) -> Found:
    """Return the bodies in an answer of the query service: its JSON, or a table with the columns of one.

    Raises:
        InvalidInputError: it is neither.
    """
    if answer.lstrip().startswith("{"):
        try:
            whole = json.loads(answer)
            bindings = list(whole["results"]["bindings"])
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise InvalidInputError(f"{name} is no answer of a query service: it has no results.") from error
        return Found(SOURCE, joined(_from_json(bindings, country, kind)), _day(whole.get(ASKED_ON)))
    rows = csv.DictReader(io.StringIO(answer))
    try:
        if not set(COLUMNS) <= set(rows.fieldnames or ()):
            raise InvalidInputError(
                f"{name} is no answer of a query service: neither its JSON nor a table with the columns"
                f" {', '.join(COLUMNS)}."
            )
        own: list[dict[str, str]] = []
        others: list[dict[str, str]] = []
        for row in rows:
            (own if is_of(kind, country, row.get("type") or "") else others).append(row)
        return Found(SOURCE, joined(_from_table(own, kind)), told=_others(others, kind))
    except csv.Error as error:
        raise InvalidInputError(
            f"{name} is no answer of a query service: it is no table ({error})."
        ) from error


def _day(told: object) -> date | None:
    try:
        return date.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None


def _from_json(bindings: Iterable[Mapping[str, Any]], country: str, kind: str) -> Iterator[FoundBody]:
    own = {*LANGUAGES.get(country, ()), "mul"}
    for row in bindings:
        if not isinstance(row, dict):
            continue
        told = {key: row[key] for key in row if isinstance(row[key], dict)}
        said = {key: _value(cell) for key, cell in told.items()}
        body = said.get("body", "").rpartition("/")[2]
        if not body:
            continue
        label = said.get("bodyLabel", "")
        account = account_of(said.get("property", "").rpartition("/")[2], said.get("account", ""))
        yield FoundBody(
            body,
            "" if label == body else label,  # without a name in these languages its id stands there
            kind,
            (said["website"],) if said.get("website") else (),
            (account,) if account else (),
            own_language=told.get("bodyLabel", {}).get("xml:lang") in own,
        )


def _value(cell: Mapping[str, Any]) -> str:
    """Return what a cell says, on one line; that there is one which nobody knows is nothing."""
    value = str(cell.get("value", ""))
    return "" if cell.get("type") == "bnode" or "/.well-known/genid/" in value else plain(value)


def _others(rows: Sequence[Mapping[str, str]], kind: str) -> tuple[str, ...]:
    """Return what to say of rows about bodies of other kinds."""
    if not rows:
        return ()
    types = ", ".join(sorted({row["type"] for row in rows}))
    many = "1 row is" if len(rows) == 1 else f"{len(rows):,} rows are"
    return (f"{many} left out: no {kind}, but {types}",)


def _from_table(rows: Iterable[Mapping[str, str]], kind: str) -> Iterator[FoundBody]:
    for row in rows:
        told = {key: plain(cell) for key, cell in row.items() if isinstance(cell, str)}
        if told.get("qid"):
            account = account_of(
                told.get("wikidata_property", ""), told.get("account", ""), told.get("platform", "")
            )
            yield FoundBody(
                told["qid"],
                told.get("name_en", ""),
                kind,
                (told["website"],) if told.get("website") else (),
                (account,) if account else (),
            )
