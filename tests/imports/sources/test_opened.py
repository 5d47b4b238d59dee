"""What is named on the command line, opened: files, packed files, zips and folders."""

from __future__ import annotations

import gzip
import os
from typing import TYPE_CHECKING

import pytest

from imports.desk import as_zip
from soma_audit.errors import InvalidInputError
from soma_audit.imports.sources.opened import opened

if TYPE_CHECKING:
    from pathlib import Path


def laid(folder: Path, name: str, content: bytes = b"hei") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def held(path: Path) -> dict[str, bytes]:
    """What is inside, by name."""
    found = {}
    with opened(path) as package:
        for name, source in package.members.items():
            with source.open() as stream:
                found[name] = stream.read()
    return found


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b"hei"),
        ("a.json", gzip.compress(b"hei")),
        ("a.gz", gzip.compress(b"hei")),
        ("a.gz", b"hei"),
    ],
    ids=["plain", "packed in spite of its name", "packed", "plain in spite of its name"],
)
def test_a_file_is_known_to_be_packed_by_what_it_holds(name: str, content: bytes, tmp_path: Path) -> None:
    assert held(laid(tmp_path, name, content)) == {name: b"hei"}


def test_a_folder_is_its_files_by_path(tmp_path: Path) -> None:
    laid(tmp_path, "a/data/x.json")
    laid(tmp_path, "a/y.json", gzip.compress(b"hallo"))
    assert held(tmp_path / "a") == {"data/x.json": b"hei", "y.json": b"hallo"}


def test_a_zip_is_its_members_and_those_may_be_packed_again(tmp_path: Path) -> None:
    content = as_zip({"data/x.json": b"hei", "y.json.gz": gzip.compress(b"hallo"), "folder/": b""})
    assert held(laid(tmp_path, "a.bin", content)) == {"data/x.json": b"hei", "y.json.gz": b"hallo"}


@pytest.mark.parametrize("name", ["../x.json", "a/../../x.json", "/etc/x.json", "a/.."])
def test_names_that_lead_out_of_a_zip_are_left_alone(name: str, tmp_path: Path) -> None:
    assert held(laid(tmp_path, "a.zip", as_zip({name: b"ut", "x.json": b"inn"}))) == {"x.json": b"inn"}


def test_links_do_not_lead_out_of_a_folder(tmp_path: Path) -> None:
    laid(tmp_path, "secret/x.json")
    laid(tmp_path, "a/y.json")
    (tmp_path / "a" / "link.json").symlink_to(tmp_path / "secret" / "x.json")
    (tmp_path / "a" / "folder").symlink_to(tmp_path / "secret")
    assert held(tmp_path / "a") == {"y.json": b"hei"}


def test_nothing_is_unpacked_to_disk(tmp_path: Path) -> None:
    path = laid(tmp_path, "a.zip", as_zip({"x.json": b"hei"}))
    held(path)
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]


def test_a_member_that_is_a_bomb_is_not_opened_and_the_others_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("soma_audit.imports.sources.zips.LONGEST", 1 << 16)
    path = laid(tmp_path, "a.zip", as_zip({"x.json": b"hei", "bomb.json": bytes(1 << 20)}))
    with opened(path) as package:
        assert package.members["x.json"].head() == b"hei"
        with pytest.raises(InvalidInputError, match=r"bomb\.json would unpack to \d+ times its size"):
            package.members["bomb.json"].head()


@pytest.mark.parametrize("kept", [10, 35])
def test_a_zip_of_which_nothing_is_left_is_refused(kept: int, tmp_path: Path) -> None:
    path = laid(tmp_path, "a.zip", as_zip({"x.json": b"hei" * 50})[:kept])
    with pytest.raises(InvalidInputError, match="damaged or not complete"), opened(path):
        pass


@pytest.mark.parametrize("name", ["nowhere.json", "no/where.zip"])
def test_what_is_not_there_is_said(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=name), opened(tmp_path / name):
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_said(tmp_path: Path) -> None:
    path = laid(tmp_path, "a.json")
    path.chmod(0)
    with pytest.raises(InvalidInputError, match="Permission denied"), opened(path):
        pass


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b", b"\x1f\x8boops", gzip.compress(b"hei", mtime=0)[:9]])
def test_the_beginning_of_what_is_empty_or_damaged_is_nothing(content: bytes, tmp_path: Path) -> None:
    with opened(laid(tmp_path, "a.gz", content)) as package:
        assert package.sources[0].head() == b""


def test_the_beginning_of_what_breaks_off_is_what_can_be_unpacked(tmp_path: Path) -> None:
    content = gzip.compress(b"".join(b"%d" % (n * 7919) for n in range(999)))
    with opened(laid(tmp_path, "a.gz", content[:-100])) as package:
        assert package.sources[0].head().startswith(b"0791915838")
