"""People who have asked that what they wrote be erased: what comes of theirs later is kept without its words."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from soma_audit.model import Kind
from soma_audit.store.connection import Part

if TYPE_CHECKING:
    from collections.abc import Container

    from soma_audit.model import Post

NOBODY = "v-000000000000"
"""Stands in texts for whoever was erased; it looks like a pseudonym, so that a mention stays one."""
_NAME = re.compile(r"v-[0-9a-f]{12}")
_PASSED_ON = re.compile(r"\s*RT @(v-[0-9a-f]{12})")
"""How X begins a post that passes on another one."""


class ErasedPeople(Part):
    """Knows who has been erased."""

    def erased(self) -> frozenset[str]:
        """Return the pseudonyms of all who have been erased."""
        return frozenset(row[0] for row in self.execute("select name from erased"))


def unnamed(text: str, names: Container[str]) -> str:
    """Return a text in which nobody stands for these people."""
    return _NAME.sub(lambda m: NOBODY if m[0] in names else m[0], text) if "v-" in text else text


def names_any(text: str, names: Container[str]) -> bool:
    """Return whether one of these people stands in a text."""
    return "v-" in text and any(name in names for name in _NAME.findall(text))


def are_words_of(post: Post, names: Container[str]) -> bool:
    """Return whether a post has the words of one of these people: their own post, or one that passes it on."""
    if post.kind is Kind.SHARE and post.text and (found := _PASSED_ON.match(post.text)):
        return found[1] in names
    return post.author in names or post.words_by in names


def without_words(post: Post, names: Container[str]) -> Post:
    """Return a post as it may be kept: one with these people's words without them, others without a mention of them."""
    if are_words_of(post, names):
        return replace(post, text=None, client=None, permalink=None, language=None)
    if post.text is not None and names_any(post.text, names):
        return replace(post, text=unnamed(post.text, names))
    return post
