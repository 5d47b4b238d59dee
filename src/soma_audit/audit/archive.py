"""What has to be kept, written as a bag for the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from soma_audit.report.text import counted

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from soma_audit.audit.outcome import Outcome
    from soma_audit.audit.settings import Settings
    from soma_audit.store import Store


def export_archive(
    store: Store,
    settings: Settings,
    outcome: Outcome,
    folder: Path,
    *,
    since: datetime,
    until: datetime,
    as_of: datetime | None,
) -> None:
    """Write what is kept of the time from `since` to before `until`."""
    from soma_audit.archive.writing import archive
    from soma_audit.audit.report import figures_of
    from soma_audit.report.formats import json

    now = settings.as_of(as_of)

    def report() -> str:
        window = {"since": since, "until": until}
        return json.render(figures_of(store, settings, as_of=now, window=window, whole_lists=True))

    told = archive(
        store,
        folder,
        since,
        until,
        now,
        organisation=settings.config.report.title or "soma-audit",
        report=report,
    )
    outcome.data |= {"folder": str(folder), "posts": told.posts, "threads": told.threads, "files": told.files}
    outcome.sentences.append(
        f"Wrote {counted(told.posts, 'post')} in {counted(told.threads, 'thread')} of"
        f" {counted(told.accounts, 'account')} to {folder}, {counted(told.files, 'file')} with their checksums."
    )
