"""A network's pages become rows. `NETWORKS` is all that can be collected; `collect` goes through the accounts."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from soma_audit.collect.walk import walk
from soma_audit.errors import (
    ComeBackLaterError,
    CouldNotLookError,
    LeaveAccountError,
    LeaveNetworkError,
    LeaveStreamError,
)
from soma_audit.model import Gap, Stream
from soma_audit.store import Added

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from soma_audit.collect.network import Network
    from soma_audit.collect.pseudonyms import Pseudonyms
    from soma_audit.collect.transport import Transport
    from soma_audit.config import Config
    from soma_audit.model import Account
    from soma_audit.store import Run, Store

    Clock = Callable[[], datetime]


@dataclass(slots=True)
class Collected:
    """What a collection brought, and what it could not see."""

    added: Added = field(default_factory=Added)
    accounts: int = 0
    not_seen: list[str] = field(default_factory=list)
    """One sentence each."""
    come_back: datetime | None = None
    """When a network's limit is lifted."""


def collect(
    store: Store,
    run: Run,
    accounts: Iterable[Account],
    networks: Mapping[str, Network],
    *,
    now: datetime,
    revisit: timedelta,
    say: Callable[[str], None] = lambda _: None,
) -> Collected:
    """Walk every stream of every account. What cannot be seen becomes a gap, and the rest goes on."""
    result = Collected()
    closed: dict[str, LeaveNetworkError] = {}
    for account in accounts:
        say(str(account))
        try:
            if (error := closed.get(account.network)) is not None:
                raise error
            result.accounts += 1
            _account(store, run, account, networks[account.network], now=now, revisit=revisit, result=result)
        except LeaveNetworkError as leave:
            closed[account.network] = leave
            if isinstance(leave, ComeBackLaterError):
                result.come_back = leave.at
            _gap(store, run, account, None, leave, result)
        except LeaveAccountError as leave:
            _gap(store, run, account, None, leave, result)
    store.index_texts()
    if result.not_seen:
        run.partial(f"{len(result.not_seen)} could not be seen")
    return result


def _account(
    store: Store,
    run: Run,
    account: Account,
    network: Network,
    *,
    now: datetime,
    revisit: timedelta,
    result: Collected,
) -> None:
    for stream in network.streams:
        try:
            result.added += walk(store, run.id, network, account, stream, now=now, revisit=revisit)
        except LeaveStreamError as leave:
            _gap(store, run, account, stream, leave, result)
            if stream is Stream.PROFILE:
                return  # without the account's id nothing else can be asked
        if stream is Stream.PROFILE:
            account = store.account(account.network, account.handle) or account


def _gap(
    store: Store,
    run: Run,
    account: Account,
    stream: Stream | None,
    error: CouldNotLookError,
    result: Collected,
) -> None:
    store.add_gap(run.id, account, Gap(stream=stream, reason=error.reason, detail=str(error)))
    if error.reason == "not_supported":
        return  # there is nothing to see, which is not the same as not having seen it
    where = f"{account}" + (f" {stream.replace('_', ' ')}" if stream else "")
    message = str(error)
    result.not_seen.append(message if message.startswith(str(account)) else f"{where}: {message}")


# --- the networks ---------------------------------------------------------------------------------------------------


def _twitter(config: Config, accounts: list[Account], pseudonyms: Pseudonyms, wiring: Wiring) -> Network:
    from soma_audit.collect.credentials import credential  # noqa: PLC0415 - SDKs are slow to import
    from soma_audit.collect.twitter import Twitter, check  # noqa: PLC0415

    token = "replay" if wiring.replay else credential("twitter-token", config.twitter.token_file, config)
    transport = wiring.transport("twitter", config.twitter.api_url, token, check)
    return Twitter(transport, config.twitter.dialect, accounts, pseudonyms, wiring.clock)


def _facebook(config: Config, accounts: list[Account], pseudonyms: Pseudonyms, wiring: Wiring) -> Network:
    from soma_audit.collect.credentials import credential  # noqa: PLC0415
    from soma_audit.collect.facebook import Facebook  # noqa: PLC0415
    from soma_audit.collect.graph import GraphSession, check  # noqa: PLC0415

    token, secret = "replay", None
    if not wiring.replay:
        token = credential("facebook-token", config.facebook.token_file, config)
        secret = credential("facebook-app-secret", config.facebook.app_secret_file, config, required=False)
    session = GraphSession(
        wiring.transport("facebook", config.facebook.graph_url, token, check), token, secret
    )
    return Facebook(
        session,
        config.facebook.version,
        accounts,
        pseudonyms,
        wiring.clock,
        page_settings=config.facebook.page_settings,
        revisit=timedelta(days=config.collect.revisit_days),
    )


NETWORKS = {"facebook": _facebook, "twitter": _twitter}
"""Everything that can be collected, by the register's name for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """What the networks share at the edge: clock, patience, saved pages."""

    clock: Clock
    max_wait: timedelta
    replay: Path | None = None
    record: Path | None = None

    def transport(self, name: str, base_url: str, token: str, check: Callable[..., None]) -> Transport:
        """Make a network's transport."""
        from soma_audit.collect.transport import Transport, client  # noqa: PLC0415

        return Transport(
            client=client(base_url, token, self.replay / name if self.replay else None),
            check=check,
            scrub=lambda body: body,
            clock=self.clock,
            pause=time.sleep,
            max_wait=self.max_wait,
            token=None if self.replay else token,
            record=self.record / name if self.record else None,
        )
