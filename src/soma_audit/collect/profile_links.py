"""The links in an account's own profile: where it says that it belongs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = 20
"""A profile that has more is cut off."""
_LINK = re.compile(
    r"(?<![\w@.-])(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:/[^\s<>\"]*)?", re.IGNORECASE
)


def links_in(*texts: object) -> list[str]:
    """Return the web addresses in a profile's texts, each once and in order; one without `https://` gets it.

    What stands behind an @ is a name on a network or an e-mail address, and no link.
    """
    found = (m[0].rstrip(".,;:!?)") for text in texts if isinstance(text, str) for m in _LINK.finditer(text))
    return _once(link if "://" in link else f"https://{link}" for link in found)


def addresses(values: Iterable[object]) -> list[str]:
    """Return the web addresses among values that a network says are such."""
    return _once(v for v in values if isinstance(v, str) and re.match("https?://", v, re.IGNORECASE))


def _once(links: Iterable[str]) -> list[str]:
    return [*dict.fromkeys(links)][:MOST]
