"""Where tokens come from: systemd credentials, a file, or the environment; never the command line."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload

from soma_audit.errors import InvalidInputError
from soma_audit.networks import NETWORKS
from soma_audit.text_files import read_text

if TYPE_CHECKING:
    from soma_audit.config import Config


class NoCredentialError(InvalidInputError):
    """A credential is nowhere to be found: do without its network, or make one."""


@overload
def credential(name: str, setting: str | None, config: Config, *, required: Literal[True] = True) -> str: ...
@overload
def credential(name: str, setting: str | None, config: Config, *, required: bool) -> str | None: ...
def credential(name: str, setting: str | None, config: Config, *, required: bool = True) -> str | None:
    """Find a credential such as `twitter-token`.

    Looks in `$CREDENTIALS_DIRECTORY/NAME` (systemd), `$SOMA_AUDIT_NAME_FILE`, `$SOMA_AUDIT_NAME`, and the file that the
    configuration names, in this order.

    Raises:
        NoCredentialError: it is required and nowhere to be found.
        InvalidInputError: its file cannot be read, or is open to others.
    """
    variable = f"SOMA_AUDIT_{name.upper().replace('-', '_')}"
    if (granted := from_systemd(name)) is not None:
        return granted
    if file := os.environ.get(f"{variable}_FILE"):
        return token_file(Path(file), name)
    if value := os.environ.get(variable):
        return value.strip()
    if setting:
        return token_file(config.path(setting), name)
    if required:
        section, _, key = name.partition("-")
        raise NoCredentialError(
            f"There is no {_title(section)} {key.replace('-', ' ')}. Put it in a file that only you can read and name that file in"
            f" config.toml ([{section}] {key.replace('-', '_')}_file), or set {variable}."
        )
    return None


def from_systemd(name: str) -> str | None:
    """Return a credential that systemd has handed to this service; None: it has not."""
    if (folder := os.environ.get("CREDENTIALS_DIRECTORY")) and (Path(folder) / name).exists():
        return read_text(Path(folder) / name, "The credential").strip()
    return None


def mastodon_credential(owner: str) -> str:
    """Return what the token of a server or an account on Mastodon is called among systemd's credentials."""
    return f"mastodon-token-{owner.lower().removeprefix('@')}"


def credential_files(config: Config) -> dict[str, Path]:
    """Return the files that the configuration names, by the credentials that are in them."""
    named = {
        "twitter-token": config.twitter.token_file,
        "facebook-token": config.facebook.token_file,
        "facebook-app-secret": config.facebook.app_secret_file,
        "bluesky-app-password": config.bluesky.app_password_file,
        "mail-password": config.mail.password_file,
        **{mastodon_credential(owner): file for owner, file in config.mastodon.tokens.items()},
    }
    return {name: config.path(file).absolute() for name, file in named.items() if file}


def token_file(file: Path, name: str) -> str:
    """Return what a file holds that only we may read.

    Raises:
        InvalidInputError: it cannot be read, is empty, or is open to others.
    """
    network, _, key = name.partition("-")
    what = f"The file with the {_title(network)} {key.replace('-', ' ')},"
    with suppress(OSError):  # which reading it tells in a moment
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise InvalidInputError(f"{what} {file}, can be read by others. Run: chmod 600 {file}")
    if text := read_text(file, what).strip():
        return text
    raise InvalidInputError(f"{what} {file}, is empty.")


def _title(section: str) -> str:
    """Return what a section of the configuration is called: a network as it is today, or `mail`."""
    return NETWORKS[section].title_today if section in NETWORKS else section
