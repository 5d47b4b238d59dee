"""`soma-audit import`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from soma_audit.cli.options import Settings, in_bulk, json_option, progress, quiet_option, settings
from soma_audit.errors import Exit

if TYPE_CHECKING:
    from soma_audit.cli.stages import Outcome
    from soma_audit.collect.files.jsonl import Imported

NAMED = 20
"""How many bad lines are named; the others are counted."""


@click.command(name="import")
@settings()
@click.option(
    "--format",
    "format_",
    type=click.Choice(["jsonl"]),
    default="jsonl",
    show_default=True,
    help="What the files hold.",
)
@quiet_option
@json_option
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def import_(settings: Settings, format_: str, quiet: bool, as_json: bool, files: tuple[Path, ...]) -> int:
    """Take in posts from FILES, plain or gzip, without any account or key.

    A line that cannot be read is kept out and named; the rest goes in (exit code 3).

    \b
    Example:
      soma-audit import --format jsonl posts.jsonl.gz
    """
    from soma_audit.cli.lock import locked
    from soma_audit.cli.stages import Outcome, clock_of
    from soma_audit.collect.files import FORMATS
    from soma_audit.collect.pseudonyms import load_key
    from soma_audit.errors import MendInputError

    if missing := [str(f) for f in files if not f.is_file()]:
        raise MendInputError(f"There is no file {', '.join(missing)}. Nothing was imported.")
    clock = clock_of(settings, replay=False)
    with locked(settings.database), settings.open(create=True) as store:
        pseudonyms = load_key(settings.key_file(), known=store.last_key_hash())
        with (
            store.run(
                "import", config_hash=settings.config.hash(), clock=clock, key_hash=pseudonyms.hash
            ) as run,
            progress("Importing", quiet=quiet or as_json) as say,
            in_bulk(),
        ):
            result = FORMATS[format_](store, run, files, pseudonyms, clock(), say)
    outcome = Outcome()
    _tell(result, outcome)
    return outcome.tell(quiet=quiet, as_json=as_json)


def _tell(result: Imported, outcome: Outcome) -> None:
    added, bad = result.added, result.bad_lines
    outcome.sentences.append(
        f"Read {result.lines} lines: {added.new} new and {added.changed} changed posts on {len(result.accounts)} accounts."
    )
    outcome.facts |= {
        "lines": result.lines,
        "new": added.new,
        "changed": added.changed,
        "accounts": len(result.accounts),
    }
    outcome.facts |= {"taken_in": result.taken_in, "unknown_keys": dict(result.unknown_keys)}
    outcome.facts["bad_lines"] = [{"file": f, "line": n, "reason": why} for f, n, why in bad]
    if result.taken_in:
        named = ", ".join(result.taken_in[:5]) + (" …" if len(result.taken_in) > 5 else "")
        outcome.sentences.append(
            f"Not in the register, taken in under their own names: {len(result.taken_in)} accounts ({named})."
        )
    if result.unknown_keys:
        keys = ", ".join(f"{k} ({n})" for k, n in sorted(result.unknown_keys.items())[:10])
        outcome.sentences.append(f"Left out, since we have no use for them: {keys}.")
    if bad:
        outcome.code = Exit.PARTIAL
        outcome.warnings.append(f"{len(bad)} of {result.lines} lines could not be read and were kept out:")
        outcome.warnings += [f"  {file} line {number}: {why}" for file, number, why in bad[:NAMED]]
        outcome.warnings += (
            [f"  … and {len(bad) - NAMED} more, listed in the table quarantine"] if len(bad) > NAMED else []
        )
