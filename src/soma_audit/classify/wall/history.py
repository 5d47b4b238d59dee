"""From what was seen of a wall, when, to how it stood from when to when.

A wall is never watched without pause: of a change only a span is known, from when it was last seen as it was to when
it was first seen otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

WINDOW = timedelta(days=90)
"""How long a sign says something of what comes after it."""
MOST_SPANS = 24
"""So many spans are kept of a wall, the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What was seen of a wall: at a moment, or the same from `first` to `last`."""

    label: str
    first: datetime
    last: datetime
    lasting: bool = False
    """The network's own word for all of that time: what is seen otherwise in between contradicts it."""
    got_through: bool = False
    """Only that somebody could write: then the wall may also have been moderated, or restricted to a few."""
    by_person: bool = False
    """A person looked."""


@dataclass(frozen=True, slots=True)
class Span:
    """A wall stood so from when it was first to when it was last seen so."""

    label: str
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Something seen while the network said, before and after, that it is otherwise."""

    said: Sighting
    seen: Sighting


@dataclass(frozen=True, slots=True)
class History:
    """How a wall stood, the oldest first, and what does not fit."""

    spans: tuple[Span, ...] = ()
    contradiction: Contradiction | None = None
    """The newest that nothing has settled since."""

    def label(self, as_of: datetime) -> str:
        """Return how the wall stands: as last seen, unless that is long ago or contradicted."""
        if self.contradiction is not None or not self.spans or self.spans[-1].last < as_of - WINDOW:
            return "unknown"
        return self.spans[-1].label

    def stale_at(self) -> datetime | None:
        """Return when the last sighting becomes too old to count; None if there is none."""
        return self.spans[-1].last + WINDOW + timedelta(seconds=1) if self.spans else None

    def value(self, as_of: datetime) -> dict[str, object]:
        """Write the spans for the database; the last one has no end while the wall still stands so."""
        spans = [
            {"label": s.label, "first": iso(s.first), "last": iso(s.last)} for s in self.spans[-MOST_SPANS:]
        ]
        if spans and self.spans[-1].last >= as_of - WINDOW:
            del spans[-1]["last"]  # it would move each night, and be news
        return {"spans": spans} if spans else {}


def history(sightings: Iterable[Sighting], as_of: datetime) -> History:
    """Put sightings in order of time, and see what stands against what."""
    ordered = sorted(sightings, key=_order)
    lasting = [s for s in ordered if s.lasting]
    spans: list[Span] = []
    contradictions: list[Contradiction] = []
    for seen in ordered:
        said = None if seen.lasting else next((s for s in lasting if s.first <= seen.first <= s.last), None)
        if said is not None:
            if not _fits(said.label, seen):
                contradictions.append(Contradiction(said, seen))
        elif spans and _fits(spans[-1].label, seen):
            spans[-1] = replace(spans[-1], last=max(spans[-1].last, seen.last))
        elif (twin := _at_the_same_time(seen, spans, ordered)) is not None:
            contradictions.append(Contradiction(twin, seen))
        else:
            spans.append(Span(seen.label, seen.first, seen.last))
    return History(tuple(spans), _unsettled(contradictions, ordered, as_of))


def _order(seen: Sighting) -> tuple[object, ...]:
    """Sort by time; at the same moment the network's own word comes first, and the rest in a fixed order."""
    return (seen.first, not seen.lasting, seen.label, seen.got_through, seen.by_person, seen.last)


def _fits(label: str, seen: Sighting) -> bool:
    return seen.label == label or (seen.got_through and label in {"moderated", "restricted"})


def _at_the_same_time(seen: Sighting, spans: Sequence[Span], ordered: Sequence[Sighting]) -> Sighting | None:
    """Find what a person saw at the very moment at which another saw something else."""
    if not seen.by_person or not spans or spans[-1].last != seen.first:
        return None
    return next((s for s in ordered if s.by_person and s is not seen and s.first == seen.first), None)


def _unsettled(
    contradictions: Sequence[Contradiction], ordered: Sequence[Sighting], as_of: datetime
) -> Contradiction | None:
    """Find the newest contradiction; a person who looked later settles it, and so does any sign newer than both."""
    if not contradictions:
        return None
    newest = max(contradictions, key=lambda c: c.seen.first)
    looked = any(s.by_person and s.first > newest.seen.first for s in ordered)
    newer = any(s.first > newest.said.last for s in ordered)
    old = newest.seen.last < as_of - WINDOW
    return None if looked or newer or old else newest


def iso(moment: datetime) -> str:
    """Write a time."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
