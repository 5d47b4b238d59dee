"""What `doctor` looks at: configuration, register, tokens, quota, clock, disk, database and key."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING

from soma_audit.audit.doctor.checks import (
    Check,
    State,
    disk_check,
    gap_checks,
    index_check,
    size_of,
    stage_checks,
)
from soma_audit.audit.doctor.probe import Watched, network_checks
from soma_audit.errors import InvalidInputError
from soma_audit.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from soma_audit.audit.settings import Settings
    from soma_audit.collect.twitter.budget import Budget
    from soma_audit.model import Account
    from soma_audit.store import Store


def examine(settings: Settings, *, offline: bool) -> Iterator[Check]:
    """Look at everything that an audit needs, one thing after the other; `offline`: ask no network."""
    replay = settings.config.collect.replay
    saved = settings.config.path(replay) if replay else None
    clock = settings.collecting_clock(replay=saved is not None)
    yield from _configuration(settings, saved)
    accounts, register = _accounts(settings, clock().date())
    yield from register
    yield from _networks(settings, accounts, clock, saved, offline=offline)
    yield _disk(settings.database)
    yield from _database(settings, clock(), expected=bool(accounts))


def _configuration(settings: Settings, saved: Path | None) -> Iterator[Check]:
    topic = "configuration"
    if settings.config_file is None:
        yield Check(
            topic=topic,
            state=State.ATTENTION,
            seen="There is none: everything has its default, and nothing can be collected.",
            todo="To collect, make one with `soma-audit init`. To work on imported files nothing is needed.",
        )
        return
    yield Check(topic=topic, state=State.OK, seen=f"{settings.config_file} is in order.")
    if saved is not None:
        yield Check(
            topic=topic,
            state=State.ATTENTION,
            seen=f"Saved pages in {saved} are read instead of the networks (collect.replay).",
            todo="Leave collect.replay out to query the live networks.",
        )


def _accounts(settings: Settings, day: date) -> tuple[list[Account], list[Check]]:
    """Look at the register; the accounts are those in use on that day."""
    from soma_audit import register

    if settings.config_file is None:
        return [], []
    try:
        listed = register.load(settings.config.path(settings.config.collect.register_file)).accounts
    except InvalidInputError as error:
        todo = "Fix this first; nothing will be collected until then."
        return [], [Check(topic="register", state=State.WRONG, seen=str(error), todo=todo, setup=True)]
    used = [a for a in listed if a.in_use(day)]
    seen = f"{counted(len(listed), 'account')}, {len(used)} of them in use today."
    if bare := sum(1 for a in used if not a.evidence):
        seen += f" {counted(bare, 'has', 'have')} no evidence of being official."
        todo = "Write down in the register what shows that they are official."
        return used, [Check(topic="register", state=State.ATTENTION, seen=seen, todo=todo)]
    return used, [Check(topic="register", state=State.OK, seen=seen)]


def _networks(
    settings: Settings,
    accounts: list[Account],
    clock: Callable[[], datetime],
    saved: Path | None,
    *,
    offline: bool,
) -> Iterator[Check]:
    budget = None if saved else _budget(settings, clock)
    wiring = Watched(clock=clock, max_wait=timedelta(0), replay=saved, budget=budget)
    for name in sorted({a.network for a in accounts}):
        own = [a for a in accounts if a.network == name]
        yield from network_checks(name, own, settings.config, wiring, offline=offline)
    if budget and budget.spent:
        yield _spent(settings, clock, budget)
    if offline and accounts:
        seen = "Not asked: whether tokens are taken and what they show is not known."
        todo = "Leave out --offline to ask."
        yield Check(topic="networks", state=State.ATTENTION, seen=seen, todo=todo)


def _budget(settings: Settings, clock: Callable[[], datetime]) -> Budget:
    """Keep to the limits that a collection keeps to; without a sound database nothing is known to be spent."""
    from soma_audit.collect.twitter.budget import budget_of

    spent = 0.0
    with suppress(InvalidInputError), settings.open() as store, suppress(store.connection.DatabaseError):
        spent = store.spending.spent_in_month(clock())
    return budget_of(settings.config.twitter, clock, spent)


def _spent(settings: Settings, clock: Callable[[], datetime], budget: Budget) -> Check:
    """Count what looking cost with the month's spending, if there is a sound database to count it in."""
    from soma_audit.collect.twitter.budget import format_usd

    counted, config_hash = "there is no database yet to count it in", settings.config.hash()
    with suppress(InvalidInputError), settings.open() as store, suppress(store.connection.DatabaseError):
        with store.run("doctor", config_hash=config_hash, clock=clock) as run:
            store.spending.settle_spending(run.id, budget.spent)
        counted = "it counts with the month's spending"
    seen = f"This look cost {format_usd(budget.spent)}; {counted}."
    return Check(topic="X spending", state=State.OK, seen=seen)


def _disk(database: Path) -> Check:
    folder = database.absolute().parent
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        seen = f"{folder} cannot be looked at: {error.strerror}."
        return Check(
            topic="disk", state=State.WRONG, seen=seen, todo="Make that folder, or name another with --db."
        )
    return disk_check(str(folder), free, writable=os.access(folder, os.W_OK))


def _database(settings: Settings, now: datetime, *, expected: bool) -> Iterator[Check]:
    topic = "database"
    if not settings.database.exists():
        yield Check(
            topic=topic,
            state=State.ATTENTION,
            seen=f"There is none yet at {settings.database}.",
            todo="`soma-audit run` or `soma-audit import FILE` makes it.",
        )
        return
    try:
        store = settings.open()
    except InvalidInputError as error:
        todo = "Restore it from a copy, or name another with --db."
        yield Check(topic=topic, state=State.WRONG, seen=str(error), todo=todo)
        return
    with store:
        if damage := store.health.damage():
            seen = f"{settings.database} is damaged: {damage[0]}."
            todo = "Stop the nightly run and restore the file from a copy."
            yield Check(topic=topic, state=State.WRONG, seen=seen, todo=todo)
            return
        seen = f"{settings.database} is whole: {size_of(store.health.size())}."
        yield Check(topic=topic, state=State.OK, seen=seen)
        yield index_check(*store.health.index_look())
        yield _key(settings, store)
        yield from stage_checks(store.health.last_runs(), now, expected=expected)
        yield from gap_checks(store.health.gap_counts())


def _key(settings: Settings, store: Store) -> Check:
    """Look at the key to the pseudonyms without making one."""
    from soma_audit.collect.pseudonyms import load_key

    file, known = settings.key_file(), store.last_key_hash()
    if known is None and not file.exists():
        return Check(
            topic="pseudonyms' key", state=State.OK, seen="There is none yet; the first run makes it."
        )
    try:
        load_key(file, known=known)
    except InvalidInputError as error:
        return Check(
            topic="pseudonyms' key",
            state=State.WRONG,
            seen=str(error),
            todo="Nothing will be collected or imported until then.",
            setup=True,
        )
    seen = f"{file} is the one that this database was made with." if known else f"{file} is in order."
    return Check(topic="pseudonyms' key", state=State.OK, seen=seen)
