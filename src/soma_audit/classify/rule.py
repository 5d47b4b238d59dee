"""A rule: one named sign with a code, and the examples that are its tests and its manual.

A rule's function looks at one subject (what it is, the classifier decides) and gives the evidence it saw, or None.
Its docstring says what it sees, why it matters and when it is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from soma_audit.classify.weights import WEIGHTS
from soma_audit.model import Account, Finding, Kind, Post, Wall
from soma_audit.office_hours import OfficeHours

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from soma_audit.model import Verdict

    Example = Sequence[Post] | Wall
    """A small wall on which the rule fires (a hit) or, though it nearly does, must not (a miss)."""
    Evidence = Mapping[str, object]

S = TypeVar("S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Generic[S]):
    """One named sign. `name` is the pattern seen, `code` is never reused."""

    code: str
    name: str
    weight: float
    fitted: bool
    """Whether the weight comes from labelled posts; if not, somebody has set it."""
    message: str
    """A sentence for people, filled from the evidence."""
    hits: Sequence[Example]
    misses: Sequence[Example]
    explanation: str
    check: Callable[[S], Evidence | None]


def rule(
    code: str,
    *,
    weight: float | None = None,
    message: str,
    hits: Sequence[Example],
    misses: Sequence[Example],
) -> Callable[[Callable[[S], Evidence | None]], Rule[S]]:
    """Return a maker of a rule from a function, whose name and docstring become the rule's.

    Without `weight`, it has the fitted one; 0 until the first fit that knows it.
    """

    def make(check: Callable[[S], Evidence | None]) -> Rule[S]:
        return Rule(
            code=code,
            name=check.__name__.replace("_", "-"),
            weight=WEIGHTS.get(code, 0.0) if weight is None else weight,
            fitted=weight is None,
            message=message,
            hits=hits,
            misses=misses,
            explanation=" ".join((check.__doc__ or "").split()),
            check=check,
        )

    return make


class Classifier(Protocol):
    """What a classifier is: a name, a version that moves when verdicts may change, its rules, and a judgement."""

    @property
    def name(self) -> str:
        """The classifier's name, a key of `labels.LABELS`."""

    @property
    def version(self) -> str:
        """Moves whenever a verdict may change."""

    @property
    def rules(self) -> Sequence[Rule[Any]]:
        """All rules, in the order of their codes."""

    def judge(self, wall: Wall) -> Iterator[Verdict]:
        """Judge a wall: one verdict a subject, in no order."""


def findings(rules: Iterable[Rule[S]], subject: S) -> tuple[Finding, ...]:
    """Ask each rule about a subject; those that saw something become findings."""
    found = []
    for asked in rules:
        evidence = asked.check(subject)
        if evidence is not None:
            found.append(Finding(asked.code, asked.weight, evidence))
    return tuple(found)


# --- examples -----------------------------------------------------------------------------------------------------

_START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday, 10:00 in Oslo
_ACCOUNT = Account(agency="eksempeletaten", network="twitter", handle="eksempeletat", native_id="100")
_OFFICE = OfficeHours(opens=time(8), closes=time(16))


def visitor(text: str, number: int = 1, *, at: float = 0, under: int | None = None, **more: Any) -> Post:  # noqa: ANN401
    """Write a visitor's example post: `at` in minutes after Monday 10:00, `under` the number of its parent."""
    return _post(text, number, at, under, {"by_agency": False, "author": "v-aaaaaaaaaaaa", **more})


def own(text: str, number: int = 1, *, at: float = 0, under: int | None = None, **more: Any) -> Post:  # noqa: ANN401
    """Write one of the agency's own example posts."""
    return _post(text, number, at, under, {"by_agency": True, "author": _ACCOUNT.handle, **more})


def _post(text: str, number: int, at: float, under: int | None, more: dict[str, Any]) -> Post:
    parent = None if under is None else str(under)
    return Post(
        native_id=str(number),
        created_at=_START + timedelta(minutes=at),
        text=text,
        parent=parent,
        thread=more.pop("thread", parent or str(number)),
        kind=more.pop("kind", Kind.POST if parent is None else Kind.COMMENT),
        **more,
    )


def alone(*texts: str) -> Sequence[Example]:
    """Return each text as an example of its own: a visitor's post, and nothing around it."""
    return tuple((visitor(text),) for text in texts)


def wall_of(example: Example, *, days: float = 30, **more: Any) -> Wall:  # noqa: ANN401
    """Make a wall of an example's posts, looked at `days` after its beginning."""
    if isinstance(example, Wall):
        return example
    settings: dict[str, Any] = {
        "account": _ACCOUNT,
        "as_of": _START + timedelta(days=days),
        "office": _OFFICE,
        "norm_minutes": 480.0,
        "handles": frozenset({_ACCOUNT.handle}),
        **more,
    }
    return Wall(posts=tuple(sorted(example, key=lambda p: (p.created_at, p.native_id))), **settings)
