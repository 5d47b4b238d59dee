"""What a command has to tell at its end: sentences, warnings, the same for machines, and the exit code."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from soma_audit.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Iterable

MANY = 3
"""So many accounts of a network of which the same is told are told of together."""
NAMED = 5
"""So many of them are named."""
_OF_AN_ACCOUNT = re.compile(
    r"(?P<network>\w+)/(?P<handle>\S+?)(?P<stream>(?: [a-z]+)*): (?P<why>.*)", re.DOTALL
)


@dataclass(slots=True)
class Outcome:
    """What a command has to tell at its end."""

    sentences: list[str] = field(default_factory=list)
    """For people; not printed when quiet."""
    warnings: list[str] = field(default_factory=list)
    """What went wrong; always printed."""
    data: dict[str, Any] = field(default_factory=dict)
    """The same for machines."""
    code: Exit = Exit.DONE


def together(sentences: Iterable[str]) -> list[str]:
    """Return sentences on what could not be seen; where the same is so of many accounts of a network, it is said once."""
    alike: dict[tuple[str, ...], list[re.Match[str]]] = {}
    others: list[str] = []
    for sentence in sentences:
        if found := _OF_AN_ACCOUNT.fullmatch(sentence):
            alike.setdefault(found.group("network", "stream", "why"), []).append(found)
        else:
            others.append(sentence)
    told = []
    for (network, stream, why), same in alike.items():
        if len(same) < MANY:
            told += [found[0] for found in same]
            continue
        names = ", ".join(found["handle"] for found in same[:NAMED])
        more = f" and {len(same) - NAMED} more" if len(same) > NAMED else ""
        told.append(f"{network}, {len(same)} accounts{stream} ({names}{more}): {why}")
    return [*told, *others]
