"""Text made comparable: without links, names and numbers, and cut into what was said."""

from __future__ import annotations

import re

_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_LEADING_MENTIONS = re.compile(r"^[\s.]*(?:@[\w-]+[\s,:]*)+")
_MENTION = re.compile(r"@[\w-]+")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_FOLD = re.compile(r"[^\w<>@]+")


def word_set(text: str) -> frozenset[str]:
    """Cut a list of words at its spaces: so the tables of words are written."""
    return frozenset(text.split())


def unlinked(text: str) -> str:
    """Leave out links, so that a `?` inside one asks nothing."""
    return _URL.sub(" ", text) if "://" in text or "www." in text.lower() else text


def plain(text: str) -> str:
    """Leave out links, the mentions a reply begins with and hash signs, and fold spaces."""
    return " ".join(_LEADING_MENTIONS.sub("", unlinked(text)).replace("#", "").split())


def comparable(text: str) -> str:
    """Give the form under which the same text is found elsewhere: links, mentions and numbers masked, the rest folded."""
    masked = _MENTION.sub("<@>", _URL.sub("<url>", text.lower()))
    return _FOLD.sub(" ", _NUMBER.sub("<n>", masked)).strip()
