"""A ping tells a service how a run has ended, over real HTTP; that it cannot be told is one sentence without the secret."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from collect.test_certificate import impostor
from loopback.watchdog import Watchdog, watchdog
from soma_audit.collect import health_check
from soma_audit.collect.health_check import ping

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["impostor"]


@pytest.fixture
def service() -> Iterator[Watchdog]:
    with watchdog() as made:
        yield made


@pytest.mark.parametrize(
    ("behind", "failed", "asked"),
    [
        ("", False, "GET /hemmelig-0123"),
        ("", True, "GET /hemmelig-0123/fail"),
        ("/", True, "GET /hemmelig-0123/fail"),
        ("?rid=1", False, "GET /hemmelig-0123?rid=1"),
        ("?rid=1", True, "GET /hemmelig-0123/fail?rid=1"),
    ],
)
def test_it_asks_the_address_or_for_failures_what_is_behind_it(
    service: Watchdog,
    behind: str,
    failed: bool,  # noqa: FBT001
    asked: str,
) -> None:
    assert ping(service.url + behind, failed=failed) is None
    assert service.asked == [asked]


@pytest.mark.parametrize("status", [301, 404, 500])
def test_an_answer_that_is_no_success_is_told(service: Watchdog, status: int) -> None:
    service.status = status
    said = ping(service.url, failed=False)
    assert said is not None
    assert said.startswith(f"The ping to http://127.0.0.1/… was not taken: it answered with HTTP {status}.")
    assert len(service.asked) == 1


def test_nobody_waits_long_for_an_answer(service: Watchdog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_check, "PATIENCE", 0.3)
    service.silent = True
    assert "there was no answer within 0 seconds" in str(ping(service.url, failed=False))


def test_a_server_that_does_not_prove_who_it_is_is_told(impostor: str) -> None:
    assert "certificate cannot be trusted" in str(ping(f"{impostor}/hemmelig-0123", failed=False))


@pytest.mark.parametrize("host", ["http://127.0.0.1:1", "https://a..b", f"https://{'a' * 70}.example"])
def test_an_address_where_nobody_is_is_told(host: str) -> None:
    assert "it cannot be reached (" in str(ping(f"{host}/hemmelig-0123", failed=False))


@pytest.mark.parametrize("status", [200, 500])
def test_the_secret_is_in_no_sentence_and_no_log(
    service: Watchdog, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    service.status = status
    with caplog.at_level(logging.INFO):
        said = ping(service.url, failed=True)
    assert "hemmelig" not in f"{said} {caplog.text}"
