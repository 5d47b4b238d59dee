"""`soma-audit register import`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from soma_audit.cli.options import json_option, max_wait_option, settings
from soma_audit.cli.progress import Screen
from soma_audit.errors import Exit, NotReadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from soma_audit.audit.settings import Settings
    from soma_audit.register.proposal import Proposal


@click.command(name="import")
@settings(needs_config=True)
@click.option(
    "--country", required=True, metavar="XX", help="Whose bodies: a country's two letters, such as NO."
)
@click.option(
    "--kind",
    required=True,
    metavar="KIND",
    help="Which bodies: agency, county, embassy, ministry, municipality, university, or a class of Wikidata's, as Q327333.",
)
@click.option(
    "--answer",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Read a saved answer instead of asking Wikidata.",
)
@click.option(
    "--save", type=click.Path(path_type=Path), metavar="FILE", help="Save Wikidata's answer there as well."
)
@click.option(
    "--accept",
    metavar="NUMBERS",
    help="Put these lines of the proposal into the register: as in 1,3-5, or all. Without it nothing is changed.",
)
@max_wait_option
@json_option
def import_(
    settings: Settings,
    country: str,
    kind: str,
    answer: Path | None,
    save: Path | None,
    accept: str | None,
    max_wait: int | None,
    as_json: bool,
) -> int:
    """Propose what Wikidata knows of public bodies and the register does not.

    Nothing is changed unless you accept it, line by line or all, and nothing is ever removed. What stands in the register
    stays as it is.

    \b
    Examples:
      soma-audit register import --country NO --kind municipality --save answer.json
      soma-audit register import --country NO --kind municipality --answer answer.json --accept 1,3-5
    """
    from soma_audit.audit.register_import import ImportOptions, proposal_of
    from soma_audit.audit.register_import import accept as accept_lines

    options = ImportOptions(country=country.upper(), kind=kind, answer=answer, save=save, max_wait=max_wait)
    screen = Screen("Asking Wikidata", quiet=as_json)
    try:
        with screen:
            file, text, proposal = proposal_of(settings, options, screen.pause)
    except NotReadableError as error:
        click.echo(f"soma-audit: {error}. The register is as it was.", err=True)
        return Exit.PARTIAL
    taken = accept_lines(file, text, proposal, accept) if accept else 0
    if as_json:
        told = {
            "changes": [asdict(change) for change in proposal.changes],
            "not_found": proposal.not_found,
            "unusable": proposal.unusable,
            "accepted": taken,
        }
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        for line in _lines(proposal, file, taken, accepted=accept is not None):
            click.echo(line)
    return Exit.PARTIAL if proposal.unusable else Exit.DONE


def _lines(proposal: Proposal, file: Path, taken: int, *, accepted: bool) -> Iterator[str]:
    from soma_audit.audit.register_import import line_of
    from soma_audit.report.text import clean, counted

    width = len(str(len(proposal.changes)))
    for number, change in enumerate(proposal.changes, 1):
        yield clean(f"{number:>{width}} {line_of(change)}")
    for account in proposal.not_found:
        yield f"? {account} came from Wikidata, and is not there now: look whether it still exists"
    for sentence in proposal.unusable:
        yield clean(f"! {sentence}")
    if accepted:
        yield f"Put {counted(taken, 'change')} into {file}. Look each account up before you publish anything of it."
    elif proposal.changes:
        yield f"{counted(len(proposal.changes), 'change')} proposed for {file}; nothing is changed. Accept with --accept, as in --accept 1,3-5."
    else:
        yield f"Wikidata knows nothing that {file} does not."
