"""`language`: bokmål, nynorsk or neither, as a table of posts; when in doubt, undecided."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soma_audit.classify.rule import own, visitor, wall_of
from soma_audit.classify.written_language import LANGUAGE, language, signs
from soma_audit.labels import LABELS
from soma_audit.model import Kind


def written(text: str) -> str | None:
    return language(signs(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jeg vet ikke hvordan dere gjør det, men hun sier at noen har vært her", "nb"),
        ("Eg veit ikkje korleis de gjer det, men ho seier at nokon har vore her", "nn"),
        ("Vi siger det nu igen: noget af det arbejde blev der altid brug for", "da"),
        ("I do not know what they are going to do about it, but you can ask them", "en"),
        ("Jag vet inte vad de ska göra åt det, men du kan fråga när som helst", "sv"),
        ("Mun in dieđe maid sii leat dahkan, muhto dat lea buorre", "se"),
    ],
)
def test_a_text_with_enough_signs_has_a_language(text: str, expected: str) -> None:
    assert written(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("OK", id="too short"),
        pytest.param("https://etat.example/jeg-vet-ikke-hva", id="only a link"),
        pytest.param("Kontoret er stengt i dag.", id="the same in bokmål and nynorsk"),
        pytest.param("Eg veit ikkje, men jeg vet ikke hvordan heller.", id="both at once"),
        pytest.param("Æ veit ikkje ka nokon meiner med det her.", id="dialect"),
        pytest.param("Det er ikkje så viktig for oss.", id="one word of nynorsk alone"),
        pytest.param("Det er ikke så viktig for oss.", id="one word of bokmål alone"),
    ],
)
def test_a_short_or_mixed_text_stays_undecided(text: str) -> None:
    assert written(text) is None


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        ("Det er ikkje så viktig for oss.", "nn", "nn"),
        ("Det er ikke så viktig for oss.", "nb", "nb"),
        ("Det er ikkje så viktig for oss.", "no", None),
        ("Det er ikkje så viktig for oss.", "nb", None),
        ("Det er ikke så viktig for oss.", "nn", None),
        ("Eg veit ikkje korleis de gjer det, men ho seier at nokon har vore her", "nb", "nn"),
        ("Jag vet inte vad de ska göra åt det, men du kan fråga", "nb", "sv"),
        ("Closed Monday. See the notice.", "en", "en"),
        ("Closed Monday. See the notice.", None, None),
        ("Closed Monday. See the notice.", "fr", None),
        ("Kontoret er stengt i dag.", "nn", None),
        ("", "nn", None),
        ("OK", "en", None),
    ],
)
def test_what_the_author_declared_helps_the_words_and_never_stands_alone(
    text: str, declared: str | None, expected: str | None
) -> None:
    assert language(signs(text, declared)) == expected


def test_only_the_agencys_own_posts_are_judged() -> None:
    text = "Eg veit ikkje korleis de gjer det, men ho seier at nokon har vore her."
    posts = [own(text, 1), visitor(text, 2), own(text, 3, kind=Kind.SHARE), own("OK", 4)]
    assert {v.post: v.label for v in LANGUAGE.judge(wall_of(posts))} == {"1": "nn", "4": "undecided"}


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("Eg veit ikkje korleis det gjekk.", {"LAN002"}),
        ("Jeg vet ikke hvordan det gikk.", {"LAN001"}),
        ("Æ veit ikkje korleis det gjekk for dei andre.", {"LAN002", "LAN004"}),
    ],
)
def test_the_reasons_name_the_words(text: str, rules: set[str]) -> None:
    (verdict,) = LANGUAGE.judge(wall_of([own(text)]))
    assert {finding.rule for finding in verdict.findings} == rules
    assert all(finding.evidence["words"] for finding in verdict.findings)


@given(st.text())
def test_any_text_has_a_language_or_none(text: str) -> None:
    assert (written(text) or "undecided") in LABELS["language"]
