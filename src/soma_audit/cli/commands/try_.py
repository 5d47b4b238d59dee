"""`soma-audit try`."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from soma_audit.cli.commands.import_ import AccountName
from soma_audit.cli.options import json_option
from soma_audit.cli.output import emit, print_report
from soma_audit.cli.progress import Screen


@click.command("try")
@click.argument("account", type=AccountName())
@click.option(
    "--days", type=click.IntRange(1, 3660), default=90, show_default=True, help="How far back to look."
)
@click.option(
    "--db",
    "db_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Keep what was seen in this database; without it, nothing is kept.",
)
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Configuration, where there is one (default: $SOMA_AUDIT_CONFIG, or ./config.toml).",
)
@json_option
def try_(
    account: tuple[str, str], days: int, db_file: Path | None, config_file: Path | None, as_json: bool
) -> int:
    """Look at one public account now: collect, judge and report it, and keep nothing.

    ACCOUNT is written as bluesky:etat.example, mastodon:etat@social.example, or as its address
    in a browser. Bluesky and most of Mastodon's servers need no key; X and Facebook do.

    \b
    Examples:
      soma-audit try bluesky:etat.example
      soma-audit try https://social.example/@etat --days 30 --db etat.db
    """
    from soma_audit.audit.outcome import Outcome
    from soma_audit.audit.settings import read_settings
    from soma_audit.audit.try_account import every_night, settings_for, try_account
    from soma_audit.errors import Exit

    outcome = Outcome()
    with tempfile.TemporaryDirectory(prefix="soma-audit-") as name:
        folder = Path(name)
        usual = read_settings(config_file, db_file or folder / "tried.db", needs_config=False)
        settings = settings_for(usual, *account, days=days, folder=folder)
        try:
            figures = try_account(settings, outcome, Screen("Looking", quiet=as_json))
        except KeyboardInterrupt:
            if db_file:
                raise
            click.echo("soma-audit: interrupted; nothing was kept", err=True)
            return Exit.INTERRUPTED
        seen = outcome.code is Exit.DONE or bool(outcome.data.get("new"))
        if seen and not as_json:
            print_report(figures)
    if not as_json:
        kept = f"What was seen is kept in {db_file}." if db_file else "Nothing of it was kept."
        outcome.sentences.append(kept)
        if seen:
            lines = every_night(*account, has_config=usual.config_file is not None)
            outcome.sentences += [
                "To look every night, and so build up a history:",
                *(f"  {line}" for line in lines),
            ]
    return emit(outcome, quiet=False, as_json=as_json)
