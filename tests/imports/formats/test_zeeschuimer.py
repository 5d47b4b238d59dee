"""What a browser showed of X, as Zeeschuimer captured it, in its newer and older shapes."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from imports.desk import as_lines
from imports.x_files import (
    ANCHOR,
    CLIENT,
    ETAT,
    KARI,
    NABO,
    TELLING,
    VERSION_IDS,
    WRITTEN,
    Person,
    answering,
    capture,
    captured,
    leaked,
    mentioned,
)
from soma_audit.errors import Exit
from soma_audit.imports.formats.twitter_status import PROTECTED

if TYPE_CHECKING:
    from imports.desk import ImportDesk

REPLY = {"conversation_id_str": "1", **answering("1", KARI)}
COLUMNS = "native_id, by_agency, author, kind, parent, thread, client, counts"
EXPECTED = ("2", 1, "eksempeletat", "comment", "1", "1", CLIENT, '{"like":2,"reply":1,"share":3}')


def in_a_user(where: str, who: Person = ETAT) -> dict[str, Any]:
    """Whoever wrote it, with the name where it stands in some captures or other."""
    names = {"screen_name": who.handle, "name": who.name}
    result = {"rest_id": who.id, "legacy": {}, "core": {}} | ({where: names} if where else {})
    return {"core": {"user_results": {"result": result}}}


def flat_legacy(by: Person = ETAT) -> dict[str, Any]:
    """A post as the older web app had it, its user beside it."""
    data = capture("2", "Hei", by, legacy=REPLY)["data"]
    user = {"id_str": by.id, "screen_name": by.handle, "name": by.name}
    return captured(
        {"type": "adaptive", "id": "2", "legacy": data["legacy"] | {"source": ANCHOR}, "user": user}
    )


SHAPES = {
    "newer": capture("2", "Hei", ETAT, legacy=REPLY),
    "the name in the older place": capture("2", "Hei", ETAT, legacy=REPLY, **in_a_user("legacy")),
    "the name missing": capture("2", "Hei", ETAT, legacy=REPLY, **in_a_user("")),
    "the user missing": capture("2", "Hei", ETAT, legacy=REPLY, core=...),
    "the user empty": capture("2", "Hei", ETAT, legacy=REPLY, core={"user_results": {}}),
    "one level deeper": captured({"tweet": capture("2", "Hei", ETAT, legacy=REPLY)["data"]}),
    "adaptive": flat_legacy(),
    "from x.com": capture("2", "Hei", ETAT, legacy=REPLY) | {"source_platform": "x.com"},
}


@pytest.mark.parametrize("line", SHAPES.values(), ids=SHAPES)
def test_a_post_is_the_same_in_all_shapes(line: dict[str, Any], x_desk: ImportDesk) -> None:
    result = x_desk.lines(line)
    assert x_desk.posts(COLUMNS) == [EXPECTED]
    assert ([s.format for s in result.summaries], result.bad) == (["zeeschuimer"], 0)


def test_the_time_of_capture_is_in_milliseconds(x_desk: ImportDesk) -> None:
    x_desk.lines(capture("1", "Hei", ETAT))
    assert x_desk.store.execute("select fetched_at from page").fetchall() == [("2026-03-02T11:00:00Z",)]


@pytest.mark.parametrize("at", [None, "x", -5, 1e300, [], {}, True, 10**400])
def test_a_time_of_capture_that_is_none_harms_nothing(at: object, x_desk: ImportDesk) -> None:
    assert x_desk.lines(capture("1", "Hei", ETAT) | {"timestamp_collected": at}).added.new == 1


def test_each_look_is_kept_and_the_newest_is_current(x_desk: ImportDesk) -> None:
    looks = [
        capture("1", "Hei", ETAT, legacy={"favorite_count": n})
        | {"timestamp_collected": 1772449200000 - n * 60_000}
        for n in range(3)
    ]
    x_desk.lines(*looks)
    assert x_desk.posts("json_extract(counts, '$.like')") == [(0,)]
    assert x_desk.counted()["observation"] == 3


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({}, "post"),
        ({"legacy": REPLY}, "comment"),
        ({"legacy": {"retweeted_status_result": {"result": capture("9", "x")["data"]}}}, "share"),
        ({"quoted_status_result": {"result": {"tweet": capture("9", "x")["data"]}}}, "post"),
        ({"quoted_status_result": {"result": {"__typename": "TweetTombstone"}}}, "post"),
    ],
)
def test_what_kind_of_post_it_is(more: dict[str, Any], kind: str, x_desk: ImportDesk) -> None:
    x_desk.lines(capture("1", "Hei", ETAT, **more))
    assert x_desk.posts("kind") == [(kind,)]


def test_the_long_text_is_taken(x_desk: ImportDesk) -> None:
    note = {"note_tweet_results": {"result": {"text": "Hele den lange teksten"}}}
    x_desk.lines(capture("1", "Hele…", ETAT, note_tweet=note))
    assert x_desk.posts("text") == [("Hele den lange teksten",)]


@pytest.mark.parametrize(
    "data",
    [
        {"__typename": "TweetTombstone", "tombstone": {}},
        {},
        None,
        5,
        [],
        {"tweet": {}},
        {"legacy": 5},
        {"legacy": {}},
    ],
    ids=str,
)
def test_word_of_a_post_that_is_none_is_kept_out_alone(data: object, x_desk: ImportDesk) -> None:
    result = x_desk.lines(capture("1", "Hei", ETAT), captured(data), capture("3", "Hei", ETAT))
    assert ([line for _, line, _ in result.bad_lines], result.added.new) == ([2], 2)
    assert x_desk.outcome == Exit.PARTIAL


@pytest.mark.parametrize(
    "data",
    [{"id": "9", "text": "Hei @eksempeletat"}, capture("9", "Hei", ETAT)["data"], {"aweme_id": "9"}],
)
def test_posts_of_other_platforms_are_kept_out_and_counted(data: object, x_desk: ImportDesk) -> None:
    other = captured(data, source_platform="tiktok-comments.example")
    result = x_desk.lines(other, capture("1", "Hei", ETAT))
    assert ([s.format for s in result.summaries], result.kept_out) == (
        ["zeeschuimer"],
        {"posts of other networks": 1},
    )
    assert x_desk.posts("native_id") == [("1",)]


def test_a_post_stands_on_the_walls_of_those_it_is_from_or_to(x_desk: ImportDesk) -> None:
    lines = [capture("1", "@eksempeletat @nabodep hei"), capture("2", "hei", KARI), capture("3", "hei", NABO)]
    result = x_desk.lines(*lines)
    assert x_desk.posts("native_id, handle, by_agency") == [
        ("1", "eksempeletat", 0),
        ("1", "nabodep", 0),
        ("3", "nabodep", 1),
    ]
    assert sum(result.kept_out.values()) == 1


def test_it_says_what_a_capture_cannot_show_and_what_x_forbids(x_desk: ImportDesk) -> None:
    (summary,) = x_desk.lines(capture("1", "Hei", ETAT)).summaries
    assert "on the screen" in summary.cannot
    assert "terms" in summary.cannot


def test_no_visitors_name_reaches_the_files_bytes(x_desk: ImportDesk) -> None:
    note = {"note_tweet_results": {"result": {"text": TELLING}}}
    x_desk.lines(
        capture("1", TELLING, KARI, note_tweet=note),
        capture("2", "@kari_test @ola_prove takk", ETAT, legacy=REPLY),
        capture("3", TELLING, KARI, legacy={"created_at": "Kari Test"}),
        capture("4", TELLING, KARI, **in_a_user("legacy", KARI)),
        captured(
            {
                "legacy": {"full_text": TELLING, "id_str": "5", "created_at": WRITTEN},
                "user": {"screen_name": "kari_test"},
            }
        ),
    )
    assert (len(x_desk.posts("id")), leaked(x_desk.bytes())) == (4, [])
    assert mentioned(TELLING)


def test_a_capture_twice_is_the_same_as_once(x_desk: ImportDesk) -> None:
    content = as_lines(*SHAPES.values(), capture("1", "@eksempeletat hei"))
    x_desk.take(x_desk.file(content))
    before = x_desk.counted()
    again = x_desk.take(x_desk.file(content))
    assert (again.added.new, again.added.changed, x_desk.counted()) == (0, 0, before)


def test_what_a_protected_account_writes_is_no_post(x_desk: ImportDesk) -> None:
    hidden = capture("7", "@eksempeletat hemmelig?", KARI)
    hidden["data"]["core"]["user_results"]["result"]["legacy"]["protected"] = True
    result = x_desk.lines(hidden)
    assert (x_desk.posts("native_id"), result.kept_out) == ([], {PROTECTED: 1})


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_versions_of_an_edited_post_are_one_post_however_they_came_on_the_screen(
    order: tuple[int, ...], x_desk: ImportDesk
) -> None:
    first, *later = VERSION_IDS
    whole = {"edit_tweet_ids": VERSION_IDS}
    edits = {"initial_tweet_id": first, "edit_control_initial": whole}
    captured = [
        capture(first, "Fisten", ETAT, edit_control=whole),
        *(capture(n, f"Fristen {n}", ETAT, edit_control=edits) for n in later),
    ]
    for second, which in enumerate(order):
        captured[which]["timestamp_collected"] += 1000 * second
    x_desk.lines(*(captured[which] for which in order))
    assert x_desk.posts("native_id", "text") == [(first, f"Fristen {later[-1]}")]


def test_what_x_withholds_is_forgotten(x_desk: ImportDesk) -> None:
    x_desk.lines(capture("7", "@eksempeletat sjeldenord?", KARI))
    x_desk.lines(capture("7", "@eksempeletat sjeldenord?", KARI, legacy={"withheld_in_countries": ["NO"]}))
    assert x_desk.posts("native_id", "text") == [("7", None)]
    assert b"sjeldenord" not in x_desk.bytes()
