"""`wall.messaging`: may a visitor write the agency a message? Known of Pages that show their settings, or by looking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from soma_audit.classify.rule import Rule, rule
from soma_audit.classify.wall.evidence import page, profile, signs_of_people, told_by_settings
from soma_audit.classify.wall.sightings import MAY_MESSAGE, MESSAGES_FROM, may_message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from soma_audit.classify.wall.evidence import Evidence
    from soma_audit.classify.wall.sightings import Case


def _of_a_page(settings: Mapping[str, Any]) -> str | None:
    return may_message(settings) if MESSAGES_FROM not in settings else None


@rule(
    "WAL031",
    weight=1.0,
    message="The Page's settings let visitors write messages (seen {seen:.10}).",
    hits=[page(settings={"USERS_CAN_MESSAGE": True})],
    misses=[page(settings={"USERS_CAN_MESSAGE": False}), page(settings={"USERS_CAN_POST": True})],
)
def setting_messages_open(case: Case) -> Evidence | None:
    """Sees the setting that lets visitors write messages. What is written there, and answered, nobody outside sees."""
    return told_by_settings(case, _of_a_page, "open")


@rule(
    "WAL032",
    weight=1.0,
    message="The Page's settings do not let visitors write messages (seen {seen:.10}).",
    hits=[page(settings={"USERS_CAN_MESSAGE": False})],
    misses=[page(settings={"USERS_CAN_MESSAGE": True}), page(settings={"USERS_CAN_MESSAGE": None})],
)
def setting_messages_closed(case: Case) -> Evidence | None:
    """Sees the setting that keeps visitors from writing messages."""
    return told_by_settings(case, _of_a_page, "closed")


@rule(
    "WAL036",
    weight=1.0,
    message="Its profile says that the account accepts messages from everyone (seen {seen:.10}).",
    hits=[profile(allow_incoming="all")],
    misses=[profile(allow_incoming="following"), profile(followers=5)],
)
def messages_from_everyone(case: Case) -> Evidence | None:
    """Sees a profile that accepts messages from everyone."""
    return _told_by_profile(case, "all")


@rule(
    "WAL037",
    weight=1.0,
    message="Its profile says that the account accepts messages only from users that it follows (seen {seen:.10}).",
    hits=[profile(allow_incoming="following")],
    misses=[profile(allow_incoming="all"), profile(followers=5)],
)
def messages_from_followed(case: Case) -> Evidence | None:
    """Sees a profile that accepts messages only from users that the account follows, few of whom are citizens."""
    return _told_by_profile(case, "following")


@rule(
    "WAL038",
    weight=1.0,
    message="Its profile says that the account accepts no messages (seen {seen:.10}).",
    hits=[profile(allow_incoming="none")],
    misses=[profile(allow_incoming="all"), profile(followers=5)],
)
def messages_from_nobody(case: Case) -> Evidence | None:
    """Sees a profile that accepts no messages."""
    return _told_by_profile(case, "none")


def _told_by_profile(case: Case, word: str) -> Evidence | None:
    def read(settings: Mapping[str, Any]) -> str | None:
        return may_message(settings) if MESSAGES_FROM in settings else None

    return told_by_settings(case, read, MAY_MESSAGE[word])


RULES: tuple[Rule[Any], ...] = (
    setting_messages_open,
    setting_messages_closed,
    *signs_of_people("messaging", codes=("WAL033", "WAL034", "WAL035")),
    messages_from_everyone,
    messages_from_followed,
    messages_from_nobody,
)
