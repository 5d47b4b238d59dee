import json
from dataclasses import fields

from report.sample_figures import HOSTILE, same_as_golden, sample
from soma_audit.report.figures.model import Figures
from soma_audit.report.formats import json as report_json
from soma_audit.report.text import UNSAFE


def test_the_report_as_kept() -> None:
    same_as_golden("report.json", report_json.render(sample()))


def test_it_holds_every_figure_under_its_own_name() -> None:
    parsed = json.loads(report_json.render(sample()))
    assert list(parsed) == ["schema", *(f.name for f in fields(Figures))]
    assert parsed["schema"] == 1
    assert parsed["as_of"] == "2026-06-01T04:00:00Z"
    rate = parsed["groups"][0]["agencies"][0]["conduct"]["answered"]
    assert list(rate) == ["numerator", "denominator", "share", "low", "high", "left_out", "reason"]


def test_hostile_text_comes_back_whole_but_cannot_act_on_the_way() -> None:
    text = report_json.render(sample())
    assert not UNSAFE.search(text)
    assert [line["text"] for line in json.loads(text)["waiting"]] == list(HOSTILE)
    assert "Når får vi svar? 👩‍👩‍👧‍👦" in text


def test_it_ends_with_a_newline_and_is_the_same_every_time() -> None:
    assert report_json.render(sample()).endswith("\n}\n")
    assert report_json.render(sample()) == report_json.render(sample())
