"""A whole database judged: every account that has news, side by side where there is much to judge and more than one core."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from zlib import crc32

from soma_audit.classify import RULES, VERSIONS, judgements
from soma_audit.processes import processes, spread
from soma_audit.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from datetime import datetime
    from pathlib import Path

    from soma_audit.config import Config
    from soma_audit.model import Account
    from soma_audit.office_hours import OfficeHours
    from soma_audit.silence_limits import SilenceLimits
    from soma_audit.store import Run
    from soma_audit.store.verdicts import Changes, Difference, Relabelled

ALONE = 20_000
"""Posts. Fewer are judged sooner than other processes have begun."""


@dataclass(slots=True)
class Classified:
    """What a classification did."""

    accounts: int = 0
    changed: int = 0
    relabelled: Counter[Relabelled] = field(default_factory=Counter)
    """What new versions of the classifiers see otherwise than the old ones."""

    def add(self, changes: Changes) -> None:
        """Count what judging one account has changed."""
        self.accounts += 1
        self.changed += changes.verdicts
        self.relabelled += changes.relabelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """By what walls are judged beside the rules."""

    as_of: datetime
    office: OfficeHours
    norm_minutes: float
    silence: SilenceLimits

    @property
    def versions(self) -> str:
        """The classifiers' versions and these terms: under others, everything is judged anew."""
        return (
            f"{VERSIONS} norm:{self.norm_minutes:g} office:{hash_of(self.office)}"
            f" silence:{self.silence.quiet_days}/{self.silence.dormant_days}"
        )


def terms_of(config: Config, as_of: datetime) -> Terms:
    """Return by what a configuration wants walls to be judged, as of a time."""
    return Terms(
        as_of=as_of,
        office=config.office(),
        norm_minutes=config.norm_minutes(),
        silence=config.silence_limits(),
    )


def classify(
    store: Store, run: Run, terms: Terms, *, say: Callable[[str], None] = lambda _: None
) -> Classified:
    """Judge every account that has news; the others keep their verdicts.

    Each account's verdicts are saved together, as soon as they are there: what is cut off goes on with the next account.

    Raises:
        RunAgainError: a process that judged was killed.
    """
    result = Classified()
    store.verdicts.save_rules(
        (r.code, c.name, r.name, r.weight, r.message, r.explanation) for c, r in RULES.values()
    )
    accounts = {a.id: a for a in store.register.accounts()}
    news = store.verdicts.accounts_with_news(terms.versions, terms.as_of)
    with closing(_differences(store, [accounts[n] for n in news if n in accounts], terms)) as found:
        for new in found:
            say(str(accounts[new.account]))
            result.add(
                store.verdicts.save_difference(run.id, new, classifiers=terms.versions, as_of=terms.as_of)
            )
    return result


def _differences(
    store: Store, accounts: Sequence[Account], terms: Terms
) -> Generator[Difference, None, None]:
    """Yield what is new on each account's wall; the largest walls are begun first, so that none is waited for in the end."""
    if not accounts:
        return
    posts = store.verdicts.post_counts()
    count = min(processes(), len(accounts))
    if count < 2 or sum(posts.get(a.id or 0, 0) for a in accounts) < ALONE:
        for account in accounts:
            yield judged(store, account, terms)
        return
    by_size = sorted(accounts, key=lambda a: -posts.get(a.id or 0, 0))
    yield from spread(_judge_one, by_size, count=count, begin=_begin, arguments=(store.path, terms))


def judged(store: Store, account: Account, terms: Terms) -> Difference:
    """Return what is new in the verdicts on one account's wall."""
    changed = store.verdicts.changes_of(account)
    wall = store.verdicts.wall(
        account, as_of=terms.as_of, office=terms.office, norm_minutes=terms.norm_minutes
    )
    said = judgements(replace(wall, silence=terms.silence))
    return store.verdicts.difference(account, said, changed=changed, as_of=terms.as_of)


# --- in a process of its own ---

_given: tuple[Store, Terms]


def _begin(database: Path, terms: Terms) -> None:
    global _given  # noqa: PLW0603 - of a process that does nothing else
    store = Store(database)
    store.execute("pragma query_only = on")
    _given = store, terms


def _judge_one(account: Account) -> Difference:
    store, terms = _given
    return judged(store, account, terms)


def hash_of(office: OfficeHours) -> str:
    """Name office hours shortly: other hours make other verdicts."""
    days = f"{sorted(office.weekdays)} {[day.isoformat() for day in office.holidays]}"
    return f"{office.opens:%H%M}-{office.closes:%H%M}/{office.timezone}/{crc32(days.encode()):08x}"
