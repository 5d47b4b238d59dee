"""Masking people's numbers in a page that was stored before they were masked. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from soma_audit.collect.masking import mask

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORDS = frozenset({"text", "message", "source", "name"})
_ADDRESSES = frozenset({"url", "expanded_url", "unshimmed_url", "permalink_url"})


def mask_page(body: bytes, countries: Sequence[str]) -> bytes:
    """Return a page's body without people's numbers and e-mail addresses; one that is not JSON stays as it is."""
    try:
        value = json.loads(body)
    except ValueError:
        return body
    clean = _masked(value, countries, by_visitor=True)
    return body if clean == value else json.dumps(clean, ensure_ascii=False).encode(errors="replace")


def _masked(value: Any, countries: Sequence[str], *, by_visitor: bool) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Mask the words of a value; `by_visitor` says whose it is part of."""
    if isinstance(value, list):
        return [_masked(v, countries, by_visitor=by_visitor) for v in value]
    if not isinstance(value, dict):
        return value
    by_visitor = _is_by_visitor(value, by_visitor=by_visitor)
    return {
        key: mask_words(held, countries, by_visitor=by_visitor)
        if isinstance(held, str) and key in _WORDS | _ADDRESSES
        else _masked(held, countries, by_visitor=by_visitor)
        for key, held in value.items()
    }


def mask_words(text: str, countries: Sequence[str], *, by_visitor: bool) -> str:
    """Return a stored text as it would be stored today; telephones had another mark once."""
    text = text.replace("[number]", "[telephone]") if by_visitor else text
    return mask(text, countries, by_visitor=by_visitor)


def _is_by_visitor(part: dict[str, Any], *, by_visitor: bool) -> bool:
    """Return whether a visitor wrote it, by its author's pseudonym; a part without an author belongs to what surrounds it."""
    writer = part.get("author_id") or (part["from"].get("id") if isinstance(part.get("from"), dict) else None)
    if writer is not None:
        return str(writer).startswith("v-")
    return True if "created_time" in part or "created_at" in part else by_visitor
