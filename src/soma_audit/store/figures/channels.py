"""What reports read of channels: where agencies are, whether that is official, and the pages that they declare."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from soma_audit.store.connection import text_time
from soma_audit.store.figures.report_rows import ReportQueries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime


class ChannelRow(NamedTuple):
    """An agency's channel where nothing is collected."""

    agency: str
    network: str
    handle: str


class LookalikeRow(NamedTuple):
    """An account that goes by an agency's name."""

    agency: str
    network: str
    handle: str
    why: str
    first_seen_at: str


class NewLookalikeRow(NamedTuple):
    """An account that goes by an agency's name, and was not known to."""

    agency: str
    network: str
    handle: str
    why: str


class AccountLabelRow(NamedTuple):
    """What an account as a whole is held to be."""

    id: int | None
    """Of the verdict; None: a person overruled it."""
    account: int
    label: str
    value: str
    review: int | None


class UseRow(NamedTuple):
    """How many own posts an account has for a use in a month."""

    account: int
    month: str
    label: str
    posts: int


class WebPageRow(NamedTuple):
    """A page of an agency's site, or one that it declares, as last looked at."""

    agency: str
    what: str
    url: str
    looked_at: str
    outcome: str
    detail: str
    changed_at: str | None


class ChannelQueries(ReportQueries):
    """Rows about channels, for all agencies at once."""

    def channel_rows(self, day: date) -> Iterator[ChannelRow]:
        """Yield the channels that the register names and that are in use on a day, by agency and network."""
        return self.typed(
            ChannelRow,
            "select agency, network, handle from channel where dropped_at is null"
            " and coalesce(valid_from, '') <= :day and coalesce(valid_to, '9999') >= :day"
            " order by agency, network, handle",
            {"day": day.isoformat()},
        )

    def lookalike_rows(self) -> Iterator[LookalikeRow]:
        """Yield the accounts that go by agencies' names."""
        return self.typed(
            LookalikeRow,
            "select agency, network, handle, why, first_seen_at from lookalike order by agency, network, handle",
        )

    def new_lookalikes(self, since: datetime) -> Iterator[NewLookalikeRow]:
        """Yield the accounts that were first seen to go by an agency's name since a time."""
        return self.typed(
            NewLookalikeRow,
            "select agency.name as agency, network, handle, why from lookalike join agency on agency.id = lookalike.agency"
            " where first_seen_at > ? order by 1, 2, 3",
            (text_time(since),),
        )

    def account_labels(self, classifier: str) -> Iterator[AccountLabelRow]:
        """Yield what a classifier holds accounts to be; `id` null: a person overruled the verdict."""
        return self.typed(
            AccountLabelRow,
            "select iif(label is said, id, null) as id, account, label, value, review from current_verdict"
            " where post is null and classifier = ? order by account",
            (classifier,),
        )

    def declared_hours(self) -> list[tuple[int, str]]:
        """Return the hours in which accounts are said to be staffed: account and hours, as they are written."""
        return self.execute(
            "select id, json_extract(declared, '$.hours') from account"
            " where dropped_at is null and json_extract(declared, '$.hours') is not null"
        ).fetchall()

    def opened_days(self) -> list[tuple[int, str]]:
        """Return the days on which accounts were opened, as far as their networks say: account and day."""
        return self.execute(
            "select account, json_extract(facts, '$.opened') from about"
            " where json_extract(facts, '$.opened') is not null order by id"
        ).fetchall()

    def uses(self, since: datetime, until: datetime) -> Iterator[UseRow]:
        """Yield what own posts of a window are for, counted by account and month (UTC)."""
        return self.typed(
            UseRow,
            "select account, substr(created_at, 1, 7) as month, label, count(*) as posts"
            f" from {self.source}listed_account as listed cross join own_post_use on account = listed.id"
            " where created_at >= ? and created_at < ? group by 1, 2, 3 order by 1, 2, 3",
            (text_time(since), text_time(until)),
        )

    def web_page_rows(self) -> Iterator[WebPageRow]:
        """Yield all pages that have been looked at."""
        return self.typed(
            WebPageRow,
            "select agency, what, url, looked_at, outcome, detail, changed_at from web_page order by agency, what, url",
        )
