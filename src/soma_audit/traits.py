"""What is so of each network, as data: a later one is a line more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

YEARS = range(2000, 2200)
"""Within these years a time that somebody gives can be meant, and can be reckoned with."""
AHEAD = timedelta(days=1)
"""So far may a network's clock, or a time zone that was named, be ahead of ours."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What is so of one network."""

    title: str
    began: datetime
    """Nothing there is older."""
    threads_fall: bool
    """All that hangs on a post goes with it when it is deleted."""


TRAITS: Mapping[str, Traits] = {
    "facebook": Traits("Facebook", datetime(2004, 2, 4, tzinfo=UTC), threads_fall=True),
    "twitter": Traits("Twitter", datetime(2006, 3, 21, tzinfo=UTC), threads_fall=False),
}


def impossible_time(network: str, moment: datetime, now: datetime) -> str | None:
    """Return what is wrong with a time at which something is said to have been written on a network; None if it can be."""
    traits = TRAITS[network]
    if moment < traits.began:
        return f"its time lies before {traits.title} began ({traits.began:%Y-%m-%d})"
    if moment > now + AHEAD:
        return "its time lies in the future"
    return None
