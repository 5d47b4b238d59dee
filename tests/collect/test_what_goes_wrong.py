"""Everything that goes wrong on the networks, what is stored all the same, what is said of the rest, and how it heals.

`CASES` is the table. In each, the trouble strikes one run; when it is over, the next run must leave exactly what a run
without any trouble leaves.
"""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loopback.graph import error
from loopback.night import HANDLES, SECRETS, VISITORS, Night, loopback
from loopback.server import GRAPH_TOKEN, X_TOKEN, Loopback, Trouble
from loopback.troubles import HTML, Case, arriving, changed, everywhere, instead, truncated, with_headers
from loopback.world import Answer, Ask
from loopback.x_words import partial, problem
from soma_audit.collect import transport

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from loopback.server import Change

X, FB = "twitter", "facebook"
# --- what a network may do to an answer ---------------------------------------------------------------------------


def limited(_: Loopback, __: Ask, answer: Answer) -> Answer:
    """X's window is used up; the genuine answer's header says until when."""
    refused = problem(429, "Too Many Requests")
    return Answer(refused.body, 429, answer.headers)


def pages_refused(_: Loopback, ask: Ask, answer: Answer) -> Answer:
    """Whoever names a place is refused; the first page is to be had."""
    refused = problem(400, "Invalid Request", "invalid-request")
    return refused if "pagination_token" in ask.params else answer


class FirstPageAgain:
    """The page that came first comes again, and points on as it did then; `fresh`: each time to a new place."""

    def __init__(self, *, fresh: bool = False) -> None:
        self.first: Answer | None = None
        self.fresh = fresh

    def __call__(self, here: Loopback, ask: Ask, answer: Answer) -> Answer:
        if self.first is None:
            self.first = answer
            return answer
        body = json.loads(json.dumps(self.first.body))
        if self.fresh and ask.path.startswith("/2/"):
            body["meta"]["next_token"] = here.x.places.give("1")
        elif self.fresh:
            token = here.graph.places.give("1")
            body["paging"]["cursors"]["after"] = token
        return Answer(body, answer.status, answer.headers)


def round_in_circles(_: Loopback, ask: Ask, answer: Answer) -> Answer:
    """Right posts, but the place of the next page is the place of this one."""
    body = dict(answer.body)
    if ask.path.startswith("/2/"):
        body["meta"] = body["meta"] | {"next_token": ask.params["pagination_token"]}
    else:
        after = ask.params["after"]
        body["paging"] = {"cursors": {"after": after}, "next": f"https://graph.example/?after={after}"}
    return Answer(body, answer.status, answer.headers)


def empty_with_more(here: Loopback, ask: Ask, answer: Answer) -> Answer:
    """Nothing on this page; what should stand here comes on the next one."""
    if ask.path.startswith("/2/"):
        place = here.x.places.find(ask.params["pagination_token"])
        return Answer(
            {"meta": {"result_count": 0, "next_token": here.x.places.give(place)}}, 200, answer.headers
        )
    token = here.graph.places.give(here.graph.places.find(ask.params["after"]))
    paging = {"cursors": {"before": "A", "after": token}, "next": f"https://graph.example/?after={token}"}
    return Answer({"data": [], "paging": paging})


def empty_for_ever(here: Loopback, ask: Ask, answer: Answer) -> Answer:
    """Empty pages, each with a place to go on from."""
    if ask.path.startswith("/2/"):
        return Answer(
            {"meta": {"result_count": 0, "next_token": here.x.places.give("1")}}, 200, answer.headers
        )
    token = here.graph.places.give("1")
    paging = {"cursors": {"after": token}, "next": f"https://graph.example/?after={token}"}
    return Answer({"data": [], "paging": paging})


def usage(percent: int, minutes: int = 0) -> str:
    """What `X-Business-Use-Case-Usage` says."""
    use = {"type": "pages", "call_count": percent, "total_cputime": 5, "total_time": 5}
    return json.dumps({"100": [use | {"estimated_time_to_regain_access": minutes}]})


def standing(how: str) -> Callable[[Loopback], None]:
    """The account is no longer what it was."""

    def set_standing(here: Loopback) -> None:
        for network in (here.x, here.graph):
            network.world.people[0].standing = how

    return set_standing


def renamed(here: Loopback) -> None:
    """The account has another handle, which the register does not know."""
    for network in (here.x, here.graph):
        network.world.people[0].handle = "nytt_navn"


def spending_cap(until: str) -> Answer:
    """X's own spending limit, with the day it begins anew."""
    refused = problem(403, "SpendCapReached")
    return Answer({**refused.body, "reset_date": until}, 403)


def too_many_comments(_: Loopback, ask: Ask, answer: Answer) -> Answer:
    """However few posts, with their comments they are too much."""
    much = "limit(25)" in ask.params.get("fields", "")
    return error(1, "Please reduce the amount of data", status=500) if much else answer


def smaller_pages(most: int) -> Callable[[Loopback], None]:
    """Facebook finds larger pages too much."""
    return lambda here: setattr(here.graph, "most", most)


def mend(here: Loopback) -> None:
    """Put an end to every trouble."""
    here.troubles.clear()
    for name, network in ((X, here.x), (FB, here.graph)):
        network.world.people[0].standing = "well"
        network.world.people[0].handle = HANDLES[name]
    here.graph.most = 100


# --- the table ----------------------------------------------------------------------------------------------------

ALL = {X: 12, FB: 14}
"""How many posts there are; an untroubled run makes 8 requests to X and 10 to Facebook."""
TIMELINE, MENTIONS, SEARCH, USER = "/tweets", "/mentions", "/recent", "/username/\\w+"
OWN, FEED, COMMENTS, PAGE, SETTINGS = "/published_posts", "/feed", "/comments", "/eksempel.etat", "/settings"


def on_x(name: str, does: Change, **expected: Any) -> Case:
    """X's timeline: its second page and all after it, unless said otherwise."""
    return Case(name, X, TIMELINE, does, **expected)


def on_graph(name: str, does: Change, **expected: Any) -> Case:
    """The Page's own posts: their second page and all after it, unless said otherwise."""
    return Case(name, FB, OWN, does, **expected)


def refused(title: str, status: int, kind: str = "about:blank") -> Change:
    """X refuses, and quotes the token and a visitor."""
    return instead(problem(status, title, kind, f"{X_TOKEN} asked for kari_test (Kari Testesen)"))


def code(number: int, message: str = "no", subcode: int | None = None, **headers: str) -> Change:
    """Graph refuses, and quotes the token."""
    answer = error(number, f"{message} ({GRAPH_TOKEN})", subcode=subcode)
    answer.headers |= {k.replace("_", "-"): v for k, v in headers.items()}
    return instead(answer)


# how much is left, in one word each: what is stored, which gap, how many calls
FIRST_PAGE_OF_X: Any = {"stored": 4, "calls": 3}
REST_OF_X: Any = {"stored": 8, "calls": 7}
REST_AFTER_TRIES: Any = {"stored": 8, "calls": 10, "gap": ("timeline", "unreachable")}
FIRST_PAGE_OF_FB: Any = {"stored": 5, "calls": 4}
TRIED_ON_FB: Any = {"calls": 12, "gap": ("timeline", "unreachable")}
NOTHING_LEFT_OUT: Any = {"gap": None}
LIMIT: Any = {"gap": (None, "rate_limit")}

CASES = [
    # --- X: limits and money ---
    on_x("rate limit", limited, **FIRST_PAGE_OF_X, **LIMIT, back=15),
    on_x("rate limit that does not say until when", refused("Too Many Requests", 429), **FIRST_PAGE_OF_X, **LIMIT, back=15),
    on_x("rate limit by its other name", refused("Too Many Requests", 429, "rate-limit-exceeded"), **FIRST_PAGE_OF_X, **LIMIT, back=15),
    on_x("rate limit until a time that makes no sense", instead(problem(429, "Too Many Requests", x_rate_limit_reset="99999999999")), **FIRST_PAGE_OF_X, **LIMIT, back=15),
    on_x("rate limit on the profile", limited, skip=0, stored=0, calls=2, **LIMIT, back=15) ,
    on_x("monthly cap", refused("UsageCapExceeded", 429, "usage-capped"), **FIRST_PAGE_OF_X, gap=(None, "quota")),
    on_x("credits gone", refused("CreditsDepleted", 402, "credits"), **FIRST_PAGE_OF_X, gap=(None, "quota")),
    on_x("spending cap", refused("SpendCapReached", 403), **FIRST_PAGE_OF_X, gap=(None, "quota")),
    on_x("spending cap that says until when", instead(spending_cap("2026-03-02T12:30:00Z")), **FIRST_PAGE_OF_X, gap=(None, "quota"), back=30),
    on_x("spending cap until a day", instead(spending_cap("2026-03-03")), **FIRST_PAGE_OF_X, gap=(None, "quota"), back=720),
    # --- X: refusals ---
    on_x("token refused", refused("Unauthorized", 401), **FIRST_PAGE_OF_X, gap=(None, "refused")),
    on_x("app without a plan", refused("Client Forbidden", 403, "client-forbidden"), **FIRST_PAGE_OF_X, gap=(None, "refused")),
    on_x("this stream not allowed", refused("Forbidden", 403), **REST_OF_X, gap=("timeline", "permission")),
    on_x("path gone", refused("Not Found", 404), **REST_OF_X, gap=("timeline", "unreachable")),
    # --- X: bad moments ---
    on_x("500 once", refused("Internal Error", 500), times=1, calls=9),
    on_x("503 in HTML once", instead(Answer(HTML, 503, {"Content-Type": "text/html"})), times=1, calls=9),
    on_x("HTML with 200 once", instead(Answer(HTML, 200, {"Content-Type": "text/html"})), times=1, calls=9),
    on_x("truncated JSON once", truncated, times=1, calls=9),
    on_x("a body that breaks off once", arriving("cut"), times=1, calls=9),
    on_x("reset connection once", arriving("reset"), times=1, calls=9),
    on_x("hang once", arriving("never"), times=1, calls=9),
    on_x("three bad moments in a row", refused("Over Capacity", 503), times=3, calls=11),
    on_x("500", refused("Internal Error", 500), **REST_AFTER_TRIES),
    on_x("503 in HTML", instead(Answer(HTML, 503, {"Content-Type": "text/html"})), **REST_AFTER_TRIES),
    on_x("HTML with 200", instead(Answer(HTML, 200, {"Content-Type": "text/html"})), **REST_AFTER_TRIES),
    on_x("a list where an object should stand", instead(Answer([1])), **REST_AFTER_TRIES),
    on_x("truncated JSON", truncated, **REST_AFTER_TRIES),
    on_x("a body that breaks off", arriving("cut"), **REST_AFTER_TRIES),
    on_x("reset connection", arriving("reset"), **REST_AFTER_TRIES),
    on_x("hang", arriving("never"), **REST_AFTER_TRIES),
    Case("X is away", X, "", lambda here: here.troubles.append(Trouble("", arriving("reset"))), stored=0, calls=4, gap=("profile", "unreachable")),
    # --- X: odd pages ---
    on_x("repeated page once", FirstPageAgain(), skip=0, times=2, stored=8, calls=7, gap=("timeline", "damaged")),
    on_x("the same page for ever", FirstPageAgain(), skip=0, stored=8, calls=7, gap=("timeline", "damaged")),
    on_x("the same page for ever, each time with a new place", FirstPageAgain(fresh=True), skip=0, stored=8, calls=7, gap=("timeline", "damaged")),
    on_x("a cursor that loops", round_in_circles, **REST_OF_X, gap=("timeline", "damaged")),
    Case("a search that loops", X, SEARCH, FirstPageAgain(fresh=True), skip=0, stored=11, calls=9, gap=("open_threads", "damaged")),
    on_x("empty page with more behind it", empty_with_more, times=1, calls=9),
    on_x("nothing but empty pages", empty_for_ever, stored=8, calls=57, gap=("timeline", "damaged")),
    on_x("expired page token", refused("Invalid Request", 400, "invalid-request"), times=1, calls=9),
    on_x("page tokens that never work", pages_refused, calls=10),
    # --- X: the account ---
    Case("suspended", X, "", standing("suspended"), stored=0, calls=1, gap=(None, "suspended")),
    Case("protected", X, "", standing("protected"), stored=0, calls=1, gap=(None, "protected")),
    Case("deleted", X, "", standing("deleted"), stored=0, calls=1, gap=(None, "not_found")),
    Case("renamed", X, "", renamed, stored=0, calls=1, gap=(None, "not_found")),
    on_x("protected meanwhile", changed(data=None, meta={"result_count": 0}, errors=[partial("Authorization Error", "1000", "id", "not-authorized-for-resource")]), **FIRST_PAGE_OF_X, gap=(None, "protected")),
    on_x("suspended meanwhile", instead(Answer({"errors": [partial("Forbidden", "1000", "id")]})), **FIRST_PAGE_OF_X, gap=(None, "suspended")),
    on_x("errors about parts of a page", changed(errors=[partial("Not Found Error", "19", "referenced_tweets.id"), partial("Forbidden", "kari_test", "in_reply_to_user_id")]), calls=8),
    # --- Facebook: limits ---
    *(on_graph(f"code {n}", code(n), **FIRST_PAGE_OF_FB, **LIMIT, back=15) for n in (4, 17, 32, 341, 613)),
    on_graph("code 80001 with its minutes", code(80001, x_business_use_case_usage=usage(100, 12)), **FIRST_PAGE_OF_FB, **LIMIT, back=12),
    on_graph("code 80001 without", code(80001), **FIRST_PAGE_OF_FB, **LIMIT, back=15),
    on_graph("90 % of the app's calls", with_headers(x_app_usage='{"call_count":90,"total_time":25,"total_cputime":25}'), skip=0, stored=5, calls=3, **LIMIT, back=15),
    on_graph("93 % of the app's computing", with_headers(x_app_usage='{"call_count":1,"total_time":25,"total_cputime":93}'), skip=0, stored=5, calls=3, **LIMIT, back=15),
    on_graph("95 % of the Page's calls", with_headers(x_business_use_case_usage=usage(95, 7)), skip=0, stored=5, calls=3, **LIMIT, back=7),
    on_graph("89 % of the app's calls", with_headers(x_app_usage='{"call_count":89,"total_time":25,"total_cputime":25}'), skip=0, calls=10),
    on_graph("a usage header that makes no sense", with_headers(x_app_usage="[1]"), skip=0, calls=10),
    # --- Facebook: refusals ---
    *(on_graph(f"code 190/{s}", code(190, subcode=s), **FIRST_PAGE_OF_FB, gap=(None, "refused")) for s in (458, 459, 460, 463, 464, 467, 492)),
    *(on_graph(f"code {n}", code(n), **FIRST_PAGE_OF_FB, gap=(None, "refused")) for n in (102, 190, 368)),
    *(on_graph(f"code {n}", code(n), calls=9, gap=("timeline", "permission")) for n in (3, 10, 200, 210, 299)),
    Case("code 100, an unknown field", FB, OWN, code(100, "Tried accessing nonexisting field"), skip=0, calls=8, gap=("timeline", "unreachable")),
    Case("settings not shown", FB, SETTINGS, code(200, "Requires MANAGE"), skip=0, calls=10, gap=("settings", "permission")),
    Case("code 100/33, no such Page or no permission", FB, PAGE, code(100, subcode=33), skip=0, stored=0, calls=1, gap=(None, "not_found")),
    on_graph("a refusal with half a character", code(10, "no \ud83d"), calls=9, gap=("timeline", "permission")),
    on_graph("code 2500", code(2500), calls=9, gap=("timeline", "unreachable")),
    # --- Facebook: bad moments ---
    *(on_graph(f"code {n} once", code(n), times=1, calls=11) for n in (1, 2)),
    *(on_graph(f"code {n}", code(n), **TRIED_ON_FB) for n in (1, 2)),
    on_graph("transient error of another code", instead(error(9, is_transient=True)), **TRIED_ON_FB),
    on_graph("503 in HTML", instead(Answer(HTML, 503, {"Content-Type": "text/html"})), **TRIED_ON_FB),
    on_graph("no content type", with_headers(Content_Type=""), calls=10),
    on_graph("truncated JSON", truncated, **TRIED_ON_FB),
    on_graph("reset connection", arriving("reset"), **TRIED_ON_FB),
    on_graph("hang", arriving("never"), **TRIED_ON_FB),
    # --- Facebook: odd pages ---
    Case("code 1, reduce the amount of data", FB, "", smaller_pages(10), calls=18),
    on_graph("one post with its comments is too much", too_many_comments, skip=0, calls=15),
    on_graph("even one post is too much", code(1, "Please reduce the amount of data"), skip=0, calls=17, gap=("timeline", "unreachable")),
    on_graph("the same page for ever", FirstPageAgain(), skip=0, calls=9, gap=("timeline", "damaged")),
    on_graph("the same page for ever, each time with a new place", FirstPageAgain(fresh=True), skip=0, calls=9, gap=("timeline", "damaged")),
    on_graph("a cursor that loops", round_in_circles, calls=9, gap=("timeline", "damaged")),
    Case("comments that loop", FB, COMMENTS, FirstPageAgain(fresh=True), skip=0, stored=12, calls=10, gap=("comments", "damaged")),
    on_graph("empty page with more behind it", empty_with_more, times=1, calls=11),
    on_graph("nothing but empty pages", empty_for_ever, calls=59, gap=("timeline", "damaged")),
    on_graph("expired cursor", code(100, "Invalid cursor"), times=1, calls=12),
    Case("deleted Page", FB, "", standing("deleted"), stored=0, calls=1, gap=(None, "not_found")),
    Case("renamed Page", FB, "", renamed, stored=0, calls=1, gap=(None, "not_found")),
]  # fmt: skip


@pytest.fixture(scope="module")
def untroubled(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, dict[str, list[Any]]]:
    """What two runs leave in which nothing goes wrong."""
    left = {}
    with pytest.MonkeyPatch.context() as patch, loopback(patch) as here:
        for network in (X, FB):
            night = Night(tmp_path_factory.mktemp("untroubled") / network, here, (network,))
            assert [night.collect().code, night.collect().code] == [0, 0]
            left[network] = night.rows()
    return left


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.network}: {c.name}")
def test_what_goes_wrong(
    case: Case,
    here: Loopback,
    untroubled: Mapping[str, dict[str, list[Any]]],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    if "hang" in case.name:
        monkeypatch.setattr(transport, "TIMEOUT", httpx.Timeout(0.8))
    night = Night(tmp_path / "a", here, (case.network,))
    case.begin(here)
    ended = night.collect()
    back = ended.told.get("resume_at")
    minutes = back and round((datetime.fromisoformat(back) - here.clock.now) / timedelta(minutes=1))
    stored = ALL[case.network] if case.stored is None else case.stored
    gaps = [case.gap] if case.gap else []
    found = (ended.code, len(night.texts()), night.gaps(), ended.calls, minutes)
    assert found == (3 if gaps else 0, stored, gaps, case.calls, case.back)
    mend(here)
    here.clock.move(15 * 60)
    assert night.collect().code == 0
    assert night.rows() == untroubled[case.network]
    assert night.leaks() == []
    assert [w for w in (*SECRETS, *VISITORS, *VISITORS.values()) if w in caplog.text] == []


# --- how much is left ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("network", [X, FB])
def test_a_refused_token_closes_one_network_and_not_the_other(
    network: str, here: Loopback, tmp_path: Path
) -> None:
    night = Night(tmp_path / "a", here)
    refusal = refused("Unauthorized", 401) if network == X else code(190)
    here.troubles.append(Trouble(r"/(2|v26\.0)/.*(username|eksempel|tweets|posts).*", only(network, refusal)))
    assert night.collect().code == 3
    assert night.gaps() == [(None, "refused")]
    assert len(night.texts()) == ALL[FB if network == X else X]


def only(network: str, change: Change) -> Change:
    """Strike one network's answers."""

    def on_one(here: Loopback, ask: Ask, answer: Answer) -> Answer:
        return change(here, ask, answer) if ask.path.startswith("/2/") == (network == X) else answer

    return on_one


def test_a_suspended_account_keeps_nobody_else_from_being_read(here: Loopback, tmp_path: Path) -> None:
    neighbour = here.x.world.person("nabodep", "Nabodepartementet")
    for number in range(4):
        here.x.world.say(neighbour, f"Fra nabodepartementet, nr. {number}", hours_ago=number)
    night = Night(tmp_path / "a", here, (X,), handles=("eksempeletat", "nabodep"))
    standing("suspended")(here)
    assert night.collect().code == 3
    assert (len(night.texts()), night.gaps()) == (4, [(None, "suspended")])


# --- what is odd and yet all right --------------------------------------------------------------------------------


NEEDED = {
    "id",
    "username",
    "data",
    "meta",
    "next_token",
    "includes",
    "users",
    "posts",
    "created_at",
    "author_id",
}
NEEDED |= {
    "created_time",
    "paging",
    "cursors",
    "after",
    "next",
    "comments",
    "summary",
    "total_count",
    "permalink_url",
}
NEEDED |= {"setting", "value", "text", "message", "from"}
MAY_BE_NULL = {"text", "message", "permalink_url", "from"}
HALF = "\ud83d"


@pytest.mark.parametrize("network", [X, FB])
@pytest.mark.parametrize(
    "change",
    [
        lambda o: o | {"something_new": {"deep": [1, None, {"id": 7}]}, "id_str": "1", "new_count": 2**70},
        lambda o: {k: v for k, v in o.items() if k in NEEDED},
        lambda o: {k: v if k in NEEDED - MAY_BE_NULL else None for k, v in o.items()},
        lambda o: {
            k: v + HALF if k in {"name", "source", "lang", "text", "message"} else v for k, v in o.items()
        },
    ],
    ids=["unknown new fields", "optional fields missing", "optional fields null", "half characters"],
)
def test_odd_answers_are_read(
    network: str, change: Callable[[dict[str, Any]], dict[str, Any]], here: Loopback, tmp_path: Path
) -> None:
    here.troubles.append(Trouble("", everywhere(change)))
    night = Night(tmp_path / "a", here, (network,))
    assert (night.collect().code, len(night.texts()), night.gaps()) == (0, ALL[network], [])
    assert [t for t in night.texts() if "None" in t] == []
    assert night.leaks() == []


def test_an_ids_size_does_not_matter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with loopback(monkeypatch, first_id=2**63 + 5) as big:
        for network in (X, FB):
            night = Night(tmp_path / network, big, (network,))
            assert (night.collect().code, len(night.texts())) == (0, ALL[network])
        night = Night(tmp_path / X, big, (X,))
        big.x.world.say(big.x.world.people[0], "Enda en nyhet.")
        assert night.collect().told["new"] == 1


@pytest.mark.parametrize("hours", [-30, -2, 2, 30])
def test_a_clock_that_is_wrong_waits_no_longer_and_no_shorter(
    hours: int, here: Loopback, tmp_path: Path, untroubled: Mapping[str, dict[str, list[Any]]]
) -> None:
    here.clock.fast = timedelta(hours=hours)
    here.x.limits["tweets"] = 2
    night = Night(tmp_path / "a", here, (X,), max_wait=16 * 60)
    began = here.clock.now
    assert night.collect().code == 0
    assert timedelta(minutes=15) <= here.clock.now - began < timedelta(minutes=16)
    assert night.collect().code == 0
    assert {k: v for k, v in night.rows().items() if k == "posts"} == {"posts": untroubled[X]["posts"]}


def test_a_wrong_clock_is_told_when_to_come_back_in_its_own_time(here: Loopback, tmp_path: Path) -> None:
    here.clock.fast = timedelta(hours=5)
    here.x.limits["tweets"] = 2
    ended = Night(tmp_path / "a", here, (X,)).collect()
    assert datetime.fromisoformat(ended.told["resume_at"]) == here.clock() + timedelta(minutes=15)


# --- any interruption, any page size, any order of runs -----------------------------------------------------------

STRIKES: dict[str, Change] = {
    "reset": arriving("reset"),
    "refused": only(X, refused("Unauthorized", 401)),
    "limited": only(X, refused("Too Many Requests", 429)),
    "forbidden": only(FB, code(10)),
    "busy": only(FB, code(4)),
    "html": instead(Answer(HTML, 503)),
}
INTERRUPTIONS = st.lists(
    st.tuples(st.sampled_from(sorted(STRIKES)), st.integers(0, 12), st.integers(1, 4)), max_size=3
)


@settings(
    max_examples=14,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(
    interruptions=INTERRUPTIONS, page_size=st.integers(1, 8), by_time=st.booleans(), news=st.integers(0, 2)
)
def test_however_it_was_interrupted_the_rows_are_the_same(
    interruptions: list[tuple[str, int, int]],
    page_size: int,
    by_time: bool,  # noqa: FBT001 - hypothesis names it
    news: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("any")
    with pytest.MonkeyPatch.context() as patch, loopback(patch) as here:
        here.graph.pages_by_time = by_time
        here.x.page_size = here.graph.page_size = page_size
        night = Night(folder / "a", here)
        for number, (strike, skip, times) in enumerate(interruptions):
            here.troubles[:] = [Trouble("", STRIKES[strike], skip, times * 4)]
            night.collect()
            if number < news:
                here.x.world.say(here.x.world.people[0], f"Dagens nyhet nr. {number}")
                here.graph.world.say(here.graph.world.people[0], f"Dagens nyhet nr. {number}")
        here.troubles.clear()
        assert night.collect().code == 0
        plain = Night(folder / "b", here)
        assert plain.collect().code == 0
        assert night.rows() == plain.rows()


def test_a_post_without_a_date_is_a_gap_until_it_has_one(here: Loopback, tmp_path: Path) -> None:
    here.graph.world.posts[2].more["created_time"] = ...
    night = Night(tmp_path / "a", here, (FB,))
    for _ in range(2):
        ended = night.collect()
        assert ended.told["not_seen"] == [
            f"facebook/{HANDLES[FB]} {stream}: 1 without a date" for stream in ("timeline", "visitor posts")
        ]
        assert (ended.code, night.gaps()) == (3, [("timeline", "damaged"), ("visitor_posts", "damaged")])
    del here.graph.world.posts[2].more["created_time"]
    assert (night.collect().code, night.gaps()) == (0, [])


def test_a_walk_taken_up_after_its_token_has_expired_loses_nothing(
    here: Loopback, tmp_path: Path, untroubled: Mapping[str, dict[str, list[Any]]]
) -> None:
    for network in (X, FB):
        night = Night(tmp_path / network, here, (network,))
        here.troubles[:] = [Trouble(f"({TIMELINE}|{OWN})", arriving("reset"), 2)]
        assert night.collect().code == 3
        mend(here)
        here.x.places.life = here.graph.places.life = timedelta(hours=1)
        here.clock.move(2 * 3600)
        assert night.collect().code == 0
        assert night.rows() == untroubled[network]
