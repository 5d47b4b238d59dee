"""The words that all stages share, as frozen dataclasses.

Times are aware UTC datetimes, ids are text, durations are minutes. Nothing here reads a clock, a file or a network.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from soma_audit.silence_limits import SilenceLimits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from soma_audit.office_hours import OfficeHours
    from soma_audit.website import Site


class Role(StrEnum):
    """What an account is declared to be for; it is judged against this."""

    DIALOGUE = "dialogue"
    BROADCAST = "broadcast"
    CRISIS = "crisis"


class Stream(StrEnum):
    """One feed of an account."""

    PROFILE = "profile"
    SETTINGS = "settings"
    TIMELINE = "timeline"
    MENTIONS = "mentions"
    VISITOR_POSTS = "visitor_posts"
    COMMENTS = "comments"
    OPEN_THREADS = "open_threads"
    LOOK_UP = "look_up"
    FILE = "file"


class Kind(StrEnum):
    """What a post is: an own beginning, something under another post, or somebody else's post passed on."""

    POST = "post"
    COMMENT = "comment"
    SHARE = "share"


class TokenKind(StrEnum):
    """In whose name Facebook was asked; it decides what an empty answer means."""

    APP = "app"
    USER = "user"
    PAGE = "page"
    OTHER_PAGE = "another page"
    SYSTEM_USER = "system user"
    UNKNOWN = "unknown"


class SignedIn(StrEnum):
    """As whom a person looked at a wall; it decides what the look can prove."""

    NO = "no"
    ORDINARY_ACCOUNT = "ordinary-account"
    PAGE_TEAM = "page-team"


# --- the register -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """A public body, with the dates it existed."""

    id: str
    name: str
    kind: str | None = None
    """What it is counted among: `ministry`, `government`, …; None: the register does not know it."""
    valid_from: date | None = None
    valid_to: date | None = None
    succeeds: tuple[str, ...] = ()
    website: str | None = None
    """Where its own site begins."""
    region: str | None = None
    """What bodies of its kind may be grouped by, such as a county."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """An agency's presence on a network where nothing is collected."""

    agency: str
    network: str
    """One of `networks.ELSEWHERE`."""
    handle: str
    evidence: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    def __str__(self) -> str:
        return f"{self.network}/{self.handle}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """How an agency says that it runs an account. None and empty: it does not say."""

    unit: str | None = None
    """Who is responsible."""
    email: str | None = None
    guidelines: str | None = None
    """The address of its guidelines for social media."""
    guidelines_date: date | None = None
    hours: str | None = None
    """When it is staffed, as in `mon-fri 08:00-15:45`."""
    moderation_rules: str | None = None
    """The address of the rules for what visitors write."""
    languages: tuple[str, ...] = ()
    """The languages in which it answers, by their codes."""
    personal_data_notice: str | None = None
    """The address of what it tells visitors about their personal data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An agency's presence on one network."""

    agency: str
    network: str
    handle: str
    native_id: str | None = None
    role: Role = Role.DIALOGUE
    evidence: str | None = None
    """What shows that the account is official; never a badge."""
    valid_from: date | None = None
    valid_to: date | None = None
    closing_reason: str | None = None
    """Why visitors may not post or comment, as the agency itself says it."""
    alternative_channel: str | None = None
    """Where the agency asks people to write instead."""
    declared: Declared = Declared()
    other_names: tuple[str, ...] = ()
    """Handles that it has had, or has by now, beside the register's: the network's id tells that it is the same account."""
    id: int | None = None  # its row in the database

    @property
    def names(self) -> tuple[str, ...]:
        """Every handle that it is known by, the register's first."""
        return (self.handle, *self.other_names)

    def in_use(self, day: date) -> bool:
        """Return whether it is in use on a day, by its dates in the register."""
        since, until = self.valid_from, self.valid_to
        return (since is None or since <= day) and (until is None or until >= day)

    def __str__(self) -> str:
        return f"{self.network}/{self.handle}"


# --- what is collected ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Anything written on a wall, as it looked when last seen."""

    native_id: str
    created_at: datetime
    text: str | None
    """None: seen before, now gone."""
    by_agency: bool | None
    """None: the network does not tell."""
    thread: str
    """Native id of the topmost post known above this one; its own id for a beginning."""
    parent: str | None = None
    author: str | None = None
    """A handle of the register, or a visitor's pseudonym."""
    kind: Kind = Kind.POST
    permalink: str | None = None
    client: str | None = None
    """The posting client as the network names it; None: not told, which is not the same as by hand."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """`like`, `reply`, `share`: what the network shows, also of what it does not let us read."""
    reply_setting: str | None = None
    """Who may reply, in the network's own word."""
    language: str | None = None  # as its author's program declared it, often wrongly
    hidden: bool | None = None
    """Whether the agency has hidden it from the public; None: the network does not tell, as it never tells outsiders."""
    later_ids: tuple[str, ...] = ()
    """Ids that it got when it was edited, on a network where each version has one of its own."""
    thread_state: str | None = None
    """How what hangs under it stands, by the network's word: when something last changed there, or how many replies it has."""
    in_passing: bool = False
    """It came along on another post's page, with less than its own page would show."""
    words_by: str | None = None  # whose words it passes on, where the network tells; not stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """What an answer tells of posts besides how they look; native ids each time."""

    missing: tuple[str, ...] = ()
    """The network says that they are not there, or no longer shown. Believed when it says so again a night later."""
    withheld: tuple[str, ...] = ()
    """The network orders that their texts be forgotten, at once."""
    unpublished: tuple[str, ...] = ()
    """Drafts, scheduled posts and whatever else has never been public: these are not posts."""
    limited: tuple[str, ...] = ()
    """Public to some only, by place or age."""
    read_threads: tuple[str, ...] = ()
    """Posts whose comments have been read to the end with this page."""
    whole_threads: tuple[str, ...] = ()
    """Those among them of which everything was shown: a comment that is not among them now is missing."""
    refused_threads: tuple[str, ...] = ()
    """Posts whose comments could not be read this time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer of a network (or a piece of a file), cleaned of credentials and visitors' names."""

    account: Account
    stream: Stream
    url: str
    fetched_at: datetime
    body: bytes
    """JSON, pseudonymised; empty for a piece of a file, which the URL names by its lines."""
    resume: str | None
    """What the network needs to go on after this page; None: this was the last one."""
    newest: str | None = None
    """The bookmark that this page would make, if the walk that begins with it is finished."""
    api_version: str | None = None
    token_kind: TokenKind | None = None
    """In whose name it was asked for; None: on this network that makes no difference."""
    gaps: tuple[Gap, ...] = ()
    """What this page shows to be out of reach."""
    cost: float = 0.0
    """What the network takes for it, in US dollars."""
    renamed_to: str | None = None
    """On a page of the account's profile: its name by now, if it is found by its id only."""
    notices: Notices = Notices()
    reread: bool = False
    """Its walk reads a span anew: what was there before and is not met again, is missing."""
    reread_from: datetime | None = None
    """Where that span begins; None: at the beginning."""


@dataclass(frozen=True, slots=True)
class ThreadTop:
    """An own post under which replies are asked for, as its account's timeline has told of it."""

    replies: int
    begins: bool
    """It begins its thread."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """From where a walk starts: the bookmark of the last complete one, and where a cut-off one stopped."""

    bookmark: str | None = None
    """A native id or a time, as the network counts; None: from the beginning."""
    resume: str | None = None
    threads: tuple[str, ...] = ()
    """For streams that are read thread by thread: the threads to look at."""
    tops: Mapping[str, ThreadTop] = field(default_factory=dict)
    """What is known of the posts that threads are asked for by, where their network counts direct replies only."""
    not_before: datetime | None = None
    """How far back a stream is read that has never been read to its end; None: as far as its network shows it."""
    missing_from: datetime | None = None
    """When the oldest post was written that has been missing lately and is to be looked for once more."""

    def start(self, revisit: timedelta) -> datetime | None:
        """Return from when on to read a stream anew: so far before its bookmark, or where something was missing lately."""
        start = datetime.fromisoformat(self.bookmark) - revisit if self.bookmark else self.not_before
        if start is None or self.missing_from is None:
            return start
        return min(start, self.missing_from - timedelta(seconds=1))

    def history_gap(self, stream: Stream) -> tuple[Gap, ...]:
        """Return the gap that is left by reading no further back than was asked for."""
        if self.bookmark or self.not_before is None:
            return ()
        return (Gap(stream=stream, reason="history", until=self.not_before),)

    def threads_left(self, place: str | None) -> tuple[str, ...]:
        """Return the threads from a place on; all of them, if that one is no longer among them."""
        return self.threads[self.threads.index(place) :] if place in self.threads else self.threads


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A span known not to have been seen, and why. Without dates: all of the stream, or all of the account."""

    stream: Stream | None
    reason: str
    detail: str = ""
    since: datetime | None = None
    until: datetime | None = None
    noticed_at: datetime | None = field(default=None, compare=False)
    """When it was first met; None: it is only being met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the network said of the account itself, such as settings and counts, for as long as it said the same."""

    seen_at: datetime
    """When it was last said so."""
    source: str
    """The stream."""
    facts: Mapping[str, object]
    first_seen_at: datetime | None = None
    """None: only once."""
    endpoint: str = ""
    """The address asked, without credentials."""
    token_kind: TokenKind | None = None
    api_version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a person saw of a wall with their own eyes."""

    question: str
    """One of `labels.WALLS`."""
    seen: str
    """One of `labels.SEEN`."""
    observed_at: datetime
    observer: str
    """Initials or a role."""
    signed_in: SignedIn
    file: str | None = None
    """The name of a picture or a print that shows it, kept by whoever looked."""
    sha256: str | None = None
    """Of the file, so that it can be told from another one."""
    note: str | None = None


# --- what is judged ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """All that stands on one account, and what is known of how it was read: everything a classifier may see."""

    account: Account
    as_of: datetime
    posts: tuple[Post, ...]
    """Oldest first; equal times by native id."""
    office: OfficeHours
    norm_minutes: float
    """The answering time held to be in time, in office minutes."""
    read: frozenset[Stream] = frozenset()
    """Streams that have been read to their end at least once."""
    timeline_read_at: datetime | None = None
    """When its timeline was last read to its end; None: that was not noted."""
    silence: SilenceLimits = field(default_factory=SilenceLimits)
    gaps: tuple[Gap, ...] = ()
    about: tuple[About, ...] = ()
    """Oldest first."""
    looks: tuple[Look, ...] = ()
    """Oldest first."""
    elsewhere: tuple[Post, ...] = ()
    """The agency's own posts on its other accounts; oldest first."""
    handles: frozenset[str] = frozenset()
    """Lower-case handles of the agency's accounts on this network: whoever writes from them is the agency."""
    site: Site | None = None
    """The agency's own site; None: the register does not name it."""
    reviewed_as_asked: frozenset[str] = frozenset()
    """Posts that a person holds to be questions."""
    asked: frozenset[str] | None = None
    """Posts held to be questions, once that has been judged."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that fired, and what it saw."""

    rule: str
    weight: float
    evidence: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A classifier's label for a post, or for the whole wall (`post` is None)."""

    post: str | None
    label: str
    value: Mapping[str, object] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    waits_until: datetime | None = None
    """When it may change though nothing is new: a sign grows old. None: never by itself."""
