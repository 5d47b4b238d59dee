"""A post's text in pieces: its words, the marks between them, and where its clauses begin and end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from soma_audit.classify.question import words as qw
from soma_audit.classify.text import MENTION

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(MENTION + r"|[^\W\d_]\w*(?:'\w+)?|\d+(?:[.,:]\d+)*|[.!?…:;\"«»“”()\n]+|,|(?<!\w)-|[–—]")
_CUT_OFF = re.compile(r"(?<!\S)[a-zæøåäö]{1,4}- (?=[^\W\d_])")
"""A word broken off in speech: `ha- har du`."""
_BEGINNING = frozenset(".!?…:;\n«“(-–—")
"""Marks behind which a clause begins."""


_QUOTES = '"«»“”()'


class Words(NamedTuple):
    """A text in pieces: words, and the marks between them as pieces of their own."""

    written: list[str]
    lower: list[str]
    known: frozenset[str]
    heads: list[int]
    """Where a clause begins: first, behind a mark, and at a sudden capital, as where a mark was left out."""

    def ahead(self, at: int) -> str:
        """Return the word at a place, or nothing when a mark, a mention or the end stands there."""
        if at < len(self.lower):
            word = self.lower[at]
            return word if word[0].isalnum() else ""
        return ""

    def behind_leads(self, leads: frozenset[str]) -> Iterator[int]:
        """Yield the places where a clause may really begin: its head, and behind each `men`, `hei,` or mention."""
        lower, end = self.lower, len(self.lower)
        for head in self.heads:
            at = head
            while at < end:
                piece = lower[at]
                if piece[0].isalpha():
                    yield at
                    if piece not in leads and not piece[-1].isdigit():
                        break
                elif piece[0] not in "@,":
                    break
                at += 1


def words(text: str) -> Words:
    """Cut a text without links into words and marks."""
    if "- " in text:
        text = _CUT_OFF.sub("", text)
    written = _TOKEN.findall(text.replace("’", "'"))
    lower = list(map(str.lower, written))
    return Words(written, lower, frozenset(lower), list(_heads(written, lower)))


def _heads(written: list[str], lower: list[str]) -> Iterator[int]:
    fresh, quoted = True, False
    for at, piece in enumerate(written):
        first = piece[0]
        if not first.isalnum():
            quoted ^= first == '"'
            fresh = fresh or first in _BEGINNING
        elif fresh:
            yield at
            fresh = False
        elif lower[at] in qw.STARTERS and (lower[at] in qw.TURNS or sudden(written, at)):
            yield at


def sudden(written: list[str], at: int) -> bool:
    """Return whether a capital stands where none is expected."""
    piece = written[at]
    return piece[0].isupper() and piece[1:].islower() and written[at - 1].islower()


def closing(text: Words, at: int) -> str:
    """Return the mark that closes the clause at a place: `?`, `.`, `!` or nothing, as when the next begins without one."""
    for place in range(at + 1, len(text.lower)):
        piece = text.lower[place]
        if not piece[0].isalnum() and (mark := piece.lstrip(_QUOTES)) and mark[0] in ".!?…\n":
            return "?" if "?" in mark else "!" if "!" in mark else "." if mark == "." else ""
        if piece in qw.COMMON and sudden(text.written, place):
            return ""
    return ""


def is_open(text: Words, at: int) -> bool:
    """Return whether a clause ends without `.` or `!`: a writer who uses those would have written `?` too."""
    return closing(text, at) not in (".", "!")
