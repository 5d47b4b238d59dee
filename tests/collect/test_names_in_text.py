"""Where a text names people, in whatever form; what is nobody's name; and that hostile texts take no longer than others."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collect.builders import PEOPLE
from soma_audit.collect.bluesky.people import BlueskyPeople
from soma_audit.collect.mastodon.people import MastodonPeople
from soma_audit.collect.names_in_text import UNSEEN
from soma_audit.model import Account
from soma_audit.networks import NETWORKS

BLUESKY_DID, DID = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa", "did:plc:bbbbbbbbbbbbbbbbbbbbbbbb"
AGENCIES = [
    Account(agency="etat", network="mastodon", handle="etat@etat.example"),
    Account(agency="etat", network="bluesky", handle="etat.bsky.social", native_id=BLUESKY_DID),
    Account(agency="etat", network="twitter", handle="eksempeletat"),
    Account(agency="etat", network="facebook", handle="eksempel.etat", native_id="100"),
]
FOLK, KARI = PEOPLE.author("mastodon", "kari@folk.example"), PEOPLE.author("mastodon", "kari")
DOMAIN, HOSTED = PEOPLE.author("bluesky", "kari.example"), PEOPLE.author("bluesky", "kari.bsky.social")
OF_DID, ON_X = PEOPLE.author("bluesky", DID), PEOPLE.author("twitter", "kari_test")
ON_FACEBOOK, NUMBER = PEOPLE.author("facebook", "kari.test"), PEOPLE.author("facebook", "1000123")


def on(network: str, text: str, *, by_visitor: bool = False) -> str:
    kind = {"mastodon": MastodonPeople, "bluesky": BlueskyPeople}.get(network, MastodonPeople)
    return kind(network, AGENCIES, PEOPLE).text(text, by_visitor=by_visitor)


NAMED = [
    # mentions
    ("@kari@folk.example", f"@{FOLK}"),
    ("(@kari@folk.example)", f"(@{FOLK})"),
    ("[@kari@folk.example].", f"[@{FOLK}]."),
    ("@kari@folk.example.", f"@{FOLK}."),
    ("@KARI@Folk.Example", f"@{FOLK}"),
    ("\uff20kari@folk.example", f"@{FOLK}"),
    ("\ufe6bkari\uff20folk.example", f"@{FOLK}"),
    ("@ka\u200bri@folk\u2060.example", f"@{FOLK}"),
    ("@\u2068kari@folk.example\u2069", f"@{FOLK}\u2069"),
    ("@ka\u0308ri hei", f"@{PEOPLE.author('mastodon', 'käri')} hei"),
    ("@k\u0337a\u0337ri", f"@{KARI}"),
    ("@kari@blåbær.example", f"@{PEOPLE.author('mastodon', 'kari@blåbær.example')}"),
    ("@kari@xn--blbr-roah.example", f"@{PEOPLE.author('mastodon', 'kari@xn--blbr-roah.example')}"),
    # addresses on servers, whatever runs there
    ("https://folk.example/@kari", f"https://folk.example/@{FOLK}"),
    ("HTTPS://FOLK.EXAMPLE/@KARI/1", f"HTTPS://FOLK.EXAMPLE/@{FOLK}/1"),
    ("(folk.example/@kari)", f"(folk.example/@{FOLK})"),
    ("https://annen.example/@kari@folk.example/1", f"https://annen.example/@{FOLK}/1"),
    ("https://folk.example/users/kari/statuses/1", f"https://folk.example/users/{FOLK}/statuses/1"),
    ("https://folk.example/u/kari", f"https://folk.example/u/{FOLK}"),
    ("https://folk.example/web/@kari", f"https://folk.example/web/@{FOLK}"),
    ("https://folk.example/%40kari", f"https://folk.example/%40{FOLK}"),
    ("https://folk.example/p/kari/123456789", f"https://folk.example/p/{FOLK}/123456789"),
    ("https://a.example/?u=https%3A%2F%2Ffolk.example%2F%40kari", f"https://a.example/?u=https%3A%2F%2Ffolk.example%2F%40{FOLK}"),
    ("https://a.example/?t=%40kari", f"https://a.example/?t=%40{KARI}"),
    ("acct:kari@folk.example", f"acct:{FOLK}"),
    ("ACCT:@kari@folk.example", f"ACCT:@{FOLK}"),
    # Bluesky
    ("kari.bsky.social", HOSTED),
    ("Spør .Kari.Bsky.Social.", f"Spør .{HOSTED}."),
    ("@kari.bsky.social", f"@{HOSTED}"),
    ("https://kari.bsky.social/", f"https://{HOSTED}/"),
    ("ka\u200bri.bsky.social", HOSTED),
    ("bsky.app/profile/kari.example/post/3k", f"bsky.app/profile/{DOMAIN}/post/3k"),
    ("BSKY.APP/PROFILE/KARI.EXAMPLE", f"BSKY.APP/PROFILE/{DOMAIN}"),
    ("https://annen.example/profile/kari.example", f"https://annen.example/profile/{DOMAIN}"),
    ("at://kari.example/app.bsky.feed.post/3k", f"at://{DOMAIN}/app.bsky.feed.post/3k"),
    ("AT://kari.example", f"AT://{DOMAIN}"),
    (f"at://{DID}/app.bsky.feed.post/3k", f"at://{OF_DID}/app.bsky.feed.post/3k"),
    (f"https://bsky.app/profile/{DID}", f"https://bsky.app/profile/{OF_DID}"),
    (DID.upper(), OF_DID),
    (DID.replace(":", "%3A"), OF_DID),
    ("did:web:kari.example.", f"{PEOPLE.author('bluesky', 'did:web:kari.example')}."),
    # X and Facebook
    ("https://x.com/kari_test/status/1", f"https://x.com/{ON_X}/status/1"),
    ("https://twitter.com/#!/kari_test", f"https://twitter.com/#!/{ON_X}"),
    ("https://vxtwitter.com/@kari_test", f"https://vxtwitter.com/@{ON_X}"),
    ("https%3A%2F%2Fx.com%2Fkari_test", f"https%3A%2F%2Fx.com%2F{ON_X}"),
    ("https://x.com/intent/user?screen_name=kari_test", f"https://x.com/intent/user?screen_name={ON_X}"),
    ("https://www.facebook.com/kari.test", f"https://www.facebook.com/{ON_FACEBOOK}"),
    ("https://m.me/kari.test", f"https://m.me/{ON_FACEBOOK}"),
    ("https://facebook.com/messages/t/kari.test", f"https://facebook.com/messages/t/{ON_FACEBOOK}"),
    ("https://facebook.com/people/Kari-Test/1000123", f"https://facebook.com/people/{NUMBER}"),
    ("https://facebook.com/profile.php?id=1000123", f"https://facebook.com/profile.php?id={NUMBER}"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "clean"), NAMED)
def test_a_person_is_named_by_the_pseudonym_alone(text: str, clean: str) -> None:
    assert on("mastodon", text) == clean


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("text", [text for text, _ in NAMED])
def test_no_name_is_left_on_any_network(text: str, network: str) -> None:
    left = (on(network, text) + on(network, text, by_visitor=True)).lower()
    assert not any(name in left for name in ("kari", "ka\u0308ri", "kær", "bbbbb", "1000123"))


VISITORS_ONLY = [
    "https://folk.example/c/kari",
    "https://folk.example/a/kari/videos",
    "https://folk.example/accounts/kari",
    "https://folk.example/video-channels/kari",
    "https://folk.example/profile/kari",
    "https://www.instagram.com/kari.test/",
]
"""In an agency's words they are as likely to be its own pages and channels."""


@pytest.mark.parametrize("text", VISITORS_ONLY)
def test_what_may_be_a_persons_address_is_taken_for_one_in_a_visitors_words(text: str) -> None:
    assert (on("twitter", text), "kari" in on("twitter", text, by_visitor=True)) == (text, False)


NOBODY = [
    *("etat.example/skjema", "https://etat.example/skjema?id=10%25&x=1", "www.etat.example", "kari.example"),
    *("kl 10.30", "10.30/11.00", "from:10:30", "og/eller", "1/2", "#kari", "a@b", "@", "e.l.", "at: ja", "did: vi"),
    *("https://folk.example/notice/AgV1", "https://folk.example/notes/9x", "https://folk.example/post/12"),
    *("https://etat.example/2024/05/01", "https://etat.example/users", "https://bsky.social/about", "bsky.app"),
    *("https://x.com/i/status/1", "x.com/search?q=frist", "facebook.com/groups/hage", "facebook.com/100/posts/5"),
]  # fmt: skip


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("by_visitor", [True, False])
@pytest.mark.parametrize("text", NOBODY)
def test_what_names_nobody_stays(text: str, network: str, *, by_visitor: bool) -> None:
    assert on(network, text, by_visitor=by_visitor) == text


OWN = [
    *("https://etat.example/@etat", "@etat@etat.example", "https://etat.example/users/etat/statuses/1"),
    *("etat.bsky.social", f"https://bsky.app/profile/{BLUESKY_DID}/post/3k", "https://x.com/eksempeletat"),
    *("https://www.facebook.com/eksempel.etat", "https://bsky.app/profile/etat.bsky.social"),
]


@pytest.mark.parametrize("text", OWN)
def test_an_agencys_accounts_stay_named_also_on_other_networks(text: str) -> None:
    known_where_it_is = "did:" not in text or on("bluesky", text) == text
    assert known_where_it_is
    assert "did:" in text or {on(network, text) for network in NETWORKS} == {text}


def test_an_e_mail_address_stays_an_e_mail_address() -> None:
    assert on("mastodon", "post@etat.example") == "post@etat.example"
    assert on("mastodon", "kari@folk.example", by_visitor=True) == "[e-mail]"


def test_an_agency_is_told_from_who_is_named_right_after_it() -> None:
    assert on("twitter", "@eksempeletat@kari_test") == f"@eksempeletat@{ON_X}"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("@kari-test.example", f"@{PEOPLE.author('bluesky', 'kari-test.example')}"),
        ("@meg.kari.example", f"@{PEOPLE.author('bluesky', 'meg.kari.example')}"),
        ("@kari_test.Takk", f"@{ON_X}.Takk"),
        ("@eksempeletat-saken", "@eksempeletat-saken"),
    ],
)
def test_a_handle_of_another_network_is_recognised_on_x_by_its_shape(text: str, clean: str) -> None:
    assert on("twitter", text) == clean


# --- what a page tells ---


def bluesky_text(text: str, facets: list[dict[str, Any]] | None = None) -> str:
    people = BlueskyPeople("bluesky", AGENCIES, PEOPLE)
    author = {"did": DID, "handle": "kari.example"}
    record = {"text": text, "createdAt": "2026-03-02T09:00:00Z", "facets": facets or []}
    body = {"posts": [{"uri": f"at://{DID}/app.bsky.feed.post/1", "author": author, "record": record}]}
    return str(people.scrub(body)["posts"][0]["record"]["text"])


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("kari.example skrev", f"{OF_DID} skrev"),
        ("https://kari.example/om", f"https://{OF_DID}/om"),
        ("Se avis.example", "Se avis.example"),
        ("Se kari.example.no", "Se kari.example.no"),
    ],
)
def test_a_domain_is_a_person_where_the_answer_says_so(text: str, clean: str) -> None:
    assert bluesky_text(text) == clean


@given(before=st.text(max_size=20), between=st.text(max_size=20))
def test_facets_lead_to_the_same_links_after_names_have_gone(before: str, between: str) -> None:
    before, between = (t.encode("utf-8", "replace").decode().replace("\x00", "") for t in (before, between))
    start, shown = len(f"{before} ".encode()), "@kari.example"
    link = len(f"{before} {shown} {between} ".encode())
    facets = [
        _facet(start, start + len(shown), {"$type": "x#mention", "did": DID}),
        _facet(link, link + 3, {"$type": "x#link", "uri": "https://etat.example/skjema"}),
    ]
    clean = bluesky_text(f"{before} {shown} {between} her", facets)
    assert clean.endswith(" https://etat.example/skjema")
    assert f"@{OF_DID} " in clean


def _facet(start: int, end: int, feature: dict[str, str]) -> dict[str, Any]:
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}


@pytest.mark.parametrize(
    ("link", "clean"),
    [
        ('<a class="u-url mention" href="https://folk.example/kari">@<span>kari</span></a>', f"@{FOLK}"),
        ('<a class="mention" href="https://bilder.example/x">@kari@folk.example</a>', f"@{FOLK}"),
        ('<a class="mention" href="https://[">@kari</a>', f"@{KARI}"),
        ('<a class="mention hashtag" href="https://folk.example/tags/bro">#<span>bro</span></a>', "#bro"),
    ],
)
def test_a_link_that_is_a_mention_names_whom_it_shows(link: str, clean: str) -> None:
    status = {"id": "1", "content": f"<p>{link}</p>", "account": {"acct": "ola@folk.example"}}
    (kept,) = MastodonPeople("mastodon", AGENCIES, PEOPLE).scrubber("etat.example")([status])
    assert kept["text"] == clean


# --- properties ---


def seen(text: str) -> str:
    """A text as people see it."""
    return re.sub(f"[{UNSEEN}]", "", text)


PIECES = st.sampled_from(
    [*(text for text, _ in NAMED), *VISITORS_ONLY, *NOBODY, *OWN, "@", "/", ".", "-", ":", "%40", "%2F", " ", "v-", FOLK, f"@{FOLK}", "did:", "users/", "//"]
)  # fmt: skip


@settings(deadline=None)
@given(pieces=st.lists(PIECES | st.text(max_size=3), max_size=6), by_visitor=st.booleans())
@pytest.mark.parametrize("network", NETWORKS)
def test_a_clean_text_stays_as_it_is(network: str, pieces: list[str], *, by_visitor: bool) -> None:
    once = on(network, "".join(pieces), by_visitor=by_visitor)
    # an unseen sign that stood behind another script's letter may stand behind a pseudonym now
    assert seen(on(network, once, by_visitor=by_visitor)) == seen(once)


@settings(deadline=None)
@given(pieces=st.lists(PIECES, max_size=4), by_visitor=st.booleans())
@pytest.mark.parametrize("network", NETWORKS)
def test_a_pseudonym_is_never_split(network: str, pieces: list[str], *, by_visitor: bool) -> None:
    assert FOLK in on(network, " ".join([*pieces, f"@{FOLK}", *pieces]), by_visitor=by_visitor)


HOSTILE = [
    *("@", "@a", "@a@", "@a.", "@a-", "a@a", "＠a", "%40", "%40a", "did:plc:", "did:a:", "did:", "acct:", "at://"),
    *("https://", "//a", "//a/@a", "/@a", "/u/", "/users/a", "/profile/a.", "%2F", "%2F%40a", "x.com/", "=from:"),
    *("facebook.com/", "facebook.com/profile.php?", "t.me/", ".bsky.social", "a.bsky.social.", "a.", "a-", "((((", "[@"),
    *("a\u0301", "@\u0301", "@a\u0301", "\u200b", "a\u200b", "v-abcdefabcdef", "@v-abcdefabcdef", "_ @ ", "a_", "a.a @ "),
]  # fmt: skip
SIZE = 100_000


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hostile_text_takes_time_in_proportion_to_its_length(piece: str) -> None:
    def seconds(text: str) -> float:
        begun = time.perf_counter()
        on("mastodon", text, by_visitor=True)
        return time.perf_counter() - begun

    plain = min(seconds(("hei på deg " * SIZE)[:SIZE]) for _ in range(3))
    hostile = min(seconds((piece * SIZE)[:SIZE]) for _ in range(2))
    assert hostile < 400 * plain
