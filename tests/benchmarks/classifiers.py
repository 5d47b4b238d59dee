"""Time the classifiers alone, on one core, on the posts that pipeline.py makes up.

    python tests/benchmarks/classifiers.py [POSTS [ROUNDS]]

Prints the best round of each classifier and of all together, and ends with 1 below 20,000 posts a second.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import write_posts

from soma_audit.classify import CLASSIFIERS, judge
from soma_audit.config import Config
from soma_audit.model import Account, Kind, Post, Wall

if TYPE_CHECKING:
    from collections.abc import Callable

TARGET = 20_000
CONFIG = Config()


def walls(posts: int) -> list[Wall]:
    """Make up posts, and lay them out by account."""
    found: dict[tuple[str, str], list[Post]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        write_posts(Path(folder) / "posts.jsonl", posts)
        for line in (Path(folder) / "posts.jsonl").read_text("utf-8").splitlines():
            raw = json.loads(line)
            key = raw.pop("network"), raw.pop("account")
            raw |= {"native_id": raw.pop("id"), "kind": Kind(raw.get("kind", "post"))}
            raw["created_at"] = datetime.fromisoformat(raw["created_at"])
            known = {k: v for k, v in raw.items() if k in Post.__slots__}
            found[key].append(Post(**{"thread": raw["native_id"], **known}))
    office, as_of = CONFIG.office(), datetime(2030, 1, 1, tzinfo=UTC)
    return [
        Wall(
            account=Account(agency=handle, network=network, handle=handle),
            as_of=as_of,
            posts=tuple(sorted(of_one, key=lambda p: (p.created_at, p.native_id))),
            office=office,
            norm_minutes=CONFIG.norm_minutes(),
            handles=frozenset({handle.lower()}),
        )
        for (network, handle), of_one in found.items()
    ]


def best(rounds: int, work: Callable[[], object]) -> float:
    """Give the seconds of the quickest round."""

    def once() -> float:
        begin = time.perf_counter()
        work()
        return time.perf_counter() - begin

    return min(once() for _ in range(rounds))


def main(posts: int = 20_000, rounds: int = 5) -> int:
    made = walls(posts)
    for classifier in CLASSIFIERS:
        seconds = best(rounds, lambda c=classifier: [list(c.judge(wall)) for wall in made])  # type: ignore[misc]
        print(f"  {classifier.name:16} {posts / seconds:10,.0f} posts/s")
    seconds = best(rounds, lambda: [judge(wall) for wall in made])
    print(f"  {'all together':16} {posts / seconds:10,.0f} posts/s, wanted {TARGET:,}")
    return int(posts / seconds < TARGET)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
