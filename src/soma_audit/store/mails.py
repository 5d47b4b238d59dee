"""Who has been mailed what is new, and up to which report: what a mail that did not arrive is owed by."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from soma_audit.store.connection import Part

if TYPE_CHECKING:
    from collections.abc import Iterable


class MailStore(Part):
    """Addresses are kept as hashes only: the configuration knows them, and nobody else needs to."""

    def mailed_until(self, address: str, agency: str | None) -> tuple[int | None] | None:
        """Return the report that an address was last mailed about, of an agency or of all; None: it is not known yet.

        The report is in a tuple, with None for it if there was none when the address was first to be mailed.
        """
        row = self.execute(
            "select run from mailed where address = ? and agency = ?", (_hash(address), agency or "")
        ).fetchone()
        return None if row is None else (row[0],)

    def note_mailed(self, addresses: Iterable[str], agency: str | None, run: int | None) -> None:
        """Note the report up to which addresses know what is new."""
        rows = [(_hash(address), agency or "", run) for address in addresses]
        with self.transaction():
            self.connection.executemany("insert or replace into mailed values (?, ?, ?)", rows)


def _hash(address: str) -> str:
    return hashlib.sha256(address.lower().encode()).hexdigest()[:32]
