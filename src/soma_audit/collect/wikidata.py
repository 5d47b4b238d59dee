"""Asking Wikidata's query service, which answers within a minute or not at all."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

from soma_audit.collect import transport
from soma_audit.collect.transport import Reply, Transport, TryAgainError, WaitError
from soma_audit.errors import SkipNetworkError, SkipStreamError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from soma_audit.collect.transport import Json

PATIENCE = 75.0
"""Seconds. The service itself gives up a query after 60."""
TRIES = 2
"""Whoever asks a slow question again and again is shut out for a day."""
TOO_SLOW = (
    "Wikidata gave the question up, or its answer broke off: it takes no longer than a minute over one."
    " Ask for fewer bodies, as with `--kind Q755707`, or again at another time"
)


def check(reply: Reply) -> None:
    """Raise what an answer means.

    Source: the query service's limits: 429 with `Retry-After` for too many requests, 403 for whoever goes on all the same.
    """
    if reply.status == 429:
        raise _too_many(reply.headers)
    if reply.status >= 500:
        raise TryAgainError(f"HTTP {reply.status}")
    if reply.status >= 400:
        raise SkipNetworkError("refused", f"Wikidata refused the question (HTTP {reply.status})")
    if not isinstance(reply.body, dict) or not isinstance(reply.body.get("results"), dict):
        raise SkipStreamError("damaged", "Wikidata answered without results")


def no_json(status: int, headers: Mapping[str, str]) -> None:
    """Raise what an answer without JSON means.

    Source: a query that takes too long ends with HTTP 500 and Java's words, or with 200 and half an answer.
    """
    is_page = headers.get("content-type", "").startswith("text/html")
    if status == 429:
        raise _too_many(headers)
    if status in {200, 500} and not is_page:
        raise SkipStreamError("damaged", TOO_SLOW)
    if status < 500:
        what = "with a web page" if is_page else "without JSON"
        raise SkipNetworkError(
            "refused", f"Wikidata refused the question: it answered {what} (HTTP {status})"
        )


def _too_many(headers: Mapping[str, str]) -> WaitError:
    seconds = headers.get("retry-after", "")
    after = timedelta(seconds=int(seconds)) if re.fullmatch(r"[0-9]{1,6}", seconds) else None
    return WaitError("Wikidata: too many requests for now", after=after)


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
    with closing(transport.client("", None, 1, patience=PATIENCE)) as asking:
        asking.headers["Accept"] = "application/sparql-results+json"
        if contact:
            asking.headers["User-Agent"] += f" ({contact})"
        sending = Transport(
            client=asking,
            check=check,
            no_json=no_json,
            tries=TRIES,
            scrub=lambda body: body,  # public bodies only
            clock=clock,
            pause=pause,
            max_wait=max_wait,
        )
        return sending.send("GET", api_url, {"query": query, "format": "json"}).json()
