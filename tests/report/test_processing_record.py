"""The record of processing says what is held, until when, and what the controller still has to write."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from openpyxl import load_workbook

from conftest import UPDATE
from soma_audit.report.formats.xlsx import workbook
from soma_audit.report.processing_record import FILL_IN, Kept, Record, as_markdown, facts, sheets, terms
from soma_audit.store.posts.inventory import NetworkRow, Others

GOLDEN = Path(__file__).parent / "golden" / "processing-record.md"
NOW = datetime(2026, 9, 1, 6, tzinfo=UTC)
RECORD = Record(
    made_at=NOW,
    version="0.2.0",
    timezone="Europe/Oslo",
    database="soma-audit.db",
    controller="Eksempeletaten, Postboks 1, 0001 Oslo",
    contact="personvern@etat.example",
    countries=("NO", "SE"),
    networks=(NetworkRow("facebook", 1200, 900, 300, 400, 0), NetworkRow("twitter", 2, 1, 1, 3, 5)),
    asked=(("facebook", "https://graph.facebook.com"),),
    others=Others(pages=12, reviews=3, looks=1, assignments=5, lookalikes=2, erased=1, found=4),
    texts=Kept(days=180, oldest=datetime(2026, 3, 10, 9, tzinfo=UTC)),
    pages=Kept(days=30, oldest=datetime(2026, 8, 20, 5, tzinfo=UTC)),
    purged=datetime(2026, 8, 31, 5, tzinfo=UTC),
    key="/keys/soma-audit.key.",
    report_folder="/srv/reports",
)
EMPTY = replace(
    RECORD,
    controller=None,
    contact=None,
    countries=(),
    networks=(),
    asked=(),
    others=Others(pages=0, reviews=0, looks=0, assignments=0, lookalikes=0, erased=0, found=0),
    texts=Kept(days=180, oldest=None),
    pages=Kept(days=30, oldest=None),
    purged=None,
)


def says(record: Record, what: str) -> str:
    (found,) = [fact.says for lines in facts(record).values() for fact in lines if fact.what.startswith(what)]
    return found


@pytest.mark.parametrize(
    ("texts", "told"), [(True, "with visitors' words"), (False, "without visitors' words")]
)
def test_whoever_is_mailed_and_the_public_site_are_recipients(*, texts: bool, told: str) -> None:
    record = replace(RECORD, mailed=["a@etat.example"], mailed_texts=texts, site="https://a.example")
    assert says(record, "Recipients of the morning mail") == f"a@etat.example: {told}."
    assert "https://a.example" in says(record, "The public")


def test_the_page_is_the_one_that_was_looked_at() -> None:
    page = as_markdown(RECORD)
    if UPDATE:
        GOLDEN.write_text(page, "utf-8")
    assert page == GOLDEN.read_text("utf-8")


@pytest.mark.parametrize(
    "article_30",
    [
        *("Controller", "Contact", "Purpose", "Legal basis", "People who wrote", "Those who run the audit"),
        *(
            "Recipients",
            "Transfers to third countries",
            "Pseudonyms",
            "The key",
            "Erasure",
            "Access (articles",
        ),
    ],
)
def test_it_has_what_article_30_asks_for(article_30: str) -> None:
    assert says(RECORD, article_30)


def test_what_only_the_controller_knows_is_to_be_filled_in() -> None:
    assert says(RECORD, "Legal basis").startswith(FILL_IN)
    assert (says(RECORD, "Controller"), says(EMPTY, "Controller").startswith(FILL_IN)) == (
        "Eksempeletaten, Postboks 1, 0001 Oslo",
        True,
    )


@pytest.mark.parametrize(
    ("oldest", "due"),
    [
        (NOW - timedelta(days=10), "2027-02-18"),
        (NOW - timedelta(days=180), "2026-09-01"),
        (NOW - timedelta(days=180, seconds=1), "2026-09-01, overdue: run soma-audit purge"),
        (None, "–"),
    ],
)
def test_it_tells_from_when_the_next_purge_drops_something(oldest: datetime | None, due: str) -> None:
    assert terms(replace(RECORD, texts=Kept(days=180, oldest=oldest)))[0].due == due


def test_of_nothing_it_says_so() -> None:
    page = as_markdown(EMPTY)
    assert "Nothing yet." in page
    assert "Last purge: never." in page
    assert "as written in no country" in page


def test_nothing_that_is_filled_in_acts_in_the_page() -> None:
    page = as_markdown(replace(RECORD, controller="<img src=x> | *[a](b)*", key="`|`"))
    shown = MarkdownIt("commonmark").enable("table").render(page)
    assert "<img" not in shown
    assert "<a " not in shown


class TestWorkbook:
    @pytest.fixture
    def read(self) -> Any:
        made = workbook(
            sheets(RECORD), title="Record", version="0.2.0", created=NOW, timezone=RECORD.timezone
        )
        return load_workbook(BytesIO(made))

    def test_says_what_the_page_says(self, read: Any) -> None:
        cells = [tuple(row) for row in read["Record"].iter_rows(min_row=4, values_only=True)]
        assert cells == [
            (part, fact.what, fact.says) for part, lines in facts(RECORD).items() for fact in lines
        ]

    def test_has_the_counts_as_numbers(self, read: Any) -> None:
        assert [*read["By network"].iter_rows(min_row=2, values_only=True)] == [
            ("Facebook", 1200, 900, 300, 400, 0),
            ("X", 2, 1, 1, 3, 5),
        ]

    def test_has_the_terms(self, read: Any) -> None:
        assert [row[0] for row in read["Retention"].iter_rows(min_row=4, values_only=True)] == [
            term.what for term in terms(RECORD)
        ]
