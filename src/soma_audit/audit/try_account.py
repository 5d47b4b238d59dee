"""A first look at one account: a register of one line, the stages as at night, and a database that nobody has to keep."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from soma_audit.networks import NETWORKS

if TYPE_CHECKING:
    from pathlib import Path

    from soma_audit.audit.collect import Screen
    from soma_audit.audit.outcome import Outcome
    from soma_audit.audit.settings import Settings
    from soma_audit.report.figures.model import Figures

KIND = "body"
"""What the account's agency is counted among."""


def settings_for(settings: Settings, network: str, handle: str, *, days: int, folder: Path) -> Settings:
    """Return the configured settings, changed to look at one account, whose register is written into a folder."""
    register = folder / "register.csv"
    register.write_text(
        f"agency,name,kind,network,handle\ntried,{handle},{KIND},{network},{handle}\n", "utf-8"
    )
    config = settings.config
    changes = {
        "collect": config.collect.model_copy(
            update={"register_file": str(register), "history_days": days, "looks": None, "replay": None}
        ),
        "report": config.report.model_copy(update={"days": days, "accepted": None, "notice": None}),
        "as_of": None,
    }
    return replace(settings, config=config.model_copy(update=changes))


def try_account(settings: Settings, outcome: Outcome, screen: Screen) -> Figures:
    """Return the figures of the one account in the register, collected and judged now."""
    from soma_audit.audit.classify import classify_stage
    from soma_audit.audit.collect import CollectOptions, collect_stage
    from soma_audit.audit.lock import locked
    from soma_audit.audit.report import figures_of

    with locked(settings.database), settings.open(create=True) as store:
        collect_stage(store, settings, outcome, screen, CollectOptions())
        classify_stage(store, settings, outcome, as_of=None, say=lambda _: None)
        return figures_of(store, settings, as_of=None)


def every_night(network: str, handle: str, *, has_config: bool) -> list[str]:
    """Return the lines to type to look at an account every night."""
    name = NETWORKS[network].title_today
    lines = (
        [] if has_config else ["soma-audit init                 # writes config.toml and register.csv here"]
    )
    lines += [
        f'echo "etat,Name of the body,agency,{network},{handle}" >> register.csv',
        "soma-audit run                  # the whole of it once",
        "soma-audit schedule             # the line for cron, or a systemd timer",
    ]
    if not NETWORKS[network].needs_token:
        lines.append(
            f"# {name} needs no key. To find posts elsewhere that mention the account too, sign in: docs/access.md"
        )
    return lines
