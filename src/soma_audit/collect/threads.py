"""Threads asked for one by one: one that cannot be read is told and left, and the rest goes on."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING, TypeAlias

from soma_audit.collect.network import NotThereError
from soma_audit.errors import SkipStreamError
from soma_audit.model import Gap, Notices, Page, Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from soma_audit.collect.transport import Json

    PageOf: TypeAlias = Callable[[Json, str | None], Page]
    """Makes a page of the newest answer: its body, and the thread to go on with."""

ONE_THREADS = frozenset({"unreachable", "damaged", "permission"})
"""Why a single thread may not be readable though others are."""


def read_threads(
    threads: Sequence[str], read: Callable[[str, str | None], Page | None], page_of: PageOf
) -> Iterator[Page]:
    """Yield a page for each thread, which `read` returns by the thread and the one after it; None: it has been read before.

    Raises:
        SkipStreamError: two in a row cannot be read, so it is not the thread; the next walk goes on with the first of them.
    """
    failed: tuple[str, SkipStreamError] | None = None
    for thread, after in zip_longest(threads, threads[1:]):
        try:
            page = read(thread, after)
        except NotThereError as error:
            page = _refused(thread, error, page_of, after)
        except SkipStreamError as error:
            if failed is not None or error.reason not in ONE_THREADS:
                raise (failed[1] if failed else error) from error
            failed = thread, error
            continue
        if page is None:
            continue
        if failed is not None:
            yield _refused(*failed, page_of, thread)
            failed = None
        yield page
    if failed is not None:
        yield _refused(*failed, page_of, None)


def _refused(thread: str, error: SkipStreamError, page_of: PageOf, after: str | None) -> Page:
    """Return the page that says that a thread was asked for in vain: it is not there, or there is no telling why."""
    page = replace(page_of({"of": thread, "error": str(error)}, after), url=f"refused:{thread}", reread=True)
    if isinstance(error, NotThereError):
        return replace(page, notices=Notices(missing=(thread,), refused_threads=(thread,)))
    detail = f"the replies under post {thread} ({error})"
    gap = Gap(stream=Stream.COMMENTS, reason="unreachable", detail=detail)
    return replace(page, notices=Notices(refused_threads=(thread,)), gaps=(gap,))
