"""An own post as the rules of `use` look at it, and the tables of phrases that are looked for in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from soma_audit.classify.text import MENTION, without_links
from soma_audit.model import Kind

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from soma_audit.model import Post

_NAMED = re.compile(MENTION)
_NOTHING: Mapping[Phrases, Mapping[str, object]] = {}
_WORD = re.compile(r"(?<![\w@])[\w']+")


@dataclass(slots=True)
class Subject:
    """One of the agency's own posts, laid open."""

    text: str
    lower: str
    linked: bool
    """A link stands in it."""
    reply: bool
    """It is said to somebody: it answers a visitor, or begins with a name."""
    words: list[str]
    """Its words in lower case and in order, without links, names and hash signs."""
    found: Mapping[Phrases, Mapping[str, object]]
    """The phrases that stand in it, as evidence, by their tables."""


def laid_open(post: Post, index: Index, own: Container[str], handles: Container[str]) -> Subject:
    """Return a post laid open.

    Below one of the account's `own` posts, or where it begins with one of its `handles`, it goes on and replies to nobody.
    """
    text = (post.text or "").strip()
    lower = text.lower()
    linked = "http" in lower
    bare = without_links(lower) if linked or "www." in lower else lower
    words = _WORD.findall(bare.replace("’", "'"))
    return Subject(
        text=text,
        lower=lower,
        linked=linked,
        reply=_reply(post, lower, own, handles),
        words=words,
        found=index.find(words),
    )


def _reply(post: Post, lower: str, own: Container[str], handles: Container[str]) -> bool:
    if lower.startswith("@") and (named := _NAMED.match(lower)) is not None:
        return named[0][1:] not in handles
    return post.kind is Kind.COMMENT and post.parent not in own


class Phrases:
    """A table of phrases, one a line; `tell/show us` is two phrases, and a slash at a word's end allows for none.

    A phrase is looked for only where its last word, or the word marked with `*`, stands in a post.
    """

    def __init__(self, table: str) -> None:
        self.by_word: dict[str, list[str]] = {}
        for line in table.split("\n"):
            for choice in product(*(slot.split("/") for slot in line.split())):
                if words := [word for word in choice if word]:
                    rare = next((word for word in words if word.endswith("*")), words[-1])
                    phrase = " ".join(words).replace("*", "")
                    self.by_word.setdefault(rare.rstrip("*"), []).append(f" {phrase} ")

    def seen(self, see: Subject) -> Mapping[str, object] | None:
        """Return the phrase of the table that was found in a post, as evidence; None if there was none."""
        return see.found.get(self)


class Index:
    """The phrases of several tables by the words to look up first, so that a post is gone through once for all of them."""

    def __init__(self, tables: Iterable[Phrases]) -> None:
        self._by_word: dict[str, list[tuple[Phrases, str, Mapping[str, object]]]] = {}
        for table in tables:
            for word, phrases in table.by_word.items():
                self._by_word.setdefault(word, []).extend(
                    (table, phrase, {"words": phrase.strip()}) for phrase in phrases
                )

    def find(self, words: list[str]) -> Mapping[Phrases, Mapping[str, object]]:
        """Return by table the first phrase that stands among the words of a post, as evidence."""
        rare = [word for word in words if word in self._by_word]
        if not rare:
            return _NOTHING
        said = f" {' '.join(words)} "
        found: dict[Phrases, Mapping[str, object]] = {}
        for word in rare:
            for table, phrase, evidence in self._by_word[word]:
                if table not in found and phrase in said:
                    found[table] = evidence
        return found


def link_to(sought: re.Pattern[str], see: Subject) -> dict[str, object] | None:
    """Return the part of a link that a pattern seeks as evidence; None if there is no such link."""
    found = sought.search(see.lower) if see.linked else None
    return {"host": found[1]} if found else None
