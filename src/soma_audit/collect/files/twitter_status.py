"""X's older statuses, as API v1.1 gave them; archives and browser captures have the same shape."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING, Any

from soma_audit.collect.files.record import BadRecordError
from soma_audit.collect.twitter_posts import permalink, time_of_id
from soma_audit.model import Account, Kind, Post

if TYPE_CHECKING:
    from collections.abc import Mapping

    from soma_audit.collect.files.desk import Desk

COUNTS = {"like": "favorite_count", "reply": "reply_count", "share": "retweet_count"}
_MONTHS = {
    name: number
    for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)  # noqa: SIM905 - reads best
}
_TAG = re.compile(r"<[^>]*>")
_RETWEET = re.compile(r"RT @\w+: ")


def read_status(
    raw: Mapping[str, Any], desk: Desk, owner: Account | None = None, long_text: str | None = None
) -> list[tuple[Account, Post]]:
    """Read a status, once for each wall that it stands on.

    In an archive a status has no writer: `owner` is it, and a retweet is told by how it begins. `long_text` is the whole
    of a text that is cut in `raw`.

    Raises:
        BadRecordError: it has no id, no time or no text.
    """
    people = desk.people["twitter"]
    native_id = _id(raw)
    user = raw.get("user") or {}
    writer = owner or _known(desk, user.get("id_str") or user.get("id"), user.get("screen_name"))
    text, entities = _text_of(raw, long_text)
    reply_to = _known(desk, raw.get("in_reply_to_user_id_str"), raw.get("in_reply_to_screen_name"))
    walls = [owner] if owner else desk.walls("twitter", writer, reply_to, text)
    if not walls:
        return []
    parent = raw.get("in_reply_to_status_id_str") or None
    thread = raw.get("conversation_id_str") or parent or native_id
    desk.threads_guessed |= parent == thread
    is_share = "retweeted_status" in raw or (owner is not None and _RETWEET.match(text) is not None)
    is_reply = parent or raw.get("in_reply_to_user_id_str")
    ids = {
        str(m["screen_name"]).lower(): m["id_str"]
        for m in entities.get("user_mentions") or ()
        if "id_str" in m
    }
    written = written_at(raw.get("created_at"), native_id)
    clean = people.text(text, ids, by_visitor=writer is None)
    author = (
        writer.handle
        if writer
        else people.person(user.get("id_str") or user.get("id") or user["screen_name"])
    )
    return [
        (
            wall,
            Post(
                native_id=native_id,
                created_at=written,
                text=clean,
                by_agency=writer is not None and writer.agency == wall.agency,
                thread=thread,
                parent=parent,
                author=author,
                kind=Kind.SHARE if is_share else Kind.COMMENT if is_reply else Kind.POST,
                permalink=permalink(native_id, writer),
                client=client_of(raw.get("source")),
                counts={k: int(raw[c]) for k, c in COUNTS.items() if raw.get(c) is not None},
            ),
        )
        for wall in walls
    ]


def _id(raw: Mapping[str, Any]) -> str:
    native_id = str(raw.get("id_str") or raw.get("id") or "")
    if not native_id.isdecimal():
        raise BadRecordError("has no id")
    return native_id


def _known(desk: Desk, native_id: object, handle: object) -> Account | None:
    """Find an account of the register; its id is learnt from its name."""
    people = desk.people["twitter"]
    account = people.known.get(str(native_id)) or people.names.get(str(handle).lower())
    if account and native_id:
        people.known[str(native_id)] = account
    return account


def _text_of(raw: Mapping[str, Any], long_text: str | None) -> tuple[str, Mapping[str, Any]]:
    """Give the text uncut, with the addresses that its short links stand for, and what is marked in it."""
    whole = raw.get("extended_tweet") or raw
    text = long_text or whole.get("full_text") or raw.get("full_text") or raw.get("text")
    if not isinstance(text, str):
        raise BadRecordError("has no text")
    entities = whole.get("entities") or raw.get("entities") or {}
    if "://" in text:
        for link in (*(entities.get("urls") or ()), *(entities.get("media") or ())):
            if link.get("expanded_url"):
                text = text.replace(link["url"], link["expanded_url"])
    return text, entities


def written_at(text: str | None, native_id: str) -> datetime:
    """Read a time as X wrote it, `Mon Mar 02 10:20:00 +0000 2026`; where there is none, the id tells it.

    Raises:
        BadRecordError: neither tells.
    """
    if not text:
        if moment := time_of_id(native_id):
            return moment
        raise BadRecordError("has no time")
    try:
        if text[20:25] == "+0000":
            clock = (int(text[11:13]), int(text[14:16]), int(text[17:19]))
            return datetime(int(text[26:]), _MONTHS[text[4:7]], int(text[8:10]), *clock, tzinfo=UTC)
        moment = datetime.fromisoformat(text)
    except (ValueError, KeyError, TypeError):
        raise BadRecordError("created_at is no time") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


@lru_cache(maxsize=1024)
def client_of(source: str | None) -> str | None:
    """Give the posting client's name, without the link that X put around it."""
    return unescape(_TAG.sub("", source)).strip() or None if source else None
