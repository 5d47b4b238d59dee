"""What is new since an earlier report: questions, answers, walls and gaps, from the views that tell what they were before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from soma_audit.store.connection import read_time, text_time
from soma_audit.store.figures.report_rows import ReportQueries
from soma_audit.store.figures.rows import ListedPostRow, NewLabelRow, NewWallRow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

# A verdict is written anew when its reasons or the classifier's version change: what counts is the label at the run.
_BEFORE = (
    "coalesce((select past.label from verdict as past where past.post = verdict_news.post"
    " and past.classifier = verdict_news.classifier and past.current = 0 and past.run <= :run"
    " order by past.id desc limit 1), '')"
)
_WAS = (
    "(select past.label from verdict as past where past.account = news.account and past.post is null"
    " and past.classifier = news.classifier and past.current = 0 and past.run <= :run order by past.id desc limit 1)"
)
"""The label that an account as a whole had at the run; null: it had none."""
_NEW = (
    " from question where question.question = 'question' and question.id in"
    " (select post from verdict_news where run > :run and ({which}))"
    " and +question.account in (select id from {source}listed_account)"  # +: found by the posts, which are few
)
_WHICH = {
    "asked": f"classifier = 'question' and label = 'question' and {_BEFORE} <> 'question'",
    "answered": "classifier = 'answer' and label in ('answered', 'answered_late')"
    f" and {_BEFORE} not in ('answered', 'answered_late')",
    # also one that only perhaps waited when its time ran out: nobody was told then
    "overdue": f"classifier = 'answer' and label = 'unanswered' and {_BEFORE} <> 'unanswered'"
    f" or classifier = 'question' and label = 'question' and {_BEFORE} = 'uncertain'",
}
_STILL = {"asked": "", "answered": "", "overdue": " and question.answer = 'unanswered'"}


class NewsQueries(ReportQueries):
    """What a report tells of the time since another one."""

    def last_reported(self) -> tuple[int, datetime] | None:
        """Return the newest report before what was judged last: its run, and when it was made. None: there is none."""
        return self._run(
            "select id, started_at from run where stage = 'report' and ended_at is not null"
            " and id < (select max(id) from run where stage = 'classify' and ended_at is not null)"
            " order by id desc limit 1",
            (),
        )

    def run_before(self, moment: datetime) -> tuple[int, datetime] | None:
        """Return the newest run begun by then, of whatever stage."""
        sql = "select id, started_at from run where started_at <= ? order by id desc limit 1"
        return self._run(sql, (text_time(moment),))

    def run_numbered(self, number: int) -> tuple[int, datetime] | None:
        """Return a run by its number."""
        return self._run("select id, started_at from run where id = ?", (number,))

    def _run(self, sql: str, values: tuple[object, ...]) -> tuple[int, datetime] | None:
        row = self.execute(sql, values).fetchone()
        moment = read_time(row[1]) if row else None
        return (row[0], moment) if moment else None

    def new_counts(self, which: str, run: int) -> dict[str, int]:
        """Count the questions that are `asked`, `answered` or `overdue` since a run, by network/handle, the most first."""
        rows = self.execute(
            "select network || '/' || handle, posts from account join"
            f" (select question.account, count(*) as posts{_new(which, self.source)} group by 1) as new"
            " on new.account = account.id order by posts desc, 1",
            {"run": run},
        )
        return dict(rows)

    def new_posts(self, which: str, run: int, limit: int) -> Iterator[ListedPostRow]:
        """Yield the newest of these questions."""
        return self.typed(
            ListedPostRow,
            "select current_post.id, agency.name as agency, network, handle, native_id, permalink, current_post.created_at, text"
            f" from (select question.id, question.created_at{_new(which, self.source)}"
            " order by question.created_at desc, question.account, question.id limit :limit) as new"
            " join current_post on current_post.id = new.id join agency on agency.id = current_post.agency"
            " order by new.created_at desc, current_post.account, native_id",
            {"run": run, "limit": limit},
        )

    def new_walls(self, run: int) -> Iterator[NewWallRow]:
        """Yield the walls that stand otherwise than before a run."""
        return self.typed(
            NewWallRow,
            f"select agency, network, handle, substr(classifier, 6) as wall, label, was from ({self._changed})"
            " where classifier like 'wall.%' and was is not null order by 1, 2, 3, 4",
            {"run": run},
        )

    def new_labels(self, classifier: str, run: int) -> Iterator[NewLabelRow]:
        """Yield the accounts that a classifier labels otherwise than at a run, or for the first time."""
        return self.typed(
            NewLabelRow,
            f"select agency, network, handle, label, was, value from ({self._changed})"
            " where classifier = :classifier order by 1, 2, 3",
            {"run": run, "classifier": classifier},
        )

    @property
    def _changed(self) -> str:
        """The labels of accounts as a whole that are not what they were at the run."""
        return (
            "select agency.name as agency, listed.network, listed.handle, news.classifier, news.label, news.value,"
            f" {_WAS} as was from verdict as news"
            f" join {self.source}listed_account as listed on listed.id = news.account"
            " join agency on agency.id = listed.agency"
            " where news.current = 1 and news.post is null and news.run > :run and was is not news.label"
        )


def _new(which: str, source: str) -> str:
    return _NEW.format(source=source, which=_WHICH[which]) + _STILL[which]
