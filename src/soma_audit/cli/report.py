"""`soma-audit report`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from soma_audit.cli.options import Moment, Settings, as_of_option, output, output_option, settings
from soma_audit.errors import MendInputError

if TYPE_CHECKING:
    from datetime import datetime

FORMATS = ("terminal", "html", "markdown", "xlsx", "csv", "json")
"""The names of `soma_audit.report.FORMATS`, which is loaded only when a report is written."""


@click.command()
@settings()
@as_of_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="terminal",
    show_default=True,
    help="How to write it.",
)
@output_option
@click.option("--from", "since", type=Moment(), help="Count posts and questions from this time on.")
@click.option("--to", "until", type=Moment(), help="Count posts and questions up to this time.")
@click.option(
    "--days",
    type=click.IntRange(1, 3660),
    help="Count this many days back (default: the configuration's, or 90).",
)
def report(
    settings: Settings,
    as_of: datetime | None,
    format_: str,
    output_: str,
    since: datetime | None,
    until: datetime | None,
    days: int | None,
) -> None:
    """Write the figures as terminal text, HTML, Markdown, Excel, CSV or JSON.

    \b
    Example:
      soma-audit report --format html --output report.html
      soma-audit report --format xlsx --output report.xlsx
    """
    from soma_audit import report as reports
    from soma_audit.cli.stages import figures_of, print_report

    if format_ == "xlsx" and output_ == "-" and sys.stdout.isatty():
        raise MendInputError("soma-audit report --format xlsx needs --output FILE.xlsx.")

    window = {"since": since, "until": until} | ({"days": days} if days else {})
    with settings.open() as store:
        figures = figures_of(store, settings, as_of=as_of, window=window)
    if format_ == "terminal" and output_ == "-":
        print_report(figures)
        return
    with output(output_) as write:
        write(reports.FORMATS[format_](figures))
