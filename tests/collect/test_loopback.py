"""The fake networks themselves: that they do what the real ones are documented to do, asked by the real SDKs."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from loopback.night import SECRETS, VISITORS, Night
from loopback.server import APP_ID, GRAPH_TOKEN, X_TOKEN, Loopback
from loopback.spec import FILE, Spec
from loopback.world import Ask
from soma_audit.collect import AT_ONCE
from soma_audit.config import Config
from soma_audit.model import TokenKind
from soma_audit.store import Store

if TYPE_CHECKING:
    from pathlib import Path

X, FB = "twitter", "facebook"
OFFICE = Config().office()


def ask(here: Loopback, path: str, **params: Any) -> tuple[int, Any]:
    token = X_TOKEN if path.startswith("/2/") else GRAPH_TOKEN
    said = httpx.get(here.url + path, params=params, headers={"Authorization": f"Bearer {token}"})
    return said.status_code, said.json()


def all_of(here: Loopback, path: str, **params: Any) -> list[Any]:
    """Follow X's tokens to the end."""
    found: list[Any] = []
    while True:
        _, body = ask(here, path, **params)
        found += body.get("data", [])
        if "next_token" not in body["meta"]:
            return found
        params["pagination_token"] = body["meta"]["next_token"]


# --- X ---


@pytest.mark.parametrize("speaks", ["post", "tweet", "mixed"])
@pytest.mark.parametrize("dialect", ["post", "tweet"])
def test_whatever_x_speaks_the_rows_are_the_same(
    speaks: str, dialect: str, here: Loopback, tmp_path: Path
) -> None:
    usual, other = Night(tmp_path / "usual", here, (X,)), Night(tmp_path / "a", here, (X,), dialect=dialect)
    assert usual.collect().code == 0
    here.x.speaks = speaks
    ended = other.collect()
    assert (ended.code, other.rows()) == (0, usual.rows())


def test_the_wrong_dialect_is_refused(here: Loopback) -> None:
    number = here.x.world.people[0].id
    here.x.speaks = "tweet"
    status, body = ask(here, f"/2/users/{number}/tweets", **{"post.fields": "id"})
    assert (status, body["type"].rpartition("/")[2]) == (400, "invalid-request")
    here.x.speaks = "post"
    assert ask(here, f"/2/users/{number}/tweets", **{"tweet.fields": "id"})[0] == 400
    assert ask(here, f"/2/users/{number}/tweets", **{"post.fields": "id,no_such"})[0] == 400
    here.complaints.clear()  # where the specification is at hand, it complains too


def test_x_shows_no_more_than_its_caps_and_the_gap_is_said(here: Loopback, tmp_path: Path) -> None:
    agency, kari = here.x.world.people[:2]
    here.x.page_size = 100
    for number in range(3300):
        here.x.world.say(agency, f"Nr. {number}", hours_ago=100)
    for number in range(810):
        here.x.world.say(kari, f"@eksempeletat hei {number}", hours_ago=200)
    night = Night(tmp_path / "a", here, (X,))
    ended = night.collect()
    assert (here.calls("/tweets"), here.calls("/mentions")) == (32, 8)
    assert sorted(night.gaps()) == [("mentions", "cap"), ("timeline", "cap")]
    assert (ended.code, len(night.texts())) == (0, 4000)


def test_a_window_that_is_used_up_opens_again(here: Loopback, tmp_path: Path) -> None:
    here.x.limits["tweets"] = 2
    night = Night(tmp_path / "a", here, (X,))
    assert night.collect().code == 3
    here.clock.move(15 * 60)
    assert (night.collect().code, len(night.texts())) == (0, 12)


def test_x_leaves_out_what_it_is_asked_to(here: Loopback) -> None:
    path = f"/2/users/{here.x.world.people[0].id}/tweets"
    ids = [int(p["id"]) for p in all_of(here, path, max_results=5)]
    assert ids == sorted(ids, reverse=True)
    assert len(all_of(here, path, max_results=5, exclude="replies")) == len(ids) - 1
    assert [int(p["id"]) for p in all_of(here, path, max_results=5, since_id=ids[2])] == ids[:2]
    assert [int(p["id"]) for p in all_of(here, path, max_results=5, until_id=ids[2])] == ids[3:]


def test_an_empty_page_of_x_has_no_data(here: Loopback) -> None:
    agency = here.x.world.people[0]
    body = ask(here, f"/2/users/{agency.id}/tweets", since_id=10**18, max_results=5)[1]
    assert body == {"meta": {"result_count": 0}}


def test_x_searches_the_last_seven_days(here: Loopback) -> None:
    path, root = "/2/tweets/search/recent", here.x.world.posts[6]
    assert len(all_of(here, path, query=f"conversation_id:{root.id}", max_results=10)) == 3
    assert len(all_of(here, path, query="from:ola_proeve", max_results=10)) == 2
    here.clock.move(timedelta(days=7).total_seconds())
    assert all_of(here, path, query="from:ola_proeve", max_results=10) == []


def test_partial_errors_are_of_three_kinds(here: Loopback) -> None:
    agency, kari, ola = here.x.world.people
    kari.standing, ola.standing = "protected", "suspended"
    wanted = [
        "19",
        *(next(p.id for p in here.x.world.posts if p.author is who) for who in (agency, kari, ola)),
    ]
    body = ask(here, "/2/tweets", ids=",".join(wanted))[1]
    assert [p["id"] for p in body["data"]] == [wanted[1]]
    assert [e["title"] for e in body["errors"]] == ["Not Found Error", "Authorization Error", "Forbidden"]


def test_several_users_are_looked_up_at_once(here: Loopback) -> None:
    body = ask(here, "/2/users/by", usernames="eksempeletat,finnes_ikke")[1]
    assert ([u["username"] for u in body["data"]], len(body["errors"])) == (["eksempeletat"], 1)


def test_an_edit_is_a_new_id_and_a_deleted_post_is_not_shown(here: Loopback) -> None:
    first, second = here.x.world.posts[:2]
    old = first.id
    here.x.world.edit(first, "Rettet.", new_id=True)
    here.x.world.delete(second)
    ids = f"{old},{first.id},{second.id}"
    body = ask(here, "/2/tweets", ids=ids, expansions="edit_history_post_ids")[1]
    assert [(p["id"], p["edit_history_post_ids"]) for p in body["data"]] == [
        (old, [old, first.id]),
        (first.id, [old, first.id]),
    ]


def test_the_edits_of_a_post_are_asked_for(here: Loopback, tmp_path: Path) -> None:
    agency, kari = here.x.world.people[:2]
    asked = here.x.world.say(kari, "@eksempeletat Når åpner det")
    here.x.world.edit(asked, "@eksempeletat Når åpner det?", new_id=True)
    answer = here.x.world.say(agency, "@kari_test Klokka ni.", under=asked)
    night = Night(tmp_path / "a", here, (X,))
    night.collect()
    with Store(night.folder / "a.db") as store:
        found = store.execute(
            "select native_id, parent, thread from post where native_id in (?, ?, ?)",
            (asked.first_id, asked.id, answer.id),
        ).fetchall()
    assert found == [(asked.first_id, None, asked.first_id), (answer.id, asked.first_id, asked.first_id)]


def test_a_long_post_is_cut_unless_its_whole_text_is_asked_for(here: Loopback, tmp_path: Path) -> None:
    here.x.world.say(here.x.world.people[0], "Lang " * 100)
    night = Night(tmp_path / "a", here, (X,))
    night.collect()
    assert "Lang " * 100 in night.texts()


# --- Facebook ---


@pytest.mark.parametrize("by_time", [False, True])
def test_either_way_of_paging_leads_to_the_same_rows(by_time: bool, here: Loopback, tmp_path: Path) -> None:  # noqa: FBT001
    usual, other = Night(tmp_path / "usual", here, (FB,)), Night(tmp_path / "a", here, (FB,))
    usual.collect()
    here.graph.pages_by_time = by_time
    assert other.collect().code == 0
    assert other.rows() == usual.rows()


@pytest.mark.parametrize(("kind", "stored", "code"), [("page", 14, 0), ("outside", 14, 3), ("user", 9, 3)])
def test_each_token_sees_what_it_may(
    kind: str, stored: int, code: int, here: Loopback, tmp_path: Path
) -> None:
    here.graph.token_kind = kind
    night = Night(tmp_path / "a", here, (FB,))
    assert (night.collect().code, len(night.texts())) == (code, stored)
    assert night.leaks() == []


@pytest.mark.parametrize("app", ["", f'app_id = "{APP_ID}"'])
@pytest.mark.parametrize(
    ("kind", "of", "found", "found_without_app"),
    [
        ("page", "100", "page", "page"),
        ("page", "999", "another page", "another page"),
        ("outside", "", "system user", "unknown"),
        ("user", "", "user", "unknown"),
    ],
)
def test_whose_token_it_is_stands_on_every_page(
    kind: str, of: str, found: str, found_without_app: str, app: str, here: Loopback, tmp_path: Path
) -> None:
    here.graph.token_kind, here.graph.token_of = kind, of
    night = Night(tmp_path / "a", here, (FB,), facebook=app)
    night.collect()
    with Store(night.folder / "a.db") as store:
        kinds = store.execute("select distinct token_kind from page").fetchall()
        (account,) = store.register.accounts()
        wall = store.verdicts.wall(account, as_of=here.clock.now, office=OFFICE, norm_minutes=480)
    assert kinds == [(found if app else found_without_app,)]
    assert {about.token_kind for about in wall.about} == {TokenKind(kinds[0][0])}
    assert (here.calls("/debug_token"), here.calls("/me")) == ((1, 0) if app else (0, 1))
    assert night.leaks() == []


def test_another_token_is_news_of_the_account(here: Loopback, tmp_path: Path) -> None:
    night = Night(tmp_path / "a", here, (FB,))
    night.collect()
    here.graph.token_of = "999"
    night.collect()
    with Store(night.folder / "a.db") as store:
        told = store.execute(
            "select token_kind from about join page on page.id = page where stream = 'profile'"
        )
        assert told.fetchall() == [("page",), ("another page",)]


@pytest.mark.parametrize("app", ["", f'app_id = "{APP_ID}"'])
def test_the_token_may_stand_in_the_query_and_leaks_no_more_there(
    app: str, here: Loopback, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    usual = Night(tmp_path / "usual", here, (FB,), facebook=app)
    usual.collect()
    here.token_in_query = True
    night = Night(tmp_path / "a", here, (FB,), facebook=f'{app}\ntoken_in = "query"')
    assert night.collect().code == 0
    assert night.rows() == usual.rows()
    assert (night.leaks(), [s for s in SECRETS if s in caplog.text]) == ([], [])


def test_an_outside_token_threads_comments_by_their_addresses(here: Loopback, tmp_path: Path) -> None:
    usual, outside = Night(tmp_path / "usual", here, (FB,)), Night(tmp_path / "a", here, (FB,))
    usual.collect()
    here.graph.token_kind = "outside"
    outside.collect()
    threads = [{(p[4], p[5], p[6]) for p in n.rows()["posts"]} for n in (usual, outside)]
    assert threads[0] == threads[1]


def test_the_version_answered_is_stored(here: Loopback, tmp_path: Path) -> None:
    here.graph.version = "v27.0"
    night = Night(tmp_path / "a", here, (FB,))
    night.collect()
    with Store(night.folder / "a.db") as store:
        assert store.execute("select distinct api_version from page").fetchall() == [("v27.0",)]


@pytest.mark.parametrize(
    ("params", "status", "code"),
    [({"fields": "id,no_such"}, 400, 100), ({"limit": "101"}, 400, 100), ({"ids": "1,2"}, 500, 100)],
)
def test_one_word_too_many_fails_the_whole_request(
    params: dict[str, str], status: int, code: int, here: Loopback
) -> None:
    found, body = ask(here, "/v26.0/100/feed", **params)
    assert (found, body["error"]["code"]) == (status, code)


def test_visitor_posts_and_settings_are_not_for_everyone(here: Loopback) -> None:
    assert len(ask(here, "/v26.0/100/visitor_posts")[1]["data"]) == 2
    here.graph.new_pages = True
    assert "New Pages experience" in ask(here, "/v26.0/100/visitor_posts")[1]["error"]["message"]
    here.graph.token_kind, here.graph.new_pages = "outside", False
    assert ask(here, "/v26.0/100/visitor_posts")[1]["error"]["code"] == 200
    assert ask(here, "/v26.0/100/settings")[1]["error"]["code"] == 200
    said = ask(here, "/v26.0/debug_token", input_token=GRAPH_TOKEN)
    assert said[1]["data"]["type"] == "SYSTEM_USER"
    here.complaints.clear()  # it was not the app that asked


def test_the_address_of_the_next_page_carries_the_token(here: Loopback) -> None:
    assert GRAPH_TOKEN in ask(here, "/v26.0/100/feed", limit="1")[1]["paging"]["next"]


def test_the_same_number_on_the_other_network_is_somebody_else(here: Loopback, tmp_path: Path) -> None:
    here.graph.world.people[1].id = here.x.world.people[0].id
    night = Night(tmp_path / "a", here)
    night.collect()
    here.graph.world.say(here.graph.world.people[1], "Er det noen der?", wall=here.graph.world.people[0])
    night.collect()
    authors = {p[7] for p in night.rows()["posts"] if p[2] == FB and not p[8]}
    assert all(author.startswith("v-") for author in authors)


def test_many_accounts_are_asked_about_at_once_but_not_too_many(here: Loopback, tmp_path: Path) -> None:
    names = tuple(f"etat{number}" for number in range(3 * AT_ONCE))
    for name in names:
        here.x.world.person(name, name)
    here.latency = 0.02
    Night(tmp_path / "a", here, (X,), handles=names).collect()
    assert 1 < here.most_at_once <= AT_ONCE


# --- watching the requests ---


def test_a_request_without_its_bearer_or_with_a_secret_in_its_url_is_noticed(here: Loopback) -> None:
    httpx.get(f"{here.url}/v26.0/100", params={"access_token": GRAPH_TOKEN})
    assert len(here.complaints) == 2
    here.complaints.clear()


@pytest.mark.skipif(not FILE.exists(), reason="X's specification x-openapi-2.167.json is not here")
class TestTheSpecification:
    @pytest.mark.parametrize(
        ("path", "params", "wrong"),
        [
            ("/2/users/1/tweets", {"max_results": "100", "post.fields": "id,text"}, 0),
            ("/2/users/1/tweets", {"max_results": "101"}, 1),
            ("/2/users/1/tweets", {"max_result": "100"}, 1),
            ("/2/users/1/tweets", {"post.fields": "id,author_id"}, 1),
            ("/2/users/1/tweets", {"since_id": "x"}, 1),
            ("/2/users/by/username/eksempel.etat", {}, 1),
            ("/2/tweets/search/recent", {}, 1),
            ("/2/no_such/path", {}, 1),
        ],
    )
    def test_tells_right_from_wrong(self, path: str, params: dict[str, str], wrong: int) -> None:
        assert len(list(Spec().complaints(Ask(path, params, {})))) == wrong

    def test_holds_for_every_request_of_a_run(self, here: Loopback, tmp_path: Path) -> None:
        Night(tmp_path / "a", here, (X,)).collect()
        assert here.spec is not None
        assert here.complaints == []


def test_the_town_has_visitors_to_betray(here: Loopback) -> None:
    assert {p.handle for p in here.x.world.people} > set(VISITORS)
