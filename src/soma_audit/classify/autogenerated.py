"""Was this post of the agency's made by a machine? Each of its own posts and replies is judged, with reasons.

Rules weigh signs of a machine (here and in `clients`, above zero) against signs of a person (`presence`, below zero);
fitted (`weights`), they make the score. What only the habits of its account speak for stays `uncertain`: a label needs
a sign on the post itself.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from operator import attrgetter
from typing import TYPE_CHECKING

from soma_audit.classify.clients import (
    CLIENT,
    TRACE,
    WORDING,
    posting_tool,
    unknown_client_without_dialogue,
)
from soma_audit.classify.habits import Form, Habits, Subject, first_words, unlinked
from soma_audit.classify.presence import PRESENCE
from soma_audit.classify.rule import findings, own, rule, wall_of
from soma_audit.classify.weights import FIT, probability
from soma_audit.model import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from soma_audit.classify.rule import Rule
    from soma_audit.model import Post, Wall

    Evidence = Mapping[str, object] | None


def _feed(*titles: str, every: float = 700, **more: Any) -> list[Post]:  # noqa: ANN401
    """Write examples that end in a link, one every so many minutes."""
    return [own(f"{t} https://etat.example/{n}", n, at=n * every, **more) for n, t in enumerate(titles, 1)]


def _hourly(titles: Sequence[str], minute: float) -> list[Post]:
    return [
        replace(p, created_at=p.created_at + timedelta(minutes=minute)) for p in _feed(*titles, every=180)
    ]


_TITLES = (
    "Nye satser for barnetrygd",
    "Høring om havneloven",
    "Tilskudd til frivillige lag",
    "Rapport om leseferdighet",
    "Endrede åpningstider i juli",
    "Statsråden besøker Røros",
    "Budsjettet for neste år",
    "Flere lærlinger i staten",
    "Utvalg skal se på postloven",
    "Strengere krav til byggevarer",
)
_BEHIND = re.compile(r"https?://\S+\s+((?:#\w+\s*)+)$")
_PLAIN = [own("Frisk bris langs kysten i dag", n, at=n) for n in range(20, 32)]

# --- signs of a machine: how it is made; asked of posts that lead to a page ---------------------------------------------

_TWIN = replace(
    own("Nå kan alle søke om støtte til sykkelparkering", 9, at=2), permalink="https://facebook.example/9"
)


@rule(
    "AUT004",
    weight=3,
    message="The same text stands on another of the agency's accounts, {minutes} minutes apart.",
    hits=[wall_of(_feed("Nå kan alle søke om støtte til sykkelparkering"), elsewhere=(_TWIN,))],
    misses=[wall_of(_feed("Nå kan alle søke om støtte til ladestasjon"), elsewhere=(_TWIN,))],
)
def same_text_elsewhere(see: Subject) -> Evidence:
    """Sees the same text, whole or cut, on another account of the agency within a day.

    Cross-posters do that. Wrong when a person takes the trouble to post the same words twice by hand.
    """
    if not see.habits.elsewhere:
        return None
    words = unlinked(see.look.text)
    for other, theirs in see.habits.elsewhere.get(first_words(words), ()):
        minutes = abs((other.created_at - see.look.post.created_at).total_seconds()) / 60
        if minutes <= 24 * 60 and (theirs.startswith(words) or words.startswith(theirs)):
            return {"minutes": round(minutes), "post": other.native_id, "url": other.permalink}
    return None


@rule(
    "AUT005",
    message="The link carries a posting tool's trace: {trace}.",
    hits=[
        [own("Nye satser http://dlvr.it/abc")],
        [own("Nye satser https://etat.example/1?utm_source=twitterfeed")],
    ],
    misses=[
        [own("Nye satser http://bit.ly/abc")],
        [own("Nye satser https://etat.example/1?utm_source=nettsiden")],
    ],
)
def tool_in_link(see: Subject) -> Evidence:
    """Sees the short address or the campaign mark that a feed tool or a cross-poster puts into its links.

    Wrong when a person copies such a link from elsewhere. bit.ly is no sign: people use it too.
    """
    found = TRACE.search(see.look.text)
    return {"trace": found[1] or found[2]} if found else None


@rule(
    "AUT006",
    message="Tools write so by themselves: “{wording}”.",
    hits=[_feed("Nytt blogginnlegg: Vinter på fjellet"), _feed("Etatsavisen is out!")],
    misses=[_feed("Vi har skrevet et nytt blogginnlegg om vinter på fjellet")],
)
def tool_wording(see: Subject) -> Evidence:
    """Sees what blogs, photo services and check-in apps write before a link by themselves.

    Wrong when a person writes the same words, such as "New post:", by hand.
    """
    found = WORDING.search(see.look.body)
    return {"wording": found[0].strip()} if found else None


_LONGER = re.compile(r"(?<![\w#@])[^\W\d_][\w'’]{3,}")


@rule(
    "AUT008",
    message="The Longer Words Have Capitals, as in a title.",
    hits=[_feed("New Rates for Child Benefit From Monday")],
    misses=[_feed("New rates for child benefit in Oslo")],
)
def title_capitals(see: Subject) -> Evidence:
    """Sees the capitals of an English title, in three longer words or more.

    Titles are written so, posts by hand seldom. Norwegian has no such habit, so nothing is said of Norwegian titles.
    """
    longer = _LONGER.findall(see.look.body)
    capitals = sum(w[0].isupper() for w in longer)
    return {"words": capitals} if len(longer) > 2 and capitals >= 0.8 * len(longer) else None


@rule(
    "AUT009",
    message="The text is cut off right before the link: “{end}”.",
    hits=[_feed("Departementet sender på høring et forslag til ny forskrift om merking av ...")],
    misses=[
        _feed("Endelig sommer ..."),
        _feed(
            "Vi deler denne fine teksten fra Røros, som er litt for lang til å få plass, og derfor brytes den her midt i se…"
        ),
    ],
)
def cut_before_link(see: Subject) -> Evidence:
    """Sees "..." or "…" right before the link that ends a longer text: a tool made it fit.

    X itself cuts long texts with "…" since 2016; that is no sign. Wrong when a person trails off.
    """
    look = see.look
    cut = look.closed and len(look.body) >= 40 and look.body.endswith(("...", "…", "[…]"))
    by_network = look.body.endswith("…") and look.post.created_at.year >= 2016 and len(look.body) >= 100
    return {"end": look.body[-20:]} if cut and not by_network else None


# --- signs of a machine: what the account does over and over; asked of posts that lead to a page -----------------------


@rule(
    "AUT010",
    message="{posts} posts of this account begin with the label “{label}” and carry a link.",
    hits=[[*_feed(*(f"Ledig stilling: {t}" for t in _TITLES[:5])), *_PLAIN]],
    misses=[[*_feed(*(f"Ledig stilling: {t}" for t in _TITLES[:3])), *_PLAIN]],
)
def same_label_with_link(see: Subject) -> Evidence:
    """Sees a label before a colon or a bar that at least four posts share and that hardly comes without a link.

    Feed tools put one before titles. The link guards a house style: logs written by hand begin alike but lead nowhere.
    Wrong for a person who keeps up a column.
    """
    posts = see.habits.labels.get(see.look.label)
    return {"label": see.look.label, "posts": posts} if posts else None


@rule(
    "AUT012",
    message="Posted {seconds:.0f} seconds from another post with a link.",
    hits=[_feed(*_TITLES[:2], every=0.05)],
    misses=[_feed(*_TITLES[:2], every=1.7)],
)
def burst(see: Subject) -> Evidence:
    """Sees two posts with links within a minute: faster than a person finds, copies and writes.

    Feed readers empty their queues so. Wrong where several people post from one account, or a thread is posted whole.
    """
    seconds = see.habits.apart.get(see.look.post.native_id)
    return {"seconds": seconds} if seconds is not None and seconds <= 60 else None


@rule(
    "AUT014",
    message="{posts} of this account's posts with a link came in minute {minute} of the hour, far more than by chance.",
    hits=[_hourly(_TITLES * 4, minute=7)],
    misses=[_hourly(_TITLES * 4, minute=30), _hourly(_TITLES * 2, minute=7)],
)
def clockwork(see: Subject) -> Evidence:
    """Sees that posts with links keep to one minute of the hour, among at least thirty of them.

    Feed tools wake at fixed times. Minutes that five divides are left out, because people set schedulers to them.
    """
    minute = see.look.post.created_at.minute
    posts = see.habits.minutes.get(minute)
    return {"minute": minute, "posts": posts} if posts else None


@rule(
    "AUT015",
    message="{share:.0%} of this account's posts are headlines with a link, and it hardly replies to anybody.",
    hits=[_feed(*_TITLES)],
    misses=[_feed(*_TITLES[:6]), [*_feed(*_TITLES), own("@v-aaaaaaaaaaaa Ja, alle.", 11, at=9000)]],
)
def headline_account(see: Subject) -> Evidence:
    """Sees an account where most posts, of ten or more, are headlines with a link and next to none are replies.

    This is the press-release feed that Difi saw in 2010. Wrong for the one post that a person wrote there, unless its
    signs of a person outweigh this.
    """
    habits = see.habits
    share = habits.headlines / habits.posts
    feed = habits.posts >= 10 and share >= 0.7 and habits.replies <= 0.05 * habits.posts
    return {"share": share, "posts": habits.posts} if feed else None


@rule(
    "AUT017",
    message="Hashtags follow its link: {tags}",
    hits=[[own("Nye satser https://etat.example/1 #satser")]],
    misses=[[own("Nye satser #satser https://etat.example/1")], [own("Nye satser #satser")]],
)
def hashtags_after_link(see: Subject) -> Evidence:
    """Sees hashtags after the link that would end the post: tools are told to add them. People do so too, now and then."""
    found = _BEHIND.search(see.look.text) if see.look.closed else None
    return {"tags": found[1]} if found else None


_LIKE_ENOUGH, _MOSTLY = 8, 0.4


@rule(
    "AUT018",
    message="{posts} posts on this account are put together like this one, and {share:.0%} of them show signs of a tool.",
    hits=[[*_feed(*_TITLES[:8], every=0.4), own("Rapport om havnelov https://etat.example/20", 20, at=900)]],
    misses=[[*_feed(*_TITLES[:8]), own("Rapport om havnelov https://etat.example/20", 20, at=9000)]],
)
def like_automatic_posts(see: Subject) -> Evidence:
    """Sees a post that leads to the same host, and is put together in the same way, as posts that show a machine's signs.

    What came the same way looks the same. Wrong for a person who writes like the feed beside it.
    """
    seen = see.alike >= _LIKE_ENOUGH and see.automatic > _MOSTLY
    return {"posts": see.alike, "share": see.automatic} if seen else None


_OWN_SIGNS: tuple[Rule[Subject], ...] = (
    *(same_text_elsewhere, tool_in_link, tool_wording, title_capitals, cut_before_link),
    *(same_label_with_link, burst, hashtags_after_link),
)
_HABITS: tuple[Rule[Subject], ...] = (clockwork, headline_account)
_ALIKE: tuple[Rule[Subject], ...] = (like_automatic_posts,)
PROVING = frozenset(r.code for r in (*_OWN_SIGNS, posting_tool, unknown_client_without_dialogue))
"""Signs on the post itself: at least one of them is behind every label `autogenerated`."""
_SURE = PROVING - {title_capitals.code, hashtags_after_link.code}
"""Those among them that hardly a person leaves."""

AUTOGENERATED_FROM, MANUAL_BELOW = 0.5, 0.25


class Autogenerated:
    """The classifier `autogenerated`."""

    name = "autogenerated"
    version = f"2.{FIT}"
    rules = tuple(sorted((*CLIENT, *_OWN_SIGNS, *_HABITS, *_ALIKE, *PRESENCE), key=attrgetter("code")))

    def judge(self, wall: Wall) -> Iterator[Verdict]:
        """Yield a verdict for each of the agency's own posts and replies; what it shares of others' is not its own."""
        habits = Habits(wall)
        first = [_signs(Subject(look, habits)) for look in habits.looks]
        forms, automatic = Counter[Form](), Counter[Form]()
        for look, signs in zip(habits.looks, first, strict=True):
            if look.form:
                forms[look.form] += 1
                automatic[look.form] += any(sign.rule in _SURE for sign in signs)
        for look, signs in zip(habits.looks, first, strict=True):
            found = signs
            if look.form and automatic[look.form]:
                alike = forms[look.form]
                found += findings(_ALIKE, Subject(look, habits, alike, automatic[look.form] / alike))
            score = round(probability("autogenerated", found), 3)
            yield Verdict(look.post.native_id, _label(score, found), {"score": score}, found)


_ASKED = {
    (told, leads): (*(CLIENT if told else ()), *((*_OWN_SIGNS, *_HABITS) if leads else ()), *PRESENCE)
    for told in (False, True)
    for leads in (False, True)
}


def _signs(see: Subject) -> tuple[Finding, ...]:
    """Ask the rules that concern a post: those of its client if it is told, those of links if it leads to a page."""
    asked = _ASKED[see.look.client != "", see.look.leads]
    seen = [(r, r.check(see)) for r in asked]  # as `rule.findings`, without generators: this is the hot loop
    return tuple([Finding(r.code, r.weight, evidence) for r, evidence in seen if evidence is not None])


def _proven(signs: tuple[Finding, ...]) -> bool:
    return any(sign.rule in PROVING for sign in signs)


def _label(score: float, signs: tuple[Finding, ...]) -> str:
    """Return the label; what only its account's habits speak for is uncertain."""
    if score >= AUTOGENERATED_FROM:
        return "autogenerated" if _proven(signs) else "uncertain"
    return "manual" if signs and score < MANUAL_BELOW else "uncertain"


AUTOGENERATED = Autogenerated()
