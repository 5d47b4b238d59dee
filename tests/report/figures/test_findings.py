"""What `--fail-on` finds, and what has been accepted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from report.sample_figures import rate, sample
from soma_audit.report.figures.findings import KINDS, Accepted, NewFinding, findings, without_accepted

if TYPE_CHECKING:
    from soma_audit.report.figures.conduct import Rate

TODAY = date(2026, 6, 1)


def found(*kinds: str) -> list[tuple[str, str]]:
    return [(f.kind, f.account) for f in findings(sample(), kinds)]


@pytest.mark.parametrize(
    ("kind", "accounts"),
    [
        ("new-unanswered", ["twitter/moss"]),
        ("new-question", ["twitter/moss", "facebook/moss"]),
        ("wall-closed", ["facebook/moss"]),
        ("gap", ["twitter/moss_news"]),
        ("gone-quiet", ["twitter/moss"]),
        ("renamed", ["twitter/moss"]),
        ("closed", ["facebook/moss"]),
        ("site-does-not-link", ["twitter/lanterns"]),
        ("impostor", ["twitter/tides_2"]),
    ],
)
def test_each_kind_is_found_by_itself(kind: str, accounts: list[str]) -> None:
    assert found(kind) == [(kind, account) for account in accounts]


def test_an_accounts_posts_are_one_finding_with_their_number() -> None:
    assert [f.sentence for f in findings(sample(), ["new-question"])] == [
        "a question or request that came in, 29 times",
        "a question or request that came in, 2 times",
    ]


def test_without_being_asked_nothing_is_found() -> None:
    assert found() == []


def test_on_the_first_report_nothing_is_new() -> None:
    assert list(findings(replace(sample(), news=None), KINDS)) == []


@pytest.mark.parametrize(
    ("was", "label", "is_found"),
    [
        ("open", "closed", True),
        ("moderated", "restricted", True),
        ("closed", "open", False),
        ("unknown", "closed", False),
    ],
)
def test_a_wall_counts_only_if_it_was_open_before(was: str, label: str, *, is_found: bool) -> None:
    figures = sample()
    assert figures.news is not None
    wall = replace(figures.news.walls[0], was=was, label=label)
    changed = replace(figures, news=replace(figures.news, walls=(wall,)))
    assert bool(list(findings(changed, ["wall-closed"]))) == is_found


@pytest.mark.parametrize(
    ("role", "answered", "overdue", "is_found"),
    [
        ("dialogue", rate(0, 5), 1, True),
        ("dialogue", rate(1, 5), 1, False),
        ("dialogue", rate(0, 4), 1, False),
        ("dialogue", rate(0, 9), 0, False),
        ("broadcast", rate(0, 9), 1, False),
    ],
)
def test_whoever_declares_dialogue_and_answers_nobody_is_found_when_one_more_waits_in_vain(
    role: str, answered: Rate, overdue: int, *, is_found: bool
) -> None:
    figures = sample()
    assert figures.news is not None
    group = figures.groups[0]
    agency = group.agencies[0]
    told = agency.accounts[1]
    account = replace(told, role=role, conduct=replace(told.conduct, answered=answered))
    changed = replace(
        figures,
        groups=(replace(group, agencies=(replace(agency, accounts=(account,)),)),),
        news=replace(figures.news, overdue_at={"twitter/tides_dep": overdue} if overdue else {}),
    )
    found = [f.account for f in findings(changed, ["dialogue-unanswered"])]
    assert found == (["twitter/tides_dep"] if is_found else [])


def test_what_a_network_does_not_offer_is_no_finding() -> None:
    figures = sample()
    assert figures.news is not None
    gap = replace(figures.news.gaps[0], reason="not_supported")
    assert list(findings(replace(figures, news=replace(figures.news, gaps=(gap,))), ["gap"])) == []


GAP = NewFinding("gap", "twitter/a", "x")


@pytest.mark.parametrize(
    ("accepted", "left", "unmet"),
    [
        ([], 1, 0),
        ([Accepted("gap", "twitter/a", TODAY, "known")], 0, 0),
        ([Accepted("gap", "twitter/a", date(2026, 5, 31), "known")], 1, 1),
        ([Accepted("gap", "twitter/b", TODAY, "known")], 1, 1),
        ([Accepted("gone-quiet", "twitter/a", TODAY, "known")], 1, 1),
    ],
    ids=["nothing accepted", "accepted until today", "it is over", "another account", "another finding"],
)
def test_accepted_findings(accepted: list[Accepted], left: int, unmet: int) -> None:
    found_left, entries = without_accepted([GAP], accepted, TODAY)
    assert (len(found_left), len(entries)) == (left, unmet)
