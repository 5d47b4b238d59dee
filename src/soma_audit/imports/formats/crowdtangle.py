"""CrowdTangle's export of posts, a service that was closed in 2024: what researchers still have of it.

The columns are those of published exports; the last one's name changes with the weights a user had chosen.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from soma_audit.imports.context import NOBODYS
from soma_audit.imports.formats.facebook_rows import Met, Pages, address, counts_in, linked, owner_in, post_in
from soma_audit.imports.reader import TableReader, refuse_repeated
from soma_audit.imports.record import BadRecordError
from soma_audit.imports.sources.cells import count_in
from soma_audit.model import Post
from soma_audit.store.posts.duplicates import file_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from soma_audit.imports.reader import Sample
    from soma_audit.imports.record import Found
    from soma_audit.imports.sources.opened import Source

ZONES: Mapping[str, int] = {
    "UTC": 0,
    "GMT": 0,
    "CET": 1,
    "CEST": 2,
    "EDT": -4,
    "EST": -5,
    "PDT": -7,
    "PST": -8,
}
"""Hours east of Greenwich; other words mean different zones in different places."""
COLUMNS = (
    "page name",
    "user name",
    "facebook id",
    "post created",
    "created",
    "url",
    "link",
    "message",
    "comments",
    "shares",
)
"""What is read, beside the reactions."""
REACTIONS = ("likes", "love", "wow", "haha", "sad", "angry", "care", "thankful")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)(?:\s+([A-Z]{2,5}))?")


class CrowdTangle(TableReader):
    """Reads the posts of Pages, row by row."""

    name = "crowdtangle"
    title = "CrowdTangle export"
    time_column = "Post Created"
    holds = "own posts with counts"
    cannot = (
        "A CrowdTangle export has how many comments there are and not what they say: questions and their answers cannot"
        " be known from it."
    )

    @classmethod
    def recognises(cls, sample: Sample) -> bool:
        """Return whether it is one, by the Page's name beside the time, the address and the words of a post."""
        return {"page name", "url", "message"} <= sample.header and not sample.header.isdisjoint(
            {"post created", "created"}
        )

    def prepare(self, sources: list[Source]) -> None:
        """Find whose Pages the rows are of.

        Raises:
            InvalidInputError: that cannot be told, or the times are in a zone that is not known here.
        """
        for source in sources:
            refuse_repeated(source, COLUMNS)
        self.pages = Pages(self.context, self.package.name)
        self.lacks_zone = False
        self.pages.learn(met for row in self._rows(sources) if (met := row.page()))
        self.settle_times(())
        if self.lacks_zone:
            self.context.needs_timezone(self.package.name)

    def _rows(self, sources: Iterable[Source]) -> Iterator[_Row]:
        """Yield the rows that can be read, and notice whether a time among them is in a zone that is not known."""
        for value in self.values(sources):
            row = _Row(value)
            self.lacks_zone |= row.lacks_zone()
            if not row.is_usual():
                self.times.look(row.time)
            yield row

    def posts(self, value: Mapping[str, str]) -> Iterable[Found]:
        """Read one row.

        Raises:
            BadRecordError: it is no post; the reason says why and quotes nothing of it.
        """
        row = _Row(value)
        if lacking := next((what for what in ("message", "url") if what not in row), None):
            raise BadRecordError(f"has too few cells: there is none for {lacking}")
        met = row.page()
        account = self.pages.of(met) if met else None
        created_at = self.context.zoned(row.created_at() if row.is_usual() else self.times.read(row.time))
        if met is None or account is None:
            self.context.kept_out[NOBODYS] += 1
            return
        people = self.context.people["facebook"]
        text = people.text(linked(row["message"], [row["link"]]), by_visitor=False)
        number, page = post_in(row["url"]), account.native_id or met.number
        native_id = f"{page}_{number}" if number and page else file_key(created_at, text)
        url = address(row["url"])
        yield (
            account,
            Post(
                native_id=native_id,
                created_at=created_at,
                text=text,
                by_agency=True,
                thread=native_id,
                author=account.handle,
                permalink=url and people.text(url, by_visitor=True),
                counts=row.counts(),
            ),
        )


class _Row:
    """One row, by its columns' names in lower case."""

    def __init__(self, row: Mapping[str, str]) -> None:
        self._cells = {name.lower(): cell.strip() for name, cell in row.items()}

    def __getitem__(self, column: str) -> str:
        return self._cells.get(column, "")

    def __contains__(self, column: str) -> bool:
        return column in self._cells

    @property
    def time(self) -> str:
        return self["post created"] or self["created"]

    def is_usual(self) -> bool:
        """Whether its time is written as CrowdTangle wrote it, and not as a spreadsheet did since."""
        return _TIME.fullmatch(self.time) is not None

    def page(self) -> Met | None:
        """Return which Page it is of; None: it stands in a group."""
        if "/groups/" in self["url"]:
            return None
        number = self["facebook id"] if re.fullmatch(r"[0-9]{1,30}", self["facebook id"]) else ""
        owner = owner_in(self["url"])
        if owner.isdigit():
            number, owner = number or owner, ""
        met = Met(number, self["user name"] or owner, self["page name"])
        return met if any(met) else None

    def lacks_zone(self) -> bool:
        found = _TIME.fullmatch(self.time)
        return found is not None and found[3] not in ZONES

    def created_at(self) -> datetime:
        """Read when it was posted; without zone if that is one we do not know."""
        found = _TIME.fullmatch(self.time)
        try:
            moment = datetime.fromisoformat(f"{found[1]}T{found[2]}") if found else None
        except ValueError:
            moment = None
        if moment is None or found is None:
            raise BadRecordError("Post Created is not a time such as 2021-07-06 16:45:20 EDT")
        hours = ZONES.get(found[3])
        return moment if hours is None else moment.replace(tzinfo=timezone(timedelta(hours=hours)))

    def counts(self) -> dict[str, int]:
        """Return the counts; a like is any reaction, as where the network itself is asked."""
        reactions = [n for name in REACTIONS if (n := count_in(self[name])) is not None]
        return counts_in(
            like=sum(reactions) if reactions else None, reply=self["comments"], share=self["shares"]
        )
