"""Business Suite's table: columns are found by name in two languages, rounded ids are refused, times need a zone."""

from __future__ import annotations

import csv
import gzip
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from collect.builders import PAGE, rows
from imports.desk import ImportDesk, as_table, as_zip
from soma_audit.errors import Exit, InvalidInputError
from soma_audit.model import Account

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from soma_audit.imports import Imported

OSLO = ZoneInfo("Europe/Oslo")
NEIGHBOUR = Account(agency="nabo", network="facebook", handle="nabodep", native_id="900")
HEADER = (
    "Post ID,Page ID,Page name,Title,Description,Duration (sec),Publish time,Caption type,Permalink,Is crosspost,"
    'Is share,Post type,Languages,Custom labels,Funded content status,Data comment,Date,Views,Reach,"Reactions, Comments'
    ' and Shares",Reactions,Comments,Shares,Total clicks'
)
NAMES = next(csv.reader([HEADER]))
NORWEGIAN = {
    "Post ID": "Innleggs-ID",
    "Page ID": "Side-ID",
    "Page name": "Sidenavn",
    "Title": "Tittel",
    "Description": "Beskrivelse",
    "Publish time": "Publiseringstidspunkt",
    "Permalink": "Permalenke",
    "Is share": "Er deling",
    "Post type": "Innleggstype",
    "Date": "Dato",
    "Reactions": "Reaksjoner",
    "Comments": "Kommentarer",
    "Shares": "Delinger",
}


def a_row(**more: str) -> dict[str, str]:
    told = {
        "Post ID": "501",
        "Page ID": "100",
        "Page name": "Eksempeletaten",
        "Description": "Fristen er 1. mai.\nLes mer.",
        "Publish time": "03/02/2026 01:14",
        "Permalink": "https://www.facebook.com/100/posts/501",
        "Is crosspost": "0",
        "Is share": "0",
        "Post type": "Photos",
        "Date": "Lifetime",
        "Reactions, Comments and Shares": "17",
        "Reactions": "12",
        "Comments": "2",
        "Shares": "3",
    }
    return {**dict.fromkeys(NAMES, ""), **told, **{k.replace("_", " "): v for k, v in more.items()}}


class Suite(ImportDesk):
    """Takes tables, whose times are those of Oslo."""

    def table(self, content: bytes, name: str = "content.csv", **how: Any) -> Imported:
        return self.take(self.file(content, name), **{"timezone": OSLO, **how})

    def rows(self, *written: dict[str, str], **how: Any) -> Imported:
        return self.table(as_table(*written), **how)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Suite]:
    with Suite(tmp_path, PAGE, NEIGHBOUR) as made:
        yield made


# --- what goes in ---


def test_a_row_with_all_columns_is_kept_whole(desk: Suite) -> None:
    result = desk.rows(a_row())
    columns = (
        "native_id, thread, parent, kind, text, by_agency, author, client, permalink, created_at, counts"
    )
    assert desk.posts(columns) == [
        (
            "100_501",
            "100_501",
            None,
            "post",
            "Fristen er 1. mai.\nLes mer.",
            1,
            "eksempel.etat",
            None,
            "https://www.facebook.com/100/posts/501",
            "2026-03-02T00:14:00Z",
            '{"like":12,"reply":2,"share":3}',
        )
    ]
    assert (result.bad_lines, result.summaries[0].format) == ([], "facebook-business-suite")
    assert "not what they say" in result.summaries[0].cannot


@pytest.mark.parametrize(
    "content",
    [
        as_table({**a_row(), "Publish time": "28.02.2026 01:14"}, names=NORWEGIAN, sep=";"),
        b"\xef\xbb\xbf" + as_table(a_row()),
        as_table(a_row()).decode().encode("utf-16"),
        as_table(a_row(), sep="\t"),
        as_table(dict(reversed(a_row().items()))),
        as_table({**a_row(), "A column of next month": "x", "Andre": "y"}),
        gzip.compress(as_table(a_row())),
        as_zip({"eksport/innhold.csv": as_table(a_row())}),
    ],
    ids=["Norwegian", "BOM", "UTF-16", "tabs", "another order", "unknown columns", "packed", "zip"],
)
def test_however_the_table_is_written_it_is_the_same_post(content: bytes, desk: Suite) -> None:
    desk.table(content)
    assert desk.posts("native_id, text, counts") == [
        ("100_501", "Fristen er 1. mai.\nLes mer.", '{"like":12,"reply":2,"share":3}')
    ]


def test_a_column_under_another_name_can_be_pointed_out(desk: Suite) -> None:
    table = as_table(a_row(), names={"Post ID": "Nummer", "Reactions": "Liker"})
    desk.table(table, columns={"id": "Nummer", "like": "liker"})
    assert desk.posts("native_id, counts") == [("100_501", '{"like":12,"reply":2,"share":3}')]


@pytest.mark.parametrize(
    ("title", "description", "text"),
    [
        ("", "Lang tekst", "Lang tekst"),
        ("Lang tekst", "", "Lang tekst"),
        ("Kort", "Lang tekst", "Lang tekst"),
        ("Lang tekst", "Kort", "Lang tekst"),
        ("", "", ""),
    ],
)
def test_the_longer_caption_counts(title: str, description: str, text: str, desk: Suite) -> None:
    desk.rows(a_row(Title=title, Description=description))
    assert desk.one("text") == text


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("03/02/2026 01:14", "2026-03-02T00:14:00Z"),
        ("07/04/2025 09:00", "2025-07-04T07:00:00Z"),
        ("03/02/2026 01:14:30", "2026-03-02T00:14:30Z"),
        ("02.03.2026 01:14", "2026-03-02T00:14:00Z"),
        ("2026-03-02 01:14", "2026-03-02T00:14:00Z"),
    ],
)
def test_times_are_of_the_zone_that_was_named(written: str, kept: str, desk: Suite) -> None:
    desk.rows(a_row(Publish_time=written))
    assert desk.one("created_at") == kept


@pytest.mark.parametrize(
    ("cell", "counts"),
    [
        ("1,234", '{"like":1234,"reply":2,"share":3}'),
        ("1 234", '{"like":1234,"reply":2,"share":3}'),
        ("1\u00a0234\u00a0567", '{"like":1234567,"reply":2,"share":3}'),
        ("1.234", '{"like":1234,"reply":2,"share":3}'),
        ("0", '{"like":0,"reply":2,"share":3}'),
        ("", '{"reply":2,"share":3}'),
        ("12,5", '{"reply":2,"share":3}'),
        ("N/A", '{"reply":2,"share":3}'),
        ("-3", '{"reply":2,"share":3}'),
    ],
)
def test_a_count_that_is_not_told_is_left_out(cell: str, counts: str, desk: Suite) -> None:
    desk.rows(a_row(Reactions=cell))
    assert desk.one("counts") == counts


def test_the_counts_of_a_single_day_are_none_of_the_posts(desk: Suite) -> None:
    desk.rows(a_row(Date="03/02/2026"))
    assert desk.one("counts") == "{}"


@pytest.mark.parametrize(
    ("is_share", "caption", "kind"), [("1", "", "share"), ("1", "Les dette", "post"), ("0", "", "post")]
)
def test_a_share_without_words_is_one(is_share: str, caption: str, kind: str, desk: Suite) -> None:
    desk.rows(a_row(Is_share=is_share, Description=caption))
    assert desk.one("kind") == kind


def test_the_pages_id_of_the_register_goes_before_the_posts(desk: Suite) -> None:
    desk.rows(a_row(Page_ID="61550000000001", Permalink="https://www.facebook.com/eksempel.etat/posts/501"))
    assert desk.one("native_id") == "100_501"


def test_a_post_that_the_network_knows_is_the_same_whatever_page_id_the_export_has(desk: Suite) -> None:
    desk.store.execute("update account set native_id = null")
    desk.rows(a_row(Page_ID="61550000000001", Permalink="https://www.facebook.com/eksempel.etat/posts/501"))
    page = b'{"data":[{"id":"100_501","created_time":"2026-03-02T00:14:10+0000","message":"Hei","from":{"id":"100"}}]}'
    desk.take(desk.file(page, "page.json"), named=[("facebook", PAGE.handle)])
    assert len(desk.posts("native_id")) == 1


# --- whose it is ---


@pytest.mark.parametrize(
    ("row", "handle"),
    [
        (a_row(), "eksempel.etat"),
        (
            a_row(Page_ID="7", Permalink="https://www.facebook.com/Eksempel.Etat/posts/501", Page_name=""),
            "eksempel.etat",
        ),
        (a_row(Page_ID="7", Permalink="https://www.facebook.com/7/posts/501"), "eksempel.etat"),
        (a_row(Page_ID="900", Page_name="Eksempeletaten"), "nabodep"),
        (
            a_row(Page_ID="7", Page_name="Ny", Permalink="https://www.facebook.com/ny.etat/posts/501"),
            "ny.etat",
        ),
    ],
    ids=["by number", "by address", "by agency", "the number counts before the name", "taken in"],
)
def test_a_row_is_of_the_page_that_it_tells(row: dict[str, str], handle: str, desk: Suite) -> None:
    result = desk.rows(row)
    assert desk.posts("handle") == [(handle,)]
    assert result.taken_in == (["facebook/ny.etat"] if handle == "ny.etat" else [])


UNKNOWN = a_row(Page_ID="7", Page_name="Ukjent", Permalink="https://www.facebook.com/7/posts/501")


def test_a_page_that_nothing_tells_has_to_be_named(desk: Suite) -> None:
    with pytest.raises(InvalidInputError, match="--account facebook/HANDLE"):
        desk.rows(UNKNOWN)
    desk.rows(UNKNOWN, named=[("facebook", "ukjent")])
    assert desk.posts("handle, native_id") == [("ukjent", "7_501")]


def test_what_the_user_says_does_not_hold_for_a_second_page(desk: Suite) -> None:
    named = [("facebook", PAGE.handle)]
    result = desk.rows(a_row(), UNKNOWN, named=named)
    assert desk.posts("native_id") == [("100_501",)]
    assert result.kept_out == {"posts of Pages that the register does not know": 1}


def test_two_unknown_pages_cannot_both_be_the_one_that_was_named(desk: Suite) -> None:
    with pytest.raises(InvalidInputError, match="is of 2 Pages"):
        desk.rows(UNKNOWN, {**UNKNOWN, "Page ID": "8"}, named=[("facebook", PAGE.handle)])


# --- what is refused as a whole ---


def test_times_without_zone_need_one(desk: Suite) -> None:
    with pytest.raises(InvalidInputError, match="--timezone Europe/Oslo"):
        desk.rows(a_row(), timezone=None)
    assert desk.posts("native_id") == []


@pytest.mark.parametrize(
    ("column", "option"),
    [
        ("Post ID", "id"),
        ("Page ID", "page"),
        ("Publish time", "created_at"),
        ("Permalink", "url"),
        ("Post type", "type"),
    ],
)
def test_a_missing_column_is_named_with_the_way_to_point_it_out(
    column: str, option: str, desk: Suite
) -> None:
    with pytest.raises(InvalidInputError, match=f"'{column.lower()}' .--column {option}="):
        desk.table(as_table(a_row(), names={column: "Noe annet"}))


def test_figures_of_a_whole_page_are_another_export(desk: Suite) -> None:
    content = 'sep=,\n"Facebook-besøk"\n"Dato","Primary"\n"2026-03-02T00:00:00","12"\n'.encode("utf-16")
    with pytest.raises(InvalidInputError, match=r"figures of a whole Page.*Download posts instead"):
        desk.table(content)


def test_posts_of_instagram_are_said_to_be_such(desk: Suite) -> None:
    header = "Post ID,Account ID,Account username,Account name,Description,Publish time,Permalink,Post type"
    with pytest.raises(InvalidInputError, match="Instagram"):
        desk.table(f"{header}\n501,1,eks,Eks,Hei,03/02/2026 01:14,https://i.example,Photos\n".encode())


# --- damage ---


BAD = {
    "rounded": (a_row(Post_ID="1.22E+17"), "post id was rounded by a spreadsheet"),
    "rounded in Norway": (a_row(Post_ID="1,00E+17"), "post id was rounded by a spreadsheet"),
    "a rounded Page": (a_row(Page_ID="1E+14"), "page id was rounded by a spreadsheet"),
    "no number": (a_row(Post_ID="kari.test"), "post id is not a number"),
    "other digits": (a_row(Post_ID="١٢٣"), "post id is not a number"),
    "empty": (a_row(Post_ID=""), "has no post id"),
    "no time": (a_row(Publish_time="i går"), "publish time is not a time"),
    "no such day": (a_row(Publish_time="13/13/2026 10:00"), "publish time is not a time"),
}


@pytest.mark.parametrize(("row", "reason"), BAD.values(), ids=BAD)
def test_a_bad_row_is_kept_out_with_its_line_and_the_rest_goes_in(
    row: dict[str, str], reason: str, desk: Suite
) -> None:
    result = desk.rows(a_row(), row, a_row(Post_ID="503"))
    assert [line for _, line, _ in result.bad_lines] == [4]  # captions have two lines each
    assert reason in result.bad_lines[0][2]
    assert (len(desk.posts("native_id")), desk.outcome) == (2, Exit.PARTIAL)
    assert desk.store.execute("select line from quarantine").fetchall() == [(4,)]


def test_a_row_with_a_broken_quote_does_not_take_the_next_with_it(desk: Suite) -> None:
    good = as_table(a_row(Description="Hei")).splitlines(keepends=True)
    result = desk.table(b"".join([*good, b'502,100,"x\n', good[1].replace(b"501", b"503")]))
    assert sorted(desk.posts("native_id")) == [("100_501",), ("100_503",)]
    assert [line for _, line, _ in result.bad_lines] == [3]


# --- people, and again ---


def test_nobody_mentioned_reaches_the_files_bytes(desk: Suite) -> None:
    desk.rows(
        a_row(Description="Takk @kari.test, se facebook.com/kari.test og facebook.com/eksempel.etat"),
        a_row(
            Post_ID="502", Permalink="https://www.facebook.com/ola.prove/posts/502", Custom_labels="Kari Test"
        ),
    )
    assert "facebook.com/eksempel.etat" in desk.one("text")
    assert [name for name in (b"kari.test", b"ola.prove", b"Kari Test") if name in desk.bytes()] == []


def test_an_address_is_kept_only_if_a_browser_can_open_it(desk: Suite) -> None:
    desk.rows(a_row(Permalink="javascript:alert(1)"))
    assert desk.one("permalink") is None


def test_importing_twice_changes_nothing(desk: Suite) -> None:
    written = [a_row(), a_row(Post_ID="502")]
    desk.rows(*written)
    before = rows(desk.store), desk.counted()
    again = desk.rows(*written)
    assert (again.added.new, again.added.changed, rows(desk.store), desk.counted()) == (0, 0, *before)
