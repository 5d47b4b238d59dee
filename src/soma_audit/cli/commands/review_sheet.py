"""`soma-audit review --from`: a worklist that people have filled in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from soma_audit.cli.options import login_name

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from soma_audit.audit.settings import Settings


def take_in(
    settings: Settings, sheet: Path, reviewer: str | None, as_of: datetime | None, *, as_json: bool
) -> None:
    """Take in a filled-in worklist, whole or not at all, and say what was in it."""
    from soma_audit.audit import worklist
    from soma_audit.audit.lock import locked
    from soma_audit.report.text import counted

    now = settings.as_of(as_of)
    who = reviewer or login_name("--reviewer")
    with locked(settings.database), settings.open() as store:
        taken = worklist.take_in(store, settings, sheet, reviewer=who, now=now)
    if as_json:
        click.echo(json.dumps(taken._asdict()))
        return
    parts = [
        f"{counted(taken.words, 'review')}",
        f"{counted(taken.assignments, 'assignment or forwarding', 'assignments and forwardings')} taken in",
        f"{counted(taken.already, 'line was', 'lines were')} so already",
        f"{counted(taken.untouched, 'line', 'lines')} left as before",
    ]
    click.echo(f"{', '.join(parts)}.")
