"""`wall.messaging`: may a visitor write the agency a message? Known of Pages that show their settings, or by looking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from soma_audit.classify.rule import Rule, rule
from soma_audit.classify.wall.evidence import page, signs_of_people, told_by_settings
from soma_audit.classify.wall.sightings import may_message

if TYPE_CHECKING:
    from soma_audit.classify.wall.evidence import Evidence
    from soma_audit.classify.wall.sightings import Case


@rule(
    "WAL031",
    weight=1.0,
    message="The Page's settings let visitors write messages (seen {seen:.10}).",
    hits=[page(settings={"USERS_CAN_MESSAGE": True})],
    misses=[page(settings={"USERS_CAN_MESSAGE": False}), page(settings={"USERS_CAN_POST": True})],
)
def setting_messages_open(case: Case) -> Evidence | None:
    """Sees the setting that lets visitors write messages. What is written there, and answered, nobody outside sees."""
    return told_by_settings(case, may_message, "open")


@rule(
    "WAL032",
    weight=1.0,
    message="The Page's settings do not let visitors write messages (seen {seen:.10}).",
    hits=[page(settings={"USERS_CAN_MESSAGE": False})],
    misses=[page(settings={"USERS_CAN_MESSAGE": True}), page(settings={"USERS_CAN_MESSAGE": None})],
)
def setting_messages_closed(case: Case) -> Evidence | None:
    """Sees the setting that keeps visitors from writing messages."""
    return told_by_settings(case, may_message, "closed")


RULES: tuple[Rule[Any], ...] = (
    setting_messages_open,
    setting_messages_closed,
    *signs_of_people("messaging", codes=("WAL033", "WAL034", "WAL035")),
)
