"""`soma-audit collect`."""

from __future__ import annotations

from pathlib import Path

import click

from soma_audit.cli.options import Settings, json_option, quiet_option, settings


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
@quiet_option
@json_option
def collect(settings: Settings, replay: Path | None, record: Path | None, quiet: bool, as_json: bool) -> int:
    """Fetch what is new from the networks.

    \b
    Example:
      soma-audit collect --config /etc/soma-audit/config.toml
    """
    from soma_audit.cli.lock import locked
    from soma_audit.cli.stages import Outcome, collect_stage

    outcome = Outcome()
    with locked(settings.database), settings.open(create=True) as store:
        collect_stage(store, settings, outcome, replay=replay, record=record, quiet=quiet or as_json)
    return outcome.tell(quiet=quiet, as_json=as_json)
