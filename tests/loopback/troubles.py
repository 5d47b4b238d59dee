"""What a network may do to an answer, and the line of a table that tells what comes of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from loopback.server import Loopback, Trouble
from loopback.world import Answer, Ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from loopback.server import Change

HTML = "<html><body>503 Service Unavailable</body></html>"


def instead(answer: Answer) -> Change:
    """Another answer in its place."""
    return lambda *_: Answer(answer.body, answer.status, dict(answer.headers), answer.arrives)


def web_page(status: int) -> Change:
    """A web page in its place."""
    return instead(Answer(HTML, status, {"Content-Type": "text/html"}))


def arriving(how: str) -> Change:
    """The right answer, badly delivered."""
    return lambda _, __, answer: Answer(answer.body, answer.status, answer.headers, how)


def truncated(_: Loopback, __: Ask, answer: Answer) -> Answer:
    """JSON that breaks off, though the length fits."""
    return Answer(json.dumps(answer.body)[:-20], answer.status, answer.headers)


def changed(**more: Any) -> Change:
    """The right answer with some top-level keys changed."""
    return lambda _, __, answer: Answer({**answer.body, **more}, answer.status, answer.headers)


def with_headers(**headers: str) -> Change:
    """The right answer with more headers."""
    more = {k.replace("_", "-"): v for k, v in headers.items()}
    return lambda _, __, answer: Answer(answer.body, answer.status, answer.headers | more)


def deep(body: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """Change every object of a body."""
    if isinstance(body, dict):
        return change({k: deep(v, change) for k, v in body.items()})
    return [deep(v, change) for v in body] if isinstance(body, list) else body


def everywhere(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Change:
    """The right answer with all its objects changed."""
    return lambda _, __, answer: Answer(deep(answer.body, change), answer.status, answer.headers)


@dataclass(frozen=True)
class Case:
    """One line of the table."""

    name: str
    network: str
    on: str
    """Which requests: the end of their path."""
    does: Change | Callable[[Loopback], None]
    skip: int = 1
    """How many such requests go well first."""
    times: int = 10**9
    """How many are struck then."""
    stored: int | None = None
    """How many posts are stored all the same; None: all of them."""
    gap: tuple[str | None, str] | None = None
    """The stream not seen (None: the whole account) and why; None: nothing is missing."""
    says: str = ""
    """Words of the one sentence that says so."""
    calls: int | None = None
    """How many requests the run makes."""
    back: int | None = None
    """In how many minutes it says to come back."""

    def begin(self, here: Loopback) -> None:
        """Let it happen."""
        if self.on:
            here.troubles.append(Trouble(self.on, self.does, self.skip, self.times))  # type: ignore[arg-type]
        else:
            self.does(here)  # type: ignore[call-arg]
