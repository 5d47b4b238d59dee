"""The morning mail in words: what a person reads on a telephone before the first meeting."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from report.sample_figures import HOSTILE, empty, same_as_golden, sample, waiting_line
from soma_audit.report.figures.context import News
from soma_audit.report.formats import html
from soma_audit.report.letter import SHOWN, has_news, letter


@pytest.mark.parametrize("code", ["en", "nb", "nn", "sv", "da"])
def test_the_whole_mail(code: str) -> None:
    written = letter(replace(sample(), language=code), texts=True, link="https://intranet.example/r.html")
    same_as_golden(f"letter.{code}.txt", f"{written.subject}\n\n{written.text}")
    if code == "en":
        same_as_golden("letter.html", written.html)


@pytest.mark.parametrize("texts", [True, False])
def test_what_visitors_wrote_stands_in_it_only_if_it_may(*, texts: bool) -> None:
    figures = replace(sample(), waiting=(waiting_line(1, "Når åpner dere?"),), waiting_total=1)
    written = letter(figures, texts=texts)
    for part in (written.text, written.html):
        assert ("Når åpner dere?" in part) is texts
        assert ("do not publish it" in part) is texts
        assert "over the norm" in part


def test_without_texts_nothing_of_any_post_stands_in_it() -> None:
    written = letter(sample(), texts=False)
    for said in HOSTILE:
        assert said not in written.text


def test_who_sees_to_it_is_told() -> None:
    line = replace(waiting_line(1, "Når?"), who="Siv", forwarded_on=date(2026, 5, 30))
    written = letter(replace(sample(), waiting=(line,)), texts=False)
    for part in (written.text, written.html):
        assert "assigned to Siv, forwarded on 30 May 2026" in part


def test_each_question_leads_to_the_lines_in_the_report_that_close_it() -> None:
    figures = replace(sample(), waiting=sample().waiting[:2])
    page = html.render(figures)
    written = letter(figures, texts=False, link="https://intranet.example/r.html")
    anchors = re.findall(r"Close it: https://intranet.example/r.html#(w[0-9a-f]{8})", written.text)
    assert len(set(anchors)) == 2
    assert all(f'id="{anchor}"' in page and f"#{anchor}" in written.html for anchor in anchors)
    assert "Close it" not in letter(figures, texts=False).text


def test_strangers_characters_do_no_harm() -> None:
    written = letter(sample(), texts=True)
    assert "<script" not in written.html
    assert "<img" not in written.html
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202e]", written.text + written.html + written.subject)


def test_nothing_is_fetched_when_it_is_opened() -> None:
    html = letter(sample(), texts=True, link="https://intranet.example/r.html").html
    assert not re.search(r"<(?:img|script|link|iframe|style|form)", html)
    assert "url(" not in re.sub(r">[^<]*<", "><", html)


@pytest.mark.parametrize(
    ("waiting", "asked", "subject"),
    [
        (3, 2, "3 are waiting for an answer, 2 came in – Moss"),
        (1, 1, "1 is waiting for an answer, 1 came in – Moss"),
        (3, 0, "3 are waiting for an answer – Moss"),
        (0, 0, "No question or request is waiting for an answer, as far as could be seen – Moss"),
    ],
)
def test_the_subject_begins_with_the_count_that_matters(waiting: int, asked: int, subject: str) -> None:
    figures = sample()
    assert figures.news is not None
    figures = replace(
        figures,
        waiting_total=waiting,
        waiting=figures.waiting[:waiting],
        perhaps_total=0,
        news=replace(figures.news, asked=asked),
    )
    assert letter(figures, texts=False, agency="Moss").subject == subject


def test_what_has_not_been_read_is_not_told_as_nobody_waiting() -> None:
    assert letter(empty(), texts=False).subject.startswith("No posts are held yet")


def test_a_subject_is_one_line_whatever_the_agency_is_called() -> None:
    assert "\n" not in letter(sample(), texts=False, agency="Moss\r\nBcc: a@b.example").subject


def test_a_long_list_is_cut_and_counted() -> None:
    lines = tuple(waiting_line(n, f"Spørsmål {n}") for n in range(SHOWN + 5))
    written = letter(replace(sample(), waiting=lines, waiting_total=90), texts=True)
    assert f"Spørsmål {SHOWN - 1}" in written.text
    assert f"Spørsmål {SHOWN}”" not in written.text
    assert f"… and {90 - SHOWN} more." in written.text


@pytest.mark.parametrize(
    ("attached", "link", "told"),
    [
        (True, None, "The whole report is attached."),
        (False, "https://a.example/r.html", "The whole report: https://a.example/r.html"),
        (False, "javascript:alert(1)", None),
        (False, None, None),
    ],
)
def test_where_the_report_is(*, attached: bool, link: str | None, told: str | None) -> None:
    text = letter(sample(), texts=False, attached=attached, link=link).text
    assert ("The whole report" in text) is (told is not None)
    assert told is None or told in text


def test_there_is_news_where_something_is_told_and_on_the_first_night() -> None:
    figures = sample()
    assert figures.news is not None
    none = News(
        since=figures.news.since,
        asked=0,
        answered=0,
        overdue=0,
        newly_asked=(),
        newly_answered=(),
        newly_overdue=(),
        asked_of={},
        overdue_at={},
        walls=(),
        quiet=(),
        gaps=(),
    )
    assert has_news(figures)
    assert has_news(replace(figures, news=None))
    assert not has_news(replace(figures, news=none))
    assert has_news(replace(figures, news=replace(none, gaps=figures.news.gaps)))
