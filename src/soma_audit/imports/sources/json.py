"""JSON in files: one value a line, one list, or values one after another; read in pieces, and past what is broken."""

from __future__ import annotations

import codecs
import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

from soma_audit.collect.pseudonyms import storable
from soma_audit.imports.record import Broken, Record
from soma_audit.imports.sources.opened import BLANK, BREAKS_OFF, HEAD, LONGEST, read_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from soma_audit.imports.sources.opened import Source

BREAKS = Broken("the file breaks off here")
NO_JSON = Broken("is not JSON")
_BLOCK = 1 << 20
_BOM = codecs.BOM_UTF8
_AROUND = frozenset({_BOM[0], *b"\0\x1a"})
"""With what a mark begins, and what may stand at the end of a file; files may have been put together end to end."""
_ASSIGNMENT = re.compile(r"\s*(?:(?:window|Grailbird)\.[\w.]+|(?:var|let|const) \w+)\s*=\s*")
"""In front of the JSON of a script, in archives of X of any year."""
_WRAPPED = re.compile(r'\s*\{\s*"(?:statuses|status_updates|comments|posts|\w+_v2)"\s*:\s*(?=\[)')
_AGAIN = re.compile(r"\n" + _WRAPPED.pattern.removeprefix(r"\s*"))
_BETWEEN = re.compile(r"[\s,;\ufeff\0\x1a]*")
"""What may stand between two values: files that were put together end to end have their marks in the middle."""
_OPENING = re.compile(r'\{\s*("(?:[^"\\]|\\.)*")\s*:')
_ANY_OPENING = re.compile(r'\{\s*"')
_HALF = re.compile(rb"\\u(?:[dD][89a-fA-F]|0000)")
_WHOLE = re.compile(rb"\\u[dD][89abAB]..\\u[dD][c-fC-F]..")
_raw_decode = json.JSONDecoder().raw_decode


def lines(source: Source) -> Iterator[Record]:
    """Yield a file's lines without what machines put around a text; one that is longer than anything real, or cut off, comes as broken."""
    number = 0
    with source.in_utf8() as stream:
        try:
            for line in iter(partial(stream.readline, LONGEST), b""):
                number += 1
                if len(line) == LONGEST and not line.endswith(b"\n"):
                    _skip_line(stream)
                    yield Record(number, b"", Broken(f"is longer than {LONGEST >> 20} MB"))
                elif b"\r" in line and b"\r" in line.rstrip(b"\r\n"):  # as old Macs end lines
                    parts = line.splitlines(keepends=True)
                    yield from (_line(n, part) for n, part in enumerate(parts, number))
                    number += len(parts) - 1
                else:
                    yield _line(number, line)
        except BREAKS_OFF:
            yield Record(number + 1, b"", BREAKS)


def _line(number: int, raw: bytes) -> Record:
    if raw[0] in _AROUND or raw[-1] in _AROUND:
        return Record(number, raw, raw.strip(BLANK).removeprefix(_BOM).strip(BLANK))
    return Record(number, raw, raw)


def _skip_line(stream: BinaryIO) -> None:
    rest = b"x"
    while rest and not rest.endswith(b"\n"):
        rest = stream.readline(LONGEST)


def json_records(source: Source) -> Iterator[Record]:
    """Yield the JSON values of a file: a line each, or the entries of a list, whichever the file is made of."""
    with source.in_utf8() as stream:
        head = read_on(stream, HEAD)[0].decode(errors="replace")
    assigned = _ASSIGNMENT.match(head)
    start = assigned.end() if assigned else 0
    wrapped = _WRAPPED.match(head, start)
    inside = head[wrapped.end() if wrapped else start :].lstrip()
    if inside.startswith("["):
        skip = len(head) - len(inside)
        yield from _entries(source, skip=skip, in_list=True, again=_AGAIN if wrapped else None)
    elif assigned or (inside.startswith("{") and not _a_value_a_line(source)):
        yield from _entries(source, skip=len(head) - len(inside), in_list=False)
    else:
        for record in lines(source):
            if isinstance(record.value, Broken):
                yield record
            elif record.value.strip(BLANK):
                yield record._replace(value=_parsed(record.value))


def _a_value_a_line(source: Source) -> bool:
    """Return whether the first line that holds a brace is a whole value: a page, or an object over many lines, is not."""
    for record in lines(source):
        if not isinstance(record.value, Broken) and record.value.lstrip().startswith(b"{"):
            return not isinstance(_parsed(record.value), Broken) or record.value.rstrip()[-1:] == b"}"
    return False


def _parsed(line: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        value = json.loads(line.decode())
    except (ValueError, RecursionError):
        return NO_JSON
    return _storable(value) if _may_be_unstorable(line) else value


def _may_be_unstorable(raw: bytes) -> bool:
    """Return whether half a character or NUL is in it; whole pairs, which are how JSON spells emoji, are sound."""
    return _HALF.search(raw) is not None and _HALF.search(_WHOLE.sub(b"", raw)) is not None


def _storable(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return without_unstorable(value)
    except RecursionError:
        return NO_JSON


def without_unstorable(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Replace half characters and NUL, which JSON can spell and no database takes, in every text of a value."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [without_unstorable(v) for v in value]
    if isinstance(value, dict):
        return {storable(k): without_unstorable(v) for k, v in value.items()}
    return value


def _entries(
    source: Source, *, skip: int, in_list: bool, again: re.Pattern[str] | None = None
) -> Iterator[Record]:
    with source.in_utf8() as stream:
        yield from _Entries(stream, skip, in_list=in_list, again=again).read()


class _Entries:
    """Reads the entries of a list, or values one after another, from a text that comes in blocks."""

    def __init__(self, stream: BinaryIO, skip: int, *, in_list: bool, again: re.Pattern[str] | None) -> None:
        self.stream, self.in_list, self.again = stream, in_list, again
        self.decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self.text, self.at = "", 0
        self.line, self.counted = 1, 0
        """The line that `counted`, a place in `text`, is on."""
        self.ended = self.broken_off = False
        self.opening: re.Pattern[str] | None = None
        while len(self.text) <= skip and not self.ended:
            self._more()
        self.at = skip

    def read(self) -> Iterator[Record]:
        if self.in_list:
            self.at += 1  # the bracket
        while self._to_next() or self._to_next_list():
            begin = self.at
            try:
                value, self.at = _raw_decode(self.text, begin)
            except (ValueError, RecursionError) as error:
                if self._may_go_on(error):
                    # twice as much each time: a long entry would otherwise be read from its beginning too often
                    self._more(len(self.text) - begin)
                    continue
                yield Record(self._line(begin), b"", BREAKS if self._cut(error) else NO_JSON)
                self.at += 1
                if not self._to(self.opening or _ANY_OPENING):
                    return
                continue
            raw = self.text[begin : self.at].encode(errors="replace")
            if self.opening is None and (first := _OPENING.match(self.text, begin)):
                self.opening = re.compile(rf"\{{\s*{re.escape(first[1])}\s*:")
            if _may_be_unstorable(raw):
                value = _storable(value)
            yield Record(self._line(begin), raw, value if isinstance(value, dict | list) else NO_JSON)
        if self.broken_off or (self.in_list and self.text[self.at : self.at + 1] != "]"):
            yield Record(self._line(self.at), b"", BREAKS)

    def _to_next(self) -> bool:
        """Go to where the next entry begins; return whether there is one."""
        while True:
            between = _BETWEEN.match(self.text, self.at)
            self.at = between.end() if between else self.at
            if self.at < len(self.text):
                return not (self.in_list and self.text[self.at] == "]")
            if self.ended:
                return False
            self._more()

    def _more(self, size: int = 0) -> None:
        self._line(self.at)
        block, breaks_off = read_on(self.stream, max(size, _BLOCK))
        self.broken_off |= breaks_off
        self.ended = not block
        self.text = self.text[self.at :] + self.decode(block, self.ended)
        self.counted -= self.at
        self.at = 0

    def _line(self, place: int) -> int:
        if place > self.counted:
            self.line += self.text.count("\n", self.counted, place)
            self.counted = place
        return self.line

    def _cut(self, error: Exception) -> bool:
        """Return whether the text ends within an entry, in contrast to an entry that is wrong."""
        if not isinstance(error, json.JSONDecodeError):
            return False
        return error.msg.startswith("Unterminated string") or error.pos > len(self.text) - 12

    def _may_go_on(self, error: Exception) -> bool:
        return self._cut(error) and not self.ended and len(self.text) - self.at < LONGEST

    def _to(self, opening: re.Pattern[str]) -> bool:
        """Go on to where something begins: past a broken entry, the next one, which begins as the first whole one did."""
        while True:
            found = opening.search(self.text, self.at)
            if found:
                self.at = found.start()
                return True
            if self.ended:
                return False
            self.at = max(len(self.text) - 200, self.at)  # an opening may stand across two blocks
            self._more()

    def _to_next_list(self) -> bool:
        """Go to the first entry of what follows a list: files, or answers, may have been put together end to end."""
        while self.in_list and self.text[self.at : self.at + 1] == "]":
            self.at, self.in_list = self.at + 1, False
            if not (self._to(self.again) if self.again else self._to_next()):
                return False
            if again := self.again and self.again.match(self.text, self.at):
                self.at = again.end()
            if self.text[self.at] == "[":
                self.at, self.in_list = self.at + 1, True
            if self._to_next():
                return True
        return False
