"""What the rules of all walls share: examples, where a sign was seen, and the signs that people give."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from soma_audit.classify.rule import own, rule, visitor, wall_of
from soma_audit.classify.wall.history import iso
from soma_audit.classify.wall.sightings import from_settings, looks_at, proves
from soma_audit.model import About, Look, SignedIn, Stream, TokenKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from soma_audit.classify.rule import Rule
    from soma_audit.classify.wall.sightings import Case
    from soma_audit.model import Post, Wall

    Evidence = Mapping[str, object]

# --- examples -------------------------------------------------------------------------------------------------------

SEEN = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)
READ = frozenset({Stream.VISITOR_POSTS, Stream.MENTIONS})
POSTED = visitor("Hvem svarer på e-post?")
"""A visitor's own post."""
OURS, COMMENT = own("Høringen er åpen", 1), visitor("Bra!", 2, at=5, under=1)
"""The agency's post, and a visitor's comment under it."""


def page(*posts: Post, settings: Mapping[str, object] | None = None, **more: Any) -> Wall:  # noqa: ANN401
    """Write an example of a Facebook Page's wall; `settings` are as seen each night from the first of March on."""
    about: tuple[About, ...] = ()
    if settings:
        said = About(
            first_seen_at=SEEN - timedelta(days=19),
            seen_at=SEEN,
            source="settings",
            endpoint="https://graph.facebook.com/v26.0/100/settings",
            facts={"settings": settings},
            token_kind=TokenKind.PAGE,
            api_version="v26.0",
        )
        about = (said,)
    wall = wall_of(posts, about=about, **more)
    return replace(wall, account=replace(wall.account, network="facebook"))


def profile(**facts: object) -> Wall:
    """Write an example of an account whose profile has said so each night from the first of March on."""
    said = About(first_seen_at=SEEN - timedelta(days=19), seen_at=SEEN, source="profile", facts=facts)
    return wall_of([], about=(said,))


def look(question: str, seen: str, signed_in: SignedIn = SignedIn.ORDINARY_ACCOUNT) -> Look:
    """Write an example of a look at a wall."""
    return Look(question=question, seen=seen, observed_at=SEEN, observer="NN", signed_in=signed_in)


# --- where a sign was seen ------------------------------------------------------------------------------------------


def day(post: Post) -> str:
    """Write the day of a post."""
    return post.created_at.date().isoformat()


def told_by_settings(
    case: Case, read: Callable[[Mapping[str, Any]], str | None], label: str
) -> Evidence | None:
    """Return where the settings said last how it is, if they said this."""
    told = from_settings(case.wall, read)
    if not told or told[-1][0].label != label or told[-1][1].seen_at < case.since:
        return None
    about = told[-1][1]
    return {
        "seen": iso(about.seen_at),
        "source": about.source,
        "endpoint": about.endpoint.partition("?")[0],
        "token": about.token_kind,
        "api_version": about.api_version,
    }


def _seen_by(look: Look) -> dict[str, object]:
    return {
        "seen": iso(look.observed_at),
        "source": "look",
        "what": look.seen,
        "observer": look.observer,
        "signed_in": look.signed_in.value,
        "file": look.file,
        "sha256": look.sha256,
    }


def _in_vain(look: Look, case: Case) -> str | None:
    """Return why a look proves nothing of today."""
    if look.observed_at < case.since:
        return "it is more than 90 days old"
    if proves(look):
        return None
    if look.seen == "unclear":
        return "it was unclear to whoever looked"
    if look.signed_in is SignedIn.PAGE_TEAM:
        return "the Page's own team may always write"
    return "who is not signed in may write nowhere"


# --- the signs that people give -------------------------------------------------------------------------------------


def signs_of_people(question: str, *, codes: tuple[str, str, str]) -> tuple[Rule[Case], ...]:
    """Make the rules that heed what a person saw of one wall: a look, a look in vain, and a contradiction."""
    return (
        _looked_at(question, codes[0]),
        _looked_at_in_vain(question, codes[1]),
        _signs_contradict(question, codes[2]),
    )


def _looked_at(question: str, code: str) -> Rule[Case]:
    closed, by_team = look(question, "closed"), look(question, "closed", SignedIn.PAGE_TEAM)
    other = look("posting" if question != "posting" else "commenting", "closed")

    @rule(
        code,
        weight=0.8,
        message="{observer} looked on {seen:.10}: {what}.",
        hits=[page(looks=(closed,)), page(looks=(look(question, "open", SignedIn.NO),))],
        misses=[page(looks=(other,)), page(looks=(by_team,)), page(looks=(closed,), days=120)],
    )
    def looked_at(case: Case) -> Evidence | None:
        """Sees what a person saw who looked within the last 90 days: the only sign from outside that proves closed."""
        found = [x for x in looks_at(case.wall, question) if proves(x) and x.observed_at >= case.since]
        return _seen_by(found[-1]) if found else None

    return looked_at


def _looked_at_in_vain(question: str, code: str) -> Rule[Case]:
    closed = look(question, "closed")
    vain = (
        look(question, "closed", SignedIn.PAGE_TEAM),
        look(question, "closed", SignedIn.NO),
        look(question, "unclear"),
    )

    @rule(
        code,
        weight=0.0,
        message="{observer} looked on {seen:.10} ({what}), which proves nothing of today: {why}.",
        hits=[page(looks=(closed,), days=120), *(page(looks=(one,)) for one in vain)],
        misses=[page(looks=(closed,))],
    )
    def looked_at_in_vain(case: Case) -> Evidence | None:
        """Sees that the newest look is stale, was unclear, or was made by somebody who sees other things than visitors."""
        newest = next(reversed(looks_at(case.wall, question)), None)
        why = newest and _in_vain(newest, case)
        return {**_seen_by(newest), "why": why} if newest and why else None

    return looked_at_in_vain


def _signs_contradict(question: str, code: str) -> Rule[Case]:
    @rule(
        code,
        weight=0.0,
        message="The signs contradict each other: {said} from {first:.10} to {last:.10}, but {by} on {otherwise:.10} shows"
        " {shows}. Look at the wall, and tell with `soma-audit wall look`.",
        hits=[_told_open(question, look(question, "closed"))],
        misses=[_told_open(question, look(question, "open")), _told_open(question)],
    )
    def signs_contradict(case: Case) -> Evidence | None:
        """Sees the network say one thing before and after, and something else in between: nobody can tell from here."""
        found = case.history.contradiction
        if found is None:
            return None
        return {
            "said": found.said.label,
            "first": iso(found.said.first),
            "last": iso(found.said.last),
            "otherwise": iso(found.seen.first),
            "by": "a person" if found.seen.by_person else "a visitor's own words",
            "shows": found.seen.label,
        }

    return signs_contradict


def _told_open(question: str, *looks: Look) -> Wall:
    """Write a wall of which the network itself says, again and again, that it is open."""
    if question == "commenting":
        daily = (own("Hei", n, at=n * 60 * 24, reply_setting="everyone") for n in range(1, 30))
        return wall_of(list(daily), looks=looks)
    return page(settings={"USERS_CAN_POST": True, "USERS_CAN_MESSAGE": True}, looks=looks)
