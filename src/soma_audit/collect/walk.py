"""A walk: one stream of one account, newest to oldest, one transaction a page, the bookmark last.

Killed at any instant and run again, the database ends the same: what was stored is found again, and the bookmark has
not moved before everything behind it was there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from soma_audit.collect.network import LostPlaceError
from soma_audit.errors import SkipStreamError
from soma_audit.model import Gap
from soma_audit.networks import impossible_time
from soma_audit.store import Added

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime, timedelta

    from soma_audit.collect.network import Network
    from soma_audit.model import Account, Page, Post, Stream, TokenKind
    from soma_audit.store import Store

_NONSENSE = (AttributeError, KeyError, OverflowError, TypeError, ValueError)
"""What reading an odd answer ends in. One must not stop the night's run."""


class Walk:
    """A walk under way: `ask` waits for the network, in any thread; `take` stores, in the one that has the store."""

    def __init__(
        self,
        store: Store,
        run: int,
        network: Network,
        account: Account,
        stream: Stream,
        *,
        now: datetime,
        revisit: timedelta,
        history: timedelta | None = None,
    ) -> None:
        self.stream = stream
        self.added = Added()
        self.gaps: list[Gap] = []
        """What its pages showed to be out of reach."""
        self._store, self._run, self._network, self._account = store, run, network, account
        self._now, self._revisit = now, revisit
        self._not_before = now - history if history is not None else None
        self._begun_again = False
        self._token: TokenKind | None = None
        self._rereads = False
        self.unpublished: set[str] = set()
        """Posts that the public cannot see, by native id: they were left out."""
        self.limited: set[str] = set()
        """Posts that are public to some only."""
        self.renamed_to: str | None = None
        """The account's name by now, where it is met for the first time."""
        self._begin()

    def _begin(self) -> None:
        self._since = self._store.walks.since(
            self._account, self.stream, now=self._now, revisit=self._revisit
        )
        if not self._since.bookmark:
            self._since = replace(self._since, not_before=self._not_before)
        self._goes_on = self._since.resume is not None
        if not self._goes_on:  # what an earlier run met before it was cut off is not met again by this one
            self._store.walks.drop_walk(self._account, self.stream)
        self._newest = self._store.walks.walk_newest(self._account, self.stream)
        self._pages: Iterator[Page] | None = None

    def ask(self) -> Page | None:
        """Ask for the next page; None: that was the last.

        Raises:
            NotReadableError: it cannot be had.
        """
        try:
            if self._pages is None:
                self._pages = self._network.pages(self._account, self.stream, self._since)
            return next(self._pages, None)
        except _NONSENSE as error:
            raise _damaged(error) from error

    def take(self, answer: Callable[[], Page | None]) -> bool:
        """Store what was asked for; return whether there is more to ask.

        Raises:
            NotReadableError: the walk is cut off; what came before is kept, and the next walk goes on from here.
        """
        try:
            page = answer()
        except LostPlaceError:
            if self._begun_again:
                raise
            self._begun_again = True
            self._store.walks.drop_walk(self._account, self.stream)
            self._begin()
            return True
        if page is None:
            self._store.walks.finish_walk(
                self._run,
                self._account,
                self.stream,
                self._newest,
                self._now,
                gaps=self.gaps,
                token=self._token,
            )
            if self._goes_on and self._rereads:  # an earlier run read the first part: it may have changed
                self._begin()
                return True
            return False
        try:
            self._keep(page)
        except _NONSENSE as error:
            raise _damaged(error) from error
        return True

    def _keep(self, page: Page) -> None:
        self._newest, self._token = self._newest or page.newest, page.token_kind
        self._rereads, told = page.reread, page.notices
        self.unpublished |= {*told.unpublished}
        self.limited |= {*told.limited}
        about, (page, posts) = self._network.about(page), self._read(page)
        self.added += self._store.posts.add_page(
            self._run, self._account, page, posts, about=about, newest=self._newest
        )
        if about and "native_id" in about:
            self._store.register.save_native_id(self._account, str(about["native_id"]))
            if self._store.register.note_name(self._account, page.renamed_to, page.fetched_at):
                self.renamed_to = page.renamed_to
        for gap in page.gaps:
            self._store.walks.add_gap(self._run, self._account, gap)
        self.gaps += page.gaps

    def _read(self, page: Page) -> tuple[Page, list[Post]]:
        """Return a page's posts without those whose time is impossible, and the page with a gap for these."""
        read = list(self._network.posts(page))
        posts = [p for p in read if not impossible_time(self._account.network, p.created_at, self._now)]
        if len(posts) == len(read):
            return page, posts
        detail = f"{len(read) - len(posts)} with an impossible time"
        gap = Gap(stream=self.stream, reason="damaged", detail=detail)
        # what was left out may be what seems to be missing from its thread
        told = replace(page.notices, read_threads=(), whole_threads=())
        return replace(page, gaps=(*page.gaps, gap), notices=told), posts


def _damaged(error: Exception) -> SkipStreamError:
    return SkipStreamError("damaged", f"an answer made no sense ({type(error).__name__})")
