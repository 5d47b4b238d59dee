"""`soma-audit import`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from soma_audit.cli.options import json_option, quiet_option, settings
from soma_audit.cli.output import emit
from soma_audit.cli.progress import progress

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from soma_audit.audit.settings import Settings

FORMATS = (
    "jsonl",
    *("csv", "looks", "parquet"),
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
        from soma_audit.networks import account_example, account_in

        if isinstance(value, tuple):
            return value
        if (account := account_in(value)) is None:
            self.fail(f"{value!r} is not an account; write it as {account_example(value)}", param, ctx)
        return account


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
    timezone: ZoneInfo | None,
    time_format: str | None,
    columns: tuple[tuple[str, str], ...],
    quiet: bool,
    as_json: bool,
    files: tuple[Path, ...],
) -> int:
    """Take in what you have on disk: archives, exports, files of other tools, looks at walls.

    FILES may be packed (gzip, zip) or folders, and - is standard input; what they are is seen from what they hold.
    Nothing is asked of a network. A line that cannot be read is kept out and named; the rest goes in (exit code 3).

    \b
    Examples:
      soma-audit import twitter-archive.zip
      ssh archive.example.org cat posts.jsonl.gz | soma-audit import -
      soma-audit import --account facebook/eksempeletat --timezone Europe/Oslo content.csv
      soma-audit import --account twitter/eksempeletat --column text="Tekst" posts.csv
    """
    from soma_audit.audit.imports import import_stage
    from soma_audit.audit.lock import locked
    from soma_audit.audit.outcome import Outcome
    from soma_audit.cli.given import files_given

    outcome, more = Outcome(), (accounts, timezone, time_format, columns)
    if format_ == "parquet":
        return _take_in_verdicts(settings, files, alone=not any(more), quiet=quiet, as_json=as_json)
    with (
        files_given(files) as given,
        locked(settings.database),
        settings.open(create=True) as store,
        progress("Importing", quiet=quiet or as_json) as say,
    ):
        import_stage(
            store,
            settings,
            outcome,
            given,
            format_=format_,
            accounts=accounts,
            timezone=timezone,
            time_format=time_format,
            columns=columns,
            say=say,
        )
    return emit(outcome, quiet=quiet, as_json=as_json)


def _take_in_verdicts(
    settings: Settings, files: tuple[Path, ...], *, alone: bool, quiet: bool, as_json: bool
) -> int:
    from soma_audit.audit.lock import locked
    from soma_audit.audit.outcome import Outcome
    from soma_audit.audit.parquet import take_in_verdicts

    if len(files) != 1 or not alone:
        raise click.UsageError(
            "Verdicts come in a folder that tells everything: soma-audit import --format parquet FOLDER"
        )
    outcome = Outcome()
    with (
        locked(settings.database),
        settings.open() as store,
        progress("Taking in", quiet=quiet or as_json) as say,
    ):
        take_in_verdicts(store, settings, outcome, files[0], say=say)
    return emit(outcome, quiet=quiet, as_json=as_json)
