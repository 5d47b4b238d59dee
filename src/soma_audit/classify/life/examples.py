"""Example accounts for the rules of `life`: what they wrote, how they were read, what network and register say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from soma_audit.classify.rule import own, wall_of
from soma_audit.model import Gap, Stream

if TYPE_CHECKING:
    from soma_audit.model import Post, Wall

READ = frozenset({Stream.TIMELINE})
SEEN = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)
WROTE = own("Ny rapport er klar.")
"""An ordinary own post, of the second of March."""
DAY = 24 * 60
"""In minutes, as the times of example posts are given."""


def account(
    *posts: Post,
    says: str | None = None,
    days: float = 30,
    network: str = "twitter",
    **more: Any,  # noqa: ANN401
) -> Wall:
    """Write an example of an account on the second of March, looked at so many days later.

    `says` is the reason for which its network shows nothing of it; `seen=False`: nor has it ever shown anything. What is
    no part of a wall is the register's.
    """
    gaps = (Gap(stream=None, reason=says, noticed_at=SEEN),) if says else ()
    of_wall = {key: more.pop(key) for key in ("read", "about", "silence", "gaps") if key in more}
    made = wall_of(posts, days=days, **{"read": READ, "gaps": gaps, **of_wall})
    native_id = "100" if more.pop("seen", True) else None
    handle = more.pop("handle", "eksempeletat")
    return replace(
        made, account=replace(made.account, network=network, handle=handle, native_id=native_id, **more)
    )
