"""Looking at an agency's site: its front page, its contact page, and the pages that the register declares."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from soma_audit.collect.sites.html_links import words_of
from soma_audit.collect.sites.reader import AT_ONCE, NotReadError
from soma_audit.website import PageLook

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from soma_audit.collect.sites.reader import SiteReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """Whose site to look at, and which other pages."""

    agency: str
    website: str | None
    declared: tuple[tuple[str, str], ...] = ()
    """What stands there and its address, as the register declares it."""

    @property
    def host(self) -> str:
        """Whom most of the questions go to."""
        return urlsplit(self.website or "".join(url for _, url in self.declared[:1])).netloc.lower()


def look_at_all(bodies: Iterable[Body], reader: SiteReader) -> Iterator[tuple[Body, list[PageLook]]]:
    """Yield each body with what was seen of its pages, as soon as it was: hosts side by side, one host's bodies in turn."""
    hosts: dict[str, list[Body]] = {}
    for body in bodies:
        hosts.setdefault(body.host, []).append(body)
    waiting = sorted(hosts.values(), key=len)  # the host with most bodies takes longest: it begins first
    with ThreadPoolExecutor(AT_ONCE) as threads:
        running: dict[Future[list[PageLook]], list[Body]] = {}
        while waiting or running:
            while waiting and len(running) < AT_ONCE:
                queue = waiting.pop()
                running[threads.submit(look_at, queue[-1], reader)] = queue
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                queue = running.pop(future)
                yield queue.pop(), future.result()
                if queue:
                    running[threads.submit(look_at, queue[-1], reader)] = queue


def look_at(body: Body, reader: SiteReader) -> list[PageLook]:
    """Return what is seen of one body's pages; each look ends on its own."""
    looks = []
    if body.website:
        front, contact = _look("front", body.website, reader)
        looks.append(front)
        if contact:
            looks.append(_look("contact", contact, reader)[0])
    return looks + [replace(_look(what, url, reader)[0], links=()) for what, url in body.declared]


def _look(what: str, url: str, reader: SiteReader) -> tuple[PageLook, str | None]:
    """Return what a look at a page brought, and where it says that the contact page is."""
    try:
        page = reader.read(url)
        words = words_of(page)
    except NotReadError as error:
        return PageLook(what=what, url=url, outcome=error.outcome, detail=str(error)), None
    led_to = urlsplit(page.url).hostname
    look = PageLook(
        what=what,
        url=url,
        outcome="read",
        detail=f"it redirects to {led_to}" if led_to != urlsplit(url).hostname else "",
        etag=page.etag,
        last_modified=page.last_modified,
        changed_at=_http_time(page.last_modified),
        sha256=words.sha256,
        links=words.links,
    )
    return look, words.contact


def _http_time(said: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(said or "").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
