"""The figures of walls: how each stands and stood, what that rests on, and what a change did to questions and answers."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from soma_audit.labels import WALLS
from soma_audit.model import Role
from soma_audit.report.figures.model import Evidence, Period, WallChange, WallSpan, WallState
from soma_audit.report.figures.tally import Read, Tally
from soma_audit.store.connection import read_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from soma_audit.office_hours import OfficeHours
    from soma_audit.report.language.words import Words
    from soma_audit.store.figures.rows import AccountRow
    from soma_audit.store.figures.snapshot import FigureQueries

YEAR = timedelta(days=366)
"""How far back changes are told."""
COMPARED, LEAST = timedelta(days=90), timedelta(days=7)
"""How long before and after a change are held against each other at most, and at least."""
SETTLED = {"open", "moderated", "restricted", "closed"}
"""Labels that say something; from and to any other there is no change to tell."""


def wall_states(store: FigureQueries, words: Words) -> dict[tuple[int, str], WallState]:
    """Return how every account's walls stand, by account and wall."""
    spans, evidence = _spans(store), _evidence(store, words)
    states = {}
    for row in store.wall_rows():
        key = (row.account, row.classifier.removeprefix("wall."))
        stood, overruled = spans[key], row.id is None
        now = stood[-1] if stood else None
        states[key] = WallState(
            label=row.label,
            reasons=words.reasons(store.reasons(row.id, row.review)),
            since=now.first_seen if now and now.label == row.label else None,
            spans=tuple(stood),
            evidence=() if overruled else tuple(evidence[key]),
            counts={k: v for k, v in json.loads(row.value).items() if k != "spans"},
        )
    return states


def _spans(store: FigureQueries) -> defaultdict[tuple[int, str], list[WallSpan]]:
    spans: defaultdict[tuple[int, str], list[WallSpan]] = defaultdict(list)
    for row in store.wall_spans():
        span = WallSpan(
            label=row.label,
            first_seen=datetime.fromisoformat(row.first_seen),
            last_seen=read_time(row.last_seen),
        )
        spans[row.account, row.wall].append(span)
    return spans


def _evidence(store: FigureQueries, words: Words) -> defaultdict[tuple[int, str], list[Evidence]]:
    evidence: defaultdict[tuple[int, str], list[Evidence]] = defaultdict(list)
    for row in store.wall_evidence():
        found = Evidence(
            rule=row.rule,
            sentence=words.reason(row.message, json.loads(row.evidence)),
            source=row.source,
            endpoint=row.endpoint,
            token=row.token_kind,
            api_version=row.api_version,
            seen_at=read_time(row.seen_at),
        )
        evidence[row.account, row.wall].append(found)
    return evidence


def wall_changes(
    store: FigureQueries,
    account: AccountRow,
    states: Mapping[str, WallState],
    as_of: datetime,
    office: OfficeHours,
) -> Iterator[WallChange]:
    """Return the changes of the last year on an account's walls, the oldest first."""
    for wall in WALLS:
        for was, became in pairwise(states[wall].spans):
            if not {was.label, became.label} <= SETTLED or was.last_seen is None:
                continue
            if became.first_seen >= as_of - YEAR:
                before, after = _either_side(store, account, was.last_seen, became.first_seen, as_of, office)
                yield WallChange(
                    wall=wall,
                    was=was.label,
                    last_seen=was.last_seen,
                    label=became.label,
                    first_seen=became.first_seen,
                    before=before,
                    after=after,
                )


def _either_side(
    store: FigureQueries,
    account: AccountRow,
    last_seen: datetime,
    first_seen: datetime,
    as_of: datetime,
    office: OfficeHours,
) -> tuple[Period | None, Period | None]:
    """Count questions and answers for as long before a change as after it; as long as both have been seen."""
    seen_from, seen_to = read_time(account.first_post), read_time(account.last_read)
    if seen_from is None or seen_to is None:
        return None, None
    length = min(COMPARED, min(seen_to, as_of) - first_seen, last_seen - seen_from)
    if length < LEAST:
        return None, None
    spells = ((last_seen - length, last_seen), (first_seen, first_seen + length))
    before, after = (_spell(store, account, since, until, as_of, office) for since, until in spells)
    return before, after


def _spell(
    store: FigureQueries,
    account: AccountRow,
    since: datetime,
    until: datetime,
    as_of: datetime,
    office: OfficeHours,
) -> Period:
    tally = Tally(silent=account.role == Role.BROADCAST)
    read = Read.of(account.last_read, as_of, office)
    for row in store.question_rows(since, until, account=account.id):
        tally.ask(row, read, office)
    return Period(since=since, until=until, questions=tally.questions, answered=tally.conduct().answered)
