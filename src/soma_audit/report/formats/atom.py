"""News as an Atom feed (RFC 4287): what a feed reader shows of a report, and what each page of the site has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from soma_audit.report.language.wall_words import WallWords
from soma_audit.report.language.words import Words
from soma_audit.report.text import iso, one_line, web_link

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from soma_audit.report.figures.model import Figures, WaitingLine

ATOM = "http://www.w3.org/2005/Atom"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
QUOTE = 600
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One piece of news."""

    id: str
    """The same for ever, by which a reader knows that it has shown it."""
    title: str
    updated: datetime
    link: str | None = None
    text: str = ""


def feed(
    *,
    id_: str,
    title: str,
    language: str,
    updated: datetime,
    entries: Iterable[Entry],
    page: str | None = None,
    self_: str | None = None,
) -> str:
    """Return a feed; `page` is the address of what it is the feed of, `self_` its own."""
    ET.register_namespace("", ATOM)
    root = ET.Element(f"{{{ATOM}}}feed", {LANGUAGE: language})
    _add(root, "id", id_)
    _add(root, "title", title)
    _add(root, "updated", iso(updated))
    _add(ET.SubElement(root, f"{{{ATOM}}}author"), "name", "soma-audit")
    if page:
        ET.SubElement(root, f"{{{ATOM}}}link", {"rel": "alternate", "type": "text/html", "href": page})
    if self_:
        ET.SubElement(root, f"{{{ATOM}}}link", {"rel": "self", "type": "application/atom+xml", "href": self_})
    for entry in entries:
        element = ET.SubElement(root, f"{{{ATOM}}}entry")
        _add(element, "id", entry.id)
        _add(element, "title", entry.title)
        _add(element, "updated", iso(entry.updated))
        if link := web_link(entry.link):
            ET.SubElement(element, f"{{{ATOM}}}link", {"rel": "alternate", "href": link})
        _add(element, "content", entry.text or entry.title, {"type": "text"})
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _add(parent: ET.Element, name: str, text: str, attributes: dict[str, str] | None = None) -> None:
    element = ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes or {})
    element.text = _NOT_XML.sub("\ufffd", text)


def render(figures: Figures) -> str:
    """The report's news, and in the internal edition each question that waits, as a feed."""
    words = Words(figures.language, figures.timezone)
    return feed(
        id_=f"tag:soma-audit,2010:{_hash(figures.title)}",
        title=one_line(figures.title),
        language=figures.language,
        updated=figures.as_of,
        entries=[*_waiting(figures, words), *_news(figures, words)],
    )


def _waiting(figures: Figures, words: Words) -> Iterator[Entry]:
    for line in figures.waiting:
        account = words.account_name(line.network, line.handle)
        yield Entry(
            id=f"tag:soma-audit,2010:{_hash(line.network, line.handle, line.post)}",
            title=one_line(f"{words.say('waiting')}: {line.agency}, {account}", 300),
            updated=line.asked_at,
            link=line.permalink,
            text=_asked(line, figures, words),
        )


def _asked(line: WaitingLine, figures: Figures, words: Words) -> str:
    waited = words.say(
        "waited {calendar}, {office}",
        calendar=words.age(line.asked_at, figures),
        office=words.office_duration(line.office_minutes),
    )
    return f"{one_line(line.text, QUOTE)}\n({waited})"


def _news(figures: Figures, words: Words) -> Iterator[Entry]:
    if figures.news is not None:
        for sentence in WallWords(words).news(figures.news):
            yield Entry(
                id=f"tag:soma-audit,2010:{_hash(iso(figures.news.since), sentence)}",
                title=one_line(sentence, 500),
                updated=figures.as_of,
            )


def _hash(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:24]
