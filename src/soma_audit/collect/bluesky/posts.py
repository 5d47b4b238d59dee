"""Bluesky's posts, read from its responses once people have been taken out of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zlib import crc32

from soma_audit.collect.bluesky.people import at, objects
from soma_audit.model import Account, Kind, Post
from soma_audit.networks import NETWORKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TypeGuard

    Raw = Mapping[str, Any]
    Known = Mapping[str, Account]

RULES = {
    "mentionRule": "mentionedUsers",
    "followerRule": "followers",
    "followingRule": "following",
    "listRule": "list",
}
"""Who may reply by each rule of a thread gate (app.bsky.feed.threadgate), by X's word for it where there is one."""
BRIDGES = {"bridgyOriginalText": "Bridgy Fed", "bridgyOriginalUrl": "Bridgy Fed"}
"""Fields that a bridge adds to the posts it makes. The lexicon has no field for the posting client."""


def feed_posts(body: Raw, account: Account, known: Known) -> Iterator[Post]:
    """Yield the posts of a timeline: first those that its replies belong to, then the account's own posts and reposts."""
    items = objects(body.get("feed"))
    for item in items:
        around = item.get("reply") or {}
        gate = hidden_in(around.get("root"))
        for above in {p["uri"]: p for p in (around.get("root"), around.get("parent")) if is_post(p)}.values():
            yield read(
                above, account, known, hidden=gate, in_passing=above["author"]["did"] != account.native_id
            )
    for item in items:
        if not is_post(item.get("post")):
            continue
        if "reason" not in item:
            yield read(item["post"], account, known, hidden=hidden_in(at(item, "reply", "root")))
        elif str(item["reason"].get("$type", "")).endswith("#reasonRepost"):
            yield _passed_on(item, account, known)


def thread_posts(body: Raw, account: Account, known: Known) -> Iterator[Post]:
    """Yield the posts of a thread, from the top down."""
    top = at(body, "thread", "post")
    hidden = hidden_in(top) if is_post(top) and "reply" not in top["record"] else None
    for node in nodes(body.get("thread")):
        if is_post(node.get("post")):
            yield read(node["post"], account, known, hidden=hidden)


def searched_posts(body: Raw, account: Account, known: Known) -> Iterator[Post]:
    """Yield the posts that a search found, or that were looked up."""
    for raw in objects(body.get("posts")):
        if is_post(raw):
            yield read(raw, account, known, hidden=None)


def nodes(thread: object) -> Iterator[Mapping[str, Any]]:
    """Yield all nodes of a tree of replies, each before those below it."""
    left = [thread]
    while left:
        node = left.pop()
        if isinstance(node, dict):
            yield node
            left += reversed(objects(node.get("replies")))


def is_post(raw: object) -> TypeGuard[dict[str, Any]]:
    """Return whether something is a post that can be read: not deleted, not blocked, and with all that a post needs."""
    return (
        isinstance(raw, dict)
        and isinstance(raw.get("record"), dict)
        and bool(raw.get("uri"))
        and _time(raw.get("indexedAt")) is not None
    )


def hidden_in(root: object) -> frozenset[str] | None:
    """Return which replies a thread's author has hidden; None: its first post is not shown, so this is not known."""
    if not isinstance(root, dict) or not is_post(root):
        return None
    return frozenset(at(root, "threadgate", "record", "hiddenReplies") or ())


def read(
    raw: Raw,
    account: Account,
    known: Known,
    *,
    hidden: frozenset[str] | None,
    in_passing: bool = False,
) -> Post:
    """Return one post; `hidden` has the replies that are hidden in its thread."""
    record, uri = raw["record"], str(raw["uri"])
    reply = record.get("reply") or {}
    root, parent = (str(at(reply, key, "uri") or "") or None for key in ("root", "parent"))
    writer = known.get(str(raw["author"]["did"]))
    by_agency = writer is not None and writer.agency == account.agency
    return Post(
        native_id=uri,
        created_at=written_at(raw),
        text=str(record.get("text") or ""),
        by_agency=by_agency,
        thread=root or parent or uri,
        parent=parent,
        author=writer.handle if writer else str(raw["author"]["did"]),
        kind=Kind.COMMENT if parent else Kind.POST,
        permalink=permalink(uri, known),
        client=next((BRIDGES[mark] for mark in record.get("marks") or () if mark in BRIDGES), None),
        counts=_counts(raw),
        reply_setting=None if parent else who_may_reply(raw),
        hidden=uri in hidden if parent and hidden is not None else None,
        language=_language(record.get("langs")),
        thread_state=_state(raw) if by_agency and not in_passing else None,
        in_passing=in_passing,
    )


def _language(declared: object) -> str | None:
    """Return the language that a post's author declared, if it is a single one; what kind of it, only the words tell."""
    if not isinstance(declared, list) or len(declared) != 1:
        return None
    return str(declared[0]).partition("-")[0].lower()[:8] or None


def _passed_on(item: Raw, account: Account, known: Known) -> Post:
    raw, reason = item["post"], item["reason"]
    native_id = str(reason.get("uri") or f"repost:{raw['uri']}")
    return Post(
        native_id=native_id,
        created_at=placed_at(item),
        text=str(raw["record"].get("text") or ""),
        by_agency=True,
        thread=native_id,
        author=account.handle,
        kind=Kind.SHARE,
        permalink=permalink(str(raw["uri"]), known),
        words_by=at(raw, "author", "did"),
    )


def who_may_reply(raw: Raw) -> str:
    """Return who may reply to a post that begins a thread, by its gate: everyone, nobody, or those that its rules name."""
    rules = at(raw, "threadgate", "record", "allow")
    if rules is None:
        return "everyone"
    words = {str(rule.get("$type", "")).rpartition("#")[2] for rule in objects(rules)}
    return "+".join(sorted(RULES.get(word, word) for word in words)) or "nobody"


def written_at(raw: Raw) -> datetime:
    """Return when a post was written: its `createdAt`, or when Bluesky indexed it, if that is earlier.

    Source: Bluesky sorts posts by the earlier of the two. A `createdAt` before any network existed is ignored.
    """
    indexed, said = _time(raw["indexedAt"]), _time(raw["record"].get("createdAt"))
    assert indexed is not None  # noqa: S101 - else it is no post that can be read
    return said if said is not None and NETWORKS["bluesky"].began <= said <= indexed else indexed


def placed_at(item: Raw) -> datetime:
    """Return the time by which a post is placed in a timeline: when it was reposted, or written."""
    return _time(at(item, "reason", "indexedAt")) or written_at(item["post"])


def _time(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def permalink(uri: str, known: Known) -> str | None:
    """Return the web address of an agency's post; None for a visitor's, which would name them."""
    did, _, place = uri.removeprefix("at://").partition("/")
    collection, _, key = place.partition("/")
    if did not in known or collection != "app.bsky.feed.post":
        return None
    return f"{NETWORKS['bluesky'].url(known[did].handle)}/post/{key}"


def _counts(raw: Raw) -> dict[str, int]:
    counts = {"like": raw.get("likeCount"), "reply": raw.get("replyCount"), "share": raw.get("repostCount")}
    return {k: int(n) for k, n in counts.items() if isinstance(n, int)}


def _state(raw: Raw) -> str:
    """Return what changes when something happens under a post: the number of replies, and which are hidden."""
    replies = f"{raw.get('replyCount', 0)} replies"
    hidden = sorted(map(str, at(raw, "threadgate", "record", "hiddenReplies") or ()))
    return f"{replies}, {len(hidden)} hidden ({crc32(''.join(hidden).encode()):08x})" if hidden else replies
