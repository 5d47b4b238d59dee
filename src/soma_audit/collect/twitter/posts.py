"""X's posts, read from what API v2 sends once people have been taken out of it; the same from the network and from a file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from soma_audit.collect.twitter.people import either, objects
from soma_audit.model import Account, Kind, Post

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657000, UTC)
FIRST_SNOWFLAKE = 29_700_859_247


def posts(body: Mapping[str, Any], account: Account, known: Mapping[str, Account]) -> Iterator[Post]:
    """Read the posts of an answer, and the ones they reply to, which come along.

    `account` is whose wall they stand on, `known` the register's accounts by native id.
    """
    found = objects(body.get("data"))
    around = objects((body.get("includes") or {}).get("posts"))
    above = {reference(p, "replied_to") for p in found}
    first = {str(v): post_id(raw) for raw in found + around for v in raw.get("edit_history_post_ids") or ()}
    included = [p for p in around if p.get("id") in above]
    for in_passing, group in ((True, included), (False, found)):
        for raw in group:
            if raw.get("id") and (written := written_at(raw)):
                yield _read(raw, account, known, written, first, in_passing=in_passing)


def withheld(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield the ids of posts whose texts may not be kept: X withholds them somewhere, by a court's or an owner's wish."""
    included = body.get("includes") or {}
    yield from (
        post_id(raw)
        for raw in objects(body.get("data")) + objects(included.get("posts"))
        if raw.get("withheld") and raw.get("id")
    )


def post_id(raw: Mapping[str, Any]) -> str:
    """Return the id that stands for a post: each edit has one of its own, and the first one stays."""
    return str(min(raw.get("edit_history_post_ids") or [raw["id"]], key=int))


def _read(
    raw: Mapping[str, Any],
    account: Account,
    known: Mapping[str, Account],
    written: datetime,
    first: Mapping[str, str],
    *,
    in_passing: bool,
) -> Post:
    """Read one post; `first` has the first version's id of those that were edited: a reply names the one it saw."""
    parent = reference(raw, "replied_to")
    parent = first.get(parent, parent) if parent else None
    writer = known.get(str(raw.get("author_id")))
    is_reply = parent is not None or raw.get("in_reply_to_user_id") is not None
    by_agency = writer is not None and writer.agency == account.agency
    native_id = post_id(raw)
    thread = str(raw.get("conversation_id") or parent or native_id)
    thread = first.get(thread, thread)
    return Post(
        native_id=native_id,
        created_at=written,
        text=None if raw.get("withheld") else _whole_text(raw),
        by_agency=by_agency,
        thread=native_id if thread == str(raw["id"]) else thread,
        parent=parent,
        author=writer.handle if writer else raw.get("author_id"),
        kind=Kind.SHARE if reference(raw, "retweeted") else Kind.COMMENT if is_reply else Kind.POST,
        permalink=permalink(raw["id"], writer),
        client=raw.get("source"),
        counts=_counts(raw.get("public_metrics")),
        reply_setting=raw.get("reply_settings"),
        later_ids=tuple(v for v in raw.get("edit_history_post_ids") or () if v != native_id),
        in_passing=in_passing,
    )


def reference(raw: Mapping[str, Any], kind: str) -> str | None:
    """Return the id of the post that this one replies to, quotes or passes on."""
    found = raw.get("referenced_posts")
    return next((str(r["id"]) for r in found if r["type"] == kind), None) if found else None


def permalink(native_id: object, writer: Account | None) -> str:
    """Return a post's address; a visitor's names nobody."""
    return f"https://x.com/{writer.handle if writer else 'i'}/status/{native_id}"


def written_at(raw: Mapping[str, Any]) -> datetime | None:
    """Return when a post was written; where that is missing, its id says it."""
    if raw.get("created_at"):
        return datetime.fromisoformat(raw["created_at"]).astimezone(UTC)
    return time_of_id(str(raw["id"]))


def time_of_id(native_id: str) -> datetime | None:
    """Read the time in an id: X's ids count milliseconds since 2010-11-04.

    Source: X's documentation of its ids ("snowflake"); older ids, which are smaller, tell no time.
    """
    number = int(native_id) if native_id.isdecimal() else 0
    return EPOCH + timedelta(milliseconds=number >> 22) if FIRST_SNOWFLAKE <= number < 2**63 else None


def _counts(metrics: Mapping[str, Any] | None) -> dict[str, int]:
    """Read what X counts; a post that came along with another may have no counts, which is not zero."""
    if metrics is None:
        return {}
    shares = either(metrics, "repost_count", "retweet_count")
    counts = {"like": metrics.get("like_count"), "reply": metrics.get("reply_count"), "share": shares}
    return {k: int(n) for k, n in counts.items() if n is not None}


def _whole_text(raw: Mapping[str, Any]) -> str:
    """Return the text uncut, with the addresses that its short links stand for."""
    text = str((raw.get("note_post") or {}).get("text") or raw["text"])
    for url in (raw.get("entities") or {}).get("urls") or ():
        if "expanded_url" in url:
            text = text.replace(url["url"], url["expanded_url"])
    return text
