"""The register as the database has it: agencies and accounts, and which of them have news."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import date
from typing import TYPE_CHECKING, Any

from soma_audit.model import Account, Agency, Channel, Declared, Role
from soma_audit.store.connection import Part, text_time
from soma_audit.store.json_columns import from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime


_ACCOUNT = (
    "select id, agency, network, handle, native_id, role, evidence, valid_from, valid_to, closing_reason,"
    " alternative_channel, declared,"
    " (select group_concat(handle, ' ') from account_name where account_name.account = account.id) as other_names"
    " from account"
)
_OF_ACCOUNTS = (
    *("page", "walk", "seen", "bookmark", "gap", "about", "post", "verdict", "judged", "review", "wall_look"),
    *("thread", "version", "account_name"),
)
"""The tables whose rows belong to an account."""


class RegisterStore(Part):
    """Agencies and their accounts."""

    def save_register(
        self,
        agencies: Iterable[Agency],
        accounts: Iterable[Account],
        now: datetime,
        *,
        channels: Iterable[Channel] = (),
    ) -> None:
        """Make the database's register equal to the file's; what the file no longer names is dropped, not deleted."""
        with self.transaction():
            for agency in agencies:
                self._save_agency(agency)
            accounts = list(accounts)
            self._follow_names(accounts)
            kept = [self._save_account(a) for a in accounts]
            self.execute(
                "update account set dropped_at = ?, changed = changed + 1 where dropped_at is null"
                " and agency in (select id from agency where kind is not null)"
                " and id not in (select value from json_each(?))",
                (text_time(now), json.dumps(kept)),
            )
            self._save_channels(channels, text_time(now))

    def _save_channels(self, channels: Iterable[Channel], now: str) -> None:
        self.execute("update channel set dropped_at = coalesce(dropped_at, ?)", (now,))
        self.connection.executemany(
            "insert into channel (agency, network, handle, evidence, valid_from, valid_to) values (?, ?, ?, ?, ?, ?)"
            " on conflict do update set agency = excluded.agency, handle = excluded.handle, evidence = excluded.evidence,"
            " valid_from = excluded.valid_from, valid_to = excluded.valid_to, dropped_at = null",
            (
                (c.agency, c.network, c.handle, c.evidence, _iso(c.valid_from), _iso(c.valid_to))
                for c in channels
            ),
        )

    def _follow_names(self, accounts: Sequence[Account]) -> None:
        """Let the register's new name for an account be that of the account which is known to have it."""
        listed = {(a.network, a.handle.lower()) for a in accounts}
        for account in accounts:
            renamed = self.execute(
                "select account.id, account.handle from account_name join account on account.id = account_name.account"
                " where network = :network and account_name.handle = :handle"
                " and not exists (select 1 from account where network = :network and handle = :handle)",
                {"network": account.network, "handle": account.handle},
            ).fetchone()
            if renamed and (account.network, renamed[1].lower()) not in listed:
                self._name(renamed[0], renamed[1], account.handle)

    def _name(self, number: int, before: str, now: str) -> None:
        """Give an account's row its new name; it goes on being known by the old one."""
        self.execute("delete from account_name where account = ? and handle = ?", (number, now))
        self.execute(
            "insert or ignore into account_name values (?, ?)",
            (number, before),
        )
        self.execute(
            "update account set handle = ?, goes_by = null, renamed_at = null, dropped_at = null where id = ?",
            (now, number),
        )

    def _save_agency(self, agency: Agency) -> None:
        self.execute(
            "insert into agency (id, name, kind, valid_from, valid_to, succeeds, website, region)"
            " values (?, ?, ?, ?, ?, ?, ?, ?)"
            " on conflict do update set name = excluded.name, kind = excluded.kind, valid_from = excluded.valid_from,"
            " valid_to = excluded.valid_to, succeeds = excluded.succeeds, website = excluded.website,"
            " region = excluded.region",
            (
                *(agency.id, agency.name, agency.kind, _iso(agency.valid_from), _iso(agency.valid_to)),
                *(to_json(agency.succeeds), agency.website, agency.region),
            ),
        )

    def _save_account(self, account: Account) -> int:
        valid = (_iso(account.valid_from), _iso(account.valid_to))
        row = self.execute(
            "insert into account (agency, network, handle, role, evidence, valid_from, valid_to, closing_reason,"
            " alternative_channel, declared) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " on conflict do update set agency = excluded.agency, handle = excluded.handle, role = excluded.role,"
            " evidence = excluded.evidence, valid_from = excluded.valid_from, valid_to = excluded.valid_to,"
            " closing_reason = excluded.closing_reason, alternative_channel = excluded.alternative_channel,"
            " declared = excluded.declared,"
            # how it ended is judged anew; an account of which nothing is known yet is still not judged
            " changed = changed + (changed > 0 and (valid_to is not excluded.valid_to"
            " or closing_reason is not excluded.closing_reason or alternative_channel is not excluded.alternative_channel)),"
            # an account that comes back to the register may be another one by the same name
            " native_id = iif(dropped_at is null, native_id, null), dropped_at = null returning id",
            (
                *(account.agency, account.network, account.handle, account.role, account.evidence, *valid),
                *(account.closing_reason, account.alternative_channel, to_json(_told(account.declared))),
            ),
        ).fetchone()
        return int(row[0])

    def accounts(self, *, day: date | None = None) -> list[Account]:
        """List the accounts that have not been dropped; with a day, those valid on it."""
        rows = self.execute(
            f"{_ACCOUNT} where dropped_at is null and (:day is null or (coalesce(valid_from, '') <= :day"
            " and coalesce(valid_to, '9999') >= :day)) order by network, handle",
            {"day": _iso(day)},
        )
        return [_account(row) for row in rows]

    def account(self, network: str, handle: str) -> Account | None:
        """Return an account by the register's name for it, in any case, else by another one that it has had."""
        row = self.execute(
            f"{_ACCOUNT} where network = :network and (handle = :handle"
            " or id in (select account from account_name where account_name.handle = :handle))"
            " order by handle = :handle desc, id limit 1",
            {"network": network, "handle": handle},
        ).fetchone()
        return _account(row) if row else None

    def accounts_of_agency(self, network: str, name: str) -> list[Account]:
        """List the accounts on one network of the agency with this full name."""
        rows = self.execute(
            f"{_ACCOUNT} where network = ? and dropped_at is null"
            " and agency in (select id from agency where name = ?) order by handle",
            (network, name),
        )
        return [_account(row) for row in rows]

    def account_named(self, name: str) -> Account | None:
        """Find an account by network/handle."""
        return self.account(*name.split("/")) if name.count("/") == 1 else None

    def take_in(self, network: str, handle: str) -> Account:
        """Take in an account that the register does not know, under an agency of its own name."""
        slug = f"{network}-{handle.lower()}"
        self.execute("insert or ignore into agency (id, name) values (?, ?)", (slug, handle))
        self._save_account(Account(agency=slug, network=network, handle=handle))
        account = self.account(network, handle)
        assert account is not None  # noqa: S101 - it has just been written
        return account

    def save_native_id(self, account: Account, native_id: str) -> None:
        """Keep the network's own id of an account: handles change, ids do not.

        An account without posts that has the id of one which the register no longer names, is that one under a new name.
        """
        former = self.execute(
            "select id, handle from account where network = ? and native_id = ? and id <> ? and dropped_at is not null"
            " and not exists (select 1 from post where post.account = ?)",
            (account.network, native_id, account.id, account.id),
        ).fetchone()
        if former:
            self._adopt(account, *former)
        self.execute(
            "update account set native_id = ? where id = ? and native_id is not ?",
            (native_id, account.id, native_id),
        )

    def _adopt(self, account: Account, former: int, handle: str) -> None:
        """Give an account all that is kept of the same one under its former name."""
        with self.transaction():
            for table in _OF_ACCOUNTS:
                self.execute(
                    f"update or ignore {table} set account = ? where account = ?", (account.id, former)
                )
                self.execute(f"delete from {table} where account = ?", (former,))
            self.execute("delete from account where id = ?", (former,))
            self.execute(
                "insert or ignore into account_name values (?, ?)",
                (account.id, handle),
            )
            self.mark_changed([account.id])

    def note_name(self, account: Account, handle: str | None, at: datetime) -> bool:
        """Keep the name by which the network knows an account (None: the register's); return whether that is news."""
        (goes_by,) = self.execute("select goes_by from account where id = ?", (account.id,)).fetchone()
        if goes_by == handle:
            return False
        with self.transaction():
            self.execute(
                "update account set goes_by = ?, renamed_at = ? where id = ?",
                (handle, text_time(at) if handle else None, account.id),
            )
            if handle:
                self.execute("insert or ignore into account_name values (?, ?)", (account.id, handle))
            self.mark_changed([account.id])
        return handle is not None

    def mark_changed(self, accounts: Iterable[int | None]) -> None:
        """Note that there is something to judge: on the account, and on its agency's other ones, which compare texts."""
        self.execute(
            "update account set changed = changed + 1 where agency in"
            " (select agency from account where id in (select value from json_each(?)))",
            (json.dumps(sorted(a for a in accounts if a)),),
        )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _account(row: tuple[Any, ...]) -> Account:
    (
        number,
        agency,
        network,
        handle,
        native_id,
        role,
        evidence,
        since,
        until,
        reason,
        channel,
        declared,
        others,
    ) = row
    return Account(
        id=number,
        agency=agency,
        network=network,
        handle=handle,
        native_id=native_id,
        role=Role(role),
        evidence=evidence,
        valid_from=date.fromisoformat(since) if since else None,
        valid_to=date.fromisoformat(until) if until else None,
        closing_reason=reason,
        alternative_channel=channel,
        declared=_declared(from_json(declared)),
        other_names=tuple(sorted((others or "").split())),
    )


def _told(declared: Declared) -> dict[str, object]:
    """Return what an agency does say, as JSON has it."""
    told = {name: value for name, value in asdict(declared).items() if value}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in told.items()}


def _declared(told: Mapping[str, Any]) -> Declared:
    known = {f.name: told[f.name] for f in fields(Declared) if f.name in told}
    if "guidelines_date" in known:
        known["guidelines_date"] = date.fromisoformat(known["guidelines_date"])
    return Declared(**known | {"languages": tuple(known.get("languages", ()))})
