"""Every text that is read may be written as Windows, PowerShell, Excel, an old Mac or DOS writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imports.test_looks import HEAD, LINE, NOW
from soma_audit import config, register
from soma_audit.audit import accepted
from soma_audit.collect.credentials import credential
from soma_audit.collect.pseudonyms import load_key
from soma_audit.errors import InvalidInputError
from soma_audit.imports import looks
from soma_audit.text_files import STANDARD_INPUT, name_of, read_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WAYS: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "Notepad's UTF-8": lambda text: text.encode("utf-8-sig"),
    "PowerShell's UTF-16": lambda text: b"\xff\xfe" + text.encode("utf-16-le"),
    "UTF-16 the other way round": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "UTF-16 without a mark": lambda text: text.encode("utf-16-le"),
    "the same the other way round": lambda text: text.encode("utf-16-be"),
    "UTF-32": lambda text: text.encode("utf-32"),
    "Windows' line ends": lambda text: text.replace("\n", "\r\n").encode(),
    "old Macs' line ends": lambda text: text.replace("\n", "\r").encode(),
    "DOS's end": lambda text: text.encode() + b"\x1a",
    "the rest of a block": lambda text: text.encode() + bytes(512),
    "all of Notepad's": lambda text: b"\xff\xfe" + text.replace("\n", "\r\n").encode("utf-16-le"),
}
MARKED = {name: way for name, way in WAYS.items() if "Notepad" in name or "UTF" in name}
EXCEL: Callable[[str], bytes] = lambda text: text.encode("cp1252")  # noqa: E731 - a row of the table
TABLES = {**WAYS, "Excel's": EXCEL}
REGISTER = "agency,name,kind,network,handle\neksempel,Småetaten på Øya,agency,twitter,eksempeletat\n"


@pytest.fixture(params=[*WAYS.values()], ids=[*WAYS])
def way(request: pytest.FixtureRequest) -> Callable[[str], bytes]:
    found: Callable[[str], bytes] = request.param
    return found


def laid(folder: Path, content: bytes) -> Path:
    file = folder / "file"
    file.write_bytes(content)
    file.chmod(0o600)
    return file


def test_a_configuration(way: Callable[[str], bytes], tmp_path: Path) -> None:
    file = laid(tmp_path, way('[report]\ntitle = "Svarer noen på Øya?"\n'))
    assert config.load(file).report.title == "Svarer noen på Øya?"


@pytest.mark.parametrize("written", TABLES.values(), ids=TABLES)
def test_a_register(written: Callable[[str], bytes], tmp_path: Path) -> None:
    (agency,) = register.load(laid(tmp_path, written(REGISTER))).agencies
    assert agency.name == "Småetaten på Øya"


@pytest.mark.parametrize("written", TABLES.values(), ids=TABLES)
def test_a_file_of_looks(written: Callable[[str], bytes], tmp_path: Path) -> None:
    found = looks.read(laid(tmp_path, written(f"{HEAD}\n{LINE}Står på Øya\n")), NOW)
    assert ([look.note for _, _, _, look in found.looks], found.bad_lines) == (["Står på Øya"], [])


def test_accepted_findings(way: Callable[[str], bytes], tmp_path: Path) -> None:
    text = '[[accepted]]\nfinding = "gap"\naccount = "twitter/a"\nuntil = 2026-12-31\nreason = "på Øya"\n'
    assert [entry.reason for entry in accepted.load(laid(tmp_path, way(text)))] == ["på Øya"]


def test_a_token(way: Callable[[str], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOMA_AUDIT_TWITTER_TOKEN_FILE", str(laid(tmp_path, way("AAAA%3Dtoken\n"))))
    assert credential("twitter-token", None, config.Config()) == "AAAA%3Dtoken"


def test_a_token_of_systemd(
    way: Callable[[str], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid(tmp_path, way("AAAA%3Dtoken\n")).rename(tmp_path / "twitter-token")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert credential("twitter-token", None, config.Config()) == "AAAA%3Dtoken"


@pytest.mark.parametrize("written", MARKED.values(), ids=MARKED)
def test_the_key_to_the_pseudonyms_is_the_same_key(written: Callable[[str], bytes], tmp_path: Path) -> None:
    text = "0123456789abcdef" * 4 + "\n"
    plain = load_key(laid(tmp_path, text.encode()), known=None).hash
    assert load_key(laid(tmp_path, written(text)), known=plain).hash == plain


def test_a_key_that_is_no_text_stays_as_it_is(tmp_path: Path) -> None:
    file = laid(tmp_path, b"\xff\xfe" + bytes(range(200, 250)))
    assert (
        load_key(file, known=None).hash != load_key(laid(tmp_path, bytes(range(200, 250))), known=None).hash
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file"),
        (b"\x81\x8d", "not text in UTF-8"),
        (b"\xff\xfe\x00\xd8", "not text in UTF-8"),
        (b"\xff\xfea", "not text in UTF-8"),
    ],
    ids=["missing", "bytes that are no letters", "half a character", "half a letter"],
)
def test_what_cannot_be_read_is_told(content: bytes | None, said: str, tmp_path: Path) -> None:
    file = tmp_path / "file" if content is None else laid(tmp_path, content)
    with pytest.raises(InvalidInputError, match=f"The list .*file cannot be read: .*{said}"):
        read_text(file, "The list", table=True)


def test_a_folder_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="Is a directory"):
        read_text(tmp_path, "The list")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Årsrapport 2025.csv", "Årsrapport 2025.csv"),
        ("a\nb", r"a\nb"),
        ("\x1b[2Ja", r"\x1b[2Ja"),
        ("a\udcff", r"a\udcff"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        (f"/tmp/x/{STANDARD_INPUT}", STANDARD_INPUT),
    ],
)
def test_a_name_is_shown_so_that_any_screen_takes_it(name: str, shown: str) -> None:
    assert name_of(name) == shown
