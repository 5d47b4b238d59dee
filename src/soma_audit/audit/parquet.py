"""Parquet: what is judged written for other engines, and their verdicts taken in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from soma_audit.audit.classify import summarise
from soma_audit.errors import Exit, InvalidInputError
from soma_audit.garbage_collection import in_bulk
from soma_audit.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from soma_audit.audit.outcome import Outcome
    from soma_audit.audit.settings import Settings
    from soma_audit.store import Store

MISSING = "Parquet needs pyarrow: pip install 'soma-audit[parquet]'."


def export_parquet(
    store: Store, settings: Settings, outcome: Outcome, folder: Path, *, as_of: datetime | None
) -> None:
    """Write all that is judged."""
    try:
        from soma_audit.parquet.writing import export
    except ImportError as error:
        raise InvalidInputError(MISSING) from error
    from soma_audit.classify.database import terms_of

    rows = export(store, folder, terms_of(settings.config, settings.as_of(as_of)))
    outcome.data |= {"folder": str(folder), "rows": rows}
    outcome.sentences.append(
        f"Wrote {counted(rows['posts'], 'post')} of {counted(rows['accounts'], 'account')},"
        f" {counted(rows['reviews'], 'review')} and {counted(rows['looks'], 'look')} to {folder}."
    )


def take_in_verdicts(
    store: Store, settings: Settings, outcome: Outcome, folder: Path, *, say: Callable[[object], None]
) -> None:
    """Take in what was judged elsewhere."""
    try:
        from soma_audit.parquet.reading import take_in
    except ImportError as error:
        raise InvalidInputError(MISSING) from error

    with (
        store.run("classify", config_hash=settings.config.hash(), clock=lambda: settings.as_of(None)) as run,
        in_bulk(),
    ):
        result = take_in(store, run, folder, say)
    summarise("Took in the verdicts on", result, outcome)
    outcome.data["without"] = result.without
    if result.without:
        named = ", ".join(result.without[:5]) + (" …" if len(result.without) > 5 else "")
        outcome.warnings.append(
            f"{folder} has no verdicts on {counted(len(result.without), 'account')}: {named}."
        )
        outcome.code = Exit.PARTIAL
