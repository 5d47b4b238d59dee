"""What a command tells at its end: the same of many accounts is said once, and nothing is lost."""

from __future__ import annotations

import pytest

from soma_audit.audit.outcome import together


@pytest.mark.parametrize(
    ("sentences", "told"),
    [
        ([], []),
        (["twitter/a: no token", "twitter/b: no token"], ["twitter/a: no token", "twitter/b: no token"]),
        (
            [*(f"twitter/{n}: no token" for n in "abc"), "facebook/d: no token"],
            ["twitter, 3 accounts (a, b, c): no token", "facebook/d: no token"],
        ),
        (
            [f"twitter/{n}: no token" for n in "abcdefg"],
            ["twitter, 7 accounts (a, b, c, d, e and 2 more): no token"],
        ),
        (
            [f"facebook/{n} visitor posts: (#10) refused: no" for n in ("a.b", "c", "d")],
            ["facebook, 3 accounts visitor posts (a.b, c, d): (#10) refused: no"],
        ),
        (
            [
                f"mastodon/{n} profile: moved to @{n}@ny.example"
                for n in ("a@b.example", "c@b.example", "d@b.example")
            ],
            [
                f"mastodon/{n} profile: moved to @{n}@ny.example"
                for n in ("a@b.example", "c@b.example", "d@b.example")
            ],
        ),
        (
            ["https://a.example/: there is no such page (HTTP 404)"] * 3,
            ["https://a.example/: there is no such page (HTTP 404)"] * 3,
        ),
    ],
)
def test_the_same_of_many_accounts_is_said_once(sentences: list[str], told: list[str]) -> None:
    assert together(sentences) == told
