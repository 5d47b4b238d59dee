"""X, formerly Twitter: `pages` asks API v2 through tweepy, `posts` reads what came, pure.

X has two vocabularies, *tweet* words and *post* words, and mixes them within one answer. We ask in one dialect and
read either, key by key.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import tweepy

from soma_audit.collect.network import LostPlaceError
from soma_audit.collect.transport import Reply, Transport, TryAgainError, WaitError, seconds_from_epoch
from soma_audit.errors import CouldNotLookError, LeaveAccountError, LeaveNetworkError, LeaveStreamError
from soma_audit.model import GAP_REASONS, Account, Gap, Kind, Page, Post, Since, Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from soma_audit.collect.pseudonyms import Pseudonyms
    from soma_audit.collect.transport import Json

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
    *("reply_settings", "lang", "public_metrics", "entities", "note_tweet", "source"),
]
EXPANSIONS = ["author_id", "in_reply_to_user_id", "referenced_tweets.id"]
USER_FIELDS = ["id", "username", "created_at", "protected", "verified_type", "public_metrics"]
CAPS = {Stream.TIMELINE: 3200, Stream.MENTIONS: 800}
"""How many of the newest posts X shows at most."""


class UnknownWordError(Exception):
    """X did not understand a field's name: the other dialect may be meant."""


class XClient(tweepy.Client):  # type: ignore[misc]
    """tweepy builds paths and parameters; our transport carries them."""

    def __init__(self, transport: Transport, dialect: str) -> None:
        super().__init__(return_type=dict, wait_on_rate_limit=False)
        self.transport = transport
        self.dialect = dialect

    def request(self, method: str, route: str, params: Mapping[str, Any] | None = None, **_: object) -> Reply:
        """Carry a request; if X does not know our words, try once in the other ones and stay with them."""
        try:
            return self.transport.send(method, route, outgoing(params or {}, dialect := self.dialect))
        except UnknownWordError:
            self.dialect = "tweet" if dialect == "post" else "post"
            try:
                return self.transport.send(method, route, outgoing(params or {}, self.dialect))
            except UnknownWordError as error:
                raise LeaveStreamError("refused", f"X does not understand the request: {error}") from None


def outgoing(params: Mapping[str, Any], dialect: str) -> dict[str, Any]:
    """Say a request in a dialect. The two dialects' lists must not be mixed."""
    if dialect == "tweet":
        return dict(params)
    words = {}
    for key, value in params.items():
        parts = str(value).split(",") if key in {"tweet.fields", "expansions"} else None
        if parts is not None:
            parts = [DIALECT.get(p, p) for p in parts if key == "expansions" or p not in ONLY_LEGACY_FIELDS]
        words[DIALECT.get(key, key)] = ",".join(parts) if parts is not None else value
    return words


def check(reply: Reply) -> None:
    """Say what an answer means for the caller; by status, then by problem type and title, never by text alone."""
    body = reply.body if isinstance(reply.body, dict) else {}
    problem, title = str(body.get("type", "")).rpartition("/")[2], str(body.get("title", ""))
    if reply.status < 400 and isinstance(reply.body, dict):
        return
    if reply.status >= 500 or reply.status < 400:
        raise TryAgainError(f"HTTP {reply.status} {title}".strip())
    if reply.status == 429 and problem == "usage-capped":
        raise LeaveNetworkError("quota", "X: this month's paid reads are used up")
    if reply.status == 429:
        reset = seconds_from_epoch(reply.headers.get("x-rate-limit-reset"))
        raise WaitError("X: too many requests for now", at=reset)
    if reply.status == 400 and problem == "invalid-request" and ".fields" in json.dumps(body):
        raise UnknownWordError(title)
    if reply.status == 400 and ("pagination_token=" in reply.url or "next_token=" in reply.url):
        raise LostPlaceError("unreachable", f"X answered 400 {title}")
    if reply.status == 401:
        raise LeaveNetworkError(
            "refused", "X refused the token: make a new one and put it in twitter.token_file"
        )
    if reply.status == 402 or title == "SpendCapReached":
        raise LeaveNetworkError("quota", "X: the credit or the spending limit is used up")
    if problem == "client-forbidden":
        raise LeaveNetworkError("refused", "X refused the app: attach it to a project with a plan")
    raise LeaveStreamError(
        "permission" if reply.status == 403 else "unreachable", f"X answered {reply.status} {title}"
    )


class Twitter:
    """X as a network."""

    name = "twitter"
    streams = (Stream.PROFILE, Stream.TIMELINE, Stream.MENTIONS, Stream.OPEN_THREADS)

    def __init__(
        self,
        transport: Transport,
        dialect: str,
        accounts: list[Account],
        pseudonyms: Pseudonyms,
        clock: Callable[[], datetime],
    ) -> None:
        self.x = XClient(transport, dialect)
        self.clock = clock
        self.known = {a.native_id: a for a in accounts if a.native_id}
        """The register's accounts by native id, as far as it is known."""
        self._names = {a.handle.lower(): a for a in accounts}
        self._pseudonyms = pseudonyms
        transport.scrub = self.scrub

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
        body = self.x.get_user(username=account.handle, user_fields=USER_FIELDS)
        page = self._page(account, Stream.PROFILE, body, None)
        user = body.get("data")
        if not user:
            raise _account_error(account, body)
        if user.get("protected"):
            raise LeaveAccountError("protected", f"{account}: {GAP_REASONS['protected']}")
        return page

    def _timeline(self, account: Account, stream: Stream, since: Since) -> Iterator[Page]:
        ask = self.x.get_users_tweets if stream is Stream.TIMELINE else self.x.get_users_mentions
        # the place to go on from is the number of posts before it, which tells when X's cap is met, and X's token
        before, _, token = (since.resume or "").partition(" ")
        count = int(before or 0)
        while True:
            body = ask(
                account.native_id,
                max_results=100,
                since_id=since.bookmark,
                pagination_token=token or None,
                tweet_fields=FIELDS,
                expansions=EXPANSIONS,
                user_fields=["id", "username"],
            )
            meta, posts = body.get("meta") or {}, _list(body.get("data"))
            if not posts and not meta and body.get("errors"):
                raise _account_error(account, body)
            reached = since.bookmark and any(int(p["id"]) <= int(since.bookmark) for p in posts)
            token = "" if reached else meta.get("next_token") or ""
            count += len(posts)
            gap = None if token or reached or count < CAPS[stream] else _cap(stream, posts)
            place = f"{count} {token}" if token else None
            yield self._page(account, stream, body, place, newest=_newest(posts), gap=gap)
            if place is None:
                return

    def _threads(self, account: Account, since: Since) -> Iterator[Page]:
        """Search conversations one by one; the place to go on from is the conversation after."""
        threads = since.threads_left(since.resume)
        for thread, after in zip_longest(threads, threads[1:]):
            token = None
            while True:
                body = self.x.search_recent_tweets(
                    f"conversation_id:{thread}",
                    max_results=100,
                    next_token=token,
                    tweet_fields=FIELDS,
                    expansions=EXPANSIONS,
                    user_fields=["id", "username"],
                )
                token = (body.get("meta") or {}).get("next_token")
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
        reply = self.x.transport.reply
        return Page(
            account=account,
            stream=stream,
            url=reply.url,
            fetched_at=self.clock(),
            body=json.dumps(body, ensure_ascii=False, sort_keys=True).encode(errors="replace"),
            resume=resume,
            newest=newest,
            api_version=reply.headers.get("api-version"),
            gaps=(gap,) if gap else (),
        )

    # --- taking people out ---

    def scrub(self, body: Json) -> Json:
        """Keep what an audit needs of an answer, with pseudonyms for everyone who is not in the register."""
        if not isinstance(body, dict):
            return None
        included = body.get("includes") or {}
        users = [*_list(included.get("users")), *(u for u in _list(body.get("data")) if "username" in u)]
        posts = [p for p in _list(body.get("data")) if "username" not in p]
        around = _list(included.get("tweets")) + _list(included.get("posts"))
        for user in users:
            if (account := self._names.get(str(user["username"]).lower())) is not None:
                self.known[str(user["id"])] = account
        ids = {str(u["username"]).lower(): str(u["id"]) for u in users}
        ids |= {
            str(m["username"]).lower(): str(m["id"])
            for post in posts + around
            for m in _list((post.get("entities") or {}).get("mentions"))
            if "id" in m and "username" in m
        }
        clean = {k: body[k] for k in ("title", "type", "status", "detail", "meta") if k in body}
        if "data" in body:
            cleaned = [self._user(d) if "username" in d else self._post(d, ids) for d in _list(body["data"])]
            clean["data"] = cleaned if isinstance(body["data"], list) else next(iter(cleaned), None)
        if included:
            clean["includes"] = {
                "users": [self._user(u) for u in _list(included.get("users"))],
                "posts": [self._post(p, ids) for p in around],
            }
        if body.get("errors"):
            clean["errors"] = [
                {k: e[k] for k in ("title", "type", "parameter", "resource_type") if k in e}
                | {"parameters": sorted(e.get("parameters") or ())}
                for e in _list(body["errors"])
            ]
        return clean

    def _person(self, native: object) -> str:
        return str(native) if str(native) in self.known else self._pseudonyms.author(self.name, str(native))

    def _user(self, user: Mapping[str, Any]) -> dict[str, Any]:
        if str(user["id"]) in self.known:
            return {k: user[k] for k in USER_FIELDS if k in user}
        pseudonym = self._person(user["id"])
        return {"id": pseudonym, "username": pseudonym}

    def _post(self, post: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
        by_visitor = str(post.get("author_id")) not in self.known

        def text(words: object) -> str:
            return self._pseudonyms.text(
                self.name, str(words), keep=self._names, ids=ids, by_visitor=by_visitor
            )

        kept = ("id", "created_at", "conversation_id", "reply_settings", "lang", "public_metrics", "source")
        clean = {k: post[k] for k in kept if k in post}
        clean["text"] = text(post.get("text", ""))
        for key in ("author_id", "in_reply_to_user_id"):
            if post.get(key) is not None:
                clean[key] = self._person(post[key])
        if refs := _either(post, "referenced_posts", "referenced_tweets"):
            clean["referenced_posts"] = [{"type": r.get("type"), "id": r.get("id")} for r in refs]
        note = _either(post, "note_post", "note_tweet") or {}
        if note.get("text"):
            clean["note_post"] = {"text": text(note["text"])}
        urls = _list((post.get("entities") or {}).get("urls")) + _list(
            (note.get("entities") or {}).get("urls")
        )
        if urls:
            clean["entities"] = {
                "urls": [{k: text(u[k]) for k in ("url", "expanded_url") if u.get(k)} for u in urls]
            }
        return clean

    # --- reading ---

    def about(self, page: Page) -> Mapping[str, object] | None:
        """Read what X says of the account."""
        if page.stream is not Stream.PROFILE:
            return None
        user = json.loads(page.body)["data"]
        facts = {k: user[k] for k in ("protected", "verified_type") if k in user}
        return {
            "native_id": str(user["id"]),
            "followers": (user.get("public_metrics") or {}).get("followers_count"),
            **facts,
        }

    def posts(self, page: Page) -> Iterator[Post]:
        """Read the posts of a page, and the ones they reply to, which come along."""
        if page.stream is Stream.PROFILE:
            return
        body = json.loads(page.body)
        posts = _list(body.get("data"))
        above = {_reference(p, "replied_to") for p in posts}
        included = [p for p in _list((body.get("includes") or {}).get("posts")) if p.get("id") in above]
        for in_passing, group in ((True, included), (False, posts)):
            for raw in group:
                if raw.get("id") and raw.get("created_at"):
                    yield self._read(raw, page.account, in_passing=in_passing)

    def _read(self, raw: Mapping[str, Any], account: Account, *, in_passing: bool) -> Post:
        parent = _reference(raw, "replied_to")
        writer = self.known.get(str(raw.get("author_id")))
        is_reply = parent is not None or raw.get("in_reply_to_user_id") is not None
        by_agency = writer is not None and writer.agency == account.agency
        return Post(
            native_id=str(raw["id"]),
            created_at=datetime.fromisoformat(raw["created_at"]).astimezone(UTC),
            text=_whole_text(raw),
            by_agency=by_agency,
            thread=str(raw.get("conversation_id") or parent or raw["id"]),
            parent=parent,
            author=writer.handle if writer else raw.get("author_id"),
            kind=Kind.SHARE if _reference(raw, "retweeted") else Kind.COMMENT if is_reply else Kind.POST,
            permalink=f"https://x.com/{writer.handle if writer else 'i'}/status/{raw['id']}",
            client=raw.get("source"),
            counts=_counts(raw.get("public_metrics")),
            reply_setting=raw.get("reply_settings"),
            in_passing=in_passing,
        )


def _list(value: Json) -> list[Any]:
    if value is None:
        return []
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else [value]


def _either(raw: Mapping[str, Any], new: str, legacy: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Read a key in either vocabulary."""
    return raw.get(new, raw.get(legacy))


def _reference(raw: Mapping[str, Any], kind: str) -> str | None:
    return next((str(r["id"]) for r in raw.get("referenced_posts") or () if r["type"] == kind), None)


def _counts(metrics: Mapping[str, Any] | None) -> dict[str, int]:
    """Read what X counts; a post that came along with another may have no counts, which is not zero."""
    if metrics is None:
        return {}
    shares = _either(metrics, "repost_count", "retweet_count")
    counts = {"like": metrics.get("like_count"), "reply": metrics.get("reply_count"), "share": shares}
    return {k: int(n) for k, n in counts.items() if n is not None}


def _whole_text(raw: Mapping[str, Any]) -> str:
    """Give the text uncut, with the addresses that its short links stand for."""
    text = str((raw.get("note_post") or {}).get("text") or raw["text"])
    for url in (raw.get("entities") or {}).get("urls") or ():
        if "expanded_url" in url:
            text = text.replace(url["url"], url["expanded_url"])
    return text


def _newest(posts: list[Any]) -> str | None:
    return str(max((int(p["id"]) for p in posts), default="")) or None


def _cap(stream: Stream, posts: list[Any]) -> Gap:
    oldest = min((p["created_at"] for p in posts if p.get("created_at")), default=None)
    until = datetime.fromisoformat(oldest) if oldest else None
    return Gap(stream=stream, reason="cap", until=until, detail=f"X shows the newest {CAPS[stream]}")


def _account_error(account: Account, body: Mapping[str, Any]) -> CouldNotLookError:
    """Read type and title together: a suspended account has the type of a missing one."""
    title = str(next((e.get("title") for e in _list(body.get("errors"))), ""))
    reason = {"Forbidden": "suspended", "Authorization Error": "protected"}.get(title, "not_found")
    return LeaveAccountError(reason, f"{account}: {GAP_REASONS[reason]}")
