"""When something can have been written on a network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from soma_audit import collect
from soma_audit.imports.context import PEOPLE
from soma_audit.networks import NETWORKS, account_in, asked_at, impossible_time

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_every_network_can_be_collected_and_imported() -> None:
    assert NETWORKS.keys() == collect.NETWORKS.keys() == PEOPLE.keys()


@pytest.mark.parametrize(
    ("network", "moment", "wrong"),
    [
        ("twitter", datetime(2006, 3, 21, tzinfo=UTC), None),
        ("twitter", datetime(2006, 3, 20, 23, 59, 59, tzinfo=UTC), "before 2006-03-21"),
        ("facebook", datetime(2004, 2, 4, tzinfo=UTC), None),
        ("facebook", datetime(2004, 2, 3, 23, tzinfo=UTC), "before 2004-02-04"),
        ("facebook", datetime(1, 1, 1, tzinfo=UTC), "before 2004-02-04"),
        ("twitter", NOW + timedelta(days=1), None),
        ("twitter", NOW + timedelta(days=1, seconds=1), "in the future"),
        ("twitter", datetime(2199, 1, 1, tzinfo=UTC), "in the future"),
        ("facebook", datetime.max.replace(tzinfo=UTC), "in the future"),
    ],
)
def test_a_time_can_be_or_is_told(network: str, moment: datetime, wrong: str | None) -> None:
    said = impossible_time(network, moment, NOW)
    assert (said is None) if wrong is None else (said is not None and wrong in said)


@pytest.mark.parametrize(
    ("network", "written", "handle"),
    [
        ("facebook", "eksempel.etat", "eksempel.etat"),
        ("facebook", "https://www.facebook.com/eksempel.etat/", "eksempel.etat"),
        ("facebook", "https://nb-no.facebook.com/eksempel.etat?locale=nb_NO", "eksempel.etat"),
        ("facebook", "m.facebook.com/eksempel.etat", "eksempel.etat"),
        ("facebook", "https://www.facebook.com/profile.php?id=100064", "100064"),
        ("twitter", "@eksempeletat", "eksempeletat"),
        ("twitter", "https://x.com/eksempeletat/status/1", "eksempeletat"),
        ("twitter", "https://mobile.twitter.com/@eksempeletat?lang=no", "eksempeletat"),
        ("bluesky", "@Etat.Example", "etat.example"),
        ("bluesky", "https://bsky.app/profile/etat.example/post/3k", "etat.example"),
        ("mastodon", "@Etat@Social.Example", "etat@social.example"),
        ("mastodon", "@Etat@social.example", "Etat@social.example"),
        ("mastodon", "acct:etat@social.example", "etat@social.example"),
        ("mastodon", "https://social.example/@etat", "etat@social.example"),
        ("mastodon", "https://social.example/users/etat", "etat@social.example"),
        ("mastodon", "https://folk.example/@etat@social.example/112", "etat@social.example"),
        ("mastodon", "https://folk.example/web/@etat@social.example", "etat@social.example"),
        ("facebook", "Eksempel-kommune-123456789012345", "123456789012345"),
        ("facebook", "%C3%98ksempel-kommune-123456789012345", "123456789012345"),
        ("facebook", "https://www.facebook.com/Øksempel-kommune-123456789012345/", "123456789012345"),
    ],
)
def test_a_handle_may_be_written_as_people_do(network: str, written: str, handle: str) -> None:
    known = NETWORKS[network]
    assert known.handle_in(written) == handle
    assert known.handle.fullmatch(handle)
    assert account_in(f"{network}:{written}") == account_in(f"{network}/{written}") == (network, handle)


@pytest.mark.parametrize(
    ("network", "written"),
    [
        ("facebook", "https://www.facebook.com/groups/123"),
        ("facebook", "https://eksempel.example/etat"),
        ("twitter", "https://x.com/intent/user?screen_name=etat"),
        ("twitter", "sixteen_letters_"),
        ("bluesky", "etat"),
        ("bluesky", "https://bsky.app/profile/did:plc:abc"),
        ("mastodon", "etat"),
        ("mastodon", "etat@localhost"),
        ("mastodon", "etat@10.0.0.1"),
        ("mastodon", "etat@social.example:8080"),
    ],
)
def test_what_can_be_no_handle_stays_as_it_was_written(network: str, written: str) -> None:
    known = NETWORKS[network]
    assert known.handle_in(written) == written
    assert not known.handle.fullmatch(written)


@pytest.mark.parametrize(
    ("written", "account"),
    [
        ("https://bsky.app/profile/etat.example", ("bluesky", "etat.example")),
        ("https://x.com/etat", ("twitter", "etat")),
        ("https://social.example/@etat", ("mastodon", "etat@social.example")),
        ("https://www.facebook.com/etat", ("facebook", "etat")),
        ("etat.example", None),
        ("myspace/etat", None),
        ("", None),
    ],
)
def test_an_address_tells_its_network(written: str, account: tuple[str, str] | None) -> None:
    assert account_in(written) == account


@pytest.mark.parametrize(
    ("network", "handle", "place"),
    [
        ("bluesky", "etat.example", "bluesky"),
        ("mastodon", "etat@Social.example", "mastodon/social.example"),
    ],
)
def test_a_limit_is_a_network_s_or_a_server_s(network: str, handle: str, place: str) -> None:
    assert asked_at(network, handle) == place


@pytest.mark.parametrize("network", NETWORKS)
def test_the_example_of_a_handle_is_one_and_has_an_address(network: str) -> None:
    known = NETWORKS[network]
    assert known.handle.fullmatch(known.example)
    assert known.handle_in(known.url(known.example)) == known.example
