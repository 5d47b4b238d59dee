"""What is judged goes out as Parquet, whole and documented, and verdicts come back as if they had been judged here."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from small_database import AGENCY, NOW, TERMS, account, add, new_store, page, rows
from soma_audit.classify import judge
from soma_audit.classify.database import classify
from soma_audit.classify.rule import own, visitor
from soma_audit.errors import InvalidInputError
from soma_audit.model import Account, Look, SignedIn
from soma_audit.parquet import writing
from soma_audit.parquet.reading import take_in
from soma_audit.parquet.rows import post_of, post_row, verdict_rows, wall_of
from soma_audit.parquet.schemas import DATASETS, POSTS, VERDICTS
from soma_audit.parquet.writing import export
from soma_audit.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


ASK = visitor("@etaten Når åpner dere?", 1)
LOOK = Look(
    question="commenting",
    seen="open",
    observed_at=NOW - timedelta(days=1),
    observer="NN",
    signed_in=SignedIn.ORDINARY_ACCOUNT,
    note="enda et notat",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A question with an answer on one network, and one that waits on the other."""
    with new_store(tmp_path) as made:
        add(made, ASK, own("I dag.", 2, at=30, under=1), replace(own("👏", 3, at=40), counts={"like": 2}))
        add(made, visitor("Hvem svarer?", 7), network="facebook")
        yield made


@pytest.fixture
def folder(store: Store, tmp_path: Path) -> Path:
    export(store, tmp_path / "out", TERMS)
    return tmp_path / "out"


def judged(folder: Path) -> list[dict[str, Any]]:
    """Judge an export as a cluster would, in one process."""
    posts = ds.dataset(folder / "posts", format="parquet", partitioning="hive").to_table().to_pylist()
    told = pq.read_table(folder / "accounts").to_pylist()
    found: list[dict[str, Any]] = []
    for line in told:
        whose = (line["network"], line["account"])
        here = [post_of(p) for p in posts if (p["network"], p["account"]) == whose]
        elsewhere = [post_of(p) for p in posts if (p["network"], p["account"]) != whose and p["by_agency"]]
        verdicts = judge(wall_of(line["wall"], here, elsewhere, TERMS))
        found += verdict_rows(whose, verdicts, TERMS, line["changed"])
    return found


def save(found: list[dict[str, Any]], to: Path) -> Path:
    to.mkdir()
    pq.write_table(pa.Table.from_pylist(found, VERDICTS), to / "part-0.parquet")
    return to


def run_in(store: Store) -> Any:
    return store.run("classify", config_hash="x", clock=lambda: NOW)


def verdicts(store: Store) -> list[Any]:
    return rows(
        store,
        "select account, post, classifier, version, label, value, (select group_concat(rule || evidence) from finding"
        " where verdict = verdict.id) from verdict where current = 1 order by 1, 2, 3",
    )


# --- out ----------------------------------------------------------------------------------------------------------


def test_other_tools_read_the_posts_and_whose_they_are(folder: Path) -> None:
    found = duckdb.execute(
        f"select network, account, native_id, by_agency, counts['like'] from read_parquet('{folder}/posts/**/*.parquet',"
        " hive_partitioning = true) order by native_id"
    ).fetchall()
    assert found == [
        ("twitter", "etaten", "1", False, None),
        ("twitter", "etaten", "2", True, None),
        ("twitter", "etaten", "3", True, 2),
        ("facebook", "etaten", "7", False, None),
    ]


def test_pandas_reads_them_too(folder: Path) -> None:
    pandas = pytest.importorskip("pandas")
    assert set(pandas.read_parquet(folder / "posts")["text"]) >= {"I dag.", "👏"}


def test_a_post_comes_back_as_it_was() -> None:
    post = replace(ASK, counts={"like": 1}, client="Web", permalink="https://x.example/1", language="no")
    (row,) = pa.Table.from_pylist([post_row(post)], POSTS).to_pylist()
    assert post_of(row) == post


def test_every_column_says_what_it_holds() -> None:
    for schema in DATASETS.values():
        assert [field.name for field in schema if not field.metadata] == []


def test_rows_are_written_as_they_come(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "ROWS", 2)
    export(store, tmp_path / "out", TERMS)
    file = tmp_path / "out" / "posts" / "network=twitter" / "account=etaten" / "part-0.parquet"
    assert [pq.ParquetFile(file).metadata.row_group(n).num_rows for n in range(2)] == [2, 1]


def test_nothing_after_the_time_is_written(store: Store, tmp_path: Path) -> None:
    early = dataclasses.replace(TERMS, as_of=ASK.created_at)
    assert export(store, tmp_path / "out", early)["posts"] == 2


def test_who_reviewed_is_left_out_and_so_are_notes(store: Store, tmp_path: Path) -> None:
    number = account(store).id
    assert number is not None
    store.reviews.add_review(number, 1, "question", "none", reviewer="Kari", note="et notat", reviewed_at=NOW)
    store.verdicts.add_looks([(account(store), LOOK)], NOW)
    export(store, tmp_path / "out", TERMS)
    (review,) = pq.read_table(tmp_path / "out" / "reviews").to_pylist()
    assert (review["post"], review["label"]) == ("1", "none")
    assert "Kari" not in str(review)
    told = [pq.read_table(tmp_path / "out" / name).to_pylist() for name in ("accounts", "reviews", "looks")]
    assert "notat" not in str(told)


def test_a_folder_that_holds_something_is_left_alone(store: Store, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("x")
    with pytest.raises(InvalidInputError, match="is there already and not empty"):
        export(store, tmp_path / "out", TERMS)
    assert (tmp_path / "out" / "mine.txt").exists()


def test_what_fails_leaves_no_folder(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq, "ParquetWriter", full)
    with pytest.raises(InvalidInputError, match="No space left"):
        export(store, tmp_path / "out", TERMS)
    assert [p.name for p in tmp_path.iterdir() if "out" in p.name] == []


# --- and back -----------------------------------------------------------------------------------------------------


def test_verdicts_from_elsewhere_are_those_of_here(store: Store, folder: Path, tmp_path: Path) -> None:
    with run_in(store) as run:
        result = take_in(store, run, save(judged(folder), tmp_path / "verdicts"))
    assert (result.accounts, result.without) == (2, [])
    theirs = verdicts(store)
    with run_in(store) as run:
        again = classify(store, run, TERMS)
    assert again.accounts == 0, "nothing is left to be judged"
    store.execute("delete from judged")
    with run_in(store) as run:
        assert classify(store, run, TERMS).changed == 0
    assert verdicts(store) == theirs != []


def test_what_has_changed_since_the_export_is_judged_again(
    store: Store, folder: Path, tmp_path: Path
) -> None:
    found = save(judged(folder), tmp_path / "verdicts")
    add(store, visitor("Og i morgen?", 9, at=60), on="2")
    with run_in(store) as run:
        take_in(store, run, found)
    with run_in(store) as run:
        assert classify(store, run, TERMS).accounts == 2, "its agency's"


def test_an_account_that_was_not_judged_is_named_and_keeps_what_it_has(
    store: Store, folder: Path, tmp_path: Path
) -> None:
    some = [row for row in judged(folder) if row["network"] == "twitter"]
    with run_in(store) as run:
        assert take_in(store, run, save(some, tmp_path / "v")).without == ["facebook/etaten"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"terms": "question:0"}, "of another version's rules"),
        ({"post": "999"}, "does not hold"),
    ],
)
def test_verdicts_of_something_else_are_refused(
    change: dict[str, str], message: str, store: Store, folder: Path, tmp_path: Path
) -> None:
    found = [{**row, **change} for row in judged(folder)]
    with pytest.raises(InvalidInputError, match=message), run_in(store) as run:
        take_in(store, run, save(found, tmp_path / "v"))
    assert verdicts(store) == []


def test_verdicts_of_two_judgings_are_refused(store: Store, folder: Path, tmp_path: Path) -> None:
    first, *others = judged(folder)
    found = [{**first, "as_of": NOW - timedelta(days=1)}, *others]
    with pytest.raises(InvalidInputError, match="or of several judgings"), run_in(store) as run:
        take_in(store, run, save(found, tmp_path / "v"))


def test_a_folder_without_verdicts_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="holds no verdicts as Parquet"), run_in(store) as run:
        take_in(store, run, tmp_path / "nothing")


def test_a_handle_with_signs_finds_back(store: Store, tmp_path: Path) -> None:
    odd = Account(agency="etat", network="mastodon", handle="blå/50%@sosial.example")
    store.register.save_register([AGENCY], [odd], NOW)
    number = store.register.account("mastodon", odd.handle)
    assert number is not None
    store.posts.add_page(1, number, page("odd"), [visitor("Når?", 5)])
    export(store, tmp_path / "out", TERMS)
    assert (tmp_path / "out" / "posts" / "network=mastodon" / "account=blå%2F50%25@sosial.example").is_dir()
    found = ds.dataset(tmp_path / "out" / "posts", format="parquet", partitioning="hive").to_table()
    assert found.to_pylist()[0]["account"] == odd.handle


def test_without_accounts_there_is_nothing_to_export(tmp_path: Path) -> None:
    with (
        Store(tmp_path / "empty.db", create=True) as empty,
        pytest.raises(InvalidInputError, match="no account"),
    ):
        export(empty, tmp_path / "out", TERMS)
    assert not (tmp_path / "out").exists()


def test_it_is_judged_by_the_terms_that_are_given(folder: Path) -> None:
    told = pq.read_table(folder / "accounts").to_pylist()[0]["wall"]
    later = dataclasses.replace(TERMS, norm_minutes=60, as_of=NOW + timedelta(days=1))
    wall = wall_of(told, [], [], later)
    assert (wall.norm_minutes, wall.as_of) == (60, later.as_of)


def test_it_is_written_as_it_is_at_one_moment(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = writing._write_posts

    def write(*given: Any) -> int:
        with Store(store.path) as other:
            add(other, visitor("Hvorfor?", 50), on="meanwhile", network="facebook")
        return real(*given)

    monkeypatch.setattr(writing, "_write_posts", write)
    assert export(store, tmp_path / "out", TERMS)["posts"] == 4
