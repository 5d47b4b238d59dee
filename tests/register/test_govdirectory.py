"""What is read of Govdirectory's pages: a country's, with a line a body, and those of the bodies."""

from __future__ import annotations

from datetime import date

import pytest

from soma_audit.errors import InvalidInputError
from soma_audit.networks import ELSEWHERE, NETWORKS
from soma_audit.register.found import Found, FoundAccount, FoundBody
from soma_audit.register.govdirectory import found_in

DAY = '<p class="timestamp">Data last updated <time datetime="2026-06-22">2026-06-22</time>.</p>'


def line(qid: str, name: str, type_: str, *links: tuple[str, str], more: str = "") -> str:
    """A line of a country's page."""
    items = "".join(
        f'<li><a title="{title}" href="{href}"><img src="/x.svg"></a></li>' for title, href in links
    )
    return f'<tr><td lang=""><a href="{qid}/">{name}</a></td><td><ul>{items}{more}</ul></td><td>{type_}</td></tr>'


def country(*lines: str) -> tuple[str, str]:
    """A country's page."""
    table = f'<table><thead><tr><th>Name</th></tr></thead><tbody id="mainOrgTable">{"".join(lines)}</tbody></table>'
    return "norway/index.html", f"<!doctype html><h1>Norway</h1>{DAY}{table}"


def page(qid: str, name: str, class_: str = "Q755707", *accounts: tuple[str, str, str]) -> tuple[str, str]:
    """A body's page; accounts are property, network and handle."""
    rows = "".join(
        f'<tr data-wd-prop="http://www.wikidata.org/entity/{prop}"><td>{network}</td>'
        f'<td><a rel="nofollow" href="https://x.example/{handle}">{handle}</a></td></tr>'
        for prop, network, handle in accounts
    )
    return (
        f"norway/{qid}/index.html",
        (
            f'<link rel="canonical" href="https://www.govdirectory.org/norway/{qid}/"><h1>{name}</h1>{DAY}'
            '<div class="infobox"><ul><li>Official website: <a href="https://etat.example/">etat.example/</a></li></ul></div>'
            f"<table class='container'><tr><th>Platform</th></tr>{rows}</table>"
            f'<script type="application/ld+json">{{"additionalType": "http://www.wikidata.org/entity/{class_}"}}</script>'
        ),
    )


def read(*pages: tuple[str, str], kind: str = "municipality") -> Found:
    return found_in(pages, country="NO", kind=kind)


def test_a_line_of_a_country_s_page_is_a_body_with_what_it_shows() -> None:
    found = read(
        country(
            line(
                "Q1",
                "Eksempel&#39;s kommune",
                "municipality of Norway",
                ("Website", "https://e.example/"),
                ("X", "https://x.com/etaten"),
                ("Twitter", "https://twitter.com/gamle"),
                ("LinkedIn", "https://www.linkedin.com/company/etaten/"),
                ("GitHub", "https://github.com/etaten"),
                more="<li>+2</li>",
            ),
            line("Q2", "Etdepartement", "Ministry of Norway", ("X", "https://x.com/dep")),
        )
    )
    assert found.bodies == (
        FoundBody(
            "Q1",
            "Eksempel's kommune",
            "municipality",
            ("https://e.example/",),
            (
                FoundAccount("twitter", "https://x.com/etaten", "X"),
                FoundAccount("twitter", "https://twitter.com/gamle", "Twitter"),
                FoundAccount("linkedin", "https://www.linkedin.com/company/etaten/", "LinkedIn"),
                FoundAccount(None, "https://github.com/etaten", "GitHub"),
            ),
        ),
    )
    assert found.on == date(2026, 6, 22)
    assert found.told == (
        "Eksempel's kommune (Q1): its own page has 2 more, which the country's page does not show",
    )


def test_a_body_s_page_has_all_of_its_accounts_with_their_properties() -> None:
    assert read(
        page("Q1", "Eksempel", "Q755707", ("P2002", "X", "etaten"), ("P2037", "GitHub", "etat"))
    ).bodies == (
        FoundBody(
            "Q1",
            "Eksempel",
            "municipality",
            ("https://etat.example/",),
            (FoundAccount("twitter", "etaten", "P2002"), FoundAccount(None, "etat", "GitHub, P2037")),
        ),
    )


def test_a_body_of_another_kind_is_left_out() -> None:
    found = read(page("Q1", "Eksempel"), page("Q2", "Etdepartement", "Q109644271"), kind="ministry")
    assert [body.id for body in found.bodies] == ["Q2"]


@pytest.mark.parametrize("script", ["{", "[]", '{"additionalType": 5}', ""])
def test_a_page_that_does_not_tell_its_kind_may_be_of_any(script: str) -> None:
    name, text = page("Q1", "Eksempel")
    text = text.partition("<script")[0] + f'<script type="application/ld+json">{script}</script>'
    assert [body.id for body in read((name, text)).bodies] == ["Q1"]


@pytest.mark.parametrize(
    "text", ["", "<h1>Maintenance</h1>", '{"results": 5}', "<link rel=canonical href=/norway/Q1>", "\0" * 99]
)
def test_another_page_is_none_of_govdirectory_s(text: str) -> None:
    with pytest.raises(InvalidInputError, match=r"x\.html is no page of Govdirectory's"):
        read(("x.html", text))


def test_pages_of_several_days_are_as_old_as_the_oldest() -> None:
    name, text = page("Q2", "Annen")
    found = read(page("Q1", "Eksempel"), (name, text.replace("2026-06-22", "2026-05-01")))
    assert found.on == date(2026, 5, 1)


@pytest.mark.parametrize("day", ["", "soon"])
def test_a_page_may_say_nothing_of_its_day(day: str) -> None:
    name, text = page("Q1", "Eksempel")
    assert read((name, text.replace("2026-06-22", day))).on is None


def test_each_network_that_the_register_has_is_known_by_its_title() -> None:
    titles = [n.title_today for n in NETWORKS.values()] + [c.title for c in ELSEWHERE.values()]
    found = read(country(line("Q1", "E", "municipality of Norway", *((t, "x") for t in titles))))
    assert [a.network for a in found.bodies[0].accounts] == [*NETWORKS, *ELSEWHERE]


def test_a_country_of_ten_thousand_bodies_is_read() -> None:
    lines = [line(f"Q{n}", f"E {n}", "municipality", ("X", f"https://x.com/e{n}")) for n in range(1, 10_001)]
    assert read(country(*lines)).accounts() == 10_000
