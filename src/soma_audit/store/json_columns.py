"""JSON columns, written and read quickly: most of them hold one of a few values."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
_MOST = 1 << 14
_known: dict[str, str] = {}


def to_json(value: object) -> str:
    """Write a value, the same for the same content."""
    key = repr(value)  # tells 1 from True and from 1.0, as JSON does
    text = _known.get(key)
    if text is None:
        if len(_known) >= _MOST:
            _known.clear()
        text = _known[key] = _encode(value)
    return text


@lru_cache(maxsize=_MOST)
def from_json(text: str) -> Mapping[str, Any]:
    """Read an object. It is shared with others who read the same: do not change it."""
    value: Mapping[str, Any] = json.loads(text)
    return value
