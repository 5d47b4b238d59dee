"""What the browser extension Zeeschuimer captured of X's own pages: newline-delimited JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from soma_audit.imports.formats.twitter_status import read_status, replaced_at
from soma_audit.imports.reader import Reader
from soma_audit.imports.record import BadRecordError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from soma_audit.imports.reader import Sample
    from soma_audit.imports.record import Found

PLATFORMS = frozenset({"twitter.com", "x.com"})


class Zeeschuimer(Reader):
    """Reads captured posts."""

    name = "zeeschuimer"
    title = "Zeeschuimer capture"
    holds = "what was on the screen, with its clients"
    cannot = (
        "A browser capture holds what was on the screen: what is missing from it was perhaps only not shown."
        " X's terms forbid collecting this way; make sure that you may use it."
    )

    @classmethod
    def recognises(cls, sample: Sample) -> bool:
        """Return whether it is one, by the platform that every line names."""
        return isinstance(sample.value, dict) and {"source_platform", "data"} <= sample.value.keys()

    def posts(self, value: Any) -> Sequence[Found]:  # noqa: ANN401 - whatever JSON holds
        """Read one captured post."""
        if value["source_platform"] not in PLATFORMS:
            self.context.kept_out["posts of other networks"] += 1
            return ()
        return read_status(_status(value["data"]), self.context)

    def seen_at(self, value: Any) -> datetime | None:  # noqa: ANN401 - whatever JSON holds
        """Return when it was captured, in milliseconds; of an earlier version of an edited post until when it stood there."""
        try:
            if replaced := replaced_at(_status(value["data"])):
                return replaced
        except (AttributeError, BadRecordError, LookupError, TypeError, ValueError):
            return None  # `posts` says what is wrong
        try:
            return datetime.fromtimestamp(int(value["timestamp_collected"]) // 1000, UTC)
        except (KeyError, TypeError, ValueError, OverflowError, OSError):
            return None


def _status(captured: Mapping[str, Any]) -> dict[str, Any]:
    """Return a captured post in the shape of a status. A post may stand one level deeper, older captures have it flat."""
    post = captured.get("tweet") or captured
    if "legacy" not in post:
        raise BadRecordError("holds no post, only word that there was one")
    legacy = post["legacy"]
    if "retweeted_status_result" in legacy:
        legacy = {**legacy, "retweeted_status": True}
    note = ((post.get("note_tweet") or {}).get("note_tweet_results") or {}).get("result") or {}
    return {
        **legacy,
        "id_str": post.get("rest_id") or legacy.get("id_str"),
        "user": _user(post, legacy),
        "edit_control": post.get("edit_control"),
        "source": post.get("source") or legacy.get("source"),
        **({"full_text": note["text"]} if note.get("text") else {}),
    }


def _user(post: Mapping[str, Any], legacy: Mapping[str, Any]) -> dict[str, Any]:
    """Find who wrote it: the name stands in one place in new captures, in another in old ones, or nowhere."""
    found = ((post.get("core") or {}).get("user_results") or {}).get("result") or post.get("user") or {}
    names = {**(found.get("legacy") or {}), **(found.get("core") or {})}
    return {
        "id_str": found.get("rest_id") or found.get("id_str") or legacy.get("user_id_str"),
        "screen_name": names.get("screen_name") or found.get("screen_name"),
        "protected": names.get("protected") or (found.get("privacy") or {}).get("protected"),
    }
