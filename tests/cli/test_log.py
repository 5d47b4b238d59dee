"""`--log-format json`: each warning and each error is one JSON object a line that a journal can filter by."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from cli.conftest import example_in, of_few
from cli.test_faults import failing
from soma_audit.cli.log import whole

if TYPE_CHECKING:
    from pathlib import Path

    from cli.conftest import Ended, Soma


def lines(ended: Ended) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ended.err.splitlines()]


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, in which some things cannot be seen."""
    return of_few(
        example_in(tmp_path_factory.mktemp("logged")), "take-og-fyrdepartementet", "lekedepartementet"
    )


def test_every_warning_is_an_object_that_is_understood_alone(soma: Soma, config: Path) -> None:
    ended = soma("run", "--quiet", "--log-format", "json", "--config", config)
    told = lines(ended)
    assert (ended.code, ended.out) == (3, "")
    assert {(line["level"], line["code"]) for line in told} == {("warning", 3)}
    assert all(line["message"].startswith("Not everything could be seen: ") for line in told)
    assert any("takevarsel_eks: the network has suspended the account" in line["message"] for line in told)


def test_the_time_is_told_in_utc(soma: Soma, config: Path) -> None:
    (line, *_) = lines(soma("run", "--quiet", "--log-format", "json", "--config", config))
    assert line["time"].endswith("Z")
    assert datetime.fromisoformat(line["time"]).utcoffset() is not None


def test_text_stays_as_it_is(soma: Soma, config: Path) -> None:
    plain = soma("run", "--quiet", "--config", config)
    assert plain.err.startswith("soma-audit: Not everything could be seen:\nsoma-audit:   ")
    assert soma("run", "--quiet", "--log-format", "text", "--config", config) == plain


def test_beside_json_on_standard_output_the_log_has_the_warnings_too(soma: Soma, config: Path) -> None:
    ended = soma("run", "--json", "--log-format", "json", "--config", config)
    outcome = json.loads(ended.out)
    assert [line["message"] for line in lines(ended)] == [*whole(outcome["warnings"])]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("--config", "nowhere.toml"),
            "There is no configuration file nowhere.toml. `soma-audit init` makes one.",
        ),
        (("--as-of", "soon"), "'soon' is not a valid time"),
        (("--language", "xx"), "'xx' is not one of"),
    ],
)
def test_what_is_wrong_with_the_command_line_is_an_object_too(
    soma: Soma, words: tuple[str, str], message: str
) -> None:
    ended = soma("run", *words, "--log-format", "json")
    (line,) = lines(ended)
    assert (ended.code, line["level"], line["code"]) == (2, "error", 2)
    assert message in line["message"]


def test_several_mistakes_are_one_object(soma: Soma, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[report]\ndays = 0\nfolder = 1\n")
    (line,) = lines(soma("run", "--log-format", "json"))
    assert line["message"].count("\n") == 2


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [(KeyError("x"), 1, "unexpected error (KeyError"), (KeyboardInterrupt(), 130, "interrupted; ")],
)
def test_an_unexpected_end_is_an_object(
    soma: Soma, config: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, said: str
) -> None:
    monkeypatch.setattr("soma_audit.audit.settings.Settings.open", failing(error))
    ended = soma("run", "--log-format", "json", "--config", config)
    (line,) = lines(ended)
    assert (ended.code, line["code"], line["level"]) == (code, code, "error")
    assert line["message"].startswith(said)


def test_where_it_happened_stands_in_the_same_object(
    soma: Soma, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("soma_audit.audit.settings.Settings.open", failing(KeyError("x")))
    (line,) = lines(soma("--traceback", "run", "--log-format", "json", "--config", config))
    assert "test_faults.py" in line["traceback"]


@pytest.mark.parametrize("ours", [True, False])
def test_the_journal_gets_the_priority_before_the_line_and_nobody_else(tmp_path: Path, ours: bool) -> None:  # noqa: FBT001
    with (tmp_path / "err").open("w") as err:
        there = os.fstat(err.fileno())
        place = f"{there.st_dev}:{there.st_ino + (not ours)}"
        subprocess.run(
            [sys.executable, "-m", "soma_audit", "run", "--config", "nowhere", "--log-format", "json"],
            stderr=err,
            check=False,
            env={**os.environ, "JOURNAL_STREAM": place},
        )
    assert (tmp_path / "err").read_text().startswith('<3>{"time"' if ours else '{"time"')


@pytest.mark.parametrize(
    ("warnings", "told"),
    [
        ([], []),
        (["a.", "b."], ["a.", "b."]),
        (["Not seen:", "  a", "  b", "c."], ["Not seen: a", "Not seen: b", "c."]),
        (["  a"], ["a"]),
        (["Nothing follows:"], ["Nothing follows:"]),
    ],
)
def test_a_heading_goes_to_what_stands_under_it(warnings: list[str], told: list[str]) -> None:
    assert [*whole(warnings)] == told
