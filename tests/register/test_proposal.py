"""What is proposed, and how it gets into a register whose other lines stay as they are."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soma_audit.register import Register, parse
from soma_audit.register.found import FoundAccount
from soma_audit.register.proposal import NewLine, NewWebsite, Proposal, propose
from soma_audit.register.writing import changed, chosen

ON = date(2026, 12, 1)
HEAD = "agency,name,kind,network,handle,evidence,website,note"
TEXT = (
    "\ufeffagency;name;kind;network;handle;evidence\r\n"
    "etat;Etaten ;agency;twitter;etaten;recorded in Wikidata (Q1) on 2026-01-02\r\n"
    '"annen";Annen etat;agency;facebook;annen;"two\r\nlines"\r\n'
    "etat;;;facebook;etaten;"
)


def found(body: str = "Q1", name: str = "Etaten", **more: str) -> FoundAccount:
    return FoundAccount(body, name, more.get("website"), more.get("network"), more.get("handle"))


def proposed(*accounts: FoundAccount, text: str = TEXT) -> Proposal:
    return propose(parse(text.removeprefix("\ufeff"), "register.csv"), accounts, kind="agency", on=ON)


def lines(proposal: Proposal) -> list[tuple[str, str, str]]:
    return [(c.agency, c.network, c.handle) for c in proposal.changes if isinstance(c, NewLine)]


@pytest.mark.parametrize(
    ("account", "line"),
    [
        pytest.param(found(network="bluesky", handle="etat.example"), ("etat", "bluesky", "etat.example"), id="by its id"),
        pytest.param(found("Q9", "ETATEN", network="bluesky", handle="e.example"), ("etat", "bluesky", "e.example"), id="by its name"),
        pytest.param(found("Q9", "Ny Etat", network="twitter", handle="ny"), ("ny-etat", "twitter", "ny"), id="new"),
        pytest.param(found("Q9", "Áé & Ø!", network="twitter", handle="ny"), ("ae-ø", "twitter", "ny"), id="an odd name"),
        pytest.param(found("Q9", "Ny", network="instagram", handle="@ny"), ("ny", "instagram", "ny"), id="elsewhere"),
        pytest.param(found("Q9", "Ny"), ("ny", "", ""), id="without an account"),
    ],
)  # fmt: skip
def test_what_is_not_in_the_register_is_proposed_for_its_agency(
    account: FoundAccount, line: tuple[str, str, str]
) -> None:
    assert lines(proposed(account)) == [line]


@pytest.mark.parametrize(
    "account",
    [
        found(network="twitter", handle="ETATEN"),
        found(network="facebook", handle="https://www.facebook.com/etaten"),
        found(),
    ],
)
def test_what_is_there_is_not_proposed(account: FoundAccount) -> None:
    assert proposed(account).changes == ()


def test_where_it_comes_from_and_when_stands_on_the_line() -> None:
    (line,) = proposed(found(network="bluesky", handle="etat.example")).changes
    assert isinstance(line, NewLine)
    assert line.evidence == "recorded in Wikidata (Q1) on 2026-12-01; confirm it before you publish"


def test_a_new_agency_has_a_name_of_its_own_on_each_of_its_lines() -> None:
    proposal = proposed(
        found("Q8", "Annen  Etat!", network="twitter", handle="a1"),
        found("Q9", "annen-etat", network="twitter", handle="a2"),
        found("Q8", "Annen  Etat!", network="facebook", handle="a3"),
    )
    assert [c.agency for c in proposal.changes] == ["annen-etat", "annen-etat-2", "annen-etat"]
    assert {c.name for c in proposal.changes if isinstance(c, NewLine)} == {"Annen  Etat!", "annen-etat"}


def test_an_agency_without_a_site_may_get_one() -> None:
    site = found(website="https://etat.example/", network="twitter", handle="etaten")
    (change,) = proposed(site, site).changes
    assert isinstance(change, NewWebsite)
    assert (change.agency, change.website) == ("etat", "https://etat.example/")


def test_an_account_that_came_from_there_and_is_there_no_longer_is_told_and_stays() -> None:
    proposal = proposed(found(network="facebook", handle="etaten"))
    assert (proposal.changes, proposal.not_found) == ((), ("twitter/etaten",))


def test_what_cannot_be_a_handle_is_told_and_the_rest_goes_on() -> None:
    proposal = proposed(
        found(network="twitter", handle="much too long for X"),
        found(network="bluesky", handle="etat.example"),
    )
    assert proposal.unusable == ("Etaten (Q1): 'much too long for X' cannot be a twitter name",)
    assert len(proposal.changes) == 1


# --- into the file ------------------------------------------------------------------------------------------------------


def test_lines_go_behind_their_agency_and_every_other_byte_stays() -> None:
    proposal = proposed(
        found(network="bluesky", handle="etat.example"),
        found("Q9", "Ny; etat", network="twitter", handle="ny", website="https://ny.example"),
        found("Q7", "Annen etat", network="twitter", handle="annen"),
    )
    after = changed(TEXT, proposal.changes)
    evidence = "recorded in Wikidata ({}) on 2026-12-01; confirm it before you publish"
    assert after == (
        "\ufeffagency;name;kind;network;handle;evidence;website\r\n"
        "etat;Etaten ;agency;twitter;etaten;recorded in Wikidata (Q1) on 2026-01-02\r\n"
        '"annen";Annen etat;agency;facebook;annen;"two\r\nlines"\r\n'
        f'annen;;;twitter;annen;"{evidence.format("Q7")}";\r\n'
        "etat;;;facebook;etaten;\r\n"
        f'etat;;;bluesky;etat.example;"{evidence.format("Q1")}";\r\n'
        f'ny-etat;"Ny; etat";agency;twitter;ny;"{evidence.format("Q9")}";https://ny.example\r\n'
    )


def test_a_site_stands_on_the_agency_s_first_line_and_no_other_changes() -> None:
    after = changed(TEXT, proposed(found(website="https://etat.example/")).changes)
    before, now = TEXT.split("\r\n"), after.split("\r\n")
    assert now[0] == before[0] + ";website"
    assert now[1] == before[1] + ";https://etat.example/"
    assert now[2:] == before[2:]


ACCOUNTS = st.lists(
    st.builds(
        lambda number, name, network, handle: FoundAccount(f"Q{number}", name, None, network, handle),
        st.integers(1, 5),
        st.sampled_from(["Etaten", "Ny", "Annen etat", 'Med "tegn", og;'])
        | st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).filter(str.strip),
        st.sampled_from(["twitter", "facebook", "instagram"]),
        st.sampled_from(["a", "b", "c", "etaten"]),
    ),
    max_size=8,
)


@given(ACCOUNTS)
def test_accepting_all_twice_is_accepting_it_once_and_leaves_a_register(accounts: list[FoundAccount]) -> None:
    once = changed(TEXT, proposed(*accounts).changes)
    read = parse(once.removeprefix("\ufeff"), "register.csv")
    assert isinstance(read, Register)
    assert proposed(*accounts, text=once).changes == ()
    kept = TEXT.removeprefix("\ufeff").split("\r\n")[1:]
    assert [line for line in kept if line not in once] == []


@given(st.text())
def test_accepting_nothing_changes_no_byte(text: str) -> None:
    assert changed(text, []) == text


@pytest.mark.parametrize(
    ("numbers", "taken"), [("all", 3), ("ALL", 3), ("1", 1), ("1,3", 2), ("1-3", 3), (" 2 - 3 , 2", 2)]
)
def test_changes_are_chosen_by_their_numbers(numbers: str, taken: int) -> None:
    proposal = proposed(*(found(network="instagram", handle=f"a{n}") for n in range(3)))
    assert len(chosen(proposal, numbers)) == taken


@pytest.mark.parametrize("numbers", ["", "0", "4", "1-4", "x", "1;2", "-1"])
def test_numbers_that_name_nothing_are_refused(numbers: str) -> None:
    proposal = proposed(*(found(network="instagram", handle=f"a{n}") for n in range(3)))
    with pytest.raises(ValueError, match=r"invalid literal|^\d+$"):
        chosen(proposal, numbers)


def test_a_register_of_a_hundred_thousand_lines_takes_thousands_more() -> None:
    head = "agency,name,kind,network,handle\n"
    text = head + "".join(f"e{n},Etat {n},agency,twitter,e{n}\n" for n in range(100_000))
    accounts = [found(f"Q{n}", f"Etat {n}", network="instagram", handle=f"e{n}") for n in range(5000)]
    after = changed(text, proposed(*accounts, text=text).changes)
    assert after.count("\n") == text.count("\n") + 5000
