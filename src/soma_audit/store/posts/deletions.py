"""What is gone: its texts are dropped and a look without text stays; what networks say is to be forgotten is remembered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from soma_audit.networks import NETWORKS
from soma_audit.store.posts.pages import PageStore
from soma_audit.store.posts.text_index import TextIndex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from soma_audit.model import Account, Page, Post


HAS_WORDS = "exists (select 1 from observation where observation.post = post.id and text is not null)"
"""A look at the post still has its text, be it the current one or an earlier one."""


class DeletionStore(PageStore, TextIndex):
    """Posts that are there no more."""

    def mark_gone(self, run: int, account: Account, posts: Sequence[int], page: Page) -> None:
        """Note that posts are there no more: their texts go, a look without text stays. Inside a transaction.

        Where a network takes all that hangs on a post away with it, that is gone too.
        """
        gone = set(posts)
        if gone:
            number = self.page_row(run, account.id, page)
            while posts:
                self._write_gone(posts, number)
                posts = [post for post in self._left_hanging(account) if post not in gone]
                gone.update(posts)
            ids = json.dumps(sorted(gone))
            self.execute("delete from missing where post in (select value from json_each(?))", (ids,))
            self.execute(
                "delete from thread where account = ? and native_id in"
                " (select native_id from post where id in (select value from json_each(?)))",
                (account.id, ids),
            )
            self.mark_changed([account.id])

    def _left_hanging(self, account: Account) -> list[int]:
        """Return the comments that hang on a post or a comment that is gone, on a network where they go with it."""
        if not NETWORKS[account.network].threads_fall:
            return []
        rows = self.execute(
            # no comment is older than what it hangs on: with the oldest of these, few posts have to be read
            "with above as materialized (select native_id, created_at from observation as look"
            " join post on post.id = look.post and post.observation = look.id"
            " where look.text is null and look.expired = 0 and account = :account)"
            " select post.id from post join observation on observation.id = post.observation"
            " where post.account = :account and post.kind = 'comment' and (text is not null or expired = 1)"
            " and post.created_at >= (select min(created_at) from above)"
            " and (post.thread in (select native_id from above) or post.parent in (select native_id from above))",
            {"account": account.id},
        )
        return [row[0] for row in rows]

    def delete_posts(self, posts: Sequence[int]) -> None:
        """Delete posts with all that is kept of them, as if they had never been seen. Inside a transaction."""
        ids = (json.dumps(posts),)
        of_posts = "post in (select value from json_each(?))"
        self.unindex(of_posts, ids)
        self.shared.forgot = True
        self.execute(
            f"update page set body = null where id in (select page from observation where {of_posts})", ids
        )
        self.execute(f"delete from finding where verdict in (select id from verdict where {of_posts})", ids)
        for table in ("verdict", "review", "assignment", "draw", "missing", "met", "observation"):
            self.execute(f"delete from {table} where {of_posts}", ids)
        self.execute("delete from post where id in (select value from json_each(?))", ids)

    def _write_gone(self, posts: Sequence[int], page: int) -> None:
        self.forget_texts(posts, expired=False)
        gone = (json.dumps(posts),)
        self.forget_quotes(*gone)
        self.execute(
            "insert or replace into observation (post, page, text, client, counts, reply_setting, hidden)"
            f" select post.id, {page}, null, client, counts, reply_setting, hidden from post"
            " join observation on observation.id = post.observation where post.id in (select value from json_each(?))",
            gone,
        )
        self.execute(
            f"update post set observation = (select id from observation where post = post.id and page = {page})"
            " where id in (select value from json_each(?))",
            gone,
        )

    def forget_quotes(self, posts: str) -> None:
        """Drop what verdicts on whole accounts quote of these posts."""
        of_posts = "(select value from json_each(:posts))"
        self.execute(
            "update finding set evidence = json_set(evidence, '$.quote', '…') where verdict in"
            f" (select id from verdict where current = 1 and post is null and account in (select account from post where id in {of_posts})"
            " union all select id from verdict where current = 0 and post is null)"
            " and json_extract(evidence, '$.quote') is not null"
            f" and json_extract(evidence, '$.post') in (select native_id from post where id in {of_posts})",
            {"posts": posts},
        )

    def forget_gone(self, network: str, posts: Sequence[str], authors: Sequence[str], page: int) -> int:
        """Drop the texts of posts, and of all posts by authors, that a network says are gone; return how many had one.

        Posts are given by native id, authors by the name under which they are kept. Both are remembered, but for accounts
        of the register: these may bring their own archive. Inside a transaction.
        """
        names = {*posts, *(author for author in authors if author.startswith("v-"))}
        self.connection.executemany(
            "insert or ignore into forgotten values (?, ?)", [(network, name) for name in sorted(names)]
        )
        rows = self.execute(
            "select post.id, post.account from post"
            f" where post.account in (select id from account where network = :network) and {HAS_WORDS}"
            " and (native_id in (select value from json_each(:posts)) or author in (select value from json_each(:authors)))",
            {"network": network, "posts": json.dumps(posts), "authors": json.dumps(authors)},
        ).fetchall()
        return self._drop(rows, page)

    def forget_again(self, posts: Sequence[tuple[Account, Post]], page: int) -> int:
        """Drop the texts that a file has brought of what is to be forgotten; return how many."""
        if not self.execute("select exists (select 1 from forgotten)").fetchone()[0]:
            return 0
        rows = self.execute(
            "select post.id, post.account from post join account on account.id = post.account"
            f" where {HAS_WORDS} and post.account in (select value from json_each(?)) and post.native_id in (select value from json_each(?))"
            " and exists (select 1 from forgotten where forgotten.network = account.network"
            " and forgotten.name in (post.native_id, post.author))",
            (
                json.dumps(sorted({a.id for a, _ in posts if a.id})),
                json.dumps([post.native_id for _, post in posts]),
            ),
        ).fetchall()
        return self._drop(rows, page)

    def _drop(self, rows: Sequence[tuple[int, int]], page: int) -> int:
        """Drop the texts of posts, each given with its account."""
        if rows:
            self._write_gone([row[0] for row in rows], page)
            self.mark_changed({row[1] for row in rows})
        return len(rows)
