"""`soma-audit explain`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from soma_audit.cli.commands.explain_verdicts import verdict_facts, verdict_lines
from soma_audit.cli.commands.explain_walls import explain_walls
from soma_audit.cli.commands.review import plain_post, review_line
from soma_audit.cli.options import json_option, settings
from soma_audit.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from soma_audit.audit.settings import Settings
    from soma_audit.store import Store
    from soma_audit.store.posts.rows import PostRow


@click.command()
@settings()
@json_option
@click.argument("post")
def explain(settings: Settings, post: str, as_json: bool) -> None:
    """Show why POST was judged as it was, and where it was seen.

    POST is its id, network/account/id, or the address it is read at; network/account is the account: its walls, and its life.

    \b
    Examples:
      soma-audit explain twitter/lysdep_eks/1900000000000000003
      soma-audit explain facebook/lekedep.eks
    """
    with settings.open() as store:
        found = store.figures.posts_named(post)
        account = store.register.account_named(post) if not found else None
        if account is not None:
            explain_walls(store, account, as_json=as_json)
            return
        if not found:
            raise InvalidInputError(
                f"No post {post!r} is held. Give its id, network/account/id, or its address; network/account is a wall."
            )
        if as_json:
            click.echo(json.dumps([_facts(store, row) for row in found], ensure_ascii=False, indent=1))
            return
        click.echo("\n\n".join("\n".join(_lines(store, row)) for row in found))


def _facts(store: Store, row: PostRow) -> dict[str, object]:
    looks = [look._asdict() for look in store.figures.looks_at(row.id)]
    reviews = [review._asdict() for review in store.reviews.reviews_on(row.account, row.id)]
    return {
        **plain_post(row),
        "verdicts": verdict_facts(store, store.figures.verdicts_on(row.id)),
        "reviews": reviews,
        "seen": looks,
    }


def _lines(store: Store, row: PostRow) -> Iterator[str]:
    from soma_audit.report.text import clean

    who = {
        1: "by the agency",
        0: f"by visitor {row.author or 'without a name'}",
        None: "by somebody unknown",
    }[row.by_agency]
    yield f"{row.network}/{row.handle}/{row.native_id}: {row.kind} of {row.created_at}, {who}"
    if row.permalink:
        yield clean(row.permalink)
    yield f"  “{clean(row.text)}”" if row.text is not None else "  (the text is gone)"
    verdicts = store.figures.verdicts_on(row.id)
    if not verdicts:
        yield "Not judged. `soma-audit classify` judges what is new."
    yield from verdict_lines(store, verdicts)
    for review in store.reviews.reviews_on(row.account, row.id):
        yield f"reviewed: {clean(review_line(review))}"
    for look in store.figures.looks_at(row.id):
        yield f"seen {look.fetched_at} by run {look.run} (version {look.version}) on {clean(look.url)}"
