"""One entry of a file, as it was read; or why it could not be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from soma_audit.model import Account, Post


@dataclass(frozen=True, slots=True)
class Broken:
    """What is kept out, and why. The reason quotes nothing of it."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotARow:
    """What stands in a table and is none of its rows: counted by what it is."""

    what: str


class Record(NamedTuple):
    """One line of a file, one entry of a list or one row of a table."""

    line: int
    """The line on which it begins."""
    raw: bytes
    """As it stands in the file."""
    value: Any
    """What it says, or `Broken`, or `NotARow`."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Word that a network's post, or all that a person wrote there, is to be forgotten."""

    network: str
    native_id: str


@dataclass(frozen=True, slots=True)
class NotPublic:
    """Word that a post on an account's wall has never been public: one that was taken in before is taken out."""

    account: Account
    native_id: str


Found = tuple["Account", "Post"] | Broken | Gone | NotPublic
"""What a record gives: a post and whose wall it stands on, a part that cannot be read, or word of what is gone or no post."""


class BadRecordError(ValueError):
    """A record, or a post in it, that cannot be taken in; the message says why and quotes nothing of it."""
