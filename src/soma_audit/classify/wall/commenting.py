"""`wall.commenting`: may a visitor write under the agency's posts?"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from soma_audit.classify.rule import Rule, own, rule, wall_of
from soma_audit.classify.wall.evidence import COMMENT, OURS, READ, day, page, signs_of_people
from soma_audit.classify.wall.history import iso
from soma_audit.classify.wall.sightings import (
    FEW_POSTS,
    TOKENS_OWN,
    denied,
    hidden_and_shown,
    reply_setting,
    state_of,
)
from soma_audit.model import Gap, Stream
from soma_audit.networks import NETWORKS

if TYPE_CHECKING:
    from soma_audit.classify.wall.evidence import Evidence
    from soma_audit.classify.wall.sightings import Case
    from soma_audit.model import Post


def _denied(posts: int, setting: str = "cannot_comment", *, start: int = 1) -> list[Post]:
    return [own("Nytt møte", n, at=n, reply_setting=setting) for n in range(start, start + posts)]


def _settings_told(case: Case) -> Counter[str]:
    """Count X's reply settings on the posts of the window."""
    return Counter(reply_setting(p) for p in case.recent)


@rule(
    "WAL011",
    weight=1.0,
    message="Visitors commented on {commented} of {posts} posts, last on {day}.",
    hits=[[OURS, COMMENT]],
    misses=[
        [own("Høringen er åpen", 1)],
        [own("Høringen er åpen", 1), own("Fristen er fredag", 2, at=5, under=1)],
    ],
)
def visitor_comment_seen(case: Case) -> Evidence | None:
    """Sees a visitor's comment under a post of the agency within the last 90 days: it was open for that post."""
    comments = [p for p in case.comments if p.created_at >= case.since]
    if not comments:
        return None
    threads = {p.thread for p in comments}
    posts = threads | {p.native_id for p in case.recent}
    newest = comments[-1]
    return {
        "post": newest.native_id,
        "day": day(newest),
        "commented": len(threads),
        "posts": len(posts),
    }


@rule(
    "WAL012",
    weight=1.0,
    message="Everyone may reply to {open} of {posts} posts.",
    hits=[[own("God morgen!", reply_setting="everyone")]],
    misses=[[own("God morgen!")], [own("God morgen!", reply_setting="mentionedUsers")]],
)
def reply_setting_everyone(case: Case) -> Evidence | None:
    """Sees the public reply setting on the agency's posts of the last 90 days. A missing setting is not open."""
    told = _settings_told(case)
    return {"open": told["everyone"], "posts": told.total()} if told["everyone"] else None


@rule(
    "WAL013",
    weight=1.0,
    message="Only some people may reply to {restricted} of {posts} posts, the newest of {day}.",
    hits=[
        [own("God morgen!", reply_setting="mentioned_users")],
        [own("God morgen!", reply_setting="following")],
        [own("God morgen!", reply_setting="followers+mentionedUsers")],
    ],
    misses=[[own("God morgen!", reply_setting="everyone")], [own("God morgen!", reply_setting="other")]],
)
def reply_setting_restricted(case: Case) -> Evidence | None:
    """Sees posts to which only followed, following, mentioned, listed, subscribed or verified people may reply."""
    posts = case.recent
    restricted = [p for p in posts if state_of(reply_setting(p)) == "restricted"]
    if not restricted:
        return None
    newest = restricted[-1]
    return {
        "restricted": len(restricted),
        "posts": len(posts),
        "post": newest.native_id,
        "day": day(newest),
    }


@rule(
    "WAL014",
    weight=0.3,
    message="Our token may not comment on any of the {posts} newest posts, and nobody else did since: a weak sign.",
    hits=[
        page(*_denied(FEW_POSTS)),
        page(OURS, COMMENT, *_denied(FEW_POSTS, start=10)),
    ],
    misses=[
        page(*_denied(FEW_POSTS - 1)),
        page(*_denied(FEW_POSTS, "can_comment")),
        page(*_denied(FEW_POSTS), COMMENT),  # others comment where our token may not
    ],
)
def token_may_not_comment(case: Case) -> Evidence | None:
    """Sees that our token may not comment. It may be ours alone that may not: no proof of a closed wall."""
    posts = [] if NETWORKS[case.wall.account.network].reply_settings else denied(case.wall)
    return {"posts": len(posts), "post": posts[0].native_id} if posts else None


@rule(
    "WAL015",
    weight=1.0,
    message="The account is protected: only followers that it lets in see its posts and may reply.",
    hits=[wall_of([], gaps=(Gap(stream=None, reason="protected"),))],
    misses=[wall_of([], gaps=(Gap(stream=None, reason="suspended"),))],
)
def protected_account(case: Case) -> Evidence | None:
    """Sees the network's word that the account is protected."""
    for gap in case.wall.gaps:
        if gap.reason == "protected":
            return {"source": "profile", **({"seen": iso(gap.noticed_at)} if gap.noticed_at else {})}
    return None


@rule(
    "WAL016",
    weight=0.0,
    message="Of {unclear} of {posts} posts it is not told who may reply ({words}).",
    hits=[[own("God morgen!", reply_setting="other")], [own("God morgen!")]],
    misses=[[own("God morgen!", reply_setting="everyone")], page(own("God morgen!"))],
)
def reply_setting_unclear(case: Case) -> Evidence | None:
    """Sees posts without a reply setting where each has one, or with a word that is new. They count neither as open nor as restricted."""
    if not NETWORKS[case.wall.account.network].reply_settings:
        return None
    told = _settings_told(case)
    unclear = {word: n for word, n in told.items() if state_of(word) is None}
    if not unclear:
        return None
    words = ", ".join(sorted(word[:40] for word in unclear))
    return {"unclear": sum(unclear.values()), "posts": told.total(), "words": words}


@rule(
    "WAL017",
    weight=0.0,
    message="Open, and quiet: no visitor's reply to the agency's own posts of the last 90 days was seen.",
    hits=[wall_of([own("Hei", reply_setting="everyone")], read=READ)],
    misses=[
        wall_of([own("Hei", reply_setting="everyone")]),  # mentions have not been read
        wall_of([own("Hei", reply_setting="everyone"), COMMENT], read=READ),
    ],
)
def open_and_unused(case: Case) -> Evidence | None:
    """Sees that everyone may reply and nobody did. Replies of people who block us, or are protected, cannot be seen."""
    wall = case.wall
    replies = Stream.COMMENTS if NETWORKS[wall.account.network].counts_direct_replies else Stream.MENTIONS
    read = replies in wall.read and not any(g.stream in {None, replies} for g in wall.gaps)
    if (
        not NETWORKS[wall.account.network].reply_settings
        or not read
        or case.history.label(wall.as_of) != "open"
    ):
        return None
    return None if any(p.created_at >= case.since for p in case.comments) else {}


@rule(
    "WAL018",
    weight=0.0,
    message="{hidden} visitors' comments are hidden by the agency.",
    hits=[page(OURS, replace(COMMENT, hidden=True))],
    misses=[page(OURS, replace(COMMENT, hidden=False)), page(OURS, COMMENT)],
)
def hidden_comments(case: Case) -> Evidence | None:
    """Sees comments hidden by moderation: on Facebook only the Page's own token shows them, on Bluesky they are public."""
    hidden = hidden_and_shown(case)["hidden"]
    return {"hidden": hidden} if hidden else None


@rule(
    "WAL019",
    weight=0.0,
    message="A blind spot: {network} counts {counted} comments on the posts of the last 90 days and shows us {shown}. The"
    " others may be hidden by the agency, deleted, or not for us to see.",
    hits=[page(replace(OURS, counts={"reply": 3}), COMMENT)],
    misses=[page(replace(OURS, counts={"reply": 1}), COMMENT), page(OURS, COMMENT)],
)
def more_counted_than_shown(case: Case) -> Evidence | None:
    """Sees that the network counts more comments than it lets us read."""
    found = hidden_and_shown(case)
    if found["counted"] <= found["shown"]:
        return None
    network = NETWORKS[case.wall.account.network].title_today
    return {"network": network, "counted": found["counted"], "shown": found["shown"]}


@rule(
    "WAL023",
    weight=1.0,
    message="Nobody may reply to {closed} of {posts} posts, the newest of {day}.",
    hits=[[own("God morgen!", reply_setting="nobody")]],
    misses=[[own("God morgen!", reply_setting="everyone")], [own("God morgen!", reply_setting="following")]],
)
def reply_setting_nobody(case: Case) -> Evidence | None:
    """Sees posts to which nobody may reply, by their public setting: this proves from outside that a wall is closed."""
    return _with_state(case, "closed")


@rule(
    "WAL024",
    weight=1.0,
    message="Replies to {moderated} of {posts} posts wait for approval, the newest of {day}.",
    hits=[[own("God morgen!", reply_setting="approval")]],
    misses=[[own("God morgen!", reply_setting="everyone")], [own("God morgen!", reply_setting="nobody")]],
)
def reply_setting_approval(case: Case) -> Evidence | None:
    """Sees posts to which everyone may reply, but where only replies that the agency approves appear."""
    return _with_state(case, "moderated")


def _with_state(case: Case, state: str) -> Evidence | None:
    found = [p for p in case.recent if state_of(reply_setting(p)) == state]
    if not found:
        return None
    newest = found[-1]
    return {state: len(found), "posts": len(case.recent), "post": newest.native_id, "day": day(newest)}


RULES: tuple[Rule[Any], ...] = (
    visitor_comment_seen,
    reply_setting_everyone,
    reply_setting_restricted,
    token_may_not_comment,
    protected_account,
    reply_setting_unclear,
    open_and_unused,
    hidden_comments,
    more_counted_than_shown,
    *signs_of_people("commenting", codes=("WAL020", "WAL021", "WAL022")),
    reply_setting_nobody,
    reply_setting_approval,
)


def shares(case: Case) -> dict[str, object]:
    """Count what is behind the label: each reply setting where posts have one, else how many posts were commented on."""
    posts = case.recent
    if NETWORKS[case.wall.account.network].reply_settings:
        told = Counter(reply_setting(p)[:40] for p in posts)
        return {"posts": len(posts), "reply_settings": dict(sorted(told.items()))}
    commented = {p.thread for p in case.comments}
    token = Counter(p.reply_setting for p in posts if p.reply_setting in TOKENS_OWN)
    return {
        "posts": len(posts),
        "commented": sum(p.native_id in commented for p in posts),
        "token_may": token["can_comment"],
        "token_may_not": token["cannot_comment"],
    }
