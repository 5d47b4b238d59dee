"""Statuses of X's API v1.1, in lists, lines and answers of searches."""

from __future__ import annotations

import json
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from imports.desk import ImportDesk, as_lines
from imports.x_files import (
    ANCHOR,
    CLIENT,
    ETAT,
    KARI,
    NABO,
    OLA,
    TELLING,
    VERSION_IDS,
    answering,
    leaked,
    status,
)
from soma_audit.errors import Exit
from soma_audit.imports.formats.twitter_status import PROTECTED

if TYPE_CHECKING:
    from collections.abc import Callable

QUESTION = status("1", "@eksempeletat Når er fristen?", KARI, in_reply_to_user_id_str=ETAT.id)
ANSWER = status("2", "@kari_test 1. mai", ETAT, **answering("1", KARI))
OWN = status("3", "Åpent i dag", ETAT)
THREE = [QUESTION, ANSWER, OWN]

CONTAINERS: dict[str, Callable[[list[Any]], bytes]] = {
    "a line each": lambda s: as_lines(*s),
    "a list": lambda s: json.dumps(s).encode(),
    "a list over many lines": lambda s: json.dumps(s, indent=2).encode(),
    "an answer of a search": lambda s: json.dumps({"statuses": s, "search_metadata": {"count": 15}}).encode(),
    "an answer over many lines": lambda s: json.dumps(
        {"statuses": s, "search_metadata": {"count": 15}}, indent=1
    ).encode(),
    "one after another over many lines": lambda s: "\n".join(json.dumps(one, indent=2) for one in s).encode(),
    "an answer a line": lambda s: as_lines(
        *({"statuses": [one], "search_metadata": {"next_results": "?q=[a]"}} for one in s)
    ),
    "a list a line": lambda s: as_lines(*([one] for one in s)),
}


@pytest.mark.parametrize("contain", CONTAINERS.values(), ids=CONTAINERS)
def test_statuses_are_found_however_they_are_packed(
    contain: Callable[[list[Any]], bytes], x_desk: ImportDesk
) -> None:
    result = x_desk.take(x_desk.file(contain(THREE), "statuses.json"))
    assert [s.format for s in result.summaries] == ["twitter-v1"]
    assert x_desk.posts("native_id, by_agency, author, kind, parent, thread, client") == [
        ("1", 0, KARI.pseudonym, "comment", None, "1", CLIENT),
        ("2", 1, "eksempeletat", "comment", "1", "1", CLIENT),
        ("3", 1, "eksempeletat", "post", None, "3", CLIENT),
    ]
    assert (result.bad, x_desk.outcome) == (0, Exit.DONE)


@pytest.mark.parametrize(
    ("texts", "kept"),
    [
        ({"full_text": "Hel"}, "Hel"),
        ({"full_text": ..., "text": "Kort"}, "Kort"),
        (
            {"full_text": ..., "text": "Ku…", "extended_tweet": {"full_text": "Kuttet, men hel"}},
            "Kuttet, men hel",
        ),
        ({"full_text": ..., "text": "Ku…", "truncated": True, "extended_tweet": None}, "Ku…"),
    ],
)
def test_the_text_is_the_longest_there_is(texts: dict[str, Any], kept: str, x_desk: ImportDesk) -> None:
    x_desk.lines(status("1", "", ETAT, **texts))
    assert x_desk.posts("text") == [(kept,)]


@pytest.mark.parametrize(
    ("source", "client"), [(ANCHOR, CLIENT), (CLIENT, CLIENT), ("", None), (None, None), (..., None)]
)
def test_the_client_may_be_written_in_any_way_or_missing(
    source: object, client: str | None, x_desk: ImportDesk
) -> None:
    result = x_desk.lines(status("1", "Hei", ETAT, source=source))
    assert (x_desk.posts("client"), result.bad) == ([(client,)], 0)


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"retweeted_status": status("9", "Hei", NABO)}, "share"),
        ({"retweeted_status": None}, "post"),
        ({"quoted_status": status("9", "Hei", NABO)}, "post"),
        (answering("9", NABO), "comment"),
        ({"in_reply_to_user_id_str": NABO.id}, "comment"),
        ({"in_reply_to_status_id_str": None, "in_reply_to_user_id_str": None}, "post"),
    ],
)
def test_what_kind_of_post_it_is(more: dict[str, Any], kind: str, x_desk: ImportDesk) -> None:
    x_desk.lines(status("1", "Hei", ETAT, **more))
    assert set(x_desk.posts("kind")) == {(kind,)}


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Mon Mar 02 10:20:00 +0000 2026", "2026-03-02T10:20:00Z"),
        ("Sun Dec 31 23:59:59 +0000 2017", "2017-12-31T23:59:59Z"),
        ("2026-03-02T11:20:00+01:00", "2026-03-02T10:20:00Z"),
        ("2026-03-02T10:20:00.000Z", "2026-03-02T10:20:00Z"),
    ],
)
def test_times_of_both_kinds_are_read(written: str, kept: str, x_desk: ImportDesk) -> None:
    x_desk.lines(status("1", "Hei", ETAT, created_at=written))
    assert x_desk.posts("created_at") == [(kept,)]


def test_a_time_that_is_missing_stands_in_the_id(x_desk: ImportDesk) -> None:
    x_desk.lines(status("1900000000000000003", "Hei", ETAT, created_at=...))
    assert x_desk.posts("created_at") == [("2025-03-13T01:44:34Z",)]


# --- whose wall ---


@pytest.mark.parametrize(
    ("by", "text", "more", "walls"),
    [
        (ETAT, "Hei", {}, ["eksempeletat"]),
        (ETAT, "Hei @nabodep", {}, ["eksempeletat", "nabodep"]),
        (KARI, "@eksempeletat hei", {}, ["eksempeletat"]),
        (KARI, "Hei @EksempelEtat!", {}, ["eksempeletat"]),
        (KARI, "@eksempeletat @nabodep hei", {}, ["eksempeletat", "nabodep"]),
        (KARI, "uten navn", answering("9", NABO), ["nabodep"]),
        (KARI, "uten navn", {"in_reply_to_screen_name": "NaboDep"}, ["nabodep"]),
        (KARI, "Hei", {}, []),
        (KARI, "@eksempeletaten hei", {}, []),
        (KARI, "skriv til post@eksempeletat.example", {}, []),
        (KARI, "se @kari_test", answering("9", OLA), []),
    ],
)
def test_a_post_stands_on_the_walls_of_those_it_is_from_or_to(
    by: Any, text: str, more: dict[str, Any], walls: list[str], x_desk: ImportDesk
) -> None:
    result = x_desk.lines(status("1", text, by, **more), status("2", "Hei", ETAT))
    assert [h for n, h in x_desk.posts("native_id, handle") if n == "1"] == walls
    assert sum(result.kept_out.values()) == (not walls)


def test_on_another_agencys_wall_an_agency_is_a_visitor(x_desk: ImportDesk) -> None:
    result = x_desk.lines(status("1", "Hei @nabodep", ETAT))
    assert x_desk.posts("handle, by_agency, author") == [
        ("eksempeletat", 1, "eksempeletat"),
        ("nabodep", 0, "eksempeletat"),
    ]
    assert (result.summaries[0].own, result.summaries[0].visitors) == (1, 1)


def test_an_account_is_known_by_its_number_under_a_new_name(x_desk: ImportDesk) -> None:
    x_desk.lines(status("1", "Hei", user={"id_str": ETAT.id, "screen_name": "NyttNavn"}))
    assert x_desk.posts("handle, by_agency") == [("eksempeletat", 1)]


# --- what is kept out ---


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        ({"id": ..., "id_str": ...}, "has no id"),
        ({"id_str": "abc"}, "has no id"),
        ({"full_text": ...}, "has no text"),
        ({"full_text": 5}, "has no text"),
        ({"created_at": "i går"}, "created_at is not a time"),
        ({"created_at": 5}, "created_at is not a time"),
        ({"created_at": ...}, "has no time"),
        ({"favorite_count": "mange"}, "wrong kind"),
        ({"entities": 5}, "wrong kind"),
        ({"source": ["x"]}, "wrong kind"),
    ],
)
def test_a_bad_status_is_kept_out_with_its_line_and_the_rest_goes_in(
    spoil: dict[str, Any], reason: str, x_desk: ImportDesk
) -> None:
    bad = status("7", "Hei", ETAT, **spoil)
    result = x_desk.lines(OWN, bad, ANSWER)
    assert [(n, reason in why) for _, n, why in result.bad_lines] == [(2, True)]
    assert (x_desk.posts("native_id"), x_desk.outcome) == ([("2",), ("3",)], Exit.PARTIAL)


def test_notices_of_a_stream_are_no_damage(x_desk: ImportDesk) -> None:
    notices = [{"delete": {"status": {"id_str": "9"}}}, {"limit": {"track": 5}}, {"warning": {"code": "x"}}]
    result = x_desk.lines(OWN, *notices)
    assert (result.added.new, result.bad, sum(result.kept_out.values())) == (1, 0, 2)


def test_word_of_a_deletion_is_heeded(x_desk: ImportDesk) -> None:
    result = x_desk.lines(OWN, {"delete": {"status": {"id_str": OWN["id_str"], "user_id_str": ETAT.id}}})
    assert (result.added.gone, x_desk.one("text")) == (1, None)


# --- people ---


def test_no_visitors_name_reaches_the_files_bytes(x_desk: ImportDesk) -> None:
    media = [{"url": "https://t.co/a", "expanded_url": "https://twitter.com/kari_test/status/1/photo/1"}]
    x_desk.lines(
        status(
            "1",
            f"{TELLING} https://t.co/a",
            KARI,
            extended_entities={"media": media},
            entities={"media": media},
        ),
        status(
            "2",
            "@kari_test @ola_prove takk, X.COM/kari_test og Twitter.Com/ola_prove",
            ETAT,
            **answering("1", KARI),
        ),
        status("3", "@eksempeletat", OLA, created_at="Ola Prøve", full_text=TELLING),
        status("4", "RT @kari_test: hei @eksempeletat", OLA, retweeted_status=status("1", TELLING, KARI)),
        status("5", TELLING, KARI, user={"screen_name": KARI.handle, "name": KARI.name}),
    )
    assert (len(x_desk.posts("id")), leaked(x_desk.bytes())) == (4, [])


def test_a_visitor_is_the_same_as_author_and_as_mention(x_desk: ImportDesk) -> None:
    x_desk.lines(*THREE)
    assert x_desk.posts("text")[1] == (f"@{KARI.pseudonym} 1. mai",)
    assert x_desk.posts("author")[0] == (KARI.pseudonym,)


def test_a_visitors_address_names_nobody(x_desk: ImportDesk) -> None:
    x_desk.lines(*THREE)
    assert [url for (url,) in x_desk.posts("permalink")] == [
        "https://x.com/i/status/1",
        "https://x.com/eksempeletat/status/2",
        "https://x.com/eksempeletat/status/3",
    ]


# --- threads ---


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_threads_are_found_by_their_parents_in_any_order(order: tuple[int, ...], x_desk: ImportDesk) -> None:
    chain = [
        QUESTION,
        ANSWER,
        status("4", "@eksempeletat takk", KARI, **answering("2", ETAT)),
    ]
    x_desk.lines(*(chain[i] for i in order))
    assert x_desk.posts("thread") == [("1",)] * 3


def test_what_a_protected_account_writes_is_no_post(x_desk: ImportDesk) -> None:
    hidden = status("7", "@eksempeletat hemmelig?", KARI)
    hidden["user"]["protected"] = True
    result = x_desk.lines(hidden, status("8", "@eksempeletat åpent?", KARI))
    assert x_desk.posts("native_id") == [("8",)]
    assert result.kept_out == {PROTECTED: 1}


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_versions_of_an_edited_post_are_one_post_in_any_order(
    order: tuple[int, ...], x_desk: ImportDesk
) -> None:
    first = VERSION_IDS[0]
    whole = {"edit_tweet_ids": VERSION_IDS}
    edits = {"initial_tweet_id": first, "edit_control_initial": whole}
    versions = [status(n, n, ETAT, edit_control=whole if n == first else edits) for n in VERSION_IDS]
    x_desk.lines(*(versions[which] for which in order))
    assert x_desk.posts("native_id", "text") == [(first, VERSION_IDS[-1])]


@pytest.mark.parametrize(
    "told", [{"withheld_copyright": True}, {"withheld_in_countries": ["NO"]}, {"withheld_scope": "user"}]
)
def test_what_x_withholds_is_forgotten(told: dict[str, Any], x_desk: ImportDesk) -> None:
    x_desk.lines(status("7", "@eksempeletat sjeldenord?", KARI))
    x_desk.lines(status("7", "This Tweet has been withheld", KARI, **told))
    x_desk.lines(status("7", "@eksempeletat sjeldenord?", KARI))
    assert x_desk.posts("native_id", "text") == [("7", None)]
    assert b"sjeldenord" not in x_desk.bytes()


def test_what_is_withheld_nowhere_keeps_its_text(x_desk: ImportDesk) -> None:
    x_desk.lines(status("7", "@eksempeletat hei", KARI, withheld_copyright=False, withheld_in_countries=[]))
    assert x_desk.posts("text") == [("@eksempeletat hei",)]
