"""One odd answer destroys nothing: no text, no bookmark, no gap that is still open; and what is really gone, goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from loopback.graph import error
from loopback.night import HANDLES, Night
from loopback.server import Loopback, Trouble
from loopback.world import Answer
from soma_audit.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

X, FB, DAY = "twitter", "facebook", 24 * 3600
INVALID = error(100, "Invalid parameter")
GONE = error(100, "Unsupported get request", subcode=33)


@pytest.fixture
def page(here: Loopback, tmp_path: Path) -> Night:
    """A Page, read once."""
    night = Night(tmp_path / "a", here, (FB,))
    assert night.collect().code == 0
    return night


def answering(answer: Answer) -> Callable[..., Answer]:
    return lambda *_: Answer(answer.body, answer.status, dict(answer.headers))


def held(night: Night, what: str = "text is not null") -> int:
    with Store(night.folder / "a.db") as store:
        return int(store.execute(f"select count(*) from current_post where {what}").fetchone()[0])


def bookmark(night: Night, stream: str = "timeline") -> str | None:
    with Store(night.folder / "a.db") as store:
        (account,) = store.register.accounts()
        row = store.execute(
            "select since from bookmark where account = ? and stream = ?", (account.id, stream)
        ).fetchone()
    return row[0] if row else None


def long_thread(here: Loopback) -> str:
    """The path of a thread whose comments do not all come with their post, and in which something is new."""
    posts = here.graph.world.posts
    post = next(p for p in posts if len(here.graph.world.under(p)) > 2)
    here.graph.world.say(here.graph.world.people[1], "Og når?", under=post)
    return f"/{post.wall.id}_{post.id}/comments"


def two_long_threads(here: Loopback) -> str:
    """The path of such a thread, beside another one that can be read."""
    other = here.graph.world.say(here.graph.world.people[0], "Noe annet.")
    for _ in range(3):
        here.graph.world.say(here.graph.world.people[1], "Når da?", under=other)
    return long_thread(here)


# --- one post's comments ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nights", [1, 3])
def test_an_invalid_parameter_on_one_thread_destroys_nothing(
    page: Night, here: Loopback, nights: int
) -> None:
    before = held(page)
    path = two_long_threads(here)
    here.troubles.append(Trouble(path, answering(INVALID)))
    for _ in range(nights):
        here.clock.move(DAY)
        ended = page.collect()
        assert (ended.code, page.gaps()) == (3, [("comments", "unreachable")])
        assert path.split("/")[1] in ended.told["not_seen"][0]
    assert held(page) == before + 4
    assert held(page, "text is null") == 0
    here.troubles.clear()
    here.clock.move(DAY)
    assert (page.collect().code, page.gaps(), held(page)) == (0, [], before + 5)


def test_a_thread_that_could_not_be_read_is_asked_for_when_its_post_has_grown_old(
    page: Night, here: Loopback
) -> None:
    before = held(page)
    path = two_long_threads(here)
    here.troubles.append(Trouble(path, answering(INVALID)))
    for days in (1, 20):
        here.clock.move(days * DAY)
        assert page.collect().code == 3
    here.troubles.clear()
    here.clock.move(DAY)
    assert (page.collect().code, page.gaps(), held(page)) == (0, [], before + 5)


def test_a_thread_that_always_fails_does_not_keep_the_others_from_being_read(
    page: Night, here: Loopback
) -> None:
    before = held(page)
    path = two_long_threads(here)
    here.troubles.append(Trouble(path, answering(error(2500, "no"))))
    for _ in range(2):
        here.clock.move(DAY)
        assert page.collect().code == 3
    assert held(page) == before + 4


def test_a_post_said_to_be_gone_twice_a_night_apart_is_gone_with_its_thread(
    page: Night, here: Loopback
) -> None:
    path = long_thread(here)
    post = next(p for p in here.graph.world.posts if f"_{p.id}/" in path)
    gone = 1 + len(here.graph.world.under(post)) - 1  # the last comment was never read
    here.graph.world.delete(post, thread=True)
    before = held(page)
    for hours, left in ((24, before), (6, before), (24, before - gone)):
        here.clock.move(hours * 3600)
        assert page.collect().code == 0
        assert held(page) == left


# --- empty and odd answers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/published_posts", "/feed"])
@pytest.mark.parametrize(
    "body", [{"data": []}, {"id": "100"}, {"data": None}, {"data": {}}, {"data": [], "paging": {}}, []]
)
def test_empty_answers_two_nights_in_a_row_make_nothing_gone(
    path: str, body: Any, page: Night, here: Loopback
) -> None:
    before, since = held(page), bookmark(page)
    here.troubles.append(Trouble(path, answering(Answer(body))))
    for _ in range(2):
        here.clock.move(DAY)
        page.collect()
    assert (held(page), bookmark(page)) == (before, since)


def test_when_all_of_the_span_is_deleted_an_older_post_vouches_for_the_edge(
    page: Night, here: Loopback
) -> None:
    world = here.graph.world
    here.clock.move(20 * DAY)
    new = world.say(world.people[0], "Kom og gikk.")
    page.collect()
    world.delete(new)
    for left in (["Kom og gikk."], []):
        here.clock.move(DAY)
        page.collect()
        assert [text for text in page.texts() if text == "Kom og gikk."] == left


@pytest.mark.parametrize("body", [{}, {"data": []}, {"includes": {}}, {"meta": None}, {"meta": []}])
@pytest.mark.parametrize("path", ["/tweets", "/mentions"])
def test_an_answer_of_x_that_does_not_say_how_many_is_damaged(
    body: Any, path: str, here: Loopback, tmp_path: Path
) -> None:
    night = Night(tmp_path / "a", here, (X,))
    here.troubles.append(Trouble(path, answering(Answer(body))))
    stream = "timeline" if path == "/tweets" else "mentions"
    assert night.collect().code == 3
    assert (night.gaps(), bookmark(night, stream)) == ([(stream, "damaged")], None)
    here.troubles.clear()
    assert (night.collect().code, night.gaps()) == (0, [])


def test_settings_that_are_empty_for_a_night_change_nothing(page: Night, here: Loopback) -> None:
    here.troubles.append(Trouble("/settings", answering(Answer({"data": []}))))
    here.clock.move(DAY)
    assert (page.collect().code, page.gaps()) == (0, [])
    with Store(page.folder / "a.db") as store:
        told = store.execute(
            "select count(*) from about join page on page.id = about.page where page.stream = 'settings'"
        )
        assert told.fetchone() == (1,)


# --- what the public cannot see -----------------------------------------------------------------------------------


def test_drafts_are_left_out_and_counted(page: Night, here: Loopback) -> None:
    world, before = here.graph.world, held(page)
    world.say(world.people[0], "Utkast", is_published=False)
    world.say(world.people[0], "Bare for venner", privacy={"value": "ALL_FRIENDS"})
    shown = world.say(world.people[0], "Bare i Norge", targeting={"geo_locations": {"countries": ["NO"]}})
    ended = page.collect()
    assert (ended.code, ended.told["unpublished"], ended.told["limited"]) == (0, 2, 1)
    assert (held(page), shown.text in page.texts()) == (before + 1, True)
    assert "Utkast" not in str(page.rows())


def test_a_post_that_is_hidden_or_expired_for_two_nights_is_gone(page: Night, here: Loopback) -> None:
    first, second = here.graph.world.posts[:2]
    first.more["is_hidden"], second.more["is_expired"] = True, True
    here.clock.move(DAY)
    page.collect()
    assert held(page, "text is null") == 0
    here.clock.move(DAY)
    page.collect()
    assert held(page, "text is null") == 2


def test_of_an_unpublished_page_nothing_is_read(page: Night, here: Loopback) -> None:
    here.troubles.append(
        Trouble(
            "/eksempel.etat", lambda _, __, a: Answer({**a.body, "is_published": False}, a.status, a.headers)
        )
    )
    before = here.calls("/feed")
    ended = page.collect()
    assert (ended.code, page.gaps(), here.calls("/feed")) == (3, [(None, "unpublished")], before)
    here.troubles.clear()
    assert (page.collect().code, page.gaps()) == (0, [])


def test_a_limit_s_gap_stays_until_the_account_has_been_read_to_its_end(page: Night, here: Loopback) -> None:
    here.troubles.append(Trouble("/published_posts", answering(error(32, "limit"))))
    for _ in range(2):
        here.clock.move(DAY)
        assert page.collect().code == 3
    with Store(page.folder / "a.db") as store:
        assert store.execute("select reason, closed_by, count(*) from gap").fetchall() == [
            ("rate_limit", None, 1)
        ]
    here.troubles.clear()
    assert (page.collect().code, page.gaps()) == (0, [])


# --- other names --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("network", "name"), [(X, "nyetat"), (FB, "ny.etat")])
@pytest.mark.parametrize("is_taken", [False, True])
def test_a_renamed_account_is_read_on_and_told_once(
    network: str,
    name: str,
    is_taken: bool,  # noqa: FBT001
    here: Loopback,
    tmp_path: Path,
) -> None:
    night = Night(tmp_path / "a", here, (network,))
    night.collect()
    world = (here.x if network == X else here.graph).world
    agency = world.people[0]
    world.rename(agency, name)
    if is_taken:
        world.person(HANDLES[network], "En annen")
    world.say(agency, "Vi har fått nytt navn.")
    ended = night.collect()
    account = f"{network}/{HANDLES[network]}"
    assert (ended.code, ended.told["renamed"]) == (0, [{"account": account, "now": name}])
    assert ended.told["warnings"] == [
        f"{account} is now called {name}: change the register. It was found by its id and read as before."
    ]
    assert "Vi har fått nytt navn." in night.texts()
    assert night.collect().told["renamed"] == []


def test_mentions_of_both_names_are_the_agencys(here: Loopback, tmp_path: Path) -> None:
    night, world = Night(tmp_path / "a", here, (X,)), here.x.world
    night.collect()
    world.rename(world.people[0], "nyetat")
    world.say(world.people[1], "@nyetat og @eksempeletat, er det noen der?")
    night.collect()
    assert "@nyetat og @eksempeletat, er det noen der?" in night.texts()


@pytest.mark.parametrize("runs_between", [0, 1])
def test_the_register_s_new_name_is_the_same_account(
    runs_between: int, here: Loopback, tmp_path: Path
) -> None:
    night, world = Night(tmp_path / "a", here, (X,)), here.x.world
    night.collect()
    before = held(night)
    world.rename(world.people[0], "nyetat")
    for _ in range(runs_between):
        night.collect()
    register = night.folder / "register.csv"
    register.write_text(register.read_text("utf-8").replace(HANDLES[X], "nyetat"), "utf-8")
    ended = night.collect()
    assert (ended.code, ended.told["renamed"]) == (0, [])
    with Store(night.folder / "a.db") as store:
        (account,) = store.register.accounts()
        assert store.execute("select count(*) from account").fetchone() == (1,)
    assert (account.handle, account.other_names, held(night)) == ("nyetat", (HANDLES[X],), before)
