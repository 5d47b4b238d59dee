"""How accepted changes get into a register whose other cells stay as they are."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soma_audit.register import agencies_with_evidence, parse
from soma_audit.register.found import Found, FoundAccount, FoundBody
from soma_audit.register.proposal import NewCell, NewLine, Proposal, noted_ids, propose
from soma_audit.register.writing import changed, chosen
from soma_audit.text_files import decoded

TEXT = (
    "\ufeffagency;name;kind;network;handle;evidence\r\n"
    "etat;Etaten ;agency;twitter;etaten;recorded in Wikidata (Q1) on 2026-01-02\r\n"
    '"annen";"Annen etat";agency ;facebook;annen;"two\r\nlines"\r\n'
    "\r\n"
    "etat;;;facebook;etaten;"
)
"""A register as a person keeps it: with quotation marks and spaces of their own, and without an end to its last line."""


def new(agency: str, network: str, handle: str, **more: str) -> NewLine:
    told = {"name": "", "kind": "", "website": "", "evidence": "", "source": "", **more}
    return NewLine(agency=agency, network=network, handle=handle, is_new_agency=bool(told["name"]), **told)


def cell(agency: str, column: str, value: str) -> NewCell:
    return NewCell(agency=agency, column=column, was="", value=value, source="")


def test_lines_go_behind_their_agency_and_new_agencies_to_the_end() -> None:
    changes = [
        new("etat", "bluesky", "etat.example", evidence="a; b"),
        new("ny", "twitter", "ny", name="Ny; etat", kind="agency"),
        new("annen", "twitter", "annen"),
    ]
    assert changed(TEXT, changes) == (
        TEXT.removesuffix("\r\netat;;;facebook;etaten;").removesuffix("\r\n")
        + "\r\nannen;;;twitter;annen;\r\n"
        + "\r\netat;;;facebook;etaten;\r\n"
        + 'etat;;;bluesky;etat.example;"a; b"\r\n'
        + 'ny;"Ny; etat";agency;twitter;ny;\r\n'
    )


def test_a_column_that_is_missing_is_named_behind_the_others() -> None:
    after = changed(TEXT, [new("ny", "", "", name="Ny", kind="agency", website="https://ny.example")])
    before, now = TEXT.split("\r\n"), after.split("\r\n")
    assert now[0] == before[0] + ";website"
    assert now[1 : len(before)] == before[1:]
    assert now[len(before) :] == ["ny;Ny;agency;;;;https://ny.example", ""]


def test_what_stands_behind_the_columns_gets_into_none_that_is_new() -> None:
    text = "agency,name,kind,network,handle\ne,Etat,agency,twitter,a,a note,\n"
    after = changed(text, [cell("e", "website", "https://e.example")])
    assert after == (
        "agency,name,kind,network,handle,website\ne,Etat,agency,twitter,a,https://e.example,a note,\n"
    )


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        (
            cell("etat", "name", "Vesenet"),
            {1: "etat;Vesenet;agency;twitter;etaten;recorded in Wikidata (Q1) on 2026-01-02"},
        ),
        (cell("annen", "name", 'Det; "nye"'), {2: '"annen";"Det; ""nye""";agency ;facebook;annen;"two'}),
        (
            cell("etat", "website", "https://e.example"),
            {
                0: "\ufeffagency;name;kind;network;handle;evidence;website",
                1: "etat;Etaten ;agency;twitter;etaten;recorded in Wikidata (Q1) on 2026-01-02;https://e.example",
            },
        ),
    ],
)
def test_a_cell_is_changed_and_no_other(change: NewCell, lines: dict[int, str]) -> None:
    before, now = TEXT.split("\r\n"), changed(TEXT, [change]).split("\r\n")
    assert now == [lines.get(number, line) for number, line in enumerate(before)]


def test_a_cell_that_stands_on_several_lines_is_changed_on_each() -> None:
    text = "agency,name,kind,network,handle\ne,Etat,agency,twitter,a\ne,,,twitter,b\ne,Etat,,twitter,c\n"
    after = changed(text, [cell("e", "name", "Vesen")])
    assert after == text.replace("Etat", "Vesen")
    assert parse(after, "register.csv").agencies[0].name == "Vesen"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_new_line_ends_as_the_others_do(end: str) -> None:
    text = f"agency,name,kind,network,handle{end}e,Etat,agency,twitter,a{end}"
    assert changed(text, [new("e", "twitter", "b")]) == f"{text}e,,,twitter,b{end}"


# --- whatever the register and the other one hold ---

CELLS = st.sampled_from(["", " ", "x", '"x"', ' "x', 'x"y', '"a,b"', '"a\nb"', '"a""b"', "Ærlig "])
ROWS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from(["region", "unit"]), CELLS), min_size=1, max_size=6
)  # fmt: skip


@st.composite
def registers(draw: st.DrawFn) -> str:
    """A register that can be read: hand-made cells in two columns, any delimiter, line ends and order of columns."""
    delimiter, end = draw(st.sampled_from(",;")), draw(st.sampled_from(["\n", "\r\n"]))
    columns = draw(st.permutations(["agency", "name", "kind", "network", "handle", "unit", "evidence"]))
    lines = [delimiter.join(columns)]
    for number, (agency, _, written) in enumerate(draw(ROWS)):
        told = {
            "agency": agency,
            "name": f"Etat {agency}",
            "kind": "agency",
            "network": "twitter",
            "handle": f"x{number}",
            "unit": written.replace(",", delimiter),
            "evidence": f"recorded in Wikidata (Q{number % 3})",
        }
        lines.append(delimiter.join(told[column] for column in columns))
    mark = draw(st.sampled_from(["", "\ufeff"]))
    return mark + end.join(lines) + draw(st.sampled_from(["", end, end + end]))


BODIES = st.lists(
    st.builds(
        lambda number, name, accounts, sites: FoundBody(
            f"Q{number}",
            name,
            "agency",
            tuple(sites),
            tuple(FoundAccount(network, handle, "P1") for network, handle in accounts),
            own_language=number % 2 == 0,
        ),
        st.integers(0, 5),
        st.sampled_from(["Etat a", "Etat b", "Ny", 'Med "tegn", og;', "Ny "])
        | st.text(st.characters(exclude_categories=("C", "Z")), max_size=9),
        st.lists(
            st.tuples(
                st.sampled_from(["twitter", "facebook", "instagram", "bluesky"]),
                st.sampled_from(["x0", "x1", "b", "c.example", "", "a b"]),
            ),
            max_size=3,
        ),
        st.lists(
            st.sampled_from(["https://a.example", "https://b.example/?a=1,2;3", "nonsense"]), max_size=2
        ),
    ),
    max_size=6,
    unique_by=lambda body: body.id,
)


def proposed(text: str, bodies: list[FoundBody]) -> Proposal:
    plain = decoded(text.encode())
    noted = noted_ids(agencies_with_evidence(plain, "register.csv"))
    found = Found("Wikidata", tuple(bodies))
    return propose(parse(plain, "register.csv"), found, kind="agency", on=date(2026, 12, 1), noted=noted)


@given(registers(), BODIES)
def test_accepting_all_twice_is_accepting_it_once_and_leaves_a_register(
    text: str, bodies: list[FoundBody]
) -> None:
    once = changed(text, proposed(text, bodies).changes)
    parse(decoded(once.encode()), "register.csv")
    assert proposed(once, bodies).changes == ()


@given(registers(), BODIES, st.data())
def test_whatever_is_accepted_every_line_that_it_does_not_concern_stays_to_the_byte(
    text: str, bodies: list[FoundBody], data: st.DataObject
) -> None:
    changes = proposed(text, bodies).changes
    some = [change for change in changes if data.draw(st.booleans())]
    after = changed(text, some)
    rewritten = {change.agency for change in some if isinstance(change, NewCell)}
    kept = [row for row in rows(text)[1:] if agency_of(text, row) not in rewritten]
    remaining = iter(rows(after))
    assert [
        row for row in kept if not any(row.rstrip("\r\n") == other.rstrip("\r\n") for other in remaining)
    ] == []
    parse(decoded(after.encode()), "register.csv")


@given(registers(), BODIES)
def test_no_cell_but_those_that_were_accepted_says_anything_else(text: str, bodies: list[FoundBody]) -> None:
    changes = [change for change in proposed(text, bodies).changes if isinstance(change, NewCell)]
    written = {(change.agency, change.column) for change in changes}
    before, after = table(text), table(changed(text, changes))
    for was, now in zip(before, after, strict=True):
        for column, value in was.items():
            if (was["agency"], column) not in written:
                assert now[column] == value


@given(st.text())
def test_accepting_nothing_changes_no_byte(text: str) -> None:
    assert changed(text, []) == text


def rows(text: str) -> list[str]:
    """The rows of a table as they stand, each with its end."""
    lines = list(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    reader, start, found = csv.reader(lines, delimiter=";" if ";" in lines[0] else ","), 0, []
    for _ in reader:
        found.append("".join(lines[start : reader.line_num]))
        start = reader.line_num
    return found


def table(text: str) -> list[dict[str, str]]:
    text = text.removeprefix("\ufeff")
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    return [
        {k: v or "" for k, v in row.items()}
        for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    ]


def agency_of(text: str, row: str) -> str:
    head = rows(text)[0]
    return table(head + row)[0]["agency"] if row.strip() else ""


# --- numbers ---

THREE = Proposal(tuple(new("e", "instagram", f"a{n}") for n in range(3)), (), (), ())


@pytest.mark.parametrize(
    ("numbers", "taken"), [("all", 3), ("ALL", 3), ("1", 1), ("1,3", 2), ("1-3", 3), (" 2 - 3 , 2", 2)]
)
def test_changes_are_chosen_by_their_numbers(numbers: str, taken: int) -> None:
    assert len(chosen(THREE, numbers)) == taken


@pytest.mark.parametrize("numbers", ["", "0", "4", "1-4", "x", "1;2", "-1", "1-99999999999999"])
def test_numbers_that_name_nothing_are_refused(numbers: str) -> None:
    with pytest.raises(ValueError, match=r"invalid literal|^\d+$"):
        chosen(THREE, numbers)


def test_a_register_of_a_hundred_thousand_lines_takes_thousands_more() -> None:
    text = "agency,name,kind,network,handle\n" + "".join(
        f"e{n},Etat {n},agency,twitter,e{n}\n" for n in range(100_000)
    )
    changes = [new(f"e{n}", "instagram", f"e{n}") for n in range(5000)]
    more = [cell(f"e{n}", "name", f"Vesen {n}") for n in range(5000)]
    after = changed(text, [*changes, *more])
    assert after.count("\n") == text.count("\n") + 5000
    assert after.count("Vesen") == 5000
