"""Whoever was erased stays so on every network: a second night counts what they write, and keeps none of their words."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING

import pytest

from collect.builders import stored_bytes
from collect.test_nobody_is_named import carried_out
from loopback.night import HANDLES, Night, worlds
from soma_audit.store import Store
from soma_audit.store.posts.erased import NOBODY

if TYPE_CHECKING:
    from pathlib import Path

    from loopback.server import Loopback
    from loopback.world import Person, World

SHARES_HOLD_WORDS = {"bluesky", "mastodon"}
"""There a post that passes on another one has its words, and names nobody."""
NEW = "Hvorfor er fyrlykta fortsatt mørk?"


@pytest.fixture(params=HANDLES)
def network(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def night(network: str, tmp_path: Path, here: Loopback) -> Night:
    """A night that has been collected, with the key that the command asks for."""
    night = Night(tmp_path / "a", here, (network,))
    night.collect()
    return night


def kari(world: World) -> Person:
    return next(person for person in world.people if person.handle.startswith("kari"))


def erased(night: Night, network: str, person: Person) -> list[str]:
    """Erase a person by handle and id; return their pseudonyms."""
    accounts = [word for name in (person.handle, person.id) for word in ("--account", f"{network}/{name}")]
    told = carried_out(
        "privacy", "erase", *accounts, "--yes", "--json", "--config", str(night.write_config())
    )
    assert json.loads(told)["posts"], told
    return list(json.loads(told)["pseudonyms"])


def write_more(night: Night, network: str) -> None:
    """Let Kari ask once more, and the agency answer her by name."""
    world = worlds(night.here)[network]
    person, agency = kari(world), next(p for p in world.people if p.handle == HANDLES[network])
    under = (
        next(p for p in world.posts if p.author is person and p.wall is not person)
        if network == "facebook"
        else None
    )
    asked = world.say(person, f"@{agency.handle} {NEW}", under=under)
    world.say(agency, f"@{person.handle} Den er på fredag.", under=asked)
    if network in SHARES_HOLD_WORDS:
        world.share(agency, asked)
    night.here.clock.move(86400)


def held(night: Night, names: list[str]) -> tuple[set[str | None], int, bytes]:
    """What is held of these people: their texts, how many posts, and all bodies of pages."""
    with Store(night.folder / "a.db") as store:
        texts = store.execute(
            "select text from observation join post on post.id = observation.post"
            " where author in (select value from json_each(?))",
            (json.dumps(names),),
        ).fetchall()
        posts = store.execute(
            "select count(*) from post where author in (select value from json_each(?))", (json.dumps(names),)
        ).fetchone()[0]
        bodies = store.execute("select body from page where body is not null")
        return {row[0] for row in texts}, posts, b"".join(zlib.decompress(row[0]) for row in bodies)


def test_a_second_night_counts_their_posts_and_keeps_no_word_and_no_name(
    night: Night, network: str, here: Loopback
) -> None:
    names = erased(night, network, kari(worlds(here)[network]))
    _, before, pages = held(night, names)
    assert not any(name.encode() in pages for name in names)
    write_more(night, network)
    night.collect()
    texts, after, pages = held(night, names)
    assert (texts, after) == ({None}, before + 1)
    assert not any(name.encode() in pages for name in names)
    assert "fyrlykta" not in stored_bytes(night.folder / "a.db").decode("utf-8", "replace")
    answers = [text for text in night.texts() if text and "Den er på fredag." in text]
    assert all(name not in text for text in answers for name in names)
    assert [NOBODY in text for text in answers] == [True]
    assert shares_without_words(night) == (network in SHARES_HOLD_WORDS)


def shares_without_words(night: Night) -> int:
    """How many posts that pass on another one have lost its words."""
    with Store(night.folder / "a.db") as store:
        found = store.execute("select count(*) from current_post where kind = 'share' and text is null")
        return int(found.fetchone()[0])
