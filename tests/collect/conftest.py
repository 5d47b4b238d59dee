"""A server for every test that asks one; no test ever reaches a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import respx

from collect.builders import Api

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def api() -> Iterator[Api]:
    server = Api()
    with respx.mock(assert_all_called=False) as router:
        router.route().mock(side_effect=server)
        yield server
