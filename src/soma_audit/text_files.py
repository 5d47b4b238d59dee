"""Text files as people's machines write them: any mark at the beginning, any line ends, and what old programs put at the end.

Notepad and PowerShell put a mark before UTF-8 or write UTF-16, `cmd /u` writes UTF-16 without one, Excel writes
Windows-1252, and copying under DOS ends with Ctrl-Z.
"""

from __future__ import annotations

import codecs
import tomllib
from typing import TYPE_CHECKING, Any

from soma_audit.errors import InvalidInputError

if TYPE_CHECKING:
    from pathlib import Path

STANDARD_INPUT = "standard input"
"""What a file is called, on disk and in messages, in which standard input is kept while it is read."""
AT_END = "\0\x1a"
"""What may stand behind a text: the rest of a block of the disk, and DOS's mark of the end."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins as the mark of UTF-16 does
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
MARK = 4
"""How many bytes tell how a text is encoded."""


def marked(head: bytes) -> tuple[str, int] | None:
    """Return how a text is encoded and how long its mark is, if its first bytes tell; None for plain UTF-8, or older."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, len(mark)
    if len(head) >= MARK and any(head[:MARK]):  # two letters of our alphabet without a mark
        if head[1] == head[3] == 0 and head[0] and head[2]:
            return "utf-16-le", 0
        if head[0] == head[2] == 0 and head[1] and head[3]:
            return "utf-16-be", 0
    return None


def decoded(raw: bytes, otherwise: str = "utf-8") -> str:
    """Return a whole text without mark, with line feeds only; `otherwise` is how it may be encoded if it is not UTF-8.

    Raises:
        UnicodeDecodeError: it is encoded in another way, or damaged.
    """
    encoding, mark = marked(raw) or ("utf-8", 0)
    try:
        text = raw[mark:].decode(encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8" or mark:
            raise
        text = raw.decode(otherwise)
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip(AT_END)


def read_text(file: Path, what: str, *, table: bool = False) -> str:
    """Return a file's text; `what` is what messages call it, as in `The register`.

    A table may be as Excel writes it on Windows.

    Raises:
        InvalidInputError: it is not there, cannot be read or is not a text.
    """
    try:
        return decoded(file.read_bytes(), "cp1252" if table else "utf-8")
    except OSError as error:
        why = error.strerror or type(error).__name__
    except UnicodeDecodeError:
        why = "it is not text in UTF-8. Save it anew with that encoding"
    raise InvalidInputError(f"{what} {name_of(file)} cannot be read: {why}.")


def read_toml(file: Path, what: str) -> dict[str, Any]:
    """Return what a TOML file says.

    Raises:
        InvalidInputError: it is not there, cannot be read or is not TOML.
    """
    try:
        return tomllib.loads(read_text(file, what))
    except (ValueError, RecursionError) as error:  # a number of too many digits is no TOMLDecodeError
        raise InvalidInputError(f"{name_of(file)} is not valid TOML: {error}.") from error


def name_of(path: Path | str) -> str:
    """Return what messages call a file."""
    if str(path).endswith(f"/{STANDARD_INPUT}"):
        return STANDARD_INPUT
    return printable(str(path))


def printable(text: str) -> str:
    r"""Return a name that any screen, log and database takes: line feeds as `\n`, bytes that are no letters as `\udcff`."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
