"""X, formerly Twitter: `pages` asks API v2 through tweepy, `posts` reads what came, pure.

X has two vocabularies, *tweet* words and *post* words, and mixes them within one answer. We ask in one dialect and
read either, key by key.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import tweepy

from soma_audit.collect.cycle_detection import CycleDetector
from soma_audit.collect.network import LostPlaceError
from soma_audit.collect.transport import Reply, Transport, TryAgainError, WaitError, time_in
from soma_audit.collect.twitter.budget import Budget
from soma_audit.collect.twitter.people import USER_FIELDS, objects
from soma_audit.collect.twitter.posts import posts, time_of_id, withheld
from soma_audit.errors import (
    NotReadableError,
    RetryLaterError,
    SkipAccountError,
    SkipNetworkError,
    SkipStreamError,
)
from soma_audit.labels import GAP_REASONS
from soma_audit.model import Account, Gap, Notices, Page, Post, Since, Stream
from soma_audit.networks import AHEAD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from soma_audit.collect.transport import Json
    from soma_audit.collect.twitter.people import TwitterPeople

DIALECT = {
    "tweet.fields": "post.fields",
    "note_tweet": "note_post",
    "referenced_tweets.id": "referenced_posts",
    "edit_history_tweet_ids": "edit_history_post_ids",
}
"""Legacy word → new word, in requests."""
ONLY_LEGACY_FIELDS = {"author_id", "in_reply_to_user_id", "referenced_tweets", "edit_history_tweet_ids"}
"""Fields of the legacy dialect that the new one only has as expansions."""

FIELDS = [
    *("id", "text", "created_at", "author_id", "conversation_id", "in_reply_to_user_id", "referenced_tweets"),
    *("reply_settings", "lang", "public_metrics", "entities", "note_tweet", "source", "withheld"),
]
EXPANSIONS = ["author_id", "in_reply_to_user_id", "referenced_tweets.id", "edit_history_tweet_ids"]
ALWAYS_SENT = {"edit_history_tweet_ids"}
"""What the legacy dialect sends without being asked."""
CAPS = {Stream.TIMELINE: 3200, Stream.MENTIONS: 800}
"""How many of the newest posts X shows at most."""
ABSENT = frozenset({"resource-not-found", "not-authorized-for-resource"})
"""The types of problem by which X says that a post is deleted, suspended or protected. Others are a bad moment of its own."""


class UnknownWordError(Exception):
    """X did not understand a field's name: the other dialect may be meant."""


class XClient(tweepy.Client):  # type: ignore[misc]
    """tweepy builds paths and parameters; our transport carries them."""

    def __init__(self, transport: Transport, dialect: str, budget: Budget | None = None) -> None:
        super().__init__(return_type=dict, wait_on_rate_limit=False)
        self.budget = budget or Budget(transport.clock)
        self.transport = transport
        self.dialect = dialect

    def request(self, method: str, route: str, params: Mapping[str, Any] | None = None, **_: object) -> Reply:
        """Carry a request, if there is money for its answer."""
        return self.budget.ask(route, params or {}, lambda fitting: self._carry(method, route, fitting))

    def _carry(self, method: str, route: str, params: Mapping[str, Any]) -> Reply:
        """Ask; if X does not know our words, try once in the other ones and stay with them."""
        try:
            return self.transport.send(method, route, outgoing(params, dialect := self.dialect))
        except UnknownWordError:
            self.dialect = "tweet" if dialect == "post" else "post"
            try:
                return self.transport.send(method, route, outgoing(params, self.dialect))
            except UnknownWordError as error:
                raise SkipStreamError("unreachable", f"X does not understand the request: {error}") from None


def outgoing(params: Mapping[str, Any], dialect: str) -> dict[str, Any]:
    """Return a request's parameters in a dialect. The two dialects' lists must not be mixed."""
    words = {}
    for key, value in params.items():
        parts = str(value).split(",") if key in {"tweet.fields", "expansions"} else None
        if parts is not None and dialect == "tweet":
            parts = [p for p in parts if p not in ALWAYS_SENT]
        elif parts is not None:
            parts = [DIALECT.get(p, p) for p in parts if key == "expansions" or p not in ONLY_LEGACY_FIELDS]
        name = key if dialect == "tweet" else DIALECT.get(key, key)
        words[name] = ",".join(parts) if parts is not None else value
    return words


def check(reply: Reply) -> None:
    """Raise what an answer other than a success means; by status, then by problem type and title, never by text alone."""
    body = reply.body if isinstance(reply.body, dict) else {}
    problem, title = str(body.get("type", "")).rpartition("/")[2], str(body.get("title", ""))
    title = (
        title if re.fullmatch("[A-Za-z ]{1,60}", title) else ""
    )  # it is told to people, and must be no text
    if reply.status < 400 and isinstance(reply.body, dict):
        return
    if reply.status >= 500 or reply.status < 400:
        raise TryAgainError(f"HTTP {reply.status} {title}".strip())
    if reply.status == 429 and problem == "usage-capped":
        raise SkipNetworkError("quota", "X: this month's paid reads are used up")
    if reply.status == 429:
        reset = time_in(reply.headers.get("x-rate-limit-reset"))
        raise WaitError("X: too many requests for now", at=reset)
    if reply.status == 400 and problem == "invalid-request" and ".fields" in json.dumps(body):
        raise UnknownWordError(title)
    if reply.status == 400 and ("pagination_token=" in reply.url or "next_token=" in reply.url):
        raise LostPlaceError("unreachable", f"X answered 400 {title}")
    if reply.status == 401:
        raise SkipNetworkError(
            "refused", "X refused the token: make a new one and put it in twitter.token_file"
        )
    if reply.status == 402 or title == "SpendCapReached":
        raise _out_of_money(body)
    if problem == "client-forbidden":
        raise SkipNetworkError("refused", "X refused the app: attach it to a project with a plan")
    raise SkipStreamError(
        "permission" if reply.status == 403 else "unreachable", f"X answered {reply.status} {title}"
    )


def _out_of_money(body: Mapping[str, Any]) -> SkipNetworkError:
    """Return the error for spent money, with the time when it ends if X gives one; the name of that key is not known."""
    message = "X: the credit or the spending limit is used up"
    for key, value in body.items():
        if "reset" in key:
            with suppress(ValueError):
                moment = datetime.fromisoformat(str(value))
                at = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
                return RetryLaterError(message, at, reason="quota")
    return SkipNetworkError("quota", message)


class Twitter:
    """X as a network."""

    name = "twitter"
    streams = (Stream.PROFILE, Stream.TIMELINE, Stream.MENTIONS, Stream.OPEN_THREADS)
    looked_up_at_once = 100

    def __init__(
        self,
        transport: Transport,
        dialect: str,
        people: TwitterPeople,
        clock: Callable[[], datetime],
        budget: Budget | None = None,
    ) -> None:
        self.x = XClient(transport, dialect, budget)
        self.clock = clock
        self._people = people
        self.known = people.known
        """The register's accounts by native id, as far as it is known."""

    # --- asking ---

    def pages(self, account: Account, stream: Stream, since: Since) -> Iterator[Page]:
        """Ask for a stream's pages, newest first."""
        if stream is Stream.PROFILE:
            yield self._profile(account)
        elif stream is Stream.OPEN_THREADS:
            yield from self._threads(account, since)
        else:
            yield from self._timeline(account, stream, since)

    def _profile(self, account: Account) -> Page:
        """Look the account up by its name; by its id, which never changes, where somebody else or nobody has that name."""
        body = self.x.get_user(username=account.handle, user_fields=USER_FIELDS)
        user, renamed_to = body.get("data"), None
        is_elsewhere = str(user["id"]) != account.native_id if user else _why_unread(body) == "not_found"
        if account.native_id and is_elsewhere:
            by_id = self.x.get_user(id=account.native_id, user_fields=USER_FIELDS)
            if by_id.get("data"):
                body, user = by_id, by_id["data"]
                renamed_to = str(user["username"])
                self._people.call(account, renamed_to)
            elif user:
                raise SkipAccountError("renamed", f"{account}: {GAP_REASONS['renamed']}")
        if not user:
            raise _account_error(account, body)
        if user.get("protected"):
            raise SkipAccountError("protected", f"{account}: {GAP_REASONS['protected']}")
        return replace(self._page(account, Stream.PROFILE, body, None), renamed_to=renamed_to)

    def _timeline(self, account: Account, stream: Stream, since: Since) -> Iterator[Page]:
        ask = self.x.get_users_tweets if stream is Stream.TIMELINE else self.x.get_users_mentions
        # the place to go on from: how many posts came before it, which tells when X's cap is met, the oldest of them,
        # and X's token
        count, oldest, token = _place(since.resume)
        place, below = since.resume, None
        cycle_detector = CycleDetector("X", token)
        while True:
            try:
                body = ask(
                    account.native_id,
                    max_results=100,
                    since_id=since.bookmark,
                    start_time=since.not_before and since.not_before.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    until_id=below,
                    pagination_token=token or None,
                    tweet_fields=FIELDS,
                    expansions=EXPANSIONS,
                    user_fields=["id", "username"],
                )
            except LostPlaceError:
                token, below = (
                    "",
                    oldest or None,
                )  # tokens grow old; what came before it is not to be paid for again
                continue
            posts = objects(body.get("data"))
            if not posts and _about_account(body):
                raise _account_error(account, body)
            meta, numbers = _meta(body), _numbers(posts)
            reached = since.bookmark and any(n <= int(since.bookmark) for n in numbers)
            token = "" if reached else meta.get("next_token") or ""
            cycle_detector.step([str(n) for n in numbers], token)
            count += len(posts)
            oldest = str(min(numbers)) if numbers else oldest or ""
            gap = None if token or reached or count < CAPS[stream] else _cap(stream, posts)
            if posts or not token:  # the place after an empty page may lead nowhere
                place = f"{count} {oldest} {token}" if token else None
            if not token and gap is None:
                gap = next(iter(since.history_gap(stream)), None)
            yield self._page(account, stream, body, place, newest=_newest(numbers, self.clock()), gap=gap)
            if not token:
                return

    def _threads(self, account: Account, since: Since) -> Iterator[Page]:
        """Search conversations one by one; the place to go on from is the conversation after."""
        threads = since.threads_left(since.resume)
        for thread, after in zip_longest(threads, threads[1:]):
            token = None
            cycle_detector = CycleDetector("X")
            while True:
                body = self.x.search_recent_tweets(
                    f"conversation_id:{thread}",
                    max_results=100,
                    next_token=token,
                    tweet_fields=FIELDS,
                    expansions=EXPANSIONS,
                    user_fields=["id", "username"],
                )
                token = _meta(body).get("next_token")
                cycle_detector.step([str(n) for n in _numbers(objects(body.get("data")))], token)
                yield self._page(account, Stream.OPEN_THREADS, body, thread if token else after)
                if token is None:
                    break

    def _page(
        self,
        account: Account,
        stream: Stream,
        body: Json,
        resume: str | None,
        *,
        newest: str | None = None,
        gap: Gap | None = None,
    ) -> Page:
        gaps = (gap,) if gap else ()
        page = self.x.transport.page
        return page(
            account,
            stream,
            body,
            resume,
            fetched_at=self.clock(),
            newest=newest,
            gaps=gaps,
            notices=Notices(withheld=tuple(withheld(body))),
        )

    def look_up(self, account: Account, posts: Sequence[str]) -> tuple[Page, dict[str, bool]]:
        """Look posts up by id; return the page, and which of them are there.

        False: deleted, suspended or protected by X's own word. One of which X says neither is left out.
        """
        body = self.x.get_tweets(list(posts), tweet_fields=["id"])
        there = {
            str(e["resource_id"]): False
            for e in objects(body.get("errors"))
            if "resource_id" in e and str(e.get("type", "")).rpartition("/")[2] in ABSENT
        }
        there |= {str(p.get("id")): True for p in objects(body.get("data"))}
        return self._page(account, Stream.LOOK_UP, body, None), {p: there[p] for p in posts if p in there}

    # --- reading ---

    def about(self, page: Page) -> Mapping[str, object] | None:
        """Read what X says of the account."""
        if page.stream is not Stream.PROFILE:
            return None
        user = json.loads(page.body)["data"]
        facts = {k: user[k] for k in ("protected", "verified_type", "links") if k in user}
        if "created_at" in user:
            facts["opened"] = str(user["created_at"])[:10]
        return {
            "native_id": str(user["id"]),
            "followers": (user.get("public_metrics") or {}).get("followers_count"),
            **facts,
        }

    def posts(self, page: Page) -> Iterator[Post]:
        """Read the posts of a page, and the ones they reply to, which come along."""
        if page.stream is not Stream.PROFILE:
            yield from posts(json.loads(page.body), page.account, self.known)


def _numbers(posts: list[Any]) -> list[int]:
    return [int(p["id"]) for p in posts if str(p.get("id", "")).isdecimal()]


def _place(resume: str | None) -> tuple[int, str | None, str]:
    """Read where a walk is to go on: posts before, the oldest of them, X's token."""
    count, *oldest, token = (resume or "0 ").split(" ")
    return int(count), next(iter(oldest), None), token


def _meta(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what an answer with posts says of itself; without it, nobody can tell whether these are all.

    Raises:
        SkipStreamError: it says nothing.
    """
    meta = body.get("meta")
    if not isinstance(meta, dict):
        raise SkipStreamError("damaged", "X answered without saying how many posts there are")
    return meta


def _newest(numbers: list[int], now: datetime) -> str | None:
    """Return the newest id: up to there the stream is read. An id of the future would end all reading."""
    possible = (n for n in numbers if (at := time_of_id(str(n))) is None or at <= now + AHEAD)
    return str(max(possible, default="")) or None


def _cap(stream: Stream, posts: list[Any]) -> Gap:
    oldest = min((p["created_at"] for p in posts if p.get("created_at")), default=None)
    until = datetime.fromisoformat(oldest) if oldest else None
    return Gap(stream=stream, reason="cap", until=until, detail=f"X shows the newest {CAPS[stream]}")


def _about_account(body: Mapping[str, Any]) -> bool:
    """Return whether an answer without posts says that the account itself cannot be read."""
    errors = objects(body.get("errors"))
    return bool(errors) and (not body.get("meta") or any(e.get("parameter") == "id" for e in errors))


def _why_unread(body: Mapping[str, Any]) -> str:
    """Return why an account cannot be read, by type and title together: a suspended one has the type of a missing one."""
    title = str(next((e.get("title") for e in objects(body.get("errors"))), ""))
    return {"Forbidden": "suspended", "Authorization Error": "protected"}.get(title, "not_found")


def _account_error(account: Account, body: Mapping[str, Any]) -> NotReadableError:
    reason = _why_unread(body)
    return SkipAccountError(reason, f"{account}: {GAP_REASONS[reason]}")
