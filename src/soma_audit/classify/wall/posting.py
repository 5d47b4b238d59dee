"""`wall.posting`: may a visitor write on the agency's wall?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from soma_audit.classify.rule import Rule, own, rule, visitor, wall_of
from soma_audit.classify.wall.evidence import POSTED, READ, day, page, signs_of_people, told_by_settings
from soma_audit.classify.wall.history import iso
from soma_audit.classify.wall.sightings import may_post, visitors_posts
from soma_audit.model import Gap, Stream
from soma_audit.networks import NETWORKS

if TYPE_CHECKING:
    from soma_audit.classify.wall.evidence import Evidence
    from soma_audit.classify.wall.sightings import Case


@rule(
    "WAL001",
    weight=1.0,
    message="The Page's settings let visitors post (seen {seen:.10}).",
    hits=[page(settings={"USERS_CAN_POST": True})],
    misses=[
        page(settings={"USERS_CAN_POST": False}),
        page(settings={"USERS_CAN_MESSAGE": True}),
        page(settings={"USERS_CAN_POST": True}, days=120),
    ],
)
def setting_open(case: Case) -> Evidence | None:
    """Sees the setting that lets visitors post, which only a Page's own token shows. The strongest sign there is."""
    return told_by_settings(case, may_post, "open")


@rule(
    "WAL002",
    weight=1.0,
    message="The Page's settings do not let visitors post (seen {seen:.10}).",
    hits=[page(settings={"USERS_CAN_POST": False})],
    misses=[page(settings={"USERS_CAN_POST": True}), page(settings={"USERS_CAN_POST": None})],
)
def setting_closed(case: Case) -> Evidence | None:
    """Sees the setting that keeps visitors from posting. An absent setting says nothing."""
    return told_by_settings(case, may_post, "closed")


@rule(
    "WAL003",
    weight=1.0,
    message="Visitors' posts are reviewed before they appear (seen {seen:.10}).",
    hits=[page(settings={"USERS_CAN_POST": True, "REVIEW_POSTS_BY_OTHER": True})],
    misses=[
        page(settings={"USERS_CAN_POST": True}),
        page(settings={"USERS_CAN_POST": False, "REVIEW_POSTS_BY_OTHER": True}),
    ],
)
def setting_reviewed(case: Case) -> Evidence | None:
    """Sees that visitors may post, but only what somebody has looked at first appears."""
    return told_by_settings(case, may_post, "moderated")


@rule(
    "WAL004",
    weight=0.9,
    message="A visitor posted on the wall on {day}.",
    hits=[page(POSTED)],
    misses=[
        page(visitor("Enig!", 2, under=1), own("Velkommen til siden vår", 1)),
        wall_of([visitor("@eksempeletat hei")]),
    ],
)
def visitor_post_seen(case: Case) -> Evidence | None:
    """Sees a visitor's own post of the last 90 days: the wall was open then. That nobody posted says nothing."""
    posts = [p for p in visitors_posts(case.wall) if p.created_at >= case.since]
    return {"post": posts[-1].native_id, "day": day(posts[-1]), "posts": len(posts)} if posts else None


@rule(
    "WAL005",
    weight=1.0,
    message="Facebook does not offer visitors' posts on this kind of Page.",
    hits=[page(gaps=(Gap(stream=Stream.VISITOR_POSTS, reason="not_supported"),))],
    misses=[page(gaps=(Gap(stream=Stream.VISITOR_POSTS, reason="permission"),))],
)
def visitor_posts_not_supported(case: Case) -> Evidence | None:
    """Sees Facebook's word that a New Page has no visitors' posts. A refusal for lack of permission is something else."""
    for gap in case.wall.gaps:
        if gap.stream is Stream.VISITOR_POSTS and gap.reason == "not_supported":
            return {"source": gap.stream.value, **({"seen": iso(gap.noticed_at)} if gap.noticed_at else {})}
    return None


@rule(
    "WAL006",
    weight=1.0,
    message="On {network} nobody posts on another's wall: anyone may mention the account instead.",
    hits=[wall_of([own("God morgen!")])],
    misses=[page(own("God morgen!"))],
)
def network_without_walls(case: Case) -> Evidence | None:
    """Sees that the network has no wall of this kind."""
    network = NETWORKS[case.wall.account.network]
    return {"network": network.title_today} if not network.visitors_wall else None


@rule(
    "WAL007",
    weight=0.0,
    message="Open, and quiet: no visitor has posted on it in the last 90 days.",
    hits=[page(settings={"USERS_CAN_POST": True}, read=READ)],
    misses=[
        page(settings={"USERS_CAN_POST": True}),  # the wall has not been read
        page(POSTED, settings={"USERS_CAN_POST": True}, read=READ),
        page(settings={"USERS_CAN_POST": False}, read=READ),
    ],
)
def open_and_quiet(case: Case) -> Evidence | None:
    """Sees an open wall that was read to its end, and that nobody uses. Why they do not, no figure tells."""
    wall = case.wall
    unread = Stream.VISITOR_POSTS not in wall.read or any(g.stream is Stream.VISITOR_POSTS for g in wall.gaps)
    if unread or case.history.label(wall.as_of) != "open":
        return None
    return None if any(p.created_at >= case.since for p in visitors_posts(wall)) else {}


RULES: tuple[Rule[Any], ...] = (
    setting_open,
    setting_closed,
    setting_reviewed,
    visitor_post_seen,
    visitor_posts_not_supported,
    network_without_walls,
    open_and_quiet,
    *signs_of_people("posting", codes=("WAL008", "WAL009", "WAL010")),
)
