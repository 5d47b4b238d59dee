"""When something can have been written on a network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from soma_audit.networks import NETWORKS, impossible_time

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_every_network_of_the_register_has_its_traits() -> None:
    assert NETWORKS.keys() == NETWORKS.keys()


@pytest.mark.parametrize(
    ("network", "moment", "wrong"),
    [
        ("twitter", datetime(2006, 3, 21, tzinfo=UTC), None),
        ("twitter", datetime(2006, 3, 20, 23, 59, 59, tzinfo=UTC), "before 2006-03-21"),
        ("facebook", datetime(2004, 2, 4, tzinfo=UTC), None),
        ("facebook", datetime(2004, 2, 3, 23, tzinfo=UTC), "before 2004-02-04"),
        ("facebook", datetime(1, 1, 1, tzinfo=UTC), "before 2004-02-04"),
        ("twitter", NOW + timedelta(days=1), None),
        ("twitter", NOW + timedelta(days=1, seconds=1), "in the future"),
        ("twitter", datetime(2199, 1, 1, tzinfo=UTC), "in the future"),
        ("facebook", datetime.max.replace(tzinfo=UTC), "in the future"),
    ],
)
def test_a_time_can_be_or_is_told(network: str, moment: datetime, wrong: str | None) -> None:
    said = impossible_time(network, moment, NOW)
    assert (said is None) if wrong is None else (said is not None and wrong in said)
