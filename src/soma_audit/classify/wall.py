"""May a citizen post on the wall, may a citizen comment? Two questions, always apart.

What an outsider sees can prove *open* and hardly ever *closed*: silence is not closed, and a missing setting is not open.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from soma_audit.classify.rule import Rule, findings, own, rule, visitor, wall_of
from soma_audit.model import About, Gap, Kind, Stream, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from soma_audit.model import Finding, Post, Wall

    Evidence = Mapping[str, object]

WINDOW = timedelta(days=90)
"""How far back a sign still says something of today."""
FEW_POSTS = 10
"""Fewer posts than this that all say no are no sign."""

_SEEN = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)


def _page(*posts: Post, settings: Mapping[str, object] | None = None, gaps: Sequence[Gap] = ()) -> Wall:
    """Write an example of a Facebook Page's wall."""
    about = (About(seen_at=_SEEN, source="settings", facts={"settings": settings}),) if settings else ()
    wall = wall_of(posts, about=about, gaps=tuple(gaps))
    return replace(wall, account=replace(wall.account, network="facebook"))


def _settings(wall: Wall) -> tuple[Mapping[str, Any], datetime] | None:
    """Find the Page's settings as last seen, and when."""
    for about in reversed(wall.about):
        if isinstance(settings := about.facts.get("settings"), dict):
            return settings, about.seen_at
    return None


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def _newest_visitor_post(wall: Wall) -> Post | None:
    """Find the newest post of a visitor's own on the wall, no comment, within the window."""
    since = wall.as_of - WINDOW
    own_wall = (
        p
        for p in reversed(wall.posts)
        if p.by_agency is False and p.kind is Kind.POST and p.created_at >= since
    )
    return next(own_wall, None)


# --- posting --------------------------------------------------------------------------------------------------------


@rule(
    "WAL001",
    weight=1.0,
    message="The Page's settings let visitors post (seen {seen}).",
    hits=[_page(settings={"USERS_CAN_POST": True})],
    misses=[_page(settings={"USERS_CAN_POST": False}), _page(settings={"USERS_CAN_MESSAGE": True})],
)
def setting_open(wall: Wall) -> Evidence | None:
    """Sees the setting that lets visitors post, which only a Page's own token shows. The strongest sign there is."""
    found = _settings(wall)
    return {"seen": _day(found[1])} if found and found[0].get("USERS_CAN_POST") is True else None


@rule(
    "WAL002",
    weight=1.0,
    message="The Page's settings do not let visitors post (seen {seen}).",
    hits=[_page(settings={"USERS_CAN_POST": False})],
    misses=[_page(settings={"USERS_CAN_POST": True}), _page(settings={"USERS_CAN_POST": None})],
)
def setting_closed(wall: Wall) -> Evidence | None:
    """Sees the setting that keeps visitors from posting. An absent setting says nothing."""
    found = _settings(wall)
    return {"seen": _day(found[1])} if found and found[0].get("USERS_CAN_POST") is False else None


@rule(
    "WAL003",
    weight=1.0,
    message="Visitors' posts are reviewed before they appear (seen {seen}).",
    hits=[_page(settings={"USERS_CAN_POST": True, "REVIEW_POSTS_BY_OTHER": True})],
    misses=[
        _page(settings={"USERS_CAN_POST": True}),
        _page(settings={"USERS_CAN_POST": False, "REVIEW_POSTS_BY_OTHER": True}),
    ],
)
def setting_reviewed(wall: Wall) -> Evidence | None:
    """Sees that visitors may post, but only what somebody has looked at first appears."""
    found = _settings(wall)
    if (
        found is None
        or found[0].get("USERS_CAN_POST") is not True
        or found[0].get("REVIEW_POSTS_BY_OTHER") is not True
    ):
        return None
    return {"seen": _day(found[1])}


@rule(
    "WAL004",
    weight=0.9,
    message="A visitor posted on the wall on {day}.",
    hits=[_page(visitor("Hvem svarer på e-post?"))],
    misses=[
        _page(visitor("Enig!", 2, under=1), own("Velkommen til siden vår", 1)),
        wall_of([visitor("@eksempeletat hei")]),
    ],
)
def visitor_post_seen(wall: Wall) -> Evidence | None:
    """Sees a visitor's own post of the last 90 days: the wall was open then. That nobody posted says nothing."""
    post = _newest_visitor_post(wall) if wall.account.network == "facebook" else None
    return {"day": _day(post.created_at)} if post else None


@rule(
    "WAL005",
    weight=1.0,
    message="Facebook does not offer visitors' posts on this kind of Page.",
    hits=[_page(gaps=[Gap(stream=Stream.VISITOR_POSTS, reason="not_supported")])],
    misses=[_page(gaps=[Gap(stream=Stream.VISITOR_POSTS, reason="permission")])],
)
def visitor_posts_not_supported(wall: Wall) -> Evidence | None:
    """Sees Facebook's word that a New Page has no visitors' posts. A refusal for lack of permission is something else."""
    gaps = (g for g in wall.gaps if g.stream is Stream.VISITOR_POSTS and g.reason == "not_supported")
    return next(({} for _ in gaps), None)


@rule(
    "WAL006",
    weight=1.0,
    message="On X nobody posts on another's wall: anyone may mention the account instead.",
    hits=[wall_of([own("God morgen!")])],
    misses=[_page(own("God morgen!"))],
)
def network_without_walls(wall: Wall) -> Evidence | None:
    """Sees that the network has no wall of this kind."""
    return {} if wall.account.network == "twitter" else None


# --- commenting -----------------------------------------------------------------------------------------------------


def _windowed(wall: Wall) -> list[Post]:
    """Give the agency's own posts of the window: what a visitor might reply to."""
    since = wall.as_of - WINDOW
    return [p for p in wall.posts if p.by_agency and p.kind is Kind.POST and p.created_at >= since]


def _setting(post: Post) -> str:
    """Fold the spellings of one setting: `mentionedUsers`, `mentioned_users`."""
    return (post.reply_setting or "missing").replace("_", "").lower()


_RESTRICTED = {"following", "mentionedusers", "subscribers", "verified"}


@rule(
    "WAL011",
    weight=1.0,
    message="A visitor commented on the agency's post on {day}.",
    hits=[[own("Høringen er åpen", 1), visitor("Bra!", 2, at=5, under=1)]],
    misses=[
        [own("Høringen er åpen", 1)],
        [own("Høringen er åpen", 1), own("Fristen er fredag", 2, at=5, under=1)],
    ],
)
def visitor_comment_seen(wall: Wall) -> Evidence | None:
    """Sees a visitor's comment under a post of the agency within the last 90 days: it was open for that post."""
    ours = {p.native_id for p in wall.posts if p.by_agency and p.kind is Kind.POST}
    since = wall.as_of - WINDOW
    comments = (
        p
        for p in reversed(wall.posts)
        if p.by_agency is False and p.kind is Kind.COMMENT and p.created_at >= since and p.thread in ours
    )
    comment = next(comments, None)
    return {"day": _day(comment.created_at)} if comment else None


@rule(
    "WAL012",
    weight=1.0,
    message="Everyone may reply to {open} of {posts} posts.",
    hits=[[own("God morgen!", reply_setting="everyone")]],
    misses=[[own("God morgen!")], [own("God morgen!", reply_setting="mentionedUsers")]],
)
def reply_setting_everyone(wall: Wall) -> Evidence | None:
    """Sees X's public reply setting on the agency's posts of the last 90 days. A missing setting is not open."""
    settings = Counter(_setting(p) for p in _windowed(wall))
    return {"open": settings["everyone"], "posts": settings.total()} if settings["everyone"] else None


@rule(
    "WAL013",
    weight=1.0,
    message="Only some people may reply to {restricted} of {posts} posts.",
    hits=[
        [own("God morgen!", reply_setting="mentioned_users")],
        [own("God morgen!", reply_setting="following")],
    ],
    misses=[[own("God morgen!", reply_setting="everyone")], [own("God morgen!", reply_setting="other")]],
)
def reply_setting_restricted(wall: Wall) -> Evidence | None:
    """Sees posts to which only followed, mentioned, subscribed or verified people may reply."""
    settings = Counter(_setting(p) for p in _windowed(wall))
    restricted = sum(settings[s] for s in _RESTRICTED)
    return {"restricted": restricted, "posts": settings.total()} if restricted else None


@rule(
    "WAL014",
    weight=0.3,
    message="Our token may not comment on any of the {posts} newest posts, and nobody else did: a weak sign.",
    hits=[
        _page(*(own("Nytt møte", n, at=n, reply_setting="cannot_comment") for n in range(1, FEW_POSTS + 1)))
    ],
    misses=[
        _page(*(own("Nytt møte", n, at=n, reply_setting="cannot_comment") for n in range(1, FEW_POSTS))),
        _page(*(own("Nytt møte", n, at=n, reply_setting="can_comment") for n in range(1, FEW_POSTS + 1))),
    ],
)
def token_may_not_comment(wall: Wall) -> Evidence | None:
    """Sees that our token may not comment. It may be ours alone that may not: no proof of a closed wall."""
    posts = [p for p in _windowed(wall) if p.reply_setting in {"can_comment", "cannot_comment"}]
    denied = len(posts) >= FEW_POSTS and all(p.reply_setting == "cannot_comment" for p in posts)
    return {"posts": len(posts)} if denied and visitor_comment_seen.check(wall) is None else None


class WallClassifier:
    """Judges one of an account's two walls."""

    def __init__(self, name: str, rules: Sequence[Rule[Wall]], version: str) -> None:
        self.name = name
        self.rules: Sequence[Rule[Any]] = rules
        self.version = version

    def judge(self, wall: Wall) -> Iterator[Verdict]:
        """Judge the wall as a whole."""
        found = findings(self.rules, wall)
        codes = {f.rule for f in found}
        decide = _posting if self.name == "wall.posting" else _commenting
        yield Verdict(None, decide(codes, wall), _value(found), found)


def _posting(codes: set[str], wall: Wall) -> str:
    if "WAL006" in codes:
        return "not_supported"
    if "WAL002" in codes:
        post, found = _newest_visitor_post(wall), _settings(wall)
        opened_since = post is not None and found is not None and post.created_at > found[1]
        return "open" if opened_since else "closed"
    if "WAL003" in codes:
        return "moderated"
    if {"WAL001", "WAL004"} & codes:
        return "open"
    return "not_supported" if "WAL005" in codes else "unknown"


def _commenting(codes: set[str], wall: Wall) -> str:
    if "WAL013" in codes:
        return "restricted"
    everyone = "WAL012" in codes and wall.account.network == "twitter"
    return "open" if everyone or "WAL011" in codes else "unknown"


def _value(found: Sequence[Finding]) -> dict[str, object]:
    """Keep the counts behind a label, so that a share can be told."""
    return {k: v for f in found for k, v in f.evidence.items() if k in {"open", "restricted", "posts"}}


POSTING = WallClassifier(
    "wall.posting",
    (
        setting_open,
        setting_closed,
        setting_reviewed,
        visitor_post_seen,
        visitor_posts_not_supported,
        network_without_walls,
    ),
    "1",
)
COMMENTING = WallClassifier(
    "wall.commenting",
    (visitor_comment_seen, reply_setting_everyone, reply_setting_restricted, token_may_not_comment),
    "1",
)
