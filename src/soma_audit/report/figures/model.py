"""What is reported, as frozen dataclasses: computed once in `figures`, laid out by each format.

Times are aware UTC datetimes, durations are minutes, a share lies between 0 and 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from soma_audit.labels import LABELS
from soma_audit.networks import PAGES
from soma_audit.report.figures.conduct import PostLine, Rate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from soma_audit.report.figures.channels import (
        DeclaredLine,
        ElsewhereLine,
        LifeState,
        LookalikeLine,
        OfficialState,
        UseMonth,
    )
    from soma_audit.report.figures.conduct import Conduct, GapLine
    from soma_audit.report.figures.context import Earlier, Median, Month, News, PostingClock, Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One sign that a wall's label rests on, and where it was seen."""

    rule: str
    sentence: str
    source: str | None
    """The stream, `look` for a person's eyes; None: it follows from the rest."""
    endpoint: str | None
    token: str | None
    """In whose name the network was asked."""
    api_version: str | None
    seen_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WallSpan:
    """A wall stood so from when it was first to when it was last seen so; `last_seen` None: it still does."""

    label: str
    first_seen: datetime
    last_seen: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WallState:
    """One of an account's walls: its label, why, and how it stood before."""

    label: str
    reasons: tuple[str, ...] = ()
    since: datetime | None = None
    """When it was first seen so; it may have been so before. None: not known."""
    spans: tuple[WallSpan, ...] = ()
    """The oldest first."""
    evidence: tuple[Evidence, ...] = ()
    counts: Mapping[str, object] = field(default_factory=dict)
    """What is counted behind it: `posts` of the window, `reply_settings` with how many posts have each where a post has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Questions in a time, and whether they were answered."""

    since: datetime
    until: datetime
    questions: int
    answered: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class WallChange:
    """A wall that was seen otherwise than before, and how many asked and were answered on either side of it."""

    wall: str
    was: str
    last_seen: datetime
    """When it was last seen as it was."""
    label: str
    first_seen: datetime
    """When it was first seen as it became."""
    before: Period | None
    """As long as `after`; None: too little time has gone by, or was seen, to compare."""
    after: Period | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """One account in the report."""

    network: str
    handle: str
    url: str
    role: str
    state: str
    """`active`, `quiet`, `retired`, `unread`, or a gap reason that covers the whole account."""
    conduct: Conduct
    posting: WallState
    commenting: WallState
    messaging: WallState
    """Not a wall, but another way in: may visitors write messages?"""
    closing_reason: str | None = None
    """Why visitors may not write, as the agency says it in the register."""
    alternative_channel: str | None = None
    """Where it asks people to write instead."""
    renamed_to: str | None = None
    """Its name on the network by now; None: the register's."""
    changes: tuple[WallChange, ...] = ()
    """Of its walls, in the last year."""
    clock: PostingClock | None = None
    """None: it has no own posts in the window."""
    first_post: datetime | None
    last_post: datetime | None
    last_read: datetime | None
    gaps: tuple[str, ...] = ()
    """What could not be seen, one sentence each."""
    uses: tuple[UseMonth, ...] = ()
    """What its posts are for, month by month; the oldest first."""
    life: LifeState | None = None
    """How it lives, or how it ended; None: not judged."""
    official: OfficialState | None = None
    """Whether it and its agency's site name each other; None: nobody has looked."""
    declared: DeclaredLine | None = None
    """How the agency says that it runs it; None: it says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyLine:
    """One agency in the report, with its accounts."""

    id: str
    name: str
    kind: str | None
    accounts: tuple[AccountLine, ...]
    conduct: Conduct
    website: str | None = None
    region: str | None = None
    """What bodies of its kind may be grouped by, such as a county."""
    elsewhere: tuple[ElsewhereLine, ...] = ()
    lookalikes: tuple[LookalikeLine, ...] = ()

    def on(self, network: str) -> tuple[AccountLine, ...]:
        """The agency's accounts on a network that have not been retired."""
        return tuple(a for a in self.accounts if a.network == network and a.state != "retired")

    def wall(self, network: str, which: str) -> str | None:
        """The most open label among the agency's accounts on a network; None without an account there."""
        order = LABELS["wall.posting"]
        labels = [getattr(a, which).label for a in self.on(network)]
        return min(labels, key=order.index) if labels else None

    @property
    def page_wall(self) -> str | None:
        """May visitors post on the agency's Pages? None without a Page."""
        return self.wall(PAGES, "posting")


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence(Rate):
    """How many of a group's agencies are on a network, of all of them."""

    network: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """All agencies of one kind together: the directorate's line."""

    kind: str | None
    agencies: tuple[AgencyLine, ...]
    on_facebook: Rate
    open_walls: Rate
    """Agencies with a Page where visitors may post, of the agencies with a Page."""
    walls_unknown: int
    """Agencies with a Page of which nobody knows whether visitors may post: they are not open walls, and not closed ones."""
    on_twitter: Rate
    presence: tuple[Presence, ...]
    """The networks that the group is counted on, in the order of the report. Nobody is on one that is not listed."""
    clearly_autogenerated: Rate
    """Agencies whose every judged account meets Difi's double criterion, of those with a judged account."""
    conduct: Conduct
    before: Earlier | None = None
    """The window before this one; None: nothing was read so far back."""
    last_year: Earlier | None = None
    """The same window a year earlier."""
    months: tuple[Month, ...] = ()
    """The last thirteen at most, the oldest first; the newest is not over."""
    median_answered: Median | None = None
    """Share of questions answered."""
    median_autogenerated: Median | None = None

    @property
    def has_pages(self) -> bool:
        """Whether Facebook is among the networks that the group is counted on: else nobody asks for its walls."""
        return any(found.network == PAGES for found in self.presence)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLine:
    """A question or a request that nobody has answered, for the worklist."""

    agency: str
    network: str
    handle: str
    post: str
    permalink: str | None
    asked_at: datetime
    text: str
    label: str
    """`unanswered`, or `pending` while the norm has not run out."""
    certainty: str
    """`likely`, or `perhaps` where the signs leave it open whether anything is waited for."""
    score: float | None
    """None: the rules saw nothing here, and a person says that it perhaps waits."""
    office_minutes: float
    reasons: tuple[str, ...]
    usually: str | None = None
    """Who signs most of the account's replies; None: hardly any is signed."""
    who: str | None = None
    """Who sees to it; None: nobody has been named."""
    forwarded_on: date | None = None
    """When it was passed on to another body; None: it was not, as far as anybody said."""
    decisions: int = 0
    """How often people have said something of it: whoever takes a filled-in list in sees by it whether they have since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlaggedLine(PostLine):
    """An own post held to be autogenerated, with the reasons."""

    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How often people agreed with a classifier, on randomly sampled posts: its precision."""

    classifier: str
    label: str
    """What the classifier called the posts."""
    right: Rate
    """Of those checked; left out: where the person could not tell either."""
    unchecked: int
    """Drawn, and not checked yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Totals of an earlier mapping, set beside today's."""

    name: str
    when: str
    agencies: int
    on_facebook: int
    open_walls: int
    on_twitter: int
    source: str
    caveat: str

    def on(self, network: str) -> int | None:
        """How many agencies were on a network; None: it was not counted then."""
        return {"facebook": self.on_facebook, "twitter": self.on_twitter}.get(network)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Every number of a report, computed once; the formats only lay it out."""

    title: str
    notice: str | None
    """A line that must stand on the report's face, such as that it is an example."""
    version: str
    as_of: datetime
    window_from: datetime
    window_to: datetime
    edition: str
    """`internal`, with visitors' own words, or `public`."""
    window_note: str | None
    """Why the window is not the one asked for."""
    timezone: str
    language: str
    """What sentences are written in: `en`, `nb` or `nn`."""
    norm_minutes: float
    groups: tuple[Group, ...]
    baseline: Baseline
    waiting: tuple[WaitingLine, ...]
    waiting_total: int | None
    perhaps: tuple[WaitingLine, ...]
    """Who perhaps waits: the second step of the worklist."""
    perhaps_total: int | None
    flagged: tuple[FlaggedLine, ...]
    flagged_total: int
    gaps: tuple[GapLine, ...]
    measured: tuple[Measured, ...]
    """Only classifiers of which something has been checked."""
    news: News | None = None
    """None: this is the first report."""
    queries: tuple[Query, ...] = ()
    """By which the figures of the first group can be counted again."""
    last_collected: datetime | None
    posts_held: int
    unjudged: int = 0
    """Accounts with posts that have not been judged: what is said of questions leaves these out."""
