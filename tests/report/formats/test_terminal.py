import re
from dataclasses import replace

import pytest
from rich.cells import cell_len

from report.sample_figures import empty, same_as_golden, sample
from soma_audit.report.formats import terminal
from soma_audit.report.text import UNSAFE

STYLE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("width", [80, 100])
def test_the_report_as_kept(width: int) -> None:
    same_as_golden(f"terminal-{width}.txt", terminal.render(sample(), width=width))


@pytest.mark.parametrize("width", [40, 60, 80, 100, 160])
def test_never_wider_than_the_terminal(width: int) -> None:
    for colour in (False, True):
        lines = STYLE.sub("", terminal.render(sample(), width=width, colour=colour)).splitlines()
        assert max(map(cell_len, lines)) <= width


def test_strangers_text_moves_no_cursor_and_is_no_markup() -> None:
    plain = terminal.render(sample())
    assert not UNSAFE.search(plain)
    assert "[/bold]" in plain
    assert r"\x9b31m" in plain


def test_colour_changes_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "20")
    coloured = terminal.render(sample(), colour=True)
    assert STYLE.search(coloured)
    assert [line.rstrip() for line in STYLE.sub("", coloured).splitlines()] == terminal.render(
        sample()
    ).splitlines()


def test_the_notice_comes_first() -> None:
    assert terminal.render(sample()).startswith("EXAMPLE: ")


def test_totals_stand_beside_difis_own() -> None:
    plain = terminal.render(sample())
    assert "2 of 4 on Facebook, 1 of them with an open wall (1 not known); 3 of 4 on Twitter." in plain
    assert "4 of 17 on Facebook, 2 of them with an open wall; 15 of 17 on Twitter." in plain
    assert "Counted by hand" in plain


def test_every_gap_is_on_the_first_screen() -> None:
    plain = terminal.render(sample(), width=160)
    assert all(gap.handle in plain for gap in sample().gaps)


def test_the_oldest_question_is_named_first() -> None:
    told = terminal.render(replace(sample(), perhaps=()))
    ages = re.findall(r"^ *(\d+) d.*Ministry", told, re.MULTILINE)
    assert [int(age) for age in ages] == sorted(map(int, ages), reverse=True)


def test_each_step_of_the_worklist_has_its_count_where_there_are_two() -> None:
    told = terminal.render(sample())
    assert told.index("Most likely waiting: 31") < told.index("Perhaps waiting: 7")
    assert "Most likely waiting" not in terminal.render(replace(sample(), perhaps=(), perhaps_total=0))


def test_an_account_that_was_not_seen_has_no_zeros() -> None:
    (line,) = [line for line in terminal.render(sample()).splitlines() if line.startswith("=HYPERLINK")]
    assert line.split()[-6:] == ["–"] * 6


def test_nothing_collected_is_still_a_report() -> None:
    assert "No posts are held yet" in terminal.render(empty())
