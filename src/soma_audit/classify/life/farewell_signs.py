"""Signs in a farewell: the words by which an account takes leave, and whom it names in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from soma_audit.classify.life.case import LAST
from soma_audit.classify.life.examples import DAY, account
from soma_audit.classify.life.farewell import ELSEWHERE_NOW, ENDS, LEAVES, NOT_USED
from soma_audit.classify.rule import Rule, own, rule
from soma_audit.model import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from soma_audit.classify.life.case import Case
    from soma_audit.classify.rule import Example
    from soma_audit.model import Post

    Evidence = Mapping[str, object]

QUOTED = 200
"""So many characters of a farewell are kept as evidence at most."""
_LEAVING = own("Vi forlater X.")
_LATER = own("Ny rapport er klar.", 2, at=30 * DAY)


def _saying(*texts: str, network: str = "twitter") -> Sequence[Example]:
    """Return an account's only post with each of these texts as an example."""
    return tuple(account(own(text), network=network) for text in texts)


@rule(
    "LIF017",
    weight=1.0,
    message="It says on {day} that it is no longer in use: “{quote}”",
    hits=_saying(
        "Denne kontoen er ikke lenger i bruk.",
        "Denne kontoen vert ikkje lenger oppdatert. Takk for følgjet!",
        "Denne konto bliver ikke længere opdateret.",
        "Det här kontot används inte längre.",
        "This account is no longer monitored. Please call us.",
        "Fra i dag er vi ikke lenger aktive på X.",
        "We no longer use this account.",
        "Denne siden oppdateres ikke lenger.",
        "Denne profilen er ikke i bruk.",
    ),
    misses=[
        *_saying(
            "This account is monitored Monday to Friday.",
            "This account is no longer monitored on weekends.",
            "Kontonummeret er ikke lenger i bruk.",
            "Hvis denne kontoen ikke lenger er i bruk, gir vi beskjed.",
            "En falsk profil utgir seg for å være oss. Denne kontoen er ikke lenger aktiv.",
            "Skjemaet er ikke lenger i bruk.",
            "Vår Facebook-konto er ikke lenger i bruk.",
        ),
        account(own("Denne kontoen er ikke lenger i bruk.", kind=Kind.SHARE)),
        account(own("Denne kontoen er ikke lenger i bruk."), _LATER),
    ],
)
def says_not_used(case: Case) -> Evidence | None:
    """Sees an own post say of its account, or of the network that it stands on, that it is no longer used, updated or read.

    Wrong where `this account` is another one that it writes of, unless it calls that one false.
    """
    return _said(case, NOT_USED)


@rule(
    "LIF018",
    weight=1.0,
    message="It says on {day} that it is closed: “{quote}”",
    hits=[
        *_saying(
            "Vi legger ned denne kontoen 1. januar.",
            "Denne kontoen blir fra 1. mars avsluttet.",
            "No avsluttar vi denne kontoen.",
            "Kontot är avslutat.",
            "Denne kontoen avsluttes i juni.",
            "This account will be closed on 1 May.",
            "We are shutting down our Twitter account.",
        ),
        *_saying("Vi lukker vores Facebook-side.", network="facebook"),
    ],
    misses=[
        *_saying(
            "Kontoret er stengt i dag.",
            "Vegen er stengd etter eit ras.",
            "Denne kontoen er stengt for kommentarer i kveld.",
            "Our page on closed roads is updated hourly.",
            "Vi legger ned blomster ved minnesmerket.",
            "Vi legger ikke ned denne kontoen.",
            "Your account has been closed.",
            "She had her old Twitter account deleted.",
            "Vi legger ned vår Facebook-konto.",
        ),
        account(own("Kontoen er avsluttet."), _LATER),
    ],
)
def says_it_ends(case: Case) -> Evidence | None:
    """Sees an own post say that its account is or will be closed, deleted or given up.

    A page without more is not enough: one on the web is closed as well. Nor is an office, a road or somebody's account.
    """
    return _said(case, ENDS)


@rule(
    "LIF019",
    weight=1.0,
    message="It says on {day} that it leaves the network: “{quote}”",
    hits=[
        *_saying(
            "Vi forlater X.",
            "Nu lämnar vi X. Tack för den här tiden!",
            "Vi har forladt X.",
            "We are leaving Twitter today.",
            "Fra mandag slutter vi å bruke X.",
            "Nå sier vi farvel til Twitter.",
        ),
        *_saying(
            "Frå i dag forlèt vi Facebook.",
            "Vi avslutter vår tilstedeværelse på Facebook.",
            network="facebook",
        ),
    ],
    misses=[
        *_saying(
            "Politiet forlater stedet.",
            "Statsråden forlater departementet i dag.",
            "I am leaving office today. Thank you!",
            "Skoler forlater X, viser en ny rapport.",
            "Vi vurderer å forlate X.",
            "We are not leaving Twitter.",
            "We are leaving Twitter comments open.",
            "Vi forlater Facebook.",
        ),
        account(_LEAVING, _LATER),
    ],
)
def says_it_leaves(case: Case) -> Evidence | None:
    """Sees an own post say *we* leave the network, by name, if it is the one that the account is on.

    An agency that writes of itself by its name is missed: others leave networks too, and agencies write of that.
    """
    return _said(case, LEAVES)


@rule(
    "LIF020",
    weight=0.5,
    message="It says on {day} that it is elsewhere now: “{quote}”",
    hits=_saying(
        "Følg oss heller på Bluesky.",
        "Følg oss på Instagram i stedet.",
        "Fra nå av finner du oss på Mastodon!",
        "Följ oss hellre på Facebook.",
        "We have moved to Bluesky.",
        "Vi har flyttet til @ny_etat.",
        "Please follow us on https://bsky.app/profile/etat.example instead",
    ),
    misses=[
        *_saying(
            "Følg oss på Facebook!",
            "Vi har flyttet til nye lokaler.",
            "Our automated feed has moved to @eksempelvarsel.",
            "We have moved to X.",
            "Følg oss heller på Facebook i kveld.",
            "Vi flyttar til https://etat.example i dag.",
            "Please follow us so that we can send you a message.",
        ),
        account(own("Følg oss heller på Bluesky."), _LATER),
    ],
)
def says_it_is_elsewhere(case: Case) -> Evidence | None:
    """Sees an own post say that the account has moved, or ask to follow it elsewhere *instead*.

    The weakest farewell: it counts once the account is silent or gone, since an ordinary post may say it of one evening.
    """
    return _said(case, ELSEWHERE_NOW)


@rule(
    "LIF021",
    weight=1.0,
    message="Its farewell names another account: {successor}.",
    hits=_saying(
        "Vi forlater X. Følg oss på https://bsky.app/profile/etat.example",
        "Denne kontoen er ikke lenger i bruk, følg @ny_etat.",
        "Vi forlater X, følg oss på Mastodon: @etat@social.example",
        "We are leaving Twitter. Find us on Instagram: https://www.instagram.com/etat/",
    ),
    misses=[
        *_saying(
            "Vi forlater X. Les mer på https://etat.example",
            "Vi forlater X. Takk, @eksempeletat!",
            "Følg oss på https://bsky.app/profile/etat.example",
        ),
        account(own("Vi forlater X. Følg @ny_etat."), _LATER),
    ],
)
def successor_in_farewell(case: Case) -> Evidence | None:
    """Sees the address of another account in a farewell, or a mention of one behind a word that points at it.

    Wrong where the account pointed at is a colleague's who merely helps on. Whether that account lives, its own verdict tells.
    """
    named = case.successor
    return {"successor": named.name} if named and named.name else None


@rule(
    "LIF022",
    weight=1.0,
    message="Its farewell names another account, which is not in the register.",
    hits=_saying("Denne kontoen er ikke lenger i bruk, følg @v-0123456789ab."),
    misses=_saying("Denne kontoen er ikke lenger i bruk, følg @ny_etat.", "@v-0123456789ab Vi forlater X."),
)
def unknown_successor_in_farewell(case: Case) -> Evidence | None:
    """Sees a farewell point at an account by a pseudonym: nobody's name is kept who is not in the register."""
    named = case.successor
    return {} if named and named.name is None else None


@rule(
    "LIF023",
    weight=0.0,
    message="It took leave on {day}, and has written since.",
    hits=[account(_LEAVING, _LATER)],
    misses=[
        account(_LEAVING),
        account(_LEAVING, own("Takk for følget!", 2, at=DAY)),
        account(_LEAVING, *(own("Ny rapport er klar.", n, at=n * DAY) for n in range(2, LAST + 2))),
    ],
)
def wrote_after_farewell(case: Case) -> Evidence | None:
    """Sees an own post more than two weeks after a farewell, which then counts no longer. Thanks and reminders may follow it.

    Only the last five own posts are looked at: a farewell further back is forgotten.
    """
    said = case.last_words
    return {"day": _day(said.post), "post": said.post.native_id} if said and not case.farewell else None


def _said(case: Case, kind: str) -> Evidence | None:
    said = case.farewell
    if said is None or kind not in said.kinds:
        return None
    return {"day": _day(said.post), "post": said.post.native_id, "quote": _quoted(said.post.text or "")}


def _quoted(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= QUOTED else f"{words[: QUOTED - 1]}…"


def _day(post: Post) -> str:
    return post.created_at.date().isoformat()


RULES: tuple[Rule[Any], ...] = (
    says_not_used,
    says_it_ends,
    says_it_leaves,
    says_it_is_elsewhere,
    successor_in_farewell,
    unknown_successor_in_farewell,
    wrote_after_farewell,
)
