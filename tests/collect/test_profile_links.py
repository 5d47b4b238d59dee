"""Where an account says that it belongs: the links in its profile, on every network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from loopback.night import HANDLES, Night, loopback, worlds
from soma_audit.collect.profile_links import MOST, addresses, links_in
from soma_audit.store import Store
from soma_audit.store.json_columns import from_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loopback.server import Loopback
    from loopback.world import Person


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Vi svarer på https://etat.example/spør.", ["https://etat.example/spør"]),
        (
            "etat.example og www.etat.example/kontakt!",
            ["https://etat.example", "https://www.etat.example/kontakt"],
        ),
        ("http://etat.example http://etat.example", ["http://etat.example"]),
        ("Skriv til post@etat.example eller @etat@social.example", []),
        ("Åpent 08.00-15.45, tlf. 22.33", []),
        ("(etat.example)", ["https://etat.example"]),
        ("", []),
        (None, []),
    ],
)
def test_links_stand_in_a_text_with_their_beginning_or_without(text: str | None, links: list[str]) -> None:
    assert links_in(text) == links


def test_only_so_many_are_read() -> None:
    assert len(links_in(" ".join(f"a{n}.example" for n in range(100)))) == MOST


def test_what_a_network_calls_a_link_must_be_an_address() -> None:
    assert addresses(["https://etat.example", None, 5, "javascript:alert(1)"]) == ["https://etat.example"]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    with loopback(monkeypatch) as made:
        yield made


PROFILES: dict[str, dict[str, Any]] = {
    "twitter": {
        "entities": {
            "url": {"urls": [{"url": "https://t.co/a", "expanded_url": "https://etat.example"}]},
            "description": {"urls": [{"expanded_url": "https://etat.example/kontakt"}]},
        }
    },
    "facebook": {"website": "etat.example https://etat.example/kontakt"},
    "bluesky": {"website": "https://etat.example", "description": "Spør oss: etat.example/kontakt"},
    "mastodon": {
        "note": '<p>Se <a href="https://etat.example/kontakt" rel="nofollow">her</a></p>',
        "fields": [
            {
                "name": "Nettsted",
                "value": '<a href="https://etat.example" rel="me">etat.example</a>',
                "verified_at": "2026-01-01T00:00:00Z",
            }
        ],
    },
}


@pytest.mark.parametrize("network", PROFILES)
def test_a_profile_tells_its_links_and_when_it_was_opened(
    network: str, here: Loopback, tmp_path: Path
) -> None:
    agency(here, network).more |= PROFILES[network]
    night = Night(tmp_path, here, (network,))
    night.collect()
    with Store(tmp_path / "a.db") as store:
        facts = [from_json(row[0]) for row in store.execute("select facts from about order by id")]
    (told,) = (f for f in facts if "followers" in f)
    assert sorted(told["links"]) == ["https://etat.example", "https://etat.example/kontakt"]
    assert told.get("verified_links") == (["https://etat.example"] if network == "mastodon" else None)
    assert ("opened" in told) == (network != "facebook")


def agency(here: Loopback, network: str) -> Person:
    """The agency's account in a network's world."""
    return next(p for p in worlds(here)[network].people if p.handle == HANDLES[network])
