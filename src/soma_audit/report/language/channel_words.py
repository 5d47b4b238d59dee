"""Channels in a reader's words: how an account stands, whether it is official, and what the register declares of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from soma_audit.networks import ELSEWHERE
from soma_audit.report.text import NOTHING, accounts

if TYPE_CHECKING:
    from datetime import datetime

    from soma_audit.report.figures.channels import (
        DeclaredLine,
        DeclaredPage,
        LifeState,
        LookalikeLine,
        OfficialState,
    )
    from soma_audit.report.figures.model import AccountLine, AgencyLine, Figures, Group
    from soma_audit.report.language.words import Words

OFFICIAL = {
    "both_ways": "confirmed both ways",
    "one_way": "confirmed one way",
    "unconfirmed": "not confirmed",
    "contradicted": "contradicted by the agency’s site",
    "unknown": "not known whether official",
}
WHY = {
    "same-name": "has the same name",
    "similar-name": "has nearly the same name",
    "same-handle": "has the same handle",
}
"""Why an account was listed that goes by an agency's name."""
DECLARED = {
    "guidelines": "guidelines",
    "moderation_rules": "rules for comments",
    "personal_data_notice": "personal data",
}
"""The pages that a register declares."""
OUTCOMES = {
    "not_found": "there is no such page",
    "refused": "the site refuses to show it",
    "robots": "the site wants no programs there",
    "unreachable": "could not be reached",
    "damaged": "no page that people read",
}
"""Why a page could not be read."""
SETTLED, ENDED_WELL = {"active", "retired"}, {"active", "closed_with_notice", "handed_over"}
DOUBTFUL = {"contradicted", "unconfirmed"}
LIFE = {
    "active": "active",
    "quiet": "quiet",
    "dormant": "dormant",
    "closed_with_notice": "closed, with notice",
    "closed": "closed without notice",
    "handed_over": "handed over",
    "lost": "lost",
    "never_found": "never found",
    "unknown": "not known",
}
"""How an account lives, or how it ended."""
SYMBOLS = {
    "active": "●",
    "quiet": "◐",
    "dormant": "○",
    "closed_with_notice": "■",
    "closed": "□",
    "handed_over": "→",
    "lost": "✕",
    "never_found": "∅",
    "unknown": "?",
}
"""The same at a glance."""
USES = {
    "informs": "informs",
    "invites_input": "invites input",
    "serves": "serves",
    "listens": "listens and reports back",
    "recruits": "recruits",
    "ceremonial": "ceremonial",
    "other": "other",
    "uncertain": "not certain",
}
"""What a post is for."""
BEGAN_BY = {
    "network": "by the network",
    "register": "by the register",
    "first_post": "its first post that was seen",
}
"""Who says since when an account has existed."""
LEFT = ("quiet", "dormant", "closed_with_notice", "closed", "handed_over", "lost")
"""Accounts that nobody tends any more, or for a while."""


class ChannelWords:
    """How channels stand, in the report's language."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._say = words.say

    def symbol(self, account: AccountLine) -> str:
        """Return a sign for how an account lives."""
        return SYMBOLS[account.life.label if account.life else "unknown"]

    def state(self, account: AccountLine) -> str:
        """Return how an account lives, in a word or two."""
        return self._say(LIFE[account.life.label]) if account.life else self._words.state_word(account.state)

    def began_by(self, life: LifeState) -> str | None:
        """Return who says since when an account has existed; None: nobody knows when."""
        return self._say(BEGAN_BY[life.began_by]) if life.began_by else None

    def day(self, day: date) -> str:
        """Return a day as 3 Mar 2026."""
        return self._words.language.date(day.year, day.month, day.day)

    def lifeline(self, account: AccountLine) -> str:
        """Return from when to when an account has been tended, and until when people asked there."""
        life, left = account.life, tended_until(account)
        if life is None or life.began is None:
            return NOTHING
        if left_unseen(account):
            return self._say("since {day}", day=self.day(life.began))
        last = self._words.day(left) if left else self._say("today")
        told = self._say("{first} to {last}", first=self.day(life.began), last=last)
        if left is None or life.last_asked is None:
            return told
        return f"{told}; {self._say('last asked {day}', day=self._words.day(life.last_asked))}"

    def official(self, state: OfficialState | None) -> str | None:
        """Return whether an account is official; None: nobody has looked."""
        return self._say(OFFICIAL[state.label]) if state else None

    def elsewhere(self, network: str) -> str:
        """Return what a network is called where nothing is collected."""
        return ELSEWHERE[network].title

    def lookalike(self, line: LookalikeLine) -> str:
        """Return why an account is listed that goes by an agency's name."""
        return self._say(WHY[line.why])

    def to_look_at(self, figures: Figures) -> list[str]:
        """Return the accounts that are not as they should be, a sentence each: silent, not to be seen, or not official."""
        found = []
        for agency, account in accounts(figures):
            settled = account.life.label in ENDED_WELL if account.life else account.state in SETTLED
            odd = [] if settled else [self.state(account)]
            if account.official and account.official.label in DOUBTFUL:
                odd.append(self._say(OFFICIAL[account.official.label]))
            if odd:
                name = self._words.account_name(account.network, account.handle)
                found.append(f"{agency.name}, {name}: {', '.join(odd)}")
        for agency in agencies_with_lookalikes(figures):
            for line in agency.lookalikes:
                name = self._words.account_name(line.network, line.handle)
                found.append(f"{agency.name}: {name} {self.lookalike(line)}")
        return found

    def uses(self, account: AccountLine) -> dict[str, int]:
        """Return how many of an account's posts are for each use, in the order of the report."""
        return {use: sum(month.posts.get(use, 0) for month in account.uses) for use in USES}

    def use(self, label: str) -> str:
        """Return what a post is for."""
        return self._say(USES[label])

    def months(self, account: AccountLine) -> list[str]:
        """Return the mix of each month in a line: 2026-03: informs 12, serves 3."""
        return [
            f"{month.month}: "
            + ", ".join(f"{self.use(use)} {n}" for use in USES if (n := month.posts.get(use)))
            for month in account.uses
        ]

    def page(self, page: DeclaredPage) -> str:
        """Return what a declared page is, and how it was found."""
        name = self._say(DECLARED[page.what])
        if page.outcome is None:
            found = self._say("not looked at yet")
        elif page.outcome != "read":
            found = self._say(OUTCOMES[page.outcome])
        elif page.changed_at is not None:
            found = self._say("as it is since {day}", day=self._words.day(page.changed_at))
        else:
            found = self._say("there")
        return f"{name}: {found}"

    def outside_hours(self, declared: DeclaredLine) -> str | None:
        """Return how many asked while the counter is said to be closed; None: no hours are declared, or it is not told."""
        if declared.outside_hours is None:
            return None
        return self._words.counted(
            declared.outside_hours,
            "{n} question came outside these hours|{n} questions came outside these hours",
        )

    def dialogue(self, account: AccountLine) -> str | None:
        """Return what an account that declares dialogue does about questions; None: it declares something else."""
        if account.role != "dialogue":
            return None
        answered = account.conduct.answered
        if not answered.denominator:
            return self._say("dialogue; no questions whose time is up")
        return self._say("dialogue; {of} questions answered", of=self._words.of(answered))


def agencies_with_lookalikes(figures: Figures) -> list[AgencyLine]:
    """Return the agencies whose name others go by."""
    return [agency for group in figures.groups for agency in group.agencies if agency.lookalikes]


def used_accounts(figures: Figures) -> list[tuple[AgencyLine, AccountLine]]:
    """Return the accounts of whose posts it is known what they are for."""
    return [(agency, account) for agency, account in accounts(figures) if account.uses]


def left_accounts(figures: Figures) -> list[tuple[AgencyLine, AccountLine]]:
    """Return the accounts that nobody tends any more, or for a while; those left longest first."""
    left = [
        (agency, account)
        for agency, account in accounts(figures)
        if account.life and account.life.label in LEFT
    ]
    return sorted(left, key=lambda pair: (pair[1].life and pair[1].life.last_sign) or figures.as_of)


def dated_groups(figures: Figures) -> list[tuple[Group, list[tuple[AgencyLine, AccountLine]]]]:
    """Return the groups with those of their accounts of which it is known since when they exist, each agency's oldest first."""
    dated = ((group, _dated_accounts(group)) for group in figures.groups)
    return [(group, accounts) for group, accounts in dated if accounts]


def _dated_accounts(group: Group) -> list[tuple[AgencyLine, AccountLine]]:
    return [
        (agency, account)
        for agency in group.agencies
        for account in sorted(
            (a for a in agency.accounts if a.life and a.life.began),
            key=lambda a: ((a.life and a.life.began) or date.max, a.network, a.handle),
        )
    ]


def tended_until(account: AccountLine) -> datetime | None:
    """Return when somebody last tended an account that was left; None: it is in use, or it is not known."""
    return account.life.last_sign if account.life and account.life.label in LEFT else None


def left_unseen(account: AccountLine) -> bool:
    """Return whether an account was left, and nobody saw when."""
    return account.life is not None and account.life.label in LEFT and account.life.last_sign is None


def declared_accounts(figures: Figures) -> list[tuple[AgencyLine, AccountLine]]:
    """Return the accounts of which the register tells how they are run."""
    return [
        (agency, account)
        for group in figures.groups
        for agency in group.agencies
        for account in agency.accounts
        if account.declared is not None
    ]
