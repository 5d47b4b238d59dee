"""What Wikidata knew of 595 Norwegian bodies: each account is proposed, there already, or told with the reason."""

from __future__ import annotations

import csv
from datetime import date
from functools import cache

import pytest

from conftest import ROOT
from soma_audit.networks import ELSEWHERE, NETWORKS
from soma_audit.register import Register, agencies_with_evidence, parse
from soma_audit.register.found import PROPERTIES, Found
from soma_audit.register.kinds import kinds_of
from soma_audit.register.matching import key, listed
from soma_audit.register.proposal import NewLine, Proposal, noted_ids, propose
from soma_audit.register.wikidata import found_in
from soma_audit.register.writing import changed

TABLE = ROOT.parent / "shared" / "real" / "registers" / "norway.csv"
MINISTRIES = ROOT / "src" / "soma_audit" / "registers" / "norway-ministries.csv"
EXAMPLE = ROOT / "fixtures" / "ministries-2010" / "register.csv"
EMPTY = "agency,name,kind,network,handle\n"

pytestmark = pytest.mark.skipif(not TABLE.exists(), reason="norway.csv is not beside this folder")


@cache
def rows() -> tuple[dict[str, str], ...]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


@cache
def found(kind: str) -> Found:
    return found_in(TABLE.read_text("utf-8"), "norway.csv", country="NO", kind=kind)


def read(text: str) -> Register:
    return parse(text, "register.csv") if text != EMPTY else Register((), ())


def proposed(text: str, kind: str) -> Proposal:
    noted = noted_ids(agencies_with_evidence(text, "register.csv"))
    return propose(read(text), found(kind), kind=kind, on=date(2026, 1, 2), noted=noted)


@pytest.fixture(params=["an empty register", "the example's", "the ministries'"])
def text(request: pytest.FixtureRequest) -> str:
    return {
        "an empty register": EMPTY,
        "the example's": EXAMPLE.read_text("utf-8"),
        "the ministries'": MINISTRIES.read_text("utf-8"),
    }[request.param]


def test_each_account_is_of_exactly_one_kind() -> None:
    assert sum(found(kind).accounts() for kind in kinds_of("NO")) == len(rows()) == 714


def test_each_account_is_in_the_register_afterwards_or_told(text: str) -> None:
    told: list[str] = []
    for kind in kinds_of("NO"):
        proposal = proposed(text, kind)
        told += [*proposal.left_out, *proposal.unusable]
        text = changed(text, proposal.changes)
    register = read(text)
    there = {key(a.network, a.handle) for a in listed(register)}
    missing = [row for row in rows() if not _is_there(row, there)]
    assert [
        row for row in missing if not any(f"({row['qid']})" in s and row["account"] in s for s in told)
    ] == []
    assert sorted({row["platform"] for row in missing}) == ["GitHub", "Weibo"]


def _is_there(row: dict[str, str], there: set[tuple[str, str]]) -> bool:
    network, shape = PROPERTIES.get(row["wikidata_property"], ("", ""))
    known = NETWORKS.get(network) or ELSEWHERE.get(network)
    return known is not None and (network, known.handle_in(shape.format(row["account"])).lower()) in there


def test_what_was_taken_over_is_not_proposed_again(text: str) -> None:
    for kind in kinds_of("NO"):
        text = changed(text, proposed(text, kind).changes)
    assert [change for kind in kinds_of("NO") for change in proposed(text, kind).changes] == []


def test_the_ministries_of_the_register_to_start_from_are_all_known() -> None:
    changes = proposed(MINISTRIES.read_text("utf-8"), "ministry").changes
    assert [change.agency for change in changes if isinstance(change, NewLine) and change.is_new_agency] == []
