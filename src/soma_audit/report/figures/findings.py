"""What a scheduled audit may be told to fail on: what is new since the last report, unless it has been accepted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from soma_audit.model import Role
from soma_audit.report.text import accounts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from soma_audit.report.figures.context import News
    from soma_audit.report.figures.model import Figures

OPEN = {"open", "moderated"}
SHUT = {"restricted", "closed"}
DIALOGUE, FEW = "dialogue-unanswered", 5
"""A finding of conduct against what is declared; of fewer questions than so many nothing is said."""
KINDS = {
    "new-unanswered": "a question or request whose time ran out without an answer",
    "new-question": "a question or request that came in",
    "wall-closed": "a wall that was open and is restricted or closed",
    "gap": "something that could not be seen",
    "gone-quiet": "an account that has gone quiet",
    "renamed": "an account that has a new name: change the register",
    "closed": "an account that is closed, handed over or lost",
    DIALOGUE: "an account that declares dialogue and answers nobody, and that has left one more without an answer",
    "site-does-not-link": "an account that its agency's own site does not link to",
    "impostor": "an account that goes by an agency's name and is not in the register",
}
"""What `--fail-on` knows, with what it means."""


@dataclass(frozen=True, slots=True)
class NewFinding:
    """Something new that was asked to be told of."""

    kind: str
    account: str
    """network/handle"""
    sentence: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """A finding that is known, and whose time to be looked at again is set."""

    kind: str
    account: str
    until: date
    reason: str


def findings(figures: Figures, kinds: Iterable[str]) -> Iterator[NewFinding]:
    """Yield what is new of these kinds; nothing on the first report."""
    if figures.news is not None:
        for kind in kinds:
            yield from _unanswering(figures, figures.news) if kind == DIALOGUE else _FOUND[kind](figures.news)


def _overdue(news: News) -> Iterator[NewFinding]:
    yield from _posts("new-unanswered", news.overdue_at)


def _asked(news: News) -> Iterator[NewFinding]:
    yield from _posts("new-question", news.asked_of)


def _posts(kind: str, counts: Mapping[str, int]) -> Iterator[NewFinding]:
    for account, count in counts.items():
        yield NewFinding(kind, account, KINDS[kind] + (f", {count} times" if count > 1 else ""))


def _walls(news: News) -> Iterator[NewFinding]:
    for wall in news.walls:
        if wall.was in OPEN and wall.label in SHUT:
            sentence = f"{wall.wall} was {wall.was} and is {wall.label}"
            yield NewFinding("wall-closed", f"{wall.network}/{wall.handle}", sentence)


def _gaps(news: News) -> Iterator[NewFinding]:
    for gap in news.gaps:
        if (
            gap.reason != "not_supported"
        ):  # there is nothing to see, which is not the same as not having seen it
            yield NewFinding("gap", f"{gap.network}/{gap.handle}", gap.sentence)


def _quiet(news: News) -> Iterator[NewFinding]:
    for quiet in news.quiet:
        yield NewFinding("gone-quiet", f"{quiet.network}/{quiet.handle}", KINDS["gone-quiet"])


def _renamed(news: News) -> Iterator[NewFinding]:
    for line in news.renamed:
        yield NewFinding(
            "renamed", f"{line.network}/{line.handle}", f"is now called {line.now}: change the register"
        )


def _closed(news: News) -> Iterator[NewFinding]:
    for line in news.ended:
        yield NewFinding("closed", f"{line.network}/{line.handle}", f"is {line.label.replace('_', ' ')}")


def _unanswering(figures: Figures, news: News) -> Iterator[NewFinding]:
    for _, account in accounts(figures):
        name, answered = f"{account.network}/{account.handle}", account.conduct.answered
        silent = answered.denominator >= FEW and not answered.numerator
        if account.role == Role.DIALOGUE and silent and news.overdue_at.get(name):
            sentence = f"declares dialogue, and has answered none of {answered.denominator} questions"
            yield NewFinding(DIALOGUE, name, sentence)


def _unlinked(news: News) -> Iterator[NewFinding]:
    for line in news.unlinked:
        also = ", but to another one" if line.label == "contradicted" else ""
        yield NewFinding(
            "site-does-not-link",
            f"{line.network}/{line.handle}",
            f"its agency's own site does not link to it{also}",
        )


def _impostors(news: News) -> Iterator[NewFinding]:
    for line in news.lookalikes:
        sentence = f"goes by the name of {line.agency} and is not in the register"
        yield NewFinding("impostor", f"{line.network}/{line.handle}", sentence)


_FOUND: Mapping[str, Callable[[News], Iterator[NewFinding]]] = {
    "new-unanswered": _overdue,
    "new-question": _asked,
    "wall-closed": _walls,
    "gap": _gaps,
    "gone-quiet": _quiet,
    "renamed": _renamed,
    "closed": _closed,
    "site-does-not-link": _unlinked,
    "impostor": _impostors,
}


def without_accepted(
    found: Iterable[NewFinding], accepted: Sequence[Accepted], today: date
) -> tuple[list[NewFinding], list[Accepted]]:
    """Return what is not accepted, and the entries that are over or met nothing."""
    left, met = [], set()
    for finding in found:
        entry = next((a for a in accepted if (a.kind, a.account) == (finding.kind, finding.account)), None)
        if entry is not None and entry.until >= today:
            met.add(entry)
        else:
            left.append(finding)
    return left, [entry for entry in accepted if entry not in met]
