"""A night on Bluesky: what is collected over HTTP from the fake network, by the command line."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from loopback.bluesky_words import said_at
from loopback.night import Night
from loopback.server import Trouble
from soma_audit.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from loopback.server import Loopback
    from loopback.world import Answer, Ask, Person, Post

A_DAY = timedelta(days=1).total_seconds()
SIGNED_IN = 'identifier = "eksempeletaten.example"\napp_password_file = "app-password"'


@pytest.fixture
def night(here: Loopback, tmp_path: Path) -> Night:
    return Night(tmp_path / "a", here, ("bluesky",))


def posts(night: Night) -> dict[str, Any]:
    """All posts held, by their texts."""
    with Store(night.folder / "a.db") as store:
        rows = store.execute(
            "select text, kind, by_agency, thread, parent, author, permalink, reply_setting, hidden, native_id from current_post"
        ).fetchall()
    return {str(row[0]): row[1:] for row in rows}


def agency(here: Loopback) -> Person:
    return here.bluesky.world.people[0]


def visitor(here: Loopback) -> Person:
    return here.bluesky.world.people[1]


def root(here: Loopback, number: int = 5) -> Post:
    return next(p for p in here.bluesky.world.posts if p.text.startswith(f"Kunngjøring nr. {number}"))


def sign_in(night: Night) -> Night:
    night.bluesky = SIGNED_IN
    file = night.folder / "app-password"
    file.write_text(night.here.bluesky.may_sign_in(agency(night.here)), "utf-8")
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


def test_a_visitor_s_post_is_read_where_the_agency_s_above_it_is(night: Night) -> None:
    night.collect()
    found = posts(night)
    assert found["Når er fristen?"][5] == found["Kunngjøring nr. 5: https://eks.example/5"][5]
    assert found["Når er fristen?"][5].startswith("https://bsky.app/profile/eksempeletaten.example/post/")


def test_the_question_comes_along_with_an_answer_in_somebody_else_s_thread(night: Night) -> None:
    night.collect()
    asked = posts(night)["@eksempeletaten.example Når åpner dere?"]
    assert asked[0] in {"post", "share"}
    (answer,) = [p for text, p in posts(night).items() if text.endswith("Klokka ni.")]
    assert answer[3].startswith("at://v-")


def test_a_repost_is_a_share_that_names_nobody(night: Night) -> None:
    night.collect()
    with Store(night.folder / "a.db") as store:
        shares = store.execute(
            "select by_agency, author, permalink from post where kind = 'share'"
        ).fetchall()
    assert shares == [(1, "eksempeletaten.example", None)]


def test_signed_in_mentions_are_found_too(night: Night) -> None:
    ended = sign_in(night).collect()
    assert (ended.code, night.gaps(), night.leaks()) == (0, [], [])
    assert "Noen som vet om @eksempeletaten.example er åpent i dag?" in posts(night)


def test_a_session_that_ends_meanwhile_is_made_anew(night: Night, here: Loopback) -> None:
    sign_in(night)
    here.bluesky.session_life = timedelta(0)
    here.bluesky.page_size = 1

    def later(_: Loopback, __: Ask, answer: Answer) -> Answer:
        here.bluesky.session_life = timedelta(hours=2)
        return answer

    here.troubles.append(Trouble("searchPosts", later, times=1))
    assert night.collect().code == 0
    assert here.calls("createSession") == 2


def test_a_refused_app_password_is_told_once_and_the_rest_goes_on(night: Night) -> None:
    sign_in(night)
    (night.folder / "app-password").write_text("wrong-pass-word-here", "utf-8")
    ended = night.collect()
    assert ended.code == 3
    (said,) = ended.told["not_seen"]
    assert "make a new one and put it in bluesky.app_password_file" in said
    assert len(night.texts()) == 15


# --- the second night ---


def test_a_night_without_news_takes_two_calls_and_leaves_no_trace(night: Night, here: Loopback) -> None:
    here.bluesky.world.say(agency(here), "Fra i fjor", hours_ago=24 * 60)
    night.collect()
    here.bluesky.page_size = 100
    before = night.rows()
    here.clock.move(A_DAY)
    ended = night.collect()
    assert (ended.code, ended.told["new"], ended.told["changed"], ended.calls) == (0, 0, 0, 2)
    assert night.rows()["posts"] == before["posts"]


def test_a_reply_to_an_older_post_shows_in_its_count(night: Night, here: Loopback) -> None:
    here.bluesky.world.say(agency(here), "Fra i fjor", hours_ago=24 * 60)
    night.collect()
    here.bluesky.page_size = 100
    here.clock.move(A_DAY)
    here.bluesky.world.say(visitor(here), "Gjelder det ennå?", under=root(here, 2))
    ended = night.collect()
    assert (ended.told["new"], ended.calls) == (1, 3)
    assert posts(night)["Gjelder det ennå?"][2] == posts(night)["Kunngjøring nr. 2: https://eks.example/2"][8]


def test_a_reply_below_the_agency_s_own_reply_is_found(night: Night, here: Loopback) -> None:
    night.collect()
    here.clock.move(A_DAY)
    answer = next(p for p in here.bluesky.world.posts if p.text.endswith("Hilsen Eva"))
    here.bluesky.world.say(visitor(here), "Og hvor?", under=answer)
    night.collect()
    assert "Og hvor?" in posts(night)


def test_a_thread_that_was_read_whole_tells_what_has_been_deleted(night: Night, here: Loopback) -> None:
    night.collect()
    gone = next(p for p in here.bluesky.world.posts if p.text == "Er det noen der?")
    here.bluesky.world.delete(gone)
    for _ in range(3):
        here.clock.move(A_DAY)
        night.collect()
    assert "Er det noen der?" not in posts(night)


def test_an_own_post_that_is_deleted_is_gone_after_two_nights(night: Night, here: Loopback) -> None:
    night.collect()
    here.bluesky.world.delete(root(here, 3))
    texts = []
    for _ in range(3):
        here.clock.move(A_DAY)
        night.collect()
        texts.append("Kunngjøring nr. 3: https://eks.example/3" in posts(night))
    assert texts == [True, False, False]


def test_a_replaced_record_is_another_look_at_the_same_post(night: Night, here: Loopback) -> None:
    night.collect()
    before = posts(night)["Kunngjøring nr. 0: https://eks.example/0"][8]
    here.bluesky.world.edit(root(here, 0), "Kunngjøring, rettet")
    here.clock.move(A_DAY)
    assert night.collect().told["changed"] == 1
    assert posts(night)["Kunngjøring, rettet"][8] == before


def test_a_renamed_account_is_found_by_its_did_and_told(night: Night, here: Loopback) -> None:
    night.collect()
    here.bluesky.world.rename(agency(here), "nyetaten.example")
    here.clock.move(A_DAY)
    (told,) = night.collect().told["renamed"]
    assert told["now"] == "nyetaten.example"


def test_a_handle_whose_domain_is_lost_is_no_new_name(night: Night, here: Loopback) -> None:
    night.collect()
    here.bluesky.world.rename(agency(here), "handle.invalid")
    here.clock.move(A_DAY)
    assert night.collect().told["renamed"] == []


# --- what hangs where ---


def nights(night: Night, count: int) -> dict[str, Any]:
    """Let nights pass, and return what is held then."""
    for _ in range(count):
        night.here.clock.move(A_DAY)
        night.collect()
    return posts(night)


def written(here: Loopback, text: str) -> Post:
    return next(p for p in here.bluesky.world.posts if p.text.endswith(text))


def test_the_only_reply_that_is_deleted_is_gone_after_two_nights(night: Night, here: Loopback) -> None:
    reply = here.bluesky.world.say(visitor(here), "Bare jeg?", under=root(here, 2))
    night.collect()
    here.bluesky.world.delete(reply)
    assert "Bare jeg?" not in nights(night, 2)


def test_a_reply_to_an_own_reply_is_found_though_its_thread_s_first_post_is_gone(
    night: Night, here: Loopback
) -> None:
    night.collect()
    here.bluesky.world.delete(root(here, 5))
    here.bluesky.world.say(visitor(here), "Og hvor?", under=written(here, "Hilsen Eva"))
    assert "Og hvor?" in nights(night, 1)


def test_a_reply_to_an_own_reply_is_found_though_what_is_between_them_and_the_first_post_is_gone(
    night: Night, here: Loopback
) -> None:
    night.collect()
    here.bluesky.world.delete(written(here, "Når er fristen?"))
    here.bluesky.world.say(visitor(here), "Og hvor?", under=written(here, "Hilsen Eva"))
    assert "Og hvor?" in nights(night, 1)


def test_a_deleted_reply_to_an_own_reply_in_somebody_else_s_thread_is_gone_after_two_nights(
    night: Night, here: Loopback
) -> None:
    reply = here.bluesky.world.say(visitor(here), "Og i morgen?", under=written(here, "Klokka ni."))
    here.bluesky.world.say(visitor(here), "Vet noen det?", under=reply)
    night.collect()
    here.bluesky.world.delete(reply)
    found = nights(night, 2)
    assert {"Og i morgen?", "Vet noen det?"} & found.keys() == set()
    assert "@eksempeletaten.example Når åpner dere?" in found


def test_a_question_that_came_along_is_gone_when_its_thread_does_not_show_it(
    night: Night, here: Loopback
) -> None:
    here.troubles.append(Trouble("getPostThread", _reset))
    night.collect()
    here.troubles.clear()
    here.bluesky.world.delete(written(here, "Når er fristen?"))
    assert "Når er fristen?" not in nights(night, 2)


# --- reply controls ---


@pytest.mark.parametrize(
    ("allow", "word"),
    [
        (None, "everyone"),
        ([], "nobody"),
        (["mention"], "mentionedUsers"),
        (["follower", "mention"], "followers+mentionedUsers"),
        (["list", "following"], "following+list"),
    ],
)
def test_who_may_reply_is_public(night: Night, here: Loopback, allow: list[str] | None, word: str) -> None:
    here.bluesky.views.put_gate(root(here, 2), allow)
    night.collect()
    assert posts(night)["Kunngjøring nr. 2: https://eks.example/2"][6] == word


def test_a_hidden_reply_is_told_to_be_hidden_and_others_not_to_be(night: Night, here: Loopback) -> None:
    hidden = next(p for p in here.bluesky.world.posts if p.text == "Er det noen der?")
    here.bluesky.views.put_gate(root(here, 4), None, hidden=[hidden])
    night.collect()
    found = posts(night)
    assert (found["Er det noen der?"][7], found["Hvem svarer på e-post? Spør [e-mail]"][7]) == (1, 0)


def test_hiding_a_reply_later_is_noticed(night: Night, here: Loopback) -> None:
    night.collect()
    hidden = next(p for p in here.bluesky.world.posts if p.text == "Er det noen der?")
    here.bluesky.views.put_gate(root(here, 4), None, hidden=[hidden])
    here.clock.move(A_DAY)
    night.collect()
    assert posts(night)["Er det noen der?"][7] == 1


def test_hiding_one_reply_in_place_of_another_is_noticed(night: Night, here: Loopback) -> None:
    first, second = (written(here, t) for t in ("ola@post.example", "Er det noen der?"))
    here.bluesky.views.put_gate(root(here, 4), None, hidden=[first])
    night.collect()
    here.bluesky.views.put_gate(root(here, 4), None, hidden=[second])
    assert nights(night, 1)["Er det noen der?"][7] == 1


# --- people ---


def test_whoever_asks_not_to_be_shown_to_strangers_is_counted_and_not_kept(
    night: Night, here: Loopback
) -> None:
    here.bluesky.views.put_label(visitor(here), "!no-unauthenticated")
    assert night.collect().code == 0
    assert "Når er fristen?" not in posts(night)
    with Store(night.folder / "a.db") as store:
        held = store.execute(
            "select count(*) from current_post where text = '' and by_agency = 0 and kind = 'comment'"
        ).fetchone()[0]
    assert held == 3


# --- times ---


@pytest.mark.parametrize(
    ("created", "held"),
    [
        ("2015-06-01T10:00:00Z", "2015-06-01T10:00:00Z"),
        ("2036-01-01T00:00:00Z", None),
        ("1999-12-31T23:59:59Z", None),
    ],
)
def test_a_time_that_cannot_be_is_the_network_s(
    night: Night, here: Loopback, created: str, held: str | None
) -> None:
    post = root(here, 1)
    post.more["record"] = {"createdAt": created}
    night.collect()
    with Store(night.folder / "a.db") as store:
        (at,) = store.execute(
            "select created_at from current_post where text like 'Kunngjøring nr. 1%'"
        ).fetchone()
    assert at == (held or said_at(post.at)[:19] + "Z")


# --- what goes wrong ---


@pytest.mark.parametrize(
    ("standing", "reason"),
    [("deactivated", "deactivated"), ("takendown", "suspended"), ("deleted", "not_found")],
)
def test_an_account_that_is_away_is_told_why(
    night: Night, here: Loopback, standing: str, reason: str
) -> None:
    agency(here).standing = standing
    ended = night.collect()
    assert (ended.code, night.gaps()) == (3, [(None, reason)])
    assert len(ended.told["not_seen"]) == 1


def test_a_thread_that_is_cut_off_is_a_gap_until_it_is_shown_whole(night: Night, here: Loopback) -> None:
    here.bluesky.deepest = 1
    assert night.collect().code == 0
    assert ("comments", "not_shown") in night.gaps()
    here.bluesky.deepest = 1000
    here.clock.move(A_DAY)
    here.bluesky.world.say(visitor(here), "Hallo?", under=root(here, 5))
    here.bluesky.world.say(visitor(here), "Hallo?", under=root(here, 4))
    night.collect()
    assert night.gaps() == [("mentions", "signed_out")]


def test_a_quarrel_deeper_than_can_be_read_is_a_gap(night: Night, here: Loopback) -> None:
    post = root(here, 4)
    for _ in range(400):
        post = here.bluesky.world.say(visitor(here), "Nei!", under=post)
    assert night.collect().code == 0
    assert ("comments", "not_shown") in night.gaps()


def test_a_cursor_that_has_grown_old_begins_the_walk_again(night: Night, here: Loopback) -> None:
    here.bluesky.page_size = 3
    here.troubles.append(Trouble("getAuthorFeed", _reset, skip=2, times=10))
    assert night.collect().code == 3
    here.troubles.clear()
    here.bluesky.places.life = timedelta(hours=1)
    here.clock.move(A_DAY)
    here.bluesky.page_size = 100
    assert (night.collect().code, len(night.texts())) == (0, 15)


def test_a_limit_is_waited_for_or_told(night: Night, here: Loopback) -> None:
    here.bluesky.limit = 3
    ended = night.collect()
    assert (ended.code, ended.told["resume_at"][:10]) == (3, "2026-03-02")
    here.clock.move(301)
    here.bluesky.limit = 3000
    assert (night.collect().code, len(night.texts())) == (0, 15)


def _reset(_: Loopback, __: Ask, answer: Answer) -> Answer:
    answer.arrives = "reset"
    return answer


def test_looking_up_again_finds_what_is_gone(night: Night, here: Loopback) -> None:
    night.collect()
    here.bluesky.world.delete(root(here, 3))
    assert night.verify().told["missing"] == 1
    here.clock.move(A_DAY)
    assert night.verify().told["gone"] == 1


def test_a_thread_that_goes_between_timeline_and_replies_keeps_nobody_else_from_being_read(
    night: Night, here: Loopback
) -> None:
    here.troubles.append(Trouble("getPostThread", _gone, times=1))
    assert night.collect().code == 0
    assert "Når er fristen?" in posts(night)


def _gone(_: Loopback, __: Ask, answer: Answer) -> Answer:
    answer.status, answer.body = 400, {"error": "NotFound", "message": "Post not found"}
    return answer


def test_a_page_without_posts_that_points_on_is_not_the_last(night: Night, here: Loopback) -> None:
    here.troubles.append(Trouble("getAuthorFeed", _empty, skip=1, times=1))
    assert (night.collect().code, len(night.texts())) == (0, 15)
    assert here.calls("getAuthorFeed") == 5


def _empty(here: Loopback, ask: Ask, answer: Answer) -> Answer:
    """Nothing on this page; what should stand here comes on the next one."""
    place = here.bluesky.places.find(ask.params["cursor"])
    answer.body = {"feed": [], "cursor": here.bluesky.places.give(place)}
    return answer


def test_a_profile_under_another_handle_than_was_asked_for_is_not_taken_for_the_account_s(
    night: Night, here: Loopback
) -> None:
    def renamed(_: Loopback, __: Ask, answer: Answer) -> Answer:
        answer.body["handle"] = "nyetaten.example"
        return answer

    here.troubles.append(Trouble("getProfile", renamed))
    assert (night.collect().code, night.gaps()) == (3, [("profile", "damaged")])
    here.troubles.clear()
    assert (night.collect().code, len(night.texts())) == (0, 15)


@pytest.mark.parametrize(
    ("method", "stream"),
    [("getAuthorFeed", "timeline"), ("searchPosts", "mentions"), ("getPostThread", "comments")],
)
def test_an_answer_without_what_was_asked_for_is_damaged(
    night: Night, here: Loopback, method: str, stream: str
) -> None:
    sign_in(night)
    here.troubles.append(Trouble(method, _nothing))
    assert (night.collect().code, night.gaps()) == (3, [(stream, "damaged")])


@pytest.mark.parametrize(
    ("method", "stream"),
    [("getAuthorFeed", "timeline"), ("searchPosts", "mentions"), ("getPostThread", "comments")],
)
@pytest.mark.parametrize("odd", [{"indexedAt": None}, {"indexedAt": "soon"}, {"author": 7}, {"record": []}])
def test_a_post_that_cannot_be_read_is_a_gap_and_the_others_are_read(
    night: Night, here: Loopback, method: str, stream: str, odd: dict[str, Any]
) -> None:
    sign_in(night)

    def spoil(_: Loopback, __: Ask, answer: Answer) -> Answer:
        for node in (answer.body.get("thread", {}).get("replies") or answer.body.get("feed") or [])[:1]:
            node["post"] = node["post"] | odd
        answer.body["posts"] = [p | odd for p in answer.body.get("posts", [])[:1]]
        return answer

    here.troubles.append(Trouble(method, spoil, times=1))
    ended = night.collect()
    assert (ended.code, night.gaps()) == (3, [(stream, "damaged")])
    (said,) = ended.told["not_seen"]
    assert said.endswith("1 of the posts cannot be read")
    here.clock.move(A_DAY)
    assert (night.collect().code, night.gaps(), len(night.texts())) == (0, [], 16)


def _nothing(_: Loopback, __: Ask, answer: Answer) -> Answer:
    answer.body = {}
    return answer


def test_a_post_that_is_shown_as_blocked_is_not_gone(night: Night, here: Loopback) -> None:
    night.collect()
    here.bluesky.world.say(visitor(here), "Og hvor?", under=root(here))
    here.troubles.append(Trouble("getPostThread", _blocked))
    here.clock.move(A_DAY)
    assert night.collect().code == 0
    with Store(night.folder / "a.db") as store:
        assert store.execute("select count(*) from missing").fetchone() == (0,)
    here.troubles.clear()
    assert "Og hvor?" in nights(night, 1)


def _blocked(_: Loopback, ask: Ask, answer: Answer) -> Answer:
    mark = {"$type": "app.bsky.feed.defs#blockedPost", "uri": ask.params["uri"], "blocked": True}
    answer.body = {"thread": mark}
    return answer
