"""Options that several commands share, and what they stand for once read."""

from __future__ import annotations

import gc
import getpass
import gzip
import io
import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from soma_audit.errors import MendInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from soma_audit.collect.pseudonyms import Pseudonyms
    from soma_audit.config import Config
    from soma_audit.store import Store


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
            self.fail(f"{value!r} is no time; write it as 2026-03-02 or 2026-03-02T09:00:00Z", param, ctx)
        if moment.year not in YEARS:
            self.fail(f"{value!r} is not within the years {YEARS[0]} to {YEARS[-1]}", param, ctx)
        if moment.tzinfo is None and len(value) > len("2026-03-02"):
            self.fail(f"{value!r} has no time zone; write it as 2026-03-02T09:00:00Z", param, ctx)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration and the database a command works on."""

    config: Config
    database: Path
    config_file: Path | None

    def as_of(self, given: datetime | None) -> datetime:
        """Settle the clock: what was asked for, what the configuration fixes, or now. The only place that reads it."""
        return given or self.config.as_of or datetime.now(UTC).replace(microsecond=0)

    def key_file(self) -> Path:
        """Tell where the key to the pseudonyms lies."""
        setting = self.config.privacy.key_file
        return self.config.path(setting) if setting else self.database.with_suffix(".key")

    def pseudonyms(self, store: Store) -> Pseudonyms:
        """Return what takes people out of texts: by this database's key, and as the configuration says."""
        from soma_audit.collect.pseudonyms import load_key

        return load_key(self.key_file(), known=store.last_key_hash(), countries=self.config.privacy.countries)

    def masked(self, note: str | None) -> str | None:
        """Return a person's note without the numbers and addresses of others that may have been copied into it."""
        from soma_audit.collect.masking import mask

        return note and mask(note, self.config.privacy.countries)

    def open(self, *, create: bool = False) -> Store:
        """Open the database."""
        from soma_audit.store import Store

        return Store(self.database, create=create)


def settings(*, needs_config: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add --config and --db to a command, which gets them read as `settings`."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        @click.option(
            "--config",
            "config_file",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="Configuration (default: $SOMA_AUDIT_CONFIG, or ./config.toml).",
        )
        @click.option(
            "--db",
            "db_file",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="Database (default: $SOMA_AUDIT_DB, or what the configuration says).",
        )
        @wraps(command)
        def with_settings(*args: Any, config_file: Path | None, db_file: Path | None, **options: Any) -> Any:  # noqa: ANN401 - click passes anything
            return command(*args, settings=_read(config_file, db_file, needs_config=needs_config), **options)

        return with_settings

    return add


def _read(config_file: Path | None, db_file: Path | None, *, needs_config: bool) -> Settings:
    from soma_audit.config import DEFAULT_NAME, load

    named = config_file or (Path(v) if (v := os.environ.get("SOMA_AUDIT_CONFIG")) else None)
    if named is None and Path(DEFAULT_NAME).exists():
        named = Path(DEFAULT_NAME)
    if named is None and needs_config:
        raise MendInputError(
            f"There is no {DEFAULT_NAME} here. `soma-audit init` makes one; or name another with --config."
        )
    config = load(named)
    from_environment = os.environ.get("SOMA_AUDIT_DB")
    database = db_file or (Path(from_environment) if from_environment else config.path(config.database))
    if database.is_dir():
        raise MendInputError(
            f"The database {database} is a folder. Name a file in it, as in --db soma-audit.db."
        )
    return Settings(config, database, named.absolute() if named else None)


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


def check_output(name: str) -> Path:
    """Return the file that is to be written.

    Raises:
        MendInputError: it is a folder, or lies in none that can be written to.
    """
    from soma_audit.text_files import printable

    target, shown = Path(os.path.realpath(name)), printable(name)
    try:
        if not name or name.endswith("/") or target.is_dir():
            raise MendInputError(
                f"{shown or 'An empty name'} is a folder, not a file to write to. Add a name."
            )
        if not target.parent.is_dir():
            raise MendInputError(
                f"There is no folder {target.parent} to write {printable(target.name)} in. Make it first."
            )
        if not target.exists() and not os.access(target.parent, os.W_OK | os.X_OK):
            raise MendInputError(f"{shown} cannot be written: you may not write in that folder.")
    except OSError as error:
        raise MendInputError(f"{shown} cannot be written: {error.strerror}.") from error
    return target


@contextmanager
def output(name: str) -> Iterator[Callable[[str | bytes], object]]:
    """Write text or bytes to a file (packed, if its name ends in .gz) or to standard output; a file appears whole or not at all.

    Raises:
        MendInputError: it cannot be written.
    """
    if name == "-":
        yield from _standard_output()
        return
    target = check_output(name)
    # a pipe or a device is written to as it is; a file takes the place of the one that was there
    part = target.with_name(f".soma-audit-{os.getpid()}.part") if _is_replaced(target) else None
    try:
        opener = gzip.open if target.suffix == ".gz" else open
        with opener(part or target, "wt", encoding="utf-8", newline="") as out:
            yield _writing(out)
        if part:
            part.replace(target)
    except OSError as error:
        raise MendInputError(f"{target} cannot be written: {error.strerror or error}.") from error
    finally:
        if part:
            part.unlink(missing_ok=True)


def _is_replaced(target: Path) -> bool:
    return target.is_file() or not target.exists()


def _standard_output() -> Iterator[Callable[[str | bytes], object]]:
    if sys.stdout is None:
        raise MendInputError("There is no standard output here. Name a file with --output.")
    if isinstance(sys.stdout, io.TextIOWrapper):  # a file for others, whatever this machine's locale is
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        yield _writing(sys.stdout)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise MendInputError(f"Standard output cannot be written: {error.strerror}.") from error


def _writing(out: TextIO) -> Callable[[str | bytes], object]:
    return lambda what: out.write(what) if isinstance(what, str) else out.buffer.write(what)


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
            self.fail(
                f"{', '.join(unknown)}: there is no such finding; there are {', '.join(KINDS)}", param, ctx
            )
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
        type=click.Choice(["en", "nb", "nn"]),
        help="Write it in English, bokmål or nynorsk (default: the configuration's, or English).",
    )(command)


def some(number: int, what: str) -> str:
    """Say how many there are of something whose plural has an s."""
    return f"{number} {what if number == 1 else what + 's'}"


def login_name(option: str) -> str:
    """Tell who runs the command; `option` is where else it can be said."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a service account without a name
        raise MendInputError(f"Your login has no name here. Say who you are with {option}.") from None


@contextmanager
def in_bulk() -> Iterator[None]:
    """Look for cycles seldom: importing and classifying make millions of small things that have none.

    Looking every 700, as Python does, costs a third more time. Not for collecting: HTTP answers do have cycles.
    """
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@contextmanager
def progress(what: str, *, quiet: bool) -> Iterator[Callable[[object], None]]:
    """Show on a terminal what is being worked on; elsewhere nothing."""
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status(Text(what)) as status:
        yield lambda now: status.update(Text(f"{what} {now}"))
