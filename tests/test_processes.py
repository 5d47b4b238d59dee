"""Work is spread over processes of their own, and none of them is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from itertools import count
from multiprocessing import active_children
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from soma_audit import processes as module
from soma_audit.errors import InvalidInputError, RunAgainError
from soma_audit.processes import AHEAD, processes, spread
from work_for_processes import add, be_killed, begin, begin_badly, fail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def none_is_left() -> bool:
    """Return whether all processes have ended, or do so in a moment."""
    return _soon(lambda: not active_children())


def _soon(done: Callable[[], bool]) -> bool:
    until = time.monotonic() + 5
    while not (is_done := done()) and time.monotonic() < until:
        time.sleep(0.05)
    return is_done


def spread_over_two(tasks: Iterator[int] | range) -> Iterator[int]:
    return spread(add, tasks, count=2, begin=begin, arguments=(10,))


def test_there_is_at_least_one() -> None:
    assert processes() >= 1


@pytest.mark.parametrize("error", [PermissionError(13, "no"), ImportError("no semaphores")])
def test_there_is_only_one_where_processes_cannot_wait_for_each_other(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: str) -> None:
        raise error

    monkeypatch.setattr(module, "get_context", fail)
    assert processes() == 1


def test_everything_is_done_once_whatever_is_done_first() -> None:
    found = list(spread_over_two(range(9)))
    assert sorted(found) == list(range(10, 19))
    assert found[0] != 10


def test_no_more_is_taken_than_is_needed_soon() -> None:
    endless = count(1)
    results = spread_over_two(endless)
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert next(endless) <= 2 * AHEAD + 2


def test_none_is_left_when_nobody_wants_more() -> None:
    results = spread_over_two(count(1))
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert none_is_left()


@pytest.mark.parametrize(("work", "error"), [(be_killed, RunAgainError), (fail, ValueError)])
def test_whoever_waits_is_told_what_went_wrong(work: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        list(spread(work, range(3), count=2, begin=begin, arguments=(0,)))  # type: ignore[arg-type]
    assert none_is_left()


def test_what_hinders_a_process_from_beginning_is_told_as_it_is() -> None:
    with pytest.raises(InvalidInputError, match="There is no database"):
        list(spread(add, range(3), count=2, begin=begin_badly, arguments=(0,)))


def test_all_end_with_a_parent_that_is_killed() -> None:
    program = (
        "import os, signal\n"
        "from soma_audit.processes import spread\n"
        "from work_for_processes import begin, pid\n"
        "if __name__ == '__main__':\n"
        "    print(next(spread(pid, range(9), count=2, begin=begin, arguments=(0,))), flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
        timeout=60,
    )
    worker = int(ended.stdout)
    assert _soon(lambda: not _lives(worker))


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
