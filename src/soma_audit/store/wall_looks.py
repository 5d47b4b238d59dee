"""What people saw of walls with their own eyes: `soma-audit wall look` and the file of looks."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from soma_audit.model import Look, SignedIn
from soma_audit.store.connection import text_time
from soma_audit.store.register import RegisterStore

if TYPE_CHECKING:
    from collections.abc import Iterable

    from soma_audit.model import Account


class LookRow(NamedTuple):
    """A look at a wall, and whose wall it is."""

    network: str
    handle: str
    question: str
    seen: str
    observed_at: str
    observer: str
    signed_in: str
    file: str | None
    sha256: str | None
    note: str | None


_LOOK = (
    f"select {', '.join(LookRow._fields)} from wall_look join account on account.id = wall_look.account"
    " where withdrawn_at is null"
)


class WallLookStore(RegisterStore):
    """Looks at walls."""

    def add_looks(
        self, looks: Iterable[tuple[Account, Look]], now: datetime, *, run: int | None = None
    ) -> int:
        """Take in looks; return how many are new or changed.

        The same person's word on the same question at the same moment is one look: a changed one withdraws the older.
        """
        news = 0
        with self.transaction():
            for account, look in looks:
                if self._known_look(account, look) == look:
                    continue
                self._withdraw_look(account, look, now)
                self.execute(
                    "insert into wall_look (account, question, seen, observed_at, observer, signed_in, file, sha256, note,"
                    " run) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        *(account.id, look.question, look.seen, text_time(look.observed_at), look.observer),
                        *(look.signed_in.value, look.file, look.sha256, look.note, run),
                    ),
                )
                self.mark_changed([account.id])
                news += 1
        return news

    def _known_look(self, account: Account, look: Look) -> Look | None:
        rows = self.typed(
            LookRow,
            f"{_LOOK} and wall_look.account = ? and question = ? and observed_at = ? and observer = ?",
            (account.id, look.question, text_time(look.observed_at), look.observer),
        )
        return next(map(look_of, rows), None)

    def _withdraw_look(self, account: Account, look: Look, at: datetime) -> None:
        self.execute(
            "update wall_look set withdrawn_at = ? where account = ? and question = ? and observed_at = ?"
            " and observer = ? and withdrawn_at is null",
            (
                *(text_time(at), account.id),
                *(look.question, text_time(look.observed_at), look.observer),
            ),
        )

    def withdraw_look(self, account: Account, look: Look, at: datetime) -> None:
        """Take a look back: it was a mistake."""
        with self.transaction():
            self._withdraw_look(account, look, at)
            self.mark_changed([account.id])

    def looks(self) -> list[LookRow]:
        """Return all looks that have not been taken back, the newest first."""
        return list(self.typed(LookRow, f"{_LOOK} order by observed_at desc, wall_look.id desc"))

    def looks_at_wall(self, account: Account) -> list[Look]:
        """Return the looks at one account that have not been taken back, the oldest first."""
        rows = self.typed(
            LookRow,
            f"{_LOOK} and wall_look.account = ? order by observed_at, wall_look.id",
            (account.id,),
        )
        return [look_of(row) for row in rows]


def look_of(row: LookRow) -> Look:
    """Return the look that a row tells of."""
    return Look(
        question=row.question,
        seen=row.seen,
        observed_at=datetime.fromisoformat(row.observed_at),
        observer=row.observer,
        signed_in=SignedIn(row.signed_in),
        file=row.file,
        sha256=row.sha256,
        note=row.note,
    )
