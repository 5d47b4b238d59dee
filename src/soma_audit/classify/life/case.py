"""What is known of an account's life: its last own words, how long it has been silent, what network and register say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from soma_audit.classify.life.farewell import ELSEWHERE_NOW, Farewell, kinds_of
from soma_audit.classify.life.successor import Successor, declared, successor_in
from soma_audit.model import Kind, Stream
from soma_audit.networks import NETWORKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from soma_audit.model import Gap, Post, Wall

LAST = 5
"""A farewell stands among so many of the last own posts: only their texts are looked at."""
AFTERTHOUGHTS = timedelta(days=14)
"""So long after a farewell an account may still say thanks or repeat it; what it writes later, it lives on with."""
VOUCHES = timedelta(days=7)
"""A timeline that was read so lately tells of today."""
LOST = {"suspended", "renamed"}
GONE = {"deactivated", "unpublished", "not_found"}
SAID_OF_ACCOUNT = {*LOST, *GONE, "moved"}
"""What a network says of an account itself; every other reason only tells that it could not be looked at."""
OLDER_ONLY = {"cap", "history"}
"""Reasons for which older posts are missing, and no new ones."""


@dataclass(frozen=True)
class Case:
    """A wall, asked about the account's own life."""

    wall: Wall

    # --- what the account wrote ---

    @cached_property
    def last_own(self) -> tuple[Post, ...]:
        """The account's last own posts, the newest first; those of the same time all count."""
        return tuple(sorted(_newest_own(self.wall), key=lambda p: (p.created_at, p.native_id), reverse=True))

    @property
    def last_sign(self) -> datetime | None:
        """When it last posted, replied or shared; None: nothing of its own is known."""
        return self.last_own[0].created_at if self.last_own else None

    @cached_property
    def last_words(self) -> Farewell | None:
        """The newest farewell among its last own posts, whatever it wrote later."""
        network = self.wall.account.network
        for post in self.last_own:
            if post.text and post.kind is not Kind.SHARE and (kinds := kinds_of(post.text, network)):
                return Farewell(post, kinds)
        return None

    @property
    def farewell(self) -> Farewell | None:
        """Its farewell; None: there is none, or it has gone on writing."""
        said = self.last_words
        wrote = said is not None and self.last_own[0].created_at - said.post.created_at > AFTERTHOUGHTS
        return None if wrote else said

    @property
    def left_at_once(self) -> bool:
        """Whether its farewell, by more than an invitation to follow it elsewhere, is the last that it wrote."""
        said = self.farewell
        return said is not None and said.kinds != {ELSEWHERE_NOW} and not any(
            p.created_at > said.post.created_at and p.thread != said.post.thread for p in self.last_own
        )  # fmt: skip

    @cached_property
    def successor(self) -> Successor | None:
        """The account that its farewell names, there or later in the same thread."""
        said = self.farewell
        if said is None:
            return None
        rest = sorted(
            (
                p
                for p in self.last_own
                if p.thread == said.post.thread and p.created_at >= said.post.created_at
            ),
            key=lambda p: (p is not said.post, p.created_at, p.native_id),
        )
        named = (successor_in(post.text, self.wall.account) for post in rest if post.text)
        return next((found for found in named if found), None)

    # --- how long it has been silent ---

    @property
    def wrote_lately(self) -> bool:
        """Whether it has written anything of its own, so that it is not quiet."""
        return self.last_sign is not None and self.wall.as_of - self.last_sign < self.wall.silence.quiet

    @property
    def reads_on(self) -> bool:
        """Whether its timeline has been read to its end, and lately enough for its silence to be heard."""
        wall = self.wall
        read_at = wall.timeline_read_at or wall.as_of
        return (
            Stream.TIMELINE in wall.read
            and self.hidden is None
            and wall.as_of - read_at <= wall.silence.quiet
        )

    @cached_property
    def silence(self) -> timedelta | None:
        """For how long nothing of its own has come, as far as its timeline was read; None: nobody knows."""
        if not self.reads_on:
            return None
        read_at = self.wall.timeline_read_at
        until = min(self.wall.as_of, read_at + VOUCHES) if read_at else self.wall.as_of
        return until - since if (since := self.silent_since) else timedelta.max

    @cached_property
    def silent_since(self) -> datetime | None:
        """When its silence began: with its last own post, or with what is known of it; None: it has always been silent."""
        if self.last_sign:
            return self.last_sign
        return max(filter(None, (self._read_from, self._opened)), default=None)

    @property
    def never_wrote(self) -> bool:
        """Whether all of its timeline has been read, and there is nothing of its own."""
        return self.reads_on and self.last_sign is None and self._read_from is None

    @property
    def _read_from(self) -> datetime | None:
        """How far back its timeline was read, where that is not all of it."""
        gaps = (g for g in self.wall.gaps if g.stream is Stream.TIMELINE and g.reason in OLDER_ONLY)
        return max((gap.until for gap in gaps if gap.until), default=None)

    @property
    def _opened(self) -> datetime | None:
        """When the account was opened, by its network."""
        told = [str(about.facts["opened"]) for about in self.wall.about if "opened" in about.facts]
        try:
            return datetime.fromisoformat(told[-1]).replace(tzinfo=UTC) if told else None
        except ValueError:
            return None

    @property
    def hidden(self) -> Gap | None:
        """What keeps us from seeing its newest posts, or the account itself."""
        at = self.last_sign
        return next(
            (
                gap
                for gap in self._gaps
                if gap.stream in {None, Stream.PROFILE, Stream.TIMELINE}
                and gap.reason not in {"moved", *OLDER_ONLY}
                and (gap.until is None or at is None or at <= gap.until)
            ),
            None,
        )

    # --- what the network says ---

    @property
    def _gaps(self) -> Iterator[Gap]:
        as_of = self.wall.as_of
        return (gap for gap in self.wall.gaps if gap.noticed_at is None or gap.noticed_at <= as_of)

    @cached_property
    def said(self) -> Gap | None:
        """What the network said last of the account itself."""
        told = [
            gap
            for gap in self._gaps
            if gap.stream in {None, Stream.PROFILE} and gap.reason in SAID_OF_ACCOUNT
        ]
        return max(told, key=lambda gap: (gap.noticed_at or self.wall.as_of, gap.reason), default=None)

    def says(self, *reasons: str) -> Gap | None:
        """Return what the network said last of the account, if it is one of these."""
        return self.said if self.said is not None and self.said.reason in reasons else None

    @property
    def seen_before(self) -> bool:
        """Whether the account has ever been seen there."""
        return bool(self.last_own or self.wall.about or self.wall.account.native_id)

    @property
    def missing(self) -> Gap | None:
        """The network's word that it does not know the account; None too where it says so of all that it hides from us."""
        hides = NETWORKS[self.wall.account.network].hidden_as_missing
        return None if hides else self.says("not_found")

    @property
    def gone(self) -> Gap | None:
        """The network's word that an account which was seen before is there no more."""
        if not self.seen_before:
            return None
        return self.says("deactivated", "unpublished") or self.missing

    @property
    def moved_to(self) -> str | None:
        """The account that it has moved to, by its own profile."""
        told = [str(about.facts["moved_to"]) for about in self.wall.about if "moved_to" in about.facts]
        return f"{self.wall.account.network}/{told[-1]}" if told else None

    # --- what the register says ---

    @property
    def ends_at(self) -> datetime | None:
        """When the register's last day of it is over; None: it names none."""
        day = self.wall.account.valid_to
        if day is None or day == date.max:
            return None
        return datetime.combine(
            day + timedelta(days=1), time(), ZoneInfo(self.wall.office.timezone)
        ).astimezone(UTC)

    @property
    def ended_at(self) -> datetime | None:
        """When it ended, by the register; None: it has not."""
        at = self.ends_at
        return at if at is not None and at <= self.wall.as_of else None

    @property
    def writes_on(self) -> bool:
        """Whether it goes on writing though it has ended by the register."""
        at = self.ended_at
        wrote = at is not None and self.last_sign is not None and self.last_sign >= at
        return wrote and self.wrote_lately

    @property
    def notice(self) -> str | None:
        """Why it has ended, or where people are to turn instead, by the register."""
        account = self.wall.account
        return (account.closing_reason or account.alternative_channel) if self.ended_at else None

    @cached_property
    def registered_successor(self) -> str | None:
        """The account that the register names in its place."""
        account = self.wall.account
        return declared(account.alternative_channel, account) if self.ended_at else None


def _newest_own(wall: Wall) -> Iterator[Post]:
    """Yield the last own posts, and all others of the time of the earliest of these."""
    found, oldest = 0, None
    for post in reversed(wall.posts):
        if not post.by_agency:
            continue
        if found >= LAST and post.created_at != oldest:
            return
        found, oldest = found + 1, post.created_at
        yield post
