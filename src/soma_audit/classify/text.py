"""Text made comparable: without links, names and numbers, and cut into what was said."""

from __future__ import annotations

import re

_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
MENTION = r"@[\w-]+(?:\.[a-z0-9-]*[a-z0-9](?!\w))*(?:@[\w-]+(?:\.[\w-]+)+)?"
"""A mention, as a regular expression: on some networks a handle is a domain, or has its server behind it."""
_LEADING_MENTIONS = re.compile(rf"^[\s.]*(?:{MENTION}[\s,:]*)+")
_MENTION = re.compile(MENTION)
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_FOLD = re.compile(r"[^\w<>@]+")
SIGNED = re.compile(
    r"(?:(?:^|[\s.!?)])/\s?[A-ZÆØÅÄÖ][\w.-]{1,15}(?: [A-ZÆØÅÄÖ]\w*)?"
    r"|[\^*~]\s?[A-ZÆØÅÄÖ]{1,3}[a-zæøåäö]{0,12}|[.!?]\s[-–]\s?[A-ZÆØÅÄÖ]{1,2}[a-zæøåäö]{0,12})$"
)
"""A name or initials at the end of a text: `/Kari`, `^AB`, `*AB`, `- Nils`."""


def word_set(text: str) -> frozenset[str]:
    """Cut a list of words at its spaces: so the tables of words are written."""
    return frozenset(text.split())


def without_links(text: str) -> str:
    """Leave out links, so that a `?` inside one asks nothing."""
    return _URL.sub(" ", text) if "://" in text or "www." in text.lower() else text


def plain(text: str) -> str:
    """Leave out links, the mentions a reply begins with and hash signs, and fold spaces."""
    return " ".join(_LEADING_MENTIONS.sub("", without_links(text)).replace("#", "").split())


def signature(text: str) -> str | None:
    """Return the name or the initials by which a text ends, with their sign, or None."""
    found = SIGNED.search(without_links(text[-160:]).rstrip()[-32:])
    return found[0] if found else None


def comparable(text: str) -> str:
    """Return the form under which the same text is found elsewhere: links, mentions and numbers masked, the rest folded."""
    masked = _MENTION.sub("<@>", _URL.sub("<url>", text.lower()))
    return _FOLD.sub(" ", _NUMBER.sub("<n>", masked)).strip()
