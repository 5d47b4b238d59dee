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
_UNITS = """\
# /etc/systemd/system/{name}.service
[Unit]
Description={what}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart={command}
# exit code 3 is a partial audit: told, but no failure of the unit
SuccessExitStatus=3
WorkingDirectory={folder}
UMask=0077
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=strict
ReadWritePaths={folder}
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
TimeoutStartSec=2h

# /etc/systemd/system/{name}.timer
[Unit]
Description={what}, {how_often}

[Timer]
OnCalendar={when} {timezone}
RandomizedDelaySec=300
Persistent=true

[Install]
WantedBy=timers.target
"""

if TYPE_CHECKING:
    from soma_audit.audit.settings import Settings


@click.command()
@settings(needs_config=True)
@click.option(
    "--systemd", is_flag=True, help="Print systemd services and timers instead of lines for the crontab."
)
def schedule(settings: Settings, systemd: bool) -> None:
    """Print what to put into the crontab, or into systemd: an audit every night, and every week a check of the register.

    Nothing is installed.

    \b
    Example:
      soma-audit schedule --config /etc/soma-audit/config.toml
    """
    folder = settings.config.path(".").absolute()
    program = Path(sys.argv[0]).absolute()
    for number, (name, words, what, cron, when, how_often) in enumerate(_JOBS):
        command = shlex.join([str(program), *words, "--quiet", "--config", str(settings.config_file)])
        if not systemd:
            click.echo(f"{cron} {command.replace('%', chr(92) + '%')}")  # cron reads % as a new line
            continue
        told = {"name": name, "what": what, "when": when, "how_often": how_often, "command": command}
        units = _UNITS.format(**told, folder=folder, timezone=settings.config.answer.timezone)
        click.echo("\n" * (number > 0) + units, nl=False)
