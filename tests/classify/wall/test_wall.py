"""`wall.posting`, `wall.commenting`, `wall.messaging`: what each combination of evidence proves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from soma_audit.classify.rule import own, visitor, wall_of
from soma_audit.classify.wall import COMMENTING, MESSAGING, POSTING
from soma_audit.classify.wall.sightings import FEW_POSTS
from soma_audit.model import About, Account, Gap, Kind, Look, SignedIn, Stream, TokenKind

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


def look(
    question: str, seen: str, *, days: float, signed_in: SignedIn = SignedIn.ORDINARY_ACCOUNT, who: str = "NN"
) -> Look:
    """What a person saw so many days after Monday."""
    return Look(
        question=question,
        seen=seen,
        observed_at=MONDAY + timedelta(days=days),
        observer=who,
        signed_in=signed_in,
    )


def posting(wall: Wall) -> str:
    (verdict,) = POSTING.judge(wall)
    return verdict.label


def commenting(wall: Wall) -> str:
    (verdict,) = COMMENTING.judge(wall)
    return verdict.label


def messaging(wall: Wall) -> str:
    (verdict,) = MESSAGING.judge(wall)
    return verdict.label


# --- every combination of evidence -------------------------------------------------------------------------------

SETTINGS = {
    "none": None,
    "silent": {"USERS_CAN_MESSAGE": True},
    "open": OPEN,
    "reviewed": REVIEWED,
    "closed": CLOSED,
}
"""The Page's settings, as they were each night from the 5th to the 25th day; `silent` do not tell of posting."""
VISITOR = {"none": None, "before": 1, "during": 10, "after": 28}
"""The day of a visitor's post: before, between or after the looks at the settings."""
LOOKS = ("-", "open before", "closed before", "open during", "closed during", "open after", "closed after")
"""What a person saw, before the settings were first read, in between (after the visitor's post), or at last."""
LOOK_DAYS = {"before": 2, "during": 15, "after": 29}
MATRIX = """
settings visitor | -         | open before | closed before | open during | closed during | open after | closed after
none     none    | unknown   | open        | closed        | open        | closed        | open       | closed
none     before  | open      | open        | closed        | open        | closed        | open       | closed
none     during  | open      | open        | open          | open        | closed        | open       | closed
none     after   | open      | open        | open          | open        | open          | open       | closed
silent   none    | unknown   | open        | closed        | open        | closed        | open       | closed
silent   before  | open      | open        | closed        | open        | closed        | open       | closed
silent   during  | open      | open        | open          | open        | closed        | open       | closed
silent   after   | open      | open        | open          | open        | open          | open       | closed
open     none    | open      | open        | open          | open        | unknown       | open       | closed
open     before  | open      | open        | open          | open        | unknown       | open       | closed
open     during  | open      | open        | open          | open        | unknown       | open       | closed
open     after   | open      | open        | open          | open        | open          | open       | closed
reviewed none    | moderated | moderated   | moderated     | moderated   | unknown       | moderated  | closed
reviewed before  | moderated | moderated   | moderated     | moderated   | unknown       | moderated  | closed
reviewed during  | moderated | moderated   | moderated     | moderated   | unknown       | moderated  | closed
reviewed after   | moderated | moderated   | moderated     | moderated   | moderated     | moderated  | closed
closed   none    | closed    | closed      | closed        | unknown     | closed        | open       | closed
closed   before  | closed    | closed      | closed        | unknown     | closed        | open       | closed
closed   during  | unknown   | unknown     | unknown       | unknown     | closed        | open       | closed
closed   after   | open      | open        | open          | open        | open          | open       | closed
"""
"""`unknown` beside settings: they say one thing before and after, and somebody's words or eyes another in between."""


def evidence(settings: str, visitor_post: str, looked: str, *, gap: bool = False) -> Wall:
    """The wall on the 30th day, with this evidence."""
    said, posted = SETTINGS[settings], VISITOR[visitor_post]
    first, last = (MONDAY + timedelta(days=d) for d in (5, 25))
    about = () if said is None else (replace(seen(said, days=25), first_seen_at=first, seen_at=last),)
    posts = [] if posted is None else [visitor("Hvem svarer?", at=posted * DAY)]
    state, _, when = looked.partition(" ")
    looks = (look("posting", state, days=LOOK_DAYS[when]),) if when else ()
    return page(*posts, about=about, looks=looks, gaps=(NOT_SUPPORTED,) if gap else ())


def matrix() -> Mapping[tuple[str, str, str], str]:
    head, *lines = MATRIX.strip().splitlines()
    columns = [cell.strip() for cell in head.split("|")[1:]]
    assert columns == list(LOOKS)
    rows = {tuple(line.split("|")[0].split()): line.split("|")[1:] for line in lines}
    return {
        (settings, posted, looked): cell.strip()
        for (settings, posted), cells in rows.items()
        for looked, cell in zip(columns, cells, strict=True)
    }


def test_the_table_has_every_combination() -> None:
    assert set(matrix()) == set(product(SETTINGS, VISITOR, LOOKS))


@pytest.mark.parametrize(
    ("case", "label"), matrix().items(), ids=lambda v: "-".join(v) if len(v) == 3 else ""
)
def test_what_settings_a_visitor_s_post_and_a_look_prove_together(
    case: tuple[str, str, str], label: str
) -> None:
    assert posting(evidence(*case)) == label


@pytest.mark.parametrize(
    ("case", "label"), matrix().items(), ids=lambda v: "-".join(v) if len(v) == 3 else ""
)
def test_that_facebook_offers_no_such_wall_counts_only_where_nothing_else_is_seen(
    case: tuple[str, str, str], label: str
) -> None:
    nothing = label == "unknown" and case[0] in {"none", "silent"}
    assert posting(evidence(*case, gap=True)) == ("not_supported" if nothing else label)


@pytest.mark.parametrize(
    ("case", "label"), matrix().items(), ids=lambda v: "-".join(v) if len(v) == 3 else ""
)
def test_a_contradiction_is_told_wherever_it_makes_a_wall_unknown(
    case: tuple[str, str, str], label: str
) -> None:
    (verdict,) = POSTING.judge(evidence(*case))
    contradicted = "WAL010" in {f.rule for f in verdict.findings}
    assert contradicted == (label == "unknown" and case[0] not in {"none", "silent"})


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
        pytest.param(
            page(about=(seen(CLOSED, days=1),), days=91.1), "unknown", id="settings of more than 90 days ago"
        ),
        pytest.param(page(POSTED, days=100, gaps=(NOT_SUPPORTED,)), "not_supported", id="no longer offered"),
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


def test_each_reply_setting_is_counted_also_one_that_is_new_or_missing() -> None:
    words = ("everyone", "Everyone", "following", "mentioned_users", None, "other", "friends_of_friends")
    (verdict,) = COMMENTING.judge(replies(*words))
    assert verdict.value["posts"] == 7
    assert verdict.value["reply_settings"] == {
        "everyone": 2,
        "following": 1,
        "friends_of_friends": 1,
        "mentionedUsers": 1,
        "missing": 1,
        "other": 1,
    }
    sentences = {f.rule: f.evidence for f in verdict.findings}
    assert sentences["WAL016"] == {"unclear": 3, "posts": 7, "words": "friends_of_friends, missing, other"}


def test_a_protected_account_lets_only_its_followers_reply() -> None:
    protected = Gap(stream=None, reason="protected", noticed_at=MONDAY)
    wall = wall_of([own("Hei", reply_setting="everyone", at=-DAY)], gaps=(protected,))
    (verdict,) = COMMENTING.judge(wall)
    assert verdict.label == "restricted"
    assert verdict.value["spans"] == [
        {"label": "open", "first": "2026-03-01T09:00:00Z", "last": "2026-03-01T09:00:00Z"},
        {"label": "restricted", "first": "2026-03-02T09:00:00Z"},
    ]


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
        pytest.param(
            page(
                OURS,
                COMMENT,
                *(
                    own("Nytt møte", 90 + n, at=9 + n, reply_setting="cannot_comment")
                    for n in range(FEW_POSTS)
                ),
            ),
            "unknown",
            id="since the last comment our token may not, and nobody did",
        ),
        pytest.param(
            page(OURS, looks=(look("commenting", "closed", days=3),)), "closed", id="a person has seen it"
        ),
        pytest.param(
            page(OURS, COMMENT, looks=(look("commenting", "closed", days=3),)),
            "closed",
            id="closed after the last comment",
        ),
        pytest.param(
            page(OURS, COMMENT, looks=(look("commenting", "closed", days=-3),)),
            "open",
            id="commented on after it was closed",
        ),
        pytest.param(
            page(OURS, COMMENT, looks=(look("commenting", "restricted", days=-3),)),
            "restricted",
            id="a comment by one of the few",
        ),
        pytest.param(
            page(OURS, COMMENT, looks=(look("posting", "closed", days=3),)),
            "open",
            id="a look at the other wall",
        ),
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
    assert [(f.rule, f.evidence) for f in verdict.findings] == [("WAL014", {"posts": FEW_POSTS, "post": "1"})]


def test_a_visitor_s_comment_outweighs_a_token_that_may_not() -> None:
    (verdict,) = COMMENTING.judge(page(*TOKEN_DENIED, visitor("Bra!", 99, at=99, under=1)))
    assert [f.rule for f in verdict.findings] == ["WAL011"]


def test_the_two_walls_are_judged_apart() -> None:
    wall = page(OURS, COMMENT, about=(seen(CLOSED, days=1),))
    assert (posting(wall), commenting(wall)) == ("closed", "open")


# --- looks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seen_then", ["open", "moderated", "restricted", "closed", "unclear"])
@pytest.mark.parametrize("signed_in", SignedIn)
@pytest.mark.parametrize("question", ["posting", "commenting", "messaging"])
def test_what_a_look_proves_hangs_on_who_looked(question: str, signed_in: SignedIn, seen_then: str) -> None:
    wall = page(looks=(look(question, seen_then, days=3, signed_in=signed_in),))
    judged = {"posting": POSTING, "commenting": COMMENTING, "messaging": MESSAGING}
    labels = {name: next(iter(classifier.judge(wall))).label for name, classifier in judged.items()}
    proven = seen_then != "unclear" and (
        signed_in is SignedIn.ORDINARY_ACCOUNT or (signed_in is SignedIn.NO and seen_then == "open")
    )
    assert labels == dict.fromkeys(judged, "unknown") | {question: seen_then if proven else "unknown"}


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (look("posting", "closed", days=-61), "it is more than 90 days old"),
        (look("posting", "unclear", days=1), "it was unclear to whoever looked"),
        (
            look("posting", "closed", days=1, signed_in=SignedIn.PAGE_TEAM),
            "the Page's own team may always write",
        ),
        (look("posting", "closed", days=1, signed_in=SignedIn.NO), "who is not signed in may write nowhere"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_look_that_proves_nothing_is_told_with_the_reason(made: Look, why: str) -> None:
    (verdict,) = POSTING.judge(page(looks=(made,)))
    assert [(f.rule, f.evidence["why"]) for f in verdict.findings] == [("WAL009", why)]


@pytest.mark.parametrize(("days", "label"), [(90, "closed"), (90.01, "unknown")])
def test_a_look_grows_stale(days: float, label: str) -> None:
    assert posting(page(looks=(look("posting", "closed", days=0),), days=days)) == label


def test_a_look_after_the_time_of_judging_does_not_count_yet() -> None:
    assert posting(page(looks=(look("posting", "closed", days=31),), days=30)) == "unknown"


def test_two_people_who_saw_different_things_at_the_same_moment_contradict_each_other() -> None:
    looks = (look("posting", "closed", days=1, who="NN"), look("posting", "open", days=1, who="MM"))
    (verdict,) = POSTING.judge(page(looks=looks))
    assert (verdict.label, "WAL010" in {f.rule for f in verdict.findings}) == ("unknown", True)


# --- messages, and what nobody uses or sees --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wall", "label"),
    [
        (page(), "unknown"),
        (page(about=(seen({"USERS_CAN_MESSAGE": True}, days=1),)), "open"),
        (page(about=(seen({"USERS_CAN_MESSAGE": False}, days=1),)), "closed"),
        (page(about=(seen({"USERS_CAN_MESSAGE": None}, days=1),)), "unknown"),
        (page(about=(seen(OPEN, days=1),)), "unknown"),
        (wall_of([own("Hei")]), "unknown"),
    ],
    ids=[
        "nothing known",
        "the settings say yes",
        "they say no",
        "no value",
        "other settings",
        "X does not tell",
    ],
)
def test_may_a_visitor_write_a_message(wall: Wall, label: str) -> None:
    assert messaging(wall) == label


def fired(classifier: Any, wall: Wall) -> set[str]:
    (verdict,) = classifier.judge(wall)
    return {f.rule for f in verdict.findings}


@pytest.mark.parametrize(
    ("wall", "quiet"),
    [
        (page(about=(seen(OPEN, days=1),), read=frozenset({Stream.VISITOR_POSTS})), True),
        (page(about=(seen(OPEN, days=1),)), False),
        (page(about=(seen(CLOSED, days=1),), read=frozenset({Stream.VISITOR_POSTS})), False),
        (page(POSTED, about=(seen(OPEN, days=1),), read=frozenset({Stream.VISITOR_POSTS})), False),
        (
            page(
                about=(seen(OPEN, days=1),),
                read=frozenset({Stream.VISITOR_POSTS}),
                gaps=(Gap(stream=Stream.VISITOR_POSTS, reason="unreachable"),),
            ),
            False,
        ),
    ],
    ids=["nobody posts", "not read", "closed", "somebody posts", "last night it could not be read"],
)
def test_an_open_wall_that_nobody_uses_is_called_quiet_only_if_it_was_read(
    wall: Wall, *, quiet: bool
) -> None:
    assert ("WAL007" in fired(POSTING, wall)) == quiet


@pytest.mark.parametrize(
    ("counted", "hidden", "rules"),
    [
        (1, None, {"WAL011"}),
        (1, False, {"WAL011"}),
        (1, True, {"WAL011", "WAL018"}),
        (4, None, {"WAL011", "WAL019"}),
        (4, True, {"WAL011", "WAL018", "WAL019"}),
    ],
)
def test_hidden_comments_are_counted_inside_and_a_blind_spot_outside(
    counted: int, *, hidden: bool | None, rules: set[str]
) -> None:
    wall = page(replace(OURS, counts={"reply": counted}), replace(COMMENT, hidden=hidden))
    assert fired(COMMENTING, wall) == rules


# --- where it was seen, and since when -------------------------------------------------------------------------


def test_evidence_from_settings_says_where_by_whose_token_and_when() -> None:
    said = replace(
        seen(CLOSED, days=1),
        endpoint="https://graph.example/v26.0/100/settings",
        token_kind=TokenKind.PAGE,
        api_version="v26.0",
    )
    (verdict,) = POSTING.judge(page(about=(said,)))
    (finding,) = verdict.findings
    assert finding.evidence == {
        "seen": "2026-03-03T09:00:00Z",
        "source": "settings",
        "endpoint": "https://graph.example/v26.0/100/settings",
        "token": "page",
        "api_version": "v26.0",
    }


def test_evidence_from_posts_names_the_post_by_which_the_rest_is_found() -> None:
    (verdict,) = POSTING.judge(page(POSTED))
    assert [f.evidence["post"] for f in verdict.findings] == ["1"]


def test_evidence_from_a_look_names_who_looked_and_the_file() -> None:
    made = replace(look("posting", "closed", days=1), file="wall.png", sha256="ab")
    (verdict,) = POSTING.judge(page(looks=(made,)))
    assert verdict.findings[0].evidence == {
        "seen": "2026-03-03T09:00:00Z",
        "source": "look",
        "what": "closed",
        "observer": "NN",
        "signed_in": "ordinary-account",
        "file": "wall.png",
        "sha256": "ab",
    }


def test_a_wall_s_history_stands_beside_its_label() -> None:
    about = (seen(OPEN, days=1), replace(seen(CLOSED, days=9), first_seen_at=MONDAY + timedelta(days=5)))
    (verdict,) = POSTING.judge(page(POSTED, about=about))
    assert verdict.value == {
        "spans": [
            {"label": "open", "first": "2026-03-02T09:00:00Z", "last": "2026-03-03T09:00:00Z"},
            {"label": "closed", "first": "2026-03-07T09:00:00Z"},
        ]
    }


def test_another_night_without_news_changes_nothing_in_the_value() -> None:
    values = [
        next(
            iter(
                POSTING.judge(
                    page(POSTED, about=(replace(seen(OPEN, days=n), first_seen_at=MONDAY),), days=30)
                )
            )
        ).value
        for n in (10, 11)
    ]
    assert values[0] == values[1]
