"""Taking in what people saw of walls: from the file that the configuration names, or one named on the command line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from soma_audit.errors import Exit, InvalidInputError
from soma_audit.report.text import counted

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from soma_audit.audit.outcome import Outcome
    from soma_audit.audit.settings import Settings
    from soma_audit.store import Store

NAMED = 20
"""How many bad lines are named; the others are counted."""


def take_in(
    settings: Settings, store: Store, file: Path, now: datetime, outcome: Outcome, run: int | None = None
) -> None:
    """Take in a file of looks, and report what was new and what was kept out.

    Raises:
        InvalidInputError: there is no such file, or it is another kind of file.
    """
    from soma_audit.imports import looks
    from soma_audit.text_files import printable

    found = looks.read(file, now)
    good, bad = [], list(found.bad_lines)
    for number, network, handle, look in found.looks:
        account = store.register.account(network, handle)
        if account is None:
            bad.append((number, f"{network}/{handle} is not in the register"))
        else:
            good.append((account, replace(look, note=settings.masked(look.note))))
    news = store.looks.add_looks(good, now, run=run)
    if run is not None:
        store.posts.add_quarantine(run, [(printable(file.name), number, why) for number, why in bad])
    _tell(printable(file.name), news, sorted(bad), outcome)


def take_in_nightly(
    settings: Settings, store: Store, file: Path, now: datetime, outcome: Outcome, run: int
) -> None:
    """Take in the file that the configuration names; when it cannot be read, the audit goes on without it."""
    try:
        take_in(settings, store, file, now, outcome, run)
    except InvalidInputError as error:
        outcome.code = Exit.PARTIAL
        outcome.warnings.append(f"{error} The audit went on without it.")


def _tell(name: str, news: int, bad: list[tuple[int, str]], outcome: Outcome) -> None:
    outcome.data |= {"looks": news, "bad_looks": [{"line": n, "reason": why} for n, why in bad]}
    if news:
        outcome.sentences.append(f"Took in {counted(news, 'look')} at walls from {name}.")
    if bad:
        outcome.code = Exit.PARTIAL
        outcome.warnings.append(f"{counted(len(bad), 'line')} of {name} kept out:")
        outcome.warnings += [f"  line {number}: {why}" for number, why in bad[:NAMED]]
        outcome.warnings += [f"  … and {len(bad) - NAMED} more"] if len(bad) > NAMED else []
