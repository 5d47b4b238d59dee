"""`export parquet` and `import --format parquet`, as a user meets them."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from soma_audit.parquet.schemas import VERDICTS

if TYPE_CHECKING:
    from pathlib import Path

    from cli.conftest import Soma


def test_the_example_is_written_and_told(example: Path, soma: Soma, tmp_path: Path) -> None:
    ended = soma("export", "parquet", tmp_path / "out", "--config", example / "config.toml")
    assert ended.code == 0
    assert f"of 31 accounts, 0 reviews and 11 looks to {tmp_path / 'out'}." in ended.out
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"posts", "accounts", "reviews", "looks"}


@pytest.mark.parametrize(
    "words", [["parquet"], ["posts", "somewhere"], ["parquet", "somewhere", "--output", "a.jsonl"]]
)
def test_parquet_wants_a_folder_and_nothing_else_does(words: list[str], example: Path, soma: Soma) -> None:
    ended = soma("export", *words, "--config", example / "config.toml")
    assert ended.code == 2
    assert "Parquet and the archive go into a folder" in ended.err


@pytest.mark.parametrize("words", [["--account", "twitter/x"], ["another"]])
def test_verdicts_want_one_folder_and_nothing_else(
    words: list[str], example: Path, soma: Soma, tmp_path: Path
) -> None:
    ended = soma("import", "--format", "parquet", tmp_path, *words, "--config", example / "config.toml")
    assert ended.code == 2
    assert "Verdicts come in a folder that tells everything" in ended.err


def test_a_folder_without_verdicts_on_our_accounts_is_told(example: Path, soma: Soma, tmp_path: Path) -> None:
    pq.write_table(pa.Table.from_pylist([], VERDICTS), tmp_path / "part-0.parquet")
    ended = soma("import", "--format", "parquet", tmp_path, "--config", example / "config.toml")
    assert ended.code == 3
    assert "has no verdicts on 31 accounts" in ended.err


def test_without_pyarrow_it_says_how_to_get_it(
    example: Path, soma: Soma, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("soma_audit.parquet"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    ended = soma("export", "parquet", tmp_path / "out", "--config", example / "config.toml")
    assert ended.code == 2
    assert "pip install 'soma-audit[parquet]'" in ended.err
