"""Spark judges as one machine does, to the digit; skipped where PySpark, pandas or Java are not installed."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from conftest import ROOT
from soma_audit.audit.outcome import Outcome
from soma_audit.audit.parquet import take_in_verdicts
from soma_audit.audit.settings import Settings
from soma_audit.config import load
from soma_audit.report.figures.tally import tallies_of
from soma_audit.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

missing = [m for m in ("pyspark", "pandas", "pyarrow") if importlib.util.find_spec(m) is None]
pytestmark = [
    pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}"),
    pytest.mark.skipif(shutil.which("java") is None, reason="Java is not installed"),
    pytest.mark.filterwarnings("ignore"),  # PySpark's own
]
AS_OF = datetime(2010, 12, 1, 6, tzinfo=UTC)
SINCE = datetime(2010, 9, 1, tzinfo=UTC)
VERDICTS = (
    "select network, handle, coalesce(post.native_id, ''), classifier, version, label, value,"
    " (select group_concat(rule || ' ' || weight || ' ' || evidence, '|') from (select * from finding"
    " where verdict = verdict.id order by rule)) from verdict join account on account.id = verdict.account"
    " left join post on post.id = verdict.post where current = 1 order by 1, 2, 3, 4"
)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, collected, judged, in part judged otherwise by a person, and exported."""
    from cli.conftest import example_in
    from soma_audit.cli import main

    folder = tmp_path_factory.mktemp("spark")
    config = str(example_in(folder))

    def run(*words: str) -> None:
        with pytest.raises(SystemExit):
            main([*words, "--config", config])

    run("collect", "--quiet")
    run("classify", "--quiet", "--as-of", AS_OF.isoformat())
    with Store(folder / "example.db") as store:
        for said, label in (("none", "question"), ("question", "none"), ("uncertain", "question")):
            found = store.execute(
                "select account, post from verdict where classifier = 'question' and label = ? order by id limit 9",
                (said,),
            ).fetchall()
            for account, post in found:
                store.reviews.add_review(account, post, "question", label, reviewer="NN", reviewed_at=AS_OF)
    run("classify", "--quiet", "--as-of", AS_OF.isoformat())
    run("export", "parquet", str(folder / "out"), "--as-of", AS_OF.isoformat())
    return folder


@pytest.fixture(scope="module")
def verdicts(example: Path) -> Iterator[Any]:
    """All verdicts as Spark finds them."""
    from pyspark.sql import SparkSession

    from soma_audit import spark

    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYTHONPATH"] = str(ROOT / "src")
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.session.timeZone", "America/New_York")  # whatever the cluster's zone is
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    audit = spark.read(session, str(example / "out"))
    judged = spark.judge(audit.posts, audit.accounts, spark.terms_of(load(example / "config.toml"), AS_OF))
    judged.write.partitionBy("network", "account").parquet(str(example / "verdicts"))
    yield session.read.parquet(str(example / "verdicts"))
    session.stop()


def rows(frame: Any) -> list[tuple[Any, ...]]:
    return sorted(
        (
            *(r.network, r.account, r.post or "", r.classifier, r.version, r.label, r.value),
            "|".join(
                f"{f.rule} {f.weight} {f.evidence}" for f in sorted(r.findings, key=lambda f: str(f.rule))
            )
            or None,
        )
        for r in frame.collect()
    )


def test_it_finds_the_same_verdicts(example: Path, verdicts: Any) -> None:
    with Store(example / "example.db") as store:
        ours = sorted(store.execute(VERDICTS).fetchall())
    assert rows(verdicts) == ours
    assert len(ours) > 5000


def test_it_counts_the_same_figures(example: Path, verdicts: Any) -> None:
    from soma_audit import spark

    audit = spark.read(verdicts.sparkSession, str(example / "out"))
    counted = spark.figures(audit.posts, verdicts, audit.reviews, SINCE, AS_OF)
    theirs = {(row.network, row.account): row for row in counted.collect()}
    config = load(example / "config.toml")
    with Store(example / "example.db") as store:
        tallies = tallies_of(store.figures, SINCE, AS_OF, AS_OF, config.office())
        names = {a.id: (a.network, a.handle) for a in store.register.accounts()}
    ours = {
        names[number]: (
            *(tally.posts, tally.shares, tally.labels["autogenerated"], tally.labels["manual"]),
            *(tally.languages["nn"], tally.languages["nb"], tally.questions, tally.maybe),
            *(tally.answers[label] for label in ("answered", "answered_late", "unanswered", "pending")),
        )
        for number, tally in tallies.items()
        if tally.posts or tally.shares or tally.questions or tally.maybe
    }
    columns = (
        *("posts", "shares", "autogenerated", "manual", "nynorsk", "bokmal", "questions", "maybe_questions"),
        *("answered", "answered_late", "unanswered", "pending"),
    )
    assert {name: tuple(row[c] for c in columns) for name, row in theirs.items()} == ours


def test_the_report_is_made_from_what_it_judged(example: Path, verdicts: Any) -> None:
    del verdicts
    copy = example / "copy.db"
    with Store(example / "example.db") as store:
        store.execute("vacuum into ?", (str(copy),))
        ours = store.execute(VERDICTS).fetchall()
    settings, outcome = Settings(load(example / "config.toml"), copy, example / "config.toml"), Outcome()
    with Store(copy) as store:
        for table in ("finding", "verdict", "judged"):
            store.execute(f"delete from {table}")
        take_in_verdicts(store, settings, outcome, example / "verdicts", say=lambda _: None)
        assert store.execute(VERDICTS).fetchall() == ours
    assert outcome.sentences == [
        f"Took in the verdicts on 31 accounts; {len(ours):,} verdicts are new or changed."
    ]
