"""`soma-audit classify`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from soma_audit.cli.options import as_of_option, json_option, quiet_option, settings
from soma_audit.cli.output import emit
from soma_audit.cli.progress import progress

if TYPE_CHECKING:
    from datetime import datetime

    from soma_audit.audit.settings import Settings


@click.command()
@settings()
@as_of_option
@quiet_option
@json_option
def classify(settings: Settings, as_of: datetime | None, quiet: bool, as_json: bool) -> int:
    """Judge posts and walls. What has not changed since last time is not judged again.

    \b
    Example:
      soma-audit classify --as-of 2026-03-02T09:00:00Z
    """
    from soma_audit.audit.classify import classify_stage
    from soma_audit.audit.lock import locked
    from soma_audit.audit.outcome import Outcome

    outcome = Outcome()
    with (
        locked(settings.database),
        settings.open() as store,
        progress("Classifying", quiet=quiet or as_json) as say,
    ):
        classify_stage(store, settings, outcome, as_of=as_of, say=say)
    return emit(outcome, quiet=quiet, as_json=as_json)
