"""`soma-audit purge`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from soma_audit.cli.options import as_of_option, json_option, quiet_option, settings
from soma_audit.cli.output import emit

if TYPE_CHECKING:
    from datetime import datetime

    from soma_audit.audit.settings import Settings


@click.command()
@settings()
@click.option(
    "--numbers",
    is_flag=True,
    help="Also mask people's numbers and e-mail addresses in what is stored already, as in everything new.",
)
@as_of_option
@quiet_option
@json_option
def purge(settings: Settings, numbers: bool, as_of: datetime | None, quiet: bool, as_json: bool) -> int:
    """Drop visitors' texts and stored pages whose time is up; labels, counts and times stay.

    `run` does it every night. For how long they are kept the configuration says, under [privacy]. After an upgrade, or
    with other countries in the configuration, --numbers masks what was stored before.

    \b
    Examples:
      soma-audit purge --config /etc/soma-audit/config.toml
      soma-audit purge --numbers
    """
    from soma_audit.audit.lock import locked
    from soma_audit.audit.outcome import Outcome
    from soma_audit.audit.purge import mask_stage, purge_stage

    outcome = Outcome()
    with locked(settings.database), settings.open() as store:
        purge_stage(store, settings, outcome, as_of=as_of)
        if numbers:
            mask_stage(store, settings, outcome, as_of=as_of)
    return emit(outcome, quiet=quiet, as_json=as_json)
