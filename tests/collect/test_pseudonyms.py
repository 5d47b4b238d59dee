"""Nobody's name, address or number gets past this, and the same person is always the same pseudonym."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collect.builders import PEOPLE
from soma_audit.collect.pseudonyms import Pseudonyms, load_key
from soma_audit.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEEP = {"eksempeletat", "eksempel.etat"}
KARI = PEOPLE.author("twitter", "kari_test")
KARI_ON_FACEBOOK = PEOPLE.author("facebook", "kari.test")


def on_x(text: str, *, by_visitor: bool = True) -> str:
    return PEOPLE.text("twitter", text, keep=KEEP, by_visitor=by_visitor)


@pytest.mark.parametrize("same", ["kari_test", "Kari_Test", "KARI_TEST"])
def test_a_person_is_the_same_author_in_any_case(same: str) -> None:
    assert PEOPLE.author("twitter", same) == KARI


def test_a_person_is_another_author_on_another_network() -> None:
    assert PEOPLE.author("facebook", "kari_test") != KARI


def test_another_key_gives_other_pseudonyms() -> None:
    assert Pseudonyms(b"x" * 64).author("twitter", "kari_test") != KARI


def test_a_pseudonym_stays_what_it_is() -> None:
    assert PEOPLE.author("twitter", KARI) == KARI


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("@kari_test hei", f"@{KARI} hei"),
        (".@kari_test hei", f".@{KARI} hei"),
        ("(@Kari_Test)", f"(@{KARI})"),
        ("@kari_test,@kari_test", f"@{KARI},@{KARI}"),
        ("@eksempeletat og @EksempelEtat", "@eksempeletat og @EksempelEtat"),
        ("https://x.com/kari_test/status/1", f"https://x.com/{KARI}/status/1"),
        ("https://twitter.com/Kari_Test", f"https://twitter.com/{KARI}"),
        ("x.com/eksempeletat/status/1", "x.com/eksempeletat/status/1"),
        ("x.com/i/status/1 x.com/search?q=frist", "x.com/i/status/1 x.com/search?q=frist"),
        ("x.com/searchkari", f"x.com/{PEOPLE.author('twitter', 'searchkari')}"),
        ("skriv til kari@test.example", "skriv til [e-mail]"),
        ("ring 12345678", "ring [telephone]"),
        ("ring 12 34 56 78.", "ring [telephone]."),
        ("ring +47 123 45 678", "ring [telephone]"),
        ("sak 2026-03-02, kr 12 000, #12345678", "sak 2026-03-02, kr 12 000, #12345678"),
        ("https://www.eks.example/sak/12345678", "https://www.eks.example/sak/12345678"),
        ("halv\ud800 og \x00", "halv\ufffd og \ufffd"),
    ],
)
def test_a_visitors_words_on_x_name_nobody(text: str, clean: str) -> None:
    assert on_x(text) == clean


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("@kari.test hei", f"@{KARI_ON_FACEBOOK} hei"),
        ("@eksempel.etat hei", "@eksempel.etat hei"),
        ("facebook.com/kari.test/posts/1", f"facebook.com/{KARI_ON_FACEBOOK}/posts/1"),
        ("facebook.com/eksempel.etat/posts/1", "facebook.com/eksempel.etat/posts/1"),
        ("facebook.com/100/posts/501?comment_id=6", "facebook.com/100/posts/501?comment_id=6"),
        ("facebook.com/permalink.php?story_fbid=1", "facebook.com/permalink.php?story_fbid=1"),
        ("facebook.com/groups/hage", "facebook.com/groups/hage"),
    ],
)
def test_a_visitors_words_on_facebook_name_nobody(text: str, clean: str) -> None:
    assert PEOPLE.text("facebook", text, keep=KEEP) == clean


def test_a_profile_with_a_full_name_in_its_address_names_nobody() -> None:
    clean = PEOPLE.text("facebook", "https://www.facebook.com/people/Kari-Test/1000123", keep=KEEP)
    assert "Kari" not in clean
    assert "Test" not in clean


def test_an_agency_may_publish_its_own_address_and_number() -> None:
    assert (
        on_x("ring 12345678 eller post@eks.example", by_visitor=False)
        == "ring 12345678 eller post@eks.example"
    )


def test_an_agency_may_not_name_a_visitor_either() -> None:
    assert on_x("@kari_test takk", by_visitor=False) == f"@{KARI} takk"


def test_a_mention_is_named_by_the_native_id_where_the_page_tells_it() -> None:
    text = PEOPLE.text("twitter", "@Kari_Test hei", keep=(), ids={"kari_test": "2000000002"})
    assert text == f"@{PEOPLE.author('twitter', '2000000002')} hei"


PIECES = [
    *(
        "@kari_test",
        ".@ola",
        "@eksempeletat",
        "@v-12ab",
        "v-12ab34",
        "@v-",
        "x.com/",
        "twitter.com/ola_1",
        "/status/1",
    ),
    *(
        "facebook.com/",
        "people/",
        "kari.test",
        "a@b.no",
        "@",
        ".",
        "-",
        "_",
        "+47",
        "12345678",
        "12 34 56 78",
        " 90",
        " ",
    ),
    *("[e-mail]", "[telephone]", "\x00", "\ud800", "ø"),
]


@settings(deadline=None)
@given(pieces=st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=8), by_visitor=st.booleans())
@pytest.mark.parametrize("network", ["twitter", "facebook"])
def test_a_clean_text_stays_as_it_is(network: str, pieces: list[str], *, by_visitor: bool) -> None:
    once = PEOPLE.text(network, "".join(pieces), keep=KEEP, by_visitor=by_visitor)
    assert PEOPLE.text(network, once, keep=KEEP, by_visitor=by_visitor) == once


@settings(deadline=None)
@given(st.text(), st.text())
def test_no_handle_survives_a_mention(before: str, after: str) -> None:
    assert "kari_test" not in on_x(f"{before} @kari_test {after}")


# --- the key ---


def test_the_key_is_made_at_first_use_for_nobody_else_to_read(tmp_path: Path) -> None:
    load_key(tmp_path / "key", known=None)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_the_key_made_at_first_use_is_the_one_read_later(tmp_path: Path) -> None:
    first = load_key(tmp_path / "key", known=None)
    assert load_key(tmp_path / "key", known=first.hash).author("twitter", "1") == first.author("twitter", "1")


def test_no_two_keys_are_the_same(tmp_path: Path) -> None:
    assert load_key(tmp_path / "a", known=None).hash != load_key(tmp_path / "b", known=None).hash


def _readable_by_others(file: Path) -> None:
    file.write_text("k" * 64)
    file.chmod(0o640)


def _too_short(file: Path) -> None:
    file.write_text("k" * 31)
    file.chmod(0o600)


def _another(file: Path) -> None:
    file.write_text("x" * 64)
    file.chmod(0o600)


def _missing(file: Path) -> None:
    file.unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("spoil", "what_to_do"),
    [
        (_readable_by_others, "chmod 600"),
        (_too_short, "too short"),
        (_another, "another pseudonyms' key"),
        (_missing, "Restore the file"),
    ],
)
def test_a_key_that_is_not_the_databases_own_is_refused(
    spoil: Callable[[Path], None], what_to_do: str, tmp_path: Path
) -> None:
    spoil(tmp_path / "key")
    with pytest.raises(InvalidInputError, match=what_to_do):
        load_key(tmp_path / "key", known=PEOPLE.hash)


def test_a_missing_key_is_not_made_anew_for_a_database_that_had_one(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError):
        load_key(tmp_path / "key", known=PEOPLE.hash)
    assert not (tmp_path / "key").exists()


def test_a_key_in_a_folder_that_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="cannot be made"):
        load_key(tmp_path / "nowhere" / "key", known=None)
