"""Whether a walk leads in a circle. A network that sends the same page or the same place again would be walked for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from soma_audit.errors import SkipStreamError

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_EMPTY_PAGES = 50
"""So many in a row, each pointing to a next one, are no walk any more."""


class CycleDetector:
    """Where one walk has been."""

    def __init__(self, network: str, start: str | None = None) -> None:
        self._network = network
        self._pages: set[tuple[str, ...]] = set()
        self._places = {start}
        self._empty = 0

    def step(self, posts: Sequence[str], place: str | None) -> None:
        """Note what is on a page, and which place it points to, before the page is kept: it will be asked for again.

        Raises:
            SkipStreamError: the walk has been here already.
        """
        page = tuple(posts)
        self._empty = 0 if page else self._empty + 1
        if page and page in self._pages:
            raise SkipStreamError("damaged", f"{self._network} sent the same page twice")
        if place and place in self._places:
            raise SkipStreamError("damaged", f"{self._network} pointed back to a page that was read already")
        if self._empty > MOST_EMPTY_PAGES:
            raise SkipStreamError("damaged", f"{self._network} sent one empty page after another")
        self._pages.add(page)
        self._places.add(place)
