"""What was named on the command line, opened: a file, a packed one, a zip or a folder. Nothing is unpacked to disk."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import stat
import struct
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, cast

from soma_audit.errors import InvalidInputError
from soma_audit.imports.sources.zips import UnreadableError, holds_something, is_zip, open_member, open_zip
from soma_audit.text_files import MARK, marked, name_of, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from _typeshed import WriteableBuffer as Buffer

HEAD = 1 << 16
"""How many bytes of a file are looked at to tell what it is."""
LONGEST = 1 << 26
"""The longest line, or list entry, that is read, in bytes; a packed file of one endless line would fill the memory."""
BLANK = b"\0\x1a\t\n\r "
"""What a file may hold without holding anything."""
_GZIP = b"\x1f\x8b"
BREAKS_OFF = (EOFError, OSError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, struct.error)
"""What reading a file that is cut off or damaged, or goes away meanwhile, raises."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file to be read, on disk or inside a zip."""

    name: str
    """How messages and page addresses call it, such as `archive.zip/data/tweets.js`."""
    modified_at: datetime
    """What it shows was so at this time at the latest."""
    unpacked: Callable[[], BinaryIO]

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Open it for reading, unpacked if it is gzip, whatever its name says.

        Raises:
            InvalidInputError: it cannot be read.
        """
        try:
            raw = self.unpacked()
        except OSError as error:
            raise _unreadable(self.name, error) from error
        with raw:
            try:
                packed = raw.peek(2)[:2] == _GZIP  # type: ignore[attr-defined]
            except OSError as error:
                raise _unreadable(self.name, error) from error
            yield cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if packed else raw

    @contextmanager
    def in_utf8(self) -> Iterator[BinaryIO]:
        """Open it for reading as UTF-8 without a mark; what was redirected to a file in Windows' shell is UTF-16.

        Raises:
            InvalidInputError: it cannot be read.
        """
        with self.open() as stream:
            encoding, mark = _encoding_of(stream)
            stream.read(mark)
            plain = encoding == "utf-8"
            yield stream if plain else cast("BinaryIO", io.BufferedReader(_AsUtf8(stream, encoding)))

    def head(self) -> bytes:
        """Return its first bytes."""
        with self.open() as stream:
            return read_on(stream, HEAD)[0]


def _unreadable(name: str, error: OSError) -> InvalidInputError:
    if isinstance(error, FileNotFoundError):
        return UnreadableError(f"There is no file {name}.")
    return UnreadableError(f"{name} cannot be read: {error.strerror or type(error).__name__}.")


def _encoding_of(stream: BinaryIO) -> tuple[str, int]:
    """Return how a stream is encoded, and the length of the mark that says so."""
    try:
        return marked(stream.peek(MARK)[:MARK]) or ("utf-8", 0)  # type: ignore[attr-defined]
    except BREAKS_OFF:
        return "utf-8", 0


class _AsUtf8(io.RawIOBase):
    """Reads another encoding as UTF-8."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._text = io.TextIOWrapper(
            cast("io.BufferedReader", stream), encoding, errors="replace", newline=""
        )
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        into = memoryview(buffer)
        self._rest = self._rest or self._text.read(len(into)).encode(errors="replace")
        size = min(len(into), len(self._rest))
        into[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def read_on(stream: BinaryIO, size: int) -> tuple[bytes, bool]:
    """Read so many bytes; of a packed file that breaks off, all that can be unpacked, and word that it does."""
    pieces, missing = [], size
    try:
        while missing and (batch := stream.read1(missing)):  # type: ignore[attr-defined]
            pieces.append(batch)
            missing -= len(batch)
    except BREAKS_OFF:
        return b"".join(pieces), True
    return b"".join(pieces), False


@dataclass(frozen=True, slots=True)
class Package:
    """All that one name on the command line stands for."""

    name: str
    members: Mapping[str, Source] = field(default_factory=dict)
    """By path inside the zip or folder."""
    single: bool = False
    """It is one file, not a zip or a folder of them."""
    damage: dict[str, str] = field(default_factory=dict)
    """A sentence about each part that cannot be read, or not to its end: found when it is opened, or while it is read."""

    @property
    def sources(self) -> list[Source]:
        """Everything that could be read."""
        return list(self.members.values())

    def divided(self, homes: Collection[str]) -> list[Package]:
        """Return it in parts: what stands in each of these folders, and first what stands in none of them."""
        found: dict[str, dict[str, Source]] = {home: {} for home in ("", *sorted(homes))}
        for path, source in self.members.items():
            home = max((h for h in found if path.startswith(h)), key=len)
            found[home][path] = source
        return [
            Package(f"{self.name}/{printable(home)}".rstrip("/"), members, damage=self.damage)
            for home, members in found.items()
            if members
        ]


@contextmanager
def opened(path: Path) -> Iterator[Package]:
    """Look into a file, a zip or a folder.

    Raises:
        InvalidInputError: it is not there, cannot be read, or is a zip of which nothing can be.
    """
    name, shown = name_of(path), printable(path.name) or name_of(path)
    try:
        whole = _whole(path, name, shown)
        in_zip = isinstance(whole, Source) and is_zip(path)
    except OSError as error:
        raise _unreadable(name, error) from error
    if isinstance(whole, Package):
        yield whole
    elif in_zip:
        damage: dict[str, str] = {}
        with open_zip(path, shown, damage.setdefault) as (archive, entries):
            yield Package(shown, _zipped(archive, entries, whole, damage), damage=damage)
    else:
        yield Package(shown, {path.name: whole}, single=True)


def _whole(path: Path, name: str, shown: str) -> Source | Package:
    """Return what a name stands for: a file, or a folder of them."""
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        return _folder(path, shown)
    if stat.S_ISREG(mode):
        return _on_disk(path, shown)
    raise InvalidInputError(  # to open a pipe would be to wait for whoever writes to it
        f"{name} is a pipe or a device, not a file. Send what it holds to standard input: … | soma-audit import -"
    )


def _on_disk(path: Path, name: str) -> Source:
    return Source(name, _day(path.stat().st_mtime), partial(_read, path))


def _day(seconds: float) -> datetime:
    """Return a file's time; one that a broken clock has set beyond all years is no time at all, and so the first."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def _read(path: Path) -> BinaryIO:
    return path.open("rb")


def _folder(folder: Path, name: str) -> Package:
    """Return the files of a folder; what is neither file nor folder holds nothing, and to open a pipe would be to wait."""
    found: dict[str, Source] = {}
    damage: dict[str, str] = {}

    def closed(error: OSError) -> None:
        inside = Path(error.filename or folder)
        if inside == folder:
            raise _unreadable(name_of(folder), error) from error
        shown = f"{name}/{printable(inside.relative_to(folder).as_posix())}"
        damage[shown] = str(_unreadable(shown, error))

    for here, _, names in os.walk(folder, onerror=closed):  # does not follow links out of the folder
        for path in (Path(here) / one for one in sorted(names)):
            inside = path.relative_to(folder).as_posix()
            try:
                if stat.S_ISREG(path.lstat().st_mode):
                    found[inside] = _on_disk(path, f"{name}/{printable(inside)}")
            except OSError as error:
                closed(error)
    return Package(name, dict(sorted(found.items())), damage=damage)


def _zipped(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], whole: Source, damage: dict[str, str]
) -> dict[str, Source]:
    found = {}
    for entry in entries:
        inside = PurePosixPath(entry.filename)
        if holds_something(entry) and not inside.is_absolute() and ".." not in inside.parts:
            name = f"{whole.name}/{printable(entry.filename)}"
            read = partial(open_member, archive, entry, name, damage.setdefault)
            found[entry.filename] = Source(name, whole.modified_at, read)
    return found
