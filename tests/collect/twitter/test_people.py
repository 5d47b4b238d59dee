"""What is left of X's answers once people have been taken out."""

from __future__ import annotations

import pytest

from collect.builders import PEOPLE, X_ACCOUNT
from soma_audit.collect.twitter.people import TwitterPeople

OWN, VISITORS = {"id": "1", "author_id": X_ACCOUNT.native_id}, {"id": "1", "author_id": "2000000002"}


@pytest.mark.parametrize(
    ("post", "key", "clean"),
    [
        (VISITORS | {"text": "Ring 41000000"}, "text", "Ring [telephone]"),
        (OWN | {"text": "Ring 41000000, fnr 01015450068"}, "text", "Ring 41000000, fnr [identity number]"),
        (VISITORS | {"text": "", "source": "Karis 41000000"}, "source", "Karis [telephone]"),
        (
            VISITORS | {"text": "", "note_tweet": {"text": "4111 1111 1111 1111"}},
            "note_post",
            {"text": "[card]"},
        ),
        (
            VISITORS
            | {"text": "", "entities": {"urls": [{"expanded_url": "https://eks.example/?tlf=41000000"}]}},
            "entities",
            {"urls": [{"expanded_url": "https://eks.example/?tlf=[telephone]"}]},
        ),
    ],
)
def test_every_field_of_a_post_is_masked(post: dict[str, object], key: str, clean: object) -> None:
    people = TwitterPeople("twitter", [X_ACCOUNT], PEOPLE)
    assert people.scrub({"data": [post]})["data"][0][key] == clean
