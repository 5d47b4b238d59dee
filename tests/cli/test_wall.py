"""`soma-audit wall`, as somebody calls it who has looked; and `explain` of a wall."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from cli.conftest import example_in

if TYPE_CHECKING:
    from pathlib import Path

    from cli.conftest import Soma

NOW = ("--as-of", "2026-03-10")
PAGE = "facebook/eksempel.etat"
SIGNED_IN = ("--signed-in", "ordinary-account", "--observer", "NN")
CONFIG = """
database = "a.db"
as_of = 2026-03-10T00:00:00Z
"""
REGISTER = """agency,name,kind,network,handle,closing_reason,alternative_channel
etat,Etaten,agency,facebook,eksempel.etat,Personvern,post@etat.example
etat,,,twitter,eksempeletat,,
"""


@pytest.fixture
def soma_here(soma: Soma, tmp_path: Path) -> Soma:
    """An agency with a Page and an account on X, and no audit yet."""
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    (tmp_path / "register.csv").write_text(REGISTER, "utf-8")
    return soma


def walls(soma: Soma, account: str = PAGE) -> dict[str, Any]:
    soma("classify", "--quiet")
    return dict(json.loads(soma("explain", account, "--json").out)["walls"])


def held(soma: Soma) -> list[dict[str, Any]]:
    return list(json.loads(soma("wall", "look", "--json").out)["looks"])


class TestALook:
    def test_counts_from_the_next_classification_on(self, soma_here: Soma) -> None:
        ended = soma_here("wall", "look", PAGE, "posting", "closed", *SIGNED_IN)
        assert (ended.code, ended.err) == (0, "")
        assert ended.out == (
            f"{PAGE}: NN saw posting closed on 2026-03-10 00:00 UTC. It counts from the next run on.\n"
        )
        found = walls(soma_here)
        assert (found["posting"]["label"], found["commenting"]["label"]) == ("closed", "unknown")

    def test_a_number_copied_into_a_note_is_masked(self, soma_here: Soma) -> None:
        soma_here("wall", "look", PAGE, "posting", "closed", *SIGNED_IN, "--note", "saw fnr 01015450068")
        assert held(soma_here)[0]["note"] == "saw fnr [identity number]"

    def test_a_number_copied_into_the_file_of_looks_is_masked(self, soma_here: Soma, tmp_path: Path) -> None:
        line = "facebook,eksempel.etat,2026-03-02T09:30:00+01:00,NN,posting,closed,ordinary-account,ring 41000000"
        header = "network,handle,observed_at,observer,question,seen,signed_in,note"
        (tmp_path / "looks.csv").write_text(f"{header}\n{line}\n")
        soma_here("import", "looks.csv")
        assert held(soma_here)[0]["note"] == "ring [telephone]"

    def test_keeps_the_hash_of_a_file_and_the_time_it_was_made(self, soma_here: Soma, tmp_path: Path) -> None:
        (tmp_path / "wall.png").write_bytes(b"picture")
        at = ("--at", "2026-03-02T09:30:00+01:00")
        soma_here(
            "wall", "look", PAGE, "posting", "closed", *SIGNED_IN, "--file", "wall.png", *at, "--note", "n"
        )
        (look,) = held(soma_here)
        assert look == {
            "network": "facebook",
            "handle": "eksempel.etat",
            "question": "posting",
            "seen": "closed",
            "observed_at": "2026-03-02T08:30:00Z",
            "observer": "NN",
            "signed_in": "ordinary-account",
            "file": "wall.png",
            "sha256": hashlib.sha256(b"picture").hexdigest(),
            "note": "n",
        }

    @pytest.mark.parametrize("signed_in", ["no", "page-team"])
    def test_that_proves_nothing_is_kept_and_said_so(self, soma_here: Soma, signed_in: str) -> None:
        ended = soma_here(
            "wall", "look", PAGE, "posting", "closed", "--signed-in", signed_in, "--observer", "NN"
        )
        assert ended.code == 0
        assert "proves nothing of visitors" in ended.err
        assert walls(soma_here)["posting"]["label"] == "unknown"
        assert len(held(soma_here)) == 1

    def test_can_be_taken_back(self, soma_here: Soma) -> None:
        soma_here("wall", "look", PAGE, "posting", "closed", *SIGNED_IN)
        ended = soma_here("wall", "look", PAGE, "posting", "--withdraw")
        assert "taken back that NN saw posting closed" in ended.out
        assert walls(soma_here)["posting"]["label"] == "unknown"
        assert held(soma_here) == []

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            ((PAGE,), f"soma-audit wall look {PAGE} posting closed --signed-in ordinary-account"),
            ((PAGE, "commenting"), f"soma-audit wall look {PAGE} commenting closed"),
            ((PAGE, "posting", "closed"), "Say as whom you looked"),
            (("facebook/nobody", "posting", "closed", *SIGNED_IN), "No account 'facebook/nobody' is known"),
            ((PAGE, "posting", "closed", *SIGNED_IN, "--at", "2027-01-01"), "lies in the future"),
            ((PAGE, "posting", "--withdraw"), "Nobody has told of a look at"),
            ((PAGE, "--csv", "looks.csv"), "leave the account out"),
            (("--csv", "looks.csv"), "looks.csv cannot be read"),
        ],
        ids=["what?", "what was seen?", "as whom?", "of whom?", "tomorrow", "no look", "both", "no file"],
    )
    def test_that_cannot_be_meant_so_says_what_to_do(
        self, soma_here: Soma, words: tuple[str, ...], said: str
    ) -> None:
        ended = soma_here("wall", "look", *words)
        assert (ended.code, ended.out) == (2, "")
        assert said in ended.err

    def test_nobody_has_made_yet_leads_to_the_sheet(self, soma_here: Soma) -> None:
        soma_here("wall", "look", PAGE, "posting", "closed", *SIGNED_IN)
        soma_here("wall", "look", PAGE, "posting", "--withdraw")
        assert "soma-audit wall sheet" in soma_here("wall", "look").out


class TestTheSheet:
    @pytest.fixture
    def audited(self, soma_here: Soma) -> Soma:
        soma_here("wall", "look", PAGE, "posting", "closed", *SIGNED_IN)
        soma_here("classify", "--quiet")
        return soma_here

    def lines(self, soma: Soma, *words: str) -> list[tuple[str, str]]:
        rows = csv.DictReader(io.StringIO(soma("wall", "sheet", *words).out))
        return [(f"{row['network']}/{row['handle']}", row["question"]) for row in rows]

    def test_has_a_line_for_each_wall_of_which_nothing_is_known(self, audited: Soma) -> None:
        x = "twitter/eksempeletat"
        unknown = [(PAGE, "commenting"), (PAGE, "messaging"), (x, "commenting"), (x, "messaging")]
        assert self.lines(audited) == unknown

    def test_with_all_has_those_too_that_are_known(self, audited: Soma) -> None:
        assert (PAGE, "posting") in self.lines(audited, "--all")

    def test_filled_in_is_taken_in(self, audited: Soma, tmp_path: Path) -> None:
        audited("wall", "sheet", "--output", "looks.csv")
        text = (tmp_path / "looks.csv").read_text("utf-8")
        seen = f"{PAGE.replace('/', ',')},2026-03-09T10:00:00Z,NN,commenting,open,ordinary-account,,"
        filled = text.replace(f"{PAGE.replace('/', ',')},,,commenting,,,,", seen)
        assert filled != text
        (tmp_path / "looks.csv").write_text(filled, "utf-8")
        ended = audited("wall", "look", "--csv", "looks.csv")
        assert (ended.code, ended.out, ended.err) == (0, "Took in 1 look at walls from looks.csv.\n", "")
        assert audited("wall", "look", "--csv", "looks.csv").out == "All of these looks are held already.\n"
        assert walls(audited)["commenting"]["label"] == "open"

    def test_with_bad_lines_takes_in_the_rest(self, audited: Soma, tmp_path: Path) -> None:
        head = "network,handle,observed_at,observer,question,seen,signed_in"
        good = f"{PAGE.replace('/', ',')},2026-03-09T10:00:00Z,NN,commenting,open,ordinary-account"
        lines = [head, good.replace("open", "shut"), good, good.replace("eksempel.etat", "nobody")]
        (tmp_path / "looks.csv").write_text("\n".join(lines), "utf-8")
        ended = audited("wall", "look", "--csv", "looks.csv")
        assert ended.code == 3
        assert ended.err.splitlines() == [
            "soma-audit: 2 lines of looks.csv kept out:",
            "soma-audit:   line 2: seen is not one of open, moderated, restricted, closed, unclear",
            "soma-audit:   line 4: facebook/nobody is not in the register",
        ]
        assert "Took in 1 look" in ended.out


class TestEveryNight:
    """The file of looks that the configuration names."""

    def test_is_taken_in_once(self, soma: Soma, tmp_path: Path) -> None:
        config = example_in(tmp_path)
        counts = [json.loads(soma("collect", "--json", "--config", config).out)["looks"] for _ in range(2)]
        assert counts == [11, 0]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (None, "looks.csv cannot be read: No such file or directory. The audit went on without it."),
            ("nonsense", "is not a file of looks"),
        ],
        ids=["missing", "another file"],
    )
    def test_that_cannot_be_read_does_not_stop_the_audit(
        self, text: str | None, said: str, soma: Soma, tmp_path: Path
    ) -> None:
        config = example_in(tmp_path)
        lines = config.read_text("utf-8").splitlines()
        named = [line for line in lines if not line.startswith("looks")]
        named.insert(named.index("[collect]") + 1, 'looks = "looks.csv"')
        config.write_text("\n".join(named), "utf-8")
        if text is not None:
            (tmp_path / "looks.csv").write_text(text, "utf-8")
        ended = soma("collect", "--config", config)
        assert ended.code == 3
        assert said in ended.err
        assert "Collected" in ended.out

    def test_bad_lines_are_kept_in_quarantine(self, soma: Soma, tmp_path: Path) -> None:
        config = example_in(tmp_path)
        text = config.read_text("utf-8")
        head = "network,handle,observed_at,observer,question,seen,signed_in"
        (tmp_path / "l.csv").write_text(f"{head}\nfacebook,x,2010-11-01T00:00Z,N,posting,open,no\n", "utf-8")
        start = text.index("looks = ")
        config.write_text(text[:start] + 'looks = "l.csv"' + text[text.index("\n", start) :], "utf-8")
        soma("collect", "--quiet", "--config", config)
        with closing(sqlite3.connect(tmp_path / "example.db")) as db:
            kept = db.execute("select file, line, reason from quarantine").fetchall()
        assert kept == [("l.csv", 2, "facebook/x is not in the register")]


class TestTheExample:
    """It shows each label, with reasons."""

    def states(self, example: Path) -> dict[str, set[str]]:
        report = json.loads((example / "report.json").read_text("utf-8"))
        accounts = [a for g in report["groups"] for agency in g["agencies"] for a in agency["accounts"]]
        return {
            wall: {account[wall]["label"] for account in accounts if account[wall]["reasons"]}
            for wall in ("posting", "commenting", "messaging")
        }

    def test_has_every_label_of_posting_but_one_that_only_a_look_gives(self, example: Path) -> None:
        labels = {"open", "moderated", "closed", "unknown", "not_supported"}
        assert self.states(example)["posting"] == labels

    def test_has_every_label_of_commenting_and_messaging_that_can_be(self, example: Path) -> None:
        states = self.states(example)
        assert states["commenting"] >= {"open", "moderated", "restricted", "closed"}
        assert states["messaging"] == {"open", "closed"}

    def test_has_walls_that_changed(self, example: Path) -> None:
        report = json.loads((example / "report.json").read_text("utf-8"))
        accounts = [a for g in report["groups"] for agency in g["agencies"] for a in agency["accounts"]]
        changes = {a["handle"]: [(c["wall"], c["was"], c["label"]) for c in a["changes"]] for a in accounts}
        assert changes["ullogstrikk.eks"] == [("posting", "open", "closed")]
        assert changes["hageoghumle_eks"] == [("commenting", "open", "restricted")]
        assert changes["postkassedir.example"] == [
            ("commenting", "open", "restricted"),
            ("commenting", "restricted", "open"),
        ]

    def test_tells_where_each_sign_was_seen(self, example: Path, soma: Soma) -> None:
        ended = soma("explain", "facebook/ullogstrikk.eks", "--config", example / "config.toml")
        assert (
            "WAL002  The Page's settings do not let visitors post (seen 2010-12-01). [settings," in ended.out
        )
        assert "/v26.0/100400/settings, unknown token, v26.0, 2010-12-01 06:00 UTC]" in ended.out
        assert "  closed: seen from 2010-10-11 07:05 and still so when last seen (UTC)" in ended.out
        assert "The agency says why: “Vi rekker ikke" in ended.out
        assert "looked at: revisor saw posting closed" in ended.out
        assert "?" not in ended.out  # an endpoint is told without its parameters


def test_a_wall_not_judged_yet_says_so(soma_here: Soma) -> None:
    soma_here("wall", "look", PAGE, "posting", "closed", *SIGNED_IN)
    assert "Not judged. `soma-audit classify` judges what is new." in soma_here("explain", PAGE).out


def test_a_review_of_a_wall_is_explained_too(soma_here: Soma) -> None:
    soma_here("wall", "look", PAGE, "posting", "closed", *SIGNED_IN)
    soma_here("classify", "--quiet")
    soma_here("review", PAGE, "open", "--classifier", "wall.messaging", "--reviewer", "kari")
    assert "reviewed: wall.messaging: open (instead of unknown), says kari" in soma_here("explain", PAGE).out
    assert walls(soma_here)["messaging"]["reasons"] == ["A person has looked and says so."]
