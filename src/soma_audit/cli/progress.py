"""What a long command shows while it works: on a terminal two lines on standard error, elsewhere nothing."""

from __future__ import annotations

import signal
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Progress

BRIEF = 3.0
"""Seconds too few to show a bar for."""


class Screen:
    """Shows what is being asked, and how long a network's limit makes us wait. Several threads may wait at once."""

    def __init__(self, what: str, *, quiet: bool) -> None:
        self._what = what
        self._progress = None if quiet or sys.stderr is None or not sys.stderr.isatty() else _bars()
        self._line = self._progress.add_task(what, total=None) if self._progress else None
        self._shown = threading.Lock()
        self._stopped = threading.Event()

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._stop)
        if self._progress:
            self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress:
            self._progress.stop()
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self._before)

    def _stop(self, *_: object) -> NoReturn:
        """Wake those who wait: nobody who presses Ctrl-C wants to sit out a limit."""
        self._stopped.set()
        raise KeyboardInterrupt

    def say(self, now: object) -> None:
        """Show what is being worked on."""
        if self._progress and self._line is not None:
            self._progress.update(self._line, description=f"{self._what} {now}")

    def pause(self, seconds: float) -> None:
        """Wait; one bar is shown, however many wait."""
        if self._progress and seconds > BRIEF and self._shown.acquire(blocking=False):
            try:
                self._wait_with_bar(self._progress, seconds)
            finally:
                self._shown.release()
        else:
            self._wait(seconds)

    def _wait_with_bar(self, progress: Progress, seconds: float) -> None:
        bar = progress.add_task("Waiting until the network's limit is lifted", total=seconds)
        end = time.monotonic() + seconds
        try:
            while (left := end - time.monotonic()) > 0:
                progress.update(bar, completed=seconds - left)
                self._wait(min(left, 0.5))
        finally:
            progress.remove_task(bar)

    def _wait(self, seconds: float) -> None:
        if self._stopped.wait(seconds):
            raise KeyboardInterrupt


def _bars() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    words = TextColumn("{task.description}", markup=False)
    return Progress(words, BarColumn(), TimeRemainingColumn(), console=Console(stderr=True), transient=True)


@contextmanager
def progress(what: str, *, quiet: bool) -> Iterator[Callable[[object], None]]:
    """Show on a terminal what is being worked on; elsewhere nothing."""
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status(Text(what)) as status:
        yield lambda now: status.update(Text(f"{what} {now}"))
