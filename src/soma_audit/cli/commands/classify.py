"""`soma-audit classify`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from soma_audit.cli.options import Settings, as_of_option, json_option, quiet_option, settings

if TYPE_CHECKING:
    from datetime import datetime


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
    from soma_audit.audit.lock import locked
    from soma_audit.audit.stages import Outcome, classify_stage

    outcome = Outcome()
    with locked(settings.database), settings.open() as store:
        classify_stage(store, settings, outcome, as_of=as_of, quiet=quiet or as_json)
    return outcome.tell(quiet=quiet, as_json=as_json)
