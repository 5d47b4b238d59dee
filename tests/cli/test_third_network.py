"""A network that is a row of `NETWORKS` and who knows its people: everything but collecting works for it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from soma_audit.collect.twitter.people import TwitterPeople
from soma_audit.imports.context import PEOPLE
from soma_audit.networks import NETWORKS

if TYPE_CHECKING:
    from pathlib import Path

    from cli.conftest import Soma

REGISTER = "agency,name,kind,network,handle\nbro,Brodepartementet,ministry,elsewhere,broa\n"
POSTS = (
    {"id": "1", "text": "@broa Når åpner broa?", "by_agency": False, "author": "kari_test", "created_at": "2026-03-02T09:00:00Z"},
    {"id": "2", "text": "Ny bro er åpen https://bro.example/1", "by_agency": True, "created_at": "2026-03-03T09:00:00Z"},
)  # fmt: skip


@pytest.fixture
def elsewhere(soma: Soma, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Soma:
    made_up = replace(
        NETWORKS["twitter"],
        title="Elsewhere",
        title_today="Elsewhere",
        handle=re.compile("[a-z]+"),
        address="https://elsewhere.example/@{}",
    )
    monkeypatch.setitem(NETWORKS, "elsewhere", made_up)
    monkeypatch.setitem(PEOPLE, "elsewhere", TwitterPeople)
    (tmp_path / "register.csv").write_text(REGISTER)
    (tmp_path / "config.toml").write_text('[collect]\nregister = "register.csv"\n')
    lines = [json.dumps({"network": "elsewhere", "account": "broa", **post}) for post in POSTS]
    (tmp_path / "posts.jsonl").write_text("\n".join(lines) + "\n")
    return soma


def test_it_is_registered_imported_judged_and_reported(elsewhere: Soma, tmp_path: Path) -> None:
    for words in (("register",), ("import", "posts.jsonl"), ("classify", "--as-of", "2026-03-10")):
        ended = elsewhere(*words, "--config", tmp_path / "config.toml")
        assert ended.code == 0, ended.err
    said = json.loads(
        elsewhere(
            "report", "--format", "json", "--as-of", "2026-03-10", "--config", tmp_path / "config.toml"
        ).out
    )
    (group,) = said["groups"]
    (account,) = group["agencies"][0]["accounts"]
    assert (account["network"], account["url"]) == ("elsewhere", "https://elsewhere.example/@broa")
    assert [line["post"] for line in said["waiting"]] == ["1"]


@pytest.mark.parametrize("format_", ["terminal", "html", "markdown", "xlsx", "csv", "json"])
@pytest.mark.parametrize("edition", [(), ("--public",)], ids=["internal", "public"])
def test_every_report_format_holds_it(
    elsewhere: Soma, tmp_path: Path, format_: str, edition: tuple[str, ...]
) -> None:
    config = ("--config", tmp_path / "config.toml")
    assert elsewhere("import", "posts.jsonl", *config).code == 0
    elsewhere("classify", "--as-of", "2026-03-10", *config)
    ended = elsewhere(
        "report", "--format", format_, *edition, "--as-of", "2026-03-10", "--output", "out", *config
    )
    assert ended.code == 0, ended.err
    assert (tmp_path / "out").stat().st_size


@pytest.mark.parametrize("command", ["doctor", "privacy"])
def test_it_is_known_to(elsewhere: Soma, tmp_path: Path, command: str) -> None:
    config = ("--config", tmp_path / "config.toml")
    assert elsewhere("import", "posts.jsonl", *config).code == 0
    assert "Traceback" not in elsewhere(command, *config).err
