"""The Content Library: posts and comments in files of their own, ids of its own, and visitors nobody can name."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collect.builders import PAGE, PEOPLE, rows
from imports.desk import ImportDesk, as_lines, as_table
from soma_audit.errors import Exit, InvalidInputError
from soma_audit.imports.context import NOBODYS
from soma_audit.model import Account

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from soma_audit.imports import Imported

NEIGHBOUR = Account(agency="nabo", network="facebook", handle="nabodep", native_id="900")
KARI = PEOPLE.author("facebook", "800212345678")
NAMED = [("facebook", PAGE.handle)]
Row = dict[str, Any]


def a_post(**more: Any) -> Row:
    told = {
        "id": "9001",
        "creation_time": "2026-03-02T09:14:00+0000",
        "text": "Fristen er 1. mai.",
        "lang": "no",
        "post_owner.id": "8001",
        "post_owner.name": "Eksempeletaten",
        "surface.id": "8001",
        "statistics.comment_count": "2",
        "statistics.reaction_count": "12",
        "statistics.share_count": "3",
    }
    return {**told, **{k.replace("__", "."): v for k, v in more.items()}}


def a_visitors(**more: Any) -> Row:
    told = {
        "id": "9002",
        "text": "Hvem svarer?",
        "post_owner__id": "800212345678",
        "post_owner__name": "Kari Test",
    }
    return a_post(**{**told, **more})


def a_comment(**more: Any) -> Row:
    told = {
        "id": "9101",
        "post_id": "9001",
        "parent_comment_id": "",
        "text": "Gjelder det også studenter?",
        "creation_time": "2026-03-02T10:00:00+0000",
        "owner.id": "800212345678",
        "statistics.reaction_count": "1",
    }
    return {**told, **{k.replace("__", "."): v for k, v in more.items()}}


def a_reply(**more: Any) -> Row:
    return a_comment(
        **{"id": "9102", "parent_comment_id": "9101", "text": "Ja, alle.", "owner__id": "8001", **more}
    )


def nested(row: Row) -> Row:
    out: Row = {}
    for key, value in row.items():
        first, _, rest = key.partition(".")
        if rest:
            out.setdefault(first, {})[rest] = value
        else:
            out[key] = value
    return out


FORMS: dict[str, Callable[..., bytes]] = {
    "a table": as_table,
    "a packed table": lambda *written: gzip.compress(as_table(*written)),
    "JSON lines with dots": as_lines,
    "nested JSON lines": lambda *written: as_lines(*map(nested, written)),
    "a list": lambda *written: json.dumps([nested(r) for r in written]).encode(),
    "data": lambda *written: json.dumps({"data": written}, indent=1).encode(),
}


class Library(ImportDesk):
    """Takes files, each of rows."""

    def files(self, *files: list[Row], form: Callable[..., bytes] = as_table, **how: Any) -> Imported:
        return self.take(*(self.file(form(*f), f"{n}.csv") for n, f in enumerate(files)), **how)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path, PAGE, NEIGHBOUR) as made:
        yield made


# --- what goes in ---


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_posts_and_comments_are_kept_whole_in_any_form(form: Callable[..., bytes], desk: Library) -> None:
    result = desk.files([a_post(), a_visitors()], [a_comment(), a_reply()], form=form)
    columns = "native_id, thread, parent, kind, text, by_agency, author, created_at, counts"
    at, later = "2026-03-02T09:14:00Z", "2026-03-02T10:00:00Z"
    post, visitors, comment, reply = "file-mcl-9001", "file-mcl-9002", "file-mcl-9101", "file-mcl-9102"
    counts = '{"like":12,"reply":2,"share":3}'
    assert desk.posts(columns) == [
        (post, post, None, "post", "Fristen er 1. mai.", 1, "eksempel.etat", at, counts),
        (visitors, visitors, None, "post", "Hvem svarer?", 0, KARI, at, counts),
        (comment, post, post, "comment", "Gjelder det også studenter?", 0, KARI, later, '{"like":1}'),
        (reply, post, comment, "comment", "Ja, alle.", 1, "eksempel.etat", later, '{"like":1}'),
    ]
    assert (result.bad_lines, {s.format for s in result.summaries}) == ([], {"content-library"})


def test_comments_know_their_page_whichever_file_comes_first(desk: Library) -> None:
    desk.files([a_comment(), a_reply()], [a_post()])
    assert desk.posts("native_id, by_agency") == [
        ("file-mcl-9001", 1),
        ("file-mcl-9101", 0),
        ("file-mcl-9102", 1),
    ]


def test_without_the_posts_it_is_not_known_who_wrote_a_comment(desk: Library) -> None:
    desk.files([a_comment(), a_reply()], named=NAMED)
    assert desk.posts("handle, by_agency, author") == [
        ("eksempel.etat", None, KARI),
        ("eksempel.etat", None, PEOPLE.author("facebook", "8001")),
    ]


def test_what_the_comments_could_not_tell_is_learnt_from_the_posts_later(desk: Library) -> None:
    desk.files([a_reply()], named=NAMED)
    desk.files([a_post()], [a_reply()])
    assert desk.posts("by_agency, author") == [(1, "eksempel.etat"), (1, "eksempel.etat")]


def test_comments_of_two_pages_go_to_their_posts(desk: Library) -> None:
    other = a_post(id="9003", post_owner__id="8900", post_owner__name="Nabodepartementet", surface__id="8900")
    comments = [a_comment(), a_comment(id="9201", post_id="9003", owner__id="8900")]
    result = desk.files([a_post(), other], [*comments, a_comment(id="9301", post_id="1")])
    assert desk.posts("native_id, handle, by_agency")[2:] == [
        ("file-mcl-9101", "eksempel.etat", 0),
        ("file-mcl-9201", "nabodep", 1),
    ]
    assert result.kept_out == {NOBODYS: 1}


@pytest.mark.parametrize(("above", "parent"), [("", "9001"), ("0", "9001"), ("9101", "9101"), (None, "9001")])
def test_a_comment_is_under_another_or_under_the_post(above: str | None, parent: str, desk: Library) -> None:
    desk.files([a_post()], [a_comment(id="9102", parent_comment_id=above)], form=as_lines)
    assert desk.posts("parent, thread")[1] == (f"file-mcl-{parent}", "file-mcl-9001")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2026-03-02T09:14:00+0000", "2026-03-02T09:14:00Z"),
        ("2026-03-02T09:14:00+01:00", "2026-03-02T08:14:00Z"),
        ("2026-03-02T09:14:00Z", "2026-03-02T09:14:00Z"),
        ("2026-03-02 09:14:00 UTC", "2026-03-02T09:14:00Z"),
        ("2026-03-02 09:14:00", "2026-03-02T08:14:00Z"),
    ],
)
def test_times_are_read_with_their_zone_or_the_one_that_was_named(
    written: str, kept: str, desk: Library
) -> None:
    desk.files([a_post(creation_time=written)], timezone=ZoneInfo("Europe/Oslo"))
    assert desk.one("created_at") == kept


def test_times_without_zone_need_one(desk: Library) -> None:
    with pytest.raises(InvalidInputError, match="--timezone"):
        desk.files([a_post(creation_time="2026-03-02 09:14:00")])


def test_columns_of_next_month_lose_nothing(desk: Library) -> None:
    result = desk.files([{"new": "x", **dict(reversed(a_post().items())), "statistics.views": "7"}])
    assert (len(desk.posts("text")), result.bad_lines) == (1, [])


# --- whose it is ---


UNKNOWN = a_post(post_owner__name="Ukjent")


def test_a_page_that_the_register_does_not_know_has_to_be_named(desk: Library) -> None:
    with pytest.raises(InvalidInputError, match="--account facebook/HANDLE"):
        desk.files([UNKNOWN])
    desk.files([UNKNOWN], named=[("facebook", "ukjent")])
    assert desk.posts("handle") == [("ukjent",)]


def test_comments_alone_have_to_be_named(desk: Library) -> None:
    with pytest.raises(InvalidInputError, match="--account facebook/HANDLE"):
        desk.files([a_comment()])
    assert desk.posts("text") == []


def test_a_visitors_name_does_not_tell_whose_the_page_is(desk: Library) -> None:
    with pytest.raises(InvalidInputError, match="--account facebook/HANDLE"):
        desk.files([a_visitors(), a_post(post_owner__name="Ukjent")])


def test_what_the_page_wrote_in_a_group_is_kept_out(desk: Library) -> None:
    group = a_post(id="9005", surface__id="8500", surface__type="GROUP")
    result = desk.files([{**a_post(), "surface.type": "PAGE"}, group])
    assert (desk.posts("native_id"), result.kept_out) == ([("file-mcl-9001",)], {NOBODYS: 1})


def test_its_numbers_are_none_of_the_networks(desk: Library) -> None:
    desk.files(
        [a_post(post_owner__id="900", surface__id="900"), a_visitors(post_owner__id="100", surface__id="900")]
    )
    assert desk.posts("handle, by_agency, author") == [
        ("eksempel.etat", 1, "eksempel.etat"),
        ("eksempel.etat", 0, PEOPLE.author("facebook", "100")),
    ]


# --- damage ---


BAD = {
    "rounded": (a_post(id="1.22E+17"), "id was rounded by a spreadsheet"),
    "a rounded writer": (a_post(post_owner__id="8,0E+3"), "post_owner.id was rounded by a spreadsheet"),
    "no id": (a_post(id=""), "has no id"),
    "no number": (a_post(id="Kari Test"), "id is not a number"),
    "a place that is a name": (a_post(surface__id="Kari Test"), "surface.id is not a number"),
    "no time": (a_post(creation_time="i går"), "creation_time is not a time"),
    "an empty time": (a_post(creation_time=""), "creation_time is not a time"),
}


@pytest.mark.parametrize(("row", "reason"), BAD.values(), ids=BAD)
def test_a_bad_row_is_kept_out_with_its_line_and_the_rest_goes_in(
    row: Row, reason: str, desk: Library
) -> None:
    result = desk.files([a_post(), row, a_post(id="9003")])
    assert [(line, reason in why) for _, line, why in result.bad_lines] == [(3, True)]
    assert (len(desk.posts("native_id")), desk.outcome) == (2, Exit.PARTIAL)
    assert desk.store.execute("select line from quarantine").fetchall() == [(3,)]
    assert b"Kari Test" not in desk.bytes()


@pytest.mark.parametrize(
    "entry", [7, ["x"], a_post(text=["Kari Test"]), a_post(id=True), a_comment(post_id=None), a_post(id=1.5)]
)
def test_a_bad_entry_of_json_is_kept_out_with_its_line(entry: Any, desk: Library) -> None:
    result = desk.take(desk.file(as_lines(a_post(), entry, a_post(id="9003")), "x.jsonl"))
    assert [line for _, line, _ in result.bad_lines] == [2]
    assert len(desk.posts("native_id")) == 2


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(["8001", "9001"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "name"]), inner),
    max_leaves=4,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from([*a_post(), *a_comment()]), VALUES), max_size=4))
def test_whatever_an_entry_holds_the_others_go_in(spoilt: list[Row]) -> None:
    with TemporaryDirectory() as folder, Library(Path(folder), PAGE) as desk:
        written = [a_post(), *({**a_post(id="9500"), **s} for s in spoilt), a_post(id="9003")]
        desk.files(written, form=as_lines, named=NAMED)
        assert {("file-mcl-9001",), ("file-mcl-9003",)} <= set(desk.posts("native_id"))


# --- people, and again ---


def test_no_visitor_is_named_in_the_files_bytes(desk: Library) -> None:
    words = "@kari.test kari.test@post.example, tlf 12345678, facebook.com/kari.test"
    post = a_visitors(**{"text": words, "post_owner.username": "kari.test", "surface.name": "Kari Test"})
    own = {**a_post(text="Takk @kari.test"), "post_owner.username": "", "surface.name": ""}
    desk.files([own, post], [{**a_comment(text=words), "owner.name": "Kari Test"}])
    assert len(desk.posts("text")) == 3
    planted = (b"kari.test", b"Kari Test", b"12345678", b"800212345678")
    assert [name for name in planted if name in desk.bytes()] == []


def test_comments_whose_writer_is_not_known_are_cleaned_as_visitors_are(desk: Library) -> None:
    desk.files([a_comment(text="Skriv til kari.test@post.example")], named=NAMED)
    assert desk.one("text") == "Skriv til [e-mail]"


def test_importing_twice_changes_nothing(desk: Library) -> None:
    files = [a_post(), a_visitors()], [a_comment(), a_reply()]
    desk.files(*files)
    before = rows(desk.store), desk.counted()
    again = desk.files(*files)
    assert (again.added.new, again.added.changed, rows(desk.store), desk.counted()) == (0, 0, *before)


def test_a_post_that_the_network_knows_too_is_one_and_so_is_its_thread(desk: Library) -> None:
    desk.files([a_post()], [a_comment()])
    network = {"id": "100_501", "created_time": "2026-03-02T09:14:20+0000", "message": "Fristen er 1. mai."}
    desk.take(desk.file(json.dumps({"data": [{**network, "from": {"id": "100"}}]}).encode(), "page.json"))
    assert desk.posts("native_id, thread, parent") == [
        ("100_501", "100_501", None),
        ("file-mcl-9101", "100_501", "100_501"),
    ]


def test_a_row_that_ends_before_its_text_is_kept_out(desk: ImportDesk) -> None:
    whole = as_table(a_post()).decode().splitlines()
    short = ",".join(whole[1].split(",")[:2])
    result = desk.take(desk.file("\n".join([*whole, short]).encode(), "posts.csv"))
    assert [(line, "cells for" in why) for _, line, why in result.bad_lines] == [(3, True)]


def test_a_column_that_stands_twice_is_refused(desk: ImportDesk) -> None:
    header, row = as_table(a_post()).decode().splitlines()
    with pytest.raises(InvalidInputError, match="several columns called 'text'"):
        desk.take(desk.file(f"{header},text\n{row},Noe annet\n".encode(), "posts.csv"))
