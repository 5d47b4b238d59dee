"""The files of the public site: what stands in them, and that they hang together."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from functools import cache
from posixpath import dirname, join, normpath
from xml.etree import ElementTree as ET

import feedparser
import jsonschema
import pytest

from report.sample_figures import HOSTILE, sample
from report.site.test_months import cell
from soma_audit.labels import REPORT_LANGUAGES
from soma_audit.report.figures.public import public
from soma_audit.report.language.words import Words
from soma_audit.report.site import Site, files
from soma_audit.report.site.badge import badge
from soma_audit.report.site.months import Cell, PublishedMonth
from soma_audit.store.published import CorrectionRow

FIGURES = public(sample())
FIGURES = replace(FIGURES, groups=tuple(group for group in FIGURES.groups if group.kind))
AGENCIES = [agency.id for group in FIGURES.groups for agency in group.agencies]
HIDDEN = cell(questions=None, answered=None, in_time=None, median_minutes=None)


def month(name: str, **cells: Cell) -> PublishedMonth:
    kinds = {group.kind or "": cell(posts=400) for group in FIGURES.groups}
    return PublishedMonth(
        month=name,
        published_on=f"{name}-28",
        groups=kinds,
        agencies={agency: cells.get(agency, cell()) for agency in AGENCIES},
    )


FIRST = AGENCIES[0]
SITE = Site(
    url="https://sosiale.example/medier",
    contact="post@etat.example",
    figures=FIGURES,
    months=(month("2026-03", **{FIRST: HIDDEN}), month("2026-04")),
    corrections=(
        CorrectionRow("2026-03", FIRST, "posts", "40", "38", "2026-05-02"),
        CorrectionRow("2026-03", "all:ministry", "answered", "[12, 18]", "[17, 18]", "2026-05-03"),
    ),
)


@cache
def written() -> dict[str, str]:
    return {path: content.decode() for path, content in files(SITE)}


def pages() -> list[str]:
    return [path for path in written() if path.endswith(".html")]


def test_the_same_site_gives_the_same_bytes() -> None:
    assert dict(files(SITE)) == {path: text.encode() for path, text in written().items()}


def test_every_link_within_the_site_leads_somewhere() -> None:
    for page in pages():
        for target in re.findall(r'(?:href|src)="([^"]*)"', written()[page]):
            if not re.match(r"https?:|#", target):
                path, _, anchor = target.partition("#")
                found = written()[normpath(join(dirname(page), path))]
                assert not anchor or f'id="{anchor}"' in found, (page, target)


def test_every_page_says_whose_figure_it_is_how_to_complain_and_asks_nobody_elsewhere() -> None:
    for page in pages():
        text = written()[page]
        assert "default-src 'none'" in text
        assert not re.search(r"<script|<iframe|style=| on\w+=\"", text), page
        assert "about.html#wrong" in text
        assert len(text.encode()) < 300_000
    assert "Write to post@etat.example." in written()["about.html"]


def test_an_agency_has_its_months_and_what_is_too_small_is_left_out() -> None:
    page = written()[f"bodies/{FIRST}.html"]
    assert "66 %" in page or "67 %" in page  # 12 of 18, in April
    assert page.index("Apr 2026") < page.index("Mar 2026")
    (march,) = re.findall(r'<tr id="2026-03">.*?</tr>', page, re.DOTALL)
    assert "&lt;5" in march
    assert "fewer than 5, so not published" in march
    assert not re.search(r"12 of 18", march)


def test_what_was_corrected_is_listed_and_the_page_goes_on_showing_what_was_published() -> None:
    about = written()["about.html"]
    assert re.search(r"Own posts</td><td>40</td><td>38</td><td>2 May 2026", about)
    assert re.search(r"Ministries</th><td>Mar 2026</td><td>Answered</td><td>12 of 18</td><td>17 of 18", about)
    (march,) = re.findall(r'<tr id="2026-03">.*?</tr>', written()[f"bodies/{FIRST}.html"], re.DOTALL)
    assert ">40<" in march


def test_no_visitors_word_and_no_account_outside_the_register_stands_anywhere() -> None:
    for path, text in written().items():
        for said in (HOSTILE[4], "When does the office open?", "x" * 200):
            assert said not in text, path


@pytest.mark.parametrize("agency", AGENCIES)
def test_the_data_say_the_same_and_keep_to_their_schema(agency: str) -> None:
    schema = json.loads(written()["data/schema.json"])
    found = json.loads(written()[f"data/bodies/{agency}.json"])
    jsonschema.validate(found, schema, format_checker=jsonschema.FormatChecker())
    rows = list(csv.DictReader(io.StringIO(written()[f"data/bodies/{agency}.csv"])))
    assert [(r["month"], r["posts"]) for r in rows] == [
        (m["month"], str(m["posts"])) for m in found["months"]
    ]
    in_all = list(csv.DictReader(io.StringIO(written()["data/all.csv"])))
    assert [row for row in in_all if row["agency"] == agency] == rows


def test_what_is_hidden_is_hidden_in_the_data_too() -> None:
    found = json.loads(written()[f"data/bodies/{FIRST}.json"])
    assert [(m["questions"], m["answered"]) for m in found["months"]] == [(None, None), (20, [12, 18])]
    assert [(c["was"], c["found"]) for c in found["corrections"]] == [(40, 38)]


def test_a_spreadsheet_takes_no_name_for_a_formula() -> None:
    (group, *_) = FIGURES.groups
    named = replace(group, agencies=(replace(group.agencies[0], name="=cmd|'/C calc'!A0"),))
    site = replace(SITE, figures=replace(FIGURES, groups=(named,)))
    assert "'=cmd" in dict(files(site))["data/all.csv"].decode()


@pytest.mark.parametrize("path", ["feed.atom", f"feeds/{FIRST}.atom"])
def test_a_feed_reader_reads_the_feeds(path: str) -> None:
    found = feedparser.parse(written()[path])
    assert not found.bozo
    assert found.feed.links[-1].href == f"https://sosiale.example/medier/{path}"
    assert len({entry.id for entry in found.entries}) == len(found.entries)
    titles = [entry.title for entry in found.entries]
    assert any("Apr 2026: 40 own posts, 12 of 18 questions answered" in title for title in titles)
    assert any("a figure of Mar 2026 was corrected" in title for title in titles)


def test_the_list_of_pages_has_them_all() -> None:
    locations = [e.text for e in ET.fromstring(written()["sitemap.xml"]).iter() if e.tag.endswith("}loc")]
    assert sorted(map(str, locations)) == sorted(f"https://sosiale.example/medier/{page}" for page in pages())
    assert "Sitemap: https://sosiale.example/medier/sitemap.xml" in written()["robots.txt"]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (
            [("2026-03", cell()), ("2026-04", cell(in_time=(8, 10)))],
            "Apr 2026: answers 8 of 10 within 1 office day",
        ),
        ([("2026-03", cell()), ("2026-04", HIDDEN)], "Mar 2026: answers 9 of 18 within 1 office day"),
        ([("2026-04", HIDDEN)], "soma-audit: too few questions to tell"),
        ([], "soma-audit: too few questions to tell"),
    ],
)
def test_a_badge_says_of_how_many_and_of_when(cells: list[tuple[str, Cell]], told: str) -> None:
    image = badge(Words("en", "Europe/Oslo"), cells, 480)
    assert ET.fromstring(image).get("aria-label") == told


@pytest.mark.parametrize("code", REPORT_LANGUAGES)
def test_it_can_be_had_in_every_language(code: str) -> None:
    found = dict(files(replace(SITE, figures=replace(FIGURES, language=code))))
    assert f'<html lang="{code}">'.encode() in found["index.html"]


def test_before_the_first_month_has_settled_the_site_says_so() -> None:
    found = dict(files(replace(SITE, months=(), corrections=())))
    assert b"No month has settled yet" in found["index.html"]
    assert b"Nothing has been published of this agency yet." in found[f"bodies/{FIRST}.html"]
