"""`soma-audit register import`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from soma_audit.cli.options import Output, json_option, max_wait_option, output_option, settings
from soma_audit.cli.output import output
from soma_audit.cli.progress import Screen
from soma_audit.errors import Exit, InvalidInputError, NotReadableError, RetryLaterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from soma_audit.audit.register_import import Begun, ImportOptions
    from soma_audit.audit.settings import Settings
    from soma_audit.register.proposal import NewCell, NewLine

ASK = "ask"
"""What stands behind --accept for one question after the other."""


_WHAT_TO_ASK = (
    click.option(
        "--from",
        "source",
        type=click.Choice(("wikidata", "govdirectory")),
        default="wikidata",
        show_default=True,
        help="Whom to ask.",
    ),
    click.option("--country", required=True, metavar="XX", help="Whose bodies: two letters, such as NO."),
    click.option(
        "--kind",
        required=True,
        metavar="KIND",
        help="Which bodies: agency, county, court, directorate, embassy, ministry, municipality, university, or a class"
        " of Wikidata's, as Q327333.",
    ),
    click.option(
        "--answer",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Read a saved answer instead of asking; of Govdirectory, a page or a folder of its pages.",
    ),
    click.option(
        "--answer-date",
        type=click.DateTime(("%Y-%m-%d",)),
        metavar="DAY",
        help="The day of a saved answer that does not give it, as 2026-03-02 (default: the file's).",
    ),
    click.option("--save", type=Output(), metavar="FILE", help="Save the answer there as well."),
    click.option(
        "--anyway", is_flag=True, help="Go on though there is less than half of what came from there."
    ),
)


def _asking(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what to ask whom; a command gets them as `asked_for`."""

    @wraps(command)
    def with_what_is_asked_for(
        settings: Settings,
        **options: Any,  # noqa: ANN401 - click passes anything
    ) -> Any:  # noqa: ANN401
        from soma_audit.audit.register_import import ImportOptions

        given = {field.name: options.pop(field.name) for field in fields(ImportOptions)}
        return command(settings, asked_for=_asked_for(**given), **options)

    for option in reversed((*_WHAT_TO_ASK, max_wait_option)):
        with_what_is_asked_for = option(with_what_is_asked_for)
    return with_what_is_asked_for


def _asked_for(
    *,
    country: str,
    answer_date: datetime | None,
    save: str | None,
    **given: Any,  # noqa: ANN401
) -> ImportOptions:
    from soma_audit.audit.register_import import ImportOptions

    if given["answer"] and save:
        raise click.UsageError("--save keeps an answer that is asked for; --answer names one that you have.")
    return ImportOptions(
        country=country.upper(),
        answer_date=answer_date.date() if answer_date else None,
        save=Path(save) if save else None,
        **given,
    )


@click.command(name="import")
@settings(needs_config=True)
@_asking
@click.option(
    "--accept",
    metavar="NUMBERS",
    help="Put these lines of the proposal into the register: as in 1,3-5, or all, or ask to be asked about each."
    " Without it nothing is changed.",
)
@output_option
@json_option
def import_(
    settings: Settings, asked_for: ImportOptions, accept: str | None, output_: str, *, as_json: bool
) -> int:
    """Propose what Wikidata or Govdirectory knows of public bodies and the register does not.

    Nothing is changed unless you accept it, line by line or all, and nothing is ever removed. Every cell that you did not
    accept a change of stays as it is.

    \b
    Examples:
      soma-audit register import --country NO --kind municipality --save answer.json
      soma-audit register import --country NO --kind municipality --answer answer.json --accept 1,3-5
    """
    from soma_audit.audit.register_import import accept as accept_changes
    from soma_audit.audit.register_import import begin

    if accept == ASK and not _can_ask(as_json=as_json):
        raise click.UsageError("--accept ask needs a terminal. Name the lines instead, as in --accept 1,3-5.")
    screen = Screen(f"Asking {asked_for.source.capitalize()}", quiet=as_json)
    try:
        with screen:
            begun = begin(settings, asked_for, screen.pause)
    except NotReadableError as error:
        click.echo(f"soma-audit: {error}{_until(error)}. The register is as it was.", err=True)
        return Exit.PARTIAL
    if accept == ASK:
        _print(_notes(begun), output_)
        click.echo(_end(begun, accept_changes(begun, list(_asked(begun)))))
    else:
        taken = accept_changes(begun, _chosen(begun, accept))
        told = _as_json(begun, taken) if as_json else _lines(begun, taken, is_accepted=accept is not None)
        _print(told, output_)
    return Exit.PARTIAL if begun.proposal.unusable else Exit.DONE


def _can_ask(*, as_json: bool) -> bool:
    return not as_json and sys.stdin is not None and sys.stdin.isatty()


def _until(error: NotReadableError) -> str:
    """Return until when a limit lasts, where that is known."""
    return f", until {error.at:%Y-%m-%d %H:%M} UTC" if isinstance(error, RetryLaterError) and error.at else ""


def _chosen(begun: Begun, accept: str | None) -> list[NewLine | NewCell]:
    from soma_audit.register.writing import chosen

    try:
        return chosen(begun.proposal, accept) if accept else []
    except ValueError as error:
        raise InvalidInputError(
            f"--accept {accept!r} names no changes: write their numbers, as in 1,3-5, or all. There are"
            f" {len(begun.proposal.changes)}."
        ) from error


def _asked(begun: Begun) -> Iterator[NewLine | NewCell]:
    """Yield what a person says yes to, until there is no more or they have had enough."""
    changes = begun.proposal.changes
    for line, change in zip(_proposed(begun), changes, strict=True):
        click.echo(line)
        said = click.prompt("Put it into the register?", type=click.Choice(("y", "n", "q")), default="n")
        if said == "q":
            return
        if said == "y":
            yield change


def _print(lines: Iterator[str], name: str) -> None:
    with output(name) as write:
        for line in lines:
            write(line + "\n")


def _as_json(begun: Begun, taken: int) -> Iterator[str]:
    from soma_audit.register.proposal import NewLine

    proposal = begun.proposal
    told = {
        "source": begun.source,
        "on": begun.on.isoformat(),
        "changes": [
            {"number": number, "sign": "+" if isinstance(change, NewLine) else "~", **asdict(change)}
            for number, change in enumerate(proposal.changes, 1)
        ],
        "not_found": proposal.not_found,
        "left_out": proposal.left_out,
        "unusable": proposal.unusable,
        "accepted": taken,
    }
    yield json.dumps(told, ensure_ascii=False)


def _lines(begun: Begun, taken: int, *, is_accepted: bool) -> Iterator[str]:
    from soma_audit.report.text import counted

    yield from _proposed(begun)
    yield from _notes(begun)
    if is_accepted:
        yield _end(begun, taken)
    elif changes := begun.proposal.changes:
        yield f"{counted(len(changes), 'change')} proposed for {begun.file}; nothing is changed. Accept with --accept, as in --accept 1,3-5."
    else:
        yield f"{begun.source} knows nothing that {begun.file} does not."


def _proposed(begun: Begun) -> Iterator[str]:
    """Yield the changes as numbered lines."""
    from soma_audit.audit.register_import import line_of
    from soma_audit.report.text import clean

    width = len(str(len(begun.proposal.changes)))
    for number, change in enumerate(begun.proposal.changes, 1):
        yield clean(f"{number:>{width}} {line_of(change)}")


def _notes(begun: Begun) -> Iterator[str]:
    """Yield what is told, and proposes nothing."""
    from soma_audit.report.text import clean

    proposal = begun.proposal
    for sign, sentences in (("?", proposal.not_found), ("=", proposal.left_out), ("!", proposal.unusable)):
        for sentence in sentences:
            yield clean(f"{sign} {sentence}")


def _end(begun: Begun, taken: int) -> str:
    from soma_audit.report.text import counted

    return f"Put {counted(taken, 'change')} into {begun.file}. Look each account up before you publish anything of it."
