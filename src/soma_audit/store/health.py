"""How the database itself is: whether the file is whole, what ran last, what is still unseen. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from soma_audit.store.connection import Part, read_time

FREQUENT_WORD = "for"
"""Stands in every tenth text, in Norwegian, Danish and English alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRuns:
    """A stage's newest run, and its newest good one."""

    stage: str
    begun: datetime
    ended: datetime | None = None
    """None: it was killed, or still goes on."""
    outcome: int | None = None
    cut_off: int = 0
    """How many runs of this stage have no end."""
    good_at: datetime | None = None
    good_outcome: int | None = None


class LastRunRow(NamedTuple):
    """The columns of `LastRuns`."""

    stage: str
    started_at: str
    ended_at: str | None
    outcome: int | None
    cut_off: int
    good_at: str | None
    good_outcome: int | None


class GapCountRow(NamedTuple):
    """How many gaps have a reason, on how many accounts."""

    reason: str
    gaps: int
    accounts: int


class HealthQueries(Part):
    """What `doctor` asks."""

    def damage(self) -> tuple[str, ...]:
        """Return what is broken in the file, all of which is read."""
        try:
            found = [str(row[0]) for row in self.execute("pragma quick_check(3)")]
        except self.connection.DatabaseError as error:
            return (str(error),)
        return tuple(line for line in found if line != "ok")

    def index_look(self) -> tuple[int, int, int]:
        """Count a frequent word's texts by reading them, those of them that the index finds, and texts not indexed yet."""
        row = self.execute(
            "with texts as (select id, ' ' || text || ' ' like ? as has from observation where text is not null),"
            " indexed as (select coalesce(max(id), 0) as last from observation_fts_docsize),"
            " found as (select rowid as id from observation_fts where observation_fts match ?)"
            " select coalesce(sum(has and id <= last), 0), coalesce(sum(has and id <= last and id in found), 0),"
            " coalesce(sum(id > last), 0) from texts, indexed",
            (f"% {FREQUENT_WORD} %", f'"{FREQUENT_WORD}"'),
        ).fetchone()
        return row[0], row[1], row[2]

    def last_runs(self) -> list[LastRuns]:
        """Return for each stage its newest run, the last good one, and how many were cut off; `doctor` itself is none."""
        rows = self.typed(
            LastRunRow,
            "with newest as (select stage, max(id) as id, max(case when outcome in (0, 3) then id end) as good,"
            " sum(ended_at is null) as cut_off from run where stage <> 'doctor' group by stage)"
            " select newest.stage, run.started_at, run.ended_at, run.outcome, cut_off,"
            " best.ended_at as good_at, best.outcome as good_outcome"
            " from newest join run on run.id = newest.id left join run as best on best.id = newest.good"
            " order by newest.id",
        )
        return [
            LastRuns(
                stage=row.stage,
                begun=datetime.fromisoformat(row.started_at),
                ended=read_time(row.ended_at),
                outcome=row.outcome,
                cut_off=row.cut_off,
                good_at=read_time(row.good_at),
                good_outcome=row.good_outcome,
            )
            for row in rows
        ]

    def gap_counts(self) -> list[GapCountRow]:
        """Count what could not be seen, as far as it is still so, by reason."""
        return list(
            self.typed(
                GapCountRow,
                "select reason, count(*) as gaps, count(distinct account) as accounts from open_gap"
                " group by reason order by 2 desc, 1",
            )
        )

    def size(self) -> int:
        """Return the bytes of the file."""
        return self.path.stat().st_size
