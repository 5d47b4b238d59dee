"""A small world: who is there, what they wrote, and what time it is. All fake networks show the same kind of world."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = Any


@dataclass(slots=True)
class Clock:
    """Stands still until a test moves it."""

    now: datetime = datetime(2026, 3, 2, 12, tzinfo=UTC)
    fast: timedelta = timedelta(0)
    """How far the collector's own clock is ahead of the world's."""

    def __call__(self) -> datetime:
        """The time on the collector's machine."""
        return self.now + self.fast

    def move(self, seconds: float) -> None:
        """Let time pass: what the collector does when it would sleep."""
        self.now += timedelta(seconds=seconds)


@dataclass(slots=True)
class Person:
    """An agency's account or a visitor."""

    id: str
    handle: str
    name: str
    standing: str = "well"
    """`well`, `suspended`, `protected` or `deleted`; on Bluesky also `deactivated` or `takendown`, on Mastodon `gone`."""
    before: tuple[str, ...] = ()
    """The handles it had before it was renamed."""
    more: dict[str, Json] = field(default_factory=dict)
    """Sent beside, or instead of, what the network would send of it; a key that is `...` is left out."""


@dataclass(slots=True)
class Post:
    """Anything written."""

    id: str
    author: Person
    wall: Person
    text: str
    at: datetime
    parent: Post | None = None
    more: dict[str, Json] = field(default_factory=dict)
    """Sent beside, or instead of, what the network would send; a key that is `...` is left out."""
    before: tuple[str, ...] = ()
    """The ids it had before it was edited."""
    edited_at: datetime | None = None
    earlier: tuple[tuple[str, datetime], ...] = ()
    """What it said before it was edited, and since when."""

    @property
    def first_id(self) -> str:
        """The id it was born with."""
        return (*self.before, self.id)[0]

    @property
    def root(self) -> Post:
        """The post at the top of its thread."""
        return self.parent.root if self.parent else self


@dataclass(slots=True)
class Share:
    """Somebody's passing on of a post."""

    id: str
    by: Person
    post: Post
    at: datetime


class World:
    """People and posts of one network."""

    def __init__(self, clock: Clock, first_id: int = 1000) -> None:
        self.clock = clock
        self.people: list[Person] = []
        self.posts: list[Post] = []
        self.shares: list[Share] = []
        self._ids = count(first_id)

    def person(self, handle: str, name: str, number: str | None = None) -> Person:
        """Let somebody in."""
        person = Person(number or self._person_id(), handle, name)
        self.people.append(person)
        return person

    def say(
        self,
        author: Person,
        text: str,
        *,
        wall: Person | None = None,
        under: Post | None = None,
        hours_ago: float = 0,
        **more: Json,
    ) -> Post:
        """Let somebody write; ids grow with each call, whatever the time."""
        at = self.clock.now - timedelta(hours=hours_ago)
        where = under.wall if under else wall or author
        post = Post(self._post_id(at), author, where, text, at, under, more)
        self.posts.append(post)
        return post

    def share(self, by: Person, post: Post, *, hours_ago: float = 0) -> Share:
        """Let somebody pass a post on."""
        at = self.clock.now - timedelta(hours=hours_ago)
        self.shares.append(Share(self._post_id(at), by, post, at))
        return self.shares[-1]

    def _person_id(self) -> str:
        return str(next(self._ids))

    def _post_id(self, _at: datetime) -> str:
        return str(next(self._ids))

    def rename(self, person: Person, handle: str) -> None:
        """Give somebody another handle; who was named by the old one stays named."""
        person.before, person.handle = (*person.before, person.handle), handle

    def edit(self, post: Post, text: str, *, new_id: bool = False) -> None:
        """Change a post; on X that makes a new id."""
        post.earlier = (*post.earlier, (post.text, post.edited_at or post.at))
        post.text, post.edited_at = text, self.clock.now
        if new_id:
            post.before = (*post.before, post.id)
            post.id = self._post_id(post.at)

    def delete(self, post: Post, *, thread: bool = False) -> None:
        """Take a post away; what stands under it stays, or goes with it (`thread`)."""
        self.posts.remove(post)
        for below in [p for p in self.posts if thread and p.parent is post]:
            self.delete(below, thread=True)

    def named(self, handle: str) -> Person | None:
        """Find somebody by handle, in any case."""
        return next((p for p in self.people if p.handle.lower() == handle.lower()), None)

    def numbered(self, number: str) -> Person | None:
        """Find somebody by id."""
        return next((p for p in self.people if p.id == number), None)

    def under(self, post: Post) -> list[Post]:
        """Everything below a post, oldest first."""
        return [p for p in self.posts if p is not post and p.root is post]


@dataclass(frozen=True, slots=True)
class Ask:
    """A request as it arrived."""

    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    every: Mapping[str, list[str]] = field(default_factory=dict)
    """All values of each parameter, where one may be said several times."""
    sent: Json = None
    """The body of a POST."""
    method: str = "GET"


@dataclass(slots=True)
class Answer:
    """What goes back: JSON, or text as it is; and how it arrives."""

    body: Json
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    arrives: str = "whole"
    """`whole`, `cut` (fewer bytes than announced), `reset` or `never`."""


class Places:
    """The tokens a network gives out for the page after; they grow old."""

    def __init__(self, clock: Clock) -> None:
        self.life: timedelta | None = None
        self._clock = clock
        self._numbers = count(1)
        self._given: dict[str, tuple[Json, datetime]] = {}
        self._lock = threading.Lock()

    def give(self, place: Json) -> str:
        """Make a token for a place."""
        with self._lock:
            token = f"7140dibdnow{next(self._numbers):05x}"
            self._given[token] = place, self._clock.now
        return token

    def find(self, token: str) -> Json | None:
        """Find the place of a token; None: unknown, or too old."""
        place, given = self._given.get(token, (None, self._clock.now))
        return None if self.life is not None and self._clock.now - given >= self.life else place
