"""The fake of Bluesky: that it does what the network is documented to do, and says what the schemas say."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from loopback.bluesky_words import said_at
from loopback.lexicon import FOLDER, Lexicons
from loopback.server import Loopback
from loopback.town import BLUESKY_AGENCY, settle_bluesky
from loopback.world import Ask, Person, Post

if TYPE_CHECKING:
    from collections.abc import Iterator

FEED = "app.bsky.feed."
AGENCY, KARI, OLA = "etat.example", "kari-test.example", "ola-proeve.example"


@pytest.fixture
def here() -> Iterator[Loopback]:
    with Loopback() as open_:
        for handle, name in (
            (AGENCY, "Eksempeletaten"),
            (KARI, "Kari Testesen"),
            (OLA, "Ola Prøvesen"),
        ):
            open_.bluesky.world.person(handle, name)
        yield open_
        assert open_.complaints == []
        assert open_.bluesky.mistakes == []


def people(here: Loopback) -> list[Person]:
    return here.bluesky.world.people


def say(here: Loopback, who: int, text: str, **how: Any) -> Post:
    return here.bluesky.world.say(people(here)[who], text, **how)


def ask(here: Loopback, method: str, *, bearer: str = "", pds: bool = False, **params: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    base = f"{here.url}/pds" if pds else here.url
    return httpx.get(f"{base}/xrpc/{method}", params=params, headers=headers)


def wrong(said: httpx.Response) -> tuple[int, str, str]:
    return said.status_code, said.json()["error"], said.json()["message"]


def feed(here: Loopback, **params: Any) -> list[Any]:
    """Follow the cursors of the agency's feed to the end."""
    found: list[Any] = []
    while True:
        body = ask(here, f"{FEED}getAuthorFeed", actor=AGENCY, **params).json()
        found += body["feed"]
        if "cursor" not in body:
            return found
        params["cursor"] = body["cursor"]


def texts(lines: list[Any]) -> list[str]:
    return [line["post"]["record"]["text"] for line in lines]


def thread(here: Loopback, post: Post, **params: Any) -> Any:
    return ask(here, f"{FEED}getPostThread", uri=here.bluesky.views.uri(post), **params).json()["thread"]


def session(here: Loopback, who: int = 0, password: str = "") -> httpx.Response:
    password = password or here.bluesky.may_sign_in(people(here)[who])
    words = {"identifier": people(here)[who].handle, "password": password}
    return httpx.post(f"{here.url}/xrpc/com.atproto.server.createSession", json=words)


# --- people ---


def test_a_handle_leads_to_a_did_and_either_to_the_profile(here: Loopback) -> None:
    agency = people(here)[0]
    say(here, 0, "Hei")
    did = ask(here, "com.atproto.identity.resolveHandle", handle=AGENCY).json()["did"]
    by_did, by_handle = (ask(here, "app.bsky.actor.getProfile", actor=a).json() for a in (did, AGENCY))
    assert (did, by_did) == (agency.id, by_handle)
    assert did.startswith("did:plc:")
    assert (by_did["postsCount"], by_did["associated"]["chat"]["allowIncoming"]) == (1, "following")


def test_who_has_another_handle_is_found_by_it_and_by_the_did_only(here: Loopback) -> None:
    agency = people(here)[0]
    here.bluesky.world.rename(agency, "handle.invalid")
    for handle in (AGENCY, "handle.invalid"):
        said = ask(here, "com.atproto.identity.resolveHandle", handle=handle)
        assert wrong(said) == (400, "InvalidRequest", "Unable to resolve handle")
        assert wrong(ask(here, "app.bsky.actor.getProfile", actor=handle))[2] == "Profile not found"
    assert ask(here, "app.bsky.actor.getProfile", actor=agency.id).json()["handle"] == "handle.invalid"


@pytest.mark.parametrize(
    ("standing", "name", "message"),
    [
        ("deactivated", "AccountDeactivated", "Account is deactivated"),
        ("takendown", "AccountTakedown", "Account has been suspended"),
        ("deleted", "InvalidRequest", "Profile not found"),
    ],
)
def test_an_account_can_be_gone_in_three_ways(standing: str, name: str, message: str, here: Loopback) -> None:
    post = say(here, 0, "Hei")
    people(here)[0].standing = standing
    for method in ("app.bsky.actor.getProfile", f"{FEED}getAuthorFeed"):
        assert wrong(ask(here, method, actor=AGENCY)) == (400, name, message)
    uri = here.bluesky.views.uri(post)
    assert ask(here, f"{FEED}getPosts", uris=uri).json()["posts"] == []


def test_what_is_said_of_a_person_can_be_changed(here: Loopback) -> None:
    agency, kari, _ = people(here)
    verified: dict[str, Any] = {
        "verifications": [],
        "verifiedStatus": "valid",
        "trustedVerifierStatus": "none",
    }
    agency.more |= {"verification": verified, "createdAt": ..., "description": "Vi svarer."}
    here.bluesky.views.put_label(kari)
    say(here, 1, "Hei")
    shown = ask(here, "app.bsky.actor.getProfile", actor=AGENCY).json()
    assert (shown["verification"], shown["description"], "createdAt" in shown) == (
        verified,
        "Vi svarer.",
        False,
    )
    line = ask(here, f"{FEED}getAuthorFeed", actor=kari.id).json()["feed"][0]
    assert [(one["val"], one["src"]) for one in line["post"]["author"]["labels"]] == [
        ("!no-unauthenticated", kari.id)
    ]


def test_several_people_are_looked_up_at_once(here: Loopback) -> None:
    people(here)[2].standing = "deactivated"
    found = ask(here, "app.bsky.actor.getProfiles", actors=[AGENCY, KARI, OLA, "ingen.example"]).json()
    assert [p["handle"] for p in found["profiles"]] == [AGENCY, KARI]


def test_records_are_listed_as_they_lie_in_the_repository(here: Loopback) -> None:
    root, other = say(here, 0, "Nytt", hours_ago=2), say(here, 1, "Annet")
    say(here, 0, "Mer")
    here.bluesky.views.put_gate(root, [])
    here.bluesky.world.share(people(here)[0], other)
    how: dict[str, Any] = {"repo": AGENCY, "limit": 1}
    method, post = "com.atproto.repo.listRecords", "app.bsky.feed.post"
    first = ask(here, method, collection=post, **how).json()
    second = ask(here, method, collection=post, cursor=first["cursor"], **how).json()
    assert [r["value"]["text"] for r in first["records"] + second["records"]] == ["Mer", "Nytt"]
    (gate,) = ask(here, method, collection="app.bsky.feed.threadgate", **how).json()["records"]
    assert (gate["value"]["allow"], gate["uri"].rpartition("/")[2]) == ([], root.id)
    (share,) = ask(here, method, collection="app.bsky.feed.repost", **how).json()["records"]
    assert share["value"]["subject"]["uri"] == here.bluesky.views.uri(other)
    assert wrong(ask(here, method, repo="ingen.example", collection=post))[:2] == (400, "RepoNotFound")


# --- posts ---


def test_facets_count_bytes_and_the_text_shows_links_shortened(here: Loopback) -> None:
    link = "https://eks.example/skjema/2026/fristen-for-alle?a=1"
    post = say(here, 1, f"Øl på @{AGENCY}? Se {link}. #skjema @ukjent.example")
    record = here.bluesky.views.record(post)
    raw = record["text"].encode()
    parts = [
        (raw[f["index"]["byteStart"] : f["index"]["byteEnd"]].decode(), f["features"][0])
        for f in record["facets"]
    ]
    assert [(shown, list(feature.values())[1]) for shown, feature in parts] == [
        (f"@{AGENCY}", people(here)[0].id),
        ("eks.example/skjema/2026/...", link),
        ("#skjema", "skjema"),
    ]
    assert link not in record["text"]


def test_a_post_that_is_gone_is_not_among_the_answers(here: Loopback) -> None:
    first, second = say(here, 0, "Én"), say(here, 0, "To")
    uris = [here.bluesky.views.uri(p) for p in (first, second)]
    here.bluesky.world.delete(first)
    assert [p["uri"] for p in ask(here, f"{FEED}getPosts", uris=uris).json()["posts"]] == uris[1:]


def test_more_than_25_posts_at_once_are_refused(here: Loopback) -> None:
    uri = here.bluesky.views.uri(say(here, 0, "Hei"))
    assert ask(here, f"{FEED}getPosts", uris=[uri] * 26).status_code == 400
    here.complaints.clear()  # where the schemas are at hand, they complain too


def test_a_replaced_record_keeps_its_address_and_not_its_fingerprint(here: Loopback) -> None:
    asked = say(here, 1, "Når?", hours_ago=3)
    say(here, 0, "Nå.", under=asked, hours_ago=2)
    before = ask(here, f"{FEED}getPosts", uris=here.bluesky.views.uri(asked)).json()["posts"][0]
    here.bluesky.world.edit(asked, "Når åpner det?")
    after = ask(here, f"{FEED}getPosts", uris=before["uri"]).json()["posts"][0]
    assert (after["uri"], after["cid"] == before["cid"]) == (before["uri"], False)
    reply = feed(here)[0]["post"]["record"]["reply"]
    assert reply["parent"] == {"uri": before["uri"], "cid": before["cid"]}


def test_a_link_card_and_a_strange_field_are_shown(here: Loopback) -> None:
    card = {"uri": "https://eks.example/1", "title": "Skjema", "description": ""}
    embed = {"$type": "app.bsky.embed.external", "external": card}
    say(here, 0, "Se her", record={"embed": embed, "bridgyOriginalText": "Se", "langs": ...})
    post = feed(here)[0]["post"]
    assert post["embed"] == {"$type": "app.bsky.embed.external#view", "external": card}
    assert ("bridgyOriginalText" in post["record"], "langs" in post["record"]) == (True, False)


# --- feeds ---


def test_a_feed_is_walked_to_its_end_by_cursors(here: Loopback) -> None:
    for number in range(7):
        say(here, 0, f"Nr. {number}", hours_ago=10 - number)
    here.bluesky.page_size = 3
    assert texts(feed(here, limit=100)) == [f"Nr. {n}" for n in range(6, -1, -1)]
    assert here.calls("getAuthorFeed") == 4  # the last one is empty


def test_what_is_written_between_two_pages_does_not_move_them(here: Loopback) -> None:
    for number in range(4):
        say(here, 0, f"Nr. {number}", hours_ago=10 - number)
    first = ask(here, f"{FEED}getAuthorFeed", actor=AGENCY, limit=2).json()
    say(here, 0, "Ny")
    rest = ask(here, f"{FEED}getAuthorFeed", actor=AGENCY, limit=2, cursor=first["cursor"]).json()
    assert texts(rest["feed"]) == ["Nr. 1", "Nr. 0"]
    refused = ask(here, f"{FEED}getAuthorFeed", actor=AGENCY, cursor="no-such")
    assert wrong(refused)[:2] == (400, "InvalidRequest")


def test_a_feed_is_ordered_by_the_earlier_of_what_is_said_and_what_was_seen(here: Loopback) -> None:
    now = here.clock.now
    say(here, 0, "Gammel", hours_ago=9)
    say(here, 0, "Lyver fram", hours_ago=8, record={"createdAt": said_at(now + timedelta(days=900))})
    say(here, 0, "Importert", hours_ago=1, record={"createdAt": said_at(now - timedelta(days=900))})
    shown = feed(here)
    assert texts(shown) == ["Lyver fram", "Gammel", "Importert"]
    assert shown[2]["post"]["indexedAt"] == said_at(now - timedelta(hours=1))


def test_a_repost_stands_by_its_own_time_with_its_reason(here: Loopback) -> None:
    theirs = say(here, 1, "Fint vær", hours_ago=20)
    say(here, 0, "Nytt", hours_ago=5)
    here.bluesky.world.share(people(here)[0], theirs, hours_ago=2)
    first, second = feed(here)
    assert (first["reason"]["$type"], first["reason"]["by"]["did"]) == (
        f"{FEED}defs#reasonRepost",
        people(here)[0].id,
    )
    assert first["reason"]["indexedAt"] == said_at(here.clock.now - timedelta(hours=2))
    assert (first["post"]["author"]["handle"], "reason" in second) == (KARI, False)


def test_a_reply_brings_its_question_and_the_root(here: Loopback) -> None:
    root = say(here, 1, "Hei")
    asked = say(here, 2, "Når åpner det?", under=root)
    say(here, 0, "Klokka ni.", under=asked)
    line = feed(here)[0]
    assert (line["reply"]["root"]["record"]["text"], line["reply"]["parent"]["record"]["text"]) == (
        "Hei",
        "Når åpner det?",
    )
    assert line["reply"]["grandparentAuthor"]["handle"] == KARI
    here.bluesky.world.delete(asked)
    here.bluesky.views.blocked.append(root)
    kinds = [feed(here)[0]["reply"][which]["$type"].partition("#")[2] for which in ("root", "parent")]
    assert kinds == ["blockedPost", "notFoundPost"]


def test_a_feed_can_leave_replies_out_and_put_the_pinned_post_first(here: Loopback) -> None:
    old = say(here, 0, "Festet", hours_ago=90)
    asked = say(here, 1, "Når?")
    say(here, 0, "Nå.", under=asked)
    say(here, 0, "Fortsatt", under=old, hours_ago=1)
    here.bluesky.views.pin(old)
    assert texts(feed(here)) == ["Nå.", "Fortsatt", "Festet"]
    assert texts(feed(here, filter="posts_no_replies")) == ["Festet"]
    assert texts(feed(here, filter="posts_and_author_threads")) == ["Fortsatt", "Festet"]
    pinned = feed(here, includePins="true")
    assert texts(pinned) == ["Festet", "Nå.", "Fortsatt", "Festet"][: len(pinned)]
    assert pinned[0]["reason"]["$type"] == f"{FEED}defs#reasonPin"


def test_quotes_are_found(here: Loopback) -> None:
    post = say(here, 0, "Hei")
    uri = here.bluesky.views.uri(post)
    quoted = {"uri": uri, "cid": ask(here, f"{FEED}getPosts", uris=uri).json()["posts"][0]["cid"]}
    say(here, 1, "Se!", record={"embed": {"$type": "app.bsky.embed.record", "record": quoted}})
    found = ask(here, f"{FEED}getQuotes", uri=uri).json()["posts"]
    assert ([p["record"]["text"] for p in found], feed(here)[0]["post"]["quoteCount"]) == (["Se!"], 1)


# --- threads ---


def test_a_thread_shows_replies_level_by_level(here: Loopback) -> None:
    root = say(here, 0, "Nytt")
    first = say(here, 1, "Hva?", under=root)
    second = say(here, 0, "Dette.", under=first)
    whole = thread(here, root, parentHeight=0)
    assert whole["replies"][0]["replies"][0]["post"]["record"]["text"] == "Dette."
    assert (whole["post"]["replyCount"], whole["replies"][0]["post"]["replyCount"]) == (1, 1)
    cut = thread(here, root, depth=1)
    assert ("replies" in cut["replies"][0], cut["replies"][0]["post"]["replyCount"]) == (False, 1)
    above = thread(here, second, depth=0)
    assert above["parent"]["parent"]["post"]["record"]["text"] == "Nytt"
    assert "parent" not in thread(here, second, depth=0, parentHeight=0)


def test_a_busy_thread_is_cut_though_the_count_says_more(here: Loopback) -> None:
    root = say(here, 0, "Nytt")
    for number in range(5):
        last = say(here, 1, f"Svar {number}", under=root)
    say(here, 2, "Under", under=last)
    here.bluesky.widest, here.bluesky.deepest = 3, 1
    shown = thread(here, root, depth=1000)
    assert (shown["post"]["replyCount"], len(shown["replies"])) == (5, 3)
    assert all("replies" not in r for r in shown["replies"])


def test_what_is_gone_or_blocked_leaves_a_mark_in_its_thread(here: Loopback) -> None:
    root = say(here, 0, "Nytt")
    gone = say(here, 1, "Slettet", under=root)
    say(here, 2, "Under det slettede", under=gone)
    blocked = say(here, 2, "Sperret", under=root)
    alone = say(here, 1, "Slettet, uten svar", under=root)
    here.bluesky.world.delete(gone)
    here.bluesky.world.delete(alone)
    here.bluesky.views.blocked.append(blocked)
    shown = thread(here, root)
    kinds = sorted(r["$type"].partition("#")[2] for r in shown["replies"])
    assert (kinds, shown["post"]["replyCount"]) == (["blockedPost", "notFoundPost"], 1)
    uri = here.bluesky.views.uri(alone)
    said = ask(here, f"{FEED}getPostThread", uri=uri)
    assert wrong(said) == (400, "NotFound", f"Post not found: {uri}")


def test_what_stands_under_a_deleted_post_may_be_missing_without_a_mark(here: Loopback) -> None:
    root = say(here, 0, "Nytt")
    gone = say(here, 1, "Slettet", under=root)
    below = say(here, 2, "Under det slettede", under=gone)
    here.bluesky.world.delete(gone)
    here.bluesky.views.marks_deleted = False
    assert (thread(here, root)["post"]["replyCount"], thread(here, root)["replies"]) == (0, [])
    assert thread(here, below)["parent"]["$type"].endswith("#notFoundPost")


def test_a_deep_thread_is_shown_to_its_end(here: Loopback) -> None:
    last = say(here, 0, "Nytt")
    for number in range(100):
        last = say(here, number % 3, str(number), under=last)
    node, depth = thread(here, here.bluesky.world.posts[0], depth=1000), 0
    while node["replies"]:
        node, depth = node["replies"][0], depth + 1
    assert depth == 100


def test_replies_of_accounts_that_are_gone_are_counted_and_not_shown(here: Loopback) -> None:
    root = say(here, 0, "Nytt")
    say(here, 1, "Svar", under=root)
    people(here)[1].standing = "takendown"
    shown = thread(here, root)
    assert (shown["post"]["replyCount"], shown["replies"]) == (1, [])


@pytest.mark.parametrize("allow", [None, [], ["mention", "follower", "following", "list"]])
def test_who_may_reply_stands_on_the_root_and_the_thread(allow: list[str] | None, here: Loopback) -> None:
    root = say(here, 0, "Nytt")
    hidden = say(here, 1, "Ufint", under=root)
    here.bluesky.views.put_gate(root, allow, hidden=[hidden])
    uri = here.bluesky.views.uri(root)
    body = ask(here, f"{FEED}getPostThread", uri=uri).json()
    gate = body["threadgate"]["record"]
    assert gate["hiddenReplies"] == [here.bluesky.views.uri(hidden)]
    assert [r["$type"].partition("#")[2] for r in gate.get("allow", [])] == [f"{w}Rule" for w in allow or []]
    assert ("allow" in gate) == (allow is not None)
    assert feed(here)[0]["post"]["threadgate"] == body["threadgate"]
    assert len(body["thread"]["replies"]) == 1
    assert "threadgate" not in body["thread"]["replies"][0]["post"]
    if here.bluesky.schemas:
        assert list(here.bluesky.schemas.threadgate(gate)) == []


# --- sessions and search ---


def test_a_search_without_a_session_is_refused(here: Loopback) -> None:
    said = ask(here, f"{FEED}searchPosts", q="*", mentions=AGENCY)
    assert (said.status_code, said.headers["content-type"]) == (403, "text/html")
    here.bluesky.search_refusal = 401
    assert wrong(ask(here, f"{FEED}searchPosts", q="*"))[:2] == (401, "AuthMissing")


def test_a_search_may_be_open_for_its_first_page_only(here: Loopback) -> None:
    for _ in range(2):
        say(here, 1, f"@{AGENCY} hei")
    here.bluesky.search_open = "first"
    how: dict[str, Any] = {"q": "*", "mentions": AGENCY, "limit": 1}
    cursor = ask(here, f"{FEED}searchPosts", **how).json()["cursor"]
    assert ask(here, f"{FEED}searchPosts", cursor=cursor, **how).status_code == 403
    here.bluesky.search_open = "all"
    assert len(ask(here, f"{FEED}searchPosts", cursor=cursor, **how).json()["posts"]) == 1


def test_a_search_finds_mentions_made_with_a_facet(here: Loopback) -> None:
    here.bluesky.page_size = 2
    for number in range(3):
        say(here, 1, f"@{AGENCY} hei {number}", hours_ago=9 - number)
    say(here, 2, f"@{AGENCY} uten lenke", record={"facets": ...})
    say(here, 2, "noe annet")
    jwt = session(here).json()["accessJwt"]
    how: dict[str, Any] = {"q": "*", "mentions": AGENCY, "sort": "latest", "limit": 100}
    first = ask(here, f"{FEED}searchPosts", bearer=jwt, **how).json()
    second = ask(here, f"{FEED}searchPosts", bearer=jwt, cursor=first["cursor"], **how).json()
    found = [p["record"]["text"].rpartition(" ")[2] for p in first["posts"] + second["posts"]]
    assert found == ["2", "1", "0"]
    since = said_at(here.clock.now - timedelta(hours=8))
    bounded = ask(here, f"{FEED}searchPosts", bearer=jwt, since=since, until="2027-01-01", **how)
    assert [p["record"]["text"][-1] for p in bounded.json()["posts"]] == ["2", "1"]


def test_a_session_needs_the_app_password(here: Loopback) -> None:
    assert session(here).json()["did"] == people(here)[0].id
    assert wrong(session(here, password="wrong"))[:2] == (401, "AuthenticationRequired")
    people(here)[0].standing = "takendown"
    assert wrong(session(here))[:2] == (401, "AccountTakedown")


def test_a_session_grows_old(here: Loopback) -> None:
    jwt = session(here).json()["accessJwt"]
    here.clock.move(here.bluesky.session_life.total_seconds())
    assert wrong(ask(here, f"{FEED}searchPosts", bearer=jwt, q="*"))[:2] == (401, "ExpiredToken")
    here.bluesky.expired_status = 400
    assert wrong(ask(here, f"{FEED}searchPosts", bearer=jwt, q="*"))[:2] == (400, "ExpiredToken")


def test_the_accounts_own_server_answers_nobody_without_a_session(here: Loopback) -> None:
    say(here, 0, "Hei")
    said = ask(here, f"{FEED}getAuthorFeed", pds=True, actor=AGENCY)
    assert wrong(said)[:2] == (401, "AuthMissing")
    jwt = session(here).json()["accessJwt"]
    said = ask(here, f"{FEED}getAuthorFeed", pds=True, bearer=jwt, actor=AGENCY)
    assert texts(said.json()["feed"]) == ["Hei"]


def test_sessions_are_counted_apart(here: Loopback) -> None:
    here.bluesky.logins = 1
    assert session(here).status_code == 200
    assert wrong(session(here))[:2] == (429, "RateLimitExceeded")
    assert ask(here, "app.bsky.actor.getProfile", actor=AGENCY).status_code == 200


# --- limits and mistakes ---


def test_a_window_that_is_used_up_opens_again(here: Loopback) -> None:
    here.bluesky.limit = 1
    assert ask(here, "app.bsky.actor.getProfile", actor=AGENCY).status_code == 200
    said = ask(here, "app.bsky.actor.getProfile", actor=AGENCY)
    assert wrong(said)[:2] == (429, "RateLimitExceeded")
    assert (said.headers["ratelimit-limit"], said.headers["ratelimit-remaining"]) == ("1", "0")
    here.clock.move(int(said.headers["ratelimit-reset"]) - here.clock.now.timestamp())
    assert ask(here, "app.bsky.actor.getProfile", actor=AGENCY).status_code == 200


@pytest.mark.parametrize(
    ("method", "params", "status", "name"),
    [
        (f"{FEED}getAuthorFeed", {"actor": AGENCY, "limit": 101}, 400, "InvalidRequest"),
        (f"{FEED}getAuthorFeed", {}, 400, "InvalidRequest"),
        (f"{FEED}getPostThread", {"uri": "at://x.example", "depth": 1001}, 400, "InvalidRequest"),
        ("com.atproto.server.createSession", {}, 400, "InvalidRequest"),
        (f"{FEED}noSuch", {}, 501, "MethodNotImplemented"),
    ],
)
def test_what_is_asked_wrongly_is_refused(
    method: str, params: dict[str, Any], status: int, name: str, here: Loopback
) -> None:
    assert wrong(ask(here, method, **params))[:2] == (status, name)
    here.complaints.clear()  # where the schemas are at hand, they complain too


def test_secrets_where_they_must_not_be_are_noticed(here: Loopback) -> None:
    ask(here, "app.bsky.actor.getProfile", actor=AGENCY, bearer="somebody-elses")
    assert [c.partition(": ")[2] for c in here.complaints] == [
        "an Authorization header that nobody asked for"
    ]
    here.complaints.clear()
    jwt = session(here).json()["accessJwt"]
    ask(here, f"{FEED}getAuthorFeed", actor=AGENCY, cursor=jwt)
    assert [c.partition(": ")[2] for c in here.complaints] == ["a secret in the URL"]
    here.complaints.clear()


def test_a_session_that_nobody_asked_for_is_noticed(here: Loopback) -> None:
    assert session(here, password="guess").status_code == 401
    assert [c.partition(": ")[2] for c in here.complaints] == ["a session that nobody asked for"]
    here.complaints.clear()


def test_the_town_shows_its_whole_talk() -> None:
    with Loopback() as here:
        agency = settle_bluesky(here)
        here.bluesky.page_size = 100
        lines = ask(here, f"{FEED}getAuthorFeed", actor=BLUESKY_AGENCY, limit=100).json()["feed"]
        replies = [line["post"]["replyCount"] for line in lines if line["post"]["author"]["did"] == agency.id]
        jwt = session(here).json()["accessJwt"]
        how: dict[str, Any] = {"q": "*", "mentions": BLUESKY_AGENCY}
        found = ask(here, f"{FEED}searchPosts", bearer=jwt, **how).json()["posts"]
        assert (len(lines), sum(replies), len(found)) == (9, 3, 2)
        assert (here.complaints, here.bluesky.mistakes) == ([], [])


def test_a_post_request_is_for_sessions_only(here: Loopback) -> None:
    assert httpx.post(f"{here.url}/2/tweets", json={}).status_code == 501
    assert here.asked == []


@pytest.mark.skipif(not FOLDER.is_dir(), reason="Bluesky's schemas (lexicons) are not here")
class TestTheSchemas:
    @pytest.mark.parametrize(
        ("method", "params", "complaints"),
        [
            (f"{FEED}getAuthorFeed", {"actor": [AGENCY], "limit": ["100"], "includePins": ["false"]}, 0),
            (f"{FEED}getAuthorFeed", {"actor": [AGENCY], "limit": ["101"]}, 1),
            (f"{FEED}getAuthorFeed", {"actor": [AGENCY], "limit": ["many"]}, 1),
            (f"{FEED}getAuthorFeed", {"actor": [AGENCY], "includePins": ["no"]}, 1),
            (f"{FEED}getAuthorFeed", {"actor": [AGENCY], "max": ["1"]}, 1),
            (f"{FEED}getAuthorFeed", {"actor": [AGENCY, AGENCY]}, 1),
            (f"{FEED}getAuthorFeed", {"actor": ["@no handle"]}, 1),
            (f"{FEED}getAuthorFeed", {}, 1),
            (f"{FEED}getPosts", {"uris": ["at://etat.example/app.bsky.feed.post/3k"] * 26}, 1),
            (f"{FEED}getPosts", {"uris": ["https://etat.example"]}, 1),
            (f"{FEED}getPostThread", {"uri": ["at://did:plc:a/app.bsky.feed.post/3k"], "depth": ["1001"]}, 1),
            (f"{FEED}noSuch", {}, 1),
        ],
    )
    def test_tell_right_requests_from_wrong(
        self, method: str, params: dict[str, list[str]], complaints: int
    ) -> None:
        asked = Ask(f"/xrpc/{method}", {k: v[-1] for k, v in params.items()}, {}, params)
        assert len(list(Lexicons().complaints(asked))) == complaints

    @pytest.mark.parametrize(
        ("change", "complaint"),
        [
            ({"cid": "Qm"}, "is no cid"),
            ({"uri": "https://etat.example"}, "is no at-uri"),
            ({"indexedAt": "i går"}, "is no datetime"),
            ({"replyCount": "2"}, "is no integer"),
            ({"replyCount": True}, "is no integer"),
            ({"author": {"did": "did:plc:a"}}, "author.handle is missing"),
            ({"embed": {"external": {}}}, "is none of the union"),
            ({"record": ...}, "record is missing"),
        ],
    )
    def test_tell_right_answers_from_wrong(
        self, change: dict[str, Any], complaint: str, here: Loopback
    ) -> None:
        say(here, 0, "Hei").more |= {} if "record" in change else change
        shown = ask(here, f"{FEED}getAuthorFeed", actor=AGENCY).json()
        if "record" in change:
            del shown["feed"][0]["post"]["record"]
            here.bluesky.mistakes += Lexicons().wrong(f"{FEED}getAuthorFeed", shown)
        assert [complaint in m for m in here.bluesky.mistakes] == [True]
        here.bluesky.mistakes.clear()

    def test_hold_for_every_record(self, here: Loopback) -> None:
        root = say(here, 0, f"Nytt fra @{KARI}: https://eks.example/en/lang/adresse #nytt")
        say(here, 1, "Hei", under=root)
        records = [here.bluesky.views.record(p) for p in here.bluesky.world.posts]
        assert [list(Lexicons().post(r)) for r in records] == [[], []]
