"""Time the stages on made-up posts, against a floor of plain json and sqlite3 in the same run.

    python tests/benchmarks/pipeline.py [POSTS [ROUNDS]]

Prints the median over the rounds and the ratio to the floor; machines differ, ratios hardly. Ends with 1 when a target
is missed: import as fast as the floor, 45,000 posts classified a second with two cores, a report in 1.5 s and 150 MB, be it
of 90 days or of ten years, and no other process above 200 MB.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

QUESTIONS = [
    "Når åpner {}?",
    "Hvem kan svare på noe om {}",
    "Kvifor er {} stengt?",
    "Does {} open on Sundays?",
    "Lurer på om {} blir dyrere i år",
]
REMARKS = [
    "Fint at dere ordner {}.",
    "Nok en dag uten {} …",
    "Takk for hjelpen med {}! 👏",
    "{} burde vært gratis for alle.",
]
OWN = [
    "Ny rapport om {} https://www.example.org/{}",
    "Vi svarer på spørsmål om {} i dag. /Siv",
    "Statsråden åpner {} https://www.example.org/{}",
]
TOPICS = [
    "biblioteket",
    "ferja",
    "svømmehallen",
    "søknadsskjemaet",
    "hjemmekontoret",
    "skoleveien",
    "fyrstikkavgiften",
]
FLOORS, POSTS_A_SECOND, REPORT_SECONDS = 1.0, 45_000, 1.5
MEMORY_MB, REPORT_MB = 200, 150


def write_posts(file: Path, posts: int, accounts: int = 20) -> str:
    """Write an interchange file; one post in five is an account's own, the others are visitors'. Return when the last was."""
    rnd, now = random.Random(posts), datetime(2016, 1, 1, tzinfo=UTC)
    threads: dict[str, str] = {}
    pace = min(1, 1_000_000 / posts)  # ten years hold them all
    with file.open("w", encoding="utf-8") as out:
        for number in range(1, posts + 1):
            now += timedelta(seconds=rnd.randrange(20, 600) * pace)
            account, own = f"etat{rnd.randrange(accounts):03}", rnd.random() < 0.2
            above = threads.get(account) if rnd.random() < (0.25 if own else 0.6) else None
            words = rnd.choice(OWN if own else QUESTIONS if rnd.random() < 0.33 else REMARKS)
            if above is None:
                threads[account] = str(number)
            post = {
                "network": "twitter",
                "account": account,
                "id": str(number),
                "thread": above or str(number),
                "parent": above,
                "author": account if own else f"person{rnd.randrange(10**6)}",
                "by_agency": own,
                "created_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
                "text": words.replace("{}", rnd.choice(TOPICS), 1).replace("{}", str(number)),
                "client": None,
                "kind": "comment" if above else "post",
                "counts": {"like": rnd.randrange(50), "reply": rnd.randrange(4), "share": rnd.randrange(9)},
            }
            out.write(json.dumps(post, ensure_ascii=False) + "\n")
    return now.isoformat()


def floor(file: Path, database: Path) -> None:
    """Do the least that an import can do: one pass for the posts, one for the texts, one transaction, two indexes."""
    db = sqlite3.connect(database)
    db.executescript(
        "pragma journal_mode = wal; pragma synchronous = normal;"
        "create table post (account text, id text, thread text, parent text, author text, by_agency int, created_at text,"
        " kind text, primary key (account, id)) strict;"
        "create table look (account text, id text, text text, counts text) strict;"
    )
    post_columns = ("account", "id", "thread", "parent", "author", "by_agency", "created_at", "kind")
    with db:
        with file.open("rb") as lines:
            rows = ([post[c] for c in post_columns] for post in map(json.loads, lines))
            db.executemany("insert into post values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        with file.open("rb") as lines:
            looks = (
                (p["account"], p["id"], p["text"], json.dumps(p["counts"])) for p in map(json.loads, lines)
            )
            db.executemany("insert into look values (?, ?, ?, ?)", looks)
        db.execute("create index thread on post (account, thread)")
        db.execute("create index time on post (account, created_at)")
    db.close()


def timed(*words: str) -> tuple[float, float]:
    """Run a command; give its wall seconds and its peak memory in MB."""
    begin = time.perf_counter()
    process = subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL)
    _, code, used = os.wait4(process.pid, 0)
    if code:
        sys.exit(f"{' '.join(words)} failed")
    return time.perf_counter() - begin, used.ru_maxrss / 1024


def one_round(file: Path, folder: Path, last: str) -> dict[str, tuple[float, float]]:
    database = str(folder / "bench.db")
    soma = ("-m", "soma_audit")
    report = (*soma, "report", "--db", database, "--as-of", last, "--output", str(folder / "report.html"))
    return {
        "floor": timed(__file__, "--floor", str(file), str(folder / "floor.db")),
        "import": timed(*soma, "import", "--quiet", "--db", database, str(file)),
        "classify": timed(*soma, "classify", "--quiet", "--db", database),
        "report, 90 days": timed(*report, "--days", "90"),
        "report, decade": timed(*report, "--days", "3650"),
    }


def main(posts: int = 100_000, rounds: int = 3) -> int:
    found: dict[str, list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "posts.jsonl"
        last = write_posts(file, posts)
        for number in range(rounds):
            here = Path(folder) / str(number)
            here.mkdir()
            for name, figures in one_round(file, here, last).items():
                found.setdefault(name, []).append(figures)
            size = (here / "bench.db").stat().st_size / posts
    base = statistics.median(s for s, _ in found["floor"])
    missed = False
    print(f"{posts} posts, median of {rounds} rounds; the database has {size:.0f} bytes a post")
    for name, rows in found.items():
        seconds, memory = statistics.median(s for s, _ in rows), max(m for _, m in rows)
        late = is_missed(name, seconds, memory, base, posts)
        missed |= late
        print(
            f"  {name:16} {seconds:6.2f} s  {seconds / base:5.2f} × floor  {posts / seconds:9,.0f} posts/s  {memory:5.0f} MB"
            + ("  MISSED" if late else "")
        )
    return int(missed)


def is_missed(name: str, seconds: float, memory: float, base: float, posts: int) -> bool:
    """Tell whether a stage takes more than it may."""
    if name == "import":
        return seconds > FLOORS * base or memory > MEMORY_MB
    if name == "classify":
        return posts / seconds < POSTS_A_SECOND or memory > MEMORY_MB
    return name.startswith("report") and (seconds > REPORT_SECONDS or memory > REPORT_MB)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--floor"]:
        floor(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        sys.exit(main(*map(int, sys.argv[1:3])))
