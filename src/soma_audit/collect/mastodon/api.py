"""Mastodon: `pages` asks each account's own server, `posts` reads what came, pure.

Most servers show what is public without a token. Which server hosts an account follows from its handle, or from what
the server in the handle says of it (WebFinger); no other server is asked merely because a response names it.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from soma_audit.collect.cycle_detection import CycleDetector
from soma_audit.collect.mastodon.answers import (
    NO_SERVER,
    LeadsElsewhereError,
    TokenRefusedError,
    listed,
    next_place,
    order,
)
from soma_audit.collect.mastodon.posts import is_post, time_of, unread
from soma_audit.collect.mastodon.posts import posts as read_posts
from soma_audit.collect.network import NotThereError, unreadable
from soma_audit.collect.threads import read_threads
from soma_audit.errors import NotReadableError, SkipAccountError, SkipStreamError
from soma_audit.labels import GAP_REASONS
from soma_audit.model import Account, Gap, Notices, Page, Post, Since, Stream
from soma_audit.networks import AHEAD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from soma_audit.collect.mastodon.people import MastodonPeople
    from soma_audit.collect.transport import Json, Transport
    from soma_audit.model import ThreadTop

MOST_BELOW = 60
"""The most replies under a post that a server shows without a token."""
WEBFINGER = "/.well-known/webfinger"


@dataclass(slots=True)
class _Home:
    """The server that hosts an account."""

    transport: Transport
    number: str
    """The account's id on that server, which is not always a number."""
    signed_in: bool


class Mastodon:
    """Mastodon's servers as a network."""

    name = "mastodon"
    streams = (Stream.PROFILE, Stream.TIMELINE, Stream.MENTIONS, Stream.COMMENTS)
    looked_up_at_once = 20

    def __init__(
        self,
        people: MastodonPeople,
        clock: Callable[[], datetime],
        *,
        revisit: timedelta,
        open_server: Callable[[str, str | None], Transport],
        server_at: Callable[[str], str | None],
        token_of: Callable[[Account], tuple[str | None, bool]],
    ) -> None:
        self.clock = clock
        self._people = people
        self._revisit = revisit
        self._open = open_server
        """Returns a transport to a server, with or without a token."""
        self._server_at = server_at
        """Returns the server that an address belongs to; None: it may not be asked."""
        self._token_of = token_of
        """Returns the token for requests about an account, and whether it is the account's own."""
        self._transports: dict[tuple[str, str | None], Transport] = {}
        self._homes: dict[str, _Home] = {}
        self._one_opens = threading.Lock()

    # --- asking ---

    def pages(self, account: Account, stream: Stream, since: Since) -> Iterator[Page]:
        """Yield a stream's pages, newest first."""
        try:
            yield from self._stream(account, stream, since)
        except TokenRefusedError as error:
            raise SkipAccountError("permission", _needs_token(account, self._token_of(account)[0])) from error

    def _stream(self, account: Account, stream: Stream, since: Since) -> Iterator[Page]:
        if stream is Stream.PROFILE:
            yield self._profile(account)
        elif stream is Stream.TIMELINE:
            yield from self._timeline(account, since)
        elif stream is Stream.MENTIONS:
            yield from self._mentions(account, since)
        else:
            yield from self._threads(account, since)

    def _server(self, server: str, token: str | None) -> Transport:
        with self._one_opens:
            key = (server, token)
            if key not in self._transports:
                self._transports[key] = self._open(server, token)
            return self._transports[key]

    def _profile(self, account: Account) -> Page:
        name, _, server = account.handle.partition("@")
        token, is_own = self._token_of(account)
        transport = self._server(server, token)
        try:
            body = self._look_up(account, transport, name)
        except NotReadableError as error:
            if error.reason != "not_found":
                raise
            name, host = self._told_by_webfinger(account, server)
            if host in {None, server}:
                raise SkipAccountError("not_found", _why_not(account, error)) from error
            self._people.stands_for(str(host), server)
            self._people.call(account, f"{name}@{host}")
            transport = self._server(str(host), token)
            try:
                body = self._look_up(account, transport, name)
            except NotReadableError as again:
                if again.reason != "not_found":
                    raise
                raise SkipAccountError("not_found", _why_not(account, again)) from again
        if body.get("suspended"):
            raise SkipAccountError("suspended", f"{account}: {GAP_REASONS['suspended']}")
        if not body.get("id"):
            raise SkipStreamError("damaged", "the server sent an account without an id")
        self._homes[account.handle.lower()] = _Home(transport, str(body["id"]), is_own)
        gaps: tuple[Gap, ...] = ()
        if moved := (body.get("moved") or {}).get("acct"):
            gaps = (Gap(stream=Stream.PROFILE, reason="moved", detail=f"it has moved to @{moved}: put that in the register"),)  # fmt: skip
        return self._page(transport, account, Stream.PROFILE, body, None, gaps=gaps)

    def _look_up(self, account: Account, transport: Transport, name: str) -> dict[str, Any]:
        """Look an account up by its name, or search for it where a server refuses look-ups without a token."""
        try:
            body: dict[str, Any] = transport.send("GET", "/api/v1/accounts/lookup", {"acct": name}).json()
        except (SkipStreamError, TokenRefusedError) as refusal:
            if refusal.reason != "permission":
                raise
            try:
                found = transport.send(
                    "GET", "/api/v2/search", {"q": f"@{account.handle}", "type": "accounts", "limit": 1}
                ).json()
            except (SkipStreamError, TokenRefusedError) as error:
                if error.reason == "unreachable":
                    raise
                raise SkipAccountError("permission", _needs_token(account, transport.token)) from refusal
            for body in (found or {}).get("accounts", ()):
                if body.get("acct") == account.handle:
                    return dict(body)
            raise SkipAccountError("permission", _needs_token(account, transport.token)) from refusal
        return body

    def _told_by_webfinger(self, account: Account, server: str) -> tuple[str, str | None]:
        """Return an account's name and its host, by what the server in its handle says (WebFinger); None: it does not say.

        A domain whose Mastodon server has another host name redirects the look-up there; that is followed once.
        """
        name, resource = account.handle.partition("@")[0], f"acct:{account.handle}"
        for _ in range(2):
            try:
                body = self._server(server, None).send("GET", WEBFINGER, {"resource": resource}).json() or {}
            except LeadsElsewhereError as elsewhere:
                target = self._server_at(elsewhere.location)
                if target is None or urlsplit(elsewhere.location).path.rpartition("/")[2] != "webfinger":
                    return name, None
                server = target
                resource = parse_qs(urlsplit(elsewhere.location).query).get("resource", [resource])[0]
                continue
            except NotReadableError:
                return name, None
            address = next((str(link.get("href")) for link in body.get("links") or ()), "")
            return name, self._server_at(address)
        return name, None

    def _home(self, account: Account) -> _Home:
        try:
            return self._homes[account.handle.lower()]
        except KeyError:
            self._profile(account)
            return self._homes[account.handle.lower()]

    def _timeline(self, account: Account, since: Since) -> Iterator[Page]:
        start = since.start(self._revisit)
        home, before = self._home(account), since.resume
        cycle_detector = CycleDetector("Mastodon", before)
        while True:
            body = home.transport.send(
                "GET", f"/api/v1/accounts/{home.number}/statuses", {"limit": 40, "max_id": before}
            ).json()
            found = listed(body)
            before = next_place(home.transport.reply, found)
            times = [time_of(raw["created_at"]) for raw in found if is_post(raw)]
            if start is not None and times and min(times) < start:
                before = None
            cycle_detector.step([str(raw.get("id")) for raw in found], before)
            newest = max((t for t in times if t <= self.clock() + AHEAD), default=None)
            if start is not None and not since.bookmark:  # nothing older has been asked for
                body = [raw for raw in found if is_post(raw) and time_of(raw["created_at"]) >= start]
            yield self._page(
                home.transport,
                account,
                Stream.TIMELINE,
                body,
                before,
                newest=newest and newest.isoformat(),
                reread=True,
                reread_from=start,
                gaps=(
                    *unreadable(Stream.TIMELINE, unread(found)),
                    *(() if before else since.history_gap(Stream.TIMELINE)),
                ),
            )
            if before is None:
                return

    def _mentions(self, account: Account, since: Since) -> Iterator[Page]:
        """Read the account's mentions, which a server shows to the account itself and to nobody else."""
        home = self._home(account)
        if not home.signed_in:
            raise SkipStreamError(
                "signed_out",
                "Mastodon shows mentions outside the account's own threads only to the account itself: name the file with its token in mastodon.tokens",
            )
        before = since.resume
        cycle_detector = CycleDetector("Mastodon", before)
        while True:
            body = home.transport.send(
                "GET",
                "/api/v1/notifications",
                {"types[]": "mention", "limit": 80, "max_id": before, "since_id": since.bookmark},
            ).json()
            found = listed(body)
            before = next_place(home.transport.reply, found)
            cycle_detector.step([str(raw.get("id")) for raw in found], before)
            gaps = unreadable(Stream.MENTIONS, unread([raw["status"] for raw in found if raw.get("status")]))
            newest = None  # what cannot be read is asked for again
            if not gaps:
                newest = max((str(raw["id"]) for raw in found if raw.get("id")), key=order, default=None)
            yield self._page(home.transport, account, Stream.MENTIONS, body, before, newest=newest, gaps=gaps)
            if before is None:
                return

    def _threads(self, account: Account, since: Since) -> Iterator[Page]:
        """Read the posts above and below each post in turn; the position to resume from is the next post."""
        home = self._home(account)
        below: set[str] = set()  # read with the post above them already

        def read(thread: str, after: str | None) -> Page | None:
            if thread in below:
                return None
            body = home.transport.send("GET", f"/api/v1/statuses/{thread}/context").json()
            notes, whole = _thread_notes(
                account, thread, since.tops[thread], body, is_signed_in=home.signed_in
            )
            below.update(str(raw["id"]) for raw in listed(body.get("descendants")) if whole)
            return self._page(home.transport, account, Stream.COMMENTS, body, after, **notes)

        page_of = partial(self._page, home.transport, account, Stream.COMMENTS)
        yield from read_threads(since.threads_left(since.resume), read, page_of)

    def look_up(self, account: Account, posts: Sequence[str]) -> tuple[Page, dict[str, bool]]:
        """Return a page of posts looked up by their ids, and which of them exist. Older servers are asked for one at a time."""
        home = self._home(account)
        there: dict[str, bool] = {}
        try:
            body = home.transport.send("GET", "/api/v1/statuses", {"id[]": list(posts)}).json()
            found = {str(raw.get("id")) for raw in listed(body)}
            there = {post: post in found for post in posts}
        except NotThereError:
            body = []
            for post in posts:
                try:
                    home.transport.send("GET", f"/api/v1/statuses/{post}")
                    there[post] = True
                except NotThereError:
                    there[post] = False
        return self._page(home.transport, account, Stream.LOOK_UP, body, None), there

    def _page(
        self,
        transport: Transport,
        account: Account,
        stream: Stream,
        body: Json,
        resume: str | None,
        **more: Any,  # noqa: ANN401 - the other fields of a page
    ) -> Page:
        return transport.page(account, stream, body, resume, fetched_at=self.clock(), **more)

    # --- reading ---

    def about(self, page: Page) -> Mapping[str, object] | None:
        """Return what a server says of the account, whose ActivityPub URI is its id: the same on every server."""
        if page.stream is not Stream.PROFILE:
            return None
        raw = json.loads(page.body)
        told = ("bot", "locked", "limited", "memorial", "links", "verified_links")
        facts = {k: raw[k] for k in told if raw.get(k)}
        if "created_at" in raw:
            facts["opened"] = str(raw["created_at"])[:10]
        if moved := (raw.get("moved") or {}).get("acct"):
            facts["moved_to"] = moved
        return {
            "native_id": str(raw.get("uri") or raw.get("url") or page.account.handle),
            "followers": raw.get("followers_count"),
            **facts,
        }

    def posts(self, page: Page) -> Iterator[Post]:
        """Yield the posts of a page, and those above a reply."""
        known, body = self._people.names, json.loads(page.body)
        if page.stream is Stream.TIMELINE:
            yield from read_posts(listed(body), page.account, known)
        elif page.stream is Stream.MENTIONS:
            yield from read_posts(
                [raw["status"] for raw in listed(body) if raw.get("status")], page.account, known
            )
        elif page.stream is Stream.COMMENTS and "descendants" in body:
            chain = [*listed(body.get("ancestors")), *listed(body["descendants"])]
            yield from read_posts(chain, page.account, known)


def _thread_notes(
    account: Account, thread: str, top: ThreadTop, body: Mapping[str, Any], *, is_signed_in: bool
) -> tuple[dict[str, Any], bool]:
    """Return what a thread's page says besides its posts, and whether all below is there.

    It says under which posts the replies have been read, and how many the server counts but does not show.
    """
    below = listed(body.get("descendants"))
    if odd := unreadable(Stream.COMMENTS, unread([*listed(body.get("ancestors")), *below])):
        return {
            "notices": Notices(),
            "gaps": odd,
            "reread": True,
        }, False  # what is not read may seem to be missing
    own = [str(raw["id"]) for raw in below if (raw.get("account") or {}).get("acct") == account.handle]
    counted = top.replies + sum(raw.get("replies_count", 0) for raw in below)
    whole = counted <= len(below) and (is_signed_in or len(below) < MOST_BELOW)
    notices = Notices(read_threads=(thread, *own), whole_threads=(thread,) if whole else ())
    if whole:
        return {"notices": notices, "reread": True}, whole
    detail = f"the server counts {counted} replies in the thread of {top.at:%Y-%m-%d} and shows {len(below)}"
    gap = Gap(stream=Stream.COMMENTS, reason="not_shown", detail=detail, since=top.at, until=top.at)
    return {"notices": notices, "gaps": (gap,), "reread": True}, whole


def _why_not(account: Account, error: NotReadableError) -> str:
    if NO_SERVER in str(error):
        return f"{account}: {error}"
    return f"{account}: {GAP_REASONS['not_found']} ({error})"


def _needs_token(account: Account, token: str | None) -> str:
    server = account.handle.partition("@")[2]
    trouble = f"{server} {'refused the token' if token else 'shows nothing without a token'}"
    return (
        f"{account}: {trouble}. Make a new one there (Preferences, Development, New application, scope read), put it in a"
        " file, and name that file in mastodon.tokens"
    )
