"""`soma-audit export`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from soma_audit.cli.options import Settings, output, output_option, settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from soma_audit.store.reported import Row

_line = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@click.command()
@settings()
@click.argument("what", type=click.Choice(["posts", "verdicts"]))
@click.option(
    "--format",
    "format_",
    type=click.Choice(["jsonl"]),
    default="jsonl",
    show_default=True,
    help="How to write it.",
)
@click.option("--match", metavar="WORDS", help="Only posts whose text has all these words.")
@output_option
def export(settings: Settings, what: str, format_: str, match: str | None, output_: str) -> None:  # noqa: ARG001 - one format so far
    """Write posts or verdicts as JSON lines; a name ending in .gz is packed.

    \b
    Examples:
      soma-audit export posts --format jsonl --output posts.jsonl.gz
      soma-audit export posts --match "barnehage søknad"
    """
    if match is not None and what == "verdicts":
        raise click.UsageError("--match looks for words in posts; verdicts have none.")
    with settings.open() as store:
        rows = store.post_rows(match) if what == "posts" else store.verdict_rows()
        shape: Callable[[Row], dict[str, object]] = post_line if what == "posts" else verdict_line
        with output(output_) as write:
            for row in rows:
                write(_line(shape(row)) + "\n")


def post_line(row: Row) -> dict[str, object]:
    """Shape a post as the interchange format has it."""
    return {
        "network": row["network"],
        "account": row["handle"],
        "id": row["native_id"],
        "thread": row["thread"],
        "parent": row["parent"],
        "author": row["author"],
        "by_agency": bool(row["by_agency"]),
        "created_at": row["created_at"],
        "text": row["text"],
        "client": row["client"],
        "kind": row["kind"],
        "url": row["permalink"],
        "reply_settings": row["reply_setting"],
        "counts": json.loads(row["counts"]),
    }


def verdict_line(row: Row) -> dict[str, object]:
    """Shape a verdict as the interchange format has it."""
    return {
        "network": row["network"],
        "account": row["handle"],
        "post": row["native_id"],
        "classifier": row["classifier"],
        "version": row["version"],
        "label": row["label"],
        **({} if row["label"] == row["said"] else {"reviewed": True, "said": row["said"]}),
        "value": json.loads(row["value"]),
        "findings": json.loads(row["findings"]),
    }
