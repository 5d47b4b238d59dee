"""Mastodon's posts, read from a server's responses once people have been taken out and HTML has become text."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from soma_audit.collect.mastodon.people import SHOWN_TO_ALL
from soma_audit.model import Account, Kind, Post

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Raw = Mapping[str, Any]
    Known = Mapping[str, Account]


def posts(
    statuses: Sequence[Raw], account: Account, known: Known, *, in_passing: bool = False
) -> Iterator[Post]:
    """Yield the posts in a list; `known` has the register's accounts by lower-case handle.

    A reply names only the post above it; the top of its thread is found from post to post, as far as the list goes.
    """
    above = {str(raw["id"]): str(raw["in_reply_to_id"]) for raw in statuses if raw.get("in_reply_to_id")}
    for raw in statuses:
        if _is_shown(raw) and is_post(raw):
            yield _read(raw, account, known, above, in_passing=in_passing)


def is_post(raw: Raw) -> bool:
    """Return whether a status has all that a post needs: an id, an author, and a time that can be read."""
    if not isinstance(raw.get("id"), str | int) or not raw["id"] or not raw.get("account"):
        return False
    with suppress(ValueError):
        return bool(time_of(raw.get("created_at")))
    return False


def unread(statuses: Sequence[Raw]) -> int:
    """Return how many statuses are shown to all and cannot be read."""
    return sum(_is_shown(raw) and not is_post(raw) for raw in statuses)


def _is_shown(raw: Raw) -> bool:
    return raw.get("visibility", "public") in SHOWN_TO_ALL


def _read(raw: Raw, account: Account, known: Known, above: Mapping[str, str], *, in_passing: bool) -> Post:
    native_id, name = str(raw["id"]), str(raw["account"]["acct"])
    writer = known.get(name.lower())
    by_agency = writer is not None and writer.agency == account.agency
    parent = str(raw["in_reply_to_id"]) if raw.get("in_reply_to_id") else None
    shared = raw.get("reblog")
    return Post(
        native_id=native_id,
        created_at=time_of(raw["created_at"]),
        text=str((shared or raw).get("text") or ""),
        by_agency=by_agency,
        thread=topmost(native_id, above),
        parent=None if shared else parent,
        author=writer.handle if writer else name,
        kind=Kind.SHARE if shared else Kind.COMMENT if parent else Kind.POST,
        permalink=(shared or raw).get("url"),
        client=None if shared else (raw.get("application") or {}).get("name"),
        counts={} if shared else _counts(raw),
        reply_setting=None if shared or parent else who_may_reply(raw),
        language=str(raw["language"]).partition("-")[0].lower()[:8]
        if raw.get("language") and not shared
        else None,
        thread_state=f"{raw.get('replies_count', 0)} replies"
        if by_agency and not shared and not in_passing
        else None,
        in_passing=in_passing,
        words_by=str((shared.get("account") or {}).get("acct")) if shared else None,
    )


def topmost(native_id: str, above: Mapping[str, str]) -> str:
    """Return the topmost known post above one; a cycle, which no server should send, ends where it began."""
    met = {native_id}
    while (parent := above.get(native_id)) is not None and parent not in met:
        met.add(parent)
        native_id = parent
    return native_id


def who_may_reply(raw: Raw) -> str:
    """Return who may reply. On Mastodon whoever sees a post may; other software (GoToSocial) has a policy for each post."""
    policy = (raw.get("interaction_policy") or {}).get("can_reply")
    if not policy:
        return "everyone"
    at_once = {*policy.get("always", ()), *policy.get("automatic_approval", ())}
    asked = {*policy.get("with_approval", ()), *policy.get("manual_approval", ())}
    if "public" in at_once:
        return "everyone"
    if "public" in asked:
        return "approval"
    words = {"mentioned": "mentionedUsers"}
    return "+".join(sorted(words.get(w, w) for w in (at_once | asked) - {"me", "author"})) or "nobody"


def time_of(text: object) -> datetime:
    """Return a time; older servers leave the time zone out, which is UTC."""
    moment = datetime.fromisoformat(str(text))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _counts(raw: Raw) -> dict[str, int]:
    counts = {"like": "favourites_count", "reply": "replies_count", "share": "reblogs_count"}
    return {k: int(raw[name]) for k, name in counts.items() if isinstance(raw.get(name), int)}
