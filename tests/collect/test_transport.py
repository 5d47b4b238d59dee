"""What is recorded can be replayed, and neither holds a token or a visitor's name."""

from __future__ import annotations

import json
import logging
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from collect.builders import (
    FEED,
    MENTIONS,
    NOW,
    PAGE,
    TOKEN,
    TWEETS,
    X_ACCOUNT,
    Api,
    Pause,
    answer,
    facebook,
    read,
    transport,
    twitter,
)
from soma_audit.collect.transport import Transport, WaitError, client, request_line, time_in
from soma_audit.errors import InvalidInputError, NotReadableError, RetryLaterError, SkipStreamError
from soma_audit.model import Since, Stream

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

KARI = {"id": "2000000002", "username": "kari_test", "name": "Kari Test"}
X_PAGES: list[Any] = [
    {
        "data": [
            {
                "id": "9",
                "text": "@eksempeletat Når?",
                "author_id": KARI["id"],
                "created_at": "2026-03-02T09:00:00.000Z",
            }
        ],
        "includes": {"users": [KARI]},
        "meta": {"next_token": "n9"},
    },
    {
        "data": [
            {
                "id": "8",
                "text": "@kari_test x.com/kari_test/status/9",
                "author_id": "1000000001",
                "created_at": "2026-03-02T08:00:00.000Z",
                "referenced_tweets": [{"type": "replied_to", "id": "7"}],
                "note_tweet": {"text": "@kari_test Se x.com/kari_test/status/9"},
            }
        ],
        "meta": {},
    },
]
PAGES: list[Any] = [
    {
        "data": [
            {
                "id": "100_501",
                "message": "Hei @kari_test",
                "created_time": "2026-03-02T09:14:00+0000",
                "from": {"id": "2000000002", "name": "Kari Test"},
                "permalink_url": "https://www.facebook.com/kari_test/posts/501?id=2000000002",
            }
        ],
        "paging": {
            "cursors": {"after": "c2"},
            "next": f"https://graph.facebook.com/v26.0/100/published_posts?access_token={TOKEN}&after=c2",
        },
    },
    {
        "data": [],
        "paging": {"next": f"https://graph.facebook.com/x?access_token={TOKEN}&until=5&__paging_token=t"},
    },
    {"data": []},
]


@pytest.fixture
def recorded(api: Api, tmp_path: Path) -> Path:
    """A folder with X's and Facebook's pages as they were recorded."""
    api.on(MENTIONS, *X_PAGES)
    api.on(FEED, *PAGES)
    read(twitter(record=tmp_path / "x"), X_ACCOUNT, Stream.MENTIONS)
    read(facebook(record=tmp_path / "f"), PAGE, Stream.TIMELINE)
    return tmp_path


def test_replayed_pages_of_x_are_the_ones_that_came(recorded: Path, api: Api) -> None:
    api.on(MENTIONS, *X_PAGES)
    came = read(twitter(), X_ACCOUNT, Stream.MENTIONS)
    again = read(twitter(replay=recorded / "x"), X_ACCOUNT, Stream.MENTIONS)
    assert (again.bodies, again.posts) == (came.bodies, came.posts)


def test_replayed_pages_of_facebook_are_the_ones_that_came(recorded: Path, api: Api) -> None:
    api.on(FEED, *PAGES)
    came = read(facebook(), PAGE, Stream.TIMELINE)
    again = read(facebook(replay=recorded / "f"), PAGE, Stream.TIMELINE)
    assert (again.bodies, again.posts) == (came.bodies, came.posts)


def test_replay_does_not_reach_the_network(recorded: Path, api: Api) -> None:
    before = len(api.requests)
    read(twitter(replay=recorded / "x"), X_ACCOUNT, Stream.MENTIONS)
    assert len(api.requests) == before


@pytest.mark.parametrize(
    "secret", [TOKEN, "access_token", "appsecret_proof", "kari_test", "Kari Test", "2000000002"]
)
def test_recorded_files_hold_no_token_and_no_visitor(secret: str, recorded: Path) -> None:
    written = [f.name + f.read_text("utf-8") for f in recorded.rglob("*.jsonl")]
    assert len(written) == 2
    assert not [text for text in written if secret in text]


def test_a_request_that_was_not_saved_could_not_be_looked_at(recorded: Path) -> None:
    with pytest.raises(NotReadableError, match="not among the saved pages"):
        read(twitter(replay=recorded / "x"), X_ACCOUNT, Stream.TIMELINE)


def test_another_page_of_a_saved_path_could_not_be_looked_at(recorded: Path) -> None:
    with pytest.raises(NotReadableError):
        read(twitter(replay=recorded / "x"), X_ACCOUNT, Stream.MENTIONS, Since(resume="1 9 other"))


def test_what_was_recorded_last_counts(recorded: Path, api: Api) -> None:
    api.on(MENTIONS, {"data": [], "meta": {}})
    read(twitter(record=recorded / "x"), X_ACCOUNT, Stream.MENTIONS)
    assert read(twitter(replay=recorded / "x"), X_ACCOUNT, Stream.MENTIONS).posts == {}


def test_a_refusal_is_recorded_too(api: Api, tmp_path: Path) -> None:
    api.on(TWEETS, (403, {"title": "Forbidden"}, {}))
    for network in (twitter(record=tmp_path), twitter(replay=tmp_path)):
        with pytest.raises(SkipStreamError) as leave:
            read(network, X_ACCOUNT, Stream.TIMELINE)
        assert leave.value.reason == "permission"


def test_a_folder_without_saved_pages_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="no saved pages"):
        twitter(replay=tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ("", "GET /2/x"),
        ("?post.fields=id&max_results=100&since_id=4", "GET /2/x"),
        ("?pagination_token=b&query=a%3A1", "GET /2/x?pagination_token=b&query=a%3A1"),
        ("?query=a%3A1&pagination_token=b", "GET /2/x?pagination_token=b&query=a%3A1"),
        ("?appsecret_proof=p&after=c", "GET /2/x?after=c"),
    ],
)
def test_a_request_is_named_by_what_chooses_its_page(query: str, line: str) -> None:
    assert request_line("GET", httpx.URL(f"https://api.example/2/x{query}")) == line


def test_tries_are_spaced_ever_wider(api: Api) -> None:
    api.on("/x", (503, "<html>", {}))
    pause = Pause()
    with pytest.raises(SkipStreamError):
        transport(lambda _: None, pause=pause).send("GET", "/x")
    assert pause.seconds == [2, 4, 8]


def test_a_question_that_costs_much_is_asked_less_often(api: Api) -> None:
    api.on("/x", (503, "<html>", {}))
    asking = transport(lambda _: None, pause=Pause())
    asking.tries = 2
    with pytest.raises(SkipStreamError, match="no usable answer after 2 tries"):
        asking.send("GET", "/x")
    assert len(api.requests) == 2


def test_a_parameter_that_is_none_is_not_sent(api: Api) -> None:
    api.on("/x", {})
    transport(lambda _: None).send("GET", "/x", {"a": 1, "b": None})
    assert api.asked("/x") == [{"a": "1"}]


@pytest.mark.parametrize("text", [None, "", "soon", "9" * 30])
def test_a_header_that_is_no_time_is_none(text: str | None) -> None:
    assert time_in(text) is None


@pytest.mark.parametrize("text", [str(int(NOW.timestamp())), NOW.isoformat(), f"{NOW:%Y-%m-%dT%H:%M:%S}"])
def test_a_header_counts_seconds_from_1970_or_tells_an_iso_time(text: str) -> None:
    assert time_in(text) == NOW


def test_a_limit_is_a_limit_though_a_web_page_says_so(api: Api) -> None:
    api.on("/x", (429, "<html>", {}))
    with pytest.raises(RetryLaterError, match="too many requests"):
        transport(lambda _: None).send("GET", "/x")
    assert len(api.requests) == 1


def test_how_long_a_limit_lasts_may_be_read_from_a_web_page_s_headers(api: Api) -> None:
    def no_json(_: int, headers: Mapping[str, str]) -> None:
        raise WaitError("busy", after=timedelta(seconds=int(headers["retry-after"])))

    api.on("/x", (429, "<html>", {"Retry-After": "60"}))
    asking = transport(lambda _: None)
    asking.no_json = no_json
    with pytest.raises(RetryLaterError, match="busy") as limit:
        asking.send("GET", "/x")
    assert limit.value.at == NOW + timedelta(seconds=60)


# --- down to the socket ---


class Counter(BaseHTTPRequestHandler):
    """Answers in JSON, and says nothing of it."""

    def do_GET(self) -> None:
        body = json.dumps({"authorization": self.headers["authorization"]}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def loopback() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Counter) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_no_library_logs_the_token(loopback: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with httpx.Client(base_url=loopback, headers={"Authorization": f"Bearer {TOKEN}"}) as real:
        asking = transport(lambda _: None)
        asking.client = real
        said = asking.send("GET", "/x", {"appsecret_proof": "p"}).body["authorization"]
    assert said == "Bearer …"
    assert TOKEN not in caplog.text
    assert "appsecret_proof=p" not in caplog.text


# --- people are taken out, whoever asks ---


def test_a_transport_cannot_be_made_without_a_filter() -> None:
    without: Any = {"check": lambda _: None, "clock": lambda: NOW, "pause": lambda _: None}
    with pytest.raises(TypeError, match="scrub"):
        Transport(client=client("https://api.example", TOKEN, 1), **without)


def test_the_filter_sees_a_body_before_it_is_recorded_or_given_on(tmp_path: Path, api: Api) -> None:
    api.on("/2/tweets", {"data": "Kari Test"})
    sent = transport(lambda _: None, lambda _: {"data": "…"}, record=tmp_path).send("GET", "/2/tweets")
    assert sent.json() == {"data": "…"}
    assert "Kari" not in "".join(f.read_text() for f in tmp_path.iterdir())


def test_headers_that_are_not_needed_are_not_kept_as_they_may_name_anybody(tmp_path: Path, api: Api) -> None:
    link = '<https://a.example/x?max_id=1>; rel="next", <https://folk.example/@kari>; rel="author"'
    named: dict[str, Any] = {"x_user": "kari", "location": "https://folk.example/@kari", "link": link}
    api.on("/2/tweets", answer({}, x_rate_limit_reset="1", **named))
    sent = transport(lambda _: None, record=tmp_path).send("GET", "/2/tweets")
    assert sent.headers["link"] == '<https://a.example/x?max_id=1>; rel="next"'
    assert sent.headers["x-rate-limit-reset"] == "1"
    assert "kari" not in str(sent.headers) + "".join(f.read_text() for f in tmp_path.iterdir())
