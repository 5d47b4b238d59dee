"""A reply by the agency, and whether it answers a question.

What a reply points at decides. On X its link names the very post; on Facebook at most the comment on top; in a file
there may be none, and then the name that the reply begins with has to do. Where it points at another post of the same
visitor, only a reader can tell whether it answers this one too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from soma_audit.classify.rule import Rule, own, rule, visitor, wall_of
from soma_audit.model import Account

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from soma_audit.model import Post

    Evidence = Mapping[str, object]

MENTION = re.compile(r"@([\w.-]*\w(?:@[\w.-]*\w)?)")
_ADDRESSED = re.compile(r"[\s.]*@([\w.-]*\w(?:@[\w.-]*\w)?)")


class Thread:
    """The posts of one thread, oldest first."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.by_id: dict[str, Post] = {}

    def add(self, post: Post) -> None:
        """Take in the next post."""
        self.posts.append(post)
        self.by_id[post.native_id] = post

    def above(self, post: Post) -> Iterator[Post]:
        """Climb from a post to its parent, and on."""
        seen = {post.native_id}
        while (parent := self.by_id.get(post.parent or "")) is not None and parent.native_id not in seen:
            yield parent
            seen.add(parent.native_id)
            post = parent

    @cached_property
    def below(self) -> Mapping[str, Sequence[Post]]:
        """Every post under each, once the thread is whole: threads may be long, so it is looked up once."""
        found: dict[str, list[Post]] = defaultdict(list)
        for post in self.posts:
            for parent in self.above(post):
                found[parent.native_id].append(post)
        return found

    @cached_property
    def towards(self) -> Mapping[str, Sequence[Post]]:
        """The agency's posts by the visitors whom they reply to or name."""
        found: dict[str, list[Post]] = defaultdict(list)
        for post in self.posts:
            if post.by_agency:
                parent = self.by_id.get(post.parent or "")
                authors = {parent.author} if parent and not parent.by_agency else set()
                for author in (authors | set(MENTION.findall(post.text or ""))) - {None}:
                    found[str(author)].append(post)
        return found


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post by the agency that may answer a question."""

    question: Post
    reply: Post
    thread: Thread
    """The question's."""
    exact: bool
    """The network's links name the very post that is replied to."""
    last: Post | None
    """The asker's newest post before the reply, in any thread."""
    asked: frozenset[str]
    """Posts held to be questions."""
    same_words: int
    """How many threads got a reply in the same words, names, numbers, links and signatures aside."""
    within_the_hour: int
    """How many of them got it within an hour of this one."""
    to_a_stranger: bool = False
    """It begins with a name that wrote nothing here, though nearly all that the agency replies to did."""

    @property
    def parent(self) -> Post | None:
        """What the reply points at, as far as it is in the thread."""
        return self.thread.by_id.get(self.reply.parent or "")

    @property
    def minutes(self) -> float:
        """From question to reply."""
        return (self.reply.created_at - self.question.created_at).total_seconds() / 60


def addressed(text: str | None) -> str | None:
    """Return the name that a text begins with: that of the person it is for."""
    found = _ADDRESSED.match(text or "")
    return found[1] if found else None


# --- replies that answer ------------------------------------------------------------------------------------------

_ASK = visitor("Når åpner søknadsfristen?", 1)
_OTHER = "v-bbbbbbbbbbbb"
_NEWS = own("Nå åpner ordningen.", 9, at=-60)
_BELOW = visitor("Når er fristen?", 1, under=9)
_IN_TWO_POSTS = [
    _NEWS,
    _BELOW,
    visitor("Altså for studenter.", 2, at=5, under=9),
    own("1. mai for alle.", 3, at=30, under=2, thread="9"),
]


def _answered_but_one(name: str, others: int = 20) -> list[Post]:
    """Everybody else was answered by name; the last reply begins with this one."""
    asked = [visitor("Når åpner dere?", n, at=-9 * n, author=f"v-{n:012}") for n in range(10, others + 10)]
    answered = [own(f"@{p.author} Klokka ni.", 100 + n, at=-9 * n + 1) for n, p in enumerate(asked, 10)]
    return [*asked, *answered, _ASK, own(f"@{name} 1. mars.", 2, at=30)]


_FACEBOOK = Account(agency="eksempeletaten", network="facebook", handle="eksempeletat", native_id="100")


@rule(
    "ANS001",
    weight=1.0,
    message="The agency replied to the question itself.",
    hits=[[_ASK, own("Hei! Den åpner 1. mars.", 2, at=30, under=1)]],
    misses=[
        [_ASK, visitor("Den åpner vel i mars.", 2, at=30, under=1, author=_OTHER)],
        [_ASK, own("Ny rapport er klar.", 2, at=30)],
    ],
)
def reply_to_question(c: Candidate) -> Evidence | None:
    """Sees a reply by the agency directly under the question. Wrong when the reply is about something else."""
    return {} if c.reply.parent == c.question.native_id else None


@rule(
    "ANS003",
    weight=0.9,
    message="The agency replied to the visitor's next post, which asks nothing itself.",
    hits=[wall_of(_IN_TWO_POSTS, account=_FACEBOOK)],
    misses=[
        _IN_TWO_POSTS,
        wall_of(
            [
                _NEWS,
                _BELOW,
                visitor("Bra!", 2, at=5, under=9, author=_OTHER),
                own("Takk!", 3, at=30, under=2, thread="9"),
            ],
            account=_FACEBOOK,
        ),
    ],
)
def reply_to_asker(c: Candidate) -> Evidence | None:
    """Sees a reply to another post of the asker's, written after the question: people write one question in two posts.

    Not on X, where it would be a link to another post. Wrong when the second post was about something else.
    """
    later = _later_post_of_asker(c)
    return {} if not c.exact and later is not None and later.native_id not in c.asked else None


@rule(
    "ANS004",
    weight=0.8,
    message="The agency named the visitor in the same thread.",
    hits=[
        wall_of([_NEWS, _BELOW, own("@v-aaaaaaaaaaaa 1. mai.", 3, at=30, under=9)], account=_FACEBOOK),
        [_NEWS, _BELOW, replace(own("@v-aaaaaaaaaaaa 1. mai.", 3, at=30, under=9), parent=None)],
    ],
    misses=[
        wall_of([_NEWS, _BELOW, own("Vi minner om fristen.", 3, at=30, under=9)], account=_FACEBOOK),
        [_NEWS, _BELOW, own("@v-aaaaaaaaaaaa 1. mai.", 3, at=30, under=9)],
    ],
)
def reply_naming_asker(c: Candidate) -> Evidence | None:
    """Sees the asker's name in a later post of the agency in the thread, where its link is missing or points at the top.

    On X a link names the very post that is replied to, so there it outweighs the name. Wrong when the visitor asked
    several things.
    """
    if c.reply.native_id not in c.thread.by_id or c.question.author not in MENTION.findall(
        c.reply.text or ""
    ):
        return None
    at_top = not c.exact and c.reply.parent in {c.question.thread, c.question.parent}
    return {} if c.reply.parent is None or at_top else None


@rule(
    "ANS007",
    weight=0.7,
    message="The agency wrote to the visitor by name, and this was the visitor's newest post.",
    hits=[[_ASK, own("@v-aaaaaaaaaaaa 1. mars.", 2, at=30)]],
    misses=[
        [_ASK, own("1. mars åpner fristen, sier @v-aaaaaaaaaaaa", 2, at=30)],
        [_ASK, visitor("Fin dag.", 3, at=9), own("@v-aaaaaaaaaaaa takk!", 2, at=30)],
    ],
)
def name_begins_reply(c: Candidate) -> Evidence | None:
    """Sees a post of the agency's without reply link that begins with the asker's name, right after the question.

    So replies look in files that do not hold their links. Wrong when the agency had something else to say to them.
    """
    names_asker = c.reply.parent is None and addressed(c.reply.text) == c.question.author
    return {} if names_asker and c.last == c.question else None


@rule(
    "ANS010",
    weight=0.4,
    message="The agency replied to a name that wrote nothing here, right after this visitor whom it never names.",
    hits=[_answered_but_one("v-cccccccccccc")],
    misses=[_answered_but_one("v-000000000010"), _answered_but_one("v-cccccccccccc", others=3)],
)
def stranger_behind_question(c: Candidate) -> Evidence | None:
    """Sees a reply without link to an unknown name, right after a question by somebody who is never addressed.

    People change their names, and old replies keep the old one. Only where nearly every other reply finds its visitor;
    elsewhere the visitor's post may just not have been read. Wrong when it was somebody else all the same.
    """
    return {} if c.to_a_stranger else None


# --- replies that may answer --------------------------------------------------------------------------------------


@rule(
    "ANS002",
    weight=0.0,
    message="The agency replied further down under the question, to somebody else.",
    hits=[
        [
            _ASK,
            visitor("Det lurer jeg også på.", 2, at=10, under=1, author=_OTHER),
            own("Den åpner 1. mars.", 3, at=30, under=2, thread="1"),
        ]
    ],
    misses=[[_ASK, own("Hei! Den åpner 1. mars.", 2, at=30, under=1)]],
)
def reply_below_question(c: Candidate) -> Evidence | None:
    """Sees a reply by the agency to somebody who had replied to the question. It may answer both; only a reader can tell."""
    parent = c.parent
    if parent is None or parent == c.question or parent.author == c.question.author:
        return None
    return {} if c.question in c.thread.above(c.reply) else None


@rule(
    "ANS008",
    weight=0.0,
    message="The agency replied to a later post of the same visitor.",
    hits=[
        _IN_TWO_POSTS,
        [_ASK, visitor("Hvem kan jeg ringe?", 2, at=5), own("@v-aaaaaaaaaaaa Ring Eva.", 3, at=30)],
    ],
    misses=[
        [_ASK, own("Hei! Den åpner 1. mars.", 2, at=30, under=1)],
        [_ASK, visitor("Hvem kan jeg ringe?", 2, at=12 * 24 * 60), own("@v-aaaaaaaaaaaa Eva.", 3, at=12 * 24 * 60 + 9)],
    ],
)  # fmt: skip
def reply_to_later_post(c: Candidate) -> Evidence | None:
    """Sees a reply to what the asker wrote later, within a week. It may answer both; only a reader can tell."""
    later = _later_post_of_asker(c) or _last_if_addressed(c)
    return {} if later is not None and (later.created_at - c.question.created_at).days < 7 else None


def _later_post_of_asker(c: Candidate) -> Post | None:
    """Return what the reply points at, if the asker wrote it after the question."""
    parent = c.parent
    if parent is None or parent == c.question or parent.author is None or parent.author != c.question.author:
        return None
    return parent if parent.created_at >= c.question.created_at else None


def _last_if_addressed(c: Candidate) -> Post | None:
    """Return the asker's newest post, if a reply without link begins with the asker's name."""
    names_asker = c.reply.parent is None and addressed(c.reply.text) == c.question.author
    return c.last if names_asker and c.last != c.question else None


ANSWERS: Sequence[Rule[Candidate]] = (
    reply_to_question,
    reply_to_asker,
    reply_naming_asker,
    name_begins_reply,
    stranger_behind_question,
)
AMBIGUOUS: Sequence[Rule[Candidate]] = (reply_below_question, reply_to_later_post)
