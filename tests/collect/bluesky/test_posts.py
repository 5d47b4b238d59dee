"""Bluesky's posts, read from cleaned answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from soma_audit.collect.bluesky.posts import searched_posts, who_may_reply, written_at
from soma_audit.model import Account

AGENCY = Account(agency="etat", network="bluesky", handle="etat.example")
RULE = "app.bsky.feed.threadgate#"


def gated(allow: list[str] | None) -> dict[str, Any]:
    rules = {} if allow is None else {"allow": [{"$type": RULE + rule} for rule in allow]}
    return {"threadgate": {"record": {"hiddenReplies": [], **rules}}}


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        ({}, "everyone"),
        ({"threadgate": {}}, "everyone"),
        (gated(None), "everyone"),
        (gated([]), "nobody"),
        (gated(["followerRule"]), "followers"),
        (gated(["mentionRule", "followingRule"]), "following+mentionedUsers"),
        (gated(["someNewRule"]), "someNewRule"),
    ],
)
def test_a_missing_gate_is_open_and_an_empty_one_closed(raw: dict[str, Any], word: str) -> None:
    assert who_may_reply(raw) == word


@pytest.mark.parametrize(
    ("created", "indexed", "at"),
    [
        ("2026-03-02T09:00:00.123Z", "2026-03-02T09:00:01Z", "2026-03-02T09:00:00.123000+00:00"),
        ("2026-03-02T10:00:00+01:00", "2026-03-02T09:00:01Z", "2026-03-02T09:00:00+00:00"),
        ("2015-01-01T00:00:00Z", "2026-03-02T09:00:01Z", "2015-01-01T00:00:00+00:00"),
        ("2036-01-01T00:00:00Z", "2026-03-02T09:00:01Z", "2026-03-02T09:00:01+00:00"),
        ("1970-01-01T00:00:00Z", "2026-03-02T09:00:01Z", "2026-03-02T09:00:01+00:00"),
        ("nonsense", "2026-03-02T09:00:01Z", "2026-03-02T09:00:01+00:00"),
        (None, "2026-03-02T09:00:01Z", "2026-03-02T09:00:01+00:00"),
    ],
)
def test_the_author_s_time_holds_unless_the_network_had_the_post_before(
    created: str | None, indexed: str, at: str
) -> None:
    raw = {"record": {"createdAt": created}, "indexedAt": indexed}
    assert written_at(raw) == datetime.fromisoformat(at)


@pytest.mark.parametrize(
    ("langs", "language"),
    [(["nb"], "nb"), (["en-GB"], "en"), (["nb", "en"], None), ([], None), (None, None), ("nb", None)],
)
def test_a_language_is_kept_where_a_single_one_is_declared(langs: object, language: str | None) -> None:
    raw = {
        "uri": "at://v-1/app.bsky.feed.post/1",
        "author": {"did": "v-1"},
        "indexedAt": "2026-03-02T09:00:01Z",
        "record": {"text": "Hei", "langs": langs},
    }
    (post,) = searched_posts({"posts": [raw]}, AGENCY, {})
    assert post.language == language
