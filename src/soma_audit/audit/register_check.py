"""`register check`: each account is asked for, and each agency's site looked at, for whether the two name each other."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from soma_audit.audit.classify import classify_stage
from soma_audit.audit.collect import CollectOptions, open_session, saved_pages, tell_unseen
from soma_audit.audit.spending import settled, summarise_spending
from soma_audit.collect import collect
from soma_audit.errors import NotReadableError
from soma_audit.report.text import counted
from soma_audit.website import DECLARED_PAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from soma_audit.audit.collect import OpenSession, Screen
    from soma_audit.audit.outcome import Outcome
    from soma_audit.audit.settings import Settings
    from soma_audit.collect.sites.looking import Body
    from soma_audit.store import Store

FRESH = timedelta(hours=20)
"""What has been looked at so lately is not looked at again: a check that was cut off goes on where it stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """How the register is checked this time."""

    collect: CollectOptions
    """Names are searched for on the networks in `also` too."""
    again: bool = False
    """Look also at what has been looked at lately."""


def check_stage(
    store: Store, settings: Settings, outcome: Outcome, screen: Screen, options: CheckOptions
) -> None:
    """Ask for the accounts' profiles, look at the agencies' sites, and judge what they say of each other."""
    saved = saved_pages(settings, options.collect)
    session = open_session(store, settings, screen, options.collect)
    since = datetime.max.replace(tzinfo=UTC) if options.again else session.clock() - FRESH
    with (
        closing(session),
        store.run(
            "check", config_hash=settings.config.hash(), clock=session.clock, key_hash=session.key_hash
        ) as run,
        settled(store, run, session.budget),
        screen,
    ):
        fresh = store.sites.profiles_seen_since(since)
        accounts = [account for account in session.accounts if account.id not in fresh]
        asked = collect(
            store,
            run,
            accounts,
            session.networks,
            now=session.clock(),
            revisit=timedelta(days=settings.config.collect.revisit_days),
            without=session.without,
            say=screen.say,
            profiles_only=True,
        )
        if saved is None:  # nobody saves searches
            asked.not_seen += _look_for_lookalikes(store, session, {a.agency for a in accounts}, screen)
        looked = store.sites.looked_at_since(since)
        bodies = [body for body in bodies_of(session) if body.agency not in looked]
        unseen = _look_at_sites(store, bodies, saved, session.clock, screen)
        if unseen:
            run.partial(f"{counted(len(unseen), 'page')} could not be looked at")
        asked.not_seen += unseen
    outcome.sentences.append(
        f"Asked for {counted(asked.accounts, 'account')}, and looked at {counted(len(bodies), 'site')}."
    )
    outcome.data |= {"accounts": asked.accounts, "sites": len(bodies)}
    tell_unseen(asked, outcome)
    summarise_spending(session.budget, outcome)
    classify_stage(store, settings, outcome, as_of=None, say=screen.say)


def bodies_of(session: OpenSession) -> list[Body]:
    """Return whose pages to look at: agencies with a site, or with an account of which a page is declared."""
    from soma_audit.collect.sites.looking import Body

    declared: dict[str, dict[tuple[str, str], None]] = {}
    for account in session.accounts:
        pages = ((what, getattr(account.declared, what)) for what in DECLARED_PAGES)
        declared.setdefault(account.agency, {}).update(dict.fromkeys((w, url) for w, url in pages if url))
    return [
        Body(agency=agency.id, website=agency.website, declared=tuple(declared[agency.id]))
        for agency in session.agencies
        if agency.id in declared and (agency.website or declared[agency.id])
    ]


def _look_for_lookalikes(store: Store, session: OpenSession, agencies: set[str], screen: Screen) -> list[str]:
    """Look for accounts that go by these agencies' names, where a network lets anybody search; return what went wrong."""
    from soma_audit.collect.lookalikes import NameSearch, lookalikes

    listed = store.register.accounts()
    for name, network in session.networks.items():
        if not isinstance(network, NameSearch):
            continue
        for agency in (agency for agency in session.agencies if agency.id in agencies):
            screen.say(agency.name)
            try:
                found = network.accounts_named(agency.name)
            except NotReadableError as error:
                return [f"{name}, accounts by the name of {agency.name} and others: {error}"]
            like = lookalikes(agency, name, found, listed)
            store.sites.save_lookalikes(
                agency.id, name, [(one.handle, one.why) for one in like], session.clock()
            )
    return []


def _look_at_sites(
    store: Store, bodies: Sequence[Body], saved: Path | None, clock: Callable[[], datetime], screen: Screen
) -> list[str]:
    """Look at these bodies' pages and keep what was seen, each as soon as it was; return what could not be looked at."""
    from soma_audit.collect.sites.looking import look_at_all
    from soma_audit.collect.sites.reader import SiteReader, site_client

    unseen = []
    with closing(site_client(saved)) as client:
        reader = SiteReader(client=client, monotonic=time.monotonic, pause=screen.pause)
        for body, looks in look_at_all(bodies, reader):
            screen.say(body.website or body.agency)
            store.sites.save_looks(body.agency, looks, clock())
            unseen += [f"{look.url}: {look.detail}" for look in looks if look.outcome != "read"]
    return sorted(unseen)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedAccount:
    """What is known of an account of the register: whether it is official, and what could not be seen of it."""

    agency: str
    account: str
    """network/handle"""
    website: str | None
    label: str | None
    """One of the labels of `official`; None: not judged."""
    life: str | None
    """One of the labels of `life`; None: not judged."""
    reasons: tuple[str, ...]
    unseen: tuple[str, ...]
    lookalikes: tuple[str, ...]
    """Accounts elsewhere that go by its agency's name and are not in the register: network/handle."""


def checked(store: Store) -> list[CheckedAccount]:
    """Return how each account of the register stands by what has been seen so far, in the register's order of names."""
    from soma_audit.report.text import in_english

    return [
        CheckedAccount(
            agency=row.agency,
            account=f"{row.network}/{row.handle}",
            website=row.website,
            label=row.label,
            life=row.life,
            reasons=tuple(in_english(store.figures.reasons(row.verdict))),
            unseen=store.sites.unseen_of(row.account),
            lookalikes=tuple(f"{n}/{handle}" for n, handle, _ in store.sites.lookalikes_of(row.agency_id)),
        )
        for row in store.sites.checked_rows()
    ]
