"""What a collection will take: tables of what is known and what follows from it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from collect.builders import MENTIONS, NOW, PAGE, TWEETS, X_ACCOUNT, Api, held, open_store, twitter, walked
from collect.twitter.test_budget import NOTHING, USER, a_page
from soma_audit.collect.estimate import Known, Line, estimate, minutes
from soma_audit.collect.twitter.budget import Prices
from soma_audit.model import Account, Stream
from soma_audit.store.spending import Lately

if TYPE_CHECKING:
    from pathlib import Path

PRICES = Prices(0.005, 0.01)
YESTERDAY = NOW - timedelta(days=1)
X_READ = {Stream.TIMELINE: YESTERDAY, Stream.MENTIONS: YESTERDAY}
PAGE_READ = {Stream.TIMELINE: YESTERDAY, Stream.VISITOR_POSTS: YESTERDAY}


def total(*known: Known, **how: Any) -> Line:
    return estimate(known, PRICES, NOW, **{"revisit": timedelta(days=14), "page_settings": False, **how})[1]


def on_x(
    *, threads: int = 0, thread_posts: int = 0, before: dict[Stream, int] | None = None, **lately: Any
) -> Known:
    return Known(
        account=X_ACCOUNT,
        lately=Lately(**lately),
        threads=threads,
        thread_posts=thread_posts,
        before=before or {},
    )


class TestX:
    def test_a_first_time_is_reckoned_up_to_what_x_shows(self) -> None:
        # 1 look-up, 32 pages of the timeline, 8 of mentions, a search for each mention;
        # 4,000 posts with two others each, 3,201 and 1,600 people, and the account itself
        line = total(on_x())
        assert (line.first, line.calls) == (True, 1 + 32 + 8 + 800)
        assert line.usd == pytest.approx(12_000 * 0.005 + (3_201 + 1_600 + 1) * 0.01)
        assert line.usd_without_included == pytest.approx(4_000 * 0.005 + 0.01)

    def test_a_walk_that_was_cut_off_goes_on_from_there(self) -> None:
        line = total(on_x(before={Stream.TIMELINE: 3100, Stream.MENTIONS: 800}))
        assert line.calls == 1 + 1 + 1 + 800
        assert line.usd == pytest.approx(100 * 3 * 0.005 + (101 + 1) * 0.01)

    @pytest.mark.parametrize(
        ("lately", "calls", "usd"),
        [
            ({}, 3, 0.01),
            ({"own": 10.0}, 3, 0.06),
            ({"own": 10.0, "visitors": 10.0, "begun": 4.0}, 3 + 4, 0.11),
            ({"own": 10.0, "referring": 5.0, "people": 2.0}, 3, 0.06 + 5 * 0.005 + 2 * 0.01),
            ({"own": 250.0}, 5, 1.26),
            ({"visitors": 5000.0}, 1 + 1 + 8, 4.01),
        ],
        ids=["nothing", "posts", "mentions", "what comes along", "several pages", "never beyond the cap"],
    )
    def test_later_it_is_reckoned_from_what_came_lately(
        self, lately: dict[str, Any], calls: int, usd: float
    ) -> None:
        line = total(on_x(**lately, read=X_READ))
        assert (line.first, line.calls) == (False, calls)
        assert line.usd == pytest.approx(usd)

    def test_conversations_that_wait_are_searched_and_paid_again(self) -> None:
        line = total(on_x(threads=3, thread_posts=8, read=X_READ))
        assert line.calls == 3 + 3
        assert line.usd == pytest.approx(0.01 + 8 * 0.015)

    def test_a_week_away_costs_a_week(self) -> None:
        week = dict.fromkeys(X_READ, NOW - timedelta(days=7))
        assert total(on_x(own=10.0, read=week)).usd == pytest.approx(0.36)


class TestFacebook:
    @pytest.mark.parametrize(
        ("known", "calls"),
        [
            (
                Known(
                    account=Account(
                        agency="eks", network="facebook", handle="e", valid_from=date(2025, 4, 1)
                    ),
                    lately=Lately(),
                ),
                1 + 24 + 24,
            ),
            (Known(account=PAGE, lately=Lately(read=PAGE_READ)), 3),
            (Known(account=PAGE, lately=Lately(own=5, begun=1, read=PAGE_READ), threads=4), 1 + 3 + 1 + 4),
        ],
        ids=["600 posts of the first year", "nothing there", "two weeks are looked at again"],
    )
    def test_calls_are_counted_and_cost_nothing(self, known: Known, calls: int) -> None:
        line = total(known)
        assert (line.calls, line.usd, line.usd_without_included) == (calls, 0, 0)

    def test_settings_are_one_call_more_and_visitors_posts_by_themselves_another(self) -> None:
        assert total(Known(account=PAGE, lately=Lately(read=PAGE_READ)), page_settings=True).calls == 5


@pytest.mark.parametrize(
    ("network", "calls", "at_once", "expected"),
    [
        ("twitter", {Stream.TIMELINE: 60}, 1, 1.0),
        ("twitter", {Stream.TIMELINE: 60}, 6, 0.2),
        ("twitter", {Stream.MENTIONS: 450}, 450, 0.0),
        ("twitter", {Stream.MENTIONS: 451}, 451, 15.0),
        ("twitter", {Stream.PROFILE: 300, Stream.MENTIONS: 450}, 750, 0.0),
        ("twitter", {Stream.PROFILE: 601, Stream.OPEN_THREADS: 901}, 1502, 60.0),
        ("facebook", {Stream.TIMELINE: 100, Stream.COMMENTS: 100}, 200, 0.0),
        ("facebook", {Stream.TIMELINE: 200, Stream.COMMENTS: 201}, 401, 120.0),
    ],
)
def test_minutes_count_the_asking_and_whole_windows_of_waiting(
    network: str, calls: dict[Stream, int], at_once: int, expected: float
) -> None:
    assert minutes(network, Counter(calls), at_once) == pytest.approx(expected, abs=0.06)


def open_account(network: str, *, since: date | None = None, threads: int = 0, **lately: Any) -> Known:
    handle = {"bluesky": "etat.example", "mastodon": "etat@social.example"}[network]
    account = Account(agency="etat", network=network, handle=handle, valid_from=since)
    return Known(account=account, lately=Lately(**lately), threads=threads)


class TestOpenNetworks:
    @pytest.mark.parametrize(
        ("known", "calls"),
        [
            # a look-up, and three posts a day for a hundred days, each with replies: 3 or 8 pages
            (open_account("bluesky", since=NOW.date() - timedelta(days=100)), 1 + 3 + 300),
            (open_account("mastodon", since=NOW.date() - timedelta(days=100)), 1 + 8 + 300),
            # later: the days since, and the fortnight that is read anew
            (open_account("bluesky", read={Stream.TIMELINE: YESTERDAY}, own=10.0), 1 + 2),
            (open_account("mastodon", read={Stream.TIMELINE: YESTERDAY}, own=10.0, threads=5), 1 + 4 + 5),
        ],
    )
    def test_calls_are_counted_and_cost_nothing(self, known: Known, calls: int) -> None:
        line = total(known)
        assert (line.calls, line.usd) == (calls, 0.0)

    def test_each_of_mastodons_servers_has_a_limit_of_its_own(self) -> None:
        one = open_account("mastodon", since=NOW.date() - timedelta(days=99))
        other = replace(one, account=replace(one.account, handle="etat@annen.example"))
        assert total(one, other).minutes == total(one).minutes < total(one, one).minutes


def test_networks_are_asked_at_the_same_time() -> None:
    x, page = on_x(read=X_READ), Known(account=PAGE, lately=Lately(read=PAGE_READ))
    lines, both = estimate([x, page], PRICES, NOW, revisit=timedelta(0), page_settings=False)
    assert [line.account for line in lines] == ["twitter/eksempeletat", "facebook/eksempel.etat"]
    assert both.calls == sum(line.calls for line in lines)
    assert both.minutes <= max(line.minutes for line in lines)


def test_nothing_to_ask_takes_nothing() -> None:
    assert total() == Line("in all", False, 0, 0.0, 0.0, 0.0)


class TestWhatTheDatabaseKnows:
    @staticmethod
    def read_some(api: Api, tmp_path: Path, days_ago: float) -> Lately:
        when = (NOW - timedelta(days=days_ago)).isoformat()
        body = a_page(range(1, 11))
        for number, post in enumerate(body["data"]):
            post["created_at"] = when
            if number < 4:
                post |= {"author_id": "77", "referenced_posts": [{"type": "replied_to", "id": "99"}]}
        api.on(TWEETS, body)
        with open_store(tmp_path / "a.db", X_ACCOUNT) as store:
            walked(store, twitter(), X_ACCOUNT)
            return store.spending.lately(held(store, X_ACCOUNT), NOW)

    def test_is_an_average_a_day(self, api: Api, tmp_path: Path) -> None:
        lately = self.read_some(api, tmp_path, 10)
        assert (lately.own, lately.visitors, lately.begun) == pytest.approx((0.6, 0.4, 0))
        assert (lately.referring, lately.people) == pytest.approx((0.4, 0.2))
        assert lately.read == {Stream.TIMELINE: NOW}

    def test_what_is_older_than_a_month_is_not_lately(self, api: Api, tmp_path: Path) -> None:
        assert self.read_some(api, tmp_path, 31).own == 0

    def test_of_an_account_never_read_is_nothing(self, tmp_path: Path) -> None:
        with open_store(tmp_path / "a.db", X_ACCOUNT) as store:
            assert store.spending.lately(held(store, X_ACCOUNT), NOW) == Lately()

    def test_a_first_collection_stays_below_what_was_reckoned(self, api: Api, tmp_path: Path) -> None:
        api.on(USER, {"data": {"id": X_ACCOUNT.native_id, "username": X_ACCOUNT.handle}})
        api.on(
            TWEETS,
            *[{**a_page(range(n, n + 100)), "meta": {"next_token": str(n)}} for n in range(1000, 4100, 100)],
            a_page(range(10)),
        )
        api.on(MENTIONS, NOTHING)
        with open_store(tmp_path / "a.db", X_ACCOUNT) as store:
            for stream in (Stream.PROFILE, Stream.TIMELINE, Stream.MENTIONS):
                walked(store, twitter(), X_ACCOUNT, stream)
        assert len(api.requests) <= total(on_x()).calls
