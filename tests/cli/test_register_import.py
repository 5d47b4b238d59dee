"""`soma-audit register import`: other registers asked over real HTTP, a proposal, and what a person accepts of it."""

from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING

import pytest

from loopback.registers import JSON, Registers, answer, registers, row
from register.test_govdirectory import country, line, page
from soma_audit.register.kinds import kinds_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cli.conftest import Soma

HEAD = "agency,name,kind,network,handle,evidence\n"
LINE = "etat,Etaten,agency,twitter,etaten,recorded in Wikidata (Q1)\n"
ROWS = (
    row("Q1", "Etaten", "P2002", "etaten"),
    row("Q1", "Etaten", "P12361", "etat.example"),
    row("Q2", "Ny etat", "P2003", "ny"),
)
ASK = ("register", "import", "--country", "no", "--kind", "agency")
ACCEPTED = "ny-etat,Ny etat,agency,instagram,ny,recorded in Wikidata (Q2) on "


@pytest.fixture
def others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registers]:
    """Other registers, and a configuration and a register of our own beside."""
    monkeypatch.setattr("soma_audit.collect.transport.random.random", lambda: 0.0)
    monkeypatch.setattr("soma_audit.cli.progress.Screen.pause", lambda *_: None)
    with registers() as made:
        made.body = answer(*ROWS)
        config = f"""
            [wikidata]
            api_url = "{made.url}/sparql"
            contact = "post@etat.example"
            [govdirectory]
            site_url = "{made.url}"
        """
        (tmp_path / "config.toml").write_text(config, "utf-8")
        (tmp_path / "register.csv").write_text(HEAD + LINE, "utf-8")
        yield made


def text(tmp_path: Path) -> str:
    return (tmp_path / "register.csv").read_text("utf-8")


# --- what is proposed ---


def test_what_is_new_is_proposed_with_its_source_and_nothing_changed(
    soma: Soma, others: Registers, tmp_path: Path
) -> None:
    ended = soma(*ASK)
    assert ended.code == 0
    today = json.loads(soma(*ASK, "--json").out)["on"]
    assert ended.out.splitlines()[:2] == [
        f"1 + etat: bluesky/etat.example (Wikidata Q1, P12361, {today})",
        f"2 + ny-etat (Ny etat, agency): instagram/ny (Wikidata Q2, P2003, {today})",
    ]
    assert "2 changes proposed for " in ended.out
    assert "nothing is changed" in ended.out
    assert text(tmp_path) == HEAD + LINE
    assert len(others.asked) == 2


def test_wikidata_is_asked_as_its_policy_wants(soma: Soma, others: Registers) -> None:
    soma(*ASK)
    (asked,) = others.asked
    assert asked["user-agent"].startswith("soma-audit/")
    assert asked["user-agent"].endswith("(post@etat.example)")
    assert asked["accept"] == "application/sparql-results+json"
    assert '"NO"' in asked["query"][0]


def test_other_sites_and_what_is_not_there_are_told_too(soma: Soma, others: Registers) -> None:
    others.body = answer(row("Q1", "Etaten", "P2037", "etaten", website="https://etat.example/"))
    said = soma(*ASK).out.splitlines()
    assert said[0].startswith("1 ~ etat: website https://etat.example/ (Wikidata Q1, P856, ")
    assert said[1:3] == [
        "? twitter/etaten came from Wikidata (Q1) and is not there now: look whether it still exists",
        "= Etaten (Q1): 'etaten' is on a network that a register cannot name (P2037)",
    ]


@pytest.mark.usefixtures("others")
def test_a_register_that_has_all_of_it_is_told_so(soma: Soma) -> None:
    soma(*ASK, "--accept", "all")
    assert "Wikidata knows nothing that " in soma(*ASK).out


@pytest.mark.usefixtures("others")
def test_a_proposal_can_be_had_as_json(soma: Soma) -> None:
    told = json.loads(soma(*ASK, "--json").out)
    assert told["source"] == "Wikidata"
    assert [(c["number"], c["sign"], c["agency"], c["handle"]) for c in told["changes"]] == [
        (1, "+", "etat", "etat.example"),
        (2, "+", "ny-etat", "ny"),
    ]
    assert (told["not_found"], told["left_out"], told["unusable"], told["accepted"]) == ([], [], [], 0)


def test_a_kind_may_be_named_by_its_class(soma: Soma, others: Registers) -> None:
    told = json.loads(soma("register", "import", "--country", "NO", "--kind", "Q755707", "--json").out)
    assert told["changes"][1]["kind"] == "municipality"
    assert "wd:Q755707" in others.asked[0]["query"][0]


def test_the_help_names_every_kind(soma: Soma) -> None:
    told = soma("register", "import", "--help").out
    assert [kind for kind in kinds_of("NO") if kind not in told] == []


@pytest.mark.usefixtures("others")
def test_a_proposal_can_be_written_to_a_file(soma: Soma, tmp_path: Path) -> None:
    ended = soma(*ASK, "--output", "proposal.txt")
    assert (ended.code, ended.out) == (0, "")
    assert "instagram/ny" in (tmp_path / "proposal.txt").read_text("utf-8")


def test_what_cannot_be_taken_is_told_and_the_rest_goes_on(soma: Soma, others: Registers) -> None:
    others.body = answer(row("Q1", "Etaten", "P2002", "far too long for X"), *ROWS)
    ended = soma(*ASK)
    assert ended.code == 3
    assert "! Etaten (Q1): 'far too long for X' cannot be a twitter name" in ended.out
    assert "instagram/ny" in ended.out


def test_nothing_that_others_wrote_reaches_the_terminal_as_it_is(soma: Soma, others: Registers) -> None:
    others.body = answer(row("Q2", "Ny\x1b[31m\u202eetat", "P2002", "\x1b]0;x\x07"))
    ended = soma(*ASK)
    assert not {"\x1b", "\u202e", "\x07"} & set(ended.out)


# --- what is accepted ---


@pytest.mark.usefixtures("others")
def test_what_is_accepted_is_put_into_the_register(soma: Soma, tmp_path: Path) -> None:
    ended = soma(*ASK, "--accept", "2")
    assert ended.code == 0
    assert "Put 1 change into " in ended.out
    assert text(tmp_path).startswith(HEAD + LINE + ACCEPTED)
    assert soma("register").code == 0


@pytest.mark.usefixtures("others")
def test_a_register_that_has_not_been_begun_can_be_filled(soma: Soma, tmp_path: Path) -> None:
    (tmp_path / "register.csv").unlink()
    assert soma(*ASK, "--accept", "all").code == 0
    assert "2 agencies, 2 accounts, 1 channel elsewhere: " in soma("register").out


@pytest.mark.parametrize("numbers", ["0", "3", "x", "1-9"])
@pytest.mark.usefixtures("others")
def test_numbers_that_name_no_change_are_refused(numbers: str, soma: Soma, tmp_path: Path) -> None:
    ended = soma(*ASK, "--accept", numbers)
    assert ended.code == 2
    assert "names no changes: write their numbers, as in 1,3-5, or all. There are 2." in ended.err
    assert text(tmp_path) == HEAD + LINE


@pytest.mark.parametrize(("said", "taken"), [("n\ny\n", 1), ("y\ny\n", 2), ("q\n", 0), ("maybe\ny\nq\n", 1)])
@pytest.mark.usefixtures("others")
def test_each_line_may_be_asked_about(
    said: str, taken: int, soma: Soma, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(said.split())
    monkeypatch.setattr("soma_audit.cli.commands.register_import._can_ask", lambda **_: True)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: next(answers))
    ended = soma(*ASK, "--accept", "ask")
    assert ended.code == 0
    assert f"Put {taken} change" in ended.out
    assert text(tmp_path).count("\n") == 2 + taken


@pytest.mark.usefixtures("others")
def test_whoever_breaks_off_has_changed_nothing(
    soma: Soma, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("soma_audit.cli.commands.register_import._can_ask", lambda **_: True)
    monkeypatch.setattr("click.termui.visible_prompt_func", interrupted)
    assert soma(*ASK, "--accept", "ask").code in {1, 130}
    assert text(tmp_path) == HEAD + LINE


@pytest.mark.usefixtures("others")
def test_nobody_is_asked_without_a_terminal(soma: Soma) -> None:
    ended = soma(*ASK, "--accept", "ask")
    assert (ended.code, "--accept ask needs a terminal" in ended.err) == (2, True)


@pytest.mark.usefixtures("others")
def test_a_register_that_was_changed_meanwhile_is_left_as_it_is(
    soma: Soma, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def somebody_else(_: str) -> str:
        (tmp_path / "register.csv").write_text(HEAD + LINE + "etat,,,facebook,etaten,\n", "utf-8")
        return "y"

    monkeypatch.setattr("soma_audit.cli.commands.register_import._can_ask", lambda **_: True)
    monkeypatch.setattr("click.termui.visible_prompt_func", somebody_else)
    ended = soma(*ASK, "--accept", "ask")
    assert (ended.code, "was changed while you decided" in ended.err) == (2, True)
    assert text(tmp_path).endswith("facebook,etaten,\n")


@pytest.mark.usefixtures("others")
def test_a_register_keeps_its_rights_and_the_place_that_a_link_leads_to(soma: Soma, tmp_path: Path) -> None:
    real = tmp_path / "kept" / "register.csv"
    real.parent.mkdir()
    (tmp_path / "register.csv").rename(real)
    real.chmod(0o640)
    (tmp_path / "register.csv").symlink_to(real)
    assert soma(*ASK, "--accept", "all").code == 0
    assert (tmp_path / "register.csv").is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert [file.name for file in real.parent.iterdir()] == ["register.csv"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"agency,name,kind,network,handle\nB B,,,,\n", "is not a valid short name"),
        (
            "agency,name,kind,network,handle\netat,Ærlig,agency,twitter,e\n".encode("latin-1"),
            "is not in UTF-8",
        ),
        ((HEAD + LINE).encode("utf-16"), "is not in UTF-8"),
        ((HEAD + LINE).encode("utf-16-le"), "is not in UTF-8"),
        (b"agency,name\n", "column handle is missing"),
    ],
)
@pytest.mark.usefixtures("others")
def test_a_register_with_mistakes_is_left_alone(
    content: bytes, said: str, soma: Soma, tmp_path: Path
) -> None:
    (tmp_path / "register.csv").write_bytes(content)
    ended = soma(*ASK, "--accept", "all")
    assert ended.code == 2
    assert said in ended.err
    assert (tmp_path / "register.csv").read_bytes() == content


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.usefixtures("others")
def test_a_register_that_cannot_be_written_stays_whole(soma: Soma, tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    (tmp_path / "register.csv").rename(folder / "register.csv")
    config = (tmp_path / "config.toml").read_text("utf-8")
    (tmp_path / "config.toml").write_text(f'{config}\n[collect]\nregister = "locked/register.csv"\n', "utf-8")
    folder.chmod(0o500)
    try:
        ended = soma(*ASK, "--accept", "all")
    finally:
        folder.chmod(0o700)
    assert ended.code == 1
    assert (folder / "register.csv").read_text("utf-8") == HEAD + LINE


# --- a source that has less than it had ---


def many(count: int) -> str:
    lines = (f"e{n},E {n},agency,twitter,e{n},recorded in Wikidata (Q{n})\n" for n in range(count))
    return HEAD + "".join(lines)


@pytest.mark.parametrize(("had", "code"), [(6, 0), (7, 2)])
def test_less_than_half_of_what_came_from_there_is_refused(
    had: int, code: int, soma: Soma, others: Registers, tmp_path: Path
) -> None:
    (tmp_path / "register.csv").write_text(many(had), "utf-8")
    ended = soma(*ASK, "--accept", "all")
    assert ended.code == code
    if code:
        assert "Wikidata has 3 accounts now, and the register 7 that came from there" in ended.err
        assert text(tmp_path) == many(had)
        assert soma(*ASK, "--accept", "all", "--anyway").code == 0
    assert others.asked


# --- saved answers ---


def test_an_answer_can_be_saved_and_read_again_without_any_network(
    soma: Soma, others: Registers, tmp_path: Path
) -> None:
    day = json.loads(soma(*ASK, "--save", "answer.json", "--json").out)["on"]
    os.utime(tmp_path / "answer.json", (0, 0))
    told = json.loads(soma(*ASK, "--answer", "answer.json", "--json").out)
    assert [change["handle"] for change in told["changes"]] == ["etat.example", "ny"]
    assert told["on"] == day
    assert len(others.asked) == 1


@pytest.mark.usefixtures("others")
def test_a_saved_table_is_as_old_as_its_file_or_as_one_says(soma: Soma, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("qid,name_en,wikidata_property,account\nQ1,E,P2003,etat\n", "utf-8")
    os.utime(tmp_path / "t.csv", (1_767_312_000, 1_767_312_000))
    assert json.loads(soma(*ASK, "--answer", "t.csv", "--json").out)["on"] == "2026-01-02"
    told = soma(*ASK, "--answer", "t.csv", "--answer-date", "2025-12-24", "--json").out
    assert "on 2025-12-24; confirm" in json.loads(told)["changes"][0]["evidence"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--answer", "none.json"), "There is no file none.json"),
        (("--answer", "config.toml"), "config.toml is no answer of a query service"),
        (("--answer", "config.toml", "--save", "x"), "--save keeps an answer that is asked for"),
        (("--save", "none/x.json"), "There is no folder"),
        (("--save", "register.csv"), "register.csv is the register itself"),
        (("--kind", "palace"), "'palace' is not a kind of body in NO"),
        (("--country", "Norge"), "'NORGE' is not a country's two letters"),
        (("--from", "govdirectory", "--answer", "config.toml"), "is no page of Govdirectory's"),
        (("--from", "govdirectory", "--country", "FR"), "Where Govdirectory has FR is not known"),
    ],
)
def test_what_cannot_be_meant_is_told_before_anybody_is_asked(
    words: tuple[str, ...], said: str, soma: Soma, others: Registers
) -> None:
    ended = soma(*ASK, *words)
    assert (ended.code, said in ended.err) == (2, True)
    assert others.asked == []


# --- Wikidata out of order ---

HTML = {"Content-Type": "text/html; charset=utf-8"}
TEXT = {"Content-Type": "text/plain"}
TIMED_OUT = answer(*ROWS)[:-20] + "SPARQL-QUERY: queryStr=…\njava.util.concurrent.TimeoutException\n"
FAILURES = {
    "down": (503, "<html>503</html>", HTML, "no usable answer after 2 tries"),
    "a web page": (200, "<html>maintenance</html>", HTML, "Wikidata refused the question: it answered with a web page"),
    "too slow": (500, "java.util.concurrent.TimeoutException", TEXT, "Wikidata gave the question up"),
    "too slow half way": (200, TIMED_OUT, JSON, "Wikidata gave the question up, or its answer broke off"),
    "busy": (429, "{}", {"Retry-After": "3600"}, "Wikidata: too many requests for now, until "),
    "busy, without JSON": (429, "Rate limit exceeded", {**TEXT, "Retry-After": "60"}, "Wikidata: too many requests for now, until "),
    "busy, for who knows how long": (429, "", {"Retry-After": "soon"}, "Wikidata: too many requests for now, until "),
    "refused": (403, '{"error": "go away"}', {}, "Wikidata refused the question (HTTP 403)"),
    "banned": (403, "You have been banned", TEXT, "Wikidata refused the question: it answered without JSON (HTTP 403)"),
    "no results": (200, "{}", {}, "Wikidata answered without results"),
    "other results": (200, '{"results": []}', {}, "Wikidata answered without results"),
    "moved": (301, "", {"Location": "https://x.example"}, "Wikidata refused the question: it answered without JSON (HTTP 301)"),
}  # fmt: skip


@pytest.mark.parametrize(("status", "body", "headers", "said"), FAILURES.values(), ids=FAILURES)
def test_when_wikidata_does_not_answer_the_register_is_as_it_was(
    status: int, body: str, headers: dict[str, str], said: str, soma: Soma, others: Registers, tmp_path: Path
) -> None:
    others.status, others.body, others.headers = status, body, headers
    ended = soma(*ASK, "--accept", "all", "--save", "answer.json")
    assert ended.code == 3
    assert said in ended.err
    assert "The register is as it was." in ended.err
    assert text(tmp_path) == HEAD + LINE
    assert not (tmp_path / "answer.json").exists()
    assert len(others.asked) <= 2


@pytest.mark.parametrize("arrives", ["cut", "reset", "never"])
def test_an_answer_that_does_not_arrive_is_asked_for_twice(
    arrives: str, soma: Soma, others: Registers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("soma_audit.collect.wikidata.PATIENCE", 0.5)
    others.arrives = arrives
    ended = soma(*ASK, "--accept", "all")
    assert (ended.code, "no usable answer after 2 tries" in ended.err) == (3, True)
    assert text(tmp_path) == HEAD + LINE
    assert len(others.asked) == 2


def test_a_limit_that_is_soon_over_is_sat_out_if_one_wants_to(
    soma: Soma, others: Registers, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("soma_audit.cli.progress.Screen.pause", lambda _, seconds: waits.append(seconds))
    others.limits = 2
    ended = soma(*ASK, "--max-wait", "60")
    assert (ended.code, len(others.asked)) == (0, 3)
    assert [round(seconds) for seconds in waits] == [8, 8]


def test_an_empty_answer_says_what_to_look_up(soma: Soma, others: Registers) -> None:
    others.body = answer()
    ended = soma(*ASK)
    assert ended.code == 2
    assert "Wikidata knows no body of the kind agency in NO" in ended.err


# --- Govdirectory ---

MUNICIPALITIES = ("register", "import", "--from", "govdirectory", "--country", "NO", "--kind", "municipality")
SHOWN = line("Q2", "Ny kommune", "municipality of Norway", ("X", "https://x.com/nykommune"))


def test_govdirectory_s_page_of_a_country_is_read_once(soma: Soma, others: Registers, tmp_path: Path) -> None:
    others.pages["/norway/"] = country(SHOWN)[1]
    ended = soma(*MUNICIPALITIES, "--save", "norway.html", "--accept", "1")
    assert ended.code == 0
    assert ended.out.startswith(
        "1 + ny-kommune (Ny kommune, municipality): twitter/nykommune (Govdirectory Q2, X, 2026-06-22)"
    )
    assert "recorded in Govdirectory (Q2) on 2026-06-22; confirm it before you publish" in text(tmp_path)
    assert [asked["path"] for asked in others.asked] == ["/robots.txt", "/norway/"]
    assert "Govdirectory knows nothing" in soma(*MUNICIPALITIES, "--answer", "norway.html").out


@pytest.mark.parametrize("folder", ["site", "site/norway"])
def test_a_folder_of_its_pages_will_do(folder: str, soma: Soma, others: Registers, tmp_path: Path) -> None:
    for name, content in (
        page("Q1", "Eksempel", "Q755707", ("P2002", "X", "eksempel")),
        page("Q2", "Et dep", "Q109644271"),
    ):
        file = tmp_path / "site" / name
        file.parent.mkdir(parents=True)
        file.write_text(content, "utf-8")
    (tmp_path / "register.csv").write_text(HEAD, "utf-8")
    told = json.loads(soma(*MUNICIPALITIES, "--answer", folder, "--json").out)
    assert [(c["agency"], c["handle"]) for c in told["changes"]] == [("eksempel", "eksempel")]
    assert others.asked == []


@pytest.mark.usefixtures("others")
def test_when_govdirectory_has_no_such_page_the_register_is_as_it_was(soma: Soma, tmp_path: Path) -> None:
    ended = soma(*MUNICIPALITIES)
    assert (ended.code, "cannot be read: there is no such page (HTTP 404)" in ended.err) == (3, True)
    assert text(tmp_path) == HEAD + LINE


@pytest.mark.usefixtures("others")
def test_an_empty_folder_has_nobody(soma: Soma, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ended = soma(*MUNICIPALITIES, "--answer", "empty")
    assert (ended.code, "Govdirectory knows no body of the kind municipality in NO" in ended.err) == (2, True)
