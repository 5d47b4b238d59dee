"""The news as a feed that feed readers read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.sample_figures import same_as_golden, sample, waiting_line
from soma_audit.report.figures.public import public
from soma_audit.report.formats.atom import Entry, feed, render

NOW = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)


def test_the_whole_feed() -> None:
    same_as_golden("report.atom", render(sample()))


def test_a_reader_reads_it() -> None:
    found = feedparser.parse(render(sample()))
    assert not found.bozo
    assert (found.version, found.feed.title) == ("atom10", "Is anybody at the counter?")
    assert len({entry.id for entry in found.entries}) == len(found.entries) > 8
    assert all(entry.title and entry.updated_parsed for entry in found.entries)


def test_a_question_is_the_same_entry_as_long_as_it_waits() -> None:
    figures = replace(sample(), waiting=(waiting_line(3, "Når?"),), news=None)
    (today,), (tomorrow,) = (
        feedparser.parse(render(f)).entries for f in (figures, replace(figures, as_of=NOW))
    )
    assert (today.id, today.updated) == (tomorrow.id, tomorrow.updated)
    assert "Når?" in today.content[0].value


def test_the_public_edition_has_no_visitors_words() -> None:
    entries = feedparser.parse(render(public(sample()))).entries
    assert entries
    assert not any("When does the office open?" in entry.content[0].value for entry in entries)


@given(st.text(alphabet=st.characters()))
def test_any_text_is_well_formed(text: str) -> None:
    written = feed(
        id_="tag:a,2010:b",
        title=text,
        language="en",
        updated=NOW,
        entries=[Entry(id=text, title=text, updated=NOW, text=text, link=text)],
    )
    ET.fromstring(written.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("link", ["javascript:alert(1)", 'https://a.example/"><x>', None])
def test_only_plain_links_are_links(link: str | None) -> None:
    written = feed(
        id_="a",
        title="b",
        language="en",
        updated=NOW,
        entries=[Entry(id="c", title="d", updated=NOW, link=link)],
    )
    assert "href" not in written
