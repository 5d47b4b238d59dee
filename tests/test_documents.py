"""What the documents say is what the program does: their generated parts are made here, from the program itself."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from cli.conftest import example, example_in
from conftest import ROOT, UPDATE
from soma_audit.cli import COMMANDS, main
from soma_audit.errors import EXIT_MEANING
from soma_audit.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["example"]

README = ROOT / "README.md"
PAGES = [*sorted(ROOT.glob("[A-Z]*.md")), *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\((?!https?://)([^)#\s]*)(?:#([^)\s]+))?\)")
TEMPLATE = ROOT / "src" / "soma_audit" / "cli" / "config_template.toml"
SCRIPTS = sorted((ROOT / "src" / "soma_audit" / "store" / "sql").glob("*.sql"))
"""In the order in which they are carried out."""


def fenced(text: str, language: str = "") -> str:
    return f"```{language}\n{text.rstrip()}\n```"


def exit_codes() -> str:
    rows = [f"| {int(code)} | {meaning} |" for code, meaning in EXIT_MEANING.items()]
    return "\n".join(["| code | meaning |", "|---|---|", *rows])


def commands() -> str:
    rows = [f"| `{name}` | {purpose} |" for name, purpose in COMMANDS.items()]
    return "\n".join(["| command | what for |", "|---|---|", *rows])


def rules() -> str:
    from soma_audit.cli.commands.rules import table

    return table()


def tables() -> str:
    scripts = "\n".join(script.read_text("utf-8") for script in SCRIPTS)
    found = re.findall(r"((?:^--.*\n)+)create (table|view) (\w+)", scripts, re.MULTILINE)
    # what is made anew is described anew
    newest = {(kind, name): " ".join(why.replace("-- ", "").split()) for why, kind, name in found}
    rows = [f"| `{name}` | {kind} | {why} |" for (kind, name), why in sorted(newest.items(), key=_kind)]
    return "\n".join(["| name | | what |", "|---|---|---|", *rows])


def references() -> str:
    with TemporaryDirectory() as folder, Store(Path(folder) / "empty.db", create=True) as store:
        names = store.execute("select name from sqlite_master where type = 'table' order by rowid").fetchall()
        led = {
            (name, belongs_to)
            for (name,) in names
            for (belongs_to,) in store.execute(f"select \"table\" from pragma_foreign_key_list('{name}')")
        }
    return fenced("\n".join(["flowchart TD", *(f"    {a} --> {b}" for a, b in sorted(led))]), "mermaid")


def formats() -> str:
    from soma_audit.imports import FORMATS

    rows = [f"| `{f.name}` | {f.title} | {f.holds} |" for f in FORMATS]
    return "\n".join(["| `--format` | what it is | what it holds |", "|---|---|---|", *rows])


def parquet() -> str:
    from soma_audit.parquet.schemas import DATASETS

    rows = [
        f"| `{name}` | `{field.name}` | {field.type} | {field.metadata[b'comment'].decode()} |"
        for name, schema in DATASETS.items()
        for field in schema
    ]
    return "\n".join(["| folder | column | type | what it holds |", "|---|---|---|---|", *rows])


def _kind(row: tuple[tuple[str, str], str]) -> str:
    return row[0][0]


def configuration() -> str:
    return fenced(TEMPLATE.read_text("utf-8"), "toml")


GENERATED: dict[str, Callable[[], str]] = {
    "exit codes": exit_codes,
    "commands": commands,
    "rules": rules,
    "references": references,
    "tables": tables,
    "formats": formats,
    "parquet": parquet,
    "configuration": configuration,
}


def compare(name: str, wanted: str) -> None:
    pattern = re.compile(rf"(<!-- generated: {name} -->\n)(.*?)(<!-- /generated -->)", re.DOTALL)
    page = next(page for page in PAGES if pattern.search(page.read_text("utf-8")))
    text = page.read_text("utf-8")
    if UPDATE:
        page.write_text(pattern.sub(lambda m: f"{m[1]}{wanted}\n{m[3]}", text), "utf-8")
        return
    found = pattern.search(text)
    assert found is not None
    assert found[2] == f"{wanted}\n", (
        "SOMA_AUDIT_UPDATE_GOLDEN=1 pytest tests/test_documents.py writes it anew"
    )


@pytest.mark.parametrize("name", GENERATED)
def test_generated_part_is_what_the_program_says(name: str) -> None:
    compare(name, GENERATED[name]())


def test_the_report_shown_is_the_examples(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["run", "--config", str(example_in(tmp_path))])
    report, found, _ = capsys.readouterr().out.partition("Counted by hand, once;")
    assert found
    compare("report", fenced(report.rstrip() + "\n…"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    named = set(re.findall(r"soma-audit ([a-z]+)\b", page.read_text("utf-8")))
    assert named <= set(COMMANDS) | {"shows"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target, heading in LINK.findall(page.read_text("utf-8")):
        led_to = (page.parent / target).resolve() if target else page
        assert led_to.exists(), target
        if heading:
            headings = re.findall(r"^#+ (.+)$", led_to.read_text("utf-8"), re.MULTILINE)
            assert heading in {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}


QUERIES = re.findall(r"```sql\n(.*?)```", (ROOT / "docs" / "database.md").read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("query", QUERIES)
def test_every_query_of_the_database_page_finds_something_in_the_example(query: str, example: Path) -> None:
    with Store(example / "example.db") as store:
        assert store.execute(query).fetchall()


def test_every_path_that_contributing_names_is_there() -> None:
    named = re.findall(
        r"`((?:src|tests|docs|fixtures)/[^`* ]*)`", (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    )
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    linked = {(README.parent / target).resolve() for target, _ in LINK.findall(README.read_text("utf-8"))}
    assert {page.resolve() for page in PAGES} - linked == {README}


def test_the_readme_is_read_in_a_minute() -> None:
    assert len(README.read_text("utf-8").splitlines()) <= 150


def test_every_promise_names_tests_that_are_there() -> None:
    promised = (ROOT / "docs" / "promises.md").read_text("utf-8")
    promises = re.findall(r"^\* \*\*.*?(?=^\* |\Z)", promised, re.MULTILINE | re.DOTALL)
    assert len(promises) >= 5
    for promise in promises:
        named = re.findall(r"`(tests/\S+)`", promise)
        assert named, promise
        assert [name for name in named if not (ROOT / name).exists()] == []
