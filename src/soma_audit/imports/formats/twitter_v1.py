"""Statuses of X's API v1.1: as JSON lines, as a list, or as a search answered them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from soma_audit.imports.formats.twitter_status import read_status, replaced_at
from soma_audit.imports.reader import Reader
from soma_audit.imports.record import Gone

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from soma_audit.imports.reader import Sample
    from soma_audit.imports.record import Found


NOTICES = frozenset({"delete", "limit", "scrub_geo", "warning"})
"""What stands between the posts of an old stream."""


class TwitterV1(Reader):
    """Reads statuses, each with its user."""

    name = "twitter-v1"
    title = "X API v1.1 statuses"
    holds = "own and visitors' posts, with their clients"

    @classmethod
    def recognises(cls, sample: Sample) -> bool:
        """Return whether it is one, by the user that every status carries."""
        value = sample.value
        if not isinstance(value, dict) or not value:
            return False
        return value.keys() <= NOTICES or ("user" in value and bool({"text", "full_text"} & value.keys()))

    def posts(self, value: Any) -> Sequence[Found]:  # noqa: ANN401 - whatever JSON holds
        """Read one status, or a notice between them: one of a deletion is heeded, the others hold no post."""
        if "delete" in value:
            return (Gone("twitter", str(value["delete"]["status"]["id_str"])),)
        if value.keys() <= NOTICES:
            self.context.kept_out["notices between the posts"] += 1
            return ()
        return read_status(value, self.context)

    def seen_at(self, value: Any) -> datetime | None:  # noqa: ANN401 - whatever JSON holds
        """Return until when an earlier version of an edited post was shown."""
        return replaced_at(value)
