"""Whose wall a post of a file stands on, and under which names people are kept: what every format asks."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from soma_audit.collect.bluesky.people import BlueskyPeople
from soma_audit.collect.facebook.people import FacebookPeople
from soma_audit.collect.mastodon.people import MastodonPeople
from soma_audit.collect.names_in_text import mention
from soma_audit.collect.twitter.people import TwitterPeople
from soma_audit.errors import InvalidInputError
from soma_audit.imports.record import BadRecordError
from soma_audit.networks import NETWORKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from zoneinfo import ZoneInfo

    from soma_audit.collect.pseudonyms import People, Pseudonyms
    from soma_audit.model import Account
    from soma_audit.store import Store

NOBODYS = "posts neither from nor to an account of the register"


PEOPLE: dict[str, type[People]] = {
    "bluesky": BlueskyPeople,
    "facebook": FacebookPeople,
    "mastodon": MastodonPeople,
    "twitter": TwitterPeople,
}
"""By network, who knows its people and gives visitors their pseudonyms."""


class ImportContext:
    """Knows the register's accounts, and takes in those that a file speaks for."""

    def __init__(
        self,
        store: Store,
        pseudonyms: Pseudonyms,
        *,
        named: list[tuple[str, str]] | None = None,
        timezone: ZoneInfo | None = None,
        columns: Mapping[str, str] | Iterable[tuple[str, str]] | None = None,
        time_format: str | None = None,
    ) -> None:
        accounts = store.register.accounts()
        self.people: dict[str, People] = {
            network: kind(network, accounts, pseudonyms) for network, kind in PEOPLE.items()
        }
        self.pseudonyms, self.columns = pseudonyms, dict(columns or {})
        self.taken_in: list[str] = []
        """Accounts that the register does not know."""
        self.kept_out: Counter[str] = Counter()
        """Posts that were read and not taken in, by the reason."""
        self.unknown_keys: Counter[str] = Counter()
        self.memory: dict[str, Any] = {}
        """What a format keeps from one file of an import for the next, by the format's name."""
        self.time_format = time_format
        self.twice = 0
        """Times that came twice, when clocks were put back: the first of both was taken."""
        self._store, self._timezone = store, timezone
        self.named = [self.account(*name) for name in named or ()]
        """The accounts that the user said the files are of."""

    def account(self, network: str, handle: str, native_id: str | None = None) -> Account:
        """Return the account by this name; one that the register does not know is taken in under its own name.

        Raises:
            BadRecordError: it cannot be a name.
        """
        if network not in NETWORKS:
            raise BadRecordError(f"network is not one of {', '.join(sorted(NETWORKS))}")
        if not 0 < len(handle) <= 100:
            raise BadRecordError("account cannot be a name")
        people = self.people[network]
        account = people.names.get(handle.lower()) or self._store.register.account(network, handle)
        if account is None:
            account = self._store.register.take_in(network, handle)
            self.taken_in.append(str(account))
        people.add(account, native_id)
        return account

    def named_on(self, network: str) -> Account | None:
        """Return the account on a network that the user named, if it is a single one."""
        found = [a for a in self.named if a.network == network]
        return found[0] if len(found) == 1 else None

    def by_agency_name(self, network: str, name: str) -> Account | None:
        """Return the account on a network of the agency with this full name, if there is a single one."""
        found = self._store.register.accounts_of_agency(network, name)
        return found[0] if len(found) == 1 else None

    def whose(self, network: str, file: str) -> Account:
        """Return the account that a file is of, where the file itself does not say so.

        Raises:
            InvalidInputError: the user has not named one.
        """
        account = self.named_on(network)
        if account is None:
            named = ", ".join(str(a) for a in self.named if a.network == network)
            raise InvalidInputError(
                f"{file} does not tell whose it is, or not by a name that the register knows. "
                + (
                    f"It cannot be of all of {named}: name one."
                    if named
                    else f"Say it with --account {network}/HANDLE."
                )
            )
        return account

    def walls(
        self, network: str, writer: Account | None, reply_to: Account | None, text: str
    ) -> list[Account]:
        """Return the accounts on whose walls a post stands: its writer's, and those it replies to or mentions."""
        found = [account for account in (writer, reply_to) if account]
        names = self.people[network].names
        if "@" in text:
            found += [a for named in mention(network).finditer(text) if (a := names.get(named[1].lower()))]
        if not found:
            self.kept_out[NOBODYS] += 1
        return list({account.id: account for account in found}.values())

    def moment(self, text: str) -> datetime:
        """Read a time; one without zone is in the zone that the user named.

        Raises:
            BadRecordError: it is none, or its zone is not known.
        """
        try:
            moment = datetime.fromisoformat(text)
        except (ValueError, TypeError):
            raise BadRecordError("created_at is not a valid time; write it as 2026-03-02T09:14:00Z") from None
        return moment if moment.tzinfo is UTC else self.zoned(moment)

    def zoned(self, moment: datetime) -> datetime:
        """Return a time in UTC; one without zone is in the zone that the user named."""
        if moment.tzinfo is None:
            if self._timezone is None:
                raise BadRecordError(
                    "created_at has no time zone; write it as 2026-03-02T09:14:00Z, or name the zone with --timezone"
                )
            return self._from_local(moment, self._timezone)
        return moment.astimezone(UTC)

    def _from_local(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """Return a local time in UTC: some there are twice a year, and some not at all, when the clocks are changed."""
        first, second = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
        in_utc = first.astimezone(UTC)
        if first.utcoffset() != second.utcoffset():
            if in_utc.astimezone(zone).replace(tzinfo=None) != moment:
                raise BadRecordError(f"created_at is a time that the clocks of {zone.key} skipped")
            self.twice += 1
        return in_utc

    def needs_timezone(self, file: str) -> None:
        """Ask for the zone of a file that has times without one.

        Raises:
            InvalidInputError: the user has not named it.
        """
        if self._timezone is None:
            raise InvalidInputError(
                f"The times in {file} have no zone. Name the one they were exported in: --timezone Europe/Oslo."
            )
