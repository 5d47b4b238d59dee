"""Bluesky's own servers, for the tests in this folder.

`.venv/bin/pytest -n0 tests/real_bluesky` runs them. They need Node 20, `npm ci --prefix tests/real_bluesky`, PostgreSQL
and redis-server, and are skipped without.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from real_bluesky.servers import missing, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from real_bluesky.client import Network


@pytest.hookimpl(tryfirst=True)  # before `-m` looks at the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, so that they can be run, or left out, by name."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("real_bluesky")


@pytest.fixture(scope="session")
def network() -> Iterator[Network]:
    """The whole network, empty at first; every test makes accounts of its own in it."""
    lacking = missing()
    if lacking:
        pytest.skip(lacking)
    with running() as started:
        yield started
