"""What went wrong, named by what the caller should do next.

Every message says what happened, to which account or file, and what a person can do; none holds a token.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


class Exit(IntEnum):
    """The exit codes of every command."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    PARTIAL = 3
    FINDINGS = 4
    LOCKED = 11
    INTERRUPTED = 130


EXIT_MEANING = {
    Exit.DONE: "done",
    Exit.FAILED: "failed; the message says why",
    Exit.USAGE: "usage, configuration or register: nothing was started",
    Exit.PARTIAL: "partial: something could not be seen, or input was damaged; what was good is kept",
    Exit.FINDINGS: "`--fail-on` matched; the rest may be complete or partial",
    Exit.LOCKED: "another run holds the lock",
    Exit.INTERRUPTED: "interrupted",
}


class SomaError(Exception):
    """Root of all errors that are told to the user without a traceback."""

    exit_code = Exit.FAILED


class InvalidInputError(SomaError):
    """The user has to change something before it makes sense to start: configuration, register, arguments, file."""

    exit_code = Exit.USAGE

    def __init__(self, message: str, mistakes: Iterable[str] = ()) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join([message, *(f"  {m}" for m in self.mistakes)]))


class RunAgainError(SomaError):
    """It was cut off, and nothing is wrong with the input: run the same command again."""


class LockedError(SomaError):
    """Another run holds the lock: leave it alone and come back."""

    exit_code = Exit.LOCKED


class NotReadableError(SomaError):
    """Root of all that leaves a gap: part of what was asked for has not been seen."""

    exit_code = Exit.PARTIAL

    def __init__(self, reason: str, message: str) -> None:
        self.reason = reason
        """One of `labels.GAP_REASONS`."""
        super().__init__(message)


class SkipStreamError(NotReadableError):
    """This stream cannot be read; go on with the account's next one."""


class SkipAccountError(NotReadableError):
    """This account cannot be read; go on with the next one."""


class SkipNetworkError(NotReadableError):
    """Nothing more can be had from this network in this run."""


class RetryLaterError(SkipNetworkError):
    """A limit of the network: nothing is wrong, come back at `at`."""

    def __init__(self, message: str, at: datetime | None, *, reason: str = "rate_limit") -> None:
        self.at = at
        super().__init__(reason, message)
