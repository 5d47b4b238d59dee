"""`soma-audit try`: one account, with no configuration at all, over HTTP from the fake networks."""

from __future__ import annotations

import io
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from loopback.night import loopback
from loopback.town import BLUESKY_AGENCY, BLUESKY_VISITORS, MASTODON_AGENCY
from soma_audit.audit import try_account
from soma_audit.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loopback.server import Loopback

CONFIG = """
[bluesky]
api_url = "{url}"
[mastodon]
servers = {{ "etat.example" = "{url}/on/etat.example", "folk.example" = "{url}/on/folk.example" }}
[twitter]
api_url = "{url}"
"""


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Loopback]:
    with loopback(monkeypatch) as open_:
        monkeypatch.chdir(tmp_path)
        Path("config.toml").write_text(CONFIG.format(url=open_.url), "utf-8")
        yield open_


def attempt(*words: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as end:
        main(["try", *words])
    return int(end.value.code or 0), out.getvalue(), err.getvalue()


@pytest.mark.parametrize(
    "written",
    [
        f"bluesky:{BLUESKY_AGENCY}",
        f"bluesky/@{BLUESKY_AGENCY}",
        f"https://bsky.app/profile/{BLUESKY_AGENCY}",
        f"mastodon:{MASTODON_AGENCY}",
        "https://etat.example/@eksempeletaten",
        "https://folk.example/@eksempeletaten@etat.example",
    ],
)
@pytest.mark.usefixtures("here")
def test_an_account_is_audited_however_it_is_written(written: str) -> None:
    code, out, err = attempt(written)
    assert (code, err) == (0, "")
    assert "Hvem svarer på e-post?" in out
    assert not any(name in out for name in BLUESKY_VISITORS)


@pytest.mark.usefixtures("here")
def test_it_leaves_nothing_behind_and_says_what_every_night_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = tmp_path / "left"
    left.mkdir()
    monkeypatch.setattr(tempfile, "TemporaryDirectory", partial(tempfile.TemporaryDirectory, dir=left))
    _, out, _ = attempt(f"bluesky:{BLUESKY_AGENCY}")
    assert list(left.iterdir()) == []
    assert [file.name for file in tmp_path.iterdir()] == ["config.toml", "left"]
    assert f"bluesky,{BLUESKY_AGENCY}" in out
    assert "soma-audit schedule" in out


@pytest.mark.parametrize(
    ("options", "said"), [((), "nothing was kept"), (("--db", "a.db"), "what was stored is kept")]
)
@pytest.mark.usefixtures("here")
def test_interrupted_it_says_what_is_kept(
    monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], said: str
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(try_account, "try_account", interrupted)
    code, _, err = attempt(f"bluesky:{BLUESKY_AGENCY}", *options)
    assert code == 130
    assert said in err


@pytest.mark.usefixtures("here")
def test_with_a_database_it_is_kept(tmp_path: Path) -> None:
    code, out, _ = attempt(f"bluesky:{BLUESKY_AGENCY}", "--db", "a.db")
    assert (code, (tmp_path / "a.db").exists()) == (0, True)
    assert "What was seen is kept in a.db." in out


def test_no_more_is_read_than_the_days_asked_for(here: Loopback) -> None:
    here.bluesky.page_size = 2
    attempt(f"bluesky:{BLUESKY_AGENCY}", "--days", "2")
    assert here.calls("getAuthorFeed") == 2  # of eight


@pytest.mark.usefixtures("here")
def test_an_account_that_is_not_there_is_one_sentence() -> None:
    code, out, err = attempt("bluesky:ingen.example")
    assert code == 3
    assert "bluesky/ingen.example: the network does not know the account" in err
    assert "Questions" not in out
    assert "register.csv" not in out  # what cannot be read once need not be read every night


@pytest.mark.parametrize(
    ("written", "example"),
    [
        ("etat.example", "bluesky/etat.example, mastodon/etat@social.example"),
        ("bluesky:etat", "write it as bluesky/etat.example\n"),
        ("mastodon:etat", "write it as mastodon/etat@social.example\n"),
    ],
)
@pytest.mark.usefixtures("here")
def test_what_is_no_account_is_refused_with_an_example(written: str, example: str) -> None:
    code, _, err = attempt(written)
    assert code == 2
    assert "is not an account" in err
    assert example in err


@pytest.mark.usefixtures("here")
def test_what_the_configured_report_says_on_its_face_is_not_said_of_another_account() -> None:
    Path("config.toml").write_text(
        Path("config.toml").read_text() + '[report]\nnotice = "EXAMPLE"\n', "utf-8"
    )
    _, out, _ = attempt(f"bluesky:{BLUESKY_AGENCY}")
    assert "EXAMPLE" not in out
