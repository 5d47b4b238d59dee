"""What spreadsheets do to cells, undone where it can be and refused where it cannot."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soma_audit.imports.record import BadRecordError
from soma_audit.imports.sources.cells import Ids, count_in, unguarded
from soma_audit.report.formats.csv import safe


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ('="1590000000000000001"', "1590000000000000001"),
        ("'1590000000000000001", "1590000000000000001"),
        (" 1590000000000000001 ", "1590000000000000001"),
        ("'100_501", "100_501"),
        ("100000000000000", "100000000000000"),
        ("1590000000000000010", "1590000000000000010"),
        ("file-5e884898da28", "file-5e884898da28"),
        ("", ""),
    ],
)
def test_an_id_is_read_without_its_guard(cell: str, kept: str) -> None:
    assert Ids().read(cell, "id") == kept


@pytest.mark.parametrize(
    "cell",
    [
        *("1.59E+18", "1,59E+18", "1.59e18", "2E+15", "'1.59E+18", '="1.59E+18"'),
        *("159000000000001000", "1590000000000010000", "123456789012345000", "100_123456789012345000"),
    ],
)
def test_a_rounded_id_is_refused(cell: str) -> None:
    with pytest.raises(BadRecordError, match="rounded by a spreadsheet"):
        Ids().read(cell, "id")


def test_an_id_that_ends_in_zeros_is_honest_where_others_of_its_column_do_not() -> None:
    ids = Ids()
    for cell in ("1590000000000000000", "1590000000000000001"):
        ids.look(cell, "id")
    assert ids.read("1590000000000000000", "id") == "1590000000000000000"
    with pytest.raises(BadRecordError):
        ids.read("1590000000000000000", "parent")


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("'=1+1", "=1+1"),
        ("'+47 22 33 44 55", "+47 22 33 44 55"),
        ("'@kari_test", "@kari_test"),
        ("'-", "-"),
        ('="Hei ""du"""', 'Hei "du"'),
        ("'n Abend", "'n Abend"),
        ("'", "'"),
        ("Hei", "Hei"),
        ("=1+1", "=1+1"),
    ],
)
def test_a_text_is_read_without_its_guard(cell: str, kept: str) -> None:
    assert unguarded(cell) == kept


@given(
    st.text(alphabet="=+-@'\"abc æ1", min_size=1, max_size=12).map(lambda t: " ".join(t.split())).filter(bool)
)
def test_what_our_own_export_guards_comes_back_as_it_was(text: str) -> None:
    if text[:1] != "'" and not text.startswith('="'):
        assert unguarded(safe(text)) == text


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        ("12", 12),
        ("1 234", 1234),
        ("1\u00a0234", 1234),
        ("1,234", 1234),
        ("1.234.567", 1234567),
        ("12,0", 12),
        ("12.00", 12),
        ("1.234,00", 1234),
        ("12,5", None),
        ("-3", None),
        ("1,2E+05", None),
        ("", None),
        (None, None),
    ],
)
def test_counts_are_read_with_any_marks(cell: str | None, count: int | None) -> None:
    assert count_in(cell) == count
