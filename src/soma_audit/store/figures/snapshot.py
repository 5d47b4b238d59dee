"""What figures are counted from: the database as it is, or a snapshot in which its large views are worked out once."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from soma_audit.store.connection import text_time
from soma_audit.store.figures.channels import ChannelQueries
from soma_audit.store.figures.news import NewsQueries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from soma_audit.store.connection import Part

LARGE = ("question", "own_post", "own_post_language")
"""Views that a report reads many times."""


class FigureQueries(NewsQueries, ChannelQueries):
    """All that figures are counted from."""

    @contextmanager
    def snapshot(self, since: datetime) -> Iterator[Snapshot]:
        """Yield a snapshot of all agencies as they are at one moment, with what was written since a time.

        It stands in temporary tables, which are this connection's own.
        """
        with self.one_moment():
            self.execute("create temp table snapshot_listed_account as select * from listed_account")
            for view in LARGE:
                # account by account, so that of each only what was written since is read
                self.execute(
                    f"create temp table snapshot_{view} as select counted.* from snapshot_listed_account as listed"
                    f" cross join {view} as counted on counted.account = listed.id where counted.created_at >= ?",
                    (text_time(since),),
                )
            yield Snapshot(self, "snapshot_")


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
