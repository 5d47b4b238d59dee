"""`soma-audit privacy find` and `soma-audit privacy erase`."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import click

from soma_audit.cli.options import json_option, settings
from soma_audit.cli.output import emit
from soma_audit.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Callable

    from soma_audit.audit.settings import Settings

ANOTHER_NAME = {
    "bluesky": "On Bluesky people are found by their DID, as in bluesky:did:plc:…, not by their handle.",
    "mastodon": "On Mastodon people are found by their name and server, as in mastodon:kari@social.example.",
}
BOTH = "A handle and an id are different names: try both."


class PersonName(click.ParamType[tuple[str, str]]):
    """A person's account as network/handle, or with their id on the network."""

    name = "NETWORK/HANDLE"

    def convert(
        self, value: str | tuple[str, str], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Read a person's account; an address from a browser is one too."""
        from soma_audit.networks import NETWORKS, account_in

        if isinstance(value, tuple):
            return value
        if account := account_in(value):
            return account
        network, _, name = re.sub("[/:]", "/", value, count=1).partition("/")
        name = name.removeprefix("@")
        if network not in NETWORKS or not name:
            self.fail(
                f"{value!r} names nobody; write it as twitter/2000000002 or mastodon/kari@social.example",
                param,
                ctx,
            )
        return network, name


def _account_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--account",
        "accounts",
        type=PersonName(),
        multiple=True,
        required=True,
        help="The person's handle or id on a network; may be given more than once, and both should be.",
    )(command)


@click.command()
@settings()
@_account_option
@json_option
def find(settings: Settings, accounts: tuple[tuple[str, str], ...], as_json: bool) -> int:
    """Tell what is held of a person who asks: posts by account and day, and where others name them.

    It takes the key to the pseudonyms, and is noted in the log of runs under the pseudonym only. Their texts are
    printed by `soma-audit privacy --person`.

    \b
    Example:
      soma-audit privacy find --account twitter/2000000002 --account twitter/kari_test
    """
    from soma_audit.audit.outcome import Outcome
    from soma_audit.audit.privacy import find_stage

    outcome = Outcome()
    with settings.open() as store:
        held = find_stage(store, settings, outcome, accounts)
    if not (held.posts or held.mentions or held.pages):
        outcome.sentences.append(_hint(accounts))
    return emit(outcome, quiet=False, as_json=as_json)


@click.command()
@settings()
@_account_option
@click.option("--yes", is_flag=True, help="Erase without asking.")
@json_option
def erase(settings: Settings, accounts: tuple[tuple[str, str], ...], yes: bool, as_json: bool) -> int:
    """Erase what a person wrote and where others name them, and remember not to take it in again.

    Texts, stored pages, quotations and notes go, down to the bytes of the file; counts, times and labels stay. Nothing
    brings the texts back. Backups, and files made with --record, are not changed.

    \b
    Example:
      soma-audit privacy erase --account twitter/2000000002 --account twitter/kari_test --yes
    """
    from soma_audit.audit.lock import locked
    from soma_audit.audit.outcome import Outcome
    from soma_audit.audit.privacy import erase_stage, find_stage

    if not yes and (as_json or sys.stdin is None or not sys.stdin.isatty()):
        raise click.UsageError("privacy erase asks before it erases. Where nobody can answer, add --yes.")
    outcome, seen = Outcome(), Outcome()
    if not yes:  # nobody is kept waiting by the lock while somebody thinks
        with settings.open() as store:
            find_stage(store, settings, seen, accounts)
        emit(seen, quiet=False, as_json=False)
        if not click.confirm("Erase it for good?"):
            click.echo("Nothing was erased.")
            return Exit.DONE
    with locked(settings.database), settings.open() as store:
        erase_stage(store, settings, outcome, accounts)
    return emit(outcome, quiet=False, as_json=as_json)


def _hint(accounts: tuple[tuple[str, str], ...]) -> str:
    """Return by which other name a person may be found."""
    networks = {network for network, _ in accounts}
    return " ".join(sorted({ANOTHER_NAME.get(network, BOTH) for network in networks}))
