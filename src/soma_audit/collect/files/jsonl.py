"""Our own interchange format: one post a line, plain or gzip.

A line that cannot be read is kept out, with its number; the rest goes in.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zlib
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from soma_audit.collect.pseudonyms import storable
from soma_audit.errors import MendInputError
from soma_audit.model import Account, Kind, Page, Post, Stream
from soma_audit.register import HANDLE
from soma_audit.store import Added

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from soma_audit.collect.pseudonyms import Pseudonyms
    from soma_audit.store import Run, Store

LINES_A_PAGE = 5000
KEYS = frozenset(
    {
        "network",
        "account",
        "id",
        "thread",
        "parent",
        "author",
        "by_agency",
        "created_at",
        "text",
        "client",
        "kind",
    }
    | {"url", "reply_settings", "counts"}
)
COUNTS = frozenset({"like", "reply", "share"})
_KINDS = {kind.value: kind for kind in Kind}
_WHOSE = re.compile(rb'"(network|account)"\s*:\s*("(?:[^"\\]|\\.)*")')
_WHOSE_FIRST = re.compile(rb'\{\s*"network"\s*:\s*("[^"\\]*"),\s*"account"\s*:\s*("[^"\\]*"),')


@dataclass(slots=True)
class Imported:
    """What an import brought, and what was kept out."""

    added: Added = field(default_factory=Added)
    lines: int = 0
    accounts: set[str] = field(default_factory=set)
    taken_in: list[str] = field(default_factory=list)
    """Accounts that the register does not know."""
    bad_lines: list[tuple[str, int, str]] = field(default_factory=list)
    """File, line, reason."""
    unknown_keys: Counter[str] = field(default_factory=Counter)


class BadLineError(ValueError):
    """A line that is no post."""


def import_files(
    store: Store,
    run: Run,
    files: Iterable[Path],
    pseudonyms: Pseudonyms,
    now: datetime,
    say: Callable[[int], None] = lambda _: None,
) -> Imported:
    """Import files of posts.

    Raises:
        MendInputError: a file is missing or cannot be opened; nothing has been imported then.
    """
    files = list(files)
    reader = _Reader(store, run, pseudonyms, now)
    named = [name for file in files for name in _accounts_named(file)]
    for network, handle in sorted(set(named)):
        reader.take_in(network, handle)
    for file in files:
        with _lines(file) as lines:
            first = 1
            while chunk := list(islice(lines, LINES_A_PAGE)):
                reader.chunk(file, first, chunk)
                first += len(chunk)
                say(len(chunk))
    reader.finish()
    return reader.result


@contextmanager
def _lines(file: Path) -> Iterator[Iterator[bytes]]:
    """Open a file, packed or plain by what it holds, whatever its name says."""
    try:
        with file.open("rb") as raw:
            packed = raw.peek(2)[:2] == b"\x1f\x8b"
            yield _unbroken(cast("BinaryIO", gzip.GzipFile(fileobj=raw) if packed else raw))
    except FileNotFoundError:
        raise MendInputError(f"There is no file {file}.") from None
    except OSError as error:
        raise MendInputError(f"{file} cannot be read: {error.strerror or error}.") from error


def _unbroken(stream: BinaryIO) -> Iterator[bytes]:
    """Read lines; a packed file that breaks off gives a last line that cannot be read, so that it is noticed."""
    try:
        yield from stream
    except (EOFError, zlib.error, gzip.BadGzipFile):
        yield b"\x00 the file breaks off here"


def _accounts_named(file: Path) -> Iterator[tuple[str, str]]:
    """Find whose posts a file has before reading it, so that the agencies' own handles stay in every text."""
    seen = set()
    with _lines(file) as lines:
        for line in lines:
            if usual := _WHOSE_FIRST.match(line):
                found = usual.groups()
            else:
                whose = dict(_WHOSE.findall(line))
                found = (whose.get(b"network", b""), whose.get(b"account", b""))
            if found not in seen:
                seen.add(found)
                yield _unquoted(found[0]), _unquoted(found[1])


def _unquoted(text: bytes) -> str:
    try:
        return storable(str(json.loads(text)))
    except ValueError:
        return ""


class _Reader:
    """Turns lines into posts, and keeps count of what it met."""

    def __init__(self, store: Store, run: Run, pseudonyms: Pseudonyms, now: datetime) -> None:
        self.store = store
        self.run = run
        self.pseudonyms = pseudonyms
        self.now = now
        self.result = Imported()
        self.accounts: dict[tuple[str, str], Account] = {}
        self.keep: dict[str, set[str]] = {network: set() for network in HANDLE}
        for account in store.accounts():
            self.keep.setdefault(account.network, set()).add(account.handle.lower())
        self.newest: dict[int, datetime] = {}
        self.threads_guessed = False

    def take_in(self, network: str, handle: str) -> None:
        if network not in HANDLE or not 0 < len(handle) <= 100:
            return
        account = self.store.account(network, handle)
        if account is None:
            account = self.store.take_in(network, handle)
            self.result.taken_in.append(str(account))
        self.accounts[network, handle] = account
        self.keep[network].add(handle.lower())

    def chunk(self, file: Path, first: int, lines: list[bytes]) -> None:
        """Store a piece of a file: one page, one transaction."""
        posts = []
        for number, line in enumerate(lines, first):
            if line.strip():
                try:
                    posts.append(self.post(line))
                except BadLineError as error:
                    self.result.bad_lines.append((file.name, number, str(error)))
        self.result.lines += len(lines)
        with self.store.transaction():
            page = self.store.page_row(self.run.id, None, _page(file, first, lines, self.now))
            self.result.added += self.store.write_posts(page, posts)
        for account, post in posts:
            self.newest[account.id or 0] = max(
                self.newest.get(account.id or 0, post.created_at), post.created_at
            )
            self.result.accounts.add(str(account))

    def post(self, line: bytes) -> tuple[Account, Post]:
        """Read one line.

        Raises:
            BadLineError: it is no post; the reason says why and quotes nothing of it.
        """
        try:
            raw = json.loads(line.decode())
        except (ValueError, RecursionError):
            raise BadLineError("is not JSON") from None
        if not isinstance(raw, dict):
            raise BadLineError("is not a JSON object")
        if b"\\u" in line:
            raw = {storable(k): storable(v) if isinstance(v, str) else v for k, v in raw.items()}
        if not raw.keys() <= KEYS:
            self.result.unknown_keys.update(raw.keys() - KEYS)
        try:
            account = self.accounts[raw["network"], raw["account"]]
            return account, self._post(raw, account)
        except KeyError:
            raise BadLineError(_why_key(raw)) from None
        except (TypeError, ValueError, OverflowError) as error:
            raise BadLineError(
                str(error) if isinstance(error, BadLineError) else "has a value of the wrong kind"
            ) from None

    def _post(self, raw: dict[str, Any], account: Account) -> Post:
        by_agency, text, author = raw["by_agency"], raw["text"], raw.get("author")
        if by_agency is not True and by_agency is not False:
            raise BadLineError("by_agency must be true or false")
        native_id, parent = _id(raw["id"]), _id(raw["parent"]) if raw.get("parent") is not None else None
        if text is not None:
            if not isinstance(text, str):
                raise BadLineError("text must be text or null")
            text = self.pseudonyms.text(
                account.network, text, keep=self.keep[account.network], by_visitor=not by_agency
            )
        if by_agency:
            author = account.handle
        elif author is not None:
            author = self.pseudonyms.author(account.network, _id(author))
        url = _text(raw.get("url"))
        if url and not by_agency:
            url = self.pseudonyms.text(
                account.network, url, keep=self.keep[account.network], by_visitor=False
            )
        return Post(
            native_id=native_id,
            created_at=_time(raw["created_at"]),
            text=text,
            by_agency=by_agency,
            thread=self._thread(raw, native_id, parent),
            parent=parent,
            author=author,
            kind=_kind(raw.get("kind"), parent),
            permalink=url,
            client=_text(raw.get("client")),
            counts=_counts(raw.get("counts")),
            reply_setting=_text(raw.get("reply_settings")),
        )

    def _thread(self, raw: dict[str, Any], native_id: str, parent: str | None) -> str:
        """Give the thread, or where a line has none the parent, until all is known."""
        if raw.get("thread") is not None:
            return _id(raw["thread"])
        self.threads_guessed |= parent is not None
        return parent or native_id

    def finish(self) -> None:
        """Note how far each account has been read: up to its newest post, which is all that a file can vouch for."""
        for account in self.accounts.values():
            if account.id in self.newest:
                newest = self.newest[account.id]
                self.store.finish_walk(self.run.id, account, Stream.FILE, newest.isoformat(), newest)
        if self.threads_guessed:
            self.store.settle_threads([a.id for a in self.accounts.values()])
        if self.result.bad_lines:
            self.store.add_quarantine(self.run.id, self.result.bad_lines)
            self.run.partial(f"{len(self.result.bad_lines)} lines kept out")
        self.store.index_texts()


def _page(file: Path, first: int, lines: list[bytes], now: datetime) -> Page:
    """Stand for a piece of a file; the hash in its address tells whether the file is still the same."""
    digest = hashlib.sha256(b"".join(lines)).hexdigest()
    return Page(
        account=Account(agency="", network="", handle=""),
        stream=Stream.FILE,
        url=f"file:{file.name}?sha256={digest[:16]}#lines={first}-{first + len(lines) - 1}",
        fetched_at=now,
        body=b"",
        resume=None,
    )


def _why_key(raw: dict[str, Any]) -> str:
    missing = [k for k in ("network", "account", "id", "created_at", "text", "by_agency") if k not in raw]
    if missing:
        return f"has no {', no '.join(missing)}"
    if raw["network"] not in HANDLE:
        return f"network is not one of {', '.join(sorted(HANDLE))}"
    return "account cannot be a name"


def _id(value: object) -> str:
    if isinstance(value, str) and value:
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise BadLineError("an id must be text")


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise BadLineError("client, url and reply_settings must be text")


def _time(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except (ValueError, TypeError):
        raise BadLineError("created_at is no time; write it as 2026-03-02T09:14:00Z") from None
    if moment.tzinfo is UTC:
        return moment
    if moment.tzinfo is None:
        raise BadLineError("created_at has no time zone; write it as 2026-03-02T09:14:00Z")
    return moment.astimezone(UTC)


def _kind(value: object, parent: str | None) -> Kind:
    if value is None:
        return Kind.COMMENT if parent else Kind.POST
    if isinstance(value, str) and value in _KINDS:
        return _KINDS[value]
    raise BadLineError(f"kind must be one of {', '.join(_KINDS)}")


def _counts(value: object) -> dict[str, int]:
    if value is None:
        return {}
    if isinstance(value, dict) and {*map(type, value.values())} <= {int}:
        return value if value.keys() <= COUNTS else {k: n for k, n in value.items() if k in COUNTS}
    raise BadLineError("counts must be whole numbers")
