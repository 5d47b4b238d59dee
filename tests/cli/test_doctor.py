"""`soma-audit doctor`: what it says of a set-up, and what it says to do."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import respx

from cli.conftest import example_in, untroubled_in
from collect.builders import Api, answer
from soma_audit.audit.doctor import checks
from soma_audit.audit.doctor.checks import ENTERPRISE, MANAGE, REMEDIES, Check, State
from soma_audit.cli import main
from soma_audit.collect.token_kind import Quota, Token
from soma_audit.errors import Exit, RetryLaterError, SkipStreamError
from soma_audit.labels import GAP_REASONS
from soma_audit.model import Account, Stream, TokenKind
from soma_audit.store import Store
from soma_audit.store.health import GapCountRow, LastRuns

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cli.conftest import Ended, Soma

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
OK, ATTENTION, WRONG = State
X_TOKEN, FACEBOOK_TOKEN, SECRET = "x-token-0123456789", "fb-token-0123456789", "secret-of-the-app"
USAGE, DEBUG = "/2/usage/tweets", "/v26.0/debug_token"
X_LOOK, FACEBOOK_LOOK = "/2/users/by/username/eksempeletat", "/v26.0/eksempel.etat"
SETTINGS, FEED = "/v26.0/100/settings", "/v26.0/100/published_posts"
REGISTER = """agency,name,kind,network,handle,evidence
eks,Eksempeletaten,ministry,twitter,eksempeletat,https://eks.example
eks,,,facebook,eksempel.etat,https://eks.example
"""
PROBLEM = "https://api.x.com/2/problems/resource-not-found"


def graph_error(code: int, message: str = "no") -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}


# --- the pure core ------------------------------------------------------------------------------------------------


class TestExitCode:
    @pytest.mark.parametrize(
        ("states", "setup", "code"),
        [
            ([], False, Exit.DONE),
            ([OK], False, Exit.DONE),
            ([OK, ATTENTION], False, Exit.DONE),
            ([OK, WRONG, ATTENTION], False, Exit.PARTIAL),
            ([WRONG], True, Exit.USAGE),
            ([ATTENTION], True, Exit.DONE),
        ],
    )
    def test_is_what_the_worst_check_demands(self, states: list[State], *, setup: bool, code: Exit) -> None:
        made = [Check(topic="t", state=s, seen="s", setup=setup) for s in states]
        assert checks.exit_code(made) == code

    def test_a_wrong_set_up_outweighs_all_else(self) -> None:
        made = [Check(topic="t", state=WRONG, seen="s", setup=setup) for setup in (False, True)]
        assert checks.exit_code(made) == Exit.USAGE


class TestWhatIsNotSeen:
    @pytest.mark.parametrize("reason", sorted(set(GAP_REASONS) - {"cap"}))
    def test_every_reason_has_a_remedy(self, reason: str) -> None:
        state, todo = REMEDIES[reason]
        assert bool(todo) is (state is not OK)

    def test_is_told_in_the_words_of_a_gap(self) -> None:
        check = checks.unseen("X token", SkipStreamError("permission", "X answered 403 Forbidden."))
        assert check.seen == "The network refused: the token lacks a permission. X answered 403 Forbidden."

    def test_is_not_told_twice(self) -> None:
        check = checks.unseen("X token", SkipStreamError("suspended", f"a/b: {GAP_REASONS['suspended']}"))
        assert check.seen == "The network has suspended the account."

    def test_a_limit_says_when_to_ask_again(self) -> None:
        check = checks.unseen("X token", RetryLaterError("X: too many requests for now", NOW))
        assert (check.state, check.todo) == (ATTENTION, "Ask again after 2026-03-02 12:00 UTC.")

    @pytest.mark.parametrize(
        ("network", "stream", "reason", "topic", "says"),
        [
            ("facebook", Stream.SETTINGS, "permission", "facebook/etat settings", MANAGE),
            ("facebook", Stream.PROFILE, "permission", "facebook/etat", "Give the token what it lacks"),
            (
                "facebook",
                Stream.PROFILE,
                "not_found",
                "facebook/etat",
                "Facebook says the same of an account",
            ),
            (
                "twitter",
                Stream.PROFILE,
                "not_found",
                "twitter/etat",
                "correct the register if it has changed.",
            ),
            ("twitter", Stream.PROFILE, "suspended", "twitter/etat", "valid_to"),
        ],
    )
    def test_of_an_account_names_it(
        self, network: str, stream: Stream, reason: str, topic: str, says: str
    ) -> None:
        account = Account(agency="eks", network=network, handle="etat")
        check = checks.unseen_account(account, stream, SkipStreamError(reason, "no"))
        assert check.topic == topic
        assert says in check.todo


def token_lines(token: Token, *, proof: bool = True, pages: int = 1) -> dict[str, State]:
    return {c.seen: c.state for c in checks.token_checks(token, NOW, proof=proof, pages=pages)}


class TestFacebooksToken:
    @pytest.mark.parametrize(
        ("kind", "pages", "state"),
        [
            (TokenKind.APP, 9, OK),
            (TokenKind.SYSTEM_USER, 9, OK),
            (TokenKind.PAGE, 1, OK),
            (TokenKind.PAGE, 2, ATTENTION),
            (TokenKind.USER, 1, ATTENTION),
            (TokenKind.UNKNOWN, 1, ATTENTION),
        ],
    )
    def test_kind(self, kind: TokenKind, pages: int, state: State) -> None:
        check, _ = checks.token_checks(Token(kind=kind), NOW, proof=True, pages=pages)
        assert check.state is state
        assert bool(check.todo) is (state is ATTENTION)

    @pytest.mark.parametrize(
        ("token", "state", "seen"),
        [
            (Token(kind=TokenKind.APP, valid=False), WRONG, "Facebook says that the token is not valid."),
            (Token(kind=TokenKind.APP, ends=NOW), WRONG, "The token ended on 2026-03-02 12:00 UTC."),
            (
                Token(kind=TokenKind.APP, ends=NOW + timedelta(days=13, hours=23)),
                ATTENTION,
                "The token, or what it gives access to, ends on 2026-03-16 11:00 UTC, in 13 days.",
            ),
            (
                Token(kind=TokenKind.APP, ends=NOW + timedelta(days=14)),
                OK,
                "The token, or what it gives access to, ends on 2026-03-16 12:00 UTC, in 14 days.",
            ),
            (Token(kind=TokenKind.APP, endless=True), OK, "The token has no fixed end."),
            (Token(kind=TokenKind.APP), OK, "Facebook does not say when the token ends."),
        ],
    )
    def test_end(self, token: Token, state: State, seen: str) -> None:
        assert token_lines(token)[seen] is state

    def test_names_the_permissions_that_a_page_token_lacks(self) -> None:
        token = Token(
            kind=TokenKind.PAGE, permissions=frozenset({"pages_show_list", "pages_read_engagement"})
        )
        assert token_lines(token)["The Page's token lacks pages_read_user_content."] is ATTENTION

    @pytest.mark.parametrize(
        ("kind", "proof", "told"),
        [
            (TokenKind.USER, False, True),
            (TokenKind.SYSTEM_USER, False, True),
            (TokenKind.SYSTEM_USER, True, False),
            (TokenKind.PAGE, False, False),
            (TokenKind.APP, False, False),
        ],
    )
    def test_asks_for_the_app_secret_where_facebook_does(
        self, kind: TokenKind, *, proof: bool, told: bool
    ) -> None:
        lines = token_lines(Token(kind=kind), proof=proof)
        assert any(s.startswith("There is none. Facebook may refuse") for s in lines) is told


class TestXsQuota:
    @pytest.mark.parametrize(
        ("quota", "state", "seen"),
        [
            (Quota(cap=1000, used=900, reset_day=9), OK, "100 of 1,000 posts may still be read this month. The count begins anew on day 9 of the month."),
            (Quota(cap=1000, used=901), ATTENTION, "99 of 1,000 posts may still be read this month."),
            (Quota(cap=1000, used=1200), WRONG, "0 of 1,000 posts may still be read this month."),
            (None, ATTENTION, "X does not tell how many posts may still be read this month."),
        ],
    )  # fmt: skip
    def test_left(self, quota: Quota | None, state: State, seen: str) -> None:
        _, check = checks.quota_checks(quota)
        assert (check.state, check.seen, bool(check.todo)) == (state, seen, state is not OK)

    def test_a_token_that_is_taken_comes_with_xs_terms_for_government(self) -> None:
        taken, _ = checks.quota_checks(None)
        assert (taken.state, taken.todo) == (OK, ENTERPRISE)


class TestClock:
    @pytest.mark.parametrize(
        ("ahead", "state", "seen"),
        [
            (timedelta(0), OK, "It agrees with X's to the minute."),
            (timedelta(seconds=60), OK, "It agrees with X's to the minute."),
            (timedelta(seconds=-60), OK, "It agrees with X's to the minute."),
            (timedelta(seconds=61), ATTENTION, "It is 1 minute ahead of X's."),
            (timedelta(hours=-3), ATTENTION, "It is 3 hours behind X's."),
            (timedelta(days=400), ATTENTION, "It is 400 days ahead of X's."),
        ],
    )
    def test_is_held_against_the_networks(self, ahead: timedelta, state: State, seen: str) -> None:
        check = checks.clock_check("twitter", format_datetime(NOW, usegmt=True), NOW + ahead)
        assert (check.state, check.seen) == (state, seen)

    def test_a_network_that_tells_no_time_accuses_nobody(self) -> None:
        check = checks.clock_check("facebook", "yesterday", NOW)
        assert (check.state, check.seen) == (OK, "Facebook does not tell the time.")

    def test_a_time_without_zone_is_utc(self) -> None:
        assert checks.clock_check("twitter", "Mon, 02 Mar 2026 12:00:00 -0000", NOW).state is OK


class TestDisk:
    @pytest.mark.parametrize(
        ("free", "writable", "state", "seen"),
        [
            (4_200_000_000, True, OK, "4.2 GB are free in /var/x."),
            (1_000_000_000, True, OK, "1.0 GB are free in /var/x."),
            (310_000_000, True, ATTENTION, "310 MB are free in /var/x."),
            (9, True, WRONG, "1 MB are free in /var/x."),
            (4_200_000_000, False, WRONG, "/var/x cannot be written to."),
        ],
    )
    def test_room(self, free: int, *, writable: bool, state: State, seen: str) -> None:
        check = checks.disk_check("/var/x", free, writable=writable)
        assert (check.state, check.seen, bool(check.todo)) == (state, seen, state is not OK)


class TestTextIndex:
    @pytest.mark.parametrize(
        ("standing", "found", "waiting", "state", "seen"),
        [
            (0, 0, 0, OK, "It is in order."),
            (12, 12, 0, OK, "It is complete (checked on 12 texts)."),
            (12, 12, 1, ATTENTION, "1 text is not in it yet: a run was cut off before its end."),
            (1200, 1199, 3, WRONG, "It misses 1 text of 1,200 that hold a frequent word."),
        ],
    )
    def test_finds_what_reading_finds(
        self, standing: int, found: int, waiting: int, state: State, seen: str
    ) -> None:
        check = checks.index_check(standing, found, waiting)
        assert (check.state, check.seen) == (state, seen)


def runs(**row: Any) -> LastRuns:
    good = NOW - timedelta(hours=7)
    return LastRuns(**{"stage": "collect", "begun": good, "ended": good, "outcome": 0, "good_at": good, "good_outcome": 0, **row})  # fmt: skip


WELL = "Succeeded 7 hours ago, at 2026-03-02 05:00 UTC."
LONG_AGO = NOW - timedelta(days=9)


class TestLastRuns:
    @pytest.mark.parametrize(
        ("row", "state", "seen"),
        [
            (runs(), OK, WELL),
            (runs(good_at=NOW), OK, "Succeeded just now, at 2026-03-02 12:00 UTC."),
            (runs(good_outcome=3, outcome=3), OK, f"{WELL} Not everything could be seen."),
            (runs(cut_off=1), OK, f"{WELL} 1 earlier one was cut off, and made up for."),
            (runs(cut_off=2), OK, f"{WELL} 2 earlier ones were cut off, and made up for."),
            (runs(ended=None, outcome=None, begun=NOW, cut_off=1), ATTENTION, f"{WELL} The newest, begun at 2026-03-02 12:00 UTC, has no end: it still goes on, or was killed."),
            (runs(outcome=1, begun=NOW), ATTENTION, f"{WELL} The newest, begun at 2026-03-02 12:00 UTC, failed."),
            (runs(outcome=1, begun=NOW, good_at=None, good_outcome=None), ATTENTION, "No run has succeeded yet. The newest, begun at 2026-03-02 12:00 UTC, failed."),
            (runs(good_at=LONG_AGO), ATTENTION, "Succeeded 9 days ago, at 2026-02-21 12:00 UTC."),
            (runs(good_at=LONG_AGO, stage="import"), OK, "Succeeded 9 days ago, at 2026-02-21 12:00 UTC."),
        ],
    )  # fmt: skip
    def test_of_a_stage(self, row: LastRuns, state: State, seen: str) -> None:
        (check,) = checks.stage_checks([row], NOW, expected=False)
        assert (check.state, check.seen, bool(check.todo)) == (state, seen, state is ATTENTION)

    @pytest.mark.parametrize(
        ("rows", "expected", "missing"),
        [
            ([], False, []),
            ([], True, ["last collect", "last classify"]),
            ([runs()], True, ["last classify"]),
        ],
    )
    def test_a_stage_that_should_have_run_is_missed(
        self, rows: list[LastRuns], *, expected: bool, missing: list[str]
    ) -> None:
        made = checks.stage_checks(rows, NOW, expected=expected)
        assert [c.topic for c in made if c.seen == "There has been none yet."] == missing


def commented(*writers: str | None, told: int | None = None) -> dict[str, Any]:
    """A post with comments, as far as they name their writers."""
    comments = [{"from": {"id": w}} if w else {} for w in writers]
    return {
        "comments": {"data": comments, "summary": {"total_count": len(comments) if told is None else told}}
    }


class TestWhatATokenIsShown:
    PAGE = Account(agency="eks", network="facebook", handle="etat", native_id="100")

    @pytest.mark.parametrize(
        ("posts", "lines"),
        [
            ([], [(OK, "There are no posts to look at.")]),
            ([{"application": {"name": "Planlegger"}}, {}], [(OK, "The posting client is named on 1 of its 2 newest posts.")]),
            ([commented("100", "v-a")], [(OK, "Of 2 comments under them 1 name the Page as the writer.")]),
            ([commented("v-a")], [(OK, "Of 1 comment under them 0 name the Page as the writer.")]),
            ([commented(None, None)], [(ATTENTION, "None of 2 comments under them names a writer, not even the Page.")]),
            ([commented(told=3)], [(ATTENTION, "Facebook counts 3 comments under them, and shows this token none.")]),
        ],
    )  # fmt: skip
    def test_is_said_and_what_follows(self, posts: list[Any], lines: list[tuple[State, str]]) -> None:
        made = list(checks.shown_checks(self.PAGE, {"data": posts}))
        assert [(c.state, c.seen) for c in made][-1:] == lines
        assert all(bool(c.todo) is (c.state is ATTENTION) for c in made)


class TestGaps:
    def test_are_counted_by_reason_with_what_to_do(self) -> None:
        rows = [
            GapCountRow("quota", gaps=3, accounts=1),
            GapCountRow("not_supported", gaps=1, accounts=1),
            GapCountRow("moonlight", gaps=1, accounts=1),
        ]
        made = [(c.state, c.seen, c.todo) for c in checks.gap_checks(rows)]
        assert made == [
            (
                ATTENTION,
                "3 gaps on 1 account: the paid quota, or our own spending limit, is used up.",
                REMEDIES["quota"][1],
            ),
            (OK, "1 gap on 1 account: the network does not offer this for this account.", ""),
            (ATTENTION, "1 gap on 1 account: moonlight.", "Look it up in the report."),
        ]

    def test_without_any_all_is_well(self) -> None:
        assert [(c.state, c.seen) for c in checks.gap_checks([])] == [(OK, "There are no open gaps.")]


# --- the command, asking networks -----------------------------------------------------------------------------------


def lines_of(ended: Ended) -> list[tuple[str, str, str]]:
    """Topic, state and what was seen."""
    return [(c["topic"], c["state"], c["seen"]) for c in json.loads(ended.out)["checks"]]


def about(ended: Ended, topic: str) -> list[tuple[str, str]]:
    return [(state, seen) for t, state, seen in lines_of(ended) if t == topic]


@pytest.fixture
def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration in order, for one account on each network, with all tokens."""
    (tmp_path / "config.toml").write_text('[facebook]\npage_settings = true\napp_id = "111"\n', "utf-8")
    (tmp_path / "register.csv").write_text(REGISTER, "utf-8")
    for name, value in {
        "TWITTER_TOKEN": X_TOKEN,
        "FACEBOOK_TOKEN": FACEBOOK_TOKEN,
        "FACEBOOK_APP_SECRET": SECRET,
    }.items():
        monkeypatch.setenv(f"SOMA_AUDIT_{name}", value)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    return tmp_path


@pytest.fixture
def api() -> Iterator[Api]:
    """Both networks, all well."""
    server = Api()
    server.on(USAGE, {"data": {"project_cap": "1000", "project_usage": "10", "cap_reset_day": 9}})
    server.on(X_LOOK, {"data": {"id": "1000000001", "username": "eksempeletat"}})
    server.on(DEBUG, {"data": {"type": "SYSTEM_USER", "is_valid": True, "expires_at": 0, "user_id": "9"}})
    server.on("/v26.0/me", {"id": "100", "category": "Government organization"})
    server.on(FACEBOOK_LOOK, answer({"id": "100", "name": "Eksempeletaten"}, facebook_api_version="v26.0"))
    server.on(FEED, {"data": [commented("100")]})
    server.on(SETTINGS, {"data": [{"setting": "USERS_CAN_POST", "value": True}]})
    with respx.mock(assert_all_called=False) as router:
        router.route().mock(side_effect=server)
        yield server


@pytest.mark.usefixtures("setup")
class TestAskingTheNetworks:
    def test_when_all_is_well_nothing_is_wrong(self, soma: Soma, api: Api) -> None:
        ended = soma("doctor", "--json")
        assert ended.code == json.loads(ended.out)["exit"] == 0
        assert {state for _, state, _ in lines_of(ended)} == {"ok", "attention"}
        assert [t for t, state, _ in lines_of(ended) if state == "attention"] == ["database"]
        assert (
            about(ended, "X accounts") == about(ended, "Facebook accounts") == [("ok", "1 of 1 can be read.")]
        )
        assert about(ended, "X quota")[0][1].startswith("990 of 1,000 posts")

    def test_asks_each_once_and_facebooks_token_by_the_app(self, soma: Soma, api: Api) -> None:
        soma("doctor")
        assert sorted(r.url.path for r in api.requests) == sorted(
            [USAGE, X_LOOK, DEBUG, FACEBOOK_LOOK, SETTINGS, FEED]
        )
        (asked,) = (r for r in api.requests if r.url.path == DEBUG)
        assert asked.headers["authorization"] == f"Bearer 111|{SECRET}"
        assert asked.url.params["input_token"] == FACEBOOK_TOKEN

    def test_changes_nothing(self, soma: Soma, api: Api, setup: Path) -> None:
        before = sorted(setup.iterdir())
        soma("doctor")
        assert sorted(setup.iterdir()) == before

    def test_says_where_a_token_is_from(
        self, soma: Soma, api: Api, setup: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        said = [about(soma("doctor", "--json"), "X token")[0][1]]
        (setup / "t").write_text(X_TOKEN)
        (setup / "t").chmod(0o600)
        (setup / "twitter-token").write_text(X_TOKEN)
        monkeypatch.setenv("SOMA_AUDIT_TWITTER_TOKEN_FILE", str(setup / "t"))
        said.append(about(soma("doctor", "--json"), "X token")[0][1])
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(setup))
        said.append(about(soma("doctor", "--json"), "X token")[0][1])
        for name in ("CREDENTIALS_DIRECTORY", "SOMA_AUDIT_TWITTER_TOKEN", "SOMA_AUDIT_TWITTER_TOKEN_FILE"):
            monkeypatch.delenv(name)
        (setup / "config.toml").write_text('[twitter]\ntoken_file = "t"\n')
        said.append(about(soma("doctor", "--json"), "X token")[0][1])
        assert said == [
            "There is one, from SOMA_AUDIT_TWITTER_TOKEN in the environment.",
            "There is one, from the file that SOMA_AUDIT_TWITTER_TOKEN_FILE names.",
            "There is one, from systemd's credentials.",
            "There is one, from the file t that the configuration names.",
        ]

    @pytest.mark.parametrize(
        ("path", "answers", "topic", "state", "says", "code"),
        [
            (USAGE, answer({"title": "Unauthorized"}, 401), "X token", "wrong", "refused the token", 3),
            (USAGE, answer({"title": "CreditsDepleted"}, 402), "X token", "wrong", "is used up", 3),
            (USAGE, answer({"title": "Too Many Requests"}, 429), "X token", "attention", "limit was reached", 0),
            (USAGE, answer({"title": "Forbidden"}, 403), "X token", "wrong", "lacks a permission", 3),
            (USAGE, answer({"data": {}}), "X quota", "attention", "does not tell", 0),
            (USAGE, answer("<html>", 503), "X token", "wrong", "could not be reached", 3),
            (X_LOOK, answer({"errors": [{"title": "Not Found Error", "type": PROBLEM}]}), "twitter/eksempeletat", "wrong", "does not know", 3),
            (X_LOOK, answer({"errors": [{"title": "Forbidden", "type": PROBLEM}]}), "twitter/eksempeletat", "attention", "suspended", 0),
            (X_LOOK, answer({"data": {"id": "1", "username": "eksempeletat", "protected": True}}), "twitter/eksempeletat", "attention", "only its followers", 0),
            (X_LOOK, answer({"data": {"username": "eksempeletat"}}), "twitter/eksempeletat", "wrong", "made no sense", 3),
            (FACEBOOK_LOOK, answer(graph_error(100), 400), "facebook/eksempel.etat", "wrong", "does not know", 3),
            (FACEBOOK_LOOK, answer(graph_error(10), 403), "facebook/eksempel.etat", "wrong", "lacks a permission", 3),
            (FACEBOOK_LOOK, answer(graph_error(190), 400), "facebook/eksempel.etat", "wrong", "refused the token", 3),
            (FACEBOOK_LOOK, answer(graph_error(4), 400), "facebook/eksempel.etat", "attention", "limit was reached", 0),
            (FACEBOOK_LOOK, answer({"name": "without id"}), "facebook/eksempel.etat", "wrong", "made no sense", 3),
            (SETTINGS, answer(graph_error(200), 400), "facebook/eksempel.etat settings", "wrong", "lacks a permission", 3),
            (FEED, answer(graph_error(200), 403), "facebook/eksempel.etat timeline", "wrong", "lacks a permission", 3),
            (DEBUG, answer(graph_error(190), 400), "Facebook token", "attention", "not known", 0),
            (DEBUG, answer({"data": []}), "Facebook token", "attention", "not known", 0),
            (DEBUG, answer(graph_error(4), 400), "Facebook token", "attention", "limit was reached", 0),
            (DEBUG, answer({"data": {"type": "PAGE", "is_valid": False}}), "Facebook token", "wrong", "not valid", 3),
        ],
    )  # fmt: skip
    def test_what_goes_wrong_is_named(
        self, soma: Soma, api: Api, path: str, answers: object, topic: str, state: str, says: str, code: int
    ) -> None:
        api.on(path, answers)
        ended = soma("doctor", "--json")
        assert any(s == state and says in seen for s, seen in about(ended, topic)), ended.out
        assert ended.code == code

    def test_a_network_that_is_not_there_is_not_asked_again(self, soma: Soma, api: Api) -> None:
        api.on(USAGE, answer(httpx.ConnectError("no route")))
        ended = soma("doctor", "--json")
        assert about(ended, "X accounts") == [("attention", "1 was not looked up because of that.")]
        assert not api.asked(X_LOOK)
        assert about(ended, "Facebook accounts") == [("ok", "1 of 1 can be read.")]

    def test_keeps_to_the_limit_of_spending_and_says_what_it_cost(
        self, soma: Soma, api: Api, setup: Path
    ) -> None:
        seen = about(soma("doctor", "--json"), "X spending")[0][1]
        assert seen == "This look cost $0.01; there is no database yet to count it in."
        (setup / "config.toml").write_text("[twitter]\nspend_per_run = 0.001\n")
        ended = soma("doctor", "--json")
        assert "twitter.spend_per_run" in about(ended, "twitter/eksempeletat")[0][1]
        assert ended.code == 3
        assert len(api.asked(X_LOOK)) == 1

    @pytest.mark.parametrize(
        ("me", "says"),
        [
            (answer({"id": "100", "category": "Government organization"}), "A Page's own token sees all"),
            (answer(graph_error(100, "nonexisting field (category)"), 400), "Its kind is not known."),
        ],
    )
    def test_without_the_app_a_pages_own_token_is_known_by_its_category(
        self, soma: Soma, api: Api, setup: Path, me: Any, says: str
    ) -> None:
        (setup / "config.toml").write_text("[facebook]\npage_settings = true\n", "utf-8")
        api.on("/v26.0/me", me)
        ended = soma("doctor", "--json")
        assert not api.asked(DEBUG)
        ((state, seen),) = [line for line in about(ended, "Facebook token") if "There is one" not in line[1]]
        assert (state, ended.code) == ("attention", 0)
        assert seen.startswith(says)
        assert seen.endswith("When it ends, Facebook tells only the app that made it.")

    def test_an_app_token_is_asked_about_in_its_own_name(
        self, soma: Soma, api: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("SOMA_AUDIT_FACEBOOK_APP_SECRET")
        monkeypatch.setenv("SOMA_AUDIT_FACEBOOK_TOKEN", "111|hush")
        soma("doctor")
        assert api.asked(DEBUG)[0]["input_token"] == "111|hush"

    def test_what_it_costs_counts_with_the_months_spending(self, soma: Soma, api: Api, setup: Path) -> None:
        Store(setup / "soma-audit.db", create=True).close()
        seen = about(soma("doctor", "--json"), "X spending")[0][1]
        assert seen == "This look cost $0.01; it counts with the month's spending."
        with Store(setup / "soma-audit.db") as store:
            assert store.spending.spent_in_month(datetime.now(UTC)) == 0.01
            assert store.health.last_runs() == []

    @pytest.mark.parametrize(("in_query", "state"), [(True, "wrong"), (False, None)])
    def test_a_token_that_is_refused_in_the_header_is_tried_in_the_query(
        self, soma: Soma, api: Api, *, in_query: bool, state: str | None
    ) -> None:
        refused = answer(graph_error(190), 400)
        api.on(FACEBOOK_LOOK, refused, answer({"id": "100"}) if in_query else refused)
        ended = soma("doctor", "--json")
        told = [s for s, seen in about(ended, "Facebook token") if "takes it in the query" in seen]
        assert told == ([state] if state else [])
        assert api.asked(FACEBOOK_LOOK)[-1]["access_token"] == FACEBOOK_TOKEN
        assert FACEBOOK_TOKEN not in ended.out + ended.err

    def test_an_answer_in_another_version_is_told(self, soma: Soma, api: Api) -> None:
        api.on(FACEBOOK_LOOK, answer({"id": "100"}, facebook_api_version="v27.0"))
        ended = soma("doctor", "--json")
        assert about(ended, "Facebook version") == [
            ("attention", "Asked for v26.0, Facebook answers as v27.0.")
        ]

    def test_the_clock_is_held_against_both_networks(self, soma: Soma, api: Api) -> None:
        now = datetime.now(UTC)
        for path, told in ((X_LOOK, now), (SETTINGS, now - timedelta(hours=2))):
            (status, body, headers), *_ = api.answers[path]
            api.answers[path] = [(status, body, {**headers, "date": format_datetime(told, usegmt=True)})]
        states = about(soma("doctor", "--json"), "clock")
        assert [s for s, _ in states] == ["attention", "ok"]
        assert states[0][1].endswith("ahead of Facebook's.")

    @pytest.mark.parametrize("words", [("doctor",), ("doctor", "--json")])
    def test_no_token_and_no_holder_is_told(self, soma: Soma, api: Api, words: tuple[str, ...]) -> None:
        quoting = f"token {FACEBOOK_TOKEN} of Kari Test"
        api.on(DEBUG, {"data": {"type": "USER", "is_valid": False, "user_id": "2222", "application": "Kari"}})
        api.on(SETTINGS, answer(graph_error(200, f"({FACEBOOK_TOKEN})"), 400))
        told = [soma(*words)]
        api.on(DEBUG, answer(graph_error(190, quoting), 400))
        told.append(soma(*words))
        for ended in told:
            for secret in (X_TOKEN, FACEBOOK_TOKEN, SECRET, "Kari", "2222"):
                assert secret not in ended.out + ended.err


@pytest.mark.usefixtures("setup")
class TestOffline:
    def test_asks_nobody_and_says_so(self, soma: Soma, api: Api) -> None:
        ended = soma("doctor", "--offline")
        assert api.requests == []
        assert "There is one, from SOMA_AUDIT_TWITTER_TOKEN in the environment." in ended.out
        assert "whether tokens are taken and what they show is not known" in ended.out
        assert ended.code == 0

    def test_a_missing_token_is_missed_all_the_same(
        self, soma: Soma, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("SOMA_AUDIT_TWITTER_TOKEN")
        ended = soma("doctor", "--offline", "--json")
        assert about(ended, "X token")[0][0] == "wrong"
        assert ended.code == 3

    def test_a_token_that_others_can_read_is_a_wrong_set_up(
        self, soma: Soma, setup: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (setup / "t").write_text(X_TOKEN)
        (setup / "t").chmod(0o644)
        monkeypatch.setenv("SOMA_AUDIT_TWITTER_TOKEN_FILE", str(setup / "t"))
        ended = soma("doctor", "--offline")
        assert ended.code == 2
        assert "chmod 600" in ended.out

    def test_a_register_with_mistakes_names_each_and_the_rest_is_looked_at(
        self, soma: Soma, setup: Path
    ) -> None:
        (setup / "register.csv").write_text(REGISTER.replace("facebook", "myspace"))
        ended = soma("doctor", "--offline", "--json")
        assert ended.code == 2
        assert "line 3" in about(ended, "register")[0][1]
        assert about(ended, "disk")

    def test_accounts_without_evidence_are_counted(self, soma: Soma, setup: Path) -> None:
        (setup / "register.csv").write_text(REGISTER.replace("https://eks.example", "", 1))
        state, seen = about(soma("doctor", "--offline", "--json"), "register")[0]
        assert state == "attention"
        assert seen.endswith("1 has no evidence of being official.")

    def test_a_configuration_with_mistakes_stops_at_once(self, soma: Soma, setup: Path) -> None:
        (setup / "config.toml").write_text("[report]\ndays = 0\n")
        ended = soma("doctor", "--offline")
        assert ended.code == 2
        assert "report.days" in ended.err


def test_without_a_configuration_says_what_can_be_done(soma: Soma) -> None:
    ended = soma("doctor")
    assert ended.code == 0
    assert "nothing can be collected" in ended.out
    assert "There is none yet" in ended.out


# --- the command, on the example ------------------------------------------------------------------------------------


class TestTheExample:
    def test_says_that_saved_pages_are_read_and_what_they_lack(self, soma: Soma, tmp_path: Path) -> None:
        ended = soma("doctor", "--json", "--config", example_in(tmp_path))
        assert "Saved pages in" in about(ended, "configuration")[1][1]
        for topic in ("X token", "Facebook token"):
            assert about(ended, topic) == [("ok", "The saved pages tell nothing of a token or a quota.")]

    def test_looks_each_account_up_in_them(self, soma: Soma, tmp_path: Path) -> None:
        ended = soma("doctor", "--json", "--config", example_in(tmp_path))
        assert about(ended, "X accounts") == [("ok", "20 of 21 can be read.")]
        assert about(ended, "Facebook accounts") == [("ok", "6 of 6 can be read.")]
        for topic in ("Bluesky accounts", "Mastodon accounts"):
            assert about(ended, topic) == [("ok", "2 of 2 can be read.")]
        assert about(ended, "twitter/takevarsel_eks") == [
            ("attention", "The network has suspended the account.")
        ]
        assert about(ended, "facebook/lekedep.eks settings")[0][0] == "wrong"
        assert ended.code == 3

    def test_without_its_troubles_is_well(self, soma: Soma, tmp_path: Path) -> None:
        config = untroubled_in(tmp_path)
        soma("run", "--quiet", "--config", config)
        ended = soma("doctor", "--json", "--config", config)
        assert ended.code == 0
        lines = lines_of(ended)
        assert "wrong" not in {state for _, state, _ in lines}
        assert [seen for topic, state, seen in lines if state != "ok" and topic != "gaps"] == [
            f"Saved pages in {tmp_path / 'example' / 'pages'} are read instead of the networks (collect.replay).",
            "None of 32 comments under them names a writer, not even the Page.",
        ]

    def test_reads_the_recorded_quota_and_token(self, soma: Soma, tmp_path: Path) -> None:
        config = untroubled_in(tmp_path)
        pages = tmp_path / "example" / "pages"
        for place, path, body in (
            ("twitter/2.usage.tweets", USAGE, {"data": {"project_cap": "10", "project_usage": "10"}}),
            ("facebook/v26.0.debug_token", DEBUG, {"data": {"type": "APP", "is_valid": True}}),
        ):
            saved = {"request": f"GET {path}", "status": 200, "headers": {}, "body": body}
            (pages / f"{place}.jsonl").write_text(json.dumps(saved) + "\n")
        ended = soma("doctor", "--json", "--config", config)
        assert about(ended, "X quota") == [("wrong", "0 of 10 posts may still be read this month.")]
        assert about(ended, "Facebook token")[0][1].startswith("An app token looks from outside")

    def test_without_its_saved_pages_is_a_wrong_set_up(self, soma: Soma, tmp_path: Path) -> None:
        config = example_in(tmp_path, lambda text: text.replace("/pages", "/nowhere"))
        ended = soma("doctor", "--config", config)
        assert ended.code == 2
        assert "There are no saved pages" in ended.out

    def test_reads_like_advice(self, soma: Soma, tmp_path: Path) -> None:
        out = soma("doctor", "--config", example_in(tmp_path)).out
        assert (
            "wrong      facebook/lekedep.eks settings: The network refused: the token lacks a permission."
            in out
        )
        assert f"\n           To do: {MANAGE}\n" in out
        assert out.splitlines()[-1].endswith("attention, 3 wrong.")


# --- the command, on a database -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example after a run in which all was well; only to be copied."""
    folder = tmp_path_factory.mktemp("audited")
    with pytest.raises(SystemExit) as end:
        main(["run", "--quiet", "--config", str(untroubled_in(folder))])
    assert end.value.code == 0
    return folder


class TestTheDatabase:
    @pytest.fixture
    def database(self, audited: Path, tmp_path: Path) -> Path:
        """A copy for each test, which damages it in its own way."""
        shutil.copytree(audited, tmp_path, dirs_exist_ok=True)
        return tmp_path / "example.db"

    def test_is_looked_through(self, soma: Soma, database: Path) -> None:
        ended = soma("doctor", "--offline", "--json")
        assert about(ended, "database")[0][1].startswith(f"{database} is whole: ")
        assert about(ended, "text index")[0][1].startswith("It is complete (checked on ")
        assert about(ended, "pseudonyms' key")[0][0] == "ok"
        assert [t for t, _, _ in lines_of(ended) if t.startswith("last ")] == [
            "last collect",
            "last classify",
            "last purge",
            "last report",
        ]

    def test_that_is_damaged_is_wrong(self, soma: Soma, database: Path) -> None:
        with closing(sqlite3.connect(database)) as db, db:
            (page,) = db.execute("select rootpage from sqlite_master where name = 'post_time'").fetchone()
            (size,) = db.execute("pragma page_size").fetchone()
            db.execute("pragma wal_checkpoint(truncate)")
        db.close()
        with database.open("r+b") as file:
            file.seek((page - 1) * size)
            file.write(b"\x13" * size)
        ended = soma("doctor", "--offline", "--json")
        assert ended.code == 3
        assert "is damaged" in about(ended, "database")[0][1]

    def test_of_another_program_is_wrong(self, soma: Soma, tmp_path: Path) -> None:
        (tmp_path / "soma-audit.db").write_text("a letter")
        ended = soma("doctor", "--offline", "--json")
        assert ended.code == 3
        assert "another kind of file" in about(ended, "database")[0][1]

    def test_whose_index_misses_texts_is_wrong(self, soma: Soma, database: Path) -> None:
        with closing(sqlite3.connect(database)) as db, db:
            db.execute(
                "insert into observation_fts (observation_fts, rowid, text) select 'delete', id, text"
                " from observation where text like '% for %' limit 2"
            )
        db.close()
        state, seen = about(soma("doctor", "--offline", "--json"), "text index")[0]
        assert state == "wrong"
        assert seen.startswith("It misses 2 texts of ")

    def test_whose_newest_texts_are_not_indexed_yet_needs_attention(self, soma: Soma, database: Path) -> None:
        with closing(sqlite3.connect(database)) as db, db:
            db.execute(
                "insert into observation (post, page, text) select post, max(page) + 1, 'for' from observation"
            )
        db.close()
        assert about(soma("doctor", "--offline", "--json"), "text index")[0][0] == "attention"

    def test_tells_of_a_run_that_was_killed_until_another_one_ends(self, soma: Soma, database: Path) -> None:
        with closing(sqlite3.connect(database)) as db, db:
            db.execute(
                "insert into run (stage, version, config_hash, started_at)"
                " values ('collect', '0', 'x', '2010-12-01T05:00:00Z')"
            )
        db.close()
        state, seen = about(soma("doctor", "--offline", "--json"), "last collect")[0]
        assert state == "attention"
        assert "it still goes on, or was killed" in seen
        soma("collect", "--quiet")
        state, seen = about(soma("doctor", "--offline", "--json"), "last collect")[0]
        assert state == "ok"
        assert seen.endswith("1 earlier one was cut off, and made up for.")

    def test_whose_key_is_lost_cannot_go_on(self, soma: Soma, database: Path) -> None:
        database.with_suffix(".key").unlink()
        ended = soma("doctor", "--offline", "--json")
        assert ended.code == 2
        assert about(ended, "pseudonyms' key")[0][0] == "wrong"

    def test_in_a_folder_that_is_not_there_is_wrong(self, soma: Soma, tmp_path: Path) -> None:
        ended = soma("doctor", "--db", tmp_path / "nowhere" / "x.db", "--json")
        assert ended.code == 3
        assert "cannot be looked at" in about(ended, "disk")[0][1]
