"""What is left of Facebook's answers once people have been taken out: what an audit needs, and nothing it does not know."""

from __future__ import annotations

from typing import Any

import pytest

from collect.builders import PAGE, PEOPLE
from soma_audit.collect.facebook.people import FacebookPeople


@pytest.fixture
def people() -> FacebookPeople:
    return FacebookPeople("facebook", [PAGE], PEOPLE)


@pytest.mark.parametrize(
    ("body", "clean"),
    [
        ("Kari Test", None),
        (["Kari Test"], None),
        ({"id": "7", "first_name": "Kari", "email": "kari@test.example"}, {"id": "7"}),
        ({"error": {"code": 100, "error_user_msg": "Kari Test"}}, {"error": {"code": 100}}),
        (
            {"error": {"code": 100, "message": "(#100) kari@test.example"}},
            {"error": {"code": 100, "message": "(#100) [e-mail]"}},
        ),
    ],
)
def test_an_answer_of_another_shape_keeps_only_what_is_known(
    body: object, clean: object, people: FacebookPeople
) -> None:
    assert people.scrub(body) == clean


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("USERS_CAN_POST", True, True),
        ("PROFANITY_FILTER", "Medium", "Medium"),
        ("PAGE_MODERATION_BLACKLIST", None, None),
        ("PAGE_MODERATION_BLACKLIST", "Kari,Ola", True),
        ("PAGE_MODERATION_BLACKLIST", "", False),
        ("COUNTRY_RESTRICTIONS", ["NO"], True),
    ],
)
def test_of_a_list_of_blocked_words_is_kept_that_there_is_one(
    name: str, value: Any, kept: object, people: FacebookPeople
) -> None:
    body = people.scrub({"data": [{"setting": name, "value": value, "more": "Kari"}]})
    assert body == {"data": [{"setting": name, "value": kept}]}


POST = {"id": "100_1", "created_time": "2026-03-02T09:14:00+0000", "from": {"id": "7", "name": "Kari Test"}}


@pytest.mark.parametrize(
    ("more", "kept"),
    [
        ({"application": {"name": "Kari 41000000", "link": "kari"}}, {"application": {"name": "Kari [telephone]"}}),
        ({"parent": {"id": "100_2", "message": "Kari", "from": {"name": "Kari"}}}, {"parent": {"id": "100_2"}}),
        ({"permalink_url": "https://www.facebook.com/100/posts/1?e=a%40test.example"}, {"permalink_url": "https://www.facebook.com/100/posts/1?e=[e-mail]"}),
        ({"permalink_url": "https://www.facebook.com/kari.test/posts/1?e=a@test.example"}, {"permalink_url": "https://www.facebook.com/?e=[e-mail]"}),
        (
            {"attachments": {"data": [{"unshimmed_url": "https://eks.example/?tlf=41000000"}]}},
            {"attachments": {"data": [{"unshimmed_url": "https://eks.example/?tlf=[telephone]"}]}},
        ),
        ({"message": "Fnr 01015450068"}, {"message": "Fnr [identity number]"}),
    ],
)  # fmt: skip
def test_every_field_of_a_post_is_masked(
    more: dict[str, Any], kept: dict[str, Any], people: FacebookPeople
) -> None:
    (clean,) = people.scrub({"data": [{**POST, **more}]})["data"]
    assert clean.items() >= kept.items()
    assert "Kari Test" not in str(clean)


def test_the_ids_in_a_permalink_stay(people: FacebookPeople) -> None:
    url = "https://www.facebook.com/100/posts/01015450068?comment_id=41000000&reply_comment_id=01015450068"
    (clean,) = people.scrub({"data": [{**POST, "permalink_url": url}]})["data"]
    assert clean["permalink_url"] == url
