"""What is new since an earlier report: questions, answers, walls and gaps, from the views that tell what they were before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from soma_audit.store.connection import Connection, read_time, text_time

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from soma_audit.store.reported import Row

_NEW = (
    " from verdict_news join question on question.id = verdict_news.post"
    " where verdict_news.run > :run and verdict_news.classifier = :classifier"
    " and question.question = 'question' and {which}"
)
_WHICH = {
    "asked": "verdict_news.label = 'question' and coalesce(was, '') <> 'question'",
    "answered": "verdict_news.label in ('answered', 'answered_late')"
    " and coalesce(was, '') not in ('answered', 'answered_late')",
    "overdue": "verdict_news.label = 'unanswered' and coalesce(was, '') <> 'unanswered'",
}


class Newly(Connection):
    """What a report tells of the time since another one."""

    def last_reported(self) -> tuple[int, datetime] | None:
        """Give the newest report before what was judged last: its run, and when it was made. None: there is none."""
        return self._run(
            "select id, started_at from run where stage = 'report' and ended_at is not null"
            " and id < (select max(id) from run where stage = 'classify' and ended_at is not null)"
            " order by id desc limit 1",
            (),
        )

    def run_before(self, moment: datetime) -> tuple[int, datetime] | None:
        """Give the newest run begun by then, of whatever stage."""
        sql = "select id, started_at from run where started_at <= ? order by id desc limit 1"
        return self._run(sql, (text_time(moment),))

    def run_numbered(self, number: int) -> tuple[int, datetime] | None:
        """Give a run by its number."""
        return self._run("select id, started_at from run where id = ?", (number,))

    def _run(self, sql: str, values: tuple[object, ...]) -> tuple[int, datetime] | None:
        row = self.execute(sql, values).fetchone()
        moment = read_time(row[1]) if row else None
        return (row[0], moment) if moment else None

    def new_counts(self, which: str, run: int) -> dict[str, int]:
        """Count the questions that are `asked`, `answered` or `overdue` since a run, by network/handle, the most first."""
        rows = self.execute(
            "select network || '/' || handle, posts from account join"
            f" (select question.account, count(*) as posts{_NEW.format(which=_WHICH[which])} group by 1) as new"
            " on new.account = account.id order by posts desc, 1",
            _values(which, run),
        )
        return dict(rows)

    def new_posts(self, which: str, run: int, limit: int) -> Iterator[Row]:
        """Give the newest of these questions."""
        return self.rows(
            "select agency.name as agency, network, handle, native_id, permalink, current_post.created_at, text"
            f" from (select question.id, question.created_at{_NEW.format(which=_WHICH[which])}"
            " order by question.created_at desc, question.id limit :limit) as new"
            " join current_post on current_post.id = new.id join agency on agency.id = current_post.agency"
            " order by new.created_at desc, new.id",
            {**_values(which, run), "limit": limit},
        )

    def new_walls(self, run: int) -> Iterator[Row]:
        """Give the walls that stand otherwise than before a run."""
        return self.rows(
            "select agency.name as agency, wall_news.network, wall_news.handle, wall, label, was from wall_news"
            " join listed_account on listed_account.id = wall_news.account"
            " join agency on agency.id = listed_account.agency"
            " where run > ? and was is not null and was <> label order by 1, 2, 3, 4",
            (run,),
        )


def _values(which: str, run: int) -> dict[str, object]:
    return {"run": run, "classifier": "question" if which == "asked" else "answer"}
