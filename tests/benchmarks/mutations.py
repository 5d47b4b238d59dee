"""Import mutated files of every format, and see that each ends in order: the inputs that people really have, and worse.

    python tests/benchmarks/mutations.py [COUNT [SEED [FIRST]]]

Takes small sound files of every format, of looks, registers, configurations and accepted findings, and changes bytes or
what they say; of zips the container too. Each import must end with 0, 2 or 3, within a few seconds, without an exception
of another kind than ours, and name nobody; the database must stay sound. Input N of a seed is always the same: a failure
is printed with its number, and kept in a folder. Ends with 1 if there was one.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from collect.builders import NOW, PAGE, X_ACCOUNT, X_NEIGHBOUR
from imports import x_files as x
from imports.desk import ImportDesk, as_lines, as_table, as_zip
from imports.formats import test_business_suite as suite
from imports.formats import test_content_library as library
from imports.formats import test_crowdtangle as tangle
from imports.formats import test_facebook_download as download
from imports.formats import test_graph_pages as graph
from imports.test_looks import HEAD, LINE
from imports.test_recognition import SMALLEST
from soma_audit import config, register
from soma_audit.audit import accepted
from soma_audit.audit.imports import _summarise
from soma_audit.audit.looks import take_in
from soma_audit.audit.outcome import Outcome
from soma_audit.audit.settings import Settings
from soma_audit.cli import main
from soma_audit.errors import Exit, SomaError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

SECONDS = 20
"""An import of a few kilobytes that takes longer hangs."""
LONGEST = 1 << 20
A_DATABASE = 100
"""So many imports go into one database before it is looked through, and a new one begun."""
BY_COMMAND = 20
"""One in so many goes through the command line itself, which takes longer."""
OUR_LINE = {"network": "twitter", "account": "eksempeletat", "text": x.TELLING, "by_agency": False}
LOOK = LINE.replace("eksempeletat", PAGE.handle)
ROOT = Path(__file__).parent.parent.parent


# --- sound files ---


def samples() -> dict[str, bytes]:
    """Sound files, by what they are; the name before the colon tells who reads those that are not imported."""
    posts = [x.tweet(str(n), f"Nr. {n} {x.TELLING}", **x.answering("1", x.KARI)) for n in range(2, 9)]
    archive = x.archive(*posts, manifest=x.manifest_js(tweets="7"), note_tweet=x.script("YTD.note_tweet.part0", [{"noteTweet": {"tweetId": "3", "core": {"text": x.TELLING}}}]))  # fmt: skip
    ours = [
        {**OUR_LINE, "id": str(n), "author": "kari_test", "created_at": "2026-03-02T09:14:00Z", "parent": "1"}
        for n in range(1, 6)
    ]
    facebook = {
        download.POSTS: json.dumps([download.a_post(download.broken("Søk nå")), download.a_post()]).encode(),
        download.COMMENTS: json.dumps({"comments_v2": [download.a_comment()]}).encode(),
    }
    rows = [library.a_post(), library.a_visitors(text=x.TELLING), library.a_comment(), library.a_reply()]
    plain = {
        "network": "twitter",
        "account": "eksempeletat",
        "text": x.TELLING,
        "created_at": "2026-03-02T09:14:00Z",
        "author": "kari_test",
        "id": "1",
        "like": "1 234",
    }
    answer = graph.an_answer(graph.a_post(), graph.a_visitors(message=x.TELLING), path="100/feed")
    statuses = [x.status(str(n), x.TELLING, who) for n, who in enumerate((x.KARI, x.ETAT, x.OLA), 1)]
    return {
        **{f"import: {name}": content for name, (_, content) in SMALLEST.items()},
        "import: posts as lines": as_lines(*ours),
        "import: an archive with everything": as_zip(archive),
        "import: an archive, stored": rezipped(archive, zipfile.ZIP_STORED),
        "import: a zip of several kinds": as_zip({"a/posts.jsonl": as_lines(*ours), "b.json": as_lines(*statuses), "c.csv": as_table(plain, plain)}),
        "import: statuses": as_lines(*statuses),
        "import: packed statuses": gzip.compress(as_lines(*statuses), mtime=0),
        "import: pages": as_lines(*[x.page(x.post(str(n), x.TELLING), x.post(f"9{n}", "Hei", x.ETAT), **x.twarc()) for n in (1, 2)]),
        "import: captures": as_lines(*[x.capture(str(n), x.TELLING) for n in (1, 2, 3)]),
        "import: a download": as_zip(facebook),
        "import: a file of a download": facebook[download.POSTS],
        "import: Graph answers": json.dumps(answer, indent=1).encode(),
        "import: comments": json.dumps(graph.an_answer(graph.a_comment(), graph.a_reply())).encode(),
        "import: Business Suite": as_table(suite.a_row(), suite.a_row(Post_ID="502")),
        "import: Business Suite with BOM": b"\xef\xbb\xbf" + as_table(suite.a_row(), sep=";"),
        "import: CrowdTangle": as_table(tangle.a_row(), tangle.a_row(URL="https://www.facebook.com/100/posts/502")),
        **{f"import: Content Library, {name}": form(*rows) for name, form in library.FORMS.items()},
        "import: a table": as_table(plain, {**plain, "id": "2", "author": "eksempeletat"}),
        "looks: a file": f"{HEAD}\n{LOOK}\n{LOOK.replace('posting', 'commenting')}\n".encode(),
        "register: a file": (ROOT / "fixtures/ministries-2010/register.csv").read_bytes()[:2000].rpartition(b"\n")[0],
        "config: a file": (ROOT / "config.example.toml").read_bytes(),
        "accepted: a file": b'[[accepted]]\nfinding = "new-unanswered"\naccount = "twitter/eksempeletat"\nuntil = 2026-12-31\nreason = "closed"\n',
    }  # fmt: skip


# --- changes to bytes ---

ODD_BYTES = (
    *(b"\0", b"\x1a", b"\r", b"\n", b"\r\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff", b"\xc3", b"\xed\xa0\xbd"),
    *(b'"', b"'", b"\\", b"\\u0000", b"\\ud83d", b"{", b"}", b"[", b"]", b",", b";", b"\t", b":", b"=", b"="),
    *(b"9" * 25, b"9" * 5000, b"-1", b"1e400", b"NaN", b"Infinity", b"null", b"true", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b"),
    *(b"[" * 3000, b'{"a":' * 3000, "\u2028\u202e\x85".encode(), b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59-14:00"),
)  # fmt: skip


def place(content: bytes, chance: random.Random) -> tuple[int, int]:
    """A part of a content, often a short one."""
    begin = chance.randrange(len(content) + 1)
    return begin, min(len(content), begin + int(chance.paretovariate(0.7)))


def flip(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 8, 40))):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def cut(content: bytes, chance: random.Random) -> bytes:
    begin, end = place(content, chance)
    return chance.choice((content[:begin], content[begin:], content[:begin] + content[end:]))


def insert(content: bytes, chance: random.Random) -> bytes:
    begin, end = place(content, chance)
    return content[:begin] + chance.choice(ODD_BYTES) + content[chance.choice((begin, end)) :]


def duplicate(content: bytes, chance: random.Random) -> bytes:
    begin, end = place(content, chance)
    return content[:end] + content[begin:end] * chance.choice((1, 2, 50)) + content[end:]


def swap(content: bytes, chance: random.Random) -> bytes:
    one, two, three, four = sorted(chance.randrange(len(content) + 1) for _ in range(4))
    return content[:one] + content[three:four] + content[two:three] + content[one:two] + content[four:]


def splice(content: bytes, chance: random.Random) -> bytes:
    other = chance.choice([*SAMPLES.values()])
    return content[: chance.randrange(len(content) + 1)] + other[chance.randrange(len(other) + 1) :]


def encode(content: bytes, chance: random.Random) -> bytes:
    text = content.decode(errors="replace")
    if chance.random() < 0.3:
        return text.replace("\n", chance.choice(("\r", "\r\n", "\n\n", "\x85", "\u2028"))).encode()
    code = chance.choice(
        ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1", "utf-7")
    )
    return text.encode(code, "replace") + chance.choice((b"", b"\0", b"\x1a", b"\0" * 600))


BYTES = (flip, flip, cut, insert, insert, duplicate, swap, splice, encode)


# --- changes to what a file says ---

ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**31, 2**63, 10**30, -(10**400), 1e308, float("inf"), float("nan"), 0.5),
    *("", " ", "x" * 70_000, "\ud83d", "\0", "9" * 5000, "1.59E+18", "=1+1", "\u202e", "0", "-5", "@", "null", "\x1b[2J"),
    *([], {}, [[]], [None], {"": None}, {"id": {}}, ["x"] * 300, {"data": []}),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "10000-01-01", "2199-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
    *("Mon Mar 02 10:20:00 +0000 0000", "Mon Mar 02 10:20:00 +0000 9999", "Mon Foo 99 99:99:99 +0000 2026", "2026-02-30", "31.12.2025"),
    *(-62135596800, 253402300800, 10**18, "1772442840000"),
)  # fmt: skip


ODD_TEXTS = [value for value in ODD_VALUES if not isinstance(value, int) or abs(value) < 10**30]
ODD_NAMES = ("../x.js", "data/æ\n.js", "a" * 5000, "data/tweets-part1.js", "x.json", "/")
METHODS = (
    zipfile.ZIP_DEFLATED,
    zipfile.ZIP_DEFLATED,
    zipfile.ZIP_STORED,
    zipfile.ZIP_BZIP2,
    zipfile.ZIP_LZMA,
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """All places in a value: what holds them, and their keys."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in [*inside]:
        yield value, key
        yield from places(one)


def deep(chance: random.Random) -> Any:
    value: Any = 1
    for _ in range(chance.choice((50, 200))):
        value = [value] if chance.random() < 0.5 else {"id": value, "text": "x"}
    return value


def change_value(value: Any, chance: random.Random) -> None:
    """Change a value in one place or some, in itself."""
    for _ in range(chance.choice((1, 1, 2, 5))):
        there = [*places(value)]
        if not there:
            return
        holder, key = chance.choice(there)
        what = chance.randrange(6)
        if what == 0:
            del holder[key]
        elif what == 1:
            other, at = chance.choice(there)
            with contextlib.suppress(LookupError):
                holder[key], other[at] = other[at], json.loads(json.dumps(holder[key]))
        elif what == 2 and isinstance(holder, list):
            holder[key:key] = [holder[key]] * chance.choice((1, 30))
        elif what == 3:
            holder[key] = deep(chance)
        else:
            holder[key] = chance.choice(ODD_VALUES)


def change_json(content: bytes, chance: random.Random) -> bytes:
    """Change what JSON says: a value, or those that stand a line each."""
    begin, equals, rest = content.partition(b" = ")
    if not (equals and begin.startswith(b"window.")):
        begin, equals, rest = b"", b"", content
    try:
        whole = [json.loads(rest)]
    except ValueError:
        whole = [json.loads(line) for line in rest.splitlines()]
    change_value(chance.choice((whole, whole, [chance.choice(whole)])), chance)
    return begin + equals + b"\n".join(json.dumps(v).encode() for v in whole)


def change_table(content: bytes, chance: random.Random) -> bytes:
    """Change cells, rows and columns of a table."""
    separator = b";" if content.count(b";") > content.count(b",") else b","
    rows = [line.split(separator) for line in content.split(b"\n")]
    for _ in range(chance.choice((1, 1, 3))):
        row = chance.choice(rows)
        at = chance.randrange(len(row))
        what = chance.randrange(5)
        if what == 0 and len(row) > 1:
            del row[at]
        elif what == 1:
            row.insert(at, chance.choice(row))
        elif what == 2:
            rows.insert(chance.randrange(len(rows)), [*row])
        elif what == 3:
            row[at] = chance.choice(ODD_BYTES)
        else:
            row[at] = str(chance.choice(ODD_TEXTS)).encode(errors="replace")
    return b"\n".join(separator.join(row) for row in rows)


def rezipped(content: dict[str, bytes], method: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, one in content.items():
            archive.writestr(name, one)
    return out.getvalue()


def change_zip(content: bytes, chance: random.Random) -> bytes:
    """Change a member of a zip, or which there are, and pack it anew; then perhaps the zip itself."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice([*held])
    what = chance.randrange(8)
    if what == 0:
        del held[name]
    elif what == 1:
        held[chance.choice(ODD_NAMES)] = held[name]
    elif what == 2:
        held[name] = gzip.compress(held[name], mtime=0)
    elif what == 3:
        held[f"{name}.zip"] = content
    else:
        held[name] = changed(held[name], chance)
    packed = rezipped(held, chance.choice(METHODS))
    return chance.choice(BYTES)(packed, chance) if chance.random() < 0.3 else packed


def changed(content: bytes, chance: random.Random) -> bytes:
    """Change a content in one way or several."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        ways: list[Callable[[bytes, random.Random], bytes]] = [chance.choice(BYTES)]
        if content[:4] == b"PK\x03\x04":
            ways.append(change_zip)
        elif content[:1] in {b"{", b"[", b"w"}:
            ways.append(change_json)
        elif content[:2] != b"\x1f\x8b":
            ways.append(change_table)
        with contextlib.suppress(Exception):  # what is changed already may be none of its kind any more
            content = chance.choice(ways)(content, chance)[:LONGEST]
    return content


SAMPLES = samples()


# --- running ---


class HangError(BaseException):
    """It takes too long."""


@contextlib.contextmanager
def bounded() -> Iterator[None]:
    def stop(_: int, __: FrameType | None) -> None:
        raise HangError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@dataclass
class Mutations:
    """Runs inputs one by one, and keeps what went wrong."""

    seed: int
    folder: Path
    failures: list[str] = field(default_factory=list)
    ended: dict[str, int] = field(default_factory=dict)
    """How many inputs ended with which code."""
    desk: ImportDesk | None = None

    def input(self, number: int) -> tuple[str, bytes]:
        """The input of a number: the same for a seed whatever ran before."""
        chance = random.Random(f"{self.seed}:{number}")
        name = chance.choice([*SAMPLES])
        return name, changed(SAMPLES[name], chance)

    def run(self, number: int, given: tuple[str, bytes] | None = None) -> None:
        """Run one input: that of the number, or one that is given."""
        if self.desk is None or number % A_DATABASE == 0:
            self.end()
            shutil.rmtree(self.folder / "db", ignore_errors=True)
            (self.folder / "db").mkdir()
            self.desk = ImportDesk(self.folder / "db", X_ACCOUNT, X_NEIGHBOUR, PAGE)
            self.desk.store.execute("pragma synchronous = off")
        name, content = given or self.input(number)
        path = self.folder / "input"
        path.write_bytes(content)
        said = io.StringIO()
        try:
            with bounded():
                code = self._end_of(name.partition(":")[0], path, number, said)
        except (Exception, HangError) as error:  # noqa: BLE001 - any is a failure
            self._fail(number, name, path, "".join(traceback.format_exception(error)[-8:]))
            return
        self.ended[str(code)] = self.ended.get(str(code), 0) + 1
        if code not in {0, 2, 3}:
            self._fail(number, name, path, f"ended with {code}: {said.getvalue()}")
        elif (
            name.startswith("import")
            and number % BY_COMMAND
            and (names := x.leaked(said.getvalue().encode()))
        ):
            self._fail(number, name, path, f"names {names}: {said.getvalue()}")

    def _end_of(self, what: str, path: Path, number: int, said: io.StringIO) -> int:
        """Read it as a command would, and tell with which code it ends; what is said goes to `said`."""
        try:
            if what == "config":
                config.load(path)
            elif what == "register":
                register.load(path)
            elif what == "accepted":
                accepted.load(path)
            elif number % BY_COMMAND == 0:
                return self._command(path, said)
            else:
                return self._import(what, path, said)
        except SomaError as error:
            print(error, file=said)
            return int(error.exit_code)
        return 0

    def _import(self, what: str, path: Path, said: io.StringIO) -> int:
        assert self.desk is not None
        outcome = Outcome()
        if what == "looks":
            take_in(Settings(config.Config(), self.desk.database, None), self.desk.store, path, NOW, outcome)
        else:
            zone, named = ZoneInfo("Europe/Oslo"), [("twitter", X_ACCOUNT.handle), ("facebook", PAGE.handle)]
            result = self.desk.take(path, named=named, timezone=zone)
            result.unknown_keys, result.taken_in = {}, []  # which are named as they stand
            _summarise(result, outcome)
            outcome.code = max(outcome.code, self.desk.outcome)
        print(*outcome.sentences, *outcome.warnings, sep="\n", file=said)
        return int(outcome.code)

    def _command(self, path: Path, said: io.StringIO) -> int:
        words = (
            "--db",
            self.folder / "db" / "command.db",
            "--account",
            "twitter/eksempeletat",
            "--timezone",
            "Europe/Oslo",
        )
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
            try:
                main(["import", *map(str, words), str(path)])
            except SystemExit as end:
                return int(end.code or 0)
        return int(Exit.FAILED)

    def end(self) -> None:
        """Look the database through."""
        if self.desk is None:
            return
        damage = [r for (r,) in self.desk.store.execute("pragma integrity_check") if r != "ok"]
        damage += [*self.desk.store.execute("pragma foreign_key_check")]
        if damage:
            self.failures.append(f"the database is damaged: {damage}")
        self.desk.store.close()
        self.desk = None

    def _fail(self, number: int, name: str, path: Path, what: str) -> None:
        kept = self.folder / f"{self.seed}-{number}"
        shutil.copy(path, kept)
        self.failures.append(f"input {number} of seed {self.seed} ({name}), kept as {kept}:\n{what}")
        if self.desk is not None:  # a transaction may be open
            self.desk.store.close()
            self.desk = None


def run_all(count: int, seed: int = 1, first: int = 0) -> int:
    """Run so many inputs, and tell how it went."""
    folder = Path(tempfile.mkdtemp(prefix="mutations-"))
    run, begin = Mutations(seed, folder), time.monotonic()
    for number in range(first, first + count):
        before = len(run.failures)
        run.run(number)
        for failure in run.failures[before:]:
            print(failure, flush=True)
        if number % 5000 == 4999:
            print(f"{number + 1} inputs, {len(run.failures)} failures", flush=True)
    run.end()
    ended = ", ".join(f"{n} with {code}" for code, n in sorted(run.ended.items()))
    print(
        f"{count} inputs of seed {seed} in {time.monotonic() - begin:.0f} s: {ended}; {len(run.failures)} failures"
    )
    if not run.failures:
        shutil.rmtree(folder)
    return int(bool(run.failures))


if __name__ == "__main__":
    sys.exit(run_all(*map(int, sys.argv[1:4] or ["2000"])))
