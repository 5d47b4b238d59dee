"""Facebook through facebook-sdk on our transport: what a token does not show is kept apart from what is not there."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from collect.builders import (
    FEED,
    NOW,
    PAGE,
    PEOPLE,
    REVISIT,
    SECRET,
    TOKEN,
    VISITORS,
    Api,
    Pause,
    answer,
    facebook,
    open_store,
    read,
    rows,
    stored_bytes,
    walked,
)
from soma_audit.collect.facebook.graph import next_page
from soma_audit.collect.facebook.people import not_public
from soma_audit.collect.facebook.posts import comment_ids
from soma_audit.collect.network import NotThereError
from soma_audit.collect.token_kind import Token
from soma_audit.errors import (
    NotReadableError,
    RetryLaterError,
    SkipAccountError,
    SkipNetworkError,
    SkipStreamError,
)
from soma_audit.model import Kind, Post, Since, Stream, TokenKind

if TYPE_CHECKING:
    from pathlib import Path

Json = Any
VISITED, SETTINGS = "/v26.0/100/feed", "/v26.0/100/settings"
COMMENTS = "/v26.0/100_501/comments"
PROFILE = f"/v26.0/{PAGE.handle}"
KARI = PEOPLE.author("facebook", "2222")
PLANTED = ("Kari Test", "kari.test", "2222", "Ola Prøve", "3333")
PROOF = hmac.new(SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
OWN = {"name": "Eksempeletaten", "id": "100"}
END: Json = {"data": []}


def graph_error(code: int, message: str = "no", status: int = 400, **more: Json) -> Any:
    return answer({"error": {"message": message, "type": "OAuthException", "code": code, **more}}, status)


def a_post(number: int, **more: Json) -> dict[str, Json]:
    own = {"id": f"100_{number}", "message": f"nr. {number}", "created_time": "2026-03-02T09:14:00+0000"}
    return {**own, "from": OWN, "permalink_url": f"https://www.facebook.com/100/posts/{number}", **more}


def a_comment(
    number: int, *, under: int | None = None, page_token: bool = True, by: Json = None, **more: Json
) -> dict[str, Json]:
    """A comment on post 501 as a Page's own token shows it, or as an outside token does: without ids and names."""
    place = f"comment_id={under}&reply_comment_id={number}" if under else f"comment_id={number}"
    comment: Json = {
        "message": f"nr. {number}",
        "created_time": "2026-03-02T10:00:00+0000",
        "permalink_url": f"https://www.facebook.com/100/posts/501/?{place}",
    }
    if page_token:
        comment |= {"id": f"501_{number}"} | ({"parent": {"id": f"501_{under}"}} if under else {})
    return {**comment, **({"from": by} if by else {}), **more}


def next_url(**place: str) -> str:
    query = "&".join(f"{k}={v}" for k, v in place.items())
    return (
        f"https://graph.facebook.com/v26.0/100/published_posts?access_token={TOKEN}&pretty=0&limit=25&{query}"
    )


def more_after(cursor: str, *posts: Json) -> Json:
    return {
        "data": [*posts],
        "paging": {"cursors": {"before": "A", "after": cursor}, "next": next_url(after=cursor)},
    }


def timeline(api: Api, *pages: Json, since: Since | None = None) -> Any:
    api.on(FEED, *pages)
    return read(facebook(), PAGE, Stream.TIMELINE, since)


def comments(api: Api, *found: Json) -> dict[str, Post]:
    api.on(COMMENTS, {"data": [*found]})
    return read(facebook(), PAGE, Stream.COMMENTS, Since(threads=("100_501",))).posts


# --- reading ---


def test_a_post_is_read_whole(api: Api) -> None:
    raw = a_post(
        501,
        message="Fristen er 1. mai.",
        status_type="added_photos",
        application={"id": "777", "name": "Hypothetical Scheduler"},
        attachments={"data": [{"title": "Frist", "unshimmed_url": "https://www.eks.example/frist"}]},
        shares={"count": 3},
        reactions={"data": [], "summary": {"total_count": 12}},
        comments={"data": [], "summary": {"total_count": 2, "can_comment": True}},
    )
    assert timeline(api, {"data": [raw]}).posts["100_501"] == Post(
        native_id="100_501",
        created_at=datetime(2026, 3, 2, 9, 14, tzinfo=UTC),
        text="Fristen er 1. mai. https://www.eks.example/frist",
        by_agency=True,
        thread="100_501",
        author="eksempel.etat",
        permalink="https://www.facebook.com/100/posts/501",
        client="Hypothetical Scheduler",
        counts={"like": 12, "reply": 2, "share": 3},
        reply_setting="can_comment",
    )


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ({"status_type": "shared_story", "message": ""}, Kind.SHARE),
        ({"status_type": "shared_story"}, Kind.POST),
        ({"status_type": "mobile_status_update"}, Kind.POST),
    ],
)
def test_somebody_elses_post_passed_on_without_a_word_is_a_share(raw: Json, kind: Kind, api: Api) -> None:
    assert timeline(api, {"data": [a_post(501, **raw)]}).posts["100_501"].kind is kind


def test_a_post_without_a_date_is_passed_by(api: Api) -> None:
    assert list(timeline(api, {"data": [{"id": "100_1"}, a_post(501)]}).posts) == ["100_501"]


def test_a_visitors_post_is_a_visitors_with_and_without_a_name(api: Api) -> None:
    named = a_post(801, **{"from": {"id": "2222", "name": "Kari Test"}})
    nameless = {k: v for k, v in a_post(802, status_type="wall_post").items() if k != "from"}
    api.on(VISITED, {"data": [named, nameless]})
    posts = read(facebook(), PAGE, Stream.VISITOR_POSTS).posts
    assert [(p.by_agency, p.author) for p in posts.values()] == [(False, KARI), (False, None)]


def without_name(number: int, **more: Any) -> Json:
    return {k: v for k, v in a_post(number, **more).items() if k != "from"}


def test_a_post_on_the_edge_of_the_pages_own_is_its_own_though_nobody_is_named(api: Api) -> None:
    assert timeline(api, {"data": [without_name(501)]}).posts["100_501"].by_agency is True


@pytest.mark.parametrize(
    ("by_visitor", "kind"), [(True, Kind.SHARE), (False, Kind.POST)], ids=["a visitor's", "the agency's own"]
)
def test_a_picture_elsewhere_that_names_the_page_is_not_on_its_wall(
    api: Api, *, by_visitor: bool, kind: Kind
) -> None:
    writer = {"from": {"id": "2222", "name": "Kari Test"}} if by_visitor else {}
    api.on(VISITED, {"data": [a_post(801, status_type="tagged_in_photo", **writer)]})
    assert read(facebook(), PAGE, Stream.VISITOR_POSTS).posts["100_801"].kind is kind


def test_what_stands_in_the_feed_and_not_among_the_pages_own_is_a_visitors(api: Api, tmp_path: Path) -> None:
    old = without_name(701, created_time="2020-01-01T00:00:00+0000")
    api.on(FEED, {"data": [a_post(501), a_post(502, created_time="2026-02-01T00:00:00+0000")]})
    api.on(VISITED, {"data": [a_post(501), without_name(801), old]})
    with open_store(tmp_path / "a.db", PAGE) as store:
        by_agency = "select native_id, by_agency from post where native_id not like '100_5%' order by 1"
        walked(store, facebook(), PAGE, Stream.VISITOR_POSTS)
        before = store.execute(by_agency).fetchall()
        walked(store, facebook(), PAGE, Stream.TIMELINE)
        after = store.execute(by_agency).fetchall()
    assert before == [("100_701", None), ("100_801", None)]
    assert after == [("100_701", None), ("100_801", 0)]  # how far the Page's own go back is known


@pytest.mark.parametrize(
    ("answered", "gaps"),
    [
        ({"data": [a_post(801)]}, []),
        ({"data": []}, []),
        (graph_error(200, "New Pages experience not supported"), [("visitor_posts", "not_supported")]),
        (graph_error(200, "Requires pages_read_user_content permission"), []),
    ],
    ids=["a post", "nothing", "not offered on this Page", "refused: the feed has the same"],
)
def test_the_pages_own_token_asks_for_visitors_posts_by_themselves(
    answered: Any, gaps: list[tuple[str, str]], api: Api, tmp_path: Path
) -> None:
    api.on(VISITORS, answered)
    api.on(VISITED, {"data": []})
    with open_store(tmp_path / "a.db", PAGE) as store:
        for _ in range(2):
            walked(store, facebook(), PAGE, Stream.VISITOR_POSTS)
        held_gaps = store.execute("select stream, reason from open_gap").fetchall()
        posts = store.execute("select count(*) from post").fetchone()[0]
    assert (held_gaps, posts) == (gaps, len(answered["data"]) if isinstance(answered, dict) else 0)
    assert len(api.asked(VISITORS)) == 2


@pytest.mark.parametrize("token", [Token(kind=TokenKind.SYSTEM_USER), Token(kind=TokenKind.PAGE, page="999")])
def test_from_outside_nobody_asks_for_them(token: Token, api: Api) -> None:
    api.on(VISITED, {"data": []})
    network = facebook()
    network._find_token = lambda: token
    read(network, PAGE, Stream.VISITOR_POSTS)
    assert api.asked(VISITORS) == []


@pytest.mark.parametrize(("said", "hidden"), [(True, True), (False, False), (..., None), ("yes", None)])
def test_the_pages_own_token_tells_which_comments_are_hidden(
    said: object, *, hidden: bool | None, api: Api
) -> None:
    raw = {k: v for k, v in a_comment(601).items() if k != "is_hidden"}
    posts = comments(api, raw if said is ... else {**raw, "is_hidden": said})
    assert posts["501_601"].hidden is hidden


def test_the_settings_are_told_of_the_account(api: Api) -> None:
    api.on(
        SETTINGS,
        {"data": [{"setting": "USERS_CAN_POST", "value": False}, {"setting": "BLACKLIST", "value": None}]},
    )
    network = facebook()
    page = read(network, PAGE, Stream.SETTINGS).pages[0]
    assert network.about(page) == {"settings": {"USERS_CAN_POST": False, "BLACKLIST": None}}


def test_the_profile_tells_the_native_id_and_the_followers(api: Api) -> None:
    api.on(PROFILE, {"id": "100", "name": "Eksempeletaten", "fan_count": 5120, "is_published": True})
    network = facebook()
    page = read(network, PAGE, Stream.PROFILE).pages[0]
    assert network.about(page) == {"native_id": "100", "followers": 5120, "is_published": True}


# --- threads of comments ---


@pytest.mark.parametrize("page_token", [True, False], ids=["ids", "permalinks"])
def test_comments_are_threaded_by_their_ids_or_their_addresses(api: Api, *, page_token: bool) -> None:
    posts = comments(
        api, a_comment(601, page_token=page_token), a_comment(602, under=601, page_token=page_token)
    )
    assert [(p.native_id, p.parent, p.thread) for p in posts.values()] == [
        ("501_601", "100_501", "100_501"),
        ("501_602", "501_601", "100_501"),
    ]


def test_comments_that_come_with_a_post_are_read_like_those_asked_for(api: Api) -> None:
    raw = a_post(501, comments={"data": [a_comment(601)], "summary": {"total_count": 1}})
    with_post = timeline(api, {"data": [raw]}).posts["501_601"]
    assert with_post == comments(api, a_comment(601))["501_601"]


def test_a_comment_with_neither_id_nor_address_has_a_key_of_its_own_that_stays(api: Api) -> None:
    nameless = {"message": "Hva med oss?", "created_time": "2026-03-02T10:00:00+0000"}
    assert comment_ids(nameless, "100_501") == comment_ids(dict(nameless), "100_501")
    assert comment_ids(nameless, "100_501") != comment_ids({**nameless, "message": "Og oss?"}, "100_501")
    assert list(comments(api, nameless)) == [comment_ids(nameless, "100_501")[0]]


def test_where_no_comment_has_a_name_nobody_is_held_to_be_a_visitor(api: Api) -> None:
    posts = comments(api, a_comment(601, page_token=False), a_comment(602, page_token=False))
    assert [p.by_agency for p in posts.values()] == [None, None]


@pytest.mark.parametrize(
    ("own", "settled"),
    [([], None), ([a_comment(602, by=OWN)], 0)],
    ids=["nobody named", "the agency named"],
)
def test_a_nameless_comment_is_a_visitors_once_the_agencys_own_are_named(
    own: list[Json], settled: int | None, api: Api, tmp_path: Path
) -> None:
    api.on(
        FEED,
        {"data": [a_post(501, comments={"data": [a_comment(601), *own], "summary": {"total_count": 2}})]},
    )
    with open_store(tmp_path / "a.db", PAGE) as store:
        walked(store, facebook(), PAGE, Stream.TIMELINE)
        found = store.execute("select by_agency from post where native_id = '501_601'").fetchone()
    assert found == (settled,)


def test_one_deleted_post_does_not_keep_the_others_comments_from_being_read(api: Api) -> None:
    api.on("/v26.0/100_500/comments", graph_error(100, error_subcode=33))
    api.on(COMMENTS, {"data": [a_comment(601)]})
    seen = read(facebook(), PAGE, Stream.COMMENTS, Since(threads=("100_500", "100_501")))
    assert list(seen.posts) == ["501_601"]


@pytest.mark.parametrize("newest", [[], [a_post(502)]])
def test_when_no_posts_comments_may_be_read_the_stream_is_left(newest: list[Any], api: Api) -> None:
    api.on(FEED, {"data": newest})
    for comments in (COMMENTS, "/v26.0/100_502/comments"):
        api.on(comments, graph_error(100, error_subcode=33))
    with pytest.raises(SkipStreamError):
        read(facebook(), PAGE, Stream.COMMENTS, Since(threads=("100_501",)))


def test_reading_comments_goes_on_at_the_post_and_cursor_where_it_stopped(api: Api) -> None:
    threads = ("100_501", "100_502")
    api.on(COMMENTS, more_after("c2", a_comment(601)), {"data": [a_comment(602)]})
    api.on("/v26.0/100_502/comments", END)
    first = next(facebook().pages(PAGE, Stream.COMMENTS, Since(threads=threads)))
    read(facebook(), PAGE, Stream.COMMENTS, Since(threads=threads, resume=first.resume))
    assert [a.get("after") for a in api.asked(COMMENTS)] == [None, "c2"]
    assert len(api.asked("/v26.0/100_502/comments")) == 1


# --- paging ---


def test_a_post_without_a_date_is_left_out_and_the_gap_is_said(api: Api) -> None:
    undated = {k: v for k, v in a_post(502).items() if k != "created_time"}
    seen = timeline(api, {"data": [a_post(501), undated]})
    assert list(seen.posts) == ["100_501"]
    assert [(g.reason, g.detail) for p in seen.pages for g in p.gaps] == [("damaged", "1 without a date")]


@pytest.mark.parametrize(
    ("times", "newest"),
    [
        (("2026-03-01T09:14:00+0000", "2199-01-01T00:00:00+0000"), "2026-03-01T09:14:00+0000"),
        (("2026-03-01T09:14:00+0000", "2026-03-02T09:14:00+0000"), "2026-03-02T09:14:00+0000"),
        (("2199-01-01T00:00:00+0000", "9999-01-01T00:00:00+0000"), None),
    ],
)
def test_the_bookmark_does_not_move_beyond_today(
    times: tuple[str, str], newest: str | None, api: Api
) -> None:
    first, second = times
    seen = timeline(api, {"data": [a_post(501, created_time=first), a_post(502, created_time=second)]})
    assert [page.newest for page in seen.pages] == [newest]


def test_an_empty_page_with_a_next_one_is_not_the_end(api: Api) -> None:
    assert list(timeline(api, more_after("c2"), {"data": [a_post(501)]}).posts) == ["100_501"]


def test_a_page_without_a_next_one_is_the_end_though_it_has_cursors(api: Api) -> None:
    timeline(api, {"data": [a_post(501)], "paging": {"cursors": {"before": "A", "after": "B"}}})
    assert len(api.requests) == 1


def test_the_cursor_is_sent_back(api: Api) -> None:
    timeline(api, more_after("c2", a_post(502)), {"data": [a_post(501)]})
    assert [a.get("after") for a in api.asked(FEED)] == [None, "c2"]


def test_paging_by_time_is_followed(api: Api) -> None:
    place = {"until": "1772000000", "__paging_token": "t"}
    timeline(api, {"data": [a_post(502)], "paging": {"next": next_url(**place)}}, END)
    assert place.items() <= api.asked(FEED)[1].items()


def test_the_address_of_the_next_page_is_not_kept_since_it_has_the_token(api: Api) -> None:
    under = {"data": [a_comment(601)], "paging": {"cursors": {"after": "x"}, "next": next_url(after="x")}}
    everything = timeline(api, more_after("c2", a_post(501, comments=under)), END).everything
    assert TOKEN not in everything
    assert "access_token" not in everything


@pytest.mark.parametrize("body", [{}, {"paging": None}, {"paging": {"cursors": {"after": "B"}}}])
def test_without_next_there_is_no_next_page(body: Json) -> None:
    assert next_page(body) == {}


def test_only_what_is_near_or_after_the_bookmark_is_asked_for(api: Api) -> None:
    timeline(api, END, since=Since(bookmark="2026-03-01T00:00:00+0000"))
    since = datetime(2026, 3, 1, tzinfo=UTC) - REVISIT
    assert api.asked(FEED)[0]["since"] == str(int(since.timestamp()))


def test_a_second_run_with_nothing_new_costs_one_request_and_is_no_news(api: Api, tmp_path: Path) -> None:
    api.on(FEED, {"data": [a_post(501), a_post(502)]})
    with open_store(tmp_path / "a.db", PAGE) as store:
        for _ in range(2):
            before = rows(store), store.execute("select changed from account").fetchone()
            added = walked(store, facebook(), PAGE, Stream.TIMELINE)
        assert (rows(store), store.execute("select changed from account").fetchone()) == before
    assert (added.new, added.changed, len(api.requests)) == (0, 0, 2)


def test_a_cursor_that_has_grown_old_begins_the_walk_again(api: Api, tmp_path: Path) -> None:
    with open_store(tmp_path / "a.db", PAGE) as store:
        api.on(FEED, more_after("c2", a_post(502)), graph_error(10))
        with pytest.raises(SkipStreamError):
            walked(store, facebook(), PAGE)
        api.on(FEED, graph_error(100, "Invalid cursor"), {"data": [a_post(502), a_post(501)]})
        walked(store, facebook(), PAGE)
        assert [p[4] for p in rows(store)["posts"]] == ["100_501", "100_502"]


# --- what the public cannot see ---


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"is_published": False}, "unpublished"),
        ({"is_published": False, "created_time": "2026-05-01T08:00:00+0000"}, "unpublished"),
        ({"is_published": True, "privacy": {"value": "SELF", "allow": "2222"}}, "private"),
        ({"privacy": {"value": "ALL_FRIENDS"}}, "private"),
        ({"privacy": {"value": "CUSTOM", "friends": "SOME_FRIENDS", "allow": "2222,3333"}}, "private"),
        ({"is_expired": True}, "expired"),
        ({"is_hidden": True}, "hidden"),
        ({}, None),
        ({"is_published": True, "is_hidden": False, "is_expired": False}, None),
        ({"privacy": {"value": "EVERYONE", "description": "Public"}}, None),
        ({"privacy": {"value": "", "description": ""}}, None),
        ({"targeting": {"geo_locations": {"countries": ["NO"]}}}, None),
        ({"is_hidden": True, "comment_count": 0}, None),
        (
            {"is_hidden": True, "permalink_url": "https://www.facebook.com/100/posts/501/?comment_id=601"},
            None,
        ),
    ],
)
def test_what_the_public_cannot_see_is_no_post(told: Json, why: str | None, api: Api) -> None:
    seen = timeline(api, {"data": [a_post(501, message="Hemmelig", **told), a_post(502)]})
    assert not_public(a_post(501, **told)) == why
    assert list(seen.posts) == (["100_502"] if why else ["100_501", "100_502"])
    assert ("Hemmelig" in seen.everything) == (why is None)
    assert [word for word in PLANTED if word in seen.everything] == []
    (page,) = seen.pages
    told_apart = page.notices.unpublished, page.notices.missing
    is_never = why in {"unpublished", "private"}
    assert told_apart == (("100_501",) if is_never else (), ("100_501",) if why and not is_never else ())


def test_a_draft_s_time_does_not_move_the_bookmark(api: Api) -> None:
    scheduled = a_post(501, is_published=False, created_time="2026-03-03T08:00:00+0000")
    (page,) = timeline(api, {"data": [scheduled, a_post(502)]}).pages
    assert page.newest == "2026-03-02T09:14:00+0000"


def test_an_impossible_time_does_not_move_the_bookmark(api: Api) -> None:
    (page,) = timeline(
        api, {"data": [a_post(501, created_time="2199-01-01T00:00:00+0000"), a_post(502)]}
    ).pages
    assert page.newest == "2026-03-02T09:14:00+0000"


def test_a_post_for_some_only_is_kept_and_told(api: Api) -> None:
    (page,) = timeline(api, {"data": [a_post(501, targeting={"age_min": 21}), a_post(502)]}).pages
    assert page.notices.limited == ("100_501",)


@pytest.mark.parametrize("field", ["targeting", "is_expired", "application", "attachments", "can_comment"])
def test_a_field_that_graph_does_not_know_is_not_asked_for_again(field: str, api: Api) -> None:
    refused = graph_error(100, f"(#100) Tried accessing nonexisting field ({field}) on node type (Post)")
    assert list(timeline(api, refused, {"data": [a_post(501)]}).posts) == ["100_501"]
    first, second = (asked["fields"] for asked in api.asked(FEED))
    assert field in first
    assert field not in second
    assert re.search(r",,|,\}|\{,|^,|,$", second) is None


@pytest.mark.parametrize("field", ["is_published", "message", "comments"])
def test_without_a_needed_field_the_stream_is_left(field: str, api: Api) -> None:
    with pytest.raises(SkipStreamError):
        timeline(api, graph_error(100, f"(#100) Tried accessing nonexisting field ({field})"))
    assert len(api.asked(FEED)) == 1


# --- refusals ---


@pytest.mark.parametrize(
    ("refusal", "kind", "reason"),
    [
        (graph_error(3), SkipStreamError, "permission"),
        (graph_error(10), SkipStreamError, "permission"),
        (graph_error(200, status=403), SkipStreamError, "permission"),
        (graph_error(200, "(#200) New Pages experience not supported"), SkipStreamError, "not_supported"),
        (graph_error(100), SkipStreamError, "not_found"),
        (graph_error(100, error_subcode=33), NotThereError, "not_found"),
        (graph_error(2500), SkipStreamError, "unreachable"),
        (graph_error(102), SkipNetworkError, "refused"),
        (graph_error(190, error_subcode=463), SkipNetworkError, "refused"),
        (graph_error(368), SkipNetworkError, "refused"),
        *[(graph_error(code), RetryLaterError, "rate_limit") for code in (4, 17, 32, 341, 613, 80001)],
        (graph_error(4, is_transient=True), RetryLaterError, "rate_limit"),
    ],
)
def test_a_refusal_says_how_much_to_leave_and_why(
    refusal: Any, kind: type[NotReadableError], reason: str, api: Api
) -> None:
    with pytest.raises(kind) as leave:
        timeline(api, refusal)
    assert (type(leave.value), leave.value.reason, len(api.requests)) == (kind, reason, 1)


def test_a_page_that_is_missing_or_not_ours_to_see_leaves_the_account(api: Api) -> None:
    api.on(PROFILE, graph_error(100, error_subcode=33))
    api.on("/v26.0/100", graph_error(100, error_subcode=33))
    with pytest.raises(SkipAccountError, match="or does not show it to us"):
        read(facebook(), PAGE, Stream.PROFILE)


STUMBLES = {
    "code 1": graph_error(1, status=500),
    "code 2": graph_error(2, status=500),
    "transient": graph_error(99, is_transient=True),
    "503 HTML": answer("<html>Sorry</html>", 503),
    "200 HTML": answer("<html>Sorry</html>"),
    "cut": answer('{"data":[{"id":"100_5'),
    "nothing": answer({}),
    "hang": answer(httpx.ReadTimeout("slow")),
}


@pytest.mark.parametrize("stumble", STUMBLES.values(), ids=STUMBLES)
def test_the_other_sides_bad_moment_is_tried_again(stumble: Any, api: Api) -> None:
    assert list(timeline(api, stumble, {"data": [a_post(501)]}).posts) == ["100_501"]


@pytest.mark.parametrize("stumble", STUMBLES.values(), ids=STUMBLES)
def test_a_moment_that_stays_bad_leaves_the_stream(stumble: Any, api: Api) -> None:
    with pytest.raises(SkipStreamError) as leave:
        timeline(api, stumble)
    assert (leave.value.reason, len(api.requests)) == ("unreachable", 4)


def test_an_answer_without_a_content_type_is_read(api: Api) -> None:
    assert list(timeline(api, json.dumps({"data": [a_post(501)]})).posts) == ["100_501"]


TOO_MUCH = graph_error(1, "Please reduce the amount of data you're asking for, then retry your request", 500)


def test_when_less_is_asked_for_the_pages_are_halved(api: Api) -> None:
    timeline(api, TOO_MUCH, TOO_MUCH, {"data": [a_post(501)]})
    assert [a["limit"] for a in api.asked(FEED)] == ["25", "12", "6"]


def test_when_even_one_post_is_too_much_the_stream_is_left(api: Api) -> None:
    with pytest.raises(SkipStreamError, match="reduce"):
        timeline(api, TOO_MUCH)
    asked = [(a["limit"], "comment_count" in a["fields"]) for a in api.asked(FEED)]
    assert asked == [
        (limit, with_comments) for with_comments in (True, False) for limit in ("25", "12", "6", "3", "1")
    ]


USE = json.dumps({"100": [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 12}]})
LIMIT = answer({"error": {"code": 80001, "message": "limit"}}, 400, x_business_use_case_usage=USE)


def test_a_limit_tells_in_minutes_when_to_come_back(api: Api) -> None:
    with pytest.raises(RetryLaterError) as leave:
        timeline(api, LIMIT)
    assert leave.value.at == NOW + timedelta(minutes=12)


def test_a_limit_is_waited_for_when_that_is_allowed(api: Api) -> None:
    api.on(FEED, LIMIT, {"data": [a_post(501)]})
    pause = Pause()
    read(facebook(pause=pause, max_wait=timedelta(minutes=15)), PAGE, Stream.TIMELINE)
    assert pause.seconds == [721]


@pytest.mark.parametrize("use", ["", "no JSON", "{}", "[]", '{"100":[]}', '{"100":[{}]}', '{"100":null}'])
def test_a_limit_that_tells_no_time_is_come_back_to_in_a_quarter(use: str, api: Api) -> None:
    limit = answer({"error": {"code": 4, "message": "limit"}}, 400, x_business_use_case_usage=use)
    with pytest.raises(RetryLaterError) as leave:
        timeline(api, limit)
    assert leave.value.at == NOW + timedelta(minutes=15)


# --- tokens ---


def test_the_token_goes_in_a_header_and_nowhere_else(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    seen = timeline(api, more_after("c2", a_post(501)), END)
    assert {r.headers["authorization"] for r in api.requests} == {f"Bearer {TOKEN}"}
    assert TOKEN not in seen.everything + caplog.text + "".join(str(r.url) for r in api.requests)


def test_the_proof_is_sent_and_not_kept(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    seen = timeline(api, {"data": [a_post(501)]})
    assert api.asked(FEED)[0]["appsecret_proof"] == PROOF
    assert PROOF not in seen.everything + caplog.text


def test_without_an_app_secret_no_proof_is_sent(api: Api) -> None:
    api.on(FEED, END)
    read(facebook(secret=None), PAGE, Stream.TIMELINE)
    assert "appsecret_proof" not in api.asked(FEED)[0]


@pytest.mark.parametrize("code", [10, 100, 190, 4, 2])
def test_an_error_that_quotes_the_token_does_not_pass_it_on(code: int, api: Api) -> None:
    with pytest.raises(NotReadableError) as leave:
        timeline(api, graph_error(code, f"Malformed access token {TOKEN}"))
    assert TOKEN not in str(leave.value)


# --- people ---


def tag(offset: int, length: int, name: str = "Kari Test", **more: Json) -> Json:
    return {"id": "2222", "name": name, "type": "user", "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    "tags",
    [
        [tag(4, 9)],
        {"4": [tag(4, 9)]},
        [tag(7, 9)],  # counted in other units than ours
        [{k: v for k, v in tag(4, 9).items() if k != "name"}],
    ],
    ids=["list", "by place", "misplaced", "nameless"],
)
def test_people_tagged_in_a_message_become_pseudonyms(tags: Json, api: Api) -> None:
    message = a_comment(602, message="Hei Kari Test, det gjelder alle.", message_tags=tags, by=OWN)
    assert comments(api, message)["501_602"].text == f"Hei @{KARI}, det gjelder alle."


def test_no_tag_at_all_changes_nothing(api: Api) -> None:
    assert comments(api, a_comment(601, message="Hei", message_tags=[]))["501_601"].text == "Hei"


def test_the_agencys_own_tag_stays(api: Api) -> None:
    tags = [{"id": "100", "name": "Eksempeletaten", "offset": 4, "length": 14}]
    assert (
        comments(api, a_comment(601, message="Hei Eksempeletaten", message_tags=tags))["501_601"].text
        == "Hei Eksempeletaten"
    )


KARIS = {"name": "Kari Test", "id": "2222"}
PEOPLE_POST = a_post(
    801,
    **{"from": KARIS},
    message="Hei @kari.test, se facebook.com/kari.test og skriv til kari.test@post.example",
    permalink_url="https://www.facebook.com/kari.test/posts/801?story_fbid=801&id=2222",
    attachments={
        "data": [
            {"title": "Kari Test sitt bilde", "unshimmed_url": "https://www.facebook.com/kari.test/photos/1"}
        ]
    },
    comments={
        "data": [
            a_comment(
                601,
                by={"name": "Ola Prøve", "id": "3333"},
                permalink_url="https://www.facebook.com/permalink.php?story_fbid=801&id=3333&comment_id=601",
            )
        ]
    },
)


def test_no_visitors_name_handle_or_id_is_in_a_page_or_a_post(api: Api) -> None:
    api.on(VISITED, {"data": [PEOPLE_POST]})
    everything = read(facebook(), PAGE, Stream.VISITOR_POSTS).everything.lower()
    assert [p for p in PLANTED if p.lower() in everything] == []


def test_no_visitors_name_reaches_the_database(api: Api, tmp_path: Path) -> None:
    api.on(VISITED, {"data": [PEOPLE_POST]})
    with open_store(tmp_path / "a.db", PAGE) as store:
        walked(store, facebook(), PAGE, Stream.VISITOR_POSTS)
        stored = stored_bytes(tmp_path / "a.db").lower()
    assert [p for p in PLANTED if p.lower().encode() in stored] == []


def test_an_address_below_the_agencys_page_stays_whole(api: Api) -> None:
    assert (
        comments(api, a_comment(601))["501_601"].permalink
        == "https://www.facebook.com/100/posts/501/?comment_id=601"
    )


def test_half_characters_do_not_stop_a_page(api: Api) -> None:
    text = json.dumps({"data": [a_post(501, message="\ud83d", application={"name": "\ud83d"})]})
    assert timeline(api, text).posts["100_501"].text == "\ufffd"
