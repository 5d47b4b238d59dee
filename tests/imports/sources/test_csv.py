"""Tables in files: in any encoding and with any separator that people have, row by row and past broken ones."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soma_audit.imports.record import Broken, NotARow
from soma_audit.imports.sources.csv import csv_records, header_of, repeated
from soma_audit.imports.sources.opened import Source

NAMES = ["id", "text", "likes"]


def source(content: bytes) -> Source:
    return Source("a.csv", datetime(2026, 3, 2, tzinfo=UTC), partial(_stream, content))


def _stream(content: bytes) -> Any:
    return io.BufferedReader(io.BytesIO(content))


def read(content: bytes) -> tuple[list[list[str]], list[tuple[int, str]]]:
    """The rows that can be read, and the lines of those that cannot."""
    records = list(csv_records(source(content)))
    return (
        [[*r.value.values()] for r in records if not isinstance(r.value, Broken | NotARow)],
        [(r.line, r.value.reason) for r in records if isinstance(r.value, Broken)],
    )


def written(rows: list[list[str]], separator: str = ",", encoding: str = "utf-8", end: str = "\r\n") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator=end).writerows([NAMES, *rows])
    return text.getvalue().encode(encoding)


def cells(encoding: str) -> st.SearchStrategy[str]:
    """What may stand in a cell of such a file."""
    letters = "abcæøåÆØÅ é,;\t\"'\n€–" + ("" if encoding == "cp1252" else "😀áŋš中")
    return st.text(alphabet=letters, max_size=12)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_what_a_spreadsheet_writes_is_read_as_it_was(encoding: str, data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.lists(cells(encoding), min_size=3, max_size=3).filter(any), max_size=6))
    if encoding == "cp1252":  # a byte that is no UTF-8 must be near enough to the beginning to be seen
        rows.insert(0, ["1", "blåbær", "0"])
    content = written(
        rows,
        data.draw(st.sampled_from([",", ";", "\t"])),
        encoding,
        data.draw(st.sampled_from(["\n", "\r\n"])),
    )
    content = gzip.compress(content, 1) if data.draw(st.booleans()) else content
    assert read(content) == (rows, [])


@pytest.mark.parametrize(
    "rows", [[["", "", ";a,;"], ["", "", ";a,;"], ["", "", ";;,"]], [["\t\t", "a\t\t", "a\t\t"]]]
)
def test_separators_inside_cells_do_not_decide(rows: list[list[str]]) -> None:
    assert read(written(rows)) == (rows, [])


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_names_of_the_columns_are_known_from_the_beginning(separator: str, encoding: str) -> None:
    assert header_of(written([], separator, encoding)) == ("id", "text", "likes")


GOOD = ["1,Hei,0", '2,"Hei, du",0', '3,"to\nlinjer",0']
BAD = {
    "a stray quote in the middle": ('7,"Hei" du,0', "quotation mark"),
    "too many cells": ("7,Hei,0,1", "4 cells for 3 columns"),
    "too many cells, quoted": ('7,"a",b,"c"', "4 cells for 3 columns"),
}


@pytest.mark.parametrize(("bad", "reason"), BAD.values(), ids=BAD)
@pytest.mark.parametrize("place", range(4))
def test_a_bad_row_is_kept_out_alone_with_its_line(bad: str, reason: str, place: int) -> None:
    lines = ["id,text,likes", *GOOD[:place], bad, *GOOD[place:]]
    found, named = read("\n".join(lines).encode())
    assert found == [["1", "Hei", "0"], ["2", "Hei, du", "0"], ["3", "to\nlinjer", "0"]]
    assert [line for line, _ in named] == ["\n".join(lines[: place + 1]).count("\n") + 2]
    assert reason in named[0][1]


@pytest.mark.parametrize("lines_after", [1, 200, 20_000], ids=str)
def test_a_quote_that_is_never_closed_takes_no_other_row(lines_after: int) -> None:
    after = [f"{n},Hei,0" for n in range(lines_after)]
    found, named = read("\n".join(["id,text,likes", '7,"Hei,0', *after]).encode())
    assert (len(found), [line for line, _ in named]) == (lines_after, [2])


def test_lines_are_counted_through_cells_of_many_lines() -> None:
    content = 'id,text,likes\n1,"a\nb\nc",0\n\n2,b,0,9\n"3","\n",0\n4,d,0,9\n'
    assert [(r.line, isinstance(r.value, Broken)) for r in csv_records(source(content.encode()))] == [
        (2, False),
        (6, True),
        (7, False),
        (9, True),
    ]


def test_cells_that_are_missing_at_the_end_are_only_missing() -> None:
    assert next(csv_records(source(b"id,text,likes\n1,Hei\n"))).value == {"id": "1", "text": "Hei"}


@pytest.mark.parametrize("content", [b"", b"\n\n", b"id,text\n", b"\xef\xbb\xbf", b"\xff\xfe", b",,\n,,\n"])
def test_a_table_without_rows_holds_nothing(content: bytes) -> None:
    assert read(content) == ([], [])


@pytest.mark.parametrize("kept", [0.4, 0.9, 0.999])
def test_a_packed_table_that_is_cut_gives_what_it_has_and_says_so(kept: float) -> None:
    content = gzip.compress(written([[str(n * 7919), "Hei", "0"] for n in range(3000)]))
    found, named = read(content[: int(len(content) * kept)])
    assert (len(found) > 500, named[-1][1]) == (True, "the file breaks off here")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=80) | st.text(alphabet='a,;\t"\n\r\0æ', max_size=60).map(str.encode))
def test_any_bytes_at_all_can_be_read(content: bytes) -> None:
    read(content)
    header_of(content)


TABLE = "id,text,likes\n1,Hei,0\n2,Ha det,1\n3,Hallo,2\n"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param("Rapport for mars\n" + TABLE, [], id="a title above"),
        pytest.param("Rapport,mars\n\n" + TABLE, [], id="a title of two cells, and a blank line"),
        pytest.param(",,\nRapport for mars,,\n,,\n" + TABLE, [], id="a title with empty cells"),
        pytest.param("\n\n" + TABLE, [], id="blank lines above"),
        pytest.param("sep=,\n" + TABLE, [], id="the separator in a line of its own"),
        pytest.param(TABLE + "Total,,3\n", ["totals"], id="a total"),
        pytest.param(TABLE + "\nSum:,,3\n", ["totals"], id="a sum"),
        pytest.param(TABLE + "I alt 3 innlegg,,\n", ["totals"], id="a Norwegian total"),
        pytest.param(
            TABLE.replace("3,H", "id,text,likes\n3,H"),
            ["header rows that stand between the others"],
            id="two files put together",
        ),
        pytest.param(TABLE.replace("\n", "\r"), [], id="line ends of an old Mac"),
    ],
)
def test_what_stands_around_a_table_is_none_of_its_rows(content: str, told: list[str]) -> None:
    records = [r.value for r in csv_records(source(content.encode()))]
    assert [v for v in records if isinstance(v, dict)] == [
        {"id": "1", "text": "Hei", "likes": "0"},
        {"id": "2", "text": "Ha det", "likes": "1"},
        {"id": "3", "text": "Hallo", "likes": "2"},
    ]
    assert [v.what for v in records if isinstance(v, NotARow)] == told
    assert header_of(content.encode()) == ("id", "text", "likes")


@pytest.mark.parametrize("text", ["Total rot", "Summen av alt", "I alt for mye"])
def test_a_post_that_begins_like_a_total_is_a_row(text: str) -> None:
    content = f"text,id,likes\n{text},1,0\n"
    assert [r.value for r in csv_records(source(content.encode()))] == [
        {"text": text, "id": "1", "likes": "0"}
    ]


def test_a_name_over_two_columns_is_numbered() -> None:
    content = b"Tekst,id,tekst\nHei,1,Ha det\n"
    assert header_of(content) == ("Tekst (1)", "id", "tekst (2)")
    assert [r.value for r in csv_records(source(content))] == [
        {"Tekst (1)": "Hei", "id": "1", "tekst (2)": "Ha det"}
    ]
    assert repeated(header_of(content)) == {"tekst"}
