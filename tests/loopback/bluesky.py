"""Bluesky's XRPC as the reference describes it: feeds by time, threads by depth, and a search behind a session."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from loopback.bluesky_views import Views
from loopback.bluesky_words import GATE, POST, REPOST, VIEWS, did, error, jwt, tid
from loopback.lexicon import published
from loopback.world import Answer, Ask, Json, Person, Places, Post, Share, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WINDOW = timedelta(minutes=5)
BOUNDS = {"limit": (1, 100), "depth": (0, 1000), "parentHeight": (0, 1000)}
NEEDED = {
    "com.atproto.identity.resolveHandle": "handle",
    "com.atproto.repo.listRecords": "collection",
    "app.bsky.actor.getProfile": "actor",
    "app.bsky.actor.getProfiles": "actors",
    "app.bsky.actor.searchActors": "q",
    "app.bsky.feed.getAuthorFeed": "actor",
    "app.bsky.feed.getPostThread": "uri",
    "app.bsky.feed.getPosts": "uris",
    "app.bsky.feed.getQuotes": "uri",
    "app.bsky.feed.searchPosts": "q",
}
REFUSED = "<html><head><title>403 Forbidden</title></head><body><center>403 Forbidden</center></body></html>"
FORBIDDEN = {"Content-Type": "text/html"}


class BlueskyWorld(World):
    """People are DIDs, posts are keys of records."""

    def _person_id(self) -> str:
        return did(next(self._ids))

    def _post_id(self, at: datetime) -> str:
        return tid(int(at.timestamp() * 10**6) + next(self._ids))


class Bluesky:
    """Answers requests from a world, both as the public view and as the accounts' own server (`/pds/xrpc/`)."""

    def __init__(self, world: BlueskyWorld) -> None:
        self.world = world
        self.views = Views(world)
        self.page_size = 100
        """It may send fewer than were asked for."""
        self.deepest, self.widest = 1000, 10_000
        """So many levels of a thread, and replies to one post, are shown, whatever `replyCount` says."""
        self.limit = 3000
        """Requests in five minutes."""
        self.logins = 30
        """Sessions begun in five minutes."""
        self.session_life = timedelta(hours=2)
        self.expired_status = 401
        """An account's server that judges by itself answers 400."""
        self.search_refusal = 403
        """What a search without a session gets: 403 (HTML, from before the network) or 401 (JSON)."""
        self.search_open = ""
        """What is not refused after all: nothing, the `first` page, or `all` of them."""
        self.passwords: dict[str, str] = {}
        """App passwords by DID; only where there is one, bearers are expected."""
        self.mistakes: list[str] = []
        """Where an answer of this fake's own is not as the schemas have it."""
        self.schemas = published()
        self.places = Places(world.clock)
        self._sessions: dict[str, tuple[Person, datetime]] = {}
        self._used: dict[str, tuple[datetime, int]] = {}
        self._numbers = count(1)
        self._routes: dict[str, Callable[[Ask], Answer]] = {
            "com.atproto.identity.resolveHandle": self._resolve,
            "com.atproto.server.createSession": self._begin,
            "com.atproto.repo.listRecords": self._records,
            "app.bsky.actor.getProfile": self._profile,
            "app.bsky.actor.getProfiles": self._profiles,
            "app.bsky.actor.searchActors": self._search_people,
            "app.bsky.feed.getAuthorFeed": self._feed,
            "app.bsky.feed.getPostThread": self._thread,
            "app.bsky.feed.getPosts": self._posts,
            "app.bsky.feed.getQuotes": self._quotes,
            "app.bsky.feed.searchPosts": self._search,
        }

    def may_sign_in(self, person: Person, password: str = "eks1-eks2-eks3-eks4") -> str:
        """Give somebody an app password."""
        self.passwords[person.id] = password
        return password

    # --- requests ---

    def answer(self, ask: Ask) -> Answer:
        """Answer a request."""
        method = ask.path.rpartition("/")[2]
        left, headers = self._count("login" if method.endswith("createSession") else "")
        if left < 0:
            answer = error("RateLimitExceeded", "Rate Limit Exceeded", 429)
        elif method not in self._routes:
            answer = error("MethodNotImplemented", "Method Not Implemented", 501)
        else:
            answer = self._misasked(ask, method) or self._unsigned(ask, method) or self._routes[method](ask)
        if answer.status == 200 and self.schemas:
            self.mistakes += self.schemas.wrong(method, answer.body)
        answer.headers |= headers
        return answer

    def complaints(self, ask: Ask) -> Iterator[str]:
        """Say what is wrong with a request."""
        bearer = ask.headers.get("authorization", "").removeprefix("Bearer ")
        if bearer and bearer not in self._sessions:
            yield f"{ask.path}: an Authorization header that nobody asked for"
        if ask.method == "POST" and not self.passwords:
            yield f"{ask.path}: a session that nobody asked for"
        secrets = {*self.passwords.values(), *self._sessions, bearer} - {""}
        if any(secret in f"{ask.path} {ask.every}" for secret in secrets):
            yield f"{ask.path}: a secret in the URL"
        if self.schemas:
            yield from self.schemas.complaints(ask)

    def _count(self, which: str) -> tuple[int, dict[str, str]]:
        now, limit = self.world.clock.now, self.logins if which else self.limit
        start, used = self._used.get(which, (now, 0))
        if now - start >= WINDOW:
            start, used = now, 0
        self._used[which] = start, used + 1
        return limit - used - 1, {
            "ratelimit-limit": str(limit),
            "ratelimit-remaining": str(max(limit - used - 1, 0)),
            "ratelimit-reset": str(int((start + WINDOW).timestamp())),
            "ratelimit-policy": f"{limit};w={WINDOW.seconds}",
        }

    def _misasked(self, ask: Ask, method: str) -> Answer | None:
        expected = "GET" if method in NEEDED else "POST"
        if ask.method != expected:
            return error("InvalidRequest", f"Incorrect HTTP method ({ask.method}) expected {expected}")
        needed = NEEDED.get(method)
        if needed and needed not in ask.params:
            return error("InvalidRequest", f'Error: Params must have the property "{needed}"')
        for name, (least, most) in BOUNDS.items():
            value = ask.params.get(name, str(least))
            if not value.isdigit() or not least <= int(value) <= most:
                return error("InvalidRequest", f"Error: {name} can not be {value}")
        for name in ("uris", "actors"):
            if len(ask.every.get(name, [])) > 25:
                return error("InvalidRequest", f"Error: {name} must not have more than 25 elements")
        return None

    # --- sessions ---

    def _begin(self, ask: Ask) -> Answer:
        said = ask.sent if isinstance(ask.sent, dict) else {}
        if not isinstance(said.get("identifier"), str) or not isinstance(said.get("password"), str):
            return error("InvalidRequest", 'Error: Input must have the property "identifier"')
        person = self._actor(said["identifier"].removeprefix("@"))
        if person is None or said["password"] != self.passwords.get(person.id):
            return error("AuthenticationRequired", "Invalid identifier or password", 401)
        if person.standing == "takendown":
            return error("AccountTakedown", "Account has been taken down", 401)
        now, end = self.world.clock.now, self.world.clock.now + self.session_life
        about = {"sub": person.id, "iat": int(now.timestamp()), "jti": f"{next(self._numbers):08}"}
        access = jwt({**about, "scope": "com.atproto.appPass", "exp": int(end.timestamp())})
        refresh = jwt({**about, "scope": "com.atproto.refresh"})
        self._sessions[access] = person, end
        session = {"accessJwt": access, "refreshJwt": refresh, "handle": person.handle, "did": person.id}
        return Answer({**session, "active": person.standing == "well"})

    def _unsigned(self, ask: Ask, method: str) -> Answer | None:
        """Refuse whoever brings a session that is over, or none where one is needed."""
        bearer = ask.headers.get("authorization", "").removeprefix("Bearer ")
        if bearer:
            if bearer not in self._sessions:
                return error("InvalidToken", "Token could not be verified", self.expired_status)
            if self.world.clock.now >= self._sessions[bearer][1]:
                return error("ExpiredToken", "Token has expired", self.expired_status)
        elif ask.path.startswith("/pds/") and method.startswith("app.bsky."):
            return error("AuthMissing", "Authentication Required", 401)
        elif method.endswith("searchPosts") and not self._searches_freely(ask):
            if self.search_refusal == 403:
                return Answer(REFUSED, 403, dict(FORBIDDEN))
            return error("AuthMissing", "Authentication Required", 401)
        return None

    def _searches_freely(self, ask: Ask) -> bool:
        return self.search_open == "all" or (self.search_open == "first" and "cursor" not in ask.params)

    # --- people ---

    def _actor(self, actor: str) -> Person | None:
        """Find somebody by DID or handle; an invalid handle leads to nobody."""
        if actor.startswith("did:"):
            return self.world.numbered(actor)
        return None if actor.lower() == "handle.invalid" else self.world.named(actor)

    def _search_people(self, ask: Ask) -> Answer:
        """Find people by a word of their names or handles, as anybody may."""
        words = ask.params["q"].lower().split()
        found = [
            p
            for p in self.world.people
            if p.standing == "well" and any(w[:8] in f"{p.name} {p.handle}".lower() for w in words)
        ]
        return Answer({"actors": [self.views.person(p) for p in found[: int(ask.params.get("limit", 25))]]})

    def _resolve(self, ask: Ask) -> Answer:
        person = self._actor(ask.params["handle"])
        if person is None or person.standing == "deleted":
            return error("InvalidRequest", "Unable to resolve handle")
        return Answer({"did": person.id})

    def _known(self, actor: str) -> Person | Answer:
        person = self._actor(actor)
        if person is None or person.standing == "deleted":
            return error("InvalidRequest", "Profile not found")
        if person.standing == "takendown":
            return error("AccountTakedown", "Account has been suspended")
        if person.standing == "deactivated":
            return error("AccountDeactivated", "Account is deactivated")
        return person

    def _profile(self, ask: Ask) -> Answer:
        person = self._known(ask.params["actor"])
        return person if isinstance(person, Answer) else Answer(self.views.profile(person))

    def _profiles(self, ask: Ask) -> Answer:
        """Whoever is not there is not among the answers."""
        found = [self._known(actor) for actor in ask.every["actors"]]
        return Answer({"profiles": [self.views.profile(p) for p in found if isinstance(p, Person)]})

    def _records(self, ask: Ask) -> Answer:
        """Records as they lie in somebody's repository, the newest key first."""
        person = self._actor(ask.params.get("repo", ""))
        if person is None or person.standing != "well":
            return error("RepoNotFound", f"Could not find repo: {ask.params.get('repo')}")
        kinds = {POST: self.views.posts_by, REPOST: self.views.shares_by, GATE: self.views.gates_by}
        records = kinds[ask.params["collection"]](person) if ask.params["collection"] in kinds else []
        records.sort(key=lambda r: str(r["uri"]), reverse=ask.params.get("reverse") != "true")
        keys = [r["uri"].rpartition("/")[2] for r in records]
        start = keys.index(ask.params["cursor"]) + 1 if ask.params.get("cursor") in keys else 0
        size = min(int(ask.params.get("limit", 50)), self.page_size)
        body: dict[str, Json] = {"records": records[start : start + size]}
        if body["records"]:
            body["cursor"] = body["records"][-1]["uri"].rpartition("/")[2]
        return Answer(body)

    # --- lists ---

    def _feed(self, ask: Ask) -> Answer:
        person = self._known(ask.params["actor"])
        if isinstance(person, Answer):
            return person
        kinds: dict[str, Callable[[Post], bool]] = {
            "posts_with_replies": lambda _: True,
            "posts_no_replies": lambda p: p.parent is None,
            "posts_and_author_threads": lambda p: p.parent is None or p.root.author is person,
            "posts_with_media": lambda p: "embed" in p.more.get("record", {}),
            "posts_with_video": lambda _: False,
        }
        wanted = kinds.get(ask.params.get("filter", "posts_with_replies"), kinds["posts_with_replies"])
        items: list[tuple[datetime, Post | Share]] = [
            (self.views.sort_at(p), p) for p in self.world.posts if p.author is person and wanted(p)
        ]
        items += [(s.at, s) for s in self.world.shares if s.by is person and self.views.is_shown(s.post)]
        answer = self._page(ask, items, "feed", self.views.item)
        pinned = self.views.pinned(person)
        if pinned and ask.params.get("includePins") == "true" and "cursor" not in ask.params:
            first = {**self.views.item(pinned), "reason": {"$type": f"{VIEWS}reasonPin"}}
            others = [i for i in answer.body["feed"] if i["post"]["uri"] != first["post"]["uri"]]
            answer.body["feed"] = [first, *others]
        return answer

    def _page(
        self, ask: Ask, items: list[tuple[datetime, Post | Share]], key: str, show: Callable[[Json], Json]
    ) -> Answer:
        """One page, newest first. A page with anything on it names a place, also when nothing follows."""
        below = None
        if token := ask.params.get("cursor"):
            below = self.places.find(token)
            if below is None:
                return error("InvalidRequest", "Malformed cursor")
        size = min(int(ask.params.get("limit", 50)), self.page_size)
        newest = sorted(((at, i.id, i) for at, i in items), key=lambda i: i[:2], reverse=True)
        page = [i for i in newest if below is None or i[:2] < below][:size]
        body: dict[str, Json] = {key: [show(i[2]) for i in page]}
        if page:
            body["cursor"] = self.places.give(page[-1][:2])
        return Answer(body)

    def _search(self, ask: Ask) -> Answer:
        found = self.views.shown()
        if "mentions" in ask.params:
            who = self._actor(ask.params["mentions"])
            found = [p for p in found if who and who.id in self.views.mentioned(p)]
        if "author" in ask.params:
            author = self._actor(ask.params["author"])
            found = [p for p in found if p.author is author]
        words = [w for w in ask.params["q"].split() if w != "*"]
        found = [p for p in found if all(w.lower() in p.text.lower() for w in words)]
        items: list[tuple[datetime, Post | Share]] = [(self.views.sort_at(p), p) for p in found]
        if since := ask.params.get("since"):
            items = [i for i in items if i[0] >= _moment(since)]
        if until := ask.params.get("until"):
            items = [i for i in items if i[0] < _moment(until)]
        answer = self._page(ask, items, "posts", self.views.post)
        if answer.status == 200:
            answer.body["hitsTotal"] = len(items)
        return answer

    def _quotes(self, ask: Ask) -> Answer:
        uri = ask.params["uri"]
        found = [p for p in self.views.shown() if self.views.quoted(p) == uri]
        answer = self._page(ask, [(self.views.sort_at(p), p) for p in found], "posts", self.views.post)
        if answer.status == 200:
            answer.body["uri"] = uri
        return answer

    def _posts(self, ask: Ask) -> Answer:
        found = [self._at(uri) for uri in ask.every["uris"]]
        return Answer({"posts": [self.views.post(p) for p in found if p and self.views.is_shown(p)]})

    # --- threads ---

    def _at(self, uri: str) -> Post | None:
        match = re.fullmatch(rf"at://([^/]+)/{re.escape(POST)}/(\w+)", uri)
        author = self._actor(match[1]) if match else None
        return next((p for p in self.world.posts if match and p.author is author and p.id == match[2]), None)

    def _thread(self, ask: Ask) -> Answer:
        post = self._at(ask.params["uri"])
        if post is None or not self.views.is_shown(post):
            return error("NotFound", f"Post not found: {ask.params['uri']}")
        depth = min(int(ask.params.get("depth", 6)), self.deepest)
        node = self._node(post, depth)
        self._above(node, post, int(ask.params.get("parentHeight", 80)))
        body: dict[str, Json] = {"thread": node}
        if gate := self.views.gate(post.root):
            body["threadgate"] = gate
        return Answer(body)

    def _node(self, post: Post, depth: int) -> dict[str, Json]:
        """A post with what stands under it; what is gone and had replies leaves a mark."""
        node = self.views.node(post)
        if depth > 0 and "post" in node:
            under = self.views.replies(post)
            node["replies"] = [self._node(p, depth - 1) for p in under[: self.widest]]
        return node

    def _above(self, node: dict[str, Json], post: Post, height: int) -> None:
        while post.parent is not None and height > 0 and "post" in node:
            post, height = post.parent, height - 1
            node["parent"] = self.views.node(post)
            node = node["parent"]


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else datetime.fromisoformat(f"{text[:10]}T00:00:00+00:00")
