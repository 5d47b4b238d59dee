"""The site's feeds: each month's figures when they are published, walls that changed, accounts that ended, corrections."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from soma_audit.report.formats.atom import Entry, feed
from soma_audit.report.language.wall_words import WallWords
from soma_audit.report.text import iso, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from soma_audit.report.figures.model import AgencyLine
    from soma_audit.report.language.words import Words
    from soma_audit.report.site import Site

LATEST = 24
"""Months that a feed has; the page has them all."""
ALL_LATEST = 2
"""The same where all agencies stand together."""


def feed_of(site: Site, agency: AgencyLine, words: Words) -> str:
    """Return the feed of one agency."""
    page = site.address(f"bodies/{agency.id}.html")
    return feed(
        id_=page,
        title=one_line(f"{agency.name}: {site.figures.title}"),
        language=site.figures.language,
        updated=_day(site.published_on),
        entries=_sorted(_entries(site, agency, words, LATEST)),
        page=page,
        self_=site.address(f"feeds/{agency.id}.atom"),
    )


def feed_of_all(site: Site, words: Words) -> str:
    """Return the feed of all of them."""
    entries = [entry for agency in site.agencies() for entry in _entries(site, agency, words, ALL_LATEST)]
    return feed(
        id_=site.address(""),
        title=one_line(site.figures.title),
        language=site.figures.language,
        updated=_day(site.published_on),
        entries=_sorted(iter(entries)),
        page=site.address(""),
        self_=site.address("feed.atom"),
    )


def _sorted(entries: Iterator[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: (entry.updated, entry.id), reverse=True)


def _entries(site: Site, agency: AgencyLine, words: Words, latest: int) -> Iterator[Entry]:
    page, walls = site.address(f"bodies/{agency.id}.html"), WallWords(words)
    for month in site.months[-latest:]:
        if (cell := month.agencies.get(agency.id)) is not None:
            said = [words.counted(cell.posts, "{n} own post|{n} own posts")]
            if cell.answered:
                said.append(
                    words.say(
                        "{n} of {total} questions answered",
                        n=words.number(cell.answered[0]),
                        total=words.number(cell.answered[1]),
                    )
                )
            yield Entry(
                id=f"{page}#{month.month}",
                title=one_line(f"{agency.name}, {words.month(month.month)}: {', '.join(said)}"),
                updated=_day(month.published_on),
                link=f"{page}#months",
            )
    for account in agency.accounts:
        whose = f"{agency.name}, {words.account_name(account.network, account.handle)}"
        for change in account.changes:
            yield Entry(
                id=f"{page}#{account.network}-{change.wall}-{iso(change.first_seen)}",
                title=one_line(f"{whose}: {walls.change(change)}"),
                updated=change.first_seen,
                link=f"{page}#walls",
            )
    for correction in site.corrections:
        if correction.agency == agency.id:
            yield Entry(
                id=f"{page}#{correction.month}-{correction.figure}-{correction.noticed_on}",
                title=one_line(
                    f"{agency.name}: {words.say('a figure of {month} was corrected', month=words.month(correction.month))}"
                ),
                updated=_day(correction.noticed_on),
                link=site.address("about.html") + "#corrections",
            )


def _day(name: str) -> datetime:
    return datetime.fromisoformat(name).replace(tzinfo=UTC)
