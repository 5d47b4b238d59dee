"""What is held of people, and for how long: the retention of texts and pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from soma_audit.store.connection import text_time
from soma_audit.store.posts.rows import POST, PostRow
from soma_audit.store.posts.writing import PostStore

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(slots=True)
class Purged:
    """How much was dropped."""

    texts: int
    pages: int


class RetentionStore(PostStore):
    """Dropping what may not be kept, and telling what is."""

    def purge(self, *, texts_before: datetime, pages_before: datetime) -> Purged:
        """Drop visitors' texts written, and pages fetched, before these times; from the file too, not only from sight."""
        with self.transaction():
            old = self.execute(
                "select distinct post.id from post join observation on observation.post = post.id"
                " where post.by_agency is not 1 and post.created_at < ? and observation.text is not null",
                (text_time(texts_before),),
            )
            texts = self.forget_texts([row[0] for row in old], expired=True)
            pages = self.execute(
                "update page set body = null where body is not null and fetched_at < ?",
                (text_time(pages_before),),
            ).rowcount
            if texts:
                self.execute("insert into observation_fts (observation_fts) values ('optimize')")
        if texts or pages:
            self.execute("pragma wal_checkpoint(truncate)")
        return Purged(texts, pages)

    def held(self) -> dict[str, Any]:
        """Count what is held of people."""
        visitors, texts, oldest, authors, own = self.execute(
            "select sum(by_agency is not 1), sum(by_agency is not 1 and text is not null),"
            " min(case when by_agency is not 1 and text is not null then created_at end),"
            " count(distinct case when by_agency is not 1 then author end), sum(by_agency is 1) from current_post"
        ).fetchone()
        (pages,) = self.execute("select count(*) from page where body is not null").fetchone()
        (reviews,) = self.execute("select count(*) from review").fetchone()
        (looks,) = self.execute("select count(*) from wall_look").fetchone()
        (purged,) = self.execute("select max(ended_at) from run where stage = 'purge'").fetchone()
        return {
            "visitors": visitors or 0,
            "texts": texts or 0,
            "oldest": (oldest or "–")[:10],
            "authors": authors,
            "own": own or 0,
            "pages": pages,
            "reviews": reviews,
            "looks": looks,
            "purged": (purged or "never")[:10],
        }

    def posts_by(self, author: str) -> list[PostRow]:
        """Return all posts by an author, as last seen."""
        return list(self.typed(PostRow, f"{POST} where author = ? order by created_at, id", (author,)))
