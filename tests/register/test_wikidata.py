"""What is asked of Wikidata about public bodies, and what is read of its answer: JSON, or a table with its columns."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soma_audit.errors import InvalidInputError
from soma_audit.networks import ELSEWHERE, NETWORKS
from soma_audit.register.found import PROPERTIES, Found, FoundAccount, FoundBody
from soma_audit.register.kinds import CLASSES, OWN_CLASSES, check, classes, is_of, kinds_of
from soma_audit.register.wikidata import found_in, query

WIKIDATA = "http://www.wikidata.org/entity/"


def row(body: str = "Q1", label: str = "Etaten", language: str = "nb", **more: str) -> dict[str, Any]:
    """A row of an answer: `prop` and `account` name an account."""
    told = {"body": WIKIDATA + body, "bodyLabel": label, **more}
    if "prop" in told:
        told["property"] = WIKIDATA + told.pop("prop")
    cells = {key: {"type": "literal", "value": value} for key, value in told.items()}
    cells["bodyLabel"]["xml:lang"] = language
    return cells


def read(*rows: Any, **more: Any) -> Found:
    answer = json.dumps({"head": {}, "results": {"bindings": rows}, **more})
    return found_in(answer, "the answer", country="NO", kind="agency")


def body(*accounts: FoundAccount, website: str = "") -> FoundBody:
    return FoundBody("Q1", "Etaten", "agency", (website,) if website else (), accounts, own_language=True)


@pytest.mark.parametrize(
    ("prop", "account", "network", "handle"),
    [
        ("P2002", "etaten", "twitter", "etaten"),
        ("P2013", "etaten", "facebook", "etaten"),
        ("P4003", "Etaten/1234567890", "facebook", "1234567890"),
        ("P12361", "etat.example", "bluesky", "etat.example"),
        ("P4033", "etat@social.example", "mastodon", "etat@social.example"),
        ("P2003", "etaten", "instagram", "etaten"),
        ("P4264", "etaten", "linkedin", "etaten"),
        ("P2397", "UC123", "youtube", "channel/UC123"),
        ("P11245", "etaten", "youtube", "@etaten"),
    ],
)
def test_a_property_is_a_network(prop: str, account: str, network: str, handle: str) -> None:
    assert read(row(prop=prop, account=account)).bodies == (body(FoundAccount(network, handle, prop)),)


def test_a_property_that_is_no_network_of_the_register_s_is_kept_to_be_told() -> None:
    assert read(row(prop="P2037", account="etaten")).bodies == (body(FoundAccount(None, "etaten", "P2037")),)


@pytest.mark.parametrize(
    "nobody_knows",
    [
        {"prop": "P2002", "account": ""},
        {"prop": "P2002", "account": "http://www.wikidata.org/.well-known/genid/0f1"},
    ],
)
def test_a_statement_without_a_value_is_no_account(nobody_knows: dict[str, str]) -> None:
    assert read(row(**nobody_knows)).bodies == (body(),)


def test_a_body_without_any_account_is_found_too() -> None:
    assert read(row(website="https://etat.example/")).bodies == (body(website="https://etat.example/"),)


def test_a_body_is_found_once_with_all_its_sites_and_each_account_once() -> None:
    rows = [
        row(prop="P2002", account=account, website=site)
        for site in ("https://a.example", "https://b.example")
        for account in ("etaten", "Etaten")
    ]
    (found,) = read(*rows).bodies
    assert found.websites == ("https://a.example", "https://b.example")
    assert found.accounts == (FoundAccount("twitter", "etaten", "P2002"),)


@pytest.mark.parametrize(
    ("label", "language", "name", "is_own"),
    [
        ("Etaten", "nb", "Etaten", True),
        ("Etaten", "mul", "Etaten", True),
        ("The Agency", "en", "The Agency", False),
        ("Q1", "", "", False),
        ("Etat\x1b[31m\nen", "nb", "Etat[31m en", True),
    ],
)
def test_a_name_is_known_to_be_in_the_country_s_language(
    label: str, language: str, name: str, *, is_own: bool
) -> None:
    (found,) = read(row(label=label, language=language)).bodies
    assert (found.name, found.own_language) == (name, is_own)


@pytest.mark.parametrize("odd", [{}, {"body": "Q1"}, row(body="")])
def test_a_row_without_a_body_is_left_out(odd: Any) -> None:
    assert read(odd).bodies == ()


@pytest.mark.parametrize(
    ("told", "day"), [("2026-01-02", date(2026, 1, 2)), ("yesterday", None), (5, None), (None, None)]
)
def test_a_saved_answer_says_on_which_day_it_came(told: object, day: date | None) -> None:
    assert read(row(), asked_on=told).on == day


TABLE = "qid,name_en,type,website,platform,wikidata_property,account,url\n"


def test_a_table_with_the_columns_of_an_answer_will_do() -> None:
    lines = "Q1,The Agency,government agency,https://a.example,X,P2002,etaten,u\nQ1,The Agency,government agency,https://a.example,GitHub,P2037,etat,u\n"
    assert found_in(TABLE + lines, "x.csv", country="NO", kind="agency").bodies == (
        FoundBody(
            "Q1",
            "The Agency",
            "agency",
            ("https://a.example",),
            (FoundAccount("twitter", "etaten", "P2002"), FoundAccount(None, "etat", "GitHub, P2037")),
        ),
    )


def test_rows_of_a_table_about_bodies_of_other_kinds_are_told() -> None:
    found = found_in(
        TABLE + "Q1,A,embassy,,X,P2002,a,\nQ2,B,ministry,,X,P2002,b,\n", "x", country="NO", kind="ministry"
    )
    assert [body.id for body in found.bodies] == ["Q2"]
    assert found.told == ("1 row is left out: no ministry, but embassy",)


@pytest.mark.parametrize(
    "answer",
    [
        *("", "<html>503</html>", "{", '{"results": 5}', "[]", "a,b\n1,2\n", '{"results": {"bindings": null'),
        '{"results": ' + '{"a":' * 100_000,
        TABLE + "Q1,\0" + "x" * 200_000,
    ],
    ids=str.__len__,
)  # fmt: skip
def test_anything_else_is_no_answer(answer: str) -> None:
    with pytest.raises(InvalidInputError, match="the answer is no answer of a query service"):
        found_in(answer, "the answer", country="NO", kind="agency")


@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_stands_in_a_row_the_others_are_read(odd: object) -> None:
    assert read(row(), odd).bodies[0] == body()


def test_a_hundred_thousand_rows_are_read() -> None:
    rows = [row(body=f"Q{n}", label=f"Etat {n}", prop="P2002", account=f"e{n}") for n in range(100_000)]
    assert read(*rows).accounts() == 100_000


def test_each_network_of_a_property_is_one_that_the_register_takes() -> None:
    assert {network for network, _ in PROPERTIES.values()} <= {*NETWORKS, *ELSEWHERE}


# --- the question ---


@pytest.mark.parametrize(
    ("country", "kind", "asked"),
    [
        ("NO", "municipality", ["Q755707"]),
        ("NO", "court", ["Q1769285", "Q16973854", "Q11979280"]),
        ("NO", "university", [CLASSES["university"]]),
        ("FR", "ministry", [CLASSES["ministry"]]),
        ("FR", "Q123", ["Q123"]),
    ],
)
def test_a_kind_is_the_country_s_own_class_or_one_for_all_countries(
    country: str, kind: str, asked: list[str]
) -> None:
    assert classes(country, kind) == asked
    assert f"VALUES ?class {{ {' '.join('wd:' + qid for qid in asked)} }}" in query(country, kind)


def test_a_question_names_the_country_and_leaves_out_what_is_over() -> None:
    asked = query("NO", "ministry")
    assert all(
        part in asked
        for part in (
            '"NO"',
            "wdt:P17 ",
            "wdt:P576",
            "wdt:P1366",
            "pq:P582",
            "DeprecatedRank",
            '"nb,nn,no,mul,en"',
        )
    )


def test_an_embassy_is_found_by_who_runs_it() -> None:
    assert "wdt:P137 ?country" in query("NO", "embassy")
    assert "wdt:P17 " not in query("NO", "embassy")


@pytest.mark.parametrize("kind", ["ministry", "directorate", "Q123"])
def test_a_kind_that_is_known_or_a_class_may_be_asked_for(kind: str) -> None:
    check("NO", kind)


@pytest.mark.parametrize(
    ("country", "kind", "said"),
    [
        ("Norway", "ministry", "'Norway' is not a country's two letters"),
        ('N"', "ministry", "is not a country's two letters"),
        ("FR", "directorate", "'directorate' is not a kind of body in FR: write one of agency, county"),
        ("NO", "Q1 } SELECT", "is not a kind of body in NO"),
        ("NO", "", "is not a kind of body in NO"),
    ],
)
def test_nothing_else_gets_into_a_question(country: str, kind: str, said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        check(country, kind)


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ("Q755707", "municipality"),
        ("municipality of Norway", "municipality"),
        ("county municipality", "county"),
        ("regional council in Sweden", "county"),
        ("directorate in Norway", "directorate"),
        ("ministries of Denmark", "ministry"),
        ("embassy", "embassy"),
        ("district court", "court"),
        ("Swedish government agency", "agency"),
    ],
)
def test_a_class_is_told_by_its_id_or_its_label(told: str, kind: str) -> None:
    assert [k for k in kinds_of("NO") if is_of(k, "NO", told)] == [kind]


def test_a_class_that_is_not_told_may_be_any() -> None:
    assert is_of("ministry", "NO", "")
    assert is_of("Q123", "NO", "AP pension fund")
    assert not is_of("ministry", "SE", "AP pension fund")


def test_each_country_s_own_classes_are_of_kinds_that_can_be_asked_for() -> None:
    assert {kind for own in OWN_CLASSES.values() for kind in own.values()} == {*CLASSES, "directorate"} - {
        "embassy",
        "university",
    }
