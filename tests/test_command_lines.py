"""Every command line of the documents is run, a block at a time, where an audit of the example has left its files."""

from __future__ import annotations

import gzip
import json
import re
import shlex
import shutil
import sys
from contextlib import chdir
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import pytest

from cli.conftest import example_in, untroubled_in
from conftest import ROOT
from imports.desk import as_lines, as_table, as_zip
from imports.x_files import KARI, archive, page, post, status, tweet
from loopback.night import HANDLES, loopback
from loopback.registers import answer, registers, row
from soma_audit.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from loopback.server import Loopback

PAGES = [*sorted(ROOT.glob("[A-Z]*.md")), *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?:^|[ /])soma-audit ([a-z-][^#|;&>]*)")
INLINE = re.compile(r"`soma-audit ([^`]+)`")
ENDS_WITH = re.compile(r"\A\s*It ends with exit code (\d+)")
"""What a page says, right behind a block, of how a line ends there and further down; else all of them end well."""
STANDS_FOR = re.compile(r"\b[A-Z]{4,}\b|…|network/account")
"""What stands for something else in a text: POST, FILE, COMMAND …; a block has none."""
SET_UP = "/etc/soma-audit"
TRIED = {"bluesky": "etat.example kdd.regjeringen.no", "mastodon": "etat@social.example"}
"""Accounts that the pages look at with `try`, by network."""


@dataclass(frozen=True)
class Block:
    """Lines of a page that are typed one after the other."""

    place: str
    lines: Mapping[str, int]
    """Each with the exit code that it ends with."""


@cache
def blocks() -> list[Block]:
    """Return what the documents say to type."""
    found = []
    for file in PAGES:
        text, name = file.read_text("utf-8"), str(file.relative_to(ROOT))
        ends: dict[str, int] = {}
        for fence in FENCE.finditer(text):
            if fence[1] not in {"", "sh"}:
                continue
            lines = fence[2].replace("\\\n", " ").splitlines()
            typed = tuple(said[1].strip() for line in lines if (said := COMMAND.search(line)))
            told = ENDS_WITH.match(text[fence.end() :])
            if told:
                ends |= dict.fromkeys(typed, int(told[1]))
            if typed:
                place = f"{name}:{text.count(chr(10), 0, fence.start()) + 1}"
                found.append(Block(place, {line: ends.get(line, 0) for line in typed}))
        said_in_passing = sorted(set(INLINE.findall(FENCE.sub("", text))))
        found += [
            Block(f"{name}: {line}", {line: 0}) for line in said_in_passing if not STANDS_FOR.search(line)
        ]
    return found


# --- the files that the lines name, made up and small ---

IN_2010 = {"created_at": "Mon Nov 01 10:20:00 +0000 2010"}
"""The example's clock stands still on 1 December 2010, and what is later is no post."""
AT = 1288606800


def _download() -> bytes:
    posts = "this_profile's_activity_across_facebook/posts/profile_posts_1.json"
    entry = {
        "timestamp": AT,
        "title": "Eksempeletaten published a post.",
        "data": [{"post": "Fristen er 1. mai."}],
    }
    return as_zip({posts: json.dumps([entry]).encode()})


def _content() -> bytes:
    row = {
        "Post ID": "501",
        "Page ID": "100300",
        "Page name": "Lekedepartementet",
        "Description": "Fristen er 1. mai.",
        "Publish time": "11/22/2010 01:14",
        "Permalink": "https://www.facebook.com/100300/posts/501",
        "Is share": "0",
        "Post type": "Photos",
        "Date": "Lifetime",
        "Reactions": "12",
        "Comments": "2",
        "Shares": "3",
    }
    return as_table(row)


def _lines() -> bytes:
    told = {
        "network": "twitter",
        "account": "lysdep_eks",
        "id": "2",
        "author": "kari",
        "by_agency": False,
        "created_at": "2010-11-01T10:20:00Z",
        "text": "@lysdep_eks Når er fristen?",
    }
    return as_lines(told)


FILES: dict[str, Callable[[], bytes]] = {
    "twitter-archive.zip": lambda: as_zip(archive(tweet("1", "Åpent i dag", **IN_2010))),
    "facebook-download.zip": _download,
    "content.csv": _content,
    "search.jsonl.gz": lambda: gzip.compress(
        as_lines(page(post("3", "@lysdep_eks Er det åpent?", created_at="2010-11-01T10:20:00.000Z")))
    ),
    "mentions.jsonl": lambda: as_lines(status("4", "@lysdep_eks Hvem svarer?", KARI, **IN_2010)),
    "posts.jsonl.gz": lambda: gzip.compress(_lines()),
    "posts.csv": lambda: as_table(
        {"Tekst": "Fristen er 1. mai.", "Tid": "2010-11-22 01:14", "Avsender": "eksempeletat"}
    ),
    "wall.png": lambda: b"a picture",
}


# --- running them ---


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example after one run, without what its makers have broken on purpose; only to be copied."""
    folder = tmp_path_factory.mktemp("audited") / "here"
    with pytest.raises(SystemExit) as end:
        main(["run", "--quiet", "--config", str(untroubled_in(folder))])
    assert end.value.code in {None, 0}
    return folder


@pytest.fixture
def here(audited: Path, tmp_path: Path) -> Iterator[Path]:
    """A folder to type in, with the example's results and the files that lines name."""
    folder = tmp_path / "here"
    shutil.copytree(audited, folder)
    shutil.copy(example_in(tmp_path / "troubled"), folder / "config.example.toml")
    for name, content in FILES.items():
        (folder / name).write_bytes(content())
    with chdir(folder):
        yield folder


@pytest.fixture
def networks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    with loopback(monkeypatch) as open_:
        yield open_


@pytest.fixture
def wikidata() -> Iterator[str]:
    """A query service that knows one ministry."""
    with registers() as made:
        made.body = answer(row("Q1", "Regn- og paraplydepartementet", "P2002", "regndep_eks"))
        yield made.url


class Typing:
    """Somebody who types what a page says, and has done between the lines what it says to do."""

    def __init__(
        self, folder: Path, networks: Loopback, wikidata: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.folder, self.set_up, self.wikidata = folder, folder / "etc", wikidata
        self.networks, self.monkeypatch = networks, monkeypatch

    def type(self, line: str) -> int:
        """Run a line; return its exit code."""
        if line.startswith("init") and SET_UP not in line:  # whoever begins, begins in an empty folder
            (self.folder / "empty").mkdir()
            with chdir(self.folder / "empty"):
                return self._run(shlex.split(line))
        if line.startswith("try"):
            config = f'[bluesky]\napi_url = "{self.networks.url}"\n{self._servers()}'
            (self.folder / "tried.toml").write_text(config, "utf-8")
            return self._run([*shlex.split(line), "--config", "tried.toml"])
        if SET_UP in line and not line.startswith("init") and not self.set_up.exists():
            self._run(["init", "--register", "norway-ministries", str(self.set_up)])
            self._write_own_register()
        words = [word.replace(SET_UP, str(self.set_up)) for word in shlex.split(line)]
        code = self._run(words)
        if words[0] == "init":
            self._write_own_register()
        return code

    def _run(self, words: list[str]) -> int:
        with (self.folder / "posts.jsonl.gz").open("rb") as sent, self.monkeypatch.context() as patch:
            patch.setattr(
                sys, "stdin", type("Sent", (), {"buffer": sent, "fileno": sent.fileno, "isatty": sent.isatty})
            )
            with pytest.raises(SystemExit) as end:
                main(words)
        return int(end.value.code or 0)

    def _write_own_register(self) -> None:
        """List the accounts that the fake networks know, and lead the configuration to these networks."""
        accounts = [f"etat,Etaten,agency,{network},{handle}" for network, handle in HANDLES.items()]
        lines = ["agency,name,kind,network,handle", *accounts]
        (self.set_up / "register.csv").write_text("\n".join(lines) + "\n", "utf-8")
        config = self.set_up / "config.toml"
        text = config.read_text("utf-8")
        text = text.replace(
            '# api_url = "https://query.wikidata.org/sparql"', f'api_url = "{self.wikidata}/sparql"'
        )
        for key, networks in (("api_url", 2), ("graph_url", 1)):
            text, times = re.subn(
                rf"^# {key} = .*$", f'{key} = "{self.networks.url}"', text, flags=re.MULTILINE
            )
            assert times == networks
        config.write_text(text + self._servers(), "utf-8")

    def _servers(self) -> str:
        """Lead to Mastodon's servers, and let the accounts that the pages look at be there."""
        for network, handle in TRIED.items():
            here = self.networks.bluesky if network == "bluesky" else self.networks.mastodon
            if network == "mastodon":
                self.networks.mastodon.server(handle.partition("@")[2])
            for name in handle.split():
                if here.world.named(name) is None:
                    here.world.say(here.world.person(name, "Etaten"), "God morgen")
        names = "\n".join(
            f'"{name}" = "{self.networks.url}/on/{name}"' for name in self.networks.mastodon.servers
        )
        return f"\n[mastodon.servers]\n{names}\n"


@pytest.mark.parametrize("block", blocks(), ids=lambda block: block.place)
def test_every_command_line_of_the_documents_does_what_its_page_says(
    block: Block,
    here: Path,
    networks: Loopback,
    wikidata: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    at_the_keyboard = Typing(here, networks, wikidata, monkeypatch)
    for line, ends_with in block.lines.items():
        assert at_the_keyboard.type(line) == ends_with, (line, capsys.readouterr().out[-3000:])


def test_no_block_has_words_that_stand_for_something_else() -> None:
    assert [block for block in blocks() for line in block.lines if STANDS_FOR.search(line)] == []


def test_each_file_that_is_laid_out_is_named_in_a_line() -> None:
    pages = "".join(file.read_text("utf-8") for file in PAGES)
    assert [name for name in FILES if name not in pages] == []
