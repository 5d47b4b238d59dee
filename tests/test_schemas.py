"""The JSON Schemas of the report and of the exchange format: what the program writes is what they say."""

from __future__ import annotations

import collections.abc
import datetime as dt
import json
from dataclasses import is_dataclass
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ConfigDict, TypeAdapter

from cli.conftest import Soma, example, example_in, soma
from conftest import ROOT, UPDATE
from report.sample_figures import sample
from soma_audit import model
from soma_audit.imports.formats.jsonl import COUNTS, KEYS, NEEDED
from soma_audit.networks import NETWORKS
from soma_audit.report.figures import channels, conduct, context, references
from soma_audit.report.figures import model as figures
from soma_audit.report.figures.public import public
from soma_audit.report.formats.json import SCHEMA, render

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["example", "soma"]

SCHEMAS = ROOT / "docs" / "schema"


def schema(name: str) -> Any:
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))


def of_report() -> dict[str, Any]:
    """The schema of the report, from the dataclasses that it is written from and what stands beside their fields."""
    modules = (model, channels, conduct, figures, context, references)
    known: dict[str, Any] = {"Mapping": collections.abc.Mapping, "datetime": dt.datetime, "date": dt.date}
    for module in modules:
        known |= {name: kind for name, kind in vars(module).items() if isinstance(kind, type)}
    for module in modules:  # what they import for the type checker only, pydantic needs as well
        vars(module).update({name: kind for name, kind in known.items() if name not in vars(module)})
    for kind in known.values():
        if is_dataclass(kind):
            setattr(kind, "__pydantic_config__", ConfigDict(use_attribute_docstrings=True))  # noqa: B010 - a type has no such field
    made = cleaned(TypeAdapter(figures.Figures).json_schema(mode="serialization"))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A report of soma-audit, version 1",
        **made,
        "properties": {"schema": {"const": SCHEMA}, **made["properties"]},
        "required": ["schema", *made["required"]],
    }


def cleaned(part: Any) -> Any:
    """Leave out what only repeats a name, and say that every key is always written."""
    if isinstance(part, list):
        return [cleaned(one) for one in part]
    if not isinstance(part, dict):
        return part
    kept = {k: cleaned(v) for k, v in part.items() if k not in {"default", "title"} or isinstance(v, dict)}
    if isinstance(kept.get("properties"), dict):
        kept["required"] = list(kept["properties"])
    return kept


def wrong(name: str, document: Any) -> list[str]:
    return [f"{e.json_path}: {e.message}" for e in Draft202012Validator(schema(name)).iter_errors(document)]


@pytest.mark.parametrize("name", ["report", "post"])
def test_is_a_schema_itself(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))


def test_of_the_report_is_made_from_its_dataclasses() -> None:
    text = json.dumps(of_report(), ensure_ascii=False, indent=1) + "\n"
    if UPDATE:
        (SCHEMAS / "report.schema.json").write_text(text, "utf-8")
    assert (SCHEMAS / "report.schema.json").read_text("utf-8") == text


@pytest.mark.parametrize("edition", [sample, lambda: public(sample())], ids=["internal", "public"])
def test_of_the_report_fits_both_editions(edition: Any) -> None:
    assert wrong("report", json.loads(render(edition()))) == []


def test_of_the_report_fits_the_example(example: Path) -> None:
    assert wrong("report", json.loads((example / "report.json").read_text("utf-8"))) == []


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda report: report | {"schema": 2}, "$.schema: 1 was expected"),
        (lambda report: report | {"posts_held": "many"}, "$.posts_held: 'many' is not of type 'integer'"),
        (lambda report: {k: v for k, v in report.items() if k != "gaps"}, "$: 'gaps' is a required property"),
    ],
    ids=["another version", "no number", "a key less"],
)
def test_of_the_report_notices(spoil: Any, said: str) -> None:
    assert wrong("report", spoil(json.loads(render(sample())))) == [said]


def test_of_a_post_has_the_keys_that_are_read() -> None:
    post = schema("post")
    assert (sorted(post["properties"]), post["required"]) == (sorted(KEYS), [*NEEDED])
    assert set(post["properties"]["counts"]["anyOf"][0]["properties"]) == {*COUNTS}
    assert post["properties"]["network"]["enum"] == sorted(NETWORKS)
    assert post["properties"]["kind"]["enum"] == [*(kind.value for kind in model.Kind), None]


def test_of_a_post_fits_every_post_that_is_exported(soma: Soma, tmp_path: Path) -> None:
    soma("run", "--quiet", "--config", example_in(tmp_path / "example"))
    lines = soma("export", "posts", "--config", tmp_path / "example" / "config.toml").out.splitlines()
    validator = Draft202012Validator(schema("post"))
    assert len(lines) > 1000
    assert [line for line in lines if not validator.is_valid(json.loads(line))] == []


@pytest.mark.parametrize(
    "change",
    [
        {"by_agency": "yes"},
        {"created_at": 5},
        {"network": "elsewhere"},
        {"id": ""},
        {"counts": {"like": "1"}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_of_a_post_refuses_what_an_import_keeps_out(change: dict[str, Any]) -> None:
    post = {"network": "twitter", "account": "etat", "id": "1", "created_at": "2026-03-02T09:14:00Z", "text": "Hei", "by_agency": True}  # fmt: skip
    assert wrong("post", post) == []
    assert len(wrong("post", post | change)) == 1
