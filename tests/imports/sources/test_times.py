"""Times as people and spreadsheets write them; where a date could be two days, nothing is guessed."""

# ruff: noqa: DTZ001 - these are times without a zone
from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soma_audit.errors import InvalidInputError
from soma_audit.imports.record import BadRecordError
from soma_audit.imports.sources.times import Order, Times


def read(*texts: str, time_format: str | None = None, usual: Order | None = None) -> list[str]:
    """Look at all times of a file, and then read them."""
    times = Times(time_format, usual)
    for text in texts:
        times.look(text)
    times.settle("posts.csv")
    return [times.read(text).isoformat() for text in texts]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("12/31/2025 11:59 PM", "2025-12-31T23:59:00"),
        ("12/31/2025 11:59:30 p.m.", "2025-12-31T23:59:30"),
        ("12/31/2025, 12:05 AM", "2025-12-31T00:05:00"),
        ("31/12/2025 23:59", "2025-12-31T23:59:00"),
        ("31.12.2025 kl. 23.59", "2025-12-31T23:59:00"),
        ("31.12.2025 23:59:59", "2025-12-31T23:59:59"),
        ("1.2.2026 9:05", "2026-02-01T09:05:00"),
        ("31.12.25", "2025-12-31T00:00:00"),
        ("31-12-2025 23:59", "2025-12-31T23:59:00"),
        ("2025-12-31 23:59", "2025-12-31T23:59:00"),
        ("2025/12/31 23:59", "2025-12-31T23:59:00"),
        ("2025-12-31\u00a023:59", "2025-12-31T23:59:00"),
        ("2025-12-31T23:59:00+01:00", "2025-12-31T23:59:00+01:00"),
        ("1767222000", "2025-12-31T23:00:00+00:00"),
        ("1767222000123", "2025-12-31T23:00:00+00:00"),
        ("03/03/2026 09:14", "2026-03-03T09:14:00"),
    ],
)
def test_a_time_is_read_as_it_is_meant(text: str, meant: str) -> None:
    assert read(text) == [meant]


@pytest.mark.parametrize(
    ("others", "meant"), [("31/12/2025", "2026-04-03T00:00:00"), ("12/31/2025", "2026-03-04T00:00:00")]
)
def test_one_row_that_can_only_be_one_decides_for_all(others: str, meant: str) -> None:
    assert read("03/04/2026", others)[0] == meant


@pytest.mark.parametrize("texts", [["03/04/2026 09:14"], ["03/04/2026", "05/06/2026"], ["3-4-2026"]])
def test_where_no_row_decides_the_user_is_asked(texts: list[str]) -> None:
    with pytest.raises(InvalidInputError, match="--time-format '%d/%m/%Y %H:%M'"):
        read(*texts)


def test_where_rows_contradict_each_other_the_user_is_asked() -> None:
    with pytest.raises(InvalidInputError, match="no single format fits"):
        read("31/12/2025", "12/31/2025")


def test_a_maker_s_usual_way_counts_where_no_row_decides() -> None:
    assert read("03/04/2026", usual=Order.MONTH_FIRST) == ["2026-03-04T00:00:00"]
    assert read("03/04/2026", "31/12/2025", usual=Order.MONTH_FIRST)[0] == "2026-04-03T00:00:00"


@pytest.mark.parametrize(
    ("time_format", "text", "meant"),
    [
        ("%d/%m/%Y %H:%M", "03/04/2026 09:14", "2026-04-03T09:14:00"),
        ("%m/%d/%Y %I:%M %p", "03/04/2026 09:14 PM", "2026-03-04T21:14:00"),
        ("%Y%m%d%H%M%z", "202604030914+0200", "2026-04-03T09:14:00+02:00"),
    ],
)
def test_the_user_s_format_is_the_only_one(time_format: str, text: str, meant: str) -> None:
    assert read(text, time_format=time_format) == [meant]
    with pytest.raises(BadRecordError, match="is not written as"):
        Times(time_format).read("2026-04-03T09:14:00Z")


@pytest.mark.parametrize(
    "text", ["", "i går", "31.02.2026", "12/31/2025 13:00 PM", "99/99/2026", "25:00", "123"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(BadRecordError, match="is not a time that can be read"):
        Times().read(text)


@pytest.mark.parametrize(
    "written",
    [
        "%d.%m.%Y %H:%M:%S",
        "%d.%m.%Y kl. %H.%M.%S",
        "%Y-%m-%d %H:%M:%S",
        "%m/%d/%Y %I:%M:%S %p",
        "%d/%m/%Y %H:%M:%S",
    ],
)
@given(
    moments=st.lists(
        st.datetimes(min_value=datetime(2004, 2, 4), max_value=datetime(2090, 1, 1)).map(
            lambda m: m.replace(microsecond=0)
        ),
        min_size=1,
        max_size=5,
    )
)
def test_a_whole_file_in_one_format_comes_back(written: str, moments: list[datetime]) -> None:
    moments.append(datetime(2025, 12, 31, 23, 59, 1))  # by which the order is known
    assert read(*(m.strftime(written) for m in moments)) == [m.isoformat() for m in moments]
