"""register.csv: agencies and accounts, bad lines named by number."""

from __future__ import annotations

from collections import Counter
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from soma_audit.errors import Exit, InvalidInputError
from soma_audit.model import Account, Agency, Channel, Declared, Role
from soma_audit.register import COLUMNS, Register, load, parse

if TYPE_CHECKING:
    from pathlib import Path

HEAD = ",".join(COLUMNS)


def register(*lines: str, head: str = HEAD) -> Register:
    return parse("\n".join([head, *lines, ""]), "register.csv")


def mistakes(*lines: str, head: str = HEAD) -> tuple[str, ...]:
    with pytest.raises(InvalidInputError) as caught:
        register(*lines, head=head)
    assert caught.value.exit_code == Exit.USAGE
    return caught.value.mistakes


# --- what may stand there -----------------------------------------------------------------------------------------


def test_a_line_is_an_account_and_the_agency_it_belongs_to() -> None:
    read = register(
        "etat,Etaten,agency,twitter,etaten,broadcast,seen on etat.example,2020-01-01,2026-12-31,gamle-etat"
    )
    assert read.agencies == (Agency(id="etat", name="Etaten", kind="agency", succeeds=("gamle-etat",)),)
    assert read.accounts == (
        Account(
            agency="etat",
            network="twitter",
            handle="etaten",
            role=Role.BROADCAST,
            evidence="seen on etat.example",
            valid_from=date(2020, 1, 1),
            valid_to=date(2026, 12, 31),
        ),
    )


def test_a_line_without_network_and_handle_speaks_of_the_agency_alone() -> None:
    read = register("etat,Etaten,agency,,,,,2020-01-01,2026-12-31,")
    assert read.accounts == ()
    assert read.agencies == (
        Agency(
            id="etat",
            name="Etaten",
            kind="agency",
            valid_from=date(2020, 1, 1),
            valid_to=date(2026, 12, 31),
        ),
    )


def test_an_account_s_dates_are_not_the_agency_s() -> None:
    read = register("etat,Etaten,agency,twitter,etaten,,,2020-01-01,,")
    assert (read.agencies[0].valid_from, read.accounts[0].valid_from) == (None, date(2020, 1, 1))


def test_name_and_kind_need_to_stand_only_once() -> None:
    read = register("etat,Etaten,agency,twitter,etaten,,,,,", "etat,,,facebook,etaten,,,,,")
    assert len(read.agencies) == 1
    assert [a.network for a in read.accounts] == ["twitter", "facebook"]


@pytest.mark.parametrize(("written", "role"), [("", Role.DIALOGUE), *((role.value, role) for role in Role)])
def test_an_account_is_for_dialogue_unless_it_says_otherwise(written: str, role: Role) -> None:
    assert register(f"etat,Etaten,agency,twitter,etaten,{written},,,,").accounts[0].role is role


def test_an_at_sign_before_a_handle_does_not_matter() -> None:
    assert register("etat,Etaten,agency,twitter,@etaten,,,,,").accounts[0].handle == "etaten"


def test_several_predecessors_are_kept_apart_by_spaces() -> None:
    assert register("etat,Etaten,agency,,,,,,,a b").agencies[0].succeeds == ("a", "b")


def test_semicolons_separate_as_well_as_commas() -> None:
    read = register("etat;Etaten, avd. 1;agency;twitter;etaten", head="agency;name;kind;network;handle")
    assert read.agencies[0].name == "Etaten, avd. 1"


def test_columns_may_stand_in_any_order_and_case() -> None:
    read = register("etaten , twitter,agency,Etaten,etat", head="Handle,NETWORK,kind, name ,agency")
    assert str(read.accounts[0]) == "twitter/etaten"


def test_empty_lines_and_empty_cells_at_the_end_do_not_matter() -> None:
    read = register("", ",,,,", "etat,Etaten,agency,twitter,etaten", "")
    assert len(read.accounts) == 1


def test_a_byte_order_mark_does_not_matter(tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    file.write_text(f"{HEAD}\r\netat,Etaten,agency,twitter,etaten,,,,,\r\n", "utf-8-sig")
    assert load(file).agencies[0].id == "etat"


# --- what an agency says of itself and of how it runs an account --------------------------------------------------


def only(**cells: str) -> Register:
    """A register of one line with these cells beside the agency's."""
    cells = {"agency": "etat", "name": "Etaten", "kind": "agency", **cells}
    return register(",".join(cells.values()), head=",".join(cells))


def test_an_agency_s_site_and_region_stand_on_any_of_its_lines() -> None:
    read = register(
        "etat,Etaten,agency,twitter,etaten,,",
        "etat,,,facebook,etaten,https://etat.example/,Innlandet",
        head="agency,name,kind,network,handle,website,region",
    )
    assert (read.agencies[0].website, read.agencies[0].region) == ("https://etat.example/", "Innlandet")


@pytest.mark.parametrize(
    ("network", "written", "handle"),
    [
        ("instagram", "@etaten", "etaten"),
        ("instagram", "https://www.instagram.com/etaten/", "etaten"),
        ("linkedin", "https://no.linkedin.com/company/etaten?trk=x", "etaten"),
        ("linkedin", "arbeids--og-etaten", "arbeids--og-etaten"),
        ("youtube", "https://youtube.com/@etaten", "@etaten"),
        ("youtube", "https://www.youtube.com/channel/UC123", "channel/UC123"),
        ("flickr", "https://www.flickr.com/photos/1@N00/", "1@N00"),
        ("tiktok", "https://www.tiktok.com/@etaten", "etaten"),
    ],
)
def test_a_channel_where_nothing_is_collected_is_kept_beside_the_accounts(
    network: str, written: str, handle: str
) -> None:
    read = only(network=network, handle=written, evidence="seen", valid_from="2020-01-01")
    assert read.accounts == ()
    assert read.channels == (
        Channel(agency="etat", network=network, handle=handle, evidence="seen", valid_from=date(2020, 1, 1)),
    )


def test_how_an_account_is_run_is_what_its_line_declares() -> None:
    read = only(
        network="twitter",
        handle="etaten",
        unit="Kommunikasjon",
        email="post@etat.example",
        hours="mon-thu 08:00-15:45",
        languages="nb NN",
        guidelines="https://etat.example/some",
        guidelines_date="2025-02-01",
        moderation_rules="https://etat.example/regler",
        personal_data_notice="https://etat.example/personvern",
    )
    assert read.accounts[0].declared == Declared(
        unit="Kommunikasjon",
        email="post@etat.example",
        hours="mon-thu 08:00-15:45",
        languages=("nb", "nn"),
        guidelines="https://etat.example/some",
        guidelines_date=date(2025, 2, 1),
        moderation_rules="https://etat.example/regler",
        personal_data_notice="https://etat.example/personvern",
    )


@pytest.mark.parametrize(
    ("column", "written", "said"),
    [
        ("website", "etat.example", "is not an address; write it as https://etat.example/"),
        ("guidelines", "ftp://etat.example/x", "is not an address; write it as https://etat.example/"),
        ("moderation_rules", "https://[etat", "is not an address; write it as https://etat.example/"),
        ("email", "post at etat", "is not an e-mail address; write it as post@etat.example"),
        ("hours", "16:00-08:00", "are not opening hours; write them as mon-fri 08:00-15:45"),
        ("hours", "fri-mon 08:00-16:00", "are not opening hours; write them as mon-fri 08:00-15:45"),
        ("guidelines_date", "2025", "is not a valid date; write it as 2026-03-02"),
    ],
)
def test_a_declaration_that_cannot_be_meant_is_told(column: str, written: str, said: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        only(network="twitter", handle="etaten", **{column: written})
    assert caught.value.mistakes == (f"line 2: {column} {written!r} {said}",)


def test_languages_are_codes() -> None:
    with pytest.raises(InvalidInputError) as caught:
        only(network="twitter", handle="etaten", languages="nb norsk")
    assert caught.value.mistakes == (
        "line 2: languages has 'norsk'; write their codes, separated by spaces, as in nb nn en",
    )


# --- mistakes -----------------------------------------------------------------------------------------------------


def test_every_mistake_is_told_at_once_with_its_line() -> None:
    assert mistakes(
        "Etat Nr 1,Etaten,agency,twitter,etaten,,,,,",
        "etat,Etaten,agency,myspace,etaten,,,,,",
        "",
        "etat,Etaten,agency,twitter,https://x.example/e,chat,,2026-13-01,,",
    ) == (
        "line 2: agency 'Etat Nr 1' is not a valid short name; use a-z, 0-9 and -",
        (
            "line 3: network 'myspace' is not one of bluesky, facebook, mastodon, twitter, flickr, instagram,"
            " linkedin, threads, tiktok, vimeo, youtube"
        ),
        "line 5: valid_from '2026-13-01' is not a valid date; write it as 2026-03-02",
        "line 5: handle 'https://x.example/e' cannot be a twitter name; write it as eksempeletat",
        "line 5: role 'chat' is not one of dialogue, broadcast, crisis",
    )


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("etat,,agency,,,,,,,", "line 2: name is missing on the first line of etat"),
        ("etat,Etaten,,,,,,,,", "line 2: kind is missing on the first line of etat, such as ministry"),
        ("etat,Etaten,agency,,,,,2026-02-30,,", "line 2: valid_from '2026-02-30' is not a valid date"),
        ("etat,Etaten,agency,,,,,2026-01-02,2026-01-01,", "line 2: valid_from is after valid_to"),
        ("etat,Etaten,agency,twitter,,,,,,", "line 2: handle '' cannot be a twitter name"),
        (
            "etat,Etaten,agency,,etaten,,,,,",
            (
                "line 2: network '' is not one of bluesky, facebook, mastodon, twitter, flickr, instagram,"
                " linkedin, threads, tiktok, vimeo, youtube"
            ),
        ),
        ("etat,Etaten,agency,twitter,sixteen_letters_,,,,,", "line 2: handle 'sixteen_letters_' cannot be"),
        ("etat,Etaten,agency,facebook,å b,,,,,", "line 2: handle 'å b' cannot be a facebook name"),
        ("etat,Etaten,agency,,,,,,,etat", "etat cannot succeed itself"),
        ('etat,"Etaten,agency,twitter,etaten', "behind line 1: the quotation marks do not pair"),
    ],
)
def test_a_mistake_is_one_sentence(line: str, mistake: str) -> None:
    (said,) = mistakes(line)
    assert said.startswith(mistake)


@pytest.mark.parametrize(
    ("second", "mistake"),
    [
        ("etat,,,twitter,ETATEN,,,,,", "line 3: twitter/ETATEN stands on an earlier line already"),
        ("etat,Etaten AS,,,,,,,,", "line 3: name 'Etaten AS' was 'Etaten' on an earlier line"),
        ("etat,,ministry,,,,,,,", "line 3: kind 'ministry' was 'agency' on an earlier line"),
    ],
)
def test_a_line_must_not_contradict_an_earlier_one(second: str, mistake: str) -> None:
    assert mistakes("etat,Etaten,agency,twitter,etaten,,,,,", second) == (mistake,)


def test_the_same_handle_on_two_networks_is_no_duplicate() -> None:
    assert len(register("etat,Etaten,agency,twitter,e,,,,,", "etat,,,facebook,e,,,,,").accounts) == 2


def test_missing_and_unknown_columns_are_told_at_once() -> None:
    assert mistakes(head="agency,navn,kind,network") == (
        "line 1: column handle is missing",
        "line 1: column name is missing",
        "line 1: there is no column 'navn'",
    )


def test_a_register_without_agencies_is_a_mistake() -> None:
    assert mistakes() == ("it lists no agencies yet: add a line for each account, as docs/register.md shows",)


def test_a_missing_register_names_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"no register .*r\.csv.*soma-audit init"):
        load(tmp_path / "r.csv")


def test_a_register_that_is_no_text_is_told_so(tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    file.write_bytes(b"agency,name\n\x81,\x8d\n")
    with pytest.raises(InvalidInputError, match=r"cannot be read: it is not text in UTF-8"):
        load(file)


def test_a_closed_wall_may_have_a_reason_and_another_channel() -> None:
    head = "agency,name,kind,network,handle,closing_reason,alternative_channel"
    told = register("etat,Etaten,agency,facebook,e,Personvern,post@etat.example", head=head).accounts[0]
    silent = register("etat,Etaten,agency,facebook,e,,", head=head).accounts[0]
    assert (told.closing_reason, told.alternative_channel) == ("Personvern", "post@etat.example")
    assert (silent.closing_reason, silent.alternative_channel) == (None, None)


# --- what is shipped ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def norway() -> Register:
    text = files("soma_audit.registers").joinpath("norway-ministries.csv").read_text("utf-8")
    return parse(text, "norway-ministries.csv")


def test_the_shipped_register_has_sixteen_ministries_and_the_prime_minister_s_office(
    norway: Register,
) -> None:
    assert Counter(a.kind for a in norway.agencies) == {"ministry": 16, "prime-minister": 1}


def test_the_shipped_register_has_17_x_accounts_of_16_bodies_15_pages_and_one_on_bluesky(
    norway: Register,
) -> None:
    bodies = {network: {a.agency for a in norway.accounts if a.network == network} for network in HANDLES}
    assert Counter(a.network for a in norway.accounts) == HANDLES
    assert {network: len(agencies) for network, agencies in bodies.items()} == {
        "twitter": 16,
        "facebook": 15,
        "bluesky": 1,
    }


HANDLES = {"twitter": 17, "facebook": 15, "bluesky": 1}


def test_each_shipped_account_says_where_and_when_it_was_recorded(norway: Register) -> None:
    assert [str(a) for a in norway.accounts if "recorded in Wikidata (Q" not in (a.evidence or "")] == []
    assert [str(a) for a in norway.accounts if "2026-01-02" not in (a.evidence or "")] == []


@pytest.mark.parametrize(
    ("day", "wrong"),
    [("0026-03-02", True), ("0999-12-31", True), ("1814-05-17", False), ("9999-12-31", False)],
)
def test_a_year_that_is_a_slip_is_told(day: str, wrong: bool) -> None:  # noqa: FBT001 - a row of the table
    text = f"agency,name,kind,network,handle,valid_to\neks,Eksempeletaten,agency,,,{day}\n"
    if wrong:
        with pytest.raises(InvalidInputError, match=r"line 2: valid_to .* lies before the year 1000"):
            parse(text, "register.csv")
    else:
        assert parse(text, "register.csv").agencies[0].valid_to is not None
