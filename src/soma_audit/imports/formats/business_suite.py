"""Meta Business Suite's export of content (Insights, Content, Export data): a Page's own posts, with counts.

The columns are known from exports that others have published; their order and some names change from month to month,
and all names follow the language of the screen. The Norwegian ones are what they are most likely called.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from soma_audit.errors import InvalidInputError
from soma_audit.imports.formats.facebook_rows import Met, Pages, address, counts_in, id_in, owner_in
from soma_audit.imports.reader import TableReader, refuse_repeated
from soma_audit.imports.record import BadRecordError
from soma_audit.imports.sources.csv import encoding_of, header_of
from soma_audit.imports.sources.times import Order
from soma_audit.model import Kind, Post

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from soma_audit.imports.reader import Sample
    from soma_audit.imports.record import Found
    from soma_audit.imports.sources.opened import Source

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("post id", "innleggs-id", "innlegg-id", "innleggs id", "innleggets id"),
    "page": ("page id", "side-id", "sidens id", "side id", "sideid"),
    "created_at": ("publish time", "publiseringstidspunkt", "publiseringstid", "tidspunkt for publisering"),
    "url": ("permalink", "permalenke", "permanent lenke", "permanent kobling", "direktelenke"),
    "type": ("post type", "innleggstype", "type innlegg", "innleggets type"),
    "page_name": ("page name", "sidenavn", "sidens navn", "navn på siden", "navn på side"),
    "title": ("title", "tittel"),
    "text": ("description", "beskrivelse"),
    "is_share": ("is share", "er deling", "er en deling", "er delt"),
    "date": ("date", "dato"),
    "like": ("reactions", "reaksjoner"),
    "reply": ("comments", "kommentarer"),
    "share": ("shares", "delinger"),
}
"""What stands in which column, by the names it may have; --column takes the keys."""
NEEDED = ("id", "page", "created_at", "url", "type")
_INSTAGRAM = ("account username", "brukernavn for konto", "kontoens brukernavn", "kontobrukernavn")
_WHICH = "Download posts instead: Meta Business Suite, Insights, Content, Export data, Posts."


class BusinessSuite(TableReader):
    """Reads a Page's own posts, row by row."""

    name = "facebook-business-suite"
    title = "Business Suite content export"
    time_column = "publish time"
    holds = "own posts with counts of reactions, comments and shares"
    cannot = (
        "A Business Suite export has how many comments there are and not what they say: questions and their answers"
        " cannot be known from it."
    )

    @classmethod
    def recognises(cls, sample: Sample) -> bool:
        """Return whether it is one, by most of the required columns; related exports are taken too, to say what they are."""
        usual = sum(not sample.header.isdisjoint(COLUMNS[what]) for what in NEEDED)
        told = sum(not sample.header.isdisjoint((what, *COLUMNS[what])) for what in NEEDED)
        return usual >= 3 or (usual == 2 and told == len(NEEDED)) or _is_of_page_level(sample.source.head())

    def prepare(self, sources: list[Source]) -> None:
        """Find the columns, and whose Pages the rows are of.

        Raises:
            InvalidInputError: a column is missing, it is another export, or neither whose it is nor its time zone is told.
        """
        self.columns: dict[str, str] = {}
        for source in sources:
            if _is_of_page_level(source.head()):
                raise InvalidInputError(f"{source.name} has figures of a whole Page and no posts. {_WHICH}")
            self.columns = self._columns(source)
            if self.columns["created_at"].lower() == COLUMNS["created_at"][0]:
                self.usual_order = Order.MONTH_FIRST  # on an English screen Meta writes American dates
        self.settle_times(self._times(sources))
        self.pages = Pages(self.context, self.package.name)
        self.pages.learn(self._met(sources))

    def _columns(self, source: Source) -> dict[str, str]:
        header = {name.lower(): name for name in header_of(source.head())}
        if not header.keys().isdisjoint(_INSTAGRAM):
            raise InvalidInputError(f"{source.name} has posts of Instagram, which is not audited. {_WHICH}")
        refuse_repeated(source, (n for names in COLUMNS.values() for n in names))
        told = {what: (name.lower(),) for what, name in self.context.columns.items() if what in COLUMNS}
        found = {}
        for what, names in {**COLUMNS, **told}.items():
            if name := next((header[n] for n in names if n in header), None):
                found[what] = name
        if missing := [f"{COLUMNS[what][0]!r} (--column {what}=…)" for what in NEEDED if what not in found]:
            raise InvalidInputError(
                f"{source.name} lacks columns, or has them under names that are not known here. Say what they are called:",
                missing,
            )
        return found

    def _times(self, sources: Iterable[Source]) -> Iterator[str]:
        for row in self.values(sources):
            self.ids.look(self._cell(row, "id"), "post id")
            yield self._cell(row, "created_at")

    def _met(self, sources: Iterable[Source]) -> Iterator[Met]:
        for row in self.values(sources):
            with suppress(BadRecordError):
                yield self._page(row)

    def _page(self, row: Mapping[str, str]) -> Met:
        number = id_in(self._cell(row, "page"), "page id")
        return Met(number, owner_in(self._cell(row, "url")), self._cell(row, "page_name"))

    def _cell(self, row: Mapping[str, str], what: str) -> str:
        return row.get(self.columns.get(what, ""), "").strip()

    def posts(self, value: Mapping[str, str]) -> Iterator[Found]:
        """Read one row.

        Raises:
            BadRecordError: it is no post; the reason says why and quotes nothing of it.
        """
        if lacking := next((what for what in NEEDED if self.columns[what] not in value), None):
            raise BadRecordError(f"has too few cells: there is none for {lacking}")
        met, number = self._page(value), id_in(self._cell(value, "id"), "post id", self.ids)
        account = self.pages.of(met)
        if account is None:
            self.context.kept_out["posts of Pages that the register does not know"] += 1
            return
        people = self.context.people["facebook"]
        text = max(self._cell(value, "text"), self._cell(value, "title"), key=len)
        native_id = f"{account.native_id or met.number}_{number}"
        url = address(self._cell(value, "url"))
        is_share = self._cell(value, "is_share") == "1" and not text
        yield (
            account,
            Post(
                native_id=native_id,
                created_at=self.context.zoned(self.times.read(self._cell(value, "created_at"))),
                text=people.text(text, by_visitor=False),
                by_agency=True,
                thread=native_id,
                author=account.handle,
                kind=Kind.SHARE if is_share else Kind.POST,
                permalink=url and people.text(url, by_visitor=True),
                counts=self._counts(value),
            ),
        )

    def _counts(self, row: Mapping[str, str]) -> dict[str, int]:
        """Return the counts; a row of a single day has only that day's, which are none of the post's."""
        if any(c.isdigit() for c in self._cell(row, "date")):
            return {}
        return counts_in(**{what: self._cell(row, what) for what in ("like", "reply", "share")})


def _is_of_page_level(head: bytes) -> bool:
    """Return whether it is the export of a Page's figures: UTF-16, with its columns, a date first, in the third row."""
    if encoding_of(head) != "utf-16":
        return False
    lines = head.decode("utf-16", errors="replace").splitlines()[:4]
    return any(line.strip('" ').lower().startswith(("date", "dato")) for line in lines)
