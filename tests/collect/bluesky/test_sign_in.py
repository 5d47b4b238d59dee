"""Signing in to Bluesky: what is kept of the answer, what a refusal means, and how often it is tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from collect.builders import transport
from soma_audit.collect.bluesky.api import check
from soma_audit.collect.bluesky.sign_in import Session, only_session, sign_in
from soma_audit.errors import SkipStreamError

if TYPE_CHECKING:
    from collect.builders import Api

METHOD = "/xrpc/com.atproto.server.createSession"


def error(name: str, message: str = "no", status: int = 400) -> tuple[int, Any, dict[str, str]]:
    return status, {"error": name, "message": message}, {}


def signing_in(api: Api, answer: object) -> str:
    api.on(METHOD, answer)
    return sign_in(transport(check), "etat.example", "eks1-eks2")


def test_a_session_is_its_token(api: Api) -> None:
    assert signing_in(api, {"accessJwt": "a.b.c", "refreshJwt": "d.e.f"}) == "a.b.c"


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (
            {"accessJwt": "a", "refreshJwt": "b", "did": "did:plc:x", "email": "kari@test.example"},
            {"accessJwt": "a"},
        ),
        ({"error": "AuthenticationRequired", "message": "kari@test.example"}, {"error": "AuthenticationRequired"}),
        ([1], None),
    ],
)  # fmt: skip
def test_only_the_token_or_the_error_is_kept_of_the_answer(body: Any, kept: Any) -> None:
    assert only_session(body) == kept


@pytest.mark.parametrize(
    ("answer", "reason", "words"),
    [
        (error("AuthenticationRequired", status=401), "refused", "make a new one"),
        (error("AuthFactorTokenRequired", status=401), "refused", "make a new one"),
        (error("AccountTakedown", status=401), "refused", r"did not let us sign in \(the network has suspended"),
        (error("InvalidRequest", "Unable to resolve handle"), "refused", "did not let us sign in"),
        (error("RateLimitExceeded", status=429), "rate_limit", "did not let us sign in"),
        (error("UpstreamFailure", status=502), "unreachable", "did not let us sign in"),
        ({}, "refused", r"did not let us sign in \(its answer has no session\)"),
    ],
)  # fmt: skip
def test_whatever_is_wrong_with_whoever_signs_in_concerns_one_stream_only(
    api: Api, answer: object, reason: str, words: str
) -> None:
    with pytest.raises(SkipStreamError, match=words) as raised:
        signing_in(api, answer)
    assert raised.value.reason == reason


def test_a_session_is_opened_when_it_is_first_needed_and_once() -> None:
    opened: list[int] = []
    session = Session(lambda: opened.append(1) or transport(check))  # type: ignore[func-returns-value]
    assert opened == []
    assert session() is session()
    assert len(opened) == 1
    session(anew=True)
    assert len(opened) == 2


def test_whoever_was_refused_is_not_tried_again_in_the_same_run() -> None:
    tries = []

    def refuse() -> Any:
        tries.append(1)
        raise SkipStreamError("refused", "no")

    session = Session(refuse)
    for anew in (False, False, True):
        with pytest.raises(SkipStreamError, match="no"):
            session(anew=anew)
    assert len(tries) == 1
