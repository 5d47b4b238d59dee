"""What Bluesky shows of people and posts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from loopback.bluesky_words import GATE, POST, REPOST, VIEWS, cid, external, label, rich, said_at
from loopback.world import Json, Person, Post, Share, World

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DETAILED = {
    "description",
    "followersCount",
    "followsCount",
    "postsCount",
    "indexedAt",
    "pinnedPost",
    "website",
}
"""Shown of a person in the whole profile only."""
GONE = {"deactivated", "takendown", "deleted"}
JOINED = datetime(2024, 3, 1, 8, tzinfo=UTC)


class Views:
    """Shows a world. What tests change about a thread stands here too."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.blocked: list[Post] = []
        """Shown in threads only as blocked, with nothing under them."""
        self.marks_deleted = True
        """A deleted post that something stands under is shown as not found; else its whole branch is missing."""
        self._gates: dict[str, tuple[Post, list[dict[str, Json]] | None, list[str], datetime]] = {}
        self._pins: dict[str, Post] = {}

    # --- what tests say ---

    def put_gate(self, root: Post, allow: Iterable[str] | None = None, hidden: Iterable[Post] = ()) -> None:
        """Say who may reply (`mention`, `follower`, `following`, `list`; none of them: nobody), and hide replies."""
        rules = None if allow is None else [self._rule(root, word) for word in allow]
        self._gates[root.id] = root, rules, [self.uri(p) for p in hidden], self.world.clock.now

    def put_label(self, person: Person, value: str = "!no-unauthenticated") -> None:
        """Let somebody label their account."""
        uri = f"at://{person.id}/app.bsky.actor.profile/self"
        person.more.setdefault("labels", []).append(label(value, person.id, uri, JOINED))

    def pin(self, post: Post) -> None:
        """Let an author pin a post."""
        self._pins[post.author.id] = post

    # --- people ---

    def person(self, person: Person) -> dict[str, Json]:
        """Show somebody beside a post."""
        return {k: v for k, v in self._every(person).items() if k not in DETAILED and v is not ...}

    def profile(self, person: Person) -> dict[str, Json]:
        """Show the whole profile."""
        return {k: v for k, v in self._every(person).items() if v is not ...}

    def pinned(self, person: Person) -> Post | None:
        """Find the pinned post, while it is there."""
        post = self._pins.get(person.id)
        return post if post and self.is_shown(post) else None

    def _every(self, person: Person) -> dict[str, Json]:
        pinned = self._pins.get(person.id)
        return {
            "did": person.id,
            "handle": person.handle,
            "displayName": person.name,
            "description": "",
            "followersCount": 5120,
            "followsCount": 88,
            "postsCount": sum(p.author is person for p in self.world.posts),
            "associated": {"chat": {"allowIncoming": "following"}},
            "labels": [],
            "createdAt": said_at(JOINED),
            "indexedAt": said_at(JOINED),
            "pinnedPost": self._ref(pinned) if pinned else ...,
            **person.more,
        }

    # --- posts ---

    def is_shown(self, post: Post) -> bool:
        """Tell whether anybody can see a post."""
        return post.author.standing not in GONE and any(p is post for p in self.world.posts)

    def shown(self) -> list[Post]:
        """All that anybody can see."""
        return [p for p in self.world.posts if p.author.standing not in GONE]

    def uri(self, post: Post) -> str:
        """The native id of a post."""
        return f"at://{post.author.id}/{POST}/{post.id}"

    def sort_at(self, post: Post) -> datetime:
        """When it stands in a feed: as it says itself, but never later than it was found."""
        said: Json = post.more.get("record", {}).get("createdAt")
        return min(datetime.fromisoformat(said), post.at) if isinstance(said, str) else post.at

    def mentioned(self, post: Post) -> set[str]:
        """Whom the facets of a post lead to."""
        features = [f for facet in self.record(post).get("facets", []) for f in facet["features"]]
        return {f["did"] for f in features if "did" in f}

    def quoted(self, post: Post) -> str | None:
        """The post that a post carries in it."""
        embed = self.record(post).get("embed", {})
        found: str | None = embed["record"]["uri"] if embed.get("$type") == "app.bsky.embed.record" else None
        return found

    def record(self, post: Post) -> dict[str, Json]:
        """A post as its author's client has written it, changed as the test says."""
        text, facets = rich(post.text, self._who)
        record: dict[str, Json] = {
            "$type": POST,
            "text": text,
            "createdAt": said_at(post.at),
            "langs": ["nb"],
            "facets": facets or ...,
        }
        if post.parent:
            record["reply"] = {
                "root": self._ref(post.root, post.at),
                "parent": self._ref(post.parent, post.at),
            }
        return _sent({**record, **post.more.get("record", {})})

    def post(self, post: Post) -> dict[str, Json]:
        """Show a post."""
        record = self.record(post)
        shown = {
            "uri": self.uri(post),
            "cid": self._ref(post)["cid"],
            "author": self.person(post.author),
            "record": record,
            "embed": external(record.get("embed")) or ...,
            "replyCount": sum(p.parent is post for p in self.world.posts if p.author.standing != "deleted"),
            "repostCount": sum(s.post is post for s in self.world.shares),
            "likeCount": 2,
            "quoteCount": sum(
                self.quoted(p) == self.uri(post) for p in self.world.posts if "record" in p.more
            ),
            "bookmarkCount": 0,
            "indexedAt": said_at(post.at),
            "labels": [],
            "threadgate": (self.gate(post) if post.parent is None else None) or ...,
            **{k: v for k, v in post.more.items() if k != "record"},
        }
        return _sent(shown)

    def item(self, item: Post | Share) -> dict[str, Json]:
        """Show a line of a feed: a post, or one passed on; a reply brings what it replies to."""
        post = item.post if isinstance(item, Share) else item
        line: dict[str, Json] = {"post": self.post(post)}
        if post.parent:
            line["reply"] = {"root": self._seen(post.root), "parent": self._seen(post.parent)}
            if post.parent.parent:
                line["reply"]["grandparentAuthor"] = self.person(post.parent.parent.author)
        if isinstance(item, Share):
            line["reason"] = {
                "$type": f"{VIEWS}reasonRepost",
                "by": self.person(item.by),
                "uri": f"at://{item.by.id}/{REPOST}/{item.id}",
                "cid": cid([item.id, self.uri(post)]),
                "indexedAt": said_at(item.at),
            }
        return line

    def gate(self, root: Post) -> dict[str, Json] | None:
        """Show who may reply in a thread."""
        if root.id not in self._gates:
            return None
        _, allow, hidden, at = self._gates[root.id]
        record: dict[str, Json] = {"$type": GATE, "post": self.uri(root), "createdAt": said_at(at)}
        if allow is not None:
            record["allow"] = allow
        record["hiddenReplies"] = hidden
        uri = f"at://{root.author.id}/{GATE}/{root.id}"
        return {"uri": uri, "cid": cid(record), "record": record, "lists": []}

    # --- repositories ---

    def posts_by(self, person: Person) -> list[dict[str, Json]]:
        """Somebody's posts as they lie in the repository."""
        own = [p for p in self.world.posts if p.author is person]
        return [{**self._ref(p), "value": self.record(p)} for p in own]

    def shares_by(self, person: Person) -> list[dict[str, Json]]:
        """The same of what they have passed on."""
        found = []
        for share in self.world.shares:
            value = {"$type": REPOST, "subject": self._ref(share.post), "createdAt": said_at(share.at)}
            uri = f"at://{person.id}/{REPOST}/{share.id}"
            found += [{"uri": uri, "cid": cid(value), "value": value}] * (share.by is person)
        return found

    def gates_by(self, person: Person) -> list[dict[str, Json]]:
        """The same of who may reply to them; one outlives its post."""
        gates = [self.gate(root) for root, *_ in self._gates.values() if root.author is person]
        return [{"uri": g["uri"], "cid": g["cid"], "value": g["record"]} for g in gates if g]

    # --- threads ---

    def replies(self, post: Post) -> list[Post]:
        """Direct replies, the author's own first; a deleted one is among them while something stands under it."""
        below: list[Post] = []
        for one in self.world.posts:
            way = one
            while self.marks_deleted and way.parent is not None and way.parent is not post:
                way = way.parent
            if way.parent is post and all(b is not way for b in below):
                below.append(way)
        shown = [p for p in below if p.author.standing not in GONE]
        return sorted(shown, key=lambda p: (p.author is not post.root.author, -p.at.timestamp()))

    def node(self, post: Post) -> dict[str, Json]:
        """Show a post's place in a thread."""
        if self._is_blocked(post) or not self.is_shown(post):
            return self._seen(post)
        return {"$type": f"{VIEWS}threadViewPost", "post": self.post(post), "threadContext": {}}

    def _seen(self, post: Post) -> dict[str, Json]:
        if self._is_blocked(post):
            about = {"uri": self.uri(post), "blocked": True, "author": {"did": post.author.id}}
            return {"$type": f"{VIEWS}blockedPost", **about}
        if not self.is_shown(post):
            return {"$type": f"{VIEWS}notFoundPost", "uri": self.uri(post), "notFound": True}
        return {"$type": f"{VIEWS}postView", **self.post(post)}

    # --- inside ---

    def _is_blocked(self, post: Post) -> bool:
        return any(p is post for p in self.blocked)

    def _who(self, handle: str) -> str | None:
        wanted = handle.lower()
        names = {n.lower(): p.id for p in self.world.people for n in (*p.before, p.handle)}
        return names.get(wanted)

    def _ref(self, post: Post, at: datetime | None = None) -> dict[str, str]:
        """Point at a record as it is, or as it was at a time."""
        versions = [*post.earlier, (post.text, post.edited_at or post.at)]
        text = next((t for t, since in reversed(versions) if at is None or since <= at), versions[0][0])
        return {"uri": self.uri(post), "cid": cid([post.id, text, post.more.get("record")])}

    def _rule(self, root: Post, word: str) -> dict[str, Json]:
        rule = {"$type": f"{GATE}#{word}Rule"}
        return (
            {**rule, "list": f"at://{root.author.id}/app.bsky.graph.list/{root.id}"}
            if word == "list"
            else rule
        )


def _sent(shown: Mapping[str, Json]) -> dict[str, Json]:
    return {k: v for k, v in shown.items() if v is not ...}
