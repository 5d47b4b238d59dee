"""What is left of Facebook's answers once people have been taken out: what an audit needs, and nothing it does not know."""

from __future__ import annotations

from typing import Any

import pytest

from collect.builders import PAGE, PEOPLE
from soma_audit.collect.facebook_people import FacebookPeople


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
