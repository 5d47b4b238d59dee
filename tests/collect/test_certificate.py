"""A server that does not prove who it is: one sentence, asked once, over real TLS."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from collect.builders import NOW
from soma_audit.collect.transport import Transport, client
from soma_audit.errors import SkipStreamError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def impostor(tmp_path: Path) -> Iterator[str]:
    """A server on loopback with a certificate that it has made for itself."""
    if not (openssl := shutil.which("openssl")):
        pytest.skip("openssl is not installed")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    subprocess.run([*made, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"https://localhost:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_its_certificate_is_not_trusted_and_it_is_not_asked_again(impostor: str) -> None:
    waits: list[float] = []
    with client(impostor, None, 1) as http:
        carrier = Transport(
            client=http, check=lambda _: None, scrub=lambda body: body, clock=lambda: NOW, pause=waits.append
        )
        with pytest.raises(
            SkipStreamError, match=r"certificate cannot be trusted \(self-signed certificate\)"
        ):
            carrier.send("GET", "/api/v1/accounts/lookup")
    assert waits == []
