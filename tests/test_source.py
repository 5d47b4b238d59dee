"""What the source keeps to, read from it: no clock where figures are made, a reader's comfort, no stranger's names."""

from __future__ import annotations

import ast
import sys
from importlib.metadata import distributions
from typing import TYPE_CHECKING

from source import MODULES, imports, nodes, place, within

if TYPE_CHECKING:
    from pathlib import Path

CLOCKS = {"now", "today", "utcnow", "time_ns", "perf_counter"}


@within([module for module in MODULES if place(module).startswith(("classify/", "report/"))])
def test_what_judges_and_reports_reads_no_clock(module: Path) -> None:
    called = {
        n.func.attr for n in nodes(module) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)
    }
    assert called & CLOCKS == set()


@within(MODULES)
def test_nobody_replaces_what_takes_people_out_of_answers(module: Path) -> None:
    assigned = {
        n.attr
        for n in nodes(module)
        if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store | ast.Del)
    }
    assert "scrub" not in assigned


@within(MODULES)
def test_no_private_name_is_imported(module: Path) -> None:
    last = {name.rpartition(".")[2] for name in imports(module) if name.startswith("soma_audit.")}
    assert {name for name in last if name.startswith("_") and name != "__version__"} == set()


@within(MODULES)
def test_a_module_has_at_most_400_lines_and_a_function_50(module: Path) -> None:
    functions = [n for n in nodes(module) if isinstance(n, ast.FunctionDef)]
    assert module.read_text("utf-8").count("\n") <= 400
    assert [f.name for f in functions if (f.end_lineno or 0) - f.lineno >= 50] == []


def test_no_distribution_takes_the_place_of_urllib3() -> None:
    assert {str(d.metadata["Name"]).lower() for d in distributions()} & {
        "niquests",
        "urllib3-future",
    } == set()


def test_runs_on_the_python_that_it_promises() -> None:
    assert sys.version_info >= (3, 11)
