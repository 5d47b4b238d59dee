"""What is held of one person: told to whoever asks, or erased, and remembered not to be taken in again."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from soma_audit.store.connection import text_time
from soma_audit.store.json_columns import to_json
from soma_audit.store.posts.deletions import HAS_WORDS
from soma_audit.store.posts.erased import names_any, unnamed
from soma_audit.store.posts.writing import PostStore

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

_BY = "(select id from post where author in (select value from json_each(:names)))"
_SHARED = (
    "(select post from observation join post on post.id = observation.post where kind = 'share' and text <> ''"
    " and (text in (select text from observation where post in (select value from json_each(:posts)))"
    " or substr(ltrim(text), 1, 18) in (select 'RT @' || value from json_each(:names))))"
)
"""Posts that pass on the words of a person: on X they begin with the name, elsewhere they are the same words."""
_QUOTES = (("finding", "evidence"), ("verdict", "value"), ("about", "facts"))
"""JSON that may quote a text with a mention, by table and column."""
HIDDEN = "…"
"""Stands for the words of a text that is gone."""


class HeldPost(NamedTuple):
    """A post by a person, or one that mentions them."""

    id: int
    account: str
    """network/handle of whose wall it stands on"""
    native_id: str
    created_at: str
    has_text: int
    """1: a look at it still has its text."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is held of one person."""

    posts: tuple[HeldPost, ...]
    mentions: tuple[HeldPost, ...]
    """Posts by others whose text names them."""
    shares: tuple[HeldPost, ...]
    """Posts by others that pass on one of theirs, and still have its text."""
    pages: tuple[int, ...]
    """Stored pages that name them or hold a look at a post of theirs."""
    erased_at: str | None
    """When they were erased; None: they were not."""

    @property
    def texts(self) -> int:
        """How many of their posts have their text."""
        return sum(post.has_text for post in self.posts)


class ErasureStore(PostStore):
    """Telling what is held of a person, and erasing it."""

    def held_of(self, names: Sequence[str]) -> Held:
        """Return what is held of the person with these pseudonyms; they may have one by handle and one by id."""
        given = {"names": json.dumps(names)}
        columns = f"post.id, account.network || '/' || account.handle as account, post.native_id, created_at, {HAS_WORDS} as has_text"
        found = f"select {columns} from post join account on account.id = post.account where post.id in"
        order = "order by created_at, post.id"
        in_text = " or ".join("instr(text, ?)" for _ in names)
        mentioned = f"select post from observation where text is not null and ({in_text})"
        posts = tuple(self.typed(HeldPost, f"{found} {_BY} {order}", given))
        own = {post.id for post in posts}
        shares = tuple(
            self.typed(HeldPost, f"{found} {_SHARED} {order}", {**given, "posts": json.dumps([*own])})
        )
        own |= {post.id for post in shares}
        mentions = self.typed(HeldPost, f"{found} ({mentioned}) {order}", tuple(names))
        (erased_at,) = self.execute(
            "select min(erased_at) from erased where name in (select value from json_each(:names))", given
        ).fetchone()
        named = tuple(post for post in mentions if post.id not in own)
        return Held(posts, named, shares, self._pages(names), erased_at)

    def _pages(self, names: Sequence[str]) -> tuple[int, ...]:
        looked_at = {
            row[0]
            for row in self.execute(
                "select page.id from page join observation on observation.page = page.id"
                f" where body is not null and observation.post in {_BY}",
                {"names": json.dumps(names)},
            )
        }
        bodies = self.execute("select id, body from page where body is not null order by id")
        return tuple(
            number
            for number, body in bodies
            if number in looked_at or names_any(zlib.decompress(body).decode("utf-8", "replace"), names)
        )

    def erase(self, names_on: Mapping[str, Sequence[str]], at: datetime) -> Held:
        """Drop what a person wrote and where others name them, and remember them; return what was held: one transaction.

        `names_on` has their pseudonyms by network. Counts, times, labels and the pseudonyms under which their posts are
        counted stay. The words are gone from the file's bytes too.
        """
        names = [name for some in names_on.values() for name in some]
        with self.transaction():
            held = self.held_of(names)
            self.connection.executemany(
                "insert or ignore into erased values (?, ?, ?)",
                [(network, name, text_time(at)) for network, some in names_on.items() for name in some],
            )
            self._drop_words([post.id for post in held.posts])
            self.forget_texts([post.id for post in held.shares], expired=True)
            self._drop_mentions([post.id for post in held.mentions], names)
            self.execute(
                "update page set body = null where id in (select value from json_each(?))",
                (json.dumps(held.pages),),
            )
            self.execute("insert into observation_fts (observation_fts) values ('optimize')")
        self.execute("pragma wal_checkpoint(truncate)")
        return held

    def _drop_words(self, posts: Sequence[int]) -> None:
        """Drop what posts said, what is quoted of them and noted on them, and where they can be read."""
        these = json.dumps(posts)
        self.forget_texts(posts, expired=True)
        self.forget_quotes(these)
        chosen = "in (select value from json_each(?))"
        for change in (
            f"update observation set client = null where post {chosen}",
            f"update post set permalink = null, language = null where id {chosen}",
            f"update review set note = null where post {chosen}",
        ):
            self.execute(change, (these,))
        quoted = self.execute(
            f"select verdict, rule, evidence from finding where verdict in (select id from verdict where post {chosen})",
            (these,),
        ).fetchall()
        self.connection.executemany(
            "update finding set evidence = ? where verdict = ? and rule = ?",
            [(_without_words(evidence), verdict, rule) for verdict, rule, evidence in quoted],
        )

    def _drop_mentions(self, posts: Sequence[int], names: Sequence[str]) -> None:
        """Let nobody stand for a person in what others wrote, and in what is quoted of it."""
        looks = self.execute(
            "select id, text, client from observation where text is not null and post in (select value from json_each(?))",
            (json.dumps(posts),),
        ).fetchall()
        self.change_texts(
            [number for number, *_ in looks],
            [(unnamed(text, names), client, number) for number, text, client in looks],
        )
        for table, column in _QUOTES:
            for name in names:  # where a post's id names its author, that stays: the post is counted by it
                self.execute(
                    f"update {table} set {column} = replace({column}, :mention, :nobody) where instr({column}, :mention)",
                    {"mention": f"@{name}", "nobody": unnamed(f"@{name}", names)},
                )


def _without_words(evidence: str) -> str:
    """Return what a rule saw without the words that it saw."""
    told: dict[str, object] = json.loads(evidence)
    return to_json({key: _hidden(value) for key, value in told.items()})


def _hidden(value: object) -> object:
    if isinstance(value, str):
        return HIDDEN if any(map(str.isalpha, value)) else value
    if isinstance(value, list):
        return [_hidden(one) for one in value]
    return value
