"""Verdicts that were judged elsewhere, taken in as if they had been judged here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.dataset as ds

from soma_audit.classify import CLASSIFIERS, VERSIONS
from soma_audit.classify.database import Classified
from soma_audit.errors import InvalidInputError
from soma_audit.parquet.rows import Judgements, judgements_of
from soma_audit.parquet.schemas import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from soma_audit.model import Account
    from soma_audit.store import Run, Store


@dataclass(slots=True)
class TakenIn(Classified):
    """What verdicts brought."""

    without: list[str] = field(default_factory=list)
    """Accounts of the register on which nothing was judged there."""


def take_in(store: Store, run: Run, folder: Path, say: Callable[[str], None] = lambda _: None) -> TakenIn:
    """Store the verdicts of a folder, account by account; an account that is not there keeps those it has.

    Raises:
        InvalidInputError: there are none, they are of another version's rules, or of another database.
    """
    dataset = _dataset(folder)
    result = TakenIn()
    for account in store.register.accounts():
        ours = (ds.field("network") == account.network) & (ds.field("account") == account.handle)
        rows = dataset.to_table(filter=ours).to_pylist()
        if not rows:
            result.without.append(str(account))
            continue
        _check(store, account, rows, folder)
        nothing: Judgements = {c.name: (c.version, []) for c in CLASSIFIERS}
        said = ((name, *given) for name, given in (nothing | judgements_of(rows)).items())
        as_of = rows[0]["as_of"]
        new = store.verdicts.difference(account, said, changed=rows[0]["changed"], as_of=as_of)
        result.add(store.verdicts.save_difference(run.id, new, classifiers=rows[0]["terms"], as_of=as_of))
        say(str(account))
    return result


def _dataset(folder: Path) -> ds.Dataset:
    try:
        found = ds.dataset(
            folder,
            schema=VERDICTS,
            format="parquet",
            partitioning=ds.partitioning(
                pa.schema([VERDICTS.field("network"), VERDICTS.field("account")]), flavor="hive"
            ),
        )
        found.count_rows()
    except (OSError, pa.ArrowException) as error:
        raise InvalidInputError(
            f"{folder} holds no verdicts as Parquet, as `soma_audit.spark` makes them: {error}"
        ) from error
    return found


def _check(store: Store, account: Account, rows: Sequence[dict[str, Any]], folder: Path) -> None:
    if len({(row["terms"], row["as_of"], row["changed"]) for row in rows}) > 1 or not str(
        rows[0]["terms"]
    ).startswith(f"{VERSIONS} "):
        raise InvalidInputError(
            f"The verdicts on {account} in {folder} are of another version's rules, or of several judgings."
            " Judge once, with this version, into a folder of its own."
        )
    held = store.verdicts.post_ids(account)
    if any(row["post"] is not None and row["post"] not in held for row in rows):
        raise InvalidInputError(
            f"{folder} judges posts of {account} that this database does not hold."
            " Take the verdicts into the database that was exported."
        )
