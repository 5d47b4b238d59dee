"""What Bluesky's answers mean: by status and by the error's name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from soma_audit.collect.bluesky.api import ExpiredSessionError, check
from soma_audit.collect.network import LostPlaceError, NotThereError
from soma_audit.collect.transport import Reply, TryAgainError, WaitError
from soma_audit.errors import NotReadableError, SkipAccountError, SkipStreamError


def reply(status: int, name: str = "", message: str = "", *, url: str = "/xrpc/x", **headers: str) -> Reply:
    kept = {key.replace("_", "-"): value for key, value in headers.items()}
    return Reply(status, kept, {"error": name, "message": message} if name else {}, url)


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        (reply(400, "InvalidRequest", "Profile not found"), SkipAccountError, "not_found"),
        (reply(400, "InvalidRequest", "Unable to resolve handle"), SkipAccountError, "not_found"),
        (reply(400, "AccountDeactivated", "Account is deactivated"), SkipAccountError, "deactivated"),
        (reply(400, "AccountTakedown", "Account has been suspended"), SkipAccountError, "suspended"),
        (reply(400, "NotFound", "Post not found: at://x"), NotThereError, "not_found"),
        (reply(400, "InvalidRequest", "bad cursor", url="/xrpc/x?cursor=1"), LostPlaceError, "unreachable"),
        (reply(400, "InvalidRequest", "limit"), SkipStreamError, "unreachable"),
        (reply(400, "BlockedActor"), SkipStreamError, "unreachable"),
        (reply(400, "ExpiredToken"), ExpiredSessionError, "permission"),
        (reply(400, "ExpiredToken", url="/xrpc/x?cursor=1"), ExpiredSessionError, "permission"),
        (reply(401, "ExpiredToken"), ExpiredSessionError, "permission"),
        (reply(401, "AuthMissing"), SkipStreamError, "permission"),
        (reply(403, "Forbidden"), SkipStreamError, "permission"),
        (reply(501, "MethodNotImplemented"), TryAgainError, None),
        (reply(502), TryAgainError, None),
    ],
)
def test_an_error_is_what_its_name_says(answer: Reply, kind: type[Exception], reason: str | None) -> None:
    with pytest.raises(kind) as raised:
        check(answer)
    assert type(raised.value) is kind
    assert getattr(raised.value, "reason", None) == reason


def test_a_limit_ends_when_its_header_says() -> None:
    with pytest.raises(WaitError) as raised:
        check(reply(429, "RateLimitExceeded", ratelimit_reset="1772452800"))
    assert raised.value.at == datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize("body", [[], None, "x"])
def test_an_answer_that_is_no_object_is_a_bad_moment(body: Any) -> None:
    with pytest.raises(TryAgainError):
        check(Reply(200, {}, body, "/xrpc/x"))


def test_an_answer_is_an_answer() -> None:
    check(Reply(200, {}, {"feed": []}, "/xrpc/x"))


def test_every_error_but_a_bad_moment_becomes_a_gap() -> None:
    assert issubclass(ExpiredSessionError, NotReadableError)
