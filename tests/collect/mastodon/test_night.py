"""A night on Mastodon: what is collected over HTTP from fake servers, by the command line."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from loopback.mastodon_words import no_mastodon
from loopback.night import Night
from loopback.server import Trouble
from soma_audit.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from loopback.server import Change, Loopback
    from loopback.world import Answer, Ask, Person, Post

A_DAY = timedelta(days=1).total_seconds()
OWN_TOKEN = 'tokens = { "eksempeletaten@etat.example" = "token" }'


@pytest.fixture
def night(here: Loopback, tmp_path: Path) -> Night:
    return Night(tmp_path / "a", here, ("mastodon",))


def posts(night: Night) -> dict[str, Any]:
    """All posts held, by their texts."""
    with Store(night.folder / "a.db") as store:
        rows = store.execute(
            "select text, kind, by_agency, thread, parent, author, permalink, reply_setting, client, native_id from current_post"
        ).fetchall()
    return {str(row[0]): row[1:] for row in rows}


def agency(here: Loopback) -> Person:
    return here.mastodon.world.people[0]


def visitor(here: Loopback) -> Person:
    return here.mastodon.world.people[1]


def root(here: Loopback, number: int = 5) -> Post:
    return next(p for p in here.mastodon.world.posts if p.text.startswith(f"Kunngjøring nr. {number}"))


def server(here: Loopback) -> Any:
    return here.mastodon.servers["etat.example"]


def give_token(night: Night, token: str) -> Night:
    night.mastodon = OWN_TOKEN
    file = night.folder / "token"
    file.write_text(token, "utf-8")
    file.chmod(0o600)
    return night


# --- what is collected ---


def test_what_is_public_is_collected_without_a_key(night: Night) -> None:
    ended = night.collect()
    assert (ended.code, len(night.texts()), night.leaks()) == (0, 15, [])
    assert night.gaps() == [("mentions", "signed_out")]


def test_a_visitor_is_the_same_pseudonym_as_author_and_in_a_mention(night: Night) -> None:
    night.collect()
    found = posts(night)
    asker = found["Når er fristen?"][4]
    assert asker.startswith("v-")
    assert f"@{asker} Hei! 1. mai. Hilsen Eva" in found


def test_links_stand_whole_in_the_text_and_the_client_beside_it(night: Night) -> None:
    night.collect()
    assert posts(night)["Kunngjøring nr. 5: https://eks.example/5"][7] == "Web"


def test_the_question_above_an_answer_in_somebody_else_s_thread_is_asked_for(night: Night) -> None:
    night.collect()
    found = posts(night)
    (answer,) = [p for text, p in found.items() if text.endswith("Klokka ni.")]
    with Store(night.folder / "a.db") as store:
        (text,) = store.execute("select text from current_post where native_id = ?", (answer[3],)).fetchone()
    assert text == "@eksempeletaten@etat.example Når åpner dere?"


def test_a_boost_is_a_share_that_names_nobody(night: Night) -> None:
    night.collect()
    with Store(night.folder / "a.db") as store:
        shares = store.execute(
            "select by_agency, author, permalink from post where kind = 'share'"
        ).fetchall()
    assert shares == [(1, "eksempeletaten@etat.example", None)]


def test_with_its_own_token_mentions_are_found_and_private_mentions_are_not_kept(
    night: Night, here: Loopback
) -> None:
    here.mastodon.world.say(
        visitor(here), "@eksempeletaten@etat.example dette er mellom oss", visibility="direct"
    )
    give_token(night, server(here).token(agency(here), "read"))
    ended = night.collect()
    assert (ended.code, night.gaps(), night.leaks()) == (0, [], [])
    texts = " ".join(night.texts())
    assert "er åpent i dag?" in texts
    assert "mellom oss" not in texts


@pytest.mark.parametrize("owner", ["eksempeletaten@etat.example", "etat.example"])
def test_a_token_may_come_from_systemd(
    night: Night, here: Loopback, monkeypatch: pytest.MonkeyPatch, owner: str
) -> None:
    token = server(here).token(agency(here), "read")
    give_token(night, token)
    night.mastodon = OWN_TOKEN.replace("eksempeletaten@etat.example", owner)
    (night.folder / "token").rename(night.folder / f"mastodon-token-{owner}")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(night.folder))
    night.collect()
    assert any(ask.headers.get("authorization") == f"Bearer {token}" for ask in here.asked)


def test_a_warning_and_what_is_behind_it_are_read(night: Night, here: Loopback) -> None:
    here.mastodon.world.say(agency(here), "Veien er stengt", spoiler_text="Uvær")
    night.collect()
    assert "Uvær\n\nVeien er stengt" in posts(night)


def test_the_language_that_was_declared_is_kept(night: Night, here: Loopback) -> None:
    here.mastodon.world.say(agency(here), "God morgen", language="nn")
    night.collect()
    with Store(night.folder / "a.db") as store:
        (said,) = store.execute("select language from current_post where text = 'God morgen'").fetchone()
    assert said == "nn"


# --- the second night ---


def test_a_night_without_news_takes_two_calls_and_leaves_no_trace(night: Night, here: Loopback) -> None:
    here.mastodon.world.say(agency(here), "Fra i fjor", hours_ago=24 * 60)
    server(here).page_size = 40
    night.collect()
    before = night.rows()
    here.clock.move(A_DAY)
    ended = night.collect()
    assert (ended.code, ended.told["new"], ended.told["changed"], ended.calls) == (0, 0, 0, 2)
    assert night.rows()["posts"] == before["posts"]


def test_a_reply_to_an_older_post_shows_in_its_count(night: Night, here: Loopback) -> None:
    here.mastodon.world.say(agency(here), "Fra i fjor", hours_ago=24 * 60)
    server(here).page_size = 40
    night.collect()
    here.clock.move(A_DAY)
    here.mastodon.world.say(visitor(here), "Gjelder det ennå?", under=root(here, 2))
    ended = night.collect()
    assert (ended.told["new"], ended.calls) == (1, 3)
    assert posts(night)["Gjelder det ennå?"][2] == posts(night)["Kunngjøring nr. 2: https://eks.example/2"][8]


def test_a_reply_that_is_deleted_leaves_no_gap_though_the_timeline_is_as_it_was_before(
    night: Night, here: Loopback
) -> None:
    server(here).page_size = 40
    night.collect()
    for change in (
        lambda: here.mastodon.world.say(visitor(here), "Gjelder det ennå?", under=root(here, 2)),
        lambda: here.mastodon.world.delete(here.mastodon.world.posts[-1]),
    ):
        change()
        here.clock.move(A_DAY)
        night.collect()
    assert night.gaps() == [("mentions", "signed_out")]


def test_an_own_post_that_is_deleted_is_gone_after_two_nights(night: Night, here: Loopback) -> None:
    night.collect()
    here.mastodon.world.delete(root(here, 3))
    texts = []
    for _ in range(3):
        here.clock.move(A_DAY)
        night.collect()
        texts.append("Kunngjøring nr. 3: https://eks.example/3" in posts(night))
    assert texts == [True, False, False]


def test_a_reply_below_an_own_reply_is_gone_when_it_is_deleted_though_the_first_post_is_gone_too(
    night: Night, here: Loopback
) -> None:
    say, world = here.mastodon.world.say, here.mastodon.world
    reply = say(
        visitor(here), "Og hvor?", under=say(agency(here), "PS: ta med legitimasjon", under=root(here))
    )
    night.collect()
    world.delete(root(here))
    for _ in range(2):
        here.clock.move(A_DAY)
        night.collect()
    world.delete(reply)
    for _ in range(2):
        here.clock.move(A_DAY)
        night.collect()
    assert {"Og hvor?", "PS: ta med legitimasjon"} & posts(night).keys() == {"PS: ta med legitimasjon"}


def test_a_reply_that_is_deleted_is_gone_after_two_nights(night: Night, here: Loopback) -> None:
    night.collect()
    here.mastodon.world.delete(next(p for p in here.mastodon.world.posts if p.text == "Er det noen der?"))
    for _ in range(3):
        here.clock.move(A_DAY)
        night.collect()
    assert "Er det noen der?" not in posts(night)


def test_an_edited_post_is_another_look_at_the_same_post(night: Night, here: Loopback) -> None:
    night.collect()
    before = posts(night)["Kunngjøring nr. 0: https://eks.example/0"][8]
    here.mastodon.world.edit(root(here, 0), "Kunngjøring, rettet")
    here.clock.move(A_DAY)
    assert night.collect().told["changed"] == 1
    assert posts(night)["Kunngjøring, rettet"][8] == before


def test_looking_up_again_finds_what_is_gone(night: Night, here: Loopback) -> None:
    night.collect()
    here.mastodon.world.delete(root(here, 3))
    assert night.verify().told["missing"] == 1
    here.clock.move(A_DAY)
    assert night.verify().told["gone"] == 1


def test_a_server_of_before_4_3_is_asked_post_by_post(night: Night, here: Loopback) -> None:
    night.collect()
    server(here).many_statuses = False
    here.mastodon.world.delete(root(here, 3))
    assert night.verify().told["missing"] == 1


# --- other software ---


def test_ids_may_be_no_numbers_and_links_to_the_next_page_may_be_missing(
    night: Night, here: Loopback
) -> None:
    server(here).ulids = True
    server(here).links = False
    assert (night.collect().code, len(night.texts())) == (0, 15)


@pytest.mark.parametrize(
    "field", ["application", "edited_at", "language", "uri", "mentions", "replies_count", "noindex"]
)
def test_a_field_that_is_not_there_is_no_fault(night: Night, here: Loopback, field: str) -> None:
    server(here).leaves_out = frozenset({field})
    assert night.collect().code == 0
    assert "Kunngjøring nr. 5: https://eks.example/5" in posts(night)


@pytest.mark.parametrize(
    ("policy", "word"),
    [
        ({"always": ["public"], "with_approval": []}, "everyone"),
        ({"always": ["me"], "with_approval": ["public"]}, "approval"),
        ({"always": ["followers", "mentioned", "me"], "with_approval": []}, "followers+mentionedUsers"),
        ({"always": ["me"], "with_approval": []}, "nobody"),
    ],
)
def test_who_may_reply_is_told_where_a_server_has_policies(
    night: Night, here: Loopback, policy: dict[str, list[str]], word: str
) -> None:
    root(here, 2).more["interaction_policy"] = {"can_reply": policy}
    night.collect()
    assert posts(night)["Kunngjøring nr. 2: https://eks.example/2"][6] == word


# --- people ---


def test_whoever_asks_not_to_be_found_is_counted_and_not_kept(night: Night, here: Loopback) -> None:
    visitor(here).more["noindex"] = True
    assert night.collect().code == 0
    assert "Når er fristen?" not in posts(night)
    with Store(night.folder / "a.db") as store:
        held = store.execute(
            "select count(*) from current_post where text = '' and by_agency = 0"
        ).fetchone()[0]
    assert held == 3


# --- where an account lives ---


def test_a_server_under_another_name_is_found_by_the_word_of_the_one_in_the_handle(
    here: Loopback, tmp_path: Path
) -> None:
    here.mastodon.server("sosial.by.example", address="by.example")
    town = here.mastodon.world.person("radhuset@by.example", "Rådhuset")
    here.mastodon.world.say(town, "God morgen")
    night = Night(tmp_path / "a", here, ("mastodon",), handles=("radhuset@by.example",))
    assert (night.collect().code, night.texts()) == (0, ["God morgen"])


def test_an_account_that_has_moved_is_told_where(night: Night, here: Loopback) -> None:
    agency(here).more["moved"] = here.mastodon.world.person("etaten@ny.example", "Etaten")
    here.mastodon.server("ny.example")
    ended = night.collect()
    assert ended.code == 3
    (said,) = ended.told["not_seen"]
    assert "moved to @etaten@ny.example: put that in the register" in said
    assert len(night.texts()) == 15
    with Store(night.folder / "a.db") as store:
        assert store.execute("select json_extract(facts, '$.moved_to') from about").fetchall() == [
            ("etaten@ny.example",)
        ]


# --- what goes wrong ---


@pytest.mark.parametrize(
    ("standing", "reason"), [("suspended", "suspended"), ("deleted", "not_found"), ("gone", "not_found")]
)
def test_an_account_that_is_away_is_told_why(
    night: Night, here: Loopback, standing: str, reason: str
) -> None:
    agency(here).standing = standing
    ended = night.collect()
    assert (ended.code, night.gaps()) == (3, [(None, reason)])
    assert len(ended.told["not_seen"]) == 1


@pytest.mark.parametrize("kind", ["html", "404", "410", "redirect"])
def test_a_server_that_is_no_mastodon_is_one_sentence(night: Night, here: Loopback, kind: str) -> None:
    server(here).instead = no_mastodon(kind, here.url)
    ended = night.collect()
    assert ended.code == 3
    (said,) = ended.told["not_seen"]
    assert "etat.example" in said


def test_a_token_that_is_revoked_meanwhile_is_told_once(night: Night, here: Loopback) -> None:
    give_token(night, server(here).token(agency(here)))
    here.troubles.append(Trouble("(statuses|context|notifications)", _refused(401), skip=1))
    ended = night.collect()
    (said,) = ended.told["not_seen"]
    assert (ended.code, night.gaps()) == (3, [(None, "permission")])
    assert "etat.example refused the token. Make a new one there" in said


def test_a_server_that_shows_a_profile_and_no_posts_says_how_to_make_a_token(
    night: Night, here: Loopback
) -> None:
    here.troubles.append(Trouble("/statuses", _refused(401)))
    (said,) = night.collect().told["not_seen"]
    assert "shows nothing without a token. Make a new one there" in said


def _refused(status: int) -> Change:
    def refuse(_: Loopback, __: Ask, answer: Answer) -> Answer:
        answer.status, answer.body = status, {"error": "The access token was revoked"}
        return answer

    return refuse


def test_a_place_that_is_not_known_any_more_begins_the_walk_again(night: Night, here: Loopback) -> None:
    here.troubles.append(Trouble("/statuses", _refused(500), skip=1))
    assert night.collect().code == 3
    server(here).ulids, server(here).refuses_other_ids = (
        True,
        True,
    )  # other software, with ids of another kind
    here.troubles.clear()
    here.clock.move(A_DAY)
    assert (night.collect().code, night.gaps()) == (0, [("mentions", "signed_out")])


def test_a_search_that_fails_is_not_taken_for_a_refusal(night: Night, here: Loopback) -> None:
    server(here).lookup_demands_token = True
    here.troubles.append(Trouble("/search", _refused(500)))
    (said,) = night.collect().told["not_seen"]
    assert (night.gaps(), "no usable answer" in said) == ([("profile", "unreachable")], True)


def test_a_search_that_finds_somebody_else_only_is_a_refusal(night: Night, here: Loopback) -> None:
    server(here).lookup_demands_token = True

    def another(_: Loopback, __: Ask, answer: Answer) -> Answer:
        answer.body["accounts"] = [{"id": "7", "acct": "etat"}]
        return answer

    here.troubles.append(Trouble("/search", another))
    (said,) = night.collect().told["not_seen"]
    assert "shows nothing without a token" in said


def test_a_page_without_posts_that_points_on_is_not_the_last(night: Night, here: Loopback) -> None:
    def empty(_: Loopback, ask: Ask, answer: Answer) -> Answer:
        below = int(ask.params["max_id"]) - 1
        answer.body, answer.headers["Link"] = [], f'<https://etat.example/x?max_id={below}>; rel="next"'
        return answer

    here.troubles.append(Trouble("/statuses", empty, skip=1, times=1))
    assert (night.collect().code, len(night.texts())) == (0, 15)


@pytest.mark.parametrize(
    ("path", "stream"), [("/statuses", "timeline"), ("/notifications", "mentions"), ("/context", "comments")]
)
@pytest.mark.parametrize(
    "odd",
    [{"created_at": None}, {"created_at": {"at": 7}}, {"id": None}, {"id": {}}, {"id": []}, {"account": 7}],
)
def test_a_post_that_cannot_be_read_is_a_gap_and_the_others_are_read(
    night: Night, here: Loopback, path: str, stream: str, odd: dict[str, Any]
) -> None:
    give_token(night, server(here).token(agency(here)))

    def spoil(_: Loopback, __: Ask, answer: Answer) -> Answer:
        statuses = answer.body["descendants"] if path == "/context" else answer.body
        (statuses[0]["status"] if path == "/notifications" else statuses[0]).update(odd)
        return answer

    here.troubles.append(Trouble(path, spoil, times=1))
    ended = night.collect()
    assert (ended.code, night.gaps()) == (3, [(stream, "damaged")])
    (said,) = ended.told["not_seen"]
    assert said.endswith("1 of the posts cannot be read")
    here.clock.move(A_DAY)
    assert (night.collect().code, night.gaps(), len(night.texts())) == (0, [], 16)


@pytest.mark.parametrize("key", ["ancestors", "descendants"])
def test_a_thread_without_one_of_its_lists_is_damaged(night: Night, here: Loopback, key: str) -> None:
    def without(_: Loopback, __: Ask, answer: Answer) -> Answer:
        del answer.body[key]
        return answer

    here.troubles.append(Trouble("/context", without))
    assert night.collect().code == 3
    assert ("comments", "damaged") in night.gaps()


def test_a_token_of_another_server_is_said_to_be_refused(night: Night, here: Loopback) -> None:
    ended = give_token(night, "made-at-another-server").collect()
    here.complaints.clear()  # which the fake makes of a token that it does not know
    assert ended.code == 3
    assert "etat.example refused the token. Make a new one there" in night.said


def test_a_server_that_demands_a_token_says_how_to_make_one(night: Night, here: Loopback) -> None:
    server(here).demands_token = True
    ended = night.collect()
    (said,) = ended.told["not_seen"]
    assert (ended.code, night.gaps()) == (3, [(None, "permission")])
    assert "Preferences, Development, New application" in said


def test_a_server_that_lets_nobody_look_up_lets_them_search(night: Night, here: Loopback) -> None:
    server(here).lookup_demands_token = True
    assert (night.collect().code, len(night.texts())) == (0, 15)


def test_replies_that_never_reached_the_server_are_a_gap(night: Night, here: Loopback) -> None:
    server(here).unseen.append(next(p for p in here.mastodon.world.posts if p.text == "Er det noen der?"))
    night.collect()
    assert ("comments", "not_shown") in night.gaps()


def test_a_limit_closes_one_server_and_no_other(here: Loopback, tmp_path: Path) -> None:
    here.mastodon.server("folk.example")
    other = here.mastodon.world.person("radet@folk.example", "Rådet")
    here.mastodon.world.say(other, "God morgen")
    night = Night(
        tmp_path / "a", here, ("mastodon",), handles=("eksempeletaten@etat.example", "radet@folk.example")
    )
    server(here).limit = 2
    ended = night.collect()
    assert ended.code == 3
    assert all("radet" not in said for said in ended.told["not_seen"])
    assert "God morgen" in night.texts()


def test_when_a_limit_ends_is_an_iso_time(night: Night, here: Loopback) -> None:
    server(here).limit = 2
    assert night.collect().told["resume_at"] == "2026-03-02T12:05:00+00:00"


def test_no_server_is_asked_that_neither_handle_nor_look_up_names(night: Night, here: Loopback) -> None:
    server(here).instead = no_mastodon("redirect", f"{here.url}/on/folk.example/elsewhere")
    night.collect()
    assert {ask.path.split("/")[2] for ask in here.asked} == {"etat.example"}
