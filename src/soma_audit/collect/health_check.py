"""A word to the service that watches over the nightly run, as healthchecks.io takes it: done, or failed."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

import httpx

from soma_audit.collect.transport import certificate_error, client

PATIENCE = 10.0
"""Seconds to wait for an answer, of which nothing is read but the status."""


def ping(url: str, *, failed: bool) -> str | None:
    """Return None if the service was told how a run ended, else why not, without the part of the address that is a secret."""
    place = urlsplit(url)
    asked = place._replace(path=f"{place.path.rstrip('/')}/fail") if failed else place
    try:
        with client("", None, 1, patience=PATIENCE) as http, http.stream("GET", asked.geturl()) as response:
            why = None if response.is_success else f"it answered with HTTP {response.status_code}"
    except httpx.TimeoutException:
        why = f"there was no answer within {PATIENCE:.0f} seconds"
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        why = certificate_error(error) or f"it cannot be reached ({type(error).__name__})"
    return why and f"The ping to {_shown(place)} was not taken: {why}. Nothing else depends on it."


def _shown(place: SplitResult) -> str:
    """Return whose address it is: all behind that tells who we are, and whoever knows it may ping in our name."""
    return f"{place.scheme}://{place.hostname}/…"
