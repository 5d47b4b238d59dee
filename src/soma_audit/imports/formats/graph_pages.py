"""Answers of Facebook's Graph API that somebody has saved: posts and comments as the API sends them.

What the network itself brings goes the same way: people are taken out by `FacebookPeople.scrub`, posts are read by
`facebook_posts`. An answer does not say what was asked; the address of its next page does, and otherwise the posts do.
Only people's pseudonyms, words and ids that are numbers go on from here; the tokens in those addresses do not.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs

from soma_audit.collect.facebook import posts as facebook_posts
from soma_audit.collect.facebook.people import NEVER_PUBLIC, not_public
from soma_audit.imports.context import NOBODYS
from soma_audit.imports.formats.facebook_rows import owner_in, parts_of, post_in
from soma_audit.imports.reader import LOOKED_AT, Reader, each
from soma_audit.imports.record import BadRecordError, Broken, NotPublic
from soma_audit.imports.sources.json import json_records
from soma_audit.model import Stream

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from soma_audit.imports.reader import Sample
    from soma_audit.imports.record import Found
    from soma_audit.imports.sources.opened import Source
    from soma_audit.model import Account

EDGES: Mapping[str, Stream] = {
    "published_posts": Stream.TIMELINE,
    "posts": Stream.TIMELINE,
    "feed": Stream.VISITOR_POSTS,
    "visitor_posts": Stream.VISITOR_POSTS,
    "tagged": Stream.VISITOR_POSTS,
    "comments": Stream.COMMENTS,
}
"""What the last part of an address asks for. On the feed both stand, so there only a writer tells whose a post is."""
UNSEEN = "posts that the public cannot see (drafts, scheduled, private, expired or hidden)"
_ID = re.compile(r"\d{1,30}(?:_\d{1,30}){0,2}")
_IN_QUERY = re.compile(r"(?:\d{1,30}|pfbid\w{1,200})?")
_PAGE_ID = re.compile(r"\d{1,30}")
_HAS_ZONE = re.compile(r"(?:Z|[+-]\d\d:?\d\d)$")
_PAGES_OWN = frozenset(
    {"username", "fan_count", "followers_count", "link", "category", "is_published", "about"}
)
_NOT_A_PAGES = frozenset({"created_time", "created_at", "timestamp", "text", "message", "public_metrics"})


class _Asked(NamedTuple):
    """What was asked for, as far as that can be told."""

    edge: str = ""
    node: str = ""
    """A Page's id or name, or for comments a post's id."""


class GraphPages(Reader):
    """Reads pages of posts, pages of comments, single posts, and what a Page says of itself."""

    name = "facebook-graph"
    title = "Graph API pages"
    holds = "what the token saw: own posts, visitors' posts, comments"

    @classmethod
    def recognises(cls, sample: Sample) -> bool:
        """Return whether it is one, by the time and the id that only posts of the Graph API have, or by a Page's own fields."""
        value = sample.value
        if not isinstance(value, dict):
            return False
        held = value.get("data")
        if isinstance(held, list):
            return any(_is_post(d) for d in held) or (held == [] and "paging" in value)
        return _is_post(value) or _is_page(value)

    def prepare(self, sources: list[Source]) -> None:
        """Learn Pages' ids from what they say of themselves and from addresses, and count whose posts there are."""
        self.learnt = False
        self.before: Counter[str] = self.context.memory.setdefault(self.name, Counter())
        """What stands before posts' numbers in all files: the id of the Page on whose wall they are, or of a writer."""
        for source in sources:
            for record in islice(json_records(source), LOOKED_AT):
                for asked, entries in _answers(record.value):
                    for entry in entries:
                        if isinstance(entry, dict):
                            self._learn_page(entry)
                            self._learn_from_address(entry, asked)
                            self.before.update(_prefixes(asked, entry))

    def _learn_page(self, entry: Mapping[str, Any]) -> None:
        """Learn the id of a Page that the register knows by name."""
        number, people = entry.get("id"), self.context.people["facebook"]
        if not (_is_page(entry) and isinstance(number, str)) or number in people.known:
            return
        handles = [str(entry.get("username") or ""), owner_in(str(entry.get("link") or ""))]
        account = next((a for h in handles if (a := people.names.get(h.lower()))), None)
        account = account or self.context.by_agency_name("facebook", str(entry.get("name") or ""))
        if account:
            people.add(account, number)

    def _learn_from_address(self, entry: Mapping[str, Any], asked: _Asked) -> None:
        """Learn a Page's id from a post of its own that stands under its name: `100` from `100_501`."""
        people, before = self.context.people["facebook"], str(entry.get("id") or "").rpartition("_")[0]
        names = (asked.node, owner_in(str(entry.get("permalink_url") or "")))
        account = next((a for name in names if (a := people.names.get(name.lower()))), None)
        writer = entry["from"].get("id") if isinstance(entry.get("from"), dict) else None
        is_own = asked.edge not in {"tagged", "visitor_posts", "comments"} and writer in (None, before)
        if account and is_own and _PAGE_ID.fullmatch(before) and before not in people.known:
            people.add(account, before)

    def _learn_named(self) -> None:
        """Take what stands before most of the posts for the id of the account that the user named.

        Only if no post stands on that account's wall by an id that is known: a Page may have two ids, but a second Page
        in the file, or a visitor who tagged the first, is not it.
        """
        self.learnt = True
        people, named = self.context.people["facebook"], self.context.named_on("facebook")
        if named is None or any(people.known[n].id == named.id for n in self.before if n in people.known):
            return
        for number, count in self.before.most_common(1):
            if number not in people.known and count * 2 > self.before.total():
                people.add(named, number)

    def posts(self, value: Any) -> Iterator[Found]:  # noqa: ANN401 - whatever JSON holds
        """Read the posts of an answer, each with the comments that came with it."""
        if not self.learnt:
            self._learn_named()  # after all files have told which Pages they are of
        answers = list(_answers(value))
        if not answers and not _is_page(value):
            yield Broken("is neither a post nor an answer with posts")
        for asked, entries in answers:
            read = partial(self._entry, asked=asked)
            yield from read(value) if entries and entries[0] is value else each(entries, read)

    def _entry(self, raw: Any, asked: _Asked) -> Iterator[Found]:  # noqa: ANN401 - whatever JSON holds
        if not isinstance(raw, dict):
            raise BadRecordError("is not a JSON object")
        if "setting" in raw:
            self.context.kept_out["settings of Pages"] += 1
        elif not _is_page(raw):
            raw = _checked(raw)
            under = _post_above(raw, asked)
            yield from self._comment(raw, under) if under else self._post(raw, asked)

    def _post(self, raw: Mapping[str, Any], asked: _Asked) -> Iterator[Found]:
        account, number = self._whose(raw, asked)
        if account is None:
            self.context.kept_out[NOBODYS] += 1
            return
        people = self.context.people["facebook"]
        before, _, after = str(raw["id"]).rpartition("_")
        if before and before not in people.known:  # what a visitor tagged stands under the visitor's own id
            raw = {**raw, "id": f"{people.person(before)}_{after}"}
        if why := not_public(raw):
            self.context.kept_out[UNSEEN] += 1
            if why in NEVER_PUBLIC:
                by_number = replace(account, native_id=number or account.native_id)
                yield NotPublic(account, facebook_posts.post_id(raw, by_number))
            return
        held = raw.get("comments")
        comments: dict[str, Any] = held if isinstance(held, dict) else {}
        bare = {**raw, "comments": {"summary": comments.get("summary") or {}}}
        writer = (raw.get("from") or {}).get("id")
        ours = people.known.get(str(writer))
        stream = EDGES.get(asked.edge) or (
            Stream.TIMELINE if ours and ours.agency == account.agency else Stream.VISITOR_POSTS
        )
        yield from self._read(bare, account, stream, {}, number)
        thread = str(raw["id"]) if "_" in str(raw["id"]) else f"{number}_{raw['id']}"
        yield from self._under(comments, account, thread)

    def _under(self, comments: Mapping[str, Any], account: Account, thread: str) -> Iterator[Found]:
        """Read the comments that came with a post, and the replies that came with them."""
        held = comments.get("data") or []
        read = partial(self._one_comment, account=account, thread=thread)
        yield from each(held if isinstance(held, list) else [], read, "comment")

    def _one_comment(self, comment: Any, account: Account, thread: str) -> Iterator[Found]:  # noqa: ANN401 - whatever JSON holds
        if not isinstance(comment, dict):
            raise BadRecordError("is not a JSON object")
        comment = {"comment_count": 0, **_checked(comment, needs_id=False)}  # by which a comment is known
        yield from self._read(comment, account, Stream.COMMENTS, {"of": thread})
        replies = comment.get("comments")
        if isinstance(replies, dict) and isinstance(replies.get("data"), list):
            above = {"parent": {"id": comment["id"]}} if "id" in comment else {}
            below = [{**above, **r} if isinstance(r, dict) else r for r in replies["data"]]
            yield from self._under({"data": below}, account, thread)

    def _comment(self, raw: Mapping[str, Any], under: str) -> Iterator[Found]:
        people, writer = self.context.people["facebook"], str((raw.get("from") or {}).get("id"))
        owner, _, number = under.rpartition("_")
        account = people.known.get(owner) or people.names.get(owner.lower())
        if account is None and not owner.isdecimal():  # a number that is not known is another Page's
            account = self.context.named_on("facebook")
        account = account or people.known.get(writer)
        if account is None:
            self.context.kept_out[NOBODYS] += 1
            return
        thread = f"{owner if owner.isdecimal() else self._number_of(account)}_{number}"
        yield from self._one_comment(raw, account, thread)

    def _read(
        self,
        raw: Mapping[str, Any],
        account: Account,
        stream: Stream,
        more: Mapping[str, Any],
        number: str = "",
    ) -> Iterator[Found]:
        """Take people out of a post, and read it as what the network brings is read."""
        people = self.context.people["facebook"]
        body = {**people.scrub({"data": [raw]}), **more}
        by_number = replace(account, native_id=number or account.native_id)
        for post in facebook_posts.posts(body, by_number, stream, people.known):
            yield account, post

    def _whose(self, raw: Mapping[str, Any], asked: _Asked) -> tuple[Account | None, str]:
        """Return on whose wall a post stands, and the network's id of that Page."""
        people, before = self.context.people["facebook"], str(raw["id"]).rpartition("_")[0]
        owner = owner_in(str(raw.get("permalink_url") or ""))
        writer = str((raw.get("from") or {}).get("id") or "")
        for number in (asked.node, before, owner):
            if account := people.known.get(number):
                return account, number
        if account := people.names.get(asked.node.lower()) or people.names.get(owner.lower()):
            return account, before or self._number_of(account)
        if account := people.known.get(writer):
            return account, before or writer
        named = self.context.named_on("facebook")
        is_elsewhere = asked.node.isdecimal()  # on a Page that is not the one named
        if named and not is_elsewhere and (not before or self._is_to_a_page(raw, asked)):
            return named, before or self._number_of(named)
        return None, ""

    def _is_to_a_page(self, raw: Mapping[str, Any], asked: _Asked) -> bool:
        """Return whether it is a visitor's post, which stands under the visitor's own id, and not one of another Page."""
        return (
            asked.edge in {"tagged", "visitor_posts", "feed"}
            or str(raw.get("status_type")) in {"wall_post", "tagged_in_photo"}
            or any(number in self.context.people["facebook"].known for number in _tagged(raw))
        )

    def _number_of(self, account: Account) -> str:
        """Return the Page's id; its name if that is all that is known, since the post's number follows anyway."""
        known = self.context.people["facebook"].known
        return next((n for n, a in known.items() if a.id == account.id), account.handle)


def _answers(value: Any) -> Iterator[tuple[_Asked, list[Any]]]:  # noqa: ANN401 - whatever JSON holds
    """Yield the lists of posts in a value, each with what was asked for."""
    for one in value if isinstance(value, list) else [value]:
        if not isinstance(one, dict):
            continue
        if isinstance(one.get("data"), list):
            yield _asked(one) or _Asked(), one["data"]
        elif _is_page(one):
            yield _Asked(), [one]
            for edge in sorted(EDGES.keys() - {"comments"}):
                held = one.get(edge)
                if isinstance(held, dict) and isinstance(held.get("data"), list):
                    yield _Asked(edge, str(one["id"])), held["data"]
        elif _is_post(one):
            yield _Asked(), [one]


def _asked(answer: Mapping[str, Any]) -> _Asked | None:
    """Read from the address of the next page what was asked for; nothing else of it is used."""
    paging = answer.get("paging")
    for way in ("next", "previous"):
        url = paging.get(way) if isinstance(paging, dict) else None
        if isinstance(url, str) and "://" in url:
            parts = parts_of(url).path.strip("/").split("/")
            if len(parts) >= 2 and parts[-1] in EDGES:
                return _Asked(parts[-1], parts[-2])
    return None


def _is_post(value: Any) -> bool:  # noqa: ANN401 - whatever JSON holds
    if not isinstance(value, dict) or "timestamp" in value:
        return False
    told = isinstance(value.get("created_time"), str | int)
    return told or (
        isinstance(value.get("id"), str) and re.fullmatch(r"\d{1,30}_\d{1,30}", value["id"]) is not None
    )


def _is_page(value: Any) -> bool:  # noqa: ANN401 - whatever JSON holds
    return (
        isinstance(value, dict)
        and isinstance(value.get("name"), str)
        and _PAGE_ID.fullmatch(str(value.get("id"))) is not None
        and not _PAGES_OWN.isdisjoint(value)
        and _NOT_A_PAGES.isdisjoint(value)
    )


def _checked(raw: Mapping[str, Any], *, needs_id: bool = True) -> dict[str, Any]:
    """Make sure that what is kept as it is, is what it should be; times may be told as seconds too.

    Raises:
        BadRecordError: it is something else.
    """
    told = raw.get("created_time")
    if isinstance(told, int) and not isinstance(told, bool) and 0 < told < 1 << 33:
        told = datetime.fromtimestamp(told, UTC).isoformat()
    if told is None:
        raise BadRecordError("has no created_time")
    if not (isinstance(told, str) and _HAS_ZONE.search(told)):
        raise BadRecordError("created_time is not a time such as 2026-03-02T09:14:00+0000")
    if needs_id and raw.get("id") is None and not _in_query(raw):
        raise BadRecordError("has no id")
    for holder in (raw, raw.get("parent") or {}):
        if holder.get("id") is not None and not _ID.fullmatch(str(holder["id"])):
            raise BadRecordError("id is none of the network's")
    if not _IN_QUERY.fullmatch(_in_query(raw)) or not _IN_QUERY.fullmatch(_in_query(raw, "reply_comment_id")):
        raise BadRecordError("permalink_url has an id that is none of the network's")
    client = (raw.get("application") or {}).get("name")
    if not (client is None or isinstance(client, str)):
        raise BadRecordError("application has no name")
    if not isinstance(raw.get("message", ""), str | None):
        raise BadRecordError("message is not text")
    return {**raw, "created_time": told}


def _in_query(raw: Mapping[str, Any], key: str = "comment_id") -> str:
    """Return the id of the comment to which an address leads."""
    query = parse_qs(parts_of(str(raw.get("permalink_url") or "")).query)
    return "".join(query.get(key, [])[:1])


def _post_above(raw: Mapping[str, Any], asked: _Asked) -> str:
    """Return the id of the post that a comment is under; nothing if this is no comment."""
    if asked.edge == "comments" and _ID.fullmatch(asked.node):
        if "_" in asked.node:
            return asked.node
    elif not (
        _in_query(raw) or raw.get("parent") or {"comment_count", "can_hide", "like_count"} & raw.keys()
    ):
        return ""
    url = str(raw.get("permalink_url") or "")
    first = asked.node or str(raw.get("id") or "").partition("_")[0]
    return f"{owner_in(url)}_{post_in(url) or first}"


def _prefixes(asked: _Asked, entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield which Page a post seems to stand on."""
    before, after, _ = str(entry.get("id") or "").partition("_")
    if asked.edge == "comments":
        before, after, _ = asked.node.partition("_")
    elif _PAGE_ID.fullmatch(asked.node):
        before, after = asked.node, "_"
    elif _post_above(entry, asked):
        before, after, _ = _post_above(entry, asked).partition("_")
    elif asked.edge == "tagged" or str(entry.get("status_type")) in {"wall_post", "tagged_in_photo"}:
        writer = (entry.get("from") or {}).get("id") if isinstance(entry.get("from"), dict) else None
        after = "" if str(writer) == before else after
    if after and _PAGE_ID.fullmatch(before):
        yield before


def _tagged(raw: Mapping[str, Any]) -> Iterator[str]:
    """Yield the ids of those whom a post names or is written to."""
    tags = raw.get("message_tags") or []
    groups = tags.values() if isinstance(tags, dict) else [tags]
    held = raw.get("to")
    groups = [*groups, held.get("data") if isinstance(held, dict) else []]
    for group in groups:
        for tag in group if isinstance(group, list) else []:
            if isinstance(tag, dict):
                yield str(tag.get("id"))
