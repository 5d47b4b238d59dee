"""`soma-audit rules`: the manual of the rules, from the rules themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from soma_audit.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from soma_audit.classify.rule import Classifier, Example, Rule
    from soma_audit.model import Post


@click.command()
@click.argument("code", required=False)
def rules(code: str | None) -> None:
    """List the rules, or explain the one with this CODE.

    \b
    Example:
      soma-audit rules QUE001
    """
    from soma_audit.classify import RULES

    if code is None:
        click.echo(table())
    elif (found := RULES.get(code.upper())) is not None:
        click.echo("\n".join(_manual(*found)))
    else:
        raise InvalidInputError(f"There is no rule {code}. `soma-audit rules` lists them.")


def table() -> str:
    """Write all rules as a Markdown table, which reads well on a terminal too."""
    from soma_audit.classify import RULES

    lines = [
        (r.code, c.name, r.name, f"{r.weight:+g}", r.explanation.partition(". ")[0].rstrip("."))
        for c, r in RULES.values()
    ]
    head = ("code", "judges", "pattern", "weight", "what it sees")
    widths = [max(len(row[i]) for row in [head, *lines]) for i in range(4)] + [len(head[4])]
    rule = tuple("-" * w for w in widths)
    return "\n".join(
        "| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() + " |"
        for row in [head, rule, *lines]
    )


def _manual(classifier: Classifier, rule: Rule[Any]) -> Iterator[str]:
    yield f"{rule.code} {rule.name}"
    yield f"One of the signs for {classifier.name} (version {classifier.version}), weight {rule.weight:+g}."
    yield ""
    yield rule.explanation
    yield f"Told as: {rule.message}"
    for title, examples in (("Fires on", rule.hits), ("Does not fire on", rule.misses)):
        yield f"\n{title}:"
        for example in examples:
            yield from _example(example)


def _example(example: Example) -> Iterator[str]:
    from soma_audit.classify.rule import wall_of

    wall = wall_of(example)
    shown = wall.posts if len(wall.posts) <= 4 else wall.posts[:3]
    for number, post in enumerate(shown):
        yield f"  {'-' if number == 0 else ' '} {_line(post)}"
    if len(shown) < len(wall.posts):
        yield f"    … and {len(wall.posts) - len(shown)} more posts"
    for about in wall.about:
        yield f"  - {about.facts}"
    for gap in wall.gaps:
        yield f"  - not seen: {gap.stream or 'the account'} ({gap.reason})"


def _line(post: Post) -> str:
    who = "agency" if post.by_agency else "visitor"
    signs = [
        f"{name} {value}"
        for name, value in (("from", post.client), ("replies:", post.reply_setting))
        if value
    ]
    return f"{who}{' replies' if post.parent else ''}: {post.text}" + (
        f" [{', '.join(signs)}]" if signs else ""
    )
