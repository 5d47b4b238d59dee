"""Verdicts come in: what differs from those that are stored, and the rules that fired."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from soma_audit.store.connection import text_time
from soma_audit.store.json_columns import to_json
from soma_audit.store.walls import WallStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from soma_audit.model import Account, Verdict

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


class _Old(NamedTuple):
    """A verdict in force."""

    id: int
    version: str
    label: str
    value: str
    rules: str
    """The codes of those that fired, in order."""


@dataclass(slots=True)
class Difference:
    """How the verdicts on one account's wall differ from those that are stored, ready to be written."""

    account: int | None
    changed: int
    """The account's number of changes when its wall was read."""
    waits_until: str
    """When it is to be judged again though nothing is new."""
    retired: list[int] = field(default_factory=list)
    """Verdicts that are no longer in force."""
    verdicts: list[tuple[int | None, str, str, str, str]] = field(default_factory=list)
    """Post, classifier, version, label and value of each new one."""
    findings: list[list[tuple[str, float, str]]] = field(default_factory=list)
    """Rule, weight and evidence of each finding, a list for each new verdict."""
    relabelled: Counter[Relabelled] = field(default_factory=Counter)
    taken_back: int = 0
    """Verdicts that no other one follows."""


class VerdictStore(WallStore):
    """Tells which walls are to be judged, and keeps what comes of it."""

    def accounts_with_news(self, classifiers: str, now: datetime) -> list[int]:
        """List accounts that have changed, were judged by other versions or as of a later time, or have waited enough."""
        rows = self.execute(
            "select account.id from account left join judged on judged.account = account.id"
            " where account.changed > 0 and (judged.account is null or judged.changed <> account.changed"
            " or judged.classifiers <> :classifiers or judged.as_of > :now or judged.waits_until <= :now) order by account.id",
            {"classifiers": classifiers, "now": text_time(now)},
        )
        return [row[0] for row in rows]

    def post_counts(self) -> dict[int, int]:
        """Return how many posts are held of each account."""
        return dict(self.execute("select account, count(*) from post group by account").fetchall())

    def changes_of(self, account: Account) -> int:
        """Return how often an account has changed: to be read before its wall is, and kept with what was judged."""
        return int(self.execute("select changed from account where id = ?", (account.id,)).fetchone()[0])

    def post_ids(self, account: Account) -> dict[str, int]:
        """Return the rows of an account's posts by their native ids."""
        return dict(
            self.execute("select native_id, id from post where account = ?", (account.id,)).fetchall()
        )

    def save_rules(self, rules: Iterable[tuple[str, str, str, float, str, str]]) -> None:
        """Keep what the rules' codes mean: code, classifier, name, weight, message, explanation."""
        with self.transaction():
            self.connection.executemany("insert or replace into rule values (?, ?, ?, ?, ?, ?)", rules)

    def difference(
        self,
        account: Account,
        judgements: Iterable[tuple[str, str, Sequence[Verdict]]],
        *,
        changed: int,
        as_of: datetime,
    ) -> Difference:
        """Return what is new in the verdicts on one wall. It only reads.

        `judgements` has of each classifier its name, its version and its verdicts on the whole wall; one at a time is looked
        at, so that they need not all stand in memory.
        """
        found = Difference(account.id, changed, text_time(as_of + RECONSIDERED))
        posts, current = self.post_ids(account), self._current(account)
        for name, version, verdicts in judgements:
            waits = [str(v.value["due_at"]) for v in verdicts if v.label == "pending"]
            waits += [text_time(v.waits_until) for v in verdicts if v.waits_until and v.waits_until > as_of]
            found.waits_until = min([found.waits_until, *waits])
            named = ((posts.get(v.post) if v.post else None, v) for v in verdicts)
            _compare(found, name, version, named, current.pop(name, {}))
        self._leave_out_what_was_said(found)
        return found

    def _leave_out_what_was_said(self, found: Difference) -> None:
        """Leave out verdicts on texts that have been dropped since an earlier one: what was said of them stays said."""
        said = set(
            self.execute(
                "select post, classifier from verdict where current = 1 and post in (select value from json_each(?))"
                " and id not in (select value from json_each(?))",
                (json.dumps([post for post, *_ in found.verdicts if post]), json.dumps(found.retired)),
            )
        )
        if said:
            new = zip(found.verdicts, found.findings, strict=True)
            left = [(verdict, saw) for verdict, saw in new if verdict[:2] not in said]
            found.verdicts, found.findings = [verdict for verdict, _ in left], [saw for _, saw in left]

    def _current(self, account: Account) -> dict[str, dict[int | None, _Old]]:
        """Return the verdicts in force by classifier and post; what was said of a text that has been dropped since, stays said."""
        columns = (
            " classifier, verdict.post, verdict.id, version, label, value,"
            " (select coalesce(group_concat(rule, ' '), '') from (select rule from finding"
            " where finding.verdict = verdict.id order by rule))"
        )
        current: dict[str, dict[int | None, _Old]] = {}
        # from the account's posts to their verdicts: the other way round, each account would read all that there are
        for name, post, *old in self.execute(
            f"select {columns} from post cross join observation on observation.id = post.observation"
            " cross join verdict on verdict.post = post.id and verdict.current = 1"
            " where post.account = :account and observation.text is not null"
            f" union all select {columns} from verdict where account = :account and post is null and current = 1",
            {"account": account.id},
        ):
            current.setdefault(name, {})[post] = _Old(*old)
        return current

    def save_difference(self, run: int, new: Difference, *, classifiers: str, as_of: datetime) -> Changes:
        """Store what is new in the verdicts on one wall, and that it has been judged: one transaction."""
        with self.transaction():
            # first, since no post may have two that are in force
            self.execute(
                "update verdict set current = 0 where id in (select value from json_each(?))",
                (json.dumps(new.retired),),
            )
            first = self.execute("select coalesce(max(id), 0) + 1 from verdict").fetchone()[0]
            self.connection.executemany(
                "insert into verdict (id, run, account, post, classifier, version, label, value)"
                " values (?, ?, ?, ?, ?, ?, ?, ?)",
                ((first + n, run, new.account, *row) for n, row in enumerate(new.verdicts)),
            )
            self.connection.executemany(
                "insert into finding values (?, ?, ?, ?)",
                ((first + n, *row) for n, rows in enumerate(new.findings) for row in rows),
            )
            self.execute(
                "insert or replace into judged (account, changed, classifiers, as_of, waits_until)"
                " values (?, ?, ?, ?, ?)",
                (new.account, new.changed, classifiers, text_time(as_of), new.waits_until),
            )
        return Changes(len(new.verdicts) + new.taken_back, new.relabelled)

    def save_verdicts(
        self,
        run: int,
        account: Account,
        judgements: Mapping[str, tuple[str, Sequence[Verdict]]],
        *,
        classifiers: str,
        as_of: datetime,
    ) -> Changes:
        """Store what is new in the verdicts on one wall as it is now."""
        said = ((name, *given) for name, given in judgements.items())
        new = self.difference(account, said, changed=self.changes_of(account), as_of=as_of)
        return self.save_difference(run, new, classifiers=classifiers, as_of=as_of)


def _compare(
    found: Difference,
    name: str,
    version: str,
    verdicts: Iterable[tuple[int | None, Verdict]],
    current: dict[int | None, _Old],
) -> None:
    """Add what is new in a classifier's verdicts."""
    for post, verdict in verdicts:
        value = to_json(verdict.value)
        old = current.pop(post, None)
        # other reasons for the same label are news too; the same reasons in other words are not
        if old is not None:
            rules = " ".join(sorted(f.rule for f in verdict.findings))
            if old[1:] == (version, verdict.label, value, rules):
                continue
            found.retired.append(old.id)
            if old.version != version and old.label != verdict.label:
                found.relabelled[Relabelled(name, old.version, version, old.label, verdict.label)] += 1
        found.verdicts.append((post, name, version, verdict.label, value))
        found.findings.append([(f.rule, f.weight, to_json(f.evidence)) for f in verdict.findings])
    # what is no longer judged, such as a question that turned out to be none, has no verdict any more
    found.retired.extend(old.id for old in current.values())
    found.taken_back += len(current)
    found.relabelled.update(
        Relabelled(name, old.version, version, old.label, None)
        for old in current.values()
        if old.version != version
    )
