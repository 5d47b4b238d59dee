"""What a Mastodon server shows of people and statuses: each server in its own ids, with its own gaps."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from loopback.mastodon_words import MENTION, TAG, html, left_out, said_at, ulid
from loopback.world import Answer, Json, Person, Post, Share, World

if TYPE_CHECKING:
    from collections.abc import Mapping

JOINED = "2023-03-01T00:00:00.000Z"
NOTICE = 10**15
"""So far is a notification's id from its post's."""
_numbers = count(1)


@dataclass
class Server:
    """One server. What tests change about it stands on it."""

    name: str
    address: str
    """What stands behind the @ of its people."""
    shift: int
    """What it adds to an id to make it its own."""
    instead: Answer | None = None
    """What it says to everything, if it is no Mastodon."""
    demands_token: bool = False
    lookup_demands_token: bool = False
    tokens: dict[str, tuple[Person | None, str]] = field(default_factory=dict)
    """Whose a token is (None: an application's), and its scopes; only where there is one, bearers are expected."""
    ulids: bool = False
    """Ids are letters and digits."""
    refuses_other_ids: bool = False
    """An id of another kind than its own is an error to it, and not merely unknown."""
    links: bool = True
    """Lists say in a header where the next page is."""
    page_size: int = 80
    many_statuses: bool = True
    """Several statuses can be asked for at once."""
    descendants: int = 60
    depth: int = 20
    fetches: bool = False
    """Asking for a thread brings the replies that it has not seen yet, for the next time."""
    unseen: list[Person | Post] = field(default_factory=list)
    """Whom and what it has never heard of."""
    pinned: list[Post] = field(default_factory=list)
    leaves_out: set[str] = field(default_factory=set)
    """Fields that its software does not have."""
    limit: int = 300
    """Requests in five minutes."""
    reset_in_seconds: bool = False
    """The end of a window is told as a number, as some other software does."""
    used: tuple[int, int] = (0, 0)
    version: str = "4.5.2"
    policy: Mapping[str, Json] | None = None
    """`interaction_policy` of every status."""

    def token(self, person: Person | None = None, scopes: str = "read") -> str:
        """Make a token of a person's, or of an application's; from now on bearers are expected here."""
        token = f"mastodon-token-{next(_numbers):04}"
        self.tokens[token] = person, scopes
        return token

    def id_of(self, thing: Person | Post | Share, more: int = 0) -> str:
        """What this server calls something, or what belongs to it."""
        value = int(thing.id) + self.shift + more
        return ulid(value) if self.ulids else str(value)

    def knows(self, thing: Person | Post) -> bool:
        """Tell whether it has heard of something."""
        return all(thing is not one for one in self.unseen)


class Views:
    """Shows a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.servers: dict[str, Server] = {}
        """By the name that people are addressed at."""

    # --- people ---

    def home(self, person: Person) -> Server | None:
        """The server that somebody belongs to, where it is one of these."""
        return self.servers.get(person.handle.partition("@")[2])

    def url(self, person: Person) -> str:
        """Where people read somebody."""
        name, _, address = person.handle.partition("@")
        home = self.home(person)
        return f"https://{home.name if home else address}/@{name}"

    def uri(self, person: Person) -> str:
        """What somebody is called everywhere."""
        return self.url(person).replace("/@", "/users/")

    def account(self, server: Server, person: Person) -> dict[str, Json]:
        """Show somebody. A suspended account has lost what it said about itself."""
        name, _, address = person.handle.partition("@")
        own = [p for p in self.world.posts if p.author is person]
        is_local, is_well = self.home(person) is server, person.standing != "suspended"
        shown = {
            "id": server.id_of(person),
            "username": name,
            "acct": name if is_local else f"{name}@{address}",
            "display_name": person.name if is_well else "",
            "locked": False,
            "bot": False,
            "discoverable": True,
            "indexable": False,
            "group": False,
            "created_at": JOINED,
            "note": "",
            "url": self.url(person),
            "uri": self.uri(person),
            "avatar": f"https://{address}/avatars/original/missing.png",
            "header": f"https://{address}/headers/original/missing.png",
            "followers_count": 512 if is_well else 0,
            "following_count": 8 if is_well else 0,
            "statuses_count": len(own) if is_well else 0,
            "last_status_at": max(p.at for p in own).date().isoformat() if own and is_well else None,
            "hide_collections": False,
            "emojis": [],
            "fields": [],
            **({"noindex": False, "roles": []} if is_local else {}),
            **({} if is_well else {"suspended": True}),
            **(person.more if is_well else {}),
        }
        if isinstance(shown.get("moved"), Person):
            shown["moved"] = self.account(server, shown["moved"])
        return {k: v for k, v in shown.items() if v is not ...}

    # --- statuses ---

    def is_shown(self, server: Server, post: Post) -> bool:
        """Tell whether a server shows a post."""
        return self.is_open(server, post) and any(p is post for p in self.world.posts)

    def is_open(self, server: Server, post: Post, *, to: Person | None = None) -> bool:
        """Tell whether it shows one that is still there; what is for somebody only is shown `to` them alone."""
        is_public = post.more.get("visibility", "public") in {"public", "unlisted"}
        known = server.knows(post) and server.knows(post.author)
        return post.author.standing == "well" and known and (is_public or to is not None)

    def who(self, post: Post, acct: str) -> Person | None:
        """Whom a name in a post means: without a server, somebody on the author's."""
        name, _, address = acct.partition("@")
        address = address or post.author.handle.partition("@")[2]
        wanted = f"{name}@{address}".lower()
        return next((p for p in self.world.people if wanted in map(str.lower, (p.handle, *p.before))), None)

    def mentioned(self, post: Post) -> list[Person]:
        """Everybody named in a post."""
        found: list[Person] = []
        for match in MENTION.finditer(post.text):
            person = self.who(post, match[1])
            if person and all(person is not p for p in found):
                found.append(person)
        return found

    def answered(self, post: Post) -> Person | None:
        """Whom a post answers: who answers himself under another's post still answers that other."""
        if post.parent is None:
            return None
        above = post.parent
        return self.answered(above) if above.author is post.author and above.parent else above.author

    def below(self, server: Server, post: Post, depth: int) -> list[Post]:
        """Everything under a post, each branch to its end; what is not public hides itself, not what is under it."""
        found: list[Post] = []
        for reply in (p for p in self.world.posts if p.parent is post) if depth else ():
            found += [reply] * self.is_open(server, reply) + self.below(server, reply, depth - 1)
        return found

    def above(self, server: Server, post: Post) -> list[Post]:
        """Everything above a post, the top first; it ends where a post was deleted."""
        found: list[Post] = []
        while post.parent is not None and any(p is post.parent for p in self.world.posts):
            post = post.parent
            found += [post] * self.is_open(server, post)
        return found[::-1]

    def status(self, server: Server, item: Post | Share) -> dict[str, Json]:
        """Show a status, or somebody's passing on of one."""
        if isinstance(item, Share):
            return self._boost(server, item)
        post, home = item, self.home(item.author)
        number = home.id_of(post) if home else post.id
        parent = post.parent if post.parent and any(p is post.parent for p in self.world.posts) else None
        answered = self.answered(post)
        url = f"{self.url(post.author)}/{number}"
        shown = {
            "id": server.id_of(post),
            "created_at": said_at(post.at),
            "in_reply_to_id": server.id_of(parent) if parent and server.knows(parent) else None,
            "in_reply_to_account_id": server.id_of(answered) if answered else None,
            "sensitive": False,
            "spoiler_text": "",
            "visibility": "public",
            "language": "nb",
            "uri": f"{self.uri(post.author)}/statuses/{number}",
            "url": url,
            "replies_count": sum(p.parent is post for p in self.world.posts if _counts(p)),
            "reblogs_count": sum(s.post is post for s in self.world.shares),
            "favourites_count": 2,
            "quotes_count": 0,
            "edited_at": said_at(post.edited_at) if post.edited_at else None,
            "content": self.content(post),
            "reblog": None,
            "account": self.account(server, post.author),
            "media_attachments": [],
            "mentions": [self._mention(server, p) for p in self.mentioned(post)],
            "tags": self._tags(server, post),
            "emojis": [],
            "card": None,
            "poll": None,
            "quote": None,
            **({"interaction_policy": server.policy} if server.policy is not None else {}),
            **post.more,
        }
        if home is server:
            shown["application"] = post.more.get("application", {"name": "Web", "website": None})
        else:
            shown["application"] = ...
        return {k: v for k, v in shown.items() if v is not ...}

    def _boost(self, server: Server, share: Share) -> dict[str, Json]:
        inner = self.status(server, share.post)
        home = self.home(share.by)
        number = home.id_of(share) if home else share.id
        empty: dict[str, Json] = {"content": "", "spoiler_text": "", "language": None, "edited_at": None}
        empty |= {"mentions": [], "tags": [], "replies_count": 0, "reblogs_count": 0, "favourites_count": 0}
        if home is server:
            empty["application"] = None
        where = f"{self.uri(share.by)}/statuses/{number}/activity"
        return {
            **{k: v for k, v in inner.items() if k not in {"application", "interaction_policy"}},
            **empty,
            "id": server.id_of(share),
            "created_at": said_at(share.at),
            "in_reply_to_id": None,
            "in_reply_to_account_id": None,
            "uri": where,
            "url": where,
            "account": self.account(server, share.by),
            "reblog": inner,
        }

    def history(self, server: Server, post: Post) -> list[dict[str, Json]]:
        """Show all versions of a post, the first one first."""
        spoiler = post.more.get("spoiler_text", "")
        return [
            {
                "content": self.content(post, text),
                "spoiler_text": spoiler,
                "sensitive": False,
                "created_at": said_at(at),
                "account": self.account(server, post.author),
                "media_attachments": [],
                "emojis": [],
            }
            for text, at in (*post.earlier, (post.text, post.edited_at or post.at))
        ]

    def notification(self, server: Server, post: Post) -> dict[str, Json]:
        """Tell somebody that a post names them."""
        number = server.id_of(post, NOTICE)
        return {
            "id": number,
            "type": "mention",
            "created_at": said_at(post.at),
            "group_key": f"ungrouped-{number}",
            "account": self.account(server, post.author),
            "status": self.status(server, post),
        }

    def content(self, post: Post, text: str | None = None) -> str:
        """Write a post, or an earlier version of it, as HTML."""
        server = post.author.handle.partition("@")[2]
        return html(post.text if text is None else text, server, lambda acct: self.who(post, acct))

    def left_out(self, server: Server, body: Json) -> Json:
        """Leave out what the server's software does not have."""
        return left_out(body, server.leaves_out)

    def _mention(self, server: Server, person: Person) -> dict[str, Json]:
        account = self.account(server, person)
        return {k: account[k] for k in ("id", "username", "url", "acct")}

    def _tags(self, server: Server, post: Post) -> list[dict[str, Json]]:
        names = dict.fromkeys(m[1].lower() for m in TAG.finditer(post.text))
        return [{"name": n, "url": f"https://{server.name}/tags/{n}"} for n in names]


def _counts(post: Post) -> bool:
    return post.more.get("visibility", "public") in {"public", "unlisted"}
