"""Every sentence of the report stands in each language's catalogue, with the same values to fill in."""

from __future__ import annotations

import ast
import re
import string
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest
from jinja2 import Environment, nodes

from conftest import ROOT
from report.sample_figures import sample
from soma_audit.classify import RULES
from soma_audit.model import GAP_REASONS, LABELS, WALLS, Role, Stream, TokenKind
from soma_audit.report import html, terminal, wall_words, words
from soma_audit.report.figures import DIFI_2010
from soma_audit.report.language import CODES, MONTHS, language
from soma_audit.report.survival import FEW
from soma_audit.store.reported import SAID_BY_A_PERSON

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REPORT = ROOT / "src" / "soma_audit" / "report"
OTHERS = [code for code in CODES if code != "en"]
SAYING = {"say", "_say", "counted", "markup"}
"""What says the sentences among its arguments."""
SAYING_MACROS = {"share", "cut_note", "cards"}
RESULT_REASONS = {"nothing", "reason"}
"""Arguments of `rate` that are shown as they are."""
FROM_RULES = {
    *("a person", "a visitor's own words", "it is more than 90 days old", "it was unclear to whoever looked"),
    *("the Page's own team may always write", "who is not signed in may write nowhere", "unclear"),
    *("it stands under its post", "it names its account"),
}
"""Words that rules put into their messages."""


def in_templates() -> Iterator[str]:
    for file in sorted(REPORT.glob("*.html.j2")):
        tree = Environment(autoescape=True).parse(file.read_text("utf-8"))
        for call in tree.find_all(nodes.Call):
            name = getattr(call.node, "name", getattr(call.node, "attr", None))
            if name in SAYING | SAYING_MACROS:
                for argument in call.args:
                    for found in [argument, *argument.find_all(nodes.Const)]:
                        if isinstance(found, nodes.Const) and isinstance(found.value, str):
                            yield found.value


def constants(node: ast.AST) -> Iterator[str]:
    for found in ast.walk(node):
        if isinstance(found, ast.Constant) and isinstance(found.value, str):
            yield found.value


def calls(file: Path) -> Iterator[tuple[str | None, ast.Call]]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", getattr(node.func, "id", None)), node


def in_code() -> Iterator[str]:
    for file in sorted(REPORT.glob("*.py")):
        for name, call in calls(file):
            said = call.args if name in SAYING else []
            told = [k.value for k in call.keywords if name == "rate" and k.arg in RESULT_REASONS]
            for argument in (*said, *told):
                if not isinstance(argument, ast.Call):
                    yield from constants(argument)
    for node in ast.walk(ast.parse((REPORT / "tally.py").read_text("utf-8"))):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in {"why", "nothing"}:
            yield from constants(node.value)


def in_tables() -> Iterator[str]:
    yield from GAP_REASONS.values()
    yield from (rule.message for _, rule in RULES.values())
    yield from (words.WALL_LABELS.get(label, label) for w in WALLS for label in LABELS[f"wall.{w}"])
    for table in (
        words.KIND_NAMES,
        words.STATE_WORDS,
        words.FOUND,
        wall_words.QUESTIONS,
        wall_words.REPLY_WORDS,
    ):
        yield from table.values()
    yield from (*terminal.COLUMNS, terminal.LEGEND, words.UNCHECKED, SAID_BY_A_PERSON)
    yield from (stream.value.replace("_", " ") for stream in Stream)
    yield from (*(role.value for role in Role), *(kind.value for kind in TokenKind))
    yield from ("active", "dormant", "retired", "suspended", "protected", "the account", *FROM_RULES)
    yield from (DIFI_2010.when, DIFI_2010.caveat, FEW)


@cache
def sentences() -> frozenset[str]:
    """Every sentence that a report may have to say, by its English text."""
    found = {*in_templates(), *in_code(), *in_tables()}
    return frozenset(s for s in found if re.search(r"[A-Za-z]", s))


def values(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_there_are_many_sentences() -> None:
    assert len(sentences()) > 300
    assert "Who is waiting for an answer" in sentences()


@pytest.mark.parametrize("code", OTHERS)
def test_every_sentence_is_translated(code: str) -> None:
    assert sorted(sentences() - language(code).sentences.keys()) == []


@pytest.mark.parametrize("code", OTHERS)
def test_nothing_is_translated_that_nobody_says(code: str) -> None:
    assert sorted(language(code).sentences.keys() - sentences()) == []


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_has_the_same_values_forms_and_markup(code: str) -> None:
    wrong = [
        english
        for english, said in language(code).sentences.items()
        if values(english) != values(said)
        or english.count("|") != said.count("|")
        or sorted(re.findall(r"</?[a-z]+", english)) != sorted(re.findall(r"</?[a-z]+", said))
    ]
    assert wrong == []


def test_every_language_names_twelve_months() -> None:
    assert {code: len(names) for code, names in MONTHS.items()} == dict.fromkeys(CODES, 12)


@pytest.mark.parametrize(
    ("code", "number", "fraction", "date"),
    [
        ("en", "12,345", "3.5", "3 Mar 2026"),
        ("nb", "12\u202f345", "3,5", "3. mars 2026"),
        ("nn", "12\u202f345", "3,5", "3. mars 2026"),
    ],
)
def test_numbers_and_dates_have_the_languages_own_form(
    code: str, number: str, fraction: str, date: str
) -> None:
    said = language(code)
    assert (said.number(12345), said.fraction(3.5), said.date(2026, 3, 3)) == (number, fraction, date)


@pytest.mark.parametrize("code", CODES)
def test_a_report_can_be_written_in_each_language(code: str) -> None:
    figures = replace(sample(), language=code)
    page, screen = html.render(figures), terminal.render(figures)
    assert f'<html lang="{code}">' in page
    assert language(code).say("Who is waiting for an answer") in page
    assert language(code).say("No gap is known in what was read.") not in screen
