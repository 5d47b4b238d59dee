"""`soma-audit collect`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from soma_audit.cli.options import json_option, max_wait_option, quiet_option, settings
from soma_audit.cli.output import emit
from soma_audit.cli.progress import Screen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from soma_audit.audit.settings import Settings
    from soma_audit.audit.spending import Estimate
    from soma_audit.collect.estimate import Line
    from soma_audit.config import Config


@click.command()
@settings(needs_config=True)
@click.option(
    "--replay",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Answer from saved pages instead of the networks.",
)
@click.option(
    "--record",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Save the pages, cleaned of tokens and names.",
)
@click.option(
    "--verify",
    is_flag=True,
    help="Look stored posts up again instead; drop what is gone. On X each look-up is paid.",
)
@click.option(
    "--estimate",
    is_flag=True,
    help="Ask nothing: print how many calls, minutes and dollars it would take.",
)
@max_wait_option
@quiet_option
@json_option
def collect(
    settings: Settings,
    replay: Path | None,
    record: Path | None,
    verify: bool,
    estimate: bool,
    max_wait: int | None,
    quiet: bool,
    as_json: bool,
) -> int:
    """Fetch what is new from the networks.

    \b
    Example:
      soma-audit collect --estimate
      soma-audit collect --config /etc/soma-audit/config.toml
    """
    if estimate:
        _print_estimate(settings, as_json=as_json)
        return 0
    from soma_audit.audit.collect import CollectOptions, collect_stage, verify_stage
    from soma_audit.audit.lock import locked
    from soma_audit.audit.outcome import Outcome

    outcome, stage = Outcome(), verify_stage if verify else collect_stage
    screen = Screen("Looking up" if verify else "Collecting", quiet=quiet or as_json)
    with locked(settings.database), settings.open(create=not verify) as store:
        options = CollectOptions(replay=replay, record=record, max_wait=max_wait)
        stage(store, settings, outcome, screen, options)
    return emit(outcome, quiet=quiet, as_json=as_json)


def _print_estimate(settings: Settings, *, as_json: bool) -> None:
    from soma_audit.audit.spending import estimated

    found = estimated(settings)
    if not as_json:
        click.echo("\n".join([*_table([*found.lines, found.total]), "", *_notes(found, settings.config)]))
        return
    total = {k: v for k, v in asdict(found.total).items() if k not in {"account", "first"}}
    accounts = [asdict(line) for line in found.lines]
    click.echo(json.dumps({"accounts": accounts, **total, "spent_this_month_usd": found.budget.this_month}))


def _table(lines: Sequence[Line]) -> Iterator[str]:
    width = max(len(line.account) for line in lines)
    yield f"{'account':{width}}  {'calls':>7}  {'minutes':>8}  {'dollars':>9}"
    for line in lines:
        figures = f"{line.calls:>7,}  {line.minutes:>8,.1f}  {line.usd:>9,.2f}"
        yield f"{line.account:{width}}  {figures}{'  at most' if line.first else ''}"


def _notes(found: Estimate, config: Config) -> Iterator[str]:
    from soma_audit.collect.twitter.budget import format_usd

    total = found.total
    if total.first:
        yield "At most: the account has never been read in full, so the estimate covers everything the network shows."
    if total.usd > total.usd_without_included:
        yield (
            "X does not say whether it charges for the posts and people that come along with others;"
            f" if not, it is {format_usd(total.usd_without_included)}."
        )
    yield "Replies deep in long conversations cost extra. Limits longer than --max-wait are not waited for."
    left, limit = found.budget.left()
    if total.usd > left:
        yield (
            f"twitter.spend_per_{limit} leaves {format_usd(max(left, 0))}: the run may stop there, and the next goes on."
        )
    if config.collect.replay:
        yield "The configuration answers from saved pages, so none of this is spent."
