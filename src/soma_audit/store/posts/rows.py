"""A post as a row of the view `current_post`, which posts, figures and reviews are all asked for."""

from __future__ import annotations

from typing import NamedTuple


class PostRow(NamedTuple):
    """A post as last seen."""

    id: int
    account: int
    agency: str
    network: str
    handle: str
    native_id: str
    thread: str
    parent: str | None
    author: str | None
    by_agency: int | None
    """1 or 0; None: not known."""
    created_at: str
    kind: str
    permalink: str | None
    text: str | None
    """None: gone, or dropped when its time was up."""
    client: str | None
    counts: str
    """JSON."""
    reply_setting: str | None
    hidden: int | None
    """1 or 0; None: not told."""
    language: str | None
    """As declared by its author."""


POST = f"select {', '.join(PostRow._fields)} from current_post"

DECISIONS = (
    "((select count(*) + count(withdrawn_at) from review where review.post = current_post.id)"
    " + (select count(*) + count(withdrawn_at) from assignment where assignment.post = current_post.id))"
)
"""How often people have said something of a post or taken it back: another number tells that somebody has since."""
