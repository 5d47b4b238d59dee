"""`register import`: what another register has that ours has not, proposed, and taken over only where a person says so."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from soma_audit.errors import InvalidInputError
from soma_audit.register import (
    COLUMNS,
    Register,
    agencies_with_evidence,
    govdirectory,
    kinds,
    parse,
    wikidata,
)
from soma_audit.register.proposal import NewLine, noted_ids, propose, recorded
from soma_audit.register.writing import changed
from soma_audit.text_files import decoded, marked, read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from soma_audit.audit.settings import Settings
    from soma_audit.register.found import Found
    from soma_audit.register.proposal import NewCell, Proposal

SOURCES = ("wikidata", "govdirectory")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What to ask for, or where an answer lies."""

    country: str
    kind: str
    source: str = SOURCES[0]
    answer: Path | None = None
    """A saved answer, or a folder of Govdirectory's pages; None: the source is asked."""
    answer_date: date | None = None
    """The day of a saved answer that gives none itself."""
    save: Path | None = None
    """Where to save the answer."""
    max_wait: int | None = None
    anyway: bool = False
    """Also if the source has far less than it had."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A register with what is proposed for it."""

    file: Path
    text: str
    """As it stood when the proposal was made."""
    proposal: Proposal
    source: str
    on: date


def begin(settings: Settings, options: ImportOptions, pause: Callable[[float], None]) -> Begun:
    """Return what may be changed in the register.

    Raises:
        NotReadableError: the source does not answer.
        InvalidInputError: the register or the answer cannot be read, or the source has far less than it had.
    """
    kinds.check(options.country, options.kind)
    options = replace(options, kind=kinds.named(options.country, options.kind))
    config = settings.config
    file = config.path(config.collect.register_file)
    if options.save and options.save.exists() and options.save.samefile(file):
        raise InvalidInputError(f"{file} is the register itself: save the answer under another name.")
    text = _raw_text(file) if file.exists() else ",".join(COLUMNS) + "\n"
    register, plain = _register(text, file), decoded(text.encode())
    found = _found(settings, options, pause)
    if not found.bodies:
        raise InvalidInputError(
            f"{found.source} knows no body of the kind {options.kind} in {options.country}: look the kind's class up"
            " (`--kind Q327333`), or the country's two letters."
        )
    had = recorded(register, found.source, options.kind)
    if found.accounts() * 2 < had and not options.anyway:
        raise InvalidInputError(
            f"{found.source} has {found.accounts()} accounts now, and the register {had} that came from there: half an"
            " answer, or another kind. Nothing is proposed; if it is right all the same, add --anyway."
        )
    on = found.on or options.answer_date or _day_of(options.answer)
    noted = noted_ids(agencies_with_evidence(plain, str(file)))
    return Begun(
        file, text, propose(register, found, kind=options.kind, on=on, noted=noted), found.source, on
    )


def accept(begun: Begun, changes: Sequence[NewLine | NewCell]) -> int:
    """Put these changes into the register, whole or not at all; return how many.

    Raises:
        InvalidInputError: the register would have mistakes with them, or somebody has changed it meanwhile.
    """
    if not changes:
        return 0
    file, after = begun.file, changed(begun.text, changes)
    parse(decoded(after.encode()), f"{file} with these changes")
    if file.exists() and _raw_text(file) != begun.text:
        raise InvalidInputError(f"{file} was changed while you decided. It is left as it is: import again.")
    _replace(Path(os.path.realpath(file)), after)
    return len(changes)


def line_of(change: NewLine | NewCell) -> str:
    """Return a change as a line of a proposal."""
    if not isinstance(change, NewLine):
        said = f"{change.was} → {change.value}" if change.was else change.value
        return f"~ {change.agency}: {change.column} {said} ({change.source})"
    whose = f"{change.agency} ({change.name}, {change.kind})" if change.is_new_agency else change.agency
    where = f"{change.network}/{change.handle}" if change.network else "without an account"
    site = f", website {change.website}" if change.website else ""
    return f"+ {whose}: {where}{site} ({change.source})"


# --- the source ---


def _found(settings: Settings, options: ImportOptions, pause: Callable[[float], None]) -> Found:
    """Return what the source says, asked or saved; an answer that is asked for may be saved."""
    told = {"country": options.country, "kind": options.kind}
    if options.source == "govdirectory":
        pages = _saved_pages(options) if options.answer else [_page(settings, options, pause)]
        return govdirectory.found_in(pages, **told)
    if options.answer:
        return wikidata.found_in(_saved(options.answer), str(options.answer), **told)
    return wikidata.found_in(_asked(settings, options, pause), "Wikidata's answer", **told)


def _asked(settings: Settings, options: ImportOptions, pause: Callable[[float], None]) -> str:
    from soma_audit.collect.wikidata import ask

    config, now = settings.config, datetime.now(UTC)
    wait = config.collect.max_wait_seconds if options.max_wait is None else options.max_wait
    body = ask(
        wikidata.query(options.country, options.kind),
        api_url=config.wikidata.api_url,
        contact=config.wikidata.contact,
        clock=lambda: datetime.now(UTC),
        pause=pause,
        max_wait=timedelta(seconds=wait),
    )
    answer = json.dumps({wikidata.ASKED_ON: now.date().isoformat(), **body}, ensure_ascii=False)
    if options.save:
        _replace(options.save, answer)
    return answer


def _page(settings: Settings, options: ImportOptions, pause: Callable[[float], None]) -> tuple[str, str]:
    from soma_audit.collect.govdirectory import read

    folder = govdirectory.FOLDERS.get(options.country)
    if folder is None:
        raise InvalidInputError(
            f"Where Govdirectory has {options.country} is not known: save its pages, and name them with --answer."
        )
    url = f"{settings.config.govdirectory.site_url}/{folder}/"
    text = read(url, contact=settings.config.wikidata.contact, pause=pause)
    if options.save:
        _replace(options.save, text)
    return url, text


def _saved_pages(options: ImportOptions) -> list[tuple[str, str]]:
    """Return the pages in a file or a folder: of a country, or of all that Govdirectory publishes."""
    place = options.answer or Path()
    if not place.is_dir():
        return [(str(place), _saved(place))]
    country = place / govdirectory.FOLDERS.get(options.country, "")
    files = (
        sorted(country.glob("Q*/index.html"))
        or sorted(place.glob("Q*/index.html"))
        or sorted(place.glob("*.html"))
    )
    return [(str(file), _saved(file)) for file in files]


def _saved(file: Path) -> str:
    if not file.is_file():
        raise InvalidInputError(f"There is no file {file}.")
    return read_text(file, "The saved answer")


def _day_of(answer: Path | None) -> date:
    """Return the day of an answer that gives none itself."""
    return (datetime.fromtimestamp(answer.stat().st_mtime, UTC) if answer else datetime.now(UTC)).date()


# --- the register's file ---


def _register(text: str, file: Path) -> Register:
    plain = decoded(text.encode())
    if not any(line.strip() for line in plain.split("\n")[1:]):
        return Register((), ())  # a register that has not been begun
    return parse(plain, str(file))


def _raw_text(file: Path) -> str:
    """Return a file's text with its line ends and its mark as they are, so that it can be written back to the byte."""
    read_text(file, "The register", table=True)  # says what is wrong with it
    raw = file.read_bytes()
    with suppress(UnicodeDecodeError):
        if (marked(raw) or ("utf-8", 0))[0] == "utf-8":
            return raw.decode("utf-8")
    raise InvalidInputError(f"The register {file} is not in UTF-8: save it so, and import again.")


def _replace(file: Path, text: str) -> None:
    """Write a file whole or not at all."""
    mode = file.stat().st_mode & 0o777 if file.exists() else 0o644
    with tempfile.NamedTemporaryFile("wb", dir=file.parent, prefix=f".{file.name}.", delete=False) as out:
        part = Path(out.name)
        try:
            out.write(text.encode("utf-8", "replace"))
            out.flush()
            os.fsync(out.fileno())
            part.chmod(mode)
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
