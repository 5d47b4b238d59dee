"""The three stages as the command line carries them out: `collect`, `classify` and `report` one each, `run` all."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from soma_audit.cli.options import Settings, output, progress
from soma_audit.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from soma_audit.collect.visits import Collected
    from soma_audit.report.lines import Figures
    from soma_audit.store import Store


@dataclass(slots=True)
class Outcome:
    """What a command has to tell at its end."""

    sentences: list[str] = field(default_factory=list)
    """For people; not printed when quiet."""
    warnings: list[str] = field(default_factory=list)
    """What went wrong; always printed."""
    facts: dict[str, Any] = field(default_factory=dict)
    """The same for machines."""
    code: Exit = Exit.DONE

    def tell(self, *, quiet: bool, as_json: bool) -> int:
        """Print it, and give the exit code."""
        if as_json:
            click.echo(
                json.dumps(
                    {**self.facts, "warnings": self.warnings, "exit": int(self.code)}, ensure_ascii=False
                )
            )
        else:
            for sentence in () if quiet else self.sentences:
                click.echo(sentence)
            for warning in self.warnings:
                click.echo(f"soma-audit: {warning}", err=True)
        return int(self.code)


def clock_of(settings: Settings, *, replay: bool) -> Callable[[], datetime]:
    """Give the clock to collect by: saved pages are as old as the configuration says, the networks are now."""
    fixed = settings.config.as_of if replay else None
    return lambda: fixed or datetime.now(UTC).replace(microsecond=0)


def collect_stage(
    store: Store,
    settings: Settings,
    outcome: Outcome,
    *,
    replay: Path | None,
    record: Path | None,
    quiet: bool,
) -> None:
    """Bring the register up to date and collect from every account that is valid today."""
    from soma_audit import register
    from soma_audit.collect import Wiring, collect, open_networks
    from soma_audit.collect.pseudonyms import load_key

    config = settings.config
    saved = replay or (config.path(config.collect.replay) if config.collect.replay else None)
    clock = clock_of(settings, replay=saved is not None)
    now = clock()
    listed = register.load(config.path(config.collect.register_file))
    pseudonyms = load_key(settings.key_file(), known=store.last_key_hash())
    store.save_register(listed.agencies, listed.accounts, now)
    accounts = store.accounts(day=now.date())
    wiring = Wiring(
        clock=clock, max_wait=timedelta(seconds=config.collect.max_wait_seconds), replay=saved, record=record
    )
    networks, without = open_networks(config, accounts, pseudonyms, wiring)
    with (
        store.run("collect", config_hash=config.hash(), clock=clock, key_hash=pseudonyms.hash) as run,
        progress("Collecting", quiet=quiet) as say,
    ):
        revisit = timedelta(days=config.collect.revisit_days)
        result = collect(store, run, accounts, networks, now=now, revisit=revisit, without=without, say=say)
    _tell_collected(result, outcome)


def _tell_collected(result: Collected, outcome: Outcome) -> None:
    added = result.added
    outcome.sentences.append(
        f"Collected {added.new} new and {added.changed} changed posts from {result.accounts} accounts."
    )
    outcome.facts |= {
        "accounts": result.accounts,
        "new": added.new,
        "changed": added.changed,
        "not_seen": result.not_seen,
    }
    if result.not_seen:
        outcome.code = Exit.PARTIAL
        outcome.warnings.append("Not everything could be seen:")
        outcome.warnings += [f"  {sentence}" for sentence in result.not_seen]
    if result.come_back:
        outcome.facts["resume_at"] = result.come_back.isoformat()
        outcome.warnings.append(
            f"A network's limit was reached. Run again after {result.come_back:%Y-%m-%d %H:%M} UTC."
        )


def classify_stage(
    store: Store, settings: Settings, outcome: Outcome, *, as_of: datetime | None, quiet: bool
) -> None:
    """Judge what is new."""
    from soma_audit.classify import classify

    config, moment = settings.config, settings.as_of(as_of)
    with (
        store.run("classify", config_hash=config.hash(), clock=lambda: settings.as_of(None)) as run,
        progress("Classifying", quiet=quiet) as say,
    ):
        result = classify(
            store, run, as_of=moment, office=config.office(), norm_minutes=config.norm_minutes(), say=say
        )
    outcome.sentences.append(
        f"Judged {result.accounts} accounts; {result.changed} verdicts are new or changed."
    )
    outcome.facts |= {"judged_accounts": result.accounts, "changed_verdicts": result.changed}


def purge_stage(store: Store, settings: Settings, outcome: Outcome, *, as_of: datetime | None) -> None:
    """Drop what may not be kept any longer."""
    terms, now = settings.config.privacy, settings.as_of(as_of)
    with store.run("purge", config_hash=settings.config.hash(), clock=lambda: now) as run:
        purged = store.purge(
            texts_before=now - timedelta(days=terms.text_days),
            pages_before=now - timedelta(days=terms.page_days),
        )
        run.note = f"{purged.texts} texts, {purged.pages} pages"
    if purged.texts or purged.pages:
        outcome.sentences.append(
            f"Their time was up: dropped {purged.texts} visitors' texts and {purged.pages} pages."
        )
    outcome.facts |= {"purged_texts": purged.texts, "purged_pages": purged.pages}


def figures_of(
    store: Store, settings: Settings, *, as_of: datetime | None, window: Mapping[str, Any] | None = None
) -> Figures:
    """Compute the figures with what the configuration says of them."""
    from soma_audit.report.figures import Frame, figures

    config = settings.config
    frame = {"since": None, "until": None, "days": config.report.days, **(window or {})}
    return figures(
        store,
        Frame(
            title=config.report.title,
            notice=config.report.notice,
            as_of=settings.as_of(as_of),
            office=config.office(),
            norm_minutes=config.norm_minutes(),
            **frame,
        ),
    )


def print_report(figures: Figures) -> None:
    """Print the terminal report, as wide and as colourful as the terminal is."""
    import shutil
    import sys

    from soma_audit.report import terminal

    on_terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size((100, 40)).columns if on_terminal else 100
    with output("-") as write:
        write(terminal.render(figures, width=width, colour=on_terminal))
