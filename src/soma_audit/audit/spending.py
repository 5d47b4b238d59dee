"""What a collection costs: estimated before it, and settled after it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from soma_audit.audit.outcome import Outcome
    from soma_audit.audit.settings import Settings
    from soma_audit.collect.estimate import Known, Line
    from soma_audit.collect.twitter.budget import Budget
    from soma_audit.model import Account
    from soma_audit.store import Run, Store

# --- after ----------------------------------------------------------------------------------------------------------


@contextmanager
def settled(store: Store, run: Run, budget: Budget) -> Iterator[None]:
    """Note at the end, whatever it is, what a run has spent."""
    try:
        yield
    finally:
        store.spending.settle_spending(run.id, budget.spent)


def summarise_spending(budget: Budget, outcome: Outcome) -> None:
    """Report what a run has spent, if anything."""
    from soma_audit.collect.twitter.budget import format_usd

    outcome.data["spent_usd"] = budget.spent
    if budget.spent:
        outcome.sentences.append(
            f"Spent {format_usd(budget.spent)} at X, {format_usd(budget.this_month)} this month."
        )


# --- before ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a collection would take: a line an account, the sum of them, and what may be spent."""

    lines: list[Line]
    total: Line
    budget: Budget


def estimated(settings: Settings) -> Estimate:
    """Return what a collection would take. Asks no network, needs no token and writes nothing."""
    from soma_audit import register
    from soma_audit.collect.estimate import estimate
    from soma_audit.collect.twitter.budget import budget_of

    config, now = settings.config, settings.as_of(None)
    listed = register.load(config.path(config.collect.register_file)).accounts
    accounts = [a for a in listed if a.in_use(now.date())]
    known, this_month = _known(settings, accounts, now)
    budget = budget_of(config.twitter, lambda: now, this_month)
    lines, total = estimate(
        known,
        budget.prices,
        now,
        revisit=timedelta(days=config.collect.revisit_days),
        page_settings=config.facebook.page_settings,
    )
    return Estimate(lines, total, budget)


def _known(settings: Settings, accounts: Sequence[Account], now: datetime) -> tuple[list[Known], float]:
    """Ask the database, if there is one yet."""
    from soma_audit.collect.estimate import Known
    from soma_audit.store.spending import Lately

    if not settings.database.exists():
        return [Known(account=a, lately=Lately()) for a in accounts], 0.0
    revisit = timedelta(days=settings.config.collect.revisit_days)
    with settings.open() as store:
        return [_known_of(store, a, now, revisit) for a in accounts], store.spending.spent_in_month(now)


def _known_of(store: Store, listed: Account, now: datetime, revisit: timedelta) -> Known:
    from soma_audit.collect.estimate import Known
    from soma_audit.model import Stream
    from soma_audit.networks import NETWORKS
    from soma_audit.store.spending import Lately

    account = store.register.account(listed.network, listed.handle)
    if account is None:
        return Known(account=listed, lately=Lately())
    again = Stream.OPEN_THREADS if NETWORKS[listed.network].threads_asked_again else Stream.COMMENTS
    threads = store.walks.since(account, again, now=now, revisit=revisit).threads
    places = {
        stream: store.walks.since(account, stream, now=now, revisit=revisit).resume or ""
        for stream in (Stream.TIMELINE, Stream.MENTIONS)
    }
    return Known(
        account=listed,
        lately=store.spending.lately(account, now),
        before={s: int(n) for s, place in places.items() if (n := place.partition(" ")[0]).isdecimal()},
        threads=len(threads),
        thread_posts=store.spending.posts_in(account, json.dumps(threads)),
    )
