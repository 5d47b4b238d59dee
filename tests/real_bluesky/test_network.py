"""What Bluesky's own servers answer, asked as anybody may ask them: what the collector builds on, shown on the real thing."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from real_bluesky.client import Account, Network, Ref

PROFILE = "app.bsky.actor.getProfile"
FEED = "app.bsky.feed.getAuthorFeed"
THREAD = "app.bsky.feed.getPostThread"
POSTS = "app.bsky.feed.getPosts"
SEARCH = "app.bsky.feed.searchPosts"
RESOLVE = "com.atproto.identity.resolveHandle"

NUMBERS = count(100)


@pytest.fixture
def agency(network: Network) -> Account:
    return network.account(f"etat{next(NUMBERS)}.test")


@pytest.fixture(scope="module")
def citizen(network: Network) -> Account:
    """Somebody who asks in many tests."""
    return network.account("kari.test")


@pytest.fixture
def newcomer(network: Network) -> Account:
    """Somebody of whom nothing is known yet."""
    return network.account(f"ola{next(NUMBERS)}.test")


def feed(network: Network, account: Account, **params: Any) -> list[dict[str, Any]]:
    asked = {"actor": account.did, "limit": 100, "filter": "posts_with_replies", **params}
    items: list[dict[str, Any]] = network.ask(FEED, **asked).json()["feed"]
    return items


def texts(items: list[dict[str, Any]]) -> list[str]:
    return [item["post"]["record"]["text"] for item in items]


def thread(network: Network, post: Ref, **params: Any) -> dict[str, Any]:
    node: dict[str, Any] = network.ask(THREAD, uri=post.uri, **params).json()["thread"]
    return node


def shown(network: Network, *posts: Ref) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = network.ask(POSTS, uris=[post.uri for post in posts]).json()["posts"]
    return found


def error(network: Network, method: str, **params: Any) -> tuple[int, str, str]:
    answer = network.ask(method, **params)
    return answer.status_code, answer.json()["error"], answer.json()["message"]


def test_a_profile_is_found_by_handle_and_by_did(network: Network, agency: Account) -> None:
    network.profile(agency, name="Etaten", description="Svarer på dagtid")
    network.post(agency, "Hei")
    by_handle = network.ask(PROFILE, actor=agency.handle).json()
    assert by_handle == network.ask(PROFILE, actor=agency.did).json()
    assert (by_handle["did"], by_handle["displayName"], by_handle["postsCount"]) == (agency.did, "Etaten", 1)
    assert network.ask(RESOLVE, handle=agency.handle).json() == {"did": agency.did}


def test_no_header_tells_what_may_still_be_asked(network: Network, agency: Account) -> None:
    answer = network.ask(PROFILE, actor=agency.did)
    assert [name for name in answer.headers if "ratelimit" in name or name == "retry-after"] == []


@pytest.mark.parametrize("method", [PROFILE, FEED])
@pytest.mark.parametrize("actor", ["ingen.test", f"did:plc:{'a' * 24}"])
def test_an_unknown_account_is_not_found(network: Network, method: str, actor: str) -> None:
    assert error(network, method, actor=actor) == (400, "InvalidRequest", "Profile not found")


def test_an_unknown_handle_is_not_resolved(network: Network) -> None:
    assert error(network, RESOLVE, handle="ingen.test") == (400, "InvalidRequest", "Unable to resolve handle")


def test_mentions_and_links_count_bytes(network: Network, agency: Account, citizen: Account) -> None:
    post = network.post(citizen, f"🚗 @{agency.handle}, se https://veg.example/side", langs=["nb"])
    (view,) = shown(network, post)
    mention, link = view["record"]["facets"]
    assert mention["index"] == {"byteStart": 5, "byteEnd": 5 + len(f"@{agency.handle}")}
    assert mention["features"] == [{"$type": "app.bsky.richtext.facet#mention", "did": agency.did}]
    assert link["features"][0]["uri"] == "https://veg.example/side"
    assert view["record"]["langs"] == ["nb"]


def test_a_feed_is_newest_first_and_brings_what_was_answered(
    network: Network, agency: Account, citizen: Account
) -> None:
    post = network.post(agency, "Vegen er stengt")
    question = network.reply(citizen, "Når åpner den?", post)
    network.reply(agency, "I morgen", question, post)
    answer, own = feed(network, agency)
    assert texts([answer, own]) == ["I morgen", "Vegen er stengt"]
    assert answer["reply"]["parent"]["record"]["text"] == "Når åpner den?"
    assert answer["reply"]["root"]["uri"] == post.uri


def test_a_feed_is_walked_to_its_end_in_pages(network: Network, agency: Account) -> None:
    network.bulk(agency, 30)
    first = network.ask(FEED, actor=agency.did, limit=20).json()
    second = network.ask(FEED, actor=agency.did, limit=20, cursor=first["cursor"]).json()
    last = network.ask(FEED, actor=agency.did, limit=20, cursor=second["cursor"]).json()
    assert [len(page["feed"]) for page in (first, second, last)] == [20, 10, 0]
    assert "cursor" not in last


def test_a_repost_is_dated_and_named_by_its_reason(
    network: Network, agency: Account, citizen: Account
) -> None:
    post = network.post(citizen, "Flott veg")
    repost = network.repost(agency, post)
    ((item, reason),) = [(item, item["reason"]) for item in feed(network, agency)]
    assert item["post"]["uri"] == post.uri
    assert reason["$type"] == "app.bsky.feed.defs#reasonRepost"
    assert (reason["uri"], reason["cid"], reason["by"]["did"]) == (repost.uri, repost.cid, agency.did)
    assert datetime.fromisoformat(reason["indexedAt"]).date() == datetime.now(UTC).date()


def test_a_repost_of_what_is_deleted_is_gone(network: Network, agency: Account, citizen: Account) -> None:
    post = network.post(citizen, "Angrer")
    network.repost(agency, post)
    network.delete(post)
    assert feed(network, agency) == []


def test_a_date_in_the_past_is_believed_and_one_in_the_future_is_not(
    network: Network, agency: Account
) -> None:
    network.post(agency, "gammel", created_at="2011-01-01T00:00:00.000Z")
    network.post(agency, "framtid", created_at="2036-01-01T00:00:00.000Z")
    network.post(agency, "nå")
    items = feed(network, agency)
    assert texts(items) == ["nå", "framtid", "gammel"]
    assert items[2]["post"]["indexedAt"] == "2011-01-01T00:00:00.000Z"
    assert items[1]["post"]["record"]["createdAt"] == "2036-01-01T00:00:00.000Z"
    assert items[1]["post"]["indexedAt"] < "2036"


@pytest.mark.parametrize(("asked", "first"), [({}, "ny"), ({"includePins": "true"}, "festet")])
def test_a_pinned_post_stands_first_only_where_asked(
    network: Network, agency: Account, asked: dict[str, str], first: str
) -> None:
    pinned = network.post(agency, "festet")
    network.post(agency, "ny")
    network.profile(agency, pinned=pinned)
    items = feed(network, agency, **asked)
    assert (texts(items)[0], len(items)) == (first, 2)
    assert ("reason" in items[0]) == bool(asked)


def test_a_threadgate_shows_in_feed_thread_and_post(network: Network, agency: Account) -> None:
    post = network.post(agency, "Uten svar")
    assert "threadgate" not in shown(network, post)[0]
    network.threadgate(agency, post, allow=[])
    views = [shown(network, post)[0], feed(network, agency)[0]["post"], thread(network, post)["post"]]
    assert [view["threadgate"]["record"]["allow"] for view in views] == [[], [], []]
    network.threadgate(agency, post, allow=["mentionRule", "followingRule"])
    rules = [rule["$type"] for rule in shown(network, post)[0]["threadgate"]["record"]["allow"]]
    assert rules == ["app.bsky.feed.threadgate#mentionRule", "app.bsky.feed.threadgate#followingRule"]


def test_a_hidden_reply_is_named_by_the_threadgate_and_still_in_the_thread(
    network: Network, agency: Account, citizen: Account
) -> None:
    post = network.post(agency, "Vegen er stengt")
    reply = network.reply(citizen, "Dumt", post)
    network.threadgate(agency, post, hidden=[reply])
    node = thread(network, post)
    assert node["post"]["threadgate"]["record"]["hiddenReplies"] == [reply.uri]
    assert "allow" not in node["post"]["threadgate"]["record"]
    assert [child["post"]["uri"] for child in node["replies"]] == [reply.uri]
    assert node["post"]["replyCount"] == 1


def test_a_reply_against_the_threadgate_stands_outside_the_thread(
    network: Network, agency: Account, newcomer: Account
) -> None:
    post = network.post(agency, "Uten svar")
    network.threadgate(agency, post, allow=[])
    reply = network.reply(newcomer, "Svarer likevel", post)
    node = thread(network, post)
    assert (node["replies"], node["post"]["replyCount"]) == ([], 0)
    assert [view["uri"] for view in shown(network, reply)] == [reply.uri]
    assert texts(feed(network, newcomer)) == ["Svarer likevel"]


def test_a_deleted_post_is_absent_everywhere(network: Network, agency: Account) -> None:
    post = network.post(agency, "Feil")
    network.delete(post)
    assert (shown(network, post), feed(network, agency)) == ([], [])
    assert error(network, THREAD, uri=post.uri) == (400, "NotFound", f"Post not found: {post.uri}")


def test_a_deleted_reply_takes_what_answered_it_out_of_the_thread(
    network: Network, agency: Account, citizen: Account
) -> None:
    post = network.post(agency, "Vegen er stengt")
    question = network.reply(citizen, "Når åpner den?", post)
    answer = network.reply(agency, "I morgen", question, post)
    network.delete(question)
    node = thread(network, post)
    assert (node["replies"], node["post"]["replyCount"]) == ([], 0)
    gone = {"$type": "app.bsky.feed.defs#notFoundPost", "uri": question.uri, "notFound": True}
    assert thread(network, answer)["parent"] == gone
    assert feed(network, agency)[0]["reply"]["parent"] == gone


def test_a_replaced_post_keeps_its_address_and_date(network: Network, agency: Account) -> None:
    post = network.post(agency, "Vegen er stengt")
    (old,) = shown(network, post)
    replaced = network.replace(post, "Vegen er åpen")
    (new,) = shown(network, post)
    assert (new["uri"], new["indexedAt"], new["cid"]) == (old["uri"], old["indexedAt"], replaced.cid)
    assert (new["record"]["text"], replaced.cid == post.cid) == ("Vegen er åpen", False)


def test_an_account_keeps_its_did_when_its_handle_changes(network: Network, agency: Account) -> None:
    handle = f"ny{agency.handle}"
    network.rename(agency, handle)
    assert network.ask(PROFILE, actor=agency.did).json()["handle"] == handle
    assert network.ask(RESOLVE, handle=handle).json() == {"did": agency.did}
    assert error(network, PROFILE, actor=agency.handle)[2] == "Profile not found"
    assert error(network, RESOLVE, handle=agency.handle)[2] == "Unable to resolve handle"


def test_a_deactivated_account_says_so_in_its_profile_only(network: Network, agency: Account) -> None:
    post = network.post(agency, "Hei")
    network.deactivate(agency)
    assert error(network, PROFILE, actor=agency.did) == (400, "AccountDeactivated", "Account is deactivated")
    assert error(network, FEED, actor=agency.did) == (400, "InvalidRequest", "Profile not found")
    assert network.ask(RESOLVE, handle=agency.handle).json() == {"did": agency.did}
    assert shown(network, post) == []
    network.activate(agency)
    assert texts(feed(network, agency)) == ["Hei"]


def test_an_account_taken_down_says_so_in_its_profile_only(network: Network, agency: Account) -> None:
    network.take_down(agency)
    assert error(network, PROFILE, actor=agency.did) == (400, "AccountTakedown", "Account has been suspended")
    assert error(network, FEED, actor=agency.did) == (400, "InvalidRequest", "Profile not found")
    assert network.sign_in(agency.handle, agency.password).json()["error"] == "AccountTakedown"
    network.take_down(agency, applied=False)
    assert network.ask(PROFILE, actor=agency.did).status_code == 200


def test_a_removed_account_is_like_one_that_never_was(network: Network, agency: Account) -> None:
    network.remove(agency)
    assert error(network, PROFILE, actor=agency.did) == (400, "InvalidRequest", "Profile not found")
    assert error(network, RESOLVE, handle=agency.handle)[2] == "Unable to resolve handle"


def test_replies_of_an_account_that_is_gone_are_counted_but_not_shown(
    network: Network, agency: Account, newcomer: Account
) -> None:
    post = network.post(agency, "Vegen er stengt")
    network.reply(newcomer, "Når åpner den?", post)
    network.deactivate(newcomer)
    node = thread(network, post)
    assert (node["replies"], node["post"]["replyCount"]) == ([], 1)


def test_a_wish_to_be_shown_to_members_only_is_a_label_and_hides_nothing(
    network: Network, agency: Account
) -> None:
    network.post(agency, "Hei")
    network.profile(agency, signed_in_only=True)
    (item,) = feed(network, agency)
    assert [label["val"] for label in item["post"]["author"]["labels"]] == ["!no-unauthenticated"]
    network.profile(agency, signed_in_only=False)
    assert network.ask(PROFILE, actor=agency.did).json()["labels"] == []


def test_who_may_send_messages_is_in_the_profile(network: Network, agency: Account) -> None:
    assert "chat" not in network.ask(PROFILE, actor=agency.did).json()["associated"]
    network.chat(agency, "none")
    associated = network.ask(PROFILE, actor=agency.did).json()["associated"]
    assert associated["chat"] == {"allowIncoming": "none"}


def test_the_appview_is_asked_without_a_token_and_the_pds_with_one(network: Network, agency: Account) -> None:
    password = network.app_password(agency)
    token = network.sign_in(agency.handle, password).json()["accessJwt"]
    assert network.ask(PROFILE, actor=agency.did, token=token).json()["viewer"]["muted"] is False
    assert "viewer" not in network.ask(PROFILE, actor=agency.did).json()
    assert error(network, PROFILE, actor=agency.did, token="made-up")[:2] == (400, "InvalidToken")
    refused = network.sign_in(agency.handle, "made-up")
    assert (refused.status_code, refused.json()["error"]) == (401, "AuthenticationRequired")


@pytest.mark.parametrize("signed_in", [False, True])
def test_mentions_are_searched_with_and_without_a_session(
    network: Network, agency: Account, citizen: Account, *, signed_in: bool
) -> None:
    mention = network.post(citizen, f"Hei @{agency.handle}")
    network.post(citizen, "Hei alle")
    token = network.sign_in(agency.handle, agency.password).json()["accessJwt"] if signed_in else None
    found = network.ask(
        SEARCH,
        token=token,
        q="*",
        mentions=agency.handle,
        sort="latest",
        limit=100,
    ).json()
    assert ([post["uri"] for post in found["posts"]], "cursor" in found) == ([mention.uri], False)


def test_a_blocked_reader_is_told_so_and_an_anonymous_one_is_not(
    network: Network, agency: Account, newcomer: Account
) -> None:
    network.post(newcomer, "Hei")
    network.block(newcomer, agency)
    token = network.sign_in(agency.handle, agency.password).json()["accessJwt"]
    assert error(network, FEED, actor=newcomer.did, token=token)[:2] == (400, "BlockedByActor")
    assert texts(feed(network, newcomer)) == ["Hei"]


def test_a_thread_shows_all_replies_side_by_side_and_six_one_below_the_other(
    network: Network, agency: Account, citizen: Account
) -> None:
    made = network.bulk(agency, 1, 120, by=citizen)
    node = thread(network, made.posts[0])
    assert (len(node["replies"]), node["post"]["replyCount"]) == (120, 120)
    assert network.ask(PROFILE, actor=agency.did).json()["postsCount"] == 1
    assert node["replies"][0]["post"]["uri"] == made.replies[-1].uri
    root = last = network.post(agency, "Første")
    for number in range(7):
        last = network.reply(citizen, f"Ledd {number}", last, root)
    node = thread(network, root)
    for _ in range(6):
        (node,) = node["replies"]
    assert (node["post"]["replyCount"], "replies" in node) == (1, False)
    node = thread(network, root, depth=1000)
    while node["replies"]:
        (node,) = node["replies"]
    assert node["post"]["uri"] == last.uri
    assert error(network, THREAD, uri=root.uri, depth=1001)[1] == "InvalidRequest"
