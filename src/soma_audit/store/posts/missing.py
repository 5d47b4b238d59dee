"""Posts that are not shown where they stood, and what has never been public.

One odd answer destroys nothing: a post is gone when the network says so, or leaves it out of a span that is read anew to
its end, twice and a night apart. In between it is missing, and keeps its text.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from soma_audit.model import Stream
from soma_audit.networks import NETWORKS
from soma_audit.store.connection import read_time, text_time
from soma_audit.store.posts.deletions import HAS_WORDS, DeletionStore

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from soma_audit.model import Account, Page, Post, TokenKind

A_NIGHT = timedelta(hours=20)
"""A second word counts when it comes so long after the first: the nightly run may begin a little earlier than yesterday's."""
LOOKED_FOR = timedelta(days=7)
"""For so long a span that is read anew begins early enough to hold what is missing from it."""
_SHOWN_BEFORE = (
    "select post.id from post join observation on observation.id = post.observation"
    # shown there before, to the same kind of token, or asked for now by the Page's own, to which everything is shown
    " join met on met.post = post.id and met.stream = :met_on and (met.token_kind is :token or :token = 'page')"
    " where post.account = :account and text is not null and {which}"
    " and not exists (select 1 from seen where seen.account = post.account and seen.stream = :stream"
    " and seen.native_id = post.native_id)"
)
_MISSING_HERE = _SHOWN_BEFORE.format(which="post.created_at > :start")
_MISSING_UNDER = _SHOWN_BEFORE.format(
    which="post.kind = 'comment'"
    " and (post.thread in (select value from json_each(:threads)) or post.native_id in (select value from json_each(:below)))"
    # no comment is older than its post: this spares reading all the others
    " and post.created_at >= (select min(created_at) from post as top where top.account = :account"
    " and top.native_id in (select value from json_each(:threads)))"
)


class MissingPosts(DeletionStore):
    """Noting what is missing, and dropping it when that is said again."""

    def heed(self, run: int, account: Account, page: Page, posts: Sequence[Post]) -> None:
        """Heed what a page of a walk says of posts besides how they look, once these are written. Inside a transaction."""
        told = page.notices
        shown = self._numbers(account, [post.native_id for post in posts])
        self.met_again([*shown.values()])
        if page.reread:
            self._note_met(account, page, posts, shown)
            self._note_threads(account, page, posts)
        if told.unpublished:
            self.take_out(account, told.unpublished, seen_before=page.fetched_at)
        if told.withheld:
            self.mark_gone(run, account, self.with_text(account, told.withheld), page)
        lost = self.with_text(account, told.missing) if told.missing else []
        if told.whole_threads:
            self.execute(
                "update gap set closed_by = ? where account = ? and closed_by is null and reason = 'not_shown' and since in"
                " (select created_at from post where account = ? and native_id in (select value from json_each(?)))",
                (run, account.id, account.id, json.dumps(told.whole_threads)),
            )
            threads, below = (
                json.dumps(told.whole_threads),
                json.dumps(self._below(account, told.whole_threads)),
            )
            lost += self._not_shown(_MISSING_UNDER, account, page, threads=threads, below=below)
        self.note_missing(run, account, lost, page)

    def _below(self, account: Account, posts: Sequence[str]) -> list[str]:
        """Return what hangs under replies that a network was asked for by; what hangs on a post that begins a thread names it."""
        replies = self.execute(
            "select native_id, created_at from post where account = ? and thread <> native_id"
            " and native_id in (select value from json_each(?)) order by created_at",
            (account.id, json.dumps(posts)),
        ).fetchall()
        if not replies:
            return []
        under: dict[str, list[str]] = {}
        for native_id, parent in self.execute(
            "select native_id, parent from post where account = ? and kind = 'comment' and created_at >= ?",
            (account.id, replies[0][1]),
        ):
            under.setdefault(parent, []).append(native_id)
        found, left = [], [native_id for native_id, _ in replies]
        while left:
            here = under.pop(left.pop(), [])
            found += here
            left += here
        return found

    def met_again(self, posts: Sequence[int]) -> None:
        """Take posts off the list of what is missing."""
        self.execute(
            "delete from missing where post in (select value from json_each(?))", (json.dumps(posts),)
        )

    def note_missing(self, run: int, account: Account, posts: Sequence[int], page: Page) -> int:
        """Note that posts are not there by what a page says; mark those gone of which it was said a night ago.

        Inside a transaction. Returns how many are gone.
        """
        if not posts:
            return 0
        at, ids = page.fetched_at, json.dumps(posts)
        sure = [
            row[0]
            for row in self.execute(
                "select post from missing where post in (select value from json_each(?)) and since <= ?",
                (ids, text_time(at - A_NIGHT)),
            )
        ]
        self.execute(
            "insert or ignore into missing (post, since) select value, ? from json_each(?)",
            (text_time(at), ids),
        )
        self.mark_gone(run, account, sure, page)
        return len(sure)

    def mark_missing(
        self, run: int, account: Account, page: Page, start: str, token: TokenKind | None
    ) -> None:
        """Note what a stream showed before, and did not show again when its span was read anew to its end.

        `page` stands for the whole walk, `start` is when its span begins, `token` in whose name it was walked.
        """
        if page.stream is not Stream.COMMENTS:  # there each thread has been judged when it was read
            lost = self._not_shown(_MISSING_HERE, account, page, token=token, start=start)
            self.note_missing(run, account, lost, page)
        self.mark_gone(run, account, self._left_hanging(account), page)

    def missing_from(self, account: Account, stream: Stream, now: datetime) -> datetime | None:
        """Return when the oldest post was written that has been missing from a stream for a few nights at most."""
        (oldest,) = self.execute(
            "select min(created_at) from missing join post on post.id = missing.post"
            " join met on met.post = post.id and met.stream = ? where account = ? and missing.since >= ?",
            (stream, account.id, text_time(now - LOOKED_FOR)),
        ).fetchone()
        return read_time(oldest)

    def take_out(self, account: Account, native_ids: Sequence[str], *, seen_before: datetime) -> None:
        """Take posts that have never been public out of the database, with all that hangs on them. Inside a transaction.

        One that has stood on the timeline was public once: that is left to be missing. So is one that has been seen later
        than `seen_before`: it has been published since.
        """
        rows = self.execute(
            "select post.id, native_id from post join observation on observation.id = post.observation"
            " join page on page.id = observation.page"
            " where post.account = ? and native_id in (select value from json_each(?)) and page.fetched_at <= ?"
            " and not exists (select 1 from met where met.post = post.id and met.stream = 'timeline')",
            (account.id, json.dumps(native_ids), text_time(seen_before)),
        ).fetchall()
        if not rows:
            return
        under = self.execute(
            "select id from post where account = ? and kind = 'comment' and thread in (select value from json_each(?))",
            (account.id, json.dumps([row[1] for row in rows])),
        ).fetchall()
        self.delete_posts([row[0] for row in (*rows, *under)])
        self.mark_changed([account.id])

    def with_text(self, account: Account, native_ids: Sequence[str]) -> list[int]:
        """Return the row ids of those of these posts whose text is held, in whatever look at them."""
        rows = self.execute(
            "select id from post where account = ? and native_id in (select value from json_each(?))"
            f" and {HAS_WORDS}",
            (account.id, json.dumps(native_ids)),
        )
        return [row[0] for row in rows]

    def _numbers(self, account: Account, native_ids: Sequence[str]) -> dict[str, int]:
        return dict(
            self.execute(
                "select native_id, id from post where account = ? and native_id in (select value from json_each(?))",
                (account.id, json.dumps(native_ids)),
            ).fetchall()
        )

    def _note_met(self, account: Account, page: Page, posts: Sequence[Post], numbers: dict[str, int]) -> None:
        """Keep which posts a walk has met, and to whom the network shows them."""
        many, token = self.connection.executemany, page.token_kind and page.token_kind.value
        many(
            "insert or ignore into seen values (?, ?, ?)",
            [(account.id, page.stream.value, post.native_id) for post in posts],
        )
        many(
            "insert into met values (?, ?, ?) on conflict do update set token_kind = excluded.token_kind"
            " where token_kind is not excluded.token_kind",
            [
                (numbers[p.native_id], _met_on(p, page.stream, account), token)
                for p in posts
                if not p.in_passing or p.kind == "comment"
            ],
        )

    def _note_threads(self, account: Account, page: Page, posts: Sequence[Post]) -> None:
        """Keep when something last changed under posts, and how far their comments have been read."""
        told, read = page.notices, "native_id in (select value from json_each(?))"
        self.connection.executemany(
            "insert into thread (account, native_id, changed_at) values (?, ?, ?)"
            " on conflict do update set changed_at = excluded.changed_at where changed_at is not excluded.changed_at",
            [(account.id, p.native_id, p.thread_state) for p in posts if p.thread_state],
        )
        if told.read_threads:
            self.execute(
                f"update thread set read_of = changed_at, refused_since = null where account = ? and {read}"
                " and (read_of is not changed_at or refused_since is not null)",
                (account.id, json.dumps(told.read_threads)),
            )
        for thread in told.refused_threads:
            self.execute(
                "insert into thread (account, native_id, refused_since) values (?, ?, ?)"
                " on conflict do update set refused_since = coalesce(refused_since, excluded.refused_since)",
                (account.id, thread, text_time(page.fetched_at)),
            )

    def _not_shown(
        self, sql: str, account: Account, page: Page, *, token: TokenKind | None = None, **more: object
    ) -> list[int]:
        token = token or page.token_kind
        key = {"account": account.id, "stream": page.stream.value, "token": token and token.value}
        met_on = page.stream.value if sql is not _MISSING_UNDER else Stream.COMMENTS.value
        return [row[0] for row in self.execute(sql, {**key, "met_on": met_on, **more})]


def _met_on(post: Post, stream: Stream, account: Account) -> str:
    """Return on which stream a post was met: comments come along with others' pages, but for replies on one's own timeline."""
    on_timeline = (
        stream is Stream.TIMELINE and NETWORKS[account.network].replies_on_timeline and not post.in_passing
    )
    return Stream.COMMENTS.value if post.kind == "comment" and not on_timeline else stream.value
