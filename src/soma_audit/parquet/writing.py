"""A database written as Parquet: a folder that appears whole or not at all, one account's posts after another's."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from soma_audit.dataclass_json import encode
from soma_audit.errors import InvalidInputError
from soma_audit.new_folder import appearing
from soma_audit.parquet.rows import post_row
from soma_audit.parquet.schemas import ACCOUNTS, LOOKS, POSTS, REVIEWS
from soma_audit.store.connection import read_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from soma_audit.classify.database import Terms
    from soma_audit.model import Account
    from soma_audit.store import Store

_NEVER_IN_A_PATH = re.compile(r"""[\x00-\x1f"#%'*/:=?\\{\[\]^\x7f]""")
ROWS = 20_000
"""Rows that are written together, and stand in memory."""


def export(store: Store, folder: Path, terms: Terms) -> dict[str, int]:
    """Write all that is judged of each account that the register names, as it is at one moment; return how many rows each dataset has.

    Raises:
        InvalidInputError: there are no accounts; the folder is there and not empty, or cannot be written.
    """
    with appearing(folder) as part, store.one_moment():
        agencies = {row.id: row for row in store.figures.agency_rows()}
        accounts = list(store.register.accounts())
        if not accounts:
            raise InvalidInputError(
                "There is no account to export. `soma-audit register` lists those that there are."
            )
        posts = sum(_write_posts(store, part, account, terms) for account in accounts)
        told = (
            {
                "network": account.network,
                "account": account.handle,
                "agency": account.agency,
                "agency_name": agencies[account.agency].name,
                "kind": agencies[account.agency].kind,
                "changed": store.verdicts.changes_of(account),
                "wall": _wall(store, account, terms),
            }
            for account in accounts
        )
        return {
            "posts": posts,
            "accounts": _write(part / "accounts" / "part-0.parquet", ACCOUNTS, told),
            "reviews": _write(part / "reviews" / "part-0.parquet", REVIEWS, _reviews(store)),
            "looks": _write(part / "looks" / "part-0.parquet", LOOKS, _looks(store, accounts)),
        }


def _write_posts(store: Store, part: Path, account: Account, terms: Terms) -> int:
    where = part / "posts" / f"network={account.network}" / f"account={_escaped(account.handle)}"
    rows = map(post_row, store.verdicts.posts_on(account, terms.as_of))
    return _write(where / "part-0.parquet", POSTS, rows)


def _escaped(handle: str) -> str:
    """Return a handle as Hive writes it into a path: what may not stand there by its number, all else as it is."""
    return _NEVER_IN_A_PATH.sub(lambda m: f"%{ord(m[0]):02X}", handle)


def _write(file: Path, schema: pa.Schema, rows: Iterable[dict[str, Any]]) -> int:
    """Write rows as they come; return how many there were."""
    file.parent.mkdir(parents=True)
    rows, written = iter(rows), 0
    with pq.ParquetWriter(file, schema, compression="zstd") as out:
        while batch := list(islice(rows, ROWS)):
            out.write_table(pa.Table.from_pylist(batch, schema))
            written += len(batch)
    return written


def _wall(store: Store, account: Account, terms: Terms) -> str:
    wall = store.verdicts.wall_without_posts(
        account, as_of=terms.as_of, office=terms.office, norm_minutes=terms.norm_minutes
    )
    looks = tuple(
        replace(look, note=None) for look in wall.looks
    )  # who looked is a reason that verdicts give
    return encode(replace(wall, silence=terms.silence, looks=looks))


def _reviews(store: Store) -> Iterator[dict[str, Any]]:
    for row in store.reviews.reviews():
        yield {
            "network": row.network,
            "account": row.handle,
            "post": row.post,
            "classifier": row.classifier,
            "label": row.label,
            "answered_at": read_time(row.answered_at),
        }


def _looks(store: Store, accounts: Iterable[Account]) -> Iterator[dict[str, Any]]:
    for account in accounts:
        for look in store.verdicts.looks_at_wall(account):
            yield {
                "network": account.network,
                "account": account.handle,
                "question": look.question,
                "seen": look.seen,
                "observed_at": look.observed_at,
                "signed_in": look.signed_in.value,
            }
