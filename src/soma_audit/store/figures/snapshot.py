"""What figures are counted from: the database as it is, or a snapshot in which its large views are worked out once."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from soma_audit.store.figures.channels import ChannelQueries
from soma_audit.store.figures.news import NewsQueries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from soma_audit.store.connection import Part

LARGE = ("question", "own_post", "own_post_language")
"""Views that a report reads many times."""


class FigureQueries(NewsQueries, ChannelQueries):
    """All that figures are counted from."""

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Yield a snapshot of all agencies. It stands in temporary tables, which are this connection's own."""
        self.execute("pragma temp_store = memory")
        # What follows reads all over the file, which is slow piece by piece.
        self.execute("pragma mmap_size = 1073741824")
        try:
            for view in ("listed_account", *LARGE):
                self.execute(f"create temp table snapshot_{view} as select * from {view}")
            yield Snapshot(self, "snapshot_")
        finally:
            for view in ("listed_account", *LARGE):
                self.execute(f"drop table if exists temp.agency_{view}")
                self.execute(f"drop table if exists temp.snapshot_{view}")
            self.execute("pragma mmap_size = 0")


class Snapshot(FigureQueries):
    """The same queries, answered from temporary tables."""

    def __init__(self, database: Part, source: str) -> None:
        super().__init__(database)
        self.source = source

    def of(self, agency: str) -> Snapshot:
        """Return the snapshot of one agency alone."""
        self.execute(
            f"create temp table agency_listed_account as select * from {self.source}listed_account where agency = ?",
            (agency,),
        )
        for view in LARGE:
            self.execute(
                f"create temp table agency_{view} as select * from {self.source}{view}"
                " where account in (select id from agency_listed_account)"
            )
        return Snapshot(self, "agency_")
