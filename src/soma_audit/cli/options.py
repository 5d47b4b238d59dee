"""Options that several commands share, and what they stand for once read."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from soma_audit.audit.settings import read_settings
from soma_audit.cli.output import check_output
from soma_audit.errors import InvalidInputError
from soma_audit.labels import REPORT_LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable


class Moment(click.ParamType[datetime]):
    """A time with its zone, or a day in UTC."""

    name = "TIME"

    def convert(
        self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Read an ISO 8601 time."""
        if isinstance(value, datetime):
            return value
        from soma_audit.networks import YEARS

        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(
                f"{value!r} is not a valid time; write it as 2026-03-02 or 2026-03-02T09:00:00Z", param, ctx
            )
        if moment.year not in YEARS:
            self.fail(f"{value!r} is not within the years {YEARS[0]} to {YEARS[-1]}", param, ctx)
        if moment.tzinfo is None and len(value) > len("2026-03-02"):
            self.fail(f"{value!r} has no time zone; write it as 2026-03-02T09:00:00Z", param, ctx)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def config_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --config, as it is given."""
    return click.option(
        "--config",
        "config_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Configuration (default: $SOMA_AUDIT_CONFIG, or ./config.toml).",
    )(command)


def db_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --db, as it is given."""
    return click.option(
        "--db",
        "db_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Database (default: $SOMA_AUDIT_DB, or what the configuration says).",
    )(command)


def settings(*, needs_config: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add --config and --db to a command, which gets them read as `settings`."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        @config_option
        @db_option
        @wraps(command)
        def with_settings(*args: Any, config_file: Path | None, db_file: Path | None, **options: Any) -> Any:  # noqa: ANN401 - click passes anything
            return command(
                *args, settings=read_settings(config_file, db_file, needs_config=needs_config), **options
            )

        return with_settings

    return add


def as_of_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --as-of."""
    return click.option("--as-of", type=Moment(), help="Judge and report as if it were this time.")(command)


def output_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --output."""
    return click.option(
        "--output", "output_", type=Output(), default="-", help="Write there instead; - is standard output."
    )(command)


def quiet_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --quiet."""
    return click.option("--quiet", "-q", is_flag=True, help="Print nothing unless something is wrong.")(
        command
    )


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --json."""
    return click.option("--json", "as_json", is_flag=True, help="Print the outcome as one JSON object.")(
        command
    )


def log_format_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --log-format, which holds for errors too, however early they come."""

    def remember(ctx: click.Context, _: click.Parameter, value: str) -> str:
        ctx.ensure_object(dict)["log"] = value
        return value

    return click.option(
        "--log-format",
        type=click.Choice(["text", "json"]),
        default="text",
        is_eager=True,
        callback=remember,
        help="Write warnings and errors as sentences, or as one JSON object a line.",
    )(command)


def max_wait_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --max-wait."""
    return click.option(
        "--max-wait",
        type=click.IntRange(0, 86_400),
        metavar="SECONDS",
        help="How long to sit out a network's limit (default: collect.max_wait_seconds); beyond it, exit with 3.",
    )(command)


class Output(click.ParamType[str]):
    """A file to write to, or - for standard output; that it cannot be written is told before anything is worked out."""

    name = "FILE"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        """Look whether it can be written."""
        if value != "-":
            check_output(value)
        return value


class Baseline(click.ParamType["int | datetime"]):
    """A run's number, or a time."""

    name = "RUN|TIME"

    def convert(
        self, value: str | int | datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | datetime:
        """Read the number or the time."""
        if isinstance(value, str):
            return int(value) if value.isdecimal() else Moment().convert(value, param, ctx)
        return value


class FailOn(click.ParamType[tuple[str, ...]]):
    """Kinds of findings with commas between."""

    name = "KINDS"

    def convert(
        self, value: str | tuple[str, ...], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Read the kinds."""
        from soma_audit.report.figures.findings import KINDS

        if isinstance(value, tuple):
            return value
        kinds = tuple(part.strip() for part in value.split(",") if part.strip())
        if unknown := [kind for kind in kinds if kind not in KINDS]:
            self.fail(f"{', '.join(map(repr, unknown))} is not one of {', '.join(KINDS)}", param, ctx)
        return kinds


def fail_on_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --fail-on."""
    return click.option(
        "--fail-on",
        type=FailOn(),
        default=(),
        help="End with exit code 4 if there is any of these that is new, with commas between:"
        " new-unanswered, new-question, wall-closed, gap, gone-quiet, renamed.",
    )(command)


def language_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --language."""
    return click.option(
        "--language",
        type=click.Choice(REPORT_LANGUAGES),
        help="Write it in this language (default: the configuration's, or English).",
    )(command)


def login_name(option: str) -> str:
    """Return who runs the command; `option` is where else it can be said."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a service account without a name
        raise InvalidInputError(f"Your login has no name here. Say who you are with {option}.") from None
