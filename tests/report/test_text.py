import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.sample_figures import AS_OF, HOSTILE
from soma_audit.report import text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b]0;owned\x07", r"\x1b]0;owned\x07"),
        ("a\x9b31m\x7f", r"a\x9b31m\x7f"),
        ("\u202egnp.exe\u2066\u061c\u200e\ufeff", r"\u202egnp.exe\u2066\u061c\u200e\ufeff"),
        ("half \ud83d", r"half \ud83d"),
        ("two\r\nlines\tand a tab", "two\nlines\tand a tab"),
        ("back\rover", r"back\x0dover"),
        ("👩‍👩‍👧‍👦 🇳🇴 ❤️ æøå ášč", "👩‍👩‍👧‍👦 🇳🇴 ❤️ æøå ášč"),
    ],
)
def test_clean_shows_what_would_act_and_keeps_what_is_written(raw: str, shown: str) -> None:
    assert text.clean(raw) == shown


@given(st.text())
def test_clean_leaves_nothing_unsafe_and_is_done_after_once(raw: str) -> None:
    once = text.clean(raw)
    assert not text.UNSAFE.search(once)
    assert text.clean(once) == once
    once.encode()


@given(st.text(), st.integers(min_value=2, max_value=50))
def test_one_line_is_one_line_and_never_too_long(raw: str, limit: int) -> None:
    line = text.one_line(raw, limit)
    assert len(line) <= limit
    assert len(line.splitlines()) <= 1


def test_one_line_says_that_something_is_missing() -> None:
    assert text.one_line(HOSTILE[5], 5) == "xxxx…"


@pytest.mark.parametrize(
    ("url", "is_link"),
    [
        ("https://a.example/1?b=c&d=e", True),
        ("HTTP://a.example", True),
        ("javascript:alert(1)", False),
        (" https://a.example", False),
        ("https://a.example/\x1b[2J", False),
        ('https://a.example/"onclick=x', False),
        ("//a.example", False),
        ("", False),
        (None, False),
    ],
)
def test_only_plain_web_links_are_links(url: str | None, is_link: bool) -> None:  # noqa: FBT001
    assert text.web_link(url) == (url if is_link else None)


def test_a_time_is_written_in_utc_for_machines() -> None:
    assert text.iso(AS_OF) == "2026-06-01T04:00:00Z"
