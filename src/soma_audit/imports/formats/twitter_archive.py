"""The archive that X gives an account of itself, as a zip or a folder: its own posts, with the client of each.

Opened are the posts, the long texts, the manifest and the account's name and id: the archive also holds private
messages, addresses and telephone numbers.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from soma_audit.imports.formats.twitter_status import read_status, replaced_at
from soma_audit.imports.reader import Reader
from soma_audit.imports.record import NotARow
from soma_audit.imports.sources.json import json_records
from soma_audit.imports.sources.opened import HEAD, read_on
from soma_audit.networks import NETWORKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from soma_audit.imports.context import ImportContext
    from soma_audit.imports.reader import Sample, Summary
    from soma_audit.imports.record import Found, Record
    from soma_audit.imports.sources.opened import Package, Source
    from soma_audit.model import Account

_POSTS = re.compile(r"(?:^|/)tweets?(?:-part\d+)?\.js$")  # in data/, or, in the oldest archives, at the top
_BESIDE = re.compile(r"(?:^|/)(?:account|manifest|note-tweet)\.js$")
_WHOSE = re.compile(r"(?:^|(?<=/))(?:(?:data/)?account|data/manifest)\.js$")
_ASSIGNED = re.compile(rb"\s*window\.YTD\.(\w+)\.part")
HIDDEN = "posts that an X archive holds apart: deleted ones, and those that only some may see"
CUT = 200
"""A text of so many characters may be the beginning of a longer one, which is found by them if it does not name its post."""


class TwitterArchive(Reader):
    """Reads an account's own posts from its archive."""

    name = "twitter-archive"
    title = "X archive"
    holds = "the account's own posts, with their clients and what they reply to"
    cannot = (
        "An X archive holds the account's own posts only: who asked it something, and whether they were answered,"
        " cannot be known from it."
    )

    @classmethod
    def owns(cls, package: Package) -> bool:
        """Return whether it is such an archive, by its folder of scripts."""
        return any(_POSTS.search(name) or _BESIDE.search(name) for name in package.members)

    @classmethod
    def home(cls, path: str) -> str | None:
        """Return the folder above `data`."""
        return path[: found.start()] if (found := _WHOSE.search(path)) else None

    @classmethod
    def parts(cls, package: Package) -> list[Source]:
        """Choose the few files that hold posts or say whose they are."""
        return [s for name, s in package.members.items() if _POSTS.search(name) or _BESIDE.search(name)]

    @classmethod
    def recognises(cls, sample: Sample) -> bool:
        """Return whether it is one of its files of posts, by how an entry begins; until January 2020 entries were not wrapped."""
        if not isinstance(sample.value, dict):
            return False
        is_bare = {
            "id_str",
            "full_text",
            "display_text_range",
        } <= sample.value.keys() and "user" not in sample.value
        return is_bare or sample.value.keys() == {"tweet"}

    def prepare(self, sources: list[Source]) -> None:
        """Read whose archive it is, how many posts it should hold, and the long texts."""
        self.expected: int | None = None
        self.made_at: datetime | None = None
        self.read = 0
        self.long_by_id: dict[str, str] = {}
        self.long_by_beginning: dict[str, str | None] = {}
        handle = native_id = None
        for source in sources:
            beside = _BESIDE.search(source.name)
            for record in json_records(source) if beside else ():
                value = record.value
                if not isinstance(value, dict):
                    continue
                if isinstance(own := value.get("account", value), dict) and "username" in own:
                    handle, native_id = own["username"], own.get("accountId")
                elif isinstance(owner := value.get("userInfo"), dict):
                    handle, native_id = handle or owner.get("userName"), native_id or owner.get("accountId")
                    with suppress(
                        ArithmeticError, AttributeError, LookupError, TypeError, ValueError
                    ):  # of another shape
                        self.expected = _promised(value)
                    self.made_at = _time(value.get("archiveInfo"))
                elif isinstance(note := value.get("noteTweet"), dict):
                    with suppress(RecursionError):
                        self._keep_long(note)
        self.owner = whose_archive(self.context, self.package.name, str(handle or ""), str(native_id or ""))

    def _keep_long(self, note: dict[str, Any]) -> None:
        text = _find_text(note)
        if not text:
            return
        if note.get("tweetId"):
            self.long_by_id[str(note["tweetId"])] = text
        else:  # two that begin alike cannot be told apart
            beginning = text[:CUT]
            self.long_by_beginning[beginning] = None if beginning in self.long_by_beginning else text

    def records(self, source: Source) -> Iterator[Record]:
        """Yield the posts; the other files have been read already."""
        if _BESIDE.search(source.name):
            return
        with source.in_utf8() as stream:
            assigned = _ASSIGNED.match(read_on(stream, HEAD)[0])
        is_hidden = assigned is not None and assigned[1] not in {b"tweet", b"tweets"}
        for record in json_records(source):
            yield record._replace(value=NotARow(HIDDEN)) if is_hidden else record

    def posts(self, value: Any) -> Sequence[Found]:  # noqa: ANN401 - whatever JSON holds
        """Read one post."""
        status = _status(value)
        self.read += 1
        if "deleted_at" in status:
            self.context.kept_out[HIDDEN] += 1
            return ()
        return read_status(status, self.context, self.owner, self._long_text(status))

    def _long_text(self, status: dict[str, Any]) -> str | None:
        if found := self.long_by_id.get(str(status.get("id_str"))):
            return found
        text = status.get("full_text") or ""
        return self.long_by_beginning.get(text[:CUT]) if len(text) >= CUT else None

    def seen_at(self, value: Any) -> datetime | None:  # noqa: ANN401 - whatever JSON holds
        """Return when X made the archive, or for an earlier version of an edited post until when it stood there."""
        return replaced_at(value.get("tweet", value) if isinstance(value, dict) else value) or self.made_at

    def finish(self, summary: Summary) -> None:
        """Compare with what the manifest promises."""
        if self.expected is not None and self.read != self.expected:
            summary.warnings.append(
                f"its manifest speaks of {self.expected} posts, {self.read} were read. Is a part missing?"
            )


def whose_archive(context: ImportContext, file: str, handle: str, native_id: str) -> Account:
    """Return whose archive it is: as it says itself, if the register knows that; else whom the user names.

    Raises:
        InvalidInputError: neither tells.
    """
    people = context.people["twitter"]
    if known := people.known.get(native_id) or people.names.get(handle.lower()):
        handle = known.handle
    taken_in = known is None or known.agency == f"twitter-{handle.lower()}"
    named = context.named_on("twitter") if taken_in else None
    if named is None and NETWORKS["twitter"].handle.fullmatch(handle):
        named = context.account("twitter", handle, native_id or None)
    return named or context.whose("twitter", file)


def _status(value: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever JSON holds
    """Return the status of an entry; until January 2020 it was not wrapped."""
    status: dict[str, Any] = value.get("tweet", value)
    return status


def _time(archive: object) -> datetime | None:
    try:
        made_at = datetime.fromisoformat(archive["generationDate"])  # type: ignore[index]
        return made_at.astimezone(UTC).replace(microsecond=0)
    except (KeyError, OverflowError, TypeError, ValueError):
        return None


def _promised(manifest: dict[str, Any]) -> int | None:
    """Count the posts that the manifest names; None if it names no file of them."""
    kinds = manifest.get("dataTypes") or {}
    files = [f for kind in ("tweet", "tweets") for f in (kinds.get(kind) or {}).get("files") or ()]
    return sum(int(f["count"]) for f in files) if files else None


def _find_text(note: object) -> str | None:
    """Find the text, which stands in another place from archive to archive."""
    if not isinstance(note, dict):
        return None
    if isinstance(text := note.get("text"), str):
        return text
    return next((text for inner in note.values() if (text := _find_text(inner))), None)
