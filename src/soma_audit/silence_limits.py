"""After how long a silence an account is called quiet, and dormant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceLimits:
    """After how many days without an own post an account is called quiet, and dormant."""

    quiet_days: int = 90
    dormant_days: int = 365

    @property
    def quiet(self) -> timedelta:
        """How long it takes to be quiet."""
        return timedelta(days=self.quiet_days)

    @property
    def dormant(self) -> timedelta:
        """How long it takes to be dormant."""
        return timedelta(days=self.dormant_days)
