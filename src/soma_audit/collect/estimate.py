"""What a collection will take, before anything is asked: calls, minutes, dollars. Pure.

An account that has been read before is reckoned from what was written there lately; one that has not, as far back as
its network shows anything, which is an upper bound. Replies deep in long conversations, which nothing bounds, come on top.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from soma_audit.collect import AT_ONCE
from soma_audit.collect.twitter.api import CAPS, EXPANSIONS
from soma_audit.collect.twitter.budget import Prices, Reads, dollars, max_reads
from soma_audit.model import Account, Stream
from soma_audit.networks import asked_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from soma_audit.store.spending import Lately

SECONDS_A_CALL = 1.0
"""A guess on the slow side: the networks promise nothing."""
X_PAGE = 100
X_LIMITS = {Stream.PROFILE: 300, Stream.TIMELINE: 10_000, Stream.MENTIONS: 450, Stream.OPEN_THREADS: 450}
"""Calls a quarter of an hour that X allows an app: its page on rate limits."""
GRAPH_PAGE = 25
GRAPH_LIMIT = 200
"""Calls an hour that Facebook allows an app with one user: its page on rate limits. A Page's own token has more."""
GRAPH_A_YEAR = 600
"""Posts of a year that Facebook shows at most: its page on a Page's feed."""
OPEN_PAGE = {"bluesky": 100, "mastodon": 40}
OPEN_LIMITS = {"bluesky": 3000, "mastodon": 300}
"""Calls in five minutes: Bluesky's page on rate limits, and what Mastodon's servers come with."""
OPEN_A_DAY = 3
"""Posts a day, of an account of which nothing is known: more than most bodies write."""
OPENED = {"bluesky": date(2023, 2, 28), "mastodon": date(2016, 10, 6)}
"""When the public could first write there: the first app, and the first release."""
FIRST_PAGES = date(2007, 11, 6)
"""The day Facebook Pages began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the database knows of an account."""

    account: Account
    lately: Lately
    before: Mapping[Stream, int] = field(default_factory=dict)
    """How many posts a walk that was cut off has behind it."""
    threads: int = 0
    """Threads that will be looked at again."""
    thread_posts: int = 0
    """Posts in them."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one account will take, or all of them."""

    account: str
    first: bool
    """It has never been read to its end: the figures are upper bounds."""
    calls: int
    minutes: float
    """With the waiting that the network's limits ask for."""
    usd: float
    """As if X charged for what comes along with a post, which it does not say."""
    usd_without_included: float
    """As if it did not."""


@dataclass(slots=True)
class _Need:
    """What an account needs, by stream."""

    calls: Counter[Stream] = field(default_factory=Counter)
    reads: Reads = field(default_factory=Reads)
    first: bool = False


def estimate(
    known: Iterable[Known], prices: Prices, now: datetime, *, revisit: timedelta, page_settings: bool
) -> tuple[list[Line], Line]:
    """Reckon what each account will take, and all together. Networks are asked at the same time."""
    lines, calls = [], defaultdict[str, Counter[Stream]](Counter)
    for one in known:
        network = one.account.network
        need = _needs(one, now, revisit)
        if network == "facebook" and page_settings:
            # a Page's own token, which alone sees them, also asks for visitors' posts by themselves
            need.calls += Counter({Stream.SETTINGS: 1, Stream.VISITOR_POSTS: 1})
        calls[asked_at(network, one.account.handle)] += need.calls
        lines.append(_line(str(one.account), network, need, prices))
    return lines, Line(
        "in all",
        any(line.first for line in lines),
        sum(line.calls for line in lines),
        max((minutes(place, of_all, AT_ONCE) for place, of_all in calls.items()), default=0.0),
        dollars(sum(line.usd for line in lines)),
        dollars(sum(line.usd_without_included for line in lines)),
    )


def _needs(known: Known, now: datetime, revisit: timedelta) -> _Need:
    network = known.account.network
    if network == "twitter":
        return _x(known, now)
    return _facebook(known, now, revisit) if network == "facebook" else _open(known, now, revisit)


def _line(name: str, network: str, need: _Need, prices: Prices) -> Line:
    """Price a need. Source: X's price list, so much a post and a person; Facebook takes nothing."""
    free = network != "twitter"
    looked_up = Reads(posts=need.reads.posts, users=1)
    return Line(
        name,
        need.first,
        need.calls.total(),
        minutes(network, need.calls, 1),
        0.0 if free else prices.of(need.reads),
        0.0 if free else prices.of(looked_up),
    )


def minutes(place: str, calls: Counter[Stream], at_once: int) -> float:
    """Reckon the time that calls take to a network, or to one server of it: the asking, and whole windows of waiting.

    Source: X counts each endpoint by itself in windows of 15 minutes, Facebook all calls together by the hour, Bluesky
    and each of Mastodon's servers all calls of five minutes.
    """
    network = place.partition("/")[0]
    asking = calls.total() * SECONDS_A_CALL / 60 / at_once
    if network == "twitter":
        waiting = sum(15 * _windows_before(calls[stream], limit) for stream, limit in X_LIMITS.items())
    elif network in OPEN_LIMITS:
        waiting = 5 * _windows_before(calls.total(), OPEN_LIMITS[network])
    else:
        waiting = 60 * _windows_before(calls.total(), GRAPH_LIMIT)
    return round(asking + waiting, 1)


def _windows_before(calls: int, limit: int) -> int:
    return max(calls - 1, 0) // limit


def _x(known: Known, now: datetime) -> _Need:
    """Reckon an account on X: a look-up, pages of a hundred, and a search for each conversation that waits.

    Source: X shows 3,200 posts of a timeline and 800 mentions, a hundred a page; a search reaches seven days back, so
    that each conversation is one search, and what stands in it is read (and charged) again each day.
    """
    need, lately = _Need(Counter({Stream.PROFILE: 1}), Reads(users=1)), known.lately
    for stream, a_day in ((Stream.TIMELINE, lately.own), (Stream.MENTIONS, lately.visitors)):
        posts, reads = _x_stream(known, stream, a_day, now)
        need.calls[stream] = max(math.ceil(posts / X_PAGE), 1)
        need.reads += reads
        need.first |= stream not in lately.read
    new = lately.begun * _days(known, Stream.MENTIONS, now)
    need.calls[Stream.OPEN_THREADS] = known.threads + (
        math.ceil(new) if Stream.MENTIONS in lately.read else CAPS[Stream.MENTIONS]
    )
    need.reads += Reads(posts=known.thread_posts, users=known.thread_posts)
    return need


def _x_stream(known: Known, stream: Stream, a_day: float, now: datetime) -> tuple[int, Reads]:
    """Reckon what a stream brings: at most if it has never been read to its end, else what came a day lately.

    Source: the first as the budget does (`max_reads`), the second by the shares of posts that refer to others, and of people
    to posts, among what is held of the last thirty days.
    """
    if stream not in known.lately.read:
        posts = max(CAPS[stream] - known.before.get(stream, 0), 0)
        route = "/2/users/0/tweets" if stream is Stream.TIMELINE else "/2/users/0/mentions"
        return posts, max_reads(route, {"max_results": posts, "expansions": ",".join(EXPANSIONS)})
    posts = min(math.ceil(a_day * _days(known, stream, now)), CAPS[stream])
    a_post = posts / ((known.lately.own + known.lately.visitors) or 1)
    return posts, Reads(
        posts, math.ceil(known.lately.referring * a_post), math.ceil(known.lately.people * a_post)
    )


def _facebook(known: Known, now: datetime, revisit: timedelta) -> _Need:
    """Reckon a Page: a look-up, its own posts and its visitors' by 25, and a call for each post with more comments.

    Source: Facebook shows about 600 posts of a year, 25 comments come with each; posts are looked at again for as long as
    the configuration says.
    """
    need, lately = _Need(Counter({Stream.PROFILE: 1, Stream.COMMENTS: known.threads})), known.lately
    begun = known.account.valid_from or FIRST_PAGES
    ever = GRAPH_A_YEAR * math.ceil(max((now.date() - begun).days, 1) / 365.25)
    for stream, a_day in ((Stream.TIMELINE, lately.own), (Stream.VISITOR_POSTS, lately.begun)):
        again = _days(known, stream, now) + revisit / timedelta(days=1)
        posts = a_day * again if stream in lately.read else ever
        need.calls[stream] = max(math.ceil(posts / GRAPH_PAGE), 1)
        need.first |= stream not in lately.read
    return need


def _open(known: Known, now: datetime, revisit: timedelta) -> _Need:
    """Reckon an account on a network that needs no key: a look-up, its timeline, and a call for each thread with replies.

    An account that has never been read tells nothing yet: then as if it had written three posts a day since its network
    began, or since the register has it, and each of them had replies.
    """
    network, lately = known.account.network, known.lately
    is_first = Stream.TIMELINE not in lately.read
    begun = known.account.valid_from or OPENED[network]
    days = max((now.date() - begun).days, 1) if is_first else 0
    again = _days(known, Stream.TIMELINE, now) + revisit / timedelta(days=1)
    posts = OPEN_A_DAY * days if is_first else lately.own * again
    need = _Need(
        Counter({Stream.PROFILE: 1, Stream.COMMENTS: posts if is_first else known.threads}), first=is_first
    )
    need.calls[Stream.TIMELINE] = max(math.ceil(posts / OPEN_PAGE[network]), 1)
    return need


def _days(known: Known, stream: Stream, now: datetime) -> float:
    """Count the days since a stream was last read to its end; 0: it never was."""
    read = known.lately.read.get(stream)
    return max((now - read) / timedelta(days=1), 0) if read else 0.0
