"""Walls and verdicts as rows of Arrow tables, and back. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, Any

from soma_audit.dataclass_json import decode
from soma_audit.model import Finding, Kind, Post, Verdict, Wall
from soma_audit.parquet.schemas import POSTS
from soma_audit.store.json_columns import from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from soma_audit.classify.database import Terms

Row = dict[str, Any]
Judgements = dict[str, tuple[str, list[Verdict]]]
"""By classifier, its version and its verdicts on a wall."""


def post_row(post: Post) -> Row:
    """Return a post as a row of `POSTS`, whose columns are its fields."""
    row = {name: getattr(post, name) for name in POSTS.names}
    return row | {"kind": post.kind.value, "counts": dict(post.counts)}


def post_of(row: Mapping[str, Any]) -> Post:
    """Return the post of a row of `POSTS`."""
    told = {name: row[name] for name in POSTS.names}
    told |= {
        "created_at": row["created_at"].astimezone(UTC),
        "kind": Kind(row["kind"]),
        "counts": dict(row["counts"] or ()),
    }
    return Post(**told)


def wall_of(told: str, posts: Iterable[Post], elsewhere: Iterable[Post], by: Terms) -> Wall:
    """Return a wall of what `ACCOUNTS` tells of it, of the posts on it, and of its agency's elsewhere."""
    return replace(
        decode(Wall, told),
        as_of=by.as_of,
        office=by.office,
        norm_minutes=by.norm_minutes,
        silence=by.silence,
        posts=_in_order(posts, by.as_of),
        elsewhere=_in_order(elsewhere, by.as_of),
    )


def _in_order(posts: Iterable[Post], as_of: datetime) -> tuple[Post, ...]:
    return tuple(
        sorted((p for p in posts if p.created_at <= as_of), key=lambda p: (p.created_at, p.native_id))
    )


def verdict_rows(
    account: tuple[str, str],
    judgements: Mapping[str, tuple[str, Sequence[Verdict]]],
    by: Terms,
    changed: int,
) -> Iterator[Row]:
    """Yield the verdicts on an account (network and handle) as rows of `VERDICTS`."""
    network, handle = account
    for classifier, (version, verdicts) in judgements.items():
        for verdict in verdicts:
            yield {
                "network": network,
                "account": handle,
                "post": verdict.post,
                "classifier": classifier,
                "version": version,
                "label": verdict.label,
                "value": to_json(verdict.value),
                "findings": [
                    {"rule": f.rule, "weight": f.weight, "evidence": to_json(f.evidence)}
                    for f in verdict.findings
                ],
                "waits_until": verdict.waits_until,
                "terms": by.versions,
                "as_of": by.as_of,
                "changed": changed,
            }


def judgements_of(rows: Iterable[Mapping[str, Any]]) -> Judgements:
    """Return the judgements that rows of `VERDICTS` on one account hold: by classifier, its version and its verdicts."""
    found: Judgements = {}
    for row in rows:
        _, verdicts = found.setdefault(row["classifier"], (row["version"], []))
        findings = tuple(Finding(f["rule"], f["weight"], from_json(f["evidence"])) for f in row["findings"])
        waits = row["waits_until"]
        verdicts.append(
            Verdict(
                row["post"],
                row["label"],
                from_json(row["value"]),
                findings,
                waits_until=waits and waits.astimezone(UTC),
            )
        )
    return found
