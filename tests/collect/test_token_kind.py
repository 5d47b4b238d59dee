"""What Facebook and X say of a token, read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from soma_audit.collect.token_kind import (
    SEES,
    Quota,
    Token,
    app_token,
    read_quota,
    read_token,
    without_holder,
)
from soma_audit.model import TokenKind

MAY = int(datetime(2026, 5, 1, tzinfo=UTC).timestamp())
JUNE = int(datetime(2026, 6, 1, tzinfo=UTC).timestamp())


def told(**said: object) -> Token:
    return read_token({"data": {"type": "PAGE", "is_valid": True, **said}})


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("APP", TokenKind.APP),
        ("USER", TokenKind.USER),
        ("PAGE", TokenKind.PAGE),
        ("SYSTEM_USER", TokenKind.SYSTEM_USER),
        ("GUEST", TokenKind.UNKNOWN),
        (None, TokenKind.UNKNOWN),
    ],
)
def test_the_kind_is_facebooks_word(word: object, kind: TokenKind) -> None:
    assert told(type=word).kind is kind


@pytest.mark.parametrize("kind", TokenKind)
def test_every_kind_says_what_it_sees(kind: TokenKind) -> None:
    assert SEES[kind].endswith(".")


@pytest.mark.parametrize(
    ("said", "ends", "endless"),
    [
        ({"expires_at": 0}, None, True),
        ({"expires_at": 0, "data_access_expires_at": 0}, None, True),
        ({"expires_at": 0, "data_access_expires_at": JUNE}, JUNE, False),
        ({"expires_at": MAY, "data_access_expires_at": JUNE}, MAY, False),
        ({"expires_at": JUNE, "data_access_expires_at": MAY}, MAY, False),
        ({"expires_at": str(MAY)}, MAY, False),
        ({"expires_at": "soon"}, None, False),
        ({"expires_at": 10**20}, None, False),
        ({}, None, False),
    ],
)
def test_the_end_is_the_sooner_of_the_tokens_and_of_what_it_gives_access_to(
    said: dict[str, object], ends: int | None, *, endless: bool
) -> None:
    token = told(**said)
    assert (token.ends and int(token.ends.timestamp()), token.endless) == (ends, endless)


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ({"scopes": ["pages_show_list"]}, ("pages_read_engagement", "pages_read_user_content")),
        ({"scopes": ["pages_show_list", "pages_read_engagement", "pages_read_user_content", "other"]}, ()),
        ({"scopes": []}, ("pages_read_engagement", "pages_read_user_content", "pages_show_list")),
        ({}, ()),
        ({"scopes": "all"}, ()),
        ({"scopes": [], "type": "APP"}, ()),
    ],
)
def test_what_a_pages_token_lacks_is_named_only_if_facebook_tells(
    said: dict[str, object], missing: tuple[str, ...]
) -> None:
    assert told(**said).missing == missing


@pytest.mark.parametrize(("said", "valid"), [({"is_valid": False}, False), ({"is_valid": True}, True)])
def test_a_token_that_facebook_calls_invalid_is_invalid(said: dict[str, object], *, valid: bool) -> None:
    assert told(**said).valid is valid


@pytest.mark.parametrize("body", [None, [], {}, {"data": []}, {"data": {}}, {"data": {"name": "x"}}])
def test_an_answer_about_something_else_is_no_token(body: object) -> None:
    with pytest.raises(ValueError, match="does not speak of a token"):
        read_token(body)


def test_nothing_of_the_holder_is_kept() -> None:
    token = told(user_id="2222", profile_id="100", application="Kari Tests app")
    assert "2222" not in repr(token)
    assert "Kari" not in repr(token)


@pytest.mark.parametrize(
    ("token", "app", "secret", "expected"),
    [
        ("123|hush", None, None, "123|hush"),
        ("123|hush", "9", "other", "123|hush"),
        ("EAAB123", "9", "hush", "9|hush"),
        ("EAAB123", "9", None, None),
        ("EAAB123", None, "hush", None),
        ("|hush", None, None, None),
        ("123|", None, None, None),
    ],
)
def test_the_apps_own_token_is_this_one_or_made_of_id_and_secret(
    token: str, app: str | None, secret: str | None, expected: str | None
) -> None:
    assert app_token(token, app, secret) == expected


@pytest.mark.parametrize(
    ("token", "page", "kind"),
    [
        (Token(kind=TokenKind.PAGE, page="100"), "100", TokenKind.PAGE),
        (Token(kind=TokenKind.PAGE, page="100"), "200", TokenKind.OTHER_PAGE),
        (Token(kind=TokenKind.PAGE), "200", TokenKind.PAGE),
        (Token(kind=TokenKind.USER), "200", TokenKind.USER),
        (Token(kind=TokenKind.UNKNOWN), None, TokenKind.UNKNOWN),
    ],
)
def test_a_pages_token_looks_at_other_pages_from_outside(
    token: Token, page: str | None, kind: TokenKind
) -> None:
    assert token.towards(page) is kind


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"type": "PAGE", "is_valid": True, "user_id": "2222", "profile_id": "100"}, {"type": "PAGE", "is_valid": True, "profile_id": "100"}),
        ({"type": "USER", "user_id": "2222", "profile_id": "2222", "application": "x", "app_id": "1"}, {"type": "USER"}),
    ],
)  # fmt: skip
def test_whose_token_it_is_is_taken_out_before_anything_keeps_it(
    said: dict[str, object], kept: dict[str, object]
) -> None:
    assert without_holder({"data": said}) == {"data": kept}


@pytest.mark.parametrize(
    ("said", "quota"),
    [
        ({"project_cap": "3000000", "project_usage": "41200", "cap_reset_day": 9}, Quota(cap=3000000, used=41200, reset_day=9)),
        ({"project_cap": 100, "project_usage": 130, "cap_reset_day": "31"}, Quota(cap=100, used=130, reset_day=31)),
        ({"project_cap": 100, "project_usage": 0}, Quota(cap=100, used=0)),
        ({"project_cap": "many", "project_usage": 0}, None),
        ({"project_usage": 0}, None),
    ],
)  # fmt: skip
def test_the_quota_is_read_from_numbers_and_from_text(said: dict[str, object], quota: Quota | None) -> None:
    assert read_quota({"data": said}) == quota


@pytest.mark.parametrize("body", [None, [], {}, {"data": None}, {"data": [1]}])
def test_an_odd_answer_tells_no_quota(body: object) -> None:
    assert read_quota(body) is None


@pytest.mark.parametrize(("cap", "used", "left"), [(100, 30, 70), (100, 100, 0), (100, 130, 0)])
def test_what_is_left_is_never_less_than_nothing(cap: int, used: int, left: int) -> None:
    assert Quota(cap=cap, used=used).left == left
