"""The words of a farewell, and whom it points at."""

from __future__ import annotations

import pytest

from soma_audit.classify.life.farewell import ELSEWHERE_NOW, ENDS, LEAVES, NOT_USED, kinds_of
from soma_audit.classify.life.successor import declared, of_address, successor_in
from soma_audit.model import Account
from soma_audit.networks import NETWORKS

X = Account(agency="etat", network="twitter", handle="eksempeletat", other_names=("gamle_etat",))
MASTODON = Account(agency="etat", network="mastodon", handle="etat@social.example")


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Vi forlater X og legger ned denne kontoen.", {LEAVES, ENDS}),
        ("Takk for følget!\nDenne kontoen er ikke lenger i bruk", {NOT_USED}),
        ("VI FORLATER X", {LEAVES}),
        ("Vi forlater x", set()),  # a letter, and no network
        ("Fra 1. januar forlater vi X.", {LEAVES}),
        ("Vi har flyttet til https://bsky.app/profile/etat.example", {ELSEWHERE_NOW}),
        ("This account has moved to @ny_etat.", {ELSEWHERE_NOW}),
        ("Hvorfor forlater vi X?", set()),
        ("", set()),
    ],
)
def test_a_text_takes_leave_in_its_own_ways(text: str, kinds: set[str]) -> None:
    assert kinds_of(text, "twitter") == kinds


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Vi forlater X.", "twitter"),
        ("Vår Twitter-konto er ikke lenger i bruk.", "twitter"),
        ("Vi legger ned Facebook-siden vår.", "facebook"),
    ],
)
def test_only_the_network_that_is_named_is_left(text: str, left: str) -> None:
    assert [network for network in NETWORKS if kinds_of(text, network)] == [left]


def test_nobody_moves_to_the_network_that_he_writes_on() -> None:
    assert [network for network in NETWORKS if not kinds_of("We have moved to Bluesky!", network)] == [
        "bluesky"
    ]


def test_a_very_long_text_is_read_quickly() -> None:
    assert kinds_of("vi " * 20_000 + "denne kontoen " * 20_000, "twitter") == set()


@pytest.mark.parametrize(
    ("text", "successor"),
    [
        ("Følg oss på https://bsky.app/profile/etat.example.", "bluesky/etat.example"),
        ("Følg oss på bsky.app/profile/etat.example.", "bluesky/etat.example"),
        ("Se https://www.facebook.com/eksempeletat/", "facebook/eksempeletat"),
        ("Se https://www.youtube.com/@etat", "youtube/@etat"),
        ("Se https://social.example/@etat", "mastodon/etat@social.example"),
        ("Følg @ny_etat", "twitter/ny_etat"),
        ("Følg @etat.example", "bluesky/etat.example"),
        ("Følg @etat@social.example", "mastodon/etat@social.example"),
        ("Vi forlater X, følg @etat på Instagram", "instagram/etat"),
        ("Følg oss på Facebook: @etaten", "facebook/etaten"),
        ("@ny_etat Vi forlater X.", None),  # addressed, and not pointed at
        ("Følg @eksempeletat", None),
        ("Følg @gamle_etat", None),
        ("Takk, @ny_etat", None),
        ("Følg @ny_etat.a_b", None),  # a handle on no network
        ("Se https://x.com/eksempeletat/status/1", None),
        ("Se https://etat.example/kontakt", None),
        ("Skriv til post@etat.example", None),
    ],
)
def test_the_first_other_account_that_a_farewell_points_at_is_its_successor(
    text: str, successor: str | None
) -> None:
    found = successor_in(text, X)
    assert (found.name if found else None) == successor


@pytest.mark.parametrize("text", ["Følg @v-0123456789ab", "Se https://bsky.app/profile/v-0123456789ab"])
def test_an_account_that_is_not_in_the_register_is_a_successor_without_a_name(text: str) -> None:
    found = successor_in(text, X)
    assert found is not None
    assert found.name is None


def test_a_neighbour_on_the_same_server_needs_no_server() -> None:
    found = successor_in("Følg @ny_etat", MASTODON)
    assert found is not None
    assert found.name == "mastodon/ny_etat@social.example"


@pytest.mark.parametrize(
    ("written", "successor"),
    [
        ("bluesky/etat.example", "bluesky/etat.example"),
        ("https://bsky.app/profile/etat.example", "bluesky/etat.example"),
        ("Følg oss på https://www.instagram.com/etat/", "instagram/etat"),
        ("https://etat.example/kontakt", None),
        ("twitter/EksempelEtat", None),
        ("post@etat.example", None),
        ("22 33 44 55", None),
        (None, None),
    ],
)
def test_what_the_register_tells_people_to_turn_to_may_be_an_account(
    written: str | None, successor: str | None
) -> None:
    assert declared(written, X) == successor


def test_an_address_of_no_account_is_none() -> None:
    assert of_address("https://etat.example/") is None
