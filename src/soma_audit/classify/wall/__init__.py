"""May a citizen post on the wall, comment under the agency's posts, write a message? Three questions, always apart.

What an outsider sees can prove *open* and hardly ever *closed*: silence is not closed, and a missing setting is not open.
What the Page's settings say counts most, then what a visitor wrote, then what a person saw who looked. The newest of
them tells how a wall stands; what contradicts the network's own word makes that unknown until a person has looked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from soma_audit.classify.rule import Rule, findings
from soma_audit.classify.wall import commenting as wall_commenting
from soma_audit.classify.wall import messaging as wall_messaging
from soma_audit.classify.wall import posting as wall_posting
from soma_audit.classify.wall.history import history
from soma_audit.classify.wall.sightings import Case, of_commenting, of_messaging, of_posting
from soma_audit.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from soma_audit.classify.wall.history import Sighting
    from soma_audit.model import Wall

NO_SUCH_WALL = {"WAL005", "WAL006"}
"""Signs that there is no wall of this kind."""


class WallClassifier:
    """Judges one of an account's walls."""

    def __init__(
        self,
        name: str,
        version: str,
        rules: Sequence[Rule[Any]],
        sightings: Callable[[Wall], Iterator[Sighting]],
        shares: Callable[[Case], dict[str, object]] = lambda _: {},
    ) -> None:
        self.name = name
        self.version = version
        self.rules = rules
        self._sightings = sightings
        self._shares = shares
        """What is counted beside the label."""

    def judge(self, wall: Wall) -> Iterator[Verdict]:
        """Judge the wall as a whole: how it stands, and how it stood."""
        seen = (s for s in self._sightings(wall) if s.first <= wall.as_of)
        case = Case(wall, history(seen, wall.as_of))
        found = findings(self.rules, case)
        label = case.history.label(wall.as_of)
        if label == "unknown" and not case.history.contradiction and NO_SUCH_WALL & {f.rule for f in found}:
            label = "not_supported"
        value = {**case.history.value(wall.as_of), **self._shares(case)}
        yield Verdict(None, label, value, found, waits_until=case.history.stale_at())


POSTING = WallClassifier("wall.posting", "3", wall_posting.RULES, of_posting)
COMMENTING = WallClassifier(
    "wall.commenting", "3", wall_commenting.RULES, of_commenting, wall_commenting.shares
)
MESSAGING = WallClassifier("wall.messaging", "2", wall_messaging.RULES, of_messaging)
