"""The public site, published from the example: what is written, what stays as it was, and what is refused."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from soma_audit.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from cli.conftest import Soma

WITH_SITE = '\n[site]\nurl = "https://sosiale.example/"\ncontact = "post@etat.example"\n'


@pytest.fixture
def config(example: Path, tmp_path: Path) -> Path:
    """The example after a run, in a folder of its own, with what a site needs."""
    folder = tmp_path / "mine"
    folder.mkdir()
    shutil.copy(example / "example.db", folder)
    config = folder / "config.toml"
    shutil.copy(example / "config.toml", config)
    return config


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def month_in(folder: Path, agency: str, name: str) -> dict[str, object]:
    found = json.loads((folder / "data" / "bodies" / f"{agency}.json").read_text("utf-8"))
    return next(month for month in found["months"] if month["month"] == name)


def test_settled_months_are_published_and_a_second_time_no_byte_changes(
    config: Path, soma: Soma, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    ended = soma("site", out, "--config", config)
    assert (ended.code, ended.err) == (0, "")
    assert ", 2010-10.\n" in ended.out  # November has not settled by 1 December
    before = {path: (out / path).stat().st_mtime_ns for path in bytes_of(out)}
    ended = soma("site", out, "--config", config)
    assert ended.out == f"The site is in {out}: nothing has changed.\n"
    assert {path: (out / path).stat().st_mtime_ns for path in bytes_of(out)} == before


def test_the_site_can_be_made_anew_from_the_database(config: Path, soma: Soma, tmp_path: Path) -> None:
    for name in ("one", "two"):
        soma("site", tmp_path / name, "--config", config)
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")


def test_what_is_found_to_be_otherwise_is_a_correction_and_what_was_published_stays(
    config: Path, soma: Soma, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    soma("site", out, "--config", config)
    published = month_in(out, "lysdepartementet", "2010-10")
    with closing(sqlite3.connect(config.parent / "example.db")) as db, db:
        db.execute(
            "delete from post where id in (select post.id from post join account on account.id = post.account"
            " where agency = 'lysdepartementet' and by_agency = 1 and created_at like '2010-10%' limit 3)"
        )
    ended = soma("site", out, "--config", config)
    assert "Corrections noted: " in ended.out
    assert month_in(out, "lysdepartementet", "2010-10") == published
    data = json.loads((out / "data" / "bodies" / "lysdepartementet.json").read_text("utf-8"))
    (posts,) = (c for c in data["corrections"] if c["figure"] == "posts")
    assert (posts["was"], posts["found"]) == (published["posts"], published["posts"] - 3)  # type: ignore[operator]
    again = bytes_of(out)
    assert "nothing has changed" in soma("site", out, "--config", config).out
    assert bytes_of(out) == again


def test_old_months_are_counted_again_only_when_that_is_asked_for(
    config: Path, soma: Soma, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    soma("site", out, "--config", config)
    with closing(sqlite3.connect(config.parent / "example.db")) as db, db:
        # as if more had been published of a month of long ago
        (figures,) = db.execute("select figures from published where month = '2010-01'").fetchone()
        changed = json.loads(figures)
        changed["agencies"]["lysdepartementet"]["posts"] += 7
        db.execute("update published set figures = ? where month = '2010-01'", (json.dumps(changed),))
    assert "Corrections" not in soma("site", out, "--config", config).out
    assert "Corrections noted: 1." in soma("site", out, "--recount", "--config", config).out


def test_an_empty_database_has_a_site_that_says_so(soma: Soma, tmp_path: Path) -> None:
    Store(tmp_path / "soma-audit.db", create=True).close()
    (tmp_path / "config.toml").write_text(WITH_SITE, "utf-8")
    ended = soma("site", tmp_path / "out", "--config", tmp_path / "config.toml")
    assert (ended.code, ended.err) == (0, "")
    assert "No month has settled yet" in (tmp_path / "out" / "index.html").read_text("utf-8")


def test_a_site_needs_an_address_and_somebody_to_write_to(config: Path, soma: Soma, tmp_path: Path) -> None:
    config.write_text(config.read_text("utf-8").partition("[site]")[0], "utf-8")
    ended = soma("site", tmp_path / "out", "--config", config)
    assert ended.code == 2
    assert "A site needs its address and somebody to write to: set url and contact" in ended.err
    assert not (tmp_path / "out").exists()


def test_a_folder_that_holds_something_else_is_left_alone(config: Path, soma: Soma, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("mine")
    ended = soma("site", tmp_path / "out", "--config", config)
    assert ended.code == 2
    assert "holds something else than a site. Name a new folder." in ended.err
    assert list(bytes_of(tmp_path / "out")) == ["letter.txt"]
    ended = soma("site", tmp_path / "out" / "letter.txt", "--config", config)
    assert ended.code == 2
    assert "letter.txt is a file. Name a folder for the site." in ended.err


def test_a_folder_that_cannot_be_written_is_told(config: Path, soma: Soma, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "data").symlink_to(tmp_path / "nowhere" / "at" / "all")
    ended = soma("site", tmp_path / "out" / "data" / "x", "--config", config)
    assert ended.code == 2
    assert "cannot be written:" in ended.err
