"""What a collection costs, as the command line tells it: before (`collect --estimate`) and after."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from soma_audit.audit.stages import Outcome
    from soma_audit.cli.options import Settings
    from soma_audit.collect.estimate import Known, Line
    from soma_audit.collect.twitter.budget import Budget
    from soma_audit.config import Config
    from soma_audit.model import Account
    from soma_audit.store import Run, Store

# --- after ----------------------------------------------------------------------------------------------------------


@contextmanager
def settled(store: Store, run: Run, budget: Budget) -> Iterator[None]:
    """Note at the end, whatever it is, what a run has spent."""
    try:
        yield
    finally:
        store.settle_spending(run.id, budget.spent)


def tell_spent(budget: Budget, outcome: Outcome) -> None:
    """Say what a run has spent, if anything."""
    from soma_audit.collect.twitter.budget import in_words

    outcome.facts["spent_usd"] = budget.spent
    if budget.spent:
        outcome.sentences.append(
            f"Spent {in_words(budget.spent)} at X, {in_words(budget.this_month)} this month."
        )


# --- before ---------------------------------------------------------------------------------------------------------


def tell_estimate(settings: Settings, *, as_json: bool) -> int:
    """Print what a collection would take. Asks no network, needs no token and writes nothing."""
    from soma_audit import register
    from soma_audit.collect.estimate import estimate
    from soma_audit.collect.twitter.budget import budget_of

    config, now = settings.config, settings.as_of(None)
    listed = register.load(config.path(config.collect.register_file)).accounts
    accounts = [a for a in listed if _valid(a, now)]
    known, this_month = _known(settings, accounts, now)
    budget = budget_of(config.twitter, lambda: now, this_month)
    lines, total = estimate(
        known,
        budget.prices,
        now,
        revisit=timedelta(days=config.collect.revisit_days),
        page_settings=config.facebook.page_settings,
    )
    if as_json:
        facts = {k: v for k, v in asdict(total).items() if k not in {"account", "first"}}
        click.echo(
            json.dumps(
                {"accounts": [asdict(line) for line in lines], **facts, "spent_this_month_usd": this_month}
            )
        )
    else:
        click.echo("\n".join([*_table([*lines, total]), "", *_notes(total, budget, config)]))
    return 0


def _valid(account: Account, now: datetime) -> bool:
    since, until = account.valid_from, account.valid_to
    return (since is None or since <= now.date()) and (until is None or until >= now.date())


def _known(settings: Settings, accounts: Sequence[Account], now: datetime) -> tuple[list[Known], float]:
    """Ask the database, if there is one yet."""
    from soma_audit.collect.estimate import Known
    from soma_audit.store.spending import Lately

    if not settings.database.exists():
        return [Known(account=a, lately=Lately()) for a in accounts], 0.0
    revisit = timedelta(days=settings.config.collect.revisit_days)
    with settings.open() as store:
        return [_known_of(store, a, now, revisit) for a in accounts], store.spent_in_month(now)


def _known_of(store: Store, listed: Account, now: datetime, revisit: timedelta) -> Known:
    from soma_audit.collect.estimate import Known
    from soma_audit.model import Stream
    from soma_audit.store.spending import Lately

    account = store.account(listed.network, listed.handle)
    if account is None:
        return Known(account=listed, lately=Lately())
    again = Stream.OPEN_THREADS if listed.network == "twitter" else Stream.COMMENTS
    threads = store.since(account, again, now=now, revisit=revisit).threads
    places = {
        stream: store.since(account, stream, now=now, revisit=revisit).resume or ""
        for stream in (Stream.TIMELINE, Stream.MENTIONS)
    }
    return Known(
        account=listed,
        lately=store.lately(account, now),
        before={s: int(n) for s, place in places.items() if (n := place.partition(" ")[0]).isdecimal()},
        threads=len(threads),
        thread_posts=store.posts_in(account, json.dumps(threads)),
    )


def _table(lines: Sequence[Line]) -> Iterator[str]:
    width = max(len(line.account) for line in lines)
    yield f"{'account':{width}}  {'calls':>7}  {'minutes':>8}  {'dollars':>9}"
    for line in lines:
        figures = f"{line.calls:>7,}  {line.minutes:>8,.1f}  {line.usd:>9,.2f}"
        yield f"{line.account:{width}}  {figures}{'  at most' if line.first else ''}"


def _notes(total: Line, budget: Budget, config: Config) -> Iterator[str]:
    from soma_audit.collect.twitter.budget import in_words

    if total.first:
        yield "At most: never read to the end yet, reckoned as far back as the network shows anything."
    if total.usd > total.usd_without_included:
        yield (
            "X does not say whether it charges for the posts and people that come along with others;"
            f" if not, it is {in_words(total.usd_without_included)}."
        )
    yield "Replies deep in long conversations come on top. Waiting is done as far as --max-wait allows."
    left, limit = budget.left()
    if total.usd > left:
        yield (
            f"twitter.spend_per_{limit} leaves {in_words(max(left, 0))}: the run may stop there, and the next goes on."
        )
    if config.collect.replay:
        yield "The configuration answers from saved pages, which takes none of this."
