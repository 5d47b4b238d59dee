"""`soma-audit doctor`."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import click

from soma_audit.cli.options import json_option, settings

if TYPE_CHECKING:
    from soma_audit.audit.doctor.checks import Check
    from soma_audit.audit.settings import Settings


@click.command()
@settings()
@click.option("--offline", is_flag=True, help="Ask no network.")
@json_option
def doctor(settings: Settings, offline: bool, as_json: bool) -> int:
    """Check the set-up, and say what to do: configuration, tokens, permissions, quota, clock, disk, database.

    Looks each account of the register up once; X charges for that what a look-up of a user costs, which is
    counted with the month's spending. --offline asks no network. Changes nothing else.

    \b
    Example:
      soma-audit doctor --config /etc/soma-audit/config.toml
    """
    from soma_audit.audit.doctor import examine
    from soma_audit.audit.doctor.checks import exit_code

    checks = list(examine(settings, offline=offline))
    code = exit_code(checks)
    if as_json:
        lines = [{"topic": c.topic, "state": c.state, "seen": c.seen, "todo": c.todo} for c in checks]
        click.echo(json.dumps({"checks": lines, "exit": int(code)}, ensure_ascii=False))
    else:
        _print(checks)
    return int(code)


def _print(checks: list[Check]) -> None:
    from soma_audit.audit.doctor.checks import State
    from soma_audit.report.text import clean

    for check in checks:
        lines = [f"{check.state:<9}  {check.topic}: {check.seen}"]
        lines += [f"To do: {check.todo}"] if check.todo else []
        click.echo(clean("\n".join(lines)).replace("\n", f"\n{'':11}"))
    states = Counter(c.state for c in checks)
    told = ", ".join(f"{states[s]} {s}" for s in State)
    click.echo(f"{len(checks)} things looked at: {told}.")
