"""What holds between the formats."""

import csv
import json
import re
from io import StringIO

from report.sample_figures import sample
from soma_audit.report import csv as report_csv
from soma_audit.report import html, terminal
from soma_audit.report import json as report_json
from soma_audit.report.text import seen
from soma_audit.report.words import Words


def test_all_formats_agree_on_the_numbers() -> None:
    figures = sample()
    words = Words("en", figures.timezone)
    rows = {row["handle"]: row for row in csv.DictReader(StringIO(report_csv.render(figures)))}
    parsed = json.loads(report_json.render(figures))
    page = re.sub(r"<[^>]+>", " ", html.render(figures))
    screen = terminal.render(figures)
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
        assert words.of(totals.answered) in page
        for account in (account for agency in group.agencies for account in agency.accounts if seen(account)):
            row, conduct = rows[account.handle], account.conduct
            assert int(row["posts"]) == conduct.posts
            assert int(row["answered_numerator"]) == conduct.answered.numerator
            assert row["answered_share"] == (
                "" if conduct.answered.share is None else str(conduct.answered.share)
            )
            assert words.share(conduct.answered) in page
    assert str(figures.waiting_total) in screen
    assert f"{figures.waiting_total} questions are waiting" in page


def test_the_same_figures_give_the_same_paper() -> None:
    for render in (terminal.render, html.render, report_json.render, report_csv.render):
        assert render(sample()) == render(sample())
