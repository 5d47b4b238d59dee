"""How far back an account is read for the first time, as the configuration asks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from loopback.night import Night, loopback
from soma_audit.networks import NETWORKS
from soma_audit.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loopback.server import Loopback


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    with loopback(monkeypatch) as open_:
        for fake in (open_.x, open_.graph, open_.bluesky, open_.mastodon):
            for days in (100, 50):
                fake.world.say(fake.world.people[0], f"For {days} dager siden", hours_ago=24 * days)
        yield open_


@pytest.mark.parametrize("network", NETWORKS)
def test_no_further_back_than_asked_for_and_the_rest_is_a_gap(
    network: str, here: Loopback, tmp_path: Path
) -> None:
    night = Night(tmp_path / "a", here, (network,), collect_settings="history_days = 60")
    night.collect()
    texts = " ".join(night.texts())
    assert "For 50 dager siden" in texts
    assert "For 100 dager siden" not in texts
    with Store(night.folder / "a.db") as store:
        gaps = store.execute(
            "select until from open_gap where stream = 'timeline' and reason = 'history'"
        ).fetchall()
    assert gaps == [("2026-01-01T12:00:00Z",)]


@pytest.mark.parametrize("network", NETWORKS)
def test_later_nights_go_on_from_there(network: str, here: Loopback, tmp_path: Path) -> None:
    night = Night(tmp_path / "a", here, (network,), collect_settings="history_days = 60")
    night.collect()
    here.clock.move(timedelta(days=30).total_seconds())
    night.collect()
    assert "For 50 dager siden" in " ".join(night.texts())
    assert ("timeline", "history") in night.gaps()


@pytest.mark.parametrize("network", NETWORKS)
def test_without_that_all_of_it_is_read(network: str, here: Loopback, tmp_path: Path) -> None:
    night = Night(tmp_path / "a", here, (network,))
    night.collect()
    assert "For 100 dager siden" in " ".join(night.texts())
    assert ("timeline", "history") not in night.gaps()
