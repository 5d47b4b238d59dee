"""`soma-audit register check`."""

from __future__ import annotations

from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from soma_audit.cli.options import json_option, max_wait_option, quiet_option, settings
from soma_audit.cli.output import emit
from soma_audit.cli.progress import Screen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from soma_audit.audit.register_check import CheckedAccount
    from soma_audit.audit.settings import Settings

OPEN_SEARCHES = ("bluesky",)
"""Networks where anybody may search for accounts by their names."""
WORDS = {
    "both_ways": "confirmed both ways",
    "one_way": "confirmed one way",
    "unconfirmed": "unconfirmed",
    "contradicted": "contradicted",
    "unknown": "not known",
    None: "not checked: the register names no website",
}
"""The labels of `official`, as people read them."""
LIVES = {
    "quiet": "quiet",
    "dormant": "dormant",
    "closed_with_notice": "closed with notice",
    "closed": "closed without notice",
    "handed_over": "handed over to another account",
    "lost": "lost",
    "never_found": "never found",
}
"""The labels of `life` that say that something is amiss."""


@click.command()
@settings(needs_config=True)
@click.option(
    "--replay",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Answer from saved pages instead of the networks and the sites.",
)
@click.option("--again", is_flag=True, help="Look also at what has been looked at in the last 20 hours.")
@max_wait_option
@quiet_option
@json_option
def check(
    settings: Settings, replay: Path | None, again: bool, max_wait: int | None, quiet: bool, as_json: bool
) -> int:
    """Ask for every account of the register, and look whether the agencies' own sites link to them.

    Each site's front page and contact page are read once, as its robots.txt allows, and the pages that the register
    declares. A check that was interrupted goes on where it stopped.

    \b
    Example:
      soma-audit register check --config /etc/soma-audit/config.toml
    """
    from soma_audit.audit.collect import CollectOptions
    from soma_audit.audit.lock import locked
    from soma_audit.audit.outcome import Outcome
    from soma_audit.audit.register_check import CheckOptions, check_stage, checked

    outcome = Outcome()
    screen = Screen("Checking", quiet=quiet or as_json)
    asking = CollectOptions(replay=replay, max_wait=max_wait, also=OPEN_SEARCHES)
    options = CheckOptions(collect=asking, again=again)
    with locked(settings.database), settings.open(create=True) as store:
        check_stage(store, settings, outcome, screen, options)
        found = checked(store)
    outcome.data["register"] = [asdict(account) for account in found]
    outcome.sentences = [*_lines(found), "", *outcome.sentences]
    return emit(outcome, quiet=quiet, as_json=as_json)


def _lines(found: Sequence[CheckedAccount]) -> Iterator[str]:
    for (name, website, others), accounts in groupby(found, lambda a: (a.agency, a.website, a.lookalikes)):
        yield f"{name}" + (f" ({website})" if website else "")
        for account in accounts:
            lives = f", {LIVES[account.life]}" if account.life in LIVES else ""
            yield f"  {account.account}: {WORDS[account.label]}{lives}"
            yield from (f"    {reason}" for reason in account.reasons)
            yield from (f"    {why}" for why in account.unseen)
        if others:
            yield f"  goes by the same name, or nearly, and is not in the register: {', '.join(others)}"
