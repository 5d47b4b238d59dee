"""What is so of each network, as data: a later one is a line more."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

YEARS = range(2000, 2200)
"""Within these years a time that somebody gives can be meant, and can be reckoned with."""
AHEAD = timedelta(days=1)
"""So far may a network's clock, or a time zone that was named, be ahead of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """What is so of one network: all that code outside its collector may ask."""

    title: str
    """As it is called where the years before its last renaming count too."""
    title_today: str
    handle: re.Pattern[str]
    """What a handle looks like."""
    address: str
    """Where an account is read; `{}` is its handle."""
    began: datetime
    """Nothing there is older."""
    threads_fall: bool
    """All that hangs on a post goes with it when it is deleted."""
    exact_replies: bool
    """A reply's link names the very post that is replied to, and not just the topmost."""
    own_replies_continue: bool
    """Who writes under a post of one's own continues it; elsewhere one answers visitors there."""
    replies_on_timeline: bool
    """An account's own timeline holds its replies as well."""
    visitors_wall: bool
    """Visitors may begin posts on an account's page; elsewhere they can only mention it."""
    reply_settings: bool
    """Each post tells who may reply."""
    links_attached: bool
    """A link may be attached to a post without standing in its text."""
    handle_sign: str
    """What people write before a handle."""
    hidden_as_missing: bool
    """Of an account that a token may not see, it says the same as of one that does not exist."""
    account_in_post_ids: bool
    """A post's id begins with its account's, which may have two: the same post comes under both."""
    threads_asked_again: bool
    """Conversations still waiting for an answer are asked for one by one; elsewhere all of a span's comments are."""


NETWORKS: Mapping[str, Network] = {
    "facebook": Network(
        title="Facebook",
        title_today="Facebook",
        handle=re.compile(r"[A-Za-z0-9.\-]{1,100}"),
        address="https://www.facebook.com/{}",
        began=datetime(2004, 2, 4, tzinfo=UTC),
        threads_fall=True,
        exact_replies=False,
        own_replies_continue=False,
        replies_on_timeline=False,
        visitors_wall=True,
        reply_settings=False,
        links_attached=True,
        handle_sign="",
        hidden_as_missing=True,
        account_in_post_ids=True,
        threads_asked_again=False,
    ),
    "twitter": Network(
        title="Twitter",
        title_today="X",
        handle=re.compile(r"[A-Za-z0-9_]{1,15}"),
        address="https://x.com/{}",
        began=datetime(2006, 3, 21, tzinfo=UTC),
        threads_fall=False,
        exact_replies=True,
        own_replies_continue=True,
        replies_on_timeline=True,
        visitors_wall=False,
        reply_settings=True,
        links_attached=False,
        handle_sign="@",
        hidden_as_missing=False,
        account_in_post_ids=False,
        threads_asked_again=True,
    ),
}


def impossible_time(network: str, moment: datetime, now: datetime) -> str | None:
    """Return what is wrong with a time at which something is said to have been written on a network; None if it can be."""
    known = NETWORKS[network]
    if moment < known.began:
        return f"its time lies before {known.title} began ({known.began:%Y-%m-%d})"
    if moment > now + AHEAD:
        return "its time lies in the future"
    return None
