"""Python's search for reference cycles, made seldom where it only costs time."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def seldom() -> None:
    """Look for cycles seldom from now on, in a process that does nothing else."""
    gc.set_threshold(100_000, 50, 50)


@contextmanager
def in_bulk() -> Iterator[None]:
    """Look for cycles seldom: importing and classifying make millions of small things that have none.

    Looking every 700, as Python does, costs a third more time. Not for collecting: HTTP answers do have cycles.
    """
    usual = gc.get_threshold()
    seldom()
    try:
        yield
    finally:
        gc.set_threshold(*usual)
