"""`privacy --format markdown` and `xlsx`: the record of processing of this installation."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from cli.conftest import Soma

CONFIG = '[privacy]\ncontroller = "Eksempeletaten"\ncontact = "personvern@etat.example"\ntext_days = 100\n'
POST = {
    "network": "twitter",
    "account": "eksempeletat",
    "id": "1",
    "author": "kari_test",
    "by_agency": False,
    "text": "Når åpner fyrlykta?",
    "created_at": "2026-03-02T09:14:00Z",
}


@pytest.fixture
def held(soma: Soma, tmp_path: Path) -> Path:
    """A database with a question of March, and a configuration that names who answers for it."""
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "p.jsonl").write_text(json.dumps(POST) + "\n")
    soma("import", "p.jsonl")
    return tmp_path


@pytest.mark.usefixtures("held")
def test_is_filled_with_what_is_held(soma: Soma) -> None:
    out = soma("privacy", "--format", "markdown", "--as-of", "2026-04-01").out
    assert "* **Controller:** Eksempeletaten\n" in out
    assert "| X | 1 | 1 | 1 | 0 | 1 |" in out
    assert "| Visitors' texts | 100 days after they were written | 2026-03-02 | 2026-06-10 |" in out
    assert "soma-audit.key, in the same folder as the database" in out


@pytest.mark.usefixtures("held")
def test_says_when_a_purge_is_overdue(soma: Soma) -> None:
    out = soma("privacy", "--format", "markdown", "--as-of", "2026-07-01").out
    assert "2026-06-10, overdue: run soma-audit purge" in out


def test_says_when_the_key_is_not_there(soma: Soma, held: Path) -> None:
    (held / "soma-audit.key").unlink()
    assert "soma-audit.key, which is not there" in soma("privacy", "--format", "markdown").out


def test_names_the_networks_that_are_asked(soma: Soma, example: Path) -> None:
    out = soma("privacy", "--format", "markdown", "--config", example / "config.toml").out
    assert out.count("Public posts and answers, from saved pages in") == 4


@pytest.mark.usefixtures("held")
def test_counts_those_who_asked(soma: Soma) -> None:
    soma("privacy", "find", "--account", "twitter/kari_test")
    soma("privacy", "erase", "--account", "twitter/kari_test", "--yes")
    out = soma("privacy", "--format", "markdown").out
    assert "1 search for a person; 1 pseudonym erased." in out


@pytest.mark.usefixtures("held")
def test_holds_nobodys_words_or_pseudonym(soma: Soma) -> None:
    out = soma("privacy", "--format", "markdown").out
    assert ("fyrlykta" in out, "v-" in out, "kari_test" in out) == (False, False, False)


def test_is_a_workbook_too(soma: Soma, held: Path) -> None:
    ended = soma("privacy", "--format", "xlsx", "--output", "record.xlsx")
    assert (ended.code, ended.out) == (0, "")
    assert load_workbook(held / "record.xlsx").sheetnames == ["Record", "By network", "Retention"]


@pytest.mark.usefixtures("held")
def test_a_workbook_does_not_go_to_a_terminal(soma: Soma, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    ended = soma("privacy", "--format", "xlsx")
    assert ended.code == 2
    assert "needs --output FILE" in ended.err


def test_plain_text_is_the_default_and_can_be_written_to_a_file(soma: Soma, held: Path) -> None:
    printed = soma("privacy").out
    soma("privacy", "--output", "held.txt")
    assert (held / "held.txt").read_text("utf-8") == printed


@pytest.mark.parametrize("more", [("--format", "xlsx"), ("--output", "x.txt")])
@pytest.mark.usefixtures("held")
def test_one_persons_posts_have_no_other_form(soma: Soma, more: tuple[str, str]) -> None:
    ended = soma("privacy", "--person", "twitter:kari_test", *more)
    assert ended.code == 2
    assert "--person prints JSON lines" in ended.err
