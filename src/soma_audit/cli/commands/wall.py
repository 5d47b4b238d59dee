"""`soma-audit wall`: what a person saw of a wall with their own eyes."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from soma_audit.cli.options import (
    Moment,
    as_of_option,
    json_option,
    login_name,
    output_option,
    quiet_option,
    settings,
)
from soma_audit.cli.output import emit, output
from soma_audit.errors import InvalidInputError
from soma_audit.labels import SEEN, WALLS
from soma_audit.model import Look, SignedIn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from soma_audit.audit.settings import Settings
    from soma_audit.model import Account
    from soma_audit.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class LookOptions:
    """Which wall, what was seen of it, and how."""

    account: str | None
    question: str | None
    seen: str | None
    signed_in: str | None
    observed_at: datetime | None
    observer: str | None
    file: Path | None
    note: str | None
    csv_file: Path | None
    withdraw: bool
    as_of: datetime | None
    quiet: bool
    as_json: bool


@click.group()
def wall() -> None:
    """Record what you saw of a wall with your own eyes, or write a sheet to fill in.

    From outside, a network can prove that a wall is open, and hardly ever that it is closed. A person who looks, signed
    in with an ordinary account, can.

    \b
    Examples:
      soma-audit wall sheet --output looks.csv
      soma-audit wall look --csv looks.csv
    """


@wall.command()
@settings()
@as_of_option
@json_option
@quiet_option
@click.argument("account", required=False)
@click.argument("question", required=False, type=click.Choice(WALLS))
@click.argument("seen", required=False, type=click.Choice(SEEN))
@click.option(
    "--signed-in",
    type=click.Choice([s.value for s in SignedIn]),
    help="As whom you looked. Who is not signed in may write nowhere, and the Page's own team always may: neither can"
    " prove that a wall is closed.",
)
@click.option("--at", "observed_at", type=Moment(), help="When you looked (default: now).")
@click.option("--observer", metavar="WHO", help="Who looked: initials or a role (default: your login name).")
@click.option(
    "--file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A picture or print that shows it; its name and hash are kept, the file stays with you.",
)
@click.option(
    "--note", metavar="TEXT", help="What you saw, for your colleagues; leave out names of visitors."
)
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(path_type=Path),
    help="Take in a file of looks instead, as `wall sheet` writes it.",
)
@click.option("--withdraw", is_flag=True, help="Take back the newest look at this wall: it was a mistake.")
def look(settings: Settings, **given: Any) -> int | None:  # noqa: ANN401 - click passes anything
    """Record what you saw: of an ACCOUNT (network/handle), the QUESTION and what you have SEEN.

    QUESTION: may visitors write on the wall (posting), under the agency's posts (commenting), or messages (messaging)?
    A look counts for 90 days. Without arguments, list the looks that have been made.

    \b
    Examples:
      soma-audit wall look facebook/lekedep.eks posting closed --signed-in ordinary-account --file wall.png
      soma-audit wall look --csv looks.csv
    """
    options = LookOptions(**given)
    if options.csv_file is not None:
        return _take_in(settings, options, options.csv_file)
    if options.account is None:
        _list(settings, as_json=options.as_json)
    elif options.question is None or (options.seen is None and not options.withdraw):
        raise InvalidInputError(
            f"Say what you looked at and what you saw: soma-audit wall look {options.account}"
            f" {options.question or 'posting'} closed --signed-in ordinary-account"
        )
    else:
        _say(settings, options, options.account, options.question)
    return None


def _take_in(settings: Settings, options: LookOptions, file: Path) -> int:
    from soma_audit.audit.lock import locked
    from soma_audit.audit.looks import take_in
    from soma_audit.audit.outcome import Outcome

    if options.account is not None:
        raise InvalidInputError("--csv takes in a whole file; leave the account out.")
    outcome = Outcome()
    with locked(settings.database), settings.open(create=True) as store:
        settings.bring_register(store)
        take_in(settings, store, file, settings.as_of(options.as_of), outcome)
    if not outcome.data["looks"] and not outcome.warnings:
        outcome.sentences.append("All of these looks are held already.")
    return emit(outcome, quiet=options.quiet, as_json=options.as_json)


def _say(settings: Settings, options: LookOptions, name: str, question: str) -> None:
    from soma_audit.audit.lock import locked

    now = settings.as_of(options.as_of)
    with locked(settings.database), settings.open(create=True) as store:
        settings.bring_register(store)
        account = _account(store, name)
        if options.withdraw:
            made = _newest(store, account, question)
            store.looks.withdraw_look(account, made, now)
            said = f"{account}: taken back that {look_line(made)}. If a file of looks holds it, take it out there too."
        else:
            made = _look(settings, options, account.network, question, now)
            store.looks.add_looks([(account, made)], now)
            said = f"{account}: {look_line(made)}. It counts from the next run on."
    if options.as_json:
        click.echo(json.dumps({"account": str(account), "look": plain_look(made)}, ensure_ascii=False))
    elif not options.quiet:
        click.echo(_clean(said))
    if not options.withdraw and not _proves(made):
        click.echo(
            "soma-audit: this proves nothing of visitors; it is kept, and said beside the wall.", err=True
        )


def _account(store: Store, name: str) -> Account:
    account = store.register.account_named(name)
    if account is None:
        raise InvalidInputError(
            f"No account {name!r} is known. Write it as facebook/eksempeletat; `soma-audit register` lists them."
        )
    return account


def _look(settings: Settings, options: LookOptions, network: str, question: str, now: datetime) -> Look:
    from soma_audit.imports.looks import hash_file
    from soma_audit.networks import NETWORKS

    if options.signed_in is None:
        raise InvalidInputError(
            "Say as whom you looked: --signed-in ordinary-account, no, or page-team. It decides what the look proves."
        )
    at = options.observed_at or now
    if at > now:
        raise InvalidInputError(f"--at {at:%Y-%m-%d %H:%M} UTC lies in the future.")
    if at < NETWORKS[network].began:
        raise InvalidInputError(f"--at {at:%Y-%m-%d %H:%M} UTC lies before {NETWORKS[network].title} began.")
    file = options.file
    return Look(
        question=question,
        seen=options.seen or "",
        observed_at=at.replace(microsecond=0),
        observer=options.observer or login_name("--observer"),
        signed_in=SignedIn(options.signed_in),
        file=file.name if file else None,
        sha256=hash_file(file) if file else None,
        note=settings.masked(options.note),
    )


def _newest(store: Store, account: Account, question: str) -> Look:
    made = [look for look in store.looks.looks_at_wall(account) if look.question == question]
    if not made:
        raise InvalidInputError(f"Nobody has told of a look at {account}, {question}.")
    return made[-1]


def _proves(made: Look) -> bool:
    from soma_audit.classify.wall.sightings import proves

    return proves(made)


# --- listing --------------------------------------------------------------------------------------------------------


def _list(settings: Settings, *, as_json: bool) -> None:
    from soma_audit.store.wall_looks import look_of

    with settings.open() as store:
        held = [(row, look_of(row)) for row in store.looks.looks()]
    if as_json:
        rows = [{"network": r.network, "handle": r.handle, **plain_look(made)} for r, made in held]
        click.echo(json.dumps({"looks": rows}, ensure_ascii=False, indent=1))
    elif not held:
        click.echo("Nobody has told of a look yet. `soma-audit wall sheet` writes a sheet to fill in.")
    for row, made in () if as_json else held:
        click.echo(_clean(f"{row.network}/{row.handle}: {look_line(made)}"))


def look_line(made: Look) -> str:
    """Return a look as one line."""
    parts = [
        f"{made.observer} saw {made.question} {made.seen} on {made.observed_at:%Y-%m-%d %H:%M} UTC",
        {SignedIn.NO: "not signed in", SignedIn.PAGE_TEAM: "as the Page's own team"}.get(made.signed_in, ""),
        f"file {made.file}" if made.file else "",
        f"“{made.note}”" if made.note else "",
    ]
    return ", ".join(part for part in parts if part)


def plain_look(made: Look) -> dict[str, object]:
    """Write a look for machines."""
    return {
        "question": made.question,
        "seen": made.seen,
        "observed_at": made.observed_at.isoformat().replace("+00:00", "Z"),
        "observer": made.observer,
        "signed_in": made.signed_in.value,
        "file": made.file,
        "sha256": made.sha256,
        "note": made.note,
    }


def _clean(text: str) -> str:
    from soma_audit.report.text import clean

    return clean(text)


# --- the sheet to fill in -------------------------------------------------------------------------------------------


@wall.command()
@settings()
@output_option
@click.option("--all", "every", is_flag=True, help="Every wall, not only those of which nothing is known.")
def sheet(settings: Settings, output_: str, every: bool) -> None:
    """Write a CSV for a person to fill in.

    It has a line for each wall of which nothing is known. Fill in observed_at, observer, seen and signed_in; unchanged lines are ignored. Then
    `soma-audit wall look --csv FILE` takes it in, or every run does, if the configuration names it in collect.looks.

    \b
    Example:
      soma-audit wall sheet --output looks.csv
    """
    from soma_audit.imports.looks import COLUMNS

    with settings.open() as store:
        lines = list(_sheet(store, every=every))
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    with output(output_) as write:
        write(text.getvalue())


def _sheet(store: Store, *, every: bool) -> Iterator[dict[str, str]]:
    labels = {(row.account, row.classifier): row.label for row in store.figures.wall_rows()}
    for account in store.register.accounts():
        for question in WALLS:
            label = labels.get((account.id or 0, f"wall.{question}"), "unknown")
            if label == "unknown" or (every and label != "not_supported"):
                yield {"network": account.network, "handle": account.handle, "question": question}
