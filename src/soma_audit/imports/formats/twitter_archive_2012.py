"""The archive that Twitter gave an account of itself from 2012 to 2018: a file of posts a month, and all of them as a table.

Known from the readers that others have published. The scripts hold more than the table, of which only those posts are
taken that no script has brought. Whose the archive is, how many posts it holds and when it was made stand in two small
scripts beside.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from soma_audit.imports.formats.twitter_archive import TwitterArchive, whose_archive
from soma_audit.imports.formats.twitter_status import read_status, written_at
from soma_audit.imports.reader import Reader
from soma_audit.imports.sources.cells import Ids
from soma_audit.imports.sources.csv import csv_records, header_of
from soma_audit.imports.sources.json import json_records

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from soma_audit.imports.reader import Sample, Summary
    from soma_audit.imports.record import Found, Record
    from soma_audit.imports.sources.opened import Package, Source

_MONTH = re.compile(r"(?:^|/)data/js/tweets/\d{4}_\d\d\.js$")
_BESIDE = re.compile(r"(?:^|/)data/js/(?:user|payload)_details\.js$")
_WHOSE = re.compile(r"(?:^|(?<=/))data/js/user_details\.js$")
_TABLE = re.compile(r"(?:^|/)(?:tweets|data/csv/[^/]+)\.csv$")
_COLUMNS = frozenset({"tweet_id", "timestamp", "source", "text", "retweeted_status_id"})
_IDS = ("tweet_id", "in_reply_to_status_id", "in_reply_to_user_id")
_SHORT_LINK = re.compile(r"https?://t\.co/\w+")


class TwitterArchive2012(Reader):
    """Reads an account's own posts from its archive."""

    name = "twitter-archive-2012"
    title = "X archive of 2012 to 2018"
    holds = TwitterArchive.holds
    cannot = TwitterArchive.cannot

    @classmethod
    def owns(cls, package: Package) -> bool:
        """Return whether it is such an archive, by its folder of months."""
        return any(_MONTH.search(name) or _BESIDE.search(name) for name in package.members)

    @classmethod
    def home(cls, path: str) -> str | None:
        """Return the folder above `data`, where the table stands."""
        return path[: found.start()] if (found := _WHOSE.search(path)) else None

    @classmethod
    def parts(cls, package: Package) -> list[Source]:
        """Choose what says whose they are, the months, and last the tables, which tell less of the same posts."""
        return [
            s
            for kind in (_BESIDE, _MONTH, _TABLE)
            for name, s in package.members.items()
            if kind.search(name)
        ]

    @classmethod
    def recognises(cls, sample: Sample) -> bool:
        """Return whether it is the table, by its columns; a month alone is read as statuses of API v1.1, which it holds."""
        return sample.header >= _COLUMNS

    def prepare(self, sources: list[Source]) -> None:
        """Read whose archive it is, how many posts it should hold and when it was made."""
        self.expected: int | None = None
        self.made_at: datetime | None = None
        self.taken: set[str] = set()
        """The ids of the posts that have been read."""
        handle = native_id = ""
        for source in sources:
            for record in json_records(source) if _BESIDE.search(source.name) else ():
                told = record.value
                if not isinstance(told, dict):
                    continue
                if "screen_name" in told:
                    handle, native_id = str(told["screen_name"]), str(told.get("id") or "")
                if "tweets" in told:
                    with suppress(OverflowError, TypeError, ValueError):  # of another shape
                        self.expected = int(told["tweets"])
                    with suppress(OverflowError, TypeError, ValueError):
                        self.made_at = written_at(told.get("created_at"), "0")
        self.ids = Ids()
        for row in self.values(source for source in sources if _is_table(source)):
            for column in _IDS:
                self.ids.look(row.get(column, ""), column)
        self.owner = whose_archive(self.context, self.package.name, handle, native_id)

    def records(self, source: Source) -> Iterator[Record]:
        """Yield the posts; the other files have been read already."""
        if _is_table(source):
            if len(self.taken) != self.expected:
                yield from csv_records(source)
        elif not _BESIDE.search(source.name):
            yield from json_records(source)

    def posts(self, value: Any) -> Sequence[Found]:  # noqa: ANN401 - a row, or whatever JSON holds
        """Read one post, unless it has been read already."""
        status = self._status_of(value) if "tweet_id" in value else value
        native_id = str(status.get("id_str") or status.get("id"))
        if native_id in self.taken:
            return ()
        found = read_status(status, self.context, self.owner)
        self.taken.add(native_id)
        return found

    def seen_at(self, value: Any) -> datetime | None:  # noqa: ANN401 - a row, or whatever JSON holds
        """Return when Twitter made the archive."""
        del value
        return self.made_at

    def finish(self, summary: Summary) -> None:
        """Compare with what the archive says it holds."""
        if self.expected not in {None, len(self.taken)}:
            summary.warnings.append(
                f"it says that it holds {self.expected} posts, and {len(self.taken)} were read. Is a part missing?"
            )

    def _status_of(self, row: Mapping[str, str]) -> dict[str, Any]:
        """Return a row of the table as a status."""
        text = row.get("text", "")
        short, full = _SHORT_LINK.findall(text), [u for u in row.get("expanded_urls", "").split(",") if u]
        if len(short) != len(full):  # Twitter often wrote the same address twice
            full = [*dict.fromkeys(full)]
        links = zip(short, full, strict=True) if len(short) == len(full) else ()
        told = {column: self.ids.read(row.get(column, ""), column) for column in _IDS}
        return {
            "id_str": told["tweet_id"],
            "created_at": row.get("timestamp"),
            "text": text,
            "source": row.get("source"),
            "in_reply_to_status_id_str": told["in_reply_to_status_id"],
            "in_reply_to_user_id_str": told["in_reply_to_user_id"],
            "retweeted_status": bool(row.get("retweeted_status_id")),
            "entities": {"urls": [{"url": s, "expanded_url": f} for s, f in links]},
        }


def _is_table(source: Source) -> bool:
    """Return whether a file is a table: by its name or, if it has none of its own, by its columns."""
    return source.name.lower().endswith(".csv") or _COLUMNS.issubset(header_of(source.head()))
