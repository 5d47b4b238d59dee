"""Pages of X's API v2 as other tools keep them: in either vocabulary, in twarc's envelope, or flattened."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest

from imports.desk import ImportDesk, as_lines
from imports.x_files import (
    E_MAIL,
    ETAT,
    KARI,
    NABO,
    OLA,
    TELLING,
    VERSION_IDS,
    Person,
    flat,
    in_new_words,
    leaked,
    page,
    post,
    replying,
    twarc,
    user,
)
from soma_audit.errors import Exit
from soma_audit.imports.formats.twitter_status import PROTECTED

if TYPE_CHECKING:
    from collections.abc import Callable

QUESTION = post("1", "@eksempeletat Når er fristen?", KARI, in_reply_to_user_id=ETAT.id)
ANSWER = post("2", "@kari_test 1. mai", ETAT, **replying("1", KARI))
OWN = post("3", "Åpent i dag", ETAT)
THREE = (QUESTION, ANSWER, OWN)
EXPECTED = [
    ("1", 0, KARI.pseudonym, "comment", None, "1", "everyone", '{"like":2,"reply":1,"share":3}'),
    ("2", 1, "eksempeletat", "comment", "1", "1", "everyone", '{"like":2,"reply":1,"share":3}'),
    ("3", 1, "eksempeletat", "post", None, "3", "everyone", '{"like":2,"reply":1,"share":3}'),
]
COLUMNS = "native_id, by_agency, author, kind, parent, thread, reply_setting, counts"

SHAPES: dict[str, Callable[[], bytes]] = {
    "a page": lambda: json.dumps(page(*THREE)).encode(),
    "a page over many lines": lambda: json.dumps(page(*THREE), indent=2).encode(),
    "a page a line": lambda: as_lines(*(page(p) for p in THREE)),
    "a list of pages": lambda: json.dumps([page(p) for p in THREE], indent=1).encode(),
    "pages over many lines": lambda: "\n".join(json.dumps(page(p), indent=1) for p in THREE).encode(),
    "one object a page": lambda: as_lines(*(page(data=p) for p in THREE)),
    "twarc's pages": lambda: as_lines(*(page(p, **twarc()) for p in THREE)),
    "flattened": lambda: as_lines(
        flat("1", QUESTION["text"], KARI, **_beyond(QUESTION)),
        flat("2", ANSWER["text"], ETAT, **_beyond(ANSWER)),
        flat("3", OWN["text"], ETAT),
    ),
    "a list of flattened posts": lambda: json.dumps(
        [
            flat("1", QUESTION["text"], KARI, **_beyond(QUESTION)),
            flat("2", ANSWER["text"], ETAT, **_beyond(ANSWER)),
            flat("3", OWN["text"], ETAT),
        ]
    ).encode(),
    "a stream": lambda: as_lines(*(page(data=p, meta=..., matching_rules=[{"id": "1"}]) for p in THREE)),
    "newer words": lambda: json.dumps(in_new_words(page(*THREE))).encode(),
    "mixed words": lambda: json.dumps(in_new_words(page(*THREE), mixed=True)).encode(),
}


def _beyond(raw: dict[str, Any]) -> dict[str, Any]:
    keys = ("conversation_id", "in_reply_to_user_id", "referenced_tweets")
    return {k: raw[k] for k in keys if k in raw}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_posts_are_the_same_whatever_the_shape(shape: Callable[[], bytes], x_desk: ImportDesk) -> None:
    result = x_desk.take(x_desk.file(shape(), "pages.json"))
    assert x_desk.posts(COLUMNS) == EXPECTED
    assert ([s.format for s in result.summaries], result.bad, x_desk.outcome) == (
        ["twitter-v2"],
        0,
        Exit.DONE,
    )
    assert (result.summaries[0].own, result.summaries[0].visitors) == (2, 1)


# --- what may be missing or unknown ---


@pytest.mark.parametrize("author", [{}, None, ..., user(ETAT)])
def test_a_flattened_post_may_lack_its_author(author: object, x_desk: ImportDesk) -> None:
    result = x_desk.lines(flat("3", "Hei", ETAT, author=author))
    assert (x_desk.posts("by_agency"), result.bad) == ([(1,)], 0)


@pytest.mark.parametrize(
    "refs", [[{"type": "replied_to", "id": "1"}], [{"type": "replied_to", "id": "1", "author": {}}]]
)
def test_a_parent_that_could_not_be_read_is_only_a_number(refs: list[Any], x_desk: ImportDesk) -> None:
    x_desk.lines(flat("2", "Hei", ETAT, referenced_tweets=refs))
    assert x_desk.posts("native_id, parent") == [("2", "1")]


@pytest.mark.parametrize("includes", [..., None, {}, {"users": []}, {"users": [{}]}])
def test_a_page_may_come_without_the_people(includes: object, x_desk: ImportDesk) -> None:
    result = x_desk.lines(page(OWN, includes=includes))
    assert (x_desk.posts("by_agency"), result.bad) == ([(1,)], 0)


@pytest.mark.parametrize("empty", [{"meta": {"result_count": 0}}, page(), page(data=None, **twarc())])
def test_a_page_without_posts_is_no_damage(empty: dict[str, Any], x_desk: ImportDesk) -> None:
    result = x_desk.lines(empty, page(OWN))
    assert (result.added.new, result.bad) == (1, 0)


@pytest.mark.parametrize(
    "more",
    [
        {"note_tweet": {"text": "Åpent i dag, og i morgen"}},
        {"note_post": {"text": "Åpent i dag, og i morgen"}},
    ],
)
def test_the_long_text_is_taken(more: dict[str, Any], x_desk: ImportDesk) -> None:
    x_desk.lines(page(OWN | more))
    assert x_desk.posts("text") == [("Åpent i dag, og i morgen",)]


def test_a_field_nobody_knows_in_one_of_many_posts_loses_none(x_desk: ImportDesk) -> None:
    posts = [
        post(str(n), "Hei", ETAT, **({"article": {"title": "x"}, "x_y": 1} if n == 77 else {}))
        for n in range(300)
    ]
    result = x_desk.lines(page(*posts, brand_new={"a": 1}))
    assert (result.added.new, result.bad) == (300, 0)


def test_a_client_is_kept_where_it_is_told(x_desk: ImportDesk) -> None:
    x_desk.lines(page(OWN | {"source": "Twitter Web App"}, QUESTION))
    assert x_desk.posts("client") == [(None,), ("Twitter Web App",)]


# --- what is no post ---


def test_lines_of_a_log_are_named_and_the_posts_stay(x_desk: ImportDesk) -> None:
    noisy = (
        as_lines(page(OWN))
        + b"2026-03-02 10:00:00 INFO connected {}\n\n"
        + as_lines(page(ANSWER))
        + b"Killed\n"
    )
    result = x_desk.take(x_desk.file(noisy))
    assert [(line, why) for _, line, why in result.bad_lines] == [(2, "is not JSON"), (5, "is not JSON")]
    assert (x_desk.posts("native_id"), x_desk.outcome) == ([("2",), ("3",)], Exit.PARTIAL)


def test_noise_may_come_first(x_desk: ImportDesk) -> None:
    result = x_desk.take(x_desk.file(b"INFO connected\n" + as_lines(page(OWN), page(ANSWER))))
    assert ([line for _, line, _ in result.bad_lines], result.added.new) == ([1], 2)


@pytest.mark.parametrize(
    "values",
    [
        (page(user(ETAT), user(KARI), includes=..., **twarc()),),
        ({**user(KARI), **twarc()},),
        (page({"start": "a", "end": "b", "tweet_count": 5}, **twarc()),),
        ({"start": "a", "end": "b", "tweet_count": 5, **twarc()},),
    ],
    ids=["users", "flattened users", "counts", "flattened counts"],
)
def test_files_of_users_and_counts_say_that_they_hold_no_posts(
    values: tuple[Any, ...], x_desk: ImportDesk
) -> None:
    result = x_desk.lines(*values)
    assert (result.added.new, result.bad) == (0, 0)
    assert [why for why in result.kept_out if "no posts" in why]


@pytest.mark.parametrize("data", ["oops", 5, True, [1, "x"], [[OWN]]])
def test_what_stands_where_posts_should_is_named(data: object, x_desk: ImportDesk) -> None:
    result = x_desk.lines(page(OWN), page(data=data), page(ANSWER))
    assert ([line for _, line, _ in result.bad_lines][:1], result.added.new) == ([2], 2)


@pytest.mark.parametrize(
    "spoil",
    [
        {"id": ...},
        {"id": "x"},
        {"id": None},
        {"created_at": "i går"},
        {"created_at": 5},
        {"created_at": ...},
        {"entities": 5},
        {"entities": {"mentions": [5]}},
        {"referenced_tweets": [{}]},
        {"public_metrics": 7},
        {"public_metrics": {"like_count": "mange"}},
        {"note_tweet": "x"},
        {"reply_settings": ["x"]},
        {"source": {"x": 1}},
        {"edit_history_tweet_ids": ["x", "y"]},
    ],
    ids=str,
)
def test_one_bad_post_of_a_page_does_not_take_the_others_with_it(
    spoil: dict[str, Any], x_desk: ImportDesk
) -> None:
    bad = {k: v for k, v in (post("7", "Hei", ETAT) | spoil).items() if v is not ...}
    x_desk.lines(page(OWN, bad, ANSWER))
    assert {("2",), ("3",)} <= set(x_desk.posts("native_id"))


def test_a_bad_post_is_named_by_its_place(x_desk: ImportDesk) -> None:
    result = x_desk.lines(page(OWN), page(ANSWER, post("x", "Hei", ETAT), QUESTION))
    assert [(line, why) for _, line, why in result.bad_lines] == [(2, "post 2 has no id")]


@pytest.mark.parametrize(
    "includes",
    [
        5,
        ["x"],
        {"users": 5},
        {"users": ["x"]},
        {"users": [{"username": 5, "id": {}}]},
        {"tweets": [{"id": "1", "text": "x", "entities": 5}]},
        {"tweets": [{"id": "1", "text": "x", "created_at": "i går"}]},
        {"tweets": [{"id": "x", "text": "x"}]},
        {"posts": [[]]},
    ],
    ids=str,
)
def test_what_is_wrong_beside_the_posts_does_not_take_them(includes: object, x_desk: ImportDesk) -> None:
    x_desk.lines(page(OWN, ANSWER, includes=includes))
    assert {("2",), ("3",)} <= set(x_desk.posts("native_id"))


# --- whose wall, and who is who ---


@pytest.mark.parametrize(
    ("raw", "walls"),
    [
        (post("1", "Hei", ETAT), ["eksempeletat"]),
        (post("1", "Hei @nabodep", ETAT), ["eksempeletat", "nabodep"]),
        (post("1", "@eksempeletat @NaboDep hei", KARI), ["eksempeletat", "nabodep"]),
        (post("1", "hei", KARI, in_reply_to_user_id=NABO.id), ["nabodep"]),
        (post("1", "hei @ola_prove", KARI), []),
        (post("1", "post@nabodep.example", KARI), []),
        (post("1", "kort", KARI, note_tweet={"text": "lang @nabodep"}), ["nabodep"]),
    ],
)
def test_a_post_stands_on_the_walls_of_those_it_is_from_or_to(
    raw: dict[str, Any], walls: list[str], x_desk: ImportDesk
) -> None:
    result = x_desk.lines(page(raw))
    assert [h for (h,) in x_desk.posts("handle")] == walls
    assert sum(result.kept_out.values()) == (not walls)


def test_a_post_that_concerns_nobody_is_counted_once_however_bad_its_page(x_desk: ImportDesk) -> None:
    result = x_desk.lines(page(post("1", "hei", KARI), OWN, post("x", "hei", ETAT)))
    assert (sum(result.kept_out.values()), result.bad, result.added.new) == (1, 1, 1)


def test_an_account_is_known_by_its_name_before_its_number_is(tmp_path: Any) -> None:
    with ImportDesk(tmp_path, known=False) as desk:
        desk.lines(page(OWN, users=(ETAT,)), named=[("twitter", "eksempeletat")])
        assert desk.posts("by_agency, author") == [(1, "eksempeletat")]


def test_a_parent_that_comes_along_is_kept_in_passing(x_desk: ImportDesk) -> None:
    parent = post("1", "@eksempeletat Når?", KARI, public_metrics=..., reply_settings=...)
    result = x_desk.lines(page(ANSWER, includes={"users": [user(ETAT)], "tweets": [parent]}))
    assert x_desk.posts("native_id, by_agency, author") == [
        ("1", 0, KARI.pseudonym),
        ("2", 1, "eksempeletat"),
    ]
    assert (result.summaries[0].own, result.summaries[0].visitors) == (1, 0)


@pytest.mark.parametrize("order", list(itertools.permutations((0, 1))))
def test_a_post_in_passing_does_not_hide_what_its_own_page_says(
    order: tuple[int, ...], x_desk: ImportDesk
) -> None:
    bare = post("3", "Åpent i dag", ETAT, public_metrics=..., reply_settings=...)
    pages = [page(OWN), page(post("4", "tillegg", ETAT, **replying("3", ETAT)), includes={"tweets": [bare]})]
    x_desk.lines(*(pages[i] for i in order))
    assert x_desk.posts(COLUMNS)[0] == EXPECTED[2]


# --- the same post again ---


LOOKS = [
    (f"2026-03-0{day}T11:00:00+00:00", {"like_count": day, "retweet_count": 0, "reply_count": 0})
    for day in (1, 2)
] + [("2026-02-20T13:00:00+02:00", {"like_count": 0, "retweet_count": 0, "reply_count": 0})]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("files", [True, False], ids=["a file each", "one file"])
@pytest.mark.parametrize("shape", ["page", "flat"])
def test_each_look_is_kept_and_the_newest_is_current_in_any_order(
    order: tuple[int, ...],
    files: bool,  # noqa: FBT001 - a row of a table
    shape: str,
    x_desk: ImportDesk,
) -> None:
    def a_look(number: int) -> dict[str, Any]:
        at, counts = LOOKS[number]
        if shape == "flat":
            return flat("3", "Hei", ETAT, public_metrics=counts, **twarc(at))
        return page(post("3", "Hei", ETAT, public_metrics=counts), **twarc(at))

    for number, packed in enumerate([[i] for i in order] if files else [list(order)]):
        x_desk.take(x_desk.file(as_lines(*(a_look(i) for i in packed)), f"{number}.jsonl"))
    assert x_desk.posts("json_extract(counts, '$.like')") == [(2,)]
    seen = x_desk.store.execute(
        "select fetched_at, json_extract(counts, '$.like') from observation join page on page.id = page order by 1"
    ).fetchall()
    assert seen[-1] == ("2026-03-02T11:00:00Z", 2)
    assert {n for _, n in seen} == {0, 1, 2}


@pytest.mark.parametrize(
    "at", [None, 5, "i går", [], {}, "0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"]
)
def test_a_time_of_reading_that_is_none_harms_nothing(at: Any, x_desk: ImportDesk) -> None:
    assert x_desk.lines(page(OWN, __twarc={"retrieved_at": at}), page(ANSWER, __twarc=at)).added.new == 2


def test_a_page_twice_is_the_same_as_once(x_desk: ImportDesk) -> None:
    x_desk.lines(page(*THREE, **twarc()))
    before = x_desk.counted()
    again = x_desk.lines(page(*THREE, **twarc()))
    assert (again.added.new, again.added.changed, x_desk.counted()) == (0, 0, before)


def test_an_edited_post_is_one_post(x_desk: ImportDesk) -> None:
    x_desk.lines(
        page(post("3", "Fiel", ETAT)), page(post("4", "Feil", ETAT, edit_history_tweet_ids=["3", "4"]))
    )
    assert x_desk.posts("native_id, text") == [("3", "Feil")]


# --- people ---


@pytest.mark.parametrize("shape", ["page", "flat", "new"])
def test_no_visitors_name_reaches_the_files_bytes(shape: str, x_desk: ImportDesk) -> None:
    mentions = {
        "mentions": [{"username": p.handle, "id": p.id} for p in (KARI, OLA)],
        "urls": [{"url": "https://t.co/a", "expanded_url": "https://x.com/kari_test", "title": "Kari Test"}],
    }
    asked = post("1", f"{TELLING} https://t.co/a", KARI, entities=mentions, note_tweet={"text": TELLING})
    answer = post("2", "@kari_test @ola_prove takk", ETAT, entities=mentions, **replying("1", KARI))
    errors = [
        {"value": E_MAIL, "detail": "no kari_test", "title": "Not Found Error", "parameter": "kari_test"}
    ]
    pages: list[Any] = [page(asked, answer, post("x", TELLING, KARI), errors=errors, **twarc())]
    pages.append(page(answer, includes={"users": [user(KARI)], "tweets": [asked]}))
    if shape == "flat":
        pages = [
            flat("1", TELLING, KARI, entities=mentions),
            answer | {"author": user(ETAT), "in_reply_to_user": user(KARI), **twarc()},
            flat("3", "Hei", ETAT, referenced_tweets=[{"type": "replied_to", "author": user(KARI), **asked}]),
        ]
    x_desk.lines(*(in_new_words(pages) if shape == "new" else pages))
    assert (len(x_desk.posts("id")) >= 2, leaked(x_desk.bytes())) == (True, [])


def test_a_visitor_is_the_same_as_author_and_as_mention(x_desk: ImportDesk) -> None:
    x_desk.lines(page(*THREE))
    assert x_desk.posts("author, text")[:2] == [
        (KARI.pseudonym, "@eksempeletat Når er fristen?"),
        ("eksempeletat", f"@{KARI.pseudonym} 1. mai"),
    ]


def test_somebody_with_an_agencys_number_under_another_name_is_the_agency(x_desk: ImportDesk) -> None:
    x_desk.lines(page(OWN, users=(Person(ETAT.id, "NyttNavn", "Eksempeletaten"),)))
    assert x_desk.posts("author, by_agency") == [("eksempeletat", 1)]


def test_what_a_protected_account_writes_is_no_post(x_desk: ImportDesk) -> None:
    answered = post("8", "@kari_test Ja.", ETAT, **replying("7", KARI))
    hidden = page(post("7", "@eksempeletat hemmelig?", KARI), answered)
    hidden["includes"]["users"][2]["protected"] = True
    hidden["includes"]["tweets"] = [post("7", "@eksempeletat hemmelig?", KARI)]
    result = x_desk.lines(hidden)
    assert x_desk.posts("native_id") == [("8",)]
    assert result.kept_out == {PROTECTED: 1}


def test_what_x_withholds_is_forgotten(x_desk: ImportDesk) -> None:
    one = post("7", "@eksempeletat sjeldenord?", KARI)
    x_desk.lines(page(one, **twarc()))
    x_desk.lines(page({**one, "withheld": {"country_codes": ["NO"]}}, **twarc("2026-03-03T11:00:00+00:00")))
    x_desk.lines(page(one, **twarc("2026-03-04T11:00:00+00:00")))
    assert x_desk.posts("native_id", "text") == [("7", None)]
    assert b"sjeldenord" not in x_desk.bytes()


@pytest.mark.parametrize("order", [*itertools.permutations(range(3))])
def test_of_the_versions_on_a_page_the_newest_counts(order: tuple[int, ...], x_desk: ImportDesk) -> None:
    versions = [post(n, n, ETAT, edit_history_tweet_ids=VERSION_IDS) for n in VERSION_IDS]
    x_desk.lines(page(*(versions[which] for which in order)))
    assert x_desk.posts("native_id", "text") == [(VERSION_IDS[0], VERSION_IDS[-1])]
