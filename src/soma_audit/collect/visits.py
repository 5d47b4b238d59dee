"""Accounts are visited side by side, within each network's limit: threads wait for the networks, one thread writes."""

from __future__ import annotations

from collections import Counter, deque
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from soma_audit.collect.walk import Walk
from soma_audit.errors import (
    NotReadableError,
    RetryLaterError,
    SkipAccountError,
    SkipNetworkError,
    SkipStreamError,
)
from soma_audit.model import Gap, Stream
from soma_audit.networks import asked_at
from soma_audit.store import Added

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime, timedelta

    from soma_audit.collect.network import Network
    from soma_audit.model import Account, Page
    from soma_audit.store import Run, Store


@dataclass(frozen=True, slots=True)
class Renamed:
    """An account that the network knows by another name than the register."""

    account: str
    """network/handle, as the register has it"""
    now: str

    @property
    def sentence(self) -> str:
        """What has happened, and what to do."""
        return f"{self.account} is now called {self.now}: change the register. It was found by its id and read as before."


@dataclass(slots=True)
class CollectResult:
    """What a collection brought, and what it could not see."""

    added: Added = field(default_factory=Added)
    accounts: int = 0
    unpublished: set[tuple[str, str]] = field(default_factory=set)
    """Account and native id of posts that the public cannot see, and that were left out."""
    limited: set[tuple[str, str]] = field(default_factory=set)
    """The same of posts that are public to some only."""
    renamed: list[Renamed] = field(default_factory=list)
    """Accounts that have another name now than in the register; each is told once."""
    not_seen: list[str] = field(default_factory=list)
    """One sentence each."""
    come_back: datetime | None = None
    """When a network's limit is lifted."""


@dataclass(slots=True)
class Visit:
    """One account's streams, walked one after the other."""

    account: Account
    streams: Iterator[Stream]
    walk: Walk | None = None
    failed: bool = False


@dataclass(slots=True)
class Visits:
    """Goes through accounts. What cannot be seen becomes a gap, and the rest goes on."""

    store: Store
    run: Run
    networks: Mapping[str, Network]
    now: datetime
    revisit: timedelta
    result: CollectResult
    closed: dict[str, SkipNetworkError]
    """The networks, or servers of one, that will not answer any more in this run."""
    say: Callable[[str], None]
    side_by_side: int
    """How many accounts of one network are asked about at once."""
    history: timedelta | None = None
    """How far back an account is read for the first time; None: as far as its network shows it."""
    _to_the_end: bool = False

    def go(
        self,
        accounts: Iterable[Account],
        streams: Callable[[Network], Iterable[Stream]],
        *,
        to_the_end: bool = False,
    ) -> list[Account]:
        """Walk these streams of all accounts, their last ones with `to_the_end`; return the accounts that could be walked."""
        self._to_the_end = to_the_end
        waiting = deque(accounts)
        visits: list[Visit] = []
        running: dict[Future[Page | None], Visit] = {}
        with ThreadPoolExecutor(self._threads) as threads:
            while waiting or running:
                for account in self._admitted(waiting, running.values()):
                    visit = Visit(account, iter(self._streams(account, streams)))
                    visits.append(visit)
                    self.say(str(account))
                    if self._next_stream(visit):
                        running[threads.submit(visit.walk.ask)] = visit  # type: ignore[union-attr]
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    visit = running.pop(future)
                    ahead = self._ask_ahead(threads, visit, future)
                    walk = visit.walk
                    if self._advance(visit, future):
                        same = ahead is not None and visit.walk is walk
                        running[ahead if same else threads.submit(visit.walk.ask)] = visit  # type: ignore[index, union-attr]
        return [visit.account for visit in visits if not visit.failed]

    @property
    def _threads(self) -> int:
        return self.side_by_side * max(len(self.networks), 1)

    @staticmethod
    def _ask_ahead(
        threads: ThreadPoolExecutor, visit: Visit, answer: Future[Page | None]
    ) -> Future[Page | None] | None:
        """Ask for the next page while this one is being stored; None: there is none to ask for."""
        if visit.walk is None or answer.exception() is not None or answer.result() is None:
            return None
        return threads.submit(visit.walk.ask)

    def _admitted(self, waiting: deque[Account], running: Iterable[Visit]) -> Iterator[Account]:
        """Let accounts in whose network has room."""
        busy = Counter(_asked_at(visit.account) for visit in running)
        for _ in range(len(waiting)):
            account = waiting.popleft()
            place = _asked_at(account)
            if busy[place] < self.side_by_side and busy.total() < self._threads:
                busy[place] += 1
                yield account
            else:
                waiting.append(account)

    def _streams(self, account: Account, streams: Callable[[Network], Iterable[Stream]]) -> Iterable[Stream]:
        network = self.networks.get(account.network)
        return streams(network) if network else (Stream.PROFILE,)

    def _next_stream(self, visit: Visit) -> bool:
        """Begin the account's next walk; return whether there is one."""
        visit.walk = None  # a walk that has ended holds its last page; there may be thousands
        stream = next(visit.streams, None)
        if stream is None:
            if self._to_the_end and not visit.failed:
                self.store.walks.close_account_gaps(self.run.id, visit.account)
            return False
        closed = self.closed.get(visit.account.network) or self.closed.get(_asked_at(visit.account))
        if closed is not None:
            self._leave(visit, closed)
            return False
        network = self.networks[visit.account.network]
        visit.walk = Walk(
            self.store,
            self.run.id,
            network,
            visit.account,
            stream,
            now=self.now,
            revisit=self.revisit,
            history=self.history,
        )
        return True

    def _advance(self, visit: Visit, answer: Future[Page | None]) -> bool:
        """Store an answer; return whether to ask on."""
        walk = visit.walk
        assert walk is not None  # noqa: S101 - it has been asked for a page
        try:
            if walk.take(answer.result):
                return True
        except SkipStreamError as error:
            if walk.stream is Stream.PROFILE:
                visit.failed = True  # without its id nothing else can be asked
            self._gap(visit.account, walk.stream, error)
        except SkipAccountError as error:
            self._leave(visit, error)
            return False
        except SkipNetworkError as error:
            self.closed.setdefault(_asked_at(visit.account), error)
            if isinstance(error, RetryLaterError):
                self.result.come_back = max(filter(None, (self.result.come_back, error.at)), default=None)
            self._leave(visit, error)
            return False
        self._count(visit.account, walk)
        told = {gap.detail for gap in walk.gaps if gap.reason in {"damaged", "unreachable", "moved"}}
        self.result.not_seen += [
            f"{visit.account} {_words(walk.stream)}: {detail}" for detail in sorted(told)
        ]
        return self._next_stream(visit)

    def _count(self, account: Account, walk: Walk) -> None:
        """Add what a walk brought to what the collection brought."""
        self.result.added += walk.added
        walk.added = Added()
        self.result.unpublished |= {(str(account), post) for post in walk.unpublished}
        if walk.renamed_to:
            self.result.renamed.append(Renamed(str(account), walk.renamed_to))
            walk.renamed_to = None
        self.result.limited |= {(str(account), post) for post in walk.limited}

    def _leave(self, visit: Visit, error: NotReadableError) -> None:
        """Go on without the rest of an account."""
        visit.failed = True
        if visit.walk is not None:
            self._count(visit.account, visit.walk)
        self._gap(visit.account, None, error)

    def _gap(self, account: Account, stream: Stream | None, error: NotReadableError) -> None:
        self.store.walks.add_gap(
            self.run.id, account, Gap(stream=stream, reason=error.reason, detail=str(error))
        )
        if error.reason in {"not_supported", "signed_out"}:
            return  # there is nothing to see, or nobody has asked to see it: not the same as having failed to
        where = f"{account} {_words(stream)}" if stream else str(account)
        message = str(error)
        self.result.not_seen.append(message if message.startswith(str(account)) else f"{where}: {message}")


def _asked_at(account: Account) -> str:
    return asked_at(account.network, account.handle)


def _words(stream: Stream) -> str:
    return stream.replace("_", " ")
