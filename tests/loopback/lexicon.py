"""Bluesky's published schemas, where they are at hand: are requests, and the fake's answers, as they say?"""

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

FOLDER = Path(os.environ.get("LEXICONS") or Path(__file__).parents[3] / "shared" / "reference" / "lexicons")
HANDLE = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?\.)+[a-zA-Z](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
DID = r"did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]"
FORMATS = {
    "handle": HANDLE,
    "did": DID,
    "at-identifier": f"{DID}|{HANDLE}",
    "at-uri": rf"at://(?:{DID}|{HANDLE})(?:/[a-zA-Z0-9.-]+(?:/[\w.:~-]+)?)?",
    "datetime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)",
    "cid": r"b[a-z2-7]{58}",
    "uri": r"[a-z][a-z0-9+.-]*:\S+",
}
KINDS: dict[str, Any] = {"string": str, "boolean": bool, "integer": int, "array": list, "object": dict}

NOT_AT_HAND: dict[str, Mapping[str, Any]] = {
    "app.bsky.actor.searchActors": {
        "main": {
            "type": "query",
            "parameters": {
                "properties": {
                    "q": {"type": "string"},
                    "limit": {"type": "integer", "minimum": 1, "maximum": 100},
                    "cursor": {"type": "string"},
                }
            },
        }
    }
}
"""What is asked for and has no published schema in the folder."""


class Lexicons:
    """The schemas of the methods that are asked, and of what those answer."""

    def __init__(self, folder: Path = FOLDER) -> None:
        read = (json.loads(file.read_text("utf-8")) for file in sorted(folder.glob("*.json")))
        self._defs: dict[str, Mapping[str, Any]] = NOT_AT_HAND | {d["id"]: d["defs"] for d in read}

    def complaints(self, ask: Ask) -> Iterator[str]:
        """Say what is wrong with a request."""
        method = ask.path.rpartition("/")[2]
        main = self._defs.get(method, {}).get("main", {})
        if main.get("type") not in {"query", "procedure"}:
            yield f"{ask.path}: no such method"
            return
        if ask.method != ("GET" if main["type"] == "query" else "POST"):
            yield f"{ask.path}: not to be asked by {ask.method}"
        schema = main.get("parameters", {"properties": {}})
        known = schema["properties"]
        yield from (f"{ask.path}: no parameter {n}" for n in ask.every.keys() - known.keys())
        yield from (f"{ask.path}: {n} is missing" for n in schema.get("required", []) if n not in ask.every)
        for name in ask.every.keys() & known.keys():
            value: Any = [_read(known[name].get("items", known[name]), v) for v in ask.every[name]]
            if known[name]["type"] != "array":
                if len(value) > 1:
                    yield f"{ask.path}: {name} is said twice"
                value = value[0]
            yield from (f"{ask.path}: {w}" for w in self._wrong(known[name], value, name, method))
        if "input" in main:
            wrong = self._wrong(main["input"]["schema"], ask.sent, "input", method)
            yield from (f"{ask.path}: {w}" for w in wrong)

    def wrong(self, method: str, body: Any) -> Iterator[str]:
        """Say where an answer is not as the schema has it."""
        main = self._defs.get(method, {}).get("main", {})
        if "output" in main:
            yield from self._wrong(main["output"]["schema"], body, method, method)

    def post(self, record: Any) -> Iterator[str]:
        """Say where a post's record is not as the schema has it."""
        schema = self._defs["app.bsky.feed.post"]["main"]["record"]
        yield from self._wrong(schema, record, "record", "app.bsky.feed.post")

    def threadgate(self, record: Any) -> Iterator[str]:
        """Say the same of a record of who may reply."""
        schema = self._defs["app.bsky.feed.threadgate"]["main"]["record"]
        yield from self._wrong(schema, record, "record", "app.bsky.feed.threadgate")

    def _wrong(self, schema: Mapping[str, Any], value: Any, where: str, home: str) -> Iterator[str]:
        kind = schema["type"]
        of_another_kind = kind in KINDS and not isinstance(value, KINDS[kind])
        if of_another_kind or (kind == "integer" and isinstance(value, bool)):
            yield f"{where} is no {kind}: {value!r:.40}"
        elif kind == "ref":
            if found := self._find(schema["ref"], home):
                yield from self._wrong(found[0], value, where, found[1])
        elif kind == "union":
            yield from self._union(schema, value, where, home)
        elif kind == "object":
            yield from self._object(schema, value, where, home)
        elif kind == "array":
            if len(value) > schema.get("maxLength", len(value)):
                yield f"{where} has too many"
            for number, one in enumerate(value):
                yield from self._wrong(schema["items"], one, f"{where}[{number}]", home)
        elif wrong := _plain(schema, value):
            yield f"{where} {wrong}: {value!r:.60}"

    def _object(self, schema: Mapping[str, Any], value: Any, where: str, home: str) -> Iterator[str]:
        yield from (f"{where}.{n} is missing" for n in schema.get("required", []) if n not in value)
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                yield from self._wrong(inner, value[name], f"{where}.{name}", home)

    def _union(self, schema: Mapping[str, Any], value: Any, where: str, home: str) -> Iterator[str]:
        named = value.get("$type") if isinstance(value, dict) else None
        fitting = [r for r in schema["refs"] if _whole(r, home) in {named, f"{named}#main"}]
        if not fitting:
            yield f"{where} is none of the union: {named}"
        elif found := self._find(fitting[0], home):
            yield from self._wrong(found[0], value, where, found[1])

    def _find(self, ref: str, home: str) -> tuple[Mapping[str, Any], str] | None:
        """Follow a reference; what it leads to may not be at hand."""
        document, _, name = _whole(ref, home).partition("#")
        found = self._defs.get(document, {}).get(name or "main")
        return (found, document) if found and found["type"] != "token" else None


def _whole(ref: str, home: str) -> str:
    return home + ref if ref.startswith("#") else ref


def _plain(schema: Mapping[str, Any], value: Any) -> str:
    if schema["type"] == "integer" and not schema.get("minimum", 0) <= value <= schema.get("maximum", 2**53):
        return "is out of bounds"
    if schema["type"] == "boolean" and value is not schema.get("const", value):
        return "is another constant"
    if schema["type"] == "string":
        if len(value.encode()) > schema.get("maxLength", 10**9):
            return "is too long"
        if not re.fullmatch(FORMATS.get(schema.get("format", ""), r"(?s:.*)"), value):
            return f"is no {schema['format']}"
    return ""


def _read(schema: Mapping[str, Any], text: str) -> Any:
    """Read a parameter as its type says; what cannot be read stays text."""
    if schema["type"] == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    return {"true": True, "false": False}.get(text, text) if schema["type"] == "boolean" else text


@cache
def published() -> Lexicons | None:
    """Read the schemas once, if they are at hand."""
    return Lexicons() if FOLDER.is_dir() else None
