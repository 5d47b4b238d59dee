"""Whatever happens, a command ends with one sentence and an exit code; where it happened is shown on demand."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cli.conftest import Soma

SECRET = "hemmelig-0123456789"


def failing(error: BaseException) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


FAULTS: dict[str, tuple[BaseException, int, str]] = {
    "a fault of ours": (KeyError(SECRET), 1, "unexpected error (KeyError"),
    "a text in a message": (ValueError(f"bad: {SECRET}"), 1, "unexpected error (ValueError"),
    "too deep": (RecursionError(SECRET), 1, "unexpected error (RecursionError"),
    "an end too early": (EOFError(SECRET), 1, "unexpected error (EOFError"),
    "no memory": (MemoryError(), 1, "there is not enough memory"),
    "a full disk": (OSError(errno.ENOSPC, "No space left on device", "/x/y.db"), 1, "/x/y.db: No space left on device. What was stored before is kept. Free some space"),
    "no permission": (PermissionError(errno.EACCES, "Permission denied", "/x"), 1, "/x: Permission denied"),
    "a broken database": (sqlite3.DatabaseError("database disk image is malformed"), 1, "the database cannot be used: database disk image is malformed. `soma-audit doctor`"),
    "a full database": (sqlite3.OperationalError("database or disk is full"), 1, "Is the disk full"),
    "a fault in a statement": (sqlite3.IntegrityError(f"FOREIGN {SECRET}"), 1, "unexpected error (IntegrityError"),
    "Ctrl-C": (KeyboardInterrupt(), 130, "interrupted"),
    "a reader that has gone": (BrokenPipeError(errno.EPIPE, "Broken pipe"), 0, ""),
}  # fmt: skip


@pytest.mark.parametrize(("error", "code", "said"), FAULTS.values(), ids=FAULTS)
def test_it_ends_with_a_sentence(
    error: BaseException, code: int, said: str, soma: Soma, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("soma_audit.audit.settings.Settings.open", failing(error))
    ended = soma("export", "posts")
    assert ended.code == code
    assert said in ended.err
    assert len(ended.err.strip().splitlines()) == (1 if said else 0)
    assert SECRET not in ended.err


@pytest.mark.parametrize("by", ["option", "environment"])
def test_where_it_happened_is_shown_on_demand(by: str, soma: Soma, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("soma_audit.audit.settings.Settings.open", failing(KeyError("x")))
    if by == "environment":
        monkeypatch.setenv("SOMA_AUDIT_TRACEBACK", "1")
    ended = soma(*(["--traceback"] if by == "option" else []), "export", "posts")
    assert (ended.code, "Traceback" in ended.err, "test_faults.py" in ended.err) == (1, True, True)
    assert ended.err.splitlines()[-1].startswith("soma-audit: unexpected error (KeyError in cli/")


def test_the_sentence_says_how_to_see_more(soma: Soma, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("soma_audit.audit.settings.Settings.open", failing(KeyError("x")))
    ended = soma("export", "posts")
    assert "What was stored before is kept. Run `soma-audit --traceback COMMAND …` to see more" in ended.err


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1899-12-31", "2200-01-01"]
)
@pytest.mark.parametrize(
    "words",
    [
        ("report", "--as-of"),
        ("report", "--from"),
        ("report", "--since"),
        ("classify", "--as-of"),
        ("wall", "look", "--at"),
    ],
    ids=" ".join,
)
def test_a_time_that_cannot_be_reckoned_with_is_told(
    words: tuple[str, ...], moment: str, soma: Soma, example: Path
) -> None:
    ended = soma(*words, moment, "--config", example / "config.toml")
    assert (ended.code, "is not within the years 2000 to 2199" in ended.err) == (2, True)


@pytest.mark.parametrize(
    "words", [("run",), ("collect",), ("import", "x.jsonl"), ("report",), ("doctor",)], ids=" ".join
)
def test_a_database_that_is_a_folder_is_told(words: tuple[str, ...], soma: Soma, tmp_path: Path) -> None:
    (tmp_path / "config.toml").touch()
    (tmp_path / "x.jsonl").touch()
    ended = soma(*words, "--db", ".")
    assert (ended.code, "The database . is a folder. Name a file in it" in ended.err) == (2, True)


class TestOutput:
    """A file that cannot be written is told in a sentence, before anything is worked out."""

    WORDS: tuple[tuple[str, ...], ...] = (
        ("report", "--format", "html"),
        ("report", "--list", "waiting"),
        ("export", "posts"),
        ("export", "language"),
        ("wall", "sheet"),
    )

    @pytest.mark.parametrize("words", WORDS, ids=" ".join)
    @pytest.mark.parametrize(
        ("target", "said"),
        [
            (".", ". is a folder"),
            ("..", ".. is a folder"),
            ("/", "/ is a folder"),
            ("here", "here is a folder"),
            ("new/", "new/ is a folder"),
            ("", "is a folder, not a file"),
            ("nowhere/report.html", "There is no folder"),
            ("file/report.html", "There is no folder"),
            ("a" * 300, "File name too long"),
            ("/dev/full", "No space left on device"),
            ("/dev/full/x", "There is no folder"),
        ],
    )
    def test_that_cannot_be_written_is_told(
        self, words: tuple[str, ...], target: str, said: str, soma: Soma, tmp_path: Path
    ) -> None:
        line = '{"network":"twitter","account":"a","id":"1","created_at":"2025-03-02T09:14:00Z","text":"Hei","by_agency":true}\n'
        (tmp_path / "posts.jsonl").write_text(line * 3)
        soma("import", "posts.jsonl")
        (tmp_path / "here").mkdir()
        (tmp_path / "file").touch()
        before = sorted(tmp_path.iterdir())
        ended = soma(*words, "--output", target)
        assert (ended.code, said in ended.err, len(ended.err.splitlines())) == (2, True, 1)
        assert sorted(tmp_path.iterdir()) == before

    def test_a_name_as_long_as_names_may_be_is_written(
        self, soma: Soma, example: Path, tmp_path: Path
    ) -> None:
        words = ("report", "--config", example / "config.toml", "--format", "json", "--output")
        assert (soma(*words, "a" * 255).code, (tmp_path / ("a" * 255)).is_file()) == (0, True)

    def test_a_link_stays_a_link(self, soma: Soma, example: Path, tmp_path: Path) -> None:
        (tmp_path / "real.json").touch()
        (tmp_path / "link.json").symlink_to("real.json")
        ended = soma(
            "report", "--config", example / "config.toml", "--format", "json", "--output", "link.json"
        )
        assert (ended.code, (tmp_path / "link.json").is_symlink()) == (0, True)
        assert (tmp_path / "real.json").read_text("utf-8").startswith("{")

    def test_of_a_run_it_is_told_before_anything_is_collected(self, soma: Soma, tmp_path: Path) -> None:
        (tmp_path / "config.toml").write_text('[report]\nfolder = "nowhere"\n')
        ended = soma("run")
        assert (ended.code, "There is no folder" in ended.err, (tmp_path / "soma-audit.db").exists()) == (
            2,
            True,
            False,
        )


class TestProcess:
    """What only a process of its own shows: closed pipes, full disks, poor screens."""

    @staticmethod
    def ended(command: str, folder: Path, **environment: str) -> tuple[int, str, str]:
        done = subprocess.run(
            ["/bin/sh", "-c", command.replace("soma-audit", f"{sys.executable} -m soma_audit")],
            capture_output=True,
            cwd=folder,
            env={**os.environ, **environment},
            check=False,
        )
        return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")

    @pytest.mark.parametrize("words", ["rules", "report --format json", "export posts"])
    def test_a_pipe_that_is_closed_is_no_failure(self, words: str, example: Path, tmp_path: Path) -> None:
        config = "" if words == "rules" else f"--config {example}/config.toml"
        command = f"(soma-audit {words} {config}; echo $? >&2) | true"
        _, _, err = self.ended(command, tmp_path)
        assert err == "0\n"

    @pytest.mark.parametrize(("words", "code"), [("rules", 1), ("report --format json", 2), ("register", 1)])
    def test_a_full_disk_is_told(self, words: str, code: int, example: Path, tmp_path: Path) -> None:
        config = "" if words == "rules" else f"--config {example}/config.toml"
        ended, _, err = self.ended(f"soma-audit {words} {config} > /dev/full", tmp_path)
        assert (ended, len(err.splitlines()), "No space left on device" in err) == (code, 1, True)

    def test_no_standard_output_is_told(self, example: Path, tmp_path: Path) -> None:
        command = f"soma-audit report --config {example}/config.toml >&-"
        ended, _, err = self.ended(command, tmp_path)
        assert (ended, "There is no standard output here" in err) == (2, True)

    @pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
    def test_a_terminal_that_lacks_characters_shows_escapes(self, encoding: str, tmp_path: Path) -> None:
        (tmp_path / "Søknad \u2028.txt").write_text("hei")
        (tmp_path / os.fsdecode(b"a\xff\n.txt")).write_text("hei")
        ended, _, err = self.ended("soma-audit import *.txt", tmp_path, PYTHONIOENCODING=encoding)
        assert (ended, "Traceback" in err, "was not recognised" in err) == (2, False, True)
