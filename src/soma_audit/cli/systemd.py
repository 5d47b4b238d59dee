"""Units for systemd: each job shut in as far as it can be and still ask the networks and write its database."""

from __future__ import annotations

import os.path
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from soma_audit.audit.settings import Settings

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
TimeoutStartSec=2h
# {whose}
User={user}
{credentials}# it writes here, and nowhere else
ReadWritePaths={writable}
UMask=0077
ProtectSystem=strict
ProtectHome={home}
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
CapabilityBoundingSet=
NoNewPrivileges=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM

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
_OWNER = "whoever owns the database's folder: with DynamicUser= nobody could review by hand"
_ROOT = "safer: a user of its own, to whom the database's folder belongs, and that user's name here"
_HOMES = tuple(map(Path, ("/home", "/root", "/run/user")))


def units(
    settings: Settings, words: Sequence[str], *, name: str, what: str, when: str, how_often: str
) -> str:
    """Return a service that runs a command, and the timer that starts it."""
    from soma_audit.collect.credentials import credential_files

    config, folder = settings.config, _plain(settings.config.path("."))
    key, data = config.privacy.key_file, _plain(config.path(config.database)).parent
    user = _owner(data if data.is_dir() else folder)
    writable = {
        data,
        _plain(config.path(config.report.folder)),
        *((_plain(config.path(key)).parent,) if key else ()),
    }
    credentials = credential_files(config)
    program = _plain(Path(words[0]))
    needed = [folder, program, Path(sys.prefix), Path(sys.base_prefix), *writable]
    return _UNITS.format(
        name=name,
        what=what,
        when=when,
        how_often=how_often,
        timezone=config.answer.timezone,
        command=" ".join(_word(word).replace("$", "$$") for word in [str(program), *words[1:]]),
        folder=_literal(folder),
        user=user,
        whose=_ROOT if user == "root" else _OWNER,
        credentials=_loaded(credentials) if credentials else "",
        writable=" ".join(_word(str(path)) for path in sorted(writable)),
        home="read-only" if any(_in_a_home(path) for path in needed) else "yes",
    )


def _loaded(credentials: dict[str, Path]) -> str:
    """Return the lines by which systemd hands over tokens: their files may be root's alone."""
    lines = [
        f"LoadCredential={_literal(name)}:{_literal(_plain(file))}\n" for name, file in credentials.items()
    ]
    return "".join(["# read by systemd itself: these files may belong to root alone\n", *lines])


def _plain(path: Path) -> Path:
    """Return where a path leads without any `..`, which systemd does not take."""
    return Path(os.path.normpath(path.absolute()))


def _literal(value: object) -> str:
    """Return a whole value; in a unit a percent sign stands for something else."""
    return str(value).replace("%", "%%")


def _word(text: str) -> str:
    """Return one word of a line of several."""
    if re.fullmatch(r"[\w@+=:,./-]+", text, re.ASCII):
        return text
    escaped = _literal(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _in_a_home(path: Path) -> bool:
    return any(path.is_relative_to(home) for home in _HOMES)


def _owner(folder: Path) -> str:
    """Return who owns a folder, by name if there is one."""
    try:
        return folder.owner()
    except KeyError:
        return str(folder.stat().st_uid)
