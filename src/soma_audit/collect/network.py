"""What a network is to the collector: pages asked for at the edge, and posts read from them, pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from soma_audit.errors import SkipStreamError
from soma_audit.model import Gap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from soma_audit.model import Account, Page, Post, Since, Stream


class LostPlaceError(SkipStreamError):
    """The network no longer knows the place where a walk was cut off: the walk has to begin again."""


class NotThereError(SkipStreamError):
    """The network says of one thing that it is not there: believed only when it says so again a night later."""


def unreadable(stream: Stream, posts: int) -> tuple[Gap, ...]:
    """Return the gap that so many posts leave that lack what a post needs: an id, an author, or a time that can be read."""
    detail = f"{posts} of the posts cannot be read"
    return (Gap(stream=stream, reason="damaged", detail=detail),) if posts else ()


class Network(Protocol):
    """One network. A new one is a file with this shape, and its name in `collect.NETWORKS`."""

    @property
    def name(self) -> str:
        """As the register writes it."""

    @property
    def streams(self) -> tuple[Stream, ...]:
        """The streams to walk, in order; `profile` first, since the others need what it tells."""

    def pages(self, account: Account, stream: Stream, since: Since) -> Iterator[Page]:
        """Ask for a stream's pages, newest first, from where `since` says.

        Raises:
            NotReadableError: part of it cannot be seen; its kind says how much to leave.
        """

    def posts(self, page: Page) -> Iterator[Post]:
        """Read the posts on a page."""

    def about(self, page: Page) -> Mapping[str, object] | None:
        """Read what a page says of the account itself; `native_id` is its id. None: nothing."""
