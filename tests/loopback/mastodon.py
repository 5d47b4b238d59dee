"""Mastodon's client interface as the reference describes it: several servers, each with its own ids and its own view."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from loopback.mastodon_views import NOTICE, Server, Views
from loopback.mastodon_words import HTML, error, number
from loopback.world import Answer, Ask, Json, Person, Post, Share, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WINDOW = 300
PAGING = {"limit", "max_id", "since_id", "min_id"}
KNOWN: dict[str, set[str]] = {
    "webfinger": {"resource"},
    "lookup": {"acct"},
    "search": {"q", "type", "limit", "resolve", "offset", "following", "account_id", "exclude_unreviewed"}
    | PAGING,
    "account": set(),
    "wall": PAGING | {"exclude_replies", "exclude_reblogs", "only_media", "pinned", "tagged"},
    "status": set(),
    "statuses": {"id[]"},
    "context": set(),
    "history": set(),
    "notifications": PAGING | {"types[]", "exclude_types[]", "account_id", "include_filtered"},
    "instance": set(),
}
"""The parameters of each kind of request."""
MOST = {"wall": 40, "search": 40, "notifications": 80}
ROUTES = {
    r"/\.well-known/webfinger": "webfinger",
    r"/api/v1/accounts/lookup": "lookup",
    r"/api/v2/search": "search",
    r"/api/v1/accounts/(\w+)": "account",
    r"/api/v1/accounts/(\w+)/statuses": "wall",
    r"/api/v1/statuses/(\w+)": "status",
    r"/api/v1/statuses": "statuses",
    r"/api/v1/statuses/(\w+)/context": "context",
    r"/api/v1/statuses/(\w+)/history": "history",
    r"/api/v1/notifications": "notifications",
    r"/api/v[12]/instance": "instance",
}


class MastodonWorld(World):
    """People are `name@server`; ids grow with the time, and leave room for what other servers call the same thing."""

    def _person_id(self) -> str:
        return str(109_000_000_000_000_000 + next(self._ids) * 8)

    def _post_id(self, at: datetime) -> str:
        return str((int(at.timestamp() * 1000) << 16) + next(self._ids) % 8192 * 8)


class Mastodon:
    """Answers requests from a world, as one or several servers under `/on/SERVER`."""

    def __init__(self, world: MastodonWorld) -> None:
        self.world = world
        self.views = Views(world)
        self.servers: dict[str, Server] = {}
        self._routes: dict[str, Callable[..., Answer]] = {
            "webfinger": self._webfinger,
            "lookup": self._lookup,
            "search": self._search,
            "account": self._account,
            "wall": self._wall,
            "status": self._status,
            "statuses": self._statuses,
            "context": self._context,
            "history": self._history,
            "notifications": self._notifications,
            "instance": self._instance,
        }

    def server(self, name: str, *, address: str = "") -> Server:
        """Open a server; its people may be addressed at another name than its own."""
        server = Server(name, address or name, len(self.servers))
        self.servers[name] = self.views.servers[server.address] = server
        return server

    # --- requests ---

    def answer(self, ask: Ask) -> Answer:
        """Answer a request."""
        server, path = self._where(ask)
        if server is None:
            return self._of_another_name(ask) or Answer("<h1>404 Not Found</h1>", 404, dict(HTML))
        if server.instead is not None:
            return Answer(server.instead.body, server.instead.status, dict(server.instead.headers))
        left, headers = self._count(server)
        answer = error(429, "Too many requests") if left < 0 else self._route(ask, server, path)
        answer.headers = {**headers, **answer.headers}
        return answer

    def complaints(self, ask: Ask) -> Iterator[str]:
        """Say what is wrong with a request."""
        server, path = self._where(ask)
        bearer = ask.headers.get("authorization", "").removeprefix("Bearer ")
        if bearer and (server is None or bearer not in server.tokens):
            yield f"{ask.path}: an Authorization header that nobody asked for"
        secrets = {t for s in self.servers.values() for t in s.tokens} | {bearer} - {""}
        if "access_token" in ask.params or any(s in f"{ask.path} {ask.every}" for s in secrets):
            yield f"{ask.path}: a secret in the URL"
        kind, _ = _kind(path)
        if server is None or server.instead or not kind:
            return
        yield from (f"{ask.path}: no parameter {n}" for n in ask.every.keys() - KNOWN[kind])
        yield from (
            f"{ask.path}: {n} is said twice" for n, v in ask.every.items() if len(v) > 1 and n[-1] != "]"
        )
        most, limit = MOST.get(kind, 0), ask.params.get("limit", "0")
        if not limit.isdigit() or int(limit) > most:
            yield f"{ask.path}: a limit above {most}"

    def _where(self, ask: Ask) -> tuple[Server | None, str]:
        match = re.fullmatch(r"/on/([^/]+)(/.*)?", ask.path)
        return (self.servers.get(match[1]), match[2] or "") if match else (None, "")

    def _of_another_name(self, ask: Ask) -> Answer | None:
        """Send on who asks at the name that people are addressed at, where no server of that name is."""
        match = re.fullmatch(r"/on/([^/]+)/\.well-known/webfinger", ask.path)
        server = self.views.servers.get(match[1]) if match else None
        if server is None:
            return None
        where = f"{_base(ask)}/on/{server.name}/.well-known/webfinger?{urlencode(ask.params)}"
        return Answer("", 301, {"Location": where, **HTML})

    def _count(self, server: Server) -> tuple[int, dict[str, str]]:
        """Count the requests of one window: it begins with the clock's fifth minutes, not with the first request."""
        window = int(self.world.clock.now.timestamp()) // WINDOW
        server.used = (window, server.used[1] + 1 if server.used[0] == window else 1)
        left = server.limit - server.used[1]
        end = (window + 1) * WINDOW
        reset = datetime.fromtimestamp(end, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        return left, {
            "X-RateLimit-Limit": str(server.limit),
            "X-RateLimit-Remaining": str(max(left, 0)),
            "X-RateLimit-Reset": str(end) if server.reset_in_seconds else reset,
        }

    def _route(self, ask: Ask, server: Server, path: str) -> Answer:
        kind, rest = _kind(path)
        if not kind or ask.method != "GET":
            return error(404, "Record not found")
        bearer = ask.headers.get("authorization", "").removeprefix("Bearer ")
        if bearer and bearer not in server.tokens:
            return error(401, "The access token is invalid")
        if not bearer and kind != "webfinger":
            if server.demands_token:
                return error(401, "This API requires an authenticated user")
            if kind == "notifications" or (kind == "lookup" and server.lookup_demands_token):
                return error(401, "The access token is invalid")
        answer = self._routes[kind](ask, server, *rest)
        answer.body = self.views.left_out(server, answer.body)
        return answer

    # --- people ---

    def _webfinger(self, ask: Ask, server: Server) -> Answer:
        person = self._named(server, ask.params.get("resource", "").removeprefix("acct:"))
        if person is None or self.views.home(person) is not server or person.standing != "well":
            return Answer("", 410 if person and person.standing == "gone" else 404, dict(HTML))
        url, uri = self.views.url(person), self.views.uri(person)
        links = [
            {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": url},
            {"rel": "self", "type": "application/activity+json", "href": uri},
        ]
        body = {"subject": f"acct:{person.handle}", "aliases": [url, uri], "links": links}
        return Answer(body, 200, {"Content-Type": "application/jrd+json; charset=utf-8"})

    def _named(self, server: Server, acct: str) -> Person | None:
        """Find somebody whom this server knows."""
        name, _, where = acct.removeprefix("@").partition("@")
        if where in {"", server.name}:
            where = server.address
        person = self.world.named(f"{name}@{where}")
        return person if person and server.knows(person) else None

    def _lookup(self, ask: Ask, server: Server) -> Answer:
        person = self._named(server, ask.params.get("acct", ""))
        return self._shown(server, person)

    def _account(self, _: Ask, server: Server, text: str) -> Answer:
        return self._shown(server, self._person_at(server, text))

    def _shown(self, server: Server, person: Person | None) -> Answer:
        if person is None or person.standing == "deleted":
            return error(404, "Record not found")
        if person.standing == "gone":
            return error(410, "Gone")
        return Answer(self.views.account(server, person))

    def _search(self, ask: Ask, server: Server) -> Answer:
        bearer = "authorization" in ask.headers
        if not bearer and ask.params.get("resolve") == "true":
            return error(
                401, "Search queries that resolve remote resources are not supported without authentication"
            )
        person = self._named(server, ask.params.get("q", ""))
        found = [person] if person and person.standing not in {"deleted", "gone"} else []
        body = {"accounts": [self.views.account(server, p) for p in found], "statuses": [], "hashtags": []}
        return Answer(body)

    def _person_at(self, server: Server, text: str) -> Person | None:
        value = number(text)
        person = self.world.numbered(str(value - server.shift)) if value is not None else None
        return person if person and server.knows(person) and server.id_of(person) == text else None

    # --- statuses ---

    def _wall(self, ask: Ask, server: Server, text: str) -> Answer:
        person = self._person_at(server, text)
        if person is None or person.standing in {"deleted", "gone"}:
            return error(404, "Record not found")
        items: list[Post | Share] = [p for p in self.world.posts if p.author is person]
        items += [s for s in self.world.shares if s.by is person and self.views.is_shown(server, s.post)]
        items = [i for i in items if isinstance(i, Share) or self.views.is_open(server, i)]
        if ask.params.get("exclude_replies") == "true":
            items = [
                i for i in items if isinstance(i, Share) or i.parent is None or i.parent.author is person
            ]
        if ask.params.get("exclude_reblogs") == "true":
            items = [i for i in items if isinstance(i, Post)]
        if ask.params.get("pinned") == "true":
            items = [i for i in items if any(i is p for p in server.pinned)]
        return self._page(ask, server, items, (20, 40), self.views.status)

    def _page(
        self,
        ask: Ask,
        server: Server,
        items: list[Post | Share],
        sizes: tuple[int, int],
        show: Callable[[Server, Json], Json],
        more: int = 0,
    ) -> Answer:
        """One page, newest first; `min_id` reaches upwards from the oldest."""
        place = ask.params.get("max_id")
        if server.refuses_other_ids and place and place.isdigit() == server.ulids:
            return error(400, "Bad Request: invalid max_id")
        below, since, above = (number(ask.params.get(k, "")) for k in ("max_id", "since_id", "min_id"))
        asked = ask.params.get("limit", "")
        size = min(int(asked) if asked.isdigit() else sizes[0], sizes[1], server.page_size)
        least = max(since or 0, above or 0)
        order = sorted(items, key=lambda i: -int(i.id))
        left = [i for i in order if least < int(i.id) + server.shift + more < (below or 2**127)]
        page = left[-size:] if above is not None else left[:size]
        answer = Answer([show(server, i) for i in page])
        links = []
        if len(page) == size:
            links.append(self._link(ask, "next", max_id=server.id_of(page[-1], more)))
        if page:
            links.append(self._link(ask, "prev", min_id=server.id_of(page[0], more)))
        if links and server.links:
            answer.headers["Link"] = ", ".join(links)
        return answer

    def _link(self, ask: Ask, rel: str, **place: str) -> str:
        kept = [(k, v) for k, values in ask.every.items() if k not in PAGING - {"limit"} for v in values]
        return f'<{_base(ask)}{ask.path}?{urlencode([*kept, *place.items()])}>; rel="{rel}"'

    def _at(self, server: Server, text: str) -> Post | Share | None:
        value = number(text)
        wanted = str(value - server.shift) if value is not None else ""
        every: list[Post | Share] = [*self.world.posts, *self.world.shares]
        found = [i for i in every if i.id == wanted]
        shown = [i for i in found if self.views.is_shown(server, i.post if isinstance(i, Share) else i)]
        return shown[0] if shown and server.id_of(shown[0]) == text else None

    def _status(self, _: Ask, server: Server, text: str) -> Answer:
        found = self._at(server, text)
        if found is None:
            return error(404, "Record not found")
        return Answer(self.views.status(server, found))

    def _statuses(self, ask: Ask, server: Server) -> Answer:
        if not server.many_statuses:
            return error(404, "Record not found")
        wanted = ask.every.get("id[]", [])
        if len(wanted) > 20 and "authorization" not in ask.headers:
            return error(422, "Validation failed")
        found = [self._at(server, text) for text in dict.fromkeys(wanted)]
        return Answer([self.views.status(server, i) for i in found if i])

    def _history(self, _: Ask, server: Server, text: str) -> Answer:
        found = self._at(server, text)
        if not isinstance(found, Post):
            return error(404, "Record not found")
        return Answer(self.views.history(server, found))

    def _context(self, ask: Ask, server: Server, text: str) -> Answer:
        post = self._at(server, text)
        if not isinstance(post, Post):
            return error(404, "Record not found")
        whole = "authorization" in ask.headers
        most, depth = (4096, 10**6) if whole else (server.descendants, server.depth)
        below = self.views.below(server, post, depth)[:most]
        above = self.views.above(server, post)[-(4096 if whole else 40) :]
        body = {
            "ancestors": [self.views.status(server, p) for p in above],
            "descendants": [self.views.status(server, p) for p in below],
        }
        missing = [p for p in self.world.under(post.root) if not server.knows(p)]
        headers = {}
        if server.fetches and missing:
            headers["Mastodon-Async-Refresh"] = f'id="{server.id_of(post)}-refresh", retry=3, result_count=0'
            server.unseen = [p for p in server.unseen if all(p is not m for m in missing)]
        return Answer(body, 200, headers)

    # --- an account's own ---

    def _notifications(self, ask: Ask, server: Server) -> Answer:
        person, scopes = server.tokens[ask.headers["authorization"].removeprefix("Bearer ")]
        if person is None:
            return error(422, "This method requires an authenticated user")
        if not {"read", "read:notifications"} & set(scopes.split()):
            return error(403, "This action is outside the authorized scopes")
        if "mention" not in ask.every.get("types[]", ["mention"]):
            return Answer([])
        items: list[Post | Share] = [
            p
            for p in self.world.posts
            if p.author is not person
            and any(m is person for m in self.views.mentioned(p))
            and self.views.is_open(server, p, to=person)
        ]
        return self._page(ask, server, items, (40, 80), self.views.notification, NOTICE)

    def _instance(self, _: Ask, server: Server) -> Answer:
        about = {"uri": server.name, "domain": server.name, "title": server.name, "version": server.version}
        more = {"description": "", "languages": ["no"], "rules": [], "configuration": {}}
        return Answer({**about, **more, "api_versions": {"mastodon": 7}})


def _kind(path: str) -> tuple[str, tuple[str, ...]]:
    """Tell what a request is for; the most exact route first."""
    for pattern, kind in ROUTES.items():
        if match := re.fullmatch(pattern, path.rstrip("/")):
            return kind, match.groups()
    return "", ()


def _base(ask: Ask) -> str:
    return f"http://{ask.headers['host']}"
