"""What a format fulfils: it knows its files by what they hold, and reads them record by record."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar

from soma_audit.errors import InvalidInputError
from soma_audit.imports.record import BadRecordError, Broken, NotARow
from soma_audit.imports.sources.cells import Ids
from soma_audit.imports.sources.csv import csv_records, header_of, repeated
from soma_audit.imports.sources.json import json_records
from soma_audit.imports.sources.times import Times

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from soma_audit.imports.context import ImportContext
    from soma_audit.imports.record import Found, Record
    from soma_audit.imports.sources.opened import Package, Source
    from soma_audit.imports.sources.times import Order

LOOKED_AT = 50
"""How many records at a file's beginning are looked at for one that can be read."""


class Sample:
    """The beginning of a file, as far as it is needed to tell what it is."""

    def __init__(self, source: Source, columns: Mapping[str, str] | None = None) -> None:
        """`columns` has the names that the user says columns have, by what they hold."""
        self.source, self._columns = source, columns or {}

    @cached_property
    def value(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        """The first JSON value that can be read; an empty one if there is none."""
        head = self.source.head().lstrip(b"\xef\xbb\xbf \t\r\n")
        if not head or (head[:1] not in b"{[" and b"{" not in head):
            return {}
        values = (r.value for r in islice(json_records(self.source), LOOKED_AT))
        return next((v for v in values if isinstance(v, dict | list)), {})

    @cached_property
    def header(self) -> frozenset[str]:
        """The names of the columns in lower case, if it is a table; those that the user named by what they hold too."""
        names = {name.lower() for name in header_of(self.source.head())}
        names |= repeated(names)
        return frozenset(names | {what for what, name in self._columns.items() if name.lower() in names})


@dataclass(slots=True)
class Summary:
    """What one package brought."""

    name: str
    format: str
    title: str
    cannot: str = ""
    own: int = 0
    """Posts of the account whose wall they stand on."""
    visitors: int = 0
    left_closed: int = 0
    """Files in it that were not opened."""
    warnings: list[str] = field(default_factory=list)


class Reader(ABC):
    """Reads one package in one format. A format is a subclass, and its name in `FORMATS`."""

    name: ClassVar[str]
    """What --format takes."""
    title: ClassVar[str]
    holds: ClassVar[str]
    """What can be known from it, in a few words."""
    cannot: ClassVar[str] = ""
    """What such a file never shows, in a sentence."""
    last: bool = False
    """It has to be read after all other files."""

    def __init__(self, package: Package, context: ImportContext) -> None:
        self.package, self.context = package, context

    @classmethod
    def owns(cls, package: Package) -> bool:
        """Return whether a zip or a folder is as a whole of this format."""
        del package
        return False

    @classmethod
    def home(cls, path: str) -> str | None:
        """Return the folder in which an archive begins, with a slash at its end, if the file of this path tells whose it is."""
        del path
        return None

    @classmethod
    def parts(cls, package: Package) -> list[Source]:
        """Choose what is opened of a zip or a folder of this format; everything else in it stays closed."""
        return package.sources

    @classmethod
    @abstractmethod
    def recognises(cls, sample: Sample) -> bool:
        """Return whether a file is of this format."""

    def prepare(self, sources: list[Source]) -> None:  # noqa: B027 - a format may have nothing to learn
        """Learn whose the files are, before anything of them is stored.

        Raises:
            InvalidInputError: that cannot be told, or something else is missing.
        """

    def records(self, source: Source) -> Iterator[Record]:
        """Yield the records of a file, one by one."""
        return json_records(source)

    def values(self, sources: Iterable[Source]) -> Iterator[Any]:
        """Yield what the records say, as far as they can be read: for looking ahead."""
        for source in sources:
            for record in self.records(source):
                if not isinstance(record.value, Broken | NotARow):
                    yield record.value

    @abstractmethod
    def posts(self, value: Any) -> Iterable[Found]:  # noqa: ANN401 - what `records` gives
        """Read the posts of a record."""

    def seen_at(self, value: Any) -> datetime | None:  # noqa: ANN401 - what `records` gives
        """Return when the network showed a record, if the file says so."""
        del value
        return None

    def finish(self, summary: Summary) -> None:  # noqa: B027 - nor to add
        """Warn of what the package lacks, once it has been read."""


class TableReader(Reader):
    """Reads a table; its records are the rows, by column."""

    time_column: ClassVar[str] = "created_at"
    """What messages call the column of times."""
    usual_order: Order | None = None
    """Whether its maker writes the day or the month first, where no row decides."""

    @cached_property
    def times(self) -> Times:
        """How the times of the table are written."""
        return Times(self.context.time_format, self.usual_order, self.time_column)

    @cached_property
    def ids(self) -> Ids:
        """How the ids of the table have come through."""
        return Ids()

    def settle_times(self, times: Iterable[str]) -> None:
        """Find how all times of the table are written, before one of them is read.

        Raises:
            InvalidInputError: that cannot be told, or they have no zone and the user has named none.
        """
        for text in times:
            self.times.look(text)
        self.times.settle(self.package.name)
        if self.times.lacks_zone:
            self.context.needs_timezone(self.package.name)

    def records(self, source: Source) -> Iterator[Record]:
        """Yield the rows."""
        return csv_records(source)


def refuse_repeated(source: Source, names: Iterable[str]) -> None:
    """Make sure that none of these columns stands twice in a table: nobody could tell which one is meant.

    Raises:
        InvalidInputError: one does.
    """
    if twice := sorted(repeated(header_of(source.head())) & {name.lower() for name in names}):
        raise InvalidInputError(
            f"{source.name} has several columns called {twice[0]!r}. Say which one holds what by its place, as in"
            f' --column text="{twice[0]} (1)" for the first of them; or rename one and import the file again.'
        )


def each(items: Iterable[Any], read: Callable[[Any], Iterable[Found]], what: str = "post") -> Iterator[Found]:
    """Read the posts of a record one by one, so that a bad one does not take the others with it."""
    for number, item in enumerate(items, 1):
        try:
            yield from read(item)
        except Exception as error:  # noqa: BLE001 - a stranger's data may be wrong in any way
            yield Broken(f"{what} {number} {why(error)}")


def why(error: Exception) -> str:
    """Return what is wrong with a record, quoting nothing of it."""
    if isinstance(error, BadRecordError):
        return str(error)
    if isinstance(error, KeyError) and error.args and str(error.args[0]).isidentifier():
        return f"has no {error.args[0]}"
    return "has a value of the wrong kind"
