"""Text made comparable, and which language it is in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soma_audit.classify.language import comparable, language, plain, unlinked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jeg vet ikke hvordan dere gjør det, men hun sier at noen har vært her", "nb"),
        ("Eg veit ikkje korleis de gjer det, men ho seier at nokon har vore her", "nn"),
        ("I do not know what they are going to do about it, but you can ask them", "en"),
        ("Jag vet inte vad de ska göra åt det, men du kan fråga när som helst", "sv"),
        ("OK", None),
        ("", None),
        ("https://etat.example/jeg-vet-ikke-hva", None),
    ],
)
def test_the_language_of_a_text(text: str, expected: str | None) -> None:
    assert language(text) == expected


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
    assert "?" not in unlinked("Se https://etat.example/?q=1 og www.etat.example/?b")


def test_the_mentions_a_reply_begins_with_are_not_its_text() -> None:
    assert plain("@eksempeletat @v-aaaaaaaaaaaa  Når åpner #kontoret") == "Når åpner kontoret"


@given(st.text())
def test_a_text_compares_equal_to_itself_in_capitals_or_with_more_space(text: str) -> None:
    assert comparable(f"  {text} ") == comparable(text)


@given(st.text())
def test_any_text_has_a_language_or_none(text: str) -> None:
    assert language(text) in {"nb", "nn", "da", "sv", "en", "se", None}
