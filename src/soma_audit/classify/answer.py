"""Did the agency answer a question, when, and can we know?

An answer is a later post by the agency, in the question's thread, to the question or to its asker. An automatic reply,
another visitor's reply or a like is none. What could not be read is `unknown`, never `unanswered`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Any

from soma_audit.classify.language import comparable
from soma_audit.classify.question import QUESTION
from soma_audit.classify.rule import Rule, findings, own, rule, visitor, wall_of
from soma_audit.model import GAP_REASONS, Finding, Gap, Stream, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from soma_audit.model import Post, Wall

    Evidence = Mapping[str, object]

TEMPLATE_TIMES = 5
"""A reply given this often in the same words to different threads is a template."""
_MENTION = re.compile(r"@([\w.-]*\w)")
_AUTOMATIC = re.compile(
    r"\b(?:takk for (?:din|di|deres|dykkar) (?:henvendelse|førespurnad|melding)|vi har (?:mottatt|motteke) (?:din|di)"
    r"|(?:dette|det) er (?:et|eit) automatisk|autosvar|automatic(?:ally generated)? (?:reply|response)"
    r"|we have received your (?:message|inquiry|request)|thank you for contacting)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post by the agency that may answer a question."""

    question: Post
    reply: Post
    thread: Thread
    same_words: int
    """How many threads got a reply in the same words."""


@dataclass(frozen=True, slots=True)
class Thread:
    """The posts of one thread, oldest first."""

    posts: list[Post] = field(default_factory=list)
    by_id: dict[str, Post] = field(default_factory=dict)

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


_ASK = visitor("Når åpner søknadsfristen?", 1)


@rule(
    "ANS001",
    weight=1.0,
    message="The agency replied to the question itself.",
    hits=[[_ASK, own("Hei! Den åpner 1. mars.", 2, at=30, under=1)]],
    misses=[
        [_ASK, visitor("Den åpner vel i mars.", 2, at=30, under=1, author="v-bbbbbbbbbbbb")],
        [_ASK, own("Ny rapport er klar.", 2, at=30)],
    ],
)
def reply_to_question(c: Candidate) -> Evidence | None:
    """Sees a reply by the agency directly under the question. Wrong when the reply is about something else."""
    return {} if c.reply.parent == c.question.native_id else None


@rule(
    "ANS002",
    weight=0.9,
    message="The agency replied further down under the question.",
    hits=[
        [
            _ASK,
            visitor("Det lurer jeg også på.", 2, at=10, under=1, author="v-bbbbbbbbbbbb"),
            own("Den åpner 1. mars.", 3, at=30, under=2, thread="1"),
        ]
    ],
    misses=[[_ASK, own("Hei! Den åpner 1. mars.", 2, at=30, under=1)]],
)
def reply_below_question(c: Candidate) -> Evidence | None:
    """Sees a reply by the agency to somebody who had replied to the question. Wrong when it only speaks to that one."""
    below = c.reply.parent != c.question.native_id and c.question in c.thread.above(c.reply)
    return {} if below else None


@rule(
    "ANS003",
    weight=0.9,
    message="The agency replied to a later post by the same visitor in the thread.",
    hits=[
        [
            own("Nå åpner ordningen.", 9, at=-60),
            visitor("Når er fristen?", 1, under=9),
            visitor("Altså for studenter.", 2, at=5, under=9),
            own("1. mai for alle.", 3, at=30, under=2, thread="9"),
        ]
    ],
    misses=[
        [
            own("Nå åpner ordningen.", 9, at=-60),
            visitor("Når er fristen?", 1, under=9),
            visitor("Bra!", 2, at=5, under=9, author="v-bbbbbbbbbbbb"),
            own("Takk!", 3, at=30, under=2, thread="9"),
        ]
    ],
)
def reply_to_asker(c: Candidate) -> Evidence | None:
    """Sees a reply to another message of the asker, sent after the question: people write one question in two posts.

    Wrong when the second message was about something else.
    """
    parent = c.thread.by_id.get(c.reply.parent or "")
    if parent is None or parent == c.question or parent.author is None or parent.author != c.question.author:
        return None
    return {} if parent.created_at >= c.question.created_at else None


@rule(
    "ANS004",
    weight=0.8,
    message="The agency named the visitor in the same thread.",
    hits=[
        [
            own("Nå åpner ordningen.", 9, at=-60),
            visitor("Når er fristen?", 1, under=9),
            own("@v-aaaaaaaaaaaa 1. mai.", 3, at=30, under=9),
        ]
    ],
    misses=[
        [
            own("Nå åpner ordningen.", 9, at=-60),
            visitor("Når er fristen?", 1, under=9),
            own("Vi minner om fristen.", 3, at=30, under=9),
        ]
    ],
)
def reply_naming_asker(c: Candidate) -> Evidence | None:
    """Sees the asker's name in a later post of the agency in the thread, where reply links are missing or point at the top."""
    named = c.question.author in _MENTION.findall(c.reply.text or "")
    return {} if named and c.reply.parent != c.question.native_id else None


@rule(
    "ANS005",
    weight=-1.0,
    message="The reply is an automatic one, and no answer.",
    hits=[[_ASK, own("Takk for din henvendelse. Vi svarer så snart vi kan.", 2, at=1, under=1)]],
    misses=[[_ASK, own("Takk for spørsmålet! Fristen er 1. mars.", 2, at=30, under=1)]],
)
def automatic_reply(c: Candidate) -> Evidence | None:
    """Sees the phrases of automatic receipts. Wrong when a person uses such a phrase before a real answer."""
    text = c.reply.text or ""
    return {} if len(text) < 300 and _AUTOMATIC.search(text) else None


def _same_words(times: int) -> list[Post]:
    asks = [visitor("Når er fristen?", n, at=n, author=f"v-{n:012}") for n in range(1, times + 1)]
    replies = [
        own("Se nettsidene våre for mer informasjon.", 100 + n, at=n + 9, under=n)
        for n in range(1, times + 1)
    ]
    return asks + replies


@rule(
    "ANS006",
    weight=-1.0,
    message="The agency gave the same reply in {threads} threads: a template, and no answer.",
    hits=[_same_words(TEMPLATE_TIMES)],
    misses=[_same_words(TEMPLATE_TIMES - 1)],
)
def same_words_to_many(c: Candidate) -> Evidence | None:
    """Sees a reply whose words, numbers and links aside, were given in many threads. Wrong when many ask the same."""
    return {"threads": c.same_words} if c.same_words >= TEMPLATE_TIMES else None


@dataclass(frozen=True, slots=True)
class Silence:
    """A question without an answer, and what is known of how well we looked."""

    question: Post
    wall: Wall
    thread: Thread
    agency_seen: bool


@rule(
    "ANS011",
    weight=0.0,
    message="Nothing the agency wrote has been read, so an answer would not have been seen.",
    hits=[[_ASK]],
    misses=[[_ASK, own("Ny rapport er klar.", 2, at=30)]],
)
def nothing_by_agency_read(s: Silence) -> Evidence | None:
    """Sees that no post by the agency has been read at all, as in a file that has visitors' posts only."""
    return None if s.agency_seen or Stream.TIMELINE in s.wall.read else {}


@rule(
    "ANS012",
    weight=0.0,
    message="Part of the account could not be read: {reason}.",
    hits=[
        wall_of(
            [_ASK, own("Ny rapport er klar.", 2, at=30)],
            gaps=(Gap(stream=Stream.TIMELINE, reason="unreachable"),),
        )
    ],
    misses=[
        wall_of(
            [_ASK, own("Ny rapport er klar.", 2, at=30)],
            gaps=(Gap(stream=Stream.SETTINGS, reason="permission"),),
        )
    ],
)
def gap_over_answer(s: Silence) -> Evidence | None:
    """Sees a gap where the answer would stand: the whole account, its own posts, or the comments under posts."""
    gap = next((g for g in s.wall.gaps if _hides_answer(g, s.question, s.wall.account.network)), None)
    return None if gap is None else {"reason": GAP_REASONS[gap.reason]}


@rule(
    "ANS013",
    weight=0.0,
    message="The network counts {counted} replies, but only {read} could be read.",
    hits=[[own("Hei", 9, at=-9), visitor("Når er fristen?", 1, counts={"reply": 2})]],
    misses=[
        [
            own("Hei", 9, at=-9),
            visitor("Når er fristen?", 1, counts={"reply": 1}),
            visitor("Vet ikke.", 2, at=3, under=1),
        ]
    ],
)
def replies_not_read(s: Silence) -> Evidence | None:
    """Sees that the network counts more replies than it let us read. On X the agency's own timeline has its replies anyway."""
    if s.wall.account.network == "twitter" and Stream.TIMELINE in s.wall.read:
        return None
    counted = s.question.counts.get("reply", 0)
    if not counted:
        return None
    read = sum(s.question in s.thread.above(p) for p in s.thread.posts)
    return {"counted": counted, "read": read} if counted > read else None


_POINTING: Sequence[Rule[Candidate]] = (
    reply_to_question,
    reply_below_question,
    reply_to_asker,
    reply_naming_asker,
)
_SPOILING: Sequence[Rule[Candidate]] = (automatic_reply, same_words_to_many)
_BLIND: Sequence[Rule[Silence]] = (nothing_by_agency_read, gap_over_answer, replies_not_read)


class AnswerClassifier:
    """Judges what became of each question."""

    name = "answer"
    version = "1"
    rules: Sequence[Rule[Any]] = (*_POINTING, *_SPOILING, *_BLIND)

    def judge(self, wall: Wall) -> Iterator[Verdict]:
        """Judge every post held to be a question."""
        asked = wall.asked
        if asked is None:
            asked = frozenset(v.post for v in QUESTION.judge(wall) if v.post and v.label != "none")
        threads: dict[str, Thread] = defaultdict(Thread)
        for post in wall.posts:
            threads[post.thread].add(post)
        words = _reply_words(wall)
        agency_seen = any(p.by_agency for p in wall.posts)
        for post in wall.posts:
            if post.native_id in asked:
                thread = threads[post.thread]
                yield self._answered(wall, post, thread, words) or _silent(
                    Silence(post, wall, thread, agency_seen)
                )

    def _answered(
        self, wall: Wall, question: Post, thread: Thread, words: Mapping[str, int]
    ) -> Verdict | None:
        spoilt: tuple[Finding, ...] = ()
        for reply in thread.posts:
            if not reply.by_agency or reply.created_at < question.created_at or reply == question:
                continue
            candidate = Candidate(question, reply, thread, words.get(reply.native_id, 0))
            if not (pointing := findings(_POINTING, candidate)):
                continue
            if spoiling := findings(_SPOILING, candidate):
                spoilt = spoilt or spoiling
                continue
            office = wall.office.minutes(question.created_at, reply.created_at)
            value = {
                "answer": reply.native_id,
                "response_minutes": round((reply.created_at - question.created_at).total_seconds() / 60, 1),
                "office_minutes": round(office, 1),
            }
            return Verdict(
                question.native_id,
                "answered" if office <= wall.norm_minutes else "answered_late",
                value,
                pointing,
            )
        return _silent(Silence(question, wall, thread, agency_seen=True), spoilt) if spoilt else None


def _silent(silence: Silence, spoilt: tuple[Finding, ...] = ()) -> Verdict:
    """Say why there is no answer: not yet due, not to be known, or not given."""
    question, wall = silence.question, silence.wall
    due = wall.office.after(question.created_at, wall.norm_minutes)
    if wall.as_of < due:
        return Verdict(question.native_id, "pending", {"due_at": _text_time(due)}, spoilt)
    blind = findings(_BLIND, silence)
    return Verdict(question.native_id, "unknown" if blind else "unanswered", {}, blind + spoilt)


def _text_time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _hides_answer(gap: Gap, question: Post, network: str) -> bool:
    where = {None, Stream.TIMELINE} if network == "twitter" else {None, Stream.COMMENTS, Stream.TIMELINE}
    still_unseen = gap.until is None or question.created_at <= gap.until  # answers come after their question
    return gap.stream in where and still_unseen


def _reply_words(wall: Wall) -> dict[str, int]:
    """Count for each of the agency's replies in how many threads its words were given. Short thanks are no template."""
    texts = {
        p.native_id: comparable(p.text)
        for p in wall.posts
        if p.by_agency and p.parent and p.text and len(p.text) >= 25
    }
    threads = {p.native_id: p.thread for p in wall.posts if p.native_id in texts}
    times = Counter(text for _, text in {(threads[i], text) for i, text in texts.items()})
    return {native_id: times[text] for native_id, text in texts.items()}


ANSWER = AnswerClassifier()
