"""A page of a site is read once, politely, and each way in which that fails is told in a clear sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from loopback.sites import SitePage, Sites, sites
from soma_audit.collect.sites import reader as module
from soma_audit.collect.sites.reader import (
    BETWEEN,
    LARGEST,
    LONGEST_BETWEEN,
    NotReadError,
    SiteReader,
    site_client,
)
from soma_audit.website import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterator

FRONT = "http://etat.example/"


class Clock:
    """Seconds that pass only where somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def pause(self, seconds: float) -> None:
        self.waits.append(round(seconds, 3))
        self.now += seconds


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sites]:
    with sites(monkeypatch) as made:
        yield made


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reader(here: Sites, clock: Clock) -> Iterator[SiteReader]:  # noqa: ARG001 - the proxy must be there first
    with site_client() as client:
        yield SiteReader(client=client, monotonic=lambda: clock.now, pause=clock.pause)


# --- what is read ---------------------------------------------------------------------------------------------------


def test_a_page_comes_with_what_tells_whether_it_has_changed(here: Sites, reader: SiteReader) -> None:
    here.put("etat.example/", "<p>Hei", ETag='"1"', Last_Modified="Mon, 02 Mar 2026 09:00:00 GMT")
    page = reader.read(FRONT)
    assert (page.url, page.text, page.is_html) == (FRONT, "<p>Hei", True)
    assert (page.etag, page.last_modified) == ('"1"', "Mon, 02 Mar 2026 09:00:00 GMT")


def test_it_says_who_is_asking(here: Sites, reader: SiteReader) -> None:
    here.put("etat.example/")
    assert reader.client.headers["user-agent"].startswith("soma-audit/")
    reader.read(FRONT)
    assert here.asked == ["etat.example/robots.txt", "etat.example/"]


def test_redirects_are_followed_to_where_they_lead(here: Sites, reader: SiteReader) -> None:
    here.put("etat.example/", status=301, Location="http://www.etat.example/no")
    here.put("www.etat.example/no", status=302, Location="/nb")
    here.put("www.etat.example/nb", "her")
    page = reader.read(FRONT)
    assert (page.url, page.text) == ("http://www.etat.example/nb", "her")


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("blåbær".encode(), "text/html; charset=utf-8", "blåbær"),
        ("blåbær".encode("latin-1"), "text/html; charset=iso-8859-1", "blåbær"),
        (
            "<meta charset='iso-8859-1'>blåbær".encode("latin-1"),
            "text/html",
            "<meta charset='iso-8859-1'>blåbær",
        ),
        ("bl\xe5".encode("latin-1"), "text/html; charset=utf-8", "bl�"),
        (b"bare bokstaver", "text/html; charset=rot13", "bare bokstaver"),
        (b"bare bokstaver", "text/html; charset=finnes-ikke", "bare bokstaver"),
        ("blåbær".encode(), "text/html", "blåbær"),
    ],
)
def test_a_site_may_lie_about_its_charset(
    body: bytes, content_type: str, text: str, here: Sites, reader: SiteReader
) -> None:
    here.put("etat.example/", body, Content_Type=content_type)
    assert reader.read(FRONT).text == text


def test_what_is_no_web_page_is_read_and_has_no_links(here: Sites, reader: SiteReader) -> None:
    here.put("etat.example/", b"%PDF-1.7", Content_Type="application/pdf")
    page = reader.read(FRONT)
    assert (page.body, page.is_html) == (b"%PDF-1.7", False)


# --- what a site allows -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("robots", "allowed"),
    [
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow: /\nAllow: /$", True),
        ("User-agent: soma-audit\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
        ("User-agent: other\nDisallow: /", True),
        ("User-agent: *\nDisallow: /admin", True),
        ("\xff\x00 no robots at all", True),
        ("", True),
    ],
)
def test_its_robots_txt_decides(robots: str, *, allowed: bool, here: Sites, reader: SiteReader) -> None:
    here.put("etat.example/robots.txt", robots, Content_Type="text/plain")
    here.put("etat.example/", "Hei")
    if allowed:
        assert reader.read(FRONT).text == "Hei"
    else:
        with pytest.raises(NotReadError, match=r"robots\.txt asks not to look at this page") as caught:
            reader.read(FRONT)
        assert caught.value.outcome == "robots"
        assert here.calls() == 1


def test_its_robots_txt_is_asked_for_once(here: Sites, reader: SiteReader) -> None:
    for path in ("a", "b"):
        here.put(f"etat.example/{path}")
        reader.read(f"{FRONT}{path}")
    assert here.calls("robots.txt") == 1


@pytest.mark.parametrize(
    ("delay", "between"),
    [("", BETWEEN), ("0.1", BETWEEN), ("2", 2), ("3600", LONGEST_BETWEEN), ("soon", BETWEEN)],
)
def test_a_host_is_left_alone_between_two_requests(
    delay: str, between: float, here: Sites, reader: SiteReader, clock: Clock
) -> None:
    here.put("etat.example/robots.txt", f"User-agent: *\nCrawl-delay: {delay}" if delay else "")
    here.put("etat.example/")
    here.put("annen.example/")
    reader.read(FRONT)
    reader.read(FRONT)
    assert clock.waits == [BETWEEN, between]
    clock.waits.clear()
    reader.read("http://annen.example/")
    assert clock.waits == [BETWEEN]  # between its robots.txt and its page, and not for the other host's sake


# --- what goes wrong --------------------------------------------------------------------------------------------------

FAILURES = {
    "not there": (SitePage(status=404), "not_found", "there is no such page (HTTP 404)"),
    "gone": (SitePage(status=410), "not_found", "there is no such page (HTTP 410)"),
    "forbidden": (SitePage(status=403), "refused", "the site refuses to show it (HTTP 403)"),
    "too many requests": (SitePage(status=429), "refused", "the site refuses to show it (HTTP 429)"),
    "broken": (SitePage(status=503), "unreachable", "the site has an error of its own (HTTP 503)"),
    "a circle": (
        SitePage(status=302, headers={"Location": "/"}),
        "unreachable",
        "http://etat.example/ redirects in a circle",
    ),
    "a redirect to nowhere": (
        SitePage(status=302, headers={"Location": "mailto:post@etat.example"}),
        "unreachable",
        "it leads to something that is no web page",
    ),
    "huge": (SitePage(b"x" * (LARGEST + 1)), "damaged", "it is larger than 5 MB: no page that people read"),
}


@pytest.mark.parametrize(("page", "outcome", "said"), FAILURES.values(), ids=FAILURES)
def test_what_goes_wrong_is_told(
    page: SitePage, outcome: str, said: str, here: Sites, reader: SiteReader
) -> None:
    here.pages["etat.example/"] = page
    with pytest.raises(NotReadError) as caught:
        reader.read(FRONT)
    assert (caught.value.outcome, str(caught.value)) == (outcome, said)
    assert outcome in OUTCOMES


def test_an_endless_row_of_redirects_ends(here: Sites, reader: SiteReader) -> None:
    for n in range(20):
        here.put(f"etat.example/{n}", status=302, Location=f"/{n + 1}")
    with pytest.raises(NotReadError, match="redirects more than 5 times"):
        reader.read(f"{FRONT}0")
    assert here.calls() < 10


def test_a_page_that_trickles_is_given_up(
    here: Sites, reader: SiteReader, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.pages["etat.example/"] = SitePage(b"x" * 100, trickle=10)
    ticking = iter(range(0, 10_000, 8))
    monkeypatch.setattr(reader, "monotonic", lambda: clock.now + next(ticking))
    with pytest.raises(NotReadError, match="had not arrived after 30 seconds"):
        reader.read(FRONT)


def test_a_site_that_does_not_answer_is_given_up(here: Sites, reader: SiteReader) -> None:
    here.put("etat.example/")
    here.latency = 0.3
    reader.client.timeout = 0.05
    with pytest.raises(NotReadError, match=r"etat\.example does not answer in time"):
        reader.read(FRONT)


def test_a_robots_txt_that_fails_is_no_permission(here: Sites, reader: SiteReader) -> None:
    here.put("etat.example/robots.txt", status=500)
    here.put("etat.example/")
    with pytest.raises(NotReadError, match=r"robots\.txt cannot be read \(HTTP 500\)"):
        reader.read(FRONT)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1/", "http://10.0.0.1:8080/", "http://localhost.localdomain/"]
)
def test_an_address_inside_one_s_own_network_is_never_asked(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    with site_client() as client:
        reader = SiteReader(client=client, monotonic=lambda: 0.0, pause=lambda _: None)
        with pytest.raises(NotReadError) as caught:
            reader.read(address)
    assert caught.value.outcome in {"refused", "unreachable"}


@pytest.mark.parametrize("place", ["http://[::1", "javascript:alert(1)", "http://:80/", "//"])
def test_a_redirect_to_no_address_is_told(place: str, here: Sites, reader: SiteReader) -> None:
    here.put("etat.example/", status=302, Location=place)
    with pytest.raises(NotReadError) as caught:
        reader.read(FRONT)
    assert caught.value.outcome == "unreachable"


def test_a_certificate_that_cannot_be_trusted_is_named(
    here: Sites, reader: SiteReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.put("etat.example/")
    reason = "the server's certificate cannot be trusted (self-signed certificate)"
    monkeypatch.setattr(module, "certificate_error", lambda _: reason)
    reader.client.timeout = 5
    monkeypatch.setattr(reader.client, "send", _raise)
    with pytest.raises(NotReadError, match="certificate cannot be trusted"):
        reader.read(FRONT)


def _raise(*_: object, **__: object) -> None:
    raise httpx.ConnectError("certificate verify failed")
