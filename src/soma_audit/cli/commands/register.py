"""`soma-audit register`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from soma_audit.audit.settings import read_settings
from soma_audit.cli.commands.register_check import check
from soma_audit.cli.commands.register_import import import_
from soma_audit.cli.options import config_option, json_option

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from soma_audit.register import Register


@click.group(invoke_without_command=True)
@config_option
@json_option
@click.pass_context
def register(ctx: click.Context, config_file: Path | None, as_json: bool) -> None:
    """Check the register's lines, and list its agencies and accounts.

    \b
    Example:
      soma-audit register --config /etc/soma-audit/config.toml
    """
    if ctx.invoked_subcommand is not None:  # what stands before a command's name holds for it too
        given = {"config_file": config_file, "as_json": as_json}
        ctx.default_map = {ctx.invoked_subcommand: {k: v for k, v in given.items() if v}}
        return
    from soma_audit import register as registers
    from soma_audit.report.text import counted

    config = read_settings(config_file, None, needs_config=True).config
    file = config.path(config.collect.register_file)
    listed = registers.load(file)
    if as_json:
        click.echo(json.dumps(_as_json(listed), ensure_ascii=False))
        return
    for line in _lines(listed):
        click.echo(line)
    held = [counted(len(listed.agencies), "agency", "agencies"), counted(len(listed.accounts), "account")]
    if listed.channels:
        held.append(counted(len(listed.channels), "channel elsewhere", "channels elsewhere"))
    click.echo(f"{', '.join(held)}: {file} is in order.")


def _as_json(listed: Register) -> dict[str, object]:
    accounts = [
        {k: str(getattr(a, k)) for k in ("agency", "network", "handle", "role", "evidence")}
        for a in listed.accounts
    ]
    channels = [{k: getattr(c, k) for k in ("agency", "network", "handle")} for c in listed.channels]
    return {"agencies": [a.id for a in listed.agencies], "accounts": accounts, "channels": channels}


def _lines(listed: Register) -> Iterator[str]:
    """Yield the register as people read it: each agency with its accounts below it."""
    own: dict[str, list[str]] = {agency.id: [] for agency in listed.agencies}
    for account in listed.accounts:
        until = f", until {account.valid_to}" if account.valid_to else ""
        evidence = account.evidence or "no evidence that it is official"
        own[account.agency].append(f"  {account}  {account.role}{until}  {evidence}")
    for channel in listed.channels:
        own[channel.agency].append(f"  {channel}  not collected")
    for agency in listed.agencies:
        yield f"{agency.name} ({agency.kind})"
        yield from own[agency.id] or ["  no account"]


register.add_command(check)
register.add_command(import_)
