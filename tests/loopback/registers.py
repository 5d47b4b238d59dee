"""Other registers on the loopback: a query service that answers as it is told, and a country's page of Govdirectory's."""

from __future__ import annotations

import json
import socket
import struct
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

JSON = {"Content-Type": "application/sparql-results+json;charset=utf-8"}
PATIENCE = 20.0
"""Seconds after which a hanging answer is given up, should a test forget to."""


def row(body: str, label: str, prop: str = "", account: str = "", **more: str) -> dict[str, Any]:
    """A row of an answer of the query service's."""
    told = {"body": f"http://www.wikidata.org/entity/{body}", **more}
    if prop:
        told |= {"property": f"http://www.wikidata.org/entity/{prop}", "account": account}
    cells = {key: {"type": "uri", "value": value} for key, value in told.items()}
    return {**cells, "bodyLabel": {"type": "literal", "xml:lang": "nb", "value": label}}


def answer(*rows: dict[str, Any]) -> str:
    """An answer with these rows, as the query service writes it."""
    return json.dumps({"head": {"vars": ["body"]}, "results": {"bindings": rows}})


class Registers:
    """What stands on it in plain sight is what is answered."""

    def __init__(self) -> None:
        self.status, self.body, self.headers = 200, answer(), JSON
        self.arrives = "whole"
        """Or it is `cut` half way, `reset`, or comes `never`."""
        self.limits = 0
        """So many questions are too many at first."""
        self.pages: dict[str, str] = {}
        """Govdirectory's, by path."""
        self.asked: list[dict[str, Any]] = []
        self.over = threading.Event()
        """Frees whoever hangs."""
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Requests,), {"here": self}))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"


class _Requests(BaseHTTPRequestHandler):
    here: Registers

    def do_GET(self) -> None:
        here, parts = self.here, urlsplit(self.path)
        headers = {key.lower(): value for key, value in self.headers.items()}
        here.asked.append({"path": parts.path, **parse_qs(parts.query), **headers})
        if parts.path != "/sparql":
            page = here.pages.get(parts.path)
            self._whole(200 if page else 404, {"Content-Type": "text/html"}, (page or "").encode())
        elif here.limits:
            here.limits -= 1
            self._whole(429, {"Retry-After": "7", "Content-Type": "text/plain"}, b"Rate limit exceeded")
        elif here.arrives == "never":
            here.over.wait(PATIENCE)
        elif here.arrives == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            self._whole(here.status, here.headers, here.body.encode())

    def _whole(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if self.here.arrives == "cut" else body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def registers() -> Iterator[Registers]:
    """Open them on a port of this machine."""
    made = Registers()
    threading.Thread(target=made.server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield made
    finally:
        made.over.set()
        made.server.shutdown()
        made.server.server_close()
