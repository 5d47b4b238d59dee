"""X's older statuses, as API v1.1 gave them; archives and browser captures have the same shape."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING, Any

from soma_audit.collect.twitter.posts import permalink, time_of_id
from soma_audit.imports.record import BadRecordError, Gone
from soma_audit.model import Account, Kind, Post

if TYPE_CHECKING:
    from collections.abc import Mapping

    from soma_audit.collect.pseudonyms import People
    from soma_audit.imports.context import ImportContext
    from soma_audit.imports.record import Found

COUNTS = {"like": "favorite_count", "reply": "reply_count", "share": "retweet_count"}
_MONTHS = {
    name: number
    for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)  # noqa: SIM905 - reads best
}
PROTECTED = "posts of protected accounts, which only their followers see"
_WITHHELD = ("withheld_copyright", "withheld_in_countries", "withheld_scope")
_SPACED_ZONE = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) ([+-]\d{4})$")
"""As archives of 2012 write times: `2013-05-17 15:01:02 +0000`."""
_TAG = re.compile(r"<[^>]*>")
_RETWEET = re.compile(r"RT @\w+: ")


def read_status(
    raw: Mapping[str, Any], context: ImportContext, owner: Account | None = None, long_text: str | None = None
) -> list[Found]:
    """Read a status, once for each wall that it stands on; one that X withholds anywhere comes without its text.

    In an archive a status has no writer: `owner` is it, and a retweet is told by how it begins. `long_text` is the whole
    of a text that is cut in `raw`.

    Raises:
        BadRecordError: it has no id, no time or no text.
    """
    people = context.people["twitter"]
    if (raw.get("user") or {}).get("protected"):
        context.kept_out[PROTECTED] += 1
        return []
    native_id, *later_ids = versions_of(raw)
    text, entities = _text_of(raw, long_text)
    withheld = any(raw.get(key) for key in _WITHHELD)
    gone = [Gone("twitter", native_id)] if withheld else []
    writer, walls = (owner, [owner]) if owner else _whose(raw, context, text)
    if not walls:
        return [*gone]
    parent = raw.get("in_reply_to_status_id_str") or None
    thread = raw.get("conversation_id_str") or parent or native_id
    if not (thread.isdecimal() and (parent or "0").isdecimal()):
        raise BadRecordError("has an id that is not a number")
    client = client_of(raw.get("source"))
    post = Post(
        native_id=native_id,
        created_at=_first_written_at(raw, native_id),
        text=None if withheld else people.text(text, _ids(raw, entities), by_visitor=writer is None),
        by_agency=writer is not None,
        thread=thread,
        parent=parent,
        author=writer.handle if writer else people.person(_number(raw["user"]) or raw["user"]["screen_name"]),
        kind=_kind(raw, text, in_archive=owner is not None),
        permalink=permalink(native_id, writer),
        client=client and people.text(client, by_visitor=True),
        counts={what: int(raw[key]) for what, key in COUNTS.items() if raw.get(key) is not None},
        later_ids=tuple(later_ids),
    )
    found = (
        (w, post if writer is None or writer.agency == w.agency else replace(post, by_agency=False))
        for w in walls
    )
    return [*found, *gone]


def _first_written_at(raw: Mapping[str, Any], first: str) -> datetime:
    """Return when the first version was written; a later one tells when it was edited."""
    own_id = _id(raw)
    created_at = written_at(raw.get("created_at"), own_id)
    return created_at if own_id == first else time_of_id(first) or created_at


def versions_of(raw: Mapping[str, Any]) -> list[str]:
    """Return the ids of all versions of a status, the first one first; of one that was never edited only its own.

    Archives tell them as `edit_info`, browser captures as `edit_control`; the first version has the list itself, a later one
    has it below its edit.
    """
    own_id = _id(raw)
    info = raw.get("edit_info")
    if _tells_of_one(info, own_id):
        return [own_id]
    for told, initial, below in (
        (info, "initial", "edit"),
        (raw.get("edit_control"), None, "edit_control_initial"),
    ):
        if isinstance(told, dict):
            first = told.get(initial) if initial else told
            later = told.get(below)
            found = {*_edit_ids(first), *_edit_ids(later), own_id}
            return sorted((i for i in found if i.isdecimal()), key=int)
    return [own_id]


def _tells_of_one(info: object, own_id: str) -> bool:
    """Return whether an archive says, as of nearly all, that there is but one version."""
    if not isinstance(info, dict) or info.keys() != {"initial"}:
        return False
    initial = info["initial"]
    return (
        isinstance(initial, dict)
        and initial.keys() <= {"editTweetIds", "editableUntil", "editsRemaining", "isEditEligible"}
        and initial.get("editTweetIds") == [own_id]
        and own_id.isdecimal()
    )


def _edit_ids(told: object) -> list[str]:
    if not isinstance(told, dict):
        return []
    found: list[str] = []
    for held in (told, told.get("editControlInitial"), told.get("edit_control_initial")):
        if isinstance(held, dict):
            listed = held.get("editTweetIds") or held.get("edit_tweet_ids")
            first = held.get("initialTweetId") or held.get("initial_tweet_id")
            found += [*map(str, listed if isinstance(listed, list) else []), *([str(first)] if first else [])]
    return found


def replaced_at(raw: Any) -> datetime | None:  # noqa: ANN401 - whatever JSON holds
    """Return when the next version took the place of this one; None: it is the newest, or its id tells no time.

    Until then the text stood there, whenever it was seen: of an edited post the newest version is how it looks now, in
    whatever order a file has them.
    """
    try:
        if not (raw.get("edit_info") or raw.get("edit_control")):
            return None
        versions = versions_of(raw)
        later = versions[versions.index(_id(raw)) + 1 :]
    except (
        AttributeError,
        BadRecordError,
        TypeError,
        ValueError,
    ):  # reading it as a post tells what is wrong
        return None
    return time_of_id(later[0]) if later else None


def _whose(raw: Mapping[str, Any], context: ImportContext, text: str) -> tuple[Account | None, list[Account]]:
    """Return who of the register wrote a status, and on whose walls it stands."""
    people, user = context.people["twitter"], raw.get("user") or {}
    writer = _known(people, _number(user), user.get("screen_name"))
    reply_to = _known(people, raw.get("in_reply_to_user_id_str"), raw.get("in_reply_to_screen_name"))
    return writer, context.walls("twitter", writer, reply_to, text)


def _number(user: Mapping[str, Any]) -> str | None:
    return user.get("id_str") or user.get("id")


def _kind(raw: Mapping[str, Any], text: str, *, in_archive: bool) -> Kind:
    if raw.get("retweeted_status") or (in_archive and text.startswith("RT @") and _RETWEET.match(text)):
        return Kind.SHARE
    is_reply = raw.get("in_reply_to_status_id_str") or raw.get("in_reply_to_user_id_str")
    return Kind.COMMENT if is_reply else Kind.POST


def _ids(raw: Mapping[str, Any], entities: Mapping[str, Any]) -> dict[str, str]:
    """Return the ids of those whom a text mentions, by lower-case name."""
    marked = entities.get("user_mentions") or ()
    ids = {m["screen_name"].lower(): m["id_str"] for m in marked if "id_str" in m}
    if raw.get("in_reply_to_screen_name") and raw.get("in_reply_to_user_id_str"):
        ids[raw["in_reply_to_screen_name"].lower()] = raw["in_reply_to_user_id_str"]
    return ids


def _id(raw: Mapping[str, Any]) -> str:
    native_id = str(raw.get("id_str") or raw.get("id") or "")
    if not native_id.isdecimal():
        raise BadRecordError("has no id")
    return native_id


def _known(people: People, native_id: str | None, handle: str | None) -> Account | None:
    """Find an account of the register; its id is learnt from its name."""
    account = people.known.get(str(native_id)) if native_id else None
    if account is None and handle and (account := people.names.get(handle.lower())) and native_id:
        people.known[str(native_id)] = account
    return account


def _text_of(raw: Mapping[str, Any], long_text: str | None) -> tuple[str, Mapping[str, Any]]:
    """Return the text uncut, with the addresses that its short links stand for, and what is marked in it."""
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
        text = _SPACED_ZONE.sub(r"\1\2", text)
        if text[20:25] == "+0000":
            clock = (int(text[11:13]), int(text[14:16]), int(text[17:19]))
            return datetime(int(text[26:]), _MONTHS[text[4:7]], int(text[8:10]), *clock, tzinfo=UTC)
        moment = datetime.fromisoformat(text)
    except (ValueError, KeyError, TypeError):
        raise BadRecordError("created_at is not a time") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


@lru_cache(maxsize=1024)
def client_of(source: str | None) -> str | None:
    """Return the posting client's name, without the link that X put around it."""
    return unescape(_TAG.sub("", source)).strip() or None if source else None
