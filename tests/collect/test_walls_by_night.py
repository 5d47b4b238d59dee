"""Walls over several nights at the loopback: collected by the command line, judged, and explained."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from loopback.night import HANDLES, Night, loopback
from soma_audit.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loopback.server import Loopback

FB, X = "facebook", "twitter"
A_DAY = timedelta(days=1).total_seconds()


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    with loopback(monkeypatch) as here:
        yield here


@pytest.fixture
def page(here: Loopback, tmp_path: Path) -> Night:
    """The agency's Page, whose visitors have written nothing on its wall yet."""
    agency = here.graph.world.numbered("100")
    here.graph.world.posts = [p for p in here.graph.world.posts if p.author is agency and p.parent is None]
    return Night(tmp_path / "a", here, (FB,))


def walls(night: Night, account: str) -> dict[str, Any]:
    """Judge as of now, and tell how the walls stand."""
    now = night.here.clock.now.isoformat()
    config, out = str(night.folder / "config.toml"), io.StringIO()
    for words in (["classify", "--quiet", "--as-of", now], ["explain", account, "--json"]):
        with redirect_stdout(out), pytest.raises(SystemExit) as end:
            main([*words, "--config", config])
        assert not end.value.code
    return dict(json.loads(out.getvalue())["walls"])


def posting(night: Night) -> tuple[str, list[tuple[str, str, str | None]]]:
    wall = walls(night, f"{FB}/{HANDLES[FB]}")["posting"]
    spans = [(s["label"], s["first_seen"][5:10], (s["last_seen"] or "")[5:10] or None) for s in wall["spans"]]
    return wall["label"], spans


def rules(wall: dict[str, Any]) -> list[str]:
    return [sign["rule"] for sign in wall["evidence"]]


def test_a_wall_that_is_closed_and_opened_again_keeps_its_days(here: Loopback, page: Night) -> None:
    for may_post in (True, True, False, False, True):
        here.graph.settings = {"USERS_CAN_POST": may_post}
        page.collect()
        here.clock.move(A_DAY)
    assert posting(page) == (
        "open",
        [("open", "03-02", "03-03"), ("closed", "03-04", "03-05"), ("open", "03-06", None)],
    )


def test_settings_that_no_longer_come_grow_stale(here: Loopback, page: Night) -> None:
    page.collect()
    here.graph.settings = None  # the token has lost MANAGE
    here.clock.move(89 * A_DAY)
    page.collect()
    assert posting(page)[0] == "open"
    here.clock.move(2 * A_DAY)
    assert posting(page) == ("unknown", [("open", "03-02", "03-02")])


def test_a_visitor_who_posts_on_a_closed_wall_is_a_contradiction_until_somebody_looks(
    here: Loopback, page: Night
) -> None:
    here.graph.settings = {"USERS_CAN_POST": False}
    page.collect()
    here.clock.move(A_DAY)
    world = here.graph.world
    kari, agency = world.named("kari_test"), world.numbered("100")
    assert kari is not None
    world.say(kari, "Hvem svarer?", wall=agency, hours_ago=2)
    page.collect()
    wall = walls(page, f"{FB}/{HANDLES[FB]}")["posting"]
    assert (wall["label"], rules(wall)) == ("unknown", ["WAL002", "WAL004", "WAL010"])
    now = here.clock.now.isoformat()
    with pytest.raises(SystemExit):
        main(
            f"wall look {FB}/{HANDLES[FB]} posting closed --quiet --signed-in ordinary-account --observer NN"
            f" --at {now} --as-of {now} --config {page.folder / 'config.toml'}".split()
        )
    assert posting(page)[0] == "closed"


def test_evidence_says_by_whose_token_and_through_which_version(here: Loopback, page: Night) -> None:
    here.graph.version = "v27.0"
    page.collect()
    (sign,) = walls(page, f"{FB}/{HANDLES[FB]}")["messaging"]["evidence"] or [None]
    assert sign is None  # these settings do not tell of messages
    (open_sign, quiet) = walls(page, f"{FB}/{HANDLES[FB]}")["posting"]["evidence"]
    assert quiet["rule"] == "WAL007"
    assert open_sign == {
        "rule": "WAL001",
        "sentence": "The Page's settings let visitors post (seen 2026-03-02).",
        "source": "settings",
        "endpoint": f"{here.url}/v26.0/100/settings",
        "token": "page",
        "api_version": "v27.0",
        "seen_at": "2026-03-02T12:00:00Z",
    }


def test_a_new_page_without_visitors_posts_is_not_supported_and_no_loss(here: Loopback, page: Night) -> None:
    here.graph.settings, here.graph.new_pages = {}, True
    ended = page.collect()
    wall = walls(page, f"{FB}/{HANDLES[FB]}")["posting"]
    assert (ended.code, wall["label"], rules(wall)) == (0, "not_supported", ["WAL005"])
    assert wall["evidence"][0]["seen_at"] == "2026-03-02T12:00:00Z"


def test_a_visitor_s_post_is_found_by_an_outside_token_too(here: Loopback, page: Night) -> None:
    world = here.graph.world
    kari = world.named("kari_test")
    assert kari is not None
    world.say(kari, "Hvem svarer?", wall=world.numbered("100"), hours_ago=2, status_type=...)
    here.graph.token_kind = "outside"
    page.collect()
    wall = walls(page, f"{FB}/{HANDLES[FB]}")["posting"]
    assert (wall["label"], rules(wall)) == ("open", ["WAL004"])
    (sign,) = wall["evidence"]
    assert (sign["source"], sign["endpoint"]) == ("visitor_posts", f"{here.url}/v26.0/100/feed")


def test_comments_that_are_hidden_are_counted_with_the_pages_own_token_only(
    here: Loopback, page: Night
) -> None:
    world = here.graph.world
    kari, post = world.named("kari_test"), world.posts[-1]
    assert kari is not None
    world.say(kari, "Skjult", under=post, hours_ago=5, is_hidden=True)
    world.say(kari, "Synlig", under=post, hours_ago=4)
    page.collect()
    wall = walls(page, f"{FB}/{HANDLES[FB]}")["commenting"]
    assert (wall["label"], rules(wall)) == ("open", ["WAL011", "WAL018"])


def test_an_account_that_becomes_protected_is_restricted(here: Loopback, tmp_path: Path) -> None:
    night = Night(tmp_path / "x", here, (X,))
    night.collect()
    agency = here.x.world.named(HANDLES[X])
    assert agency is not None
    agency.standing = "protected"
    here.clock.move(A_DAY)
    assert night.collect().code == 3
    wall = walls(night, f"{X}/{HANDLES[X]}")["commenting"]
    assert (wall["label"], "WAL015" in rules(wall)) == ("restricted", True)
    assert wall["spans"][-1] == {
        "label": "restricted",
        "first_seen": "2026-03-03T12:00:00Z",
        "last_seen": None,
    }
