"""What is new since an earlier report: what a reader who opens it every morning wants to know first."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from soma_audit.report.figures.conduct import PostLine
from soma_audit.report.figures.context import (
    EndedLine,
    NewLookalikeLine,
    News,
    QuietLine,
    RenamedLine,
    UnlinkedLine,
    WallLine,
)
from soma_audit.store.connection import read_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from soma_audit.report.figures.conduct import GapLine
    from soma_audit.store.figures.rows import ListedPostRow, NewWallRow
    from soma_audit.store.figures.snapshot import FigureQueries

ENDED = ("closed_with_notice", "closed", "handed_over", "lost")
LISTED = 20
"""How many posts of each kind are listed."""


def news(
    store: FigureQueries,
    since: tuple[int, datetime] | None,
    as_of: datetime,
    gaps: Mapping[int, Sequence[GapLine]],
    silent: timedelta,
) -> News | None:
    """Return what is new since a run, or since the report before this one; None: there is none.

    `silent` is how long an account has not written when it has gone quiet.
    """
    found = since or store.last_reported()
    if found is None:
        return None
    run, moment = found
    asked, answered, overdue = (store.new_counts(which, run) for which in ("asked", "answered", "overdue"))
    newly_asked, newly_answered, newly_overdue = (
        tuple(_post(row) for row in store.new_posts(which, run, LISTED))
        for which in ("asked", "answered", "overdue")
    )
    return News(
        since=moment,
        asked=sum(asked.values()),
        answered=sum(answered.values()),
        overdue=sum(overdue.values()),
        newly_asked=newly_asked,
        newly_answered=newly_answered,
        newly_overdue=newly_overdue,
        asked_of=asked,
        overdue_at=overdue,
        walls=tuple(_wall(row) for row in store.new_walls(run)),
        quiet=tuple(_quiet(store, moment, as_of, silent)),
        renamed=tuple(_renamed(store, moment)),
        ended=tuple(
            EndedLine(agency=row.agency, network=row.network, handle=row.handle, label=row.label)
            for row in store.new_labels("life", run)
            if row.label in ENDED
        ),
        unlinked=tuple(_unlinked(store, run)),
        lookalikes=tuple(NewLookalikeLine(**row._asdict()) for row in store.new_lookalikes(moment)),
        gaps=tuple(
            gap for found in gaps.values() for gap in found if gap.noticed_at and gap.noticed_at > moment
        ),
    )


def _post(row: ListedPostRow) -> PostLine:
    return PostLine(
        agency=row.agency,
        network=row.network,
        handle=row.handle,
        post=row.native_id,
        permalink=row.permalink,
        created_at=datetime.fromisoformat(row.created_at),
        text=row.text or "",
    )


def _wall(row: NewWallRow) -> WallLine:
    return WallLine(
        agency=row.agency,
        network=row.network,
        handle=row.handle,
        wall=row.wall,
        was=row.was,
        label=row.label,
    )


def _quiet(store: FigureQueries, since: datetime, as_of: datetime, silent: timedelta) -> Iterator[QuietLine]:
    """Find accounts that have been silent for so long now, and had not been then."""
    names = {row.id: row.name for row in store.agency_rows()}
    for row in store.account_rows():
        last = read_time(row.last_own)
        if last is not None and since - silent <= last < as_of - silent:
            yield QuietLine(agency=names[row.agency], network=row.network, handle=row.handle, last_post=last)


def _renamed(store: FigureQueries, since: datetime) -> Iterator[RenamedLine]:
    """Find accounts whose new name has been noticed since."""
    names = {row.id: row.name for row in store.agency_rows()}
    for row in store.account_rows():
        noticed = read_time(row.renamed_at)
        if row.goes_by and noticed and noticed > since:
            yield RenamedLine(
                agency=names[row.agency], network=row.network, handle=row.handle, now=row.goes_by
            )


def _unlinked(store: FigureQueries, run: int) -> Iterator[UnlinkedLine]:
    """Find accounts that their agency's site has been read for since, and does not link to."""
    for row in store.new_labels("official", run):
        if row.label != "unknown" and not json.loads(row.value).get("by_site"):
            yield UnlinkedLine(agency=row.agency, network=row.network, handle=row.handle, label=row.label)
