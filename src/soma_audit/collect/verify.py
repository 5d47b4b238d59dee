"""Looking stored posts up again: what the network no longer shows may not be kept.

X asks for it (its agreement: content that was removed, protected or suspended goes). It is believed when it says so twice, a
night apart. Facebook answers "no such post" and "no permission" alike, so there a post is only missing when its whole
stream is read anew (see `walk`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from soma_audit.errors import NotReadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from soma_audit.collect.network import Network
    from soma_audit.model import Account, Page
    from soma_audit.store import Run, Store


@runtime_checkable
class Verifier(Protocol):
    """A network that can tell a post that is gone from one that we may not see."""

    looked_up_at_once: int
    """How many posts it looks up in one call."""

    def look_up(self, account: Account, posts: Sequence[str]) -> tuple[Page, Mapping[str, bool]]:
        """Look posts up by native id; return the page, and which of them the network says are there, and which are not."""


@dataclass(slots=True)
class Verified:
    """What looking again showed."""

    looked_up: int = 0
    gone: int = 0
    missing: int = 0
    """Not there for the first time: they keep their texts until that is said again."""
    not_seen: list[str] = field(default_factory=list)
    """One sentence each."""


def verify(
    store: Store,
    run: Run,
    accounts: Iterable[Account],
    networks: Mapping[str, Network],
    say: Callable[[str], None] = lambda _: None,
) -> Verified:
    """Look up all posts whose text is held, and drop the text of those that are gone: absent for the second time."""
    result = Verified()
    for account in accounts:
        network = networks.get(account.network)
        if not isinstance(network, Verifier):
            continue
        say(str(account))
        try:
            _account(store, run, account, network, result)
        except NotReadableError as error:
            result.not_seen.append(f"{account}: {error}")
    store.posts.index_texts()
    run.note = f"{result.looked_up} looked up, {result.gone} gone, {result.missing} missing"
    if result.not_seen:
        run.partial(f"{len(result.not_seen)} accounts not looked up")
    return result


def _account(store: Store, run: Run, account: Account, network: Verifier, result: Verified) -> None:
    held = store.posts.posts_with_text(account)
    ids = list(held)
    for start in range(0, len(ids), network.looked_up_at_once):
        some = ids[start : start + network.looked_up_at_once]
        page, there = network.look_up(account, some)
        absent = [held[post] for post, is_there in there.items() if not is_there]
        with store.transaction():
            store.posts.met_again([held[post] for post, is_there in there.items() if is_there])
            gone = store.posts.note_missing(run.id, account, absent, page)
        result.looked_up += len(some)
        result.gone += gone
        result.missing += len(absent) - gone
