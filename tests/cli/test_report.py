"""`soma-audit report` and `export language`, by their options: language, edition, what is new, what to fail on."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from cli.test_commands import write_posts

if TYPE_CHECKING:
    from pathlib import Path

    from cli.conftest import Soma

MONDAY = "2026-03-02T12:00:00Z"
TUESDAY = "2026-03-03T12:00:00Z"
FRIDAY = "2026-03-06T12:00:00Z"
FIRST: dict[str, object] = {"id": "1", "created_at": "2026-03-02T09:14:00Z"}
SECOND: dict[str, object] = {"id": "2", "created_at": "2026-03-03T11:30:00Z", "author": "ola"}
REPLY: dict[str, object] = {
    "id": "3",
    "created_at": "2026-03-03T11:45:00Z",
    "by_agency": True,
    "parent": "2",
    "thread": "2",
    "text": "1. mars!",
    "author": None,
}


@pytest.fixture
def two_days(soma: Soma, tmp_path: Path) -> Soma:
    """An account with an open question on Monday; another one, answered, on Tuesday; and the first is overdue by then."""
    soma("import", write_posts(tmp_path / "1.jsonl", FIRST))
    soma("classify", "--as-of", MONDAY)
    soma("import", write_posts(tmp_path / "2.jsonl", SECOND, REPLY))
    soma("classify", "--as-of", TUESDAY)
    return soma


def monday_run(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "soma-audit.db")) as db:
        return str(db.execute("select min(id) from run where stage = 'classify'").fetchone()[0])


def news(soma: Soma, *words: str) -> dict[str, Any]:
    return dict(json.loads(soma("report", "--format", "json", "--as-of", TUESDAY, *words).out)["news"])


class TestSince:
    def test_a_run_tells_what_has_been_asked_answered_and_left_since(
        self, two_days: Soma, tmp_path: Path
    ) -> None:
        told = news(two_days, "--since", monday_run(tmp_path))
        assert (told["asked"], told["answered"], told["overdue"]) == (1, 1, 1)
        assert [p["post"] for p in told["newly_asked"] + told["newly_answered"]] == ["2", "2"]
        assert [p["post"] for p in told["newly_overdue"]] == ["1"]

    def test_a_time_before_the_first_run_has_everything_for_new(self, two_days: Soma) -> None:
        assert news(two_days, "--since", "2026-03-01")["asked"] == 2

    def test_without_an_earlier_report_nothing_is_told(self, two_days: Soma) -> None:
        said = json.loads(two_days("report", "--format", "json", "--as-of", TUESDAY).out)
        assert said["news"] is None

    @pytest.mark.parametrize(
        ("named", "said"), [("4711", "There is no run 4711"), ("soon", "is not a valid time")]
    )
    def test_invalid_arguments_are_rejected(self, two_days: Soma, named: str, said: str) -> None:
        ended = two_days("report", "--since", named)
        assert (ended.code, said in ended.err) == (2, True)


class TestFailOn:
    def test_names_what_is_new_and_ends_with_4(self, two_days: Soma, tmp_path: Path) -> None:
        ended = two_days(
            *("report", "--as-of", TUESDAY, "--since", monday_run(tmp_path), "--fail-on", "new-unanswered")
        )
        assert ended.code == 4
        assert "1 new since 2" in ended.err
        assert (
            "new-unanswered twitter/eksempeletat: a question or request whose time ran out without an answer"
            in ended.err
        )

    def test_without_such_a_finding_ends_well(self, two_days: Soma, tmp_path: Path) -> None:
        ended = two_days(
            *("report", "--as-of", TUESDAY, "--since", monday_run(tmp_path), "--fail-on", "wall-closed,gap")
        )
        assert (ended.code, ended.err) == (0, "")

    def test_newer_rules_alone_are_no_news(self, two_days: Soma, tmp_path: Path) -> None:
        with closing(sqlite3.connect(tmp_path / "soma-audit.db")) as db:
            (last,) = db.execute("select max(id) from run").fetchone()
            db.execute("update verdict set version = 'older'")
            db.execute("update judged set classifiers = 'older'")
            db.commit()
        two_days("classify", "--as-of", TUESDAY)
        kinds = "new-unanswered,new-question"
        ended = two_days("report", "--as-of", TUESDAY, "--since", str(last), "--fail-on", kinds)
        assert (ended.code, ended.err) == (0, "")

    def test_a_kind_that_is_none_is_refused_with_those_there_are(self, two_days: Soma) -> None:
        ended = two_days("report", "--fail-on", "rain")
        assert ended.code == 2
        assert "new-unanswered" in ended.err

    @pytest.mark.parametrize(("until", "code"), [("2026-03-03", 0), ("2026-03-02", 4)])
    def test_an_accepted_finding_is_left_alone_until_its_day_is_over(
        self, two_days: Soma, tmp_path: Path, until: str, code: int
    ) -> None:
        (tmp_path / "config.toml").write_text('[report]\naccepted = "accepted.toml"\n', "utf-8")
        (tmp_path / "accepted.toml").write_text(
            '[[accepted]]\nfinding = "new-unanswered"\naccount = "twitter/eksempeletat"\n'
            f'until = {until}\nreason = "the desk is closed this week"\n',
            "utf-8",
        )
        ended = two_days(
            *("report", "--as-of", TUESDAY, "--since", monday_run(tmp_path), "--fail-on", "new-unanswered")
        )
        assert ended.code == code


class TestAcceptedFindings:
    """Mistakes in the file: all at once, and nothing is reported as accepted."""

    @pytest.mark.parametrize(
        ("written", "said"),
        [
            ("[[accepted]\n", "is not valid TOML"),
            ("accepted = 1\n", "under [[accepted]]"),
            ("[[accepted]]\nfinding = 'rain'\n", "entry 1: finding must be one of new-unanswered"),
            ("[[accepted]]\naccount = 'moss'\n", "entry 1: account must be written as facebook/eksempeletat"),
            ("[[accepted]]\nuntil = 'soon'\n", "entry 1: until must be a day"),
            ("[[accepted]]\nreason = ''\n", "entry 1: reason is missing"),
            ("[[accepted]]\n[[accepted]]\nwhy = 1\n", "entry 2: why: there is no such setting"),
        ],
    )
    def test_is_named_with_its_entry(self, two_days: Soma, tmp_path: Path, written: str, said: str) -> None:
        (tmp_path / "config.toml").write_text('[report]\naccepted = "accepted.toml"\n', "utf-8")
        (tmp_path / "accepted.toml").write_text(written, "utf-8")
        ended = two_days("report", "--fail-on", "gap")
        assert (ended.code, said in ended.err) == (2, True)

    def test_a_file_that_is_not_there_is_named(self, two_days: Soma, tmp_path: Path) -> None:
        (tmp_path / "config.toml").write_text('[report]\naccepted = "accepted.toml"\n', "utf-8")
        ended = two_days("report", "--fail-on", "gap")
        assert (ended.code, "accepted.toml cannot be read" in ended.err) == (2, True)


class TestLanguage:
    @pytest.mark.parametrize(
        ("language", "title"),
        [("en", "Is anybody at the counter?"), ("nb", "Hallo i luken?"), ("nn", "Hallo i luka?")],
    )
    def test_the_whole_page_is_in_it(self, two_days: Soma, language: str, title: str) -> None:
        page = two_days("report", "--format", "html", "--as-of", TUESDAY, "--language", language).out
        assert f'lang="{language}"' in page
        assert f"<h1>{title}</h1>" in page

    def test_a_title_of_ones_own_stays(self, two_days: Soma, tmp_path: Path) -> None:
        (tmp_path / "config.toml").write_text('[report]\ntitle = "Hvem svarer?"\nlanguage = "nn"\n', "utf-8")
        page = two_days("report", "--format", "html", "--as-of", TUESDAY).out
        assert "<h1>Hvem svarer?</h1>" in page


class TestPublic:
    @pytest.mark.parametrize("format_", ["terminal", "html", "markdown", "csv", "json"])
    def test_has_no_visitors_word_in_any_format(self, two_days: Soma, tmp_path: Path, format_: str) -> None:
        words = (
            *("report", "--format", format_, "--as-of", TUESDAY),
            *("--since", monday_run(tmp_path)),
        )
        assert "søknadsfristen" not in two_days(*words, "--public").out
        if format_ not in {"csv", "terminal"}:  # those have figures only
            assert "søknadsfristen" in two_days(*words, "--internal").out

    def test_does_not_tell_a_count_below_five(self, two_days: Soma) -> None:
        said = json.loads(two_days("report", "--format", "json", "--as-of", TUESDAY, "--public").out)
        assert (said["edition"], said["waiting_total"]) == ("public", None)
        assert said["groups"][0]["agencies"][0]["conduct"]["questions"] is None


class TestAgency:
    """One agency's own report, from the same counts as everybody's."""

    NAME = "sno-og-loypedepartementet"

    @pytest.fixture
    def both(self, soma: Soma, example: Path) -> tuple[dict[str, Any], dict[str, Any]]:
        words = ("report", "--config", example / "config.toml", "--format", "json")
        return json.loads(soma(*words).out), json.loads(soma(*words, "--agency", self.NAME).out)

    def test_has_the_figures_that_it_has_among_the_others(
        self, both: tuple[dict[str, Any], dict[str, Any]]
    ) -> None:
        whole, own = both
        [group] = own["groups"]
        [agency] = group["agencies"]
        assert agency == next(a for g in whole["groups"] for a in g["agencies"] if a["id"] == self.NAME)
        assert group["conduct"] == agency["conduct"]

    def test_stands_beside_the_middle_of_its_whole_group(
        self, both: tuple[dict[str, Any], dict[str, Any]]
    ) -> None:
        whole, own = both
        middle = next(g["median_answered"] for g in whole["groups"] if g["kind"] == "ministry")
        assert own["groups"][0]["median_answered"] == middle
        assert middle["agencies"] > 1

    def test_lists_nobody_elses_questions_posts_and_gaps(
        self, both: tuple[dict[str, Any], dict[str, Any]]
    ) -> None:
        _, own = both
        assert {line["agency"] for line in own["waiting"] + own["flagged"]} == {"Snø- og løypedepartementet"}
        assert len(own["waiting"]) == own["waiting_total"]
        assert own["gaps"] == []

    def test_leaves_the_next_report_whole(self, soma: Soma, example: Path) -> None:
        words = ("report", "--config", example / "config.toml")
        before = soma(*words).out
        assert "The middle agency of the group" in soma(*words, "--agency", self.NAME).out
        assert soma(*words).out == before

    def test_that_the_register_does_not_know_is_refused(self, soma: Soma, example: Path) -> None:
        ended = soma("report", "--config", example / "config.toml", "--agency", "moss")
        assert (ended.code, "There is no agency moss" in ended.err) == (2, True)

    def test_has_no_public_edition(self, soma: Soma) -> None:
        ended = soma("report", "--agency", "moss", "--public")
        assert (ended.code, "cannot be combined with --public" in ended.err) == (2, True)


class TestBeforeAnythingIsJudged:
    POST = '{"network":"twitter","account":"etat","id":"1","created_at":"2026-03-02T09:14:00Z","text":"@etat Hei! Når får jeg svar på søknaden min?","by_agency":false}'

    def test_nobody_is_told_to_have_been_answered(self, soma: Soma, tmp_path: Path) -> None:
        (tmp_path / "posts.jsonl").write_text(f"{self.POST}\n")
        soma("import", "posts.jsonl")
        before = soma("report", "--as-of", "2026-03-20").out
        soma("classify", "--as-of", "2026-03-20T00:00:00Z")
        after = soma("report", "--as-of", "2026-03-20").out
        assert "1 account has posts that are not judged yet" in before
        assert "No question or request is waiting" not in before
        assert "not judged" not in after

    def test_nor_after_judging_as_of_a_time_before_them(self, soma: Soma, tmp_path: Path) -> None:
        (tmp_path / "posts.jsonl").write_text(f"{self.POST}\n")
        soma("import", "posts.jsonl")
        soma("classify", "--as-of", "2009-01-01T00:00:00Z")
        assert "1 account has posts that are not judged yet" in soma("report", "--as-of", "2026-03-20").out

    def test_days_and_a_beginning_cannot_both_be_meant(self, soma: Soma) -> None:
        ended = soma("report", "--from", "2026-03-01", "--days", "3")
        assert (ended.code, "Give one of them" in ended.err) == (2, True)


class TestFarTooLong:
    """Somebody pastes a book into a comment."""

    @pytest.mark.parametrize("format_", ["terminal", "html", "markdown", "xlsx", "csv", "json"])
    def test_a_question_of_a_megabyte_can_be_reported(self, soma: Soma, tmp_path: Path, format_: str) -> None:
        soma("import", write_posts(tmp_path / "1.jsonl", {"text": "Når åpner dere? " + "Hei " * 250_000}))
        soma("classify", "--as-of", FRIDAY)
        ended = soma("report", "--format", format_, "--as-of", FRIDAY, "--output", "report")
        assert (ended.code, ended.err) == (0, "")
        assert (tmp_path / "report").stat().st_size < 1_300_000


class TestTheLanguageSheet:
    def test_counts_a_year_by_agency_and_network(self, soma: Soma, tmp_path: Path) -> None:
        def own(number: int, text: str, year: int = 2025) -> dict[str, object]:
            written = f"{year}-06-{number:02}T09:00:00Z"
            return {
                "id": f"{year}{number}",
                "by_agency": True,
                "author": None,
                "text": text,
                "created_at": written,
            }

        nynorsk = "Vi veit ikkje kva som skjer, men dei kjem heim frå ein annan stad i dag."
        bokmaal = "Vi vet ikke hva som skjer, men de kommer hjem fra et annet sted i dag."
        posts = [own(n, nynorsk) for n in range(1, 4)] + [own(n, bokmaal) for n in range(4, 14)]
        soma("import", write_posts(tmp_path / "p.jsonl", *posts, own(1, nynorsk, 2026)))
        soma("classify", "--as-of", FRIDAY)
        ended = soma("export", "language", "--year", "2025")
        header, line = (row.split("\t") for row in ended.out.splitlines())
        assert header[:5] == ["Agency", "Network", "Year", "Posts in nynorsk", "Posts in bokmål"]
        assert line[:5] == ["eksempeletat", "Twitter", "2025", "3", "10"]
        assert line[7] == "23 %"

    def test_is_of_last_year_unless_told(self, two_days: Soma) -> None:
        ended = two_days("export", "language", "--as-of", FRIDAY, "--language", "nn")
        assert (ended.code, ended.out.splitlines()[0].split("\t")[0]) == (0, "Verksemd")

    def test_a_year_is_asked_of_nothing_else(self, soma: Soma) -> None:
        ended = soma("export", "posts", "--year", "2025")
        assert (ended.code, "works only with the language sheet" in ended.err) == (2, True)


class TestWhoUsuallyAnswers:
    @pytest.mark.parametrize(("signed", "told"), [(3, "Siv"), (2, None)])
    def test_is_told_beside_what_waits_where_a_name_stands_under_the_replies(
        self, soma: Soma, tmp_path: Path, signed: int, told: str | None
    ) -> None:
        asked: list[dict[str, object]] = [
            {"id": str(n), "created_at": f"2026-03-02T0{n}:00:00Z"} for n in range(1, 5)
        ]
        replies = [
            REPLY
            | {"id": f"5{n}", "thread": str(n), "parent": str(n), "text": f"Det er {n}. mars. ^Siv"}
            | {"created_at": f"2026-03-02T0{n}:30:00Z"}
            for n in range(1, signed + 1)
        ]
        later = {
            "id": "60",
            "by_agency": True,
            "text": "Ny rapport er klar.",
            "created_at": "2026-03-03T09:00:00Z",
        }
        soma("import", write_posts(tmp_path / "p.jsonl", *asked, *replies, later))
        soma("classify", "--as-of", FRIDAY)
        said = json.loads(soma("report", "--format", "json", "--as-of", FRIDAY).out)
        assert {line["usually"] for line in said["waiting"]} == {told}


class TestWholeLists:
    """What is cut in the report, as CSV."""

    @pytest.fixture
    def many(self, soma: Soma, tmp_path: Path) -> Soma:
        asked: list[dict[str, object]] = [
            {
                "id": str(n),
                "created_at": f"2026-03-02T0{n % 6}:00:{n % 60:02}Z",
                "text": f"=@eksempeletat Når åpner nr. {n}?",
            }
            for n in range(1, 131)
        ]
        later = {
            "id": "900",
            "by_agency": True,
            "text": "Ny rapport er klar.",
            "created_at": "2026-03-03T09:00:00Z",
        }
        soma("import", write_posts(tmp_path / "p.jsonl", *asked, later))
        soma("classify", "--as-of", FRIDAY)
        return soma

    def test_holds_every_question_that_waits(self, many: Soma) -> None:
        rows = list(csv.DictReader(io.StringIO(many("report", "--list", "waiting", "--as-of", FRIDAY).out)))
        said = json.loads(many("report", "--format", "json", "--as-of", FRIDAY).out)
        assert (len(rows), len(said["waiting"]), said["waiting_total"]) == (130, 100, 130)
        assert {row["label"] for row in rows} == {"unanswered"}
        assert [row["post"] for row in rows[:100]] == [line["post"] for line in said["waiting"]]

    def test_has_nothing_that_a_spreadsheet_would_run(self, many: Soma) -> None:
        rows = csv.DictReader(io.StringIO(many("report", "--list", "waiting", "--as-of", FRIDAY).out))
        assert {row["text"][:2] for row in rows} == {"'="}

    def test_an_empty_list_is_its_heading(self, many: Soma) -> None:
        ended = many("report", "--list", "flagged", "--as-of", FRIDAY)
        heading = "agency,network,handle,post,permalink,created_at,text,reasons"
        assert (ended.code, ended.out.splitlines()) == (0, [heading])

    @pytest.mark.parametrize("words", [("--public",), ("--format", "html")])
    def test_is_for_ones_own_eyes_and_csv(self, words: tuple[str, ...], many: Soma) -> None:
        assert many("report", "--list", "waiting", *words).code == 2
