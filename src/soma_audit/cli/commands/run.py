"""`soma-audit run`."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import click

from soma_audit.cli.log import warn
from soma_audit.cli.options import (
    as_of_option,
    fail_on_option,
    json_option,
    language_option,
    log_format_option,
    max_wait_option,
    quiet_option,
    settings,
)
from soma_audit.cli.output import check_output, emit, output, print_report
from soma_audit.cli.progress import Screen, progress
from soma_audit.errors import Exit, SomaError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from soma_audit.audit.outcome import Outcome
    from soma_audit.audit.settings import Settings
    from soma_audit.cli.log import LogFormat
    from soma_audit.report.figures.model import Figures


@click.command()
@settings(needs_config=True)
@as_of_option
@max_wait_option
@language_option
@fail_on_option
@click.option("--mail", is_flag=True, help="Mail those whom the configuration names, if anything is new.")
@quiet_option
@json_option
@log_format_option
def run(
    settings: Settings,
    as_of: datetime | None,
    max_wait: int | None,
    language: str | None,
    fail_on: tuple[str, ...],
    mail: bool,
    quiet: bool,
    as_json: bool,
    log_format: LogFormat,
) -> int:
    """Collect, classify and report: the nightly audit.

    Prints the report, and writes report.html and report.json into the folder that the
    configuration names. With --mail, those whom it names are told what is new; an address under
    [run] ping is asked when all is done.

    \b
    Example, as a crontab line:
      17 5 * * * soma-audit run --quiet --config /etc/soma-audit/config.toml
    """
    from soma_audit.audit.outcome import Outcome
    from soma_audit.audit.report import find

    outcome, silent = Outcome(), quiet or as_json
    with _pinged(settings.config.run.ping, outcome, log_format):
        figures = _carried_out(
            settings, outcome, as_of=as_of, max_wait=max_wait, language=language, mail=mail, silent=silent
        )
        find(figures, settings, outcome, fail_on)
    if not silent:
        print_report(figures)
    return emit(outcome, quiet=quiet, as_json=as_json, log_format=log_format)


def _carried_out(
    settings: Settings,
    outcome: Outcome,
    *,
    as_of: datetime | None,
    max_wait: int | None,
    language: str | None,
    mail: bool,
    silent: bool,
) -> Figures:
    """Return the figures that have been written as a report, once all is collected and judged."""
    from soma_audit.audit.classify import classify_stage
    from soma_audit.audit.collect import CollectOptions, collect_stage
    from soma_audit.audit.lock import locked
    from soma_audit.audit.mail import mail_server, mail_stage
    from soma_audit.audit.purge import purge_stage
    from soma_audit.audit.report import figures_of

    folder = settings.config.path(settings.config.report.folder)
    check_output(str(folder / "report.html"))
    server = mail_server(settings) if mail else None
    with locked(settings.database), settings.open(create=True) as store:
        screen = Screen("Collecting", quiet=silent)
        collect_stage(store, settings, outcome, screen, CollectOptions(max_wait=max_wait))
        with progress("Classifying", quiet=silent) as say:
            classify_stage(store, settings, outcome, as_of=as_of, say=say)
        purge_stage(store, settings, outcome, as_of=as_of)
        clock = partial(settings.as_of, None)
        with store.run("report", config_hash=settings.config.hash(), clock=clock) as report:
            figures = figures_of(store, settings, as_of=settings.as_of(as_of), language=language)
            _write(figures, folder)
        if server:
            mail_stage(store, settings, outcome, server, figures, report=report.id)
    outcome.sentences.append(f"The report is in {folder / 'report.html'} and report.json beside it.")
    outcome.data["report"] = str(folder / "report.html")
    return figures


def _write(figures: Figures, folder: Path) -> None:
    from soma_audit.report import FORMATS

    for format_ in ("html", "json"):
        with output(str(folder / f"report.{format_}")) as write:
            write(FORMATS[format_](figures))


@contextmanager
def _pinged(url: str | None, outcome: Outcome, log_format: LogFormat) -> Iterator[None]:
    """Tell whoever watches over the run that it is done, or that it has failed."""
    try:
        yield
    except Exception as error:
        code = error.exit_code if isinstance(error, SomaError) else Exit.FAILED
        if code != Exit.LOCKED:  # the run that holds the lock will tell
            warn(_ping(url, failed=True), code=code, log_format=log_format)
        raise
    outcome.warnings += _ping(url, failed=False)


def _ping(url: str | None, *, failed: bool) -> list[str]:
    """Return what went wrong with the ping, if anything; without an address there is none."""
    if url is None:
        return []
    from soma_audit.collect.health_check import ping

    problem = ping(url, failed=failed)
    return [problem] if problem else []
