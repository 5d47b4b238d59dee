"""Walls go out, verdicts come in: a row only where one changed, and only accounts with news are asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from small_database import MONDAY, NOW, OFFICE, account, add, gap, new_store, page, rows, save, wall
from soma_audit.classify.rule import own, visitor
from soma_audit.model import Finding, Gap, Kind, Stream, Verdict
from soma_audit.store.verdicts import Relabelled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from soma_audit.store import Store

ASKED = Verdict("1", "question", {"form": True, "score": 0.8}, (Finding("QUE001", 0.9, {"marks": 1}),))
PENDING = Verdict("1", "pending", {"due_at": "2026-03-20T09:00:00Z"})
UNKNOWN = Verdict(None, "unknown")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path) as made:
        add(made, visitor("Når åpner dere?", 1), own("Ny ordning", 2, at=5))
        yield made


def verdicts(store: Store) -> list[Any]:
    return rows(store, "select label, current from verdict order by id")


# --- walls --------------------------------------------------------------------------------------------------------


def test_a_wall_has_its_posts_oldest_first_and_equal_times_by_id(store: Store) -> None:
    add(store, visitor("c", 4), visitor("b", 30), visitor("a", 5, at=-1), on="2")
    assert [p.native_id for p in wall(store).posts] == ["5", "1", "30", "4", "2"]


def test_a_wall_holds_nothing_written_after_the_time_asked_for(store: Store) -> None:
    assert [p.native_id for p in wall(store, as_of=MONDAY).posts] == ["1"]


def test_a_wall_brings_the_agency_s_own_posts_from_elsewhere(store: Store) -> None:
    add(store, own("Ny ordning", 7), visitor("Bra!", 8), on="2", network="facebook")
    assert [p.native_id for p in wall(store).elsewhere] == ["7"]
    assert [p.native_id for p in wall(store, "facebook").elsewhere] == ["2"]


def test_a_wall_knows_the_agency_s_handles_on_its_network(store: Store) -> None:
    assert wall(store).handles == {"etaten"}


def test_a_wall_says_what_was_read_and_what_was_not(store: Store) -> None:
    missing = Gap(stream=Stream.MENTIONS, reason="permission")
    gap(store, missing)
    store.walks.finish_walk(1, account(store), Stream.TIMELINE, None, NOW)
    assert wall(store).read == {Stream.TIMELINE}
    assert wall(store).gaps == (missing,)


def test_a_wall_keeps_what_nobody_knows(store: Store) -> None:
    unknown = replace(visitor("", 9, kind=Kind.SHARE), text=None, by_agency=None, author=None)
    add(store, unknown, on="2")
    assert unknown in wall(store).posts


# --- verdicts -----------------------------------------------------------------------------------------------------


def test_a_verdict_is_stored_with_what_its_rules_saw(store: Store) -> None:
    assert save(store, {"question": [ASKED]}) == 1
    assert rows(store, "select classifier, version, label, value, current from verdict") == [
        ("question", "1", "question", '{"form":true,"score":0.8}', 1)
    ]
    assert rows(store, "select rule, weight, evidence from finding") == [("QUE001", 0.9, '{"marks":1}')]


def test_the_same_verdict_again_is_no_new_row(store: Store) -> None:
    save(store, {"question": [ASKED], "wall.posting": [UNKNOWN]})
    assert save(store, {"question": [ASKED], "wall.posting": [UNKNOWN]}) == 0
    assert verdicts(store) == [("question", 1), ("unknown", 1)]


@pytest.mark.parametrize(
    ("then", "version"),
    [
        pytest.param(replace(ASKED, label="uncertain"), "1", id="another label"),
        pytest.param(replace(ASKED, value={"form": True, "score": 0.7}), "1", id="another value"),
        pytest.param(replace(ASKED, findings=(Finding("QUE002", 0.9),)), "1", id="other reasons"),
        pytest.param(ASKED, "2", id="another version"),
    ],
)
def test_a_changed_verdict_is_a_new_row_and_the_old_one_is_no_longer_current(
    store: Store, then: Verdict, version: str
) -> None:
    save(store, {"question": [ASKED]})
    assert save(store, {"question": [then]}, version=version) == 1
    assert verdicts(store) == [("question", 0), (then.label, 1)]


@pytest.mark.parametrize(
    ("then", "version", "label"),
    [
        pytest.param([replace(ASKED, label="none")], "2", "none", id="another label"),
        pytest.param([], "2", None, id="not judged any more"),
    ],
)
def test_what_a_new_version_sees_otherwise_is_counted(
    store: Store, then: list[Verdict], version: str, label: str | None
) -> None:
    save(store, {"question": [ASKED]})
    changes = store.verdicts.save_verdicts(
        1, account(store), {"question": (version, then)}, classifiers=version, as_of=NOW
    )
    assert changes.relabelled == {Relabelled("question", "1", version, "question", label): 1}


@pytest.mark.parametrize(
    ("then", "version"),
    [
        pytest.param(replace(ASKED, label="none"), "1", id="other news under the same rules"),
        pytest.param(ASKED, "2", id="the same under other rules"),
    ],
)
def test_anything_else_is_not(store: Store, then: Verdict, version: str) -> None:
    save(store, {"question": [ASKED]})
    changes = store.verdicts.save_verdicts(
        1, account(store), {"question": (version, [then])}, classifiers=version, as_of=NOW
    )
    assert (changes.verdicts, changes.relabelled) == (1, {})


def test_the_same_reasons_in_other_numbers_are_no_new_row(store: Store) -> None:
    save(store, {"question": [ASKED]})
    same = replace(ASKED, findings=(Finding("QUE001", 0.9, {"marks": 2}),))
    assert save(store, {"question": [same]}) == 0


def test_the_verdict_on_the_wall_changes_as_one_on_a_post_does(store: Store) -> None:
    save(store, {"wall.posting": [UNKNOWN]})
    save(store, {"wall.posting": [Verdict(None, "open")]})
    assert verdicts(store) == [("unknown", 0), ("open", 1)]


def test_what_is_no_longer_judged_has_no_verdict_in_force(store: Store) -> None:
    save(store, {"answer": [PENDING]})
    assert save(store, {"answer": []}) == 1
    assert verdicts(store) == [("pending", 0)]


def test_what_was_said_of_a_text_that_has_been_dropped_stays_said(store: Store) -> None:
    save(store, {"question": [Verdict("1", "question")]})
    store.retention.purge(texts_before=NOW, pages_before=NOW)
    assert save(store, {"question": [Verdict("1", "none", {}, (Finding("Q01", 1.0),))]}) == 0
    assert rows(store, "select label from verdict where current = 1") == ["question"]
    assert rows(store, "select count(*) from finding") == [0]


def test_one_classifier_s_verdicts_leave_the_others_alone(store: Store) -> None:
    save(store, {"question": [ASKED]})
    save(store, {"answer": [PENDING]})
    assert verdicts(store) == [("question", 1), ("pending", 1)]


def test_the_same_id_on_another_account_is_another_post(store: Store) -> None:
    add(store, visitor("Når åpner dere?", 1), network="facebook")
    save(store, {"question": [ASKED]})
    save(store, {"question": [replace(ASKED, label="none")]}, network="facebook")
    assert verdicts(store) == [("question", 1), ("none", 1)]


def test_verdicts_that_cannot_be_written_leave_the_old_ones(store: Store) -> None:
    save(store, {"question": [ASKED]})
    with pytest.raises(TypeError):
        save(store, {"question": [replace(ASKED, label="none", value={"when": MONDAY})]})
    assert verdicts(store) == [("question", 1)]


# --- news ---------------------------------------------------------------------------------------------------------


def news(store: Store, *, versions: str = "1", now: datetime = NOW) -> list[str]:
    numbers = store.verdicts.accounts_with_news(versions, now)
    return [a.network for a in store.register.accounts() if a.id in numbers]


def judged(store: Store) -> None:
    for network in ("twitter", "facebook"):
        save(store, {"answer": [PENDING] if network == "twitter" else []}, network=network)


def test_accounts_that_were_never_judged_are_news(store: Store) -> None:
    assert news(store) == ["facebook", "twitter"]


def test_when_nothing_happened_there_is_no_news(store: Store) -> None:
    judged(store)
    assert news(store) == []


def test_an_account_of_which_nothing_was_ever_seen_is_no_news(store: Store) -> None:
    taken = store.register.take_in("twitter", "ukjent")
    assert taken.id not in store.verdicts.accounts_with_news("1", NOW)


def test_a_new_post_is_news_for_all_of_the_agency_s_accounts(store: Store) -> None:
    judged(store)
    add(store, visitor("Hei", 7), on="2")
    assert news(store) == ["facebook", "twitter"]


def test_other_versions_make_everything_news(store: Store) -> None:
    judged(store)
    assert news(store, versions="2") == ["facebook", "twitter"]


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        pytest.param(-1, [], id="not yet due"),
        pytest.param(0, ["twitter"], id="due"),
        pytest.param(600, ["twitter"], id="late"),
    ],
)
def test_a_pending_answer_is_news_once_it_is_due(store: Store, minutes: int, expected: list[str]) -> None:
    judged(store)
    due = NOW.replace(hour=9) + timedelta(minutes=minutes)
    assert news(store, now=due) == expected


# --- rules --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "expected"), [(6, []), (7, ["facebook", "twitter"])])
def test_after_a_week_a_wall_is_judged_again_though_nothing_is_new(
    store: Store, days: int, expected: list[str]
) -> None:
    for network in ("twitter", "facebook"):
        save(store, {"wall.posting": [UNKNOWN]}, network=network)
    assert news(store, now=NOW + timedelta(days=days)) == expected


def test_an_earlier_time_asked_for_is_news(store: Store) -> None:
    judged(store)
    assert news(store, now=NOW - timedelta(hours=1)) == ["facebook", "twitter"]


def test_what_the_network_says_again_unchanged_was_seen_when_last_read(store: Store) -> None:
    closed = {"settings": {"USERS_CAN_POST": False}}
    store.posts.add_page(1, account(store), page("settings", stream=Stream.SETTINGS), [], about=closed)
    later = NOW + timedelta(days=3)
    again = page("again", stream=Stream.SETTINGS, fetched_at=later)
    store.posts.add_page(1, account(store), again, [], about=closed)
    assert [(about.first_seen_at, about.seen_at) for about in wall(store).about] == [(NOW, later)]


def test_a_repeated_setting_after_a_change_is_a_new_row(
    store: Store,
) -> None:
    for night, can_post in enumerate([False, True, False, False]):
        facts = {"settings": {"USERS_CAN_POST": can_post}}
        said = page(str(can_post), stream=Stream.SETTINGS, fetched_at=NOW + timedelta(days=night))
        store.posts.add_page(1, account(store), said, [], about=facts)
    nights = [((about.first_seen_at or NOW) - NOW, about.seen_at - NOW) for about in wall(store).about]
    assert [(first.days, last.days) for first, last in nights] == [(0, 0), (1, 1), (2, 3)]


def test_a_wall_says_when_a_gap_was_noticed_and_where_a_fact_came_from(store: Store) -> None:
    gap(store, Gap(stream=None, reason="protected"))
    store.posts.add_page(
        1, account(store), page("settings", stream=Stream.SETTINGS), [], about={"settings": {}}
    )
    assert [g.noticed_at for g in wall(store).gaps] == [NOW]
    assert [(a.source, a.endpoint) for a in wall(store).about] == [
        ("settings", "https://api.example/settings")
    ]


def test_rules_are_kept_as_the_last_classification_had_them(store: Store) -> None:
    for message in ("old", "new"):
        store.verdicts.save_rules([("QUE001", "question", "question-mark", 0.9, message, "Sees it.")])
    assert rows(store, "select code, message from rule") == [("QUE001", "new")]


def test_office_hours_go_out_with_the_wall(store: Store) -> None:
    assert (wall(store).office, wall(store).norm_minutes) == (OFFICE, 480)


def test_a_wall_tells_when_its_timeline_was_last_read_to_its_end(store: Store) -> None:
    assert wall(store).timeline_read_at is None
    for at in (NOW, NOW + timedelta(days=1)):
        store.walks.finish_walk(1, account(store), Stream.TIMELINE, None, at)
    store.walks.finish_walk(1, account(store), Stream.MENTIONS, None, NOW + timedelta(days=2))
    assert wall(store).timeline_read_at == NOW + timedelta(days=1)


def test_what_one_account_costs_does_not_grow_with_what_others_have(store: Store) -> None:
    def steps() -> int:
        counted = 0

        def count() -> None:
            nonlocal counted
            counted += 1

        store.connection.set_progress_handler(count, 10)
        store.verdicts.difference(account(store), [("question", "1", [ASKED])], changed=1, as_of=NOW)
        store.connection.set_progress_handler(None, 0)
        return counted

    save(store, {"question": [ASKED]})
    alone = steps()
    many = [visitor("Hvem?", n) for n in range(100, 400)]
    add(store, *many, network="facebook")
    asked = {"question": ("1", [Verdict(p.native_id, "question") for p in many])}
    store.verdicts.save_verdicts(1, account(store, "facebook"), asked, classifiers="1", as_of=NOW)
    assert steps() <= 1.2 * alone
