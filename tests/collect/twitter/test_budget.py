"""Money: what an answer can cost and does cost, and that no sequence of answers passes a limit."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collect.builders import (
    MENTIONS,
    NOW,
    PEOPLE,
    REVISIT,
    TWEETS,
    X_ACCOUNT,
    Api,
    a_run,
    answer,
    held,
    open_store,
    transport,
    walked,
)
from soma_audit.collect.transport import Reply
from soma_audit.collect.twitter import api as x
from soma_audit.collect.twitter.budget import (
    Budget,
    Prices,
    Reads,
    budget_of,
    format_usd,
    max_reads,
    page_sizes,
    things,
)
from soma_audit.collect.twitter.people import TwitterPeople
from soma_audit.collect.walk import Walk
from soma_audit.config import Twitter
from soma_audit.errors import SkipNetworkError, SkipStreamError
from soma_audit.model import Since, Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import respx

PRICES = Prices(0.005, 0.01)
EXPANSIONS = ",".join(x.EXPANSIONS)
PAGE = {"max_results": 100, "expansions": EXPANSIONS}
USER = f"/2/users/by/username/{X_ACCOUNT.handle}"
SEARCH = "/2/tweets/search/recent"
NOTHING: Mapping[str, object] = {"meta": {"result_count": 0}}


def a_page(posts: range, *, included: range = range(0), people: range = range(0)) -> dict[str, Any]:
    when = "2026-03-02T09:00:00.000Z"
    own = {"author_id": X_ACCOUNT.native_id, "created_at": when}
    return {
        "data": [{"id": str(n), "text": "hei", **own, "conversation_id": str(n)} for n in posts],
        "includes": {
            "posts": [{"id": str(n), "text": "?"} for n in included],
            "users": [{"id": f"9{n}", "username": f"person{n}"} for n in people],
        },
        "meta": {"result_count": len(posts)},
    }


def reply(body: object) -> Reply:
    return Reply(200, {}, body, "https://api.example/2")


def a_budget(
    *,
    per_run: float | None = None,
    per_month: float | None = None,
    this_month: float = 0.0,
    clock: Callable[[], datetime] = lambda: NOW,
) -> Budget:
    return Budget(clock, PRICES, per_run=per_run, per_month=per_month, this_month=this_month)


def an_x(budget: Budget) -> x.Twitter:
    people = TwitterPeople("twitter", [X_ACCOUNT], PEOPLE)
    return x.Twitter(transport(x.check, people.scrub), "post", people, lambda: NOW, budget)


@pytest.mark.parametrize(
    ("route", "params", "reads"),
    [
        ("/2/users/by/username/eks", {"user.fields": "id"}, Reads(users=1)),
        ("/2/users/by", {"usernames": "a,b,c"}, Reads(users=3)),
        ("/2/users", {"ids": "1,2"}, Reads(users=2)),
        ("/2/users/1/tweets", {"max_results": 100}, Reads(posts=100)),
        ("/2/users/1/tweets", PAGE, Reads(posts=100, included=200, users=101)),
        ("/2/users/1/mentions", PAGE, Reads(posts=100, included=200, users=200)),
        (SEARCH, {**PAGE, "max_results": 10}, Reads(posts=10, included=20, users=20)),
        ("/2/tweets", {"ids": "1,2,3,4"}, Reads(posts=4)),
        ("/2/usage/tweets", {"days": 1}, Reads()),
        ("/2/compliance/jobs", {}, Reads()),
    ],
)
def test_what_a_request_can_bring_at_most(route: str, params: dict[str, Any], reads: Reads) -> None:
    assert max_reads(route, params) == reads


@pytest.mark.parametrize(("route", "smallest"), [("/2/users/1/tweets", 5), (SEARCH, 10)])
def test_pages_get_no_smaller_than_x_allows(route: str, smallest: int) -> None:
    sizes = [p["max_results"] for p in page_sizes(route, {"max_results": 12})]
    assert sizes == list(range(12, smallest - 1, -1))


def test_a_look_up_cannot_be_made_smaller() -> None:
    assert list(page_sizes("/2/tweets", {"ids": "1,2"})) == [{"ids": "1,2"}]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (NOTHING, set()),
        (None, set()),
        ({"data": {"id": "1", "username": "eks"}}, {("user", "1")}),
        (
            {
                "data": [{"id": "1"}],
                "includes": {"tweets": [{"id": "2"}], "users": [{"id": "3", "username": "a"}]},
            },
            {("post", "1"), ("post", "2"), ("user", "3")},
        ),
        ({"errors": [{"title": "Not Found Error"}]}, set()),
    ],
)
def test_what_an_answer_brought(body: object, found: set[tuple[str, str]]) -> None:
    assert set(things(body)) == found


@pytest.mark.parametrize(("amount", "words"), [(0, "$0.00"), (1234.5, "$1,234.50"), (0.175, "$0.175")])
def test_sums_in_words(amount: float, words: str) -> None:
    assert format_usd(amount) == words


class TestCounting:
    def test_posts_included_posts_and_people(self) -> None:
        budget = a_budget()
        body = a_page(range(10), included=range(20, 25), people=range(3))
        got = budget.ask("/2/users/1/tweets", PAGE, lambda _: reply(body))
        assert (got.cost, budget.spent) == (0.105, 0.105)

    def test_the_same_thing_twice_on_one_day_is_charged_once(self) -> None:
        budget = a_budget()
        costs = [
            budget.ask(TWEETS, PAGE, lambda _, n=n: reply(a_page(range(n), people=range(1)))).cost  # type: ignore[misc]
            for n in (4, 6)
        ]
        assert costs == [0.03, 0.01]

    def test_what_stands_on_a_page_and_beside_it_is_charged_once(self) -> None:
        got = a_budget().ask(TWEETS, PAGE, lambda _: reply(a_page(range(4), included=range(2, 6))))
        assert got.cost == 0.03

    def test_on_another_utc_day_it_is_charged_again(self) -> None:
        times = iter([NOW, NOW + timedelta(hours=12)])
        budget = a_budget(clock=lambda: next(times))
        for _ in range(2):
            budget.ask(TWEETS, PAGE, lambda _: reply(a_page(range(4))))
        assert budget.spent == 0.04

    def test_a_thing_without_an_id_is_charged_each_time(self) -> None:
        budget = a_budget()
        for _ in range(2):
            budget.ask(TWEETS, PAGE, lambda _: reply({"data": [{"text": "?"}, {"text": "?"}]}))
        assert budget.spent == 0.02

    def test_what_fails_costs_nothing_and_frees_what_was_held(self) -> None:
        budget = a_budget(per_run=4.0)

        def fail(_: Mapping[str, Any]) -> Reply:
            raise SkipStreamError("unreachable", "gone")

        for _ in range(3):
            with pytest.raises(SkipStreamError):
                budget.ask("/2/users/1/mentions", PAGE, fail)
        assert (budget.spent, budget._held) == (0, 0)

    def test_without_prices_nothing_costs_anything(self) -> None:
        budget = Budget(lambda: NOW)
        assert budget.ask(TWEETS, PAGE, lambda _: reply(a_page(range(9)))).cost == 0

    def test_the_month_counts_earlier_runs(self) -> None:
        budget = a_budget(this_month=1.5)
        budget.ask(TWEETS, PAGE, lambda _: reply(a_page(range(2))))
        assert (budget.spent, budget.this_month) == (0.01, 1.51)


class TestLimits:
    @pytest.mark.parametrize(
        ("limits", "said"),
        [
            (
                {"per_run": 0.1},
                "X: $0.00 spent this run, and the next answer could cost $0.135: more than the limit",
            ),
            ({"per_month": 10, "this_month": 9.9}, "X: $9.90 spent this month"),
            ({"per_run": 5, "per_month": 10, "this_month": 10}, "(twitter.spend_per_month)"),
            ({"per_run": 0}, "the limit of $0.00 allows (twitter.spend_per_run)"),
        ],
    )
    def test_stop_before_the_request(self, limits: dict[str, Any], said: str) -> None:
        asked: list[object] = []
        with pytest.raises(SkipNetworkError) as refusal:
            a_budget(**limits).ask(TWEETS, PAGE, lambda p: asked.append(p) or reply(NOTHING))  # type: ignore[func-returns-value]
        assert said in str(refusal.value)
        assert (refusal.value.reason, asked) == ("quota", [])

    def test_a_page_is_made_as_small_as_the_money_left(self) -> None:
        asked: list[int] = []

        def send(params: Mapping[str, Any]) -> Reply:
            asked.append(params["max_results"])
            return reply(NOTHING)

        a_budget(per_run=0.5).ask(TWEETS, PAGE, send)
        assert asked == [19]  # 57 posts and 20 people: $0.485

    def test_no_request_goes_out_that_could_pass_the_limit(self, respx_mock: respx.MockRouter) -> None:
        numbers, could_be = iter(range(1000, 100_000)), list[float]()

        def two_thirds(request: httpx.Request) -> httpx.Response:
            """Send a page of two thirds of what was asked for, with more to come."""
            size = int(request.url.params["max_results"])
            could_be.append(
                budget.spent + PRICES.of(max_reads(request.url.path, {**PAGE, "max_results": size}))
            )
            posts = [next(numbers) for _ in range(size * 2 // 3)]
            body = {**a_page(range(posts[0], posts[-1] + 1)), "meta": {"next_token": str(posts[0])}}
            return httpx.Response(200, json=body)

        respx_mock.get(path=TWEETS).mock(side_effect=two_thirds)
        budget = a_budget(per_run=5.0)
        with pytest.raises(SkipNetworkError, match="spend_per_run"):
            list(an_x(budget).pages(X_ACCOUNT, Stream.TIMELINE, Since()))
        assert max(could_be) <= 5.0
        assert 4.5 < budget.spent <= 5.0

    def test_several_at_once_wait_for_each_other_and_none_passes_the_limit(self) -> None:
        budget = a_budget(per_run=3.0)
        numbers = iter(range(0, 100_000, 10))
        under_way, most_at_once, lock = [0], [0], threading.Lock()

        def send(_: Mapping[str, Any]) -> Reply:
            with lock:
                under_way[0] += 1
                most_at_once[0] = max(most_at_once[0], under_way[0])
                start = next(numbers)
            threading.Event().wait(0.001)
            with lock:
                under_way[0] -= 1
            return reply(a_page(range(start, start + 5)))

        def ask(_: int) -> None:
            budget.ask(TWEETS, {"max_results": 10, "expansions": EXPANSIONS}, send)

        with ThreadPoolExecutor(8) as threads, pytest.raises(SkipNetworkError):
            list(threads.map(ask, range(1000)))
        assert 2.5 < budget.spent <= 3.0
        assert most_at_once[0] > 1

    @settings(max_examples=60, deadline=None)
    @given(
        limit=st.floats(0, 6),
        before=st.floats(0, 3),
        asked=st.lists(
            st.tuples(
                st.sampled_from(["/2/users/1/tweets", "/2/users/1/mentions", SEARCH, USER]),
                st.tuples(*[st.floats(0, 1)] * 3),
                st.booleans(),
            ),
            max_size=30,
        ),
        threads=st.sampled_from([1, 4]),
    )
    def test_no_sequence_of_answers_passes_a_limit(
        self, limit: float, before: float, asked: list[tuple[str, tuple[float, ...], bool]], threads: int
    ) -> None:
        budget = a_budget(per_run=limit, per_month=limit + 1, this_month=before)
        numbers = iter(range(1, 10**9))

        def ask(one: tuple[str, tuple[float, ...], bool]) -> None:
            route, shares, fails = one

            def send(params: Mapping[str, Any]) -> Reply:
                if fails:
                    raise SkipStreamError("unreachable", "gone")
                if route == USER:
                    return reply({"data": {"id": str(next(numbers)), "username": "eks"}})
                can = max_reads(route, params)
                posts, included, people = (
                    round(share * n)
                    for share, n in zip(shares, (can.posts, can.included, can.users), strict=True)
                )
                ids = [next(numbers) for _ in range(posts + included + people)]
                body = {
                    "data": [{"id": str(n)} for n in ids[:posts]],
                    "includes": {
                        "posts": [{"id": str(n)} for n in ids[posts : posts + included]],
                        "users": [{"id": str(n), "username": "a"} for n in ids[posts + included :]],
                    },
                }
                return reply(body)

            with suppress(SkipNetworkError, SkipStreamError):
                budget.ask(route, {} if route == USER else PAGE, send)

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(ask, asked))
        assert budget.spent <= limit + 1e-6
        assert budget.this_month <= max(limit + 1, before) + 1e-6
        assert budget._held == 0


class TestOnX:
    """Through tweepy and our transport, down to the database."""

    @pytest.fixture(autouse=True)
    def server(self, api: Api) -> None:
        api.on(MENTIONS, NOTHING)

    def test_each_page_tells_what_it_cost(self, api: Api) -> None:
        first = {**a_page(range(10, 20), people=range(2)), "meta": {"next_token": "n"}}
        api.on(TWEETS, first, a_page(range(5, 12), people=range(3)))
        pages = list(an_x(a_budget()).pages(X_ACCOUNT, Stream.TIMELINE, Since()))
        assert [p.cost for p in pages] == [0.07, 0.035]

    def test_what_the_other_vocabulary_was_first_refused_for_is_charged_once(self, api: Api) -> None:
        refusal = {
            "title": "Invalid Request",
            "type": "x/invalid-request",
            "errors": [{"parameters": {"post.fields": ["id"]}}],
        }
        api.on(TWEETS, answer(refusal, 400), a_page(range(10)))
        budget = a_budget()
        list(an_x(budget).pages(X_ACCOUNT, Stream.TIMELINE, Since()))
        assert budget.spent == 0.05

    def test_a_page_and_its_price_are_written_together(self, api: Api, tmp_path: Path) -> None:
        api.on(TWEETS, a_page(range(10)))
        with open_store(tmp_path / "a.db", X_ACCOUNT) as store:
            walked(store, an_x(a_budget()), X_ACCOUNT)
            assert [r[0] for r in store.execute("select spent from run")] == [0.05]

    def test_a_page_that_brought_nothing_new_is_not_kept_but_paid(self, api: Api, tmp_path: Path) -> None:
        api.on(TWEETS, a_page(range(10)))
        with open_store(tmp_path / "a.db", X_ACCOUNT) as store:
            for _ in range(2):
                walked(store, an_x(a_budget()), X_ACCOUNT)
            spent = [r[0] for r in store.execute("select spent from run")]
            pages = store.execute("select count(*) from page").fetchone()[0]
        assert (spent, pages) == ([0.05, 0.05], 1)

    def test_what_a_cut_off_run_has_spent_counts_next_time(self, api: Api, tmp_path: Path) -> None:
        endless = [{**a_page(range(n, n + 20)), "meta": {"next_token": str(n)}} for n in range(100, 500, 20)]
        api.on(TWEETS, *endless)
        with open_store(tmp_path / "a.db", X_ACCOUNT) as store:
            under_way = Walk(
                *(store, a_run(store), an_x(a_budget()), held(store, X_ACCOUNT), Stream.TIMELINE),
                now=NOW,
                revisit=REVISIT,
            )
            for _ in range(3):
                under_way.take(under_way.ask)
            store.execute("update run set started_at = '2026-03-02T11:00:00Z'")
            assert store.spending.spent_in_month(NOW) == 0.3


RUNS = (
    ("2026-02-28T23:59:59Z", 1),
    ("2026-03-01T00:00:00Z", 2),
    ("2026-03-31T23:59:59Z", 4),
    ("2026-04-01T00:00:00Z", 8),
)


class TestTheMonth:
    def test_is_the_calendars_in_utc(self, tmp_path: Path) -> None:
        with open_store(tmp_path / "a.db") as store:
            for begun, spent in RUNS:
                store.execute(
                    "insert into run (stage, version, config_hash, started_at, spent) values ('collect', '0', 'x', ?, ?)",
                    (begun, spent),
                )
            assert store.spending.spent_in_month(NOW) == 6
            assert store.spending.spent_in_month(datetime(2026, 4, 1, tzinfo=UTC)) == 8

    def test_settling_never_takes_back(self, tmp_path: Path) -> None:
        with open_store(tmp_path / "a.db") as store:
            with store.run("collect", config_hash="x", clock=lambda: NOW) as run:
                for spent in (0.5, 0.2):
                    store.spending.settle_spending(run.id, spent)
            assert store.spending.spent_in_month(NOW) == 0.5

    def test_a_configuration_makes_its_budget(self) -> None:
        limits = Twitter.model_validate({"post_price": 1, "user_price": 2, "spend_per_month": 10.0})
        budget = budget_of(limits, lambda: NOW, 4.0)
        assert (budget.prices, budget.left()) == (Prices(1, 2), (6.0, "month"))
