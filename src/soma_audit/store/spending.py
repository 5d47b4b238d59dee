"""What was spent, and how much an account has had to read lately: what limits and estimates are counted from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from soma_audit.model import Stream
from soma_audit.store.connection import Part, text_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from soma_audit.model import Account

LATELY = timedelta(days=30)
_LATELY = """
with lately as (
    select by_agency, kind, author, created_at from post where account = :account and created_at > :since)
select coalesce(sum(by_agency is 1), 0), coalesce(sum(by_agency is not 1 and kind <> 'comment'), 0),
    coalesce(sum(by_agency is not 1), 0), coalesce(sum(kind <> 'post'), 0),
    count(distinct author || substr(created_at, 1, 10)), min(created_at)
from lately
"""
_THREADS = """
select count(*) from post where account = :account
and thread in (select value from json_each(:threads))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """What was written on an account's wall a day, on the average of its last thirty days with posts."""

    own: float = 0.0
    begun: float = 0.0
    """By visitors, not under another post."""
    visitors: float = 0.0
    referring: float = 0.0
    """Posts of anyone that answer another, or pass it on."""
    people: float = 0.0
    """Different people each day."""
    read: Mapping[Stream, datetime] = field(default_factory=dict)
    """When each stream was last read to its end."""


class SpendingStore(Part):
    """Money, and what it is spent on."""

    def spent_in_month(self, now: datetime) -> float:
        """Add up what the runs begun in this month, in UTC, have spent."""
        month = text_time(now)[:7]
        row = self.execute(
            "select round(coalesce(sum(spent), 0), 6) from run where started_at >= ? and started_at < ?",
            (month, f"{month}~"),
        ).fetchone()
        return float(row[0])

    def settle_spending(self, run: int, dollars: float) -> None:
        """Note what a run has spent in all: some answers are paid for though no page of them is kept."""
        self.execute("update run set spent = max(spent, ?) where id = ?", (dollars, run))

    def lately(self, account: Account, now: datetime) -> Lately:
        """Return how much there was to read on an account a day, and when it was last read."""
        *counts, first = self.execute(
            _LATELY, {"account": account.id, "since": text_time(now - LATELY)}
        ).fetchone()
        days = max((now - datetime.fromisoformat(first)) / timedelta(days=1), 1.0) if first else 1.0
        own, begun, visitors, referring, people = (count / days for count in counts)
        read = self.execute("select stream, completed_at from bookmark where account = ?", (account.id,))
        return Lately(
            own=own,
            begun=begun,
            visitors=visitors,
            referring=referring,
            people=people,
            read={Stream(stream): datetime.fromisoformat(at) for stream, at in read},
        )

    def posts_in(self, account: Account, threads: str) -> int:
        """Count the posts held of some threads, given as a JSON list."""
        row = self.execute(_THREADS, {"account": account.id, "threads": threads}).fetchone()
        return int(row[0])
