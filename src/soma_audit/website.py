"""An agency's own site: what was looked at there, and which accounts it links to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

DECLARED_PAGES = ("guidelines", "moderation_rules", "personal_data_notice")
"""The pages that the register declares."""
SITE_PAGES = ("front", "contact", *DECLARED_PAGES)
"""What is looked at: the site's beginning, its contact page, and the pages that the register declares."""
OUTCOMES = ("read", "not_found", "refused", "robots", "unreachable", "damaged")
"""How a look at a page may end."""


@dataclass(frozen=True, slots=True)
class AccountLink:
    """An account that a page links to."""

    network: str
    handle: str
    rel_me: bool
    """The link says that the account is the site's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLook:
    """What a look at one page brought just now."""

    what: str
    """One of `SITE_PAGES`."""
    url: str
    outcome: str
    """One of `OUTCOMES`."""
    detail: str = ""
    etag: str | None = None
    last_modified: str | None = None
    changed_at: datetime | None = None
    """The same as a time; None: the site does not say when the page was changed."""
    sha256: str | None = None
    links: tuple[AccountLink, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePage:
    """A page of an agency's site as it was last looked at, or one that its register declares."""

    what: str
    """One of `SITE_PAGES`."""
    url: str
    looked_at: datetime
    outcome: str
    """One of `OUTCOMES`."""
    detail: str = ""
    """What went wrong, in a sentence."""
    read_at: datetime | None = None
    changed_at: datetime | None = None
    """Since when it says what it says, as far as is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLink:
    """An account that a page of an agency's site links to."""

    url: str
    """The page's."""
    network: str
    handle: str
    rel_me: bool
    """The link says that the account is the site's own."""
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """An agency's own site, as far as it has been looked at."""

    website: str
    pages: tuple[SitePage, ...] = ()
    links: tuple[SiteLink, ...] = ()
