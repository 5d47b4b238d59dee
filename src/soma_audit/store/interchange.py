"""Posts and verdicts as the interchange format has them: JSON, one a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from soma_audit.store.figures.rows import ExportedVerdictRow
    from soma_audit.store.posts.rows import PostRow

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def line(told: object) -> str:
    """Return something as a line of JSON."""
    return _encode(told) + "\n"


def post_line(row: PostRow) -> dict[str, object]:
    """Shape a post as the interchange format has it."""
    return {
        "network": row.network,
        "account": row.handle,
        "id": row.native_id,
        "thread": row.thread,
        "parent": row.parent,
        "author": row.author,
        "by_agency": bool(row.by_agency),
        "created_at": row.created_at,
        "text": row.text,
        "client": row.client,
        "kind": row.kind,
        "url": row.permalink,
        "reply_settings": row.reply_setting,
        "language": row.language,
        "counts": json.loads(row.counts),
    }


def verdict_line(row: ExportedVerdictRow) -> dict[str, object]:
    """Shape a verdict as the interchange format has it."""
    return {
        "network": row.network,
        "account": row.handle,
        "post": row.native_id,
        "classifier": row.classifier,
        "version": row.version,
        "label": row.label,
        **({} if row.label == row.said else {"reviewed": True, "said": row.said}),
        "value": json.loads(row.value),
        "findings": json.loads(row.findings),
    }
