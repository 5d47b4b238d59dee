"""A report over any number of networks: a column for each that somebody is on, and Difi's two as ever."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from report.sample_figures import (
    account,
    agency,
    conduct,
    four_networks,
    same_as_golden,
    sample,
)
from report.sample_figures import (
    presence as counted,
)
from soma_audit.labels import REPORT_LANGUAGES
from soma_audit.networks import NETWORKS
from soma_audit.report.figures.presence import presence
from soma_audit.report.figures.public import public
from soma_audit.report.formats import html, markdown, terminal, xlsx
from soma_audit.report.formats import json as report_json
from soma_audit.report.language.wall_words import WallWords, accounts_with_walls
from soma_audit.report.language.words import Words
from soma_audit.report.text import networks

ORDER = ["facebook", "twitter", "bluesky", "mastodon"]


def on(*names: str, **more: Any) -> Any:
    accounts = tuple(account(name, f"a{place}", conduct(), **more) for place, name in enumerate(names))
    return agency("a", "A", "x", accounts, conduct())


def headings(page: str) -> list[list[str]]:
    """Return the headings of each of the page's tables of agencies."""
    tables = re.findall(r'<table class="difi.*?</thead>', page, re.DOTALL)
    return [re.findall(r"<th [^>]*>([^<]*)</th>", table) for table in tables]


# --- which networks a group is counted on -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "agencies", "networks"),
    [
        ("agency", [], ["facebook", "twitter"]),
        ("agency", [on()], ["facebook", "twitter"]),
        ("agency", [on("twitter")], ["facebook", "twitter"]),
        ("agency", [on("mastodon", "bluesky")], ["bluesky", "mastodon"]),
        ("agency", [on("mastodon"), on("facebook")], ["facebook", "mastodon"]),
        ("ministry", [on("mastodon")], ["facebook", "twitter", "mastodon"]),
        ("ministry", [on(*reversed(ORDER))], ORDER),
        ("agency", [on("bluesky", state="retired")], ["facebook", "twitter"]),
    ],
)
def test_a_group_is_counted_where_somebody_is(kind: str, agencies: list[Any], networks: list[str]) -> None:
    assert [found.network for found in presence(kind, agencies)] == networks


def test_agencies_are_counted_and_not_accounts() -> None:
    (found,) = presence("agency", [on("bluesky", "bluesky"), on("bluesky"), on()])
    assert (found.numerator, found.denominator) == (2, 3)


def test_the_known_networks_have_an_order() -> None:
    assert [*NETWORKS] == ORDER
    assert networks(four_networks()) == ORDER


# --- the table, by format -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [80, 100])
def test_on_a_terminal_as_kept(width: int) -> None:
    same_as_golden(f"networks-terminal-{width}.txt", terminal.render(four_networks(), width=width))


def test_in_a_mail_as_kept() -> None:
    same_as_golden("networks.md", markdown.render(four_networks()))
    same_as_golden("networks-public.md", markdown.render(public(four_networks())))


@pytest.mark.parametrize("edition", [lambda figures: figures, public], ids=["internal", "public"])
def test_on_the_page_each_group_has_its_own_columns(edition: Any) -> None:
    ministries, directorates = headings(html.render(edition(four_networks())))
    assert ministries[1:5] == ["Facebook", "Twitter", "Bluesky", "Mastodon"]
    assert ministries[-1] == "Wall"
    assert directorates[:4] == ["Agency", "Bluesky", "Mastodon", "Own posts"]
    assert "Wall" not in directorates


def columns(row: str) -> int:
    """Return how many columns a row of the page spans."""
    cells = re.findall(r"<t[hd]\b[^>]*>", row)
    spans = [int(n) for cell in cells for n in re.findall(r'colspan="(\d+)"', cell)]
    return len(cells) - len(spans) + sum(spans)


def test_every_row_of_the_page_is_as_wide_as_its_heading() -> None:
    for table in re.findall(r'<table class="difi.*?</table>', html.render(four_networks()), re.DOTALL):
        widths = [columns(row) for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)]
        assert len(widths) > 3
        assert len({*widths}) == 1


def test_difis_line_is_empty_for_later_networks() -> None:
    (line,) = [line for line in markdown.render(four_networks()).splitlines() if "| Difi" in line]
    assert [cell.strip() for cell in line.split("|")][2:6] == ["4 of 17", "15 of 17", "", ""]


def test_the_agencies_of_a_workbook_have_the_columns_of_all_groups() -> None:
    sheet = load_workbook(BytesIO(xlsx.render(four_networks())))["Agencies"]
    header, tides, moss, wind, _ = sheet.iter_rows(values_only=True)
    assert header[2:7] == ("Facebook", "Twitter", "Bluesky", "Mastodon", "Wall")
    assert [row[2:6] for row in (tides, moss, wind)] == [
        ("yes", "yes", "yes", "yes"),
        (None, None, "yes", None),
        (None, None, None, "yes"),
    ]


def test_a_workbook_of_agencies_without_pages_has_no_column_of_walls() -> None:
    figures = four_networks()
    sheet = load_workbook(BytesIO(xlsx.render(replace(figures, groups=figures.groups[1:]))))["Agencies"]
    assert [cell.value for cell in sheet[1]][:5] == ["Agency", "Group", "Bluesky", "Mastodon", "Seen"]


def test_the_json_lists_networks_and_keeps_its_first_keys() -> None:
    ministries, directorates = json.loads(report_json.render(four_networks()))["groups"]
    assert [found["network"] for found in ministries["presence"]] == ORDER
    assert [(p["network"], p["numerator"], p["denominator"]) for p in directorates["presence"]] == [
        ("bluesky", 1, 2),
        ("mastodon", 1, 2),
    ]
    assert (ministries["on_facebook"]["numerator"], directorates["on_twitter"]["numerator"]) == (1, 0)


@pytest.mark.parametrize("code", REPORT_LANGUAGES)
def test_a_network_has_its_own_name_in_every_language(code: str) -> None:
    figures = replace(four_networks(), language=code)
    for paper in (html.render(figures), terminal.render(figures), markdown.render(figures)):
        assert "Bluesky" in paper
        assert "Mastodon" in paper


def test_where_nobody_is_on_a_later_network_nothing_is_said_of_any() -> None:
    for paper in (html.render(sample()), terminal.render(sample(), width=80), markdown.render(sample())):
        assert not re.search(r"Bluesky|Mastodon|\bFB\b|<wbr>|class=.[\w ]* many\b", paper)


def test_a_narrow_terminal_shortens_names_and_says_so() -> None:
    narrow, wide = (terminal.render(four_networks(), width=width) for width in (80, 100))
    assert "FB: Facebook, Tw: Twitter, Bs: Bluesky, Ma: Mastodon." in " ".join(narrow.split())
    assert "FB" not in wide
    assert "Blue-" in wide


def test_a_terminal_speaks_of_walls_only_where_there_are_pages() -> None:
    figures = four_networks()
    told = terminal.render(replace(figures, groups=figures.groups[1:]))
    assert "Wall" not in told
    assert "Wall: may visitors post on Facebook?" in " ".join(terminal.render(figures).split())


# --- handles and walls --------------------------------------------------------------------------------------------


def test_a_handle_that_is_a_domain_may_break_where_its_parts_begin() -> None:
    page = html.render(four_networks())
    assert "Mastodon @communications<wbr>@social<wbr>.ministries<wbr>.example" in page
    assert "&lt;wbr" not in page
    assert not re.search(r'="[^"]*<wbr>', page)


def test_a_strangers_handle_is_escaped_before_it_may_break() -> None:
    figures = four_networks()
    mean = replace(figures.waiting[0], handle="<script>.a@b\x1b.example")
    page = html.render(replace(figures, waiting=(mean,)))
    assert "@&lt;script&gt;<wbr>" not in page  # only behind a letter
    assert "@&lt;script&gt;.a<wbr>@b\\x1b<wbr>.example" in page


def test_every_account_on_a_later_network_tells_who_may_reply() -> None:
    told = [
        (account.network, account.commenting.label) for _, account in accounts_with_walls(four_networks())
    ]
    assert told == [
        ("facebook", "open"),
        ("bluesky", "restricted"),
        ("mastodon", "open"),
        ("bluesky", "unknown"),
        ("mastodon", "open"),
        ("bluesky", "unknown"),
    ]
    page = html.render(four_networks())
    assert "On Bluesky and Mastodon, as on Twitter, there is no wall to post on" in page
    assert "may reply: everyone 90 %, followers and mentioned people 8 %, nobody 2 %" in page


def test_who_may_reply_is_told_in_the_language_of_the_report() -> None:
    replies = four_networks().groups[0].agencies[0].accounts[2].commenting
    walls = WallWords(Words("nb", "Europe/Oslo"))
    assert walls.reply_settings(replies) == "alle 90 %, følgere og de som er nevnt 8 %, ingen 2 %"


def test_presence_is_said_in_a_sentence() -> None:
    words = Words("en", "UTC")
    ministries, directorates = four_networks().groups
    assert words.presence(ministries) == (
        "1 of 2 on Facebook, 1 of them with an open wall; 1 of 2 on Twitter; 2 of 2 on Bluesky; 1 of 2 on Mastodon"
    )
    assert words.presence(directorates) == "1 of 2 on Bluesky; 1 of 2 on Mastodon"
    alone = replace(directorates, presence=(counted("mastodon", 1, 2),))
    assert words.presence(alone) == "1 of 2 on Mastodon"


def test_a_query_is_called_by_its_network_in_the_language_of_the_report() -> None:
    (query,) = four_networks().queries
    assert Words("nb", "UTC").query_title(query) == "Virksomheter på Bluesky"
