"""`answer`: what became of a question, as a table of threads."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from time import perf_counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soma_audit.classify.answer import ANSWER
from soma_audit.classify.answer.reply_kind import AT_ONCE, TEMPLATE_TIMES
from soma_audit.classify.rule import own, visitor, wall_of
from soma_audit.model import Account, Gap, Kind, Stream, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from soma_audit.model import Post, Wall

DAY = 24 * 60
OTHER = "v-bbbbbbbbbbbb"
ASK = visitor("Når er fristen?", 1)
ELSEWHERE = own("Ny rapport er klar.", 99, at=100)
"""Something else by the agency, later, so that an answer would have been seen."""
NEWS = own("Nå åpner ordningen.", 9, at=-60)
BELOW = visitor("Når er fristen?", 1, under=9)
"""The same question as a comment under the agency's news."""
FACEBOOK = Account(agency="eksempeletaten", network="facebook", handle="eksempeletat")


def verdict(wall: Wall, question: str = "1") -> Verdict:
    (found,) = ANSWER.judge(replace(wall, asked=frozenset({question})))
    return found


def codes(found: Verdict) -> set[str]:
    return {finding.rule for finding in found.findings}


# --- what answers -------------------------------------------------------------------------------------------------


NEXT = visitor("Altså for studenter.", 3, at=5, under=9)
NAMING = own("@v-aaaaaaaaaaaa 1. mai.", 2, at=30, under=9)


@pytest.mark.parametrize(
    ("posts", "account", "rule"),
    [
        pytest.param([ASK, own("1. mai.", 2, at=30, under=1)], None, "ANS001", id="a reply to the question"),
        pytest.param(
            [NEWS, BELOW, NEXT, own("1. mai.", 2, at=30, under=3, thread="9")],
            FACEBOOK,
            "ANS003",
            id="a reply to the asker's next comment",
        ),
        pytest.param(
            [NEWS, BELOW, NAMING], FACEBOOK, "ANS004", id="a comment in the thread that names the asker"
        ),
        pytest.param(
            [NEWS, BELOW, replace(NAMING, parent=None)],
            None,
            "ANS004",
            id="a post in the thread that names the asker, without a link",
        ),
        pytest.param(
            [ASK, own("@v-aaaaaaaaaaaa 1. mai.", 2, at=30)],
            None,
            "ANS007",
            id="a post outside any thread that begins with the asker's name",
        ),
        pytest.param(
            [ASK, own("Takk for din henvendelse.", 3, at=1, under=1), own("1. mai.", 2, at=30, under=1)],
            None,
            "ANS001",
            id="a reply behind an automatic one",
        ),
    ],
)
def test_a_later_post_to_the_question_or_its_asker_is_an_answer(
    posts: Sequence[Post], account: Account | None, rule: str
) -> None:
    wall = wall_of(posts)
    found = verdict(replace(wall, account=account or wall.account))
    assert (found.label, found.value["answer"]) == ("answered", "2")
    assert rule in codes(found)


@pytest.mark.parametrize(
    ("strangers", "others", "label"),
    [
        pytest.param(1, 20, "answered", id="one name in twenty-one is unknown: it was changed"),
        pytest.param(1, 3, "unanswered", id="one in four: that visitor's post was not read"),
        pytest.param(0, 20, "unanswered", id="none"),
    ],
)
def test_a_reply_to_an_unknown_name_is_an_answer_where_names_are_known_otherwise(
    strangers: int, others: int, label: str
) -> None:
    asked = [visitor("Åpent?", n, at=-9 * n, author=f"v-{n:012}") for n in range(10, others + 10)]
    answered = [own(f"@{p.author} Ja.", 100 + n, at=-9 * n + 1) for n, p in enumerate(asked, 10)]
    renamed = [own("@v-cccccccccccc 1. mai.", 2, at=30)] * strangers
    assert verdict(wall_of([*asked, *answered, ASK, *renamed, ELSEWHERE])).label == label


def test_a_reply_from_another_account_of_the_agencys_is_an_answer() -> None:
    reply = own("1. mai.", 2, at=30, under=1, author="eksempelhjelp")
    assert verdict(wall_of([ASK, ELSEWHERE], elsewhere=(reply,))).value["answer"] == "2"


@pytest.mark.parametrize(
    ("words", "marked"),
    [
        ("Hei! Ta kontakt med skolen din.", True),
        ("Ring sentralbordet, så hjelper de deg.", True),
        ("Send oss en e-post, så ser vi på det.", True),
        ("Please DM us your reference.", True),
        ("Fristen er 1. mai.", False),
        ("Tidligst 1. mai. Spør gjerne igjen.", False),
        ("Prøv det, og skriv til meg igjen om det ikke går.", False),
        ("Kontakten er sendt ut, sjekk posten.", False),
    ],
)
def test_a_referral_is_an_answer_and_marked_as_one(words: str, *, marked: bool) -> None:
    found = verdict(wall_of([ASK, own(words, 2, at=30, under=1)]))
    assert (found.label, found.value.get("referral", False)) == ("answered", marked)
    assert ("ANS009" in codes(found)) is marked


SAME = visitor("Samme her.", 3, at=5, under=1, author=OTHER)
UNLINKED = own("@v-aaaaaaaaaaaa Ring Eva.", 2, at=30)


@pytest.mark.parametrize(
    ("posts", "rule"),
    [
        pytest.param([ASK, SAME, own("1. mai.", 2, at=30, under=3, thread="1")], "ANS002", id="a reply to a bystander"),
        pytest.param(
            [
                ASK,
                SAME,
                visitor("Og jeg.", 4, at=6, under=3, thread="1", author=OTHER),
                own("1. mai.", 2, at=30, under=4, thread="1"),
            ],
            "ANS002",
            id="a reply further down",
        ),
        pytest.param(
            [NEWS, BELOW, NEXT, own("1. mai.", 2, at=30, under=3, thread="9")],
            "ANS008",
            id="a reply to the asker's next post, on X, which links exactly",
        ),
        pytest.param(
            [ASK, visitor("Hvem kan jeg ringe?", 3, at=5), UNLINKED],
            "ANS008",
            id="a reply without link behind another post of the asker's",
        ),
    ],
)  # fmt: skip
def test_a_reply_to_another_post_may_answer_this_one_too_and_only_a_reader_can_tell(
    posts: Sequence[Post], rule: str
) -> None:
    for days in (30, 0.5):
        found = verdict(wall_of(posts, days=days))
        assert (found.label, codes(found), dict(found.value)) == ("unknown", {rule}, {})


@pytest.mark.parametrize(
    "posts",
    [
        pytest.param([ASK, ELSEWHERE], id="silence"),
        pytest.param(
            [ASK, ELSEWHERE, visitor("1. mai, tror jeg.", 2, at=30, under=1, author=OTHER)],
            id="another visitor's reply",
        ),
        pytest.param([ASK, own("Vi har mottatt din melding.", 2, at=1, under=1)], id="an automatic reply"),
        pytest.param(
            [NEWS, BELOW, own("Les mer på nett.", 2, at=30, under=9)],
            id="the agency going on in its own thread",
        ),
        pytest.param([ASK, own("Nå åpner ordningen.", 2, at=30)], id="a post elsewhere"),
        pytest.param([ASK, own("1. mai.", 2, at=-30, under=1), ELSEWHERE], id="a post before the question"),
        pytest.param([ASK, own("Når er fristen?", 2, at=30, kind=Kind.SHARE)], id="the question passed on"),
        pytest.param(
            [
                NEWS,
                BELOW,
                visitor("Bra!", 3, at=5, under=9, author=OTHER),
                own("Takk!", 2, at=30, under=3, thread="9"),
            ],
            id="a reply to somebody else in the thread",
        ),
        pytest.param(
            [NEWS, visitor("Bra!", 3, at=-5, under=9), BELOW, own("Takk!", 2, at=30, under=3, thread="9")],
            id="a reply to what the asker had said before",
        ),
        pytest.param(
            [NEWS, replace(BELOW, author=None), own("@None takk!", 2, at=30, under=9)],
            id="a name, where the asker's is not known",
        ),
        pytest.param(
            [
                ASK,
                ELSEWHERE,
                visitor("Hvem leder dere?", 3, at=8 * DAY),
                own("@v-aaaaaaaaaaaa Eva.", 2, at=9 * DAY),
            ],
            id="a name, a week and another question later",
        ),
    ],
)
def test_anything_else_is_none(posts: Sequence[Post]) -> None:
    found = verdict(wall_of(posts))
    assert (found.label, dict(found.value)) == ("unanswered", {})


@pytest.mark.parametrize(
    ("threads", "minutes", "label"),
    [
        (TEMPLATE_TIMES - 1, AT_ONCE, "answered"),
        (TEMPLATE_TIMES, AT_ONCE, "unanswered"),
        (TEMPLATE_TIMES, AT_ONCE + 1, "answered"),
    ],
)
def test_the_same_words_to_many_at_once_are_a_machines_and_no_answer(
    threads: int, minutes: float, label: str
) -> None:
    asks = [visitor("Når er fristen?", n, at=n, author=f"v-{n:012}") for n in range(1, threads + 1)]
    words = "Se nettsidene våre på https://etat.example/{} for mer."
    replies = [own(words.format(n), 100 + n, at=n + minutes, under=n) for n in range(1, threads + 1)]
    assert verdict(wall_of([*asks, *replies])).label == label


def test_short_thanks_to_many_are_no_template() -> None:
    asks = [visitor("Når er fristen?", n, at=n, author=f"v-{n:012}") for n in range(1, 10)]
    replies = [own("Ja, 1. mai.", 100 + n, at=n + 1, under=n) for n in range(1, 10)]
    assert verdict(wall_of([*asks, *replies])).label == "answered"


def test_a_reply_that_the_agency_has_deleted_is_no_answer() -> None:
    deleted = replace(own("1. mai.", 2, at=30, under=1), text=None)
    assert verdict(wall_of([ASK, deleted])).label == "unanswered"
    assert verdict(wall_of([ASK, deleted, own("Den 1. mai.", 3, at=40, under=1)])).value["answer"] == "3"


def test_of_two_questions_of_one_asker_the_one_replied_to_is_answered() -> None:
    second = visitor("Og hvor søker jeg?", 3, at=5, under=9)
    wall = wall_of([NEWS, BELOW, second, own("1. mai, på nett.", 2, at=30, under=3, thread="9")])
    labels = {v.post: v.label for v in ANSWER.judge(replace(wall, asked=frozenset({"1", "3"})))}
    assert labels == {"1": "unknown", "3": "answered"}


# --- when ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "label", "office"),
    [
        pytest.param(30, "answered", 30, id="half an hour"),
        pytest.param(DAY, "answered", 480, id="at the end of the norm"),
        pytest.param(DAY + 1, "answered_late", 481, id="a minute over it"),
        pytest.param(7 * DAY, "answered_late", 5 * 480, id="a week, with its weekend"),
    ],
)
def test_an_answer_is_in_time_by_the_minutes_of_the_office(minutes: float, label: str, office: float) -> None:
    found = verdict(wall_of([ASK, own("1. mai.", 2, at=minutes, under=1)]))
    assert (found.label, found.value["office_minutes"]) == (label, office)
    assert found.value["response_minutes"] == minutes


def test_the_first_answer_counts() -> None:
    found = verdict(wall_of([ASK, own("1. mai.", 2, at=30, under=1), own("Og 2.", 3, at=40, under=1)]))
    assert found.value["answer"] == "2"


def test_a_question_is_pending_until_its_norm_has_run_out() -> None:
    found = verdict(wall_of([ASK, ELSEWHERE], days=0.99))
    assert (found.label, dict(found.value)) == ("pending", {"due_at": "2026-03-03T09:00:00Z"})


def test_a_question_is_unanswered_from_the_moment_it_is_due() -> None:
    assert verdict(wall_of([ASK, ELSEWHERE], days=1)).label == "unanswered"


def test_a_pending_question_is_pending_even_where_nothing_could_be_read() -> None:
    assert verdict(wall_of([ASK], days=0.5)).label == "pending"


def test_an_automatic_reply_keeps_a_question_pending() -> None:
    found = verdict(wall_of([ASK, own("Vi har mottatt din melding.", 2, at=1, under=1)], days=0.5))
    assert (found.label, codes(found)) == ("pending", {"ANS005"})


@pytest.mark.parametrize(
    ("words", "automatic"),
    [
        pytest.param("Dette er et automatisk svar.", True, id="it says so"),
        pytest.param("Autosvar: Kontoret er stengt til mandag.", True, id="it says so first"),
        pytest.param("This is an automated message. Do not reply to this.", True, id="it says so in English"),
        pytest.param("Takk for din henvendelse. Vi svarer deg innen 3 dager.", True, id="a receipt"),
        pytest.param("We have received your message and will reply shortly.", True, id="an English receipt"),
        pytest.param("Tak for din henvendelse. Fristen er 1. maj.", False, id="thanks before an answer"),
        pytest.param("Thank you for contacting us. It opens at nine.", False, id="thanks before an answer"),
        pytest.param("Takk for din henvendelse, vi kommer tilbake. /Kari", False, id="a signed promise"),
        pytest.param("Vi ser på det og kommer tilbake.", False, id="a promise without a receipt"),
    ],
)
def test_a_reply_is_automatic_when_it_says_so_or_says_nothing_else(words: str, *, automatic: bool) -> None:
    found = verdict(wall_of([ASK, ELSEWHERE, own(words, 2, at=1, under=1)]))
    assert (found.label, "ANS005" in codes(found)) == ("unanswered" if automatic else "answered", automatic)


def _same_reply(
    ending: str = "", *, minutes: float = 1, apart: float = 1, asked: str = "Når er fristen?"
) -> list[Post]:
    """Write five questions by five visitors, and the same reply to each."""
    asks = [visitor(asked, n, at=apart * n, author=f"v-{n:012}") for n in range(1, 6)]
    words = f"Meld fra i skjemaet på nettsidene våre.{ending}"
    return [*asks, *(own(words, 100 + n, at=apart * n + minutes, under=n) for n in range(1, 6))]


@pytest.mark.parametrize(
    ("posts", "label", "marked"),
    [
        pytest.param(
            _same_reply(), "unanswered", False, id="at once, within the hour, unsigned: a machine's"
        ),
        pytest.param(_same_reply(" *AB"), "answered", True, id="signed"),
        pytest.param(_same_reply(" /Kari"), "answered", True, id="signed with a name"),
        pytest.param(_same_reply(minutes=3), "answered", True, id="after three minutes"),
        pytest.param(_same_reply(apart=31), "answered", True, id="over some hours"),
        pytest.param(
            _same_reply(" Se 4411.", asked="Hva med 4411?"), "answered", True, id="the question's number"
        ),
        pytest.param(_same_reply(" Se 4411."), "unanswered", False, id="another number"),
        pytest.param([*_same_reply()[:4], *_same_reply()[5:9]], "answered", False, id="to four only"),
    ],
)
def test_a_set_phrase_is_an_answer_unless_a_machine_gave_it(
    posts: Sequence[Post], label: str, *, marked: bool
) -> None:
    wall = wall_of([*posts, replace(ELSEWHERE, native_id="900")])
    found = next(v for v in ANSWER.judge(wall) if v.post == "1")
    assert (found.label, found.value.get("set_phrase", False)) == (label, marked)
    assert ("ANS014" in codes(found)) is marked


# --- can we know --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wall", "rule"),
    [
        pytest.param(wall_of([ASK]), "ANS011", id="nothing by the agency was read"),
        pytest.param(
            wall_of([ASK, ELSEWHERE], gaps=(Gap(stream=None, reason="protected"),)),
            "ANS012",
            id="the account is protected",
        ),
        pytest.param(
            wall_of([ASK, ELSEWHERE], gaps=(Gap(stream=Stream.TIMELINE, reason="rate_limit"),)),
            "ANS012",
            id="its own posts could not be read",
        ),
        pytest.param(
            wall_of(
                [ASK, ELSEWHERE], account=FACEBOOK, gaps=(Gap(stream=Stream.COMMENTS, reason="permission"),)
            ),
            "ANS012",
            id="comments could not be read",
        ),
        pytest.param(
            wall_of(
                [ASK, ELSEWHERE],
                gaps=(Gap(stream=Stream.TIMELINE, reason="cap", until=ASK.created_at + timedelta(days=1)),),
            ),
            "ANS012",
            id="a gap until after the question",
        ),
        pytest.param(
            wall_of(
                [ASK, ELSEWHERE],
                gaps=(
                    Gap(
                        stream=Stream.TIMELINE,
                        reason="unreachable",
                        since=ASK.created_at + timedelta(days=1),
                        until=ASK.created_at + timedelta(days=2),
                    ),
                ),
            ),
            "ANS012",
            id="a gap that begins after the question: the answer may stand in it",
        ),
        pytest.param(
            wall_of([replace(ASK, counts={"reply": 1}), ELSEWHERE]), "ANS013", id="a reply counted, none read"
        ),
        pytest.param(
            wall_of(
                [
                    replace(ASK, counts={"reply": 2}),
                    ELSEWHERE,
                    visitor("Vet ikke.", 2, at=5, under=1, author=OTHER),
                ]
            ),
            "ANS013",
            id="two counted, one read",
        ),
    ],
)
def test_where_an_answer_would_not_have_been_seen_there_may_be_one(wall: Wall, rule: str) -> None:
    found = verdict(wall)
    assert (found.label, codes(found)) == ("unknown", {rule})


@pytest.mark.parametrize(
    "wall",
    [
        pytest.param(
            wall_of([ASK], read=frozenset({Stream.TIMELINE})), id="an empty timeline, read to its end"
        ),
        pytest.param(
            wall_of([ASK, ELSEWHERE], gaps=(Gap(stream=Stream.SETTINGS, reason="permission"),)),
            id="a gap where no answer would stand",
        ),
        pytest.param(
            wall_of([ASK, ELSEWHERE], gaps=(Gap(stream=Stream.COMMENTS, reason="permission"),)),
            id="comments, on a network that has none",
        ),
        pytest.param(
            wall_of(
                [ASK, ELSEWHERE],
                gaps=(
                    Gap(stream=Stream.TIMELINE, reason="cap", until=ASK.created_at - timedelta(minutes=1)),
                ),
            ),
            id="a gap that ends before the question",
        ),
        pytest.param(
            wall_of([replace(ASK, counts={"reply": 3}), ELSEWHERE], read=frozenset({Stream.TIMELINE})),
            id="replies not read on X, but the agency's own timeline has been",
        ),
        pytest.param(
            wall_of(
                [
                    replace(ASK, counts={"reply": 1}),
                    ELSEWHERE,
                    visitor("Vet ikke.", 2, at=5, under=1, author=OTHER),
                ]
            ),
            id="all replies counted were read",
        ),
    ],
)
def test_where_an_answer_would_have_been_seen_there_is_none(wall: Wall) -> None:
    assert verdict(wall).label == "unanswered"


def test_replies_not_read_count_on_facebook_even_with_the_timeline_read() -> None:
    wall = wall_of(
        [replace(ASK, counts={"reply": 3}), ELSEWHERE], read=frozenset({Stream.TIMELINE}), account=FACEBOOK
    )
    assert verdict(wall).label == "unknown"


def test_an_answer_that_was_seen_outweighs_what_was_not() -> None:
    wall = wall_of([ASK, own("1. mai.", 2, at=30, under=1)], gaps=(Gap(stream=None, reason="unreachable"),))
    assert verdict(wall).label == "answered"


# --- whom it judges -----------------------------------------------------------------------------------------------


def test_only_what_is_held_to_be_a_question_is_judged() -> None:
    wall = wall_of([ASK, visitor("Fin dag.", 2), ELSEWHERE])
    assert [v.post for v in ANSWER.judge(replace(wall, asked=frozenset({"1"})))] == ["1"]
    assert list(ANSWER.judge(replace(wall, asked=frozenset()))) == []


def test_alone_it_asks_the_question_classifier() -> None:
    wall = wall_of([visitor("@eksempeletat Når åpner dere?", 1), visitor("Fin dag i dag.", 2), ELSEWHERE])
    assert [v.post for v in ANSWER.judge(wall)] == ["1"]


def test_a_thread_of_thousands_is_judged_at_once() -> None:
    asks = [
        visitor("Åpent?", n, at=n / 9, under=9, author=f"v-{n:012}", counts={"reply": 1})
        for n in range(100, 6100)
    ]
    replies = [own(f"@{p.author} Ja.", 10_000 + n, at=700, under=9) for n, p in enumerate(asks[::9])]
    wall = wall_of([NEWS, *asks, *replies], account=FACEBOOK)
    begin = perf_counter()
    verdicts = list(ANSWER.judge(replace(wall, asked=frozenset(p.native_id for p in asks))))
    assert perf_counter() - begin < 3  # a fifth of a second; looking at every pair takes a minute
    assert Counter(v.label for v in verdicts) == {"answered": 667, "unknown": 5333}


# --- damaged threads ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "posts",
    [
        pytest.param([replace(ASK, parent="1")], id="a post under itself"),
        pytest.param(
            [replace(ASK, parent="2"), visitor("x", 2, under=1), own("y", 3, at=9, under=2, thread="1")],
            id="two posts under each other",
        ),
        pytest.param([ASK, own("y", 3, at=9, under=77, thread="1")], id="a parent that is missing"),
        pytest.param([ASK, own("y", 3, at=9, under=1, thread="77")], id="a reply in another thread"),
    ],
)
def test_a_thread_with_broken_links_can_be_judged(posts: Sequence[Post]) -> None:
    assert verdict(wall_of([*posts, ELSEWHERE])).post == "1"


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.integers(0, 600)), max_size=6))
def test_any_tangle_of_parents_ends(links: list[tuple[bool, int, int]]) -> None:
    posts = [
        (own if ours else visitor)("x", n, at=at, under=under, thread="0")
        for n, (ours, under, at) in enumerate(links)
    ]
    wall = replace(wall_of(posts), asked=frozenset(str(n) for n in range(6)))
    assert len(list(ANSWER.judge(wall))) == len(posts)
