"""What an answer means, whatever stands behind a server's name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from soma_audit.collect.mastodon.answers import (
    LeadsElsewhereError,
    TokenRefusedError,
    check,
    listed,
    next_place,
    no_json,
    order,
)
from soma_audit.collect.network import LostPlaceError, NotThereError
from soma_audit.collect.transport import Reply, TryAgainError, WaitError
from soma_audit.errors import NotReadableError, SkipStreamError

NEXT = '<https://social.example/api/v1/accounts/1/statuses?limit=40&max_id=17>; rel="next", <https://social.example/x?min_id=9>; rel="prev"'
PREVIOUS = '<https://social.example/x?min_id=9>; rel="prev"'


def reply(status: int, body: Any = None, *, url: str = "/api/v1/x", **headers: str) -> Reply:
    kept = {key.replace("_", "-"): value for key, value in headers.items()}
    return Reply(status, kept, {"error": "Record not found"} if body is None else body, url)


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        (reply(404), NotThereError, "not_found"),
        (reply(410), NotThereError, "not_found"),
        (reply(401), TokenRefusedError, "permission"),
        (reply(403), SkipStreamError, "permission"),
        (reply(422), SkipStreamError, "permission"),
        (reply(400), SkipStreamError, "unreachable"),
        (reply(400, url="/api/v1/x?max_id=7"), LostPlaceError, "unreachable"),
        (reply(422, url="/api/v1/x?max_id=7"), LostPlaceError, "unreachable"),
        (reply(302, location="https://x.example/"), LeadsElsewhereError, "not_found"),
        (reply(500), TryAgainError, None),
        (reply(503, []), TryAgainError, None),
    ],
)
def test_an_error_is_what_its_status_says(answer: Reply, kind: type[Exception], reason: str | None) -> None:
    with pytest.raises(kind) as raised:
        check(answer)
    assert type(raised.value) is kind
    assert getattr(raised.value, "reason", None) == reason


@pytest.mark.parametrize(
    ("status", "kind", "reason"),
    [
        (200, SkipStreamError, "not_found"),
        (301, LeadsElsewhereError, "not_found"),
        (401, TokenRefusedError, "permission"),
        (403, SkipStreamError, "permission"),
        (404, NotThereError, "not_found"),
        (410, NotThereError, "not_found"),
    ],
)
def test_a_web_page_is_no_mastodon(status: int, kind: type[NotReadableError], reason: str) -> None:
    with pytest.raises(kind) as raised:
        no_json(status, {"location": "https://x.example/", "content-type": "text/html"})
    assert (type(raised.value), raised.value.reason) == (kind, reason)


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_web_page_that_says_that_a_server_is_down_is_a_bad_moment(status: int) -> None:
    no_json(status, {})


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/jrd+json"])
def test_json_that_breaks_off_is_a_bad_moment(kind: str) -> None:
    no_json(200, {"content-type": kind})


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-03-02T12:05:00.000000Z", datetime(2026, 3, 2, 12, 5, tzinfo=UTC)),
        ("2026-03-02T12:05:00", datetime(2026, 3, 2, 12, 5, tzinfo=UTC)),
        ("1772453100", datetime(2026, 3, 2, 12, 5, tzinfo=UTC)),
        ("soon", None),
        ("", None),
    ],
)
def test_a_limit_ends_at_an_iso_time_or_as_other_software_says_after_so_many_seconds(
    text: str, at: datetime | None
) -> None:
    with pytest.raises(WaitError) as raised:
        check(reply(429, x_ratelimit_reset=text))
    assert raised.value.at == at


@pytest.mark.parametrize(
    ("link", "found", "place"),
    [
        (NEXT, [{"id": "20"}, {"id": "18"}], "17"),
        (PREVIOUS, [{"id": "20"}], None),
        (None, [{"id": "20"}, {"id": "18"}], "18"),
        (None, [{}], None),
        (NEXT, [], "17"),
        (PREVIOUS, [], None),
        (None, [], None),
        ('<x>; rel="next"', [{"id": "20"}], None),
    ],
)
def test_the_next_page_is_where_the_server_says_or_after_the_last_post(
    link: str | None, found: list[dict[str, Any]], place: str | None
) -> None:
    assert next_place(reply(200, [], **({"link": link} if link else {})), found) == place


def test_a_place_that_is_no_posts_id_is_not_gone_on_from() -> None:
    with pytest.raises(SkipStreamError, match="no post's id"):
        next_place(reply(200, [], link='<https://a.example/x?max_id=@kari@folk.example>; rel="next"'), [])


def test_ids_are_in_order_by_length_then_by_value() -> None:
    assert sorted(["9", "10", "100", "99"], key=order) == ["9", "10", "99", "100"]


@pytest.mark.parametrize("body", [None, {}, "x", 5])
def test_what_is_no_list_is_damaged(body: Any) -> None:
    with pytest.raises(SkipStreamError, match="without a list"):
        listed(body)
