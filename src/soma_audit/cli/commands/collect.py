"""`soma-audit collect`."""

from __future__ import annotations

from pathlib import Path

import click

from soma_audit.cli.options import Settings, json_option, max_wait_option, quiet_option, settings


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
    help="Look stored posts on X up again instead; drop what is gone. Each look-up is paid.",
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
        from soma_audit.audit.spending import tell_estimate

        return tell_estimate(settings, as_json=as_json)
    from soma_audit.audit.lock import locked
    from soma_audit.audit.stages import Outcome, collect_stage, verify_stage

    outcome, stage = Outcome(), verify_stage if verify else collect_stage
    with locked(settings.database), settings.open(create=not verify) as store:
        stage(
            store,
            settings,
            outcome,
            replay=replay,
            record=record,
            max_wait=max_wait,
            quiet=quiet or as_json,
        )
    return outcome.tell(quiet=quiet, as_json=as_json)
