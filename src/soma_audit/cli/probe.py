"""What `doctor` asks the networks, as `collect` would ask it: the token, the quota, one look-up an account, the time."""

from __future__ import annotations

import os
import secrets
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from soma_audit.cli.checks import (
    Check,
    State,
    clock_check,
    name_of,
    quota_checks,
    token_checks,
    unseen,
    unseen_account,
)
from soma_audit.collect import NETWORKS, Wiring
from soma_audit.collect.budget import in_words
from soma_audit.collect.credentials import NoCredentialError, credential
from soma_audit.collect.graph import GraphSession
from soma_audit.collect.graph import check as check_graph
from soma_audit.collect.pseudonyms import Pseudonyms
from soma_audit.collect.token_kind import app_of, read_quota, read_token
from soma_audit.errors import CouldNotLookError, LeaveNetworkError, LeaveStreamError, MendInputError
from soma_audit.model import Since, Stream
from soma_audit.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from soma_audit.collect.network import Network
    from soma_audit.collect.transport import Transport
    from soma_audit.config import Config
    from soma_audit.model import Account, Page


class _Answer(Protocol):
    @property
    def headers(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched(Wiring):
    """The wiring of a collection that also looks at the networks' clocks."""

    dates: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    """What a network's newest answer said, and when it came."""

    def transport(self, name: str, base_url: str, token: str, check: Callable[..., None]) -> Transport:
        """Make a transport that keeps the `Date` of each answer."""

        def note(answer: _Answer) -> None:
            if told := answer.headers.get("date"):
                self.dates[name] = told, datetime.now(UTC)

        made = Wiring.transport(self, name, base_url, token, check)
        made.client.event_hooks = {"response": [note]}
        made.pause = lambda seconds: time.sleep(min(seconds, 1))  # somebody sits and waits
        return made


def network_checks(
    name: str, accounts: Sequence[Account], config: Config, wiring: Watched, *, offline: bool
) -> Iterator[Check]:
    """Look at one network with the token that is there for it."""
    topic = f"{name_of(name)} token"
    try:
        token = "replay" if wiring.replay else credential(f"{name}-token", _setting(name, config), config)
        if not wiring.replay:
            yield Check(topic=topic, state=State.OK, seen=f"There is one, {source(name, config)}.")
        if offline:
            return
        yield from _asked(name, token, accounts, config, wiring)
    except NoCredentialError as error:
        yield unseen(topic, CouldNotLookError("no_token", str(error)))
    except MendInputError as error:
        todo = "Mend what it names; until then nothing is collected."
        yield Check(topic=topic, state=State.WRONG, seen=str(error), todo=todo, setup=True)
    if name in wiring.dates:
        yield clock_check(name, *wiring.dates[name])


def source(name: str, config: Config) -> str:
    """Say where a network's token comes from; the same order as `credential` looks in."""
    variable, folder = f"SOMA_AUDIT_{name.upper()}_TOKEN", os.environ.get("CREDENTIALS_DIRECTORY")
    if folder and (Path(folder) / f"{name}-token").exists():
        return "from systemd's credentials"
    if os.environ.get(f"{variable}_FILE"):
        return f"from the file that {variable}_FILE names"
    if os.environ.get(variable):
        return f"from {variable} in the environment"
    return f"from the file {_setting(name, config)} that the configuration names"


def _setting(name: str, config: Config) -> str | None:
    section = getattr(config, name, None)
    file: str | None = getattr(section, "token_file", None)
    return file


def _asked(
    name: str, token: str, accounts: Sequence[Account], config: Config, wiring: Watched
) -> Iterator[Check]:
    people = Pseudonyms(secrets.token_bytes(32))  # of use to nobody: nothing that is asked here is kept
    network = NETWORKS[name](config, list(accounts), people, wiring)
    try:
        if name in TOKENS:
            yield from TOKENS[name](token, len(accounts), config, wiring)
    except CouldNotLookError as error:
        if wiring.replay and error.reason == "unreachable":
            seen = "The saved pages tell nothing of a token or a quota."
            yield Check(topic=f"{name_of(name)} token", state=State.OK, seen=seen)
        else:
            yield unseen(f"{name_of(name)} token", error)
        if _is_the_end(error, wiring):
            yield from _not_looked_up(name, len(accounts))
            return
    yield from _account_checks(name, network, accounts, config, wiring)
    if name == "twitter" and wiring.budget and wiring.budget.spent:
        seen = f"This look cost {in_words(wiring.budget.spent)}; the limit of a month does not count it."
        yield Check(topic="X spending", state=State.OK, seen=seen)


# --- tokens ---------------------------------------------------------------------------------------------------------


def _x_token(token: str, accounts: int, config: Config, wiring: Watched) -> Iterator[Check]:  # noqa: ARG001 - one shape
    """Ask X for the month's use: it costs nothing and shows whether the token is taken."""
    from soma_audit.collect.twitter import XClient, check

    transport = wiring.transport("twitter", config.twitter.api_url, token, check)
    body = XClient(transport, config.twitter.dialect).request("GET", "/2/usage/tweets", {"days": 1}).json()
    yield from quota_checks(read_quota(body))


def _facebook_token(token: str, accounts: int, config: Config, wiring: Watched) -> Iterator[Check]:
    """Ask Facebook what kind of token it is; it tells that only to the app that made it."""
    secret = app = None
    if not wiring.replay:
        secret = credential("facebook-app-secret", config.facebook.app_secret_file, config, required=False)
        app = credential("facebook-app-id", None, config, required=False)
    asking = token if wiring.replay or app_of(token) else f"{app}|{secret}" if app and secret else None
    if asking is None:
        yield Check(
            topic="Facebook token",
            state=State.ATTENTION,
            seen="Its kind and its end are not known: Facebook tells them only to the app that made it.",
            todo="Put the app's secret in facebook.app_secret_file and its id in SOMA_AUDIT_FACEBOOK_APP_ID. Then it"
            " shows whether the token is the Page's own or looks from outside, and when it ends.",
        )
        return
    transport = wiring.transport("facebook", config.facebook.graph_url, asking, check_graph)
    session = GraphSession(transport, asking, None)
    try:
        reply = session.request(
            "GET", f"/{config.facebook.version}/debug_token", params={"input_token": token}
        )
        yield from token_checks(
            read_token(reply.json()), wiring.clock(), proof=secret is not None, pages=accounts
        )
    except (CouldNotLookError, ValueError) as error:
        if isinstance(error, CouldNotLookError) and error.reason not in {
            "refused",
            "permission",
            "not_found",
        }:
            raise
        yield Check(
            topic="Facebook token",
            state=State.ATTENTION,
            seen="Its kind and its end are not known: Facebook does not tell them to this app.",
            todo="Look whether the app's id and secret belong together, and to the app that made the token.",
        )


TOKENS: Mapping[str, Callable[[str, int, Config, Watched], Iterator[Check]]] = {
    "facebook": _facebook_token,
    "twitter": _x_token,
}
"""How each network is asked about its token: with the token, the number of accounts, configuration and wiring."""


# --- accounts -------------------------------------------------------------------------------------------------------


def _account_checks(
    name: str, network: Network, accounts: Sequence[Account], config: Config, wiring: Watched
) -> Iterator[Check]:
    """Look each account up once, and its wall's settings where they are asked for."""
    topic, seen, versions = f"{name_of(name)} accounts", 0, set[str]()
    for place, account in enumerate(accounts):
        found = account
        for stream in (s for s in (Stream.PROFILE, Stream.SETTINGS) if s in network.streams):
            try:
                page, found = _look(network, found, stream)
                versions |= {page.api_version} - {None}  # type: ignore[arg-type]
            except CouldNotLookError as error:
                yield unseen_account(account, stream, error)
                if _is_the_end(error, wiring):
                    yield from _not_looked_up(name, len(accounts) - place - 1)
                    return
                if stream is Stream.PROFILE:
                    break
            seen += stream is Stream.PROFILE
    state, todo = (State.OK, "") if seen else (State.ATTENTION, "Mend what is named above.")
    yield Check(topic=topic, state=state, seen=f"{seen} of {len(accounts)} can be read.", todo=todo)
    if name == "facebook" and versions - {config.facebook.version}:
        yield Check(
            topic="Facebook version",
            state=State.ATTENTION,
            seen=f"Asked for {config.facebook.version}, Facebook answers as {', '.join(sorted(versions))}.",
            todo="Set facebook.version to one that is still served.",
        )


def _look(network: Network, account: Account, stream: Stream) -> tuple[Page, Account]:
    """Ask for one stream's first page, and learn the account's id from it."""
    try:
        page = next(iter(network.pages(account, stream, Since())))
        native = (network.about(page) or {}).get("native_id")
    except (AttributeError, KeyError, TypeError, ValueError, StopIteration) as error:
        raise LeaveStreamError("damaged", f"an answer made no sense ({type(error).__name__})") from error
    return page, replace(account, native_id=str(native)) if native else account


def _is_the_end(error: CouldNotLookError, wiring: Wiring) -> bool:
    """Whether asking on makes no sense: the network is closed to us, or cannot be reached at all."""
    return isinstance(error, LeaveNetworkError) or (error.reason == "unreachable" and not wiring.replay)


def _not_looked_up(name: str, count: int) -> Iterator[Check]:
    if count:
        seen = f"{counted(count, 'was', 'were')} not looked up because of that."
        topic = f"{name_of(name)} accounts"
        yield Check(topic=topic, state=State.ATTENTION, seen=seen, todo="Mend that first.")
