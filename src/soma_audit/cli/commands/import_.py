"""`soma-audit import`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from soma_audit.audit.garbage_collection import in_bulk
from soma_audit.cli.options import json_option, quiet_option, settings
from soma_audit.cli.output import emit
from soma_audit.cli.progress import progress
from soma_audit.errors import Exit

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from soma_audit.audit.outcome import Outcome
    from soma_audit.audit.settings import Settings
    from soma_audit.imports import Imported
    from soma_audit.imports.reader import Summary

NAMED = 20
"""How many bad lines are named; the others are counted."""
FORMATS = (
    "jsonl",
    *("csv", "looks"),
    *(
        "twitter-archive",
        "twitter-archive-2012",
        "twitter-v2",
        "twitter-v1",
        "zeeschuimer",
        "twitter-compliance",
    ),
    *("facebook-download", "facebook-graph", "facebook-business-suite", "crowdtangle", "content-library"),
)


class AccountName(click.ParamType[tuple[str, str]]):
    """An account as network/handle."""

    name = "NETWORK/HANDLE"

    def convert(
        self, value: str | tuple[str, str], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Read an account's name."""
        from soma_audit.networks import NETWORKS

        if isinstance(value, tuple):
            return value
        network, _, handle = value.partition("/")
        handle = handle.removeprefix("@")
        if network not in NETWORKS or not NETWORKS[network].handle.fullmatch(handle):
            self.fail(f"{value!r} is not an account; write it as twitter/eksempeletat", param, ctx)
        return network, handle


class Zone(click.ParamType["ZoneInfo"]):
    """A time zone by its name."""

    name = "ZONE"

    def convert(
        self, value: str | ZoneInfo, param: click.Parameter | None, ctx: click.Context | None
    ) -> ZoneInfo:
        """Look the zone up."""
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        if isinstance(value, ZoneInfo):
            return value
        try:
            return ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.fail(f"{value!r} is not a known time zone; write it as Europe/Oslo", param, ctx)


class TimeFormat(click.ParamType[str]):
    """How times are written, as strptime has it."""

    name = "FORMAT"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Make sure that a time written so can be read again."""
        from datetime import UTC, datetime

        moment = datetime(2025, 12, 31, 23, 59, tzinfo=UTC)
        try:
            read = datetime.strptime(moment.strftime(value), value)  # noqa: DTZ007 - only the day is looked at
        except ValueError:
            read = None
        if read is None or read.replace(tzinfo=UTC).date() != moment.date():
            self.fail(
                f"{value!r} does not tell day, month and year; write it as '%d/%m/%Y %H:%M'", param, ctx
            )
        return value


class Column(click.ParamType[tuple[str, str]]):
    """Which column holds what."""

    name = "WHAT=NAME"

    def convert(
        self, value: str | tuple[str, str], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Read what the column holds, and its name."""
        if isinstance(value, tuple):
            return value
        what, equals, name = value.partition("=")
        if not (what.strip() and equals and name.strip()):
            self.fail(f"{value!r} names no column; write it as text=Tekst", param, ctx)
        return what.strip(), name.strip()


@click.command(name="import")
@settings()
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    help="What the files are, if it is not seen from what they hold.",
)
@click.option(
    "--account",
    "accounts",
    type=AccountName(),
    multiple=True,
    help="Whose files these are, where they do not say so themselves; may be given more than once.",
)
@click.option(
    "--timezone",
    type=Zone(),
    help="The zone of times that are written without one, such as Europe/Oslo.",
)
@click.option(
    "--time-format",
    type=TimeFormat(),
    help="How a table's times are written, where it could be read in more ways than one: '%d/%m/%Y %H:%M'.",
)
@click.option(
    "--column",
    "columns",
    type=Column(),
    multiple=True,
    help='Which column of a table holds what: --column text="Tekst". May be given more than once.',
)
@quiet_option
@json_option
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False))
def import_(
    settings: Settings,
    format_: str | None,
    accounts: tuple[tuple[str, str], ...],
    quiet: bool,
    as_json: bool,
    files: tuple[Path, ...],
    **written: Any,  # noqa: ANN401 - how tables are written: time zone, time format, columns
) -> int:
    """Take in what you have on disk: archives, exports, files of other tools, looks at walls.

    FILES may be packed (gzip, zip) or folders, and - is standard input; what they are is seen from what they hold.
    Nothing is asked of a network. A line that cannot be read is kept out and named; the rest goes in (exit code 3).

    \b
    Examples:
      soma-audit import twitter-archive.zip
      ssh archive.example.org cat posts.jsonl.gz | soma-audit import -
      soma-audit import --account facebook/eksempeletat --timezone Europe/Oslo content.csv
      soma-audit import --account twitter/eksempeletat --column text="Tekst" --column created_at="Tid" \\
        --column author="Avsender" posts.csv
    """
    from soma_audit.audit.lock import locked
    from soma_audit.audit.looks import take_in
    from soma_audit.audit.outcome import Outcome
    from soma_audit.cli.given import files_given
    from soma_audit.imports import ImportContext, import_files, is_looks

    clock, outcome = settings.collecting_clock(replay=False), Outcome()
    with files_given(files) as given, locked(settings.database), settings.open(create=True) as store:
        looks = [f for f in given if format_ == "looks" or (format_ is None and is_looks(f))]
        posts = [f for f in given if f not in looks]
        pseudonyms = settings.pseudonyms(store)
        settings.bring_register(store)
        with (
            store.run(
                "import", config_hash=settings.config.hash(), clock=clock, key_hash=pseudonyms.hash
            ) as run,
            progress("Importing", quiet=quiet or as_json) as say,
            in_bulk(),
        ):
            for file in looks:
                take_in(settings, store, file, clock(), outcome, run.id)
            if posts:
                context = ImportContext(store, pseudonyms, named=[*accounts], **written)
                _tell(import_files(store, run, posts, context, clock(), format_=format_, say=say), outcome)
    return emit(outcome, quiet=quiet, as_json=as_json)


def _facts(result: Imported) -> dict[str, Any]:
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


def _tell(result: Imported, outcome: Outcome) -> None:
    from soma_audit.report.text import counted

    added = result.added
    outcome.data |= _facts(result)
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
    from soma_audit.report.text import counted

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
    """Say what was damaged, is missing or met nothing."""
    from soma_audit.imports import NOT_PUBLIC
    from soma_audit.report.text import counted

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
