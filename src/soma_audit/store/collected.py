"""What the collect stage writes: register, pages, posts, how far each walk came, and what it could not see."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

from soma_audit.model import Account, Agency, Gap, Page, Post, Role, Since, Stream
from soma_audit.store.compact import to_json
from soma_audit.store.connection import Connection, text_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime


@dataclass(slots=True)
class Added:
    """How many posts a page brought."""

    new: int = 0
    changed: int = 0

    def __iadd__(self, other: Added) -> Self:
        self.new += other.new
        self.changed += other.changed
        return self


class Collected(Connection):
    """Writing what was seen, and what was not."""

    # --- the register ---

    def save_register(self, agencies: Iterable[Agency], accounts: Iterable[Account], now: datetime) -> None:
        """Make the database's register equal to the file's; what the file no longer names is dropped, not deleted."""
        with self.transaction():
            for agency in agencies:
                self._save_agency(agency)
            kept = [self._save_account(a) for a in accounts]
            self.execute(
                "update account set dropped_at = ?, changed = changed + 1 where dropped_at is null"
                " and agency in (select id from agency where kind is not null)"
                " and id not in (select value from json_each(?))",
                (text_time(now), json.dumps(kept)),
            )

    def _save_agency(self, agency: Agency) -> None:
        self.execute(
            "insert into agency (id, name, kind, valid_from, valid_to, succeeds) values (?, ?, ?, ?, ?, ?)"
            " on conflict do update set name = excluded.name, kind = excluded.kind, valid_from = excluded.valid_from,"
            " valid_to = excluded.valid_to, succeeds = excluded.succeeds",
            (
                *(agency.id, agency.name, agency.kind, _iso(agency.valid_from), _iso(agency.valid_to)),
                to_json(agency.succeeds),
            ),
        )

    def _save_account(self, account: Account) -> int:
        valid = (_iso(account.valid_from), _iso(account.valid_to))
        row = self.execute(
            "insert into account (agency, network, handle, role, evidence, valid_from, valid_to)"
            " values (?, ?, ?, ?, ?, ?, ?)"
            " on conflict do update set agency = excluded.agency, handle = excluded.handle, role = excluded.role,"
            " evidence = excluded.evidence, valid_from = excluded.valid_from, valid_to = excluded.valid_to,"
            " dropped_at = null returning id",
            (account.agency, account.network, account.handle, account.role, account.evidence, *valid),
        ).fetchone()
        return int(row[0])

    def accounts(self, *, day: date | None = None) -> list[Account]:
        """List the accounts that have not been dropped; with a day, those valid on it."""
        rows = self.execute(
            "select id, agency, network, handle, native_id, role, evidence, valid_from, valid_to from account"
            " where dropped_at is null and (:day is null or (coalesce(valid_from, '') <= :day"
            " and coalesce(valid_to, '9999') >= :day)) order by network, handle",
            {"day": _iso(day)},
        )
        return [_account(row) for row in rows]

    def account(self, network: str, handle: str) -> Account | None:
        """Find an account by its name, in any case."""
        row = self.execute(
            "select id, agency, network, handle, native_id, role, evidence, valid_from, valid_to from account"
            " where network = ? and handle = ?",
            (network, handle),
        ).fetchone()
        return _account(row) if row else None

    def take_in(self, network: str, handle: str) -> Account:
        """Take in an account that the register does not know, under an agency of its own name."""
        slug = f"{network}-{handle.lower()}"
        self.execute("insert or ignore into agency (id, name) values (?, ?)", (slug, handle))
        self._save_account(Account(agency=slug, network=network, handle=handle))
        account = self.account(network, handle)
        assert account is not None  # noqa: S101 - it has just been written
        return account

    def save_native_id(self, account: Account, native_id: str) -> None:
        """Keep the network's own id of an account: handles change, ids do not."""
        self.execute(
            "update account set native_id = ? where id = ? and native_id is not ?",
            (native_id, account.id, native_id),
        )

    # --- pages and posts ---

    def add_page(
        self,
        run: int,
        account: Account,
        page: Page,
        posts: Sequence[Post],
        *,
        about: Mapping[str, object] | None = None,
        newest: str | None = None,
    ) -> Added:
        """Store one page of a walk, its posts, and how far the walk has come: one transaction.

        A page that brought nothing new is not kept, so that a night without news leaves no trace but the bookmark.
        """
        with self.transaction():
            last = self.execute("select coalesce(max(id), 0) from page").fetchone()[0]
            number = self.page_row(run, account.id, page)
            added = self.write_posts(number, [(account, p) for p in posts])
            told = about is not None and self._write_about(account, number, about)
            if number > last and not (added.new or added.changed or told):
                self.execute("delete from page where id = ?", (number,))
            self.execute(
                "insert into walk (account, stream, since, newest, resume)"
                " values (?, ?, (select since from bookmark where account = ?1 and stream = ?2), ?, ?)"
                " on conflict do update set newest = excluded.newest, resume = excluded.resume",
                (account.id, page.stream, newest, page.resume),
            )
        return added

    def page_row(self, run: int, account: int | None, page: Page) -> int:
        """Store a page once; give its id."""
        body = zlib.compress(page.body, 6) if page.body else None
        key = (account, page.stream, page.url, hashlib.sha256(page.body or page.url.encode()).hexdigest())
        row = self.execute(
            "select id from page where account is ? and stream = ? and url = ? and sha256 = ?", key
        ).fetchone()
        if row is None:
            row = self.execute(
                "insert into page (account, stream, url, sha256, run, fetched_at, body, api_version)"
                " values (?, ?, ?, ?, ?, ?, ?, ?) returning id",
                (*key, run, text_time(page.fetched_at), body, page.api_version),
            ).fetchone()
        return int(row[0])

    def _write_about(self, account: Account, page: int, facts: Mapping[str, object]) -> bool:
        """Keep what the network says of the account, if it is news."""
        text = to_json(facts)
        last = self.execute(
            "select facts from about join page on page.id = about.page where about.account = ? and page.stream ="
            " (select stream from page where id = ?) order by page desc limit 1",
            (account.id, page),
        ).fetchone()
        if last is not None and last[0] == text:
            return False
        self.execute(
            "insert or replace into about (account, page, facts) values (?, ?, ?)", (account.id, page, text)
        )
        self._mark_changed([account.id])
        return True

    def write_posts(self, page: int, posts: Iterable[tuple[Account, Post]]) -> Added:
        """Write posts as seen on a page: new ones, and an observation where something changed. Inside a transaction."""
        seen = {(a.id, p.native_id): p for a, p in posts}  # twice on one page: the last one counts
        known = self._known(seen)
        post_id = self.execute("select coalesce(max(id), 0) from post").fetchone()[0]
        observation_id = self.execute("select coalesce(max(id), 0) from observation").fetchone()[0]
        new, observations, moved, touched = [], [], [], set()
        for key, post in seen.items():
            look = (post.text, post.client, to_json(post.counts), post.reply_setting)
            old = known.get((key[0] or 0, key[1]))
            if old is None:
                post_id += 1
                number = post_id
            else:
                number = old[0]
                # what a later answer no longer tells is not unsaid by it
                look = (look[0], look[1] or old[2], look[2] if post.counts else old[3], look[3] or old[4])
                self._learn(number, post, old[5:8])
                if old[8]:
                    look = (None, *look[1:])  # its time was up: seeing it again does not bring it back
                if post.in_passing or look == old[1:5]:
                    continue
            observation_id += 1
            touched.add(key[0])
            observations.append((observation_id, number, page, *look))
            if old is None:
                new.append((number, *_columns(key, post), observation_id))
            else:
                moved.append((observation_id, number))
        self._insert(new, observations, moved)
        self._mark_changed(touched)
        return Added(len(new), len(moved))

    def _known(self, seen: Mapping[tuple[int | None, str], Post]) -> dict[tuple[int, str], tuple[Any, ...]]:
        ids: dict[int, list[str]] = {}
        for account, native_id in seen:
            ids.setdefault(account or 0, []).append(native_id)
        known = {}
        for account, natives in ids.items():
            for row in self.execute(
                "select post.native_id, post.id, text, client, counts, reply_setting, parent, by_agency, permalink,"
                " expired from post join observation on observation.id = post.observation"
                " where post.account = ? and native_id in (select value from json_each(?))",
                (account, json.dumps(natives)),
            ):
                known[account, row[0]] = row[1:]
        return known

    def _learn(self, number: int, post: Post, old: tuple[Any, ...]) -> None:
        """Fill in what was not known of a post when it was first seen."""
        parent, by_agency, permalink = old
        if parent is None and post.parent is not None:
            self.execute(
                "update post set parent = ?, thread = ? where id = ?", (post.parent, post.thread, number)
            )
        if by_agency is None and post.by_agency is not None:
            self.execute(
                "update post set by_agency = ?, author = ? where id = ?",
                (post.by_agency, post.author, number),
            )
        if permalink is None and post.permalink is not None:
            self.execute("update post set permalink = ? where id = ?", (post.permalink, number))

    def _insert(self, new: list[Any], observations: list[Any], moved: list[Any]) -> None:
        many = self.connection.executemany
        many("insert into post values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", new)
        many(
            "insert or replace into observation (id, post, page, text, client, counts, reply_setting)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            observations,
        )
        many("update post set observation = ? where id = ?", moved)

    def _mark_changed(self, accounts: Iterable[int | None]) -> None:
        """Note that there is something to judge: on the account, and on its agency's other ones, which compare texts."""
        self.execute(
            "update account set changed = changed + 1 where agency in"
            " (select agency from account where id in (select value from json_each(?)))",
            (json.dumps(sorted(a for a in accounts if a)),),
        )

    def index_texts(self) -> None:
        """Bring the full-text index up to date. Once a run: word by word it would double the time of an import."""
        with self.transaction():
            self.execute(
                "insert into observation_fts (rowid, text) select id, text from observation"
                " where id > (select coalesce(max(id), 0) from observation_fts_docsize)"
            )

    # --- walks and gaps ---

    def since(self, account: Account, stream: Stream, *, now: datetime, revisit: timedelta) -> Since:
        """Look up from where to walk a stream: bookmark, a walk that was cut off, threads to look at."""
        bookmark = self.execute(
            "select since from bookmark where account = ? and stream = ?", (account.id, stream)
        ).fetchone()
        walk = self.execute(
            "select resume from walk where account = ? and stream = ?", (account.id, stream)
        ).fetchone()
        threads: tuple[str, ...] = ()
        if stream is Stream.OPEN_THREADS:
            threads = self._open_threads(account, now)
        elif stream is Stream.COMMENTS:
            threads = self._unread_threads(account, now - revisit if bookmark else None)
        return Since(bookmark=bookmark and bookmark[0], resume=walk and walk[0], threads=threads)

    def _open_threads(self, account: Account, now: datetime) -> tuple[str, ...]:
        """Threads in which a visitor spoke last, within the seven days that a recent search reaches back."""
        rows = self.execute(
            "select thread from (select thread, by_agency, created_at, row_number() over"
            " (partition by thread order by created_at desc, native_id desc) as place from post where account = ?)"
            " where place = 1 and by_agency is not 1 and created_at >= ? order by created_at, thread",
            (account.id, text_time(now - timedelta(days=7))),
        )
        return tuple(row[0] for row in rows)

    def _unread_threads(self, account: Account, since: datetime | None) -> tuple[str, ...]:
        """Posts under which the network counts more comments than have been read."""
        rows = self.execute(
            "select post.native_id from post join observation on observation.id = post.observation"
            " left join (select thread, count(*) as posts from post where account = :account group by thread) as read"
            " on read.thread = post.native_id"
            " where post.account = :account and post.kind <> 'comment' and post.created_at >= :since"
            " and json_extract(counts, '$.reply') > read.posts - 1 order by post.created_at, post.native_id",
            {"account": account.id, "since": text_time(since) if since else ""},
        )
        return tuple(row[0] for row in rows)

    def walk_newest(self, account: Account, stream: Stream) -> str | None:
        """Give the newest position of a walk that was cut off."""
        sql = "select newest from walk where account = ? and stream = ?"
        row = self.execute(sql, (account.id, stream)).fetchone()
        return row[0] if row else None

    def finish_walk(
        self, run: int, account: Account, stream: Stream, newest: str | None, now: datetime
    ) -> None:
        """Move the bookmark, and forget how far the walk had come: the last thing a walk does, in one transaction."""
        with self.transaction():
            self.execute(
                "insert into bookmark (account, stream, since, run, completed_at) values (?, ?, ?, ?, ?)"
                " on conflict do update set since = coalesce(excluded.since, since), run = excluded.run,"
                " completed_at = excluded.completed_at",
                (account.id, stream, newest, run, text_time(now)),
            )
            self.execute("delete from walk where account = ? and stream = ?", (account.id, stream))
            self._close_gaps(run, account, stream)
            self._settle_authors(account)

    def _close_gaps(self, run: int, account: Account, stream: Stream) -> None:
        """A stream read to its end leaves no gap but those the network cut off for good."""
        closed = self.execute(
            "update gap set closed_by = ? where account = ? and closed_by is null and reason <> 'cap'"
            " and (stream = ? or (stream is null and ? = 'profile'))",
            (run, account.id, stream, stream),
        ).rowcount
        if closed:
            self._mark_changed([account.id])

    def _settle_authors(self, account: Account) -> None:
        """Where the network names the agency under its own comments, a comment without a name is a visitor's."""
        self.execute(
            "update post set by_agency = 0 where account = :account and by_agency is null and exists"
            " (select 1 from post as own where own.account = :account and own.by_agency = 1 and own.kind = 'comment')",
            {"account": account.id},
        )

    def settle_threads(self, accounts: Iterable[int | None]) -> None:
        """Where a post's thread was taken from its parent, follow that one's thread up to the topmost known post."""
        with self.transaction():
            # each round doubles the reach; posts in a ring, which no network has, end too
            for _ in range(64):
                moved = self.execute(
                    "update post set thread = above.thread from post as above where above.account = post.account"
                    " and above.native_id = post.thread and above.thread <> above.native_id"
                    " and above.thread <> post.thread and post.thread <> post.native_id"
                    " and post.account in (select value from json_each(?))",
                    (json.dumps(sorted({a for a in accounts if a})),),
                ).rowcount
                if not moved:
                    return

    def drop_walk(self, account: Account, stream: Stream) -> None:
        """Forget a walk whose place the network no longer knows; the next one starts at the top."""
        self.execute("delete from walk where account = ? and stream = ?", (account.id, stream))

    def add_gap(self, run: int, account: Account, gap: Gap) -> bool:
        """Note what could not be seen; True if that was not known already."""
        span = (gap.since and text_time(gap.since), gap.until and text_time(gap.until))
        added = self.execute(
            "insert or ignore into gap (account, stream, reason, detail, since, until, run) values (?, ?, ?, ?, ?, ?, ?)",
            (account.id, gap.stream, gap.reason, gap.detail, *span, run),
        ).rowcount
        if added:
            self._mark_changed([account.id])
        return bool(added)

    def add_quarantine(self, run: int, lines: Iterable[tuple[str, int, str]]) -> None:
        """Note which lines of which files were kept out, and why."""
        rows = [(run, *line) for line in lines]
        with self.transaction():
            self.connection.executemany("insert or ignore into quarantine values (?, ?, ?, ?)", rows)


def _columns(key: tuple[int | None, str], post: Post) -> tuple[Any, ...]:
    account, native_id = key
    whose = (post.author, post.by_agency, text_time(post.created_at))
    return (account, native_id, post.thread, post.parent, *whose, post.kind, post.permalink)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _account(row: tuple[Any, ...]) -> Account:
    number, agency, network, handle, native_id, role, evidence, since, until = row
    return Account(
        id=number,
        agency=agency,
        network=network,
        handle=handle,
        native_id=native_id,
        role=Role(role),
        evidence=evidence,
        valid_from=date.fromisoformat(since) if since else None,
        valid_to=date.fromisoformat(until) if until else None,
    )
