"""Whatever happens in the world and on the way, two undisturbed nights later the rows are the world.

Nothing that is there is lost, and nothing that is not there is kept: births, edits, deletions of posts, comments and
answers, drafts, new names, faults of the networks and kills, in any order. The fake networks are asked over real HTTP, by
the command line. More worlds: SOMA_AUDIT_WORLDS=1000 pytest tests/collect/test_rows_and_world.py
"""

from __future__ import annotations

import os
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from loopback import bluesky_words, mastodon_words
from loopback.changing_towns import BlueskyTown, MastodonTown, SocialTown
from loopback.graph import error
from loopback.night import HANDLES, Night, loopback
from loopback.server import Trouble
from loopback.world import Answer
from loopback.x_words import problem
from soma_audit.store import Store
from soma_audit.store.posts.missing import MissingPosts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypothesis.strategies import SearchStrategy

    from loopback.world import Person, Post, World

X, FB, BLUESKY, MASTODON = "twitter", "facebook", "bluesky", "mastodon"
WORLDS = int(os.environ.get("SOMA_AUDIT_WORLDS", "12"))
MENTION = "@" + HANDLES[X]
INLINE = 2
"""So many comments come with their post in this world."""

# --- what may happen ----------------------------------------------------------------------------------------------


class Town:
    """One network's world, changed step by step; `pick` chooses among what is there."""

    def __init__(self, world: World) -> None:
        self.world, self.told = world, 0

    @property
    def agency(self) -> Person:
        return self.world.people[0]

    def visitor(self, pick: int) -> Person:
        return self.world.people[1 + pick % 2]

    def words(self, what: str) -> str:
        self.told += 1
        return f"{what} nr. {self.told}"

    def gone_parents(self) -> dict[str, str]:
        """The first id of each deleted post that others reply to, by all ids it had: nobody may have looked in between."""
        gone = [p.parent for p in self.world.posts if p.parent and p.parent not in self.world.posts]
        return {number: post.first_id for post in gone for number in (*post.before, post.id)}

    def any_of(self, posts: list[Post], pick: int) -> Post | None:
        return posts[pick % len(posts)] if posts else None

    def tops(self) -> list[Post]:
        """The first one stays, so that the edges always have something to show."""
        return [p for p in self.world.posts if p.parent is None][1:]

    def comments(self) -> list[Post]:
        return [p for p in self.world.posts if p.parent]

    # each of these is an event

    def publish(self, _: int) -> None:
        self.world.say(self.agency, self.words("Nytt"))

    def delete_post(self, pick: int) -> None:
        if post := self.any_of(self.tops(), pick):
            self.world.delete(post, thread=self.falls)

    def delete_comment(self, pick: int) -> None:
        if comment := self.any_of(self.comments(), pick):
            self.world.delete(comment, thread=self.falls)

    falls = True
    """What hangs on a post goes with it."""


class Facebook(Town):
    def write_on_wall(self, pick: int) -> None:
        self.world.say(self.visitor(pick), self.words("Når åpner dere?"), wall=self.agency)

    def comment(self, pick: int) -> None:
        if post := self.any_of([p for p in self.world.posts if p.parent is None], pick):
            self.world.say(self.visitor(pick), self.words("Gjelder det meg?"), under=post)

    def answer(self, pick: int) -> None:
        if comment := self.any_of(self.comments(), pick):
            self.world.say(self.agency, self.words("Ja."), under=comment)

    def edit(self, pick: int) -> None:
        """A comment that does not come with its post is only read when something else changes there too."""
        shown = [p for p in self.world.posts if p.parent is None or len(self.world.under(p.root)) <= INLINE]
        if post := self.any_of(shown, pick):
            self.world.edit(post, self.words("Rettet"))

    def draft(self, _: int) -> None:
        self.world.say(self.agency, self.words("Utkast"), is_published=False)

    def publish_draft(self, pick: int) -> None:
        if post := self.any_of([p for p in self.world.posts if p.more], pick):
            post.more.clear()

    def rename(self, _: int) -> None:
        self.world.rename(self.agency, f"{HANDLES[FB]}.{self.told}")

    def shown(self) -> dict[str, tuple[Any, ...]]:
        """What the public sees: words, whose they are, and what they stand under, by id."""
        there = [p for p in self.world.posts if "is_published" not in p.root.more]
        return {
            _number(p): (p.text, p.author is self.agency, _number(p.parent) if p.parent else None)
            for p in there
        }


class Twitter(Town):
    falls = False

    def ask(self, pick: int) -> None:
        self.world.say(self.visitor(pick), f"{MENTION} {self.words('Når åpner dere?')}")

    def answer(self, pick: int) -> None:
        if question := self.any_of([p for p in self.world.posts if p.author is not self.agency], pick):
            self.world.say(self.agency, self.words("Klokka ni."), under=question)

    def edit(self, pick: int) -> None:
        if post := self.any_of(self.world.posts, pick):
            to = "" if post.author is self.agency else f"{MENTION} "
            self.world.edit(post, to + self.words("Rettet"), new_id=True)

    def rename(self, _: int) -> None:
        self.world.rename(self.agency, f"etat_{self.told}")

    def shown(self) -> dict[str, tuple[Any, ...]]:
        return {
            p.first_id: (p.text, p.author is self.agency, p.parent.first_id if p.parent else None)
            for p in self.world.posts
        }


def _number(post: Post) -> str:
    return f"{post.wall.id}_{post.id}" if post.parent is None else f"{post.root.id}_{post.id}"


# --- what may go wrong on the way ---------------------------------------------------------------------------------


def _answered(answer: Answer) -> Callable[..., Answer]:
    return lambda *_: Answer(answer.body, answer.status, dict(answer.headers), answer.arrives)


FAULTS: dict[str, dict[str, Callable[..., Answer]]] = {
    FB: {
        "invalid parameter": _answered(error(100, "Invalid parameter")),
        "not there": _answered(error(100, "no such thing", subcode=33)),
        "no permission": _answered(error(10, "no permission")),
        "limit": _answered(error(32, "limit")),
        "token": _answered(error(190, "token")),
        "nothing": _answered(Answer({"data": []})),
        "no list": _answered(Answer({"id": "100"})),
        "odd": _answered(Answer({"data": None, "paging": 7})),
        "half": lambda _, __, a: Answer(a.body, a.status, a.headers, "cut"),
        "reset": lambda _, __, a: Answer(a.body, a.status, a.headers, "reset"),
        "html": _answered(Answer("<html>503</html>", 503)),
    },
    X: {
        "invalid": _answered(problem(400, "Invalid Request", "invalid-request")),
        "forbidden": _answered(problem(403, "Forbidden")),
        "limit": _answered(problem(429, "Too Many Requests")),
        "token": _answered(problem(401, "Unauthorized")),
        "nothing": _answered(Answer({})),
        "empty": _answered(Answer({"meta": {"result_count": 0}})),
        "errors": _answered(
            Answer({"errors": [{"title": "Internal Error", "type": "about:blank", "resource_id": "1"}]})
        ),
        "half": lambda _, __, a: Answer(a.body, a.status, a.headers, "cut"),
        "reset": lambda _, __, a: Answer(a.body, a.status, a.headers, "reset"),
        "html": _answered(Answer("<html>503</html>", 503)),
    },
    BLUESKY: {
        "invalid": _answered(bluesky_words.error("InvalidRequest", "Error: cursor can not be read")),
        "deactivated": _answered(bluesky_words.error("AccountDeactivated", "Account is deactivated")),
        "not found": _answered(bluesky_words.error("InvalidRequest", "Profile not found")),
        "no post": _answered(bluesky_words.error("NotFound", "Post not found")),
        "limit": _answered(bluesky_words.error("RateLimitExceeded", "Rate Limit Exceeded", 429)),
        "nothing": _answered(Answer({})),
        "empty": _answered(Answer({"feed": [], "posts": []})),
        "odd": _answered(
            Answer({"feed": [{"post": None}, 7, {"post": {"uri": 7, "record": {}}}], "thread": 7})
        ),
        "half": lambda _, __, a: Answer(a.body, a.status, a.headers, "cut"),
        "reset": lambda _, __, a: Answer(a.body, a.status, a.headers, "reset"),
        "html": _answered(Answer("<html>503</html>", 503)),
    },
    MASTODON: {
        "not found": _answered(mastodon_words.error(404, "Record not found")),
        "token": _answered(mastodon_words.error(401, "This API requires an authenticated user")),
        "limit": _answered(mastodon_words.error(429, "Too many requests")),
        "nothing": _answered(Answer({})),
        "empty": _answered(Answer([])),
        "odd": _answered(Answer([{"id": 7}, None, {"id": "1", "created_at": 7, "content": {}}])),
        "elsewhere": _answered(mastodon_words.no_mastodon("redirect", "https://borte.example/")),
        "web site": _answered(mastodon_words.no_mastodon("html")),
        "half": lambda _, __, a: Answer(a.body, a.status, a.headers, "cut"),
        "reset": lambda _, __, a: Answer(a.body, a.status, a.headers, "reset"),
        "html": _answered(Answer("<html>503</html>", 503, mastodon_words.HTML)),
    },
}
PATHS = {
    BLUESKY: ("", "getProfile", "getAuthorFeed", "getPostThread"),
    MASTODON: ("", "/lookup", "/statuses", "/context"),
    FB: ("", "/published_posts", "/feed", "/comments", r"/v26\.0/[^/]+"),
    X: ("", "/tweets", "/mentions", "/recent", r"/username/\w+", "/2/tweets"),
}


class Killed:
    """Ends the run in the middle of storing a page, some pages from now."""

    def __init__(self, pages: int) -> None:
        self.left, self.heed = pages, MissingPosts.heed

    def __call__(self, store: MissingPosts, *words: Any) -> None:
        self.heed(store, *words)
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt


SOCIAL = (
    *("publish", "reply", "reply", "reply", "answer", "answer", "talk_elsewhere", "share", "undo_share"),
    *("edit", "delete_root", "delete_reply", "delete_reply", "leave"),
)
EVENTS = {
    FB: (
        *(
            "publish",
            "delete_post",
            "delete_comment",
            "write_on_wall",
            "comment",
            "comment",
            "answer",
            "edit",
        ),
        *("draft", "publish_draft", "rename"),
    ),
    X: ("publish", "delete_post", "delete_comment", "ask", "ask", "answer", "edit", "rename"),
    MASTODON: SOCIAL,
    BLUESKY: (*SOCIAL, "rename", "close", "hide", "hide", "go_away"),
}


def nights(network: str) -> SearchStrategy[list[Any]]:
    """Nights: what happens before each, what goes wrong in it (a fault, from which request on, how often), or when it is killed."""
    events = st.lists(st.tuples(st.sampled_from(EVENTS[network]), st.integers(0, 40)), max_size=6)
    fault = st.tuples(
        st.sampled_from(PATHS[network]),
        st.sampled_from(sorted(FAULTS[network])),
        st.integers(0, 4),
        st.integers(1, 9),
    )
    return st.lists(
        st.tuples(events, st.none() | fault, st.none() | st.integers(0, 6)), min_size=1, max_size=4
    )


# --- the property -------------------------------------------------------------------------------------------------


def live(through: dict[str, list[Any]], night: Night) -> Iterator[None]:
    """Let the nights pass, and then two without any trouble."""
    here, town = night.here, through["town"][0]
    for events, fault, kill in [*through["nights"], ((), None, None), ((), None, None)]:
        for name, pick in events:
            here.clock.move(600)
            getattr(town, name)(pick)
        here.clock.move(24 * 3600 - 600 * len(events))
        if isinstance(town, SocialTown):
            town.end_day()
        if fault:
            path, what, skip, times = fault
            here.troubles[:] = [Trouble(path, FAULTS[night.networks[0]][what], skip=skip, times=times)]
        with pytest.MonkeyPatch.context() as patch:
            if kill is not None:
                killed = Killed(kill)
                patch.setattr(
                    MissingPosts, "heed", lambda store, *words, killed=killed: killed(store, *words)
                )
            night.collect()
            if night.networks == (X,):
                night.verify()
        here.troubles.clear()
        yield


def stored(night: Night) -> dict[str, tuple[Any, ...]]:
    with Store(night.folder / "a.db") as store:
        rows = store.execute(
            "select native_id, text, by_agency, parent from current_post where text is not null"
        ).fetchall()
    return {number: (text, bool(own), parent) for number, text, own, parent in rows}


def versions(night: Night) -> set[str]:
    """The ids of which the network has told that they are versions of a post."""
    with Store(night.folder / "a.db") as store:
        return {number for (number,) in store.execute("select native_id from version")}


@pytest.mark.parametrize(("network", "town"), [(FB, Facebook), (X, Twitter)])
@given(data=st.data())
@settings(
    max_examples=WORLDS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to find the smallest case takes many minutes
)
def test_two_undisturbed_nights_later_the_rows_are_the_world(
    network: str, town: type[Facebook | Twitter], data: st.DataObject
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        pytest.MonkeyPatch.context() as patch,
        loopback(patch) as here,
    ):
        world = (here.graph if network == FB else here.x).world
        there = town(world)
        world.posts.clear()
        first = world.say(there.agency, there.words("Velkommen"), hours_ago=2)
        if network == FB:
            for _ in range(INLINE + 1):
                world.say(there.visitor(1), there.words("Når åpner dere?"), under=first, hours_ago=1)
        night = Night(Path(folder) / "a", here, (network,), max_wait=60)
        night.collect()
        for _ in live({"town": [there], "nights": data.draw(nights(network))}, night):
            with Store(night.folder / "a.db") as store:
                assert store.execute("pragma integrity_check").fetchone() == ("ok",)
        known = versions(night)
        gone = {number: first for number, first in there.gone_parents().items() if number not in known}
        found = {
            n: (_said(t), own, gone.get(parent, parent)) for n, (t, own, parent) in stored(night).items()
        }
        assert found == {n: (_said(t), *more) for n, (t, *more) in there.shown().items()}
        assert night.leaks() == []


@pytest.mark.parametrize("kind", [BlueskyTown, MastodonTown])
@given(data=st.data())
@settings(
    max_examples=WORLDS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
def test_two_undisturbed_nights_later_the_rows_are_what_can_be_known(
    kind: type[BlueskyTown | MastodonTown], data: st.DataObject
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        pytest.MonkeyPatch.context() as patch,
        loopback(patch) as here,
    ):
        there = kind(here)
        there.world.posts.clear()
        there.world.shares.clear()
        there.say(there.agency, "Fra i fjor", hours_ago=24 * 90)
        there.say(there.agency, "Velkommen", hours_ago=2)
        here.bluesky.places.life = timedelta(hours=1)
        here.bluesky.views.marks_deleted = data.draw(st.booleans())
        here.mastodon.servers["etat.example"].ulids = data.draw(st.booleans())
        here.mastodon.servers["etat.example"].links = data.draw(st.booleans())
        stirred = data.draw(st.booleans())
        night = Night(Path(folder) / "a", here, (there.network,), max_wait=60)
        night.collect()
        drawn = data.draw(nights(there.network))
        if stirred:
            drawn.append(([("stir", 0)], None, None))
        for _ in live({"town": [there], "nights": drawn}, night):
            with Store(night.folder / "a.db") as store:
                assert store.execute("pragma integrity_check").fetchone() == ("ok",)
        known, found = there.known(stirred=stirred), held(night)
        assert there.told_of(known.must.keys() - found.keys()) == []
        assert there.told_of(found.keys() - known.must.keys() - known.may) == []
        shown = {n: _as_far_as_known(found[n], look) for n, look in known.must.items()}
        assert shown == known.must
        assert night.gaps() == [("mentions", "signed_out")]
        assert night.leaks() == []


def held(night: Night) -> dict[str, tuple[Any, ...]]:
    """The rows by the last part of their ids: an address names its author, and a visitor's has a pseudonym in it."""
    with Store(night.folder / "a.db") as store:
        rows = store.execute(
            "select native_id, text, by_agency, parent, hidden from current_post where text is not null"
        ).fetchall()
    return {
        _last(number): (text, bool(own), parent and _last(parent), None if hidden is None else bool(hidden))
        for number, text, own, parent, hidden in rows
    }


def _last(number: str) -> str:
    return number.rpartition("/")[2]


def _as_far_as_known(found: tuple[Any, ...], known: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row without what the network does not tell, or did not tell again."""
    return tuple(None if k is None else f for f, k in zip(found, known, strict=True))


def _said(text: str) -> str:
    """The words without names: visitors have pseudonyms in the database."""
    return text.removeprefix(MENTION).strip()
