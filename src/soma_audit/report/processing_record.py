"""The record of processing activities (article 30 of the GDPR), filled with what an installation really holds. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from soma_audit.networks import NETWORKS
from soma_audit.report.formats.cells import Cell, Sheet
from soma_audit.report.formats.markdown import escape
from soma_audit.report.text import NOTHING, counted, number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from soma_audit.store.posts.inventory import NetworkRow, Others

TITLE = "Record of processing activities"
FILL_IN = "to be filled in"
MORE = 2000
"""So long may what a cell says be."""


class Fact(NamedTuple):
    """A line of the record."""

    what: str
    says: str


class Term(NamedTuple):
    """How long something is kept."""

    what: str
    kept: str
    oldest: str
    due: str
    """The day from which on the next purge drops the oldest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How long something is kept that is dropped when its time is up."""

    days: int
    oldest: datetime | None

    @property
    def due(self) -> datetime | None:
        """When a purge may drop the oldest."""
        return self.oldest and self.oldest + timedelta(days=self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the record is filled with."""

    made_at: datetime
    version: str
    timezone: str
    database: str
    controller: str | None
    contact: str | None
    countries: Sequence[str]
    networks: Sequence[NetworkRow]
    asked: Sequence[tuple[str, str]]
    """Networks that are asked, each with the address."""
    others: Others
    texts: Kept
    pages: Kept
    purged: datetime | None
    key: str
    """Where the key lies, and whether it is there."""
    report_folder: str
    mailed: Sequence[str] = ()
    """Addresses that the morning mail goes to."""
    mailed_texts: bool = False
    """Whether visitors' words stand in it."""
    site: str | None = None
    """Where the public edition is found as a site."""


def facts(record: Record) -> dict[str, list[Fact]]:
    """Return the lines of the record under their headings."""
    return {
        "Who": list(_who(record)),
        "Why": list(_why()),
        "Whose and what": list(_whose(record)),
        "From where and to whom": list(_flow(record)),
        "Security": list(_security(record)),
        "When somebody asks": list(_requests(record)),
    }


def _who(record: Record) -> Iterator[Fact]:
    yield Fact("Controller", record.controller or f"{FILL_IN}: [privacy] controller in the configuration")
    yield Fact("Contact for people's requests", record.contact or f"{FILL_IN}: [privacy] contact")
    yield Fact("Data protection officer, joint controllers, processors", FILL_IN)
    yield Fact("Made", f"{record.made_at:%Y-%m-%d} by soma-audit {record.version} from {record.database}")


def _why() -> Iterator[Fact]:
    yield Fact(
        "Purpose",
        "To tell how public bodies use their accounts on social networks, and whether they answer those who ask.",
    )
    yield Fact(
        "Legal basis",
        f"{FILL_IN}: such as article 6(1)(e) of the GDPR, a task in the public interest, with the act that sets it",
    )
    yield Fact(
        "Not done", "No profiling, no decisions about visitors, nobody followed from one network to another."
    )


def _whose(record: Record) -> Iterator[Fact]:
    visitors = sum(row.visitors for row in record.networks)
    texts = sum(row.texts for row in record.networks)
    own, others = sum(row.own for row in record.networks), record.others
    yield Fact(
        "People who wrote on the bodies' walls, or to them",
        f"{counted(visitors, 'post')}, {number(texts)} with the text. Of each: when, under what and where it was written, its"
        " id and address on the network, its counts, the program used; labels such as question or answered. Of the"
        " author: a keyed hash. A text may hold anything that its author chose to write, also special categories (article 9).",
    )
    yield Fact(
        "People who are mentioned in texts",
        "A keyed hash in place of each mention, handle or profile address. Names written as ordinary words stay.",
    )
    yield Fact(
        "Those who write for the bodies",
        f"{counted(own, 'post')} by the bodies, kept with whatever signature stands in them.",
    )
    if others.lookalikes:
        yield Fact(
            "Whoever has an account that goes by a body's name",
            f"The handle of {counted(others.lookalikes, 'account')}, for people to look at.",
        )
    if others.erased:
        yield Fact(
            "People who were erased",
            f"{counted(others.erased, 'pseudonym')}, so that nothing of theirs is taken in again.",
        )
    yield Fact(
        "Those who run the audit",
        f"Their name and note on {counted(others.reviews, 'review')} and {counted(others.looks, 'look')} at walls,"
        f" and on {counted(others.assignments, 'assignment')} of posts that wait, with the colleague's name.",
    )
    yield Fact(
        "Not held",
        "Visitors' names, handles, pictures, profiles and places; direct messages; posts to followers only.",
    )


def _flow(record: Record) -> Iterator[Fact]:
    files = sum(row.from_files for row in record.networks)
    for network, address in record.asked:
        yield Fact(f"Source: {NETWORKS[network].title_today}", f"Public posts and answers, from {address}")
    if files:
        yield Fact("Source: files", f"{counted(files, 'post')} from imported archives and exports")
    yield Fact(
        "Recipients",
        f"Those in the controller's own organisation who read the report, which soma-audit run writes to {record.report_folder}:"
        " it holds visitors' words and is for internal use. Whatever is published is the public edition, without visitors'"
        f" words and small counts. Others who get the report or an export: {FILL_IN}",
    )
    if record.mailed:
        words = "with visitors' words" if record.mailed_texts else "without visitors' words"
        yield Fact("Recipients of the morning mail", f"{', '.join(record.mailed)}: {words}.")
    if record.site:
        yield Fact(
            "The public",
            f"The public edition, at {record.site}: nobody's words, no count of fewer than five.",
        )
    yield Fact(
        "Transfers to third countries",
        "None of what is held is sent. Requests to the networks name the bodies' accounts and ids of posts, and may be"
        f" answered from third countries: {FILL_IN}",
    )


def _security(record: Record) -> Iterator[Fact]:
    countries = ", ".join(record.countries) or "no country"
    yield Fact(
        "Pseudonyms", "Made with a key as soon as an answer or a file is read, before anything is stored."
    )
    yield Fact("The key", f"{record.key} Whoever has it can tell whether a known account wrote a post.")
    yield Fact(
        "Masked",
        "Identity numbers, accounts, cards, e-mail addresses, and telephones with a country's code or as written in"
        f" {countries}.",
    )
    yield Fact("Erased", "What is dropped is overwritten in the file, also in its index of words.")
    yield Fact("Access, backups and logging of the machine", FILL_IN)


def _requests(record: Record) -> Iterator[Fact]:
    account = "--account NETWORK/HANDLE --account NETWORK/ID"
    yield Fact(
        "Access (articles 15 and 20)",
        f"soma-audit privacy find {account} tells what is held, soma-audit privacy --person NETWORK:ID prints the posts.",
    )
    yield Fact(
        "Erasure (article 17) and objection (article 21)",
        f"soma-audit privacy erase {account} drops it and remembers not to take it in again.",
    )
    yield Fact(
        "Rectification (article 16)", "soma-audit review overrules a label; texts are what the network shows."
    )
    yield Fact(
        "So far",
        f"{counted(record.others.found, 'search', 'searches')} for a person;"
        f" {counted(record.others.erased, 'pseudonym')} erased. Each is a line in the table run.",
    )


def terms(record: Record) -> list[Term]:
    """Return how long each kind of data is kept, and when the next purge drops some of it."""

    def term(what: str, since: str, kept: Kept) -> Term:
        due = kept.due
        overdue = ", overdue: run soma-audit purge" if due and due < record.made_at else ""
        return Term(
            what, f"{counted(kept.days, 'day')} after {since}", _day(kept.oldest), _day(due) + overdue
        )

    return [
        term("Visitors' texts", "they were written", record.texts),
        term(
            f"{counted(record.others.pages, 'stored page')}, with pseudonyms only",
            "they were fetched",
            record.pages,
        ),
        Term("Labels, counts, times and pseudonyms", f"{FILL_IN}; the program keeps them", NOTHING, NOTHING),
        Term(
            "Reviews, assignments and looks at walls", f"{FILL_IN}; the program keeps them", NOTHING, NOTHING
        ),
    ]


COUNTED = (
    *("Network", "Visitors' posts", "With their text", "Visitors", "Posts by the bodies"),
    "Posts seen in files",
)
KEPT = ("What", "Kept for", "Oldest held", "Dropped by the next purge from")


def _counts(record: Record) -> list[tuple[str, int, int, int, int, int]]:
    return [(NETWORKS[row.network].title_today, *row[1:]) for row in record.networks]


def _after_terms(record: Record) -> str:
    return f"Last purge: {_day(record.purged, 'never')}. The command run purges each time."


def _day(moment: datetime | None, none: str = NOTHING) -> str:
    return f"{moment:%Y-%m-%d}" if moment else none


# --- Markdown ----------------------------------------------------------------------------------------------------


def as_markdown(record: Record) -> str:
    """Return the record as a page."""
    parts = [f"# {TITLE}", f"Where it says “{FILL_IN}”, the controller has to write."]
    for heading, lines in facts(record).items():
        parts += [
            f"## {heading}",
            "\n".join(f"* **{escape(f.what)}:** {escape(f.says, MORE)}" for f in lines),
        ]
    counts = [[row[0], *map(number, row[1:])] for row in _counts(record)]
    parts += ["## What is held of each network", _table(COUNTED, counts) if counts else "Nothing yet."]
    parts += ["## How long it is kept", _table(KEPT, terms(record)), escape(_after_terms(record))]
    return "\n\n".join(parts) + "\n"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *([escape(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


# --- a workbook --------------------------------------------------------------------------------------------------


def sheets(record: Record) -> list[Sheet]:
    """Return the record as sheets of a workbook."""
    rows = [
        (heading, fact.what, Cell(fact.says, "prose"))
        for heading, lines in facts(record).items()
        for fact in lines
    ]
    return [
        Sheet("Record", ("Part", "What", "Says"), rows, (Cell(TITLE, "title"),)),
        Sheet("By network", COUNTED, _counts(record)),
        Sheet("Retention", KEPT, terms(record), (Cell(_after_terms(record), "text"),)),
    ]
