"""Facebook Pages: `pages` asks the Graph API through facebook-sdk, `posts` reads what came, pure.

An outside token sees less than a Page's own, and often with HTTP 200: comments without ids, without names, or fewer
than counted. What a token does not show is kept apart from what is not there.
"""

from __future__ import annotations

import json
import re
import threading
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from soma_audit.collect.cycle_detection import CycleDetector
from soma_audit.collect.facebook.graph import (
    GraphSession,
    TooMuchError,
    UnknownFieldError,
    next_page,
    page_fingerprint,
    place_of,
)
from soma_audit.collect.facebook.people import not_public
from soma_audit.collect.facebook.posts import graph_time, is_whole, notices, posts
from soma_audit.collect.network import LostPlaceError, NotThereError
from soma_audit.collect.token_kind import Token
from soma_audit.errors import NotReadableError, SkipAccountError, SkipStreamError
from soma_audit.labels import GAP_REASONS
from soma_audit.model import Account, Gap, Notices, Page, Post, Since, Stream, TokenKind
from soma_audit.networks import AHEAD

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its non-raw regex, told when it is first compiled: on every new machine
    import facebook

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterator, Mapping
    from datetime import datetime, timedelta

    from soma_audit.collect.facebook.people import FacebookPeople
    from soma_audit.collect.transport import Json

COMMENT_FIELDS = (
    "id,from,message,message_tags,created_time,parent{id},comment_count,can_comment,is_hidden,permalink_url"
)
POST_FIELDS = (
    "id,message,message_tags,status_type,created_time,updated_time,permalink_url,from,application,is_published,is_hidden,"
    "is_expired,privacy,targeting,attachments{title,unshimmed_url},shares,reactions.summary(true).limit(0),"
    f"comments.filter(stream).order(chronological).summary(true).limit(25){{{COMMENT_FIELDS}}}"
)
PAGE_FIELDS = "id,name,username,website,fan_count,is_published,has_transitioned_to_new_page_experience"
LEAN_FIELDS = re.sub(r"comments\..*", "comments.filter(stream).summary(true).limit(0)", POST_FIELDS)
"""Without the comments, which the stream of their own then brings."""
NEEDED_FIELDS = frozenset({"id", "message", "created_time", "from", "is_published", "comments", "parent"})
"""Without these nothing can be read aright; of the others Graph may refuse one, to some tokens or in a later version."""
ONE_THREADS = frozenset({"not_found", "unreachable", "damaged"})
"""Reasons for which the comments of a single post may not be had, while those of others can."""
EDGES = {Stream.TIMELINE: "published_posts", Stream.VISITOR_POSTS: "feed"}


class Facebook:
    """Facebook Pages as a network."""

    name = "facebook"

    def __init__(
        self,
        session: GraphSession,
        version: str,
        people: FacebookPeople,
        clock: Callable[[], datetime],
        *,
        page_settings: bool,
        revisit: timedelta,
        find_token: Callable[[], Token],
    ) -> None:
        self.session = session
        self.graph = facebook.GraphAPI(access_token="in the header", session=session)  # noqa: S106 - not a token
        self.graph.version = version  # the constructor knows no version after 3.1
        settings = (Stream.SETTINGS,) if page_settings else ()
        self.streams = (Stream.PROFILE, *settings, Stream.TIMELINE, Stream.VISITOR_POSTS, Stream.COMMENTS)
        self.clock = clock
        self._people = people
        self.known = people.known
        """The register's Pages by native id, as far as it is known."""
        self._revisit = revisit
        self._find_token = find_token
        self._token: Token | None = None
        self.token_error: NotReadableError | ValueError | None = None
        """Why the token's kind is not known, once it has been asked for."""
        self._one_asks = threading.Lock()
        self._most: dict[str, int] = {}
        """How large a page of an edge may be, once larger ones have been too much."""
        self._lean: set[str] = set()
        """Edges of which one post with its comments was too much."""
        self._refused_fields: frozenset[str] = frozenset()
        """Fields that Graph did not know; each fails a whole request, so it is not asked for again."""

    # --- asking ---

    def pages(self, account: Account, stream: Stream, since: Since) -> Iterator[Page]:
        """Ask for a stream's pages, newest first."""
        if stream is Stream.PROFILE:
            yield self._profile(account)
        elif stream is Stream.SETTINGS:
            body = self.graph.get_connections(account.native_id, "settings")
            if body.get("data"):  # none at all is no word that they have changed
                yield self._page(account, stream, body, None)
        elif stream is Stream.COMMENTS:
            yield from self._comments(account, since)
        elif stream is Stream.VISITOR_POSTS:
            gap = yield from self._visitors_own_edge(account, since)
            yield from self._feed(account, stream, since, gap)
        else:
            yield from self._feed(account, stream, since)

    def token(self) -> Token:
        """Return what kind of token it is; Facebook is asked once, by whichever thread is first."""
        with self._one_asks:
            if self._token is None:
                try:
                    self._token = self._find_token()
                except (NotReadableError, ValueError) as error:
                    self._token, self.token_error = Token(kind=TokenKind.UNKNOWN), error
            return self._token

    def _profile(self, account: Account) -> Page:
        self.token()  # first of all: what an answer means hangs on it
        body, renamed_to = self._page_node(account)
        if body.get("is_published") is False:
            raise SkipAccountError("unpublished", f"{account}: {GAP_REASONS['unpublished']}")
        self.known[str(body["id"])] = account
        return replace(self._page(account, Stream.PROFILE, body, None), renamed_to=renamed_to)

    def _page_node(self, account: Account) -> tuple[dict[str, Any], str | None]:
        """Return what Facebook says of a Page, and its name where that is another one than the register's.

        Asked for by its id, which never changes, where somebody else or nobody has the register's name.
        """
        try:
            body: dict[str, Any] = self.graph.get_object(account.handle, fields=PAGE_FIELDS)
        except SkipStreamError as error:
            # no such page and no permission are the same answer: never say that a page does not exist
            by_id = self._by_id(account) if account.native_id and error.reason == "not_found" else None
            if by_id is None:
                raise SkipAccountError(error.reason, f"{account}: {GAP_REASONS[error.reason]}") from error
        else:
            if account.native_id in {None, str(body["id"])}:
                return body, None
            by_id = self._by_id(account)
            if by_id is None:
                raise SkipAccountError("renamed", f"{account}: {GAP_REASONS['renamed']}")
            if _same_name(str(by_id.get("username") or ""), account.handle):
                return by_id, None  # a Page has two ids, and answers to both
        renamed_to = str(by_id.get("username") or by_id["id"])
        self._people.call(account, renamed_to)
        return by_id, renamed_to

    def _by_id(self, account: Account) -> dict[str, Any] | None:
        try:
            body: dict[str, Any] = self.graph.get_object(account.native_id, fields=PAGE_FIELDS)
        except SkipStreamError:
            return None
        return body

    def _visitors_own_edge(self, account: Account, since: Since) -> Generator[Page, None, Gap | None]:
        """Ask for the newest posts that are visitors' beyond doubt, which only the Page's own token may.

        They stand in the feed too. What matters is Facebook's word that this Page has no visitors' posts: a gap. Any
        other refusal is no loss.
        """
        if self.token().towards(account.native_id) is not TokenKind.PAGE:
            return None
        try:
            body = self._ask(str(account.native_id), "visitor_posts", most=25, fields=POST_FIELDS)
        except SkipStreamError as error:
            unsupported = error.reason == "not_supported"
            return Gap(stream=Stream.VISITOR_POSTS, reason=error.reason) if unsupported else None
        yield self._page(account, Stream.VISITOR_POSTS, body, since.resume)
        return None

    def _feed(self, account: Account, stream: Stream, since: Since, gap: Gap | None = None) -> Iterator[Page]:
        """Walk a feed to its end; it is ranked, so an old post does not mean that the rest is older."""
        start = since.start(self._revisit)
        cursor = json.loads(since.resume) if since.resume else {}
        cycle_detector, place = CycleDetector("Facebook", since.resume), since.resume
        is_empty = since.resume is None
        while True:
            body = self._ask(
                f"{account.native_id}",
                EDGES[stream],
                most=25,
                fields=POST_FIELDS,
                since=start and int(start.timestamp()),
                **cursor,
            )
            cursor = next_page(body)
            cycle_detector.step(page_fingerprint(body), place_of(cursor))
            is_empty = is_empty and not body["data"]
            if body["data"] or not cursor:  # the place after an empty page may lead nowhere
                place = place_of(cursor)
            if not cursor and gap is None:
                gap = next(iter(since.history_gap(stream)), None)
            yield self._page(
                account, stream, body, place, newest=_newest(body, self.clock()), gap=gap, start=start
            )
            if not cursor:
                break
        if is_empty and start:
            # that there is nothing left in the span is only believed of an edge that shows something older
            body = self._ask(str(account.native_id), EDGES[stream], most=1, fields=POST_FIELDS)
            yield self._page(account, stream, body, None, gap=gap, start=start)

    def _comments(self, account: Account, since: Since) -> Iterator[Page]:
        """Read the comments that did not come with their posts; the place to go on from is post and cursor."""
        post, cursor = json.loads(since.resume) if since.resume else (None, {})
        threads = since.threads_left(post)
        refused: dict[str, SkipStreamError] = {}
        for before, thread, after in zip((None, *threads), threads, (*threads[1:], None), strict=False):
            try:
                yield from self._thread(account, thread, after, cursor if thread == post else {})
            except LostPlaceError:
                raise
            except SkipStreamError as error:
                # it has perhaps been deleted, or cannot be shown; if the next one fails too, something else is wrong
                is_alone = error.reason == "not_found" or before not in refused
                if error.reason not in ONE_THREADS or not is_alone:
                    raise
                refused[thread] = error
        if refused and len(refused) == len(threads):
            first = next(iter(refused.values()))
            if first.reason != "not_found" or not self._reads_comments(account):
                raise first
        for thread, refusal in refused.items():  # the same token reads others
            yield self._refused(account, thread, refusal)

    def _refused(self, account: Account, thread: str, refusal: SkipStreamError) -> Page:
        """Make the page that says that a thread was asked for in vain: it is not there, or there is no telling why."""
        body = {"of": thread, "data": [], "refused": str(refusal)}
        told, gap = Notices(refused_threads=(thread,)), None
        if isinstance(refusal, NotThereError):
            told = replace(told, missing=(thread,))
        else:
            detail = f"the comments under post {thread} ({refusal})"
            gap = Gap(stream=Stream.COMMENTS, reason="unreachable", detail=detail)
        page = self._page(account, Stream.COMMENTS, body, None, gap=gap)
        return replace(page, url=f"refused:{thread}/comments", notices=told)

    def _reads_comments(self, account: Account) -> bool:
        """Return whether the newest post shows comments: "no such post" and "no permission" are the same answer."""
        try:
            newest = self._ask(str(account.native_id), EDGES[Stream.TIMELINE], most=1, fields="id")["data"]
            for post in newest:
                self._ask(post["id"], "comments", most=1)
        except SkipStreamError:
            return False
        return bool(newest)

    def _thread(
        self, account: Account, thread: str, after: str | None, cursor: Mapping[str, str]
    ) -> Iterator[Page]:
        cycle_detector, shown = CycleDetector("Facebook", place_of(cursor)), 0
        while True:
            body = self._ask(
                thread,
                "comments",
                most=100,
                fields=COMMENT_FIELDS,
                filter="stream",
                order="chronological",
                summary=1,
                **cursor,
            )
            body["of"] = thread
            cursor = next_page(body)
            cycle_detector.step(page_fingerprint(body), place_of(cursor))
            place = (thread, cursor) if cursor else (after, {}) if after else None
            page = self._page(account, Stream.COMMENTS, body, json.dumps(place) if place else None)
            if not cursor:
                whole = (thread,) if is_whole(body, shown) else ()
                page = replace(page, notices=Notices(read_threads=(thread,), whole_threads=whole))
            shown += len(body["data"])
            yield page
            if not cursor:
                return

    def _ask(self, node: str, edge: str, *, most: int, **params: Any) -> dict[str, Any]:  # noqa: ANN401 - Graph's parameters
        while True:
            limit = min(most, self._most.get(edge, most))
            fields = params.get("fields")
            if edge in self._lean and fields == POST_FIELDS:
                fields = LEAN_FIELDS
            refused = self._refused_fields  # other threads may learn of more meanwhile
            asked = {**params, "fields": fields and without_fields(fields, refused)}
            try:
                body: dict[str, Any] = self.graph.get_connections(node, edge, limit=limit, **asked)
            except UnknownFieldError as error:
                if error.field in {"", *NEEDED_FIELDS, *refused}:
                    raise
                self._refused_fields |= {error.field}
            except TooMuchError as error:
                if limit > 1:
                    self._most[edge] = limit // 2
                elif fields == POST_FIELDS:
                    self._lean.add(edge)
                    del self._most[edge]
                else:
                    raise SkipStreamError("unreachable", f"Facebook: {error}") from None
            else:
                if not isinstance(body.get("data"), list):
                    raise SkipStreamError("damaged", f"Facebook answered for {edge} without a list of posts")
                return body

    def _page(
        self,
        account: Account,
        stream: Stream,
        body: Json,
        resume: str | None,
        *,
        newest: str | None = None,
        gap: Gap | None = None,
        start: datetime | None = None,
    ) -> Page:
        reread = stream in {Stream.TIMELINE, Stream.VISITOR_POSTS, Stream.COMMENTS}
        undated = sum(not raw.get("created_time") for raw in body.get("data") or ()) if reread else 0
        damage = Gap(stream=stream, reason="damaged", detail=f"{undated} without a date") if undated else None
        own = str(body["id"]) if stream is Stream.PROFILE else account.native_id
        return self.session.transport.page(
            account,
            stream,
            body,
            resume,
            fetched_at=self.clock(),
            newest=newest,
            notices=notices(body, account) if stream in EDGES else Notices(),
            reread=reread,
            reread_from=start,
            gaps=tuple(g for g in (gap, damage) if g),
            token_kind=self.token().towards(own),
        )

    # --- reading ---

    def about(self, page: Page) -> Mapping[str, object] | None:
        """Read what Facebook says of the Page."""
        body = json.loads(page.body)
        if page.stream is Stream.PROFILE:
            facts = {
                k: body[k]
                for k in ("is_published", "has_transitioned_to_new_page_experience", "links")
                if k in body
            }
            return {"native_id": str(body["id"]), "followers": body.get("fan_count"), **facts}
        if page.stream is Stream.SETTINGS:
            return {"settings": {s["setting"]: s.get("value") for s in body["data"]}}
        return None

    def posts(self, page: Page) -> Iterator[Post]:
        """Read the posts of a page, each followed by the comments that came with it."""
        if page.stream not in {Stream.PROFILE, Stream.SETTINGS}:
            yield from posts(json.loads(page.body), page.account, page.stream, self.known)


def without_fields(fields: str, refused: Collection[str]) -> str:
    """Return a list of fields without some, wherever they stand, each with what is nested in it."""
    for name in refused:
        fields = re.sub(rf"(?<![\w.]){name}(?:\.\w+\([^)]*\))*(?:\{{[^{{}}]*\}})?(?=[,}}]|$)", "", fields)
    return re.sub(r"^,+|,+(?=[,}]|$)|(?<=\{),+", "", fields)


def _same_name(one: str, other: str) -> bool:
    """Return whether two names lead to the same Page: Facebook heeds neither capitals nor dots."""
    return one.replace(".", "").lower() == other.replace(".", "").lower()


def _newest(body: Mapping[str, Any], now: datetime) -> str | None:
    """Return when the newest post was written: up to there the feed is read. An impossible time would end all reading."""
    written = [p["created_time"] for p in body["data"] if p.get("created_time") and not not_public(p)]
    return max((w for w in written if graph_time(w) <= now + AHEAD), default=None)
