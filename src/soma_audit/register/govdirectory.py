"""What Govdirectory says of public bodies, which it takes from Wikidata: a country's page, or the page of each body.

It publishes pages only. A country's page has a line a body, and shows the commonest networks; a body's own page has them all,
and what Wikidata calls each property.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

from soma_audit.errors import InvalidInputError
from soma_audit.networks import ELSEWHERE, NETWORKS
from soma_audit.register.found import Found, FoundAccount, FoundBody, account_of, joined, plain
from soma_audit.register.kinds import is_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from selectolax.lexbor import LexborHTMLParser, LexborNode

SOURCE = "Govdirectory"
FOLDERS: Mapping[str, str] = {
    "DE": "germany",
    "DK": "denmark",
    "FI": "finland",
    "GB": "united-kingdom",
    "IS": "iceland",
    "NL": "netherlands",
    "NO": "norway",
    "SE": "sweden",
}
"""What Govdirectory's addresses call a country."""
_QID = re.compile(r"\bQ\d+\b")
_TITLES = {network.title_today.lower(): name for name, network in NETWORKS.items()} | {
    channel.title.lower(): name for name, channel in ELSEWHERE.items()
}
_OLD_TITLES = {"twitter": "twitter"}
"""Pages saved before the network was renamed."""


def found_in(pages: Iterable[tuple[str, str]], *, country: str, kind: str) -> Found:
    """Return the bodies of a kind on pages; each comes with what messages call it.

    Raises:
        InvalidInputError: one is not a page of Govdirectory's, or none has a body.
    """
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 - only these pages are HTML

    bodies: list[FoundBody] = []
    days: list[date] = []
    told: list[str] = []
    for name, text in pages:
        tree = LexborHTMLParser(text.encode("utf-8", "replace"))
        rows = tree.css("#mainOrgTable tr")
        found = (
            [_of_row(row, kind, country, told) for row in rows]
            if rows
            else [_of_page(tree, kind, country, name)]
        )
        bodies += filter(None, found)
        days += filter(None, [_day(tree)])
    return Found(SOURCE, joined(bodies), min(days, default=None), tuple(told))


def _of_row(row: LexborNode, kind: str, country: str, told: list[str]) -> FoundBody | None:
    """Return the body on a line of a country's page; None: it is none of the kind."""
    link, cells = row.css_first("a[href]"), row.css("td")
    qid = _QID.search((link and link.attributes.get("href")) or "")
    if link is None or qid is None or len(cells) < 3 or not is_of(kind, country, cells[2].text().strip()):
        return None
    name = plain(link.text())
    links = [
        (_text(a.attributes.get("title")), _text(a.attributes.get("href"))) for a in cells[1].css("a[href]")
    ]
    if more := re.search(r"\+(\d+)", cells[1].text()):
        told.append(
            f"{name} ({qid[0]}): its own page has {more[1]} more, which the country's page does not show"
        )
    return FoundBody(
        qid[0],
        name,
        kind,
        tuple(href for title, href in links if title == "Website"),
        tuple(_by_title(title, href) for title, href in links if title != "Website"),
    )


def _by_title(title: str, href: str) -> FoundAccount:
    network = (_TITLES | _OLD_TITLES).get(title.lower())
    return FoundAccount(network, href, title)


def _of_page(tree: LexborHTMLParser, kind: str, country: str, name: str) -> FoundBody | None:
    """Return the body of a page of its own; None: it is none of the kind."""
    canonical = tree.css_first("link[rel=canonical]")
    qid = _QID.search(_text(canonical and canonical.attributes.get("href")))
    heading = tree.css_first("h1")
    if qid is None or heading is None:
        raise InvalidInputError(f"{name} is no page of Govdirectory's: neither a country's nor a body's.")
    if not is_of(kind, country, _class(tree)):
        return None
    site = next(
        (a for li in tree.css(".infobox li") if "Official website" in li.text() for a in li.css("a[href]")),
        None,
    )
    return FoundBody(
        qid[0],
        plain(heading.text()),
        kind,
        (_text(site.attributes.get("href")),) if site else (),
        tuple(_accounts(tree)),
    )


def _accounts(tree: LexborHTMLParser) -> Iterator[FoundAccount]:
    for row in tree.css("tr[data-wd-prop]"):
        cells, link = row.css("td"), row.css_first("a[href]")
        prop = _text(row.attributes.get("data-wd-prop")).rpartition("/")[2]
        if link is not None and (account := account_of(prop, plain(link.text()), plain(cells[0].text()))):
            yield account


def _class(tree: LexborHTMLParser) -> str:
    """Return Wikidata's class of the body of a page."""
    for script in tree.css('script[type="application/ld+json"]'):
        with suppress(ValueError, RecursionError):
            said: Any = json.loads(script.text())
            if isinstance(said, dict):
                return _text(said.get("additionalType")).rpartition("/")[2]
    return ""


def _day(tree: LexborHTMLParser) -> date | None:
    """Return the day of a page's data."""
    told = tree.css_first("time[datetime]")
    with suppress(ValueError):
        return date.fromisoformat(_text(told and told.attributes.get("datetime"))[:10])
    return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
