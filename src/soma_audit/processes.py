"""Pure work spread over the machine's cores: processes of their own do it, and the caller alone keeps what comes of it."""

from __future__ import annotations

import os
import signal
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, get_context, parent_process
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar

from soma_audit.errors import RunAgainError
from soma_audit.garbage_collection import seldom

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")
R = TypeVar("R")

MOST = 8
"""Processes; with more, the one that writes could not keep up."""
AHEAD = 2
"""Tasks that each process is given ahead of time: it need not wait, and little stands in memory."""


def processes() -> int:
    """Return how many processes may work side by side here: one where the system gives them nothing to wait for each other by."""
    try:
        get_context("spawn").Lock()
    except (ImportError, OSError):  # no /dev/shm, as in some containers
        return 1
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        cores = os.cpu_count() or 1
    return min(cores, MOST)


def spread(
    work: Callable[[T], R],
    tasks: Iterable[T],
    *,
    count: int,
    begin: Callable[..., None],
    arguments: tuple[Any, ...] = (),
) -> Iterator[R]:
    """Yield what `work` makes of each task, from so many processes, as it is done.

    Each process first calls `begin` with the arguments. All of it is pickled, so the functions stand in modules. Tasks are
    taken as they are needed: no more than `AHEAD` of them a process are under way.

    Raises:
        RunAgainError: a process was killed.
    """
    pool = ProcessPoolExecutor(
        count, mp_context=get_context("spawn"), initializer=_begin, initargs=(begin, arguments)
    )
    under_way: list[Future[R]] = []
    try:
        for task in tasks:
            under_way.append(pool.submit(_do, work, task))
            while len(under_way) >= AHEAD * count:
                yield _next_done(under_way)
        while under_way:
            yield _next_done(under_way)
        pool.shutdown()
    except BrokenProcessPool as error:
        raise RunAgainError(
            "A process that did part of the work was killed; perhaps there is too little memory."
            " What is saved is kept: run the same command again."
        ) from error
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        left = active_children()
        for child in left:
            child.terminate()
        for child in left:
            child.join()


def _next_done(under_way: list[Future[R]]) -> R:
    found = next(iter(wait(under_way, return_when=FIRST_COMPLETED).done))
    under_way.remove(found)
    return found.result()


_hindrance: Exception | None = None
"""What kept this process from beginning."""


def _begin(begin: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    """Leave it to the parent to be interrupted, and end with it."""
    global _hindrance  # noqa: PLW0603 - of a process that has only this to do
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    seldom()
    try:
        begin(*arguments)
    except Exception as error:  # noqa: BLE001 - raised where work is asked for: here it would only break the pool
        _hindrance = error


def _do(work: Callable[[T], R], task: T) -> R:
    if _hindrance is not None:
        raise _hindrance
    return work(task)


def _end_with_parent() -> None:
    if (parent := parent_process()) is not None:
        parent.join()
        os._exit(1)
