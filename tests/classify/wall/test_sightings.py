"""What is read from X's reply settings through the months, and from a token that may not comment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from soma_audit.classify.rule import own, visitor, wall_of
from soma_audit.classify.wall.history import History
from soma_audit.classify.wall.sightings import (
    FEW_POSTS,
    Case,
    denied,
    from_reply_settings,
    hidden_and_shown,
    reply_setting,
)

if TYPE_CHECKING:
    from soma_audit.model import Post

CODES = {"e": "everyone", "f": "following", "-": None, "o": "other"}


def timeline(**months: str) -> list[Post]:
    """One post a day from the first of each month on; each letter is who may reply."""
    posts: list[Post] = []
    for name, letters in months.items():
        start = datetime.strptime(f"2026 {name} 1 +0000", "%Y %b %d %z")
        for number, letter in enumerate(letters):
            post = own("Hei", len(posts), reply_setting=CODES[letter])
            posts.append(replace(post, created_at=start + timedelta(days=number)))
    return posts


def spans(
    posts: list[Post], *, as_of: datetime = datetime(2026, 6, 15, tzinfo=UTC)
) -> list[tuple[str, str, str]]:
    wall = replace(wall_of(posts), as_of=as_of)
    return [(s.label, f"{s.first:%m-%d}", f"{s.last:%m-%d}") for s in from_reply_settings(wall)]


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        pytest.param({"Jan": ""}, [], id="no posts"),
        pytest.param({"Jan": "--o"}, [], id="nothing told"),
        pytest.param({"Jan": "ee-e"}, [("open", "01-01", "01-04")], id="everyone"),
        pytest.param({"Jan": "eeefe"}, [("restricted", "01-01", "01-05")], id="some posts of a month"),
        pytest.param(
            {"Jan": "eeee", "Feb": "eefff"},
            [("open", "01-01", "02-02"), ("restricted", "02-03", "02-05")],
            id="restricted from the middle of a month on",
        ),
        pytest.param(
            {"Jan": "ffe", "Feb": "eeee"},
            [("restricted", "01-01", "01-02"), ("open", "01-03", "02-04")],
            id="opened in the middle of a month",
        ),
        pytest.param(
            {"Jan": "eee", "Feb": "efe", "Mar": "eee"},
            [("open", "01-01", "02-01"), ("restricted", "02-02", "02-02"), ("open", "02-03", "03-03")],
            id="a single post",
        ),
        pytest.param(
            {"Jan": "efe", "Feb": "fee", "Mar": "eef"},
            [("restricted", "01-01", "03-03")],
            id="some posts of each month: no change at every post",
        ),
        pytest.param(
            {"Jan": "ff", "Jun": "e" * (FEW_POSTS - 1)},
            [("restricted", "01-01", "06-09")],
            id="the month under way has few posts yet",
        ),
        pytest.param(
            {"Jan": "ff", "Jun": "e" * FEW_POSTS},
            [("restricted", "01-01", "01-02"), ("open", "06-01", "06-10")],
            id="the month under way has enough",
        ),
    ],
)
def test_spans_of_reply_settings(months: dict[str, str], expected: list[tuple[str, str, str]]) -> None:
    assert spans(timeline(**months)) == expected


@pytest.mark.parametrize(
    ("said", "word"),
    [
        (None, "missing"),
        ("mentionedUsers", "mentionedUsers"),
        ("mentioned_users", "mentionedUsers"),
        ("EVERYONE", "everyone"),
        ("friends_of_friends", "friends_of_friends"),
    ],
)
def test_spellings_are_folded_and_new_words_kept(said: str | None, word: str) -> None:
    assert reply_setting(own("Hei", reply_setting=said)) == word


def refused(number: int, *, start: int = 1) -> list[Post]:
    return [own("Nytt", n, at=n, reply_setting="cannot_comment") for n in range(start, start + number)]


@pytest.mark.parametrize(
    ("posts", "expected"),
    [
        pytest.param(refused(FEW_POSTS), FEW_POSTS, id="all of enough posts"),
        pytest.param(refused(FEW_POSTS - 1), 0, id="too few"),
        pytest.param(
            [*refused(FEW_POSTS), own("Nytt", 50, at=50, reply_setting="can_comment")], 0, id="the newest may"
        ),
        pytest.param(
            [own("Nytt", 1, reply_setting="can_comment"), *refused(FEW_POSTS, start=2)],
            0,
            id="an older one might",
        ),
        pytest.param(
            [
                own("Nytt", 1, reply_setting="can_comment"),
                visitor("Bra!", 70, at=1, under=1),
                *refused(FEW_POSTS, start=2),
            ],
            FEW_POSTS,
            id="since the last comment none might",
        ),
        pytest.param(
            [*refused(FEW_POSTS), visitor("Bra!", 70, at=70, under=3)],
            0,
            id="others comment where the token may not: it is the token's own lot",
        ),
    ],
)
def test_a_token_that_may_not_comment_any_more(posts: list[Post], expected: int) -> None:
    assert len(denied(wall_of(posts))) == expected


def test_comments_shown_are_held_against_comments_counted() -> None:
    posts = [
        own("En", 1, counts={"reply": 5}),
        own("To", 2, counts={"reply": 1}),
        own("Tre", 3),
        visitor("Bra", 4, at=1, under=1, hidden=True),
        visitor("Bra", 5, at=1, under=1),
        *(visitor("Bra", n, at=1, under=2) for n in (6, 7)),
        visitor("Bra", 8, at=1, under=3),
    ]
    assert hidden_and_shown(Case(wall_of(posts), History())) == {"counted": 6, "shown": 3, "hidden": 1}
