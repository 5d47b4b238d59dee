"""What a page of a site tells: the accounts that it links to, where its contact page is, and whether its text has changed."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from soma_audit.collect.sites.reader import NotReadError
from soma_audit.networks import account_in
from soma_audit.website import AccountLink

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from selectolax.lexbor import LexborHTMLParser

    from soma_audit.collect.sites.reader import PageRead

CONTACT = re.compile(r"\b(?:kontakt|contact)", re.IGNORECASE)
DEEPEST = 3000
"""Tags within tags. No page that people made has more, and the parser needs time by their square."""
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
_CLOSED_BY_THEMSELVES = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track"),
        *("wbr", "p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "thead", "tbody", "tfoot", "path"),
        *("circle", "rect", "line", "polygon", "use", "g", "html", "head", "body"),
    }
)  # fmt: skip
_UNREAD = "script, style, template, noscript, iframe, svg"
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class PageWords:
    """What a page tells."""

    links: tuple[AccountLink, ...]
    """The accounts that it links to, each once."""
    contact: str | None
    """The address of the page by which the same host is contacted."""
    sha256: str
    """Of what people read on it: markup, scripts and spaces may change without its saying anything new."""


@dataclass(frozen=True, slots=True)
class _Link:
    address: str
    rel: str
    text: str


def words_of(page: PageRead) -> PageWords:
    """Return what a page tells.

    Raises:
        NotReadError: it is nested deeper than any page.
    """
    if not page.is_html:
        return PageWords((), None, hashlib.sha256(page.body).hexdigest())
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 - only sites and Mastodon's texts are HTML

    source = page.text
    if _depth(source) > DEEPEST:
        raise NotReadError(
            "damaged", f"its tags are nested more than {DEEPEST:,} deep: no page that people read"
        )
    tree = LexborHTMLParser(source.encode("utf-8", "replace"))
    links = list(_links(tree, page.url))
    return PageWords(tuple(_accounts(links)), _contact(links, page.url), _text_hash(tree))


def _accounts(links: Iterable[_Link]) -> Iterable[AccountLink]:
    """Return the accounts that are linked to; one of them with `rel="me"` if any of its links has that."""
    found: dict[tuple[str, str], AccountLink] = {}
    for link in links:
        if account := account_in(link.address):
            said = AccountLink(*account, rel_me="me" in link.rel.lower().split())
            key = (said.network, said.handle.lower())
            if said.rel_me or key not in found:
                found[key] = said
    return found.values()


def _contact(links: Iterable[_Link], url: str) -> str | None:
    """Return the shortest address on the same host whose link, or path, is called so."""
    host = urlsplit(url).hostname
    found = set()
    for link in links:
        parts = urlsplit(link.address)
        if parts.hostname == host and (CONTACT.search(link.text) or CONTACT.search(parts.path)):
            found.add(link.address.partition("#")[0])
    return min(found - {url}, key=lambda address: (len(address), address), default=None)


def _text_hash(tree: LexborHTMLParser) -> str:
    for node in tree.css(_UNREAD):
        node.decompose()
    text = tree.body.text(separator=" ") if tree.body is not None else ""
    return hashlib.sha256(_SPACES.sub(" ", text).strip().encode("utf-8", "replace")).hexdigest()


def _links(tree: LexborHTMLParser, url: str) -> Iterator[_Link]:
    base_tag = tree.css_first("base[href]")
    base = _joined(url, base_tag.attributes.get("href")) if base_tag is not None else None
    for link in tree.css("a[href], link[rel~=me][href]"):
        if address := _joined(base or url, link.attributes.get("href")):
            yield _Link(address, str(link.attributes.get("rel") or ""), link.text()[:200])


def _joined(base: str, href: str | None) -> str | None:
    """Return a link's whole address on the web; None: it has none."""
    try:
        address = urljoin(base, (href or "").strip())
        return address if urlsplit(address).scheme in {"http", "https"} else None
    except ValueError:
        return None


def _depth(source: str) -> int:
    """Return how many tags are open at most, as far as they have to be closed."""
    depth = deepest = 0
    for closing, name in _TAG.findall(source):
        if name.lower() in _CLOSED_BY_THEMSELVES:
            continue
        depth = max(depth - 1, 0) if closing else depth + 1
        deepest = max(deepest, depth)
    return deepest
