"""A network that is a row of `NETWORKS` and who knows its people: everything but collecting works for it."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

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
    counted = {found["network"]: (found["numerator"], found["denominator"]) for found in group["presence"]}
    assert counted == {"facebook": (0, 1), "twitter": (0, 1), "elsewhere": (1, 1)}
    (query,) = [query for query in said["queries"] if query["name"] == "elsewhere"]
    with closing(sqlite3.connect(tmp_path / "soma-audit.db")) as db:
        assert (query["title"], query["values"]) == ("Agencies on Elsewhere", [1])
        assert db.execute(query["sql"]).fetchall() == [(1,)]
        assert [row[:2] for row in db.execute(query["rows"])] == [("bro", "Brodepartementet")]


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


@pytest.mark.parametrize(
    ("format_", "column", "line"),
    [
        ("terminal", r"\bEl\b|\bElsewhere\b", r"Brodepartementet +– +– +yes"),
        ("markdown", r"\| Facebook \| Twitter \| Elsewhere \|", r"\| Brodepartementet \| – \| – \| yes \|"),
        ("html", r'<th scope="col">Elsewhere</th>', r"<td>–</td><td>–</td><td><b>yes</b></td>"),
    ],
)
def test_it_has_a_column_of_its_own(
    elsewhere: Soma, tmp_path: Path, format_: str, column: str, line: str
) -> None:
    config = ("--config", tmp_path / "config.toml", "--as-of", "2026-03-10")
    assert elsewhere("import", "posts.jsonl", *config[:2]).code == 0
    assert elsewhere("classify", *config).code == 0
    assert elsewhere("report", "--format", format_, "--output", "out", *config).code == 0
    said = re.sub(r"\n+(?=<)", "", (tmp_path / "out").read_text("utf-8"))
    assert re.search(column, said)
    assert re.search(line, said)


def test_it_has_a_column_in_the_workbook(elsewhere: Soma, tmp_path: Path) -> None:
    config = ("--config", tmp_path / "config.toml")
    assert elsewhere("import", "posts.jsonl", *config).code == 0
    assert elsewhere("report", "--format", "xlsx", "--output", "out.xlsx", *config).code == 0
    header, row = load_workbook(tmp_path / "out.xlsx")["Agencies"].iter_rows(values_only=True)
    assert (header[2:6], row[2:6]) == (("Facebook", "Twitter", "Elsewhere", "Wall"), (None, None, "yes", "–"))


@pytest.mark.parametrize("command", ["doctor", "privacy"])
def test_it_is_known_to(elsewhere: Soma, tmp_path: Path, command: str) -> None:
    config = ("--config", tmp_path / "config.toml")
    assert elsewhere("import", "posts.jsonl", *config).code == 0
    assert "Traceback" not in elsewhere(command, *config).err
