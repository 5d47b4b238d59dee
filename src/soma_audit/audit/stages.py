"""The three stages as the command line carries them out: `collect`, `classify` and `report` one each, `run` all."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from soma_audit.audit.spending import settled, tell_spent
from soma_audit.cli.options import Moment, Settings, in_bulk, output, progress, some
from soma_audit.cli.progress import Screen
from soma_audit.errors import Exit, MendInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from soma_audit.classify import Classified
    from soma_audit.collect.network import Network
    from soma_audit.collect.twitter.budget import Budget
    from soma_audit.collect.visits import Collected
    from soma_audit.errors import LeaveNetworkError
    from soma_audit.model import Account
    from soma_audit.report.figures.model import Figures
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


@dataclass(frozen=True, slots=True)
class Wired:
    """The register's accounts, and the networks to ask about them."""

    accounts: list[Account]
    networks: dict[str, Network]
    without: dict[str, LeaveNetworkError]
    clock: Callable[[], datetime]
    key_hash: str
    budget: Budget
    close: Callable[[], None]
    """Lets go of the connections."""


def _wired(
    store: Store,
    settings: Settings,
    screen: Screen,
    *,
    replay: Path | None,
    record: Path | None,
    max_wait: int | None,
) -> Wired:
    """Bring the register up to date, and get ready to ask about every account that is valid today."""
    from soma_audit import register
    from soma_audit.collect import Wiring, open_networks
    from soma_audit.collect.twitter.budget import Budget, budget_of

    config = settings.config
    saved = replay or (config.path(config.collect.replay) if config.collect.replay else None)
    clock = clock_of(settings, replay=saved is not None)
    listed = register.load(config.path(config.collect.register_file))
    pseudonyms = settings.pseudonyms(store)
    store.save_register(listed.agencies, listed.accounts, clock())
    accounts = store.accounts(day=clock().date())
    patience = config.collect.max_wait_seconds if max_wait is None else max_wait
    budget = Budget(clock) if saved else budget_of(config.twitter, clock, store.spent_in_month(clock()))
    wiring = Wiring(
        clock=clock,
        max_wait=timedelta(seconds=patience),
        replay=saved,
        record=record,
        pause=screen.pause,
        budget=budget,
    )
    networks, without = open_networks(config, accounts, pseudonyms, wiring)
    return Wired(accounts, networks, without, clock, pseudonyms.hash, budget, wiring.close)


def collect_stage(
    store: Store,
    settings: Settings,
    outcome: Outcome,
    *,
    replay: Path | None,
    record: Path | None,
    max_wait: int | None,
    quiet: bool,
) -> None:
    """Collect what is new from every account."""
    from soma_audit.audit.looks import take_in_nightly
    from soma_audit.collect import collect

    config, screen = settings.config, Screen("Collecting", quiet=quiet)
    wired = _wired(store, settings, screen, replay=replay, record=record, max_wait=max_wait)
    with (
        closing(wired),
        store.run("collect", config_hash=config.hash(), clock=wired.clock, key_hash=wired.key_hash) as run,
        settled(store, run, wired.budget),
        screen,
    ):
        if config.collect.looks:
            take_in_nightly(
                settings, store, config.path(config.collect.looks), wired.clock(), outcome, run.id
            )
        result = collect(
            store,
            run,
            wired.accounts,
            wired.networks,
            now=wired.clock(),
            revisit=timedelta(days=config.collect.revisit_days),
            without=wired.without,
            say=screen.say,
        )
    _tell_collected(result, outcome)
    tell_spent(wired.budget, outcome)


def verify_stage(
    store: Store,
    settings: Settings,
    outcome: Outcome,
    *,
    replay: Path | None,
    record: Path | None,
    max_wait: int | None,
    quiet: bool,
) -> None:
    """Look stored posts up again, and drop the texts of those that are gone."""
    from soma_audit.collect.verify import verify

    screen = Screen("Looking up", quiet=quiet)
    wired = _wired(store, settings, screen, replay=replay, record=record, max_wait=max_wait)
    with (
        closing(wired),
        store.run("verify", config_hash=settings.config.hash(), clock=wired.clock) as run,
        settled(store, run, wired.budget),
        screen,
    ):
        result = verify(store, run, wired.accounts, wired.networks, say=screen.say)
    outcome.sentences.append(
        f"Looked up {result.looked_up} posts on X again; {result.gone} are gone, and their texts with them."
    )
    if result.missing:
        outcome.sentences.append(
            f"X no longer shows {some(result.missing, 'other post')}."
            " If it says so again tomorrow, at least 20 hours from now, their texts are dropped."
        )
    outcome.facts |= {
        "looked_up": result.looked_up,
        "gone": result.gone,
        "missing": result.missing,
        "not_seen": result.not_seen,
    }
    tell_spent(wired.budget, outcome)
    if result.not_seen:
        outcome.code = Exit.PARTIAL
        outcome.warnings += ["Not everything could be looked up:", *(f"  {s}" for s in result.not_seen)]


def _tell_collected(result: Collected, outcome: Outcome) -> None:
    added = result.added
    outcome.sentences.append(
        f"Collected {added.new} new and {added.changed} changed posts from {result.accounts} accounts."
    )
    outcome.facts |= {
        "accounts": result.accounts,
        "new": added.new,
        "changed": added.changed,
        "unpublished": len(result.unpublished),
        "limited": len(result.limited),
        "renamed": [asdict(renamed) for renamed in result.renamed],
        "not_seen": result.not_seen,
    }
    if result.unpublished:
        outcome.sentences.append(
            f"Left out, since the public cannot see them (drafts, scheduled or private): {some(len(result.unpublished), 'post')}."
        )
    if result.limited:
        outcome.sentences.append(
            f"Public to some only, by place or age, and counted as the others: {some(len(result.limited), 'post')}."
        )
    outcome.warnings += [renamed.sentence for renamed in result.renamed]
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
        in_bulk(),
    ):
        result = classify(
            store, run, as_of=moment, office=config.office(), norm_minutes=config.norm_minutes(), say=say
        )
    outcome.sentences.append(
        f"Judged {result.accounts} accounts; {result.changed} verdicts are new or changed."
    )
    outcome.facts |= {"judged_accounts": result.accounts, "changed_verdicts": result.changed}
    _tell_relabelled(result, outcome)


def _tell_relabelled(result: Classified, outcome: Outcome) -> None:
    """Say what new versions of the classifiers see otherwise; figures before and after are not to be compared blindly."""
    changes = sorted(result.relabelled.items(), key=str)
    for change, posts in changes:
        became = change.label_after or "not judged any more"
        outcome.sentences.append(
            f"The rules for {change.classifier} have changed (version {change.before} → {change.after}):"
            f" {posts} from {change.label_before} to {became}."
        )
    if changes:
        outcome.facts["relabelled"] = [{**asdict(change), "verdicts": posts} for change, posts in changes]


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


def mask_stage(store: Store, settings: Settings, outcome: Outcome, *, as_of: datetime | None) -> None:
    """Mask people's numbers in what was stored before they were masked, or with other settings."""
    from soma_audit.collect.masking.stored_pages import mask_page, mask_words

    countries, now = settings.config.privacy.countries, settings.as_of(as_of)
    with store.run("purge", config_hash=settings.config.hash(), clock=lambda: now) as run:
        changed = store.mask_stored(
            partial(mask_words, countries=countries), partial(mask_page, countries=countries)
        )
        run.note = f"numbers masked in {changed.texts} texts, {changed.pages} pages"
    outcome.sentences.append(
        f"Masked people's numbers and e-mail addresses in {some(changed.texts, 'stored text')}"
        f" and {some(changed.pages, 'page')}."
    )
    outcome.facts |= {"masked_texts": changed.texts, "masked_pages": changed.pages}


def figures_of(
    store: Store,
    settings: Settings,
    *,
    as_of: datetime | None,
    window: Mapping[str, Any] | None = None,
    language: str | None = None,
    news_since: str | None = None,
    agency: str | None = None,
    whole_lists: bool = False,
) -> Figures:
    """Compute the figures with what the configuration says of them; of one agency, beside the middle of its group."""
    from soma_audit.report.figures import Frame, beside_group, figures

    config = settings.config
    frame: dict[str, Any] = {"since": None, "until": None, "days": config.report.days, **(window or {})}
    if whole_lists:
        frame["listed"] = None
    asked = Frame(
        title=config.report.title,
        notice=config.report.notice,
        as_of=settings.as_of(as_of),
        office=config.office(),
        norm_minutes=config.norm_minutes(),
        language=language or config.report.language,
        news_since=_baseline(store, news_since),
        **frame,
    )
    if agency is not None and agency not in {row["id"] for row in store.agency_rows()}:
        raise MendInputError(f"There is no agency {agency}. `soma-audit register` lists their short names.")
    with store.copied():
        whole = figures(store, asked)
        if agency is None:
            return whole
        store.keep_only(agency)
        return beside_group(figures(store, replace(asked, agency=agency)), whole)


def _baseline(store: Store, named: str | None) -> tuple[int, datetime] | None:
    """Find the run that news is told since: a run's number, or a time."""
    if named is None:
        return None
    if named.isdecimal():
        found = store.run_numbered(int(named))
        if found is None:
            raise MendInputError(f"There is no run {named}. The table run of the database lists them.")
        return found
    moment = Moment().convert(named, None, None)
    return store.run_before(moment) or (0, moment)


def find(figures: Figures, settings: Settings, outcome: Outcome, kinds: Sequence[str]) -> None:
    """Tell what is new of what `--fail-on` names; the exit code says that there is something."""
    from soma_audit.audit.accepted import load
    from soma_audit.report.figures.findings import findings, without_accepted
    from soma_audit.report.text import clean

    file = settings.config.report.accepted
    accepted = load(settings.config.path(file)) if file and kinds else []
    left, unmet = without_accepted(findings(figures, kinds), accepted, figures.as_of.date())
    for entry in unmet:
        over = "is over" if entry.until < figures.as_of.date() else "met nothing"
        outcome.sentences.append(
            f"Accepted until {entry.until}: {entry.kind} of {entry.account} {over}; take it out of {file} if it is not needed."
        )
    if kinds:
        outcome.facts["findings"] = [asdict(finding) for finding in left]
    if left and figures.news:
        outcome.code = Exit.FINDINGS
        outcome.warnings.append(f"{len(left)} new since {figures.news.since:%Y-%m-%d %H:%M} UTC:")
        outcome.warnings += [f"  {f.kind} {f.account}: {clean(f.sentence)}" for f in left]


def print_report(figures: Figures) -> None:
    """Print the terminal report, as wide and as colourful as the terminal is."""
    import shutil
    import sys

    from soma_audit.report.formats import terminal

    on_terminal = sys.stdout is not None and sys.stdout.isatty()
    width = shutil.get_terminal_size((100, 40)).columns if on_terminal else 100
    with output("-") as write:
        write(terminal.render(figures, width=width, colour=on_terminal))
