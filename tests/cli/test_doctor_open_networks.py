"""`soma-audit doctor` on networks that want no key: over HTTP, from the fake ones."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING

import pytest

from loopback.mastodon_words import no_mastodon
from loopback.night import loopback
from loopback.town import BLUESKY_AGENCY, MASTODON_AGENCY
from soma_audit.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loopback.server import Loopback

REGISTER = f"""agency,name,kind,network,handle
etat,Etaten,agency,bluesky,{BLUESKY_AGENCY}
etat,,,mastodon,{MASTODON_AGENCY}
rad,Rådet,agency,mastodon,radet@folk.example
"""
CONFIG = """
[bluesky]
api_url = "{url}"
server_url = "{url}/pds"
{more}
[mastodon.servers]
"etat.example" = "{url}/on/etat.example"
"folk.example" = "{url}/on/folk.example"
"""


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Loopback]:
    with loopback(monkeypatch) as open_:
        monkeypatch.chdir(tmp_path)
        open_.mastodon.world.person("radet@folk.example", "Rådet")
        (tmp_path / "register.csv").write_text(REGISTER, "utf-8")
        configure(tmp_path, open_)
        yield open_


def configure(folder: Path, here: Loopback, more: str = "") -> None:
    (folder / "config.toml").write_text(CONFIG.format(url=here.url, more=more), "utf-8")


def doctor() -> dict[str, tuple[str, str]]:
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(io.StringIO()), pytest.raises(SystemExit):
        main(["doctor", "--json"])
    return {check["topic"]: (check["state"], check["seen"]) for check in json.loads(out.getvalue())["checks"]}


@pytest.mark.usefixtures("here")
def test_no_key_is_asked_for_and_each_account_is_looked_up() -> None:
    told = doctor()
    assert told["Bluesky access"] == ("ok", "Nobody needs a key to read it.")
    assert told["Mastodon access"] == ("ok", "Nobody needs a key to read it.")
    assert told["Bluesky accounts"] == ("ok", "1 of 1 can be read.")
    assert told["Mastodon accounts"] == ("ok", "2 of 2 can be read.")


def test_a_server_that_is_away_does_not_keep_the_others_from_being_asked(here: Loopback) -> None:
    here.mastodon.servers["etat.example"].instead = no_mastodon("html", here.url)
    told = doctor()
    assert told["Mastodon accounts"] == ("ok", "1 of 2 can be read.")
    assert "another web site" in told[f"mastodon/{MASTODON_AGENCY}"][1]
    assert MASTODON_AGENCY not in told[f"mastodon/{MASTODON_AGENCY}"][1]  # the topic names it already


@pytest.mark.parametrize(("password", "state"), [(None, "ok"), ("wrong-pass-word-here", "wrong")])
def test_whoever_is_to_sign_in_is_tried(
    here: Loopback, tmp_path: Path, password: str | None, state: str
) -> None:
    right = here.bluesky.may_sign_in(here.bluesky.world.people[0])
    file = tmp_path / "app-password"
    file.write_text(password or right, "utf-8")
    file.chmod(0o600)
    configure(tmp_path, here, f'identifier = "{BLUESKY_AGENCY}"\napp_password_file = "app-password"')
    told = doctor()
    states = [told[topic][0] for topic in told if topic in {"Bluesky app password", "Bluesky token"}]
    assert states == [state]
