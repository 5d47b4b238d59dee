"""The command line: one command a file, loaded only when it is called, so that --help is quick."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from importlib import import_module
from keyword import iskeyword
from typing import TYPE_CHECKING, Any, NoReturn

import click

from soma_audit import __version__
from soma_audit.cli import faults
from soma_audit.cli.log import tell
from soma_audit.errors import Exit, SomaError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COMMANDS = {
    "try": "Look at one public account now, and keep nothing.",
    "init": "Write a configuration and a register to start from.",
    "doctor": "Check the set-up: tokens, permissions, quota, clock, disk, database.",
    "run": "Collect, classify and report: the nightly audit.",
    "collect": "Fetch what is new from the networks.",
    "import": "Take in archives, exports and other files, without any account or key.",
    "classify": "Judge posts and walls.",
    "report": "Write the figures as terminal text, HTML, Markdown, Excel, CSV or JSON, or an Atom feed.",
    "site": "Write the public edition as a site, with open data, feeds and badges.",
    "explain": "Show why a post was judged as it was.",
    "review": "Record that a verdict is right or wrong, and list who said so.",
    "wall": "Record what you saw of a wall with your own eyes.",
    "rules": "List the rules, or explain one.",
    "export": "Write posts or verdicts as JSON lines, the language sheet, Parquet, or an archive.",
    "register": "Check the register and list its accounts.",
    "schedule": "Print lines for the crontab, or systemd timers.",
    "purge": "Drop texts and pages whose time is up.",
    "privacy": "Print what is held of people, and why; find or erase what is held of one.",
    "backup": "Copy the database while others work with it, and check the copy.",
    "restore": "Put a backup in the database's place.",
}
"""Every command with what it is for; its code stands in the file of its name."""


class _PassedOnError(Exception):
    """What it was caused by is a fault of ours, not the end of what a person types."""


class _Commands(click.Group):
    """Knows the commands' names without loading them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"soma_audit.cli.commands.{cmd_name}{'_' if iskeyword(cmd_name) else ''}")
        command = getattr(module, module.__name__.rpartition(".")[2])
        return command if isinstance(command, click.Command) else None

    def invoke(self, ctx: click.Context) -> object:
        """Run a command. What click would take for its own, it is not to get."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            ctx.exit(Exit.DONE)
        except KeyboardInterrupt as error:
            if ctx.ensure_object(dict).get("log") == "json":
                raise click.Abort from error  # click itself would write an empty line first
            raise
        except EOFError as error:
            raise _PassedOnError from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="soma-audit")
@click.option(
    "--traceback",
    "with_traceback",
    is_flag=True,
    envvar="SOMA_AUDIT_TRACEBACK",
    help="On an unexpected error, show where in the program it happened; for a bug report.",
)
@click.pass_context
def soma_audit(ctx: click.Context, with_traceback: bool) -> None:
    """Is anybody at the counter? Audit how public bodies use Facebook, X, Bluesky and Mastodon.

    \b
    Look at one public account, without any key:
      soma-audit try bluesky:etat.example
    Try it on the made-up example that comes with the source:
      soma-audit run --config config.example.toml

    Exit codes: 0 done, 1 failed, 2 usage or configuration, 3 partial, 4 findings (with --fail-on
    only), 11 another run holds the lock, 130 interrupted.
    """
    ctx.ensure_object(dict)["traceback"] = with_traceback


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and end with its exit code; errors are told in a sentence."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a screen without our letters shows what they stand for
            stream.reconfigure(errors="backslashreplace")
    wishes: dict[str, Any] = {}
    try:
        words = list(arguments) if arguments is not None else None
        code = soma_audit.main(words, "soma-audit", standalone_mode=False, obj=wishes)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.ClickException as error:
        code = Exit.USAGE
        if wishes.get("log") == "json":
            _complain(error.format_message(), code, wishes)
        else:
            error.show()
    except SomaError as error:
        code = error.exit_code
        _complain(str(error), code, wishes)
    except (click.Abort, KeyboardInterrupt):
        code = Exit.INTERRUPTED
        _complain("interrupted; what was stored is kept, and the next run goes on from there", code, wishes)
    except BrokenPipeError:
        code = Exit.DONE  # the reader of our output has gone; so do we
    except Exception as error:  # noqa: BLE001 - whatever it is, the user gets a sentence
        code = Exit.FAILED
        fault = error.__cause__ if isinstance(error, _PassedOnError) else error
        _complain(faults.sentence(fault or error), code, wishes, error if wishes.get("traceback") else None)
    _let_go()
    sys.exit(code if isinstance(code, int) else Exit.DONE)


def _complain(
    sentence: str, code: Exit, wishes: Mapping[str, Any], trace: BaseException | None = None
) -> None:
    tell(sentence, level="error", code=code, log_format=wishes.get("log", "text"), trace=trace)


def _let_go() -> None:
    """Let go of what cannot be written any more, so that Python does not try once more at its end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
