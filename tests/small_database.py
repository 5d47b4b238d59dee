"""A small database to ask: an agency, its accounts, and posts written as a walk would."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from soma_audit.classify.database import Terms
from soma_audit.model import Account, Agency, Page, Post, Stream
from soma_audit.office_hours import OfficeHours
from soma_audit.silence_limits import SilenceLimits
from soma_audit.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from soma_audit.model import Gap, Verdict, Wall
    from soma_audit.store import Added

NOW = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OFFICE = OfficeHours(opens=time(8), closes=time(16))
TERMS = Terms(as_of=NOW, office=OFFICE, norm_minutes=480, silence=SilenceLimits())
AGENCY = Agency(id="etat", name="Etaten", kind="agency")


def new_store(folder: Path) -> Store:
    """Make a database with one agency, on both networks, and a run to write in."""
    store = Store(folder / "a.db", create=True)
    store.register.save_register(
        [AGENCY],
        [Account(agency="etat", network=n, handle="etaten") for n in ("twitter", "facebook")],
        NOW,
    )
    with store.run("collect", config_hash="x", clock=lambda: NOW):
        pass
    return store


def account(store: Store, network: str = "twitter") -> Account:
    found = store.register.account(network, "etaten")
    assert found is not None
    return found


def page(name: str = "1", *, stream: Stream = Stream.TIMELINE, body: bytes = b"", **more: Any) -> Page:
    settings: dict[str, Any] = {"fetched_at": NOW, "resume": None, **more}
    return Page(
        account=Account(agency="etat", network="twitter", handle="etaten"),
        stream=stream,
        url=f"https://api.example/{name}",
        body=body or name.encode(),
        **settings,
    )


def add(store: Store, *posts: Post, on: str = "1", network: str = "twitter", **more: Any) -> Added:
    return store.posts.add_page(1, account(store, network), page(on, **more), posts)


def wall(store: Store, network: str = "twitter", as_of: datetime = NOW) -> Wall:
    return store.verdicts.wall(account(store, network), as_of=as_of, office=OFFICE, norm_minutes=480)


def save(
    store: Store, judgements: Mapping[str, list[Verdict]], *, version: str = "1", network: str = "twitter"
) -> int:
    return store.verdicts.save_verdicts(
        1,
        account(store, network),
        {n: (version, v) for n, v in judgements.items()},
        classifiers=version,
        as_of=NOW,
    ).verdicts


def gap(store: Store, gap: Gap, network: str = "twitter") -> bool:
    return store.walks.add_gap(1, account(store, network), gap)


def rows(store: Store, sql: str) -> list[Any]:
    """Give what a question's only column holds, or its rows."""
    found = store.execute(sql).fetchall()
    return [row[0] if len(row) == 1 else row for row in found]
