"""Tokens come from files and the environment, in a fixed order, and never from a file that others can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from soma_audit.collect.credentials import credential, credential_files, mastodon_credential
from soma_audit.config import Config, parse
from soma_audit.errors import InvalidInputError

if TYPE_CHECKING:
    from pathlib import Path

NAME = "twitter-token"


def private(file: Path, text: str) -> Path:
    file.write_text(text + "\n")
    file.chmod(0o600)
    return file


def every_place(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Put a different token in each place; give the setting that names the last one."""
    (folder / "systemd").mkdir()
    private(folder / "systemd" / NAME, "from systemd")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder / "systemd"))
    monkeypatch.setenv("SOMA_AUDIT_TWITTER_TOKEN_FILE", str(private(folder / "named", "from the named file")))
    monkeypatch.setenv("SOMA_AUDIT_TWITTER_TOKEN", " from the environment ")
    return str(private(folder / "setting", "from the setting"))


@pytest.mark.parametrize(
    ("without", "found"),
    [
        ([], "from systemd"),
        (["CREDENTIALS_DIRECTORY"], "from the named file"),
        (["CREDENTIALS_DIRECTORY", "SOMA_AUDIT_TWITTER_TOKEN_FILE"], "from the environment"),
        (
            ["CREDENTIALS_DIRECTORY", "SOMA_AUDIT_TWITTER_TOKEN_FILE", "SOMA_AUDIT_TWITTER_TOKEN"],
            "from the setting",
        ),
    ],
)
def test_the_first_place_that_has_one_counts(
    without: list[str], found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting = every_place(tmp_path, monkeypatch)
    for name in without:
        monkeypatch.delenv(name)
    assert credential(NAME, setting, Config()) == found


def test_systemds_folder_without_this_credential_is_passed_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting = every_place(tmp_path, monkeypatch)
    (tmp_path / "systemd" / NAME).unlink()
    assert credential(NAME, setting, Config()) == "from the named file"


def test_a_missing_one_says_what_to_do() -> None:
    with pytest.raises(InvalidInputError) as error:
        credential("facebook-app-secret", None, Config())
    assert "[facebook] app_secret_file" in str(error.value)
    assert "SOMA_AUDIT_FACEBOOK_APP_SECRET" in str(error.value)


def test_a_missing_one_that_is_not_required_is_none() -> None:
    assert credential("facebook-app-secret", None, Config(), required=False) is None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_file_that_others_can_touch_is_refused(mode: int, tmp_path: Path) -> None:
    file = private(tmp_path / "token", "secret")
    file.chmod(mode)
    with pytest.raises(InvalidInputError, match="chmod 600"):
        credential(NAME, str(file), Config())


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="is empty"):
        credential(NAME, str(private(tmp_path / "token", "")), Config())


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="nowhere"):
        credential(NAME, str(tmp_path / "nowhere"), Config())


def test_no_refusal_quotes_the_token(tmp_path: Path) -> None:
    file = private(tmp_path / "token", "very-secret")
    file.chmod(0o644)
    with pytest.raises(InvalidInputError) as error:
        credential(NAME, str(file), Config())
    assert "very-secret" not in str(error.value)


def test_every_file_that_the_configuration_names_is_told_by_what_is_in_it(tmp_path: Path) -> None:
    config = parse(
        {
            "twitter": {"token_file": "x"},
            "facebook": {"app_secret_file": "/etc/secret"},
            "mastodon": {"tokens": {"@Etat@Social.example": "m"}},
        },
        tmp_path / "config.toml",
    )
    assert {name: str(file) for name, file in credential_files(config).items()} == {
        "twitter-token": str(tmp_path / "x"),
        "facebook-app-secret": "/etc/secret",
        mastodon_credential("etat@social.example"): str(tmp_path / "m"),
    }
