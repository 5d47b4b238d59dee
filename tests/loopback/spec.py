"""X's official specification, where it is at hand: is a request one that X has promised to understand?"""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from loopback.world import Ask

FILE = Path(
    os.environ.get("X_OPENAPI") or Path(__file__).parents[3] / "shared" / "reference" / "x-openapi-2.167.json"
)
OLD_WORDS = {"tweet.fields"}
"""The specification is written in the new dialect; a request in the old one is checked in all other respects."""


class Spec:
    """The specification's GET requests."""

    def __init__(self, file: Path = FILE) -> None:
        document = json.loads(file.read_text("utf-8"))
        self._parts = document["components"]
        self._paths = {
            re.compile(re.sub(r"{\w+}", "([^/]+)", path)): [self._look(p) for p in kinds["get"]["parameters"]]
            for path, kinds in document["paths"].items()
            if "parameters" in kinds.get("get", {})
        }

    def complaints(self, ask: Ask) -> Iterator[str]:
        """Say what is wrong with a request."""
        fitting = [(m, p) for path, p in self._paths.items() if (m := path.fullmatch(ask.path))]
        if not fitting:
            yield f"{ask.path}: no such path"
            return
        match, parameters = min(fitting, key=lambda f: len(f[0].groups()))
        given = dict(ask.params)
        inside = [p["name"] for p in parameters if p["in"] == "path"]
        given |= zip(inside, match.groups(), strict=True)
        known = {p["name"]: p for p in parameters}
        old = OLD_WORDS & given.keys()
        yield from (f"{ask.path}: no parameter {name}" for name in given.keys() - known.keys() - old)
        yield from (
            f"{ask.path}: {n} is missing" for n, p in known.items() if p.get("required") and n not in given
        )
        for name in given.keys() & known.keys() - ({"expansions"} if old else set()):
            for wrong in self._wrong(known[name]["schema"], given[name]):
                yield f"{ask.path}: {name}={given[name]}: {wrong}"

    def _wrong(self, schema: Mapping[str, Any], value: str) -> Iterator[str]:
        schema = self._look(schema)
        if schema.get("type") == "array":
            words = value.split(",")
            if len(set(words)) < len(words):
                yield "says a word twice"
            if not schema.get("minItems", 0) <= len(words) <= schema.get("maxItems", len(words)):
                yield "has too many or too few words"
            for word in words:
                yield from self._wrong(schema["items"], word)
        elif schema.get("type") == "integer":
            if not schema.get("minimum", 0) <= int(value) <= schema.get("maximum", 2**63):
                yield "is out of bounds"
        elif value not in schema.get("enum", [value]):
            yield f"{value} is none of its words"
        elif not re.search(schema.get("pattern", ""), value):
            yield "does not fit its pattern"
        elif not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
            yield "is too long or too short"

    def _look(self, part: Mapping[str, Any]) -> Mapping[str, Any]:
        """Follow a reference."""
        if "$ref" not in part:
            return part
        kind, name = part["$ref"].split("/")[-2:]
        found: Mapping[str, Any] = self._parts[kind][name]
        return found


@cache
def official() -> Spec | None:
    """Read the specification once, if it is at hand."""
    return Spec() if FILE.exists() else None
