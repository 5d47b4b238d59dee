"""The HTML of a post becomes what a reader sees; hostile HTML becomes nothing worse."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soma_audit.collect.mastodon.html_text import text_of

LINK = (
    '<a href="https://etat.example/abc?d=1&amp;e=2" rel="nofollow"><span class="invisible">https://</span>'
    '<span class="ellipsis">etat.example/ab</span><span class="invisible">c?d=1&amp;e=2</span></a>'
)
MENTION = '<span class="h-card"><a href="https://folk.example/@kari" class="u-url mention">@<span>kari</span></a></span>'


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("uten merker", "uten merker"),
        ("<p>Hei</p><p>du</p>", "Hei\n\ndu"),
        ("<p>en<br>to<br/>tre</p>", "en\nto\ntre"),
        (f"<p>Se {LINK}.</p>", "Se https://etat.example/abc?d=1&e=2."),
        (f"<p>{MENTION} hei</p>", "@v-1 hei"),
        (
            '<p><a href="https://etat.example/tags/bro" class="mention hashtag">#<span>bro</span></a></p>',
            "#bro",
        ),
        ("<p>3 &lt; 4 &amp; 5 &gt; 4</p>", "3 < 4 & 5 > 4"),
        ("<p>&lt;script&gt;</p>", "<script>"),
        ("<ul><li>en</li><li>to</li></ul>", "en\n\nto"),
        ("<p>a</p>\n\n\n<p>b</p>", "a\n\nb"),
        ("<blockquote>sitat</blockquote>svar", "sitat\n\nsvar"),
    ],
)
def test_a_post_is_read_as_it_is_seen(html: str, text: str) -> None:
    assert text_of(html, {"https://folk.example/@kari": "v-1"}) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<script>alert(1)</script>hei", "hei"),
        ("<style>p{color:red}</style>hei", "hei"),
        ("<p>hei<!-- ikke sett --></p>", "hei"),
        ('<a href="javascript:alert(1)">klikk</a>', "klikk"),
        ('<a href="JaVaScRiPt:alert(1)">klikk</a>', "klikk"),
        ('<a href="data:text/html,x">klikk</a>', "klikk"),
        ('<a href="https://x.example/ a">klikk</a>', "klikk"),
        ("<a>klikk</a>", "klikk"),
        ("<img src=x onerror=alert(1)>hei", "hei"),
        ("<iframe src=x>inni</iframe>hei", "hei"),
        ("<svg><text>inni</text></svg>hei", "hei"),
        ("hei&#8238;laks&#8236;", "heilaks"),
        ("h&#x200b;ei&#x2060;", "hei"),
        ("a&#0;b", "a\N{REPLACEMENT CHARACTER}b"),
        ("<p><b><i>hei</p></b>du", "hei\n\ndu"),
        ("<", "<"),
        ("", ""),
        ("   ", ""),
        ("<p></p>", ""),
    ],
)
def test_what_is_not_read_does_not_get_through(html: str, text: str) -> None:
    assert text_of(html) == text


@pytest.mark.parametrize(
    "html",
    ["<b>" * 1000000, "<div>" * 1000000, "<p>" * 1000000, "<" * 1000000, "&" * 1000000, "<!--" * 200000, "<![CDATA[" * 100000, "<a href=x>" * 200000, "</p>" * 300000, "<x y=" * 200000],
    ids=lambda html: html[:9],
)  # fmt: skip
def test_a_million_tags_take_seconds_and_not_the_night(html: str) -> None:
    began = time.perf_counter()
    text_of(html + "hei")
    assert time.perf_counter() - began < 10


@given(st.text(alphabet=st.sampled_from("<>/&;=\"' abpdivscrtlonkhef:#x012\n"), max_size=200))
def test_any_text_is_read_without_a_fault(html: str) -> None:
    text = text_of(html)
    assert text == text.strip()
    assert "\n\n\n" not in text
