"""`soma-audit export`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from soma_audit.cli.options import as_of_option, language_option, output_option, settings
from soma_audit.cli.output import emit, output

if TYPE_CHECKING:
    from datetime import datetime

    from soma_audit.audit.settings import Settings
    from soma_audit.store.figures.rows import ExportedVerdictRow
    from soma_audit.store.posts.rows import PostRow

_line = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@click.command()
@settings()
@click.argument("what", type=click.Choice(["posts", "verdicts", "language", "parquet"]))
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
    language: str | None,
    as_of: datetime | None,
    output_: str,
) -> None:
    """Write posts or verdicts as JSON lines (a name ending in .gz is packed), the language sheet, or all as Parquet.

    Parquet goes into a new FOLDER: posts, accounts, reviews and looks, for judging on many machines and for
    other tools. The language sheet is what Språkrådet asks state bodies for each January: own posts in nynorsk and
    bokmål, by network, for a year. It can be pasted into a spreadsheet.

    \b
    Examples:
      soma-audit export posts --format jsonl --output posts.jsonl.gz
      soma-audit export posts --match "barnehage søknad"
      soma-audit export language --year 2025 --language nb
      soma-audit export parquet audit-parquet
    """
    if (folder is not None) != (what == "parquet") or (folder is not None and output_ != "-"):
        raise click.UsageError(
            "Parquet goes into a folder, and only Parquet: soma-audit export parquet FOLDER"
        )
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
        _parquet(settings, folder, as_of)
        return
    with settings.open() as store:
        lines = (
            map(post_line, store.figures.post_rows(match))
            if what == "posts"
            else map(verdict_line, store.figures.verdict_rows())
        )
        with output(output_) as write:
            for line in lines:
                write(_line(line) + "\n")


def _parquet(settings: Settings, folder: Path, as_of: datetime | None) -> None:
    from soma_audit.audit.outcome import Outcome
    from soma_audit.audit.parquet import export_parquet

    outcome = Outcome()
    with settings.open() as store:
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


def post_line(row: PostRow) -> dict[str, object]:
    """Shape a post as the interchange format has it."""
    return {
        "network": row.network,
        "account": row.handle,
        "id": row.native_id,
        "thread": row.thread,
        "parent": row.parent,
        "author": row.author,
        "by_agency": bool(row.by_agency),
        "created_at": row.created_at,
        "text": row.text,
        "client": row.client,
        "kind": row.kind,
        "url": row.permalink,
        "reply_settings": row.reply_setting,
        "language": row.language,
        "counts": json.loads(row.counts),
    }


def verdict_line(row: ExportedVerdictRow) -> dict[str, object]:
    """Shape a verdict as the interchange format has it."""
    return {
        "network": row.network,
        "account": row.handle,
        "post": row.native_id,
        "classifier": row.classifier,
        "version": row.version,
        "label": row.label,
        **({} if row.label == row.said else {"reviewed": True, "said": row.said}),
        "value": json.loads(row.value),
        "findings": json.loads(row.findings),
    }
