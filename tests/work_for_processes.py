"""What other processes are given to do in tests: they find it by this module's name."""

from __future__ import annotations

import os
import signal
import time

from soma_audit.errors import InvalidInputError

OFFSET = 0


def begin(offset: int) -> None:
    global OFFSET  # noqa: PLW0603 - of a process that has only this to do
    OFFSET = offset


def begin_badly(_: int) -> None:
    raise InvalidInputError("There is no database.")


def add(number: int) -> int:
    if number == 0:
        time.sleep(0.3)  # the first is done last
    return number + OFFSET


def be_killed(_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail(number: int) -> int:
    raise ValueError(number)


def pid(_: int) -> int:
    return os.getpid()
