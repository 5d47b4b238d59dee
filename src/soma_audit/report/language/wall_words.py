"""Walls in a reader's words, and as bars on a timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from soma_audit.networks import COUNTED_2010, NETWORKS
from soma_audit.report.language.channel_words import LIFE
from soma_audit.report.text import NOTHING, accounts

if TYPE_CHECKING:
    from datetime import datetime

    from soma_audit.report.figures.conduct import GapLine
    from soma_audit.report.figures.context import (
        EndedLine,
        NewLookalikeLine,
        News,
        QuietLine,
        RenamedLine,
        UnlinkedLine,
        WallLine,
    )
    from soma_audit.report.figures.model import (
        AccountLine,
        AgencyLine,
        Evidence,
        Figures,
        Period,
        WallChange,
        WallState,
    )
    from soma_audit.report.language.words import Words

QUESTIONS = {"posting": "Posting", "commenting": "Commenting", "messaging": "Messages"}
REPLY_WORDS = {
    "everyone": "everyone",
    "following": "followed people",
    "mentionedUsers": "mentioned people",
    "subscribers": "subscribers",
    "verified": "verified people",
    "list": "those on a list",
    "followers": "followers",
    "nobody": "nobody",
    "approval": "everyone, after approval",
    "other": "others",
    "missing": "not told",
}
"""Who may reply, in a reader's words; a word not known here is shown as the network has it."""
HEIGHTS = {"open": 12, "moderated": 9, "restricted": 6, "closed": 3}
"""The more open, the taller: a timeline can be read without its colours."""
TIMELINE = timedelta(days=730)
OVERDUE = (
    "{n} question or request ran out of time without an answer|"
    "{n} questions and requests ran out of time without an answer"
)


@dataclass(frozen=True, slots=True)
class Bar:
    """A span on a timeline that is 1000 wide and 12 high."""

    label: str
    start: float
    width: float
    height: int


class WallWords:
    """How walls stand and stood, in the report's language."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._say = words.say

    def since(self, state: WallState) -> str | None:
        """Since when a wall has been seen as it is; None where that is not known."""
        return self._say("seen so since {day}", day=self._words.day(state.since)) if state.since else None

    def question(self, wall: str) -> str:
        """What is asked of a wall."""
        return self._say(QUESTIONS[wall])

    def change(self, change: WallChange) -> str:
        """A change in a sentence, with the span in which it happened."""
        return self._say(
            "{wall}: {was}, last seen so {last}; then {became}, first seen so {first}",
            wall=self.question(change.wall),
            was=self._words.wall_word(change.was),
            last=self._words.day(change.last_seen),
            became=self._words.wall_word(change.label),
            first=self._words.day(change.first_seen),
        )

    def changed(self, figures: Figures) -> list[str]:
        """Every wall that changed, a sentence each, the newest change first."""
        name = self._words.account_name
        found = [
            (change.first_seen, f"{agency.name}, {name(account.network, account.handle)}: {told}")
            for agency, account in accounts(figures)
            for change in account.changes
            if (told := self.change(change))
        ]
        return [sentence for _, sentence in sorted(found, key=lambda pair: pair[0], reverse=True)]

    def news(self, news: News) -> list[str]:
        """What is new, a sentence each: questions by their number, walls, accounts and gaps by their name."""
        told = [
            self._words.counted(count, forms)
            for count, forms in (
                (news.overdue, OVERDUE),
                (news.asked, "{n} question or request came in|{n} questions and requests came in"),
                (
                    news.answered,
                    "{n} question or request was answered|{n} questions and requests were answered",
                ),
            )
            if count != 0
        ]
        for wall in news.walls:
            changed = self._say(
                "{wall}: was {was}, is {now}",
                wall=self.question(wall.wall),
                was=self._words.wall_word(wall.was),
                now=self._words.wall_word(wall.label),
            )
            told.append(f"{self._whose(wall)}: {changed}")
        for quiet in news.quiet:
            day = self._words.day(quiet.last_post) if quiet.last_post else NOTHING
            told.append(f"{self._whose(quiet)}: {self._say('no own post since {day}', day=day)}")
        told += [f"{self._whose(line)}: {self.renamed_to(line.now)}" for line in news.renamed]
        told += [f"{self._whose(line)}: {self._say(LIFE[line.label])}" for line in news.ended]
        told += [f"{self._whose(line)}: {self._unlinked(line)}" for line in news.unlinked]
        told += [
            f"{self._whose(line)}: {self._say('goes by that name, and is not in the register')}"
            for line in news.lookalikes
        ]
        return told + [f"{self._whose(gap)}: {gap.sentence}" for gap in news.gaps]

    def _unlinked(self, line: UnlinkedLine) -> str:
        if line.label == "contradicted":
            return self._say("the agency’s own site links to another account, not to this one")
        return self._say("the agency’s own site does not link to it")

    def renamed_to(self, name: str) -> str:
        """What an account is called by now, and what to do."""
        return self._say("now called {name}: change the register", name=name)

    def _whose(
        self, line: WallLine | QuietLine | RenamedLine | EndedLine | UnlinkedLine | NewLookalikeLine | GapLine
    ) -> str:
        return f"{line.agency}, {self._words.account_name(line.network, line.handle)}"

    def reply_settings(self, state: WallState) -> str | None:
        """Who may reply, as shares of the posts: everyone 97 %, mentioned people 3 %."""
        told = state.counts.get("reply_settings")
        if not isinstance(told, Mapping) or not told:
            return None
        total = sum(told.values())
        ranked = sorted(told.items(), key=lambda pair: (-pair[1], pair[0]))
        return ", ".join(
            f"{self._repliers(str(setting))} {self._words.percent(n / total)}" for setting, n in ranked
        )

    def _repliers(self, setting: str) -> str:
        return f" {self._say('and')} ".join(
            self._say(REPLY_WORDS.get(word, word)) for word in setting.split("+")
        )

    def spans(self, state: WallState) -> str:
        """How a wall stood, in words: open from 1 Oct 2010 to 4 Oct 2010; closed since 11 Oct 2010."""
        parts = []
        for span in state.spans:
            word, first = self._words.wall_word(span.label), self._words.day(span.first_seen)
            last = self._words.day(span.last_seen) if span.last_seen else None
            sentence = (
                "{word} since {first}"
                if last is None
                else "{word} on {first}"
                if first == last
                else "{word} from {first} to {last}"
            )
            parts.append(self._say(sentence, word=word, first=first, last=last))
        return "; ".join(parts) or NOTHING

    def source(self, evidence: Evidence) -> str:
        """Where a sign was seen: through what, with whose token, by which version, when."""
        source = evidence.source
        parts = [
            self._say("a person looked")
            if source == "look"
            else self._words.stream_name(source)
            if source
            else "",
            self._say("{kind} token", kind=self._say(evidence.token)) if evidence.token else "",
            evidence.api_version or "",
            self._say("seen {moment}", moment=self._words.clock(evidence.seen_at))
            if evidence.seen_at
            else "",
        ]
        return ", ".join(part for part in parts if part)

    def days_long(self, spell: Period) -> str:
        """How long it was: 32 days."""
        return self._words.counted(round((spell.until - spell.since) / timedelta(days=1)), "{n} day|{n} days")

    def when(self, spell: Period) -> str:
        """When it was, by its first and last day."""
        return self._words.span(spell.since, spell.until + timedelta(seconds=1))


def accounts_with_walls(figures: Figures) -> list[tuple[AgencyLine, AccountLine]]:
    """Accounts of whose walls there is something to tell.

    On Twitter it goes without saying that replies are open. On later networks it is told, as there is nothing else to be open.
    """
    return [
        (agency, account)
        for agency, account in accounts(figures)
        if account.state != "retired"
        and (
            NETWORKS[account.network].visitors_wall
            or account.changes
            or account.commenting.label not in {"open", "unknown"}
            or account.network not in COUNTED_2010
        )
    ]


def timeline_from(figures: Figures) -> datetime:
    """Where timelines begin: with the first thing seen, or the window, two years back at most."""
    seen_first = [
        state.spans[0].first_seen
        for _, account in accounts_with_walls(figures)
        for state in (account.posting, account.commenting, account.messaging)
        if state.spans
    ]
    return max(min([figures.window_from, *seen_first]), figures.as_of - TIMELINE)


def bars(state: WallState, start: datetime, end: datetime) -> list[Bar]:
    """A wall's spans as bars on a timeline; what was seen at a moment only is made wide enough to see."""
    whole = (end - start) / timedelta(seconds=1) or 1
    found = []
    for span in state.spans:
        first, last = (
            round(max((moment - start) / timedelta(seconds=1) / whole, 0) * 1000, 1)
            for moment in (span.first_seen, span.last_seen or end)
        )
        if last > 0:
            first = min(first, 994)
            found.append(Bar(span.label, first, max(round(last - first, 1), 6), HEIGHTS.get(span.label, 1)))
    return found
