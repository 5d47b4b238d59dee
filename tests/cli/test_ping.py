"""`[run] ping`: whoever watches over the nightly run hears how it has ended, and the run is the same without them."""

from __future__ import annotations

import fcntl
import json
import shutil
from typing import TYPE_CHECKING

import pytest

from cli.conftest import example_in, of_few, untroubled_in
from cli.test_faults import failing
from loopback.watchdog import Watchdog, watchdog
from soma_audit.config import Config, parse
from soma_audit.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cli.conftest import Soma
    from soma_audit.audit.outcome import Outcome

DONE, FAILED = ["GET /hemmelig-0123"], ["GET /hemmelig-0123/fail"]


@pytest.fixture
def service() -> Iterator[Watchdog]:
    with watchdog() as made:
        yield made


def watched(config: Path, service: Watchdog) -> Path:
    config.write_text(config.read_text("utf-8") + f'\n[run]\nping = "{service.url}"\n', "utf-8")
    return config


@pytest.fixture
def config(tmp_path: Path, service: Watchdog) -> Path:
    """The example, some of which cannot be seen."""
    return watched(of_few(example_in(tmp_path), "take-og-fyrdepartementet"), service)


def test_a_run_that_is_done_is_told(soma: Soma, tmp_path: Path, service: Watchdog) -> None:
    ended = soma(
        "run", "--quiet", "--config", watched(of_few(untroubled_in(tmp_path), "lysdepartementet"), service)
    )
    assert (ended.code, ended.err, service.asked) == (0, "", DONE)


def test_a_run_that_could_not_see_everything_is_done(soma: Soma, config: Path, service: Watchdog) -> None:
    assert soma("run", "--quiet", "--config", config).code == 3
    assert service.asked == DONE


def test_a_run_that_found_something_is_done(
    soma: Soma, config: Path, service: Watchdog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(_: object, __: object, outcome: Outcome, *___: object) -> None:
        outcome.code = Exit.FINDINGS

    monkeypatch.setattr("soma_audit.audit.report.find", found)
    assert soma("run", "--quiet", "--config", config).code == 4
    assert service.asked == DONE


def test_a_run_that_failed_is_told(
    soma: Soma, config: Path, service: Watchdog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("soma_audit.audit.settings.Settings.open", failing(KeyError("x")))
    ended = soma("run", "--config", config)
    assert (ended.code, service.asked) == (1, FAILED)
    assert len(ended.err.splitlines()) == 1


def test_a_run_that_could_not_begin_is_told(soma: Soma, config: Path, service: Watchdog) -> None:
    config.write_text(config.read_text("utf-8").replace("register = ", 'register = "nowhere.csv" #'), "utf-8")
    assert soma("run", "--config", config).code == 2
    assert service.asked == FAILED


def test_of_a_run_that_another_one_is_in_the_way_of_nothing_is_told(
    soma: Soma, config: Path, service: Watchdog
) -> None:
    with (config.parent / "example.db.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert soma("run", "--config", config).code == 11
    assert service.asked == []


def test_of_a_run_that_somebody_interrupted_nothing_is_told(
    soma: Soma, config: Path, service: Watchdog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("soma_audit.audit.settings.Settings.open", failing(KeyboardInterrupt()))
    assert soma("run", "--config", config).code == 130
    assert service.asked == []


def test_a_ping_that_is_not_taken_is_a_warning_and_changes_nothing_else(
    soma: Soma, tmp_path: Path, service: Watchdog
) -> None:
    service.status = 500
    plain, told = (of_few(untroubled_in(tmp_path / name), "lysdepartementet") for name in ("plain", "told"))
    watched(told, service)
    soma("run", "--config", plain)
    shutil.copy(plain.parent / "example.key", told.parent)
    ended = soma("run", "--config", told)
    assert ended.code == 0
    assert ended.err == (
        "soma-audit: The ping to http://127.0.0.1/… was not taken: it answered with HTTP 500."
        " Nothing else depends on it.\n"
    )
    for name in ("report.json", "report.html"):
        assert (plain.parent / name).read_bytes() == (told.parent / name).read_bytes()


def test_a_ping_on_a_failure_that_is_not_taken_stands_before_the_failure(
    soma: Soma, config: Path, service: Watchdog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("soma_audit.audit.settings.Settings.open", failing(KeyError("x")))
    service.status = 500
    ended = soma("run", "--log-format", "json", "--config", config)
    told = [json.loads(line) for line in ended.err.splitlines()]
    assert [(line["level"], line["code"]) for line in told] == [("warning", 1), ("error", 1)]


def test_other_commands_ping_nobody(soma: Soma, config: Path, service: Watchdog) -> None:
    soma("collect", "--quiet", "--config", config)
    soma("report", "--config", config)
    assert service.asked == []


def test_whom_a_run_is_told_to_makes_it_no_other_run(tmp_path: Path, service: Watchdog) -> None:
    assert parse({"run": {"ping": service.url}}, tmp_path / "config.toml").hash() == Config().hash()


@pytest.mark.parametrize(
    "url", ["http://health.example/hemmelig", "https://health.example:99999/hemmelig", "https://[/hemmelig"]
)
def test_an_address_with_a_mistake_is_refused_and_not_repeated(soma: Soma, tmp_path: Path, url: str) -> None:
    (tmp_path / "config.toml").write_text(f'[run]\nping = "{url}"\n')
    ended = soma("run")
    assert ended.code == 2
    assert "\n  run.ping: " in ended.err
    assert "hemmelig" not in ended.err
