"""A file of looks: what is taken in, and what is kept out with its line number and a reason."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soma_audit.errors import InvalidInputError
from soma_audit.imports.looks import COLUMNS, Looks, parse, read
from soma_audit.model import Look, SignedIn

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 10, tzinfo=UTC)
HEAD = ",".join(COLUMNS)
LINE = "facebook,eksempeletat,2026-03-02T09:30:00+01:00,NN,posting,closed,ordinary-account,,"


def looks(*lines: str, head: str = HEAD) -> Looks:
    return parse(
        "\n".join([head, *lines]) + "\n", "looks.csv", NOW, lambda name: None if "gone" in name else "ab"
    )


def test_a_line_is_a_look() -> None:
    found = looks(LINE + "no write field")
    assert found.bad_lines == []
    assert found.looks == [
        (
            2,
            "facebook",
            "eksempeletat",
            Look(
                question="posting",
                seen="closed",
                observed_at=datetime(2026, 3, 2, 8, 30, tzinfo=UTC),
                observer="NN",
                signed_in=SignedIn.ORDINARY_ACCOUNT,
                note="no write field",
            ),
        )
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("facebook,", "myspace,"), "network is not one of bluesky, facebook, mastodon, twitter"),
        ((",NN,", ",,"), "observer is missing: who looked? Initials or a role will do"),
        ((",posting,", ",walls,"), "question is not one of posting, commenting, messaging"),
        ((",closed,", ",shut,"), "seen is not one of open, moderated, restricted, closed, unclear"),
        ((",ordinary-account,", ",,"), "signed_in is not one of no, ordinary-account, page-team"),
        (
            ("2026-03-02T09:30:00+01:00", "2 March"),
            "observed_at is not a valid time; write it as 2026-03-02T09:30:00+01:00",
        ),
        (("+01:00", ""), "observed_at has no time zone; write it as 2026-03-02T09:30:00+01:00"),
        (("2026-03-02", "2027-03-02"), "observed_at lies in the future"),
        ((",ordinary-account,,", ",ordinary-account,gone.png,"), "the file gone.png is not there"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_line_that_cannot_be_meant_so_is_kept_out_and_the_rest_goes_in(
    change: tuple[str, str], reason: str
) -> None:
    found = looks(LINE.replace(*change), LINE)
    assert found.bad_lines == [(2, reason)]
    assert [number for number, *_ in found.looks] == [3]


def test_a_line_not_filled_in_is_passed_by() -> None:
    found = looks("facebook,eksempeletat,,,posting,,,,", "", ",,,,,,,,", LINE)
    assert (len(found.looks), found.bad_lines, found.blank) == (1, [], 1)


def test_semicolons_capitals_and_at_signs_are_understood() -> None:
    line = LINE.replace(",", ";").replace("eksempeletat", "@eksempeletat")
    found = looks(line, head=HEAD.upper().replace(",", ";"))
    assert [handle for _, _, handle, _ in found.looks] == ["eksempeletat"]


def test_a_note_over_several_lines_counts_lines_as_an_editor_does() -> None:
    found = looks(LINE + '"two\nlines"', LINE.replace("closed", "shut"))
    assert (found.looks[0][3].note, found.bad_lines[0][0]) == ("two\nlines", 4)


def test_columns_that_are_missing_are_named() -> None:
    with pytest.raises(InvalidInputError, match=r"lacks seen, signed_in. `soma-audit wall sheet` writes one"):
        looks(head="network,handle,observed_at,observer,question")


def test_columns_that_may_be_missing_may() -> None:
    head = HEAD.removesuffix(",file,note")
    assert len(looks(LINE.removesuffix(",,"), head=head).looks) == 1


def test_a_file_is_kept_by_its_name_and_hash(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "wall.png").write_bytes(b"picture")
    line = LINE.replace("ordinary-account,,", "ordinary-account,pictures/wall.png,")
    (tmp_path / "looks.csv").write_text(f"{HEAD}\n{line}\n", "utf-8-sig")
    ((_, _, _, look),) = read(tmp_path / "looks.csv", NOW).looks
    assert (look.file, look.sha256) == ("pictures/wall.png", hashlib.sha256(b"picture").hexdigest())


@pytest.mark.parametrize("content", [None, b"\x81"], ids=["missing", "no text"])
def test_a_file_that_cannot_be_read_is_named(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "looks.csv").write_bytes(content)
    with pytest.raises(InvalidInputError, match=r"looks\.csv cannot be read"):
        read(tmp_path / "looks.csv", NOW)


@given(st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=10), max_size=5))
def test_whatever_stands_in_a_line_it_is_a_look_or_named_or_passed_by(lines: list[list[str]]) -> None:
    found = looks(*(",".join(cells).replace("\n", " ").replace("\r", " ") for cells in lines))
    assert len(found.looks) + len(found.bad_lines) + found.blank <= len(lines) + 1


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2003-12-31T09:30:00+01:00", "lies before Facebook began"),
        ("0001-01-01T00:00:00+14:00", "lies before Facebook began"),
        ("9999-12-31T23:59:59-14:00", "in the future"),
        ("10000-01-01T00:00:00Z", "is not a valid time"),
    ],
)
def test_a_look_at_a_time_that_cannot_be_is_kept_out(moment: str, said: str) -> None:
    found = looks(LINE.replace("2026-03-02T09:30:00+01:00", moment))
    assert (found.looks, len(found.bad_lines)) == ([], 1)
    assert said in found.bad_lines[0][1]


def test_a_picture_whose_name_no_disk_takes_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "looks.csv").write_text(f"{HEAD}\n{LINE[:-1]}{'a' * 300},\n", "utf-8")
    ((_, said),) = read(tmp_path / "looks.csv", NOW).bad_lines
    assert "is not there" in said
