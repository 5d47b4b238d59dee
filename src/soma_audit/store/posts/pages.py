"""Pages: what networks answered and pieces of files, each stored once."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING

from soma_audit.store.connection import text_time
from soma_audit.store.posts.erased import ErasedPeople, names_any
from soma_audit.store.register import RegisterStore

if TYPE_CHECKING:
    from soma_audit.model import Page


class PageStore(RegisterStore, ErasedPeople):
    """Where everything that is seen comes from."""

    def page_row(self, run: int, account: int | None, page: Page) -> int:
        """Store a page once, without its body where somebody stands in it who has been erased; return its id."""
        erased = self.erased()
        kept = page.body and not (erased and names_any(page.body.decode("utf-8", "replace"), erased))
        body = zlib.compress(page.body, 1) if kept else None
        sha256 = hashlib.sha256(page.body or page.url.encode()).hexdigest()
        key = (account, page.stream.value, page.url, sha256, page.token_kind and page.token_kind.value)
        row = self.execute(
            "select id from page where account is ? and stream = ? and url = ? and sha256 = ?"
            " and coalesce(token_kind, '') = coalesce(?, '')",
            key,
        ).fetchone()
        if row is None:
            row = self.execute(
                "insert into page (account, stream, url, sha256, token_kind, run, fetched_at, body, api_version)"
                " values (?, ?, ?, ?, ?, ?, ?, ?, ?) returning id",
                (*key, run, text_time(page.fetched_at), body, page.api_version),
            ).fetchone()
        return int(row[0])
