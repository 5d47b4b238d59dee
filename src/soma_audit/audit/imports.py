"""The stage `import`: files on disk taken in, and what came of each told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from soma_audit.audit.looks import take_in
from soma_audit.errors import Exit
from soma_audit.garbage_collection import in_bulk
from soma_audit.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from soma_audit.audit.outcome import Outcome
    from soma_audit.audit.settings import Settings
    from soma_audit.imports import Imported
    from soma_audit.imports.reader import Summary
    from soma_audit.store import Store

NAMED = 20
"""How many bad lines are named; the others are counted."""


def import_stage(
    store: Store,
    settings: Settings,
    outcome: Outcome,
    files: Sequence[Path],
    *,
    format_: str | None,
    accounts: Sequence[tuple[str, str]],
    timezone: ZoneInfo | None,
    time_format: str | None,
    columns: Sequence[tuple[str, str]],
    say: Callable[[object], None],
) -> None:
    """Take in files of posts and of looks at walls."""
    from soma_audit.imports import ImportContext, import_files, is_looks

    clock, pseudonyms = settings.collecting_clock(replay=False), settings.pseudonyms(store)
    looks = [f for f in files if format_ == "looks" or (format_ is None and is_looks(f))]
    posts = [f for f in files if f not in looks]
    settings.bring_register(store)
    config_hash = settings.config.hash()
    with (
        store.run("import", config_hash=config_hash, clock=clock, key_hash=pseudonyms.hash) as run,
        in_bulk(),
    ):
        for file in looks:
            take_in(settings, store, file, clock(), outcome, run.id)
        if posts:
            context = ImportContext(
                store,
                pseudonyms,
                named=[*accounts],
                timezone=timezone,
                columns=columns,
                time_format=time_format,
            )
            _summarise(import_files(store, run, posts, context, clock(), format_=format_, say=say), outcome)


def _data(result: Imported) -> dict[str, Any]:
    """Return what an import brought, for machines."""
    added = result.added
    return {
        "lines": result.lines,
        "new": added.new,
        "changed": added.changed,
        "past": added.past,
        "gone": added.gone,
        "accounts": len(result.accounts),
        "files": [
            {
                "file": s.name,
                "format": s.format,
                "own": s.own,
                "visitors": s.visitors,
                "left_closed": s.left_closed,
            }
            for s in result.summaries
        ],
        "taken_in": result.taken_in,
        "kept_out": result.kept_out,
        "twice": result.twice,
        "unknown_keys": result.unknown_keys,
        "bad": result.bad,
        "damaged": result.damaged,
        "bad_lines": [{"file": f, "line": n, "reason": why} for f, n, why in result.bad_lines],
    }


def _summarise(result: Imported, outcome: Outcome) -> None:
    added = result.added
    outcome.data |= _data(result)
    outcome.sentences += _of_files(result.summaries)
    outcome.sentences.append(
        f"Read {counted(result.lines, 'line')}: {added.new} new and {added.changed} changed posts"
        f" on {counted(len(result.accounts), 'account')}."
    )
    if added.past:
        outcome.sentences.append(
            f"Kept beside what is newer: {counted(added.past, 'earlier look')} at known posts."
        )
    if added.gone:
        outcome.sentences.append(f"Gone, and the texts dropped: {counted(added.gone, 'post')}.")
    if result.twice:
        outcome.sentences.append(
            f"Came twice, when the clocks were put back, and taken as the first of both: {counted(result.twice, 'time')}."
        )
    if result.taken_in:
        named = ", ".join(result.taken_in[:5]) + (" …" if len(result.taken_in) > 5 else "")
        outcome.sentences.append(
            f"Not in the register, taken in under their own names: {counted(len(result.taken_in), 'account')} ({named})."
        )
    outcome.sentences += [f"Kept out: {why} ({n})." for why, n in sorted(result.kept_out.items())]
    outcome.sentences += sorted({s.cannot for s in result.summaries if s.cannot})
    if result.unknown_keys:
        keys = ", ".join(f"{k} ({n})" for k, n in sorted(result.unknown_keys.items())[:10])
        outcome.sentences.append(f"Unknown keys ignored: {keys}.")
    _warn(result, outcome)


def _of_files(summaries: list[Summary]) -> list[str]:
    """Return what came of each file; of many, what came of those of a kind."""
    told: dict[str, list[Summary]] = {}
    for summary in summaries:
        what = summary.name if len(summaries) <= NAMED else summary.title
        told.setdefault(what, []).append(summary)
    sentences = []
    for what, group in told.items():
        own, visitors = sum(s.own for s in group), sum(s.visitors for s in group)
        posts = f"{own} own and {visitors} visitors' posts" if own or visitors else "no posts"
        closed = sum(s.left_closed for s in group)
        left = f"; not opened: {counted(closed, 'other file')}" if closed else ""
        kind = counted(len(group), "file") if len(summaries) > NAMED else group[0].title
        sentences.append(f"{what}: {kind}, {posts}{left}.")
    return sentences


def _warn(result: Imported, outcome: Outcome) -> None:
    """Warn of what was damaged, is missing or belongs to no known account."""
    from soma_audit.imports import NOT_PUBLIC

    for summary in result.summaries:
        outcome.warnings += [f"{summary.name}: {warning}" for warning in summary.warnings]
    outcome.warnings += result.damaged
    if result.bad:
        outcome.warnings.append(
            f"{result.bad} of {counted(result.lines, 'line')} could not be read, and {'was' if result.bad == 1 else 'were'} skipped:"
        )
        outcome.warnings += [f"  {file} line {line}: {why}" for file, line, why in result.bad_lines[:NAMED]]
        if result.bad > NAMED:
            outcome.warnings.append(f"  … and {result.bad - NAMED} more, listed in the table quarantine")
    if result.kept_out.keys() - NOT_PUBLIC and not result.accounts:
        outcome.warnings.append(
            "Nothing in these files is from or to an account that is known here. --account twitter/HANDLE names one;"
            " pages that came without their users (includes.users) cannot be told apart."
        )
    if outcome.warnings:
        outcome.code = Exit.PARTIAL
