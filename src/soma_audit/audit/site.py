"""The stage `site`: what has settled is published, what was published stays, and the files are brought up to date."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from soma_audit.errors import InvalidInputError
from soma_audit.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from soma_audit.audit.outcome import Outcome
    from soma_audit.audit.settings import Settings
    from soma_audit.report.figures.model import Figures
    from soma_audit.report.site.months import PublishedMonth
    from soma_audit.store import Store
    from soma_audit.store.published import CorrectionRow

RECOUNTED = 3
"""Months that are counted again each time, the newest that were published; the others only if that is asked for."""
OURS = "data/schema.json"
"""A file by which a folder is known to hold a site."""


def site_stage(
    store: Store,
    settings: Settings,
    outcome: Outcome,
    folder: Path,
    *,
    as_of: datetime | None,
    language: str | None,
    recount: bool,
    say: Callable[[str], None],
) -> None:
    """Publish the months that have settled, and bring a folder's files up to date.

    Raises:
        InvalidInputError: the configuration lacks the site's address or contact, or the folder holds something else.
    """
    from soma_audit.report.site import Site, files

    site = settings.config.site
    if not (site.url and site.contact):
        raise InvalidInputError(
            "A site needs its address and somebody to write to: set url and contact in config.toml ([site])."
        )
    _check_folder(folder)
    moment = _seen_until(store, settings.as_of(as_of))
    today = settings.as_of(as_of).astimezone(ZoneInfo(settings.config.answer.timezone)).date().isoformat()
    fresh, corrected = _publish(store, settings, moment, today, recount=recount, say=say)
    months = _published(store)
    window = {"since": _begin(months[-1].month, settings)} if months else {}
    figures = _public(store, settings, moment, window=window, language=language)
    written = _write(
        folder,
        files(
            Site(
                url=site.url.rstrip("/"),
                contact=site.contact,
                figures=figures,
                months=tuple(months),
                corrections=tuple(store.published.corrections()),
            )
        ),
    )
    _tell(outcome, folder, fresh, corrected, written)


def _tell(outcome: Outcome, folder: Path, fresh: list[str], corrected: int, written: int) -> None:
    outcome.data |= {"published": fresh, "corrections": corrected, "files_written": written}
    if fresh:
        outcome.sentences.append(f"Published: {', '.join(fresh)}.")
    if corrected:
        outcome.sentences.append(
            f"Corrections noted: {corrected}. They are listed on the page about the figures."
        )
    changed = f"{counted(written, 'file')} written" if written else "nothing has changed"
    outcome.sentences.append(f"The site is in {folder}: {changed}.")


def _check_folder(folder: Path) -> None:
    if folder.is_file():
        raise InvalidInputError(f"{folder} is a file. Name a folder for the site.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / OURS).is_file():
        raise InvalidInputError(f"{folder} holds something else than a site. Name a new folder.")


def _seen_until(store: Store, as_of: datetime) -> datetime:
    """Return by when figures are counted: what was not looked at since is not told, and the same data give the same site."""
    collected = store.figures.last_collected()
    return min(as_of, _moment(collected)) if collected else as_of


def _publish(
    store: Store,
    settings: Settings,
    moment: datetime,
    today: str,
    *,
    recount: bool,
    say: Callable[[str], None],
) -> tuple[list[str], int]:
    """Publish what has settled, and note what is found to be otherwise; return the new months, and how many corrections."""
    from soma_audit.report.site.months import PublishedMonth, due, month_of

    oldest, _ = store.figures.span()
    if oldest is None:
        return [], 0
    known = store.published.months()
    again = known.keys() if recount else {*sorted(known)[-RECOUNTED:]}
    fresh, corrected = [], 0
    for name, since, until in due(_moment(oldest), moment, settings.config.answer.timezone):
        if name in known and name not in again:
            continue
        say(name)
        counted_now = month_of(
            _public(store, settings, moment, window={"since": since, "until": until}), name, today
        )
        if name not in known:
            store.published.publish(counted_now.plain())
            fresh.append(name)
        else:
            corrected += _note(store, PublishedMonth.of(known[name]), counted_now)
    return fresh, corrected


def _note(store: Store, published: PublishedMonth, now: PublishedMonth) -> int:
    """Keep what differs from what was published and corrected so far; return how many figures that are."""
    import json

    from soma_audit.report.site.months import corrected, corrections
    from soma_audit.store.published import CorrectionRow

    known = {
        (row.agency, row.figure): json.loads(row.found)
        for row in store.published.corrections()
        if row.month == published.month
    }
    rows: list[CorrectionRow] = [
        CorrectionRow(
            month=c.month,
            agency=c.agency,
            figure=c.figure,
            was=json.dumps(c.was),
            found=json.dumps(c.found),
            noticed_on=now.published_on,
        )
        for c in corrections(corrected(published, known), now)
    ]
    store.published.correct(rows)
    return len(rows)


def _published(store: Store) -> list[PublishedMonth]:
    from soma_audit.report.site.months import PublishedMonth

    return [PublishedMonth.of(plain) for plain in store.published.months().values()]


def _public(
    store: Store,
    settings: Settings,
    moment: datetime,
    *,
    window: Mapping[str, Any],
    language: str | None = None,
) -> Figures:
    """Return the public edition of the figures, of the register's agencies only."""
    from soma_audit.audit.report import figures_of
    from soma_audit.report.figures.public import public

    figures = public(figures_of(store, settings, as_of=moment, window=window, language=language))
    return replace(figures, groups=tuple(group for group in figures.groups if group.kind is not None))


def _begin(month: str, settings: Settings) -> datetime:
    return _moment(f"{month}-01").replace(tzinfo=ZoneInfo(settings.config.answer.timezone))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _write(folder: Path, files: Iterable[tuple[str, bytes]]) -> int:
    """Write the files whose bytes are new, each as a whole; return how many they are."""
    written = 0
    try:
        for path, content in files:
            target = folder / path
            if target.is_file() and target.read_bytes() == content:
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_name(f".{target.name}.{os.getpid()}.part")
            part.write_bytes(content)
            part.replace(target)
            written += 1
    except OSError as error:
        raise InvalidInputError(f"{error.filename or folder} cannot be written: {error.strerror}.") from error
    return written
