"""Reading a country's page of Govdirectory's: one page, as its robots.txt allows."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

from soma_audit.collect import transport
from soma_audit.collect.sites.reader import NotReadError, SiteReader
from soma_audit.errors import SkipNetworkError

if TYPE_CHECKING:
    from collections.abc import Callable


def read(url: str, *, contact: str | None, pause: Callable[[float], None]) -> str:
    """Return the source of a page; `contact` is whom the site may write to.

    Raises:
        NotReadableError: it cannot be read.
    """
    with closing(transport.client("", None, 1)) as asking:
        if contact:
            asking.headers["User-Agent"] += f" ({contact})"
        try:
            return SiteReader(client=asking, monotonic=time.monotonic, pause=pause).read(url).text
        except NotReadError as error:
            raise SkipNetworkError(
                "unreachable", f"Govdirectory's page {url} cannot be read: {error}"
            ) from error
