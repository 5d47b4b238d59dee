"""Any table of posts: what its columns may be called, and what may stand in them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from collect.builders import PEOPLE, X_ACCOUNT
from imports.desk import ImportDesk
from soma_audit.errors import Exit, InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from soma_audit.imports import Imported

OSLO = ZoneInfo("Europe/Oslo")
WHOSE = [("twitter", X_ACCOUNT.handle)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ImportDesk]:
    with ImportDesk(tmp_path, format_="csv") as made:
        yield made


def take(
    desk: ImportDesk,
    text: str,
    *,
    columns: Mapping[str, str] | None = None,
    zone: ZoneInfo | None = OSLO,
    named: list[tuple[str, str]] | None = WHOSE,
    encoding: str = "utf-8",
    time_format: str | None = None,
) -> Imported:
    file = desk.file(text.encode(encoding), "posts.csv")
    return desk.take(file, named=named, timezone=zone, columns=columns, time_format=time_format)


def test_columns_called_as_in_our_own_format_need_no_naming(desk: ImportDesk) -> None:
    take(
        desk,
        "id,thread,parent,text,created_at,by_agency,kind,client,url,reply_settings,like,reply,share\n"
        "3,1,2,Hei,2026-03-02T09:14:00Z,true,comment,Web,https://x.com/eksempeletat/status/3,everyone,1,2,3\n",
    )
    columns = "native_id, thread, parent, text, created_at, by_agency, kind, client, permalink, reply_setting, counts"
    assert desk.posts(columns) == [
        (
            *("3", "1", "2", "Hei", "2026-03-02T09:14:00Z", 1, "comment", "Web"),
            *("https://x.com/eksempeletat/status/3", "everyone", '{"like":1,"reply":2,"share":3}'),
        )
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_columns_are_found_by_the_names_they_are_said_to_have(
    separator: str, encoding: str, desk: ImportDesk
) -> None:
    rows = [("Skrevet av", "TEKST", "Tid"), ("eksempeletat", "På norsk", "2026-03-02T09:14:00Z")]
    columns = {"text": "Tekst", "author": "Skrevet av", "created_at": "Tid"}
    take(desk, "\n".join(separator.join(row) for row in rows), columns=columns, encoding=encoding)
    assert desk.posts("text", "by_agency", "author") == [("På norsk", 1, "eksempeletat")]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2026-03-02T09:14:00Z", "2026-03-02T09:14:00Z"),
        ("2026-03-02 09:14", "2026-03-02T08:14:00Z"),
        ("2.3.2026 09:14", "2026-03-02T08:14:00Z"),
        ("02.07.2025 kl. 09.14", "2025-07-02T07:14:00Z"),
        ("02.03.2026 09:14:30", "2026-03-02T08:14:30Z"),
        ("2.3.2026", "2026-03-01T23:00:00Z"),
    ],
)
def test_times_are_read_as_people_write_them(written: str, kept: str, desk: ImportDesk) -> None:
    take(desk, f"text;created_at;by_agency\nHei;{written};ja\n")
    assert desk.one("created_at") == kept


def test_a_time_that_has_its_zone_needs_none_named(desk: ImportDesk) -> None:
    take(desk, "text,created_at,by_agency\nHei,2026-03-02T10:14:00+01:00,1\n", zone=None)
    assert desk.one("created_at") == "2026-03-02T09:14:00Z"


def test_a_time_without_zone_is_never_guessed(desk: ImportDesk) -> None:
    rows = "text,created_at,by_agency\nHei,2026-03-02T09:14:00Z,1\nHei,2026-03-02 09:14,1\n"
    with pytest.raises(InvalidInputError, match="--timezone"):
        take(desk, rows, zone=None)


@pytest.mark.parametrize(
    ("said", "by_agency"),
    [("ja", 1), ("TRUE", 1), ("x", 1), ("1", 1), ("nei", 0), ("0", 0), ("", 0), ("False", 0)],
)
def test_whether_it_was_the_agency_is_said_in_many_ways(said: str, by_agency: int, desk: ImportDesk) -> None:
    take(desk, f"text,created_at,by_agency\nHei,2026-03-02T09:14:00Z,{said}\n")
    assert desk.one("by_agency") == by_agency


@pytest.mark.parametrize(
    ("writer", "by_agency", "author"),
    [
        ("eksempeletat", 1, "eksempeletat"),
        ("@Eksempeletat", 1, "eksempeletat"),
        ("kari_test", 0, PEOPLE.author("twitter", "kari_test")),
        ("@kari_test", 0, PEOPLE.author("twitter", "kari_test")),
        ("", 0, None),
    ],
)
def test_or_told_by_the_writers_name(
    writer: str, by_agency: int, author: str | None, desk: ImportDesk
) -> None:
    take(desk, f"text,created_at,author\nHei,2026-03-02T09:14:00Z,{writer}\n")
    assert desk.posts("by_agency", "author") == [(by_agency, author)]


def test_or_said_of_all_rows_at_once(desk: ImportDesk) -> None:
    take(desk, "text,created_at\nHei,2026-03-02T09:14:00Z\n", columns={"by_agency": "yes"})
    assert desk.posts("by_agency", "author") == [(1, "eksempeletat")]


def test_a_column_that_is_called_yes_is_a_column(desk: ImportDesk) -> None:
    take(desk, "text,created_at,Yes\nHei,2026-03-02T09:14:00Z,nei\n", columns={"by_agency": "yes"})
    assert desk.one("by_agency") == 0


def test_a_table_of_several_accounts_names_them_itself(desk: ImportDesk) -> None:
    take(
        desk,
        "network,account,text,created_at,by_agency\n"
        "twitter,eksempeletat,Hei,2026-03-02T09:14:00Z,1\nfacebook,nabodep,Hei,2026-03-02T09:14:00Z,1\n",
        named=None,
    )
    assert sorted(desk.posts("network", "handle")) == [("facebook", "nabodep"), ("twitter", "eksempeletat")]


def test_without_ids_the_same_row_is_the_same_post(desk: ImportDesk) -> None:
    row = "Når?,2026-03-02T09:14:00Z,kari_test\n"
    assert take(desk, f"text,created_at,author\n{row}{row}").added.new == 1
    assert take(desk, f"text,created_at,author\n{row}").added.new == 0


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("Hei,i går,1,", "created_at is not a time"),
        ("Hei,31.02.2026,1,", "created_at is not a time"),
        ("Hei,2026-03-02T09:14:00Z,kanskje,", "by_agency must be true or false"),
        ("Hei,2026-03-02T09:14:00Z,1,mange", "counts must be whole numbers"),
        ("Hei,2026-03-02T09:14:00Z,1,1.5", "counts must be whole numbers"),
        ('Hei,2026-03-02T09:14:00Z,1,"3', "quotation mark"),
        ("Hei,2026-03-02T09:14:00Z,1,3,mer", "5 cells for 4 columns"),
    ],
)
def test_a_row_that_cannot_be_meant_is_kept_out_alone(row: str, why: str, desk: ImportDesk) -> None:
    good = "God,2026-03-02T09:14:00Z,1,3"
    result = take(desk, f"text,created_at,by_agency,like\n{good}1\n{row}\n{good}2\n")
    assert [line for _, line, _ in result.bad_lines] == [3]
    assert why in result.bad_lines[0][2]
    assert desk.outcome is Exit.PARTIAL
    assert len(desk.posts("id")) == 1  # the two good ones are the same words at the same time
    assert desk.one("counts") == '{"like":32}'


def test_nobody_is_named(desk: ImportDesk) -> None:
    take(
        desk,
        "text,created_at,author,url\n"
        '"@eksempeletat Ring 98 76 54 32 eller kari.test@post.example, @ola_prove",2026-03-02T09:14:00Z,kari_test,'
        "https://x.com/kari_test/status/7\n",
    )
    stored = desk.bytes()
    for name in (b"kari_test", b"kari.test", b"ola_prove", b"98 76 54 32"):
        assert name not in stored
    assert b"@eksempeletat" in stored


# --- what spreadsheets do -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", ["id", "thread", "parent"])
@pytest.mark.parametrize("cell", ["1.59E+18", '"1,59E+18"', "159000000000001000", "'1.59E+18"])
def test_a_row_with_a_rounded_id_is_kept_out(column: str, cell: str, desk: ImportDesk) -> None:
    cells = {"id": "2", "thread": "1", "parent": "1", column: cell}
    result = take(
        desk,
        "id,thread,parent,text,created_at,by_agency\n"
        f"{cells['id']},{cells['thread']},{cells['parent']},Hei,2026-03-02T09:14:00Z,1\n"
        "7,7,,Hei,2026-03-02T09:15:00Z,1\n",
    )
    assert desk.posts("native_id") == [("7",)]
    assert [(line, f"{column} was rounded by a spreadsheet" in why) for _, line, why in result.bad_lines] == [
        (2, True)
    ]


@pytest.mark.parametrize(
    "cell", ['"=""1590000000000000001"""', "'1590000000000000001", "1590000000000000001"]
)
def test_an_id_comes_in_without_its_guard(cell: str, desk: ImportDesk) -> None:
    take(desk, f"id,text,created_at,by_agency\n{cell},'=sum,2026-03-02T09:14:00Z,1\n")
    assert desk.posts("native_id", "text") == [("1590000000000000001", "=sum")]


@pytest.mark.parametrize("columns", [None, {"like": "Liker"}])
def test_a_column_that_stands_twice_is_refused(columns: dict[str, str] | None, desk: ImportDesk) -> None:
    name = "Liker" if columns else "text"
    table = f"{name},{name},text,created_at,by_agency\n1,2,Hei,2026-03-02T09:14:00Z,1\n"
    with pytest.raises(
        InvalidInputError, match=rf'several columns called .* --column text="{name.lower()} \(1\)"'
    ):
        take(desk, table, columns=columns)


def test_one_of_two_columns_of_a_name_can_be_chosen(desk: ImportDesk) -> None:
    table = "Tekst,Tekst,created_at,by_agency\nUtkast,Hei,2026-03-02T09:14:00Z,1\n"
    take(desk, table, columns={"text": "Tekst (2)"})
    assert desk.one("text") == "Hei"


@pytest.mark.parametrize("row", ["1,2026-03-02T09:14:00Z", "1", "1,2026-03-02T09:14:00Z,1"])
def test_a_row_with_too_few_cells_is_kept_out(row: str, desk: ImportDesk) -> None:
    result = take(desk, f"id,created_at,by_agency,text\n{row}\n2,2026-03-02T09:14:00Z,1,Hei\n")
    assert desk.posts("native_id") == [("2",)]
    assert "too few cells" in result.bad_lines[0][2]


def test_a_row_may_lack_what_nobody_needs(desk: ImportDesk) -> None:
    take(desk, "text,created_at,by_agency,like\nHei,2026-03-02T09:14:00Z,1\n")
    assert desk.posts("text") == [("Hei",)]


def test_a_title_and_a_total_are_told_and_no_fault(desk: ImportDesk) -> None:
    result = take(
        desk, "Eksport,mars 2026\n\ntext,created_at,by_agency\nHei,2026-03-02T09:14:00Z,1\nTotal,,\n"
    )
    assert desk.posts("text") == [("Hei",)]
    assert (desk.outcome, result.kept_out) == (Exit.DONE, {"totals": 1})


def test_a_date_that_could_be_two_days_is_asked_about_before_anything_is_taken_in(desk: ImportDesk) -> None:
    table = "text,created_at,by_agency\nHei,03/04/2025 09:14,1\n"
    with pytest.raises(InvalidInputError, match="--time-format"):
        take(desk, table)
    assert desk.posts("text") == []
    take(desk, table, time_format="%d/%m/%Y %H:%M")
    assert desk.one("created_at") == "2025-04-03T07:14:00Z"


def test_a_time_that_the_clocks_skipped_is_kept_out(desk: ImportDesk) -> None:
    result = take(desk, "text,created_at,by_agency\nHei,30.03.2025 02:30,1\nHei,30.03.2025 03:30,1\n")
    assert desk.posts("created_at") == [("2025-03-30T01:30:00Z",)]
    assert result.bad_lines[0][2] == "created_at is a time that the clocks of Europe/Oslo skipped"


def test_a_time_that_came_twice_is_the_first_of_both_and_told(desk: ImportDesk) -> None:
    result = take(desk, "text,created_at,by_agency\nHei,26.10.2025 02:30,1\nHei,26.10.2025 03:30,1\n")
    assert sorted(desk.posts("created_at")) == [("2025-10-26T00:30:00Z",), ("2025-10-26T02:30:00Z",)]
    assert (result.twice, result.bad) == (1, 0)
