"""JSON in files, however it is spaced, packed, cut or spoilt: what is whole always comes, what is not is named."""

from __future__ import annotations

import gzip
import io
import json
import sys
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soma_audit.imports.record import Broken
from soma_audit.imports.sources.json import json_records, without_unstorable
from soma_audit.imports.sources.opened import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

MODULE: ModuleType = sys.modules[json_records.__module__]


@pytest.fixture(params=[7, 64, 1 << 20], ids=lambda size: f"blocks of {size}")
def blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MODULE, "_BLOCK", request.param)


def source(content: bytes) -> Source:
    return Source("a.json", datetime(2026, 3, 2, tzinfo=UTC), partial(_stream, content))


def _stream(content: bytes) -> Any:
    return io.BufferedReader(io.BytesIO(content))


def read(content: bytes) -> tuple[list[Any], list[tuple[int, str]]]:
    """What can be read of a file, and the lines of what cannot."""
    records = [(r.line, r.value) for r in json_records(source(content))]
    return (
        [v for _, v in records if not isinstance(v, Broken)],
        [(line, v.reason) for line, v in records if isinstance(v, Broken)],
    )


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["]", "[{", '"', "\\", "},\n{", "€😀"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
ENTRIES = st.lists(
    st.dictionaries(st.sampled_from(["id", "text", "x"]), VALUES, min_size=1, max_size=3), max_size=6
)
SPACES = st.sampled_from(["", " ", "\n", "\r\n", "\n\n  ", "\t"])


def whole(entries: list[Any]) -> list[Any]:
    """The entries with what no database takes replaced, as they come."""
    return [without_unstorable(e) for e in entries]


@pytest.mark.usefixtures("blocks")
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "packed"])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    "text",
    ['{"a": "å€😀"}\r\n{"a": 2}\r\n', '[{"a": "å€😀"},\n{"a": 2}]', 'INFO hei\n{"a": "å€😀"}\n{"a": 2}'],
)
def test_utf_16_as_windows_writes_it_is_read_too(
    text: str, order: str, pack: Callable[[bytes], bytes]
) -> None:
    codec, mark = ("utf-16-le", b"\xff\xfe") if order == "<" else ("utf-16-be", b"\xfe\xff")
    content = mark + text.encode(codec)
    assert read(pack(content))[0] == [{"a": "å€😀"}, {"a": 2}]


@st.composite
def containers(draw: st.DrawFn) -> tuple[list[Any], bytes]:
    """Some objects, and a file that holds them in one of the ways that files do."""
    entries = draw(ENTRIES)
    indent = draw(st.sampled_from([None, 0, 2]))
    ascii_only = draw(st.booleans())
    shape = draw(st.sampled_from(["list", "assigned", "statuses", "lines", "values", "lists"]))
    spell = partial(json.dumps, indent=indent, ensure_ascii=ascii_only)
    between = [draw(SPACES) for _ in entries]
    inside = ",".join(b + spell(e) for b, e in zip(between, entries, strict=True))
    if shape == "list":
        text = f"[{inside}\n]"
    elif shape == "assigned":
        text = f"window.YTD.tweets.part0 = [{inside}]"
    elif shape == "statuses":
        text = f'{{ "statuses":[{inside}], "search_metadata": {{"q": "]}}["}}}}'
    elif shape == "lines":
        text = "".join(
            f"{b.strip(' ')}{json.dumps(e, ensure_ascii=ascii_only)}\n"
            for b, e in zip(between, entries, strict=True)
        )
    elif shape == "values":
        text = "\n".join(spell(e) for e in entries)
    else:
        text = "\n".join(f"[{spell(e)}]" for e in entries)
    raw = text.encode(errors="surrogatepass").decode(errors="replace").encode()
    raw = draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + raw
    return entries, gzip.compress(raw, 1) if draw(st.booleans()) else raw


@pytest.mark.parametrize("size", [5, 1 << 20], ids=["small blocks", "one block"])
@settings(max_examples=60, deadline=None)
@given(made=containers())
def test_the_records_are_the_entries_in_every_kind_of_file(size: int, made: tuple[list[Any], bytes]) -> None:
    entries, content = made
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MODULE, "_BLOCK", size)
        found, bad = read(content)
    assert (found, bad) == (whole(entries), [])


NUMBERED = st.integers(3, 8).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n - 1)))
SPOIL = {
    "a bracket missing": lambda text: text[:-1],
    "a quote missing": lambda text: text.replace('"Nr', "Nr", 1),
    "a comma missing": lambda text: text.replace(",", " ", 1),
    "a value missing": lambda text: text.replace('"Nr', ',"Nr', 1),
    "cut in the middle": lambda text: text[: len(text) // 2],
    "nonsense": lambda _: "oops",
    "a control character": lambda text: text.replace("Nr", "N\x01r"),
}


@pytest.mark.parametrize("spoil", SPOIL.values(), ids=SPOIL)
@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("shape", ["list", "lines"])
def test_one_spoilt_entry_does_not_take_the_others_with_it(
    spoil: Any, indent: int | None, shape: str, blocks: None
) -> None:
    del blocks
    entries = [{"id": f"{n}", "text": f"Nr. {n}"} for n in range(6)]
    spelt = [json.dumps(e, indent=indent if shape == "list" else None) for e in entries]
    spelt[2] = spoil(spelt[2])
    content = "[\n" + ",\n".join(spelt) + "\n]" if shape == "list" else "\n".join(spelt)
    found, bad = read(content.encode())
    assert [e for e in found if e in entries] == entries[:2] + entries[3:]
    assert bad[0][0] == content[: content.index(spelt[2])].count("\n") + 1 if "oops" not in spelt[2] else bad


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_file_cut_anywhere_gives_all_that_is_whole_and_says_that_it_breaks_off(data: st.DataObject) -> None:
    entries = [{"id": f"{n}", "text": f"Nr. {n} æøå"} for n in range(5)]
    content = (
        b"window.YTD.tweets.part0 = "
        + json.dumps(entries, indent=data.draw(st.sampled_from([None, 1]))).encode()
    )
    at = data.draw(st.integers(27, len(content) - 1))
    found, bad = read(content[:at])
    complete = content[:at].count(b"}")
    assert (found, [why for _, why in bad]) == (entries[:complete], ["the file breaks off here"])


@pytest.mark.parametrize("kept", [0.3, 0.7, 0.99])
def test_a_packed_file_that_is_cut_says_so(kept: float) -> None:
    content = gzip.compress(json.dumps([{"id": f"{n * 7919}"} for n in range(2000)]).encode())
    found, bad = read(content[: int(len(content) * kept)])
    assert (0 < len(found) <= 2000, bad[-1][1]) == (True, "the file breaks off here")


def test_lines_are_counted_from_the_files_beginning(blocks: None) -> None:
    del blocks
    content = b'\xef\xbb\xbfwindow.x = [\n{"a":\n1},\n\n{"b": oops},\n{"a": 2}\n]\n'
    assert [(r.line, isinstance(r.value, Broken)) for r in json_records(source(content))] == [
        (2, False),
        (5, True),
        (6, False),
    ]


@pytest.mark.parametrize(
    "content",
    [b"", b" \n\n", b"\xef\xbb\xbf", b"[]", b"[ \n ]\n", b"window.x = []", b'{"statuses":[]}', b"[]\n[]\n"],
)
def test_an_empty_file_holds_nothing_and_is_no_damage(content: bytes) -> None:
    assert read(content) == ([], [])


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b'[{"a":1}]\n[{"a":2},{"a":3}]', [1, 2, 3]),
        (b'[{"a":1}]\n{"a":2}\n{"a":3}', [1, 2, 3]),
        (b'{"statuses":[{"a":1}],"m":{}}\n{"statuses":[]}\n{"statuses":[{"a":2}]}\n', [1, 2]),
        (b"[]\n" * 5000 + b'[{"a":1}]', [1]),
    ],
    ids=["lists", "a list and lines", "answers", "many empty lists"],
)
def test_what_follows_a_list_is_read_too(content: bytes, found: list[int], blocks: None) -> None:
    del blocks
    assert read(content) == ([{"a": n} for n in found], [])


def test_what_follows_a_list_and_is_none_is_named() -> None:
    assert read(b'[{"a":1}]\nthis is something else') == ([{"a": 1}], [(2, "is not JSON")])


def deep(levels: int) -> bytes:
    return b'{"a":' * levels + b"1" + b"}" * levels


@pytest.mark.parametrize(
    "value",
    [
        deep(2000),
        b"[" * 200_000,
        b"9" * 5000,
        deep(450).replace(b"1", b'"\\ud83d"'),
        b'{"a":"\xff"}',
        b"\0\0",
    ],
    ids=["deep", "only openings", "a huge number", "deep with half a character", "not UTF-8", "NUL"],
)
@pytest.mark.parametrize("shape", [b"%s\n%s\n%s\n", b"[%s,\n%s,\n%s]"], ids=["lines", "list"])
def test_what_is_hostile_does_not_take_the_others_with_it(value: bytes, shape: bytes) -> None:
    found, _ = read(shape % (b'{"a":1}', value, b'{"a":2}'))
    assert [v for v in found if v in ({"a": 1}, {"a": 2})] == [{"a": 1}, {"a": 2}]


def test_a_line_without_an_end_is_read_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MODULE, "LONGEST", 1 << 16)
    content = b'{"a":1}\n{"a":"' + b"x" * (10 << 20) + b'"}\n{"a":2}\n'
    found, bad = read(content)
    assert (found, [line for line, _ in bad]) == ([{"a": 1}, {"a": 2}], [2])


def test_a_long_line_that_is_sound_is_read() -> None:
    content = b'{"a":"' + b"x" * (10 << 20) + b'"}\n{"a":2}\n'
    found, bad = read(content)
    assert (len(found), bad) == (2, [])


@pytest.mark.parametrize(
    ("spelt", "kept"),
    [
        (r"\ud83d\ude00", "😀"),
        (r"\ud83d", "\ufffd"),
        (r"\ude00", "\ufffd"),
        (r"\ude00\ud83d", "\ufffd\ufffd"),
        (r"a\u0000b", "a\ufffdb"),
        (r"\\ud83d", r"\ud83d"),
        (r"\\\ud83d", "\\\ufffd"),
        (r"\uD83D\uDE00\uD83D", "😀\ufffd"),
    ],
)
@pytest.mark.parametrize("shape", ['{"a":"%s"}\n', '[{"a":"%s"}]', '{\n"a":"%s"\n}'])
def test_half_characters_and_nul_are_replaced(spelt: str, kept: str, shape: str) -> None:
    assert read((shape % spelt).encode()) == ([{"a": kept}], [])


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=60)
    | st.lists(
        st.sampled_from(
            [b"[", b"]", b"{", b"}", b'"', b",", b"\n", b"1", b"window.a =", b'{"a":1}', b'{"posts":[']
        ),
        max_size=12,
    ).map(b"".join)
)
def test_any_bytes_at_all_can_be_read(content: bytes) -> None:
    read(content)


def records_of(content: bytes) -> Iterator[Any]:
    yield from json_records(source(content))


def test_a_record_has_its_bytes_so_that_a_change_is_seen() -> None:
    one, other = (next(records_of(c)).raw for c in (b'[{"a":1}]', b'[{"a":2}]'))
    assert one != other
