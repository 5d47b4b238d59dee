"""`life`: what each combination of last words, silence, register and network proves of an account."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soma_audit.classify.life import LIFE
from soma_audit.classify.life.examples import DAY, READ, SEEN, WROTE, account
from soma_audit.classify.rule import own, visitor
from soma_audit.labels import GAP_REASONS, LABELS
from soma_audit.model import About, Gap, Kind, Stream
from soma_audit.silence_limits import SilenceLimits

if TYPE_CHECKING:
    from soma_audit.model import Post, Verdict, Wall

MONDAY = WROTE.created_at
LEAVING = own("Vi forlater X.", 5)
LEAVING_FOR = own("Vi forlater X. Følg oss på https://bsky.app/profile/etat.example", 5)
GIVEN_UP = own("Denne kontoen er ikke lenger i bruk.", 5)
INVITING = own("Følg oss heller på https://bsky.app/profile/etat.example", 5)
THANKS = own("Takk for følget!", 6, at=3 * DAY)
AGAIN = own("Ny rapport er klar.", 7, at=20 * DAY)
ENDED: dict[str, Any] = {"valid_to": date(2026, 3, 10)}
WHY: dict[str, Any] = {**ENDED, "closing_reason": "Vi rekker ikke å svare."}
ELSEWHERE: dict[str, Any] = {**ENDED, "alternative_channel": "https://bsky.app/profile/etat.example"}
MOVED = Gap(stream=Stream.PROFILE, reason="moved", noticed_at=SEEN)
UNREAD = frozenset({Stream.FILE})
OLD: dict[str, Any] = {"network": "mastodon", "handle": "etat@social.example"}


def opened(day: str) -> About:
    return About(seen_at=SEEN, source="profile", facts={"opened": day})


def judged(wall: Wall) -> Verdict:
    (verdict,) = LIFE.judge(wall)
    assert verdict.post is None
    return verdict


def life(wall: Wall) -> str:
    return judged(wall).label


# --- every label ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wall", "label"),
    [
        # silence
        pytest.param(account(WROTE, days=89), "active", id="wrote lately"),
        pytest.param(account(WROTE, days=90), "quiet", id="90 days"),
        pytest.param(account(WROTE, days=364), "quiet", id="364 days"),
        pytest.param(account(WROTE, days=365), "dormant", id="365 days"),
        pytest.param(account(own("Andres ord", kind=Kind.SHARE)), "active", id="a share is a sign of life"),
        pytest.param(account(own("I dag.", under=9)), "active", id="so is a reply"),
        pytest.param(account(replace(WROTE, text=None)), "active", id="so is a post that is gone by now"),
        pytest.param(account(WROTE, visitor("Hallo?", 2, at=90 * DAY), days=100), "quiet", id="visitors do not count"),
        pytest.param(account(WROTE, replace(visitor("Hm", 2, at=90 * DAY), by_agency=None), days=100), "quiet", id="nor does nobody"),
        pytest.param(account(days=400), "dormant", id="read to the end, and empty"),
        pytest.param(account(about=(opened("2026-03-20"),)), "quiet", id="new, and empty"),
        pytest.param(account(about=(opened("2025-03-20"),), days=400), "dormant", id="old, and empty"),
        pytest.param(account(about=(opened("no day"),)), "dormant", id="opened on a day that cannot be read"),
        # could not be looked at
        pytest.param(account(WROTE, days=100, read=frozenset()), "unknown", id="never read to the end"),
        pytest.param(account(WROTE, days=100, read=UNREAD), "unknown", id="a file vouches for nothing newer than its own"),
        pytest.param(account(WROTE, read=UNREAD), "active", id="though for what stands in it"),
        pytest.param(account(WROTE, days=100, says="unreachable"), "unknown", id="unreachable"),
        pytest.param(account(WROTE, says="unreachable"), "active", id="unreachable, and wrote lately"),
        pytest.param(account(WROTE, days=100, says="protected"), "unknown", id="protected"),
        pytest.param(account(read=frozenset()), "unknown", id="nothing known"),
        pytest.param(account(WROTE, says="not_found", network="facebook"), "unknown", id="Facebook may only hide it"),
        pytest.param(account(says="not_found", network="facebook", seen=False), "unknown", id="so it may be there"),
        pytest.param(account(says="deactivated", seen=False), "unknown", id="deactivated before it was seen"),
        pytest.param(
            account(WROTE, days=100, gaps=(Gap(stream=Stream.TIMELINE, reason="cap"),)), "quiet", id="only older posts are missing"
        ),
        pytest.param(
            account(gaps=(Gap(stream=Stream.TIMELINE, reason="history", until=MONDAY),)), "unknown", id="read for 30 days only"
        ),
        pytest.param(
            account(gaps=(Gap(stream=Stream.TIMELINE, reason="history", until=MONDAY),), days=91), "quiet", id="read for 91 days"
        ),
        pytest.param(
            account(WROTE, days=100, gaps=(Gap(stream=Stream.MENTIONS, reason="permission"),)), "quiet", id="visitors unread"
        ),
        pytest.param(
            replace(account(WROTE, days=100), timeline_read_at=MONDAY + timedelta(days=95)), "quiet", id="read last week"
        ),
        pytest.param(
            replace(account(WROTE, days=100), timeline_read_at=MONDAY + timedelta(days=50)), "unknown", id="not read since"
        ),
        pytest.param(
            replace(account(WROTE, days=300), timeline_read_at=MONDAY + timedelta(days=100)), "unknown", id="read long ago"
        ),
        # its own words
        pytest.param(account(LEAVING), "active", id="a farewell alone is a sign of life"),
        pytest.param(account(LEAVING, days=100), "closed_with_notice", id="a farewell, then silence"),
        pytest.param(account(LEAVING, days=900), "closed_with_notice", id="a farewell, then long silence"),
        pytest.param(account(GIVEN_UP, THANKS, days=100), "closed_with_notice", id="thanks may follow"),
        pytest.param(account(LEAVING, AGAIN), "active", id="it writes again after its farewell"),
        pytest.param(account(LEAVING, AGAIN, days=120), "quiet", id="and then falls silent"),
        pytest.param(account(LEAVING, AGAIN, says="deactivated"), "closed", id="and then is deactivated"),
        pytest.param(account(LEAVING, says="deactivated"), "closed_with_notice", id="deactivated after a farewell"),
        pytest.param(account(LEAVING, says="not_found"), "closed_with_notice", id="gone after a farewell"),
        pytest.param(
            account(GIVEN_UP, says="not_found", network="facebook"), "closed_with_notice", id="gone from Facebook after one"
        ),
        pytest.param(account(LEAVING, days=100, read=UNREAD), "unknown", id="a farewell in a file, and nothing read since"),
        pytest.param(account(LEAVING_FOR), "handed_over", id="a farewell that names a successor"),
        pytest.param(account(LEAVING_FOR, THANKS), "active", id="but not while it writes on"),
        pytest.param(account(LEAVING_FOR, THANKS, days=100), "handed_over", id="before it falls silent"),
        pytest.param(
            account(LEAVING, own("Følg @ny_etat.", 6, at=1, thread="5")), "handed_over", id="a farewell in two parts"
        ),
        pytest.param(account(INVITING), "active", id="an invitation alone is no farewell yet"),
        pytest.param(account(INVITING, days=100), "handed_over", id="an invitation, then silence"),
        # the register
        pytest.param(account(WROTE, valid_to=date(2026, 12, 31)), "active", id="its end is to come"),
        pytest.param(account(WROTE, **ENDED), "closed", id="ended by the register"),
        pytest.param(account(WROTE, read=frozenset(), **ENDED), "closed", id="ended, and not read"),
        pytest.param(account(WROTE, **WHY), "closed_with_notice", id="ended, and why"),
        pytest.param(account(LEAVING, **ENDED), "closed_with_notice", id="ended, and a farewell"),
        pytest.param(account(WROTE, **ELSEWHERE), "handed_over", id="ended, and a successor"),
        pytest.param(account(WROTE, AGAIN, **WHY), "active", id="ended, and writes on"),
        pytest.param(account(WROTE, AGAIN, days=120, **WHY), "closed_with_notice", id="ended, and wrote on for a while"),
        pytest.param(account(WROTE, days=100, closing_reason="Ingen svarer."), "quiet", id="a closed wall is no closed account"),
        # the network
        pytest.param(account(WROTE, says="deactivated"), "closed", id="deactivated"),
        pytest.param(account(WROTE, says="unpublished", network="facebook"), "closed", id="unpublished"),
        pytest.param(account(WROTE, says="not_found"), "closed", id="not found any more"),
        pytest.param(account(about=(opened("2010-01-01"),), says="not_found", seen=False), "closed", id="its profile was seen"),
        pytest.param(account(WROTE, says="deactivated", **WHY), "closed_with_notice", id="deactivated, and why"),
        pytest.param(account(WROTE, says="deactivated", **ELSEWHERE), "handed_over", id="deactivated, and a successor"),
        pytest.param(account(says="not_found", seen=False), "never_found", id="not found"),
        pytest.param(account(says="not_found", seen=False, **ENDED), "never_found", id="not found, and ended"),
        pytest.param(account(WROTE, gaps=(MOVED,), **OLD), "handed_over", id="moved"),
        pytest.param(account(WROTE, says="suspended"), "lost", id="suspended"),
        pytest.param(account(says="suspended", seen=False), "lost", id="suspended before it was seen"),
        pytest.param(account(LEAVING_FOR, says="renamed"), "lost", id="somebody else has its name"),
        pytest.param(
            account(
                WROTE,
                gaps=(
                    Gap(stream=None, reason="suspended", noticed_at=MONDAY),
                    Gap(stream=None, reason="deactivated", noticed_at=SEEN),
                ),
            ),
            "closed",
            id="the newer word counts",
        ),
        pytest.param(
            account(WROTE, gaps=(Gap(stream=None, reason="suspended", noticed_at=SEEN),), days=10), "active", id="not yet"
        ),
    ],
)  # fmt: skip
def test_each_combination_has_its_label(wall: Wall, label: str) -> None:
    assert life(wall) == label


def test_every_label_is_given_somewhere_in_the_table() -> None:
    table = test_each_combination_has_its_label.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {case.values[1] for case in table} == {*LABELS["life"]}


# --- what is told beside it -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wall", "value"),
    [
        pytest.param(account(WROTE), {}, id="active"),
        pytest.param(account(), {}, id="never wrote"),
        pytest.param(
            account(WROTE, days=100),
            {"since": "2026-05-31T09:00:00Z"},
            id="quiet, from the 90th day on",
        ),
        pytest.param(account(about=(opened("2026-03-20"),)), {"since": "2026-03-20T00:00:00Z"}, id="empty, since it was opened"),
        pytest.param(
            account(LEAVING, days=100),
            {"since": "2026-03-02T09:00:00Z", "farewell": "5"},
            id="since its farewell",
        ),
        pytest.param(
            account(LEAVING_FOR),
            {
                "since": "2026-03-02T09:00:00Z",
                "successor": "bluesky/etat.example",
                "farewell": "5",
            },
            id="a successor",
        ),
        pytest.param(account(**WHY), {"since": "2026-03-10T23:00:00Z"}, id="since midnight in Oslo, behind its last day"),
        pytest.param(
            account(**ELSEWHERE, says="deactivated"),
            {"since": "2026-03-10T23:00:00Z", "successor": "bluesky/etat.example"},
            id="ended before it was deactivated",
        ),
        pytest.param(account(says="suspended"), {"since": "2026-03-20T06:00:00Z"}, id="since it was first seen so"),
        pytest.param(
            account(gaps=(MOVED,), about=(About(seen_at=SEEN, source="profile", facts={"moved_to": "etat@ny.example"}),), **OLD),
            {"since": "2026-03-20T06:00:00Z", "successor": "mastodon/etat@ny.example"},
            id="moved",
        ),
        pytest.param(
            account(own("Denne kontoen er ikke lenger i bruk, følg @v-0123456789ab.", 5)),
            {"since": "2026-03-02T09:00:00Z", "farewell": "5"},
            id="a successor that is not in the register has no name",
        ),
    ],
)  # fmt: skip
def test_the_value_tells_when_where_and_how(wall: Wall, value: dict[str, object]) -> None:
    assert judged(wall).value == {
        "since": None,
        "successor": None,
        "farewell": None,
        **value,
    }


def test_a_farewell_is_quoted_with_two_hundred_characters_at_most() -> None:
    verdict = judged(account(own("Vi forlater X. " + "Takk! " * 60, 5)))
    (said,) = (f.evidence for f in verdict.findings if f.rule == "LIF019")
    assert (said["post"], len(str(said["quote"]))) == ("5", 200)
    assert str(said["quote"]).startswith("Vi forlater X. Takk!")


def test_two_accounts_that_name_each_other_each_tell_of_their_own_successor_only() -> None:
    there = account(
        own("Vi forlater Bluesky. Følg oss på https://x.com/eksempeletat", 5),
        network="bluesky",
        handle="etat.example",
    )
    told = [(v.label, v.value["successor"]) for v in (judged(account(LEAVING_FOR)), judged(there))]
    assert told == [("handed_over", "bluesky/etat.example"), ("handed_over", "twitter/eksempeletat")]


# --- in time --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wall", "days"),
    [
        pytest.param(account(WROTE), 90, id="active until it is quiet"),
        pytest.param(account(WROTE, days=100), 365, id="quiet until it is dormant"),
        pytest.param(account(WROTE, days=400), None, id="dormant for good"),
        pytest.param(account(WROTE, silence=SilenceLimits(quiet_days=40, dormant_days=50)), 40, id="as it is set"),
        pytest.param(account(LEAVING_FOR), None, id="handed over for good"),
        pytest.param(account(WROTE, read=frozenset()), 90, id="active until nobody knows"),
    ],
)  # fmt: skip
def test_a_verdict_waits_until_its_label_turns_by_itself(wall: Wall, days: int | None) -> None:
    assert judged(wall).waits_until == (days and MONDAY + timedelta(days=days))


def test_a_verdict_waits_for_the_account_s_last_day_to_be_over() -> None:
    last = account(WROTE, valid_to=date(2026, 4, 20))
    assert judged(last).waits_until == datetime(2026, 4, 20, 22, 0, tzinfo=UTC)
    assert life(replace(last, as_of=datetime(2026, 4, 20, 21, 59, tzinfo=UTC))) == "active"
    assert life(replace(last, as_of=datetime(2026, 4, 20, 22, 0, tzinfo=UTC))) == "closed"


def test_the_last_day_that_there_is_never_ends() -> None:
    assert life(account(WROTE, valid_to=date.max)) == "active"


TEXTS = st.sampled_from([WROTE.text, LEAVING.text, LEAVING_FOR.text, INVITING.text, None])
REASONS = st.sampled_from(sorted(GAP_REASONS))


@st.composite
def accounts(draw: st.DrawFn, *, gaps: bool = True) -> Wall:
    posts: list[Post] = []
    for number in range(draw(st.integers(0, 8))):
        write = draw(st.sampled_from([own, own, visitor]))
        kind = draw(st.sampled_from(list(Kind)))
        post = write(
            "", number, at=draw(st.integers(0, 4)) * 10 * DAY, kind=kind, thread=str(draw(st.integers(0, 2)))
        )
        posts.append(replace(post, text=draw(TEXTS)))
    streams = st.sampled_from([None, Stream.PROFILE, Stream.TIMELINE, Stream.MENTIONS])
    met = (
        [Gap(stream=draw(streams), reason=draw(REASONS)) for _ in range(draw(st.integers(0, 2)))]
        if gaps
        else []
    )
    return account(
        *posts,
        gaps=tuple(met),
        days=draw(st.integers(41, 500)),
        read=draw(st.sampled_from([READ, frozenset()])),
        network=draw(st.sampled_from(["twitter", "facebook"])),
        seen=draw(st.booleans()),
        valid_to=draw(st.none() | st.dates(date(2026, 3, 1), date(2027, 9, 1))),
        closing_reason=draw(st.sampled_from([None, "Ingen svarer."])),
    )  # fmt: skip


@given(accounts(), st.randoms())
def test_the_label_never_depends_on_the_order_of_posts_of_the_same_time(wall: Wall, random: Any) -> None:
    posts = list(wall.posts)
    random.shuffle(posts)
    mixed = replace(wall, posts=tuple(sorted(posts, key=lambda p: p.created_at)))
    assert judged(mixed) == judged(wall)


@given(accounts(gaps=False))
def test_an_own_post_of_today_makes_an_account_active_unless_the_network_says_otherwise(wall: Wall) -> None:
    today = replace(own("Ny rapport er klar.", 99), created_at=wall.as_of)
    assert life(replace(wall, posts=(*wall.posts, today))) == "active"


@given(accounts(), REASONS, st.sampled_from([None, Stream.PROFILE, Stream.TIMELINE]))
def test_a_gap_without_earlier_sight_never_closes_an_account(
    wall: Wall, reason: str, stream: Stream | None
) -> None:
    bare = replace(wall.account, native_id=None, valid_to=None)
    unseen = replace(
        wall, posts=(), account=bare, read=frozenset(), gaps=(Gap(stream=stream, reason=reason),)
    )
    assert life(unseen) in {"unknown", "never_found", "lost", "handed_over"}


@given(accounts(), st.floats(0, 0.999))
def test_a_label_holds_until_the_time_that_its_verdict_waits_for(wall: Wall, part: float) -> None:
    verdict = judged(wall)
    end = verdict.waits_until or wall.as_of + timedelta(days=3000)
    later = wall.as_of + (end - wall.as_of) * part
    assert life(replace(wall, as_of=later)) == verdict.label
