"""The figures of channels: what the register and its last check know of each agency and account."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from soma_audit.networks import ELSEWHERE, NETWORKS, impossible_time
from soma_audit.office_hours import declared_hours
from soma_audit.report.figures.channels import (
    DeclaredLine,
    DeclaredPage,
    ElsewhereLine,
    LifeState,
    LookalikeLine,
    OfficialState,
    UseMonth,
)
from soma_audit.store.connection import read_time
from soma_audit.website import DECLARED_PAGES

if TYPE_CHECKING:
    from soma_audit.report.language.words import Words
    from soma_audit.store.figures.channels import WebPageRow
    from soma_audit.store.figures.rows import AccountRow
    from soma_audit.store.figures.snapshot import FigureQueries

EARLIEST = datetime.min.replace(tzinfo=UTC)
"""Since when nobody has tended an account that has never written."""
TENDED = ("active", "unknown", "never_found")
"""Labels of accounts of which nobody can say that they have been left."""


class Channels:
    """What is known of channels, read once for a whole report."""

    def __init__(
        self,
        store: FigureQueries,
        words: Words,
        window: tuple[datetime, datetime],
        as_of: datetime,
        timezone: str,
    ) -> None:
        self._store, self._as_of = store, as_of
        self._official = {
            row.account: OfficialState(
                label=row.label, reasons=words.reasons(store.reasons(row.id, row.review))
            )
            for row in store.account_labels("official")
        }
        self._uses: defaultdict[int, dict[str, dict[str, int]]] = defaultdict(dict)
        for use in store.uses(*window):
            self._uses[use.account].setdefault(use.month, {})[use.label] = use.posts
        self._lives = {row.account: row for row in store.account_labels("life")}
        last_own = {row.id: read_time(row.last_own) for row in store.account_rows()}
        self._left = {
            number: last_own.get(number) or EARLIEST
            for number, row in self._lives.items()
            if row.label not in TENDED
        }
        self._hours = {
            number: office
            for number, hours in store.declared_hours()
            if (office := declared_hours(hours, timezone)) is not None
        }
        self._asked_since, self._outside = self._questions(window, as_of)
        self._words, self._opened = words, dict(store.opened_days())
        self._pages: dict[tuple[str, str, str], WebPageRow] = {
            (row.agency, row.what, row.url): row for row in store.web_page_rows()
        }
        self._elsewhere: defaultdict[str, list[ElsewhereLine]] = defaultdict(list)
        for channel in store.channel_rows(as_of.date()):
            url = ELSEWHERE[channel.network].url(channel.handle)
            line = ElsewhereLine(network=channel.network, handle=channel.handle, url=url)
            self._elsewhere[channel.agency].append(line)
        self._lookalikes: defaultdict[str, list[LookalikeLine]] = defaultdict(list)
        for row in store.lookalike_rows():
            first = datetime.fromisoformat(row.first_seen_at)
            like = LookalikeLine(network=row.network, handle=row.handle, why=row.why, first_seen=first)
            self._lookalikes[row.agency].append(like)

    def elsewhere(self, agency: str) -> tuple[ElsewhereLine, ...]:
        """Return where an agency is without anything being collected."""
        return tuple(self._elsewhere[agency])

    def lookalikes(self, agency: str) -> tuple[LookalikeLine, ...]:
        """Return who goes by an agency's name without being in the register."""
        return tuple(self._lookalikes[agency])

    def official(self, account: int) -> OfficialState | None:
        """Return whether an account is its agency's own; None: that has not been looked at."""
        return self._official.get(account)

    def uses(self, account: int) -> tuple[UseMonth, ...]:
        """Return what an account's posts of the window are for, month by month."""
        months = self._uses[account]
        return tuple(UseMonth(month=month, posts=months[month]) for month in sorted(months))

    def _questions(
        self, window: tuple[datetime, datetime], as_of: datetime
    ) -> tuple[dict[int, list[datetime]], dict[int, int]]:
        """Return when people asked at accounts that were left, and how many asked while an account was said to be closed."""
        (since, until), left = window, self._left
        asked: dict[int, list[datetime]] = {number: [] for number in left}
        outside = dict.fromkeys(self._hours, 0)
        for number, last_sign in left.items():
            for row in self._store.question_rows(last_sign, as_of, number):
                if row.question == "question":
                    asked[number].append(datetime.fromisoformat(row.created_at))
        for row in self._store.question_rows(since, until) if outside else ():
            if row.question == "question" and row.account in outside:
                at = datetime.fromisoformat(row.created_at)
                outside[row.account] += not self._hours[row.account].is_open(at)
        return asked, outside

    def life(self, account: AccountRow) -> LifeState | None:
        """Return how an account lives; None: that has not been judged."""
        row = self._lives.get(account.id)
        if row is None:
            return None
        told = json.loads(row.value) if row.id is not None else {}
        asked = self._asked_since.get(account.id)
        began, began_by = self._began(account)
        network, _, handle = (told.get("successor") or "").partition("/")
        return LifeState(
            label=row.label,
            reasons=self._words.reasons(self._store.reasons(row.id, row.review)),
            since=read_time(told.get("since")),
            last_sign=read_time(account.last_own),
            successor=told.get("successor"),
            successor_url=NETWORKS[network].url(handle) if network in NETWORKS else None,
            began=began,
            began_by=began_by,
            asked_since=len(asked) if asked is not None else None,
            last_asked=max(asked, default=None) if asked else None,
        )

    def _began(self, account: AccountRow) -> tuple[date, str] | tuple[None, None]:
        """Return the first day that is known of an account, and who says so: its network before all others."""
        told = (
            (self._opened.get(account.id), "network"),
            (account.valid_from, "register"),
            (account.first_post, "first_post"),
        )
        found = ((day, by) for text, by in told if (day := _day(text, account.network, self._as_of)))
        return next(found, (None, None))

    def declared(self, account: AccountRow) -> DeclaredLine | None:
        """Return how an account is said to be run; None: nothing is said."""
        told = json.loads(account.declared)
        if not told:
            return None
        return DeclaredLine(
            unit=told.get("unit"),
            email=told.get("email"),
            hours=told.get("hours"),
            languages=tuple(told.get("languages", ())),
            guidelines_date=told.get("guidelines_date"),
            pages=tuple(
                self._page(account.agency, what, told[what]) for what in DECLARED_PAGES if what in told
            ),
            outside_hours=self._outside.get(account.id),
        )

    def _page(self, agency: str, what: str, url: str) -> DeclaredPage:
        seen = self._pages.get((agency, what, url))
        if seen is None:
            return DeclaredPage(what=what, url=url)
        return DeclaredPage(
            what=what,
            url=url,
            outcome=seen.outcome,
            detail=seen.detail,
            looked_at=read_time(seen.looked_at),
            changed_at=read_time(seen.changed_at),
        )


def _day(text: str | None, network: str, as_of: datetime) -> date | None:
    """Return a day on which an account may have existed; None: nothing is told, or what cannot be."""
    try:
        day = date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
    return None if impossible_time(network, datetime.combine(day, time.max, UTC), as_of) else day
