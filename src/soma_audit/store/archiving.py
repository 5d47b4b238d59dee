"""What is archived of a time: own posts, visitors' questions, verdicts on them, and what tells how all of it came about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from soma_audit.store.connection import Part, text_time
from soma_audit.store.figures.rows import ExportedVerdictRow
from soma_audit.store.posts.rows import POST, PostRow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from soma_audit.model import Account

_KEPT = "account = :account and created_at >= :since and created_at < :until and by_agency = 1"
_ASKED = (
    "account = :account and created_at >= :since and created_at < :until and id in (select id from question"
    " where account = :account)"
)
_VERDICT = (
    "select network, handle, native_id, classifier, version, label, said, value, review,"
    " (select json_group_array(json_object('rule', rule, 'weight', weight, 'evidence', json(evidence)))"
    " from (select rule, weight, evidence from finding where finding.verdict = current_verdict.id order by rule))"
    " as findings from current_verdict"
)
TABLES = {
    "walls": "select network, handle, wall, label, first_seen, last_seen from wall_span"
    " where first_seen < :until and coalesce(last_seen, '9999') >= :since order by network, handle, wall, place",
    "reviews": "select network, handle, post.native_id as post, classifier, label, said, answered_at, reviewer, note,"
    " reviewed_at from current_review as review join account on account.id = review.account"
    " left join post on post.id = review.post where reviewed_at < :until"
    " and (post.id is null or post.created_at >= :since and post.created_at < :until) order by review.id",
    "assignments": "select network, handle, post.native_id as post, who, forwarded_on, note, reviewer, assigned_at"
    " from current_assignment as assigned join post on post.id = assigned.post"
    " join account on account.id = post.account"
    " where post.created_at >= :since and post.created_at < :until order by assigned.id",
    "looks": "select network, handle, question, seen, observed_at, observer, signed_in, file, sha256, note"
    " from wall_look join account on account.id = wall_look.account where withdrawn_at is null"
    " and observed_at >= :since and observed_at < :until order by wall_look.id",
    "unseen": "select network, handle, stream, reason, detail, since, until, noticed_at from open_gap"
    " where coalesce(since, '') < :until and coalesce(until, '9999') > :since order by network, handle, stream, reason",
    "pages": "select network, handle, stream, url, fetched_at, page.sha256 from page"
    " left join account on account.id = page.account where page.id in (select observation.page from post"
    " join observation on observation.post = post.id where created_at >= :since and created_at < :until) order by page.id",
    "runs": "select id, stage, version, config_hash, started_at, ended_at, outcome from run"
    " where started_at >= :since order by id",
    "rules": "select code, classifier, name, weight, message, explanation from rule order by code",
    "agencies": "select id, name, kind, valid_from, valid_to, website from agency order by id",
}
"""What is written as a table each, by its name."""


class ArchiveQueries(Part):
    """Reads what is archived of the time from `since` to before `until`."""

    def posts(self, account: Account, since: datetime, until: datetime) -> Iterator[PostRow]:
        """Yield an account's own posts and the questions on its wall, thread by thread, each from its beginning on."""
        given = {"account": account.id, "since": text_time(since), "until": text_time(until)}
        first = "min(created_at) over (partition by thread)"
        return self.typed(
            PostRow,
            f"select {', '.join(PostRow._fields)} from (select *, {first} as begun from ({POST} where {_KEPT}"
            f" union all {POST} where not (by_agency is 1) and {_ASKED})) order by begun, thread, created_at, id",
            given,
        )

    def verdicts(self, account: Account, since: datetime, until: datetime) -> Iterator[ExportedVerdictRow]:
        """Yield the verdicts in force on these posts, and on the account."""
        given = {"account": account.id, "since": text_time(since), "until": text_time(until)}
        return self.typed(
            ExportedVerdictRow,
            f"{_VERDICT} where account = :account and (post is null or post in (select id from post where {_KEPT}"
            f" union all select id from post where not (by_agency is 1) and {_ASKED}))"
            " order by post is not null, post, classifier, id",
            given,
        )

    def table(self, name: str, since: datetime, until: datetime) -> Iterator[dict[str, Any]]:
        """Yield one of `TABLES`, row by row."""
        cursor = self.execute(TABLES[name], {"since": text_time(since), "until": text_time(until)})
        columns = [column[0] for column in cursor.description]
        for row in cursor:
            yield dict(zip(columns, row, strict=True))
