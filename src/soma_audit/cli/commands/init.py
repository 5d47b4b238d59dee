"""`soma-audit init`."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import click

from soma_audit.errors import InvalidInputError

REGISTERS = ("norway-ministries",)


@click.command()
@click.option(
    "--register", type=click.Choice(REGISTERS), help="Start from this register instead of an empty one."
)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
def init(register: str | None, folder: Path) -> None:
    """Write config.toml and register.csv into FOLDER (here, if none is named). Nothing is overwritten.

    \b
    Example:
      soma-audit init --register norway-ministries /etc/soma-audit
    """
    from soma_audit.register import COLUMNS

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInputError(f"The folder {folder} cannot be made: {error.strerror}.") from error
    if there := [name for name in ("config.toml", "register.csv") if (folder / name).exists()]:
        raise InvalidInputError(
            f"{' and '.join(there)} already exist{'s' if len(there) == 1 else ''} in {folder.absolute()}. Nothing was written."
        )
    lines = ",".join(COLUMNS) + "\n"
    if register:
        lines = files("soma_audit.registers").joinpath(f"{register}.csv").read_text("utf-8")
    (folder / "register.csv").write_text(lines, "utf-8")
    (folder / "config.toml").write_text(
        files("soma_audit.cli").joinpath("config_template.toml").read_text("utf-8"), "utf-8"
    )
    click.echo(f"Wrote {folder / 'config.toml'} and {folder / 'register.csv'}.")
    if register:
        click.echo(
            "The accounts are as recorded in Wikidata on 2 January 2026: look each one up before you rely on it."
            " `soma-audit register import --country NO --kind ministry` tells what has changed since."
        )
    click.echo("Next: put your tokens where config.toml says, then `soma-audit run`.")
