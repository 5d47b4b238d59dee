"""What a command has to tell at its end: sentences, warnings, the same for machines, and the exit code."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from soma_audit.errors import Exit


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
