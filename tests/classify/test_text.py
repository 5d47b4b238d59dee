"""Text made comparable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soma_audit.classify.text import comparable, plain, without_links


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Se https://etat.example/1", "se https://kort.example/x"),
        ("Hei @v-aaaaaaaaaaaa!", "Hei @v-bbbbbbbbbbbb"),
        ("12 nye, 3,5 prosent", "7 nye 10 prosent"),
        ("Åpent   i dag.", "åpent i dag"),
    ],
)
def test_texts_that_differ_in_links_names_numbers_and_signs_only_compare_equal(one: str, other: str) -> None:
    assert comparable(one) == comparable(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Åpent i dag", "Åpent i morgen"), ("Se https://etat.example", "Se her")]
)
def test_texts_that_say_something_else_do_not(one: str, other: str) -> None:
    assert comparable(one) != comparable(other)


def test_links_ask_nothing() -> None:
    assert "?" not in without_links("Se https://etat.example/?q=1 og www.etat.example/?b")


def test_the_mentions_a_reply_begins_with_are_not_its_text() -> None:
    assert plain("@eksempeletat @v-aaaaaaaaaaaa  Når åpner #kontoret") == "Når åpner kontoret"


@given(st.text())
def test_a_text_compares_equal_to_itself_in_capitals_or_with_more_space(text: str) -> None:
    assert comparable(f"  {text} ") == comparable(text)
