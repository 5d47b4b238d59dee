"""Zips, sound or damaged: what can still be read of one is read, and what cannot is noted by name."""

from __future__ import annotations

import copy
import io
import lzma
import mmap
import re
import struct
import zipfile
import zlib
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, BinaryIO, cast

from soma_audit.errors import InvalidInputError
from soma_audit.text_files import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from _typeshed import WriteableBuffer as Buffer

    Note = Callable[[str, str], object]
    """Takes the name of what is damaged, and a sentence about it."""


class UnreadableError(InvalidInputError):
    """A file cannot be read, for no reason that the user has to decide on: others beside it still can."""


LONGEST = 1 << 26
"""A member that unpacks to less than this, in bytes, is harmless whatever its ratio."""
BOMB = 200
"""A member that unpacks to so many times its size holds no posts."""
AGAIN = "Download it again if you can."
_MEMBER, _LISTED = b"PK\x03\x04", b"PK\x01\x02"
_EMPTY = b"PK\x05\x06" + bytes(18)
_HEADER = struct.Struct("<4s5H3L2H")
_ENCRYPTED, _SIZES_FOLLOW, _IN_UTF_8 = 0x1, 0x8, 0x800
_NAME = re.compile(r"[^\0-\x1f\"{}\[\]<>|]{1,255}")
"""What no system lets into a name, a header that only looks like one may have: then it is of somebody's text."""
_STEP = 1 << 12
"""So many bytes are unpacked at a time: what has been unpacked before an error, but in the same step, is lost."""
_UNKNOWN = (0, 0xFFFFFFFF)
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, OSError, ValueError, RuntimeError, TypeError, OverflowError, MemoryError, LookupError),
)
"""What the standard library raises, here or there, on a zip whose bytes have changed."""


def is_zip(path: Path) -> bool:
    """Return whether a file begins as a zip, or ends as one."""
    with path.open("rb") as file:
        return file.read(len(_MEMBER)) == _MEMBER or zipfile.is_zipfile(file)


@contextmanager
def open_zip(path: Path, name: str, note: Note) -> Iterator[tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]]:
    """Yield a zip and its members; those of a damaged one are looked for by the header that stands before each.

    Raises:
        InvalidInputError: nothing can be found in it.
    """
    with ExitStack() as stack:
        file = stack.enter_context(path.open("rb"))
        try:
            archive = stack.enter_context(zipfile.ZipFile(file))
        except _DAMAGED:
            archive = stack.enter_context(zipfile.ZipFile(io.BytesIO(_EMPTY)))
            archive.fp = file
            listed, is_whole = [], False
        else:
            listed, is_whole = archive.infolist(), True
        sound = [entry for entry in listed if _can_be_opened(archive, entry)]
        if is_whole and len(sound) == len(listed):
            yield archive, listed
            return
        found = [*sound, *(e for e in _scan(file, sound) if _can_be_opened(archive, e))]
        if not any(holds_something(entry) for entry in found):
            raise InvalidInputError(f"{name} cannot be read: the zip is damaged or not complete. {AGAIN}")
        note(name, f"{name} is damaged or not complete: it was searched for what can be read. {AGAIN}")
        known = {e.filename for e in found} | {e.header_offset for e in found}
        for entry in (e for e in listed if not known & {e.filename, e.header_offset}):
            member = f"{name}/{printable(entry.filename)}"
            note(member, f"{member} cannot be read: its header is damaged.")
        yield archive, found


def holds_something(entry: zipfile.ZipInfo) -> bool:
    """Return whether a member is a file: a folder's name ends with a slash, and only damage leaves no name."""
    return bool(entry.filename) and not entry.filename.endswith("/")


def _can_be_opened(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """Return whether the header before a member agrees with the zip's list, or is locked and so cannot be checked."""
    if entry.flag_bits & _ENCRYPTED:
        return True  # which is told when it is wanted
    try:
        archive.open(entry).close()
    except NotImplementedError:
        return True
    except _DAMAGED:
        return False
    return True


def _scan(file: BinaryIO, sound: list[zipfile.ZipInfo]) -> Iterator[zipfile.ZipInfo]:
    """Yield the members whose headers stand in a file, but for those that are known, and what stands inside these."""
    ends = {e.header_offset: e.header_offset + _HEADER.size + e.compress_size for e in sound}
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        at = content.find(_MEMBER)
        while at >= 0:
            if at in ends:
                end = ends[at]
            else:
                entry, end = _member_at(content, at)
                if entry:
                    yield entry
            at = content.find(_MEMBER, end)


def _member_at(content: mmap.mmap, at: int) -> tuple[zipfile.ZipInfo | None, int]:
    """Return the member whose header stands at a place, and where it ends at the earliest."""
    header = content[at : at + _HEADER.size]
    if len(header) < _HEADER.size:
        return None, at + 1
    _, _, flags, method, _, _, crc, packed, size, name_size, extra_size = _HEADER.unpack(header)
    name = content[at + _HEADER.size : at + _HEADER.size + name_size]
    start = at + _HEADER.size + name_size + extra_size
    try:
        entry = zipfile.ZipInfo(name.decode("utf-8" if flags & _IN_UTF_8 else "cp437"))
    except UnicodeDecodeError:
        return None, at + 1
    if not _NAME.fullmatch(entry.filename) or start > len(content):
        return None, at + 1
    is_known = not flags & _SIZES_FOLLOW and packed not in _UNKNOWN
    end = start + packed
    if not is_known or (content[end : end + 2] != b"PK" and end != len(content)):
        is_known = False
        end = _found(content, _MEMBER, start, len(content))
        end = _found(content, _LISTED, start, end)
    entry.header_offset, entry.compress_type, entry.flag_bits = at, method, flags
    entry.compress_size = end - start
    entry.file_size = size if is_known else entry.compress_size * BOMB
    if is_known:
        entry.CRC = crc
    return entry, end


def _found(content: mmap.mmap, sign: bytes, start: int, end: int) -> int:
    at = content.find(sign, start, end)
    return at if at >= 0 else end


def open_member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, note: Note) -> BinaryIO:
    """Open a member; its declared size is kept to, so that it cannot be a bomb unless it says so.

    Damage that is met while it is read is noted, and ends it.

    Raises:
        InvalidInputError: it is locked, packed in a way that is not known, or a bomb.
        UnreadableError: it is damaged.
    """
    if entry.flag_bits & _ENCRYPTED:
        raise InvalidInputError(
            f"{name} is locked with a password. Unpack the zip with the password, and import the folder."
        )
    if entry.file_size > LONGEST and entry.file_size > BOMB * entry.compress_size:
        times = entry.file_size // max(entry.compress_size, 1)
        raise InvalidInputError(
            f"{name} would unpack to {times} times its size: it holds no posts. Leave this zip alone."
        )
    crc = getattr(entry, "CRC", None)
    unchecked = copy.copy(entry)
    if crc is not None:
        del unchecked.CRC  # what a wrong one stands behind would not be given at all
    try:
        stream = archive.open(unchecked)
    except NotImplementedError:
        raise InvalidInputError(
            f"{name} is packed in a way that cannot be read here (zip method {entry.compress_type})."
            " Unpack the zip with another program, and import the folder."
        ) from None
    except _DAMAGED:
        raise UnreadableError(f"{name} cannot be read: its header is damaged. {AGAIN}") from None
    return cast(
        "BinaryIO", io.BufferedReader(_Noting(stream, crc, lambda said: note(name, f"{name} {said} {AGAIN}")))
    )


class _Noting(io.RawIOBase):
    """Reads a member up to its end, or to where it is damaged."""

    def __init__(self, stream: object, crc: int | None, note: Callable[[str], object]) -> None:
        self._stream, self._expected, self._note = cast("zipfile.ZipExtFile", stream), crc, note
        self._crc = 0
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        if self._ended:
            return 0
        into = memoryview(buffer)
        try:
            batch = self._stream.read1(min(len(into), _STEP))
        except _DAMAGED:
            self._ended = True
            self._note("is damaged: what stands behind that place cannot be read.")
            return 0
        if not batch:
            self._ended = True
            if self._expected not in {None, self._crc}:
                self._note("is damaged: its checksum is wrong, so a post in it may be, too.")
            return 0
        self._crc = zlib.crc32(batch, self._crc)
        into[: len(batch)] = batch
        return len(batch)

    def close(self) -> None:
        self._stream.close()
        super().close()
