"""Visitors' names, handles, addresses and numbers become pseudonyms before anything else sees them.

An author is an HMAC with a key kept outside the database, so that the same person is the same author, and nobody can
guess who. A mention inside a text gets the pseudonym that its author would have; agencies of the register keep theirs.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import stat
from abc import ABC, abstractmethod
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING

from soma_audit.collect.masking import COUNTRIES, mask
from soma_audit.collect.names_in_text import ODDLY_WRITTEN, PSEUDONYM, may_name, plainly_written, replaced
from soma_audit.errors import InvalidInputError
from soma_audit.text_files import decoded, marked

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence
    from pathlib import Path

    from soma_audit.collect.transport import Json
    from soma_audit.model import Account

_PSEUDONYM = re.compile(PSEUDONYM)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)").fullmatch
"""A time, whose colons are no sign of a name."""
_NEVER_IN_TEXT = re.compile(r"[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """Replace what no database, file or terminal takes: half characters and NUL."""
    return (
        text
        if text.isascii() and "\x00" not in text
        else _NEVER_IN_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)
    )


class Pseudonyms:
    """Names people by a keyed hash, and takes their numbers and addresses out of texts."""

    def __init__(self, key: bytes, countries: Sequence[str] = COUNTRIES) -> None:
        """`countries` has the codes of those whose telephone numbers are known as they are written at home."""
        self._key, self._countries = key, tuple(countries)
        self.hash = hashlib.sha256(b"soma-audit " + key).hexdigest()[:16]
        """What tells one key from another without giving it away."""
        self.author = lru_cache(maxsize=1 << 16)(self._author)

    def _author(self, network: str, native: str) -> str:
        """Name the author with this native id (or, where none is known, this handle) on a network."""
        if _PSEUDONYM.fullmatch(native):
            return native  # from a page or a file that has been through here already
        digest = hmac.digest(self._key, f"{network}:{native.lower()}".encode(), "sha256")
        return f"v-{digest.hex()[:12]}"

    def words(self, text: str) -> str:
        """Mask what is nobody's text, such as the name of a client or a person's note."""
        return mask(storable(text), self._countries)

    def text(
        self,
        network: str,
        text: str,
        *,
        keep: Container[str],
        ids: Mapping[str, str] | None = None,
        elsewhere: Container[tuple[str, str]] = (),
        by_visitor: bool = True,
    ) -> str:
        """Clean a text: mentions become pseudonyms, and people's numbers and e-mail addresses are masked.

        In an agency's own words its telephones, accounts and addresses stay; identity numbers and cards go there too.
        `keep` has the lower-case handles that stay, `elsewhere` those of other networks with the network, and `ids` the
        native ids of handles where the page tells them.
        """
        if (not text.isascii() or "\x00" in text) and ODDLY_WRITTEN.search(text):
            text = plainly_written(storable(text))
        text = mask(text, self._countries, by_visitor=by_visitor)
        if ids or may_name(text):
            return self.names(network, text, keep=keep, ids=ids, elsewhere=elsewhere, by_visitor=by_visitor)
        return text

    def names(
        self,
        network: str,
        text: str,
        *,
        keep: Container[str],
        ids: Mapping[str, str] | None = None,
        elsewhere: Container[tuple[str, str]] = (),
        by_visitor: bool = True,
    ) -> str:
        """Return a text with pseudonyms for the people named in it, and everything else as it is."""

        def name(on: str, handle: str) -> str:
            lower = handle.lower()
            if lower in keep if on == network else ((on, lower) in elsewhere):
                return handle
            return self.author(on, ids.get(lower, handle) if ids and on == network else handle)

        domains = ids if ids and network == "bluesky" else ()
        return replaced(text, network, name, by_visitor=by_visitor, domains=domains)


class _Either:
    """Holds what is in either of two containers, as they are by then."""

    def __init__(self, one: Container[str], other: Container[str]) -> None:
        self._one, self._other = one, other

    def __contains__(self, name: object) -> bool:
        return name in self._one or name in self._other


class People(ABC):
    """Knows which of one network's people are in the register, and gives everyone else a pseudonym."""

    def __init__(self, network: str, accounts: Iterable[Account], pseudonyms: Pseudonyms) -> None:
        self.known: dict[str, Account] = {}
        """The register's accounts by native id, as far as it is known."""
        self.names: dict[str, Account] = {}
        """The same by lower-case handle."""
        self._network, self._pseudonyms = network, pseudonyms
        self._keep = _Either(self.names, self.known)
        self._elsewhere: set[tuple[str, str]] = set()
        """The lower-case handles of the register's accounts on other networks, with the network."""
        for account in accounts:
            self.add(account)

    @abstractmethod
    def scrub(self, body: Json) -> Json:
        """Keep what an audit needs of an answer, with pseudonyms for everyone who is not in the register."""

    def add(self, account: Account, native_id: str | None = None) -> None:
        """Take an account among the known ones; the same id is somebody else's on another network."""
        if account.network == self._network:
            for name in account.names:
                self.names[name.lower()] = account
            if number := native_id or account.native_id:
                self.known[number] = account
        else:
            self._elsewhere |= {(account.network, name.lower()) for name in account.names}

    def call(self, account: Account, handle: str) -> None:
        """Take another name of a known account among the names."""
        self.names[handle.lower()] = account

    def learn(self, handle: str, native_id: str) -> None:
        """Learn the id of a known account from its name, unless that id is known: by now somebody else may have the name."""
        account = self.names.get(handle.lower())
        if account is not None and account.native_id in {None, native_id}:
            self.known[native_id] = account

    def person(self, native: object) -> str:
        """Return the id of a known account as it is, and anybody else's as a pseudonym."""
        return (
            str(native) if str(native) in self.known else self._pseudonyms.author(self._network, str(native))
        )

    def post_id(self, native_id: str) -> str:
        """Return the id of a post as it is kept: one that names its author names a pseudonym instead."""
        return native_id

    def words(self, text: str) -> str:
        """Mask the numbers in an agency's own address. No pseudonyms are looked for in it."""
        return self._pseudonyms.words(text)

    def plain(self, value: Json) -> Json:
        """Return what a network sends in its own words (ids, times, settings, places) without people's names.

        Numbers in it are the network's own, and stay.
        """
        if isinstance(value, str):
            if value.isascii():
                if value.isalnum() or _TIME(value) or not may_name(value):
                    return value
            elif ODDLY_WRITTEN.search(value):
                value = plainly_written(value)
            return self._pseudonyms.names(self._network, value, keep=self._keep, elsewhere=self._elsewhere)
        if isinstance(value, list):
            return [self.plain(v) for v in value]
        if isinstance(value, dict):
            return {k if _names_nobody(k) else self.plain(k): self.plain(v) for k, v in value.items()}
        return value

    def own(self, texts: Iterable[object]) -> list[str]:
        """Return the texts and links of an agency's own profile; where one names a person, a pseudonym stands for them."""
        return [
            self._pseudonyms.names(
                self._network, text, keep=self._keep, elsewhere=self._elsewhere, by_visitor=False
            )
            for text in texts
            if isinstance(text, str)
        ]

    def kept(self, raw: Mapping[str, Json], *keys: str) -> dict[str, Json]:
        """Return those fields of an object, in the network's own words."""
        return {k: self.plain(raw[k]) for k in keys if k in raw}

    def text(self, text: str, ids: Mapping[str, str] | None = None, *, by_visitor: bool) -> str:
        """Clean a text; only the known accounts keep their handles in it."""
        return self._pseudonyms.text(
            self._network,
            text,
            keep=self._keep,
            ids=ids,
            elsewhere=self._elsewhere,
            by_visitor=by_visitor,
        )


@lru_cache(maxsize=1024)
def _names_nobody(key: str) -> bool:
    """Return whether a key has no sign of a name; few keys stand in millions of objects."""
    return key.isascii() and not may_name(key)


def load_key(file: Path, *, known: str | None, countries: Sequence[str] = COUNTRIES) -> Pseudonyms:
    """Read the key, or make it at first use. `known` is the hash of the key this database's pseudonyms were made with.

    `countries` are those whose telephone numbers are known as they are written at home.

    Raises:
        InvalidInputError: the key is missing, open to others, or another one than before.
    """
    if not file.exists():
        if known:
            raise InvalidInputError(
                f"The pseudonyms' key {file} is missing, but the database was made with one. Restore the file;"
                " if it is lost for good, begin a new database."
            )
        _make_key(file)
    try:
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise InvalidInputError(
                f"The pseudonyms' key {file} can be read by others. Run: chmod 600 {file}"
            )
        key = _plain(file.read_bytes())
    except OSError as error:
        raise InvalidInputError(f"The pseudonyms' key {file} cannot be read: {error.strerror}.") from error
    if len(key) < 32:
        raise InvalidInputError(f"The pseudonyms' key {file} is too short to be one. Restore the file.")
    pseudonyms = Pseudonyms(key, countries)
    if known and pseudonyms.hash != known:
        raise InvalidInputError(
            f"The database was made with another pseudonyms' key than {file}. Restore that file."
        )
    return pseudonyms


def _plain(key: bytes) -> bytes:
    """Return a key as it was made: a text editor may have put a mark before it, or doubled its letters."""
    if marked(key):
        with suppress(UnicodeDecodeError):
            if (text := decoded(key).strip()).isascii():
                return text.encode()
    return key.strip()


def _make_key(file: Path) -> None:
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise InvalidInputError(f"The pseudonyms' key {file} cannot be made: {error.strerror}.") from error
    with os.fdopen(handle, "wb") as out:
        out.write(secrets.token_hex(32).encode() + b"\n")
