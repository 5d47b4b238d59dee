"""What a page of a site tells: which accounts it links to, where its contact page is, and whether its text has changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soma_audit.collect.sites.html_links import DEEPEST, words_of
from soma_audit.collect.sites.reader import NotReadError, PageRead
from soma_audit.website import AccountLink


def page(source: str, *, url: str = "https://etat.example/", is_html: bool = True) -> PageRead:
    return PageRead(url, source.encode("utf-8", "replace"), "utf-8", is_html, None, None)


@pytest.mark.parametrize(
    ("source", "links"),
    [
        ('<a href="https://x.com/etaten">X</a>', [("twitter", "etaten", False)]),
        ('<a href="https://twitter.com/@etaten?lang=no">X</a>', [("twitter", "etaten", False)]),
        ('<a href="//www.facebook.com/etaten/">F</a>', [("facebook", "etaten", False)]),
        ('<A REL="noopener me" HREF=" https://social.example/@etat ">', [("mastodon", "etat@social.example", True)]),
        ('<head><link rel="me" href="https://social.example/@etat">', [("mastodon", "etat@social.example", True)]),
        ('<a href="https://bsky.app/profile/etat.example">', [("bluesky", "etat.example", False)]),
        ('<a href="https://x.com/intent/post?text=a">Del</a><a href="https://x.com/share">Del</a>', []),
        ('<a href="javascript:location=\'https://x.com/etaten\'">X</a>', []),
        ('<a href="/kontakt">X</a><a>uten</a><a href="http://[">odd</a>', []),
        ("<script>'<a href=\"https://x.com/etaten\">'</script>", []),
        (
            '<a href="https://x.com/Etaten">1</a><a rel=me href="https://x.com/etaten">2</a>',
            [("twitter", "etaten", True)],
        ),
    ],
)  # fmt: skip
def test_links_to_accounts_are_found_whatever_they_look_like(
    source: str, links: list[tuple[str, str, bool]]
) -> None:
    assert words_of(page(source)).links == tuple(AccountLink(n, h, rel_me=me) for n, h, me in links)


def test_a_base_address_is_heeded() -> None:
    found = words_of(page('<base href="https://www.facebook.com/"><a href="etaten">F</a>'))
    assert found.links == (AccountLink("facebook", "etaten", rel_me=False),)


def test_what_is_no_html_has_no_links() -> None:
    assert words_of(page('<a href="https://x.com/etaten">', is_html=False)).links == ()


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ('<a href="/om/kontakt-oss">Om</a><a href="/kontakt#tlf">K</a>', "https://etat.example/kontakt"),
        ('<a href="/12">Kontakt oss</a>', "https://etat.example/12"),
        ('<a href="/en/12">Contact</a>', "https://etat.example/en/12"),
        ('<a href="https://annen.example/kontakt">Kontakt</a>', None),
        ('<a href="/">Kontakt</a>', None),
        ('<a href="/stikkontakter">Stikkontakter</a>', None),
        ("", None),
    ],
)
def test_the_contact_page_is_the_shortest_address_that_is_called_so(source: str, address: str | None) -> None:
    assert words_of(page(source)).contact == address


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("<p>Regler</p>", "<div class=a>Regler\n</div>", True),
        ("<p>Regler</p><script>1</script>", "<p>Regler</p><script>2</script><style>x</style>", True),
        ("<p>Regler</p>", "<p>Andre regler</p>", False),
    ],
)
def test_only_what_people_read_makes_a_page_another(one: str, other: str, *, same: bool) -> None:
    assert (words_of(page(one)).sha256 == words_of(page(other)).sha256) is same


def test_a_page_of_another_kind_is_what_its_bytes_are() -> None:
    one, other = (words_of(page(source, is_html=False)) for source in ("<p>a", "<i>a"))
    assert one.sha256 != other.sha256


@given(st.text())
def test_whatever_a_page_holds_it_can_be_read(source: str) -> None:
    found = words_of(page(f"<a href='{source}'>{source}</a>{source}"))
    assert len(found.sha256) == 64


def test_a_million_tags_are_no_trouble() -> None:
    found = words_of(page("<div>a</div><p>b<li>c<br>" * 250_000 + '<a href="https://x.com/etaten">X</a>'))
    assert found.links == (AccountLink("twitter", "etaten", rel_me=False),)


def test_tags_within_tags_without_end_are_no_page() -> None:
    assert words_of(page("<div>" * DEEPEST)).links == ()
    with pytest.raises(NotReadError, match="nested more than 3,000 deep"):
        words_of(page("<div>" * 1_000_000))
