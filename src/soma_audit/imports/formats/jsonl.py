"""Our own interchange format: one post a line, plain or gzip.

A line that cannot be read is kept out, with its number; the rest goes in.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from soma_audit.collect.pseudonyms import storable
from soma_audit.imports.reader import Reader
from soma_audit.imports.record import BadRecordError
from soma_audit.imports.sources.json import NO_JSON, lines
from soma_audit.imports.sources.opened import BLANK
from soma_audit.model import Kind, Post
from soma_audit.networks import NETWORKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from soma_audit.imports.reader import Sample
    from soma_audit.imports.record import Found, Record
    from soma_audit.imports.sources.opened import Source
    from soma_audit.model import Account

NEEDED = ("network", "account", "id", "created_at", "text", "by_agency")
KEYS = frozenset(
    {*NEEDED, "thread", "parent", "author", "client", "kind", "url", "reply_settings", "language", "counts"}
)
COUNTS = frozenset({"like", "reply", "share"})
_KINDS = {kind.value: kind for kind in Kind}
_WHOSE = re.compile(rb'"(network|account)"\s*:\s*("(?:[^"\\]|\\.)*")')
_WHOSE_FIRST = re.compile(rb'\{\s*"network"\s*:\s*("[^"\\]*"),\s*"account"\s*:\s*("[^"\\]*"),')


class JsonLines(Reader):
    """Reads posts as `soma-audit export posts` writes them."""

    name = "jsonl"
    title = "posts as JSON lines"
    holds = "own and visitors' posts, and whatever else was known of them"

    @classmethod
    def recognises(cls, sample: Sample) -> bool:
        """Return whether it is one, by the keys that every line has."""
        return isinstance(sample.value, dict) and {"account", "by_agency"} <= sample.value.keys()

    def prepare(self, sources: list[Source]) -> None:
        """Find whose posts there are before reading them, so that the agencies' own handles stay in every text."""
        named = {name for source in sources for name in _accounts_named(source)}
        self.accounts: dict[tuple[str, str], Account] = {}
        for network, handle in sorted(named):
            if network in NETWORKS and 0 < len(handle) <= 100:
                self.accounts[network, handle] = self.context.account(network, handle)

    def records(self, source: Source) -> Iterator[Record]:
        """Yield the lines as they stand."""
        return lines(source)

    def posts(self, value: bytes) -> Sequence[Found]:
        """Read one line.

        Raises:
            BadRecordError: it is no post; the reason says why and quotes nothing of it.
        """
        try:
            raw = json.loads(value.decode())
        except (ValueError, RecursionError):
            return (NO_JSON,) if value.strip(BLANK) else ()
        if not isinstance(raw, dict):
            raise BadRecordError("is not a JSON object")
        if b"\\u" in value:
            raw = {storable(k): storable(v) if isinstance(v, str) else v for k, v in raw.items()}
        if not raw.keys() <= KEYS:
            self.context.unknown_keys.update(raw.keys() - KEYS)
        try:
            account = self.accounts[raw["network"], raw["account"]]
            post = self._post(raw, account)
        except KeyError:
            raise BadRecordError(_why_key(raw)) from None
        return ((account, post),)

    def _post(self, raw: dict[str, Any], account: Account) -> Post:
        by_agency, text, author = raw["by_agency"], raw["text"], raw.get("author")
        people = self.context.people[account.network]
        if by_agency is not True and by_agency is not False:
            raise BadRecordError("by_agency must be true or false")
        native_id = people.post_id(_id(raw["id"]))
        parent = people.post_id(_id(raw["parent"])) if raw.get("parent") is not None else None
        if text is not None:
            if not isinstance(text, str):
                raise BadRecordError("text must be text or null")
            text = people.text(text, by_visitor=not by_agency)
        if by_agency:
            author = account.handle
        elif author is not None:
            author = self.context.pseudonyms.author(account.network, _id(author))
        url = _text(raw.get("url"))
        if url:
            url = people.words(url) if by_agency else people.text(url, by_visitor=True)
        client, reply_setting = _text(raw.get("client")), _text(raw.get("reply_settings"))
        language = _text(raw.get("language"))
        return Post(
            native_id=native_id,
            created_at=self.context.moment(raw["created_at"]),
            text=text,
            by_agency=by_agency,
            thread=people.post_id(_id(raw["thread"]))
            if raw.get("thread") is not None
            else parent or native_id,
            parent=parent,
            author=author,
            kind=_kind(raw.get("kind"), parent),
            permalink=url,
            client=client and people.text(client, by_visitor=True),
            counts=_counts(raw.get("counts")),
            reply_setting=reply_setting and people.text(reply_setting, by_visitor=True),
            language=language and people.text(language, by_visitor=True),
        )


def _accounts_named(source: Source) -> Iterator[tuple[str, str]]:
    seen = set()
    for record in lines(source):
        if usual := _WHOSE_FIRST.match(record.raw):
            found = usual.groups()
        else:
            whose = dict(_WHOSE.findall(record.raw))
            found = (whose.get(b"network", b""), whose.get(b"account", b""))
        if found not in seen:
            seen.add(found)
            yield _unquoted(found[0]), _unquoted(found[1])


def _unquoted(text: bytes) -> str:
    try:
        return storable(str(json.loads(text)))
    except ValueError:
        return ""


def _why_key(raw: dict[str, Any]) -> str:
    missing = [k for k in NEEDED if k not in raw]
    if missing:
        return f"has no {', no '.join(missing)}"
    if raw["network"] not in NETWORKS:
        return f"network is not one of {', '.join(sorted(NETWORKS))}"
    return "account cannot be a name"


def _id(value: object) -> str:
    if isinstance(value, str) and value:
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise BadRecordError("an id must be text")


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise BadRecordError("client, url, language and reply_settings must be text")


def _kind(value: object, parent: str | None) -> Kind:
    if value is None:
        return Kind.COMMENT if parent else Kind.POST
    if isinstance(value, str) and value in _KINDS:
        return _KINDS[value]
    raise BadRecordError(f"kind must be one of {', '.join(_KINDS)}")


def _counts(value: object) -> dict[str, int]:
    if value is None:
        return {}
    if isinstance(value, dict) and {*map(type, value.values())} <= {int}:
        return value if value.keys() <= COUNTS else {k: n for k, n in value.items() if k in COUNTS}
    raise BadRecordError("counts must be whole numbers")
