"""The stage `report`: the figures as the configuration asks for them, and what of them ends in an exit code."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from soma_audit.errors import Exit, InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from soma_audit.audit.outcome import Outcome
    from soma_audit.audit.settings import Settings
    from soma_audit.report.figures.model import Figures
    from soma_audit.store import Store


def figures_of(
    store: Store,
    settings: Settings,
    *,
    as_of: datetime | None,
    window: Mapping[str, Any] | None = None,
    language: str | None = None,
    news_since: int | datetime | None = None,
    agency: str | None = None,
    whole_lists: bool = False,
) -> Figures:
    """Compute the figures with what the configuration says of them; of one agency, beside the middle of its group."""
    from soma_audit.report.figures import beside_group, earliest, figures
    from soma_audit.report.figures.frame import Frame

    config = settings.config
    frame: dict[str, Any] = {"since": None, "until": None, "days": config.report.days, **(window or {})}
    if whole_lists:
        frame["listed"] = None
    asked = Frame(
        title=config.report.title,
        notice=config.report.notice,
        as_of=settings.as_of(as_of),
        office=config.office(),
        norm_minutes=config.norm_minutes(),
        silence=config.silence_limits(),
        language=language or config.report.language,
        news_since=_baseline(store, news_since),
        **frame,
    )
    if agency is not None and agency not in {row.id for row in store.figures.agency_rows()}:
        raise InvalidInputError(
            f"There is no agency {agency}. `soma-audit register` lists their short names."
        )
    with store.figures.snapshot(earliest(store.figures, asked)) as snapshot:
        whole = figures(snapshot, asked)
        if agency is None:
            return whole
        return beside_group(figures(snapshot.of(agency), replace(asked, agency=agency)), whole)


def _baseline(store: Store, named: int | datetime | None) -> tuple[int, datetime] | None:
    """Find the run that news is told since: a run's number, or a time."""
    if named is None:
        return None
    if isinstance(named, datetime):
        return store.figures.run_before(named) or (0, named)
    found = store.figures.run_numbered(named)
    if found is None:
        raise InvalidInputError(f"There is no run {named}. The table run of the database lists them.")
    return found


def find(figures: Figures, settings: Settings, outcome: Outcome, kinds: Sequence[str]) -> None:
    """Report what is new of the kinds that `--fail-on` names, and set the exit code if there is anything."""
    from soma_audit.audit.accepted import load
    from soma_audit.report.figures.findings import findings, without_accepted
    from soma_audit.report.text import clean

    file = settings.config.report.accepted
    accepted = load(settings.config.path(file)) if file and kinds else []
    left, unmet = without_accepted(findings(figures, kinds), accepted, figures.as_of.date())
    for entry in unmet:
        over = "is over" if entry.until < figures.as_of.date() else "met nothing"
        outcome.sentences.append(
            f"Accepted until {entry.until}: {entry.kind} of {entry.account} {over}; take it out of {file} if it is not needed."
        )
    if kinds:
        outcome.data["findings"] = [asdict(finding) for finding in left]
    if left and figures.news:
        outcome.code = Exit.FINDINGS
        outcome.warnings.append(f"{len(left)} new since {figures.news.since:%Y-%m-%d %H:%M} UTC:")
        outcome.warnings += [f"  {f.kind} {f.account}: {clean(f.sentence)}" for f in left]
