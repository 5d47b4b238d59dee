"""`soma-audit export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from soma_audit.cli.options import Moment, as_of_option, language_option, output_option, settings
from soma_audit.cli.output import emit, output

if TYPE_CHECKING:
    from datetime import datetime

    from soma_audit.audit.settings import Settings


@click.command()
@settings()
@click.argument("what", type=click.Choice(["posts", "verdicts", "language", "parquet", "archive"]))
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "format_",
    type=click.Choice(["jsonl"]),
    default="jsonl",
    show_default=True,
    help="How to write posts and verdicts; the language sheet has tabs.",
)
@click.option("--match", metavar="WORDS", help="Only posts whose text has all these words.")
@click.option(
    "--year", type=click.IntRange(2006, 2100), help="The year of the language sheet (default: last year)."
)
@click.option("--from", "since", type=Moment(), help="The archive holds what was written from this time on.")
@click.option("--to", "until", type=Moment(), help="And before this one.")
@language_option
@as_of_option
@output_option
def export(
    settings: Settings,
    what: str,
    folder: Path | None,
    format_: str,  # noqa: ARG001 - one format so far
    match: str | None,
    year: int | None,
    since: datetime | None,
    until: datetime | None,
    language: str | None,
    as_of: datetime | None,
    output_: str,
) -> None:
    """Write posts or verdicts as JSON lines (a name ending in .gz is packed), the language sheet, all as Parquet, or an archive.

    Parquet goes into a new FOLDER: posts, accounts, reviews and looks, for judging on many machines and for
    other tools. The archive goes into a new FOLDER too: what has to be kept of a time, with checksums, as a BagIt
    bag with a Noark 5 extraction. The language sheet is what Språkrådet asks state bodies for each January: own posts in nynorsk and
    bokmål, by network, for a year. It can be pasted into a spreadsheet.

    \b
    Examples:
      soma-audit export posts --format jsonl --output posts.jsonl.gz
      soma-audit export posts --match "barnehage søknad"
      soma-audit export language --year 2025 --language nb
      soma-audit export parquet audit-parquet
      soma-audit export archive bag-2025 --from 2025-01-01 --to 2026-01-01
    """
    if (folder is not None) != (what in {"parquet", "archive"}) or (folder is not None and output_ != "-"):
        raise click.UsageError(
            "Parquet and the archive go into a folder, and nothing else does: soma-audit export parquet FOLDER"
        )
    _check_times(what, since, until)
    if match is not None and what != "posts":
        raise click.UsageError("--match works only with `export posts`.")
    if year is not None and what != "language":
        raise click.UsageError(
            "--year works only with the language sheet: soma-audit export language --year 2025"
        )
    if what == "language":
        code = language or settings.config.report.language
        _language_sheet(settings, year or settings.as_of(as_of).year - 1, code, output_)
        return
    if folder is not None:
        _folder(settings, folder, as_of, (since, until) if since and until else None)
        return
    _lines(settings, what, match, output_)


def _lines(settings: Settings, what: str, match: str | None, output_: str) -> None:
    from soma_audit.store.interchange import line, post_line, verdict_line

    with settings.open() as store:
        lines = (
            map(post_line, store.figures.post_rows(match))
            if what == "posts"
            else map(verdict_line, store.figures.verdict_rows())
        )
        with output(output_) as write:
            for told in lines:
                write(line(told))


def _check_times(what: str, since: datetime | None, until: datetime | None) -> None:
    if what != "archive" and (since or until):
        raise click.UsageError("--from and --to work only with the archive.")
    if what == "archive" and not (since and until and since < until):
        raise click.UsageError(
            "An archive is of a time: soma-audit export archive FOLDER --from 2025-01-01 --to 2026-01-01"
        )


def _folder(
    settings: Settings, folder: Path, as_of: datetime | None, time: tuple[datetime, datetime] | None
) -> None:
    from soma_audit.audit.outcome import Outcome

    outcome = Outcome()
    with settings.open() as store:
        if time is not None:
            from soma_audit.audit.archive import export_archive

            export_archive(store, settings, outcome, folder, since=time[0], until=time[1], as_of=as_of)
        else:
            from soma_audit.audit.parquet import export_parquet

            export_parquet(store, settings, outcome, folder, as_of=as_of)
    emit(outcome, quiet=False, as_json=False)


def _language_sheet(settings: Settings, number: int, code: str, output_: str) -> None:
    from soma_audit.report.language.words import Words
    from soma_audit.report.language_sheet import sheet, year

    timezone = settings.config.answer.timezone
    with settings.open() as store:
        text = sheet(store.figures.language_years(*year(number, timezone)), number, Words(code, timezone))
    with output(output_) as write:
        write(text)
