"""A question without an answer, and whether one would have been seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from soma_audit.classify.rule import Rule, own, rule, visitor, wall_of
from soma_audit.labels import GAP_REASONS
from soma_audit.model import Gap, Stream
from soma_audit.networks import NETWORKS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from soma_audit.classify.answer.reply import Thread
    from soma_audit.model import Post, Wall

    Evidence = Mapping[str, object]

_ASK = visitor("Når åpner søknadsfristen?", 1)


@dataclass(frozen=True, slots=True)
class Silence:
    """A question without an answer, and what is known of how well we looked."""

    question: Post
    wall: Wall
    thread: Thread
    agency_seen: bool
    """Something that the agency wrote after the question has been read."""


@rule(
    "ANS011",
    weight=0.0,
    message="Nothing that the agency wrote since has been read, so an answer would not have been seen.",
    hits=[[_ASK], [own("Ny rapport er klar.", 2, at=-30), _ASK]],
    misses=[[_ASK, own("Ny rapport er klar.", 2, at=30)]],
)
def nothing_by_agency_read(s: Silence) -> Evidence | None:
    """Sees that no later post by the agency has been read, as in a file of visitors' posts, or an older one of its own."""
    return None if s.agency_seen or Stream.TIMELINE in s.wall.read else {}


@rule(
    "ANS012",
    weight=0.0,
    message="Part of the account could not be read: {reason}.",
    hits=[
        wall_of(
            [_ASK, own("Ny rapport er klar.", 2, at=30)],
            gaps=(Gap(stream=Stream.TIMELINE, reason="unreachable"),),
        )
    ],
    misses=[
        wall_of(
            [_ASK, own("Ny rapport er klar.", 2, at=30)],
            gaps=(Gap(stream=Stream.SETTINGS, reason="permission"),),
        )
    ],
)
def gap_over_answer(s: Silence) -> Evidence | None:
    """Sees a gap where the answer would stand: the whole account, its own posts, or the comments under posts."""
    gap = next((g for g in s.wall.gaps if _hides_answer(g, s.question, s.wall.account.network)), None)
    return None if gap is None else {"reason": GAP_REASONS[gap.reason]}


@rule(
    "ANS013",
    weight=0.0,
    message="The network counts {counted} replies, but only {read} could be read.",
    hits=[[own("Hei", 9, at=-9), visitor("Når er fristen?", 1, counts={"reply": 2})]],
    misses=[
        [
            own("Hei", 9, at=-9),
            visitor("Når er fristen?", 1, counts={"reply": 1}),
            visitor("Vet ikke.", 2, at=3, under=1),
        ]
    ],
)
def replies_not_read(s: Silence) -> Evidence | None:
    """Sees that the network counts more replies than it let us read. On X the agency's own timeline has its replies anyway."""
    if NETWORKS[s.wall.account.network].replies_on_timeline and Stream.TIMELINE in s.wall.read:
        return None
    counted = s.question.counts.get("reply", 0)
    if not counted:
        return None
    read = len(s.thread.below.get(s.question.native_id, ()))
    return {"counted": counted, "read": read} if counted > read else None


def _hides_answer(gap: Gap, question: Post, network: str) -> bool:
    beside = set() if NETWORKS[network].replies_on_timeline else {Stream.COMMENTS}
    where = {None, Stream.TIMELINE} | beside
    still_unseen = gap.until is None or question.created_at <= gap.until  # answers come after their question
    return gap.stream in where and still_unseen


UNOBSERVABLE: Sequence[Rule[Silence]] = (nothing_by_agency_read, gap_over_answer, replies_not_read)
