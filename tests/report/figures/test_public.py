"""The edition that may be published: what is left out, and that it cannot be told from what is left."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.sample_figures import AS_OF, DECLARED, HOSTILE, account, agency, conduct, ministries, sample
from soma_audit.report import FORMATS
from soma_audit.report.figures.model import Evidence, WallState
from soma_audit.report.figures.public import SMALLEST, TOO_SMALL, hidden, public


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "xlsx"])
def test_no_format_has_a_visitors_word(name: str) -> None:
    paper = FORMATS[name](public(sample()))
    assert isinstance(paper, str)
    for text in (HOSTILE[4], "When does the office open?", "x" * 200):
        assert text not in paper


@pytest.mark.parametrize(
    ("counts", "left_out"),
    [
        ([], set()),
        ([0, 0], set()),
        ([7, 9], set()),
        ([0, 9], set()),
        ([3, 9, 20], {0, 1}),
        ([3, 4, 20], {0, 1}),
        ([3, 0, 0], {0}),
        ([3], {0}),
    ],
)
def test_a_small_count_is_left_out_and_another_with_it(counts: list[int], left_out: set[int]) -> None:
    assert hidden(counts) == left_out


@given(st.lists(st.integers(0, 40), max_size=8))
def test_no_small_count_can_be_told_from_the_sum(counts: list[int]) -> None:
    left_out = hidden(counts)
    assert {place for place, count in enumerate(counts) if 0 < count < SMALLEST} <= left_out
    others = [count for place, count in enumerate(counts) if count and place not in left_out]
    assert len(left_out) != 1 or not others


@pytest.mark.parametrize(
    ("questions", "outside", "shown"), [(40, 17, 17), (40, 3, None), (40, 37, None), (40, 40, 40), (40, 0, 0)]
)
def test_how_many_asked_outside_the_hours_tells_of_no_few(
    questions: int, outside: int, shown: int | None
) -> None:
    line = replace(
        account("twitter", "a", conduct(10, 1, questions, 5)),
        declared=replace(DECLARED, outside_hours=outside),
    )
    group = ministries()
    whole = replace(group, agencies=(agency("a", "A", "ministry", (line,), line.conduct),))
    (found,) = public(replace(sample(), groups=(whole,))).groups[0].agencies[0].accounts
    assert found.declared is not None
    assert found.declared.outside_hours == shown


def test_whoever_bears_a_name_like_an_agency_s_is_not_published() -> None:
    figures = public(sample())
    assert figures.news is not None
    assert figures.news.lookalikes == ()
    assert [a.lookalikes for g in figures.groups for a in g.agencies if a.lookalikes] == []


def test_an_agency_of_few_questions_has_no_figures_of_visitors() -> None:
    few, many, more = (
        agency(name, name, "ministry", (), conduct(20, 2, asked, 1))
        for name, asked in (("a", 3), ("b", 40), ("c", 90))
    )
    group = replace(ministries(), agencies=(few, many, more))
    published = public(replace(sample(), groups=(group,))).groups[0]
    assert [a.conduct.questions for a in published.agencies] == [None, None, 90]
    assert published.agencies[0].conduct.answered.reason == TOO_SMALL
    assert published.agencies[0].conduct.calendar.median is None
    assert published.agencies[0].conduct.posts == 20  # what it wrote itself stays
    assert published.conduct == group.conduct


def test_the_total_goes_too_where_only_one_agency_asks_for_it() -> None:
    few = agency("a", "a", "ministry", (), conduct(20, 2, 3, 1))
    group = replace(ministries(), agencies=(few,), conduct=few.conduct)
    assert public(replace(sample(), groups=(group,))).groups[0].conduct.questions is None


def test_news_is_counted_and_not_quoted() -> None:
    news = public(sample()).news
    assert news is not None
    assert (news.asked, news.answered, news.overdue) == (31, 0, None)
    assert (news.newly_asked, news.newly_overdue) == ((), ())


def test_who_looked_at_a_wall_is_not_named() -> None:
    [group, *_] = sample().groups
    look = Evidence(
        rule="WAL006",
        sentence="NN looked on 2026-05-30: closed.",
        source="look",
        endpoint=None,
        token=None,
        api_version=None,
        seen_at=AS_OF,
    )
    agency = next(a for a in group.agencies if a.accounts)
    wall = WallState(label="closed", reasons=(look.sentence, "It was so before."), evidence=(look,))
    looked_at = replace(agency, accounts=(replace(agency.accounts[0], messaging=wall),))
    figures = public(replace(sample(), groups=(replace(group, agencies=(looked_at,)),)))
    published = figures.groups[0].agencies[0].accounts[0].messaging
    assert (published.reasons, published.evidence[0].sentence) == (("It was so before.",), "")
    assert published.label == "closed"


def test_machines_are_told_which_edition_it_is() -> None:
    for figures, edition in ((sample(), "internal"), (public(sample()), "public")):
        text = FORMATS["json"](figures)
        assert json.loads(text)["edition"] == edition


def test_own_posts_and_their_links_stay() -> None:
    assert public(sample()).flagged == sample().flagged


@pytest.mark.parametrize(("perhaps", "shown"), [(0, 0), (4, None), (5, 5)])
def test_whoever_perhaps_waits_is_counted_only_from_five_on(perhaps: int, shown: int | None) -> None:
    published = public(replace(sample(), perhaps_total=perhaps))
    assert (published.perhaps, published.perhaps_total) == ((), shown)


@pytest.mark.parametrize(("perhaps", "shown"), [(0, 0), (4, None), (5, 5)])
def test_below_the_group_nobody_is_told_how_many_perhaps_ask(perhaps: int, shown: int | None) -> None:
    few = replace(conduct(20, 2, 40, 1), maybe_questions=perhaps)
    own_account = replace(ministries().agencies[0].accounts[0], conduct=few)
    agencies = tuple(agency(name, name, "ministry", (own_account,), few) for name in "ab")
    before = ministries().before
    assert before is not None
    group = replace(ministries(), agencies=agencies, conduct=few, before=replace(before, conduct=few))
    published = public(replace(sample(), groups=(group,))).groups[0]
    assert published.conduct.questions == 40
    assert published.conduct.maybe_questions == shown
    assert published.before is not None
    assert published.before.conduct.maybe_questions == shown
    for line in published.agencies:
        assert (line.conduct.questions, line.conduct.maybe_questions) == (40, None)
        assert line.accounts[0].conduct.maybe_questions is None


def test_kinds_of_few_answers_are_not_published() -> None:
    few = replace(sample().groups[0].conduct, questions=4)
    group = replace(sample().groups[0], conduct=few)
    (published, *_) = public(replace(sample(), groups=(group,))).groups
    assert published.conduct.set_phrases.reason == published.conduct.referrals.reason == TOO_SMALL
