"""A network's pages become rows. `NETWORKS` is all that can be collected; `collect` goes through the accounts."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from soma_audit.collect.visits import CollectResult, Visits
from soma_audit.errors import SkipNetworkError, SkipStreamError
from soma_audit.model import Stream
from soma_audit.networks import NETWORKS as TRAITS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from soma_audit.collect.network import Network
    from soma_audit.collect.pseudonyms import Pseudonyms
    from soma_audit.collect.token_kind import Token
    from soma_audit.collect.transport import Transport
    from soma_audit.collect.twitter.budget import Budget
    from soma_audit.config import Config
    from soma_audit.model import Account
    from soma_audit.store import Run, Store

    Clock = Callable[[], datetime]
    Scrub = Callable[[Any], Any]


AT_ONCE = 8
"""How many requests one network has to answer at once: few enough to be a polite guest."""
SIDE_BY_SIDE = 12
"""How many accounts of one network are visited at once: more than that, so that asking goes on while pages are stored."""


def collect(
    store: Store,
    run: Run,
    accounts: Iterable[Account],
    networks: Mapping[str, Network],
    *,
    now: datetime,
    revisit: timedelta,
    without: Mapping[str, SkipNetworkError] | None = None,
    say: Callable[[str], None] = lambda _: None,
    side_by_side: int = SIDE_BY_SIDE,
    history: timedelta | None = None,
    profiles_only: bool = False,
) -> CollectResult:
    """Walk every stream of every account. What cannot be seen becomes a gap, and the rest goes on.

    `without` has the networks that are not to be asked at all, and why; `history` is how far back an account is read for the
    first time; `profiles_only`: no posts are read. All accounts are looked up before the first post is read: only then is
    it known which ids are the agencies' own.
    """
    accounts = list(accounts)
    result = CollectResult(accounts=len(accounts))
    visits = Visits(
        store, run, networks, now, revisit, result, dict(without or {}), say, side_by_side, history
    )
    found = visits.go(accounts, lambda network: network.streams[:1])
    with_ids = [store.register.account(a.network, a.handle) or a for a in found]
    if profiles_only:
        return _ended(result, run)
    visits.go(with_ids, lambda network: network.streams[1:], to_the_end=True)
    from_files = [account for account in with_ids if store.walks.bookmark(account, Stream.FILE)]
    for account in from_files:
        store.duplicates.merge_duplicates(account)
    store.walks.settle_threads(
        a.id for a in with_ids if a in from_files or not TRAITS[a.network].threads_named
    )
    store.posts.index_texts()
    return _ended(result, run)


def _ended(result: CollectResult, run: Run) -> CollectResult:
    result.not_seen.sort()
    if result.not_seen:
        run.partial(f"{len(result.not_seen)} could not be seen")
    return result


# --- the networks ---------------------------------------------------------------------------------------------------


def _twitter(config: Config, accounts: list[Account], pseudonyms: Pseudonyms, wiring: Wiring) -> Network:
    from soma_audit.collect.credentials import credential  # noqa: PLC0415 - SDKs are slow to import
    from soma_audit.collect.twitter.api import Twitter, check  # noqa: PLC0415
    from soma_audit.collect.twitter.people import TwitterPeople  # noqa: PLC0415

    token = "replay" if wiring.replay else credential("twitter-token", config.twitter.token_file, config)
    people = TwitterPeople("twitter", accounts, pseudonyms)
    transport = wiring.transport("twitter", config.twitter.api_url, token, check, people.scrub)
    return Twitter(transport, config.twitter.dialect, people, wiring.clock, wiring.budget)


def _facebook(config: Config, accounts: list[Account], pseudonyms: Pseudonyms, wiring: Wiring) -> Network:
    from soma_audit.collect.credentials import credential  # noqa: PLC0415
    from soma_audit.collect.facebook.api import Facebook  # noqa: PLC0415
    from soma_audit.collect.facebook.graph import GraphSession, check, debug_token, token_holder  # noqa: PLC0415
    from soma_audit.collect.facebook.people import FacebookPeople  # noqa: PLC0415
    from soma_audit.collect.token_kind import app_token, without_holder  # noqa: PLC0415

    settings, token, secret = config.facebook, "replay", None
    if not wiring.replay:
        token = credential("facebook-token", settings.token_file, config)
        secret = credential("facebook-app-secret", settings.app_secret_file, config, required=False)

    people = FacebookPeople("facebook", accounts, pseudonyms)

    def session_of(token: str, scrub: Scrub, secret: str | None = None) -> GraphSession:
        transport = wiring.transport("facebook", settings.graph_url, token, check, scrub)
        return GraphSession(transport, token, secret, in_query=settings.token_in == "query")  # noqa: S105 - a place, no token

    def find_token() -> Token:
        asking = token if wiring.replay else app_token(token, settings.app_id, secret)
        try:
            if asking is not None:
                return debug_token(session_of(asking, without_holder), settings.version, token)
        except SkipStreamError:
            if wiring.replay is None:
                raise  # saved pages may have been asked for without the app
        return token_holder(session, settings.version)

    session = session_of(token, people.scrub, secret)

    return Facebook(
        session,
        settings.version,
        people,
        wiring.clock,
        page_settings=settings.page_settings,
        revisit=timedelta(days=config.collect.revisit_days),
        find_token=find_token,
    )


def _bluesky(config: Config, accounts: list[Account], pseudonyms: Pseudonyms, wiring: Wiring) -> Network:
    from soma_audit.collect.bluesky.api import Bluesky, check  # noqa: PLC0415
    from soma_audit.collect.bluesky.people import BlueskyPeople  # noqa: PLC0415
    from soma_audit.collect.bluesky.sign_in import Session, only_session, sign_in  # noqa: PLC0415
    from soma_audit.collect.credentials import credential  # noqa: PLC0415
    from soma_audit.collect.lookalikes import only_names  # noqa: PLC0415

    settings = config.bluesky
    people = BlueskyPeople("bluesky", accounts, pseudonyms)
    password = None
    if settings.identifier and not wiring.replay:
        password = credential("bluesky-app-password", settings.app_password_file, config)

    def signed_in() -> Transport:
        token = "replay"  # noqa: S105 - saved pages want none
        if password is not None:
            asking = wiring.transport("bluesky", settings.server_url, None, check, only_session, record=False)
            token = sign_in(asking, str(settings.identifier), password)
        return wiring.transport("bluesky", settings.server_url, token, check, people.scrub)

    return Bluesky(
        wiring.transport("bluesky", settings.api_url, None, check, people.scrub),
        people,
        wiring.clock,
        revisit=timedelta(days=config.collect.revisit_days),
        sign_in=Session(signed_in) if settings.identifier else None,
        search=wiring.transport("bluesky", settings.api_url, None, check, only_names, record=False),
    )


def _mastodon(config: Config, accounts: list[Account], pseudonyms: Pseudonyms, wiring: Wiring) -> Network:
    from soma_audit.collect.credentials import (  # noqa: PLC0415
        from_systemd,
        mastodon_credential,
        token_file,
    )
    from soma_audit.collect.mastodon.answers import check, no_json  # noqa: PLC0415
    from soma_audit.collect.mastodon.api import Mastodon  # noqa: PLC0415
    from soma_audit.collect.mastodon.people import MastodonPeople  # noqa: PLC0415

    settings = config.mastodon
    people = MastodonPeople("mastodon", accounts, pseudonyms)
    tokens = {name.lower().removeprefix("@"): file for name, file in settings.tokens.items()}

    def token_of(account: Account) -> tuple[str | None, bool]:
        handle = account.handle.lower()
        own, server = tokens.get(handle), tokens.get(handle.partition("@")[2])
        file = own or server
        if wiring.replay or file is None:
            return None, own is not None
        granted = from_systemd(mastodon_credential(handle if own else handle.partition("@")[2]))
        return granted or token_file(config.path(file), "mastodon-token"), own is not None

    def server_at(address: str) -> str | None:
        for name, base in settings.servers.items():
            if address.startswith(f"{base}/"):
                return name
        found = urlsplit(address)
        return found.hostname if found.scheme == "https" and found.port in {None, 443} else None

    def open_server(server: str, token: str | None) -> Transport:
        named = settings.servers.get(server)
        return wiring.transport(
            f"mastodon/{server}",
            named or f"https://{server}",
            token,
            check,
            people.scrubber(server),
            no_json=no_json,
            public_only=named is None,
        )

    return Mastodon(
        people,
        wiring.clock,
        revisit=timedelta(days=config.collect.revisit_days),
        open_server=open_server,
        server_at=server_at,
        token_of=token_of,
    )


NETWORKS = {"bluesky": _bluesky, "facebook": _facebook, "mastodon": _mastodon, "twitter": _twitter}
"""Everything that can be collected, by the register's name for it."""


def open_networks(
    config: Config,
    accounts: list[Account],
    pseudonyms: Pseudonyms,
    wiring: Wiring,
    *,
    also: Collection[str] = (),
) -> tuple[dict[str, Network], dict[str, SkipNetworkError]]:
    """Make the networks that these accounts are on, and those in `also`; one without a token is given apart, with the reason.

    Raises:
        InvalidInputError: a token cannot be read.
    """
    from soma_audit.collect.credentials import NoCredentialError  # noqa: PLC0415

    networks, without = {}, {}
    for name in sorted({a.network for a in accounts} | {*also}):
        try:
            networks[name] = NETWORKS[name](config, accounts, pseudonyms, wiring)
        except NoCredentialError as error:
            without[name] = SkipNetworkError("no_token", str(error))
    return networks, without


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """What the networks share at the edge: clock, patience, money, saved pages."""

    clock: Clock
    max_wait: timedelta
    replay: Path | None = None
    record: Path | None = None
    pause: Callable[[float], None] = time.sleep
    budget: Budget | None = None
    """None: nothing is counted, and nothing is refused."""
    opened: list[Transport] = field(default_factory=list)

    def transport(
        self,
        name: str,
        base_url: str,
        token: str | None,
        check: Callable[..., None],
        scrub: Scrub,
        *,
        no_json: Callable[[int, Mapping[str, str]], None] = lambda *_: None,
        public_only: bool = False,
        record: bool = True,
    ) -> Transport:
        """Make a network's transport; `scrub` takes people out of whatever comes back, what `record` keeps too."""
        from soma_audit.collect.transport import Transport, client  # noqa: PLC0415

        transport = Transport(
            client=client(
                base_url,
                token,
                AT_ONCE,
                self.replay / name if self.replay else None,
                public_only=public_only,
            ),
            check=check,
            no_json=no_json,
            scrub=scrub,
            clock=self.clock,
            pause=self.pause,
            max_wait=self.max_wait,
            token=None if self.replay else token,
            record=self.record / name if self.record and record else None,
        )
        self.opened.append(transport)
        return transport

    def close(self) -> None:
        """Let go of the connections."""
        for transport in self.opened:
            transport.client.close()
