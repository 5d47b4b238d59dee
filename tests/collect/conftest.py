"""What the tests of collecting share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from loopback.night import loopback

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loopback.server import Loopback


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """The fake networks, with a small town on each."""
    with loopback(monkeypatch) as open_:
        yield open_
