"""Meta Content Library, the researchers' view of Facebook: posts on Pages, and the comments under them.

Its ids are its own and meet none of the Graph API's, so all keys here begin as those of other files do: posts that the
network knows too are found by their words. The columns are those that researchers have described; a table and JSON name
them alike, in JSON nested or with dots.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from soma_audit.imports.context import NOBODYS
from soma_audit.imports.formats.facebook_rows import Met, Pages, counts_in, id_in, linked
from soma_audit.imports.reader import Reader, Sample, each, refuse_repeated
from soma_audit.imports.record import BadRecordError
from soma_audit.imports.sources.csv import csv_records
from soma_audit.imports.sources.json import json_records
from soma_audit.model import Kind, Post
from soma_audit.store.posts.duplicates import FILE_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from soma_audit.imports.context import ImportContext
    from soma_audit.imports.record import Found, Record
    from soma_audit.imports.sources.opened import Package, Source
    from soma_audit.model import Account

NEEDED = frozenset({"id", "text", "creation_time", "post_id", "surface.id", "post_owner.id", "owner.id"})
"""Columns that a row must reach: without one of these it would be another post, or an empty one."""
COLUMNS = NEEDED | {
    "parent_comment_id",
    "statistics.comment_count",
    "statistics.share_count",
    "link_attachment.link",
}
_HOURS_ALONE = re.compile(r"[+-]\d\d(?:\d\d)?$")


@dataclass(slots=True)
class _Told:
    """What the posts' files of an import tell to those of the comments, which name no Page."""

    is_asked: bool = False
    """There are comments, which will want to know."""
    page_of: dict[str, str] = field(default_factory=dict)
    """The Page on which a post stands, by the post's id."""
    accounts: dict[str, Account] = field(default_factory=dict)
    """By the Page's id."""


class ContentLibrary(Reader):
    """Reads posts and comments, each from a file of its own."""

    name = "content-library"
    title = "Meta Content Library export"
    holds = "own posts, and visitors' posts and comments"

    def __init__(self, package: Package, context: ImportContext) -> None:
        super().__init__(package, context)
        # comments are read after all posts, whichever was named first: only posts tell whose Page it is
        self.last = any(_is_of_comments(_keys(Sample(source))) for source in package.sources)
        self.told: _Told = context.memory.setdefault(self.name, _Told())
        self.told.is_asked |= self.last
        self.lacks_zone = False

    @classmethod
    def recognises(cls, sample: Sample) -> bool:
        """Return whether it is one, by the names that only it gives to a time, a writer and a place."""
        keys = _keys(sample)
        return {"id", "creation_time"} <= keys and (
            _is_of_comments(keys) or not keys.isdisjoint({"surface.id", "post_owner.id"})
        )

    def prepare(self, sources: list[Source]) -> None:
        """Find whose Pages the posts are on; comments come after, and have it from the posts.

        Raises:
            InvalidInputError: that cannot be told, or the times have no zone and none is named.
        """
        for source in (s for s in sources if not Sample(s).value):
            refuse_repeated(source, COLUMNS)
        pages = Pages(self.context, self.package.name)
        met: dict[str, Met] = {}
        for row in self._rows(sources):
            with suppress(BadRecordError):
                self.lacks_zone |= _lacks_zone(row)
                if not _is_of_comments(row) and (one := self._page(row)):
                    if self.told.is_asked:
                        self.told.page_of[_number(row, "id")] = one.key
                    if one.name or one.key not in met:
                        met[one.key] = one
        pages.learn(one for key, one in met.items() if key not in self.told.accounts)
        for key, one in met.items():
            if account := pages.of(one):
                self.told.accounts[key] = account
        if self.last and not self.told.accounts:
            self.context.whose("facebook", self.package.name)
        if self.lacks_zone:
            self.context.needs_timezone(self.package.name)

    def _rows(self, sources: Iterable[Source]) -> Iterator[Mapping[str, Any]]:
        for value in self.values(sources):
            with suppress(RecursionError):
                yield from [_flat(entry) for entry in _entries(value) if isinstance(entry, dict)]

    @staticmethod
    def _page(row: Mapping[str, Any]) -> Met | None:
        """Return on which Page a post stands; only what the Page itself has written shows its name."""
        owner, surface = _number(row, "post_owner.id"), _number(row, "surface.id")
        place = surface or owner
        if not place or _text(row, "surface.type").lower() in {"group", "event"}:
            return None
        if owner != place:
            return Met("", "", "", place)
        return Met("", _text(row, "post_owner.username"), _text(row, "post_owner.name"), place)

    def records(self, source: Source) -> Iterator[Record]:
        """Yield the rows of a table, or the entries of JSON."""
        return json_records(source) if Sample(source).value else csv_records(source, NEEDED)

    def posts(self, value: Any) -> Iterator[Found]:  # noqa: ANN401 - a row, or whatever JSON holds
        """Read the posts and comments of a record; usually it is one."""
        entries = _entries(value)
        if len(entries) == 1:
            yield from self._entry(entries[0])
        else:
            yield from each(entries, self._entry, "entry")

    def _entry(self, entry: object) -> Iterable[Found]:
        if not isinstance(entry, dict):
            raise BadRecordError("is not a JSON object")
        row = _flat(entry)
        return self._comment(row) if _is_of_comments(row) else self._post(row)

    def _post(self, row: Mapping[str, Any]) -> Iterator[Found]:
        number = _number(row, "id", needed=True)
        met = self._page(row)
        account = self.told.accounts.get(met.key) if met else None
        created_at = self._moment(row)
        if met is None or account is None:
            self.context.kept_out[NOBODYS] += 1
            return
        people = self.context.people["facebook"]
        writer = _number(row, "post_owner.id")
        by_agency = None if not writer else writer == met.key
        text = linked(_text(row, "text"), [row.get("link_attachment.link")])
        likes = row.get("statistics.reaction_count", row.get("statistics.like_count"))
        yield (
            account,
            Post(
                native_id=_key(number),
                created_at=created_at,
                text=people.text(text, by_visitor=not by_agency),
                by_agency=by_agency,
                thread=_key(number),
                author=account.handle if by_agency else self._author(writer),
                counts=counts_in(
                    like=likes,
                    reply=row.get("statistics.comment_count"),
                    share=row.get("statistics.share_count"),
                ),
            ),
        )

    def _comment(self, row: Mapping[str, Any]) -> Iterator[Found]:
        number, post = _number(row, "id", needed=True), _number(row, "post_id", needed=True)
        above = _number(row, "parent_comment_id")
        created_at, account = self._moment(row), self._account_of(post)
        if account is None:
            self.context.kept_out[NOBODYS] += 1
            return
        pages = {page for page, whose in self.told.accounts.items() if whose.id == account.id}
        writer = _number(row, "owner.id")
        by_agency = writer in pages if pages and writer else None
        people = self.context.people["facebook"]
        yield (
            account,
            Post(
                native_id=_key(number),
                created_at=created_at,
                text=people.text(_text(row, "text"), by_visitor=not by_agency),
                by_agency=by_agency,
                thread=_key(post),
                parent=_key(above if above.strip("0") else post),
                author=account.handle if by_agency else self._author(writer),
                kind=Kind.COMMENT,
                counts=counts_in(
                    like=row.get("statistics.reaction_count", row.get("statistics.like_count")),
                    reply=row.get("statistics.comment_count", row.get("statistics.reply_count")),
                ),
            ),
        )

    def _account_of(self, post: str) -> Account | None:
        """Return on whose Page a post stands that the comments name by its id alone."""
        if page := self.told.page_of.get(post):
            return self.told.accounts.get(page)
        if named := self.context.named_on("facebook"):
            return named
        known = {account.id: account for account in self.told.accounts.values()}
        return next(iter(known.values())) if len(known) == 1 else None

    def _author(self, writer: str) -> str | None:
        return self.context.pseudonyms.author("facebook", writer) if writer else None

    def _moment(self, row: Mapping[str, Any]) -> datetime:
        moment = _time(row)
        if moment is None:
            raise BadRecordError("creation_time is not a time such as 2026-03-02T09:14:00+0000")
        return self.context.zoned(moment)


def _time(row: Mapping[str, Any]) -> datetime | None:
    text = _HOURS_ALONE.sub(_with_colon, _text(row, "creation_time").strip().removesuffix(" UTC").strip())
    is_utc = _text(row, "creation_time").strip().endswith(" UTC")
    try:
        return datetime.fromisoformat(f"{text}+00:00" if is_utc else text)
    except ValueError:
        return None


def _with_colon(found: re.Match[str]) -> str:
    return f"{found[0][:3]}:{found[0][3:] or '00'}"


def _lacks_zone(row: Mapping[str, Any]) -> bool:
    moment = _time(row)
    return moment is not None and moment.tzinfo is None


def _keys(sample: Sample) -> frozenset[str]:
    entries = _entries(sample.value)
    if entries and isinstance(entries[0], dict):
        return frozenset(_flat(entries[0]))
    return sample.header


def _is_of_comments(keys: Iterable[str]) -> bool:
    return {"post_id", "owner.id"} <= set(keys)


def _entries(value: Any) -> list[Any]:  # noqa: ANN401 - whatever JSON holds
    """Return the entries of a value: itself, or those of the list that it holds as `data`."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and isinstance(value.get("data"), list):
        return cast("list[Any]", value["data"])
    return [value] if value else []


def _flat(entry: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Name what is nested as a table would: `statistics.comment_count`."""
    flat: dict[str, Any] = {}
    for key, value in entry.items():
        name = f"{before}{key}".strip().lower()
        flat |= _flat(value, f"{name}.") if isinstance(value, dict) else {name: value}
    return flat


def _text(row: Mapping[str, Any], key: str) -> str:
    """Return a cell, or a number or a text of JSON.

    Raises:
        BadRecordError: it is something else.
    """
    value = row.get(key)
    if value is None:
        return ""
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value)
    raise BadRecordError(f"{key} is not text")


def _number(row: Mapping[str, Any], key: str, *, needed: bool = False) -> str:
    """Return an id; nothing if there is none and it is not needed.

    Raises:
        BadRecordError: it is no number, or a rounded one.
    """
    text = _text(row, key).strip()
    return id_in(text, key) if text or needed else ""


def _key(number: str) -> str:
    return f"{FILE_KEY}mcl-{number}"
