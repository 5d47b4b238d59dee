"""Walls in a reader's words, and as bars on a timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from soma_audit.report import text as words

if TYPE_CHECKING:
    from datetime import datetime

    from soma_audit.report.lines import (
        AccountLine,
        AgencyLine,
        Evidence,
        Figures,
        Spell,
        WallChange,
        WallState,
    )

WALL_QUESTIONS = {"posting": "Posting", "commenting": "Commenting", "messaging": "Messages"}
REPLY_WORDS = {
    "everyone": "everyone",
    "following": "followed people",
    "mentionedUsers": "mentioned people",
    "subscribers": "subscribers",
    "verified": "verified people",
    "other": "others",
    "missing": "not told",
}
"""Who may reply on X, in a reader's words; a word not known here is shown as X has it."""


def wall_since(state: WallState, timezone: str) -> str | None:
    """Since when a wall has been seen as it is; None where that is not known."""
    return f"seen so since {words.day(state.since, timezone)}" if state.since else None


def wall_change(change: WallChange, timezone: str) -> str:
    """A change in a sentence, with the span in which it happened."""
    return (
        f"{WALL_QUESTIONS[change.wall]}: {words.wall_word(change.was)}, last seen so {words.day(change.last_seen, timezone)};"
        f" then {words.wall_word(change.label)}, first seen so {words.day(change.first_seen, timezone)}"
    )


def changed_walls(figures: Figures) -> list[str]:
    """Every wall that changed, a sentence each, the newest change first."""
    found = [
        (change.first_seen, f"{agency.name}, {words.account_name(account.network, account.handle)}: {told}")
        for agency, account in words.accounts(figures)
        for change in account.changes
        if (told := wall_change(change, figures.timezone))
    ]
    return [sentence for _, sentence in sorted(found, key=lambda pair: pair[0], reverse=True)]


def reply_settings(state: WallState) -> str | None:
    """Who may reply, as shares of the posts on X: everyone 97 %, mentioned people 3 %."""
    told = state.counts.get("reply_settings")
    if not isinstance(told, Mapping) or not told:
        return None
    total = sum(told.values())
    ranked = sorted(told.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{REPLY_WORDS.get(word, word)} {words.percent(n / total)}" for word, n in ranked)


def walled(figures: Figures) -> list[tuple[AgencyLine, AccountLine]]:
    """Accounts of whose walls there is something to tell, beyond that X has none to post on."""
    return [
        (agency, account)
        for agency, account in words.accounts(figures)
        if account.state != "retired"
        and (
            account.network == "facebook"
            or account.changes
            or account.commenting.label not in {"open", "unknown"}
        )
    ]


def spans(state: WallState, timezone: str) -> str:
    """How a wall stood, in words: open from 1 to 4 Oct 2010; closed since 11 Oct 2010."""
    parts = []
    for span in state.spans:
        word, first = words.wall_word(span.label), words.day(span.first_seen, timezone)
        last = words.day(span.last_seen, timezone) if span.last_seen else None
        when = (
            f"since {first}"
            if last is None
            else f"on {first}"
            if first == last
            else f"from {first} to {last}"
        )
        parts.append(f"{word} {when}")
    return "; ".join(parts) or words.NOTHING


@dataclass(frozen=True, slots=True)
class Bar:
    """A span on a timeline that is 1000 wide and 12 high."""

    label: str
    start: float
    width: float
    height: int


HEIGHTS = {"open": 12, "moderated": 9, "restricted": 6, "closed": 3}
"""The more open, the taller: a timeline can be read without its colours."""
TIMELINE = timedelta(days=730)


def timeline_from(figures: Figures) -> datetime:
    """Where timelines begin: with the first thing seen, or the window, two years back at most."""
    seen_first = [
        state.spans[0].first_seen
        for _, account in walled(figures)
        for state in (account.posting, account.commenting, account.messaging)
        if state.spans
    ]
    return max(min([figures.window_from, *seen_first]), figures.as_of - TIMELINE)


def bars(state: WallState, figures: Figures) -> list[Bar]:
    """A wall's spans as bars; what was seen at a moment only is made wide enough to see."""
    start = timeline_from(figures)
    whole = (figures.as_of - start) / timedelta(seconds=1) or 1
    found = []
    for span in state.spans:
        first, last = (
            round(max((moment - start) / timedelta(seconds=1) / whole, 0) * 1000, 1)
            for moment in (span.first_seen, span.last_seen or figures.as_of)
        )
        if last > 0:
            first = min(first, 994)
            found.append(Bar(span.label, first, max(round(last - first, 1), 6), HEIGHTS.get(span.label, 1)))
    return found


def days_long(spell: Spell) -> str:
    """How long it was: 32 days."""
    return words.counted(round((spell.until - spell.since) / timedelta(days=1)), "day")


def window_of(spell: Spell, timezone: str) -> str:
    """When it was, by its first and last words.day."""
    return f"{words.day(spell.since, timezone)} to {words.day(spell.until, timezone)}"


def source(evidence: Evidence, timezone: str) -> str:
    """Where a sign was seen: through what, with whose token, by which version, when."""
    parts = [
        {"look": "a person looked"}.get(evidence.source or "", (evidence.source or "").replace("_", " ")),
        f"{evidence.token} token" if evidence.token else "",
        evidence.api_version or "",
        f"seen {words.clock(evidence.seen_at, timezone)}" if evidence.seen_at else "",
    ]
    return ", ".join(part for part in parts if part)
