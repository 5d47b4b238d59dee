"""`register`, `schedule`, `purge` and `privacy`: what keeps an audit in order."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.conftest import example_in

if TYPE_CHECKING:
    from cli.conftest import Soma

WORDS = "Når åpner den aller minste fyrlykta igjen?"
POSTS = [
    {"id": "1", "author": "kari_test", "by_agency": False, "text": WORDS},
    {
        "id": "2",
        "parent": "1",
        "by_agency": True,
        "text": "På fredag. /Siv",
        "created_at": "2026-03-02T10:14:00Z",
    },
    {
        "id": "3",
        "author": "ola_test",
        "by_agency": False,
        "text": "Takk skal dere ha",
        "created_at": "2026-08-30T10:00:00Z",
    },
]


@pytest.fixture
def held(soma: Soma, tmp_path: Path) -> Path:
    """A classified database with an answered question of March and thanks of August."""
    base = {"network": "twitter", "account": "eksempeletat", "created_at": "2026-03-02T09:14:00Z"}
    (tmp_path / "p.jsonl").write_text("".join(json.dumps({**base, **post}) + "\n" for post in POSTS))
    soma("import", "p.jsonl")
    soma("classify", "--as-of", "2026-09-01")
    return tmp_path / "soma-audit.db"


def verdicts(soma: Soma) -> list[str]:
    return sorted(soma("export", "verdicts").out.splitlines())


class TestNumbers:
    """`purge --numbers`: masking what was stored by an earlier version."""

    @pytest.fixture
    def unmasked(self, soma: Soma, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        with monkeypatch.context() as earlier:
            earlier.setattr("soma_audit.collect.pseudonyms.mask", lambda text, *_, **__: text)
            asked = {
                "id": "1",
                "author": "kari_test",
                "by_agency": False,
                "text": "Når ringer dere 41000000?",
            }
            base = {"network": "twitter", "account": "eksempeletat", "created_at": "2026-03-02T09:14:00Z"}
            own = {"id": "2", "by_agency": True, "text": "Ring oss på 22000000. Fnr 01015450068 er mottatt."}
            (tmp_path / "p.jsonl").write_text(
                "".join(json.dumps({**base, **post}) + "\n" for post in (asked, own))
            )
            soma("import", "p.jsonl")
        soma("classify", "--as-of", "2026-03-10")
        return tmp_path / "soma-audit.db"

    def test_masks_what_is_stored_and_tells_how_much(self, soma: Soma, unmasked: Path) -> None:
        ended = soma("purge", "--numbers", "--as-of", "2026-03-10")
        texts = [json.loads(line)["text"] for line in soma("export", "posts").out.splitlines()]
        assert "in 2 stored texts and 0 pages" in ended.out
        assert texts == [
            "Når ringer dere [telephone]?",
            "Ring oss på 22000000. Fnr [identity number] er mottatt.",
        ]

    def test_leaves_no_digit_in_the_files_bytes(self, soma: Soma, unmasked: Path) -> None:
        soma("purge", "--numbers", "--as-of", "2026-03-10")
        left = b"".join(f.read_bytes() for f in unmasked.parent.glob("soma-audit.db*"))
        assert (b"41000000" in left, b"01015450068" in left, b"22000000" in left) == (False, False, True)

    def test_keeps_what_was_judged(self, soma: Soma, unmasked: Path) -> None:
        before = verdicts(soma)
        soma("purge", "--numbers", "--as-of", "2026-03-10")
        assert verdicts(soma) == before

    def test_finds_nothing_the_second_time(self, soma: Soma, unmasked: Path) -> None:
        soma("purge", "--numbers", "--as-of", "2026-03-10")
        outcome = json.loads(soma("purge", "--numbers", "--json", "--as-of", "2026-03-10").out)
        assert (outcome["masked_texts"], outcome["masked_pages"]) == (0, 0)

    def test_is_not_done_unasked(self, soma: Soma, unmasked: Path) -> None:
        soma("purge", "--as-of", "2026-03-10")
        assert "41000000" in soma("export", "posts").out


class TestPurge:
    def test_drops_visitors_texts_whose_time_is_up(self, soma: Soma, held: Path) -> None:
        ended = soma("purge", "--as-of", "2026-09-01")
        texts = {p["id"]: p["text"] for p in map(json.loads, soma("export", "posts").out.splitlines())}
        assert "1 visitor's text and 0 stored pages" in ended.out
        assert texts == {"1": None, "2": "På fredag. /Siv", "3": "Takk skal dere ha"}

    def test_drops_them_from_the_file_and_the_index_too(self, soma: Soma, held: Path) -> None:
        soma("purge", "--as-of", "2026-09-01")
        assert soma("export", "posts", "--match", "fyrlykta").out == ""
        left = b"".join(f.read_bytes() for f in held.parent.glob("soma-audit.db*"))
        assert WORDS.encode() not in left
        assert b"fyrlykta" not in left

    def test_keeps_what_was_judged(self, soma: Soma, held: Path) -> None:
        before = verdicts(soma)
        soma("purge", "--as-of", "2026-09-01")
        (held.parent / "config.toml").write_text(
            "[answer]\nnorm_office_days = 2.0\n"
        )  # judges everything anew
        soma("classify", "--as-of", "2026-09-01")
        labels = {(v["post"], v["classifier"], v["label"]) for v in map(json.loads, verdicts(soma))}
        assert labels == {(v["post"], v["classifier"], v["label"]) for v in map(json.loads, before)}

    def test_a_post_that_was_reviewed_as_a_question_can_be_judged_on(self, soma: Soma, held: Path) -> None:
        soma("review", "twitter/eksempeletat/3", "question")
        soma("classify", "--as-of", "2026-09-02")
        soma("purge", "--as-of", "2027-09-01")
        (held.parent / "config.toml").write_text("[answer]\nnorm_office_days = 2.0\n")
        assert soma("classify", "--as-of", "2026-09-20").code == 0

    def test_what_was_dropped_does_not_come_back(self, soma: Soma, held: Path) -> None:
        soma("purge", "--as-of", "2026-09-01")
        assert json.loads(soma("import", "--json", "p.jsonl").out)["changed"] == 0

    def test_twice_drops_nothing_more(self, soma: Soma, held: Path) -> None:
        soma("purge", "--as-of", "2026-09-01")
        outcome = json.loads(soma("purge", "--json", "--as-of", "2026-09-01").out)
        assert (outcome["purged_texts"], outcome["purged_pages"]) == (0, 0)

    def test_drops_stored_pages_too(self, soma: Soma, example: Path, tmp_path: Path) -> None:
        for name in ("example.db", "config.toml"):
            shutil.copy(example / name, tmp_path / name)
        soma("purge", "--as-of", "2011-01-15")
        with closing(sqlite3.connect(tmp_path / "example.db")) as db, db:
            assert db.execute("select count(*) from page where body is not null").fetchone() == (0,)


class TestPrivacy:
    def test_says_what_is_held_and_for_how_long(self, soma: Soma, held: Path) -> None:
        out = soma("privacy").out
        assert "Posts by visitors: 2 (2 with their text, the oldest from 2026-03-02), by 2 authors." in out
        assert "180 days after they were written" in out

    def test_gives_a_person_what_is_held_of_them(self, soma: Soma, held: Path) -> None:
        out = soma("privacy", "--person", "twitter:kari_test").out
        assert [json.loads(line)["id"] for line in out.splitlines()] == ["1"]

    def test_of_somebody_unknown_is_empty(self, soma: Soma, held: Path) -> None:
        ended = soma("privacy", "--person", "twitter:nobody")
        assert (ended.code, ended.out) == (0, "")
        assert "Nothing is held of twitter:nobody." in ended.err

    def test_says_by_which_name_a_person_is_found_on_each_network(self, soma: Soma, held: Path) -> None:
        assert "by their DID" in soma("privacy", "--person", "bluesky:kari.example").err
        assert "name and server" in soma("privacy", "--person", "mastodon:kari").err

    def test_of_a_network_that_is_none_is_refused(self, soma: Soma, held: Path) -> None:
        ended = soma("privacy", "--person", "tiktok:x")
        assert ended.code == 2
        assert "'tiktok' is not one of bluesky, facebook, mastodon, twitter" in ended.err


class TestRegister:
    def test_lists_agencies_and_accounts(self, soma: Soma, tmp_path: Path) -> None:
        out = soma("register", "--config", example_in(tmp_path)).out
        assert "Skilt- og vegvisingsdepartementet (ministry)\n  no account" in out
        assert "23 agencies, 31 accounts" in out

    def test_names_every_bad_line(self, soma: Soma) -> None:
        soma("init")
        Path("register.csv").write_text(
            "agency,name,kind,network,handle\nX,,,,\na,A,k,twitter,much too long\n"
        )
        ended = soma("register")
        assert ended.code == 2
        assert ended.err.count("\n  line ") >= 2


class TestSchedule:
    def test_prints_lines_for_the_crontab(self, soma: Soma) -> None:
        soma("init")
        night, week = soma("schedule").out.splitlines()
        assert night.startswith("17 5 * * * /")
        assert night.endswith(f" run --quiet --config {Path('config.toml').absolute()}")
        assert week.startswith("37 6 * * 1 /")
        assert week.endswith(f" register check --quiet --config {Path('config.toml').absolute()}")

    @pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
    def test_prints_units_that_systemd_accepts(self, soma: Soma, tmp_path: Path) -> None:
        soma("init")
        printed = soma("schedule", "--systemd").out.replace("ExecStart=", "ExecStart=/bin/true ")
        _, *parts = re.split(r"^# /etc/systemd/system/(\S+)\n", printed, flags=re.MULTILINE)
        units = dict(zip(parts[::2], parts[1::2], strict=True))
        assert [*units] == [
            f"soma-audit{job}.{kind}" for job in ("", "-register") for kind in ("service", "timer")
        ]
        for name, text in units.items():
            (tmp_path / name).write_text(text)
        said = subprocess.run(
            ["systemd-analyze", "verify", *(tmp_path / name for name in units)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert said.returncode == 0, said.stderr
