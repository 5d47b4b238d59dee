"""The register as the database has it: agencies and accounts, and which of them have news."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from soma_audit.model import Account, Agency, Role
from soma_audit.store.compact import to_json
from soma_audit.store.connection import Connection, text_time

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


_ACCOUNT = (
    "select id, agency, network, handle, native_id, role, evidence, valid_from, valid_to, closing_reason,"
    " alternative_channel from account"
)


class Registered(Connection):
    """Agencies and their accounts."""

    def save_register(self, agencies: Iterable[Agency], accounts: Iterable[Account], now: datetime) -> None:
        """Make the database's register equal to the file's; what the file no longer names is dropped, not deleted."""
        with self.transaction():
            for agency in agencies:
                self._save_agency(agency)
            kept = [self._save_account(a) for a in accounts]
            self.execute(
                "update account set dropped_at = ?, changed = changed + 1 where dropped_at is null"
                " and agency in (select id from agency where kind is not null)"
                " and id not in (select value from json_each(?))",
                (text_time(now), json.dumps(kept)),
            )

    def _save_agency(self, agency: Agency) -> None:
        self.execute(
            "insert into agency (id, name, kind, valid_from, valid_to, succeeds) values (?, ?, ?, ?, ?, ?)"
            " on conflict do update set name = excluded.name, kind = excluded.kind, valid_from = excluded.valid_from,"
            " valid_to = excluded.valid_to, succeeds = excluded.succeeds",
            (
                *(agency.id, agency.name, agency.kind, _iso(agency.valid_from), _iso(agency.valid_to)),
                to_json(agency.succeeds),
            ),
        )

    def _save_account(self, account: Account) -> int:
        valid = (_iso(account.valid_from), _iso(account.valid_to))
        row = self.execute(
            "insert into account (agency, network, handle, role, evidence, valid_from, valid_to, closing_reason,"
            " alternative_channel) values (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " on conflict do update set agency = excluded.agency, handle = excluded.handle, role = excluded.role,"
            " evidence = excluded.evidence, valid_from = excluded.valid_from, valid_to = excluded.valid_to,"
            " closing_reason = excluded.closing_reason, alternative_channel = excluded.alternative_channel,"
            # an account that comes back to the register may be another one by the same name
            " native_id = iif(dropped_at is null, native_id, null), dropped_at = null returning id",
            (
                *(account.agency, account.network, account.handle, account.role, account.evidence, *valid),
                *(account.closing_reason, account.alternative_channel),
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
        """Find an account by its name, in any case."""
        row = self.execute(f"{_ACCOUNT} where network = ? and handle = ?", (network, handle)).fetchone()
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
        """Keep the network's own id of an account: handles change, ids do not."""
        self.execute(
            "update account set native_id = ? where id = ? and native_id is not ?",
            (native_id, account.id, native_id),
        )

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
    number, agency, network, handle, native_id, role, evidence, since, until, reason, channel = row
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
    )
