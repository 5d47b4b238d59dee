"""What is gone: its texts are dropped and a look without text stays; what networks say is to be forgotten is remembered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from soma_audit.store.paged import Paged
from soma_audit.store.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from soma_audit.model import Account, Page, Post


class Forgotten(Paged, Texts):
    """Posts that are there no more."""

    def mark_gone(self, run: int, account: Account, posts: Sequence[int], page: Page) -> None:
        """Note that posts are there no more: their texts go, a look without text stays. Inside a transaction."""
        if posts:
            self._write_gone(posts, self.page_row(run, account.id, page))
            self.mark_changed([account.id])

    def _write_gone(self, posts: Sequence[int], page: int) -> None:
        self.forget_texts(posts, expired=False)
        gone = (json.dumps(posts),)
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

    def forget_gone(self, network: str, posts: Sequence[str], authors: Sequence[str], page: int) -> int:
        """Drop the texts of posts, and of all posts by authors, that a network says are gone; tell how many had one.

        Posts are given by native id, authors by the name under which they are kept. Both are remembered, but for accounts
        of the register: these may bring their own archive. Inside a transaction.
        """
        names = {*posts, *(author for author in authors if author.startswith("v-"))}
        self.connection.executemany(
            "insert or ignore into forgotten values (?, ?)", [(network, name) for name in sorted(names)]
        )
        rows = self.execute(
            "select post.id, post.account from post join observation on observation.id = post.observation"
            " where post.account in (select id from account where network = :network) and text is not null"
            " and (native_id in (select value from json_each(:posts)) or author in (select value from json_each(:authors)))",
            {"network": network, "posts": json.dumps(posts), "authors": json.dumps(authors)},
        ).fetchall()
        return self._drop(rows, page)

    def forget_again(self, posts: Sequence[tuple[Account, Post]], page: int) -> int:
        """Drop the texts that a file has brought of what is to be forgotten; tell how many."""
        if not self.execute("select exists (select 1 from forgotten)").fetchone()[0]:
            return 0
        rows = self.execute(
            "select post.id, post.account from post join account on account.id = post.account"
            " join observation on observation.id = post.observation and text is not null"
            " where post.account in (select value from json_each(?)) and post.native_id in (select value from json_each(?))"
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
