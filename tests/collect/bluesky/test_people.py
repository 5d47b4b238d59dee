"""Taking people out of what Bluesky sends: DIDs, handles, and texts whose links and mentions count UTF-8 bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soma_audit.collect.bluesky.people import BlueskyPeople, whole_text
from soma_audit.collect.pseudonyms import Pseudonyms
from soma_audit.model import Account

DID, VISITOR = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa", "did:plc:bbbbbbbbbbbbbbbbbbbbbbbb"
AGENCY = Account(agency="etat", network="bluesky", handle="etat.example", native_id=DID)


@pytest.fixture
def people() -> BlueskyPeople:
    return BlueskyPeople("bluesky", [AGENCY], Pseudonyms(b"k" * 32))


def link(start: int, end: int, uri: str) -> dict[str, Any]:
    return {
        "index": {"byteStart": start, "byteEnd": end},
        "features": [{"$type": "app.bsky.richtext.facet#link", "uri": uri}],
    }


def mention(start: int, end: int, did: str) -> dict[str, Any]:
    return {
        "index": {"byteStart": start, "byteEnd": end},
        "features": [{"$type": "app.bsky.richtext.facet#mention", "did": did}],
    }


def post(text: str, did: str = VISITOR, **record: Any) -> dict[str, Any]:
    return {
        "uri": f"at://{did}/app.bsky.feed.post/3k",
        "cid": "bafy",
        "author": {"did": did, "handle": "kari.example", "displayName": "Kari Testesen"},
        "record": {"text": text, "createdAt": "2026-03-02T09:00:00Z", **record},
        "indexedAt": "2026-03-02T09:00:00Z",
        "replyCount": 0,
    }


def text_of(people: BlueskyPeople, raw: dict[str, Any]) -> str:
    return str(people.scrub({"posts": [raw]})["posts"][0]["record"]["text"])


# --- texts ---


@pytest.mark.parametrize(
    ("text", "facets", "whole"),
    [
        ("Se etat.example/a…", [link(3, 20, "https://etat.example/abc?d=1")], "Se https://etat.example/abc?d=1"),
        ("Blåbærsyltetøy: her", [link(19, 22, "https://etat.example/æ")], "Blåbærsyltetøy: https://etat.example/æ"),
        ("🫐 her!", [link(5, 8, "https://b.example")], "🫐 https://b.example!"),
        ("en venn sa det", [mention(0, 7, VISITOR)], "@NAVN sa det"),
        ("a b", [link(2, 3, "https://b.example"), link(0, 1, "https://a.example")], "https://a.example https://b.example"),
        ("abc", [link(0, 2, "https://a.example"), link(1, 3, "https://b.example")], "https://a.examplec"),
        ("æ", [link(0, 1, "https://a.example")], "æ"),
        ("a", [link(0, 9, "https://a.example")], "a"),
        ("a", [link(-1, 1, "https://a.example")], "a"),
        ("a", [link(1, 0, "https://a.example")], "a"),
        ("a", [{"index": {"byteStart": "0", "byteEnd": None}, "features": [{}]}], "a"),
        ("a", [{"features": "x"}, None, {}], "a"),
        ("#bro", [{"index": {"byteStart": 0, "byteEnd": 4}, "features": [{"$type": "x#tag", "tag": "bro"}]}], "#bro"),
    ],
)  # fmt: skip
def test_links_are_whole_and_mentions_say_who_is_meant(text: str, facets: list[Any], whole: str) -> None:
    assert whole_text({"text": text, "facets": facets}, lambda _: "NAVN") == whole


@given(
    st.text(max_size=30),
    st.lists(st.tuples(st.integers(-3, 90), st.integers(-3, 90), st.booleans()), max_size=5),
)
def test_whatever_the_spans_are_the_rest_of_the_text_stays(
    text: str, spans: list[tuple[int, int, bool]]
) -> None:
    facets = [mention(a, b, VISITOR) if who else link(a, b, "https://x.example") for a, b, who in spans]
    whole = whole_text({"text": text, "facets": facets}, lambda _: "N")
    for put in ("https://x.example", "@N"):
        whole = whole.replace(put, "")
    kept = text.encode("utf-8", "replace").decode()
    assert all(letter in kept for letter in whole)


def test_a_link_card_s_address_is_part_of_what_is_read(people: BlueskyPeople) -> None:
    card = {"$type": "app.bsky.embed.external", "external": {"uri": "https://etat.example/a", "title": "T"}}
    assert text_of(people, post("Nytt", DID, embed=card)) == "Nytt\nhttps://etat.example/a"
    assert text_of(people, post("https://etat.example/a", DID, embed=card)) == "https://etat.example/a"


# --- people ---


def test_nothing_that_names_a_visitor_is_kept(people: BlueskyPeople) -> None:
    raw = post(
        f"@kari.example og {VISITOR} på https://bsky.app/profile/kari.example/post/3k",
        facets=[mention(0, 13, VISITOR)],
        reply={"root": {"uri": f"at://{VISITOR}/app.bsky.feed.post/1", "cid": "x"}, "parent": {"uri": f"at://{VISITOR}/app.bsky.feed.post/2"}},
        bridgyOriginalUrl="https://folk.example/@kari",
    )  # fmt: skip
    raw["threadgate"] = {"record": {"allow": [], "hiddenReplies": [f"at://{VISITOR}/app.bsky.feed.post/3"]}}
    kept = json.dumps(people.scrub({"feed": [{"post": raw, "reason": {"$type": "x#reasonRepost", "by": {"did": DID}, "uri": f"at://{VISITOR}/r/1", "indexedAt": "x"}}]}))  # fmt: skip
    assert not any(name in kept for name in (VISITOR, "kari", "Kari", "Testesen"))


def test_a_page_that_has_been_cleaned_stays_as_it_is(people: BlueskyPeople) -> None:
    raw = post("Hei @etat.example", facets=[mention(4, 17, DID)], bridgyOriginalText="<p>x</p>")
    raw["author"]["labels"] = [{"val": "nice"}]
    page = {
        "thread": {
            "$type": "x#threadViewPost",
            "post": raw,
            "replies": [{"post": post("Ja", DID), "replies": []}],
        }
    }
    once = people.scrub(page)
    assert people.scrub(once) == once


def test_what_a_profile_says_of_the_wall_and_of_the_proof_is_kept_of_an_account_in_the_register(
    people: BlueskyPeople,
) -> None:
    chat, proof = {"chat": {"allowIncoming": "none"}}, {"verifiedStatus": "valid"}
    raw = {"did": DID, "handle": "etat.example", "displayName": "Etaten", "description": "Ring Kari"}
    clean = people.scrub({**raw, "associated": chat, "verification": {**proof, "verifications": [{}]}})
    told = {"did": DID, "handle": "etat.example", "associated": chat, "verification": proof}
    assert clean == told


def test_of_anybody_else_s_profile_only_the_pseudonym_is_kept(people: BlueskyPeople) -> None:
    raw = {"did": VISITOR, "handle": "kari.example", "displayName": "Kari Testesen"}
    assert people.scrub(raw) == {"did": people.person(VISITOR)}


def test_fields_of_a_record_that_no_schema_knows_are_kept_by_name(people: BlueskyPeople) -> None:
    (clean,) = people.scrub({"posts": [post("a", via="SecretTool 1.0")]})["posts"]
    assert clean["record"]["marks"] == ["via"]
    assert "SecretTool" not in json.dumps(clean)


@pytest.mark.parametrize("odd", [7, "x", {"a": 1}, None, [7]])
def test_of_a_field_of_another_type_nothing_is_made(people: BlueskyPeople, odd: Any) -> None:
    raw = {
        **post("Hei", marks=odd),
        "replyCount": odd if odd != 7 else "7",
        "threadgate": {"record": {"allow": odd, "hiddenReplies": odd}},
    }
    (clean,) = people.scrub({"posts": [raw]})["posts"]
    assert "replyCount" not in clean
    assert ("allow" in clean["threadgate"]["record"]) == isinstance(odd, list)
    assert clean["record"]["text"] == "Hei"


def test_a_thread_a_thousand_deep_is_cleaned(people: BlueskyPeople) -> None:
    node: dict[str, Any] = {"post": post("dypest"), "replies": []}
    for _ in range(5000):
        node = {"post": post("over"), "replies": [node]}
    clean = people.scrub({"thread": node})["thread"]
    depth = 0
    while clean.get("replies"):
        clean, depth = clean["replies"][0], depth + 1
    assert depth == 5000


def test_a_place_or_an_error_that_names_a_visitor_names_a_pseudonym(people: BlueskyPeople) -> None:
    said = {
        "cursor": f"177::at://{VISITOR}/p/1",
        "error": "NotFound",
        "message": "No post by kari.bsky.social",
    }
    clean = people.scrub(said)
    assert clean["cursor"] == f"177::at://{people.person(VISITOR)}/p/1"
    assert "kari" not in clean["message"]
    assert people.scrub({"cursor": "2026-03-02T09:00:00.000Z::bafy22334455"})["cursor"] == "2026-03-02T09:00:00.000Z::bafy22334455"  # fmt: skip


def test_a_profile_s_own_links_name_nobody_else(people: BlueskyPeople) -> None:
    described = "https://etat.example og https://x.com/kari_test, at://kari.example/app"
    links = people.scrub({"did": DID, "handle": "etat.example", "description": described})["links"]
    assert (links[0], len(links), "kari" in str(links)) == ("https://etat.example", 2, False)


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["feed", "post", "posts", "thread", "replies", "uri", "did", "handle", "author", "record", "reply", "root", "parent", "facets", "index", "features", "reason", "threadgate", "labels", "embed", "hiddenReplies", "allow", "marks", "message", "error"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=20,
)  # fmt: skip


@given(ODD)
def test_no_odd_answer_ends_the_night(body: Any) -> None:
    people = BlueskyPeople("bluesky", [AGENCY], Pseudonyms(b"k" * 32))
    try:
        people.scrub(body)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        pytest.fail(f"{error!r}")


@pytest.mark.parametrize(
    ("native_id", "kept"),
    [(f"at://{DID}/app.bsky.feed.post/1", f"at://{DID}/app.bsky.feed.post/1"), ("123", "123")],
)
def test_an_id_that_names_nobody_stays(people: BlueskyPeople, native_id: str, kept: str) -> None:
    assert people.post_id(native_id) == kept


def test_an_id_that_names_a_visitor_names_a_pseudonym(people: BlueskyPeople) -> None:
    kept = people.post_id(f"at://{VISITOR}/app.bsky.feed.post/1")
    assert kept == f"at://{people.person(VISITOR)}/app.bsky.feed.post/1"
    assert people.post_id(kept) == kept
