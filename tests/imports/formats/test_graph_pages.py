"""Saved answers of the Graph API: read as the network's own, whoever's wall it is, and no token goes with them."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collect.builders import NOW, PAGE, PEOPLE, TOKEN, rows
from imports.desk import ImportDesk, as_lines
from soma_audit.errors import Exit, InvalidInputError
from soma_audit.imports.context import NOBODYS
from soma_audit.imports.formats.graph_pages import UNSEEN
from soma_audit.model import Account

if TYPE_CHECKING:
    from collections.abc import Iterator

    from soma_audit.imports import Imported

NEIGHBOUR = Account(agency="nabo", network="facebook", handle="nabodep", native_id="900")
KARI, OLA = PEOPLE.author("facebook", "222212345678"), PEOPLE.author("facebook", "333312345678")
NAMED = [("facebook", PAGE.handle)]
GRAPH = "https://graph.facebook.com/v26.0"


def a_comment(**more: Any) -> dict[str, Any]:
    told = {
        "id": "501_601",
        "message": "Gjelder det også studenter?",
        "created_time": "2026-03-02T10:00:00+0000",
        "comment_count": 1,
        "can_comment": True,
        "is_hidden": False,
        "from": {"name": "Kari Test", "id": "222212345678"},
        "permalink_url": "https://www.facebook.com/100/posts/501/?comment_id=601",
    }
    return {k: v for k, v in {**told, **more}.items() if v is not None}


def a_reply(**more: Any) -> dict[str, Any]:
    told = {
        "id": "501_602",
        "from": {"name": "Eksempeletaten", "id": "100"},
        "message": "Ja, det gjelder alle.",
        "created_time": "2026-03-02T12:40:00+0000",
        "comment_count": 0,
        "parent": {"id": "501_601"},
        "permalink_url": "https://www.facebook.com/100/posts/501/?comment_id=601&reply_comment_id=602",
    }
    return {k: v for k, v in {**told, **more}.items() if v is not None}


def a_post(**more: Any) -> dict[str, Any]:
    told = {
        "id": "100_501",
        "message": "Fristen er 1. mai.",
        "created_time": "2026-03-02T09:14:00+0000",
        "status_type": "added_photos",
        "permalink_url": "https://www.facebook.com/100/posts/501",
        "from": {"name": "Eksempeletaten", "id": "100"},
        "application": {"id": "777", "name": "Hypothetical Scheduler"},
        "attachments": {"data": [{"title": "Bilder", "unshimmed_url": "https://www.eksempeletat.no/frist"}]},
        "shares": {"count": 3},
        "reactions": {"data": [], "summary": {"total_count": 12}},
        "comments": {
            "data": [a_comment()],
            "paging": {"next": f"{GRAPH}/100_501/comments?access_token={TOKEN}&after=WTJ"},
            "summary": {"total_count": 2, "can_comment": True},
        },
    }
    return {k: v for k, v in {**told, **more}.items() if v is not None}


def bare(**more: Any) -> dict[str, Any]:
    return a_post(**{"comments": None, **more})


def a_visitors(**more: Any) -> dict[str, Any]:
    told = {"id": "100_801", "message": "Hvem svarer?", "from": {"name": "Ola Prøve", "id": "333312345678"}}
    return bare(**{**told, "status_type": "wall_post", "permalink_url": None, "application": None, **more})


def an_answer(*entries: Any, path: str | None = None) -> dict[str, Any]:
    paging = {"paging": {"next": f"{GRAPH}/{path}?access_token={TOKEN}&limit=25&after=QVFB"}} if path else {}
    return {"data": list(entries), **paging}


class Graph(ImportDesk):
    """Takes answers, a file each."""

    def answers(self, *answers: Any, **how: Any) -> Imported:
        files = [self.file(json.dumps(a, indent=1).encode(), f"{n}.json") for n, a in enumerate(answers)]
        return self.take(*files, **how)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Graph]:
    with Graph(tmp_path, PAGE, NEIGHBOUR) as made:
        yield made


# --- what goes in ---


def test_a_page_of_posts_is_read_whole_with_its_comments(desk: Graph) -> None:
    result = desk.answers(an_answer(a_post(), path="100/published_posts"))
    columns = "native_id, thread, parent, kind, text, by_agency, author, client, permalink, created_at, counts, hidden"
    assert desk.posts(columns) == [
        (
            "100_501",
            "100_501",
            None,
            "post",
            "Fristen er 1. mai. https://www.eksempeletat.no/frist",
            1,
            "eksempel.etat",
            "Hypothetical Scheduler",
            "https://www.facebook.com/100/posts/501",
            "2026-03-02T09:14:00Z",
            '{"like":12,"reply":2,"share":3}',
            None,
        ),
        (
            "501_601",
            "100_501",
            "100_501",
            "comment",
            "Gjelder det også studenter?",
            0,
            KARI,
            None,
            "https://www.facebook.com/100/posts/501/?comment_id=601",
            "2026-03-02T10:00:00Z",
            '{"reply":1}',
            0,
        ),
    ]
    assert (result.bad_lines, result.summaries[0].format) == ([], "facebook-graph")
    assert (result.summaries[0].own, result.summaries[0].visitors) == (1, 1)


@pytest.mark.parametrize(
    "told",
    [
        {"is_published": False},
        {"privacy": {"value": "SELF"}},
        {"is_expired": True},
        {"is_hidden": True},
    ],
)
def test_what_the_public_cannot_see_is_kept_out_and_counted(desk: Graph, told: dict[str, Any]) -> None:
    result = desk.answers(an_answer(bare(**told), bare(id="100_502"), path="100/feed"))
    assert desk.posts("native_id") == [("100_502",)]
    assert (result.kept_out, result.bad_lines) == ({UNSEEN: 1}, [])


def test_a_hidden_comment_is_a_comment(desk: Graph) -> None:
    desk.answers(an_answer(a_comment(is_hidden=True, comment_count=None), path="100_501/comments"))
    assert desk.posts("native_id, hidden") == [("501_601", 1)]


def test_a_draft_that_was_taken_in_is_taken_out(desk: Graph) -> None:
    desk.answers(an_answer(bare(), bare(id="100_502")))
    desk.answers(an_answer(bare(is_published=False)))
    assert desk.posts("native_id") == [("100_502",)]


def test_an_older_file_does_not_take_out_what_has_been_published_since(desk: Graph) -> None:
    drafts = json.dumps(an_answer(bare(is_published=False))).encode()
    desk.answers(an_answer(bare()))
    desk.take(desk.file(drafts, "old.json", modified_at=NOW - timedelta(days=9000)))
    assert desk.posts("native_id") == [("100_501",)]


SHAPES = {
    "one object over many lines": lambda a: json.dumps(a, indent=2).encode(),
    "a line each": lambda a: as_lines(a, an_answer()),
    "a list of answers": lambda a: json.dumps([a, an_answer()]).encode(),
    "a list of posts": lambda a: json.dumps(a["data"]).encode(),
    "a post alone": lambda a: json.dumps(a["data"][0]).encode(),
    "posts under their Page": lambda a: json.dumps(
        {"id": "100", "name": "E", "username": "e", "posts": a}
    ).encode(),
    "packed": lambda a: gzip.compress(json.dumps(a).encode()),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_answers_are_found_however_they_were_saved(shape: Any, desk: Graph) -> None:
    desk.take(desk.file(shape(an_answer(a_post())), "x.json"))
    assert desk.posts("native_id, by_agency") == [("100_501", 1), ("501_601", 0)]


def test_an_answer_of_comments_knows_its_post_from_the_next_pages_address(desk: Graph) -> None:
    plain = {"permalink_url": None}
    desk.answers(an_answer(a_comment(**plain), a_reply(**plain), path="100_501/comments"))
    assert desk.posts("native_id, thread, parent, by_agency, author") == [
        ("501_601", "100_501", "100_501", 0, KARI),
        ("501_602", "100_501", "501_601", 1, "eksempel.etat"),
    ]


@pytest.mark.parametrize("how", [{}, {"id": None, "parent": None}], ids=["with ids", "as outsiders get them"])
def test_comments_know_their_post_from_their_own_address(how: dict[str, Any], desk: Graph) -> None:
    desk.answers(an_answer(a_comment(**how), a_reply(**how)))
    assert desk.posts("native_id, thread, parent, kind") == [
        ("501_601", "100_501", "100_501", "comment"),
        ("501_602", "100_501", "501_601", "comment"),
    ]


def test_comments_without_any_address_are_the_named_accounts(desk: Graph) -> None:
    desk.answers(an_answer(a_comment(permalink_url=None)), named=NAMED)
    assert desk.posts("native_id, thread, handle") == [("501_601", "100_501", "eksempel.etat")]


def test_replies_that_came_with_a_comment_are_under_it(desk: Graph) -> None:
    reply = a_reply(parent=None, permalink_url=None)
    comment = a_comment(comments={"data": [reply]})
    desk.answers(an_answer(a_post(comments={"data": [comment]})))
    assert ("501_602", "501_601") in desk.posts("native_id, parent")


@pytest.mark.parametrize(
    ("post", "path", "by_agency"),
    [
        (bare(), "100/published_posts", 1),
        (bare(**{"from": None}), "100/posts", 1),
        (bare(), "100/feed", 1),
        (a_visitors(), "100/feed", 0),
        (a_visitors(), "100/visitor_posts", 0),
        (a_visitors(**{"from": None}), "100/visitor_posts", 0),
        (a_visitors(**{"from": None, "status_type": None}), "100/feed", None),
        (a_visitors(id="333312345678_9"), "100/tagged", 0),
        (bare(), None, 1),
        (a_visitors(), None, 0),
        (bare(**{"from": None}), None, None),
    ],
)
def test_whose_a_post_is_is_told_by_what_was_asked_and_by_its_writer(
    post: dict[str, Any], path: str | None, by_agency: int | None, desk: Graph
) -> None:
    desk.answers(an_answer(post, path=path))
    assert desk.posts("by_agency, handle") == [(by_agency, "eksempel.etat")]


def test_a_time_in_seconds_is_one_too(desk: Graph) -> None:
    desk.answers(an_answer(bare(created_time=1772442840)))
    assert desk.one("created_at") == "2026-03-02T09:14:00Z"


def test_unknown_keys_and_a_pages_settings_lose_nothing(desk: Graph) -> None:
    setting = {"setting": "USERS_CAN_POST", "value": False}
    result = desk.answers(an_answer(bare(new_key={"a": 1}), setting))
    assert (len(desk.posts("text")), result.bad_lines) == (1, [])
    assert result.kept_out == {"settings of Pages": 1}


# --- on whose wall ---


def test_a_page_tells_its_id_by_its_name_whichever_file_comes_first(desk: Graph) -> None:
    desk.store.execute("update account set native_id = null")
    page = {"id": "100", "name": "Eksempeletaten på Facebook", "username": "Eksempel.Etat", "fan_count": 5}
    desk.answers(an_answer(bare(permalink_url=None), a_visitors()), page)
    assert desk.posts("native_id, by_agency, handle") == [
        ("100_501", 1, "eksempel.etat"),
        ("100_801", 0, "eksempel.etat"),
    ]


@pytest.mark.parametrize(
    "page",
    [
        {"id": "100", "name": "Eksempeletaten", "category": "Government organization"},
        {"id": "100", "name": "E", "link": "https://www.facebook.com/eksempel.etat"},
    ],
    ids=["by its agency", "by its address"],
)
def test_a_page_is_found_in_the_register(page: dict[str, Any], desk: Graph) -> None:
    desk.store.execute("update account set native_id = null")
    desk.answers(page, an_answer(bare(permalink_url=None)))
    assert desk.posts("by_agency, handle") == [(1, "eksempel.etat")]


def test_an_address_under_a_name_of_the_register_teaches_the_pages_id(desk: Graph) -> None:
    desk.store.execute("update account set native_id = null")
    own = bare(permalink_url="https://www.facebook.com/eksempel.etat/posts/501")
    desk.answers(an_answer(a_visitors()), an_answer(own))
    assert desk.posts("native_id, by_agency") == [("100_501", 1), ("100_801", 0)]


@pytest.mark.parametrize("edge", ["tagged", "visitor_posts"])
def test_a_visitors_own_id_is_never_taken_for_the_pages(edge: str, desk: Graph) -> None:
    post = a_visitors(id="333312345678_9", permalink_url="https://www.facebook.com/eksempel.etat/posts/9")
    desk.answers(an_answer(post, path=f"eksempel.etat/{edge}"))
    assert desk.posts("native_id, by_agency, author, handle") == [(f"{OLA}_9", 0, OLA, "eksempel.etat")]


@pytest.mark.parametrize(
    "sign",
    [
        {"message_tags": [{"id": "100", "name": "Eksempeletaten"}]},
        {"message_tags": {"0": [{"id": "100", "name": "Eksempeletaten"}]}},
        {"to": {"data": [{"id": "100", "name": "Eksempeletaten"}]}},
        {"status_type": "tagged_in_photo"},
    ],
    ids=["named in it", "named in it, as of old", "written to it", "a picture with it"],
)
def test_a_visitors_post_to_the_named_page_stands_on_its_wall(sign: dict[str, Any], desk: Graph) -> None:
    desk.answers(
        an_answer(bare(), a_visitors(id="333312345678_9", **{"status_type": None, **sign})), named=NAMED
    )
    assert desk.posts("native_id, by_agency") == [("100_501", 1), (f"{OLA}_9", 0)]


def test_a_number_alone_is_the_named_pages_post(desk: Graph) -> None:
    desk.answers(an_answer(bare(id="501", permalink_url=None, **{"from": None})), named=NAMED)
    assert desk.posts("native_id, thread") == [("100_501", "100_501")]


def test_a_page_of_another_account_is_not_the_named_ones(desk: Graph) -> None:
    result = desk.answers(an_answer(a_visitors(id="777_1"), path="777/feed"), an_answer(bare()), named=NAMED)
    assert (desk.posts("native_id"), result.kept_out) == ([("100_501",)], {NOBODYS: 1})


def test_comments_on_another_page_are_not_the_named_ones(desk: Graph) -> None:
    comment = a_comment(id="7_8", permalink_url=None)
    result = desk.answers(an_answer(comment, path="777_7/comments"), an_answer(bare()), named=NAMED)
    assert (desk.posts("native_id"), result.kept_out) == ([("100_501",)], {NOBODYS: 1})


def test_of_pages_that_are_equally_many_none_is_taken_for_the_named_one(desk: Graph) -> None:
    own = [bare(id=f"{n}_1", permalink_url=None, **{"from": {"id": n}}) for n in ("777", "778")]
    result = desk.answers(an_answer(*own), named=NAMED)
    assert (desk.posts("native_id"), result.kept_out) == ([], {NOBODYS: 2})


def test_an_answer_whose_address_has_a_name_is_that_pages(desk: Graph) -> None:
    desk.answers(an_answer(a_visitors(id="333312345678_9"), path="Eksempel.Etat/tagged"))
    assert desk.posts("handle") == [("eksempel.etat",)]


def test_what_stands_before_most_posts_is_the_page_that_was_named(desk: Graph) -> None:
    desk.store.execute("update account set native_id = null")
    plain = {"permalink_url": None}
    others = [
        a_visitors(id="333312345678_9", status_type="tagged_in_photo"),
        bare(id="777_1", **{"from": {"id": "777"}}, **plain),
    ]
    result = desk.answers(
        an_answer(bare(**plain), bare(id="100_502", **plain), a_visitors(), *others), named=NAMED
    )
    assert desk.posts("native_id, by_agency") == [
        ("100_501", 1),
        ("100_502", 1),
        ("100_801", 0),
        (f"{OLA}_9", 0),
    ]
    assert result.kept_out == {NOBODYS: 1}


def test_a_second_id_of_the_named_page_is_its_own(desk: Graph) -> None:
    post = bare(id="61550_501", permalink_url=None, **{"from": {"id": "61550"}})
    desk.answers(an_answer(post), named=NAMED)
    assert desk.posts("native_id, by_agency, handle") == [("61550_501", 1, "eksempel.etat")]


def test_an_id_of_another_page_in_the_same_file_is_not_the_named_ones(desk: Graph) -> None:
    other = bare(id="777_501", permalink_url=None, **{"from": {"id": "777"}})
    result = desk.answers(an_answer(bare(), other, other, other), named=NAMED)
    assert (desk.posts("native_id"), result.kept_out) == ([("100_501",)], {NOBODYS: 3})


def test_posts_of_nobody_we_know_are_kept_out_and_counted(desk: Graph) -> None:
    strange = {"permalink_url": None, "from": {"id": "777", "name": "Kari Test"}}
    result = desk.answers(an_answer(bare(id="777_1", **strange)), an_answer(a_comment(id="1_2", **strange)))
    assert (desk.posts("native_id"), result.kept_out, result.bad) == ([], {NOBODYS: 2}, 0)


def test_pages_of_two_accounts_may_stand_in_one_file(desk: Graph) -> None:
    other = bare(id="900_1", permalink_url=None, **{"from": {"id": "900"}})
    desk.answers([an_answer(bare()), an_answer(other)])
    assert desk.posts("native_id, handle") == [("100_501", "eksempel.etat"), ("900_1", "nabodep")]


@pytest.mark.parametrize("other", [{"id": "1", "name": "Kari"}, {"a": 1}, [], [[]], {"data": [{"id": "1"}]}])
def test_other_json_is_not_taken_for_answers(other: Any, desk: Graph) -> None:
    with pytest.raises(InvalidInputError, match="was not recognised"):
        desk.answers(other)


# --- damage ---


BAD = {
    "no object": (7, "post 2 is not a JSON object"),
    "no time": (bare(created_time=None), "post 2 has no created_time"),
    "another time": (bare(created_time="i går"), "post 2 created_time is not a time"),
    "no zone": (bare(created_time="2026-03-02T09:14:00"), "post 2 created_time is not a time"),
    "no id": (bare(id=None), "post 2 has no id"),
    "an id that is a name": (bare(id="Kari Test"), "post 2 id is none of the network's"),
    "an id of a name": (bare(id={"Kari": "Test"}), "post 2 id is none of the network's"),
    "an id in the address": (
        a_comment(permalink_url="https://f.example/?comment_id=Kari"),
        "none of the network's",
    ),
    "a writer of the wrong kind": (bare(**{"from": ["Kari Test"]}), "post 2 has a value of the wrong kind"),
    "a message of the wrong kind": (bare(message=["Kari Test"]), "post 2 message is not text"),
    "an app of the wrong kind": (bare(application={"name": ["Kari Test"]}), "post 2 application has no name"),
    "a count of the wrong kind": (
        bare(shares={"count": "Kari Test"}),
        "post 2 has a value of the wrong kind",
    ),
    "an address of the wrong kind": (bare(permalink_url="https://["), "post 2 has a value of the wrong kind"),
}


@pytest.mark.parametrize(("entry", "reason"), BAD.values(), ids=BAD)
def test_a_bad_post_does_not_take_the_rest_of_its_page_with_it(entry: Any, reason: str, desk: Graph) -> None:
    content = as_lines(an_answer(bare(id="100_1")), an_answer(bare(), entry, bare(id="100_503")))
    result = desk.take(desk.file(content, "pages.jsonl"))
    assert [(line, reason in why) for _, line, why in result.bad_lines] == [(2, True)]
    assert (len(desk.posts("native_id")), desk.outcome) == (3, Exit.PARTIAL)
    assert desk.store.execute("select line from quarantine").fetchall() == [(2,)]
    assert b"Kari" not in desk.bytes()


def test_a_bad_comment_does_not_take_its_post_with_it(desk: Graph) -> None:
    wrong = [7, a_comment(created_time=None), a_comment(id="501_603", permalink_url=None)]
    result = desk.answers(an_answer(a_post(comments={"data": wrong})))
    assert desk.posts("native_id") == [("100_501",), ("501_603",)]
    assert [why for _, _, why in result.bad_lines] == [
        "comment 1 is not a JSON object",
        "comment 2 has no created_time",
    ]


def test_a_line_that_is_neither_is_named(desk: Graph) -> None:
    result = desk.take(desk.file(as_lines(bare(), {"error": {"message": "Kari Test"}}), "x.jsonl"))
    assert [(n, why) for _, n, why in result.bad_lines] == [(2, "is neither a post nor an answer with posts")]


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=4)
    | st.sampled_from(["100", "100_501", "https://["]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "data", "name"]), inner)
    ),
    max_leaves=4,
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.dictionaries(st.sampled_from([*a_post(), "parent", "message_tags", "to"]), VALUES), max_size=4
    ),
    st.sampled_from([None, "100/feed", "100/tagged", "100_501/comments"]),
)
def test_whatever_a_post_holds_the_others_go_in(spoilt: list[dict[str, Any]], path: str | None) -> None:
    with TemporaryDirectory() as folder, Graph(Path(folder), PAGE) as desk:
        entries = [bare(id="100_77"), *({**bare(), **s} for s in spoilt), bare(id="100_78")]
        desk.answers(an_answer(*entries, path=path), named=NAMED)
        assert {("100_77",), ("100_78",)} <= set(desk.posts("native_id"))


# --- people, and again ---


def test_no_name_and_no_token_reaches_the_files_bytes(desk: Graph) -> None:
    words = "Kari Test! @kari.test kari.test@post.example 22345678 facebook.com/kari.test"
    tags = [{"id": "222212345678", "name": "Kari Test", "offset": 0, "length": 9}]
    visitors = a_visitors(
        message=words,
        message_tags=tags,
        permalink_url="https://www.facebook.com/ola.prove/posts/1",
        story="Ola Prøve skrev",
        attachments={"data": [{"title": "Ola Prøve", "unshimmed_url": "https://www.facebook.com/ola.prove"}]},
        to={"data": [{"id": "333312345678", "name": "Ola Prøve"}]},
    )
    page = {
        "id": "100",
        "name": "E",
        "username": "eksempel.etat",
        "access_token": TOKEN,
        "about": "Kari Test",
    }
    broken = a_comment(created_time="Kari Test")
    own = a_post(
        message="Takk, Kari Test",
        message_tags=[{"id": "222212345678", "name": "Kari Test", "offset": 6, "length": 9}],
    )
    result = desk.answers(an_answer(visitors, own, broken, path="100/feed"), page)
    assert f"Takk, @{KARI} https://www.eksempeletat.no/frist" in {t for (t,) in desk.posts("text")}
    assert result.bad == 1
    planted = (
        TOKEN,
        "access_token",
        "Kari Test",
        "kari.test",
        "ola.prove",
        "Ola Prøve",
        "12345678",
        "222212345678",
        "333312345678",
    )
    assert [name for name in planted if name.encode() in desk.bytes()] == []


def test_importing_twice_changes_nothing(desk: Graph) -> None:
    answers = [
        an_answer(a_post(), a_visitors(), path="100/feed"),
        an_answer(a_reply(), path="100_501/comments"),
    ]
    desk.answers(*answers)
    before = rows(desk.store), desk.counted()
    again = desk.answers(*answers)
    assert (again.added.new, again.added.changed, rows(desk.store), desk.counted()) == (0, 0, *before)
