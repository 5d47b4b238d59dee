"""Facebook's posts, read from what the Graph API sends once people have been taken out of it; the same from the network and from a file."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from soma_audit.collect.facebook.people import NEVER_PUBLIC, links, not_public
from soma_audit.model import Account, Kind, Notices, Post, Stream

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ENDS_EARLY = 1000
"""Of more comments than this Graph may show the first ones only, as if there were no more."""


def posts(
    body: Mapping[str, Any], account: Account, stream: Stream, known: Mapping[str, Account]
) -> Iterator[Post]:
    """Read the posts of an answer, each followed by the comments that came with it.

    `account` is whose wall they stand on, `stream` which edge was asked, `known` the register's Pages by native id. An
    answer of comments has the id of the post that they are under as `of`.
    """
    if stream is Stream.COMMENTS:
        yield from (_comment(c, str(body["of"]), account, known) for c in _dated(body))
        return
    for raw in _dated(body):
        if not raw.get("id") or not_public(raw):
            continue
        post = _read(raw, account, stream, known)
        yield post
        for comment in _dated(raw.get("comments") or {}):
            yield _comment(comment, post.native_id, account, known)


def notices(body: Mapping[str, Any], account: Account) -> Notices:
    """Return what an answer with posts tells of them besides how they look."""
    told: dict[str, list[str]] = {"unpublished": [], "missing": [], "limited": [], "read": [], "whole": []}
    for raw in _dated(body):
        if not raw.get("id"):
            continue
        number, why = post_id(raw, account), not_public(raw)
        if why:
            told["unpublished" if why in NEVER_PUBLIC else "missing"].append(number)
            continue
        if raw.get("targeting"):
            told["limited"].append(number)
        comments = raw.get("comments") or {}
        if comments and "next" not in (comments.get("paging") or {}) and is_whole(comments):
            told["read"].append(number)
            told["whole"].append(number)
    return Notices(
        unpublished=tuple(told["unpublished"]),
        missing=tuple(told["missing"]),
        limited=tuple(told["limited"]),
        read_threads=tuple(told["read"]),
        whole_threads=tuple(told["whole"]),
    )


def is_whole(comments: Mapping[str, Any], before: int = 0) -> bool:
    """Return whether the last page of comments, with so many shown before it, shows that these are all there are.

    To some tokens Graph shows no comments and counts them all the same; of very many it shows the first ones only.
    """
    shown = before + len(comments.get("data") or ())
    counted = (comments.get("summary") or {}).get("total_count")
    return shown >= (counted or 0) or 0 < shown < ENDS_EARLY


def post_id(raw: Mapping[str, Any], account: Account) -> str:
    """Return a post's id with the Page's before it, which Graph leaves out now and then."""
    return str(raw["id"]) if "_" in str(raw["id"]) else f"{account.native_id}_{raw['id']}"


def _read(raw: Mapping[str, Any], account: Account, stream: Stream, known: Mapping[str, Account]) -> Post:
    native_id = post_id(raw, account)
    comments = (raw.get("comments") or {}).get("summary") or {}
    by_agency = _by_agency(raw, account, known)
    if by_agency is None and (stream is Stream.TIMELINE or raw.get("status_type") == "wall_post"):
        by_agency = stream is Stream.TIMELINE  # the edge of a Page's own posts has no others
    return Post(
        native_id=native_id,
        created_at=graph_time(raw["created_time"]),
        text=_text(raw),
        by_agency=by_agency,
        thread=native_id,
        author=account.handle if by_agency else (raw.get("from") or {}).get("id"),
        kind=Kind.SHARE if _passed_on(raw, by_agency=by_agency) else Kind.POST,
        permalink=raw.get("permalink_url"),
        client=(raw.get("application") or {}).get("name"),
        counts={
            "like": int(((raw.get("reactions") or {}).get("summary") or {}).get("total_count") or 0),
            "reply": int(comments.get("total_count") or 0),
            "share": int((raw.get("shares") or {}).get("count") or 0),
        },
        reply_setting=_can_comment(comments),
        thread_state=f"{graph_time(raw['updated_time']):%Y-%m-%dT%H:%M:%SZ}"
        if raw.get("updated_time")
        else None,
    )


def _comment(raw: Mapping[str, Any], thread: str, account: Account, known: Mapping[str, Account]) -> Post:
    native_id, parent = comment_ids(raw, thread)
    by_agency = _by_agency(raw, account, known)
    return Post(
        native_id=native_id,
        created_at=graph_time(raw["created_time"]),
        text=raw.get("message") or "",
        by_agency=by_agency,
        thread=thread,
        parent=parent,
        author=account.handle if by_agency else (raw.get("from") or {}).get("id"),
        kind=Kind.COMMENT,
        permalink=raw.get("permalink_url"),
        counts={"reply": int(raw.get("comment_count") or 0)},
        reply_setting=_can_comment(raw),
        hidden=hidden if isinstance(hidden := raw.get("is_hidden"), bool) else None,
    )


def _by_agency(raw: Mapping[str, Any], account: Account, known: Mapping[str, Account]) -> bool | None:
    writer = (raw.get("from") or {}).get("id")
    if writer is None:
        return None
    return str(writer) in known and known[str(writer)].agency == account.agency


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


def graph_time(text: str) -> datetime:
    """Read a time as Graph writes it: `2026-03-02T09:14:00+0000`."""
    return datetime.fromisoformat(re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", text)).astimezone(UTC)


def _text(raw: Mapping[str, Any]) -> str:
    """Return the message, and the address it links to where that does not stand in it."""
    message = str(raw.get("message") or "")
    link = next(iter(links(raw)), "")
    return message if link in message else f"{message} {link}".strip()


def _passed_on(raw: Mapping[str, Any], *, by_agency: bool | None) -> bool:
    """Return what was not written on this wall: shared without a word, or a picture elsewhere that names the Page."""
    status = raw.get("status_type")
    return (status == "shared_story" and not raw.get("message")) or (
        status == "tagged_in_photo" and not by_agency
    )


def _can_comment(raw: Mapping[str, Any]) -> str | None:
    """Return whether the token's holder may comment, which is not whether anyone may."""
    said = raw.get("can_comment")
    return None if said is None else "can_comment" if said else "cannot_comment"
