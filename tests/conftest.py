"""What all tests share."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collect.builders import Api

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "config.example.toml"
UPDATE = bool(os.environ.get("SOMA_AUDIT_UPDATE_GOLDEN"))
"""Write what is generated instead of comparing it."""


def pytest_configure() -> None:
    """Give an example more than Hypothesis's 200 ms: it may have to wait for the tests that run beside it."""
    settings.register_profile("side by side", deadline=timedelta(seconds=2))
    settings.load_profile("side by side")


def pytest_xdist_auto_num_workers() -> int | None:
    """Run one test after another where files are written that other tests read."""
    return 0 if UPDATE else None


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own tokens and paths must not decide a test."""
    for name in [n for n in os.environ if n.startswith("SOMA_AUDIT_") and n != "SOMA_AUDIT_UPDATE_GOLDEN"]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)


@pytest.fixture(autouse=True)
def _no_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is trusted, as nobody real is asked: reading all authorities takes each client longer than its requests."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", str(Path(__file__).parent))


@pytest.fixture
def api() -> Iterator[Api]:
    """A server for every test that asks one; no test ever reaches a network."""
    import respx

    from collect.builders import Api

    server = Api()
    with respx.mock(assert_all_called=False) as router:
        router.route().mock(side_effect=server)
        yield server
