"""Time a collection of many accounts against a slow network on loopback.

    python tests/benchmarks/side_by_side.py [ACCOUNTS [PAGES]]

The network answers each request after 50 ms. With so many requests under way at once, that dictates a least time;
prints how many times as long it took, and ends with 1 beyond 1.5 times. Each page holds 100 posts.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from soma_audit.collect import AT_ONCE

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

LATENCY = 0.05
TARGET = 1.5
FIRST_ID = 1_000_000_000


class SlowNetwork(BaseHTTPRequestHandler):
    """As much of X as a collection asks: look-ups, timelines, and no mentions."""

    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 20  # an answer in one piece: else the kernel adds a latency of its own
    pages = 5

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer after a while, which making the answer is part of."""
        due = time.perf_counter() + LATENCY
        asked = urlsplit(self.path)
        body = json.dumps(self.answer(asked.path.split("/"), parse_qs(asked.query))).encode()
        time.sleep(max(due - time.perf_counter(), 0))
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer(self, path: list[str], query: dict[str, list[str]]) -> dict[str, object]:
        """Make the answer to a path."""
        if "username" in path:
            return {"data": {"id": str(FIRST_ID + int(path[-1][1:])), "username": path[-1]}}
        if path[-1] != "tweets":
            return {"meta": {"result_count": 0}}
        page = int(query.get("pagination_token", ["0"])[0])
        top = int(path[3]) * 1_000_000 + (self.pages - page) * 100
        posts = [self.post(path[3], top - n, page) for n in range(100)]
        more = {"next_token": str(page + 1)} if page < self.pages - 1 else {}
        return {"data": posts, "meta": {"result_count": 100, **more}}

    def post(self, author: str, number: int, page: int) -> dict[str, object]:
        """Make a post of the agency's."""
        return {
            "id": str(number),
            "text": f"Ny sak {number} er lagt ut https://t.co/x",
            "created_at": f"2026-03-{20 - page:02}T09:{number % 60:02}:00.000Z",
            "author_id": author,
            "conversation_id": str(number),
            "public_metrics": {"like_count": 1, "reply_count": 0, "retweet_count": 0},
        }


def serve(pages: int, tell: Connection) -> None:
    """Run the network in a process of its own."""
    SlowNetwork.pages = pages
    server = ThreadingHTTPServer(("127.0.0.1", 0), SlowNetwork)
    tell.send(server.server_port)
    server.serve_forever()


def collect(folder: Path, port: int, accounts: int) -> tuple[float, float]:
    """Collect from all accounts; give the seconds it took and the peak memory in MB."""
    (folder / "config.toml").write_text(f'[twitter]\napi_url = "http://127.0.0.1:{port}"\n')
    lines = "".join(f"a{n},Etat {n},agency,twitter,a{n}\n" for n in range(accounts))
    (folder / "register.csv").write_text("agency,name,kind,network,handle\n" + lines)
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "soma_audit", "collect", "--quiet", "--config", str(folder / "config.toml")],
        env={**os.environ, "SOMA_AUDIT_TWITTER_TOKEN": "a-token-of-no-use-elsewhere"},
    )
    _, code, used = os.wait4(process.pid, 0)
    if code:
        sys.exit("the collection failed")
    return time.perf_counter() - begin, used.ru_maxrss / 1024


def main(accounts: int = 200, pages: int = 5) -> int:
    here, there = multiprocessing.Pipe()
    network = multiprocessing.Process(target=serve, args=(pages, there), daemon=True)
    network.start()
    with tempfile.TemporaryDirectory() as folder:
        seconds, memory = collect(Path(folder), here.recv(), accounts)
    network.terminate()
    requests = accounts * (pages + 2)  # a look-up and empty mentions besides
    least = requests * LATENCY / AT_ONCE
    print(f"{accounts} accounts × {pages} pages, {requests} requests, {AT_ONCE} at once")
    print(
        f"  {seconds:.1f} s, {seconds / least:.2f} × the {least:.1f} s that the latency dictates, {memory:.0f} MB"
    )
    return int(seconds > TARGET * least)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
