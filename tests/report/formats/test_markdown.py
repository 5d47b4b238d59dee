from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from report.sample_figures import HOSTILE, empty, same_as_golden, sample
from soma_audit.labels import REPORT_LANGUAGES
from soma_audit.report.figures.public import public as public_edition
from soma_audit.report.formats import markdown
from soma_audit.report.text import UNSAFE, one_line

if TYPE_CHECKING:
    from markdown_it.token import Token

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
ACTING = "\\`*_{}[]()<>#|!~$&+-=:.@\"'/ \t\na1wW"
TEXTS = st.text() | st.text(alphabet=ACTING) | st.text(alphabet=st.sampled_from(ACTING) | st.characters())
PLACES = (
    "{}",
    "- {}",
    "- **1 d** A: “{}” <https://a.example>",
    "**{}**",
    "# {}",
    "| a | b |\n| --- | --- |\n| {} | c |",
)


def inline(text: str) -> list[Token]:
    return [part for token in READER.parse(text) for part in token.children or ()]


def kinds(text: str) -> list[str]:
    """What a reader makes of it: every block and every part of a line, without the words themselves."""
    found = [token.type for token in READER.parse(text)]
    return found + [part.type for part in inline(text) if part.type != "text"]


@given(TEXTS)
@example("\\|`")
@example("a_b_ __c__ _d_")
@example("![x](y) [x]: https://a.example")
@example("<1 % <9@a.example> </b <!-- <?x &lt; &#60;")
@example("12345. x")
@example("---")
@example("0 #")
@example("#")
@example("x\\")
@pytest.mark.parametrize("place", PLACES)
def test_what_a_stranger_wrote_is_only_ever_words(place: str, text: str) -> None:
    escaped = markdown.escape(text)
    said = one_line(text, markdown.SENTENCE)
    if not said or (place == "**{}**" and re.search(r"^\W|\W$", said)):
        return  # bold ends where words do; only the agency's own notice stands in bold
    assert kinds(place.format(escaped)) == kinds(place.format("word"))
    assert said in "".join(part.content for part in inline(place.format(escaped)))


@given(TEXTS)
def test_no_bare_address_is_made_a_link_by_the_page(text: str) -> None:
    escaped = markdown.escape(f"{text} https://evil.example www.evil.example mailto:a@b.example")
    assert not re.search(r"[a-z]://|www\.|mailto:", escaped, re.IGNORECASE)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("Nå! Hva skjer? #trafikk kl. 08:30 @tides_dep (gratis) – 5 > 4", None),
        ("+47 22 00 00 00", r"\+47 22 00 00 00"),
        ("1. mai", r"1\. mai"),
        ("<1 %", None),
        ("<b>x</b>", r"\<b>x\</b>"),
        ("https://a.example", r"https\://a.example"),
        ("\x1b[2J", r"\x1b\[2J"),
        ("a | b", r"a \| b"),
    ],
)
def test_only_what_would_act_is_escaped(text: str, escaped: str | None) -> None:
    assert markdown.escape(text) == (escaped or text)


def test_a_text_is_cut_before_it_is_escaped() -> None:
    assert markdown.escape("*" * 500, 10) == r"\*" * 9 + "…"


def test_the_page_as_kept() -> None:
    same_as_golden("report.md", markdown.render(sample()))


def test_the_page_holds_no_html_and_no_link_but_ours() -> None:
    page = markdown.render(sample())
    assert not UNSAFE.search(page)
    parts = inline(page)
    assert not [part for part in parts if part.type in {"html_inline", "image"}]
    assert not [
        token for token in READER.parse(page) if token.type in {"html_block", "fence", "blockquote_open"}
    ]
    links = [str(part.attrs["href"]) for part in parts if part.type == "link_open"]
    assert len(links) == len(HOSTILE) - 1 + len(sample().perhaps)
    assert all(re.fullmatch(r"https://facebook\.example/90\d", link) for link in links)


def test_the_oldest_ten_are_told_with_their_age() -> None:
    page = markdown.render(replace(sample(), waiting=sample().waiting * 2, perhaps=(), perhaps_total=0))
    ages = re.findall(r"^- \*\*(\d+) (d|h)\b.*“", page, re.MULTILINE)
    hours = [int(n) * (24 if unit == "d" else 1) for n, unit in ages]
    assert len(hours) == 10
    assert hours == sorted(hours, reverse=True)
    assert "… and 21 more; the HTML report has the list, with links." in page


def test_the_notice_comes_first_and_visitors_words_make_the_page_internal() -> None:
    page = markdown.render(sample())
    assert page.startswith("**EXAMPLE: ")
    assert "**Internal.**" in page
    published = markdown.render(public_edition(sample()))
    assert "**Internal.**" not in published
    assert "This edition leaves out the list of 31 posts." in published


def test_an_agency_that_was_not_seen_has_no_zeros() -> None:
    (line,) = [line for line in markdown.render(sample()).splitlines() if line.startswith(r"| \=HYPERLINK")]
    assert line.count("| –") == 8 - 1


@pytest.mark.parametrize("code", REPORT_LANGUAGES)
def test_little_is_still_a_page_in_each_language(code: str) -> None:
    page = markdown.render(replace(empty(), language=code))
    assert page.count("\n## ") == 4
    assert markdown.render(replace(sample(), language=code)).count("\n| --- |") == 2


@pytest.mark.parametrize(("code", "when"), [("nb", "høsten 2010"), ("nn", "hausten 2010")])
def test_the_earlier_mapping_is_dated_in_the_reports_language(code: str, when: str) -> None:
    page = markdown.render(replace(sample(), language=code))
    assert when in page
    assert "autumn" not in page
