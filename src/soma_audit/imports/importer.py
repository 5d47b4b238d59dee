"""Files become rows: pages of records, each one transaction; what cannot be read is kept out and named."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from soma_audit.errors import InvalidInputError
from soma_audit.imports.reader import Reader, Summary, why
from soma_audit.imports.record import Broken, Gone, NotARow, NotPublic
from soma_audit.model import Account, Page, Stream
from soma_audit.networks import impossible_time
from soma_audit.store import Added

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from soma_audit.imports.context import ImportContext
    from soma_audit.imports.record import Record
    from soma_audit.imports.sources.opened import Source
    from soma_audit.model import Post
    from soma_audit.store import Run, Store

RECORDS_A_PAGE = 5000
POSTS_A_PAGE = 5000
_TEXT = {str, type(None)}
NAMED = 100
"""How many bad lines are kept to be named; all of them stand in the table quarantine."""


@dataclass(slots=True)
class Imported:
    """What an import brought, and what was kept out."""

    added: Added = field(default_factory=Added)
    lines: int = 0
    """Lines, list entries or rows that were read."""
    accounts: set[str] = field(default_factory=set)
    taken_in: list[str] = field(default_factory=list)
    """Accounts that the register does not know."""
    bad: int = 0
    bad_lines: list[tuple[str, int, str]] = field(default_factory=list)
    """File, line, reason; the first ones."""
    kept_out: dict[str, int] = field(default_factory=dict)
    """Posts that were read and not taken in, by the reason."""
    unknown_keys: dict[str, int] = field(default_factory=dict)
    twice: int = 0
    """Local times that came twice, when clocks were put back."""
    summaries: list[Summary] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    """A sentence about each file that could not be read, or not to its end."""


class Importer:
    """Stores what readers read, and keeps count of it."""

    def __init__(self, store: Store, run: Run, context: ImportContext, now: datetime) -> None:
        self.store, self.run, self.context, self.now = store, run, context, now
        self.result = Imported()
        self.newest: dict[int, tuple[Account, datetime]] = {}

    def take(
        self, reader: Reader, sources: list[Source], summary: Summary, say: Callable[[int], None]
    ) -> None:
        """Take in all of one package."""
        is_timed = type(reader).seen_at is not Reader.seen_at
        for source in sources:
            batch = _Batch()
            for record in self._records(reader, source):
                if isinstance(record.value, NotARow):
                    self.context.kept_out[record.value.what] += 1
                    continue
                is_broken = isinstance(record.value, Broken)
                seen_at = reader.seen_at(record.value) if is_timed and not is_broken else None
                if batch.is_full or (batch.lines and seen_at != batch.seen_at):
                    self._store(source, batch, summary)
                    say(batch.lines)
                    batch = _Batch()
                batch.add(record, seen_at)
                if is_broken:
                    batch.bad.append((source.name, record.line, record.value.reason))
                else:
                    self._read(reader, source, record, batch)
            if batch.lines:
                self._store(source, batch, summary)
        reader.finish(summary)
        self.result.summaries.append(summary)

    def _records(self, reader: Reader, source: Source) -> Iterator[Record]:
        """Read a source's records; one that has gone away since it was looked at does not take the others with it."""
        try:
            yield from reader.records(source)
        except InvalidInputError as error:
            self.result.damaged.append(str(error))

    def _read(self, reader: Reader, source: Source, record: Record, batch: _Batch) -> None:
        """Read one record; whatever is wrong with it, the others are not to suffer."""
        try:
            for one in reader.posts(record.value):
                if isinstance(one, tuple) and _is_storable(one[1]):
                    wrong = impossible_time(one[0].network, one[1].created_at, self.now)
                    if wrong:
                        batch.bad.append((source.name, record.line, wrong))
                    else:
                        batch.found.append(one)
                elif isinstance(one, Gone):
                    batch.gone.append(one)
                elif isinstance(one, NotPublic):
                    batch.not_public.append(one)
                else:
                    reason = one.reason if isinstance(one, Broken) else "has a value of the wrong kind"
                    batch.bad.append((source.name, record.line, reason))
        except Exception as error:  # noqa: BLE001 - a stranger's data may be wrong in any way
            batch.bad.append((source.name, record.line, why(error)))

    def _store(self, source: Source, batch: _Batch, summary: Summary) -> None:
        """Store a batch of a file: one page, one transaction."""
        page = batch.page(source, min(batch.seen_at or source.modified_at, self.now))
        not_public = [(one.account, one.native_id) for one in batch.not_public]
        self.result.added += self.store.posts.add_piece(
            self.run.id, page, batch.found, self._gone(batch), not_public=not_public
        )
        self._count(batch.found, summary)
        self.result.lines += batch.lines
        if batch.bad:
            self.store.posts.add_quarantine(self.run.id, batch.bad)
            self.result.bad += len(batch.bad)
            self.result.bad_lines += batch.bad[: NAMED - len(self.result.bad_lines)]

    def _gone(self, batch: _Batch) -> Iterator[tuple[str, list[str], list[str]]]:
        """Yield what is gone by network: ids that may be posts', and the names under which people of these ids are kept."""
        for network in {g.network for g in batch.gone}:
            ids, people = (
                [g.native_id for g in batch.gone if g.network == network],
                self.context.people[network],
            )
            yield network, ids, [a.handle if (a := people.known.get(i)) else people.person(i) for i in ids]

    def _count(self, found: list[tuple[Account, Post]], summary: Summary) -> None:
        own = in_passing = 0
        for account, post in found:
            own += post.by_agency is True and not post.in_passing
            in_passing += post.in_passing
            known = self.newest.get(account.id or 0)
            if known is None or known[1] < post.created_at:
                self.newest[account.id or 0] = (account, post.created_at)
        summary.own += own
        summary.visitors += len(found) - own - in_passing

    def finish(self) -> Imported:
        """Note how far each account has been read: up to its newest post, which is all that a file can vouch for."""
        for account, newest in self.newest.values():
            read = self.store.walks.bookmark(account, Stream.FILE)
            if read is None or datetime.fromisoformat(read) < newest:
                self.store.walks.finish_walk(self.run.id, account, Stream.FILE, newest.isoformat(), newest)
            self.result.accounts.add(str(account))
        self.store.walks.settle_threads(self.newest)
        for account, _ in self.newest.values():
            self.store.duplicates.merge_duplicates(account)
        if self.result.bad:
            self.run.partial(f"{self.result.bad} lines kept out")
        if self.result.damaged:
            self.run.partial(f"{len(self.result.damaged)} files damaged")
        self.store.posts.index_texts()
        self.result.taken_in = self.context.taken_in
        self.result.kept_out = dict(self.context.kept_out)
        self.result.twice = self.context.twice
        self.result.unknown_keys = dict(self.context.unknown_keys)
        return self.result


def _is_storable(post: Post) -> bool:
    """Return whether a post holds text where the database takes nothing else; a stranger's JSON may hold anything there."""
    return (
        type(post.text) in _TEXT
        and type(post.thread) is str
        and type(post.parent) in _TEXT
        and type(post.author) in _TEXT
        and type(post.client) in _TEXT
        and type(post.reply_setting) in _TEXT
        and type(post.permalink) in _TEXT
    )


class _Batch:
    """A batch of a file, which becomes one page: what one answer of a network brought, or so many records."""

    def __init__(self) -> None:
        self.found: list[tuple[Account, Post]] = []
        self.gone: list[Gone] = []
        self.not_public: list[NotPublic] = []
        self.bad: list[tuple[str, int, str]] = []
        """File, line, reason."""
        self.seen_at: datetime | None = None
        self.lines = self.first = self.last = 0
        self._hash = hashlib.sha256()

    @property
    def is_full(self) -> bool:
        return self.lines >= RECORDS_A_PAGE or len(self.found) >= POSTS_A_PAGE

    def add(self, record: Record, seen_at: datetime | None) -> None:
        self.first = self.first or record.line
        self.last = record.line
        self.lines += 1
        self.seen_at = self.seen_at or seen_at
        self._hash.update(record.raw)

    def page(self, source: Source, seen_at: datetime) -> Page:
        """Stand for the batch; the hash in its address tells whether the file is still the same."""
        return Page(
            account=Account(agency="", network="", handle=""),
            stream=Stream.FILE,
            url=f"file:{source.name}?sha256={self._hash.hexdigest()[:16]}#lines={self.first}-{self.last}",
            fetched_at=seen_at,
            body=b"",
            resume=None,
        )
