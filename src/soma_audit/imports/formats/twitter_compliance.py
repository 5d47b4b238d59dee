"""X's compliance results: which posts, and whose, are deleted, protected or suspended. Their texts may not be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from soma_audit.imports.reader import Reader
from soma_audit.imports.record import BadRecordError, Gone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from soma_audit.imports.reader import Sample
    from soma_audit.imports.record import Found

KEPT = frozenset({"scrub_geo"})
"""Reasons that ask for less than the text: places are never kept here."""


class TwitterCompliance(Reader):
    """Reads ids of posts, and of people, that are to be forgotten. Read after all other files, so that none escapes."""

    name = "twitter-compliance"
    title = "X compliance results"
    holds = "which posts, and whose, are gone: their texts are dropped"
    last = True

    @classmethod
    def recognises(cls, sample: Sample) -> bool:
        """Return whether it is one, by what is asked for with each id."""
        value = sample.value
        return isinstance(value, dict) and {"id", "reason"} <= value.keys() and "text" not in value

    def posts(self, value: Any) -> Iterator[Found]:  # noqa: ANN401 - whatever JSON holds
        """Read one result; the id is a post's or a person's, as the job asked."""
        native_id = str(value.get("id") or "")
        if not native_id.isdecimal():
            raise BadRecordError("has no id")
        if value.get("reason") not in KEPT:
            yield Gone("twitter", native_id)
