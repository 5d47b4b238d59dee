"""How long until an answer, and how sure is a share: two textbook estimates."""

from __future__ import annotations

from collections import Counter
from math import sqrt
from typing import TYPE_CHECKING

from soma_audit.report.figures.conduct import Rate, ResponseTime

if TYPE_CHECKING:
    from collections.abc import Sequence

Z = 1.959964
"""Two-sided 95 %."""
TOO_FEW = 10
"""Below this many a share says more than is known: counts are shown, the share is not."""
FEW = f"fewer than {TOO_FEW}"


def response_time(waits: Sequence[tuple[float, bool]]) -> ResponseTime:
    """Estimate the median time to an answer; `waits` has minutes, and whether an answer ended them.

    Kaplan–Meier: S(t) = Π (1 − dᵢ/nᵢ) over answer times up to t; the median is the least t with S(t) ≤ 0.5. A question
    without an answer stays among those waiting until we last looked. Leaving it out would make slow agencies look fast.
    """
    answers = Counter(minutes for minutes, answered in waits if answered)
    ends = Counter(minutes for minutes, _ in waits)
    waiting, surviving, median = len(waits), 1.0, None
    for minutes in sorted(ends):
        surviving *= 1 - answers[minutes] / waiting
        waiting -= ends[minutes]
        if median is None and surviving <= 0.5 + 1e-12:
            median = minutes
    longest = max(ends, default=None)
    return ResponseTime(
        questions=len(waits),
        answered=answers.total(),
        median=median,
        more_than=longest if median is None else None,
    )


def rate(
    numerator: int, denominator: int, *, left_out: int = 0, nothing: str, reason: str | None = None
) -> Rate:
    """Make a share with its Wilson 95 % interval; `nothing` says what there was none of, `reason` why there is no share."""
    if denominator == 0:
        reason = reason or nothing
    elif denominator < TOO_FEW:
        reason = reason or FEW
    if denominator == 0:
        return Rate(
            numerator=0, denominator=0, share=None, low=None, high=None, left_out=left_out, reason=reason
        )
    share = numerator / denominator
    centre = share + Z * Z / (2 * denominator)
    reach = Z * sqrt(share * (1 - share) / denominator + Z * Z / (4 * denominator * denominator))
    scale = 1 + Z * Z / denominator
    return Rate(
        numerator=numerator,
        denominator=denominator,
        share=None if reason else share,
        low=max((centre - reach) / scale, 0.0),
        high=min((centre + reach) / scale, 1.0),
        left_out=left_out,
        reason=reason,
    )
