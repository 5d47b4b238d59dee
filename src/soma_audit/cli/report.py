"""`soma-audit report`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from soma_audit.cli.options import (
    Moment,
    Settings,
    as_of_option,
    fail_on_option,
    language_option,
    output,
    output_option,
    settings,
)
from soma_audit.errors import MendInputError

if TYPE_CHECKING:
    from collections.abc import Mapping
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
@language_option
@click.option(
    "--public/--internal",
    default=False,
    help="Leave out visitors' words and small counts, for publication (default: --internal).",
)
@click.option(
    "--agency",
    metavar="NAME",
    help="Only this agency, by its short name, beside the middle of its group.",
)
@click.option("--from", "since", type=Moment(), help="Count posts and questions from this time on.")
@click.option("--to", "until", type=Moment(), help="Count posts and questions up to this time.")
@click.option(
    "--days",
    type=click.IntRange(1, 3660),
    help="Count this many days back (default: the configuration's, or 90).",
)
@click.option(
    "--since",
    "news_since",
    metavar="RUN|TIME",
    help="Tell what is new since this run or time (default: the last nightly report).",
)
@fail_on_option
def report(
    settings: Settings,
    as_of: datetime | None,
    format_: str,
    output_: str,
    **options: Any,  # noqa: ANN401 - click passes anything
) -> int | None:
    """Write the figures as terminal text, HTML, Markdown, Excel, CSV or JSON.

    \b
    Examples:
      soma-audit report --format html --output report.html
      soma-audit report --public --language nb --format html --output published.html
      soma-audit report --agency skilt --format html --output ours.html
      soma-audit report --format xlsx --output report.xlsx
      soma-audit report --since 2026-03-01 --fail-on new-unanswered,wall-closed
    """
    from soma_audit import report as reports
    from soma_audit.cli.stages import Outcome, figures_of, find, print_report
    from soma_audit.report.public import public

    _check(format_, output_, options)
    window = {name: options[name] for name in ("since", "until")}
    window |= {"days": options["days"]} if options["days"] else {}
    with settings.open() as store:
        figures = figures_of(
            store,
            settings,
            as_of=as_of,
            window=window,
            language=options["language"],
            news_since=options["news_since"],
            agency=options["agency"],
        )
    shown = public(figures) if options["public"] else figures
    if format_ == "terminal" and output_ == "-":
        print_report(shown)
    else:
        with output(output_) as write:
            write(reports.FORMATS[format_](shown))
    outcome = Outcome()
    find(figures, settings, outcome, options["fail_on"])
    return outcome.tell(quiet=True, as_json=False)


def _check(format_: str, output_: str, options: Mapping[str, Any]) -> None:
    """Refuse what cannot be meant before anything is read."""
    if format_ == "xlsx" and output_ == "-" and sys.stdout.isatty():
        raise MendInputError("soma-audit report --format xlsx needs --output FILE.xlsx.")

    if options["public"] and options["agency"]:
        raise click.UsageError(
            "--agency is for the agency's own eyes: beside the group's public edition it would tell small counts of others."
        )
    if options["since"] and options["until"] and options["since"] >= options["until"]:
        raise click.UsageError("--from must be earlier than --to.")
