"""The sockets: all fake networks behind one loopback address, each request checked, each trouble struck in its place."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import socket
import struct
import threading
from dataclasses import dataclass
from datetime import UTC
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qsl, urlsplit

from loopback.bluesky import Bluesky, BlueskyWorld
from loopback.graph import Graph
from loopback.mastodon import Mastodon, MastodonWorld
from loopback.spec import official
from loopback.world import Answer, Ask, Clock, Json, World
from loopback.x import X

if TYPE_CHECKING:
    from collections.abc import Callable

    Change = Callable[["Loopback", Ask, Answer], Answer]

X_TOKEN, GRAPH_TOKEN = "x-bearer-0123456789", "graph-token-0123456789"
APP_ID, APP_SECRET = "111", "secret-of-the-app"
PATIENCE = 20.0
"""Seconds after which a hanging answer is given up, should a test forget to."""


@dataclass
class Trouble:
    """Something that goes wrong: which requests it strikes, and what it makes of their answers."""

    path: str
    """A regular expression that the path ends with."""
    change: Change
    skip: int = 0
    """So many requests are left alone first."""
    times: int = 10**9
    """So many are struck then."""

    def strike(self, here: Loopback, ask: Ask, answer: Answer) -> Answer:
        """Change an answer, if it is this one's turn."""
        if not re.search(f"{self.path}$", ask.path):
            return answer
        self.skip -= 1
        if self.skip >= 0 or self.times <= 0:
            return answer
        self.times -= 1
        return self.change(here, ask, answer)


class Loopback:
    """All networks on one port of this machine. Everything that tests change stands on it in plain sight."""

    def __init__(self, clock: Clock | None = None, *, first_id: int = 1000) -> None:
        self.clock = clock or Clock()
        self.x = X(World(self.clock, first_id))
        self.graph = Graph(World(self.clock, first_id), GRAPH_TOKEN)
        self.bluesky = Bluesky(BlueskyWorld(self.clock, first_id))
        self.mastodon = Mastodon(MastodonWorld(self.clock, first_id))
        self.troubles: list[Trouble] = []
        self.asked: list[Ask] = []
        self.complaints: list[str] = []
        """What was wrong with the requests; a test that ends with any has failed."""
        self.token_in_query = False
        """Whether Graph's token is expected there."""
        self.latency = 0.0
        self.under_way: set[int] = set()
        self.most_at_once = 0
        """How many requests were under way at the busiest moment."""
        self.spec = official()
        self.over = threading.Event()
        """Frees whoever hangs."""
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Requests,), {"loopback": self}))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, ask: Ask) -> Answer:
        """Answer a request from the world, changed by what is going wrong."""
        with self._lock:
            self.asked.append(ask)
            self.complaints += self._complaints(ask)
            answer = self._network(ask).answer(ask)
            for trouble in self.troubles:
                answer = trouble.strike(self, ask, answer)
            return answer

    def _network(self, ask: Ask) -> X | Graph | Bluesky | Mastodon:
        by_path: dict[str, X | Graph | Bluesky | Mastodon] = {
            "2": self.x,
            "xrpc": self.bluesky,
            "pds": self.bluesky,
            "on": self.mastodon,
        }
        return by_path.get(ask.path.split("/")[1], self.graph)

    def _complaints(self, ask: Ask) -> list[str]:
        network = self._network(ask)
        if isinstance(network, Bluesky | Mastodon):
            return list(network.complaints(ask))
        on_x = ask.path.startswith("/2/")
        token, params = X_TOKEN if on_x else GRAPH_TOKEN, dict(ask.params)
        if ask.path.endswith("/debug_token"):  # the app asks of our token, which can only stand in the query
            token = f"{APP_ID}|{APP_SECRET}"
            del params["input_token"]
        if self.token_in_query and not on_x and params.pop("access_token", None) != token:
            return [f"{ask.path}: no token in the query"]
        found = []
        if ask.headers.get("authorization") != f"Bearer {token}":
            found.append(f"{ask.path}: no bearer in the header")
        if "access_token" in params or token in str(params) or APP_SECRET in str(params):
            found.append(f"{ask.path}: a secret in the URL")
        proof = hmac.new(APP_SECRET.encode(), GRAPH_TOKEN.encode(), hashlib.sha256).hexdigest()
        if not on_x and ask.params.get("appsecret_proof", proof) != proof:
            found.append(f"{ask.path}: a wrong proof")
        if on_x and self.spec:
            found += self.spec.complaints(ask)
        return found

    def calls(self, path: str = "") -> int:
        """Count the requests for a path."""
        return sum(bool(re.search(f"{path}$", a.path)) for a in self.asked)


class _Requests(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE
    wbufsize = -1  # head and body in one packet, else each answer takes 40 ms
    loopback: Loopback

    def do_GET(self) -> None:
        self._do()

    def do_POST(self) -> None:
        if not self.path.startswith(("/xrpc/", "/pds/")):
            self.send_error(501)
            return
        said = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            sent = json.loads(said)
        except ValueError:
            sent = None
        self._do(sent)

    def _do(self, sent: Json = None) -> None:
        split = urlsplit(self.path)
        headers = {k.lower(): v for k, v in self.headers.items()}
        here = self.loopback
        here.under_way.add(id(self))
        here.most_at_once = max(here.most_at_once, len(here.under_way))
        here.over.wait(here.latency)  # not a sleep: tests replace that
        pairs = parse_qsl(split.query)
        every = {key: [v for k, v in pairs if k == key] for key, _ in pairs}
        answer = here.answer(Ask(split.path, dict(pairs), headers, every, sent, self.command))
        here.under_way.discard(id(self))
        text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
        deliver: dict[str, Callable[[Answer, bytes], None]] = {
            "whole": self._whole,
            "cut": self._cut,
            "reset": self._reset,
            "never": self._never,
        }
        deliver[answer.arrives](answer, text.encode())

    def _head(self, answer: Answer, length: int) -> None:
        self.send_response(answer.status)
        for key, value in {"Content-Type": "application/json", **answer.headers}.items():
            if value:
                self.send_header(key, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def _whole(self, answer: Answer, body: bytes) -> None:
        self._head(answer, len(body))
        self.wfile.write(body)

    def _cut(self, answer: Answer, body: bytes) -> None:
        self._head(answer, len(body))
        self.wfile.write(body[: len(body) // 2])
        self.close_connection = True

    def _reset(self, *_: object) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def _never(self, *_: object) -> None:
        self.loopback.over.wait(PATIENCE)
        self.close_connection = True

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(self.loopback.clock.now.astimezone(UTC), usegmt=True)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
