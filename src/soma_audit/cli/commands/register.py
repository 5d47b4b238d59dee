"""`soma-audit register`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from soma_audit.cli.options import json_option, settings

if TYPE_CHECKING:
    from soma_audit.audit.settings import Settings


@click.command()
@settings(needs_config=True)
@json_option
def register(settings: Settings, as_json: bool) -> None:
    """Check the register and list its agencies and accounts.

    \b
    Example:
      soma-audit register --config /etc/soma-audit/config.toml
    """
    from soma_audit import register as registers

    file = settings.config.path(settings.config.collect.register_file)
    listed = registers.load(file)
    if as_json:
        rows = [
            {k: str(getattr(a, k)) for k in ("agency", "network", "handle", "role", "evidence")}
            for a in listed.accounts
        ]
        click.echo(
            json.dumps({"agencies": [a.id for a in listed.agencies], "accounts": rows}, ensure_ascii=False)
        )
        return
    for agency in listed.agencies:
        click.echo(f"{agency.name} ({agency.kind})")
        own = [a for a in listed.accounts if a.agency == agency.id]
        for account in own:
            until = f", until {account.valid_to}" if account.valid_to else ""
            evidence = account.evidence or "no evidence that it is official"
            click.echo(f"  {account}  {account.role}{until}  {evidence}")
        if not own:
            click.echo("  no account")
    click.echo(f"{len(listed.agencies)} agencies, {len(listed.accounts)} accounts: {file} is in order.")
