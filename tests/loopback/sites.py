"""Web sites behind a proxy on the loopback: requests are real, and every host that a test names is answered here."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pytest


@dataclass(frozen=True)
class SitePage:
    """What a site answers."""

    body: bytes | str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    trickle: int = 0
    """So many bytes at a time, with a pause between them; 0: all at once."""


@dataclass
class Sites:
    """The sites, by address without `http://`, and who has asked for what."""

    pages: dict[str, SitePage] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    at_once: int = 0
    """The most requests that one host had to answer at the same time."""
    latency: float = 0.0
    _busy: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, address: str, body: bytes | str = "", status: int = 200, **headers: str) -> None:
        """Let a page say this from now on; underscores in headers' names stand for hyphens."""
        named = {k.replace("_", "-"): v for k, v in headers.items()}
        self.pages[address] = SitePage(body, status, named)

    def calls(self, part: str = "") -> int:
        """Count the requests whose address has this in it."""
        return sum(part in address for address in self.asked)

    @contextmanager
    def answering(self, address: str) -> Iterator[SitePage]:
        """Note who is asked."""
        host = address.partition("/")[0]
        with self._lock:
            self.asked.append(address)
            self._busy[host] = self._busy.get(host, 0) + 1
            self.at_once = max(self.at_once, self._busy[host])
        try:
            time.sleep(self.latency)
            yield self.pages.get(address, SitePage("nothing here", 404))
        finally:
            with self._lock:
                self._busy[host] -= 1


@contextmanager
def sites(patch: pytest.MonkeyPatch) -> Iterator[Sites]:
    """Answer every request in the clear that leaves this machine, as a proxy does."""
    here = Sites()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = self.path.removeprefix("http://").partition("#")[0]
            with here.answering(address) as page:
                body = page.body.encode() if isinstance(page.body, str) else page.body
                self.send_response(page.status)
                for name, value in {"Content-Type": "text/html", **page.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                step = page.trickle or max(len(body), 1)
                for start in range(0, len(body), step):
                    self.wfile.write(body[start : start + step])
                    self.wfile.flush()
                    if page.trickle:
                        time.sleep(0.02)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    patch.setenv("HTTP_PROXY", f"http://127.0.0.1:{server.server_port}")
    patch.setenv("http_proxy", f"http://127.0.0.1:{server.server_port}")
    for name in ("NO_PROXY", "no_proxy"):
        patch.setenv(name, "127.0.0.1,localhost")
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
