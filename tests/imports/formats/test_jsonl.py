"""Our own format: a good line always goes in, a bad one never does, and nobody is named."""

from __future__ import annotations

import gzip
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collect.builders import PEOPLE, X_ACCOUNT, rows, stored_bytes
from imports.desk import ImportDesk, as_lines
from soma_audit.errors import Exit, InvalidInputError
from soma_audit.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KARI = PEOPLE.author("twitter", "kari_test")
PLANTED = (b"kari_test", b"kari.test", b"Kari Test", b"12345678")


def a_line(**more: Any) -> dict[str, Any]:
    own = {"network": "twitter", "account": X_ACCOUNT.handle, "id": "1", "created_at": "2026-03-02T09:14:00Z"}
    return {**own, "text": "Hei", "by_agency": True, **more}


def without(key: str) -> dict[str, Any]:
    return {k: v for k, v in a_line().items() if k != key}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ImportDesk]:
    with ImportDesk(tmp_path, format_="jsonl") as made:
        yield made


# --- what goes in ---


def test_a_line_with_all_keys_is_kept_whole(desk: ImportDesk) -> None:
    desk.lines(
        a_line(
            id="3",
            thread="1",
            parent="2",
            kind="comment",
            client="Twitter Web App",
            reply_settings="everyone",
            url="https://x.com/eksempeletat/status/3",
            counts={"like": 1, "reply": 2, "share": 3},
            author="x",
        )
    )
    columns = "native_id, thread, parent, kind, client, reply_setting, permalink, counts, author, by_agency, created_at"
    assert desk.posts(columns) == [
        (
            "3",
            "1",
            "2",
            "comment",
            "Twitter Web App",
            "everyone",
            "https://x.com/eksempeletat/status/3",
            '{"like":1,"reply":2,"share":3}',
            "eksempeletat",
            1,
            "2026-03-02T09:14:00Z",
        )
    ]


def test_the_required_keys_are_enough(desk: ImportDesk) -> None:
    assert desk.lines(a_line()).bad_lines == []
    assert desk.posts("native_id, thread, parent, kind, text") == [("1", "1", None, "post", "Hei")]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("12345678901234567890123", "12345678901234567890123"),
        (2**63 + 5, str(2**63 + 5)),
        (7, "7"),
        ("100_5", "100_5"),
    ],
)
def test_an_id_of_any_length_is_kept_as_text(value: object, kept: str, desk: ImportDesk) -> None:
    desk.lines(a_line(id=value))
    assert desk.one("native_id") == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2026-03-02T10:14:00+01:00", "2026-03-02T09:14:00Z"),
        ("2026-03-02T09:14:00.750Z", "2026-03-02T09:14:00Z"),
    ],
)
def test_times_are_kept_in_utc_and_whole_seconds(written: str, kept: str, desk: ImportDesk) -> None:
    desk.lines(a_line(created_at=written))
    assert desk.one("created_at") == kept


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({}, "post"),
        ({"parent": "9"}, "comment"),
        ({"kind": "comment"}, "comment"),
        ({"kind": "share"}, "share"),
    ],
)
def test_the_kind_is_what_is_said_or_what_the_parent_shows(
    more: dict[str, Any], kind: str, desk: ImportDesk
) -> None:
    desk.lines(a_line(**more))
    assert desk.one("kind") == kind


@pytest.mark.parametrize(
    ("counts", "kept"), [(None, "{}"), ({"like": 0}, '{"like":0}'), ({"like": 2, "views": 7}, '{"like":2}')]
)
def test_counts_are_those_we_know(counts: object, kept: str, desk: ImportDesk) -> None:
    desk.lines(a_line(counts=counts))
    assert desk.one("counts") == kept


def test_a_text_of_null_is_a_post_that_is_gone(desk: ImportDesk) -> None:
    desk.lines(a_line(text=None))
    assert desk.posts("text") == [(None,)]


def test_empty_lines_are_nothing(desk: ImportDesk) -> None:
    result = desk.take(desk.file(b"\n" + as_lines(a_line()) + b"  \n\n"))
    assert (result.added.new, result.bad_lines) == (1, [])


def test_half_characters_and_nul_are_replaced(desk: ImportDesk) -> None:
    desk.lines(
        a_line(
            text="a\ud83d\x00",
            client="b\udfff",
            url="c\ud83d",
            id="d\ud83d",
            parent="e\ud83d",
            account="f\ud83d",
        )
    )
    columns = "text, client, permalink, native_id, parent, handle"
    assert desk.posts(columns) == [("a\ufffd\ufffd", "b\ufffd", "c\ufffd", "d\ufffd", "e\ufffd", "f\ufffd")]


def test_unknown_keys_are_left_out_and_counted(desk: ImportDesk) -> None:
    result = desk.lines(a_line(note_tweet={"text": "x"}, lang="no"), a_line(id="2", lang="no"))
    assert dict(result.unknown_keys) == {"note_tweet": 1, "lang": 2}
    assert (result.added.new, result.bad_lines) == (2, [])


def test_one_unknown_key_among_ten_thousand_lines_loses_none(desk: ImportDesk) -> None:
    result = desk.lines(*(a_line(id=n, **({"note_tweet": 1} if n == 77 else {})) for n in range(10_000)))
    assert (result.added.new, result.lines) == (10_000, 10_000)


def test_an_account_that_the_register_does_not_know_is_taken_in_under_its_own_name(desk: ImportDesk) -> None:
    result = desk.lines(a_line(account="Ukjent", network="facebook"), a_line())
    assert result.taken_in == ["facebook/Ukjent"]
    assert set(desk.posts("agency")) == {("facebook-ukjent",), ("eks",)}


def test_an_account_is_the_same_in_any_case(desk: ImportDesk) -> None:
    result = desk.lines(a_line(account="EKSEMPELETAT"), a_line(account="EksempelEtat", id="2"))
    assert (result.taken_in, len(result.accounts)) == ([], 1)


# --- twice ---


def test_importing_twice_adds_nothing(desk: ImportDesk) -> None:
    lines = [
        a_line(),
        a_line(id="2", parent="1", by_agency=False, author="kari_test", text="@kari_test 12345678"),
    ]
    desk.lines(*lines)
    before = rows(desk.store), desk.store.execute("select changed from account").fetchall()
    again = desk.lines(*lines)
    assert (rows(desk.store), desk.store.execute("select changed from account").fetchall()) == before
    assert (again.added.new, again.added.changed) == (0, 0)


def test_a_post_twice_in_a_file_is_one_post_as_last_seen(desk: ImportDesk) -> None:
    result = desk.lines(a_line(text="før"), a_line(text="etter"))
    assert (result.added.new, desk.posts("text")) == (1, [("etter",)])


# --- threads ---


CHAIN = [a_line(id="1"), a_line(id="2", parent="1"), a_line(id="3", parent="2"), a_line(id="4", parent="3")]


@pytest.mark.parametrize(
    "order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)], ids=["oldest first", "newest first", "mixed"]
)
def test_a_thread_is_named_by_its_topmost_known_post(order: tuple[int, ...], desk: ImportDesk) -> None:
    desk.lines(*(CHAIN[i] for i in order))
    assert desk.posts("thread") == [("1",)] * 4


def test_a_thread_begins_at_the_post_nobody_has_seen(desk: ImportDesk) -> None:
    desk.lines(*CHAIN[1:])
    assert desk.posts("thread") == [("1",)] * 3


def test_a_thread_that_is_told_holds_for_the_posts_below_too(desk: ImportDesk) -> None:
    desk.lines(a_line(id="2", parent="1", thread="0"), a_line(id="3", parent="2"))
    assert desk.posts("thread") == [("0",), ("0",)]


def test_a_thread_may_come_in_two_files(desk: ImportDesk) -> None:
    desk.lines(*CHAIN[2:])
    desk.lines(*CHAIN[:2])
    assert desk.posts("thread") == [("1",)] * 4


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 7), min_size=8, max_size=8), st.permutations(range(8)))
def test_any_tree_in_any_order_has_one_thread_a_root(parents: list[int], order: list[int]) -> None:
    above = {n: p for n, p in enumerate(parents) if p < n}

    def root(n: int) -> int:
        return root(above[n]) if n in above else n

    with TemporaryDirectory() as folder:
        desk = ImportDesk(Path(folder), format_="jsonl")
        desk.lines(*(a_line(id=n, **({"parent": above[n]} if n in above else {})) for n in order))
        found = desk.posts("native_id, thread")
        desk.store.close()
    assert found == [(str(n), str(root(n))) for n in range(8)]


def test_posts_that_answer_each_other_in_a_ring_end_too(desk: ImportDesk) -> None:
    assert desk.lines(*(a_line(id=n, parent=(n + 1) % 3) for n in range(3))).added.new == 3


# --- what is kept out ---


BAD = {
    "no JSON": (b"{", "is not JSON"),
    "cut": (as_lines(a_line())[:40], "is not JSON"),
    "not UTF-8": (b'{"id":"\xff"}', "is not JSON"),
    "too deep": (b"[" * 200_000, "is not JSON"),
    "a list": (b"[]", "is not a JSON object"),
    "a text": (b'"hei"', "is not a JSON object"),
    "null": (b"null", "is not a JSON object"),
    **{
        f"no {k}": (as_lines(without(k)), f"has no {k}")
        for k in ("network", "account", "id", "created_at", "text", "by_agency")
    },
    "two missing": (
        as_lines({"network": "twitter", "account": "a", "id": "1", "by_agency": True}),
        "has no created_at, no text",
    ),
    "another network": (as_lines(a_line(network="myspace")), "network is not one of"),
    "no name": (as_lines(a_line(account="")), "cannot be a name"),
    "a name too long": (as_lines(a_line(account="a" * 101)), "cannot be a name"),
    "a name of the wrong kind": (as_lines(a_line(account=["a"])), "wrong kind"),
    "an empty id": (as_lines(a_line(id="")), "an id must be text"),
    "an id with a fraction": (as_lines(a_line(id=1.5)), "an id must be text"),
    "an id of truth": (as_lines(a_line(id=True)), "an id must be text"),
    "an id of null": (as_lines(a_line(id=None)), "an id must be text"),
    "a parent of the wrong kind": (as_lines(a_line(parent={})), "an id must be text"),
    "a thread of the wrong kind": (as_lines(a_line(thread=[])), "an id must be text"),
    "an author of the wrong kind": (as_lines(a_line(by_agency=False, author={})), "an id must be text"),
    "no time": (as_lines(a_line(created_at="i går")), "created_at is not a valid time"),
    "a number as time": (as_lines(a_line(created_at=5)), "created_at is not a valid time"),
    "a time without zone": (as_lines(a_line(created_at="2026-03-02T09:14:00")), "no time zone"),
    "a time before time": (as_lines(a_line(created_at="0001-01-01T00:00:00+05:00")), "wrong kind"),
    "by_agency as text": (as_lines(a_line(by_agency="no")), "by_agency must be"),
    "by_agency as number": (as_lines(a_line(by_agency=1)), "by_agency must be"),
    "by_agency null": (as_lines(a_line(by_agency=None)), "by_agency must be"),
    "a number as text": (as_lines(a_line(text=5)), "text must be text"),
    "a list as text": (as_lines(a_line(text=["a"])), "text must be text"),
    "another kind": (as_lines(a_line(kind="story")), "kind must be one of"),
    "kind of the wrong kind": (as_lines(a_line(kind=[])), "kind must be one of"),
    "a client of the wrong kind": (as_lines(a_line(client=1)), "must be text"),
    "a url of the wrong kind": (as_lines(a_line(url={})), "must be text"),
    "counts as list": (as_lines(a_line(counts=[1])), "counts must be"),
    "counts as text": (as_lines(a_line(counts={"like": "1"})), "counts must be"),
    "counts with truth": (as_lines(a_line(counts={"like": True})), "counts must be"),
}


@pytest.mark.parametrize(("line", "reason"), BAD.values(), ids=BAD)
def test_a_bad_line_is_kept_out_with_its_number_and_the_rest_goes_in(
    line: bytes, reason: str, desk: ImportDesk
) -> None:
    result = desk.take(desk.file(as_lines(a_line()) + line.rstrip() + b"\n" + as_lines(a_line(id="2"))))
    assert [(file, number) for file, number, _ in result.bad_lines] == [("posts.jsonl", 2)]
    assert reason in result.bad_lines[0][2]
    assert (result.added.new, desk.outcome) == (2, Exit.PARTIAL)


def test_kept_out_lines_are_listed_in_the_database(desk: ImportDesk) -> None:
    desk.lines(a_line(), without("text"))
    listed = desk.store.execute("select file, line, reason from quarantine").fetchall()
    assert listed == [("posts.jsonl", 2, "has no text")]


def test_a_last_line_that_breaks_off_is_noticed(desk: ImportDesk) -> None:
    result = desk.take(desk.file(as_lines(a_line(), a_line(id="2"))[:-30]))
    assert (result.added.new, [n for _, n, _ in result.bad_lines]) == (1, [2])


def test_line_numbers_hold_beyond_one_page(desk: ImportDesk) -> None:
    content = as_lines(*(a_line(id=n) for n in range(5001))) + b"oops\n"
    assert [n for _, n, _ in desk.take(desk.file(content)).bad_lines] == [5002]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=2),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.dictionaries(st.sampled_from([*a_line(), "parent", "author", "counts", "kind", "url"]), VALUES),
        max_size=4,
    )
)
def test_whatever_stands_on_a_line_each_is_in_or_named(spoilt: list[dict[str, Any]]) -> None:
    lines = [a_line(id=f"p{n}") | {k: v for k, v in s.items() if k != "id"} for n, s in enumerate(spoilt)]
    with TemporaryDirectory() as folder:
        desk = ImportDesk(Path(folder), format_="jsonl")
        result = desk.lines(*lines)
        desk.store.close()
    assert result.added.new + len(result.bad_lines) == len(lines)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(max_size=40).filter(lambda b: b"PK" not in b), max_size=5))
def test_any_bytes_but_a_zips_can_be_read(pieces: list[bytes]) -> None:
    with TemporaryDirectory() as folder:
        desk = ImportDesk(Path(folder), format_="jsonl")
        assert desk.take(desk.file(b"\n".join(pieces))).added.new == 0
        desk.store.close()


# --- files ---


def test_a_packed_file_is_known_by_what_it_holds(desk: ImportDesk) -> None:
    assert desk.take(desk.file(gzip.compress(as_lines(a_line())), "posts.jsonl")).added.new == 1


def test_a_plain_file_may_be_called_packed(desk: ImportDesk) -> None:
    assert desk.take(desk.file(as_lines(a_line()), "posts.jsonl.gz")).added.new == 1


@pytest.mark.parametrize(
    "spoil",
    [lambda z: z[:-12], lambda z: z[:-4] + b"oops", lambda z: z + b"rest"],
    ids=["cut", "sum", "rest"],
)
def test_a_packed_file_that_breaks_off_is_noticed(spoil: Callable[[bytes], bytes], desk: ImportDesk) -> None:
    lines = as_lines(*(a_line(id=n, text=f"{n * 7919}") for n in range(200)))
    result = desk.take(desk.file(spoil(gzip.compress(lines))))
    assert result.added.new + len(result.bad_lines) > 1
    assert (len(result.bad_lines) >= 1, desk.outcome) == (True, Exit.PARTIAL)


def test_a_missing_file_stops_before_anything_is_imported(desk: ImportDesk) -> None:
    good = desk.file(as_lines(a_line()))
    with pytest.raises(InvalidInputError, match="nowhere"):
        desk.take(good, desk.folder / "nowhere.jsonl")
    assert desk.posts("native_id") == []


def test_an_empty_file_is_no_mistake(desk: ImportDesk) -> None:
    assert (desk.take(desk.file(b"")).lines, desk.outcome) == (0, Exit.DONE)


def test_a_file_vouches_for_what_it_holds_and_not_for_later(desk: ImportDesk) -> None:
    desk.lines(a_line(), a_line(id="2", created_at="2026-02-01T00:00:00Z"))
    found = desk.store.execute("select stream, since, completed_at from bookmark").fetchall()
    assert found == [("file", "2026-03-02T09:14:00+00:00", "2026-03-02T09:14:00Z")]


# --- people ---


def a_visitors(**more: Any) -> dict[str, Any]:
    return a_line(by_agency=False, author="kari_test", **more)


def test_a_visitor_is_a_pseudonym_and_the_same_when_mentioned(desk: ImportDesk) -> None:
    desk.lines(a_visitors(), a_line(id="2", text="@kari_test hei"))
    assert desk.posts("author, text") == [(KARI, "Hei"), ("eksempeletat", f"@{KARI} hei")]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("kari.test@post.example", "[e-mail]"),
        ("ring 12345678", "ring [telephone]"),
        (".@kari_test", f".@{KARI}"),
        ("@eksempeletat @nabo", f"@eksempeletat @{PEOPLE.author('twitter', 'nabo')}"),
    ],
)
def test_a_visitors_words_name_nobody(text: str, clean: str, desk: ImportDesk) -> None:
    desk.lines(a_visitors(text=text))
    assert desk.one("text") == clean


def test_an_account_named_further_down_keeps_its_handle(desk: ImportDesk) -> None:
    desk.lines(a_visitors(text="@nabo hei"), a_line(id="2", account="nabo"))
    assert ("@nabo hei",) in desk.posts("text")


@pytest.mark.parametrize(
    ("network", "url"),
    [
        ("twitter", "https://x.com/kari_test/status/1"),
        ("twitter", "https://mobile.twitter.com/kari_test/status/1"),
        ("facebook", "https://www.facebook.com/kari.test/posts/1"),
    ],
)
def test_a_visitors_address_does_not_name_them(network: str, url: str, desk: ImportDesk) -> None:
    desk.lines(a_visitors(network=network, url=url))
    assert "kari" not in desk.one("permalink")


def test_no_visitors_name_reaches_the_files_bytes(desk: ImportDesk) -> None:
    everything = "@kari_test kari.test@post.example, tlf 12345678, x.com/kari_test, facebook.com/kari.test"
    desk.lines(
        a_visitors(text=everything, url="https://x.com/kari_test/status/1", name="Kari Test"),
        a_line(id="2", text="@kari_test takk"),
        {**a_visitors(text="@kari_test"), "by_agency": "Kari Test"},
    )
    assert [name for name in PLANTED if name in stored_bytes(desk.database)] == []
    desk.store.close()
    assert [name for name in PLANTED if name in stored_bytes(desk.database)] == []


def test_an_import_into_an_empty_database_needs_no_register(tmp_path: Path) -> None:
    desk = ImportDesk(tmp_path, known=False, format_="jsonl")
    assert desk.lines(a_line()).taken_in == ["twitter/eksempeletat"]
    desk.store.close()


def test_the_database_can_be_opened_again(desk: ImportDesk) -> None:
    desk.lines(a_line())
    with Store(desk.database) as again:
        assert again.execute("select count(*) from post").fetchone() == (1,)
