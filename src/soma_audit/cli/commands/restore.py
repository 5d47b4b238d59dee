"""`soma-audit restore`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from soma_audit.cli.options import json_option, quiet_option, settings
from soma_audit.cli.output import emit
from soma_audit.cli.progress import progress

if TYPE_CHECKING:
    from soma_audit.audit.settings import Settings


@click.command()
@settings()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace what an earlier restoring has kept.")
@quiet_option
@json_option
def restore(settings: Settings, file: Path, force: bool, quiet: bool, as_json: bool) -> int:
    """Put FILE, a backup, in the database's place, once it has been checked; a backup of an older version is updated.

    The database that was there is kept beside it, as soma-audit.db.before-restore. The key to the pseudonyms is in no
    backup: the one that is here stays. Nothing is done while a run goes on (exit code 11).

    \b
    Examples:
      soma-audit restore soma-audit-monday.db.gz
      soma-audit report --format html --output report.html
    """
    from soma_audit.audit.backup import restore as put_back
    from soma_audit.audit.outcome import Outcome

    outcome = Outcome()
    with progress("Restoring", quiet=quiet or as_json) as say:
        put_back(settings, file, outcome, force=force, say=say)
    return emit(outcome, quiet=quiet, as_json=as_json)
