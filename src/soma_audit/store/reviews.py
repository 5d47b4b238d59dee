"""What `soma-audit review` reads and writes: people's words on verdicts, and the posts drawn for them to check."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from soma_audit.store.connection import text_time
from soma_audit.store.posts.rows import DECISIONS, POST, PostRow
from soma_audit.store.register import RegisterStore

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

_REVIEW = (
    "select network, handle, post.native_id as post, review.classifier, review.label, review.said, review.answered_at,"
    " review.reviewer, review.note, review.reviewed_at, review.until from current_review as review"
    " join account on account.id = review.account left join post on post.id = review.post"
)


class ReviewRow(NamedTuple):
    """A review in force."""

    network: str
    handle: str
    post: str | None
    """The network's id; None: the whole wall."""
    classifier: str
    label: str
    said: str | None
    """The machine's label then; None: it had none."""
    answered_at: str | None
    reviewer: str
    note: str | None
    reviewed_at: str
    until: str | None
    """None: for good."""


class Word(NamedTuple):
    """What a person says of a post, or (`post` None) of an account as a whole."""

    account: int
    post: int | None
    classifier: str
    label: str
    note: str | None = None
    answered_at: datetime | None = None


class Assignment(NamedTuple):
    """Who sees to a post, and whether it was passed on."""

    post: int
    who: str | None = None
    forwarded_on: str | None = None
    """The day; None: it was not."""
    note: str | None = None


class ReviewStore(RegisterStore):
    """Reviews of posts and walls; `post` None is the whole wall."""

    def add_review(
        self,
        account: int,
        post: int | None,
        classifier: str,
        label: str,
        *,
        reviewer: str,
        reviewed_at: datetime,
        note: str | None = None,
        until: datetime | None = None,
        answered_at: datetime | None = None,
    ) -> None:
        """Let a person's word be in force instead of the verdict, and of what was said in an earlier review."""
        word = Word(account, post, classifier, label, note, answered_at)
        with self.transaction():
            self._add(word, reviewer, reviewed_at, until)

    def take_worklist(
        self, said: Iterable[Word], assigned: Iterable[Assignment], *, reviewer: str, at: datetime
    ) -> None:
        """Write many words and assignments, all or none; each takes the place of what was in force."""
        with self.transaction():
            for word in said:
                self._add(word, reviewer, at)
            for one in assigned:
                self.execute(
                    "update assignment set withdrawn_at = ? where post = ? and withdrawn_at is null",
                    (text_time(at), one.post),
                )
                self.execute(
                    "insert into assignment (post, who, forwarded_on, note, reviewer, assigned_at)"
                    " values (?, ?, ?, ?, ?, ?)",
                    (one.post, one.who, one.forwarded_on, one.note, reviewer, text_time(at)),
                )

    def _add(self, word: Word, reviewer: str, at: datetime, until: datetime | None = None) -> None:
        self._withdraw(word.account, word.post, word.classifier, at)
        self.mark_changed([word.account])  # an answer is looked for to what a person holds to be a question
        self.execute(
            "insert into review (account, post, classifier, label, said, answered_at, reviewer, note, reviewed_at, until)"
            " values (:account, :post, :classifier, :label, (select label from verdict where account = :account"
            " and post is :post and classifier = :classifier and current = 1), :answered_at, :reviewer, :note,"
            " :reviewed_at, :until)",
            {
                **word._asdict(),
                "answered_at": word.answered_at and text_time(word.answered_at),
                "reviewer": reviewer,
                "reviewed_at": text_time(at),
                "until": until and text_time(until),
            },
        )

    def assignment_of(self, post: int) -> Assignment | None:
        """Return who sees to a post, if anybody has said anything of it."""
        sql = "select post, who, forwarded_on, note from current_assignment where post = ?"
        return next(self.typed(Assignment, sql, (post,)), None)

    def decisions_on(self, post: int) -> int:
        """Count how often people have said something of a post, or taken it back."""
        row = self.execute(f"select {DECISIONS} from (select ? as id) as current_post", (post,)).fetchone()
        return int(row[0])

    def withdraw_review(self, account: int, post: int | None, classifier: str, at: datetime) -> None:
        """Let the verdict be in force again."""
        with self.transaction():
            self._withdraw(account, post, classifier, at)
            self.mark_changed([account])

    def _withdraw(self, account: int, post: int | None, classifier: str, at: datetime) -> None:
        self.execute(
            "update review set withdrawn_at = ? where account = ? and post is ? and classifier = ?"
            " and withdrawn_at is null",
            (text_time(at), account, post, classifier),
        )

    def reviews(self) -> list[ReviewRow]:
        """Return all reviews in force, the newest first."""
        return list(self.typed(ReviewRow, f"{_REVIEW} order by review.reviewed_at desc, review.id desc"))

    def reviews_on(self, account: int, post: int | None) -> list[ReviewRow]:
        """Return the reviews in force on a post or a wall."""
        return list(
            self.typed(
                ReviewRow,
                f"{_REVIEW} where review.account = ? and review.post is ? order by review.classifier",
                (account, post),
            )
        )

    def label_of(self, post: int, classifier: str) -> str | None:
        """Return the label in force, or None."""
        row = self.execute(
            "select label from current_verdict where post = ? and classifier = ?", (post, classifier)
        ).fetchone()
        return str(row[0]) if row else None

    def draw(self, classifier: str, label: str, number: int) -> list[PostRow]:
        """Return so many posts with a label that nobody has reviewed, drawn by lot and the same each time.

        Where a reviewed post's turn comes it is drawn too: passing it over would leave out what looked wrong to people.
        """
        held = self.execute(
            "select verdict.post, post.native_id, review.id from verdict join post on post.id = verdict.post"
            " join observation on observation.id = post.observation"
            " left join current_review as review on review.post = verdict.post and review.classifier = verdict.classifier"
            " where verdict.classifier = ? and verdict.label = ? and verdict.current = 1 and observation.text is not null"
            " and (verdict.classifier <> 'answer' or verdict.post in (select id from question where question = 'question'))",
            (classifier, label),
        ).fetchall()
        # a hash is a lot that nobody can choose, and that falls the same tomorrow
        held.sort(key=lambda row: (sha256(f"{classifier} {row[1]}".encode()).digest(), row[0]))
        drawn: list[tuple[int, str, str]] = []
        unseen: list[int] = []
        for post, _, review in held:
            if len(unseen) == number:
                break
            drawn.append((post, classifier, label))
            if review is None:
                unseen.append(post)
        with self.transaction():
            self.connection.executemany("insert or replace into draw values (?, ?, ?)", drawn)
        return [row for post in unseen for row in self.typed(PostRow, f"{POST} where id = ?", (post,))]
