"""Small towns on Bluesky and on Mastodon: an agency that answers some of what two visitors ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loopback.server import Loopback
    from loopback.world import Person, Post, World

BLUESKY_AGENCY, MASTODON_AGENCY = "eksempeletaten.example", "eksempeletaten@etat.example"
BLUESKY_VISITORS = {"kari-test.example": "Kari Testesen", "ola-proeve.example": "Ola Prøvesen"}
MASTODON_VISITORS = {"kari_test@folk.example": "Kari Testesen", "ola_proeve@folk.example": "Ola Prøvesen"}
"""Handle and name of everyone who must not be named anywhere."""


def settle_bluesky(here: Loopback) -> Person:
    """Let them talk on Bluesky; one of the agency's threads is closed for replies."""
    here.bluesky.page_size = 3
    world = here.bluesky.world
    agency = world.person(BLUESKY_AGENCY, "Eksempeletaten")
    kari, ola = (world.person(handle, name) for handle, name in BLUESKY_VISITORS.items())
    posts = _talk(world, agency, kari, ola, f"@{BLUESKY_AGENCY}")
    here.bluesky.views.put_gate(posts[1], [])
    return agency


def settle_mastodon(here: Loopback) -> Person:
    """Let them talk on Mastodon, the visitors from another server than the agency's."""
    for name in ("etat.example", "folk.example"):
        here.mastodon.server(name)
    here.mastodon.servers["etat.example"].page_size = 3
    world = here.mastodon.world
    agency = world.person(MASTODON_AGENCY, "Eksempeletaten")
    kari, ola = (world.person(handle, name) for handle, name in MASTODON_VISITORS.items())
    _talk(world, agency, kari, ola, f"@{MASTODON_AGENCY}")
    return agency


def _talk(world: World, agency: Person, kari: Person, ola: Person, named: str) -> list[Post]:
    """Eight posts and a share of the agency's; five replies; two mentions outside its threads, one of them answered."""
    say = world.say
    posts = [say(agency, f"Kunngjøring nr. {n}: https://eks.example/{n}", hours_ago=70 - n) for n in range(6)]
    asked = say(kari, "Når er fristen?", under=posts[5], hours_ago=60)
    say(agency, f"@{kari.handle} Hei! 1. mai. Hilsen Eva", under=asked, hours_ago=59)
    say(kari, "takk! Ring 22 33 44 55 om noe", under=asked, hours_ago=58)
    question = say(ola, "Hvem svarer på e-post? Spør ola@post.example", under=posts[4], hours_ago=50)
    say(kari, f"Det lurer jeg også på, @{ola.handle}", under=question, hours_ago=49)
    say(ola, "Er det noen der?", under=posts[4], hours_ago=48)
    mention = say(ola, f"{named} Når åpner dere?", hours_ago=40)
    say(agency, f"@{ola.handle} Klokka ni.", under=mention, hours_ago=39)
    say(kari, f"Noen som vet om {named} er åpent i dag?", hours_ago=30)
    world.share(agency, mention, hours_ago=20)
    return posts
