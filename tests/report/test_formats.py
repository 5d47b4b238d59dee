"""What holds between the formats."""

import csv
import json
import re
from io import BytesIO, StringIO
from typing import Any

import pytest
from openpyxl import load_workbook

from report.sample_figures import sample
from soma_audit.cli.commands import report as command
from soma_audit.report import FORMATS
from soma_audit.report.figures.model import Figures
from soma_audit.report.formats import csv as report_csv
from soma_audit.report.formats import html, markdown, terminal, xlsx
from soma_audit.report.formats import json as report_json
from soma_audit.report.language.words import Words
from soma_audit.report.text import seen


def sheet_rows(figures: Figures, name: str, first: str) -> list[dict[str, Any]]:
    """A sheet's table, from the line on that begins with `first`."""
    rows = list(load_workbook(BytesIO(xlsx.render(figures)))[name].iter_rows(values_only=True))
    top = next(place for place, row in enumerate(rows) if row[0] == first)
    return [dict(zip(map(str, rows[top]), row, strict=True)) for row in rows[top + 1 :]]


def test_all_formats_agree_on_the_numbers() -> None:
    figures = sample()
    words = Words("en", figures.timezone)
    rows = {row["handle"]: row for row in csv.DictReader(StringIO(report_csv.render(figures)))}
    parsed = json.loads(report_json.render(figures))
    page = re.sub(r"<[^>]+>", " ", html.render(figures))
    screen = terminal.render(figures)
    mail = markdown.render(figures)
    sheet = {row["handle"]: row for row in sheet_rows(figures, "Accounts", "agency_id")}
    summary = {(row["Group"], row["What"]): row for row in sheet_rows(figures, "Summary", "Group")}
    for place, group in enumerate(figures.groups):
        totals = group.conduct
        told = parsed["groups"][place]["conduct"]
        assert told["answered"]["numerator"] == totals.answered.numerator
        assert told["posts"] == totals.posts
        for said in (
            words.number(totals.posts),
            words.share(totals.answered),
            words.response(totals.calendar),
        ):
            assert said in page
            assert said in screen
            assert said in mail
        assert words.of(totals.answered) in page
        assert words.of(totals.answered) in mail
        line = summary[words.kind_name(group.kind), "Answered"]
        assert (line["Count"], line["Out of"]) == (totals.answered.numerator, totals.answered.denominator)
        assert line["Share"] == pytest.approx(totals.answered.share)
        assert summary[words.kind_name(group.kind), "Own posts"]["Count"] == totals.posts
        for account in (account for agency in group.agencies for account in agency.accounts if seen(account)):
            row, conduct = rows[account.handle], account.conduct
            assert int(row["posts"]) == conduct.posts
            assert int(row["answered_numerator"]) == conduct.answered.numerator
            assert row["answered_share"] == (
                "" if conduct.answered.share is None else str(conduct.answered.share)
            )
            assert words.share(conduct.answered) in page
            cells = sheet[account.handle]
            assert cells["posts"] == conduct.posts
            assert cells["answered_numerator"] == conduct.answered.numerator
            assert cells["answered_share"] == (
                conduct.answered.share and pytest.approx(conduct.answered.share)
            )
    for told in (page, screen, mail, *sheet_faces(figures)):
        assert f"{figures.waiting_total} questions and requests are waiting" in told


def sheet_faces(figures: Figures) -> list[str]:
    """What stands above the workbook's totals."""
    summary = load_workbook(BytesIO(xlsx.render(figures)))["Summary"]
    return ["\n".join(str(cell.value) for cell in summary["A"])]


def test_the_command_names_every_format() -> None:
    assert tuple(FORMATS) == command.FORMATS


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_figures_give_the_same_paper(name: str) -> None:
    assert FORMATS[name](sample()) == FORMATS[name](sample())
