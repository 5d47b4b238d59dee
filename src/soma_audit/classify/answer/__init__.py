"""Did the agency answer a question, when, and can we know?

An answer is a later post by the agency, from any of its accounts, that points at the question or its asker. An
automatic reply, another visitor's reply or a like is none. What could not be read, and what only a reader can tell, is
`unknown`, never `unanswered`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from datetime import UTC, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from soma_audit.classify.answer.reply import AMBIGUOUS, ANSWERS, Candidate, Thread, addressed
from soma_audit.classify.answer.reply_kind import DISQUALIFYING, MARKS
from soma_audit.classify.answer.silence import UNOBSERVABLE, Silence
from soma_audit.classify.question import QUESTION
from soma_audit.classify.rule import Rule, findings
from soma_audit.classify.text import comparable, signature
from soma_audit.model import Verdict
from soma_audit.networks import NETWORKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from soma_audit.model import Finding, Post, Wall


_HOUR = timedelta(hours=1)
MOST_STRANGERS = 0.1
"""Up to this share of the agency's replies to names that wrote nothing here, those names have changed."""


class AnswerClassifier:
    """Judges what became of each question."""

    name = "answer"
    version = "5"
    rules: Sequence[Rule[Any]] = sorted(
        (*ANSWERS, *AMBIGUOUS, *DISQUALIFYING, *MARKS.values(), *UNOBSERVABLE), key=lambda r: r.code
    )

    def judge(self, wall: Wall) -> Iterator[Verdict]:
        """Judge every post held to be a question."""
        asked = wall.asked
        if asked is None:
            asked = frozenset(v.post for v in QUESTION.judge(wall) if v.post and v.label != "none")
        replies = Replies(wall, asked)
        for post in wall.posts:
            if post.native_id in asked:
                yield replies.verdict(post)


class Replies:
    """Everything on a wall that an answer may be found by."""

    def __init__(self, wall: Wall, asked: frozenset[str]) -> None:
        self.wall, self.asked = wall, asked
        self.threads: dict[str, Thread] = defaultdict(Thread)
        self.by_author: dict[str, list[Post]] = defaultdict(list)
        self.addressing: dict[str, list[Post]] = defaultdict(list)
        """The agency's posts without reply link, by the name that they begin with."""
        for post in wall.posts:
            self.threads[post.thread].add(post)
            if post.by_agency and post.parent is None and (name := addressed(post.text)):
                self.addressing[name].append(post)
            elif not post.by_agency and post.author:
                self.by_author[post.author].append(post)
        self.from_elsewhere: dict[str, list[Post]] = defaultdict(list)
        """Replies from the agency's other accounts, by what they reply to."""
        for post in wall.elsewhere:
            if post.parent:
                self.from_elsewhere[post.parent].append(post)
        self.to_strangers = _to_strangers(self.addressing, self.by_author)
        self.words = _reply_words(wall)
        self.last_own = max((p.created_at for p in wall.posts if p.by_agency), default=None)

    def verdict(self, question: Post) -> Verdict:
        """Return what became of a question."""
        thread = self.threads[question.thread]
        spoilt: tuple[Finding, ...] = ()
        maybe: tuple[Finding, ...] = ()
        for reply in self._replies(question, thread):
            candidate = self._candidate(question, reply, thread)
            pointing = findings(ANSWERS, candidate)
            if not pointing:
                maybe = maybe or findings(AMBIGUOUS, candidate)
            elif spoiling := findings(DISQUALIFYING, candidate):
                spoilt = spoilt or spoiling
            else:
                return self._answered(candidate, pointing)
        return self._silent(question, thread, spoilt, maybe)

    def _replies(self, question: Post, thread: Thread) -> list[Post]:
        """Return the agency's posts that may answer, oldest first; one that it has deleted answers no more."""
        number, author = question.native_id, question.author or ""
        found = chain(
            (p for p in thread.below.get(number, ()) if p.by_agency),
            thread.towards.get(author, ()),
            self.addressing.get(author, ()),
            self.from_elsewhere.get(number, ()),
            self.to_strangers.get(number, ()),
        )
        later = {
            p.native_id: p
            for p in found
            if p.created_at >= question.created_at and p != question and p.text is not None
        }
        return sorted(later.values(), key=lambda p: (p.created_at, p.native_id))

    def _candidate(self, question: Post, reply: Post, thread: Thread) -> Candidate:
        posts = self.by_author.get(question.author or "", [])
        place = bisect_right(posts, reply.created_at, key=lambda p: p.created_at)
        return Candidate(
            question=question,
            reply=reply,
            thread=thread,
            exact=NETWORKS[self.wall.account.network].exact_replies,
            last=posts[place - 1] if place else None,
            asked=self.asked,
            same_words=self.words[reply.native_id].ever,
            within_the_hour=self.words[reply.native_id].within_the_hour,
            to_a_stranger=reply in self.to_strangers.get(question.native_id, ()),
        )

    def _answered(self, candidate: Candidate, pointing: tuple[Finding, ...]) -> Verdict:
        question, reply, wall = candidate.question, candidate.reply, self.wall
        office = wall.office.minutes(question.created_at, reply.created_at)
        value: dict[str, object] = {
            "answer": reply.native_id,
            "response_minutes": round(candidate.minutes, 1),
            "office_minutes": round(office, 1),
        }
        for name, rule in MARKS.items():
            if marked := findings((rule,), candidate):
                value[name] = True
                pointing += marked
        label = "answered" if office <= wall.norm_minutes else "answered_late"
        return Verdict(question.native_id, label, value, pointing)

    def _silent(
        self, question: Post, thread: Thread, spoilt: tuple[Finding, ...], maybe: tuple[Finding, ...]
    ) -> Verdict:
        """Return why there is no answer: not yet due, not to be known, or not given."""
        wall = self.wall
        due = wall.office.after(question.created_at, wall.norm_minutes)
        if wall.as_of < due and not maybe:
            return Verdict(question.native_id, "pending", {"due_at": _text_time(due)}, spoilt)
        agency_seen = bool(spoilt) or (self.last_own is not None and self.last_own >= question.created_at)
        blind = maybe + findings(UNOBSERVABLE, Silence(question, wall, thread, agency_seen))
        return Verdict(question.native_id, "unknown" if blind else "unanswered", {}, blind + spoilt)


def _to_strangers(
    addressing: Mapping[str, Sequence[Post]], by_author: Mapping[str, Sequence[Post]]
) -> dict[str, list[Post]]:
    """Return the replies to names that wrote nothing here, by the newest post before each of a visitor never addressed.

    Empty where such replies are more than a few: there the visitors' posts have not all been read.
    """
    strangers = [p for name, posts in addressing.items() if name not in by_author for p in posts]
    if len(strangers) > MOST_STRANGERS * sum(len(posts) for posts in addressing.values()):
        return {}
    left = [p for name, posts in by_author.items() if name not in addressing for p in posts]
    left.sort(key=lambda p: p.created_at)
    found: dict[str, list[Post]] = defaultdict(list)
    for reply in strangers:
        if place := bisect_right(left, reply.created_at, key=lambda p: p.created_at):
            found[left[place - 1].native_id].append(reply)
    return found


def _text_time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class SameWords(NamedTuple):
    """In how many threads the agency has given a reply in the same words."""

    ever: int = 0
    within_the_hour: int = 0
    """Not more than an hour before or after it."""


def _reply_words(wall: Wall) -> Mapping[str, SameWords]:
    """Count for each of the agency's replies in how many threads its words were given. Short thanks are no set phrase."""
    given: dict[str, dict[str, list[Post]]] = defaultdict(lambda: defaultdict(list))
    for post in wall.posts:
        if post.by_agency and post.parent and post.text and len(post.text) >= 25:
            signed = signature(post.text)
            words = comparable(post.text.replace(signed, " ") if signed else post.text)
            given[words][post.thread].append(post)
    counted: dict[str, SameWords] = defaultdict(SameWords)
    for threads in given.values():
        first = sorted(posts[0].created_at for posts in threads.values())
        for post in chain.from_iterable(threads.values()) if len(threads) > 1 else ():
            near = bisect_right(first, post.created_at + _HOUR) - bisect_left(first, post.created_at - _HOUR)
            counted[post.native_id] = SameWords(len(threads), near)
    return counted


ANSWER = AnswerClassifier()
