"""A page that was stored before is masked as it would be today, and keeps what it is read for."""

from __future__ import annotations

import json

import pytest

from soma_audit.collect.masking.stored_pages import mask_page

VISITOR, OWN = {"author_id": "v-12ab34cd56ef"}, {"author_id": "1000000001"}
PHONE = "Ring 41000000"


@pytest.mark.parametrize(
    ("body", "clean"),
    [
        ({"data": [{**VISITOR, "text": PHONE}]}, {"data": [{**VISITOR, "text": "Ring [telephone]"}]}),
        ({"data": [{**OWN, "text": PHONE}]}, ...),
        (
            {"data": [{**OWN, "text": "Fnr 01015450068"}]},
            {"data": [{**OWN, "text": "Fnr [identity number]"}]},
        ),
        ({**VISITOR, "note_post": {"text": PHONE}}, {**VISITOR, "note_post": {"text": "Ring [telephone]"}}),
        ({"from": {"id": "100"}, "message": PHONE}, ...),
        (
            {"from": {"id": "v-12ab34cd"}, "message": PHONE},
            {"from": {"id": "v-12ab34cd"}, "message": "Ring [telephone]"},
        ),
        (
            {"from": {"id": "100"}, "comments": {"data": [{"created_time": "2026", "message": PHONE}]}},
            {
                "from": {"id": "100"},
                "comments": {"data": [{"created_time": "2026", "message": "Ring [telephone]"}]},
            },
        ),
        ({"message": "Ring [number]"}, {"message": "Ring [telephone]"}),
        (
            {"id": "41000000", "created_time": "2026-03-02T09:14:00+0000", "paging": {"after": "41000000"}},
            ...,
        ),
    ],
)
def test_words_are_masked_and_ids_stay(body: dict[str, object], clean: object) -> None:
    before = json.dumps(body).encode()
    after = mask_page(before, ["NO"])
    assert json.loads(after) == (body if clean is ... else clean)


@pytest.mark.parametrize("body", [b"", b"no JSON 41000000", b'{"text": "hei"}'])
def test_a_page_with_nothing_to_mask_stays_byte_for_byte(body: bytes) -> None:
    assert mask_page(body, ["NO"]) == body
