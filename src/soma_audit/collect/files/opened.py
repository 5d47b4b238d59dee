"""What was named on the command line, opened: a file, a packed one, a zip or a folder. Nothing is unpacked to disk."""

from __future__ import annotations

import codecs
import gzip
import io
import os
import zipfile
import zlib
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, cast

from soma_audit.errors import MendInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from _typeshed import WriteableBuffer as Buffer

HEAD = 1 << 16
"""How many bytes of a file are looked at to tell what it is."""
LONGEST = 1 << 26
"""The longest line, or list entry, that is read, in bytes; a packed file of one endless line would fill the memory."""
BOMB = 200
"""A zip's member that unpacks to so many times its size holds no posts."""
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
BREAKS_OFF = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile)
"""What reading a packed file that is cut off or damaged raises."""


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
            MendInputError: it cannot be read.
        """
        try:
            with self.unpacked() as raw:
                buffered = raw if hasattr(raw, "peek") else cast("BinaryIO", io.BufferedReader(raw))
                packed = buffered.peek(2)[:2] == _GZIP  # type: ignore[attr-defined]
                yield cast("BinaryIO", gzip.GzipFile(fileobj=buffered)) if packed else buffered
        except FileNotFoundError:
            raise MendInputError(f"There is no file {self.name}.") from None
        except (
            OSError,
            RuntimeError,
            NotImplementedError,
        ) as error:  # a password, a way of packing that is not known
            why = getattr(error, "strerror", None) or error
            raise MendInputError(f"{self.name} cannot be read: {why}.") from error

    @contextmanager
    def in_utf8(self) -> Iterator[BinaryIO]:
        """Open it for reading as UTF-8; what was redirected to a file in Windows' shell is UTF-16.

        Raises:
            MendInputError: it cannot be read.
        """
        with self.open() as stream:
            yield cast("BinaryIO", io.BufferedReader(_AsUtf8(stream))) if _is_utf_16(stream) else stream

    def head(self) -> bytes:
        """Give its first bytes."""
        with self.open() as stream:
            return read_on(stream, HEAD)[0]


def _is_utf_16(stream: BinaryIO) -> bool:
    try:
        return bool(stream.peek(2)[:2] in _UTF_16)  # type: ignore[attr-defined]
    except BREAKS_OFF:
        return False


class _AsUtf8(io.RawIOBase):
    """Reads UTF-16 as UTF-8."""

    def __init__(self, stream: BinaryIO) -> None:
        self._text = io.TextIOWrapper(
            cast("io.BufferedReader", stream), "utf-16", errors="replace", newline=""
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
        while missing and (piece := stream.read1(missing)):  # type: ignore[attr-defined]
            pieces.append(piece)
            missing -= len(piece)
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

    @property
    def sources(self) -> list[Source]:
        """Everything that could be read."""
        return list(self.members.values())


@contextmanager
def opened(path: Path) -> Iterator[Package]:
    """Look into a file, a zip or a folder.

    Raises:
        MendInputError: it is not there, or it is no zip though it begins as one.
    """
    if path.is_dir():
        yield Package(path.name or str(path), _folder(path))
        return
    with ExitStack() as stack:
        try:
            archive = stack.enter_context(zipfile.ZipFile(path)) if _begins_as_zip(path) else None
        except (OSError, zipfile.BadZipFile) as error:
            why = getattr(error, "strerror", None) or "the zip is damaged or not complete; download it again"
            raise MendInputError(f"{path} cannot be read: {why}.") from error
        if archive is None:
            yield Package(path.name, {path.name: _on_disk(path, path.name)}, single=True)
        else:
            yield Package(path.name, _zipped(archive, path))


def _begins_as_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_ZIP)) == _ZIP


def _on_disk(path: Path, name: str) -> Source:
    try:
        modified = path.stat().st_mtime
    except OSError:
        raise MendInputError(f"There is no file {path}.") from None
    return Source(name, datetime.fromtimestamp(int(modified), UTC), partial(_read, path))


def _read(path: Path) -> BinaryIO:
    return path.open("rb")


def _folder(folder: Path) -> dict[str, Source]:
    found = {}
    for here, _, names in os.walk(folder):  # does not follow links out of the folder
        for name in sorted(names):
            path = Path(here) / name
            if not path.is_symlink():
                inside = path.relative_to(folder).as_posix()
                found[inside] = _on_disk(path, f"{folder.name}/{inside}")
    return dict(sorted(found.items()))


def _zipped(archive: zipfile.ZipFile, path: Path) -> dict[str, Source]:
    modified = _on_disk(path, path.name).modified_at
    found = {}
    for entry in archive.infolist():
        inside = PurePosixPath(entry.filename)
        if not entry.is_dir() and not inside.is_absolute() and ".." not in inside.parts:
            found[entry.filename] = Source(
                f"{path.name}/{entry.filename}", modified, partial(_member, archive, entry)
            )
    return found


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> BinaryIO:
    """Open a member; its declared size is kept to, so that it cannot be a bomb unless it says so."""
    if entry.file_size > LONGEST and entry.file_size > BOMB * entry.compress_size:
        times = entry.file_size // max(entry.compress_size, 1)
        raise MendInputError(
            f"{entry.filename} would unpack to {times} times its size: it holds no posts. Leave this zip alone."
        )
    return cast("BinaryIO", archive.open(entry))
