"""`soma-audit backup`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from soma_audit.cli.options import Output, json_option, quiet_option, settings
from soma_audit.cli.output import check_output, emit
from soma_audit.cli.progress import progress

if TYPE_CHECKING:
    from soma_audit.audit.settings import Settings


@click.command()
@settings()
@click.argument("file", type=Output())
@click.option("--force", is_flag=True, help="Replace the file if it is there already.")
@quiet_option
@json_option
def backup(settings: Settings, file: str, force: bool, quiet: bool, as_json: bool) -> int:
    """Copy the database into FILE while others work with it, and check the copy; packed if the name ends in .gz.

    The key to the pseudonyms is never in it: keep a copy of the key in another place. A backup holds visitors' texts
    until you delete it, also those that have been dropped from the database since.

    \b
    Examples:
      soma-audit backup soma-audit-monday.db.gz
      soma-audit backup --force --quiet /var/backups/soma-audit.db
    """
    from soma_audit.audit.backup import back_up
    from soma_audit.audit.outcome import Outcome

    if file == "-":
        raise click.UsageError("A backup goes into a file. Name one.")
    outcome = Outcome()
    with progress("Backing up", quiet=quiet or as_json) as say:
        back_up(settings, check_output(file), outcome, force=force, say=say)
    return emit(outcome, quiet=quiet, as_json=as_json)
