"""The package's own source, for the tests that read it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SOURCE = ROOT / "src" / "soma_audit"
MODULES = sorted(SOURCE.rglob("*.py"))


def place(module: Path) -> str:
    return module.relative_to(SOURCE).as_posix()


def within(modules: Sequence[Path]) -> pytest.MarkDecorator:
    """Return what runs a test on each of these modules."""
    return pytest.mark.parametrize("module", modules, ids=place)


def nodes(module: Path) -> Iterator[ast.AST]:
    yield from ast.walk(ast.parse(module.read_text("utf-8")))


def imports(module: Path) -> set[str]:
    """Return every name that is imported, with its module, also inside functions and for types only."""
    names = set()
    for node in nodes(module):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names
