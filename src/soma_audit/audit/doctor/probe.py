"""What `doctor` asks the networks, as `collect` would ask it: the token, the quota, one look-up an account, the time."""

from __future__ import annotations

import json
import os
import secrets
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from soma_audit.audit.doctor.checks import (
    Check,
    State,
    clock_check,
    name_of,
    quota_checks,
    shown_checks,
    token_checks,
    unseen,
    unseen_account,
)
from soma_audit.collect import NETWORKS, Wiring
from soma_audit.collect.credentials import NoCredentialError, credential
from soma_audit.collect.facebook.graph import GraphSession
from soma_audit.collect.pseudonyms import Pseudonyms
from soma_audit.collect.token_kind import SEES, app_token, only_quota, read_quota
from soma_audit.errors import InvalidInputError, NotReadableError, SkipNetworkError, SkipStreamError
from soma_audit.model import Since, Stream, TokenKind
from soma_audit.networks import NETWORKS as TRAITS
from soma_audit.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from soma_audit.collect import Scrub
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

    def transport(
        self,
        name: str,
        base_url: str,
        token: str | None,
        check: Callable[..., None],
        scrub: Scrub,
        **how: Any,  # noqa: ANN401 - whatever else the wiring takes
    ) -> Transport:
        """Make a transport that keeps the `Date` of each answer."""

        def note(answer: _Answer) -> None:
            if told := answer.headers.get("date"):
                self.dates[name] = told, datetime.now(UTC)

        made = Wiring.transport(self, name, base_url, token, check, scrub, **how)
        made.client.event_hooks = {"response": [note]}
        made.pause = lambda seconds: time.sleep(min(seconds, 1))  # somebody sits and waits
        return made


def network_checks(
    name: str, accounts: Sequence[Account], config: Config, wiring: Watched, *, offline: bool
) -> Iterator[Check]:
    """Look at one network with the token that is there for it."""
    topic = f"{name_of(name)} token"
    try:
        if not TRAITS[name].needs_token:
            seen = "Nobody needs a key to read it."
            yield Check(topic=f"{name_of(name)} access", state=State.OK, seen=seen)
            if not offline:
                yield from _asked(name, "", accounts, config, wiring)
            return
        token = "replay" if wiring.replay else credential(f"{name}-token", _setting(name, config), config)
        if not wiring.replay:
            yield Check(topic=topic, state=State.OK, seen=f"There is one, {source(name, config)}.")
        if offline:
            return
        yield from _asked(name, token, accounts, config, wiring)
    except NoCredentialError as error:
        yield unseen(topic, NotReadableError("no_token", str(error)))
    except InvalidInputError as error:
        todo = "Fix what it names; nothing will be collected until then."
        yield Check(topic=topic, state=State.WRONG, seen=str(error), todo=todo, setup=True)
    if name in wiring.dates:
        yield clock_check(name, *wiring.dates[name])


def source(name: str, config: Config) -> str:
    """Return where a network's token comes from; the same order as `credential` looks in."""
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


@dataclass(frozen=True, slots=True)
class _Probe:
    """One network, ready to be asked."""

    network: Network
    token: str
    accounts: Sequence[Account]
    config: Config
    wiring: Watched


def _asked(
    name: str, token: str, accounts: Sequence[Account], config: Config, wiring: Watched
) -> Iterator[Check]:
    people = Pseudonyms(secrets.token_bytes(32))  # of use to nobody: nothing that is asked here is kept
    probe = _Probe(NETWORKS[name](config, list(accounts), people, wiring), token, accounts, config, wiring)
    topic = f"{name_of(name)} token"
    try:
        if name in TOKENS:
            yield from TOKENS[name](probe)
    except NotReadableError as error:
        lacking = wiring.replay and error.reason == "unreachable"
        yield _nothing_saved(topic) if lacking else unseen(topic, error)
        if _is_the_end(error, wiring):
            yield from _not_looked_up(name, len(accounts))
            return
    yield from _account_checks(name, probe)


# --- tokens ---------------------------------------------------------------------------------------------------------


def _x_token(probe: _Probe) -> Iterator[Check]:
    """Ask X for the month's use: it costs nothing and shows whether the token is taken."""
    from soma_audit.collect.twitter.api import check

    transport = probe.wiring.transport(
        "twitter", probe.config.twitter.api_url, probe.token, check, only_quota
    )
    said = transport.send("GET", "/2/usage/tweets", {"days": 1})
    yield from quota_checks(read_quota(said.json()))


def _nothing_saved(topic: str) -> Check:
    return Check(topic=topic, state=State.OK, seen="The saved pages tell nothing of a token or a quota.")


NOT_TOLD = {"refused", "permission", "not_found"}
"""Why Facebook may not tell an app of a token."""


def _facebook_token(probe: _Probe) -> Iterator[Check]:
    """Return what kind of token it is and when it ends; Facebook tells that only to the app that made it."""
    from soma_audit.collect.facebook.api import Facebook

    assert isinstance(probe.network, Facebook)  # noqa: S101 - the registry has it under this name
    settings, topic, secret = probe.config.facebook, "Facebook token", None
    token, error = probe.network.token(), probe.network.token_error
    if not probe.wiring.replay:
        secret = credential("facebook-app-secret", settings.app_secret_file, probe.config, required=False)
    elif token.kind is TokenKind.UNKNOWN:
        yield _nothing_saved(topic)
        return
    if isinstance(error, NotReadableError) and error.reason not in NOT_TOLD:
        raise error
    told_by_app = probe.wiring.replay or app_token(probe.token, settings.app_id, secret)
    if error is not None and told_by_app:
        seen = "Its kind and its end are not known: Facebook does not tell them to this app."
        todo = "Look whether the app's id and secret belong together, and to the app that made the token."
        yield Check(topic=topic, state=State.ATTENTION, seen=seen, todo=todo)
    elif told_by_app:
        proof = secret is not None or probe.wiring.replay is not None
        yield from token_checks(token, probe.wiring.clock(), proof=proof, pages=len(probe.accounts))
    else:
        known = SEES[token.kind] if token.kind is TokenKind.PAGE else "Its kind is not known."
        seen = f"{known} When it ends, Facebook tells only the app that made it."
        todo = (
            "Put the app's id in facebook.app_id and its secret in facebook.app_secret_file. Then it shows whether"
            " the token is the Page's own or looks from outside, and when it ends."
        )
        yield Check(topic=topic, state=State.ATTENTION, seen=seen, todo=todo)


def _bluesky_session(probe: _Probe) -> Iterator[Check]:
    """Sign in, where somebody is named to."""
    from soma_audit.collect.bluesky.api import Bluesky

    assert isinstance(probe.network, Bluesky)  # noqa: S101 - the registry has it under this name
    identifier, sign_in = probe.config.bluesky.identifier, probe.network.sign_in
    if sign_in is not None and not probe.wiring.replay:
        sign_in()
        seen = f"{identifier} can sign in: posts that mention an account are found too."
        yield Check(topic="Bluesky app password", state=State.OK, seen=seen)


TOKENS: Mapping[str, Callable[[_Probe], Iterator[Check]]] = {
    "bluesky": _bluesky_session,
    "facebook": _facebook_token,
    "twitter": _x_token,
}
"""How each network is asked about its token."""


# --- accounts -------------------------------------------------------------------------------------------------------


def _account_checks(name: str, probe: _Probe) -> Iterator[Check]:
    """Look each account up once, and its wall's settings where they are asked for."""
    network, accounts = probe.network, probe.accounts
    topic, seen, versions = f"{name_of(name)} accounts", 0, set[str]()
    for place, account in enumerate(accounts):
        found = account
        for stream in (s for s in (Stream.PROFILE, Stream.SETTINGS) if s in network.streams):
            try:
                page, found = _first_page(network, found, stream)
                versions |= {page.api_version} - {None}  # type: ignore[arg-type]
            except NotReadableError as error:
                yield unseen_account(account, stream, error)
                if _is_the_end(error, probe.wiring) and not TRAITS[name].many_servers:
                    yield from _not_looked_up(name, len(accounts) - place - 1)
                    yield from _elsewhere(probe, account, error)
                    return
                if stream is Stream.PROFILE:
                    break
            seen += stream is Stream.PROFILE
        if (
            name == "facebook" and seen == 1 and found.native_id
        ):  # one is enough: the token is the same for all
            yield from _shown(network, found)
    state, todo = (State.OK, "") if seen else (State.ATTENTION, "Fix what is named above.")
    yield Check(topic=topic, state=state, seen=f"{seen} of {len(accounts)} can be read.", todo=todo)
    if name == "facebook" and versions - {probe.config.facebook.version}:
        yield Check(
            topic="Facebook version",
            state=State.ATTENTION,
            seen=f"Asked for {probe.config.facebook.version}, Facebook answers as {', '.join(sorted(versions))}.",
            todo="Set facebook.version to one that is still served.",
        )


def _shown(network: Network, account: Account) -> Iterator[Check]:
    """Read a Page's newest posts as a collection would, and see what Facebook shows of them."""
    try:
        page, _ = _first_page(network, account, Stream.TIMELINE)
    except NotReadableError as error:
        yield unseen_account(account, Stream.TIMELINE, error)
        return
    yield from shown_checks(account, json.loads(page.body))


def _elsewhere(probe: _Probe, account: Account, error: NotReadableError) -> Iterator[Check]:
    """See whether Facebook takes in the query a token that it refuses in the header."""
    from soma_audit.collect.facebook.api import Facebook

    settings = probe.config.facebook
    if (
        error.reason != "refused" or not isinstance(probe.network, Facebook) or settings.token_in == "query"  # noqa: S105 - a place, no token
    ):
        return
    session = GraphSession(probe.network.session.transport, probe.token, in_query=True)
    try:
        session.request("GET", f"/{settings.version}/{account.handle}", {"fields": "id"})
    except NotReadableError:
        return
    seen = "Facebook takes it in the query, though not in the header."
    todo = 'Set facebook.token_in = "query".'
    yield Check(topic="Facebook token", state=State.WRONG, seen=seen, todo=todo)


def _first_page(network: Network, account: Account, stream: Stream) -> tuple[Page, Account]:
    """Ask for one stream's first page, and learn the account's id from it."""
    try:
        page = next(iter(network.pages(account, stream, Since())))
        native = (network.about(page) or {}).get("native_id")
    except (AttributeError, KeyError, TypeError, ValueError, StopIteration) as error:
        raise SkipStreamError("damaged", f"an answer made no sense ({type(error).__name__})") from error
    return page, replace(account, native_id=str(native)) if native else account


def _is_the_end(error: NotReadableError, wiring: Wiring) -> bool:
    """Return whether there is no point in asking on: the network is closed to us, or cannot be reached at all."""
    return isinstance(error, SkipNetworkError) or (error.reason == "unreachable" and not wiring.replay)


def _not_looked_up(name: str, count: int) -> Iterator[Check]:
    if count:
        seen = f"{counted(count, 'was', 'were')} not looked up because of that."
        topic = f"{name_of(name)} accounts"
        yield Check(topic=topic, state=State.ATTENTION, seen=seen, todo="Fix that first.")
