"""What has been published: each month once, and what was found to be otherwise since."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from soma_audit.store.connection import Part
from soma_audit.store.json_columns import to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class CorrectionRow(NamedTuple):
    """A published figure that a later count found to be otherwise; `was` and `found` are JSON."""

    month: str
    agency: str
    figure: str
    was: str
    found: str
    noticed_on: str


class PublishedStore(Part):
    """Only what anybody may read stands here."""

    def months(self) -> dict[str, dict[str, Any]]:
        """Return the published months' figures by their names, the oldest first."""
        rows = self.execute("select month, figures from published order by month")
        return {month: json.loads(figures) for month, figures in rows}

    def publish(self, figures: Mapping[str, Any]) -> None:
        """Keep a month's figures; a month that was published already stays as it is."""
        with self.transaction():
            self.execute(
                "insert or ignore into published values (?, ?)", (figures["month"], to_json(figures))
            )

    def corrections(self) -> list[CorrectionRow]:
        """Return all corrections, the oldest first."""
        sql = (
            "select month, agency, figure, was, found, noticed_on from correction order by noticed_on, rowid"
        )
        return list(self.typed(CorrectionRow, sql))

    def correct(self, rows: Iterable[CorrectionRow]) -> None:
        """Keep corrections."""
        with self.transaction():
            self.connection.executemany("insert into correction values (?, ?, ?, ?, ?, ?)", rows)
