"""What is held of people, network by network, and when it falls due: what a record of processing is filled with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from soma_audit.store.connection import Part, read_time

if TYPE_CHECKING:
    from datetime import datetime


class NetworkRow(NamedTuple):
    """What is held of one network."""

    network: str
    visitors: int
    """Posts by visitors."""
    texts: int
    """Those of them that have their text."""
    authors: int
    """Visitors, as far as their posts tell them apart."""
    own: int
    """Posts by the bodies."""
    from_files: int
    """Posts by either that were last seen in a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """The oldest of what is dropped when its time is up, and when that was last done."""

    text: datetime | None
    """When the oldest visitor's text that is held was written."""
    page: datetime | None
    """When the oldest page whose body is held was fetched."""
    purged: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """How much else is held of people, and how often people asked."""

    pages: int
    reviews: int
    looks: int
    assignments: int
    """Colleagues' names beside posts that wait."""
    lookalikes: int
    """Accounts elsewhere that go by a body's name, of which the handle is kept."""
    erased: int
    """Pseudonyms of people who were erased."""
    found: int
    """How often `privacy find` was run."""


class InventoryQueries(Part):
    """Counting what is held."""

    def networks(self) -> list[NetworkRow]:
        """Return what is held of each network."""
        return list(
            self.typed(
                NetworkRow,
                "select account.network, sum(by_agency is not 1) as visitors,"
                " sum(by_agency is not 1 and text is not null) as texts,"
                " count(distinct case when by_agency is not 1 then author end) as authors,"
                " sum(by_agency is 1) as own, sum(page.stream = 'file') as from_files"
                " from post join account on account.id = post.account"
                " join observation on observation.id = post.observation join page on page.id = observation.page"
                " group by account.network order by account.network",
            )
        )

    def asked_networks(self) -> frozenset[str]:
        """Return the networks of accounts whose pages were asked for."""
        rows = self.execute(
            "select distinct account.network from bookmark join account on account.id = bookmark.account"
            " where bookmark.stream <> 'file'"
        )
        return frozenset(row[0] for row in rows)

    def ages(self) -> Ages:
        """Return how old the oldest is of what is to be dropped."""
        (text,) = self.execute(
            "select min(created_at) from post join observation on observation.post = post.id"
            " where by_agency is not 1 and text is not null"
        ).fetchone()
        (page,) = self.execute("select min(fetched_at) from page where body is not null").fetchone()
        (purged,) = self.execute("select max(ended_at) from run where stage = 'purge'").fetchone()
        return Ages(text=read_time(text), page=read_time(page), purged=read_time(purged))

    def others(self) -> Others:
        """Count what else is held of people."""
        pages, reviews, looks, assignments, lookalikes, erased, found = self.execute(
            "select (select count(*) from page where body is not null), (select count(*) from review),"
            " (select count(*) from wall_look), (select count(*) from assignment), (select count(*) from lookalike), (select count(*) from erased),"
            " (select count(*) from run where stage = 'privacy find')"
        ).fetchone()
        return Others(
            pages=pages,
            reviews=reviews,
            looks=looks,
            assignments=assignments,
            lookalikes=lookalikes,
            erased=erased,
            found=found,
        )
