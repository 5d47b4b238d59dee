import re
import shlex
from base64 import b64encode
from collections import Counter
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from report.sample_figures import empty, same_as_golden, sample
from soma_audit.report.figures.model import Figures
from soma_audit.report.figures.public import public
from soma_audit.report.formats import html
from soma_audit.report.text import UNSAFE

VOID = {"meta", "br", "rect"}
LOADING = {"src", "srcset", "data", "poster", "background", "action", "formaction", "xlink:href", "ping"}


class Outline(HTMLParser):
    """All tags and visible words; a tag that closes nothing or is left open is a fault."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.open: list[str] = []
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.tags if tag in names]


@pytest.fixture(scope="module")
def page() -> str:
    return html.render(sample())


@pytest.fixture(scope="module")
def outline(page: str) -> Outline:
    return Outline(page)


def test_the_page_as_kept(page: str) -> None:
    same_as_golden("report.html", page)


def test_the_page_asks_nobody_for_anything(page: str, outline: Outline) -> None:
    assert not outline.all("link", "img", "iframe", "object", "embed", "base", "form", "use", "image")
    for _, attrs in outline.tags:
        assert not LOADING & attrs.keys()
        assert not [name for name in attrs if name.startswith("on")]
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert not re.search(r"@import|url\(|https?:", style)


def test_the_only_script_is_ours_and_the_page_lets_no_other_run(page: str) -> None:
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert script == files("soma_audit.report.formats.html").joinpath("report.js").read_text("utf-8")
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page
    assert "default-src 'none'" in page


def test_no_character_of_a_stranger_acts(page: str) -> None:
    assert not UNSAFE.search(page)
    assert page.count("<script") == 1
    assert "&lt;script src=" in page
    assert "{{ figures }}" in page
    page.encode()


def test_links_are_plain_web_links_or_stay_on_the_page(outline: Outline) -> None:
    targets = [str(attrs["href"]) for attrs in outline.all("a")]
    assert all(re.match(r"https?://|#", target) for target in targets)
    assert {target[1:] for target in targets if target[0] == "#"} <= {a.get("id") for _, a in outline.tags}


def test_the_page_can_be_read_by_ear(outline: Outline) -> None:
    assert outline.all("html") == [{"lang": "en"}]
    assert len(outline.all("h1")) == 1
    assert len(outline.all("caption")) == len(outline.all("table")) == 19
    assert all("scope" in attrs for attrs in outline.all("th"))
    assert len(outline.all("title")) == 1 + len(outline.all("svg"))
    assert all(attrs["role"] == "img" for attrs in outline.all("svg"))
    ids = Counter(attrs["id"] for _, attrs in outline.tags if "id" in attrs)
    assert set(ids.values()) == {1}


def test_walls_are_told_with_their_history_and_what_a_change_did(outline: Outline) -> None:
    words = " ".join(outline.words.split())
    assert "Posting: closed" not in words
    assert "Posting: open, last seen so 15 Apr 2026; then closed, first seen so 22 Apr 2026." in words
    assert "seen so since 22 Apr 2026" in words
    assert "It says why: “<script>We cannot watch it</script> at night.”" in words
    assert "Write instead to post@lanterns.example" in words
    assert "Questions before and after, 33 days each" in words
    assert "settings, page token, v26.0, seen 31 May 2026 06:00" in words


def test_each_timeline_stands_in_a_table_too(outline: Outline) -> None:
    assert len([svg for svg in outline.all("svg") if svg["class"] == "timeline"]) == 2
    assert outline.words.count("open from 13 Mar 2026 to 15 Apr 2026; closed since 22 Apr 2026") == 2


def test_lists_that_were_cut_say_so(outline: Outline) -> None:
    assert "The list shows 8 of 31 posts." in outline.words
    assert "The list shows 1 of 7 posts." in outline.words
    assert "The list shows 2 of 593 posts." in outline.words


def test_what_people_found_stands_beside_the_figure_and_in_full_below(outline: Outline) -> None:
    assert "checked by people: 18 of 20 posts called questions were questions" in outline.words
    assert "posts called questions were questions (90 %, 70–97 %)" in outline.words
    assert "Nobody has checked these verdicts yet" in Outline(html.render(empty())).words


def test_each_edition_says_what_it_is(outline: Outline) -> None:
    assert "Internal." in outline.words
    published = Outline(html.render(public(sample())))
    assert "Internal." not in published.words
    assert "Public edition: without visitors’ words" in published.words
    assert "This edition leaves out the list of 31 posts." in published.words


@pytest.mark.parametrize(
    ("code", "said"), [("en", "Internal. This"), ("nb", "Internt. Her"), ("nn", "Internt. Her")]
)
def test_every_printed_page_says_that_it_is_internal(code: str, said: str) -> None:
    at_the_foot = re.compile(r'@page { @bottom-left { content: "([^"<]+)"; } }')
    printed = at_the_foot.search(html.render(replace(sample(), language=code)))
    assert printed is not None
    assert printed[1].startswith(said)
    assert not at_the_foot.search(html.render(public(sample())))


def test_the_day_begins_with_what_is_new(outline: Outline) -> None:
    words = " ".join(outline.words.split())
    assert "Since the report of 31 May 2026 06:00:" in words
    assert "31 questions and requests came in" in words
    assert "Posting: was open, is closed" in words
    assert "no own post since 3 Mar 2026" in words
    assert "no nightly report before" in Outline(html.render(replace(sample(), news=None))).words


def test_figures_stand_beside_earlier_ones_and_the_middle_of_the_group(outline: Outline) -> None:
    words = " ".join(outline.words.split())
    assert "the period before: 25 %" in words
    assert "a year earlier" not in words
    assert "42 % (4–79 %)" in words


@pytest.mark.parametrize("figures", [empty(), replace(sample(), groups=sample().groups[1:])])
def test_pages_with_little_on_them(figures: Figures) -> None:
    assert "autumn 2010" not in Outline(html.render(figures)).words


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
        parts = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
def test_every_text_has_contrast_enough(page: str, scheme: int) -> None:
    block = re.findall(r":root \{(.*?)\}", page, re.DOTALL)[scheme]
    colours = dict(re.findall(r"--([\w-]+): (#\w+)", block))
    pairs = [(ink, paper) for ink in ("ink", "soft", "accent") for paper in ("paper", "card")]
    pairs += [(f"{name}-ink", name) for name in ("amber", "red", "green")]
    pairs += [("red-ink", "paper"), ("amber-ink", "amber"), ("ink", "track"), ("card", "accent")]
    assert {pair: c for pair in pairs if (c := contrast(colours[pair[0]], colours[pair[1]])) < 4.5} == {}
    assert contrast(colours["bar"], colours["track"]) >= 3
    spans = ("open", "moderated", "restricted", "closed", "soft")
    assert {span: c for span in spans if (c := contrast(colours[span], colours["paper"])) < 3} == {}


def test_a_list_that_is_cut_leads_to_the_query_for_all_of_it(outline: Outline) -> None:
    told = " ".join(outline.words.split())
    assert "The list shows 8 of 31 posts. A query for all of them" in told
    assert "All as a table: soma-audit report --list waiting --output waiting.csv" in told
    assert "A query for all of them" not in Outline(html.render(public(sample()))).words


def test_each_post_that_waits_has_the_lines_that_record_what_became_of_it() -> None:
    figures = sample()
    words = Outline(html.render(figures)).words
    lines = (*figures.waiting, *figures.perhaps)
    for line in lines:
        for label in ("answered", "none"):
            assert f"soma-audit review {line.network}/{line.handle}/{line.post} {label}" in words
    assert "answered elsewhere" not in Outline(html.render(public(figures))).words


def test_a_line_to_copy_runs_nothing_that_a_name_says() -> None:
    line = replace(sample().waiting[0], handle="$(rm -rf ~)`id`;'\n#", post="\x1b]0;a\x07")
    *command, place, label = shlex.split(html.review_line(line, "none"))
    assert (command, label) == (["soma-audit", "review"], "none")
    assert place == "twitter/$(rm -rf ~)`id`;' #/\\x1b]0;a\\x07"


def test_who_sees_to_a_post_is_told_within_the_house_only() -> None:
    figures = sample()
    assert "assigned to The harbour desk <b>, forwarded on 20 May 2026" in Outline(html.render(figures)).words
    assert "harbour desk" not in html.render(public(figures))
