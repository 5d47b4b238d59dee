"""Time imports of the same made-up posts in several formats, against a floor and, where they are installed, other tools.

    python tests/benchmarks/imports.py [POSTS [ROUNDS]]

The floor is plain json and sqlite3 on our own format, whose lines are the shortest. `twitter-to-sqlite` and `twarc2` (with twarc-csv) are timed if
they are on the PATH: each needs an environment of its own. Prints the best wall time of the rounds and the ratios. Ends
with 1 when a target is missed: our own format as fast as the floor, an archive at least 4 × as fast as
twitter-to-sqlite, pages at least 3 × as fast as twarc2 csv, memory under 200 MB.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from pipeline import floor, timed, write_posts

FLOOR_TARGET = 1.0
MEMORY_MB = 200
ACCOUNTS = 20
EPOCH_MS = 1288834974657
"""X's ids count milliseconds from here: documentation of its ids ("snowflake")."""


class Shapes:
    """Writes posts of our own format in the shapes of X, with the fields that X sends."""

    def __init__(self, posts: Path, folder: Path) -> None:
        self.posts, self.folder = posts, folder
        self.ids: dict[str, str] = {}

    def number(self, post: dict, key: str) -> str | None:
        """Give a post an id that agrees with its time."""
        if post[key] is None:
            return None
        if post[key] not in self.ids:
            ms = int(datetime.fromisoformat(post["created_at"]).timestamp() * 1000) - EPOCH_MS
            self.ids[post[key]] = str((ms << 22) + len(self.ids) % 4096)
        return self.ids[post[key]]

    def write(self) -> None:
        archive = self.folder / "data"
        archive.mkdir()
        account = [
            {"account": {"accountId": "1000000000", "username": "etat000", "email": "etat@example.org"}}
        ]
        (archive / "account.js").write_text(f"window.YTD.account.part0 = {json.dumps(account)}")
        with (
            self.posts.open(encoding="utf-8") as lines,
            (self.folder / "v1.jsonl").open("w") as v1,
            (self.folder / "v2.jsonl").open("w") as v2,
            (archive / "tweet.js").open("w") as js,
        ):
            js.write("window.YTD.tweet.part0 = [ ")
            page: list[dict] = []
            for count, line in enumerate(lines):
                post = json.loads(line)
                status = self.status(post)
                v1.write(json.dumps(status) + "\n")
                js.write((", " if count else "") + json.dumps({"tweet": as_archived(status)}, indent=2))
                page.append(as_v2(status, self.number(post, "thread")))
                if len(page) == 100:
                    v2.write(json.dumps(as_page(page)) + "\n")
                    page = []
            if page:
                v2.write(json.dumps(as_page(page)) + "\n")
            js.write(" ]")

    def status(self, post: dict) -> dict:
        """Give a post the shape of API v1.1; a visitor's begins with whom it is to."""
        native_id, parent = self.number(post, "id"), self.number(post, "parent")
        own, handle = post["by_agency"], post["account"]
        text = post["text"] if own else f"@{handle} {post['text']}"
        number = f"1000000{handle[-3:]}" if own else f"2{post['author'].removeprefix('person').zfill(9)}"
        mentions = [] if own else [mention(handle)]
        return {
            "created_at": datetime.fromisoformat(post["created_at"]).strftime("%a %b %d %H:%M:%S +0000 %Y"),
            "id": int(native_id),
            "id_str": native_id,
            "full_text": text,
            "truncated": False,
            "display_text_range": [0, len(text)],
            "entities": {"hashtags": [], "symbols": [], "user_mentions": mentions, "urls": []},
            "source": '<a href="https://mobile.example.org" rel="nofollow">Twitter Web App</a>',
            "in_reply_to_status_id": parent and int(parent),
            "in_reply_to_status_id_str": parent,
            "in_reply_to_user_id_str": None if own else f"1000000{handle[-3:]}",
            "in_reply_to_screen_name": None if own else handle,
            "user": user(number, post["author"]),
            "is_quote_status": False,
            "retweet_count": post["counts"]["share"],
            "favorite_count": post["counts"]["like"],
            "lang": "no",
        }


def mention(handle: str) -> dict:
    return {
        "screen_name": handle,
        "name": handle,
        "id": int(f"1000000{handle[-3:]}"),
        "id_str": f"1000000{handle[-3:]}",
        "indices": [0, len(handle) + 1],
    }


def user(number: str, handle: str) -> dict:
    flags = (
        "protected",
        "geo_enabled",
        "verified",
        "contributors_enabled",
        "is_translator",
        "default_profile",
    )
    colours = ("background_color", "link_color", "sidebar_border_color", "sidebar_fill_color", "text_color")
    return {
        "id": int(number),
        "id_str": number,
        "name": f"Person {number}",
        "screen_name": handle,
        "location": "Et sted",
        "description": "Skriver om det som skjer her. " * 4,
        "url": "https://example.org/",
        "followers_count": 120,
        "friends_count": 88,
        "listed_count": 3,
        "created_at": "Mon Mar 01 08:00:00 +0000 2010",
        "statuses_count": 4100,
        "profile_image_url_https": "https://example.org/profile_images/1/normal.jpg",
        "profile_banner_url": "https://example.org/profile_banners/1",
        **dict.fromkeys(flags, False),
        **{f"profile_{colour}": "C0DEED" for colour in colours},
    }


def as_archived(status: dict) -> dict:
    """An archive has no user, no empty keys, and numbers as text."""
    kept = {k: v for k, v in status.items() if k != "user" and v is not None}
    counts = {k: str(status[k]) for k in ("id", "retweet_count", "favorite_count")}
    edits = {"editTweetIds": [status["id_str"]], "editsRemaining": "5", "isEditEligible": False}
    return {**kept, **counts, "edit_info": {"initial": edits}}


def as_v2(status: dict, thread: str) -> dict:
    written = datetime.strptime(status["created_at"], "%a %b %d %H:%M:%S %z %Y")
    parent = status["in_reply_to_status_id_str"]
    return {
        "id": status["id_str"],
        "text": status["full_text"],
        "created_at": written.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "author_id": status["user"]["id_str"],
        "conversation_id": thread,
        "edit_history_tweet_ids": [status["id_str"]],
        "edit_controls": {"edits_remaining": 5, "is_edit_eligible": False},
        "reply_settings": "everyone",
        "lang": "no",
        "possibly_sensitive": False,
        "public_metrics": {
            **dict.fromkeys(("quote_count", "bookmark_count", "impression_count", "reply_count"), 0),
            "retweet_count": status["retweet_count"],
            "like_count": status["favorite_count"],
        },
        "entities": {
            "mentions": [
                {"start": 0, "end": 8, "username": m["screen_name"], "id": m["id_str"]}
                for m in status["entities"]["user_mentions"]
            ]
        },
        **({"in_reply_to_user_id": u} if (u := status["in_reply_to_user_id_str"]) else {}),
        **({"referenced_tweets": [{"type": "replied_to", "id": parent}]} if parent else {}),
        "user": status["user"],
    }


def as_page(posts: list[dict]) -> dict:
    users = {p["user"]["id_str"]: p.pop("user") for p in posts}
    included = [
        {
            "id": u["id_str"],
            "username": u["screen_name"],
            **{k: u[k] for k in ("name", "description", "location", "url", "protected", "verified")},
            "created_at": "2010-03-01T08:00:00.000Z",
            "public_metrics": {
                "followers_count": 120,
                "following_count": 88,
                "tweet_count": 4100,
                "listed_count": 3,
            },
        }
        for u in users.values()
    ]
    newest, oldest = posts[-1]["id"], posts[0]["id"]
    return {
        "data": posts,
        "includes": {"users": included},
        "meta": {"newest_id": newest, "oldest_id": oldest, "result_count": len(posts)},
        "__twarc": {"url": "https://api.twitter.com/2/tweets/search/all", "version": "2.14.0"},
    }


def timed_other(*words: str) -> float | None:
    """Run another tool, if it is there; give its wall seconds."""
    tool = shutil.which(words[0])
    if tool is None:
        return None
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([tool, *words[1:]], check=True, cwd=folder, capture_output=True)
    return time.perf_counter() - begin


def one_round(folder: Path, register: Path) -> dict[str, tuple[float, float]]:
    found = {"floor": timed(__file__, "--floor", str(folder / "posts.jsonl"), str(folder / "floor.db"))}
    for name, file in (
        ("jsonl", "posts.jsonl"),
        ("twitter-v1", "v1.jsonl"),
        ("twitter-v2", "v2.jsonl"),
        ("twitter-archive", "."),
    ):
        words = ("import", "--quiet", "--config", str(register), "--db", str(folder / f"{name}.db"))
        found[name] = timed("-m", "soma_audit", *words, "--format", name, str(folder / file))
    for file in folder.glob("*.db*"):
        file.unlink()
    others = {
        "twitter-to-sqlite": ("twitter-to-sqlite", "import", "o.db", str(folder / "data" / "tweet.js")),
        "twarc2": ("twarc2", "--bearer-token", "x", "csv", str(folder / "v2.jsonl"), "o.csv"),
    }
    for name, words in others.items():
        if (seconds := timed_other(*words)) is not None:
            found[name] = (seconds, 0)
    return found


def main(posts: int = 100_000, rounds: int = 3) -> int:
    best: dict[str, tuple[float, float]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_posts(folder / "posts.jsonl", posts, ACCOUNTS)
        Shapes(folder / "posts.jsonl", folder).write()
        rows = [f"etat{n:03},Etat {n},agency,twitter,etat{n:03}" for n in range(ACCOUNTS)]
        (folder / "register.csv").write_text("\n".join(["agency,name,kind,network,handle", *rows]))
        (folder / "config.toml").write_text('[collect]\nregister = "register.csv"\n')
        for _ in range(rounds):
            for what, (seconds, memory) in one_round(folder, folder / "config.toml").items():
                before = best.get(what, (seconds, memory))
                best[what] = (min(seconds, before[0]), max(memory, before[1]))
    print(f"{posts} posts, best of {rounds} rounds, load {os.getloadavg()[0]:.1f}")
    base, missed = best["floor"][0], False
    against = {"twitter-archive": ("twitter-to-sqlite", 4.0), "twitter-v2": ("twarc2", 3.0)}
    for what, (seconds, memory) in best.items():
        line = f"  {what:18} {seconds:7.2f} s  {seconds / base:5.2f} × floor  {memory:5.0f} MB"
        late = what == "jsonl" and seconds > FLOOR_TARGET * base
        other, times = against.get(what, ("", 0.0))
        if other in best:
            line += f"  {best[other][0] / seconds:5.1f} × as fast as {other}"
            late |= best[other][0] < times * seconds
        missed |= late or memory > MEMORY_MB
        print(line + ("  MISSED" if late else ""))
    return int(missed)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--floor"]:
        floor(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        sys.exit(main(*map(int, sys.argv[1:3])))
