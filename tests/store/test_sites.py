"""Agencies' pages in the database: what was seen stays until it is seen otherwise, and is dropped when nobody names it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from soma_audit.model import Account, Agency
from soma_audit.store import Store
from soma_audit.website import AccountLink, PageLook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
FRONT, CONTACT, RULES = "https://etat.example/", "https://etat.example/kontakt", "https://etat.example/regler"
LINK = AccountLink("twitter", "etaten", rel_me=True)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "a.db", create=True) as made:
        agencies = [
            Agency(id="etat", name="Etaten", kind="agency", website=FRONT),
            Agency(id="uten", name="Uten", kind="agency"),
        ]
        made.register.save_register(
            agencies, [Account(agency="etat", network="twitter", handle="etaten")], NOW
        )
        yield made


def seen(what: str = "front", url: str = FRONT, **more: Any) -> PageLook:
    told: dict[str, Any] = {
        "outcome": "read",
        "detail": "",
        "etag": None,
        "last_modified": None,
        "sha256": "1",
        "changed_at": None,
        "links": (),
        **more,
    }
    return PageLook(what=what, url=url, **told)


def unread(what: str = "front", url: str = FRONT) -> PageLook:
    return seen(what, url, outcome="unreachable", detail="etat.example cannot be reached", sha256=None)


def look(store: Store, *pages: PageLook, days: int = 0) -> bool:
    return store.sites.save_looks("etat", pages, NOW + timedelta(days=days))


def site(store: Store) -> Any:
    return store.sites.site("etat")


def test_an_agency_without_a_site_has_none(store: Store) -> None:
    assert store.sites.site("uten") is None
    assert site(store).pages == ()


def test_links_are_kept_with_the_day_they_were_last_seen(store: Store) -> None:
    look(store, seen(links=(LINK,)))
    look(store, seen(links=(LINK,)), days=3)
    (link,) = site(store).links
    assert (link.handle, link.rel_me, link.seen_at) == ("etaten", True, NOW + timedelta(days=3))


def test_a_link_that_is_gone_is_dropped(store: Store) -> None:
    look(store, seen(links=(LINK,)))
    look(store, seen(), days=1)
    assert site(store).links == ()


def test_a_page_that_cannot_be_read_keeps_what_was_seen_before_with_its_day(store: Store) -> None:
    look(store, seen(links=(LINK,)))
    look(store, unread(), days=1)
    (page,), (link,) = site(store).pages, site(store).links
    assert (page.outcome, page.read_at, link.seen_at) == ("unreachable", NOW, NOW)
    assert page.detail == "etat.example cannot be reached"


def test_without_its_front_page_nobody_knows_which_its_contact_page_is(store: Store) -> None:
    look(store, seen(), seen("contact", CONTACT, links=(LINK,)))
    look(store, unread(), days=1)
    assert [page.what for page in site(store).pages] == ["contact", "front"]
    look(store, seen(), days=2)
    assert [page.what for page in site(store).pages] == ["front"]
    assert site(store).links == ()


def test_a_page_that_the_register_no_longer_declares_is_dropped(store: Store) -> None:
    look(store, seen(), seen("guidelines", RULES))
    look(store, seen(), days=1)
    assert [page.what for page in site(store).pages] == ["front"]


@pytest.mark.parametrize(
    ("looks", "changed"),
    [
        ([{}], None),
        ([{"changed_at": NOW - timedelta(days=9)}], NOW - timedelta(days=9)),
        ([{}, {}], None),
        ([{}, {"sha256": "2"}], NOW + timedelta(days=1)),
        ([{}, {"sha256": "2", "changed_at": NOW}], NOW),
        ([{}, {"sha256": "2"}, {"sha256": "2"}], NOW + timedelta(days=1)),
        ([{}, {"sha256": "2"}, {"outcome": "unreachable", "sha256": None}], NOW + timedelta(days=1)),
    ],
)
def test_since_when_a_page_says_what_it_says(
    looks: list[dict[str, Any]], changed: datetime | None, store: Store
) -> None:
    for day, told in enumerate(looks):
        look(store, seen(**told), days=day)
    (page,) = site(store).pages
    assert page.changed_at == changed


def test_only_news_is_news(store: Store) -> None:
    assert look(store, seen(links=(LINK,)))
    assert not look(store, seen(links=(LINK,)), days=1)
    assert look(store, unread(), days=2)


def test_whom_has_been_looked_at_lately_is_known(store: Store) -> None:
    look(store, seen())
    assert store.sites.looked_at_since(NOW) == {"etat"}
    assert store.sites.looked_at_since(NOW + timedelta(seconds=1)) == set()
