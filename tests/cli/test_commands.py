"""The other commands, each as its user would call it."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from math import exp
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from cli.conftest import ROOT
from soma_audit.classify.question import QUESTION
from soma_audit.cli import COMMANDS
from soma_audit.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from cli.conftest import Soma

POST = {
    "network": "twitter",
    "account": "eksempeletat",
    "id": "1",
    "author": "kari",
    "by_agency": False,
    "created_at": "2026-03-02T09:14:00Z",
    "text": "Når åpner søknadsfristen?",
}


def write_posts(file: Path, *changes: dict[str, object]) -> Path:
    lines = "".join(json.dumps({**POST, **change}) + "\n" for change in changes or ({},))
    file.write_bytes(gzip.compress(lines.encode()) if file.suffix == ".gz" else lines.encode())
    return file


class TestHelp:
    def test_names_every_command(self, soma: Soma) -> None:
        ended = soma("--help")
        assert ended.code == 0
        assert all(f"  {name} " in ended.out for name in COMMANDS)

    @pytest.mark.parametrize("command", COMMANDS)
    def test_of_a_command_has_an_example(self, soma: Soma, command: str) -> None:
        ended = soma(command, "--help")
        assert ended.code == 0
        assert f"soma-audit {command}" in ended.out.partition("Example")[2]

    def test_loads_none_of_the_heavy_libraries(self) -> None:
        heavy = "httpx requests tweepy facebook sqlite_utils rich jinja2 xlsxwriter openpyxl pydantic holidays numpy pandas"
        code = (
            "import sys\nfrom soma_audit.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
            f"print('LOADED', [m for m in {heavy.split()} if m in sys.modules])"
        )
        out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        assert out.splitlines()[-1] == "LOADED []"

    def test_costs_little_more_than_starting_python(self) -> None:
        def cpu(*words: str) -> float:
            best = 9.9
            for _ in range(5):
                before = time.process_time(), *_children()
                subprocess.run([sys.executable, *words], capture_output=True, check=True)
                best = min(best, sum(_children()) - sum(before[1:]))
            return best

        assert cpu("-m", "soma_audit", "--help") - cpu("-c", "pass") <= 0.15


def _children() -> tuple[float, float]:
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime, used.ru_stime


class TestImport:
    def test_takes_in_posts_without_any_configuration(self, soma: Soma, tmp_path: Path) -> None:
        ended = soma("import", "--format", "jsonl", write_posts(tmp_path / "posts.jsonl.gz"))
        assert ended.code == 0
        assert "1 new" in ended.out
        assert (tmp_path / "soma-audit.db").exists()

    def test_says_which_accounts_the_register_does_not_know(self, soma: Soma, tmp_path: Path) -> None:
        assert "twitter/eksempeletat" in soma("import", write_posts(tmp_path / "p.jsonl")).out

    def test_keeps_out_a_damaged_line_and_says_which(self, soma: Soma, tmp_path: Path) -> None:
        file = write_posts(tmp_path / "p.jsonl", {}, {"id": "2"})
        file.write_bytes(file.read_bytes() + b'{"network":"twitter","acc')
        ended = soma("import", file)
        assert ended.code == 3
        assert "p.jsonl line 3: is not JSON" in ended.err
        assert "2 new" in ended.out

    def test_of_a_missing_file_imports_nothing(self, soma: Soma, tmp_path: Path) -> None:
        ended = soma("import", write_posts(tmp_path / "p.jsonl"), "gone.jsonl")
        assert ended.code == 2
        assert "There is no file gone.jsonl" in ended.err
        assert not (tmp_path / "soma-audit.db").exists()

    def test_twice_changes_nothing(self, soma: Soma, tmp_path: Path) -> None:
        file = write_posts(tmp_path / "p.jsonl")
        soma("import", file)
        outcome = json.loads(soma("import", "--json", file).out)
        assert (outcome["new"], outcome["changed"]) == (0, 0)

    def test_quiet_is_silent_when_all_is_well(self, soma: Soma, tmp_path: Path) -> None:
        ended = soma("import", "--quiet", write_posts(tmp_path / "p.jsonl"))
        assert (ended.code, ended.out, ended.err) == (0, "", "")


class TestClassifyAndReport:
    def test_a_report_on_what_was_imported(self, soma: Soma, tmp_path: Path) -> None:
        answer = {
            "id": "2",
            "by_agency": True,
            "parent": "1",
            "text": "1. mars!",
            "created_at": "2026-03-02T10:14:00Z",
        }
        soma("import", write_posts(tmp_path / "p.jsonl", {}, answer))
        assert soma("classify", "--as-of", "2026-03-10T00:00:00Z").code == 0
        report = json.loads(soma("report", "--format", "json", "--as-of", "2026-03-10T00:00:00Z").out)
        conduct = report["groups"][0]["agencies"][0]["conduct"]
        assert report["schema"] == 1
        assert (conduct["questions"], conduct["answered"]["numerator"], conduct["calendar"]["median"]) == (
            1,
            1,
            60,
        )

    def test_classify_by_other_rules_says_what_changed(self, soma: Soma, tmp_path: Path) -> None:
        soma("import", write_posts(tmp_path / "p.jsonl"))
        soma("classify", "--as-of", "2026-03-10")
        with Store(tmp_path / "soma-audit.db") as store, store.transaction():
            store.execute(
                "update verdict set version = '0', label = 'uncertain' where classifier = 'question'"
            )
            store.execute("update judged set classifiers = 'older ones'")
        out = soma("classify", "--as-of", "2026-03-10").out
        assert (
            f"The rules for question have changed (version 0 → {QUESTION.version}): 1 from uncertain to question."
            in out
        )

    def test_classify_again_judges_nothing(self, soma: Soma, tmp_path: Path) -> None:
        soma("import", write_posts(tmp_path / "p.jsonl"))
        soma("classify", "--as-of", "2026-03-10")
        assert json.loads(soma("classify", "--json", "--as-of", "2026-03-11").out)["judged_accounts"] == 0

    @pytest.mark.parametrize("format_", ["terminal", "html", "markdown", "json", "csv"])
    def test_writes_each_format_to_a_file(
        self, soma: Soma, example: Path, tmp_path: Path, format_: str
    ) -> None:
        ended = soma("report", "--config", example / "config.toml", "--format", format_, "--output", "out")
        assert (ended.code, ended.out) == (0, "")
        assert "Skranke- og skjemadepartementet" in (tmp_path / "out").read_text("utf-8") or format_ == "csv"
        assert "brodogkorn_eks" in (tmp_path / "out").read_text("utf-8")

    def test_a_workbook_goes_to_a_file(self, soma: Soma, example: Path, tmp_path: Path) -> None:
        words = ("report", "--config", example / "config.toml", "--format", "xlsx", "--output")
        ended = soma(*words, "report.xlsx")
        assert (ended.code, ended.out) == (0, "")
        handles = {row[4] for row in load_workbook(tmp_path / "report.xlsx")["Accounts"].values}
        assert "takevarsel_eks" in handles
        soma(*words, "report.xlsx.gz")
        unpacked = gzip.decompress((tmp_path / "report.xlsx.gz").read_bytes())
        assert unpacked == (tmp_path / "report.xlsx").read_bytes()

    def test_a_workbook_may_go_through_a_pipe_and_never_to_a_terminal(
        self, soma: Soma, example: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        words = ("report", "--config", str(example / "config.toml"), "--format", "xlsx")
        piped = subprocess.run([sys.executable, "-m", "soma_audit", *words], capture_output=True, check=True)
        assert "Accounts" in load_workbook(io.BytesIO(piped.stdout)).sheetnames
        monkeypatch.setattr(sys.stdout.__class__, "isatty", lambda _: True)
        ended = soma(*words)
        assert (ended.code, ended.out) == (2, "")
        assert "soma-audit report --format xlsx needs --output FILE.xlsx" in ended.err

    def test_csv_has_a_line_an_account(self, soma: Soma, example: Path) -> None:
        out = soma("report", "--config", example / "config.toml", "--format", "csv").out
        handles = [row["handle"] for row in csv.DictReader(io.StringIO(out.lstrip("\ufeff")))]
        assert len(handles) == len(set(handles)) >= 28

    def test_the_window_can_be_chosen(self, soma: Soma, example: Path) -> None:
        words = ("report", "--config", example / "config.toml", "--format", "json")
        month = json.loads(soma(*words, "--from", "2010-11-01", "--to", "2010-12-01").out)
        whole = json.loads(soma(*words).out)
        posts = [sum(g["conduct"]["posts"] for g in r["groups"]) for r in (month, whole)]
        assert 0 < posts[0] < posts[1]
        assert month["window_from"] == "2010-11-01T00:00:00Z"

    def test_without_a_database_says_how_to_get_one(self, soma: Soma) -> None:
        ended = soma("report")
        assert ended.code == 2
        assert "There is no database" in ended.err


class TestExplain:
    def test_says_why_and_where_it_was_seen(self, soma: Soma, example: Path) -> None:
        with closing(sqlite3.connect(example / "example.db")) as db, db:
            (post,) = db.execute(
                "select network || '/' || handle || '/' || native_id from current_verdict"
                " where classifier = 'answer' and label = 'answered' limit 1"
            ).fetchone()
        ended = soma("explain", post, "--config", example / "config.toml")
        assert ended.code == 0
        assert "question: " in ended.out
        assert "answer: answered (answer " in ended.out
        assert "ANS0" in ended.out
        assert "seen 2010-12-01T06:00:00Z by run 1" in ended.out

    def test_as_json_has_evidence_and_sentence(self, soma: Soma, example: Path) -> None:
        with closing(sqlite3.connect(example / "example.db")) as db, db:
            (post,) = db.execute(
                "select native_id from current_verdict where label = 'autogenerated' limit 1"
            ).fetchone()
        (found,) = json.loads(soma("explain", post, "--json", "--config", example / "config.toml").out)
        (verdict,) = [v for v in found["verdicts"] if v["classifier"] == "autogenerated"]
        assert all(f["sentence"] and "{" not in f["sentence"] for f in verdict["findings"])
        assert found["seen"]

    def test_weights_and_start_add_up_to_the_score(self, soma: Soma, example: Path) -> None:
        with closing(sqlite3.connect(example / "example.db")) as db, db:
            (post,) = db.execute(
                "select native_id from current_verdict where label = 'question' limit 1"
            ).fetchone()
        (found,) = json.loads(soma("explain", post, "--json", "--config", example / "config.toml").out)
        scored = [v for v in found["verdicts"] if v["start"] is not None]
        assert scored
        for verdict in scored:
            odds = verdict["start"] + sum(finding["weight"] for finding in verdict["findings"])
            assert verdict["value"]["score"] == pytest.approx(1 / (1 + exp(-odds)), abs=0.001)

    def test_of_an_unknown_post_says_what_to_give(self, soma: Soma, example: Path) -> None:
        ended = soma("explain", "nothing", "--config", example / "config.toml")
        assert ended.code == 2
        assert "Give its id" in ended.err


class TestRules:
    def test_lists_every_rule(self, soma: Soma) -> None:
        from soma_audit.classify import RULES

        out = soma("rules").out
        assert all(code in out for code in RULES)

    def test_explains_one_with_its_examples(self, soma: Soma) -> None:
        out = soma("rules", "ans005").out
        assert "automatic-reply" in out
        assert "Fires on:" in out
        assert "Does not fire on:" in out

    def test_of_an_unknown_code(self, soma: Soma) -> None:
        assert soma("rules", "XYZ999").code == 2


class TestExport:
    def test_posts_come_back_as_they_went_out(self, soma: Soma, tmp_path: Path) -> None:
        soma("import", write_posts(tmp_path / "p.jsonl", {}, {"id": "2", "counts": {"like": 3}}))
        soma("export", "posts", "--format", "jsonl", "--output", "out.jsonl.gz")
        outcome = json.loads(soma("import", "--json", "out.jsonl.gz").out)
        assert (outcome["lines"], outcome["new"], outcome["changed"]) == (2, 0, 0)

    def test_verdicts_have_their_findings(self, soma: Soma, tmp_path: Path) -> None:
        soma("import", write_posts(tmp_path / "p.jsonl"))
        soma("classify", "--as-of", "2026-03-10")
        verdicts = {v["classifier"]: v for v in map(json.loads, soma("export", "verdicts").out.splitlines())}
        question = verdicts["question"]
        assert question["post"] == "1"
        assert question["label"] == "question"
        assert question["value"]["form"] is True
        assert {"rule", "weight", "evidence"} == set(question["findings"][0])
        assert verdicts["wall.posting"]["post"] is None

    def test_posts_can_be_looked_for_by_words(self, soma: Soma, tmp_path: Path) -> None:
        soma("import", write_posts(tmp_path / "p.jsonl", {}, {"id": "2", "text": "Takk for hjelpen"}))
        found = [
            json.loads(line)["id"]
            for line in soma("export", "posts", "--match", "takk hjelpen").out.splitlines()
        ]
        assert found == ["2"]


class TestInit:
    def test_writes_a_configuration_and_the_real_register(self, soma: Soma, tmp_path: Path) -> None:
        ended = soma("init", "--register", "norway-ministries", "here")
        assert ended.code == 0
        assert "Kunnskapsdep" in (tmp_path / "here" / "register.csv").read_text("utf-8")
        assert "2 January 2026" in ended.out

    def test_overwrites_nothing(self, soma: Soma, tmp_path: Path) -> None:
        (tmp_path / "config.toml").write_text("mine")
        assert soma("init").code == 2
        assert (tmp_path / "config.toml").read_text() == "mine"
        assert not (tmp_path / "register.csv").exists()

    def test_leads_on_to_a_run_that_asks_for_tokens_and_reads_what_wants_none(
        self, soma: Soma, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        soma("init", "--register", "norway-ministries")
        monkeypatch.setattr("soma_audit.cli.progress.Screen.pause", lambda *_: None)
        config = tmp_path / "config.toml"
        text = config.read_text("utf-8")
        config.write_text(text.replace("[bluesky]", '[bluesky]\napi_url = "http://127.0.0.1:9"'), "utf-8")
        ended = soma("run")
        assert ended.code == 3
        assert "There is no Facebook token" in ended.err
        assert "bluesky/kdd.regjeringen.no profile" in ended.err


def test_a_network_without_a_token_is_left_out_and_told(
    soma: Soma, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOMA_AUDIT_TWITTER_TOKEN", "t")
    monkeypatch.setattr("soma_audit.cli.progress.Screen.pause", lambda *_: None)
    (tmp_path / "config.toml").write_text('[twitter]\napi_url = "http://127.0.0.1:9"\n')
    (tmp_path / "register.csv").write_text(
        "agency,name,kind,network,handle\na,A,ministry,twitter,a_test\na,,,facebook,a.test\n"
    )
    ended = soma("run")
    assert ended.code == 3
    assert "facebook/a.test: There is no Facebook token" in ended.err
    assert "twitter/a_test profile: " in ended.err
    assert "there is no token for this network" in " ".join(ended.out.split())


class TestBadInput:
    """One clear sentence, exit 2, nothing half-written."""

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["run"], "There is no config.toml here. `soma-audit init` makes one"),
            (["run", "--config", "gone.toml"], "There is no configuration file gone.toml"),
            (["frobnicate"], "No such command"),
            (["report", "--format", "pdf"], "is not one of"),
            (["report", "--as-of", "yesterday"], "is not a valid time"),
            (["report", "--as-of", "2026-03-02T09:00:00"], "has no time zone"),
            (["report", "--from", "2026-03-02", "--to", "2026-03-01"], "--from must be earlier than --to"),
            (["export", "verdicts", "--match", "x"], "--match works only with"),
        ],
    )
    def test_in_the_command(self, soma: Soma, tmp_path: Path, words: list[str], said: str) -> None:
        ended = soma(*words)
        assert ended.code == 2
        assert said in ended.err
        assert list(tmp_path.iterdir()) == []

    def test_every_mistake_in_a_configuration_at_once(self, soma: Soma, tmp_path: Path) -> None:
        (tmp_path / "config.toml").write_text('databse = "x"\n[report]\ndays = 0\n')
        ended = soma("run")
        assert ended.code == 2
        assert "databse: there is no such setting" in ended.err
        assert "report.days: " in ended.err

    def test_every_mistake_in_a_register_at_once(self, soma: Soma, tmp_path: Path) -> None:
        (tmp_path / "register.csv").write_text("agency,name,kind,network,handle\na,A,k,myspace,b\nB,,,,\n")
        (tmp_path / "config.toml").write_text("")
        ended = soma("collect")
        assert ended.code == 2
        assert "line 2: network 'myspace' is not one of bluesky, facebook, mastodon, twitter" in ended.err
        assert "line 3: agency 'B'" in ended.err

    def test_a_database_of_a_newer_version(self, soma: Soma, tmp_path: Path) -> None:
        soma("import", write_posts(tmp_path / "p.jsonl"))
        with closing(sqlite3.connect(tmp_path / "soma-audit.db")) as db, db:
            db.execute(
                "insert into _sqlite_migrations (migration_set, name, applied_at) values ('soma_audit', 'm999_later', 'x')"
            )
        ended = soma("report")
        assert ended.code == 2
        assert "was made by a newer soma-audit" in ended.err

    def test_a_file_that_is_no_database(self, soma: Soma, tmp_path: Path) -> None:
        (tmp_path / "soma-audit.db").write_text(
            "this is no database, only a long enough text to be taken for one" * 20
        )
        ended = soma("report")
        assert ended.code == 2
        assert "cannot be used" in ended.err


def test_python_m_is_the_same_program() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "soma_audit", "--version"], capture_output=True, text=True, check=True
    ).stdout
    assert said.startswith("soma-audit, version ")


def test_a_reader_who_leaves_early_is_no_error(example: Path) -> None:
    command = f"{sys.executable} -m soma_audit export posts --config {example / 'config.toml'} | head -1"
    ended = subprocess.run(["/bin/sh", "-c", command], capture_output=True, cwd=ROOT, check=False)
    assert ended.stderr == b""
