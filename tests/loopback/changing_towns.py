"""Towns on Bluesky and Mastodon that change step by step, and what somebody who reads them nightly must know in the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from loopback.server import Loopback
    from loopback.world import Person, Post, Share, World

State = tuple[int, frozenset[str]]
"""What is told of an own post: how many replies it has, and which are hidden."""


@dataclass(frozen=True)
class Known:
    """What the rows must hold, and what they may hold."""

    must: dict[str, tuple[Any, ...]]
    """Text (None: whichever), whether it is the agency's, the post above, and whether it is hidden (None: nobody says)."""
    may: set[str]
    """What may be held or not, by id."""


class SocialTown:
    """One network's world; `pick` chooses among what is there. Replies outlive what they reply to."""

    network = ""

    def __init__(self, here: Loopback) -> None:
        self.here, self.told = here, 0
        self.ever: list[Post] = []
        self.seen: dict[str, list[tuple[State, frozenset[str]]]] = {}
        """Of each own post, night by night: what was told of it, and the replies that it had."""
        self.edited: set[str] = set()
        self.away: set[str] = set()
        """Posts of people who have been away for a while: still counted, and not shown."""

    @property
    def world(self) -> World:
        raise NotImplementedError

    @property
    def agency(self) -> Person:
        return self.world.people[0]

    def visitor(self, pick: int) -> Person:
        return self.world.people[1 + pick % 2]

    def say(self, author: Person, what: str, under: Post | None = None, hours_ago: float = 0) -> Post:
        self.told += 1
        post = self.world.say(author, f"{what} nr. {self.told}", under=under, hours_ago=hours_ago)
        self.ever.append(post)
        return post

    def any_of(self, posts: list[Post], pick: int) -> Post | None:
        return posts[pick % len(posts)] if posts else None

    def is_there(self, post: Post) -> bool:
        return any(p is post for p in self.world.posts)

    def is_shown(self, post: Post) -> bool:
        return self.is_there(post) and post.author.standing == "well"

    def recent(self) -> list[Post]:
        """All but the first post, which stands for those too old to be read again: nothing happens to it any more."""
        return [p for p in self.world.posts[1:] if self.is_shown(p)]

    def own(self) -> list[Post]:
        return [p for p in self.recent() if p.author is self.agency]

    # each of these is an event

    def publish(self, _: int) -> None:
        self.say(self.agency, "Nytt")

    def reply(self, pick: int) -> None:
        if post := self.any_of(self.recent(), pick):
            self.say(self.visitor(pick), "Gjelder det meg?", under=post)

    def answer(self, pick: int) -> None:
        """To whomever, on one's own thread or elsewhere; sometimes to oneself."""
        if post := self.any_of(self.recent(), pick):
            self.say(self.agency, "Klokka ni.", under=post)

    def talk_elsewhere(self, pick: int) -> None:
        self.say(self.visitor(pick), "Noen som vet?")

    def share(self, pick: int) -> None:
        if post := self.any_of(self.recent(), pick):
            self.world.share(self.agency, post)

    def undo_share(self, pick: int) -> None:
        if self.world.shares:
            self.world.shares.pop(pick % len(self.world.shares))

    def edit(self, pick: int) -> None:
        if post := self.any_of(self.world.posts[1:], pick):
            self.told += 1
            self.world.edit(post, f"Rettet nr. {self.told}")
            self.edited.add(post.id)

    def delete_root(self, pick: int) -> None:
        if post := self.any_of([p for p in self.world.posts[1:] if p.parent is None], pick):
            self._delete(post)

    def delete_reply(self, pick: int) -> None:
        if post := self.any_of([p for p in self.world.posts if p.parent], pick):
            self._delete(post)

    def leave(self, pick: int) -> None:
        """Somebody deletes the account, and all that was written there."""
        for post in [p for p in self.world.posts if p.author is self.visitor(pick)]:
            self._delete(post)

    def stir(self, _: int) -> None:
        """Let visitors write under each own post until it has more replies than ever: then every thread is read again."""
        for post in self.own():
            most = max((state[0] for state, _ in self.seen.get(post.id, ())), default=0)
            while self.state(post)[0][0] <= most:
                self.say(self.visitor(0), "Hallo?", under=post)

    def _delete(self, post: Post) -> None:
        self.world.delete(post)
        self.world.shares = [s for s in self.world.shares if s.post is not post]

    # what is to be known of it

    def number(self, thing: Post | Share) -> str:
        """What a row calls it, without whose it is."""
        return thing.id

    def hidden_in(self, root: Post) -> frozenset[str]:
        """Which replies its author has hidden."""
        return frozenset()

    def parent(self, post: Post) -> str | None:
        """The post above; whether a row still names one that is deleted depends on when it was first seen."""
        return self.number(post.parent) if post.parent and self.is_there(post.parent) else None

    def above(self, post: Post) -> Iterator[Post]:
        while post.parent is not None:
            post = post.parent
            yield post

    def state(self, post: Post) -> tuple[State, frozenset[str]]:
        under = frozenset(p.id for p in self.world.posts if p.parent is post)
        return (len(under), self.hidden_in(post)), under

    def end_day(self) -> None:
        """Remember what this night can see."""
        for post in self.own():
            self.seen.setdefault(post.id, []).append(self.state(post))

    def came_back(self, post: Post) -> bool:
        """One reply came while another went, and the count is what it was: nothing tells that this happened."""
        now, under = self.state(post)
        return any(state == now and had != under for state, had in self.seen.get(post.id, ()))

    def is_reached(self, post: Post) -> bool:
        """Shown under an own post, all the way down to it: what hangs on a deleted reply is not."""
        for one in (post, *self.above(post)):
            if not self.is_shown(one):
                return False
            if one.author is self.agency:
                return True
        return False

    def known(self, *, stirred: bool) -> Known:
        """What the rows must and may hold; `stirred`: something changed under each own post before the last nights."""
        must, may = {}, set()
        beside = {p.id for own in self.own() for p in self.beside(own) if self.is_shown(p)}
        for post in self.ever:
            is_own = post.author is self.agency
            is_sure = self._is_sure(post, stirred=stirred)
            if is_own:
                if self.is_there(post):
                    must[self.number(post)] = self._looks(post, is_read=True)
            elif self.is_there(post) and ((self.is_reached(post) and is_sure) or post.id in beside):
                is_read = self.is_reached(post) and is_sure and (stirred or post.id not in self.edited)
                must[self.number(post)] = self._looks(post, is_read=is_read)
            elif not is_sure:
                may.add(self.number(post))
        for share in self.world.shares:
            if self.is_shown(share.post):
                must[self.number(share)] = (share.post.text, True, None, None)
        return Known(must, may)

    def told_of(self, numbers: Iterable[str]) -> list[str]:
        """Name posts so that a failed test can be read: what each says, and what it hangs on; ~ stands before what is gone."""
        every = {self.number(p): p for p in self.ever}

        def words(post: Post) -> str:
            gone = "" if self.is_shown(post) else "~"
            whose = "own" if post.author is self.agency else "visitor's"
            return f"{gone}{whose} {post.text}" + (f" under {words(post.parent)}" if post.parent else "")

        return sorted(words(every[n]) if n in every else n for n in numbers)

    def _is_sure(self, post: Post, *, stirred: bool) -> bool:
        """Whether it must be noticed what happened to a visitor's post. Not noticed, for nothing of the agency's tells of it, is

        * what has no own post above it that is still there: a visitor's post that came along with an own reply is never
          looked up again, and what hung on a post that was deleted cannot be asked for any more;
        * what is below another visitor's reply, and what has been edited, until the thread is read again;
        * what is in a thread where a count came back to what it was, and what people wrote who went away for a while.
        """
        own = next((p for p in self.above(post) if p.author is self.agency), None)
        if own is None or not self.is_there(own):
            return False
        if stirred:
            return True
        asked = [p for p in (own, *self.above(own)) if p.author is self.agency]
        return post.parent is own and post.id not in self.away and not any(map(self.came_back, asked))

    def beside(self, own: Post) -> list[Post]:
        """Whose words come along with an own reply."""
        return [own.parent] if own.parent else []

    def _looks(self, post: Post, *, is_read: bool) -> tuple[Any, ...]:
        hidden = self.is_hidden(post) if is_read else None
        return (post.text if is_read else None, post.author is self.agency, self.parent(post), hidden)

    def is_hidden(self, _: Post) -> bool | None:
        """Whether the author of its thread has hidden a reply; None: nobody says."""
        return None


class BlueskyTown(SocialTown):
    """People come and go, hide replies, and say who may reply."""

    network = "bluesky"

    def __init__(self, here: Loopback) -> None:
        super().__init__(here)
        self.hidden: dict[str, list[Post]] = {}
        self.rules: dict[str, list[str] | None] = {}

    @property
    def world(self) -> World:
        return self.here.bluesky.world

    def rename(self, _: int) -> None:
        self.world.rename(self.agency, f"etat-{self.told}.example")

    def close(self, pick: int) -> None:
        """Say who may reply in a thread."""
        if root := self.any_of([p for p in self.own() if p.parent is None], pick):
            self.rules[root.id] = [None, [], ["mention"]][pick % 3]
            self._put_gate(root)

    def hide(self, pick: int) -> None:
        """Hide a reply, or show it again."""
        replies = [p for p in self.world.posts if p.parent and p.root.author is self.agency]
        if (reply := self.any_of([p for p in replies if self.is_there(p.root)], pick)) is not None:
            hidden = self.hidden.setdefault(reply.root.id, [])
            hidden.remove(reply) if reply in hidden else hidden.append(reply)
            self._put_gate(reply.root)

    def go_away(self, pick: int) -> None:
        """Deactivate an account, or come back."""
        person = self.visitor(pick)
        person.standing = "well" if person.standing == "deactivated" else "deactivated"
        self.away |= {p.id for p in self.ever if p.author is person}

    def say(self, author: Person, what: str, under: Post | None = None, hours_ago: float = 0) -> Post:
        author.standing = "well"  # whoever writes is there
        return super().say(author, what, under, hours_ago)

    def _put_gate(self, root: Post) -> None:
        self.here.bluesky.views.put_gate(root, self.rules.get(root.id), self.hidden.get(root.id, ()))

    def hidden_in(self, root: Post) -> frozenset[str]:
        return frozenset(p.id for p in self.hidden.get(root.id, ()))

    def is_hidden(self, post: Post) -> bool | None:
        """Not told of what is no longer shown under its root, and in somebody else's thread not the agency's doing."""
        if post.parent is None or post.root.author is not self.agency:
            return None
        if not all(self.is_shown(p) for p in self.above(post)):
            return None
        return post.id in self.hidden_in(post.root)

    def parent(self, post: Post) -> str | None:
        return post.parent.id if post.parent else None

    def beside(self, own: Post) -> list[Post]:
        return [own.parent, own.root] if own.parent else []


class MastodonTown(SocialTown):
    """An own server, and what it calls things."""

    network = "mastodon"

    @property
    def world(self) -> World:
        return self.here.mastodon.world

    def number(self, thing: Post | Share) -> str:
        return self.here.mastodon.servers["etat.example"].id_of(thing)
