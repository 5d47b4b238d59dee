"""`soma-audit import` of X's files as a whole: how it ends, and what it says."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from imports.desk import as_lines, as_zip
from imports.x_files import (
    ETAT,
    KARI,
    TELLING,
    archive,
    capture,
    leaked,
    manifest_js,
    page,
    post,
    status,
    tweet,
)
from soma_audit.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Import a file in an empty folder: no configuration, no credentials, no terminal."""
    monkeypatch.chdir(tmp_path)

    def importing(content: bytes, *words: str) -> tuple[int, dict[str, Any]]:
        (tmp_path / "file").write_bytes(content)
        with pytest.raises(SystemExit) as end:
            main(["import", "--json", "--db", "a.db", *words, "file"])
        said = capsys.readouterr().out
        return int(end.value.code or 0), json.loads(said) if said else {}

    return importing


TWO = (tweet("1", "Hei"), tweet("2", "Hallo"))
OF_ETAT = ("--account", "twitter/eksempeletat")
ENDS: dict[str, tuple[bytes, tuple[str, ...], int, int]] = {
    "an archive": (as_zip(archive(*TWO)), (), 0, 2),
    "an archive of as many posts as it says": (
        as_zip(archive(*TWO, manifest=manifest_js(tweets="2"))),
        (),
        0,
        2,
    ),
    "an archive that lacks a part": (as_zip(archive(*TWO, manifest=manifest_js(tweets="9"))), (), 3, 2),
    "an archive with a post that is none": (as_zip(archive(*TWO, {"tweet": {}})), (), 3, 2),
    "statuses": (as_lines(status("1", "Hei", ETAT)), OF_ETAT, 0, 1),
    "statuses, one cut": (as_lines(status("1", "Hei", ETAT), status("2", "Hei", ETAT))[:-30], OF_ETAT, 3, 1),
    "statuses of strangers": (as_lines(status("1", "Hei", KARI)), (), 3, 0),
    "pages": (as_lines(page(post("1", "Hei", ETAT))), OF_ETAT, 0, 1),
    "pages with noise": (as_lines(page(post("1", "Hei", ETAT))) + b"INFO bye\n", OF_ETAT, 3, 1),
    "an empty page": (as_lines({"meta": {"result_count": 0}}), OF_ETAT, 0, 0),
    "captures": (as_lines(capture("1", "Hei", ETAT)), OF_ETAT, 0, 1),
    "a zip without its end": (as_zip(archive(*TWO))[:-30], (), 3, 2),
    "half a zip": (as_zip(archive(*TWO))[:200], (), 2, 0),
    "something else": (b"hei", (), 2, 0),
}


@pytest.mark.parametrize(("content", "words", "code", "new"), ENDS.values(), ids=ENDS)
def test_how_it_ends(content: bytes, words: tuple[str, ...], code: int, new: int, run: Run) -> None:
    ended, said = run(content, *words)
    assert (ended, said.get("new", 0)) == (code, new)


def test_twice_is_once(run: Run) -> None:
    run(as_zip(archive(*TWO)))
    ended, said = run(as_zip(archive(*TWO)))
    assert (ended, said["new"], said["changed"]) == (0, 0, 0)


def test_it_says_of_each_file_what_it_held(run: Run) -> None:
    _, said = run(as_zip({"data/direct-messages.js": b"x"} | archive(*TWO)))
    assert said["files"] == [
        {"file": "file", "format": "twitter-archive", "own": 2, "visitors": 0, "left_closed": 1}
    ]
    assert said["taken_in"] == ["twitter/eksempeletat"]


def test_no_visitors_name_is_stored_or_said(run: Run, tmp_path: Path) -> None:
    lines = as_lines(
        status("1", TELLING, KARI), status("2", TELLING, KARI, id_str="x"), {"kari_test": "Kari Test"}
    )
    _, said = run(lines, *OF_ETAT)
    stored = b"".join(p.read_bytes() for p in tmp_path.glob("a.db*"))
    assert (leaked(stored), leaked(json.dumps(said).encode())) == ([], [])
    with closing(sqlite3.connect(tmp_path / "a.db")) as database:
        assert database.execute("select count(*) from post").fetchone() == (1,)
