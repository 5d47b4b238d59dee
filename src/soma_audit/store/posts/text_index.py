"""Looking for words, and forgetting them: the full-text index beside the texts themselves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from soma_audit.store.connection import Part

if TYPE_CHECKING:
    from collections.abc import Sequence


class TextIndex(Part):
    """The texts of posts, as far as they are not merely stored."""

    def index_texts(self) -> None:
        """Bring the full-text index up to date. Once a run: word by word it would double the time of an import.

        Words of texts that were dropped meanwhile are taken out of the file too, not only out of sight.
        """
        with self.transaction():
            self.execute(
                "insert into observation_fts (rowid, text) select id, text from observation"
                " where id > (select coalesce(max(id), 0) from observation_fts_docsize)"
            )
            if self.shared.forgot:
                self.execute("insert into observation_fts (observation_fts) values ('optimize')")
        if self.shared.forgot:
            self.execute("pragma wal_checkpoint(truncate)")
            self.shared.forgot = False

    def unindex(self, which: str, parameters: tuple[object, ...]) -> None:
        """Take texts out of the index before they change: it forgets a text only if it is told which one it was.

        `which` chooses rows of the table observation. Inside a transaction.
        """
        self.execute(
            "insert into observation_fts (observation_fts, rowid, text) select 'delete', id, text from observation"
            f" where {which} and text is not null and id in (select id from observation_fts_docsize)",
            parameters,
        )

    def change_texts(self, texts: list[int], looks: list[tuple[str | None, str | None, int]]) -> None:
        """Change texts and clients of looks, and their words in the index as far as they are in it. Inside a transaction."""
        these = (json.dumps(texts),)
        chosen = "id in (select value from json_each(?))"
        indexed = self.execute(f"select id from observation_fts_docsize where {chosen}", these).fetchall()
        self.unindex(chosen, these)
        self.connection.executemany("update observation set text = ?, client = ? where id = ?", looks)
        self.connection.executemany(
            "insert into observation_fts (rowid, text) select id, text from observation where id = ?", indexed
        )

    def forget_texts(self, posts: Sequence[int], *, expired: bool) -> int:
        """Drop what posts said, from every look at them and from the index; return how many. Inside a transaction."""
        dropped = (json.dumps(posts),)
        looks = "post in (select value from json_each(?))"
        self.unindex(looks, dropped)
        self.shared.forgot = True
        return self.execute(
            f"update observation set text = null, expired = {int(expired)} where {looks} and text is not null",
            dropped,
        ).rowcount
