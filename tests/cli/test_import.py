"""`soma-audit import`: what is said of files, and what has to be said to it."""

from __future__ import annotations

import gzip
import io
import json
import os
import socket
import subprocess
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook

from imports.desk import as_zip
from soma_audit import imports as files
from soma_audit.cli.commands.import_ import FORMATS
from soma_audit.imports.formats.jsonl import JsonLines
from soma_audit.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cli.conftest import Soma
    from soma_audit.imports.sources.opened import Source

TABLE = "Tekst;Tid;Avsender\nNår åpner dere?;2.3.2026 10:14;@kari_test\n@kari_test I morgen.;2.3.2026 11:00;eksempeletat\n"
NAMED = ("--column", "text=Tekst", "--column", "created_at=Tid", "--column", "author=Avsender")
WHOSE = ("--account", "twitter/eksempeletat")
OSLO = ("--timezone", "Europe/Oslo")


def a_table(folder: Path, text: str = TABLE) -> Path:
    (folder / "posts.csv").write_text(text, "utf-8")
    return folder / "posts.csv"


def a_search(folder: Path, *posts: dict[str, Any]) -> Path:
    """Pages of a search, which hold many people's posts."""
    users = [{"id": "1000000001", "username": "eksempeletat"}, {"id": "2000000002", "username": "kari_test"}]
    page = {"data": list(posts), "includes": {"users": users}, "meta": {"result_count": len(posts)}}
    (folder / "search.jsonl").write_text(json.dumps(page) + "\n", "utf-8")
    return folder / "search.jsonl"


def a_post(text: str, **more: Any) -> dict[str, Any]:
    own = {"id": "1900000000000000002", "text": text, "author_id": "2000000002"}
    return {**own, "created_at": "2026-03-02T09:14:00.000Z", **more}


def outcome(soma: Soma, *words: str | Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(soma("import", "--json", *words).out)
    return told


def test_every_format_that_can_be_read_can_be_named() -> None:
    assert sorted(FORMATS) == sorted([*(f.name for f in files.FORMATS), "looks", "parquet"])


def test_help_is_there_before_any_library_is() -> None:
    code = (
        "import sys\nfrom soma_audit.cli import main\ntry: main(['import', '--help'])\nexcept SystemExit: pass\n"
        "print(sorted({'httpx', 'tweepy', 'facebook', 'sqlite_utils', 'rich', 'zoneinfo'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_tells_what_each_file_is_and_what_came_of_it(soma: Soma, tmp_path: Path) -> None:
    ended = soma("import", *WHOSE, *OSLO, *NAMED, a_table(tmp_path))
    assert ended.code == 0
    assert "posts.csv: table of posts, 1 own and 1 visitors' posts." in ended.out
    assert "Read 2 lines: 2 new and 0 changed posts on 1 account." in ended.out


def test_says_the_same_to_machines(soma: Soma, tmp_path: Path) -> None:
    told = outcome(soma, *WHOSE, *OSLO, *NAMED, a_table(tmp_path))
    file = {"file": "posts.csv", "format": "csv", "own": 1, "visitors": 1, "left_closed": 0}
    assert told["files"] == [file]
    assert (told["new"], told["changed"], told["bad"], told["exit"]) == (2, 0, 0, 0)


def test_again_changes_nothing(soma: Soma, tmp_path: Path) -> None:
    words = (*WHOSE, *OSLO, *NAMED, a_table(tmp_path))
    soma("import", *words)
    again = outcome(soma, *words)
    assert (again["new"], again["changed"]) == (0, 0)


def test_quiet_says_nothing_when_all_is_well(soma: Soma, tmp_path: Path) -> None:
    ended = soma("import", "--quiet", *WHOSE, *OSLO, *NAMED, a_table(tmp_path))
    assert (ended.out, ended.err) == ("", "")


def test_a_bad_row_is_named_even_when_quiet(soma: Soma, tmp_path: Path) -> None:
    table = a_table(tmp_path, TABLE + "Hva nå?;i går;@ola_prove\n")
    ended = soma("import", "--quiet", *WHOSE, *OSLO, *NAMED, table)
    assert ended.code == 3
    assert ended.out == ""
    assert "posts.csv line 4: created_at is not a time" in ended.err
    assert "Hva nå" not in ended.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param((*WHOSE, *NAMED), "--timezone Europe/Oslo", id="times without a zone"),
        pytest.param((*OSLO, *NAMED), "Name one account, as in --account", id="nobody's wall"),
        pytest.param((*WHOSE, *OSLO), "was not recognised", id="columns of other names"),
        pytest.param((*WHOSE, *OSLO, "--format", "csv"), '--column text="…"', id="the same, forced"),
        pytest.param((*WHOSE, *OSLO, *NAMED[:4]), '--column author="…"', id="no writer"),
        pytest.param(
            (*WHOSE, *OSLO, *NAMED, "--column", "likes=Liker"), "is not a known field", id="an unknown thing"
        ),
        pytest.param(
            (*WHOSE, *OSLO, *NAMED, "--column", "id=Nummer"), "no column 'nummer'", id="no such column"
        ),
        pytest.param(("--account", "eksempeletat"), "twitter/eksempeletat", id="an account without network"),
        pytest.param(("--timezone", "Oslo"), "write it as Europe/Oslo", id="no time zone"),
        pytest.param(("--column", "Tekst"), "write it as text=Tekst", id="a column for nothing"),
        pytest.param(("--format", "excel"), "is not one of", id="no such format"),
        pytest.param(("--format", "looks"), "is not a file of looks", id="forced to be what it is not"),
    ],
)
def test_a_missing_option_is_named_and_nothing_is_imported(
    words: tuple[str, ...], said: str, soma: Soma, tmp_path: Path
) -> None:
    ended = soma("import", *words, a_table(tmp_path))
    assert ended.code == 2
    assert said in ended.err
    if (tmp_path / "soma-audit.db").exists():
        with Store(tmp_path / "soma-audit.db") as store:
            assert store.execute("select count(*) from post").fetchone() == (0,)


def test_one_bad_file_among_good_ones_imports_nothing(soma: Soma, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Kjære dagbok\n", "utf-8")
    ended = soma("import", *WHOSE, *OSLO, *NAMED, a_table(tmp_path), "notes.txt")
    assert ended.code == 2
    with Store(tmp_path / "soma-audit.db") as store:
        assert store.execute("select count(*) from post").fetchone() == (0,)


class TestFilesOfManyPeople:
    """Posts are searched for the accounts of the register, and those named."""

    def test_whoever_is_not_of_the_register_is_kept_out_and_counted(self, soma: Soma, tmp_path: Path) -> None:
        search = a_search(
            tmp_path, a_post("@eksempeletat Når?"), a_post("@ola_prove Hei", id="1900000000000000003")
        )
        ended = soma("import", *WHOSE, search)
        assert ended.code == 0
        assert "Kept out: posts neither from nor to an account of the register (1)." in ended.out

    def test_nothing_at_all_is_not_passed_over_in_silence(self, soma: Soma, tmp_path: Path) -> None:
        ended = soma("import", "--quiet", a_search(tmp_path, a_post("@ola_prove Hei")))
        assert ended.code == 3
        assert "--account twitter/HANDLE" in ended.err

    def test_where_all_is_hidden_from_the_public_no_account_is_asked_for(
        self, soma: Soma, tmp_path: Path
    ) -> None:
        entry = {"tweet": {"id_str": "3", "full_text": "Slettet"}}
        script = f"window.YTD.deleted_tweets.part0 = {json.dumps([entry])}"
        (tmp_path / "deleted-tweets.js").write_text(script, "utf-8")
        ended = soma("import", *WHOSE, "deleted-tweets.js")
        assert (ended.code, ended.err) == (0, "")
        assert "Kept out: posts that an X archive holds apart" in ended.out

    def test_the_register_of_the_configuration_is_known(self, soma: Soma, tmp_path: Path) -> None:
        (tmp_path / "register.csv").write_text(
            "agency,name,kind,network,handle\netaten,Eksempeletaten,agency,twitter,eksempeletat\n", "utf-8"
        )
        (tmp_path / "config.toml").write_text("", "utf-8")
        told = outcome(soma, a_search(tmp_path, a_post("@eksempeletat Når?")))
        assert (told["new"], told["taken_in"]) == (1, [])


def test_looks_at_walls_come_in_beside_posts(soma: Soma, tmp_path: Path) -> None:
    (tmp_path / "looks.csv").write_text(
        "network,handle,observed_at,observer,question,seen,signed_in\n"
        "twitter,eksempeletat,2026-03-02T09:30:00+01:00,KT,commenting,open,ordinary-account\n",
        "utf-8",
    )
    soma("import", *WHOSE, *OSLO, *NAMED, a_table(tmp_path))
    told = outcome(soma, "looks.csv", *WHOSE, *OSLO, *NAMED, "posts.csv")
    assert (told["looks"], told["new"], told["exit"]) == (1, 0, 0)


def test_of_a_damaged_zip_says_to_get_it_again(soma: Soma, tmp_path: Path) -> None:
    (tmp_path / "archive.zip").write_bytes(b"PK\x03\x04 and nothing more")
    ended = soma("import", "archive.zip")
    assert ended.code == 2
    assert "Download it again" in ended.err


def test_of_an_archive_says_what_cannot_be_known_from_it(soma: Soma, tmp_path: Path) -> None:
    (tmp_path / "archive" / "data").mkdir(parents=True)
    tweet = {
        "id_str": "1900000000000000003",
        "created_at": "Mon Mar 02 10:20:00 +0000 2026",
        "full_text": "Hei",
    }
    for name, what, value in (
        ("tweets", "tweets", {"tweet": tweet}),
        ("account", "account", {"account": {"accountId": "1000000001", "username": "eksempeletat"}}),
    ):
        text = f"window.YTD.{what}.part0 = {json.dumps([value])}"
        (tmp_path / "archive" / "data" / f"{name}.js").write_text(text, "utf-8")
    (tmp_path / "archive" / "data" / "direct-messages.js").write_text(
        "window.YTD.direct_messages.part0 = [", "utf-8"
    )
    ended = soma("import", "archive")
    assert ended.code == 0
    assert "archive: X archive, 1 own and 0 visitors' posts; not opened: 1 other file." in ended.out
    assert "cannot be known from it" in ended.out


def test_a_file_without_news_leaves_no_page(soma: Soma, tmp_path: Path) -> None:
    soma("import", "--quiet", a_search(tmp_path, a_post("@ola_prove Hei")))
    with Store(tmp_path / "soma-audit.db") as store:
        assert store.execute("select count(*) from page").fetchone() == (0,)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        pytest.param("empty.json", b"", "empty.json is empty.", id="nothing"),
        pytest.param(
            "blank.json", b"\xef\xbb\xbf \r\n\0\0\x1a", "blank.json is empty.", id="nothing but blanks"
        ),
        pytest.param(
            "notes.txt", b"Hei", "  twitter-archive: X archive", id="something else: what would be read"
        ),
        pytest.param("picture.png", b"\x89PNG\r\n", "was not recognised", id="a picture"),
    ],
)
def test_an_unrecognised_file_is_refused(
    name: str, content: bytes, said: str, soma: Soma, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    ended = soma("import", name)
    assert (ended.code, said in ended.err) == (2, True)


def test_a_workbook_is_told_what_to_become(soma: Soma, tmp_path: Path) -> None:
    book = Workbook()
    book.save(tmp_path / "posts.xlsx")
    assert "Save its sheet as CSV" in soma("import", "posts.xlsx").err


def test_a_file_of_one_account_is_not_of_two(soma: Soma, tmp_path: Path) -> None:
    (tmp_path / "tweets.js").write_text('window.YTD.tweets.part0 = [{"tweet": {"id_str": "1"}}]', "utf-8")
    ended = soma("import", *WHOSE, "--account", "twitter/nabodep", "tweets.js")
    assert (ended.code, "twitter/eksempeletat, twitter/nabodep: name one" in ended.err) == (2, True)


def test_many_files_are_told_by_their_kind(soma: Soma, tmp_path: Path) -> None:
    for number in range(21):
        page = a_search(tmp_path, a_post("@eksempeletat Når?", id=f"19000000000000000{number:02}"))
        page.rename(tmp_path / f"page{number}.jsonl")
    ended = soma("import", *WHOSE, *tmp_path.glob("page*.jsonl"))
    assert "X API v2 pages: 21 files, 0 own and 21 visitors' posts." in ended.out
    assert "page1.jsonl" not in ended.out


class TestStandardInput:
    """- is what another program sends: kept while it is read, and removed."""

    LINE = (
        '{"network":"twitter","account":"eksempeletat","id":"1","created_at":"2026-03-02T09:14:00Z",'
        '"text":"Når åpner dere?","by_agency":false}\n'
    )

    @pytest.fixture
    def send(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., None]]:
        """Let standard input hold something; afterwards nothing of it is left."""
        spools = tmp_path / "spools"
        spools.mkdir()
        monkeypatch.setattr("tempfile.tempdir", str(spools))

        def put(content: bytes, modified: float | None = None) -> None:
            (tmp_path / "sent").write_bytes(content)
            if modified is not None:
                os.utime(tmp_path / "sent", (modified, modified))
            monkeypatch.setattr("sys.stdin", opened.enter_context((tmp_path / "sent").open("r")))

        with ExitStack() as opened:
            yield put
        assert list(spools.iterdir()) == []

    @pytest.mark.parametrize(
        "content",
        [
            pytest.param(LINE.encode(), id="lines"),
            pytest.param(b"\xef\xbb\xbf" + LINE.encode(), id="with a mark"),
            pytest.param(gzip.compress(LINE.encode()), id="packed"),
            pytest.param(as_zip({"posts.jsonl": LINE.encode()}), id="a zip"),
        ],
    )
    def test_it_is_read_as_a_file_is(self, content: bytes, soma: Soma, send: Callable[..., None]) -> None:
        send(content)
        ended = soma("import", "-")
        assert ended.code == 0
        assert "standard input" in ended.out
        assert "1 new" in ended.out

    def test_a_table_with_all_its_options(self, soma: Soma, send: Callable[..., None]) -> None:
        send(TABLE.encode())
        assert soma("import", "--format", "csv", *WHOSE, *OSLO, *NAMED, "-").code == 0

    def test_beside_other_files(self, soma: Soma, send: Callable[..., None], tmp_path: Path) -> None:
        send(self.LINE.encode())
        told = outcome(soma, *WHOSE, *OSLO, *NAMED, "-", a_table(tmp_path))
        assert (told["new"], [f["file"] for f in told["files"]]) == (3, ["standard input", "posts.csv"])

    def test_looks_at_walls_with_a_picture_beside(
        self, soma: Soma, send: Callable[..., None], tmp_path: Path
    ) -> None:
        soma("import", *WHOSE, *OSLO, *NAMED, a_table(tmp_path))
        (tmp_path / "wall.png").write_bytes(b"picture")
        send(
            b"network,handle,observed_at,observer,question,seen,signed_in,file\n"
            b"twitter,eksempeletat,2026-03-02T09:30:00+01:00,KT,commenting,open,ordinary-account,wall.png\n"
        )
        told = outcome(soma, "-")
        assert (told["looks"], told["bad_looks"]) == (1, [])

    def test_a_bad_line_is_named_in_it(self, soma: Soma, send: Callable[..., None]) -> None:
        send(self.LINE.encode() + b"{\n")
        ended = soma("import", "--quiet", "-")
        assert (ended.code, "standard input line 2: is not JSON" in ended.err) == (3, True)

    def test_it_is_as_old_as_the_file_that_was_redirected(
        self, soma: Soma, send: Callable[..., None], tmp_path: Path
    ) -> None:
        send(self.LINE.encode(), modified=1_772_500_000)
        soma("import", "-")
        with Store(tmp_path / "soma-audit.db") as store:
            assert store.execute("select fetched_at from page").fetchone() == ("2026-03-03T01:06:40Z",)

    @pytest.mark.parametrize(
        ("content", "words", "said"),
        [
            (b"x", ("-", "-"), "Standard input can be read only once"),
            (b"", ("-",), "standard input is empty."),
            (b"hei", ("-",), "standard input was not recognised"),
            (b"PK\x03\x04", ("-",), "standard input cannot be read: the zip is damaged"),
            (b"a,b\n", ("--format", "looks", "-"), "standard input is not a file of looks"),
        ],
    )
    def test_what_is_wrong_is_told(
        self, content: bytes, words: tuple[str, ...], said: str, soma: Soma, send: Callable[..., None]
    ) -> None:
        send(content)
        ended = soma("import", *words)
        assert (ended.code, said in ended.err) == (2, True)

    @pytest.mark.parametrize(
        ("stdin", "said"), [(None, "There is no standard input"), ("tty", "zcat posts.jsonl.gz |")]
    )
    def test_a_person_at_the_keyboard_is_told_what_to_do(
        self, stdin: str | None, said: str, soma: Soma, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Keyboard(io.StringIO):
            def isatty(self) -> bool:
                return True

        monkeypatch.setattr("sys.stdin", Keyboard() if stdin else None)
        ended = soma("import", "-")
        assert (ended.code, said in ended.err) == (2, True)

    def test_nothing_is_left_when_the_program_is_ended(self, tmp_path: Path) -> None:
        (tmp_path / "spools").mkdir()
        code = (
            "import os, signal, sys; from pathlib import Path; from soma_audit.cli.given import files_given\n"
            "with files_given([Path('-')]) as (file,):\n"
            "    print(file.read_text('utf-8'), end='', flush=True); os.kill(os.getpid(), signal.SIGTERM)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            input=self.LINE.encode(),
            capture_output=True,
            env={**os.environ, "TMPDIR": str(tmp_path / "spools")},
            check=False,
        )
        assert (done.returncode, done.stdout.decode()) == (143, self.LINE)
        assert list((tmp_path / "spools").iterdir()) == []


class TestOddNames:
    """What is named on the command line may be anything that a disk holds."""

    def test_what_is_no_file_is_told_and_not_waited_for(self, soma: Soma, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        with socket.socket(socket.AF_UNIX) as ear:
            ear.bind("socket")
            for name in ("pipe", "socket", "/dev/zero"):
                ended = soma("import", name)
                assert (ended.code, "not a file. Send what it holds" in ended.err) == (2, True)

    def test_pipes_in_a_folder_are_left_alone(self, soma: Soma, tmp_path: Path) -> None:
        (tmp_path / "all").mkdir()
        (tmp_path / "all" / "posts.jsonl").write_text(TestStandardInput.LINE, "utf-8")
        os.mkfifo(tmp_path / "all" / "pipe.jsonl")
        assert soma("import", "all").code == 0

    def test_links_that_lead_in_a_ring_are_told(self, soma: Soma, tmp_path: Path) -> None:
        (tmp_path / "ring").symlink_to("ring")
        ended = soma("import", "ring")
        assert (ended.code, "Too many levels of symbolic links" in ended.err) == (2, True)

    def test_a_name_that_is_too_long_is_told(self, soma: Soma) -> None:
        ended = soma("import", "a" * 300)
        assert (ended.code, "File name too long" in ended.err) == (2, True)

    @pytest.mark.parametrize("name", [b"\xff\xfe.jsonl", b"a\nb.jsonl", b"\x1b[2J.jsonl"], ids=repr)
    @pytest.mark.parametrize("inside", [True, False], ids=["in a folder", "alone"])
    def test_a_name_of_any_bytes_is_read_and_shown(
        self, name: bytes, soma: Soma, tmp_path: Path, *, inside: bool
    ) -> None:
        folder = tmp_path / "folder" if inside else tmp_path
        folder.mkdir(exist_ok=True)
        file = folder / os.fsdecode(name)
        file.write_text(TestStandardInput.LINE + "{\n", "utf-8")
        ended = soma("import", "folder" if inside else file.name)
        assert (ended.code, "jsonl line 2: is not JSON" in ended.err) == (3, True)
        assert ended.out.replace("\n", "").isprintable()

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may enter everywhere")
    def test_a_folder_that_cannot_be_entered_is_told_and_the_others_are_read(
        self, soma: Soma, tmp_path: Path
    ) -> None:
        (tmp_path / "all" / "closed").mkdir(parents=True)
        (tmp_path / "all" / "posts.jsonl").write_text(TestStandardInput.LINE, "utf-8")
        (tmp_path / "all" / "closed").chmod(0)
        ended = soma("import", "all")
        (tmp_path / "all" / "closed").chmod(0o700)
        assert (ended.code, "all/closed cannot be read: Permission denied." in ended.err) == (3, True)

    def test_a_file_that_goes_away_meanwhile_does_not_take_the_others_with_it(
        self, soma: Soma, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in (1, 2):
            line = TestStandardInput.LINE.replace('"id":"1"', f'"id":"{number}"')
            (tmp_path / f"{number}.jsonl").write_text(line, "utf-8")
        prepare = JsonLines.prepare

        def then_lose(reader: JsonLines, sources: list[Source]) -> None:
            prepare(reader, sources)
            if sources[0].name == "2.jsonl":
                (tmp_path / "1.jsonl").unlink()

        monkeypatch.setattr(JsonLines, "prepare", then_lose)
        ended = soma("import", "1.jsonl", "2.jsonl")
        assert (ended.code, "There is no file 1.jsonl." in ended.err, "1 new" in ended.out) == (3, True, True)
