"""`wall.posting` and `wall.commenting`: what each combination of evidence proves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from soma_audit.classify.rule import own, visitor, wall_of
from soma_audit.classify.wall import COMMENTING, FEW_POSTS, POSTING
from soma_audit.model import About, Account, Gap, Kind, Stream

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from soma_audit.model import Post, Wall

FACEBOOK = Account(agency="eksempeletaten", network="facebook", handle="eksempeletat")
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = 24 * 60
POSTED = visitor("Hvem svarer på e-post?", 1)
"""A visitor's own post, on Monday."""
NOT_SUPPORTED = Gap(stream=Stream.VISITOR_POSTS, reason="not_supported")
OPEN, CLOSED = {"USERS_CAN_POST": True}, {"USERS_CAN_POST": False}
REVIEWED = {"USERS_CAN_POST": True, "REVIEW_POSTS_BY_OTHER": True}


def seen(settings: Mapping[str, object], *, days: float) -> About:
    """The Page's settings, as seen so many days after Monday."""
    return About(seen_at=MONDAY + timedelta(days=days), source="settings", facts={"settings": settings})


def page(*posts: Post, days: float = 30, **more: Any) -> Wall:
    return wall_of(posts, days=days, account=FACEBOOK, **more)


def posting(wall: Wall) -> str:
    (verdict,) = POSTING.judge(wall)
    return verdict.label


def commenting(wall: Wall) -> str:
    (verdict,) = COMMENTING.judge(wall)
    return verdict.label


# --- may a visitor post? ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wall", "label"),
    [
        pytest.param(page(), "unknown", id="nothing is known"),
        pytest.param(page(own("Hei")), "unknown", id="nobody has posted: that says nothing"),
        pytest.param(page(POSTED), "open", id="a visitor has posted"),
        pytest.param(page(POSTED, days=90), "open", id="90 days ago"),
        pytest.param(page(POSTED, days=90.01), "unknown", id="longer ago"),
        pytest.param(page(visitor("Bra!", 2, under=1), own("Hei")), "unknown", id="a comment is no post"),
        pytest.param(page(visitor("Bra!", kind=Kind.SHARE)), "unknown", id="nor is a share"),
        pytest.param(page(visitor("Bra!", by_agency=None)), "unknown", id="nor what may be the agency's"),
        pytest.param(page(about=(seen(OPEN, days=1),)), "open", id="the settings say so"),
        pytest.param(page(about=(seen(CLOSED, days=1),)), "closed", id="the settings say no"),
        pytest.param(
            page(about=(seen(REVIEWED, days=1),)), "moderated", id="the settings say: reviewed first"
        ),
        pytest.param(
            page(about=(seen({**REVIEWED, **CLOSED}, days=1),)),
            "closed",
            id="review does not matter where nobody may post",
        ),
        pytest.param(
            page(about=(seen({"USERS_CAN_MESSAGE": True}, days=1),)), "unknown", id="other settings"
        ),
        pytest.param(
            page(about=(seen({"USERS_CAN_POST": None}, days=1),)), "unknown", id="a setting without a value"
        ),
        pytest.param(
            page(about=(seen({"USERS_CAN_POST": "false"}, days=1),)),
            "unknown",
            id="a setting of the wrong kind",
        ),
        pytest.param(
            page(about=(About(seen_at=MONDAY, source="profile", facts={"name": "E"}),)),
            "unknown",
            id="other facts",
        ),
        pytest.param(page(about=(seen(CLOSED, days=1), seen(OPEN, days=2))), "open", id="opened since"),
        pytest.param(page(about=(seen(OPEN, days=1), seen(CLOSED, days=2))), "closed", id="closed since"),
        pytest.param(
            page(POSTED, about=(seen(CLOSED, days=1),)), "closed", id="closed after a visitor's last post"
        ),
        pytest.param(
            page(POSTED, about=(seen(CLOSED, days=-1),)), "open", id="a visitor posted after it was closed"
        ),
        pytest.param(
            page(POSTED, about=(seen(REVIEWED, days=1),)),
            "moderated",
            id="a visitor's post that passed review",
        ),
        pytest.param(page(POSTED, about=(seen(OPEN, days=1),)), "open", id="both say so"),
        pytest.param(page(gaps=(NOT_SUPPORTED,)), "not_supported", id="Facebook does not offer it here"),
        pytest.param(
            page(gaps=(Gap(stream=Stream.VISITOR_POSTS, reason="permission"),)),
            "unknown",
            id="a refusal for lack of permission",
        ),
        pytest.param(
            page(POSTED, gaps=(NOT_SUPPORTED,)),
            "open",
            id="a visitor's post that was seen proves more than a refusal",
        ),
        pytest.param(
            page(gaps=(NOT_SUPPORTED,), about=(seen(CLOSED, days=1),)), "closed", id="and so do settings"
        ),
        pytest.param(wall_of([own("Hei")]), "not_supported", id="X has no such wall"),
        pytest.param(
            wall_of([visitor("@eksempeletat hei")]), "not_supported", id="even where it is mentioned"
        ),
    ],
)
def test_may_a_visitor_post(wall: Wall, label: str) -> None:
    assert posting(wall) == label


# --- may a visitor comment? ---------------------------------------------------------------------------------------


def replies(*settings: str | None) -> Wall:
    """The agency's posts on X, with who may reply to each."""
    return wall_of([own("God morgen!", n, at=n, reply_setting=s) for n, s in enumerate(settings, 1)])


@pytest.mark.parametrize(
    ("settings", "label"),
    [
        ([], "unknown"),
        (["everyone"], "open"),
        (["Everyone"], "open"),
        (["following"], "restricted"),
        (["mentionedUsers"], "restricted"),
        (["mentioned_users"], "restricted"),
        (["subscribers"], "restricted"),
        (["verified"], "restricted"),
        (["other"], "unknown"),
        (["a_new_value"], "unknown"),
        ([None], "unknown"),
        (["everyone", None], "open"),
        (["everyone", "other"], "open"),
        (["everyone", "following"], "restricted"),
        ([None, "following"], "restricted"),
    ],
)
def test_x_says_who_may_reply(settings: Sequence[str | None], label: str) -> None:
    assert commenting(replies(*settings)) == label


def test_the_counts_behind_a_label_are_kept() -> None:
    (verdict,) = COMMENTING.judge(replies("everyone", "everyone", "following", None))
    assert dict(verdict.value) == {"open": 2, "restricted": 1, "posts": 4}


COMMENT = visitor("Bra!", 2, at=5, under=1)
OURS = own("Høringen er åpen", 1)
TOKEN_DENIED = [own("Nytt møte", n, at=n, reply_setting="cannot_comment") for n in range(1, FEW_POSTS + 1)]


@pytest.mark.parametrize(
    ("wall", "label"),
    [
        pytest.param(page(OURS), "unknown", id="no comments: that says nothing"),
        pytest.param(page(OURS, COMMENT), "open", id="a visitor's comment"),
        pytest.param(page(OURS, COMMENT, days=90), "open", id="nearly 90 days ago"),
        pytest.param(page(OURS, COMMENT, days=91), "unknown", id="longer ago"),
        pytest.param(page(visitor("Hei", 1), COMMENT), "unknown", id="a comment under a visitor's post"),
        pytest.param(
            page(OURS, own("Fristen er fredag", 2, at=5, under=1)), "unknown", id="the agency's own comment"
        ),
        pytest.param(
            page(OURS, visitor("Bra!", 2, under=1, by_agency=None)), "unknown", id="perhaps the agency's own"
        ),
        pytest.param(page(*TOKEN_DENIED), "unknown", id="our token may not: a weak sign, no proof"),
        pytest.param(page(own("Hei", reply_setting="can_comment")), "unknown", id="our token may: no proof"),
        pytest.param(page(own("Hei", reply_setting="everyone")), "unknown", id="X's word on another network"),
        pytest.param(wall_of([OURS, COMMENT]), "open", id="on X, a reply proves it for that post"),
        pytest.param(
            wall_of([own("Hei", 1, reply_setting="following"), COMMENT]),
            "restricted",
            id="a reply by one of the few",
        ),
        pytest.param(
            wall_of([own("Hei", 1, reply_setting="everyone"), own("Hei", 3, at=91 * DAY)], days=92),
            "unknown",
            id="a setting of 90 days ago",
        ),
    ],
)
def test_may_a_visitor_comment(wall: Wall, label: str) -> None:
    assert commenting(wall) == label


def test_a_token_that_may_not_comment_is_told_as_a_weak_sign() -> None:
    (verdict,) = COMMENTING.judge(page(*TOKEN_DENIED))
    assert [(f.rule, f.evidence) for f in verdict.findings] == [("WAL014", {"posts": FEW_POSTS})]


def test_a_visitor_s_comment_outweighs_a_token_that_may_not() -> None:
    (verdict,) = COMMENTING.judge(page(*TOKEN_DENIED, visitor("Bra!", 99, at=99, under=1)))
    assert [f.rule for f in verdict.findings] == ["WAL011"]


def test_the_two_walls_are_judged_apart() -> None:
    wall = page(OURS, COMMENT, about=(seen(CLOSED, days=1),))
    assert (posting(wall), commenting(wall)) == ("closed", "open")
