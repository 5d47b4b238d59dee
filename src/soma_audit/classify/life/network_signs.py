"""Signs in what the network says of the account itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from soma_audit.classify.life.examples import SEEN, WROTE, account
from soma_audit.classify.rule import Rule, rule
from soma_audit.labels import GAP_REASONS
from soma_audit.model import About, Gap, Stream

if TYPE_CHECKING:
    from collections.abc import Mapping

    from soma_audit.classify.life.case import Case

    Evidence = Mapping[str, object]

_MOVED = Gap(stream=Stream.PROFILE, reason="moved", noticed_at=SEEN)
_NAMES_NEW = About(seen_at=SEEN, source="profile", facts={"moved_to": "etat@ny.example"})
_OLD: dict[str, Any] = {"network": "mastodon", "handle": "etat@social.example"}


@rule(
    "LIF011",
    weight=1.0,
    message="The network has suspended it (first seen so on {day}).",
    hits=[account(WROTE, says="suspended"), account(says="suspended", seen=False)],
    misses=[
        account(WROTE, says="deactivated"),
        account(WROTE, gaps=(Gap(stream=Stream.MENTIONS, reason="suspended"),)),
    ],
)
def suspended(case: Case) -> Evidence | None:
    """Sees that the network itself has taken the account down. It may come back, and is then seen again."""
    return _since(case, case.says("suspended"))


@rule(
    "LIF012",
    weight=1.0,
    message="Somebody else has its name now (first seen so on {day}).",
    hits=[account(WROTE, says="renamed")],
    misses=[account(WROTE, says="not_found"), account(WROTE)],
)
def name_taken(case: Case) -> Evidence | None:
    """Sees that another account than the one known by its id has the name. Wrong where the agency has opened it anew."""
    return _since(case, case.says("renamed"))


@rule(
    "LIF013",
    weight=1.0,
    message="Its profile says that it has moved to another account (first seen so on {day}).",
    hits=[
        account(WROTE, gaps=(_MOVED,), **_OLD),
        account(WROTE, gaps=(_MOVED,), about=(_NAMES_NEW,), **_OLD),
    ],
    misses=[account(WROTE, about=(_NAMES_NEW,), **_OLD), account(WROTE, says="deactivated", **_OLD)],
)
def says_moved(case: Case) -> Evidence | None:
    """Sees that the account has moved, as Mastodon's profiles tell. What became of the other one is its own verdict."""
    return _since(case, case.says("moved"))


@rule(
    "LIF014",
    weight=1.0,
    message="The network says: {why} (first seen so on {day}).",
    hits=[account(WROTE, says="deactivated"), account(WROTE, says="unpublished", network="facebook")],
    misses=[
        account(says="deactivated", seen=False),
        account(WROTE, says="suspended"),
        account(WROTE, says="unreachable"),
    ],
)
def withdrawn(case: Case) -> Evidence | None:
    """Sees that an account that was seen before has been taken back by whoever runs it. They may bring it back."""
    gap = case.says("deactivated", "unpublished")
    return {"why": GAP_REASONS[gap.reason], **_day(case, gap)} if gap and case.gone else None


@rule(
    "LIF015",
    weight=1.0,
    message="The network showed it before, and does not know it any more (first seen so on {day}).",
    hits=[account(WROTE, says="not_found"), account(says="not_found")],
    misses=[
        account(says="not_found", seen=False),
        account(WROTE, says="not_found", network="facebook"),
        account(WROTE, says="unreachable"),
    ],
)
def not_found_any_more(case: Case) -> Evidence | None:
    """Sees that the network does not know an account that was seen before: deleted, or renamed before its id was known.

    Not on Facebook, which says the same of what a token may not see.
    """
    return _since(case, case.missing) if case.seen_before else None


@rule(
    "LIF016",
    weight=1.0,
    message="The network does not know it, and it has never been seen.",
    hits=[account(says="not_found", seen=False)],
    misses=[
        account(says="not_found"),
        account(says="not_found", network="facebook", seen=False),
        account(says="unreachable", seen=False),
    ],
)
def never_found(case: Case) -> Evidence | None:
    """Sees that the network does not know an account of which nothing was ever seen: mistyped, or gone before the audit."""
    return {} if case.missing and not case.seen_before else None


def _since(case: Case, gap: Gap | None) -> Evidence | None:
    return _day(case, gap) if gap else None


def _day(case: Case, gap: Gap) -> dict[str, object]:
    return {"day": (gap.noticed_at or case.wall.as_of).date().isoformat()}


RULES: tuple[Rule[Any], ...] = (
    suspended,
    name_taken,
    says_moved,
    withdrawn,
    not_found_any_more,
    never_found,
)
