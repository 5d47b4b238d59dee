"""Reading one page of a site: a single polite GET, within what the site allows and what a page can be."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import httpx
from protego import Protego

from soma_audit.collect.transport import certificate_error, client
from soma_audit.errors import NotReadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

AT_ONCE = 8
"""How many sites are read side by side."""
NAME = "soma-audit"
"""What a site's robots.txt may call us."""
LARGEST = 5 * 2**20
"""Bytes. No page that people read has more."""
SLOWEST = 30.0
"""Seconds until a page must be here, however steadily it trickles."""
REDIRECTS = 5
BETWEEN = 0.5
"""Seconds between two requests to one host."""
LONGEST_BETWEEN = 10.0
"""A site that asks for longer pauses gets these: a night has an end."""
NO_PAGE = "it leads to something that is no web page"
HTML = ("text/html", "application/xhtml+xml", "text/plain")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)


def site_client(saved: Path | None = None) -> httpx.Client:
    """Return the client that sites are read with: nobody's address may lead it into our own network.

    `saved` is a folder of saved pages, whose `sites` answer instead.
    """
    if saved is None:
        return client("", None, AT_ONCE, public_only=True)
    from soma_audit.collect.sites.saved_pages import SavedSites  # noqa: PLC0415 - only where pages are replayed

    return httpx.Client(transport=SavedSites(saved / "sites"))


class NotReadError(Exception):
    """A page could not be read: the outcome, a word of `website.OUTCOMES`, and why, in a sentence."""

    def __init__(self, outcome: str, detail: str) -> None:
        self.outcome = outcome
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class PageRead:
    """A page as it came."""

    url: str
    """Where it stands in the end, after redirects."""
    body: bytes
    charset: str
    is_html: bool
    etag: str | None
    last_modified: str | None

    @property
    def text(self) -> str:
        """The page's source. A site that lies about its charset gets odd letters, and its links all the same."""
        return self.body.decode(self.charset, "replace")


@dataclass(slots=True)
class _Host:
    lock: threading.Lock = field(default_factory=threading.Lock)
    free_at: float = 0.0
    between: float = BETWEEN


@dataclass(slots=True, kw_only=True)
class SiteReader:
    """Reads pages from several threads at once, and from each host one after the other."""

    client: httpx.Client
    monotonic: Callable[[], float]
    """Seconds, from any beginning."""
    pause: Callable[[float], None]
    """Waits that many seconds."""
    _hosts: defaultdict[str, _Host] = field(default_factory=lambda: defaultdict(_Host))
    _robots: dict[str, Protego] = field(default_factory=dict)

    def read(self, url: str) -> PageRead:
        """Return the page at an address, after redirects.

        Raises:
            NotReadError: it is not there, or not to be looked at, or no page that people could read.
        """
        been: set[str] = set()
        while True:
            if url in been:
                raise NotReadError("unreachable", f"{url} redirects in a circle")
            if len(been) > REDIRECTS:
                raise NotReadError("unreachable", f"it redirects more than {REDIRECTS} times")
            been.add(url)
            if not self._rules(url).can_fetch(url, NAME):
                raise NotReadError("robots", "its robots.txt asks not to look at this page")
            answer = self._get(url)
            if not answer.is_redirect:
                return _page(answer)
            url = urljoin(url, answer.headers.get("location", "").strip()).partition("#")[0]
            if urlsplit(url).scheme not in {"http", "https"}:
                raise NotReadError("unreachable", NO_PAGE)

    def _rules(self, url: str) -> Protego:
        """Return a site's robots.txt; one that is not there allows everything (RFC 9309)."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            answer = self._get(f"{origin}/robots.txt")
            if answer.is_server_error:
                raise NotReadError(
                    "unreachable", f"its robots.txt cannot be read (HTTP {answer.status_code})"
                )
            rules = Protego.parse(answer.content.decode("utf-8", "replace") if answer.is_success else "")
            delay = rules.crawl_delay(NAME)
            self._hosts[parts.netloc].between = min(max(delay or 0, BETWEEN), LONGEST_BETWEEN)
            self._robots[origin] = rules
        return self._robots[origin]

    def _get(self, url: str) -> httpx.Response:
        """Return an answer with its body, which is not larger and not slower than a page can be."""
        try:
            request = self.client.build_request("GET", url, headers={"Accept": "text/html,*/*;q=0.5"})
        except (httpx.InvalidURL, UnicodeError) as error:
            raise NotReadError("unreachable", f"{url} is not an address") from error
        try:
            with self._turn(request.url.host):
                return self._within_bounds(request)
        except NotReadableError as error:  # it leads into our own network
            raise NotReadError("refused", str(error)) from error
        except (httpx.InvalidURL, httpx.RemoteProtocolError) as error:  # httpx looks where a redirect leads
            raise NotReadError("unreachable", NO_PAGE) from error
        except httpx.TimeoutException as error:
            raise NotReadError("unreachable", f"{request.url.host} does not answer in time") from error
        except httpx.HTTPError as error:
            reason = certificate_error(error) or f"{request.url.host} cannot be reached"
            raise NotReadError("unreachable", reason) from error

    def _within_bounds(self, request: httpx.Request) -> httpx.Response:
        started, body = self.monotonic(), bytearray()
        answer = self.client.send(request, stream=True)
        try:
            for part in answer.iter_bytes():
                body += part
                if len(body) > LARGEST:
                    raise NotReadError(
                        "damaged", f"it is larger than {LARGEST // 2**20} MB: no page that people read"
                    )
                if self.monotonic() - started > SLOWEST:
                    raise NotReadError("unreachable", f"it had not arrived after {SLOWEST:.0f} seconds")
        finally:
            answer.close()
        plain = {k: v for k, v in answer.headers.items() if k not in {"content-encoding", "content-length"}}
        return httpx.Response(answer.status_code, headers=plain, content=bytes(body), request=request)

    @contextmanager
    def _turn(self, host: str) -> Iterator[None]:
        """Wait until a host may be asked again."""
        here = self._hosts[host]
        with here.lock:
            if (wait := here.free_at - self.monotonic()) > 0:
                self.pause(wait)
            try:
                yield
            finally:
                here.free_at = self.monotonic() + here.between


def _page(answer: httpx.Response) -> PageRead:
    status = answer.status_code
    if status in {404, 410}:
        raise NotReadError("not_found", f"there is no such page (HTTP {status})")
    if status >= 500:
        raise NotReadError("unreachable", f"the site has an error of its own (HTTP {status})")
    if not answer.is_success:
        raise NotReadError("refused", f"the site refuses to show it (HTTP {status})")
    kind = answer.headers.get("content-type", "text/html").partition(";")[0].strip().lower()
    return PageRead(
        str(answer.url),
        answer.content,
        _charset(answer),
        kind in HTML,
        answer.headers.get("etag"),
        answer.headers.get("last-modified"),
    )


def _charset(answer: httpx.Response) -> str:
    """Return the charset that a page says it has, if there is such a one; else UTF-8."""
    said = answer.charset_encoding
    if said is None and (found := _META_CHARSET.search(answer.content[:4096])):
        said = found[1].decode("ascii", "replace")
    try:
        b"x".decode(said or "utf-8")
    except LookupError:
        return "utf-8"
    return said or "utf-8"
