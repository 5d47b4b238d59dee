"""Running commands in the test's own process, and the example in a folder of its own."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from soma_audit.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


class Soma(Protocol):
    def __call__(self, *words: str | Path) -> Ended: ...


@pytest.fixture
def soma(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Soma:
    """Run a command in an empty folder and tell how it ended."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str | Path) -> Ended:
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main([str(w) for w in words])
        said = capsys.readouterr()
        return Ended(int(end.value.code or 0), said.out, said.err)

    return run


def example_in(folder: Path, change: Callable[[str], str] = lambda text: text) -> Path:
    """Copy the example's configuration and register into a folder, its saved pages where they are."""
    folder.mkdir(exist_ok=True)
    text = (ROOT / "config.example.toml").read_text("utf-8").replace('"fixtures/', f'"{ROOT}/fixtures/')
    (folder / "config.toml").write_text(change(text), "utf-8")
    return folder / "config.toml"


def untroubled_in(folder: Path) -> Path:
    """The same without the suspended account and the refused settings: an audit in which all is well."""
    shutil.copytree(ROOT / "fixtures" / "ministries-2010", folder / "example", dirs_exist_ok=True)
    register = folder / "example" / "register.csv"
    lines = register.read_text("utf-8").splitlines(keepends=True)
    register.write_text("".join(line for line in lines if "takevarsel" not in line), "utf-8")
    return example_in(
        folder,
        lambda text: text.replace(str(ROOT / "fixtures" / "ministries-2010"), "example").replace(
            "page_settings = true", "page_settings = false"
        ),
    )


def of_few(config: Path, *agencies: str) -> Path:
    """Leave only these agencies in the register, so that a run is done in a moment; return the configuration."""
    text = config.read_text("utf-8")
    (named,) = re.findall(r'^register = "(.*)"', text, re.MULTILINE)
    lines = (config.parent / named).read_text("utf-8").splitlines(keepends=True)
    few = [lines[0], *(line for line in lines if line.partition(",")[0] in agencies)]
    (config.parent / "few.csv").write_text("".join(few), "utf-8")
    text = re.sub(r"^looks = .*\n", "", text, flags=re.MULTILINE)  # at walls of others
    config.write_text(text.replace(f'register = "{named}"', 'register = "few.csv"'), "utf-8")
    return config


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example after one run; only to be read. The folder has example.db, report.html and report.json."""
    folder = tmp_path_factory.mktemp("example")
    with pytest.raises(SystemExit) as end:
        main(["run", "--quiet", "--config", str(example_in(folder))])
    assert end.value.code == 3
    return folder
