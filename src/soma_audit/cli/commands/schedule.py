"""`soma-audit schedule`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from soma_audit.cli.options import settings

_SERVICE = """\
# /etc/systemd/system/soma-audit.service
[Unit]
Description=Audit of public bodies' accounts
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

# /etc/systemd/system/soma-audit.timer
[Unit]
Description=Audit every night

[Timer]
OnCalendar=*-*-* 05:17:00 {timezone}
RandomizedDelaySec=300
Persistent=true

[Install]
WantedBy=timers.target
"""

if TYPE_CHECKING:
    from soma_audit.audit.settings import Settings


@click.command()
@settings(needs_config=True)
@click.option("--systemd", is_flag=True, help="Print a systemd service and timer instead of a crontab line.")
def schedule(settings: Settings, systemd: bool) -> None:
    """Print what to put into the crontab, or into systemd, for an audit every night. Nothing is installed.

    \b
    Example:
      soma-audit schedule --config /etc/soma-audit/config.toml
    """
    folder = settings.config.path(".").absolute()
    program = Path(sys.argv[0]).absolute()
    words = [str(program), "run", "--quiet", "--config", str(settings.config_file)]
    command = shlex.join(words)
    if systemd:
        click.echo(
            _SERVICE.format(command=command, folder=folder, timezone=settings.config.answer.timezone),
            nl=False,
        )
    else:
        click.echo(f"17 5 * * * {command.replace('%', chr(92) + '%')}")  # cron reads % as a new line
