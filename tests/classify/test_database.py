"""A whole database classified: who has news is judged, and nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

import pytest

from small_database import NOW, OFFICE, account, add, new_store, rows
from soma_audit.classify import CLASSIFIERS, database, judge
from soma_audit.classify.database import Classified, Terms, classify, hash_of
from soma_audit.classify.rule import own, visitor, wall_of
from soma_audit.errors import RunAgainError
from soma_audit.model import Stream
from soma_audit.silence_limits import SilenceLimits
from soma_audit.store import Store
from work_for_processes import be_killed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from soma_audit.office_hours import OfficeHours

ASK = visitor("@etaten Når åpner dere?", 1)
OWN_AT = ASK.created_at + timedelta(minutes=30)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path) as made:
        add(made, ASK, own("I dag.", 2, at=30, under=1))
        yield made


def run(
    store: Store,
    *,
    as_of: datetime = NOW,
    office: OfficeHours = OFFICE,
    norm: float = 480,
    silence: SilenceLimits | None = None,
) -> Classified:
    with store.run("classify", config_hash="x", clock=lambda: NOW) as stage:
        terms = Terms(as_of=as_of, office=office, norm_minutes=norm, silence=silence or SilenceLimits())
        return classify(store, stage, terms)


def life(store: Store) -> list[str]:
    return rows(
        store,
        "select label from verdict join account on account.id = verdict.account"
        " where classifier = 'life' and current = 1 and network = 'twitter'",
    )


def test_every_classifier_s_verdicts_are_stored(store: Store) -> None:
    run(store)
    names = rows(store, "select distinct classifier from verdict")
    unseen = {"official"}  # the register names no site
    assert sorted(names) == sorted({c.name for c in CLASSIFIERS} - unseen)


def test_each_verdict_names_the_run_that_made_it(store: Store) -> None:
    run(store)
    assert rows(store, "select distinct stage from verdict join run on run.id = verdict.run") == ["classify"]


def test_all_accounts_are_judged_the_first_time_and_none_the_second(store: Store) -> None:
    assert run(store).accounts == 2
    assert run(store) == Classified(accounts=0, changed=0)


def test_a_new_answer_changes_the_question_s_verdict_and_keeps_the_old_one(store: Store) -> None:
    add(store, visitor("@etaten Hvor er skjemaet?", 3, at=60), own("Ny rapport er klar.", 5, at=90), on="2")
    run(store)
    add(store, own("På nett.", 4, at=9999, under=3), on="3")
    run(store)
    history = rows(
        store,
        "select label, current from verdict join post on post.id = verdict.post"
        " where classifier = 'answer' and native_id = '3' order by verdict.id",
    )
    assert history == [("unanswered", 0), ("answered_late", 1)]


def test_a_pending_question_becomes_unanswered_when_its_time_has_run_out(store: Store) -> None:
    asked_at = NOW - timedelta(hours=1)
    later = replace(own("Ny rapport er klar.", 6), created_at=asked_at + timedelta(minutes=5))
    add(store, replace(ASK, native_id="5", thread="5", created_at=asked_at), later, on="2")
    run(store)
    assert run(store, as_of=NOW + timedelta(days=3)).changed == 1
    assert "unanswered" in rows(
        store, "select label from verdict where current = 1 and classifier = 'answer'"
    )


@pytest.mark.parametrize(
    "other",
    [
        {"norm": 60.0},
        {"office": replace(OFFICE, closes=time(15))},
        {"office": replace(OFFICE, weekdays=frozenset({0, 1}))},
        {"office": replace(OFFICE, holidays=(date(2026, 3, 3),))},
        {"silence": SilenceLimits(quiet_days=60)},
        {"silence": SilenceLimits(dormant_days=400)},
    ],
)
def test_another_norm_other_hours_or_limits_judge_everything_anew(
    store: Store, other: dict[str, object]
) -> None:
    run(store)
    assert run(store, **other).accounts == 2  # type: ignore[arg-type]


def test_hours_with_as_many_other_holidays_are_other_hours() -> None:
    one, other = (replace(OFFICE, holidays=(date(2026, 3, day),)) for day in (3, 4))
    assert hash_of(one) != hash_of(other)
    assert hash_of(one) == hash_of(replace(one))


def test_what_a_person_holds_to_be_a_question_is_looked_for_an_answer_to() -> None:
    posts = [visitor("Fin dag i dag.", 1), own("Ja, sol til kvelden!", 2, at=5, under=1)]
    wall = replace(wall_of(posts), reviewed_as_asked=frozenset({"1"}))
    assert {v.post: v.label for v in judge(wall)["answer"][1]} == {"1": "answered"}


def test_what_became_of_a_question_is_asked_of_what_is_held_to_be_one() -> None:
    judgements = judge(wall_of([ASK, visitor("Fin dag i dag.", 3), own("Hei", 4)]))
    asked = {v.post for v in judgements["question"][1] if v.label != "none"}
    assert {v.post for v in judgements["answer"][1]} == asked == {"1"}


def test_judging_says_which_version_of_each_classifier_judged() -> None:
    assert {name: version for name, (version, _) in judge(wall_of([])).items()} == {
        c.name: c.version for c in CLASSIFIERS
    }


def test_an_account_falls_quiet_by_itself_and_as_early_as_it_is_set(store: Store) -> None:
    store.walks.finish_walk(1, account(store), Stream.TIMELINE, None, NOW)
    run(store)
    assert life(store) == ["active"]
    run(store, silence=SilenceLimits(quiet_days=10))
    assert life(store) == ["quiet"]


def test_an_account_is_judged_anew_at_the_very_time_at_which_it_falls_quiet(store: Store) -> None:
    last = OWN_AT + timedelta(days=90)
    store.walks.finish_walk(1, account(store), Stream.TIMELINE, None, last)
    run(store, as_of=last - timedelta(seconds=1))
    assert life(store) == ["active"]
    run(store, as_of=last)
    assert life(store) == ["quiet"]


def test_an_account_that_goes_on_writing_gets_no_new_verdict_on_its_life(store: Store) -> None:
    run(store)
    add(store, own("Vi flytter.", 3, at=60), on="2")
    assert run(store).changed > 0
    assert len(rows(store, "select id from verdict where classifier = 'life' and account = 1")) == 1


# --- side by side -----------------------------------------------------------------------------------------------------


def everything(store: Store) -> dict[str, list[object]]:
    """Return what a classification leaves, whatever the order in which accounts were judged."""
    of_verdict = "select account, coalesce(post, 0), classifier, version, label, value, current"
    return {
        "verdicts": rows(store, f"{of_verdict} from verdict order by 1, 2, 3"),
        "findings": rows(
            store,
            f"{of_verdict}, rule, weight, evidence from verdict join finding on finding.verdict = verdict.id"
            " order by 1, 2, 3, rule",
        ),
        "judged": rows(store, "select account, changed, as_of, waits_until from judged order by 1"),
    }


@pytest.fixture
def many_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "ALONE", 0)
    monkeypatch.setattr(database, "processes", lambda: 2)


@pytest.mark.usefixtures("many_cores")
def test_processes_side_by_side_leave_what_one_would(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(store, visitor("Hvorfor er det stengt?", 7), network="facebook")
    copy = tmp_path / "alone"
    copy.mkdir()
    store.execute("vacuum into ?", (str(copy / "a.db"),))
    told = run(store)
    with Store(copy / "a.db") as other:
        monkeypatch.setattr(database, "processes", lambda: 1)
        assert run(other) == told
        assert everything(other) == everything(store)


@pytest.mark.usefixtures("many_cores")
def test_what_is_judged_already_is_not_judged_side_by_side_either(store: Store) -> None:
    run(store)
    assert run(store) == Classified()


@pytest.mark.usefixtures("many_cores")
def test_when_a_process_is_killed_the_rest_is_judged_by_the_next_run(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_judge_one", be_killed)
    with pytest.raises(RunAgainError):
        run(store)
    monkeypatch.undo()
    assert run(store).accounts == 2
