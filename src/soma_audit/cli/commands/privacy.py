"""`soma-audit privacy`."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from soma_audit.audit.settings import read_settings
from soma_audit.cli.commands.privacy_person import ANOTHER_NAME, BOTH, erase, find
from soma_audit.cli.options import as_of_option, config_option, db_option, output_option
from soma_audit.cli.output import output
from soma_audit.errors import InvalidInputError

_STATEMENT = """\
What soma-audit holds in {database}

Purpose: to tell how public bodies use their accounts on social networks, and whether they answer those who ask.
Whose: people who wrote on the bodies' walls, or to them. Basis and controller: the body that runs the audit.

Held of a visitor's post: its text, when and where it was written, what it replies to, its address on the network, and
what the network counts. Of its author: a keyed hash. Not held: names, handles, pictures, profiles and places; nothing
is inferred about a person, and nobody is followed from one network to another.
Masked before a text is stored: identity numbers of Norway, Sweden, Denmark and Finland, bank accounts, cards, e-mail
addresses, and telephones with a country's code or as written in {countries}. A body's own telephones, accounts and
addresses stay in its own posts. What a version before this one let through, `purge --numbers` masks.

Posts by visitors: {visitors} ({texts} with their text, the oldest from {oldest}), by {authors} authors.
Posts by the bodies themselves: {own}.
Stored pages, with pseudonyms only: {pages}.
Reviews by those who run the audit, with their name and their note: {reviews}. They are kept.
Looks at walls, with who looked, their note and the name of a file: {looks}. They are kept.

Kept: visitors' texts {text_days} days after they were written, stored pages {page_days} days; then `purge` drops
them, every night with `run`. Labels, counts and times stay. The last purge was {purged}.
The key to the pseudonyms: {key}. Whoever has it can tell whether a known account wrote a post.
Passed on to: nobody. The report holds visitors' words and is for internal use.
"""

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from soma_audit.audit.settings import Settings


@click.group(invoke_without_command=True)
@config_option
@db_option
@click.option(
    "--person",
    metavar="NETWORK:ID",
    help="Print all that is held of one person, by their id or handle there; on Bluesky by their DID.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "markdown", "xlsx"]),
    default="text",
    show_default=True,
    help="How to write it; Markdown and Excel are the record of processing activities (GDPR, article 30).",
)
@output_option
@as_of_option
@click.pass_context
def privacy(
    ctx: click.Context,
    config_file: Path | None,
    db_file: Path | None,
    person: str | None,
    format_: str,
    output_: str,
    as_of: datetime | None,
) -> None:
    """Print what is held of people, for how long and why; or find or erase what is held of one person who asks.

    \b
    Examples:
      soma-audit privacy
      soma-audit privacy --format markdown --output record.md
      soma-audit privacy --person twitter:2000000002
      soma-audit privacy --person mastodon:kari@social.example
      soma-audit privacy find --account twitter/2000000002
      soma-audit privacy erase --account twitter/2000000002 --yes
    """
    if ctx.invoked_subcommand is not None:  # what stands before a command's name holds for it too
        if person is not None or (format_, output_, as_of) != ("text", "-", None):
            raise click.UsageError(
                f"{ctx.invoked_subcommand} takes --account, and not what `soma-audit privacy` alone takes."
            )
        given = {"config_file": config_file, "db_file": db_file}
        ctx.default_map = {ctx.invoked_subcommand: {k: v for k, v in given.items() if v}}
        return
    settings = read_settings(config_file, db_file, needs_config=False)
    if person is not None:
        if (format_, output_) != ("text", "-"):
            raise click.UsageError("--person prints JSON lines; leave out --format and --output.")
        _print_posts_by(settings, person)
        return
    if format_ == "xlsx" and output_ == "-" and sys.stdout and sys.stdout.isatty():
        raise InvalidInputError("soma-audit privacy --format xlsx needs --output FILE.xlsx.")
    written = _statement(settings) if format_ == "text" else _record(settings, format_, as_of)
    with output(output_) as write:
        write(written)


def _record(settings: Settings, format_: str, as_of: datetime | None) -> str | bytes:
    from soma_audit.audit.privacy import record_of
    from soma_audit.report import processing_record
    from soma_audit.report.formats.xlsx import workbook

    with settings.open() as store:
        record = record_of(store, settings, as_of=as_of)
    if format_ == "markdown":
        return processing_record.as_markdown(record)
    return workbook(
        processing_record.sheets(record),
        title=processing_record.TITLE,
        version=record.version,
        created=record.made_at,
        timezone=record.timezone,
    )


def _print_posts_by(settings: Settings, person: str) -> None:
    from soma_audit.networks import NETWORKS
    from soma_audit.store.interchange import post_line

    network, _, native = person.partition(":")
    if not native:
        raise click.UsageError("--person is written NETWORK:ID, such as twitter:2000000002.")
    if network not in NETWORKS:
        raise click.UsageError(f"{network!r} is not one of {', '.join(sorted(NETWORKS))}.")
    with settings.open() as store:
        author = settings.pseudonyms(store).author(network, native.removeprefix("@"))
        posts = store.retention.posts_by(author)
    for row in posts:
        click.echo(json.dumps(post_line(row), ensure_ascii=False))
    if not posts:
        click.echo(f"Nothing is held of {person}. {ANOTHER_NAME.get(network, BOTH)}", err=True)


def _statement(settings: Settings) -> str:
    with settings.open() as store:
        held = store.retention.held()
    terms = settings.config.privacy
    return _STATEMENT.format(
        database=settings.database,
        **held,
        text_days=terms.text_days,
        page_days=terms.page_days,
        countries=", ".join(terms.countries) or "no country",
        key=settings.key_file(),
    )


privacy.add_command(find)
privacy.add_command(erase)
