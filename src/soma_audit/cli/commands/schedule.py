"""`soma-audit schedule`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from soma_audit.cli.options import settings

_JOBS = (
    (
        "soma-audit",
        ("run",),
        "Audit of public bodies' accounts",
        "17 5 * * *",
        "*-*-* 05:17:00",
        "every night",
    ),
    (
        *("soma-audit-register", ("register", "check"), "Check of the register of public bodies' accounts"),
        *("37 6 * * 1", "Mon *-*-* 06:37:00", "every week"),
    ),
)
"""The units' name, the command, what it does, when by cron and by systemd, and how often."""
if TYPE_CHECKING:
    from soma_audit.audit.settings import Settings


@click.command()
@settings(needs_config=True)
@click.option(
    "--systemd", is_flag=True, help="Print systemd services and timers instead of lines for the crontab."
)
def schedule(settings: Settings, systemd: bool) -> None:
    """Print what to put into the crontab, or into systemd: an audit every night, and every week a check of the register.

    Nothing is installed. If the configuration has a mail server, the audit mails. systemd's services run as the owner of the database's folder, may write only where the
    database and the report are, and get the tokens whose files the configuration names as credentials.

    \b
    Examples:
      soma-audit schedule --config /etc/soma-audit/config.toml
      soma-audit schedule --systemd --config /etc/soma-audit/config.toml
    """
    from soma_audit.cli.systemd import units

    program = Path(sys.argv[0]).absolute()
    for number, (name, words, what, cron, when, how_often) in enumerate(_JOBS):
        told = ["--mail"] if words == ("run",) and settings.config.mail.host else []
        line = [str(program), *words, *told, "--quiet", "--config", str(settings.config_file)]
        if not systemd:
            click.echo(f"{cron} {shlex.join(line).replace('%', chr(92) + '%')}")  # cron reads % as a new line
            continue
        if words == ("run",):
            line += ["--log-format", "json"]  # in a journal only
        printed = units(settings, line, name=name, what=what, when=when, how_often=how_often)
        click.echo("\n" * (number > 0) + printed, nl=False)
