"""What is reported of agencies' channels: where they are, whether that is official, and how they say that they run them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ElsewhereLine:
    """An agency's channel on a network where nothing is collected, by the register."""

    network: str
    handle: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookalikeLine:
    """An account that goes by the agency's name, or nearly, and is not in the register; counted nowhere."""

    network: str
    handle: str
    why: str
    """`same-name`, `similar-name` or `same-handle`."""
    first_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialState:
    """Whether account and site name each other."""

    label: str
    """One of the labels of `official`."""
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeState:
    """How an account lives, or how it ended."""

    label: str
    """One of the labels of `life`."""
    reasons: tuple[str, ...] = ()
    since: datetime | None = None
    """Since when it is so; None: not known."""
    last_sign: datetime | None = None
    """Its last own post, reply or share; None: nothing is known of any."""
    successor: str | None = None
    """network/handle of the account that takes its place; None: there is none, or it has no name here."""
    successor_url: str | None = None
    began: date | None = None
    """The first day that is known of it; None: there is none."""
    began_by: str | None = None
    """Who says so: `network` (when it was opened), `register` (`valid_from`), or `first_post`."""
    asked_since: int | None = None
    """Questions that came after the last sign, where nobody tended the account any more; None: it lives, or it is not told."""
    last_asked: datetime | None = None
    """When the last of them came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UseMonth:
    """What an account's posts of a month are for: how many for each use."""

    month: str
    """2026-03, by UTC."""
    posts: Mapping[str, int]
    """By the labels of `use`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredPage:
    """A page that the register declares, as it was last looked at."""

    what: str
    """`guidelines`, `moderation_rules` or `personal_data_notice`."""
    url: str
    outcome: str | None = None
    """One of `website.OUTCOMES`; None: nobody has looked yet."""
    detail: str = ""
    """What went wrong."""
    looked_at: datetime | None = None
    changed_at: datetime | None = None
    """Since when it says what it says; None: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredLine:
    """How an agency says that it runs an account, and what its conduct has to do with it."""

    unit: str | None = None
    email: str | None = None
    hours: str | None = None
    languages: tuple[str, ...] = ()
    guidelines_date: str | None = None
    pages: tuple[DeclaredPage, ...] = ()
    outside_hours: int | None = None
    """Questions of the window that were asked outside the declared hours; None: no hours are declared, or it is not told."""
