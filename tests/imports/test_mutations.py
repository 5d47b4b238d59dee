"""A few hundred of the mutated files of `benchmarks/mutations.py`, which runs any number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.mutations import SAMPLES, Mutations

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 300


def test_each_import_of_a_mutated_file_ends_in_order(tmp_path: Path) -> None:
    run = Mutations(seed=7, folder=tmp_path)
    for number in range(COUNT):
        run.run(number)
    run.end()
    assert run.failures == []
    assert sum(run.ended.values()) == COUNT
    assert set(run.ended) == {"0", "2", "3"}


@pytest.mark.parametrize("name", [name for name in SAMPLES if name != "import: twarc's users"])
def test_the_sound_files_that_are_mutated_are_sound(name: str, tmp_path: Path) -> None:
    run = Mutations(seed=7, folder=tmp_path)
    run.run(1, (name, SAMPLES[name]))
    run.end()
    assert (run.failures, run.ended) == ([], {"0": 1})


def test_an_input_is_the_same_whatever_ran_before(tmp_path: Path) -> None:
    run = Mutations(seed=7, folder=tmp_path)
    before = run.input(3)
    run.input(4)
    assert run.input(3) == before
    assert run.input(3) != Mutations(seed=8, folder=tmp_path).input(3)
