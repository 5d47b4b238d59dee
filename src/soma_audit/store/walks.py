"""How far each walk has come, up to where a stream is complete, and what could not be seen."""

from __future__ import annotations

import json
import zlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from soma_audit.model import Account, Gap, Page, Since, Stream, ThreadTop, TokenKind
from soma_audit.networks import NETWORKS
from soma_audit.store.connection import text_time
from soma_audit.store.posts.writing import PostStore, by_the_network

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


PERMANENT = frozenset({"cap", "history", "not_shown"})
"""Why something may stay unseen though its stream is read to the end again."""


def _due(thread: str, asked: datetime, now: datetime) -> bool:
    """Return whether a thread's turn is today: each day for a month, then every third one, after half a year every 13th."""
    every = max((now - asked).days // 14, 1)
    return (now.toordinal() + zlib.crc32(thread.encode())) % every == 0


class WalkStore(PostStore):
    """Walks, bookmarks and gaps."""

    def since(self, account: Account, stream: Stream, *, now: datetime, revisit: timedelta) -> Since:
        """Look up from where to walk a stream: bookmark, a walk that was cut off, threads to look at."""
        bookmark = self._bookmark(account, stream)
        walk = self.execute(
            "select resume from walk where account = ? and stream = ?", (account.id, stream)
        ).fetchone()
        threads: tuple[str, ...] = ()
        if stream is Stream.OPEN_THREADS:
            threads = self._open_threads(account, now)
        elif stream is Stream.COMMENTS:
            unread = (
                self._threads_with_replies
                if NETWORKS[account.network].counts_direct_replies
                else self._unread_threads
            )
            threads = unread(account, now - revisit if bookmark else None, now)
        return Since(
            bookmark=bookmark and bookmark[0],
            resume=walk and walk[0],
            threads=threads,
            tops=self._tops(account, threads) if NETWORKS[account.network].counts_direct_replies else {},
            missing_from=self.missing_from(account, stream, now),
        )

    def bookmark(self, account: Account, stream: Stream) -> str | None:
        """Return up to where a stream is complete, as its network counts; None if that is not known."""
        row = self._bookmark(account, stream)
        return row[0] if row else None

    def _bookmark(self, account: Account, stream: Stream) -> tuple[str | None] | None:
        """Return the row; there is one without a place for streams that are read thread by thread."""
        row: tuple[str | None] | None = self.execute(
            "select since from bookmark where account = ? and stream = ?", (account.id, stream)
        ).fetchone()
        return row

    def _open_threads(self, account: Account, now: datetime) -> tuple[str, ...]:
        """Return threads in which a visitor spoke last, within the seven days that a recent search reaches back."""
        rows = self.execute(
            "select thread from (select thread, by_agency, created_at, row_number() over"
            " (partition by thread order by created_at desc, native_id desc) as place from post where account = ?)"
            f" where place = 1 and by_agency is not 1 and created_at >= ? and {by_the_network('thread', account)}"
            " order by created_at, thread",
            (account.id, text_time(now - timedelta(days=7))),
        )
        return tuple(row[0] for row in rows)

    def _unread_threads(self, account: Account, since: datetime | None, now: datetime) -> tuple[str, ...]:
        """Return posts whose comments are to be read.

        Those under which the network counts other comments than are held, or says that something has changed since they
        were read; older ones with an open question, and those that could not be read when it was their turn.
        """
        rows = self.execute(
            "select post.native_id from post join observation on observation.id = post.observation"
            " left join thread on thread.account = post.account and thread.native_id = post.native_id"
            " left join (select thread, sum(native_id <> thread and text is not null) as comments"
            " from current_post where account = :account group by thread) as held on held.thread = post.native_id"
            " where post.account = :account and post.kind <> 'comment' and post.created_at >= :since"
            f" and {by_the_network('post.native_id', account)} and observation.text is not null"
            " and (json_extract(counts, '$.reply') <> coalesce(held.comments, 0) or changed_at is not read_of)"
            " order by post.created_at, post.native_id",
            {"account": account.id, "since": text_time(since) if since else ""},
        )
        older = (
            [*self._waiting_threads(account, since, now), *self._refused_threads(account, now)]
            if since
            else []
        )
        return tuple(dict.fromkeys([*(row[0] for row in rows), *older]))

    def _threads_with_replies(
        self, account: Account, since: datetime | None, now: datetime
    ) -> tuple[str, ...]:
        """Own posts to ask what hangs under them, where a network counts direct replies only.

        Those of which another number of replies is told than when they were read, replies to posts that are not held,
        threads from which something was missing last time, and those in which a question waits. Where an own post begins
        the thread, and is still there, it comes first: as a rule, all others are shown under it.
        """
        own = by_the_network("post.native_id", account)
        rows = self.execute(
            "select top.native_id, post.native_id from post join observation on observation.id = post.observation"
            " left join post as top on top.account = post.account and top.native_id = post.thread and top.by_agency = 1"
            " and not exists (select 1 from missing where missing.post = top.id)"
            " and exists (select 1 from observation as look where look.id = top.observation and look.text is not null)"
            " left join thread on thread.account = post.account and thread.native_id = post.native_id"
            " where post.account = :account and post.by_agency = 1 and post.kind <> 'share' and post.created_at >= :since"
            f" and {own} and observation.text is not null"
            " and (changed_at is not read_of and (json_extract(counts, '$.reply') > 0 or read_of is not null"
            " or post.native_id in (select parent from post where account = :account))"
            " or post.parent is not null and read_of is null and not exists (select 1 from post as above"
            " where above.account = post.account and above.native_id = post.parent))"
            " order by post.created_at, post.native_id",
            {"account": account.id, "since": text_time(since) if since else ""},
        )
        lost = self.execute(
            "with recursive above (native_id) as (select post.parent from missing join post on post.id = missing.post"
            " where account = :account and kind = 'comment' union select post.thread from missing"
            " join post on post.id = missing.post where account = :account and kind = 'comment' union"
            " select post.parent from above join post on post.account = :account and post.native_id = above.native_id)"
            " select post.native_id from above join post on post.account = :account and post.native_id = above.native_id"
            " join observation on observation.id = post.observation where by_agency = 1 and text is not null"
            " and not exists (select 1 from missing where missing.post = post.id) order by created_at, post.native_id",
            {"account": account.id},
        )
        waiting = [*self._waiting_threads(account, now, now), *self._refused_threads(account, now)]
        own_ids = set(self._own_ids(account, waiting))
        asked = [*(post for row in rows for post in row if post), *(row[0] for row in lost)]
        return tuple(dict.fromkeys([*asked, *(t for t in waiting if t in own_ids)]))

    def _tops(self, account: Account, threads: Collection[str]) -> dict[str, ThreadTop]:
        """Return how posts stand that threads are asked for by."""
        rows = self.execute(
            "select native_id, coalesce(json_extract(counts, '$.reply'), 0), parent is null, created_at from post"
            " join observation on observation.id = post.observation"
            " where account = ? and native_id in (select value from json_each(?))",
            (account.id, json.dumps(sorted(threads))),
        )
        return {
            native_id: ThreadTop(replies, bool(begins), datetime.fromisoformat(at))
            for native_id, replies, begins, at in rows
        }

    def _own_ids(self, account: Account, native_ids: Collection[str]) -> list[str]:
        rows = self.execute(
            "select native_id from post where account = ? and by_agency = 1 and native_id in (select value from json_each(?))",
            (account.id, json.dumps(sorted(native_ids))),
        )
        return [row[0] for row in rows]

    def _refused_threads(self, account: Account, now: datetime) -> list[str]:
        """Return posts whose comments could not be read: each night at first, then less and less often."""
        rows = self.execute(
            "select native_id, refused_since from thread where account = ? and refused_since is not null order by 1",
            (account.id,),
        )
        return [thread for thread, since in rows if _due(thread, datetime.fromisoformat(since), now)]

    def _waiting_threads(self, account: Account, before: datetime, now: datetime) -> list[str]:
        """Return posts too old to be counted again, under which a question waits for its answer: it may come late.

        As long as the question's text is kept, and the seldomer the longer it has waited.
        """
        rows = self.execute(
            "select top.native_id, max(asked.created_at) from verdict join current_post as asked on asked.id = verdict.post"
            " join post as top on top.account = asked.account and top.native_id = asked.thread"
            " where verdict.account = ? and current = 1 and classifier = 'answer' and label in ('pending', 'unanswered')"
            f" and asked.text is not null and top.created_at < ? and {by_the_network('top.native_id', account)}"
            " group by top.id order by top.created_at, top.native_id",
            (account.id, text_time(before)),
        )
        return [thread for thread, asked in rows if _due(thread, datetime.fromisoformat(asked), now)]

    def walk_newest(self, account: Account, stream: Stream) -> str | None:
        """Return the newest position of a walk that was cut off."""
        sql = "select newest from walk where account = ? and stream = ?"
        row = self.execute(sql, (account.id, stream)).fetchone()
        return row[0] if row else None

    def finish_walk(
        self,
        run: int,
        account: Account,
        stream: Stream,
        newest: str | None,
        now: datetime,
        *,
        gaps: Collection[Gap] = (),
        token: TokenKind | None = None,
    ) -> None:
        """Move the bookmark, and forget how far the walk had come: the last thing a walk does, in one transaction.

        `gaps` are those that this walk met itself: they stay. `token` is in whose name it was walked.
        """
        with self.transaction():
            if not any(
                gap.reason == "damaged" for gap in gaps
            ):  # what could not be read may be what is missing
                self._look_for_missing(run, account, stream, now, token)
            self.execute(
                "insert into bookmark (account, stream, since, run, completed_at) values (?, ?, ?, ?, ?)"
                " on conflict do update set since = coalesce(excluded.since, since), run = excluded.run,"
                " completed_at = excluded.completed_at",
                (account.id, stream, newest, run, text_time(now)),
            )
            self._forget_walk(account, stream)
            self._close_gaps(run, account, stream, PERMANENT | {gap.reason for gap in gaps})
            self._settle_authors(account)
            if NETWORKS[account.network].addresses_name_authors:
                self._settle_addresses(account)

    def _look_for_missing(
        self, run: int, account: Account, stream: Stream, now: datetime, token: TokenKind | None
    ) -> None:
        """Look for what this stream showed before, and did not show again when its span was read anew."""
        key = (account.id, stream)
        walk = self.execute("select since from walk where account = ? and stream = ?", key).fetchone()
        (met,) = self.execute("select count(*) from seen where account = ? and stream = ?", key).fetchone()
        if walk is None or not met:
            return  # an answer without any post proves nothing
        most = NETWORKS[account.network].shown_a_year
        if stream is not Stream.COMMENTS and most is not None and met >= most:
            self.add_gap(run, account, Gap(stream=stream, reason="cap", detail=f"about {most} posts a year"))
            return
        page = Page(
            account=account,
            stream=stream,
            url=f"walk:{stream}#{text_time(now)}",
            fetched_at=now,
            body=b"",
            resume=None,
        )
        self.mark_missing(run, account, page, walk[0] or "", token)

    def _close_gaps(self, run: int, account: Account, stream: Stream, left: Iterable[str]) -> None:
        """A stream read to its end leaves no gap but the permanent ones, and those met again."""
        closed = self.execute(
            "update gap set closed_by = ? where account = ? and closed_by is null"
            " and reason not in (select value from json_each(?))"
            " and stream = ?",
            (run, account.id, json.dumps(sorted(left)), stream),
        ).rowcount
        if closed:
            self.mark_changed([account.id])

    def close_account_gaps(self, run: int, account: Account) -> None:
        """Note that an account has been visited to the end: what could not be seen now, has a gap of its own."""
        closed = self.execute(
            "update gap set closed_by = ? where account = ? and closed_by is null and stream is null",
            (run, account.id),
        ).rowcount
        if closed:
            self.mark_changed([account.id])

    def _settle_authors(self, account: Account) -> None:
        """Mark visitors' words as theirs where the network names nobody.

        Where it names the agency under its own comments, a comment without a name is a visitor's. A post on the wall
        that is not among the Page's own, back to the oldest of these, is a visitor's too.
        """
        self.execute(
            "update post set by_agency = 0 where account = :account and by_agency is null and kind = 'post'"
            " and exists (select 1 from bookmark where account = :account and stream = 'timeline')"
            " and not exists (select 1 from gap where account = :account and stream = 'timeline' and closed_by is null)"
            " and created_at >= (select min(created_at) from post as own where own.account = :account"
            " and own.by_agency = 1 and own.kind <> 'comment')"
            " and exists (select 1 from observation join page on page.id = observation.page"
            " where observation.post = post.id and page.stream = 'visitor_posts')",
            {"account": account.id},
        )
        self.execute(
            "update post set by_agency = 0 where account = :account and by_agency is null and exists"
            " (select 1 from post as own where own.account = :account and own.by_agency = 1 and own.kind = 'comment')",
            {"account": account.id},
        )

    def _settle_addresses(self, account: Account) -> None:
        """Let visitors' comments be read where the agency's post above them is; their own addresses are not kept."""
        self.execute(
            "update post set permalink = top.permalink from post as top where top.account = post.account"
            " and top.native_id = post.thread and top.by_agency = 1 and post.account = ? and post.permalink is null"
            " and post.by_agency = 0 and post.kind = 'comment'",
            (account.id,),
        )

    def settle_threads(self, accounts: Iterable[int | None]) -> None:
        """Where a post's thread was taken from its parent, follow that one's thread up to the topmost known post.

        The parent may be known from another source than the post, and later than it.
        """
        numbers = sorted({a for a in accounts if a})
        with self.transaction():
            # each round doubles the reach; posts in a ring, which no network has, end too
            for _ in range(64):
                moved = self.execute(
                    "update post set thread = above.thread from post as above where above.account = post.account"
                    " and above.native_id = post.thread and above.thread <> above.native_id"
                    " and above.thread <> post.thread and post.thread <> post.native_id"
                    " and post.account in (select value from json_each(?)) returning post.account",
                    (json.dumps(numbers),),
                ).fetchall()
                if not moved:
                    return
                self.mark_changed({row[0] for row in moved})

    def drop_walk(self, account: Account, stream: Stream) -> None:
        """Forget a walk whose place the network no longer knows; the next one starts at the top."""
        with self.transaction():
            self._forget_walk(account, stream)

    def _forget_walk(self, account: Account, stream: Stream) -> None:
        for table in ("walk", "seen"):
            self.execute(f"delete from {table} where account = ? and stream = ?", (account.id, stream))

    def add_gap(self, run: int, account: Account, gap: Gap) -> bool:
        """Note what could not be seen; return whether that is news."""
        span = (gap.since and text_time(gap.since), gap.until and text_time(gap.until))
        added = self.execute(
            "insert or ignore into gap (account, stream, reason, detail, since, until, run) values (?, ?, ?, ?, ?, ?, ?)",
            (account.id, gap.stream, gap.reason, gap.detail, *span, run),
        ).rowcount
        if added:
            self.mark_changed([account.id])
        return bool(added)
