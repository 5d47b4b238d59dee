"""Bluesky's posts, read from cleaned answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from soma_audit.collect.bluesky.posts import who_may_reply, written_at

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
