"""Workbooks: rows come with the numbers that the spreadsheet shows, and what is made to do harm is refused unread."""

from __future__ import annotations

import io
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from soma_audit.errors import InvalidInputError
from soma_audit.imports.sheets import sheet_lines
from soma_audit.imports.sources import workbook
from soma_audit.imports.sources.workbook import workbook_rows

if TYPE_CHECKING:
    from pathlib import Path


def written(*rows: tuple[Any, ...]) -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(content: bytes, member: str, change: Any) -> bytes:
    """The same workbook with another content of a member, or one more."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        for name in [*names, *({member} - set(names))]:
            before = old.read(name) if name in names else b""
            new.writestr(name, change(before) if name == member else before)
    return out.getvalue()


def rows(folder: Path, content: bytes) -> list[tuple[int, tuple[object, ...]]]:
    (folder / "w.xlsx").write_bytes(content)
    return list(workbook_rows(folder / "w.xlsx", "w.xlsx"))


SHEET = "xl/worksheets/sheet1.xml"


def test_rows_have_the_spreadsheets_own_numbers(tmp_path: Path) -> None:
    found = rows(tmp_path, written(("a", "b"), (None, ""), (1, 2.5)))
    assert [(number, row[:2]) for number, row in found] == [(1, ("a", "b")), (3, (1, 2.5))]


def test_a_line_tells_its_empty_cells_too_and_the_header_may_stand_below_others(tmp_path: Path) -> None:
    (tmp_path / "w.xlsx").write_bytes(written(("A title",), ("Post", "Who", None), (" 1 ", None, "x")))
    (line,) = sheet_lines(tmp_path / "w.xlsx", {"post"})
    assert (line.number, line.cells) == (3, {"post": "1", "who": None})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
    ],
    ids=["a file elsewhere", "a text that grows"],
)
def test_entities_are_refused(tmp_path: Path, declared: str, encoding: str) -> None:
    def declare(text: bytes) -> bytes:
        sheet = text.decode().replace('<?xml version="1.0"?>', "")
        return f'<?xml version="1.0" encoding="{encoding}"?>{declared}{sheet}'.encode(encoding)

    with pytest.raises(InvalidInputError, match="declares entities"):
        rows(tmp_path, changed(written(("a",)), SHEET, declare))


def test_entities_are_found_where_one_reading_ends_and_the_next_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "_STEP", 8)
    with pytest.raises(InvalidInputError, match="declares entities"):
        rows(tmp_path, changed(written(("a",)), SHEET, lambda text: b"<!DOCTYPE x>" + text))


@pytest.mark.parametrize(
    ("member", "told"),
    [(SHEET, "would unpack to"), ("xl/media/more.bin", "would unpack to")],
    ids=["the sheet", "what nobody asks for"],
)
def test_what_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, member: str, told: str
) -> None:
    monkeypatch.setattr(workbook, "LONGEST", 1 << 18)
    with pytest.raises(InvalidInputError, match=told):
        rows(tmp_path, changed(written(("a",)), member, lambda text: text + b" " * (1 << 20)))


def test_what_unpacks_to_hundreds_of_times_its_size_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "SMALL", 1 << 18)
    with pytest.raises(InvalidInputError, match="would unpack to"):
        rows(tmp_path, changed(written(("a",)), SHEET, lambda text: text + b" " * (1 << 21)))


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MEMBERS", 3)
    with pytest.raises(InvalidInputError, match="would unpack to"):
        rows(tmp_path, written(("a",)))


def test_a_cell_far_out_is_passed_over_and_a_row_far_down_is_not(tmp_path: Path) -> None:
    far = b'<row r="1048576"><c r="A1048576"><v>1</v></c><c r="XFD1048576"><v>2</v></c></row></sheetData>'
    found = rows(tmp_path, changed(written(("a",)), SHEET, lambda text: text.replace(b"</sheetData>", far)))
    assert [(number, row[0], len(row)) for number, row in found] == [(1, "a", 100), (1_048_576, 1, 100)]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(written(("a",))[:-300], id="cut off"),
        pytest.param(changed(written(("a",)), SHEET, lambda text: text[:-20]), id="XML that breaks off"),
    ],
)
def test_what_is_damaged_is_told(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InvalidInputError, match="cannot be read as a workbook"):
        rows(tmp_path, content)


SOUND = written(("network", "handle", "post"), ("twitter", "a", "1"), ("twitter", "a", 2.5))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, len(SOUND) - 1), byte=st.integers(0, 255))
def test_a_byte_that_has_changed_never_ends_in_anything_but_a_sentence(
    tmp_path: Path, place: int, byte: int
) -> None:
    content = SOUND[:place] + bytes([byte]) + SOUND[place + 1 :]
    try:
        rows(tmp_path, content)
    except InvalidInputError as error:
        assert "w.xlsx" in str(error)  # noqa: PT017


def test_without_what_reads_workbooks_a_sentence_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(InvalidInputError, match=r"soma-audit\[xlsx\].*save the sheet as CSV"):
        rows(tmp_path, SOUND)
