"""Asking Wikidata's query service, which answers within a minute or not at all."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import httpx

from soma_audit.collect.transport import Reply, Transport, TryAgainError, WaitError, client
from soma_audit.errors import SkipNetworkError, SkipStreamError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from soma_audit.collect.transport import Json

TIMEOUT = httpx.Timeout(75, connect=5)
"""Seconds. The service itself gives up a query after 60."""


def check(reply: Reply) -> None:
    """Raise what an answer means.

    Source: the query service's limits: 429 with `Retry-After` for too many requests, 403 for whoever goes on all the same.
    """
    if reply.status == 429:
        seconds = reply.headers.get("retry-after", "")
        after = timedelta(seconds=int(seconds)) if seconds.isdecimal() else None
        raise WaitError("Wikidata: too many requests for now", after=after)
    if reply.status >= 500:
        raise TryAgainError(f"HTTP {reply.status}")
    if reply.status >= 400:
        raise SkipNetworkError("refused", f"Wikidata refused the question (HTTP {reply.status})")
    if not isinstance(reply.body, dict) or "results" not in reply.body:
        raise SkipStreamError("damaged", "Wikidata answered without results")


def ask(
    query: str,
    *,
    api_url: str,
    contact: str | None,
    clock: Callable[[], datetime],
    pause: Callable[[float], None],
    max_wait: timedelta,
) -> Json:
    """Return the answer to a SPARQL query; `contact` is whom Wikidata may write to, as its policy asks for.

    Raises:
        NotReadableError: there is none.
    """
    with client("", None, 1) as asking:
        asking.timeout = TIMEOUT
        if contact:
            asking.headers["User-Agent"] += f" ({contact})"
        transport = Transport(
            client=asking,
            check=check,
            scrub=lambda body: body,  # public bodies only
            clock=clock,
            pause=pause,
            max_wait=max_wait,
        )
        return transport.send("GET", api_url, {"query": query, "format": "json"}).json()
