"""The life of an account: does it write, has it fallen silent, was it closed, and did it say so?

The network's own word counts most: what it took down is lost, what it does not know is gone. Then the register, then what
the account wrote itself. Silence is only told of where its timeline has been read to its end: what could not be looked at
is *unknown*, and never *closed*.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from soma_audit.classify.life.case import LOST, Case
from soma_audit.classify.life.farewell_signs import RULES as FAREWELL_RULES
from soma_audit.classify.life.network_signs import RULES as NETWORK_RULES
from soma_audit.classify.life.own_signs import RULES as OWN_RULES
from soma_audit.classify.rule import Rule, findings
from soma_audit.classify.wall.history import iso
from soma_audit.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from soma_audit.model import Wall

BY_SILENCE = {"active", "quiet", "dormant", "unknown"}
"""Labels that time alone may change."""


@dataclass(frozen=True, slots=True)
class State:
    """A label, and since when it holds; None: nobody knows."""

    label: str
    since: datetime | None = None


class LifeClassifier:
    """Judges whether an account lives, and how it ended if it does not."""

    name = "life"
    version = "1"
    rules: Sequence[Rule[Any]] = (*OWN_RULES, *NETWORK_RULES, *FAREWELL_RULES)

    def judge(self, wall: Wall) -> Iterator[Verdict]:
        """Judge the account as a whole."""
        case = Case(wall)
        state = state_of(case)
        value = {
            "since": state.since and iso(state.since),
            "successor": _successor(case),
            "farewell": case.farewell.post.native_id if case.farewell else None,
        }
        yield Verdict(
            None, state.label, value, findings(self.rules, case), waits_until=_turns_at(case, state.label)
        )


def state_of(case: Case) -> State:
    """Return how an account stands: by its network, else by the register, else by its own words and its silence."""
    return _by_network(case) or _by_register(case) or _by_own_words(case)


def _by_network(case: Case) -> State | None:
    if gap := case.says(*LOST):
        return State("lost", gap.noticed_at)
    if gap := case.says("moved"):
        return State("handed_over", gap.noticed_at)
    if (gap := case.missing) and not case.seen_before:
        return State("never_found", gap.noticed_at)
    if gap := case.gone:
        return State(_ended(case), min(filter(None, (gap.noticed_at, case.ended_at)), default=None))
    return None


def _by_register(case: Case) -> State | None:
    if case.ended_at is None or case.writes_on:
        return None
    return State(_ended(case), case.ended_at)


def _ended(case: Case) -> str:
    """Return how an account ended that is not there any more, or no longer in use."""
    if case.successor or case.registered_successor:
        return "handed_over"
    return "closed_with_notice" if case.farewell or case.notice else "closed"


def _by_own_words(case: Case) -> State:
    limits, silence = case.wall.silence, case.silence
    said = case.farewell.post.created_at if case.farewell else None
    fell_silent = silence is not None and silence >= limits.quiet
    if said and case.successor and (case.left_at_once or fell_silent):
        return State("handed_over", said)
    if said and (fell_silent or case.says("not_found")):
        return State("closed_with_notice", said)
    if case.says("not_found", "deactivated", "unpublished"):
        return State("unknown")
    if case.wrote_lately:
        return State("active")
    if silence is None or (silence < limits.quiet and not case.never_wrote):
        return State("unknown")
    return _silent(case, silence)


def _silent(case: Case, silence: timedelta) -> State:
    """Return since when a silent account is called so; a new one that has written nothing is quiet from its first day."""
    limits, began = case.wall.silence, case.silent_since
    if silence >= limits.dormant:
        return State("dormant", began and began + limits.dormant)
    return State("quiet", began and began + (limits.quiet if silence >= limits.quiet else timedelta()))


def _successor(case: Case) -> str | None:
    if case.says("moved"):
        return case.moved_to
    named = case.successor.name if case.successor else None
    return named or case.registered_successor


def _turns_at(case: Case, label: str) -> datetime | None:
    """Return when the label may turn though nothing is new."""
    times = [case.ends_at]
    if label in BY_SILENCE and (since := case.silent_since):
        times += [since + case.wall.silence.quiet, since + case.wall.silence.dormant]
    return min((at for at in times if at and at > case.wall.as_of), default=None)


LIFE = LifeClassifier()
