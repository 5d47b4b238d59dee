"""What a report is to cover, and how time is counted in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from soma_audit.silence_limits import SilenceLimits

if TYPE_CHECKING:
    from datetime import datetime

    from soma_audit.office_hours import OfficeHours

LISTED = 100
"""How many lines a list in a report has at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What the figures are to cover, and how time is counted."""

    title: str | None
    """None: the usual question, in the report's language."""
    notice: str | None
    as_of: datetime
    since: datetime | None
    """None: `days` before `until`, from midnight."""
    until: datetime | None
    """None: `as_of`."""
    days: int
    office: OfficeHours
    norm_minutes: float
    silence: SilenceLimits = field(default_factory=SilenceLimits)
    language: str = "en"
    agency: str | None = None
    """Only this agency, while the store lists only its accounts; None: all of them."""
    listed: int | None = LISTED
    """How long a list of posts may be; None: as long as it is."""
    news_since: tuple[int, datetime] | None = None
    """The run, and its time, since which news is told; None: the report before this one, if there is any."""
