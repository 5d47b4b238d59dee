"""Looking stored posts up again: what X no longer shows is dropped, what it merely does not answer stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from collect.builders import AGENCIES, NOW, PAGE, X_ACCOUNT, answer, facebook, twitter
from soma_audit.classify.rule import own
from soma_audit.collect.verify import Verified, verify
from soma_audit.model import Page, Stream
from soma_audit.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from collect.builders import Api
    from soma_audit.collect.network import Network

PATH = "/2/tweets"
PROBLEM = "https://api.x.com/2/problems/"


def missing(number: int, kind: str = "resource-not-found", title: str = "Not Found Error") -> dict[str, Any]:
    return {
        "type": PROBLEM + kind,
        "title": title,
        "parameter": "ids",
        "resource_id": str(number),
        "value": str(number),
    }


def found(*numbers: int) -> list[dict[str, Any]]:
    return [{"id": str(n), "text": "hei"} for n in numbers]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "v.db", create=True) as made:
        made.register.save_register(AGENCIES, [X_ACCOUNT, PAGE], NOW)
        yield made


def hold(store: Store, numbers: range, account: Any = X_ACCOUNT) -> None:
    where = store.register.account(account.network, account.handle)
    assert where is not None
    page = Page(account=where, stream=Stream.TIMELINE, url="u", fetched_at=NOW, body=b"{}", resume=None)
    with store.run("collect", config_hash="x", clock=lambda: NOW) as run:
        store.posts.add_page(
            run.id, where, page, [replace(own(f"post {n}", n), native_id=str(n)) for n in numbers]
        )
    store.posts.index_texts()


def look_again(store: Store, hours: float = 0) -> Verified:
    """Look everything up, so many hours from now."""
    networks: dict[str, Network] = {
        "twitter": twitter(now=NOW + timedelta(hours=hours)),
        "facebook": facebook(),
    }
    with store.run("verify", config_hash="x", clock=lambda: NOW) as run:
        return verify(store, run, store.register.accounts(), networks)


def texts(store: Store) -> dict[str, str | None]:
    return dict(store.execute("select native_id, text from current_post").fetchall())


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(missing(2), id="deleted"),
        pytest.param(missing(2, "not-authorized-for-resource", "Authorization Error"), id="protected"),
        pytest.param(missing(2, title="Forbidden"), id="suspended"),
    ],
)
def test_what_x_says_twice_a_night_apart_that_it_no_longer_shows_is_dropped(
    store: Store, api: Api, error: dict[str, Any]
) -> None:
    hold(store, range(1, 4))
    api.on(PATH, {"data": found(1, 3), "errors": [error]})
    first = look_again(store)
    assert (first.looked_up, first.gone, first.missing) == (3, 0, 1)
    assert texts(store)["2"] == "post 2"
    again = look_again(store, hours=20)
    assert (again.looked_up, again.gone, again.missing) == (3, 1, 0)
    assert texts(store) == {"1": "post 1", "2": None, "3": "post 3"}


@pytest.mark.parametrize(
    "kind", ["resource-unavailable", "internal-error", "field-hydration-failure", "about:blank"]
)
def test_a_bad_moment_of_x_says_nothing_of_a_post(store: Store, api: Api, kind: str) -> None:
    hold(store, range(1, 3))
    api.on(PATH, {"data": found(1), "errors": [missing(2, kind)]})
    results = [look_again(store, hours) for hours in (0, 24)]
    assert [(r.gone, r.missing) for r in results] == [(0, 0), (0, 0)]
    assert None not in texts(store).values()


def test_said_twice_within_a_few_hours_counts_once(store: Store, api: Api) -> None:
    hold(store, range(1, 3))
    api.on(PATH, {"data": found(1), "errors": [missing(2)]})
    assert [look_again(store, hours).gone for hours in (0, 19, 21)] == [0, 0, 1]


def test_a_post_that_is_shown_in_between_is_looked_for_from_the_beginning(store: Store, api: Api) -> None:
    hold(store, range(1, 3))
    absent, shown = {"data": found(1), "errors": [missing(2)]}, {"data": found(1, 2)}
    api.on(PATH, absent, shown, absent)
    assert [look_again(store, hours).gone for hours in (0, 24, 48, 60, 72)] == [0, 0, 0, 0, 1]


def test_what_is_neither_shown_nor_said_to_be_gone_stays(store: Store, api: Api) -> None:
    hold(store, range(1, 3))
    api.on(PATH, {"data": found(1)})
    look_again(store)
    assert None not in texts(store).values()


def test_a_hundred_are_looked_up_at_once(store: Store, api: Api) -> None:
    hold(store, range(1, 251))
    api.on(PATH, {"data": found(*range(1, 251))})
    look_again(store)
    assert [len(asked["ids"].split(",")) for asked in api.asked(PATH)] == [100, 100, 50]


def test_what_is_gone_is_not_paid_for_again(store: Store, api: Api) -> None:
    hold(store, range(1, 3))
    api.on(PATH, {"data": found(1), "errors": [missing(2)]})
    for hours in (0, 24, 48):
        look_again(store, hours)
    assert [asked["ids"] for asked in api.asked(PATH)] == ["1,2", "1,2", "1"]


def test_the_log_says_how_many(store: Store, api: Api) -> None:
    hold(store, range(1, 3))
    api.on(PATH, {"data": found(1), "errors": [missing(2)]})
    look_again(store)
    look_again(store, hours=24)
    notes = store.execute("select note from run where stage = 'verify'").fetchall()
    assert notes == [("2 looked up, 0 gone, 1 missing",), ("2 looked up, 1 gone, 0 missing",)]


def test_a_refusal_drops_nothing_and_is_told(store: Store, api: Api) -> None:
    hold(store, range(1, 3))
    api.on(PATH, answer({"title": "Unauthorized"}, 401))
    result = look_again(store)
    assert result.not_seen[0].startswith("twitter/eksempeletat: X refused the token")
    assert None not in texts(store).values()


def test_on_facebook_a_missing_post_may_be_a_missing_permission_so_nothing_is_asked(
    store: Store, api: Api
) -> None:
    hold(store, range(1, 3), PAGE)
    assert look_again(store).looked_up == 0
    assert api.requests == []
