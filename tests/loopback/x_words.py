"""X's two vocabularies, and what it says when something is not to be had."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from loopback.world import Answer, Json, Person, Post

if TYPE_CHECKING:
    from collections.abc import Iterable


def _words(text: str) -> set[str]:
    return set(text.split())


POST_FIELDS = {
    "post": _words(
        "id text created_at conversation_id reply_settings lang public_metrics entities edit_controls note_post"
        " possibly_sensitive withheld source"
    ),
    "tweet": _words(
        "id text created_at author_id conversation_id in_reply_to_user_id referenced_tweets reply_settings lang"
        " public_metrics entities edit_controls note_tweet possibly_sensitive withheld source"
        " edit_history_tweet_ids"
    ),
}
EXPANSIONS = {
    "post": {"author_id", "in_reply_to_user_id", "referenced_posts", "edit_history_post_ids"},
    "tweet": {"author_id", "in_reply_to_user_id", "referenced_tweets.id"},
}
LEGACY = {
    "note_post": "note_tweet",
    "referenced_posts": "referenced_tweets",
    "edit_history_post_ids": "edit_history_tweet_ids",
    "repost_count": "retweet_count",
    "post_count": "tweet_count",
    "posts": "tweets",
}
"""New word → old word, in answers."""
MIXED = {k: LEGACY[k] for k in ("edit_history_post_ids", "post_count", "repost_count")}
"""What a mixed answer still says in old words."""


def problem(status: int, title: str, kind: str = "about:blank", detail: str = "", **headers: str) -> Answer:
    """An error as X words it."""
    kind = kind if ":" in kind else f"https://api.x.com/2/problems/{kind}"
    body = {"title": title, "type": kind, "status": status, "detail": detail or title}
    return Answer(body, status, {k.replace("_", "-"): v for k, v in headers.items()})


def partial(title: str, value: str, parameter: str, kind: str = "resource-not-found") -> dict[str, Json]:
    """An error about one object, inside an answer with status 200."""
    return {
        "value": value,
        "resource_id": value,
        "parameter": parameter,
        "resource_type": "user" if "user" in parameter or parameter == "id" else "post",
        "title": title,
        "detail": f"Could not find {parameter}: [{value}].",
        "type": f"https://api.x.com/2/problems/{kind}",
    }


def refusal(
    person: Person | None, value: str, parameter: str, *, also_protected: bool = True
) -> dict[str, Json] | None:
    """The three kinds of partial error: suspended has the type of missing, so only the title tells."""
    if person is None or person.standing == "deleted":
        return partial("Not Found Error", value, parameter)
    if person.standing == "suspended":
        return partial("Forbidden", value, parameter)
    if person.standing == "protected" and also_protected:
        return partial("Authorization Error", value, parameter, "not-authorized-for-resource")
    return None


def newest_first(posts: Iterable[Post]) -> list[Post]:
    """By id, as a number."""
    return sorted(posts, key=lambda p: -int(p.id))


def mentions(post: Post, person: Person) -> bool:
    """Tell whether a post names somebody or replies to them."""
    names = "|".join((person.handle, *person.before))
    named = re.search(rf"@(?:{names})\b", post.text, re.IGNORECASE) is not None
    return named or (post.parent is not None and post.parent.author is person)


def meets(post: Post, word: str) -> bool:
    """Tell whether a post meets one word of a search."""
    operator, _, value = word.rpartition(":")
    if operator == "conversation_id":
        return post.root.id == value or value in post.root.before
    if operator == "from":
        return post.author.handle.lower() == value.lower()
    return word.lower() in post.text.lower()
