"""No server of a handle leads into the network that we stand in, and no answer is larger than an answer can be."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from collect.builders import NOW
from soma_audit.collect import transport
from soma_audit.collect.transport import PublicOnly, Transport, client
from soma_audit.errors import SkipAccountError, SkipStreamError

if TYPE_CHECKING:
    from collections.abc import Iterator

INSIDE = [
    *("127.0.0.1", "10.0.0.7", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1"),
    *("::1", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.7"),
]


def leads_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    found: list[Any] = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 443)) for a in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    hosts: list[str] = []

    def answer(_: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        return httpx.Response(200, json=[], extensions={"network_stream": Peer("203.0.114.5")})

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", answer)
    return hosts


class Peer:
    """Who has answered."""

    def __init__(self, address: str) -> None:
        self.address = address

    def get_extra_info(self, _: str) -> tuple[str, int]:
        return self.address, 443


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_not_asked(
    address: str, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    leads_to(monkeypatch, "203.0.114.5", address)
    with pytest.raises(SkipAccountError, match="is not on the internet"):
        client("https://social.example", None, 1, public_only=True).get("/api/v1/accounts/lookup")
    assert asked == []


def test_a_name_that_leads_to_the_internet_is_asked(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    leads_to(monkeypatch, "203.0.114.5")
    assert client("https://social.example", None, 1, public_only=True).get("/x").status_code == 200
    assert asked == ["social.example"]


def test_an_answer_from_inside_is_not_believed(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    leads_to(monkeypatch, "203.0.114.5")
    monkeypatch.setattr(Peer, "get_extra_info", lambda *_: ("10.0.0.7", 443))
    with pytest.raises(SkipAccountError, match="is not on the internet"):
        client("https://social.example", None, 1, public_only=True).get("/x")
    assert asked == ["social.example"]


def test_a_name_that_leads_nowhere_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_: object, **__: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    with pytest.raises(httpx.ConnectError, match=r"there is no server social\.example"):
        client("https://social.example", None, 1, public_only=True).get("/x")


def test_behind_a_proxy_the_proxy_looks_names_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    made = client("https://social.example", None, 1, public_only=True)
    assert not isinstance(made._transport, PublicOnly)


def test_an_answer_that_does_not_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "LARGEST_ANSWER", 2**20)
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b"[" * 2**16

    http = httpx.Client(
        base_url="https://social.example",
        transport=httpx.MockTransport(lambda _: httpx.Response(200, content=endless())),
    )
    carrier = Transport(
        client=http, check=lambda _: None, scrub=lambda body: body, clock=lambda: NOW, pause=lambda _: None
    )
    with pytest.raises(SkipStreamError, match="larger than 1 MB"):
        carrier.send("GET", "/x")
    assert sent < 20
