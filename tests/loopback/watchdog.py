"""A service that watches over a nightly run, on loopback: it keeps what it was asked, and answers as it is told."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Watchdog:
    """What was asked, and what is answered."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status = 200
        self.over = threading.Event()
        self.silent = False
        self.url = ""


class _Requests(BaseHTTPRequestHandler):
    watchdog: Watchdog

    def do_GET(self) -> None:
        self.watchdog.asked.append(f"{self.command} {self.path}")
        if self.watchdog.silent:
            self.watchdog.over.wait(10)
            return
        self.send_response(self.watchdog.status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"OK")

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def watchdog() -> Iterator[Watchdog]:
    """Open one; its address has a secret in it."""
    made = Watchdog()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Requests,), {"watchdog": made}))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_address[1]}/hemmelig-0123"
    try:
        yield made
    finally:
        made.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
