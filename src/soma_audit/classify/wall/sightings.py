"""What was seen of an account's walls, when: from settings, posts, reply settings, gaps, and people who looked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any

from soma_audit.classify.wall.history import WINDOW, Sighting
from soma_audit.model import Kind, SignedIn
from soma_audit.networks import NETWORKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from soma_audit.classify.wall.history import History
    from soma_audit.model import About, Look, Post, Wall

FEW_POSTS = 10
"""Fewer posts than this that all say no are no sign."""
REPLY_SETTINGS = {
    "everyone": "everyone",
    "following": "following",
    "mentionedusers": "mentionedUsers",
    "subscribers": "subscribers",
    "verified": "verified",
    "other": "other",
}
"""X's words for who may reply, by their folded spelling. Source: X's OpenAPI 2.166; newer words come as plain text."""
NOBODY, APPROVAL = "nobody", "approval"
"""A Bluesky thread gate without any rule, and a policy by which the author approves each reply."""
RESTRICTED = {"following", "followers", "list", "mentionedUsers", "subscribers", "verified"}
"""Only these may reply; several of them are joined by `+`."""
STATES = {
    "everyone": "open",
    APPROVAL: "moderated",
    NOBODY: "closed",
    **dict.fromkeys(RESTRICTED, "restricted"),
}
"""The state of a wall by each word."""
TOKENS_OWN = {"can_comment", "cannot_comment"}
"""What Facebook says of the token's holder, and of nobody else."""


MESSAGES_FROM = "allow_incoming"
"""Who may send messages to an account, by its profile. Source: Bluesky's `associated.chat.allowIncoming`."""
MAY_MESSAGE = {"all": "open", "following": "restricted", "none": "closed"}


@dataclass(frozen=True)
class Case:
    """A wall, and how it stood through time: what its rules look at."""

    wall: Wall
    history: History

    @property
    def since(self) -> datetime:
        """The time from which on a sign says something of today."""
        return self.wall.as_of - WINDOW

    @cached_property
    def comments(self) -> list[Post]:
        """Visitors' comments under the agency's own posts, of all times."""
        return visitors_comments(self.wall)

    @cached_property
    def recent(self) -> list[Post]:
        """The agency's own posts of the last 90 days: what a visitor might reply to."""
        return [p for p in own_posts(self.wall) if p.created_at >= self.since]


# --- the Page's settings --------------------------------------------------------------------------------------------


def settings_of(about: About) -> Mapping[str, Any]:
    """Return the settings in a response: a Page's, or who may send messages by a profile; empty: there are none."""
    settings = about.facts.get("settings")
    if isinstance(settings, dict):
        return settings
    return {k: v for k, v in about.facts.items() if k == MESSAGES_FROM}


def may_post(settings: Mapping[str, Any]) -> str | None:
    """Read who may post on the wall; None: it does not tell."""
    said = settings.get("USERS_CAN_POST")
    if said is True:
        return "moderated" if settings.get("REVIEW_POSTS_BY_OTHER") is True else "open"
    return "closed" if said is False else None


def may_message(settings: Mapping[str, Any]) -> str | None:
    """Read whether visitors may write messages; None: it does not tell."""
    said = settings.get("USERS_CAN_MESSAGE")
    if said is None:
        return MAY_MESSAGE.get(str(settings.get(MESSAGES_FROM)))
    return "open" if said is True else "closed" if said is False else None


def from_settings(
    wall: Wall, read: Callable[[Mapping[str, Any]], str | None]
) -> list[tuple[Sighting, About]]:
    """Read what the settings said of a wall through time, each with where it was said last."""
    told = [(label, about) for about in wall.about if (label := read(settings_of(about))) is not None]
    sightings = []
    for label, group in groupby(told, key=lambda pair: pair[0]):
        said = [about for _, about in group]
        first = said[0].first_seen_at or said[0].seen_at
        sightings.append((Sighting(label=label, first=first, last=said[-1].seen_at, lasting=True), said[-1]))
    return sightings


# --- people who looked ----------------------------------------------------------------------------------------------


def proves(look: Look) -> bool:
    """Return whether a look says something of visitors.

    The Page's own team may always write. Who is not signed in may write nowhere, so can only see that others have.
    """
    if look.seen == "unclear" or look.signed_in is SignedIn.PAGE_TEAM:
        return False
    return look.signed_in is SignedIn.ORDINARY_ACCOUNT or look.seen == "open"


def looks_at(wall: Wall, question: str) -> list[Look]:
    """Return the looks at one of the walls, up to the time of judging."""
    return [look for look in wall.looks if look.question == question and look.observed_at <= wall.as_of]


def from_looks(wall: Wall, question: str) -> Iterator[Sighting]:
    """Read what people saw."""
    for look in looks_at(wall, question):
        if proves(look):
            at = look.observed_at
            yield Sighting(
                label=look.seen, first=at, last=at, by_person=True, got_through=look.seen == "open"
            )


# --- posts ----------------------------------------------------------------------------------------------------------


def visitors_posts(wall: Wall) -> list[Post]:
    """Return visitors' own posts on a Page, no comments; on X nobody writes on another's wall."""
    if not NETWORKS[wall.account.network].visitors_wall:
        return []
    return [p for p in wall.posts if p.by_agency is False and p.kind is Kind.POST]


def own_posts(wall: Wall) -> list[Post]:
    """Return the agency's own posts: what a visitor might comment on."""
    return [p for p in wall.posts if p.by_agency and p.kind is Kind.POST]


def visitors_comments(wall: Wall) -> list[Post]:
    """Return visitors' comments under the agency's own posts."""
    ours = {p.native_id for p in own_posts(wall)}
    return [p for p in wall.posts if p.by_agency is False and p.kind is Kind.COMMENT and p.thread in ours]


def got_through(posts: Sequence[Post]) -> Iterator[Sighting]:
    """Read that a visitor's words came to stand there."""
    for post in posts:
        yield Sighting(label="open", first=post.created_at, last=post.created_at, got_through=True)


def reply_setting(post: Post) -> str:
    """Fold the spellings of one setting (`mentionedUsers`, `mentioned_users`); a word not known stays as it is."""
    word = post.reply_setting or "missing"
    return REPLY_SETTINGS.get(word.replace("_", "").lower(), word)


def from_reply_settings(wall: Wall) -> Iterator[Sighting]:
    """Read who might reply through time. Settings change from post to post, so calendar months (UTC) are compared.

    A month is restricted if one of its posts is, and closed or moderated if all of them are. The month under way counts once it has `FEW_POSTS` posts: until then
    it goes with the one before.
    """
    known = [
        (p.created_at, word) for p in own_posts(wall) if (word := state_of(reply_setting(p))) is not None
    ]
    months = [list(group) for _, group in groupby(known, key=lambda post: _month(post[0]))]
    if len(months) > 1 and len(months[-1]) < FEW_POSTS and _month(months[-1][0][0]) == _month(wall.as_of):
        under_way = months.pop()
        months[-1] += under_way
    streaks: list[tuple[str, list[tuple[datetime, str]]]] = []
    for month in months:
        found = {word for _, word in month}
        state = found.pop() if len(found) == 1 else "restricted"
        if streaks and streaks[-1][0] == state:
            streaks[-1][1].extend(month)
        else:
            streaks.append((state, month))
    yield from _at_the_very_post(streaks)


def _at_the_very_post(streaks: list[tuple[str, list[tuple[datetime, str]]]]) -> Iterator[Sighting]:
    """A month that is not open beside open ones begins with its first post that is not, and ends with its last."""
    for place, (state, posts) in enumerate(streaks):
        mine = [at for at, _ in posts]
        restricted = [at for at, word in posts if word != "open"]
        before, after = place > 0, place < len(streaks) - 1
        if state != "open":
            first, last = restricted[0] if before else mine[0], restricted[-1] if after else mine[-1]
        else:
            first, last = mine[0], mine[-1]
            if before:
                first = min([first, *_opens(streaks[place - 1][1], after_last=True)])
            if after:
                last = max([last, *_opens(streaks[place + 1][1], after_last=False)])
        yield Sighting(label=state, first=first, last=last, lasting=True)


def _opens(posts: Sequence[tuple[datetime, str]], *, after_last: bool) -> list[datetime]:
    """Return the posts of a streak that is not open that stand behind its last one that is not, or before its first."""
    restricted = [at for at, word in posts if word != "open"]
    if after_last:
        return [at for at, _ in posts if at > restricted[-1]]
    return [at for at, _ in posts if at < restricted[0]]


def state_of(word: str) -> str | None:
    """Return how a wall stands by who may reply to a post; None: a word that is not known."""
    return STATES.get(word, "restricted" if {*word.split("+")} <= RESTRICTED else None)


def _month(moment: datetime) -> tuple[int, int]:
    return moment.year, moment.month


def denied(wall: Wall) -> list[Post]:
    """Return the posts since the last visitor's comment that our token may not comment on, if that is a sign at all.

    It is none where the token may not even comment on posts that others commented on: then it is the token's own lot.
    """
    comments = visitors_comments(wall)
    since = max([wall.as_of - WINDOW, *(p.created_at for p in comments[-1:])])
    told = [p for p in own_posts(wall) if p.reply_setting in TOKENS_OWN]
    refused = {p.native_id for p in told if p.reply_setting == "cannot_comment"}
    newest = [p for p in told if p.created_at > since]
    if len(newest) < FEW_POSTS or refused & {p.thread for p in comments}:
        return []
    return newest if all(p.native_id in refused for p in newest) else []


# --- each wall ------------------------------------------------------------------------------------------------------


def of_posting(wall: Wall) -> Iterator[Sighting]:
    """Return everything that shows whether visitors may write on the wall."""
    yield from (sighting for sighting, _ in from_settings(wall, may_post))
    yield from got_through(visitors_posts(wall))
    yield from from_looks(wall, "posting")


def of_commenting(wall: Wall) -> Iterator[Sighting]:
    """Return everything that shows whether visitors may write under the agency's posts."""
    if NETWORKS[wall.account.network].reply_settings:
        yield from from_reply_settings(wall)
        for gap in wall.gaps:
            if gap.reason == "protected":
                yield Sighting(
                    label="restricted", first=gap.noticed_at or wall.as_of, last=wall.as_of, lasting=True
                )
    elif refused := denied(wall):
        first, last = refused[0].created_at, refused[-1].created_at
        yield Sighting(label="unknown", first=first, last=last)
    yield from got_through(visitors_comments(wall))
    yield from from_looks(wall, "commenting")


def of_messaging(wall: Wall) -> Iterator[Sighting]:
    """Return everything that shows whether visitors may write messages."""
    yield from (sighting for sighting, _ in from_settings(wall, may_message))
    yield from from_looks(wall, "messaging")


def hidden_and_shown(case: Case) -> Counter[str]:
    """Count comments under the agency's own posts: what the network counts, what it shows, and what is hidden there.

    Only posts of which the network tells a count; `hidden` only where it tells what is hidden, which outsiders never learn.
    """
    counted: Counter[str] = Counter()
    counts = {p.native_id: p.counts["reply"] for p in case.recent if p.counts.get("reply")}
    direct = NETWORKS[case.wall.account.network].counts_direct_replies
    comments = (p for p in case.wall.posts if p.kind is Kind.COMMENT)
    below = Counter(above for p in comments if (above := p.parent if direct else p.thread) in counts)
    for thread, said in counts.items():
        counted["counted"] += said
        counted["shown"] += min(below[thread], said)
    counted["hidden"] = sum(bool(p.hidden) for p in case.comments if p.created_at >= case.since)
    return counted
