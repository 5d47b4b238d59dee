"""Any table of posts: its columns are called as in our own format, or `--column` says which holds what."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from soma_audit.errors import InvalidInputError
from soma_audit.imports.reader import TableReader, refuse_repeated
from soma_audit.imports.record import BadRecordError
from soma_audit.imports.sources.cells import count_in
from soma_audit.imports.sources.csv import header_of
from soma_audit.model import Kind, Post
from soma_audit.store.posts.duplicates import file_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from soma_audit.imports.reader import Sample
    from soma_audit.imports.record import Found
    from soma_audit.imports.sources.opened import Source
    from soma_audit.model import Account

NEEDED = ("text", "created_at")
COUNTS = ("like", "reply", "share")
IDS = frozenset({"id", "thread", "parent"})
COLUMNS = (
    *NEEDED,
    *("network", "account", "id", "author", "by_agency", "thread", "parent", "kind", "url", "client"),
    *("reply_settings", *COUNTS),
)
YES = frozenset({"true", "1", "yes", "ja", "x", "y", "j", "sann"})
NO = frozenset({"false", "0", "no", "nei", "", "n", "usann"})
_KINDS = {kind.value: kind for kind in Kind}


class PlainCsv(TableReader):
    """Reads posts from a table, row by row."""

    name = "csv"
    title = "table of posts"
    holds = "what its columns hold"

    @classmethod
    def recognises(cls, sample: Sample) -> bool:
        """Return whether it is one, by the two required columns."""
        return frozenset(NEEDED) <= sample.header

    def prepare(self, sources: list[Source]) -> None:
        """Find the columns, and whose the posts are.

        Raises:
            InvalidInputError: a column is missing, or neither the table nor the user tells whose its posts are.
        """
        if unknown := sorted(self.context.columns.keys() - set(COLUMNS)):
            raise InvalidInputError(
                f"--column {unknown[0]}=…: {unknown[0]!r} is not a known field. Use one of {', '.join(COLUMNS)}."
            )
        for source in sources:
            header = {name.lower(): name for name in header_of(source.head())}
            wanted = {what: self.context.columns.get(what, what).lower() for what in COLUMNS}
            refuse_repeated(source, wanted.values())
            self.columns = {what: header[name] for what, name in wanted.items() if name in header}
            said = wanted["by_agency"]
            self.all_own = said in YES and said not in header
            there = {*self.columns, *(["by_agency"] if self.all_own else [])}
            lacking = [what for what in (*NEEDED, *self.context.columns) if what not in there]
            if lacking:
                raise InvalidInputError(
                    f"{source.name} has no column {wanted[lacking[0]]!r}. Its columns are {', '.join(header.values())};"
                    f' say which holds what, as --column {lacking[0]}="…".'
                )
        if not {"by_agency", "author"} & there:
            raise InvalidInputError(
                f'{self.package.name} does not tell who wrote what. Name the column with the writer, --column author="…",'
                ' or the one that says whether it was the agency itself, --column by_agency="…"; if it wrote all of it,'
                " say --column by_agency=yes."
            )
        self._needed = [what for what in (*NEEDED, "id", "author", "by_agency") if what in self.columns]
        self.account = None if {"network", "account"} <= self.columns.keys() else self._owner()
        self._look_ahead(sources)

    def _look_ahead(self, sources: list[Source]) -> None:
        """Find whose posts there are, so that the agencies' own handles stay in every text, and how times are written."""
        self.settle_times(self._times(sources))

    def _times(self, sources: list[Source]) -> Iterator[str]:
        for row in map(self._row, self.values(sources)):
            if self.account is None:
                with suppress(BadRecordError):
                    self._account(row)
            for what in IDS & row.keys():
                self.ids.look(row[what], what)
            yield row["created_at"]

    def _row(self, value: Mapping[str, str]) -> dict[str, str]:
        return {what: value.get(name, "").strip() for what, name in self.columns.items()}

    def _account(self, row: Mapping[str, str]) -> Account:
        return self.account or self.context.account(row["network"].lower(), row["account"].removeprefix("@"))

    def _owner(self) -> Account:
        named = self.context.named
        if len(named) == 1:
            return named[0]
        raise InvalidInputError(
            f"{self.package.name} does not tell whose wall its posts stand on."
            " Name one account, as in --account facebook/eksempeletat, or columns for network and account."
        )

    def posts(self, value: Mapping[str, str]) -> Sequence[Found]:
        """Read one row.

        Raises:
            BadRecordError: it is no post; the reason says why and quotes nothing of it.
        """
        if lacking := next((what for what in self._needed if self.columns[what] not in value), None):
            raise BadRecordError(f"has too few cells: there is none for {lacking}")
        row = self._row(value)
        account = self._account(row)
        people = self.context.people[account.network]
        by_agency = self._by_agency(row, account)
        text = people.text(row["text"], by_visitor=not by_agency)
        created_at = self.context.zoned(self.times.read(row["created_at"]))
        row |= {what: people.post_id(self.ids.read(row[what], what)) for what in IDS & row.keys()}
        native_id = row.get("id") or file_key(created_at, f"{row.get('author', '')} {row['text']}")
        parent, url = row.get("parent") or None, row.get("url") or None
        thread = row.get("thread") or parent or native_id
        author = account.handle if by_agency else row.get("author", "").removeprefix("@") or None
        post = Post(
            native_id=native_id,
            created_at=created_at,
            text=text,
            by_agency=by_agency,
            thread=thread,
            parent=parent,
            author=author if by_agency or author is None else people.person(author),
            kind=_kind(row.get("kind", ""), parent),
            permalink=url and (people.words(url) if by_agency else people.text(url, by_visitor=True)),
            client=people.text(row.get("client", ""), by_visitor=True) or None,
            counts={what: _count(row[what]) for what in COUNTS if row.get(what)},
            reply_setting=people.text(row.get("reply_settings", ""), by_visitor=True) or None,
        )
        return ((account, post),)

    def _by_agency(self, row: Mapping[str, str], account: Account) -> bool:
        if self.all_own:
            return True
        if "by_agency" not in row:
            writer = row["author"].removeprefix("@").lower()
            return writer in {account.handle.lower(), account.native_id}
        said = row["by_agency"].lower()
        if said not in YES | NO:
            raise BadRecordError("by_agency must be true or false")
        return said in YES


def _kind(said: str, parent: str | None) -> Kind:
    if not said:
        return Kind.COMMENT if parent else Kind.POST
    if said.lower() in _KINDS:
        return _KINDS[said.lower()]
    raise BadRecordError(f"kind must be one of {', '.join(_KINDS)}")


def _count(cell: str) -> int:
    count = count_in(cell)
    if count is None:
        raise BadRecordError("counts must be whole numbers")
    return count
