"""`soma-audit explain network/account`: how an account's walls stand and stood, where that was seen, and how it lives."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from soma_audit.cli.commands.explain_verdicts import verdict_facts, verdict_lines
from soma_audit.cli.commands.review import review_line
from soma_audit.cli.commands.wall import look_line, plain_look
from soma_audit.labels import WALLS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from soma_audit.model import Account
    from soma_audit.report.figures.model import Evidence, WallSpan, WallState
    from soma_audit.store import Store


def explain_walls(store: Store, account: Account, *, as_json: bool) -> None:
    """Print all that is known of an account's walls, and of its life."""
    from soma_audit.report.figures.walls import wall_states
    from soma_audit.report.language.words import Words
    from soma_audit.report.text import clean

    held = wall_states(store.figures, Words("en", "UTC"))
    states = {wall: held[account.id or 0, wall] for wall in WALLS if (account.id, wall) in held}
    if as_json:
        click.echo(json.dumps(_facts(store, account, states), ensure_ascii=False, indent=1))
    else:
        click.echo(clean("\n".join(_lines(store, account, states))))


def _facts(store: Store, account: Account, states: dict[str, WallState]) -> dict[str, object]:
    from soma_audit.report.formats.json import plain

    return {
        **{
            name: getattr(account, name)
            for name in ("network", "handle", "closing_reason", "alternative_channel")
        },
        "walls": {wall: plain(state) for wall, state in states.items()},
        "verdicts": verdict_facts(store, store.figures.verdicts_on_account(account.id or 0)),
        "looks": [plain_look(look) for look in store.looks.looks_at_wall(account)],
        "reviews": [review._asdict() for review in store.reviews.reviews_on(account.id or 0, None)],
    }


def _lines(store: Store, account: Account, states: dict[str, WallState]) -> Iterator[str]:
    yield f"{account}: who may write there"
    if not states:
        yield "Not judged. `soma-audit classify` judges what is new."
    for wall, state in states.items():
        counted = ", ".join(f"{name.replace('_', ' ')} {n}" for name, n in state.counts.items())
        yield f"{wall}: {state.label}" + (f" ({counted})" if counted else "")
        yield from (f"  {_span(span)}" for span in state.spans)
        if state.evidence:
            yield from (f"  {_sign(sign)}" for sign in state.evidence)
        else:
            yield from (f"  {reason}" for reason in state.reasons)
    yield from verdict_lines(store, store.figures.verdicts_on_account(account.id or 0))
    if account.closing_reason:
        yield f"The agency says why: “{account.closing_reason}”"
    if account.alternative_channel:
        yield f"Write instead to {account.alternative_channel}"
    yield from (f"looked at: {look_line(look)}" for look in store.looks.looks_at_wall(account))
    yield from (
        f"reviewed: {review_line(review)}" for review in store.reviews.reviews_on(account.id or 0, None)
    )


def _span(span: WallSpan) -> str:
    last = f"to {span.last_seen:%Y-%m-%d %H:%M}" if span.last_seen else "and still so when last seen"
    return f"{span.label}: seen from {span.first_seen:%Y-%m-%d %H:%M} {last} (UTC)"


def _sign(sign: Evidence) -> str:
    parts = [
        sign.source,
        sign.endpoint,
        f"{sign.token} token" if sign.token else None,
        sign.api_version,
        f"{sign.seen_at:%Y-%m-%d %H:%M} UTC" if sign.seen_at else None,
    ]
    where = ", ".join(part for part in parts if part)
    return f"{sign.rule}  {sign.sentence}" + (f" [{where}]" if where else "")
