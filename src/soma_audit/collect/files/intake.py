"""Files become rows: pages of records, each one transaction; what cannot be read is kept out and named."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from soma_audit.collect.files.reader import Summary, why
from soma_audit.collect.files.record import Broken, Gone
from soma_audit.model import Account, Page, Stream
from soma_audit.store import Added

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from soma_audit.collect.files.desk import Desk
    from soma_audit.collect.files.opened import Source
    from soma_audit.collect.files.reader import Reader
    from soma_audit.collect.files.record import Record
    from soma_audit.model import Post
    from soma_audit.store import Run, Store

RECORDS_A_PAGE = 5000
BYTES_A_PAGE = 8 << 20
NAMED = 100
"""How many bad lines are kept to be named; all of them stand in the table quarantine."""


@dataclass(slots=True)
class Imported:
    """What an import brought, and what was kept out."""

    added: Added = field(default_factory=Added)
    lines: int = 0
    """Lines, list entries or rows that were read."""
    gone: int = 0
    """Posts whose text was dropped, since a file says that they are gone."""
    accounts: set[str] = field(default_factory=set)
    taken_in: list[str] = field(default_factory=list)
    """Accounts that the register does not know."""
    bad: int = 0
    bad_lines: list[tuple[str, int, str]] = field(default_factory=list)
    """File, line, reason; the first ones."""
    kept_out: dict[str, int] = field(default_factory=dict)
    """Posts that were read and not taken in, by the reason."""
    unknown_keys: dict[str, int] = field(default_factory=dict)
    summaries: list[Summary] = field(default_factory=list)


class Intake:
    """Stores what readers read, and keeps count of it."""

    def __init__(self, store: Store, run: Run, desk: Desk, now: datetime) -> None:
        self.store, self.run, self.desk, self.now = store, run, desk, now
        self.result = Imported()
        self.newest: dict[int, tuple[Account, datetime]] = {}

    def take(
        self, reader: Reader, sources: list[Source], summary: Summary, say: Callable[[int], None]
    ) -> None:
        """Take in all of one package."""
        for source in sources:
            for page in _pages(reader, source):
                self._store(reader, source, page, summary)
                say(len(page.records))
        reader.finish(summary)
        self.result.summaries.append(summary)

    def _store(self, reader: Reader, source: Source, page: _Records, summary: Summary) -> None:
        found: list[tuple[Account, Post]] = []
        gone: list[Gone] = []
        bad: list[tuple[str, int, str]] = []
        for record in page.records:
            try:
                for one in [record.value] if isinstance(record.value, Broken) else reader.posts(record.value):
                    if isinstance(one, Broken):
                        bad.append((source.name, record.line, one.reason))
                    elif isinstance(one, Gone):
                        gone.append(one)
                    else:
                        found.append(one)
            except Exception as error:  # noqa: BLE001 - a stranger's data may be wrong in any way
                bad.append((source.name, record.line, why(error)))
        self.result.lines += len(page.records)
        self._add(source, page, found, gone)
        self._count(found, summary)
        if bad:
            self.store.add_quarantine(self.run.id, bad)
            self.result.bad += len(bad)
            self.result.bad_lines += bad[: NAMED - len(self.result.bad_lines)]

    def _add(
        self, source: Source, records: _Records, found: list[tuple[Account, Post]], gone: list[Gone]
    ) -> None:
        page = _page(source, records, min(records.seen_at or source.modified_at, self.now))
        with self.store.transaction():
            number = self.store.page_row(self.run.id, None, page)
            self.result.added += self.store.write_posts(number, found)
            for network in {g.network for g in gone}:
                self.result.gone += self.store.forget_gone(
                    network,
                    [g.native_id for g in gone if g.network == network],
                    [self.desk.people[network].person(g.native_id) for g in gone if g.network == network],
                    number,
                )

    def _count(self, found: list[tuple[Account, Post]], summary: Summary) -> None:
        own = 0
        for account, post in found:
            own += post.by_agency is True
            known = self.newest.get(account.id or 0)
            if known is None or known[1] < post.created_at:
                self.newest[account.id or 0] = (account, post.created_at)
        summary.own += own
        summary.visitors += len(found) - own

    def finish(self) -> Imported:
        """Note how far each account has been read: up to its newest post, which is all that a file can vouch for."""
        for account, newest in self.newest.values():
            self.store.finish_walk(self.run.id, account, Stream.FILE, newest.isoformat(), newest)
            self.result.accounts.add(str(account))
        if self.desk.threads_guessed:
            self.store.settle_threads(self.newest)
        for account, _ in self.newest.values():
            self.store.unite_twins(account)
        if self.result.bad:
            self.run.partial(f"{self.result.bad} lines kept out")
        self.store.index_texts()
        self.result.taken_in = self.desk.taken_in
        self.result.kept_out, self.result.unknown_keys = (
            _dict(self.desk.kept_out),
            _dict(self.desk.unknown_keys),
        )
        return self.result


@dataclass(slots=True)
class _Records:
    """A piece of a file: what becomes one page."""

    seen_at: datetime | None
    records: list[Record] = field(default_factory=list)


def _pages(reader: Reader, source: Source) -> Iterator[_Records]:
    """Put records together as they were seen: those that one answer of a network brought are one page."""
    piece, size = _Records(None), 0
    for record in reader.records(source):
        seen_at = None if isinstance(record.value, Broken) else reader.seen_at(record.value)
        if piece.records and (
            len(piece.records) >= RECORDS_A_PAGE
            or size >= BYTES_A_PAGE
            or (seen_at and seen_at != piece.seen_at)
        ):
            yield piece
            piece, size = _Records(seen_at), 0
        piece.seen_at = piece.seen_at or seen_at
        piece.records.append(record)
        size += len(record.raw)
    if piece.records:
        yield piece


def _page(source: Source, records: _Records, seen_at: datetime) -> Page:
    """Stand for a piece of a file; the hash in its address tells whether the file is still the same."""
    digest = hashlib.sha256(b"".join(r.raw for r in records.records)).hexdigest()
    first, last = records.records[0].line, records.records[-1].line
    return Page(
        account=Account(agency="", network="", handle=""),
        stream=Stream.FILE,
        url=f"file:{source.name}?sha256={digest[:16]}#lines={first}-{last}",
        fetched_at=seen_at,
        body=b"",
        resume=None,
    )


def _dict(counter: Counter[str]) -> dict[str, int]:
    return dict(counter)
