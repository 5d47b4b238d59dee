"""`soma-audit register import`: Wikidata asked over real HTTP, a proposal, and what a person accepts of it."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cli.conftest import Soma

HEAD = "agency,name,kind,network,handle,evidence\n"
LINE = "etat,Etaten,agency,twitter,etaten,recorded in Wikidata (Q1)\n"


def row(body: str, label: str, prop: str, account: str) -> dict[str, Any]:
    told = {
        "body": f"http://x/{body}",
        "bodyLabel": label,
        "property": f"http://x/{prop}",
        "account": account,
    }
    return {key: {"value": value} for key, value in told.items()}


ANSWER = json.dumps(
    {
        "results": {
            "bindings": [
                row("Q1", "Etaten", "P2002", "etaten"),
                row("Q1", "Etaten", "P12361", "etat.example"),
                row("Q2", "Ny etat", "P2003", "ny"),
            ]
        }
    }
)


class Wikidata:
    """A query service that answers as it is told."""

    def __init__(self) -> None:
        self.status, self.body, self.headers = (
            200,
            ANSWER,
            {"Content-Type": "application/sparql-results+json"},
        )
        self.asked: list[dict[str, Any]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = parse_qs(urlsplit(self.path).query)
                outer.asked.append({**query, "agent": self.headers["user-agent"]})
                self.send_response(outer.status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(outer.body.encode())))
                self.end_headers()
                self.wfile.write(outer.body.encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def wikidata(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wikidata]:
    monkeypatch.setattr("soma_audit.collect.transport.random.random", lambda: 0.0)
    monkeypatch.setattr("soma_audit.cli.progress.Screen.pause", lambda *_: None)
    made = Wikidata()
    address = f"http://127.0.0.1:{made.server.server_port}/sparql"
    (tmp_path / "config.toml").write_text(
        f'[wikidata]\napi_url = "{address}"\ncontact = "post@etat.example"\n', "utf-8"
    )
    (tmp_path / "register.csv").write_text(HEAD + LINE, "utf-8")
    yield made
    made.server.shutdown()
    made.server.server_close()


ASK = ("register", "import", "--country", "no", "--kind", "agency")


def text(tmp_path: Path) -> str:
    return (tmp_path / "register.csv").read_text("utf-8")


def test_what_is_new_is_proposed_and_nothing_changed(soma: Soma, wikidata: Wikidata, tmp_path: Path) -> None:
    ended = soma(*ASK)
    assert ended.code == 0
    assert ended.out.splitlines()[:2] == [
        "1 + etat: bluesky/etat.example",
        "2 + ny-etat (Ny etat, agency): instagram/ny",
    ]
    assert "nothing is changed" in ended.out
    assert text(tmp_path) == HEAD + LINE
    (asked,) = wikidata.asked
    assert asked["agent"].endswith("(post@etat.example)")
    assert '"NO"' in asked["query"][0]


@pytest.mark.usefixtures("wikidata")
def test_what_is_accepted_is_put_into_the_register(soma: Soma, tmp_path: Path) -> None:
    ended = soma(*ASK, "--accept", "2")
    assert ended.code == 0
    assert text(tmp_path).startswith(
        HEAD + LINE + "ny-etat,Ny etat,agency,instagram,ny,recorded in Wikidata (Q2) on "
    )
    assert soma("register").code == 0


def test_an_answer_can_be_saved_and_read_again_without_any_network(
    soma: Soma, wikidata: Wikidata, tmp_path: Path
) -> None:
    soma(*ASK, "--save", "answer.json")
    wikidata.server.shutdown()
    ended = soma(*ASK, "--answer", "answer.json", "--json")
    assert [change["handle"] for change in json.loads(ended.out)["changes"]] == ["etat.example", "ny"]
    assert len(wikidata.asked) == 1
    assert (tmp_path / "answer.json").exists()


@pytest.mark.usefixtures("wikidata")
def test_a_register_that_has_not_been_begun_can_be_filled(soma: Soma, tmp_path: Path) -> None:
    (tmp_path / "register.csv").unlink()
    assert soma(*ASK, "--accept", "all").code == 0
    assert "2 agencies, 2 accounts, 1 channel elsewhere: " in soma("register").out


FAILURES = {
    "down": (503, "<html>503</html>", {}, "no usable answer after 4 tries"),
    "not JSON": (
        200,
        "<html>maintenance</html>",
        {"Content-Type": "text/html"},
        "no usable answer after 4 tries",
    ),
    "cut off": (200, ANSWER[:-9], {}, "no usable answer after 4 tries"),
    "busy": (429, "{}", {"Retry-After": "3600"}, "Wikidata: too many requests for now"),
    "refused": (403, '{"error": "go away"}', {}, "Wikidata refused the question (HTTP 403)"),
    "no results": (200, "{}", {}, "Wikidata answered without results"),
}


@pytest.mark.parametrize(("status", "body", "headers", "said"), FAILURES.values(), ids=FAILURES)
def test_when_wikidata_does_not_answer_the_register_is_as_it_was(
    status: int, body: str, headers: dict[str, str], said: str, soma: Soma, wikidata: Wikidata, tmp_path: Path
) -> None:
    wikidata.status, wikidata.body, wikidata.headers = status, body, headers
    ended = soma(*ASK, "--accept", "all")
    assert ended.code == 3
    assert said in ended.err
    assert "The register is as it was." in ended.err
    assert text(tmp_path) == HEAD + LINE


def test_an_empty_answer_says_what_to_look_up(soma: Soma, wikidata: Wikidata) -> None:
    wikidata.body = '{"results": {"bindings": []}}'
    ended = soma(*ASK)
    assert ended.code == 2
    assert "Wikidata knows no body of the kind agency in NO" in ended.err


@pytest.mark.parametrize("numbers", ["0", "3", "x", "1-9"])
@pytest.mark.usefixtures("wikidata")
def test_numbers_that_name_no_change_are_refused(numbers: str, soma: Soma, tmp_path: Path) -> None:
    ended = soma(*ASK, "--accept", numbers)
    assert ended.code == 2
    assert "names no changes: write their numbers, as in 1,3-5, or all. There are 2." in ended.err
    assert text(tmp_path) == HEAD + LINE


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"agency,name,kind,network,handle\nB B,,,,\n", "is not a valid short name"),
        (
            "agency,name,kind,network,handle\netat,Ærlig,agency,twitter,e\n".encode("latin-1"),
            "is not in UTF-8",
        ),
    ],
)
@pytest.mark.usefixtures("wikidata")
def test_a_register_with_mistakes_is_left_alone(
    content: bytes, said: str, soma: Soma, tmp_path: Path
) -> None:
    (tmp_path / "register.csv").write_bytes(content)
    ended = soma(*ASK, "--accept", "all")
    assert ended.code == 2
    assert said in ended.err
    assert (tmp_path / "register.csv").read_bytes() == content


@pytest.mark.usefixtures("wikidata")
def test_an_answer_that_is_not_there_is_told(soma: Soma) -> None:
    ended = soma(*ASK, "--answer", "none.json")
    assert (ended.code, "There is no file none.json" in ended.err) == (2, True)


def test_what_cannot_be_taken_is_told_and_the_rest_goes_on(soma: Soma, wikidata: Wikidata) -> None:
    wikidata.body = json.dumps(
        {"results": {"bindings": [row("Q1", "Etaten", "P2002", "far too long for X")]}}
    )
    ended = soma(*ASK)
    assert ended.code == 3
    assert "! Etaten (Q1): 'far too long for X' cannot be a twitter name" in ended.out
    assert "? twitter/etaten came from Wikidata, and is not there now" in ended.out
