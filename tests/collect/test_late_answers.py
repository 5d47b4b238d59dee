"""An answer on Facebook may come long after the span that is read anew each night: open questions are looked at again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from loopback.night import Night
from soma_audit.classify.database import classify, terms_of
from soma_audit.config import Config
from soma_audit.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from loopback.server import Loopback
    from loopback.world import Post

FB, DAY = "facebook", 24 * 3600
CONFIG = Config()


@pytest.fixture
def night(here: Loopback, tmp_path: Path) -> Night:
    """A Page on which everything is answered or no question, once read and judged."""
    night = Night(tmp_path / "a", here, (FB,))
    page, kari = here.graph.world.people[0], here.graph.world.people[1]
    here.graph.world.posts.clear()
    post = here.graph.world.say(page, "Ny søknadsfrist er satt.", hours_ago=30)
    asked = here.graph.world.say(kari, "Når er fristen?", under=post, hours_ago=20)
    here.graph.world.say(page, "Den er 1. mai.", under=asked, hours_ago=19)
    assert audit(night) == 0
    return night


def ask(here: Loopback, text: str = "Hvor kan jeg søke?") -> Post:
    """A visitor asks on a post of the Page's."""
    post, kari = here.graph.world.posts[0], here.graph.world.people[1]
    return here.graph.world.say(kari, text, under=post, hours_ago=1)


def audit(night: Night, *, days: int = 0) -> int:
    """Collect and judge, so many days later."""
    night.here.clock.move(days * DAY)
    code = night.collect().code
    with (
        Store(night.folder / "a.db") as store,
        store.run("classify", config_hash="x", clock=night.here.clock) as run,
    ):
        classify(store, run, terms_of(CONFIG, night.here.clock()))
    return code


def answers(night: Night) -> list[str]:
    """What became of each question that still stands, by when it was asked."""
    with Store(night.folder / "a.db") as store:
        return [row[0] for row in store.execute("select answer from question order by created_at")]


def test_an_answer_after_three_weeks_is_seen_the_night_after(night: Night, here: Loopback) -> None:
    question = ask(here)
    audit(night)
    assert audit(night, days=20) == 0
    assert answers(night) == ["answered", "unanswered"]
    here.graph.world.say(here.graph.world.people[0], "På nettsiden vår.", under=question)
    assert audit(night, days=1) == 0
    assert answers(night) == ["answered", "answered_late"]


def test_the_longer_a_question_waits_the_seldomer_it_is_looked_at(night: Night, here: Loopback) -> None:
    ask(here)
    audit(night)
    looked = []
    for _ in range(100):
        before = here.calls("/comments")
        audit(night, days=1)
        looked.append(here.calls("/comments") - before)
    # each night beyond the 14 days that are read anew anyway, then every third, every fourth, …
    assert (looked[:12], looked[12:26]) == ([0] * 12, [1] * 14)
    assert [sum(looked[start : start + 28]) for start in (28, 56)] == pytest.approx([12, 6], abs=2)


def test_a_thread_in_which_nothing_waits_is_left_alone(night: Night, here: Loopback) -> None:
    before = here.calls("/comments")
    audit(night, days=20)
    assert here.calls("/comments") == before


def test_a_question_whose_time_is_up_is_looked_at_no_more(night: Night, here: Loopback) -> None:
    ask(here)
    audit(night)
    with Store(night.folder / "a.db") as store:
        store.retention.purge(texts_before=here.clock.now, pages_before=here.clock.now)
    before = here.calls("/comments")
    audit(night, days=20)
    assert here.calls("/comments") == before


@pytest.mark.parametrize("others", [0, 1])
def test_a_thread_that_was_deleted_is_gone_and_no_trouble(night: Night, here: Loopback, others: int) -> None:
    ask(here)
    page, kari = here.graph.world.people[0], here.graph.world.people[1]
    for _ in range(others):
        here.graph.world.say(
            kari, "Og når?", under=here.graph.world.say(page, "Mer kommer.", hours_ago=3), hours_ago=2
        )
    audit(night)
    audit(night, days=20)
    here.graph.world.say(page, "Noe nytt.")
    deleted = here.graph.world.posts[0]
    here.graph.world.posts[:] = [p for p in here.graph.world.posts if p.root is not deleted]
    assert audit(night) == 0
    assert answers(night) == ["answered", *(["unanswered"] * (1 + others))]
    assert None not in night.texts()
    assert audit(night, days=1) == 0
    assert answers(night) == ["answered", *(["unanswered"] * others)]
    assert sum(text is not None for text in night.texts()) == 1 + 2 * others


def test_a_token_that_reads_no_comments_any_more_makes_nothing_gone(night: Night, here: Loopback) -> None:
    from loopback.graph import HIDDEN, error
    from loopback.server import Trouble

    ask(here)
    audit(night)
    texts = night.texts()
    here.troubles.append(Trouble("/comments", lambda *_: error(100, HIDDEN, subcode=33)))
    assert audit(night, days=20) == 3
    assert night.gaps() == [("comments", "not_found")]
    assert night.texts() == texts
