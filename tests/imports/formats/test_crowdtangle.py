"""CrowdTangle's table: times in American zones, numbers with thousands marks, and many Pages in one file."""

from __future__ import annotations

import csv
import gzip
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from collect.builders import PAGE, rows
from imports.desk import ImportDesk, as_table
from soma_audit.errors import Exit, InvalidInputError
from soma_audit.imports.context import NOBODYS
from soma_audit.model import Account

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from soma_audit.imports import Imported

NEIGHBOUR = Account(agency="nabo", network="facebook", handle="nabodep", native_id="900")
HEADER = (
    "Page Name,User Name,Facebook Id,Page Category,Page Admin Top Country,Page Description,Page Created,Likes at Posting,"
    "Followers at Posting,Post Created,Post Created Date,Post Created Time,Type,Total Interactions,Likes,Comments,Shares,"
    "Love,Wow,Haha,Sad,Angry,Care,URL,Message,Link,Final Link,Image Text,Link Text,Description,"
    "Total Interactions (weighted  —  Likes 1x Shares 1x)"
)
NAMES = next(csv.reader([HEADER]))


def a_row(**more: str) -> dict[str, str]:
    told = {
        "Page Name": "Eksempeletaten",
        "User Name": "eksempel.etat",
        "Facebook Id": "100",
        "Page Category": "GOVERNMENT_ORGANIZATION",
        "Post Created": "2021-07-06 16:45:20 EDT",
        "Post Created Date": "2021-07-06",
        "Type": "Link",
        "Total Interactions": "1,260",
        "Likes": "1,234",
        "Comments": "12",
        "Shares": "3",
        "Love": "10",
        "Wow": "1",
        "URL": "https://www.facebook.com/100/posts/501",
        "Message": "Søk nå.\nFristen er 1. mai.",
        "Link": "https://www.eksempeletat.no/frist",
    }
    return {**dict.fromkeys(NAMES, ""), **told, **{k.replace("_", " "): v for k, v in more.items()}}


class Tangle(ImportDesk):
    """Takes tables."""

    def rows(self, *written: dict[str, str], **how: Any) -> Imported:
        return self.take(self.file(as_table(*written), "posts.csv"), **how)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Tangle]:
    with Tangle(tmp_path, PAGE, NEIGHBOUR) as made:
        yield made


# --- what goes in ---


def test_a_row_with_all_columns_is_kept_whole(desk: Tangle) -> None:
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
            "Søk nå.\nFristen er 1. mai. https://www.eksempeletat.no/frist",
            1,
            "eksempel.etat",
            None,
            "https://www.facebook.com/100/posts/501",
            "2021-07-06T20:45:20Z",
            '{"like":1245,"reply":12,"share":3}',
        )
    ]
    assert (result.bad_lines, result.summaries[0].format) == ([], "crowdtangle")
    assert "not what they say" in result.summaries[0].cannot


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + as_table(a_row()),
        gzip.compress(as_table(a_row())),
        as_table({**dict(reversed(a_row().items())), "Overperforming Score": "1.5"}),
        as_table({k.replace("Post Created", "Created"): v for k, v in a_row().items()}),
        as_table(
            {
                k.replace("Total Interactions (weighted", "Another score (weighted"): v
                for k, v in a_row().items()
            }
        ),
    ],
    ids=["BOM", "packed", "another order", "an old name of the time", "another last column"],
)
def test_however_the_table_is_written_it_is_the_same_post(content: bytes, desk: Tangle) -> None:
    desk.take(desk.file(content, "x.csv"))
    assert desk.posts("native_id, created_at, counts") == [
        ("100_501", "2021-07-06T20:45:20Z", '{"like":1245,"reply":12,"share":3}')
    ]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2021-07-06 16:45:20 EDT", "2021-07-06T20:45:20Z"),
        ("2021-01-06 16:45:20 EST", "2021-01-06T21:45:20Z"),
        ("2021-07-06 16:45:20 UTC", "2021-07-06T16:45:20Z"),
        ("2021-07-06 16:45:20 GMT", "2021-07-06T16:45:20Z"),
        ("2021-01-06 16:45:20 CET", "2021-01-06T15:45:20Z"),
        ("2021-07-06 16:45:20 CEST", "2021-07-06T14:45:20Z"),
        ("2021-07-06 16:45:20 PDT", "2021-07-06T23:45:20Z"),
        ("2021-01-06 16:45:20 PST", "2021-01-07T00:45:20Z"),
    ],
)
def test_a_zone_by_its_letters_is_understood(written: str, kept: str, desk: Tangle) -> None:
    desk.rows(a_row(Post_Created=written))
    assert desk.one("created_at") == kept


@pytest.mark.parametrize("written", ["2021-07-06 16:45:20", "2021-07-06 16:45:20 CST"])
def test_a_zone_that_means_many_has_to_be_named(written: str, desk: Tangle) -> None:
    with pytest.raises(InvalidInputError, match="--timezone"):
        desk.rows(a_row(Post_Created=written))
    desk.rows(a_row(Post_Created=written), timezone=ZoneInfo("Europe/Oslo"))
    assert desk.one("created_at") == "2021-07-06T14:45:20Z"


@pytest.mark.parametrize(
    ("likes", "love", "counts"),
    [
        ("1,234", "", '{"like":1235,"reply":12,"share":3}'),
        ("", "5", '{"like":6,"reply":12,"share":3}'),
        ("0", "0", '{"like":1,"reply":12,"share":3}'),
    ],
)
def test_a_like_is_any_reaction(likes: str, love: str, counts: str, desk: Tangle) -> None:
    desk.rows(a_row(Likes=likes, Love=love))
    assert desk.one("counts") == counts


def test_counts_that_are_not_told_are_left_out(desk: Tangle) -> None:
    desk.rows({k: v for k, v in a_row().items() if k not in {"Likes", "Love", "Wow", "Comments", "Shares"}})
    assert desk.one("counts") == "{}"


@pytest.mark.parametrize(
    ("url", "native_id"),
    [
        ("https://www.facebook.com/100/posts/501", "100_501"),
        ("https://www.facebook.com/eksempel.etat/posts/501/", "100_501"),
        ("https://www.facebook.com/permalink.php?story_fbid=501&id=100", "100_501"),
        ("https://www.facebook.com/eksempel.etat/videos/77", "file-"),
        ("", "file-"),
    ],
)
def test_the_posts_number_stands_in_its_address(url: str, native_id: str, desk: Tangle) -> None:
    desk.rows(a_row(URL=url))
    assert desk.one("native_id").startswith(native_id)


@pytest.mark.parametrize(
    ("link", "text"),
    [
        ("https://a.example/1", "Hei https://a.example/1"),
        ("https://www.facebook.com/kari.test/photos/1", "Hei"),
        ("", "Hei"),
    ],
)
def test_a_link_stands_behind_the_words_as_it_does_where_the_network_is_asked(
    link: str, text: str, desk: Tangle
) -> None:
    desk.rows(a_row(Message="Hei", Link=link))
    assert desk.one("text") == text


# --- whose it is ---


UNKNOWN = a_row(Facebook_Id="7", Page_Name="Ukjent", User_Name="", URL="https://www.facebook.com/7/posts/501")


@pytest.mark.parametrize(
    ("row", "handle"),
    [
        (a_row(Facebook_Id="900", User_Name="x"), "nabodep"),
        (a_row(Facebook_Id="7", User_Name="NaboDep"), "nabodep"),
        (
            a_row(Facebook_Id="", User_Name="", Page_Name="", URL="https://www.facebook.com/900/posts/1"),
            "nabodep",
        ),
        (a_row(Facebook_Id="7", User_Name="", URL="", Page_Name="Nabodepartementet"), "nabodep"),
        (a_row(Facebook_Id="7", User_Name="ny.etat", URL="", Page_Name="Ny"), "ny.etat"),
    ],
    ids=["by number", "by name", "by the number in the address", "by agency", "taken in"],
)
def test_a_row_is_of_the_page_that_it_tells(row: dict[str, str], handle: str, desk: Tangle) -> None:
    desk.rows(row)
    assert desk.posts("handle") == [(handle,)]


def test_a_page_that_nothing_tells_has_to_be_named(desk: Tangle) -> None:
    with pytest.raises(InvalidInputError, match="--account facebook/HANDLE"):
        desk.rows(UNKNOWN)
    desk.rows(UNKNOWN, named=[("facebook", "ukjent")])
    assert desk.posts("handle, native_id") == [("ukjent", "7_501")]


def test_pages_that_nobody_knows_do_not_stop_the_others(desk: Tangle) -> None:
    group = a_row(URL="https://www.facebook.com/groups/5/posts/6")
    result = desk.rows(a_row(), UNKNOWN, {**UNKNOWN, "Facebook Id": "8"}, group)
    assert (desk.posts("native_id"), result.kept_out) == ([("100_501",)], {NOBODYS: 3})


# --- damage, people, and again ---


@pytest.mark.parametrize("written", ["", "i går", "2021-13-06 16:45:20 EDT", "2021-07-06 16:45:20 Kari"])
def test_a_bad_row_is_kept_out_with_its_line_and_the_rest_goes_in(written: str, desk: Tangle) -> None:
    result = desk.rows(a_row(Message="a"), a_row(Post_Created=written), a_row(URL="", Message="b"))
    assert [line for _, line, _ in result.bad_lines] == [3]
    assert result.bad_lines[0][2].startswith(
        ("Post Created is not a time such as", "Post Created is not a time")
    )
    assert (len(desk.posts("native_id")), desk.outcome) == (2, Exit.PARTIAL)
    assert desk.store.execute("select line from quarantine").fetchall() == [(3,)]


def test_nobody_mentioned_reaches_the_files_bytes(desk: Tangle) -> None:
    desk.rows(
        a_row(
            Message="Takk @kari.test, se facebook.com/kari.test",
            Image_Text="Kari Test",
            Description="Kari Test",
        ),
        a_row(URL="https://www.facebook.com/kari.test/posts/502"),
    )
    assert len(desk.posts("text")) == 2
    assert [name for name in (b"kari.test", b"Kari Test") if name in desk.bytes()] == []


def test_importing_twice_changes_nothing(desk: Tangle) -> None:
    written = [a_row(), a_row(URL="")]
    desk.rows(*written)
    before = rows(desk.store), desk.counted()
    again = desk.rows(*written)
    assert again.added.changed == 0
    assert (rows(desk.store)["posts"], desk.counted()["post"]) == (before[0]["posts"], before[1]["post"])
