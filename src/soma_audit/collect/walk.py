"""A walk: one stream of one account, newest to oldest, one transaction a page, the bookmark last.

Killed at any instant and run again, the database ends the same: what was stored is found again, and the bookmark has
not moved before everything behind it was there.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from soma_audit.collect.network import LostPlaceError
from soma_audit.errors import LeaveStreamError
from soma_audit.store import Added

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from soma_audit.collect.network import Network
    from soma_audit.model import Account, Stream
    from soma_audit.store import Store


def walk(
    store: Store,
    run: int,
    network: Network,
    account: Account,
    stream: Stream,
    *,
    now: datetime,
    revisit: timedelta,
) -> Added:
    """Walk a stream to its end.

    Raises:
        CouldNotLookError: it was cut off; what came before is kept, the bookmark stays, the next walk goes on from here.
    """
    try:
        return _walk(store, run, network, account, stream, now=now, revisit=revisit)
    except LostPlaceError:
        store.drop_walk(account, stream)
        return _walk(store, run, network, account, stream, now=now, revisit=revisit)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        # one odd answer must not stop the night's run
        raise LeaveStreamError("damaged", f"an answer made no sense ({type(error).__name__})") from error


def _walk(
    store: Store,
    run: int,
    network: Network,
    account: Account,
    stream: Stream,
    *,
    now: datetime,
    revisit: timedelta,
) -> Added:
    since = store.since(account, stream, now=now, revisit=revisit)
    newest = store.walk_newest(account, stream)
    added = Added()
    with closing(network.pages(account, stream, since)) as pages:  # type: ignore[type-var]
        for page in pages:
            newest = newest or page.newest
            about = network.about(page)
            added += store.add_page(run, account, page, list(network.posts(page)), about=about, newest=newest)
            if about and "native_id" in about:
                store.save_native_id(account, str(about["native_id"]))
            for gap in page.gaps:
                store.add_gap(run, account, gap)
    store.finish_walk(run, account, stream, newest, now)
    return added
