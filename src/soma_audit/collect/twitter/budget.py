"""What is spent at X: counted answer by answer, and stopped before a limit is passed.

X charges for what it sends, not for asking: so much a post, so much a person. What an answer will cost is known only
once it is there; what it can cost at most is known before, and that much is held back while it is under way.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from soma_audit.collect.twitter.people import objects
from soma_audit.errors import SkipNetworkError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date, datetime

    from soma_audit.collect.transport import Json, Reply
    from soma_audit.config import Twitter

REFERENCES = 2
"""How many posts one post brings along at most: a reply may quote another post as well."""
SMALLEST = {"/search/": 10}
"""The smallest page, where it is not 5."""


@dataclass(frozen=True, slots=True)
class Reads:
    """What an answer holds, as X counts it."""

    posts: int = 0
    included: int = 0
    """Posts that come along. Whether X charges for them is not known; we count as if it did."""
    users: int = 0

    def __add__(self, other: Reads) -> Reads:
        return Reads(self.posts + other.posts, self.included + other.included, self.users + other.users)


@dataclass(frozen=True, slots=True)
class Prices:
    """What X takes for one post and for one person, in US dollars."""

    post: float = 0.0
    user: float = 0.0

    def of(self, reads: Reads) -> float:
        """Price what was read."""
        return dollars(self.post * (reads.posts + reads.included) + self.user * reads.users)


FREE = Prices()
"""What saved pages cost."""


def dollars(amount: float) -> float:
    """Round to a millionth, so that many small sums make the sum they should."""
    return round(amount, 6)


def format_usd(amount: float) -> str:
    """Write a sum; tenths of a cent only where there are some."""
    return f"${amount:,.2f}" if dollars(amount) == round(amount, 2) else f"${amount:,.3f}"


def max_reads(route: str, params: Mapping[str, Any]) -> Reads:
    """Return what a request can bring at most.

    Each post may bring its writer, whom it answers, and the posts it refers to; a timeline has one writer.
    """
    listed = len(str(params.get("ids") or params.get("usernames") or "").split(","))
    if route.startswith("/2/users") and not route.endswith(("/tweets", "/mentions")):
        return Reads(users=listed)
    if not route.startswith(("/2/users", "/2/tweets")):
        return Reads()
    posts = int(params.get("max_results", listed))
    brought = str(params.get("expansions", "")).split(",")
    return Reads(
        posts,
        REFERENCES * posts * ("referenced_tweets.id" in brought),
        (1 if route.startswith("/2/users") and route.endswith("/tweets") else posts)
        * ("author_id" in brought)
        + posts * ("in_reply_to_user_id" in brought),
    )


def page_sizes(route: str, params: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a request as it is, and then with ever smaller pages."""
    yield params
    smallest = next((n for part, n in SMALLEST.items() if part in route), 5)
    for size in range(int(params.get("max_results", 0)) - 1, smallest - 1, -1):
        yield {**params, "max_results": size}


class Budget:
    """Counts what is spent, and refuses a request that could pass a limit; several threads share it.

    The same thing read twice on one UTC day is charged once, as X does it. A request that fails, or brings nothing,
    costs nothing.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        prices: Prices = FREE,
        *,
        per_run: float | None = None,
        per_month: float | None = None,
        this_month: float = 0.0,
    ) -> None:
        self.spent = 0.0
        """In this run."""
        self.prices = prices
        self._clock = clock
        self._before = this_month
        self._limits = {"run": per_run, "month": per_month}
        self._held = 0.0
        self._turn = threading.Condition()
        self._day: date | None = None
        self._paid: set[int] = set()  # hashes: a first night reads a million things

    @property
    def this_month(self) -> float:
        """What this month's runs have spent, this one with them."""
        return dollars(self._before + self.spent)

    def ask(self, route: str, params: Mapping[str, Any], send: Callable[[Mapping[str, Any]], Reply]) -> Reply:
        """Send a request if its answer cannot pass a limit, with a smaller page where only that fits; count the answer.

        Raises:
            SkipNetworkError: even the smallest answer could.
        """
        params, held = self._hold(route, params)
        try:
            reply = send(params)
            reply.cost = self._charge(reply.body)
            return reply
        finally:
            with self._turn:
                self._held = dollars(self._held - held)
                self._turn.notify_all()

    def left(self) -> tuple[float, str]:
        """Return how much may still be spent, and whose limit that is."""
        spent = {"run": self.spent, "month": self.this_month}
        return min((math.inf if v is None else dollars(v - spent[k]), k) for k, v in self._limits.items())

    def _hold(self, route: str, params: Mapping[str, Any]) -> tuple[Mapping[str, Any], float]:
        """Set aside what an answer can cost. Requests under way mostly cost less than they hold: wait for them first."""
        with self._turn:
            while True:
                left, limit = self.left()
                cost = math.inf
                for fitting in page_sizes(route, params):
                    if (cost := self.prices.of(max_reads(route, fitting))) <= left:
                        break
                else:
                    raise self._refusal(limit, cost)
                if cost <= dollars(left - self._held) and (fitting is params or not self._held):
                    self._held = dollars(self._held + cost)
                    return fitting, cost
                self._turn.wait()

    def _refusal(self, limit: str, least: float) -> SkipNetworkError:
        spent = self.spent if limit == "run" else self.this_month
        return SkipNetworkError(
            "quota",
            f"X: {format_usd(spent)} spent this {limit}, and the next answer could cost {format_usd(least)}: more than"
            f" the limit of {format_usd(self._limits[limit] or 0)} allows (twitter.spend_per_{limit})",
        )

    def _charge(self, body: Json) -> float:
        """Count what an answer brought that has not been paid for today."""
        with self._turn:
            if (today := self._clock().date()) != self._day:
                self._day, self._paid = today, set()
            brought = list(things(body))
            named = {thing for thing in brought if thing[1] and hash(thing) not in self._paid}
            self._paid |= {hash(thing) for thing in named}
            new = [*named, *(thing for thing in brought if not thing[1])]
            users = sum(kind == "user" for kind, _ in new)
            cost = self.prices.of(Reads(posts=len(new) - users, users=users))
            self.spent = dollars(self.spent + cost)
            return cost


def things(body: Json) -> Iterator[tuple[str, str]]:
    """Name the posts and people in an answer, by kind and id."""
    if not isinstance(body, dict):
        return
    included = body.get("includes") or {}
    for raw in objects(body.get("data")):
        yield "user" if "username" in raw else "post", str(raw.get("id", ""))
    for kind, key in (("post", "posts"), ("post", "tweets"), ("user", "users")):
        yield from ((kind, str(raw.get("id", ""))) for raw in objects(included.get(key)))


def budget_of(settings: Twitter, clock: Callable[[], datetime], this_month: float) -> Budget:
    """Make the budget that a configuration asks for."""
    return Budget(
        clock,
        Prices(settings.post_price, settings.user_price),
        per_run=settings.spend_per_run,
        per_month=settings.spend_per_month,
        this_month=this_month,
    )
