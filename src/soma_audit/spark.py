"""The same judging on Apache Spark, for more posts than one machine holds: `pip install 'soma-audit[spark]'`.

    audit = read(spark, "folder")                  # as `soma-audit export parquet folder` wrote it
    verdicts = judge(audit.posts, audit.accounts, terms_of(load(Path("config.toml")), as_of))
    verdicts.write.partitionBy("network", "account").parquet("folder/verdicts")

Each account is judged by one task, with the very classifiers of `soma-audit classify`; nothing is gathered on the driver.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
from pyspark.sql import functions as F  # noqa: N812 - as everybody calls it
from pyspark.sql.pandas.types import from_arrow_schema

from soma_audit.classify import judge as judge_wall
from soma_audit.classify.database import Terms, terms_of
from soma_audit.parquet.rows import post_of, verdict_rows, wall_of
from soma_audit.parquet.schemas import ACCOUNTS, POSTS, REVIEWS, VERDICTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from pyspark.sql import DataFrame, SparkSession


__all__ = ["Audit", "Terms", "figures", "judge", "read", "terms_of"]

WHOSE = ("network", "account")
"""The columns that tell whose wall a post stands on."""
_OF_WALL = ("of_network", "of_account")
_ELSEWHERE = "elsewhere"


class Audit(NamedTuple):
    """What an export holds."""

    posts: DataFrame
    accounts: DataFrame
    reviews: DataFrame


def read(spark: SparkSession, folder: str) -> Audit:
    """Return what `soma-audit export parquet FOLDER` wrote; the folder may lie on any file system that Spark reads."""
    whose = pa.schema([(name, pa.string()) for name in WHOSE])
    posts = pa.schema([*POSTS, *whose])
    return Audit(
        posts=spark.read.schema(from_arrow_schema(posts)).parquet(f"{folder}/posts"),
        accounts=spark.read.schema(from_arrow_schema(ACCOUNTS)).parquet(f"{folder}/accounts"),
        reviews=spark.read.schema(from_arrow_schema(REVIEWS)).parquet(f"{folder}/reviews"),
    )


def judge(posts: DataFrame, accounts: DataFrame, by: Terms) -> DataFrame:
    """Return the verdicts on all accounts, with the columns of `parquet.schemas.VERDICTS`.

    `posts` and `accounts` are as `read` returns them. Posts that are younger than the time of `by` do not count.
    """
    walls = _with_those_elsewhere(posts, accounts)
    return (
        walls.groupBy(*_OF_WALL)
        .cogroup(accounts.groupBy(*WHOSE))
        .applyInArrow(_judging(by), from_arrow_schema(VERDICTS))
    )


def _with_those_elsewhere(posts: DataFrame, accounts: DataFrame) -> DataFrame:
    """Put beside each account's posts what its agency wrote on its other accounts: an answer may stand there."""
    of_wall = [F.col(name).alias(of) for name, of in zip(WHOSE, _OF_WALL, strict=True)]
    here = posts.select("*", *of_wall)
    one, other = accounts.select("agency", *WHOSE), accounts.select("agency", *of_wall)
    pairs = one.join(other, "agency").where("network <> of_network or account <> of_account").drop("agency")
    elsewhere = posts.where("by_agency").join(F.broadcast(pairs), list(WHOSE))
    return here.withColumn(_ELSEWHERE, F.lit(False)).unionByName(
        elsewhere.withColumn(_ELSEWHERE, F.lit(True))
    )


def _judging(by: Terms) -> Callable[[tuple[pa.Scalar, ...], pa.Table, pa.Table], pa.Table]:
    def judge_account(_: tuple[pa.Scalar, ...], posts: pa.Table, accounts: pa.Table) -> pa.Table:
        if not accounts.num_rows:  # the register does not name it
            return VERDICTS.empty_table()
        (account,) = accounts.to_pylist()
        rows = posts.to_pylist()
        wall = wall_of(
            account["wall"],
            (post_of(row) for row in rows if not row[_ELSEWHERE]),
            (post_of(row) for row in rows if row[_ELSEWHERE]),
            by,
        )
        whose = (account["network"], account["account"])
        found = verdict_rows(whose, judge_wall(wall), by, account["changed"])
        return pa.Table.from_pylist(list(found), VERDICTS)

    return judge_account


LABELS = """
select network, account, post, classifier, coalesce(review.label, verdict.label) as label
from {verdicts} as verdict full outer join {reviews} as review using (network, account, post, classifier)
"""
"""The labels in force: a person's word, else the verdict."""
QUESTIONS = """
select posts.network, posts.account, posts.created_at, asked.label as question, answer.label as answer
from {posts} as posts
join {labels} as asked on asked.network = posts.network and asked.account = posts.account
     and asked.post = posts.native_id and asked.classifier = 'question'
left join {labels} as answer on answer.network = posts.network and answer.account = posts.account
     and answer.post = posts.native_id and answer.classifier = 'answer'
where asked.label in ('question', 'uncertain')
and (answer.label in ('answered', 'answered_late') or posts.text is not null)
"""
"""Visitors' questions and what became of them, as the database's view `question` has them."""
OWN_POSTS = """
select posts.network, posts.account, posts.created_at, posts.kind, judged.label as autogenerated, written.label as language
from {posts} as posts
left join {labels} as judged on judged.network = posts.network and judged.account = posts.account
     and judged.post = posts.native_id and judged.classifier = 'autogenerated'
left join {labels} as written on written.network = posts.network and written.account = posts.account
     and written.post = posts.native_id and written.classifier = 'language'
where posts.by_agency
"""
"""The agencies' own posts, as the database's views `own_post` and `own_post_language` have them."""
FIGURES = """
select network, account,
       sum(posts) as posts, sum(shares) as shares, sum(autogenerated) as autogenerated, sum(manual) as manual,
       sum(nynorsk) as nynorsk, sum(bokmal) as bokmal,
       sum(questions) as questions, sum(maybe_questions) as maybe_questions,
       sum(answered) as answered, sum(answered_late) as answered_late, sum(unanswered) as unanswered,
       sum(pending) as pending, sum(unknown) as unknown
from (
    select network, account, created_at,
           int(kind <> 'share') as posts, int(kind = 'share') as shares,
           int(kind <> 'share' and autogenerated <=> 'autogenerated') as autogenerated,
           int(kind <> 'share' and autogenerated <=> 'manual') as manual,
           int(kind <> 'share' and language <=> 'nn') as nynorsk, int(kind <> 'share' and language <=> 'nb') as bokmal,
           0 as questions, 0 as maybe_questions, 0 as answered, 0 as answered_late, 0 as unanswered, 0 as pending,
           0 as unknown
    from {own_posts}
    union all
    select network, account, created_at, 0, 0, 0, 0, 0, 0,
           int(question = 'question'), int(question = 'uncertain'),
           int(question = 'question' and answer <=> 'answered'), int(question = 'question' and answer <=> 'answered_late'),
           int(question = 'question' and answer <=> 'unanswered'), int(question = 'question' and answer <=> 'pending'),
           int(question = 'question' and coalesce(answer, 'unknown') = 'unknown')
    from {questions}
)
where created_at >= :since and created_at < :until
group by network, account
"""
"""What an account did in a window, counted as the report counts it; answered shares are of answered, late and unanswered."""


def figures(
    posts: DataFrame, verdicts: DataFrame, reviews: DataFrame, since: datetime, until: datetime
) -> DataFrame:
    """Return the counts behind the report's shares, a row an account, for a window of time."""
    spark = posts.sparkSession
    labels = spark.sql(LABELS, verdicts=verdicts, reviews=reviews)
    return spark.sql(
        FIGURES,
        args={"since": since, "until": until},
        own_posts=spark.sql(OWN_POSTS, posts=posts, labels=labels),
        questions=spark.sql(QUESTIONS, posts=posts, labels=labels),
    )
