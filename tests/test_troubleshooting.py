"""Whatever the program says when something is wrong is found in Troubleshooting, and nothing else is."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

from conftest import ROOT
from soma_audit.labels import GAP_REASONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = ROOT / "docs" / "troubleshooting.md"
SOURCES = sorted((ROOT / "src").rglob("*.py"))
FILLED = "\0"
"""Stands in a message for what is filled in when it is said."""
OURS = re.compile(r"_?[A-Z]\w*Error")
"""What is raised with a sentence for a person: our own errors, and click's for a wrong use."""
MISTAKES = {"wrong", "fail"}
"""Functions that take a sentence on a mistake: in a line of the register, in an option."""
LISTED = ("warnings.append", "mistakes.append", "wrong.append")
ONLY_CAUGHT = {"TryAgainError", "WaitError", "TooMuchError", "UnknownWordError", "_PassedOnError"}
"""Errors that never reach a person as they are: a request is made again, or another error takes over their words."""
A_FAULT_OF_OURS = {
    "does not hold all of the report",  # XlsxWriter has left something out: it comes as an unexpected error
    "the statement the columns",  # a statement and the row's class do not fit: nobody meets it but in a test
    "the answer does not speak of a token",  # caught where it is asked what kind of token it is
}


@cache
def fragments() -> tuple[str, ...]:
    """Return the parts of messages that the page shows, which stand in quotation marks in its first column."""
    rows = [row.split(" | ")[0] for row in PAGE.read_text("utf-8").splitlines() if row.startswith("| ")]
    return tuple(fragment for row in rows for fragment in re.findall(r'"([^"]+)"', row))


def spoken(node: ast.AST) -> str:
    """Return the words of a text, with a mark for everything that is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(map(spoken, node.values))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return spoken(node.left) + spoken(node.right)
    if isinstance(node, ast.FormattedValue):
        return spoken(node.value)
    if isinstance(node, ast.IfExp):
        return f"{FILLED}{spoken(node.body)}{FILLED}{spoken(node.orelse)}{FILLED}"
    return FILLED


def meant(argument: ast.expr, function: ast.AST) -> Iterator[ast.expr]:
    """Yield what an argument can be: itself, or whatever the function has put under its name before."""
    if isinstance(argument, ast.IfExp):
        yield from meant(argument.body, function)
        yield from meant(argument.orelse, function)
    elif isinstance(argument, ast.Name):
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and node.lineno < argument.lineno:
                yield from _given_to(argument.id, node.targets[0], node.value)
    else:
        yield argument


def _given_to(name: str, target: ast.expr, value: ast.expr) -> Iterator[ast.expr]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, other in zip(target.elts, value.elts, strict=True):
            yield from _given_to(name, one, other)
    elif isinstance(target, ast.Name) and target.id == name:
        yield value


def said_in(call: ast.Call) -> list[ast.expr]:
    """Return the arguments of a call that a person reads when something is wrong."""
    function = ast.unparse(call.func)
    called = function.rpartition(".")[2]
    if called == "Check":
        is_well = any(ast.unparse(keyword.value) == "State.OK" for keyword in call.keywords)
        return [] if is_well else [keyword.value for keyword in call.keywords if keyword.arg == "seen"]
    if (OURS.fullmatch(called) and called not in ONLY_CAUGHT) or called in MISTAKES:
        return [argument for argument in call.args if not isinstance(argument, ast.Starred)]
    return list(call.args) if function.endswith(LISTED) else []


def messages(file: Path) -> Iterator[tuple[str, int]]:
    """Yield what a file says when something is wrong, with the line where it is said."""
    tree = ast.parse(file.read_text("utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    within = {
        id(node): function for function in functions for node in ast.walk(function)
    }  # the innermost comes last
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for argument in said_in(node):
                for one in meant(argument, within.get(id(node), tree)):
                    text = spoken(one)
                    if len(re.findall(r"\w+", text)) > 1:  # a gap's reason is one word
                        yield text, node.lineno


SAID = [
    pytest.param(text, id=f"{file.relative_to(ROOT / 'src' / 'soma_audit')}:{line}")
    for file in SOURCES
    for text, line in messages(file)
    if not any(fault in text for fault in A_FAULT_OF_OURS)
]


@pytest.mark.parametrize("message", [*SAID, *GAP_REASONS.values()])
def test_every_message_is_found_in_troubleshooting(message: str) -> None:
    assert [fragment for fragment in fragments() if fragment in message]


def test_the_messages_in_the_troubleshooting_are_the_program_s() -> None:
    texts = [
        node.value
        for file in SOURCES
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert fragments()
    assert [fragment for fragment in fragments() if not any(fragment in text for text in texts)] == []


def test_every_exception_from_this_is_still_needed() -> None:
    said = [text for file in SOURCES for text, _ in messages(file)]
    assert [fault for fault in A_FAULT_OF_OURS if not any(fault in text for text in said)] == []
