"""The register in the database: what the file says is kept, and what it no longer says is dropped."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from soma_audit.model import Account, Agency, Channel, Declared
from soma_audit.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
AGENCY = Agency(id="etat", name="Etaten", kind="agency", website="https://etat.example/", region="Innlandet")
ACCOUNT = Account(agency="etat", network="twitter", handle="etaten")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "a.db", create=True) as made:
        yield made


@pytest.mark.parametrize(
    "declared",
    [
        Declared(),
        Declared(
            unit="Kommunikasjon",
            email="post@etat.example",
            guidelines="https://etat.example/some",
            guidelines_date=date(2025, 2, 1),
            hours="mon-fri 08:00-15:45",
            moderation_rules="https://etat.example/regler",
            languages=("nb", "nn"),
            personal_data_notice="https://etat.example/personvern",
        ),
    ],
)
def test_what_an_agency_declares_of_an_account_comes_back_as_it_was(store: Store, declared: Declared) -> None:
    account = Account(agency="etat", network="twitter", handle="etaten", declared=declared)
    store.register.save_register([AGENCY], [account], NOW)
    (read,) = store.register.accounts()
    assert read.declared == declared


def test_an_agency_keeps_its_site_and_region(store: Store) -> None:
    store.register.save_register([AGENCY], [ACCOUNT], NOW)
    assert store.execute("select website, region from agency").fetchall() == [
        ("https://etat.example/", "Innlandet")
    ]


def test_channels_elsewhere_follow_the_file(store: Store) -> None:
    def there() -> list[tuple[str, str, bool]]:
        return store.execute(
            "select network, handle, dropped_at is null from channel order by network"
        ).fetchall()

    both = [Channel(agency="etat", network=n, handle="Etaten") for n in ("instagram", "linkedin")]
    store.register.save_register([AGENCY], [ACCOUNT], NOW, channels=both)
    assert there() == [("instagram", "Etaten", True), ("linkedin", "Etaten", True)]
    store.register.save_register([AGENCY], [ACCOUNT], NOW, channels=both[1:])
    assert there() == [("instagram", "Etaten", False), ("linkedin", "Etaten", True)]
    store.register.save_register(
        [AGENCY], [ACCOUNT], NOW, channels=[Channel(agency="etat", network="instagram", handle="etaten")]
    )
    assert there() == [("instagram", "etaten", True), ("linkedin", "Etaten", False)]


@pytest.mark.parametrize(
    "more",
    [
        {"valid_to": date(2026, 3, 1)},
        {"closing_reason": "Ingen svarer."},
        {"alternative_channel": "bluesky/etat.example"},
    ],
)
def test_how_an_account_ends_is_news_once_anything_is_known_of_it(store: Store, more: dict[str, Any]) -> None:
    def news(account: Account) -> bool:
        before = store.execute("select changed from account").fetchall()
        store.register.save_register([AGENCY], [account], NOW)
        return bool(store.execute("select changed from account").fetchall() != before)

    news(ACCOUNT)
    assert not news(replace(ACCOUNT, **more))
    store.execute("update account set changed = 1")
    assert not news(replace(ACCOUNT, **more))
    assert news(ACCOUNT)
