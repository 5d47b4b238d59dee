"""Turning a post's HTML into the text that a reader sees, with links in full and mentions by who is meant.

The HTML is untrusted: it is parsed as a browser would, and whatever a reader does not see (scripts, styles, forms) is
left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from selectolax.lexbor import LexborNode

UNREAD = frozenset(
    {"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "head", "title", "textarea", "select"}
)  # fmt: skip
_PARAGRAPHS = "p div blockquote ul ol pre h1 h2 h3 h4 h5 h6 table section article"
_BREAKS = {**dict.fromkeys(_PARAGRAPHS.split(), "\n\n"), **dict.fromkeys(("br", "li", "tr"), "\n")}
"""What is put before and after a tag's text."""
LONGEST = 100_000
"""Characters of HTML that are read of one post: servers allow a few thousand, and nested tags take time by the square."""
_WEB = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_UNSEEN = re.compile(r"[\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f]")
"""Invisible characters, and those that change the direction of the text after them."""
_HOST = re.compile(r"https?://([\w.-]+)", re.IGNORECASE)
_NAMED = re.compile(r"@?(\w[\w.-]*)(?:@([\w.-]+))?")
_SPACES, _BLANK_LINES = re.compile(r"[ \t\r\n]+"), re.compile(r"\n{3,}")


def text_of(html: str, mentions: Mapping[str, str] | None = None) -> str:
    """Return the text in a post's HTML.

    A link is written with its full address, whatever is displayed; one that is not a web address (`javascript:`) keeps
    only its text. `mentions` has the names of people by the address that a mention links to.
    """
    if "<" not in html and "&" not in html:
        return _tidy(html)
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 - only Mastodon's posts are HTML

    body = LexborHTMLParser(html[:LONGEST].encode("utf-8", "replace")).body
    return _tidy("".join(_parts(body, mentions or {}))) if body is not None else ""


def links_of(html: str) -> list[str]:
    """Return the addresses that links in HTML lead to."""
    if "<" not in html:
        return []
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 - only Mastodon's profiles are HTML

    found = LexborHTMLParser(html[:LONGEST].encode("utf-8", "replace")).css("a[href]")
    return [str(link.attributes.get("href") or "") for link in found]


def _parts(body: LexborNode, mentions: Mapping[str, str]) -> Iterator[str]:
    """Yield the text from the top down, without recursion: tags may be nested a million deep."""
    node, depth = body.child, 0
    while node is not None:
        tag = str(node.tag)
        put = _SPACES.sub(" ", node.text_content or "") if tag == "-text" else None
        if tag == "a":
            put = _link(node, mentions)
        yield put or _BREAKS.get(tag, "")
        if put is None and node.child is not None and tag not in UNREAD:
            node, depth = node.child, depth + 1
            continue
        while node.next is None and depth and node.parent is not None:
            node, depth = node.parent, depth - 1
            yield _BREAKS.get(str(node.tag), "")
        node = node.next


def _link(link: LexborNode, mentions: Mapping[str, str]) -> str | None:
    """Return what is written for a link; None: its own text."""
    address, kinds = link.attributes.get("href") or "", (link.attributes.get("class") or "").split()
    if (name := mentions.get(address)) is not None:
        return f"@{name}"
    if "/tags/" in address or "/tag/" in address:
        return None  # a hashtag
    if "mention" in kinds and (named := _NAMED.fullmatch(link.text().strip())):
        # the server has not said whom it means, and other software's addresses do not show that they name somebody
        host = _HOST.match(address)
        server = named[2] or (host and host[1])
        return f"@{named[1]}@{server}" if server else f"@{named[1]}"
    return address if _WEB.fullmatch(address) else None


def _tidy(text: str) -> str:
    lines = (line.strip(" ") for line in _UNSEEN.sub("", text).split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()
