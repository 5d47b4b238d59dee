"""The stage `collect`: the register brought up to date, every account asked, and what came of it told."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol, Self

from soma_audit.audit.outcome import together
from soma_audit.audit.spending import settled, summarise_spending
from soma_audit.errors import Exit, InvalidInputError
from soma_audit.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from soma_audit.audit.outcome import Outcome
    from soma_audit.audit.settings import Settings
    from soma_audit.collect.network import Network
    from soma_audit.collect.twitter.budget import Budget
    from soma_audit.collect.visits import CollectResult
    from soma_audit.errors import SkipNetworkError
    from soma_audit.model import Account, Agency
    from soma_audit.store import Store


class Screen(Protocol):
    """Shows a person how far a stage is, and waits."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def say(self, now: object) -> None:
        """Show what is being worked on."""

    def pause(self, seconds: float) -> None:
        """Wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectOptions:
    """How the networks are asked this time; what is left out is as configured."""

    replay: Path | None = None
    """Saved pages that answer in the networks' place."""
    record: Path | None = None
    """A folder to save the answers in."""
    max_wait: int | None = None
    """Seconds to wait for a network's limit."""
    also: tuple[str, ...] = ()
    """Networks to open though no account of the register is on them."""


@dataclass(frozen=True, slots=True)
class OpenSession:
    """The register's accounts, and the networks to ask about them."""

    agencies: tuple[Agency, ...]
    accounts: list[Account]
    networks: dict[str, Network]
    without: dict[str, SkipNetworkError]
    clock: Callable[[], datetime]
    key_hash: str
    budget: Budget
    close: Callable[[], None]
    """Lets go of the connections."""

    def refuse_in_vain(self) -> None:
        """Do not begin where no network can be asked.

        Raises:
            InvalidInputError: there is no token for any of them.
        """
        if self.without and not self.networks:
            self.close()
            raise InvalidInputError("Nothing can be asked:", [str(error) for error in self.without.values()])


def open_session(store: Store, settings: Settings, screen: Screen, options: CollectOptions) -> OpenSession:
    """Bring the register up to date, and get ready to ask about every account that is valid today."""
    from soma_audit import register
    from soma_audit.collect import Wiring, open_networks
    from soma_audit.collect.twitter.budget import Budget, budget_of

    config = settings.config
    saved = saved_pages(settings, options)
    clock = settings.collecting_clock(replay=saved is not None)
    listed = register.load(config.path(config.collect.register_file))
    pseudonyms = settings.pseudonyms(store)
    store.register.save_register(listed.agencies, listed.accounts, clock(), channels=listed.channels)
    accounts = store.register.accounts(day=clock().date())
    patience = config.collect.max_wait_seconds if options.max_wait is None else options.max_wait
    budget = (
        Budget(clock) if saved else budget_of(config.twitter, clock, store.spending.spent_in_month(clock()))
    )
    wiring = Wiring(
        clock=clock,
        max_wait=timedelta(seconds=patience),
        replay=saved,
        record=options.record,
        pause=screen.pause,
        budget=budget,
    )
    networks, without = open_networks(config, accounts, pseudonyms, wiring, also=options.also)
    return OpenSession(
        listed.agencies, accounts, networks, without, clock, pseudonyms.hash, budget, wiring.close
    )


def saved_pages(settings: Settings, options: CollectOptions) -> Path | None:
    """Return the folder of saved pages that answer in the networks' place, if any does."""
    replay = settings.config.collect.replay
    return options.replay or (settings.config.path(replay) if replay else None)


def collect_stage(
    store: Store, settings: Settings, outcome: Outcome, screen: Screen, options: CollectOptions
) -> None:
    """Collect what is new from every account."""
    from soma_audit.audit.looks import take_in_nightly
    from soma_audit.collect import collect

    config = settings.config
    session = open_session(store, settings, screen, options)
    session.refuse_in_vain()
    with (
        closing(session),
        store.run(
            "collect", config_hash=config.hash(), clock=session.clock, key_hash=session.key_hash
        ) as run,
        settled(store, run, session.budget),
        screen,
    ):
        if config.collect.looks:
            take_in_nightly(
                settings, store, config.path(config.collect.looks), session.clock(), outcome, run.id
            )
        result = collect(
            store,
            run,
            session.accounts,
            session.networks,
            now=session.clock(),
            revisit=timedelta(days=config.collect.revisit_days),
            without=session.without,
            say=screen.say,
            history=timedelta(days=days) if (days := config.collect.history_days) is not None else None,
        )
    _summarise_collect(result, outcome)
    summarise_spending(session.budget, outcome)


def verify_stage(
    store: Store, settings: Settings, outcome: Outcome, screen: Screen, options: CollectOptions
) -> None:
    """Look stored posts up again, and drop the texts of those that are gone."""
    from soma_audit.collect.verify import verify

    session = open_session(store, settings, screen, options)
    session.refuse_in_vain()
    with (
        closing(session),
        store.run("verify", config_hash=settings.config.hash(), clock=session.clock) as run,
        settled(store, run, session.budget),
        screen,
    ):
        result = verify(store, run, session.accounts, session.networks, say=screen.say)
    outcome.sentences.append(
        f"Looked up {result.looked_up} stored posts again; {result.gone} are gone, and their texts with them."
    )
    if result.missing:
        outcome.sentences.append(
            f"No longer shown: {counted(result.missing, 'other post')}."
            " If the same is found tomorrow, at least 20 hours from now, their texts are dropped."
        )
    outcome.data |= {
        "looked_up": result.looked_up,
        "gone": result.gone,
        "missing": result.missing,
        "not_seen": result.not_seen,
    }
    summarise_spending(session.budget, outcome)
    if result.not_seen:
        outcome.code = Exit.PARTIAL
        outcome.warnings += ["Not everything could be looked up:", *(f"  {s}" for s in result.not_seen)]


def _summarise_collect(result: CollectResult, outcome: Outcome) -> None:
    added = result.added
    outcome.sentences.append(
        f"Collected {added.new} new and {added.changed} changed posts from {counted(result.accounts, 'account')}."
    )
    outcome.data |= {
        "accounts": result.accounts,
        "new": added.new,
        "changed": added.changed,
        "unpublished": len(result.unpublished),
        "limited": len(result.limited),
    }
    if result.unpublished:
        outcome.sentences.append(
            f"Left out, since the public cannot see them (drafts, scheduled or private): {counted(len(result.unpublished), 'post')}."
        )
    if result.limited:
        outcome.sentences.append(
            f"Public to some only, by place or age, and counted as the others: {counted(len(result.limited), 'post')}."
        )
    tell_unseen(result, outcome)


def tell_unseen(result: CollectResult, outcome: Outcome) -> None:
    """Add what a collection could not see, what has another name now, and when to come back."""
    outcome.data |= {
        "renamed": [asdict(renamed) for renamed in result.renamed],
        "not_seen": result.not_seen,
    }
    outcome.warnings += [renamed.sentence for renamed in result.renamed]
    if result.not_seen:
        outcome.code = Exit.PARTIAL
        outcome.warnings.append("Not everything could be seen:")
        outcome.warnings += [f"  {sentence}" for sentence in together(result.not_seen)]
    if result.come_back:
        outcome.data["resume_at"] = result.come_back.isoformat()
        outcome.warnings.append(
            f"A network's limit was reached. Run again after {result.come_back:%Y-%m-%d %H:%M} UTC."
        )
