"""What a collection costs, as its user sees it: before, after, at a limit, and while a network makes us wait."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import respx

from cli.conftest import example_in
from collect.builders import MENTIONS, TWEETS, Api, answer
from collect.twitter.test_budget import NOTHING, USER, a_page
from soma_audit.cli.progress import Screen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cli.conftest import Soma

REGISTER = """agency,name,kind,network,handle,role,evidence,valid_from,valid_to,succeeds
eks,Eksempeletaten,ministry,twitter,eksempeletat,dialogue,,,,
"""


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """A configuration for one account on X, and an X that answers."""
    monkeypatch.setenv("SOMA_AUDIT_TWITTER_TOKEN", "made-up")
    (tmp_path / "register.csv").write_text(REGISTER)
    configure(tmp_path)
    server = Api()
    server.on(USER, {"data": {"id": "1000000001", "username": "eksempeletat"}})
    server.on(TWEETS, a_page(range(1, 11)))
    server.on(MENTIONS, NOTHING)
    with respx.mock(assert_all_called=False) as router:
        router.route().mock(side_effect=server)
        yield server


def configure(folder: Path, *lines: str) -> None:
    (folder / "config.toml").write_text("\n".join(["[twitter]", 'api_url = "https://api.example"', *lines]))


def outcome(soma: Soma, *words: str) -> dict[str, Any]:
    return dict(json.loads(soma("collect", "--json", *words).out))


def spent(folder: Path) -> list[float]:
    with closing(sqlite3.connect(folder / "soma-audit.db")) as db, db:
        return [row[0] for row in db.execute("select spent from run where stage = 'collect'")]


class TestSpent:
    @pytest.mark.usefixtures("api")
    def test_is_said_at_the_end(self, soma: Soma) -> None:
        assert "Spent $0.06 at X, $0.06 this month." in soma("collect").out
        assert "Spent $0.06 at X, $0.12 this month." in soma("run").out

    @pytest.mark.usefixtures("api")
    def test_is_told_to_machines(self, soma: Soma, tmp_path: Path) -> None:
        assert outcome(soma)["spent_usd"] == 0.06
        assert json.loads(soma("run", "--json").out)["spent_usd"] == 0.06
        assert spent(tmp_path) == [0.06, 0.06]

    @pytest.mark.usefixtures("api")
    def test_follows_the_prices_in_the_configuration(self, soma: Soma, tmp_path: Path) -> None:
        configure(tmp_path, "post_price = 1", "user_price = 0.5")
        assert outcome(soma)["spent_usd"] == 10.5

    def test_saved_pages_cost_nothing_and_nothing_is_said(self, soma: Soma, tmp_path: Path) -> None:
        ended = soma("collect", "--config", example_in(tmp_path))
        assert "Spent" not in ended.out

    def test_a_look_up_that_kept_no_page_is_paid_all_the_same(
        self, soma: Soma, api: Api, tmp_path: Path
    ) -> None:
        api.on(USER, {"data": {"id": "1000000001", "username": "eksempeletat", "protected": True}})
        assert outcome(soma)["spent_usd"] == 0.01
        assert spent(tmp_path) == [0.01]


class TestLimit:
    def test_stops_before_it_and_says_what_to_change(self, soma: Soma, api: Api, tmp_path: Path) -> None:
        configure(tmp_path, "spend_per_run = 0.1")
        ended = soma("collect")
        assert ended.code == 3
        assert (
            "twitter/eksempeletat: X: $0.01 spent this run, and the next answer could cost $0.135"
            in ended.err
        )
        assert "the limit of $0.10 allows (twitter.spend_per_run)" in ended.err
        assert [r.url.path for r in api.requests] == [USER]

    @pytest.mark.usefixtures("api")
    def test_leaves_a_gap(self, soma: Soma, tmp_path: Path) -> None:
        configure(tmp_path, "spend_per_run = 0.1")
        soma("collect")
        with closing(sqlite3.connect(tmp_path / "soma-audit.db")) as db, db:
            assert db.execute("select reason from open_gap").fetchall() == [("quota",)]

    def test_of_the_month_counts_the_runs_before_also_a_killed_one(
        self, soma: Soma, api: Api, tmp_path: Path
    ) -> None:
        soma("collect")
        with closing(sqlite3.connect(tmp_path / "soma-audit.db")) as db, db:
            db.execute("update run set spent = 9.99, ended_at = null, outcome = null")
        api.requests.clear()
        configure(tmp_path, "spend_per_month = 10.0")
        assert "X: $10.00 spent this month" in soma("collect").err
        assert [r.url.path for r in api.requests] == [USER]

    def test_when_it_is_raised_the_rest_is_read(self, soma: Soma, api: Api, tmp_path: Path) -> None:
        api.on(TWEETS, {**a_page(range(20, 31)), "meta": {"next_token": "n"}}, a_page(range(1, 20)))
        configure(tmp_path, "spend_per_run = 0.15")
        first = soma("collect")
        configure(tmp_path)
        second = outcome(soma)
        asked = [p.get("pagination_token") for p in api.asked(TWEETS)]
        assert (first.code, second["exit"], second["new"]) == (3, 0, 19)
        assert asked == [None, "n"]

    @pytest.mark.parametrize("line", ["spend_per_run = -1", "spend_per_month = nan", 'post_price = "much"'])
    def test_must_be_a_sum(self, soma: Soma, api: Api, tmp_path: Path, line: str) -> None:
        configure(tmp_path, line)
        ended = soma("collect")
        assert (ended.code, api.requests) == (2, [])
        assert line.partition(" ")[0] in ended.err


class TestEstimate:
    def test_asks_nothing_needs_no_token_and_makes_no_database(
        self, soma: Soma, api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("SOMA_AUDIT_TWITTER_TOKEN")
        ended = soma("collect", "--estimate")
        assert (ended.code, api.requests) == (0, [])
        assert "twitter/eksempeletat      841      29.0     108.02  at most" in ended.out
        assert "if not, it is $20.01." in ended.out
        assert sorted(p.name for p in tmp_path.iterdir()) == ["config.toml", "register.csv"]

    def test_is_small_once_all_has_been_read(self, soma: Soma, api: Api) -> None:
        soma("collect")
        api.requests.clear()
        told = json.loads(soma("collect", "--estimate", "--json").out)
        assert (told["accounts"][0]["first"], told["calls"], api.requests) == (False, 3, [])
        assert told["usd"] < 0.1
        assert told["spent_this_month_usd"] == 0.06

    @pytest.mark.usefixtures("api")
    def test_is_one_object_for_machines(self, soma: Soma) -> None:
        told = json.loads(soma("collect", "--estimate", "--json").out)
        line = {"calls": 841, "minutes": 29.0, "usd": 108.02, "usd_without_included": 20.01}
        assert told["accounts"] == [{"account": "twitter/eksempeletat", "first": True, **line}]
        assert (told["calls"], told["usd"], told["spent_this_month_usd"]) == (841, 108.02, 0)

    @pytest.mark.usefixtures("api")
    def test_says_where_a_limit_would_stop_it(self, soma: Soma, tmp_path: Path) -> None:
        configure(tmp_path, "spend_per_run = 5.0")
        assert "twitter.spend_per_run leaves $5.00" in soma("collect", "--estimate").out

    def test_says_that_saved_pages_take_nothing(self, soma: Soma, tmp_path: Path) -> None:
        ended = soma("collect", "--estimate", "--config", example_in(tmp_path))
        assert "saved pages, so none of this is spent" in ended.out


def limited(seconds: float) -> Any:
    """An answer that says until when there is nothing more."""
    reset = int(datetime.now(UTC).timestamp() + seconds)
    return answer({"title": "Too Many Requests", "type": "about:blank"}, 429, x_rate_limit_reset=str(reset))


class TestWaiting:
    @pytest.mark.parametrize("command", ["collect", "run"])
    def test_beyond_max_wait_it_says_when_to_come_back(self, soma: Soma, api: Api, command: str) -> None:
        api.on(TWEETS, limited(600))
        ended = soma(command, "--max-wait", "300")
        assert ended.code == 3
        assert "A network's limit was reached. Run again after" in ended.err

    @pytest.mark.parametrize("command", ["collect", "run"])
    def test_the_time_is_told_to_machines(self, soma: Soma, api: Api, command: str) -> None:
        api.on(TWEETS, limited(600))
        ended = soma(command, "--json")
        told = json.loads(ended.out)
        wait = datetime.fromisoformat(told["resume_at"]) - datetime.now(UTC)
        assert timedelta(minutes=9) < wait <= timedelta(minutes=10)
        assert (told["exit"], ended.code, ended.err) == (3, 3, "")

    def test_within_max_wait_it_waits_and_goes_on_in_silence(self, soma: Soma, api: Api) -> None:
        api.on(TWEETS, limited(0), a_page(range(1, 11)))
        begun = time.monotonic()
        ended = soma("collect", "--max-wait", "60")
        assert ended.code == 0
        assert ended.err == ""
        assert time.monotonic() - begun >= 1

    def test_the_configuration_says_how_long_where_the_command_does_not(
        self, soma: Soma, api: Api, tmp_path: Path
    ) -> None:
        configure(tmp_path, "[collect]", "max_wait_seconds = 60")
        api.on(TWEETS, limited(0), limited(0), a_page(range(1, 11)))
        assert soma("collect", "--max-wait", "0").code in {0, 3}
        assert soma("collect").code == 0

    @pytest.mark.usefixtures("api")
    def test_must_not_be_negative(self, soma: Soma) -> None:
        assert soma("collect", "--max-wait", "-1").code == 2


class Terminal:
    """Standard error as a terminal, in memory."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None: ...

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Terminal]:
    """Make standard error a terminal from when it is called: before, pytest puts its own there."""

    def begin() -> Terminal:
        made = Terminal()
        monkeypatch.setattr("sys.stderr", made)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setattr("soma_audit.cli.progress.BRIEF", 0.0)
        return made

    return begin


class TestScreen:
    def test_shows_on_a_terminal_what_is_asked_and_how_long_it_waits(
        self, terminal: Callable[[], Terminal]
    ) -> None:
        seen = terminal()
        with Screen("Collecting", quiet=False) as screen:
            screen.say("twitter/[eks]")
            screen.pause(0.3)
        assert "Collecting twitter/[eks]" in seen.text
        assert "Waiting until the network's limit is lifted" in seen.text

    def test_several_waits_are_one_bar(self, terminal: Callable[[], Terminal]) -> None:
        terminal()
        with Screen("Collecting", quiet=False) as screen:
            threads = [threading.Thread(target=screen.pause, args=(1.0,)) for _ in range(5)]
            for thread in threads:
                thread.start()
            assert screen._progress is not None
            patience = time.monotonic() + 0.9
            while len(shown := [task.description for task in screen._progress.tasks]) < 2:
                assert time.monotonic() < patience
                time.sleep(0.01)
            for thread in threads:
                thread.join()
        assert shown == ["Collecting", "Waiting until the network's limit is lifted"]

    def test_is_silent_when_quiet(self, terminal: Callable[[], Terminal]) -> None:
        seen = terminal()
        with Screen("Collecting", quiet=True) as screen:
            screen.say("twitter/eks")
            screen.pause(0.01)
        assert seen.text == ""

    def test_is_silent_elsewhere(self, capsys: pytest.CaptureFixture[str]) -> None:
        with Screen("Collecting", quiet=False) as screen:
            screen.say("twitter/eks")
            screen.pause(0.01)
        assert capsys.readouterr() == ("", "")

    def test_who_presses_control_c_need_not_sit_out_a_limit(self) -> None:
        ended: list[str] = []
        before = signal.getsignal(signal.SIGINT)  # ignored, where the tests run in the background

        def wait() -> None:
            with pytest.raises(KeyboardInterrupt):
                screen.pause(60)
            ended.append("woken")

        screen = Screen("Collecting", quiet=True)
        thread = threading.Thread(target=wait)

        def interrupted() -> None:
            with screen:
                thread.start()
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(5)

        with pytest.raises(KeyboardInterrupt):
            interrupted()
        thread.join(5)
        assert ended == ["woken"]
        assert signal.getsignal(signal.SIGINT) is before
