"""Who may import whom, read from the source: the architecture is what this test says."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

import pytest

from conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = ROOT / "src" / "soma_audit"
MODULES = sorted(SOURCE.rglob("*.py"))

ROOTS = {"model", "office_hours", "errors", "config", "register", "text_files", "networks"}
STAGES = {"collect", "classify", "report"}
HOMES = {
    "tweepy": {"collect/twitter.py"},
    "facebook": {"collect/facebook.py"},
    "httpx": {"collect/transport.py"},
    "requests": set[str](),
    "sqlite_utils": {"store/connection.py", "store/migrations.py"},
    "sqlite3": {"store/connection.py", "store/reported.py", "cli/faults.py"},
    "pydantic": {"config.py"},
    "pydantic_core": {"config.py"},
    "holidays": {"config.py"},
    "phonenumbers": {"collect/numbers.py", "config.py"},
    "stdnum": {"collect/numbers.py"},
    "jinja2": {"report/html.py"},
    "xlsxwriter": {"report/xlsx.py"},
}
"""Each third-party library's only homes; click and rich live in whole folders."""
FOLDERS = {"click": ("cli",), "rich": ("cli", "report/terminal.py")}
RENDERERS = {
    "terminal",
    "html",
    "json",
    "csv",
    "xlsx",
    "sheets",
    "markdown",
    "text",
    "words",
    "wall_words",
    "language",
}
SEEN_BY_RENDERERS = tuple(
    f"report.{name}"
    for name in (
        "text",
        "lines",
        "context_lines",
        "words",
        "wall_words",
        "language",
        "sheets",
        "charts",
        "references",
    )
)


def place(module: Path) -> str:
    return module.relative_to(SOURCE).as_posix()


def imports(module: Path) -> set[str]:
    """Every module named in an import, also inside functions and for types only."""
    names = set()
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module or ""}
    return names


def ours(module: Path) -> set[str]:
    return {n.removeprefix("soma_audit.") for n in imports(module) if n.startswith("soma_audit.")}


def room(name: str) -> str:
    return name.partition(".")[0]


@pytest.mark.parametrize("module", MODULES, ids=place)
def test_a_library_is_imported_in_its_home_only(module: Path) -> None:
    libraries = {n.partition(".")[0] for n in imports(module)}
    strays = {lib for lib in libraries & HOMES.keys() if place(module) not in HOMES[lib]}
    strays |= {lib for lib in libraries & FOLDERS.keys() if not place(module).startswith(FOLDERS[lib])}
    assert strays == set()


@pytest.mark.parametrize("module", MODULES, ids=place)
def test_nobody_puts_another_filter_in_a_transports_place(module: Path) -> None:
    assigned = {
        node.attr
        for node in ast.walk(ast.parse(module.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del)
    }
    assert "scrub" not in assigned


@pytest.mark.parametrize("module", MODULES, ids=place)
def test_imports_go_downwards(module: Path) -> None:
    rooms = {room(n) for n in ours(module)}
    here = place(module).partition("/")[0].removesuffix(".py")
    allowed = {
        "cli": rooms,
        "store": {"store", "model", "office_hours", "networks", "errors", "__version__"},
        "__main__": {"cli"},
    }.get(here, ROOTS | {"__version__"})
    if here in STAGES:
        allowed = ROOTS | {"store", here, "__version__"}
    assert rooms <= allowed


@pytest.mark.parametrize(
    "module", [m for m in MODULES if place(m).startswith("classify/") and m.name != "__init__.py"], ids=place
)
def test_rules_and_classifiers_see_no_store(module: Path) -> None:
    assert {room(n) for n in ours(module)} <= {"model", "office_hours", "networks", "classify"}


@pytest.mark.parametrize(
    "module", [m for m in MODULES if m.parent.name == "report" and m.stem in RENDERERS], ids=place
)
def test_renderers_see_no_store(module: Path) -> None:
    seen = {n for n in ours(module) if room(n) not in {"model", "networks", "__version__"}} - {"report"}
    if module.stem == "sheets":  # its accounts are those of the CSV, column by column
        seen -= {"report.csv", "report.csv.HEADER", "report.csv.row"}
    assert {n for n in seen if not n.startswith(SEEN_BY_RENDERERS)} == set()


@pytest.mark.parametrize(
    "module", [m for m in MODULES if place(m).startswith(("classify/", "report/"))], ids=place
)
def test_classifiers_and_reports_read_no_clock(module: Path) -> None:
    called = {
        node.func.attr
        for node in ast.walk(ast.parse(module.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert called & {"now", "today", "utcnow", "time_ns", "perf_counter"} == set()


class TestSize:
    """A reader's comfort, measured."""

    @pytest.mark.parametrize("module", MODULES, ids=place)
    def test_no_module_is_longer_than_400_lines(self, module: Path) -> None:
        assert module.read_text("utf-8").count("\n") <= 400

    @pytest.mark.parametrize("module", MODULES, ids=place)
    def test_no_function_is_longer_than_50_lines(self, module: Path) -> None:
        functions = [
            n for n in ast.walk(ast.parse(module.read_text("utf-8"))) if isinstance(n, ast.FunctionDef)
        ]
        assert [f.name for f in functions if (f.end_lineno or 0) - f.lineno >= 50] == []


def test_no_distribution_takes_urllib3s_place() -> None:
    from importlib.metadata import distributions

    names = {str(d.metadata["Name"]).lower() for d in distributions()}
    assert names & {"niquests", "urllib3-future"} == set()


def test_runs_on_the_python_that_it_promises() -> None:
    assert sys.version_info >= (3, 11)
