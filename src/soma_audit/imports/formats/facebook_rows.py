"""What the tables of Facebook exports have in common: numbers as spreadsheets leave them, and whose Page a row is of."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import SplitResult, parse_qs, urlsplit

from soma_audit.errors import InvalidInputError
from soma_audit.imports.record import BadRecordError
from soma_audit.imports.sources.cells import Ids, count_in
from soma_audit.networks import NETWORKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from soma_audit.imports.context import ImportContext
    from soma_audit.model import Account

_ID = re.compile(r"(?:\d{1,30}_)?\d{1,30}")
_UNSEEN = Ids()
_NOT_A_PAGE = frozenset({
    *("events", "groups", "hashtag", "pages", "people", "photo", "photos", "reel", "share", "stories", "videos"),
    *("watch",),
})  # fmt: skip
"""What may stand in an address where otherwise a Page's name does."""
_POST = re.compile(r"/posts/(?:[^/]*/)?(\d{1,30})(?:/|$)")


class Met(NamedTuple):
    """What a row says of the Page it is of; what it does not say is empty."""

    number: str
    """The Page's id, where it is one by which the network knows it."""
    handle: str
    name: str
    key: str = ""
    """Another number, which tells the Pages of an export apart and no more."""


class Pages:
    """Knows the accounts of the Pages in one package."""

    def __init__(self, context: ImportContext, file: str) -> None:
        self._context, self._file = context, file
        self._accounts: dict[str, Account] = {}

    def of(self, met: Met) -> Account | None:
        """Return the account that a row is of, once all rows have been looked at; None: nobody's that we know."""
        return self._accounts.get(_key(met))

    def learn(self, rows: Iterable[Met]) -> None:
        """Find whose the Pages are: by number, by name, as the user said; others are taken in under their own names.

        What the user said holds for a single Page only: the rows of its neighbour in the same file are not its own.

        Raises:
            InvalidInputError: none can be told.
        """
        met: dict[str, list[Met]] = defaultdict(list)
        for row in dict.fromkeys(rows):
            met[_key(row)].append(row)
        for key, said in met.items():
            if account := next((a for one in said if (a := self._known(one))), None):
                self._accounts[key] = account
        left = [key for key in met if key not in self._accounts]
        named = self._context.named_on("facebook")
        if named and len(left) == 1 and named.id not in {a.id for a in self._accounts.values()}:
            self._accounts[left.pop()] = named
        for key in left:
            handle = next((one.handle for one in met[key] if _may_be_a_name(one.handle)), None)
            if handle:
                self._accounts[key] = self._context.account("facebook", handle)
        if met and not self._accounts:
            self._context.whose("facebook", self._file)
            raise InvalidInputError(
                f"{self._file} is of {len(met)} Pages, and the register knows none of them by number or name, so"
                " --account cannot tell which of them is meant. Take the others out."
            )
        self._tell_people(met)

    def _known(self, met: Met) -> Account | None:
        people = self._context.people["facebook"]
        known = people.known.get(met.number) or people.names.get(met.handle.lower())
        return known or (self._context.by_agency_name("facebook", met.name) if met.name else None)

    def _tell_people(self, met: Mapping[str, list[Met]]) -> None:
        """Let the Pages' numbers be known, so that no text or address has a pseudonym for them."""
        people = self._context.people["facebook"]
        for key, account in self._accounts.items():
            for number in {one.number for one in met[key]} - {""}:
                people.add(account, number)


def _key(met: Met) -> str:
    return met.key or met.number or met.handle.lower() or met.name


def _may_be_a_name(handle: str) -> bool:
    return bool(NETWORKS["facebook"].handle.fullmatch(handle)) and not handle.isdigit()


def parts_of(url: str) -> SplitResult:
    """Take an address apart; one that is none has no parts."""
    try:
        return urlsplit(url.strip())
    except ValueError:
        return urlsplit("")


def owner_in(url: str) -> str:
    """Return the name or number of the Page under which an address stands; nothing if it tells none."""
    parts = parts_of(url)
    if not re.fullmatch(r"(?:[\w-]+\.)*facebook\.com", parts.netloc.lower()):
        return ""
    owner = parts.path.strip("/").partition("/")[0]
    if owner.endswith(".php"):
        owner = parse_qs(parts.query).get("id", [""])[0]
    return "" if owner.lower() in _NOT_A_PAGE or not NETWORKS["facebook"].handle.fullmatch(owner) else owner


def post_in(url: str) -> str | None:
    """Return the number of the post that an address leads to, if it has one."""
    parts = parts_of(url)
    story = parse_qs(parts.query).get("story_fbid", [""])[0]
    found = _POST.search(parts.path)
    return found[1] if found else story if story.isdecimal() else None


def address(url: str) -> str | None:
    """Return an address if it is one for a browser."""
    return url.strip() if url.strip().lower().startswith(("https://", "http://")) else None


def id_in(cell: str, what: str, ids: Ids | None = None) -> str:
    """Read an id; `ids` are those of its table, if they have been looked at.

    Raises:
        BadRecordError: it is none, or a spreadsheet has rounded it so that the post cannot be told any more.
    """
    text = (ids or _UNSEEN).read(cell, what)
    if not text:
        raise BadRecordError(f"has no {what}")
    if not (text.isascii() and _ID.fullmatch(text)):
        raise BadRecordError(f"{what} is not a number")
    return text.rpartition("_")[2]


def counts_in(**cells: object) -> dict[str, int]:
    """Read the counts of a row; one that is not told is left out, which is not the same as none."""
    found = {what: count_in(cell) for what, cell in cells.items()}
    return {what: count for what, count in found.items() if count is not None}


def linked(text: str, addresses: Iterable[object]) -> str:
    """Add to a text the address it links to, as is done for what the network sends, so that both are the same words."""
    links = (a for a in addresses if isinstance(a, str) and address(a) and "facebook.com" not in a)
    link = next(links, "")
    return text if link in text else f"{text} {link}".strip()
