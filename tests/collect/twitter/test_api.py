"""X through tweepy on our transport: either vocabulary, every refusal, and nobody's name."""

from __future__ import annotations

import copy
import json
import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collect.builders import (
    MENTIONS,
    NOW,
    PEOPLE,
    TOKEN,
    TWEETS,
    X_ACCOUNT,
    X_NEIGHBOUR,
    Api,
    Pause,
    answer,
    open_store,
    read,
    rows,
    stored_bytes,
    twitter,
    walked,
)
from soma_audit.collect.transport import without_secrets
from soma_audit.collect.twitter.api import EXPANSIONS, FIELDS, ONLY_LEGACY_FIELDS, outgoing
from soma_audit.errors import (
    NotReadableError,
    RetryLaterError,
    SkipAccountError,
    SkipNetworkError,
    SkipStreamError,
)
from soma_audit.model import Kind, Post, Since, Stream

if TYPE_CHECKING:
    from pathlib import Path

Json = Any
USER = f"/2/users/by/username/{X_ACCOUNT.handle}"
SEARCH = "/2/tweets/search/recent"
PLANTED = ("kari_test", "Kari Test", "2000000002", "ola_prøve")
KARI = PEOPLE.author("twitter", "2000000002")
EMPTY = {"meta": {"result_count": 0}}


def problem(title: str, kind: str = "about:blank", status: int = 400, **headers: str) -> Any:
    return answer({"title": title, "type": kind, "status": status}, status, **headers)


def a_post(number: int, **more: Json) -> dict[str, Json]:
    own = {"id": str(number), "text": f"nr. {number}", "created_at": "2026-03-02T09:00:00.000Z"}
    return {**own, "author_id": X_ACCOUNT.native_id, "conversation_id": str(number), **more}


def legacy_page() -> dict[str, Json]:
    """An answer to Kari, and the question it answers, in the old words."""
    mention = {"start": 0, "end": 10, "username": "kari_test", "id": "2000000002"}
    reply = a_post(
        3,
        text="@kari_test Hei! Fristen er 1. mai.",
        conversation_id="1",
        in_reply_to_user_id="2000000002",
        referenced_tweets=[{"type": "replied_to", "id": "2"}],
        reply_settings="everyone",
        edit_history_tweet_ids=["3"],
        public_metrics={"retweet_count": 4, "reply_count": 1, "like_count": 2},
        entities={"mentions": [mention]},
        note_tweet={
            "text": "@kari_test Hei! Fristen er 1. mai. Les mer: https://t.co/x1",
            "entities": {
                "urls": [{"url": "https://t.co/x1", "expanded_url": "https://www.eks.example/frist"}]
            },
        },
    )
    question = a_post(2, text="@eksempeletat Når er fristen?", author_id="2000000002", conversation_id="1")
    users = [
        {"id": "1000000001", "name": "Eksempeletaten", "username": "eksempeletat"},
        {"id": "2000000002", "name": "Kari Test", "username": "kari_test"},
    ]
    return {
        "data": [reply],
        "includes": {"users": users, "tweets": [question]},
        "meta": {"result_count": 1, "newest_id": "3", "oldest_id": "3"},
    }


def post_page() -> dict[str, Json]:
    """The same in the new words."""
    page = legacy_page()
    reply, included = page["data"][0], page["includes"]
    reply["referenced_posts"] = reply.pop("referenced_tweets")
    reply["note_post"] = reply.pop("note_tweet")
    reply["edit_history_post_ids"] = reply.pop("edit_history_tweet_ids")
    reply["public_metrics"]["repost_count"] = reply["public_metrics"].pop("retweet_count")
    included["posts"] = included.pop("tweets")
    return page


def mixed_page() -> dict[str, Json]:
    """New words outside, old ones within, and words nobody knows."""
    page = legacy_page()
    page["includes"]["posts"] = page["includes"].pop("tweets")
    page["data"][0]["note_post"] = page["data"][0].pop("note_tweet")
    page["data"][0]["public_metrics"]["like_count_str"] = "2"
    page["data"][0]["something_new"] = {"deep": [1]}
    return page


def timeline(api: Api, *pages: Json, stream: Stream = Stream.TIMELINE, since: Since | None = None) -> Any:
    api.on(TWEETS if stream is Stream.TIMELINE else MENTIONS, *pages)
    return read(twitter(), X_ACCOUNT, stream, since)


# --- reading ---


@pytest.mark.parametrize("page", [post_page(), mixed_page()], ids=["post", "mixed"])
def test_every_vocabulary_gives_the_same_posts(page: Json, api: Api) -> None:
    assert timeline(api, page).posts == timeline(api, legacy_page()).posts


def test_a_reply_is_read_whole(api: Api) -> None:
    assert timeline(api, post_page()).posts["3"] == Post(
        native_id="3",
        created_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
        text=f"@{KARI} Hei! Fristen er 1. mai. Les mer: https://www.eks.example/frist",
        by_agency=True,
        thread="1",
        parent="2",
        author="eksempeletat",
        kind=Kind.COMMENT,
        permalink="https://x.com/eksempeletat/status/3",
        counts={"like": 2, "reply": 1, "share": 4},
        reply_setting="everyone",
    )


@pytest.mark.parametrize("word", ["edit_history_post_ids", "edit_history_tweet_ids"])
def test_an_edited_post_is_the_same_post_with_another_text(api: Api, word: str) -> None:
    edited = a_post(8, text="rettet", conversation_id="8", **{word: ["5", "8"]})
    post = timeline(api, {"data": [edited], "meta": {"result_count": 1}}).posts["5"]
    assert (post.text, post.thread, post.permalink) == ("rettet", "5", "https://x.com/eksempeletat/status/8")


NOBODY = {"errors": [{"title": "Not Found Error", "type": "https://api.x.com/2/problems/resource-not-found"}]}
BY_ID = "/2/users/1000000001"


def test_a_name_that_somebody_else_has_taken_over_is_not_audited_as_the_agency(api: Api) -> None:
    api.on("/2/users/by/username/eksempeletat", {"data": {"id": "666", "username": "eksempeletat"}})
    api.on(BY_ID, NOBODY)
    with pytest.raises(SkipAccountError) as left:
        read(twitter(), X_ACCOUNT, Stream.PROFILE)
    assert left.value.reason == "renamed"


@pytest.mark.parametrize("by_name", [NOBODY, {"data": {"id": "666", "username": "eksempeletat"}}])
def test_a_renamed_account_is_found_by_its_id(by_name: Json, api: Api) -> None:
    api.on(USER, by_name)
    api.on(BY_ID, {"data": {"id": "1000000001", "username": "nyttnavn"}})
    network = twitter()
    (page,) = read(network, X_ACCOUNT, Stream.PROFILE).pages
    assert page.renamed_to == "nyttnavn"
    texts = [
        {
            "id": "5",
            "text": "@nyttnavn og @eksempeletat: hei",
            "author_id": "7",
            "created_at": "2026-03-01T10:00:00Z",
        }
    ]
    api.on(MENTIONS, {"data": texts, "meta": {"result_count": 1}})
    (post,) = read(network, X_ACCOUNT, Stream.MENTIONS).posts.values()
    assert post.text == "@nyttnavn og @eksempeletat: hei"


def test_whoever_has_taken_over_a_name_is_not_the_agency(api: Api) -> None:
    api.on(USER, {"data": {"id": "666", "username": "eksempeletat"}})
    api.on(BY_ID, {"data": {"id": "1000000001", "username": "nyttnavn"}})
    network = twitter()
    read(network, X_ACCOUNT, Stream.PROFILE)
    stranger = {"id": "6", "text": "hei", "author_id": "666", "created_at": "2026-03-01T10:00:00Z"}
    users = {"users": [{"id": "666", "username": "eksempeletat"}]}
    api.on(MENTIONS, {"data": [stranger], "includes": users, "meta": {"result_count": 1}})
    (post,) = read(network, X_ACCOUNT, Stream.MENTIONS).posts.values()
    assert (post.by_agency, str(post.author)[:2]) == (False, "v-")


def test_the_post_replied_to_comes_along_in_passing(api: Api) -> None:
    question = timeline(api, legacy_page()).posts["2"]
    assert (question.in_passing, question.by_agency, question.author) == (True, False, KARI)


def test_a_mention_has_the_pseudonym_of_its_author(api: Api) -> None:
    seen = timeline(api, legacy_page()).posts
    assert f"@{seen['2'].author}" in seen["3"].text


def test_included_posts_that_nobody_replied_to_are_left_out(api: Api) -> None:
    page = legacy_page()
    page["data"][0]["referenced_tweets"] = [{"type": "quoted", "id": "2"}]
    assert list(timeline(api, page).posts) == ["3"]


def test_a_look_in_passing_does_not_take_away_what_was_seen_of_a_post(api: Api, tmp_path: Path) -> None:
    full = a_post(
        2,
        author_id="2000000002",
        text="@eksempeletat Når er fristen?",
        conversation_id="1",
        public_metrics={"like_count": 5, "reply_count": 1, "retweet_count": 0},
    )
    api.on(MENTIONS, {"data": [full], "meta": {}})
    api.on(TWEETS, legacy_page())
    with open_store(tmp_path / "a.db", X_ACCOUNT) as store:
        walked(store, twitter(), X_ACCOUNT, Stream.MENTIONS)
        before = [o for o in rows(store)["observations"] if o[0] == "2"]
        walked(store, twitter(), X_ACCOUNT)
        assert [o for o in rows(store)["observations"] if o[0] == "2"] == before


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({}, Kind.POST),
        ({"referenced_tweets": [{"type": "retweeted", "id": "1"}]}, Kind.SHARE),
        ({"referenced_posts": [{"type": "retweeted", "id": "1"}]}, Kind.SHARE),
        ({"referenced_tweets": [{"type": "quoted", "id": "1"}]}, Kind.POST),
        ({"referenced_tweets": [{"type": "replied_to", "id": "1"}]}, Kind.COMMENT),
        ({"in_reply_to_user_id": "2000000002"}, Kind.COMMENT),
    ],
)
def test_what_a_post_refers_to_says_what_kind_it_is(more: Json, kind: Kind, api: Api) -> None:
    assert timeline(api, {"data": [a_post(5, **more)], "meta": {}}).posts["5"].kind is kind


@pytest.mark.parametrize(
    "client",
    ["Twitter Web App", '<a href="https://mobile.twitter.com" rel="nofollow">Twitter Web App</a>', None],
)
def test_the_client_is_kept_as_x_names_it(client: str | None, api: Api) -> None:
    assert timeline(api, {"data": [a_post(5, source=client)], "meta": {}}).posts["5"].client == client


def test_a_post_without_a_client_has_none(api: Api) -> None:
    assert timeline(api, {"data": [a_post(5)], "meta": {}}).posts["5"].client is None


def test_a_post_with_nothing_to_count_has_no_counts_which_is_not_zero(api: Api) -> None:
    assert timeline(api, {"data": [a_post(5)], "meta": {}}).posts["5"].counts == {}


def test_a_post_without_a_date_is_passed_by(api: Api) -> None:
    assert list(timeline(api, {"data": [{"id": "6"}, a_post(5)], "meta": {}}).posts) == ["5"]


# --- people ---


def people_page() -> dict[str, Json]:
    page = copy.deepcopy(legacy_page())
    page["data"].append(
        a_post(
            7,
            author_id="2000000002",
            text=".@Kari_Test skriv til kari.test@post.example, x.com/kari_test/status/1",
            note_tweet={"text": "RT @kari_test: «@nabodep» ring 12 34 56 78"},
            entities={
                "urls": [{"url": "https://t.co/a", "expanded_url": "https://twitter.com/kari_test/status/9"}]
            },
        )
    )
    page["errors"] = [
        {"title": "Not Found Error", "value": "kari_test", "detail": "Could not find [kari_test]."}
    ]
    return page


def test_no_visitors_name_handle_or_id_is_in_a_page_or_a_post(api: Api) -> None:
    everything = timeline(api, people_page()).everything.lower()
    assert [p for p in PLANTED if p.lower() in everything] == []


def test_agencies_keep_their_handles(api: Api) -> None:
    assert "@nabodep" in timeline(api, people_page()).posts["7"].text


def test_a_neighbouring_agency_is_named_but_is_not_this_agency(api: Api) -> None:
    page = {"data": [a_post(8, author_id=X_NEIGHBOUR.native_id)], "meta": {}}
    seen = timeline(api, page, stream=Stream.MENTIONS).posts["8"]
    assert (seen.author, seen.by_agency) == ("nabodep", False)


def test_no_visitors_name_reaches_the_database(api: Api, tmp_path: Path) -> None:
    api.on(TWEETS, people_page())
    with open_store(tmp_path / "a.db", X_ACCOUNT) as store:
        walked(store, twitter(), X_ACCOUNT)
        stored = stored_bytes(tmp_path / "a.db").lower()
    assert [p for p in PLANTED if p.lower().encode() in stored] == []


def test_half_characters_do_not_stop_a_page(api: Api) -> None:
    api.on(
        TWEETS,
        '{"data":[{"id":"5","text":"\\ud83d","source":"\\ud83d","created_at":"2026-03-02T09:00:00Z"}],"meta":{}}',
    )
    assert read(twitter(), X_ACCOUNT, Stream.TIMELINE).posts["5"].text == "\ufffd"


# --- asking ---


WORDS_OF = {
    "post": ("post.fields", "note_post", "referenced_posts"),
    "tweet": ("tweet.fields", "note_tweet", "referenced_tweets"),
}


@pytest.mark.parametrize(("dialect", "other"), [("post", "tweet"), ("tweet", "post")])
def test_a_request_speaks_one_dialect(dialect: str, other: str, api: Api) -> None:
    api.on(TWEETS, EMPTY)
    read(twitter(dialect=dialect), X_ACCOUNT, Stream.TIMELINE)
    sent = str(api.asked(TWEETS)[0])
    assert all(word in sent for word in WORDS_OF[dialect])
    assert not any(word in sent for word in WORDS_OF[other])


@settings(deadline=None)
@given(st.sets(st.sampled_from(FIELDS)), st.sets(st.sampled_from(EXPANSIONS)))
def test_no_legacy_word_is_left_in_the_new_dialect(fields: set[str], expansions: set[str]) -> None:
    said = outgoing({"tweet.fields": ",".join(fields), "expansions": ",".join(expansions)}, "post")
    assert "tweet" not in str(said)
    assert not ONLY_LEGACY_FIELDS & set(said["post.fields"].split(","))


UNKNOWN_WORD = answer(
    {
        "errors": [
            {"parameters": {"post.fields": ["id,text"]}, "message": "[post.fields] is not one of […]"}
        ],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": "https://api.twitter.com/2/problems/invalid-request",
    },
    400,
)


def test_a_dialect_that_is_not_understood_is_changed_once_and_for_good(api: Api) -> None:
    api.on(TWEETS, UNKNOWN_WORD, EMPTY)
    api.on(MENTIONS, EMPTY)
    network = twitter(dialect="post")
    read(network, X_ACCOUNT, Stream.TIMELINE)
    read(network, X_ACCOUNT, Stream.MENTIONS)
    spoken = ["tweet" if "tweet.fields" in r.url.params else "post" for r in api.requests]
    assert spoken == ["post", "tweet", "tweet"]


def test_when_neither_dialect_is_understood_the_stream_is_left(api: Api) -> None:
    api.on(TWEETS, UNKNOWN_WORD)
    with pytest.raises(SkipStreamError):
        read(twitter(), X_ACCOUNT, Stream.TIMELINE)
    assert len(api.requests) == 2


def test_an_empty_page_with_a_next_token_is_not_the_end(api: Api) -> None:
    seen = timeline(api, {"meta": {"result_count": 0, "next_token": "n2"}}, {"data": [a_post(5)], "meta": {}})
    assert list(seen.posts) == ["5"]


def test_when_a_token_has_grown_old_the_walk_goes_on_below_the_oldest_post(api: Api) -> None:
    old = problem("Invalid Request", status=400)
    api.on(
        TWEETS,
        {"data": [a_post(9), a_post(8)], "meta": {"next_token": "n2"}},
        old,
        {"data": [a_post(7)], "meta": {}},
    )
    network = twitter()
    first = next(network.pages(X_ACCOUNT, Stream.TIMELINE, Since()))
    seen = read(network, X_ACCOUNT, Stream.TIMELINE, Since(resume=first.resume))
    asked = [(a.get("pagination_token"), a.get("until_id")) for a in api.asked(TWEETS)]
    assert asked == [(None, None), ("n2", None), (None, "8")]
    assert list(seen.posts) == ["7"]


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("1900000000000000003", datetime(2025, 3, 13, 1, 44, 34, 949000, UTC)),
        ("29700859247", datetime(2010, 11, 4, 1, 43, 1, 738000, UTC)),
        ("29700859246", None),
        (str(2**63), None),
    ],
)
def test_a_post_without_a_date_has_the_one_in_its_id(number: str, written: datetime | None, api: Api) -> None:
    undated = {k: v for k, v in a_post(1).items() if k != "created_at"} | {"id": number}
    seen = timeline(api, {"data": [undated], "meta": {}})
    assert [p.created_at for p in seen.posts.values()] == ([written] if written else [])


def test_each_next_token_is_asked_for(api: Api) -> None:
    pages = [{"data": [a_post(n)], "meta": {"next_token": f"n{n}"}} for n in (9, 8)]
    timeline(api, *pages, {"data": [a_post(7)], "meta": {}})
    assert [a.get("pagination_token") for a in api.asked(TWEETS)] == [None, "n9", "n8"]


def test_a_walk_goes_on_from_the_place_of_its_last_page(api: Api) -> None:
    first = {"data": [a_post(9)], "meta": {"next_token": "n9"}}
    api.on(TWEETS, first)
    page = next(twitter().pages(X_ACCOUNT, Stream.TIMELINE, Since()))
    api.on(TWEETS, EMPTY)
    read(twitter(), X_ACCOUNT, Stream.TIMELINE, Since(resume=page.resume))
    assert api.asked(TWEETS)[-1]["pagination_token"] == "n9"


def test_only_what_is_newer_than_the_bookmark_is_asked_for(api: Api) -> None:
    timeline(api, EMPTY, since=Since(bookmark="5"))
    assert api.asked(TWEETS)[0]["since_id"] == "5"


def test_the_newest_post_makes_the_bookmark_by_number_not_by_text(api: Api) -> None:
    assert timeline(api, {"data": [a_post(9), a_post(10)], "meta": {}}).pages[0].newest == "10"


@pytest.mark.parametrize("cut_off_after", [0, 1, 4, 7])
def test_the_networks_cap_is_a_gap_however_often_the_walk_was_cut_off(cut_off_after: int, api: Api) -> None:
    full = [
        {"data": [a_post(100 * p + n) for n in range(100)], "meta": {"next_token": str(p)} if p > 1 else {}}
        for p in range(8, 0, -1)
    ]
    resume = None
    if cut_off_after:
        api.on(MENTIONS, *full)
        walked = twitter().pages(X_ACCOUNT, Stream.MENTIONS, Since())
        resume = [next(walked) for _ in range(cut_off_after)][-1].resume
    api.on(MENTIONS, *full[cut_off_after:])
    pages = read(twitter(), X_ACCOUNT, Stream.MENTIONS, Since(resume=resume)).pages
    assert [g.reason for p in pages for g in p.gaps] == ["cap"]


def test_fewer_posts_than_the_cap_leave_no_gap(api: Api) -> None:
    assert timeline(api, {"data": [a_post(5)], "meta": {}}).pages[0].gaps == ()


def test_open_threads_are_searched_one_by_one(api: Api) -> None:
    api.on(
        SEARCH, {"data": [a_post(5)], "meta": {"next_token": "n"}}, {"data": [a_post(6)], "meta": {}}, EMPTY
    )
    seen = read(twitter(), X_ACCOUNT, Stream.OPEN_THREADS, Since(threads=("1", "2")))
    asked = [(a["query"], a.get("next_token")) for a in api.asked(SEARCH)]
    assert asked == [("conversation_id:1", None), ("conversation_id:1", "n"), ("conversation_id:2", None)]
    assert [p.resume for p in seen.pages] == ["1", "2", None]


def test_the_profile_tells_the_native_id_and_the_followers(api: Api) -> None:
    api.on(
        USER,
        {
            "data": {
                "id": "1000000001",
                "username": "EksempelEtat",
                "name": "x",
                "protected": False,
                "public_metrics": {"followers_count": 5120, "tweet_count": 4100},
            }
        },
    )
    network = twitter()
    page = read(network, X_ACCOUNT, Stream.PROFILE).pages[0]
    assert network.about(page) == {"native_id": "1000000001", "followers": 5120, "protected": False}


# --- refusals ---


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            {
                "errors": [
                    {"title": "Not Found Error", "type": "https://api.x.com/2/problems/resource-not-found"}
                ]
            },
            "not_found",
        ),
        (
            {"errors": [{"title": "Forbidden", "type": "https://api.x.com/2/problems/resource-not-found"}]},
            "suspended",
        ),
        (
            {"errors": [{"title": "Authorization Error", "type": "…/not-authorized-for-resource"}]},
            "protected",
        ),
        ({"data": {"id": "1000000001", "username": "eksempeletat", "protected": True}}, "protected"),
        ({"errors": [{}]}, "not_found"),
    ],
)
def test_an_account_that_cannot_be_read_is_left_for_its_reason(body: Json, reason: str, api: Api) -> None:
    api.on(USER, body)
    api.on(BY_ID, body)
    with pytest.raises(SkipAccountError) as leave:
        read(twitter(), X_ACCOUNT, Stream.PROFILE)
    assert leave.value.reason == reason


def test_a_timeline_of_a_protected_account_is_not_an_empty_one(api: Api) -> None:
    with pytest.raises(SkipAccountError) as leave:
        timeline(api, {"errors": [{"title": "Authorization Error"}]})
    assert leave.value.reason == "protected"


@pytest.mark.parametrize(
    ("refusal", "kind", "reason"),
    [
        (problem("Unauthorized", status=401), SkipNetworkError, "refused"),
        (problem("CreditsDepleted", "…/credits", 402), SkipNetworkError, "quota"),
        (problem("SpendCapReached", status=403), SkipNetworkError, "quota"),
        (problem("Client Forbidden", "…/client-forbidden", 403), SkipNetworkError, "refused"),
        (problem("Forbidden", status=403), SkipStreamError, "permission"),
        (problem("Invalid Request", "…/invalid-request", 400), SkipStreamError, "unreachable"),
        (problem("Not Found", status=404), SkipStreamError, "unreachable"),
        (
            problem("UsageCapExceeded", "…/usage-capped", 429, x_rate_limit_reset="1"),
            SkipNetworkError,
            "quota",
        ),
        (problem("Too Many Requests", status=429), RetryLaterError, "rate_limit"),
    ],
)
def test_a_refusal_says_how_much_to_leave_and_why(
    refusal: Any, kind: type[NotReadableError], reason: str, api: Api
) -> None:
    with pytest.raises(kind) as leave:
        timeline(api, refusal)
    assert (type(leave.value), leave.value.reason, len(api.requests)) == (kind, reason, 1)


RESET = NOW + timedelta(minutes=10)
LIMIT = problem("Too Many Requests", status=429, x_rate_limit_reset=str(int(RESET.timestamp())))


def test_a_limit_is_not_waited_for_unasked(api: Api) -> None:
    api.on(TWEETS, LIMIT)
    pause = Pause()
    with pytest.raises(RetryLaterError) as leave:
        read(twitter(pause=pause), X_ACCOUNT, Stream.TIMELINE)
    assert (leave.value.at, pause.seconds) == (RESET, [])


def test_a_limit_is_waited_for_when_that_is_allowed(api: Api) -> None:
    api.on(TWEETS, LIMIT, {"data": [a_post(5)], "meta": {}})
    pause = Pause()
    seen = read(twitter(pause=pause, max_wait=timedelta(minutes=15)), X_ACCOUNT, Stream.TIMELINE)
    assert (list(seen.posts), pause.seconds) == (["5"], [601])


def test_a_limit_that_does_not_end_is_not_waited_for_for_ever(api: Api) -> None:
    api.on(TWEETS, LIMIT)
    pause = Pause()
    with pytest.raises(RetryLaterError):
        read(twitter(pause=pause, max_wait=timedelta(hours=1)), X_ACCOUNT, Stream.TIMELINE)
    assert len(pause.seconds) == 3


STUMBLES = {
    "500 JSON": problem("Internal", status=500),
    "503 HTML": answer("<html>Over capacity</html>", 503),
    "200 HTML": answer("<html>Hello from a proxy</html>"),
    "200 list": answer([1]),
    "200 cut": answer('{"data":[{"id":"5","te'),
    "200 empty": answer(""),
    "hang": answer(httpx.ReadTimeout("slow")),
    "reset": answer(httpx.RemoteProtocolError("cut")),
    "odd encoding": answer(httpx.DecodingError("no gzip")),
}


@pytest.mark.parametrize("stumble", STUMBLES.values(), ids=STUMBLES)
def test_the_other_sides_bad_moment_is_tried_again(stumble: Any, api: Api) -> None:
    assert list(timeline(api, stumble, {"data": [a_post(5)], "meta": {}}).posts) == ["5"]


@pytest.mark.parametrize("stumble", STUMBLES.values(), ids=STUMBLES)
def test_a_moment_that_stays_bad_leaves_the_stream(stumble: Any, api: Api) -> None:
    with pytest.raises(SkipStreamError) as leave:
        timeline(api, stumble)
    assert (leave.value.reason, len(api.requests)) == ("unreachable", 4)


def test_a_page_token_that_has_expired_begins_the_walk_again(api: Api, tmp_path: Path) -> None:
    with open_store(tmp_path / "a.db", X_ACCOUNT) as store:
        network = twitter()
        api.on(TWEETS, {"data": [a_post(9)], "meta": {"next_token": "n9"}}, problem("Forbidden", status=403))
        with pytest.raises(SkipStreamError):
            walked(store, network, X_ACCOUNT)
        api.on(
            TWEETS,
            problem("Invalid Request", "…/invalid-request"),
            {"data": [a_post(9), a_post(8)], "meta": {}},
        )
        walked(store, network, X_ACCOUNT)
        assert [p[4] for p in rows(store)["posts"]] == ["8", "9"]


# --- the token ---


def test_the_token_goes_in_a_header_and_nowhere_else(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    seen = timeline(api, legacy_page())
    assert {r.headers["authorization"] for r in api.requests} == {f"Bearer {TOKEN}"}
    assert TOKEN not in seen.everything + caplog.text + "".join(str(r.url) for r in api.requests)


def test_an_error_that_quotes_the_token_does_not_pass_it_on(api: Api) -> None:
    with pytest.raises(NotReadableError) as leave:
        timeline(api, problem(f"bad token {TOKEN}", status=403))
    assert TOKEN not in str(leave.value)


@settings(deadline=None)
@given(
    st.sampled_from(["access_token", "appsecret_proof", "input_token", "client_secret"]),
    st.from_regex(r"[\w|%.-]+", fullmatch=True),
)
def test_no_secret_survives_in_an_address(name: str, secret: str) -> None:
    assert (
        without_secrets(f"https://a.example/?x=1&{name}={secret}&y=2")
        == f"https://a.example/?x=1&{name}=…&y=2"
    )


# --- anything at all ---


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["data", "includes", "users", "posts", "id", "username", "text", "errors", "meta", "entities"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


LOOPBACK = twitter()
ODD_ANSWER = (AttributeError, KeyError, TypeError, ValueError)
"""What the walk takes for an answer that makes no sense."""


@settings(deadline=None)
@given(JSON)
def test_whatever_comes_the_stream_at_most_is_left(body: Json) -> None:
    LOOPBACK.x.transport.client = httpx.Client(
        base_url="https://api.example",
        transport=httpx.MockTransport(lambda _: httpx.Response(200, text=json.dumps(body))),
        verify=False,
    )
    with suppress(NotReadableError, *ODD_ANSWER):
        read(LOOPBACK, X_ACCOUNT, Stream.TIMELINE)
