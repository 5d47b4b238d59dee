"""`soma-audit site`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from soma_audit.cli.options import as_of_option, json_option, language_option, quiet_option, settings
from soma_audit.cli.output import emit
from soma_audit.cli.progress import progress

if TYPE_CHECKING:
    from datetime import datetime

    from soma_audit.audit.settings import Settings


@click.command()
@settings(needs_config=True)
@click.argument("folder", type=click.Path(path_type=Path))
@as_of_option
@language_option
@click.option(
    "--recount",
    is_flag=True,
    help="Count all published months again, not only the last three, and note what is otherwise.",
)
@quiet_option
@json_option
def site(
    settings: Settings,
    folder: Path,
    as_of: datetime | None,
    language: str | None,
    recount: bool,
    quiet: bool,
    as_json: bool,
) -> int:
    """Write the public edition as a site of plain files, which any web server can serve.

    A month is published once, two weeks after it is over, and shown so ever after; what is found to be otherwise later is listed as
    a correction. Nobody's words stand in it, and no count of fewer than five questions.

    \b
    Example:
      soma-audit site /var/www/social-media
    """
    from soma_audit.audit.lock import locked
    from soma_audit.audit.outcome import Outcome
    from soma_audit.audit.site import site_stage

    outcome = Outcome()
    with (
        locked(settings.database),
        settings.open() as store,
        progress("Publishing", quiet=quiet or as_json) as say,
    ):
        site_stage(store, settings, outcome, folder, as_of=as_of, language=language, recount=recount, say=say)
    return emit(outcome, quiet=quiet, as_json=as_json)
