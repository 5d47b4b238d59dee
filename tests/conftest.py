"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "config.example.toml"
UPDATE = bool(os.environ.get("SOMA_AUDIT_UPDATE_GOLDEN"))
"""Write what is generated instead of comparing it."""


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own tokens and paths must not decide a test."""
    for name in [n for n in os.environ if n.startswith("SOMA_AUDIT_") and n != "SOMA_AUDIT_UPDATE_GOLDEN"]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
