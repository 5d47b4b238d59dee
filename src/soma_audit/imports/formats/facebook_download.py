"""Facebook's "download your information", in JSON: what a Page itself has written, without ids or addresses.

The folders, the shape of an entry and the way letters are broken are known from the readers that others have published,
not from Facebook, which documents none of it. So everything that is not needed may be missing or be called otherwise.
"""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from soma_audit.collect.facebook.people import not_public
from soma_audit.collect.pseudonyms import storable
from soma_audit.imports.formats.facebook_rows import linked
from soma_audit.imports.reader import LOOKED_AT, Reader, each
from soma_audit.imports.record import BadRecordError, Broken, NotARow
from soma_audit.imports.sources.json import json_records
from soma_audit.imports.sources.opened import HEAD, read_on
from soma_audit.model import Account, Kind, Post
from soma_audit.store.posts.duplicates import file_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from soma_audit.imports.reader import Sample, Summary
    from soma_audit.imports.record import Found, Record
    from soma_audit.imports.sources.opened import Package, Source

NOT_THE_PAGES = "comments whose writer is not called as the Page is"
_POSTS = re.compile(r"(?:^|/)posts/(?:profile_posts|your_posts)(?:_\w+?)?(?:_\d+)?\.json$")
_COMMENTS = re.compile(r"(?:^|/)comments_and_reactions/comments\.json$")
HIDDEN = "posts that a Facebook download holds apart: scheduled, drafts, archived, in the bin"
_NOT_PUBLIC = re.compile(
    r"(?:^|[_/])(?:scheduled|drafts?|unpublished|archived?|trash(?:ed)?|deleted)(?=[_/.]|$)", re.IGNORECASE
)
"""In the name of a file, a folder or a list: what stands there the public did not see, or sees no more."""
_LISTED = re.compile(rb'\s*\{\s*"(\w+)"\s*:\s*\[')
_FOLDERS = re.compile(
    r"(?:^|/)(?:this_profile.{0,3}s_activity_across_facebook|your_facebook_activity|comments_and_reactions"
    r"|profile_information|logged_information)/"
    r"|(?:^|/)posts/(?:profile_posts|your_posts)"
)
_MENTION = re.compile(r"@\[(\d+):\d+:([^\]]*)\]")
_CLIENT = re.compile(r".*\bvia (\S.{0,79}?)\.?\s*$", re.DOTALL)
_SHARED = re.compile(r"\b(?:shared|delte|delt)\b")
_WORDS_IN_A_NAME = 10


class FacebookDownload(Reader):
    """Reads the posts of a Page's download, and the comments that the Page has written."""

    name = "facebook-download"
    title = "Facebook download"
    holds = "the Page's own posts and comments, with the app that posted"
    cannot = (
        "A Facebook download holds only what the Page itself has written: whether anybody asked something, and was"
        " answered, cannot be known from it."
    )

    @classmethod
    def owns(cls, package: Package) -> bool:
        """Return whether it is a download, by its folders."""
        return any(_FOLDERS.search(path) for path in package.members)

    @classmethod
    def parts(cls, package: Package) -> list[Source]:
        """Choose posts and comments; messages, followers, payments, what was logged and what was never shown stay closed."""
        return [
            source
            for path, source in package.members.items()
            if (_POSTS.search(path) or _COMMENTS.search(path)) and not _NOT_PUBLIC.search(_own_part(path))
        ]

    @classmethod
    def recognises(cls, sample: Sample) -> bool:
        """Return whether it is a single file of a download, by its first entry."""
        entries = _entries(_read(sample.value))
        return bool(entries) and _is_entry(entries[0])

    def prepare(self, sources: list[Source]) -> None:
        """Find the Page by how it is called in its own entries.

        Raises:
            InvalidInputError: the register knows nobody by that name, and the user has not said who it is.
        """
        self.comments: set[str] = set()
        """Names of the files that hold comments."""
        titles: list[str] = []
        authors: Counter[str] = Counter()
        for source in sources:
            first = [
                e
                for r in islice(json_records(source), LOOKED_AT)
                for e in _entries(_read(r.value))
                if _is_entry(e)
            ]
            titles += [e["title"] for e in first if isinstance(e.get("title"), str)]
            comments = [c for e in first for c in _comments(e)]
            authors.update(c["author"] for c in comments if isinstance(c.get("author"), str))
            if comments or _COMMENTS.search(source.name):
                self.comments.add(source.name)
        found = self._called(titles, authors)
        self.account: Account | None = found[0] if found else None
        self.own_name = found[1] if found else next((name for name, _ in authors.most_common(1)), None)
        if sources and self.account is None:
            self.account = self.context.whose("facebook", self.package.name)

    def _called(self, titles: list[str], authors: Mapping[str, int]) -> tuple[Account, str] | None:
        """Find the account of the register whose agency's name the entries begin with."""
        beginnings: Counter[str] = Counter(authors)
        for title in titles:
            words = title.split(" ")
            beginnings.update(" ".join(words[:n]) for n in range(1, min(len(words), _WORDS_IN_A_NAME) + 1))
        found = [
            (count, len(name), account, name)
            for name, count in beginnings.items()
            if (account := self.context.by_agency_name("facebook", name))
        ]
        return max(found, key=lambda f: f[:2])[2:] if found else None

    def records(self, source: Source) -> Iterator[Record]:
        """Yield the entries, and whether they are comments."""
        in_comments, is_hidden = source.name in self.comments, _is_hidden(source)
        for record in json_records(source):
            if is_hidden:
                yield from (record._replace(value=NotARow(HIDDEN)) for _ in _entries(_read(record.value)))
            elif isinstance(record.value, Broken):
                yield record
            else:
                yield record._replace(value=(in_comments, record.value))

    def posts(self, value: tuple[bool, Any]) -> Iterator[Found]:
        """Read the entries of a record; usually it is one."""
        in_comments, held = value
        entries = _entries(repaired(held))
        if len(entries) == 1:
            yield from self._entry(entries[0], in_comments=in_comments)
        else:
            yield from each(entries, lambda e: self._entry(e, in_comments=in_comments), "entry")

    def finish(self, summary: Summary) -> None:
        """Warn if the download holds nothing that could be read."""
        if not self.account:
            summary.warnings.append(
                "holds no posts and no comments in JSON. Ask Facebook for posts and comments, in the format JSON; if the"
                " download came in several parts, import all of them."
            )

    def _entry(self, entry: Any, *, in_comments: bool) -> Iterator[Found]:  # noqa: ANN401 - whatever JSON holds
        if not isinstance(entry, dict) or not _is_entry(entry):
            raise BadRecordError("is neither a post nor a comment")
        if not_public(entry) or any(_says_hidden(held) for held in (entry, *_dicts(entry.get("data")))):
            self.context.kept_out[HIDDEN] += 1
            return
        assert self.account is not None  # noqa: S101 - prepare has seen to it
        comments = _comments(entry)
        if any(c.get("author") not in {None, "", self.own_name} for c in comments):
            self.context.kept_out[NOT_THE_PAGES] += 1
            return
        own_words = "\n".join(w for w in _words(entry, comments) if w.strip())
        created_at = _moment(entry, comments)
        people = self.context.people["facebook"]
        text = people.text(linked(self._mentions(own_words), _links(entry)), by_visitor=False)
        native_id = file_key(created_at, text)
        title = entry["title"] if isinstance(entry.get("title"), str) else ""
        client = _client(title, entry.get("tags"))
        is_comment = in_comments or bool(comments)
        passed_on = not own_words and _SHARED.search(title)
        yield (
            self.account,
            Post(
                native_id=native_id,
                created_at=created_at,
                text=text,
                by_agency=True,
                thread=native_id,
                author=self.account.handle,
                kind=Kind.COMMENT if is_comment else Kind.SHARE if passed_on else Kind.POST,
                client=people.text(client, by_visitor=True) if client else None,
            ),
        )

    def _mentions(self, text: str) -> str:
        """Put pseudonyms for the people mentioned; Pages of the register keep their names."""
        people = self.context.people["facebook"]

        def called(found: re.Match[str]) -> str:
            number, name = found.groups()
            ours = number in people.known or name.lower() in people.names or name == self.own_name
            if ours or self.context.by_agency_name("facebook", name):
                return name
            return f"@{people.person(number)}"

        return _MENTION.sub(called, text)


def _own_part(path: str) -> str:
    """Return a path from where the download begins: folders above it are called as whoever unpacked it likes."""
    return path[found.start() :] if (found := _FOLDERS.search(path)) else path


def _is_hidden(source: Source) -> bool:
    """Return whether a file holds what the public never saw, by its name or that of its list."""
    with source.in_utf8() as stream:
        listed = _LISTED.match(read_on(stream, HEAD)[0])
    names = (PurePosixPath(source.name).name, listed[1].decode() if listed else "")
    return any(_NOT_PUBLIC.search(name) for name in names)


def _says_hidden(held: Mapping[str, Any]) -> bool:
    return any(value is True and _NOT_PUBLIC.search(key) for key, value in held.items())


def repaired(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Mend the letters of every text: Facebook writes each byte of their UTF-8 as a letter of its own.

    A text that is already right cannot be read as such bytes, and stays as it is.
    """
    if isinstance(value, str):
        with suppress(UnicodeError):
            return storable(value.encode("latin-1").decode("utf-8"))
        return value
    if isinstance(value, list):
        return [repaired(v) for v in value]
    if isinstance(value, dict):
        return {repaired(k): repaired(v) for k, v in value.items()}
    return value


def _read(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Mend a value that is looked at only; nothing if it is nested deeper than any entry."""
    try:
        return repaired(value)
    except RecursionError:
        return None


def _entries(value: Any) -> list[Any]:  # noqa: ANN401 - whatever JSON holds
    """Return the entries of a value: itself, or those of the list that is all it holds, whatever that is called."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and len(value) == 1:
        (inner,) = value.values()
        if isinstance(inner, list):
            return inner
    return [value] if isinstance(value, dict) else []


def _is_entry(value: Any) -> bool:  # noqa: ANN401 - whatever JSON holds
    """Return whether it is an entry, and not what else a download lists with a time, such as reactions and followers."""
    if not isinstance(value, dict) or "timestamp" not in value:
        return False
    data = value.get("data")
    if not isinstance(data, list):
        return isinstance(value.get("attachments"), list)
    return not any(isinstance(d, dict) and "reaction" in d for d in data)


def _comments(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [c for d in _dicts(entry.get("data")) if isinstance(c := d.get("comment"), dict)]


def _words(entry: Mapping[str, Any], comments: list[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what was written; only strings are words.

    Raises:
        BadRecordError: something else stands there, which must not be lost without notice.
    """
    for holder, key in [
        *((c, "comment") for c in comments),
        *((d, "post") for d in _dicts(entry.get("data"))),
    ]:
        word = holder.get(key, "")
        if not isinstance(word, str):
            raise BadRecordError("has a text that is none")
        yield word


def _links(entry: Mapping[str, Any]) -> Iterator[object]:
    for group in _dicts(entry.get("attachments")):
        for held in _dicts(group.get("data")):
            context = held.get("external_context")
            if isinstance(context, dict):
                yield context.get("url")


def _dicts(value: object) -> list[Mapping[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _moment(entry: Mapping[str, Any], comments: list[Mapping[str, Any]]) -> datetime:
    told = next((t for t in (entry.get("timestamp"), *(c.get("timestamp") for c in comments)) if t), None)
    if not isinstance(told, int) or isinstance(told, bool) or not 0 < told < 1 << 33:
        raise BadRecordError("timestamp is not a time")
    return datetime.fromtimestamp(told, UTC)


def _client(title: str, tags: object) -> str | None:
    """Return the app with which it was made; what is shared "via" somebody names a person, who is not to be kept."""
    found = _CLIENT.fullmatch(title)
    if not found or _SHARED.search(title) or found[1] in _names(tags):
        return None
    return found[1]


def _names(tags: object) -> set[object]:
    if not isinstance(tags, list):
        return set()
    return {name for t in tags if isinstance(name := t.get("name") if isinstance(t, dict) else t, str)}
