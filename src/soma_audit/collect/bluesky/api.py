"""Bluesky: `pages` asks an AppView's public methods, `posts` reads what came, pure.

Reading needs no key; only the search for mentions needs a session. A timeline is read again as far back as replies are
looked for: a new reply shows in its post's reply count, and the thread is then asked for.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from soma_audit.collect.bluesky.people import at, objects
from soma_audit.collect.bluesky.posts import (
    feed_posts,
    is_post,
    nodes,
    placed_at,
    searched_posts,
    thread_posts,
    written_at,
)
from soma_audit.collect.cycle_detection import CycleDetector
from soma_audit.collect.lookalikes import NamedAccount
from soma_audit.collect.network import LostPlaceError, NotThereError, unreadable
from soma_audit.collect.threads import read_threads
from soma_audit.collect.transport import Reply, TryAgainError, WaitError, time_in
from soma_audit.errors import SkipAccountError, SkipStreamError
from soma_audit.labels import GAP_REASONS
from soma_audit.model import Account, Gap, Notices, Page, Post, Since, Stream
from soma_audit.networks import AHEAD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from soma_audit.collect.bluesky.people import BlueskyPeople
    from soma_audit.collect.transport import Json, Transport

    class Session(Protocol):
        """Returns a transport with a session."""

        def __call__(self, *, anew: bool = False) -> Transport:
            """Return it; `anew` begins a new session, when the last one has expired."""


DEEPEST = 100
"""Levels of replies that are asked for. Bluesky allows 1,000, deeper than Python's JSON parser can go."""
ACCOUNT_ERRORS = {"AccountDeactivated": "deactivated", "AccountTakedown": "suspended", "AccountSuspended": "suspended"}  # fmt: skip
"""Errors that say how an account stands, and the gap that they leave."""
SIGNED_OUT = frozenset({"AuthMissing", "AuthenticationRequired"})
EXPIRED = frozenset({"ExpiredToken", "InvalidToken"})
"""Recognised by name: the status is 400 from some servers and 401 from others."""


class ExpiredSessionError(SkipStreamError):
    """The session has ended: sign in anew and ask again."""


def check(reply: Reply) -> None:
    """Raise the error that a response means: by its status and its error's name, and by its message only for accounts.

    Source: the errors in each method's lexicon; anything else, an unknown account included, is an `InvalidRequest`.
    """
    body = reply.body if isinstance(reply.body, dict) else {}
    name, words = str(body.get("error", "")), str(body.get("message", ""))
    name = name if re.fullmatch("[A-Za-z]{1,60}", name) else ""  # it is told to people, and must be no text
    if reply.status < 400 and isinstance(reply.body, dict):
        return
    if reply.status == 429:
        raise WaitError("Bluesky: too many requests for now", at=time_in(reply.headers.get("ratelimit-reset")))  # fmt: skip
    if reply.status >= 500 or reply.status < 400:
        raise TryAgainError(f"HTTP {reply.status} {name}".strip())
    if name in ACCOUNT_ERRORS:
        raise SkipAccountError(ACCOUNT_ERRORS[name], GAP_REASONS[ACCOUNT_ERRORS[name]])
    if name == "NotFound":
        raise NotThereError("not_found", "Bluesky does not know the post, or does not show it any more")
    if (
        "profile not found" in words.lower()
        or "resolve handle" in words.lower()
        or "actor not found" in words.lower()
    ):
        raise SkipAccountError("not_found", GAP_REASONS["not_found"])
    if name in EXPIRED:
        raise ExpiredSessionError("permission", f"Bluesky: the session has expired ({name})")
    if reply.status == 400 and "cursor=" in reply.url:
        raise LostPlaceError("unreachable", f"Bluesky answered 400 {name}")
    if name in SIGNED_OUT or reply.status in {401, 403}:
        raise SkipStreamError("permission", f"Bluesky refused: {name or reply.status}")
    raise SkipStreamError("unreachable", f"Bluesky answered {reply.status} {name}")


class Bluesky:
    """Bluesky as a network."""

    name = "bluesky"
    streams = (Stream.PROFILE, Stream.TIMELINE, Stream.MENTIONS, Stream.COMMENTS)
    looked_up_at_once = 25

    def __init__(
        self,
        transport: Transport,
        people: BlueskyPeople,
        clock: Callable[[], datetime],
        *,
        revisit: timedelta,
        sign_in: Session | None,
        search: Transport,
    ) -> None:
        self.transport = transport
        self._names = search
        """Lets names through, and nothing else."""
        self.clock = clock
        self.known = people.known
        """The register's accounts by DID, as far as it is known."""
        self._people = people
        self._revisit = revisit
        self.sign_in = sign_in
        """Returns a transport with a session; None: no account is configured to sign in."""

    # --- asking ---

    def pages(self, account: Account, stream: Stream, since: Since) -> Iterator[Page]:
        """Yield a stream's pages, newest first."""
        if stream is Stream.PROFILE:
            yield self._profile(account)
        elif stream is Stream.TIMELINE:
            yield from self._timeline(account, since)
        elif stream is Stream.MENTIONS:
            yield from self._mentions(account, since)
        else:
            yield from self._threads(account, since)

    def accounts_named(self, name: str) -> list[NamedAccount]:
        """Return the accounts that Bluesky finds by a name (app.bsky.actor.searchActors, which needs no session)."""
        found = self._names.send("GET", "/xrpc/app.bsky.actor.searchActors", {"q": name, "limit": 25}).json()
        return [NamedAccount(a["handle"], a["displayName"]) for a in found.get("actors", ())]

    def _ask(self, method: str, **params: Any) -> dict[str, Any]:  # noqa: ANN401 - a method's parameters
        body: dict[str, Any] = self.transport.send("GET", f"/xrpc/{method}", params).json()
        return body

    def _profile(self, account: Account) -> Page:
        """Look the account up, by its DID once that is known: the handle may have changed."""
        body = self._ask("app.bsky.actor.getProfile", actor=account.native_id or account.handle)
        did, handle = str(body["did"]), str(body.get("handle") or "")
        if not did.startswith(
            "did:"
        ):  # a pseudonym: it is by its handle that an account is told from a visitor
            raise SkipStreamError("damaged", "Bluesky answered for the account without its handle")
        self.known[did] = account
        renamed_to = None
        if handle and handle.lower() not in {account.handle.lower(), "handle.invalid"}:
            renamed_to = handle
            self._people.call(account, handle)
        return replace(self._page(account, Stream.PROFILE, body, None), renamed_to=renamed_to)

    def _timeline(self, account: Account, since: Since) -> Iterator[Page]:
        start = since.start(self._revisit)
        cursor = since.resume
        cycle_detector = CycleDetector("Bluesky", cursor)
        while True:
            body = self._ask(
                "app.bsky.feed.getAuthorFeed",
                actor=account.native_id,
                limit=100,
                filter="posts_with_replies",
                includePins="false",
                cursor=cursor,
            )
            items = _listed(body, "feed")
            read = [item for item in items if is_post(item.get("post"))]
            times = [placed_at(item) for item in read]
            reached = start is not None and bool(times) and min(times) < start
            cursor = None if reached else body.get("cursor")
            cycle_detector.step([_key(item) for item in items], cursor)
            newest = max((t for t in times if t <= self.clock() + AHEAD), default=None)
            if start is not None and not since.bookmark:  # nothing older has been asked for
                body["feed"] = [item for item in read if placed_at(item) >= start]
            yield self._page(
                account,
                Stream.TIMELINE,
                body,
                cursor,
                newest=newest and newest.isoformat(),
                reread=True,
                reread_from=start,
                gaps=(
                    *unreadable(Stream.TIMELINE, len(items) - len(read)),
                    *(() if cursor else since.history_gap(Stream.TIMELINE)),
                ),
            )
            if cursor is None:
                return

    def _mentions(self, account: Account, since: Since) -> Iterator[Page]:
        """Search for posts that mention the account: the only method used here that needs a session."""
        if self.sign_in is None:
            raise SkipStreamError(
                "signed_out",
                "Bluesky shows posts that mention the account only to those who sign in: set bluesky.identifier and bluesky.app_password_file",
            )
        cursor = since.resume
        start = (
            datetime.fromisoformat(since.bookmark) - timedelta(days=1) if since.bookmark else since.not_before
        )
        cycle_detector = CycleDetector("Bluesky", cursor)
        while True:
            body, asked = self._search(
                {
                    "q": "*",
                    "mentions": account.native_id,
                    "sort": "latest",
                    "limit": 100,
                    "since": start and start.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "cursor": cursor,
                },
                self.sign_in,
            )
            posts, cursor = _listed(body, "posts"), body.get("cursor")
            cycle_detector.step([str(p.get("uri")) for p in posts], cursor)
            times = [written_at(p) for p in posts if is_post(p)]
            newest = max((t for t in times if t <= self.clock() + AHEAD), default=None)
            gaps = unreadable(Stream.MENTIONS, len(posts) - len(times))
            yield self._page(
                account,
                Stream.MENTIONS,
                body,
                cursor,
                newest=newest.isoformat()
                if newest and not gaps
                else None,  # what cannot be read is asked for again
                gaps=gaps,
                asked=asked,
            )
            if cursor is None:
                return

    def _search(self, params: Mapping[str, Any], session: Session) -> tuple[dict[str, Any], Transport]:
        """Search with a session, or a new one if it has expired; return the response and the transport that it came through."""
        method = "/xrpc/app.bsky.feed.searchPosts"
        try:
            signed_in = session()
            return signed_in.send("GET", method, params).json(), signed_in
        except ExpiredSessionError:
            signed_in = session(anew=True)
            return signed_in.send("GET", method, params).json(), signed_in

    def _threads(self, account: Account, since: Since) -> Iterator[Page]:
        """Read the replies under posts, thread by thread; the position to resume from is the next thread."""
        met: set[str] = set()  # with a post above them already

        def read(thread: str, after: str | None) -> Page | None:
            if thread in met:
                return None
            body = self._ask("app.bsky.feed.getPostThread", uri=thread, depth=DEEPEST, parentHeight=0)
            notes = _thread_notes(body, thread)
            met.update(notes["notices"].read_threads)
            return self._page(account, Stream.COMMENTS, body, after, **notes)

        page_of = partial(self._page, account, Stream.COMMENTS)
        yield from read_threads(since.threads_left(since.resume), read, page_of)

    def look_up(self, account: Account, posts: Sequence[str]) -> tuple[Page, dict[str, bool]]:
        """Return a page of posts looked up by their URIs, and which of them exist. Bluesky leaves out those that are gone."""
        body = self._ask("app.bsky.feed.getPosts", uris=list(posts))
        there = {str(p.get("uri")) for p in _listed(body, "posts")}
        return self._page(account, Stream.LOOK_UP, body, None), {post: post in there for post in posts}

    def _page(
        self,
        account: Account,
        stream: Stream,
        body: Json,
        resume: str | None,
        *,
        asked: Transport | None = None,
        **more: Any,  # noqa: ANN401 - the other fields of a page
    ) -> Page:
        return (asked or self.transport).page(account, stream, body, resume, fetched_at=self.clock(), **more)

    # --- reading ---

    def about(self, page: Page) -> Mapping[str, object] | None:
        """Return what Bluesky says of the account."""
        if page.stream is not Stream.PROFILE:
            return None
        raw = json.loads(page.body)
        incoming = at(raw, "associated", "chat", "allowIncoming")
        return {
            "native_id": str(raw["did"]),
            "followers": raw.get("followersCount"),
            **({"allow_incoming": incoming} if incoming else {}),
            **({"verified": verified} if (verified := at(raw, "verification", "verifiedStatus")) else {}),
            **({"opened": str(raw["createdAt"])[:10]} if "createdAt" in raw else {}),
            **({"links": raw["links"]} if "links" in raw else {}),
        }

    def posts(self, page: Page) -> Iterator[Post]:
        """Yield the posts of a page, and those that came with them."""
        body = json.loads(page.body)
        if page.stream is Stream.TIMELINE:
            yield from feed_posts(body, page.account, self.known)
        elif page.stream is Stream.COMMENTS:
            yield from thread_posts(body, page.account, self.known)
        elif page.stream is Stream.MENTIONS:
            yield from searched_posts(body, page.account, self.known)


def _listed(body: Mapping[str, Any], key: str) -> list[Any]:
    """Return the objects of the list in a response.

    Raises:
        SkipStreamError: there is none.
    """
    if not isinstance(body.get(key), list):
        raise SkipStreamError("damaged", "Bluesky answered without a list of posts")
    return objects(body[key])


def _thread_notes(body: Json, thread: str) -> dict[str, Any]:
    """Return what a thread's page says besides its posts: whose replies have been read, and whether it was cut off.

    A reply count above what is shown proves nothing: replies by deactivated accounts are counted but not shown. Where a
    thread is cut off, a post with replies has no list of them.
    """
    kind = str(at(body, "thread", "$type") or "").rpartition("#")[2]
    if kind in {"notFoundPost", "blockedPost"}:  # one that is blocked is still there
        gone = (thread,) if kind == "notFoundPost" else ()
        return {"notices": Notices(missing=gone, refused_threads=(thread,)), "reread": True}
    top = at(body, "thread", "post")
    if not is_post(top):
        raise SkipStreamError("damaged", "Bluesky answered for a thread without its first post")
    shown = [node for node in nodes(body["thread"]) if "post" in node]
    posts = [node for node in shown if is_post(node["post"])]
    if odd := unreadable(Stream.COMMENTS, len(shown) - len(posts)):  # what is not read may seem to be missing
        return {"notices": Notices(), "gaps": odd, "reread": True}
    read = tuple(str(node["post"]["uri"]) for node in posts)
    cut = [node["post"] for node in posts if node["post"].get("replyCount") and "replies" not in node]
    if not cut:
        return {"notices": Notices(read_threads=read, whole_threads=(thread,)), "reread": True}
    began, missing = written_at(top), sum(post["replyCount"] for post in cut)
    detail = f"Bluesky cut off {missing} or more replies in the thread of {began:%Y-%m-%d}"
    gap = Gap(stream=Stream.COMMENTS, reason="not_shown", detail=detail, since=began, until=began)
    return {"notices": Notices(read_threads=read), "gaps": (gap,), "reread": True}


def _key(item: Mapping[str, Any]) -> str:
    return f"{at(item, 'reason', 'indexedAt') or ''} {at(item, 'post', 'uri')}"
