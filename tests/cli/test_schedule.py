"""`schedule --systemd`: services that may do what they need, and no more."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cli.conftest import Soma

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="needs systemd-analyze of systemd 250 or newer"
)
TOKENS = """
[twitter]
token_file = "x token"
[facebook]
token_file = "/etc/100%/facebook-token"
app_secret_file = "secret"
[bluesky]
identifier = "etat.example"
app_password_file = "password"
[mastodon]
tokens = { "@Etat@social.example" = "mastodon" }
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation in a folder that not every program takes."""
    monkeypatch.setattr("sys.argv", ["/usr/bin/soma-audit"])
    (tmp_path / "100 % $HOME").mkdir()
    (tmp_path / "100 % $HOME" / "config.toml").write_text(TOKENS)
    return tmp_path / "100 % $HOME"


def units(soma: Soma, folder: Path, more: str = "") -> dict[str, str]:
    """Return what is printed, by the units' names."""
    if more:
        (folder / "config.toml").write_text(more)
    printed = soma("schedule", "--systemd", "--config", folder / "config.toml").out
    _, *parts = re.split(r"^# /etc/systemd/system/(\S+)\n", printed, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def settings_of(unit: str, name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", unit, re.MULTILINE)


def laid_out(units: Mapping[str, str], folder: Path) -> list[Path]:
    """Write the units; in place of the program stands one that is there."""
    for name, text in units.items():
        (folder / name).write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.MULTILINE))
    return [folder / name for name in units]


def analyzed(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False)


@needs_systemd
def test_the_units_are_sound_however_the_folder_is_called(soma: Soma, folder: Path, tmp_path: Path) -> None:
    said = analyzed("verify", *laid_out(units(soma, folder), tmp_path))
    assert (said.returncode, said.stderr) == (0, "")


@needs_systemd
def test_the_units_are_sound_however_the_paths_are_written(
    soma: Soma, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "config.toml").write_text(
        'database = "../a.db"\n[report]\nfolder = "../b/.."\n[twitter]\ntoken_file = "../token"\n'
    )
    monkeypatch.chdir(folder)
    printed = units(soma, Path("..") / folder.name)
    said = analyzed("verify", *laid_out(printed, tmp_path))
    assert (said.returncode, said.stderr) == (0, "")


@needs_systemd
@pytest.mark.parametrize("name", ["soma-audit.service", "soma-audit-register.service"])
def test_the_services_are_less_exposed_than_3_of_10(
    soma: Soma, folder: Path, tmp_path: Path, name: str
) -> None:
    laid_out(units(soma, folder), tmp_path)
    said = analyzed("security", "--offline=true", "--threshold=29", "--no-pager", tmp_path / name)
    if "unrecognized option" in said.stderr:
        pytest.skip("this systemd cannot look at units that are not installed")
    assert said.returncode == 0, said.stdout


def test_a_run_logs_for_the_journal(soma: Soma, folder: Path) -> None:
    (command,) = settings_of(units(soma, folder)["soma-audit.service"], "ExecStart")
    assert command.endswith(" --log-format json")


def test_the_token_files_that_the_configuration_names_become_credentials(soma: Soma, folder: Path) -> None:
    there = str(folder).replace("%", "%%")
    for name in ("soma-audit.service", "soma-audit-register.service"):
        assert settings_of(units(soma, folder)[name], "LoadCredential") == [
            f"twitter-token:{there}/x token",
            "facebook-token:/etc/100%%/facebook-token",
            f"facebook-app-secret:{there}/secret",
            f"bluesky-app-password:{there}/password",
            f"mastodon-token-etat@social.example:{there}/mastodon",
        ]


def test_a_run_mails_where_there_is_a_mail_server(soma: Soma, folder: Path) -> None:
    mail = '[mail]\nhost = "smtp.example"\npassword_file = "mail-password"\n'
    service = units(soma, folder, mail)["soma-audit.service"]
    assert " run --mail --quiet " in settings_of(service, "ExecStart")[0]
    assert settings_of(service, "LoadCredential")[0].startswith("mail-password:")
    line, _ = soma("schedule", "--config", folder / "config.toml").out.splitlines()
    assert " run --mail --quiet " in line


def test_without_token_files_there_are_no_credentials(soma: Soma, folder: Path) -> None:
    assert "redential" not in units(soma, folder, "[report]\ndays = 9\n")["soma-audit.service"]


def test_signs_that_mean_something_to_systemd_are_escaped(soma: Soma, folder: Path) -> None:
    service = units(soma, folder)["soma-audit.service"]
    there = str(folder).replace("%", "%%")
    (command,) = settings_of(service, "ExecStart")
    assert f'"{there}/config.toml"'.replace("$", "$$") in command
    assert settings_of(service, "WorkingDirectory") == [there]
    assert settings_of(service, "ReadWritePaths") == [f'"{there}"']


def test_a_service_may_write_where_database_report_and_key_are_only(soma: Soma, folder: Path) -> None:
    config = (
        'database = "/var/lib/soma/a.db"\n'
        '[report]\nfolder = "/srv/reports"\n[privacy]\nkey_file = "/var/lib/keys/soma.key"\n'
    )
    service = units(soma, folder, config)["soma-audit.service"]
    assert settings_of(service, "ReadWritePaths") == ["/srv/reports /var/lib/keys /var/lib/soma"]


@pytest.mark.parametrize(
    ("database", "home"), [("/home/etat/a.db", "read-only"), ("/var/lib/soma/a.db", "yes")]
)
def test_homes_are_seen_only_if_something_that_is_needed_is_there(
    soma: Soma, folder: Path, monkeypatch: pytest.MonkeyPatch, database: str, home: str
) -> None:
    for name in ("prefix", "base_prefix"):
        monkeypatch.setattr(f"sys.{name}", "/usr")
    monkeypatch.setattr("soma_audit.cli.systemd._HOMES", (Path("/home"),))
    service = units(soma, folder, f'database = "{database}"\n')["soma-audit.service"]
    assert settings_of(service, "ProtectHome") == [home]


def test_a_service_runs_as_whoever_owns_the_database_s_folder(
    soma: Soma, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "owner", lambda _: "audit")
    assert settings_of(units(soma, folder)["soma-audit.service"], "User") == ["audit"]


def test_an_owner_without_a_name_is_named_by_number(
    soma: Soma, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nameless(_: Path) -> str:
        raise KeyError

    monkeypatch.setattr(Path, "owner", nameless)
    assert settings_of(units(soma, folder)["soma-audit.service"], "User") == [str(os.getuid())]


def test_where_root_owns_the_folder_a_user_of_its_own_is_advised(
    soma: Soma, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "owner", lambda _: "root")
    assert "# safer: a user of its own" in units(soma, folder)["soma-audit.service"]
