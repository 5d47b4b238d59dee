"""What is proposed of what another register says, and what is only told."""

from __future__ import annotations

import time
from datetime import date

import pytest

from soma_audit.register import parse
from soma_audit.register.found import Found, FoundAccount, FoundBody
from soma_audit.register.proposal import NewCell, NewLine, Proposal, propose, recorded

ON = date(2026, 12, 1)
HEAD = "agency,name,kind,network,handle,evidence,valid_to,website\n"
TEXT = (
    HEAD
    + "etat,Etaten,agency,twitter,etaten,recorded in Wikidata (Q1) on 2026-01-02,,\n"
    + "etat,,,facebook,etaten,,,\n"
    + "annen,Annen etat,ministry,instagram,annen,its own site,,https://www.annen.example/dep/\n"
)


def body(id_: str = "Q1", name: str = "Etaten", *accounts: str, **more: object) -> FoundBody:
    """A body; its accounts are written as `network/handle`."""
    found = []
    for account in accounts:
        network, _, handle = account.partition("/")
        found.append(FoundAccount(None if network == "github" else network, handle, "P1"))
    return FoundBody(id_, name, "agency", accounts=tuple(found), **more)  # type: ignore[arg-type]


def proposed(*bodies: FoundBody, text: str = TEXT, told: tuple[str, ...] = ()) -> Proposal:
    found = Found("Wikidata", bodies, told=told)
    return propose(parse(text, "register.csv"), found, kind="agency", on=ON)


def lines(proposal: Proposal) -> list[str]:
    return [f"{c.agency} {c.network}/{c.handle}" for c in proposal.changes if isinstance(c, NewLine)]


# --- whose a body is ---


@pytest.mark.parametrize(
    ("found", "line"),
    [
        pytest.param(body("Q1", "Noe annet", "bluesky/e.example"), "etat bluesky/e.example", id="by its id"),
        pytest.param(body("Q9", "Noe", "facebook/ETATEN", "bluesky/e.example"), "etat bluesky/e.example", id="by an account"),
        pytest.param(body("Q9", "Noe", "bluesky/e.example", websites=("http://annen.example/dep",)), "annen bluesky/e.example", id="by its site"),
        pytest.param(body("Q9", "ETATEN", "bluesky/e.example"), "etat bluesky/e.example", id="by its name"),
        pytest.param(body("Q9", "Noe", "bluesky/e.example", websites=("https://annen.example/",)), "noe bluesky/e.example", id="not by the host alone"),
        pytest.param(body("Q9", "Áé & Ø!", "twitter/ny"), "ae-ø twitter/ny", id="new, with an odd name"),
        pytest.param(body("Q9", "漢", "twitter/ny"), "body twitter/ny", id="new, with a name that gives no short one"),
    ],
)  # fmt: skip
def test_a_body_is_the_agency_that_its_id_account_site_or_name_tells(found: FoundBody, line: str) -> None:
    assert lines(proposed(found)) == [line]


def test_an_id_counts_for_more_than_an_account() -> None:
    assert lines(proposed(body("Q1", "Etaten", "instagram/annen", "bluesky/e.example"))) == [
        "etat bluesky/e.example"
    ]


def test_what_two_bodies_share_tells_of_neither() -> None:
    twins = [body(id_, "Annen etat", f"twitter/e{id_}") for id_ in ("Q8", "Q9")]
    assert lines(proposed(*twins)) == ["annen-etat twitter/eQ8", "annen-etat-2 twitter/eQ9"]


def test_one_agency_is_not_two_bodies() -> None:
    found = [body("Q1", "Etaten", "bluesky/a.example"), body("Q9", "Etaten", "bluesky/b.example")]
    assert lines(proposed(*found)) == ["etat bluesky/a.example", "etaten bluesky/b.example"]


def test_a_body_that_was_taken_over_without_an_account_is_known_again() -> None:
    text = HEAD + "etat,Etaten,agency,,,recorded in Wikidata (Q7) on 2026-01-02,,\n"
    register = parse(text, "register.csv")
    found = Found("Wikidata", (body("Q7", "The Agency"),))
    assert propose(register, found, kind="agency", on=ON, noted={"Q7": "etat"}).changes == ()


# --- lines ---


@pytest.mark.parametrize(
    "there",
    [
        body("Q1", "Etaten", "twitter/ETATEN"),
        body("Q1", "Etaten", "facebook/https://www.facebook.com/etaten"),
        body("Q1", "Etaten"),
        body("Q9", "Annen etat", "instagram/annen"),
    ],
)
def test_what_is_there_is_not_proposed(there: FoundBody) -> None:
    assert proposed(there).changes == ()


def test_a_line_says_where_it_comes_from_and_when() -> None:
    (line,) = proposed(body("Q1", "Etaten", "bluesky/e.example")).changes
    assert isinstance(line, NewLine)
    assert line.evidence == "recorded in Wikidata (Q1) on 2026-12-01; confirm it before you publish"
    assert line.source == "Wikidata Q1, P1, 2026-12-01"


def test_each_line_of_a_new_agency_can_stand_alone() -> None:
    found = proposed(body("Q9", "Ny etat", "twitter/a", "facebook/b", websites=("https://ny.example",)))
    told = {(c.agency, c.name, c.kind, c.website) for c in found.changes if isinstance(c, NewLine)}
    assert told == {("ny-etat", "Ny etat", "agency", "https://ny.example")}
    assert len(found.changes) == 2


def test_a_body_without_any_account_gets_a_line_of_its_own() -> None:
    assert lines(proposed(body("Q9", "Ny etat"))) == ["ny-etat /"]


# --- cells ---


@pytest.mark.parametrize(
    ("sites", "was", "value"),
    [
        (("https://ny.example/",), "https://www.annen.example/dep/", "https://ny.example/"),
        (("http://annen.example/dep", "https://ny.example/"), "", ""),
        (("https://www.annen.example/dep/?id=5",), "https://www.annen.example/dep/", "https://www.annen.example/dep/?id=5"),
        ((), "", ""),
    ],
)  # fmt: skip
def test_another_site_is_proposed_for_the_one_that_is_there(
    sites: tuple[str, ...], was: str, value: str
) -> None:
    changes = proposed(body("Q9", "Annen etat", websites=sites)).changes
    assert [(c.column, c.was, c.value) for c in changes if isinstance(c, NewCell)] == [
        ("website", was, value) for _ in value[:1]
    ]


@pytest.mark.parametrize(
    ("name", "own_language", "is_proposed"),
    [
        ("Vesenet", True, True),
        ("The Service", False, False),
        ("Etaten kommune", True, False),
        ("etat", True, False),
        ("", True, False),
    ],
)
def test_another_name_is_proposed_if_it_is_in_the_country_s_language_and_not_the_same_but_longer(
    name: str, *, own_language: bool, is_proposed: bool
) -> None:
    changes = proposed(body("Q1", name, own_language=own_language)).changes
    assert [(c.column, c.was, c.value) for c in changes if isinstance(c, NewCell)] == [
        ("name", "Etaten", name) for _ in range(is_proposed)
    ]


# --- what is only told ---


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("etat,Etaten,agency,twitter,e,recorded in Wikidata (Q1) on 2026-01-02,,", "twitter/e came from Wikidata (Q1) and is not there now: look whether it still exists"),
        ("etat,Etaten,agency,twitter,e,recorded in Wikidata (Q7) on 2026-01-02,,", "twitter/e came from Wikidata (Q7) and is not there now: look whether it still exists"),
        ("etat,Etaten,agency,twitter,e,its own site,,", "twitter/e is not in Wikidata"),
        ("etat,Etaten,agency,twitter,e,recorded in Wikidata (Q1) on 2026-01-02,2026-02-02,", None),
        ("x,X,ministry,twitter,e,recorded in Wikidata (Q7) on 2026-01-02,,", None),
        ("x,X,agency,twitter,e,its own site,,", None),
    ],
)  # fmt: skip
def test_what_is_not_there_or_no_longer_is_told_and_stays(line: str, sentence: str | None) -> None:
    proposal = proposed(body("Q1", "Etaten"), text=HEAD + line + "\n")
    assert proposal.not_found == ((sentence,) if sentence else ())


def test_what_cannot_be_is_told_and_the_rest_goes_on() -> None:
    proposal = proposed(
        body("Q1", "Etaten", "twitter/much too long for X", "bluesky/e.example", "linkedin/two words"),
        body("Q9", ""),
        body("Q2", "Annen etat", websites=("ftp://annen.example",)),
    )
    assert proposal.unusable == (
        "Etaten (Q1): 'much too long for X' cannot be a twitter name",
        "Etaten (Q1): 'two words' cannot be a linkedin name",
        "Q9 has no name in a language that we asked for",
        "Annen etat (Q2): 'ftp://annen.example' is no address of a site",
    )
    assert lines(proposal) == ["etat bluesky/e.example"]


def test_what_has_no_place_in_the_register_is_told() -> None:
    proposal = proposed(
        body("Q1", "Etaten", "github/etaten", "instagram/annen"),
        body("Q9", "Ny etat", "twitter/etaten"),
        told=("its page shows no more",),
    )
    assert proposal.left_out == (
        "its page shows no more",
        "Etaten (Q1): 'etaten' is on a network that a register cannot name (P1)",
        "Etaten (Q1): instagram/annen stands under annen",
        "Ny etat (Q9): twitter/etaten stands under etat",
    )
    assert lines(proposal) == ["ny-etat /"]


def test_how_much_came_from_a_register_is_counted_by_kind() -> None:
    register = parse(TEXT + "etat,,,twitter,gone,recorded in Wikidata (Q1),2026-01-01,\n", "register.csv")
    assert recorded(register, "Wikidata", "agency") == 1
    assert recorded(register, "Wikidata", "ministry") == 0
    assert recorded(register, "Govdirectory", "agency") == 0


def test_a_hundred_thousand_bodies_are_compared_with_as_many_lines_in_seconds() -> None:
    text = HEAD + "".join(
        f"e{n},Etat {n},agency,twitter,e{n},recorded in Wikidata (Q{n}),,\n" for n in range(100_000)
    )
    bodies = [body(f"Q{n}", f"Etat {n}", f"twitter/e{n}", f"instagram/e{n}") for n in range(50_000)]
    bodies += [body(f"Q9{n}", "Etat", f"instagram/n{n}") for n in range(100_000, 150_000)]
    register = parse(text, "register.csv")
    began = time.process_time()
    found = propose(register, Found("Wikidata", tuple(bodies)), kind="agency", on=ON)
    assert len(found.changes) == 100_000
    assert len(found.not_found) == 50_000
    assert time.process_time() - began < 30
