"""A database to import into for every test of a format that asks for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from collect.builders import X_ACCOUNT, X_NEIGHBOUR
from imports.desk import ImportDesk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def x_desk(tmp_path: Path) -> Iterator[ImportDesk]:
    """A database whose register has two agencies on X."""
    with ImportDesk(tmp_path, X_ACCOUNT, X_NEIGHBOUR) as made:
        yield made
