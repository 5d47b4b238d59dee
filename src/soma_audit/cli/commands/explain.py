"""`soma-audit explain`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from soma_audit.cli.commands.explain_walls import explain_walls
from soma_audit.cli.commands.review import plain_post, review_line
from soma_audit.cli.options import json_option, settings
from soma_audit.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from soma_audit.audit.settings import Settings
    from soma_audit.store import Store
    from soma_audit.store.figures.rows import VerdictRow
    from soma_audit.store.posts.rows import PostRow


@click.command()
@settings()
@json_option
@click.argument("post")
def explain(settings: Settings, post: str, as_json: bool) -> None:
    """Show why POST was judged as it was, and where it was seen.

    POST is its id, network/account/id, or the address it is read at; network/account is the account's walls.

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
    from soma_audit.report.text import in_english

    verdicts = [
        {
            "classifier": v.classifier,
            "version": v.version,
            "label": v.label,
            "said": v.said,
            "value": json.loads(v.value),
            "start": _start(v),
            "findings": [
                {
                    "rule": f.rule,
                    "name": f.name,
                    "weight": f.weight,
                    "evidence": json.loads(f.evidence),
                    "sentence": sentence,
                }
                for f, sentence in zip(
                    store.figures.finding_rows(v.id),
                    in_english(store.figures.reasons(v.id)),
                    strict=True,
                )
            ],
        }
        for v in store.figures.verdicts_on(row.id)
    ]
    looks = [look._asdict() for look in store.figures.looks_at(row.id)]
    reviews = [review._asdict() for review in store.reviews.reviews_on(row.account, row.id)]
    return {
        **plain_post(row),
        "verdicts": verdicts,
        "reviews": reviews,
        "seen": looks,
    }


def _lines(store: Store, row: PostRow) -> Iterator[str]:
    from soma_audit.report.text import clean, in_english

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
    for verdict in verdicts:
        value = ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in json.loads(verdict.value).items())
        yield f"{verdict.classifier}: {_label(verdict)}" + (f" ({value})" if value else "")
        if (start := _start(verdict)) is not None:
            yield f"  before any sign {start:+g}"
        for finding, reason in zip(
            store.figures.finding_rows(verdict.id),
            in_english(store.figures.reasons(verdict.id)),
            strict=True,
        ):
            yield f"  {finding.rule} {finding.weight:+g}  {clean(reason)}"
    for review in store.reviews.reviews_on(row.account, row.id):
        yield f"reviewed: {clean(review_line(review))}"
    for look in store.figures.looks_at(row.id):
        yield f"seen {look.fetched_at} by run {look.run} (version {look.version}) on {clean(look.url)}"


def _start(verdict: VerdictRow) -> float | None:
    """Return from which log-odds a score began to which the weights of its findings were added.

    None where a classifier does not score, or another version of it judged.
    """
    from soma_audit.classify import CLASSIFIERS
    from soma_audit.classify.weights import START

    versions = {classifier.name: classifier.version for classifier in CLASSIFIERS}
    same = versions.get(verdict.classifier) == verdict.version
    return START.get(verdict.classifier) if same else None


def _label(verdict: VerdictRow) -> str:
    """The label in force, and the rules' own where a person overruled it."""
    if verdict.label == verdict.said:
        return verdict.label
    return f"{verdict.label}, says a person; the rules say {verdict.said or 'nothing'}"
