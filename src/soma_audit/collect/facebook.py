"""Facebook Pages: `pages` asks the Graph API through facebook-sdk, `posts` reads what came, pure.

An outside token sees less than a Page's own, and often with HTTP 200: comments without ids, without names, or fewer
than counted. What a token does not show is kept apart from what is not there.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import facebook

from soma_audit.collect.graph import GraphSession, TooMuchError, marks, next_page, place_of
from soma_audit.collect.network import LostPlaceError
from soma_audit.collect.trail import Trail
from soma_audit.errors import LeaveAccountError, LeaveStreamError
from soma_audit.model import GAP_REASONS, Account, Kind, Page, Post, Since, Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import timedelta

    from soma_audit.collect.pseudonyms import Pseudonyms
    from soma_audit.collect.transport import Json

COMMENT_FIELDS = (
    "id,from,message,message_tags,created_time,parent{id},comment_count,can_comment,is_hidden,permalink_url"
)
POST_FIELDS = (
    "id,message,message_tags,status_type,created_time,permalink_url,from,application,attachments{title,unshimmed_url},"
    "shares,reactions.summary(true).limit(0),"
    f"comments.filter(stream).order(chronological).summary(true).limit(25){{{COMMENT_FIELDS}}}"
)
PAGE_FIELDS = "id,name,username,fan_count,is_published,has_transitioned_to_new_page_experience"
EDGES = {Stream.TIMELINE: "published_posts", Stream.VISITOR_POSTS: "feed"}
CURSORS = ("after", "until", "__paging_token")


class Facebook:
    """Facebook Pages as a network."""

    name = "facebook"

    def __init__(
        self,
        session: GraphSession,
        version: str,
        accounts: list[Account],
        pseudonyms: Pseudonyms,
        clock: Callable[[], datetime],
        *,
        page_settings: bool,
        revisit: timedelta,
    ) -> None:
        self.session = session
        self.graph = facebook.GraphAPI(access_token="in the header", session=session)  # noqa: S106 - not a token
        self.graph.version = version  # the constructor knows no version after 3.1
        settings = (Stream.SETTINGS,) if page_settings else ()
        self.streams = (Stream.PROFILE, *settings, Stream.TIMELINE, Stream.VISITOR_POSTS, Stream.COMMENTS)
        self.clock = clock
        here = [
            a for a in accounts if a.network == self.name
        ]  # the same id is somebody else's on another network
        self.known = {a.native_id: a for a in here if a.native_id}
        self._names = {a.handle.lower(): a for a in here}
        self._pseudonyms = pseudonyms
        self._revisit = revisit
        self._most: dict[str, int] = {}
        """How large a page of an edge may be, once larger ones have been too much."""
        session.transport.scrub = self.scrub

    # --- asking ---

    def pages(self, account: Account, stream: Stream, since: Since) -> Iterator[Page]:
        """Ask for a stream's pages, newest first."""
        if stream is Stream.PROFILE:
            yield self._profile(account)
        elif stream is Stream.SETTINGS:
            body = self.graph.get_connections(account.native_id, "settings")
            yield self._page(account, stream, body, None)
        elif stream is Stream.COMMENTS:
            yield from self._comments(account, since)
        else:
            yield from self._feed(account, stream, since)

    def _profile(self, account: Account) -> Page:
        try:
            body = self.graph.get_object(account.handle, fields=PAGE_FIELDS)
        except LeaveStreamError as error:
            # no such page and no permission are the same answer: never say that a page does not exist
            raise LeaveAccountError(error.reason, f"{account}: {GAP_REASONS[error.reason]}") from error
        self.known[str(body["id"])] = account
        return self._page(account, Stream.PROFILE, body, None)

    def _feed(self, account: Account, stream: Stream, since: Since) -> Iterator[Page]:
        """Walk a feed to its end; it is ranked, so an old post does not mean that the rest is older."""
        start = datetime.fromisoformat(since.bookmark) - self._revisit if since.bookmark else None
        cursor = json.loads(since.resume) if since.resume else {}
        trail, place = Trail("Facebook", since.resume), since.resume
        while True:
            body = self._ask(
                f"{account.native_id}",
                EDGES[stream],
                limit=25,
                fields=POST_FIELDS,
                since=start and int(start.timestamp()),
                **cursor,
            )
            cursor = next_page(body)
            trail.step(marks(body), place_of(cursor))
            newest = max((p["created_time"] for p in body["data"] if p.get("created_time")), default=None)
            if body["data"] or not cursor:  # the place after an empty page may lead nowhere
                place = place_of(cursor)
            yield self._page(account, stream, body, place, newest=newest)
            if not cursor:
                return

    def _comments(self, account: Account, since: Since) -> Iterator[Page]:
        """Read the comments that did not come with their posts; the place to go on from is post and cursor."""
        post, cursor = json.loads(since.resume) if since.resume else (None, {})
        threads = since.threads_left(post)
        refused: list[LeaveStreamError] = []
        for thread, after in zip_longest(threads, threads[1:]):
            try:
                yield from self._thread(account, thread, after, cursor if thread == post else {})
            except LeaveStreamError as error:
                if error.reason != "not_found" or isinstance(error, LostPlaceError):
                    raise
                refused.append(error)  # this post may have been deleted; the others are still to be read
        if refused and len(refused) == len(threads):
            raise refused[0]

    def _thread(
        self, account: Account, thread: str, after: str | None, cursor: Mapping[str, str]
    ) -> Iterator[Page]:
        trail = Trail("Facebook", place_of(cursor))
        while True:
            body = self._ask(
                thread,
                "comments",
                limit=100,
                fields=COMMENT_FIELDS,
                filter="stream",
                order="chronological",
                summary=1,
                **cursor,
            )
            body["of"] = thread
            cursor = next_page(body)
            trail.step(marks(body), place_of(cursor))
            place = (thread, cursor) if cursor else (after, {}) if after else None
            yield self._page(account, Stream.COMMENTS, body, json.dumps(place) if place else None)
            if not cursor:
                return

    def _ask(self, node: str, edge: str, *, limit: int, **params: Any) -> dict[str, Any]:  # noqa: ANN401 - Graph's parameters
        while True:
            limit = min(limit, self._most.get(edge, limit))
            try:
                body: dict[str, Any] = self.graph.get_connections(node, edge, limit=limit, **params)
            except TooMuchError as error:
                if limit == 1:
                    raise LeaveStreamError("unreachable", f"Facebook: {error}") from None
                self._most[edge] = limit // 2
            else:
                return {**body, "data": body.get("data") or []}

    def _page(
        self, account: Account, stream: Stream, body: Json, resume: str | None, *, newest: str | None = None
    ) -> Page:
        reread = stream in {Stream.TIMELINE, Stream.VISITOR_POSTS, Stream.COMMENTS}
        page = self.session.transport.page
        return page(account, stream, body, resume, fetched_at=self.clock(), newest=newest, reread=reread)

    # --- taking people out ---

    def scrub(self, body: Json) -> Json:
        """Keep what an audit needs of an answer, with pseudonyms for everyone who is not in the register."""
        if not isinstance(body, dict):
            return body
        if isinstance(body.get("data"), list):
            kept = {k: body[k] for k in ("paging", "summary") if k in body}
            return {
                "data": [d if "setting" in d else self._post(d) for d in body["data"]],
                **self._paging(kept),
            }
        return body

    def _paging(self, body: dict[str, Any]) -> dict[str, Any]:
        """Keep the place of the next page, not its URL: that carries the token."""
        if (paging := body.get("paging")) is not None:
            body["paging"] = {k: paging[k] for k in ("cursors", "next") if k in paging}
            if "next" in paging:
                query = parse_qs(urlsplit(str(paging["next"])).query)
                body["paging"]["next"] = (
                    {k: query[k][0] for k in CURSORS if k in query}
                    if isinstance(paging["next"], str)
                    else paging["next"]
                )
        return body

    def _post(self, post: Mapping[str, Any]) -> dict[str, Any]:
        """Clean a post or a comment, and the comments under it."""
        writer = post.get("from") or {}
        kept = (
            "id",
            "status_type",
            "created_time",
            "application",
            "shares",
            "parent",
            "comment_count",
            "can_comment",
            "is_hidden",
        )
        clean = {k: post[k] for k in kept if k in post}
        if "id" in writer:
            clean["from"] = {"id": self._person(str(writer["id"]))}
        if post.get("message") is not None:
            clean["message"] = self._message(post, by_visitor=str(writer.get("id")) not in self.known)
        if post.get("permalink_url"):
            clean["permalink_url"] = self._permalink(str(post["permalink_url"]))
        if links := _links(post):
            clean["attachments"] = {"data": [{"unshimmed_url": u} for u in links]}
        if post.get("reactions"):
            clean["reactions"] = {"summary": (post["reactions"].get("summary") or {})}
        if post.get("comments"):
            under = post["comments"]
            clean["comments"] = self._paging({k: under[k] for k in ("paging", "summary") if k in under})
            clean["comments"]["data"] = [self._post(c) for c in under.get("data") or ()]
        return clean

    def _person(self, native: str) -> str:
        return native if native in self.known else self._pseudonyms.author(self.name, native)

    def _message(self, post: Mapping[str, Any], *, by_visitor: bool) -> str:
        """Put pseudonyms for the people tagged in a message, from its end, so that the places stay right."""
        text = str(post["message"])
        tags = post.get("message_tags") or []
        tags = [t for group in tags.values() for t in group] if isinstance(tags, dict) else tags
        people = [t for t in tags if t.get("id") and str(t["id"]) not in self.known]
        for tag in sorted(people, key=lambda t: -int(t.get("offset") or 0)):
            start = int(tag.get("offset") or 0)
            end = start + int(tag.get("length") or 0)
            if tag.get("name") in {None, text[start:end]}:
                text = f"{text[:start]}@{self._person(str(tag['id']))}{text[end:]}"
        for tag in people:  # whatever the places are counted in, the name must go
            text = text.replace(tag.get("name") or "\0", f"@{self._person(str(tag['id']))}")
        return self._pseudonyms.text(self.name, text, keep=self._names, by_visitor=by_visitor)

    def _permalink(self, url: str) -> str:
        """Keep an address below a Page of the register; another one may name its writer, so only its query stays."""
        owner = urlsplit(url).path.strip("/").partition("/")[0]
        if owner in self.known or owner.lower() in self._names:
            return url
        pairs = [(k, v) for k, v in parse_qsl(urlsplit(url).query) if k != "id" or v in self.known]
        return f"https://www.facebook.com/{owner if owner.endswith('.php') else ''}?{urlencode(pairs)}"

    # --- reading ---

    def about(self, page: Page) -> Mapping[str, object] | None:
        """Read what Facebook says of the Page."""
        body = json.loads(page.body)
        if page.stream is Stream.PROFILE:
            facts = {
                k: body[k] for k in ("is_published", "has_transitioned_to_new_page_experience") if k in body
            }
            return {"native_id": str(body["id"]), "followers": body.get("fan_count"), **facts}
        if page.stream is Stream.SETTINGS:
            return {"settings": {s["setting"]: s.get("value") for s in body["data"]}}
        return None

    def posts(self, page: Page) -> Iterator[Post]:
        """Read the posts of a page, each followed by the comments that came with it."""
        if page.stream in {Stream.PROFILE, Stream.SETTINGS}:
            return
        body = json.loads(page.body)
        if page.stream is Stream.COMMENTS:
            yield from (self._comment(c, str(body["of"]), page.account) for c in _dated(body))
            return
        for raw in _dated(body):
            if not raw.get("id"):
                continue
            post = self._read(raw, page.account)
            yield post
            for comment in _dated(raw.get("comments") or {}):
                yield self._comment(comment, post.native_id, page.account)

    def _read(self, raw: Mapping[str, Any], account: Account) -> Post:
        native_id = str(raw["id"]) if "_" in str(raw["id"]) else f"{account.native_id}_{raw['id']}"
        comments = (raw.get("comments") or {}).get("summary") or {}
        by_agency = self._by_agency(raw, account)
        return Post(
            native_id=native_id,
            created_at=_time(raw["created_time"]),
            text=_text(raw),
            by_agency=False if by_agency is None and raw.get("status_type") == "wall_post" else by_agency,
            thread=native_id,
            author=account.handle if by_agency else (raw.get("from") or {}).get("id"),
            kind=Kind.SHARE
            if raw.get("status_type") == "shared_story" and not raw.get("message")
            else Kind.POST,
            permalink=raw.get("permalink_url"),
            client=(raw.get("application") or {}).get("name"),
            counts={
                "like": int(((raw.get("reactions") or {}).get("summary") or {}).get("total_count") or 0),
                "reply": int(comments.get("total_count") or 0),
                "share": int((raw.get("shares") or {}).get("count") or 0),
            },
            reply_setting=_can_comment(comments),
        )

    def _comment(self, raw: Mapping[str, Any], thread: str, account: Account) -> Post:
        native_id, parent = comment_ids(raw, thread)
        by_agency = self._by_agency(raw, account)
        return Post(
            native_id=native_id,
            created_at=_time(raw["created_time"]),
            text=raw.get("message") or "",
            by_agency=by_agency,
            thread=thread,
            parent=parent,
            author=account.handle if by_agency else (raw.get("from") or {}).get("id"),
            kind=Kind.COMMENT,
            permalink=raw.get("permalink_url"),
            counts={"reply": int(raw.get("comment_count") or 0)},
            reply_setting=_can_comment(raw),
        )

    def _by_agency(self, raw: Mapping[str, Any], account: Account) -> bool | None:
        writer = (raw.get("from") or {}).get("id")
        if writer is None:
            return None
        return str(writer) in self.known and self.known[str(writer)].agency == account.agency


def comment_ids(raw: Mapping[str, Any], thread: str) -> tuple[str, str]:
    """Find a comment's id and its parent's. Outside tokens get no ids: the permalink carries them."""
    post = thread.rpartition("_")[2]
    query = parse_qs(urlsplit(str(raw.get("permalink_url", ""))).query)
    top, reply = (query.get(k, [""])[0] for k in ("comment_id", "reply_comment_id"))
    parent = (raw.get("parent") or {}).get("id") or (f"{post}_{top}" if reply else thread)
    if raw.get("id"):
        return str(raw["id"]), str(parent)
    if reply or top:
        return f"{post}_{reply or top}", str(parent)
    digest = hashlib.sha256(f"{raw.get('created_time')} {raw.get('message')}".encode()).hexdigest()
    return f"{post}_x{digest[:12]}", str(parent)


def _dated(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [raw for raw in body.get("data") or () if raw.get("created_time")]


def _time(text: str) -> datetime:
    return datetime.fromisoformat(re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", text)).astimezone(UTC)


def _text(raw: Mapping[str, Any]) -> str:
    """Give the message, and the address it links to where that does not stand in it."""
    message = str(raw.get("message") or "")
    link = next(iter(_links(raw)), "")
    return message if link in message else f"{message} {link}".strip()


def _links(raw: Mapping[str, Any]) -> list[str]:
    """Give the addresses a post links to; titles and those within Facebook may name people, and tell us nothing."""
    links = [a.get("unshimmed_url") for a in (raw.get("attachments") or {}).get("data") or ()]
    return [str(u) for u in links if u and "facebook.com" not in u]


def _can_comment(raw: Mapping[str, Any]) -> str | None:
    """Say whether the token's holder may comment, which is not whether anyone may."""
    said = raw.get("can_comment")
    return None if said is None else "can_comment" if said else "cannot_comment"
