"""What is read of an answer about public bodies: Wikidata's JSON, or a table with its columns."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soma_audit.errors import InvalidInputError
from soma_audit.networks import ELSEWHERE, NETWORKS
from soma_audit.register.found import KINDS, PROPERTIES, FoundAccount, found_in, query

WIKIDATA = "http://www.wikidata.org/entity/"


def row(body: str = "Q1", label: str = "Etaten", **more: str) -> dict[str, Any]:
    """A row of an answer: `prop` and `account` name an account."""
    told = {"body": WIKIDATA + body, "bodyLabel": label, **more}
    if "prop" in told:
        told["property"] = WIKIDATA + told.pop("prop")
    return {key: {"type": "literal", "value": value} for key, value in told.items()}


def read(*rows: Any) -> list[FoundAccount]:
    return found_in(json.dumps({"head": {}, "results": {"bindings": rows}}), "the answer")


@pytest.mark.parametrize(
    ("prop", "account", "network", "handle"),
    [
        ("P2002", "etaten", "twitter", "etaten"),
        ("P2013", "etaten", "facebook", "etaten"),
        ("P12361", "etat.example", "bluesky", "etat.example"),
        ("P4033", "etat@social.example", "mastodon", "etat@social.example"),
        ("P2003", "etaten", "instagram", "etaten"),
        ("P4264", "etaten", "linkedin", "etaten"),
        ("P2397", "UC123", "youtube", "channel/UC123"),
        ("P11245", "etaten", "youtube", "@etaten"),
        ("P18", "Bilde.jpg", None, None),
        ("P2002", "", None, None),
    ],
)
def test_a_property_is_a_network(prop: str, account: str, network: str | None, handle: str | None) -> None:
    assert read(row(prop=prop, account=account)) == [FoundAccount("Q1", "Etaten", None, network, handle)]


def test_a_body_without_any_account_is_found_too() -> None:
    assert read(row(website="https://etat.example/")) == [
        FoundAccount("Q1", "Etaten", "https://etat.example/", None, None)
    ]


@pytest.mark.parametrize("odd", [{}, {"body": "Q1"}, row(label="Q1"), row(body="")])
def test_a_body_without_a_name_is_left_out(odd: Any) -> None:
    assert read(odd) == []


def test_a_body_with_two_sites_has_each_account_once() -> None:
    both = [row(prop="P2002", account=a, website=w) for w in ("https://a.example", "https://b.example") for a in ("etaten", "Etaten")]  # fmt: skip
    assert len(read(*both)) == 1


def test_a_table_with_the_columns_of_an_answer_will_do() -> None:
    table = "qid,name_en,type,website,platform,wikidata_property,account,url\nQ1,The Agency,x,https://a.example,X,P2002,etaten,u\n"
    assert found_in(table, "x.csv") == [
        FoundAccount("Q1", "The Agency", "https://a.example", "twitter", "etaten")
    ]


@pytest.mark.parametrize(
    "answer",
    ["", "<html>503</html>", "{", '{"results": 5}', "[]", "a,b\n1,2\n", '{"results": {"bindings": null'],
)
def test_anything_else_is_no_answer(answer: str) -> None:
    with pytest.raises(InvalidInputError, match="the answer is no answer of a query service"):
        found_in(answer, "the answer")


@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_stands_in_a_row_the_others_are_read(odd: object) -> None:
    assert FoundAccount("Q1", "Etaten", None, None, None) in read(row(), odd)


def test_a_hundred_thousand_rows_are_read() -> None:
    rows = [row(body=f"Q{n}", label=f"Etat {n}", prop="P2002", account=f"e{n}") for n in range(100_000)]
    assert len(read(*rows)) == 100_000


def test_each_network_of_a_property_is_one_that_the_register_takes() -> None:
    assert {network for network, _ in PROPERTIES.values()} <= {*NETWORKS, *ELSEWHERE}


@pytest.mark.parametrize("kind", [*KINDS, "Q123"])
def test_a_question_names_the_country_and_the_class_and_leaves_out_what_is_over(kind: str) -> None:
    asked = query("NO", kind)
    assert '"NO"' in asked
    assert f"wd:{KINDS.get(kind, kind)} " in asked
    assert all(part in asked for part in ("wdt:P576", "wdt:P1366", "pq:P582", "DeprecatedRank", '"nb,nn,en"'))
