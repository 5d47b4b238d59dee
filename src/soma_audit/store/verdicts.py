"""What the classify stage reads and writes: walls, verdicts and the rules that fired."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from soma_audit.model import About, Account, Gap, Kind, Post, Stream, TokenKind, Wall
from soma_audit.store.connection import read_time, text_time
from soma_audit.store.json_columns import from_json, to_json
from soma_audit.store.sites import SiteStore
from soma_audit.store.wall_looks import WallLookStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from soma_audit.model import Verdict
    from soma_audit.office_hours import OfficeHours

_POST = (
    "select native_id, created_at, text, by_agency, thread, parent, author, kind, permalink, client, counts,"
    " reply_setting, hidden, language from current_post"
)


RECONSIDERED = timedelta(days=7)
"""After so long every wall is judged again: a sign of last season says nothing of today."""


@dataclass(frozen=True, slots=True)
class Relabelled:
    """A change that came with a classifier's new version: the same post, other rules."""

    classifier: str
    before: str
    """The version."""
    after: str
    label_before: str
    label_after: str | None
    """None: it is not judged any more."""


@dataclass(slots=True)
class Changes:
    """What a judgement changed."""

    verdicts: int = 0
    """New, changed or taken back."""
    relabelled: Counter[Relabelled] = field(default_factory=Counter)


class VerdictStore(WallLookStore, SiteStore):
    """Walls go out, verdicts come in."""

    def accounts_with_news(self, classifiers: str, now: datetime) -> list[int]:
        """List accounts that have changed, were judged by other versions or as of a later time, or have waited enough."""
        rows = self.execute(
            "select account.id from account left join judged on judged.account = account.id"
            " where account.changed > 0 and (judged.account is null or judged.changed <> account.changed"
            " or judged.classifiers <> :classifiers or judged.as_of > :now or judged.waits_until <= :now) order by account.id",
            {"classifiers": classifiers, "now": text_time(now)},
        )
        return [row[0] for row in rows]

    def wall(self, account: Account, *, as_of: datetime, office: OfficeHours, norm_minutes: float) -> Wall:
        """Gather all that is known of one account's wall, as of a time."""
        until = text_time(as_of)
        rows = self.execute(
            f"{_POST} where account = ? and created_at <= ? order by created_at, native_id",
            (account.id, until),
        )
        read = self._read(account)
        return Wall(
            account=account,
            as_of=as_of,
            posts=tuple(_post(row) for row in rows),
            office=office,
            norm_minutes=norm_minutes,
            read=frozenset(read),
            timeline_read_at=read.get(Stream.TIMELINE),
            gaps=self._gaps(account),
            about=self._about(account),
            looks=tuple(self.looks_at_wall(account)),
            elsewhere=self._elsewhere(account, until),
            handles=self._handles(account),
            site=self.site(account.agency),
            reviewed_as_asked=self._reviewed_as_asked(account),
        )

    def _read(self, account: Account) -> dict[Stream, datetime]:
        """Return when each stream that has been read to its end was last read so."""
        rows = self.execute("select stream, completed_at from bookmark where account = ?", (account.id,))
        return {Stream(stream): datetime.fromisoformat(at) for stream, at in rows}

    def _gaps(self, account: Account) -> tuple[Gap, ...]:
        rows = self.execute(
            "select stream, reason, detail, since, until, started_at from gap join run on run.id = gap.run"
            " where account = ? and closed_by is null order by gap.id",
            (account.id,),
        )
        return tuple(
            Gap(
                stream=Stream(stream) if stream else None,
                reason=reason,
                detail=detail,
                since=read_time(since),
                until=read_time(until),
                noticed_at=read_time(noticed),
            )
            for stream, reason, detail, since, until, noticed in rows
        )

    def _about(self, account: Account) -> tuple[About, ...]:
        rows = self.execute(
            "select first_seen_at, last_seen_at, page.stream, page.url, facts, token_kind, api_version"
            " from about join page on page.id = about.page where about.account = ? order by about.id",
            (account.id,),
        )
        return tuple(
            About(
                first_seen_at=datetime.fromisoformat(first),
                seen_at=datetime.fromisoformat(last),
                source=stream,
                endpoint=url,
                facts=from_json(facts),
                token_kind=TokenKind(kind) if kind else None,
                api_version=version,
            )
            for first, last, stream, url, facts, kind, version in rows
        )

    def _elsewhere(self, account: Account, until: str) -> tuple[Post, ...]:
        rows = self.execute(
            f"{_POST} where agency = ? and account <> ? and by_agency = 1 and created_at <= ? order by created_at, native_id",
            (account.agency, account.id, until),
        )
        return tuple(_post(row) for row in rows)

    def _reviewed_as_asked(self, account: Account) -> frozenset[str]:
        rows = self.execute(
            "select native_id from current_review as review join post on post.id = review.post"
            " where review.account = ? and classifier = 'question' and label <> 'none'",
            (account.id,),
        )
        return frozenset(row[0] for row in rows)

    def _handles(self, account: Account) -> frozenset[str]:
        rows = self.execute(
            "select lower(handle) from account where agency = :agency and network = :network union"
            " select lower(account_name.handle) from account_name join account on account.id = account_name.account"
            " where agency = :agency and network = :network",
            {"agency": account.agency, "network": account.network},
        )
        return frozenset(row[0] for row in rows)

    def save_rules(self, rules: Iterable[tuple[str, str, str, float, str, str]]) -> None:
        """Keep what the rules' codes mean: code, classifier, name, weight, message, explanation."""
        with self.transaction():
            self.connection.executemany("insert or replace into rule values (?, ?, ?, ?, ?, ?)", rules)

    def save_verdicts(
        self,
        run: int,
        account: Account,
        judgements: Mapping[str, tuple[str, Sequence[Verdict]]],
        *,
        classifiers: str,
        as_of: datetime,
    ) -> Changes:
        """Store what is new in the verdicts on one wall, and that it has been judged: one transaction.

        `judgements` has, by classifier, its version and its verdicts on the whole wall.
        """
        with self.transaction():
            posts = dict(
                self.execute("select native_id, id from post where account = ?", (account.id,)).fetchall()
            )
            changes = Changes()
            for name, (version, given) in judgements.items():
                self._replace(run, account, name, version, [(posts.get(v.post), v) for v in given], changes)
            verdicts = [v for _, given in judgements.values() for v in given]
            waits = [str(v.value["due_at"]) for v in verdicts if v.label == "pending"]
            waits += [text_time(v.waits_until) for v in verdicts if v.waits_until and v.waits_until > as_of]
            self.execute(
                "insert or replace into judged (account, changed, classifiers, as_of, waits_until)"
                " values (?, (select changed from account where id = ?), ?, ?, ?)",
                (
                    account.id,
                    account.id,
                    classifiers,
                    text_time(as_of),
                    min([*waits, text_time(as_of + RECONSIDERED)]),
                ),
            )
        return changes

    def _replace(
        self,
        run: int,
        account: Account,
        name: str,
        version: str,
        verdicts: Iterable[tuple[int | None, Verdict]],
        changes: Changes,
    ) -> None:
        # what was said of a text that has been dropped since, stays said
        current = {
            row[0]: row[1:]
            for row in self.execute(
                "select verdict.post, verdict.id, version, label, value,"
                " (select coalesce(group_concat(rule, ' '), '') from (select rule from finding"
                " where finding.verdict = verdict.id order by rule))"
                " from verdict left join post on post.id = verdict.post"
                " left join observation on observation.id = post.observation"
                " where verdict.account = ? and classifier = ? and current = 1"
                " and (verdict.post is null or observation.text is not null)",
                (account.id, name),
            )
        }
        number = self.execute("select coalesce(max(id), 0) from verdict").fetchone()[0]
        rows, findings = [], []
        for post, verdict in verdicts:
            look = (version, verdict.label, to_json(verdict.value))
            old = current.pop(post, None)
            # other reasons for the same label are news too; the same reasons in other words are not
            if old is not None and old[1:] == (*look, " ".join(sorted(f.rule for f in verdict.findings))):
                continue
            if old is not None:
                self.execute("update verdict set current = 0 where id = ?", (old[0],))
                if old[1] != version and old[2] != verdict.label:
                    changes.relabelled[Relabelled(name, old[1], version, old[2], verdict.label)] += 1
            number += 1
            rows.append((number, run, account.id, post, name, *look, 1))
            findings += [(number, f.rule, f.weight, to_json(f.evidence)) for f in verdict.findings]
        # what is no longer judged, such as a question that turned out to be none, has no verdict any more
        self._retire([old[0] for old in current.values()])
        changes.relabelled.update(
            Relabelled(name, old[1], version, old[2], None) for old in current.values() if old[1] != version
        )
        self.connection.executemany("insert into verdict values (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        self.connection.executemany("insert into finding values (?, ?, ?, ?)", findings)
        changes.verdicts += len(rows) + len(current)

    def _retire(self, verdicts: list[int]) -> None:
        self.execute(
            "update verdict set current = 0 where id in (select value from json_each(?))",
            (json.dumps(verdicts),),
        )


def _post(row: tuple[Any, ...]) -> Post:
    (
        native_id,
        created_at,
        text,
        by_agency,
        thread,
        parent,
        author,
        kind,
        permalink,
        client,
        counts,
        reply_setting,
        hidden,
        language,
    ) = row
    return Post(
        native_id=native_id,
        created_at=datetime.fromisoformat(created_at),
        text=text,
        by_agency=None if by_agency is None else bool(by_agency),
        thread=thread,
        parent=parent,
        author=author,
        kind=_KINDS[kind],
        permalink=permalink,
        client=client,
        counts=from_json(counts),
        reply_setting=reply_setting,
        hidden=None if hidden is None else bool(hidden),
        language=language,
    )


_KINDS = {kind.value: kind for kind in Kind}
