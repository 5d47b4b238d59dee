"""A time of a database written as a bag, as it is at one moment; the same database gives the same bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from soma_audit import __version__
from soma_audit.archive.bag import Bag
from soma_audit.archive.noark import Structure, overview
from soma_audit.new_folder import appearing
from soma_audit.store.archiving import TABLES, ArchiveQueries
from soma_audit.store.interchange import line, post_line, verdict_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from soma_audit.model import Account
    from soma_audit.store import Store


@dataclass(slots=True)
class Archived:
    """What has been written."""

    accounts: int = 0
    posts: int = 0
    threads: int = 0
    files: int = 0


def archive(
    store: Store,
    folder: Path,
    since: datetime,
    until: datetime,
    now: datetime,
    *,
    organisation: str,
    report: Callable[[], str],
) -> Archived:
    """Write what is kept of the time from `since` to before `until`; `report` gives the figures of it as JSON.

    Raises:
        InvalidInputError: the folder is there and not empty, or cannot be written.
    """
    ours = files("soma_audit.archive")
    with appearing(folder) as part:
        bag = Bag(part)
        with bag.file("report.json") as write:
            write(report())
        with store.one_moment():
            told = _database(bag, store, since, until, now)
        for path in ("noark/arkivstruktur.xsd", "README.txt"):
            with bag.file(path) as write:
                write(ours.joinpath(path.rpartition("/")[2]).read_text("utf-8"))
        bag.close(
            {
                "Source-Organization": organisation,
                "External-Description": f"Social media of public bodies, {since:%Y-%m-%d} to {until:%Y-%m-%d}",
                "Bagging-Date": f"{now:%Y-%m-%d}",
                "Bag-Software-Agent": f"soma-audit {__version__}",
            }
        )
    told.files = len(bag.sums)
    return told


def _database(bag: Bag, store: Store, since: datetime, until: datetime, now: datetime) -> Archived:
    """Write what comes from the database."""
    queries = ArchiveQueries(store)
    accounts = sorted(store.register.accounts(), key=lambda a: (a.network, a.handle))
    told = Archived(accounts=len(accounts))
    with bag.file("noark/arkivstruktur.xml") as write:
        structure = Structure(write, since, until, now)
        structure.begin([(row["id"], row["name"]) for row in queries.table("agencies", since, until)])
        for account in accounts:
            told.posts += _posts(bag, queries, account, structure, since, until)
        structure.end()
    with bag.file("noark/arkivuttrekk.xml") as write:
        write(overview(structure, bag.sums["data/noark/arkivstruktur.xml"]))
    for account in accounts:
        with bag.file(f"verdicts/{_name(account)}.jsonl") as write:
            for verdict in queries.verdicts(account, since, until):
                write(line(verdict_line(verdict)))
    for name in TABLES:
        with bag.file(f"{name}.jsonl") as write:
            for row in queries.table(name, since, until):
                write(line(row))
    told.threads = structure.folders
    return told


def _posts(
    bag: Bag,
    queries: ArchiveQueries,
    account: Account,
    structure: Structure,
    since: datetime,
    until: datetime,
) -> int:
    """Write an account's posts in both forms, side by side, so that no more than a thread stands in memory."""
    count = 0
    with bag.file(f"posts/{_name(account)}.jsonl") as write:
        for post in structure.part(account, queries.posts(account, since, until)):
            write(line(post_line(post)))
            count += 1
    return count


def _name(account: Account) -> str:
    """Return a file's name for an account, of letters that every system takes."""
    handle = re.sub(r"[^A-Za-z0-9._@-]", "_", account.handle)
    if handle != account.handle:
        handle += f"-{sha256(account.handle.encode()).hexdigest()[:8]}"
    return f"{account.network}--{handle}"
