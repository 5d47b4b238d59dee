"""`register import`: what Wikidata has that the register has not, proposed, and taken over only where a person says so."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from soma_audit.errors import InvalidInputError
from soma_audit.register import COLUMNS, Register, parse
from soma_audit.register.found import found_in, query
from soma_audit.register.proposal import NewLine, propose
from soma_audit.register.writing import changed, chosen
from soma_audit.text_files import read_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from soma_audit.audit.settings import Settings
    from soma_audit.register.proposal import NewWebsite, Proposal


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What to ask for, or where an answer lies."""

    country: str
    kind: str
    answer: Path | None = None
    """A saved answer; None: Wikidata is asked."""
    save: Path | None = None
    """Where to save the answer."""
    max_wait: int | None = None


def proposal_of(
    settings: Settings, options: ImportOptions, pause: Callable[[float], None]
) -> tuple[Path, str, Proposal]:
    """Return the register's file, its text, and what may be changed in it.

    Raises:
        NotReadableError: Wikidata does not answer.
        InvalidInputError: the register or the answer cannot be read.
    """
    config = settings.config
    file = config.path(config.collect.register_file)
    text = _raw_text(file) if file.exists() else ",".join(COLUMNS) + "\n"
    answer, asked_on = _answer(settings, options, pause)
    if options.save:
        options.save.write_text(answer, "utf-8")
    found = found_in(answer, str(options.answer or "Wikidata's answer"))
    if not found:
        raise InvalidInputError(
            f"Wikidata knows no body of the kind {options.kind} in {options.country}: look the kind's class up"
            " (`--kind Q327333`), or the country's two letters."
        )
    return file, text, propose(_register(text, file), found, kind=options.kind, on=asked_on.date())


def accept(file: Path, text: str, proposal: Proposal, numbers: str) -> int:
    """Put the changes with these numbers into the register, whole or not at all; return how many.

    Raises:
        InvalidInputError: there are no such changes, or the register would have mistakes with them.
    """
    try:
        changes = chosen(proposal, numbers)
    except ValueError as error:
        raise InvalidInputError(
            f"--accept {numbers!r} names no changes: write their numbers, as in 1,3-5, or all. There are"
            f" {len(proposal.changes)}."
        ) from error
    after = changed(text, changes)
    parse(after.removeprefix("\ufeff"), f"{file} with these changes")
    _replace(file, after)
    return len(changes)


def line_of(change: NewLine | NewWebsite) -> str:
    """Return a change as a line of a proposal."""
    if not isinstance(change, NewLine):
        return f"~ {change.agency}: website {change.website}"
    whose = f"{change.agency} ({change.name}, {change.kind})" if change.is_new_agency else change.agency
    where = f"{change.network}/{change.handle}" if change.network else "without an account"
    site = f", website {change.website}" if change.website else ""
    return f"+ {whose}: {where}{site}"


def _answer(
    settings: Settings, options: ImportOptions, pause: Callable[[float], None]
) -> tuple[str, datetime]:
    if options.answer:
        if not options.answer.is_file():
            raise InvalidInputError(f"There is no file {options.answer}.")
        saved = datetime.fromtimestamp(options.answer.stat().st_mtime, UTC)
        return read_text(options.answer, "The saved answer"), saved
    from soma_audit.collect.wikidata import ask

    config, now = settings.config, datetime.now(UTC)
    wait = config.collect.max_wait_seconds if options.max_wait is None else options.max_wait
    body = ask(
        query(options.country, options.kind),
        api_url=config.wikidata.api_url,
        contact=config.wikidata.contact,
        clock=lambda: datetime.now(UTC),
        pause=pause,
        max_wait=timedelta(seconds=wait),
    )
    return json.dumps(body, ensure_ascii=False), now


def _register(text: str, file: Path) -> Register:
    lines = text.removeprefix("\ufeff").split("\n")
    if not any(line.strip() for line in lines[1:]):
        return Register((), ())  # a register that has not been begun
    return parse("\n".join(lines), str(file))


def _raw_text(file: Path) -> str:
    """Return a file's text with its line ends and its mark as they are, so that it can be written back to the byte."""
    read_text(file, "The register", table=True)  # says what is wrong with it
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInputError(
            f"The register {file} is not in UTF-8: save it so, and import again."
        ) from error


def _replace(file: Path, text: str) -> None:
    """Write a file whole or not at all."""
    with tempfile.NamedTemporaryFile("wb", dir=file.parent, prefix=f".{file.name}.", delete=False) as out:
        out.write(text.encode("utf-8"))
        out.flush()
        os.fsync(out.fileno())
    if file.exists():
        Path(out.name).chmod(file.stat().st_mode)
    Path(out.name).replace(file)
