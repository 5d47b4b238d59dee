"""Which of the accounts that a search finds may be taken for an agency."""

from __future__ import annotations

import pytest

from soma_audit.collect.lookalikes import Lookalike, NamedAccount, lookalikes, only_names
from soma_audit.model import Account, Agency

AGENCY = Agency(id="etat", name="Direktoratet for øde øyer", kind="directorate")
ACCOUNTS = (
    Account(agency="etat", network="twitter", handle="Oyedir"),
    Account(agency="annen", network="bluesky", handle="annen.example", other_names=("gammel.example",)),
)


@pytest.mark.parametrize(
    ("handle", "name", "why"),
    [
        ("a.example", "Direktoratet for øde øyer", "same-name"),
        ("a.example", "DIREKTORATET FOR ØDE ØYER ✔", "same-name"),
        ("a.example", "Direktoratet for ode oyer", "same-name"),
        ("a.example", "Direktoratet for øde øya", "similar-name"),
        ("oyedir.example", "", "same-handle"),
        ("OyeDir.bsky.example", "Hva som helst", "same-handle"),
        ("direktoratet-for-ode-oyer.example", "", "same-handle"),
        ("a.example", "Direktoratet for noe annet", None),
        ("a.example", "Øyer", None),
        ("a.example", "", None),
        ("annen.example", "Direktoratet for øde øyer", None),
        ("Gammel.example", "Direktoratet for øde øyer", None),
    ],
)
def test_a_lookalike_has_the_agency_s_name_or_handle_and_is_not_in_the_register(
    handle: str, name: str, why: str | None
) -> None:
    found = list(lookalikes(AGENCY, "bluesky", [NamedAccount(handle, name)], ACCOUNTS))
    assert found == ([Lookalike("bluesky", handle, why)] if why else [])


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (
            {"actors": [{"did": "did:plc:a", "handle": "a.example", "displayName": "A", "avatar": "x"}, 5]},
            {"actors": [{"handle": "a.example", "displayName": "A"}]},
        ),
        ({"actors": [{"handle": "a.example"}]}, {"actors": [{"handle": "a.example", "displayName": ""}]}),
        ({"error": "AuthMissing", "message": "no", "did": "x"}, {"error": "AuthMissing", "message": "no"}),
        ({"actors": None}, {}),
        ([], None),
    ],
)
def test_a_search_lets_only_handles_and_names_through(body: object, kept: object) -> None:
    assert only_names(body) == kept
