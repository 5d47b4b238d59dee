"""The edition that may be published: nobody's words but the agencies' own, and no cell so small that it tells of one person.

Figures on fewer than five questions are left out, and so are others where the first could be told from the sum. The parts
of five and more are shown, however small.
Source of the limit: the privacy rules for published figures, which leave out cells below five.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from soma_audit.report.figures.conduct import Rate, ResponseTime, Waits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from soma_audit.report.figures.channels import DeclaredLine, LifeState
    from soma_audit.report.figures.conduct import Conduct
    from soma_audit.report.figures.context import Earlier, Month, News
    from soma_audit.report.figures.model import AccountLine, AgencyLine, Figures, Group, WallChange, WallState

SMALLEST = 5
TOO_SMALL = "fewer than 5, so not published"
_NO_RATE = Rate(numerator=0, denominator=0, share=None, low=None, high=None, reason=TOO_SMALL)
_NO_TIME = ResponseTime(questions=0, answered=0, median=None, more_than=None)


def public(figures: Figures) -> Figures:
    """Make the public edition of a report."""
    return replace(
        figures,
        edition="public",
        waiting=(),
        waiting_total=_shown(figures.waiting_total),
        perhaps=(),
        perhaps_total=_shown(figures.perhaps_total),
        groups=tuple(_group(group) for group in figures.groups),
        queries=(),
        news=_news(figures.news) if figures.news else None,
    )


def hidden(counts: Sequence[int]) -> set[int]:
    """Choose which of several counts that add up to a known sum are left out: the small ones, and one more if need be."""
    small = {place for place, count in enumerate(counts) if 0 < count < SMALLEST}
    if len(small) == 1:
        others = [(count, place) for place, count in enumerate(counts) if count and place not in small]
        small |= {min(others)[1]} if others else set()
    return small


def _group(group: Group) -> Group:
    hide = hidden([agency.conduct.questions or 0 for agency in group.agencies])
    alone = len(hide) == 1
    return replace(
        group,
        agencies=tuple(_agency(a, hide=place in hide) for place, a in enumerate(group.agencies)),
        conduct=_conduct(group.conduct) if alone else _of_group(group.conduct),
        before=_earlier(group.before),
        last_year=_earlier(group.last_year),
        months=tuple(_month(month) for month in group.months),
    )


def _agency(agency: AgencyLine, *, hide: bool) -> AgencyLine:
    hide_accounts = hidden([account.conduct.questions or 0 for account in agency.accounts])
    everything = hide or len(hide_accounts) == 1
    accounts = tuple(
        _account(account, hide=everything or place in hide_accounts)
        for place, account in enumerate(agency.accounts)
    )
    return replace(
        agency,
        lookalikes=(),  # whoever bears a name like the agency's may be a harmless person
        accounts=accounts,
        conduct=_conduct(agency.conduct) if everything else _without_perhaps(agency.conduct),
    )


def _account(account: AccountLine, *, hide: bool) -> AccountLine:
    return replace(
        account,
        conduct=_conduct(account.conduct) if hide else _without_perhaps(account.conduct),
        changes=tuple(_change(change) for change in account.changes),
        posting=_wall(account.posting),
        commenting=_wall(account.commenting),
        messaging=_wall(account.messaging),
        life=_life(account.life, hide=hide),
        declared=_declared(account, hide=hide),
    )


def _life(life: LifeState | None, *, hide: bool) -> LifeState | None:
    """Leave out how many asked after an account was left, where they are few."""
    if life is None or not (hide or _of_few(life.asked_since)):
        return life
    return replace(life, asked_since=None, last_asked=None)


def _declared(account: AccountLine, *, hide: bool) -> DeclaredLine | None:
    """Leave out how many asked outside the declared hours, where that tells of a few, or of a few who asked within them."""
    declared = account.declared
    if declared is None or declared.outside_hours is None:
        return declared
    within = (account.conduct.questions or 0) - declared.outside_hours
    hide |= _of_few(declared.outside_hours) or _of_few(within)
    return replace(declared, outside_hours=None) if hide else declared


def _wall(wall: WallState) -> WallState:
    """Leave out who looked: the sentence names an employee."""
    looks = {sign.sentence for sign in wall.evidence if sign.source == "look"}
    return replace(
        wall,
        reasons=tuple(reason for reason in wall.reasons if reason not in looks),
        evidence=tuple(
            replace(sign, sentence="") if sign.source == "look" else sign for sign in wall.evidence
        ),
    )


def _change(change: WallChange) -> WallChange:
    spells = [spell for spell in (change.before, change.after) if spell]
    if any(0 < spell.questions < SMALLEST for spell in spells):
        return replace(change, before=None, after=None)
    return change


def _of_group(conduct: Conduct) -> Conduct:
    if _of_few(conduct.questions):
        return _conduct(conduct)
    return replace(conduct, maybe_questions=_shown(conduct.maybe_questions))


def _without_perhaps(conduct: Conduct) -> Conduct:
    """Leave out how many only perhaps ask: mostly few, and a small count could be told from the group's sum."""
    return replace(conduct, maybe_questions=None)


def _conduct(conduct: Conduct) -> Conduct:
    """Leave out all that counts visitors."""
    return replace(
        conduct,
        questions=None,
        maybe_questions=None,
        pending=None,
        unknown=None,
        answered=_NO_RATE,
        in_time=_NO_RATE,
        set_phrases=_NO_RATE,
        referrals=_NO_RATE,
        calendar=_NO_TIME,
        office=_NO_TIME,
        waits=Waits(),
    )


def _earlier(earlier: Earlier | None) -> Earlier | None:
    return replace(earlier, conduct=_of_group(earlier.conduct)) if earlier else None


def _month(month: Month) -> Month:
    if not _of_few(month.questions):
        return month
    return replace(month, questions=None, answered=_NO_RATE)


def _of_few(count: int | None) -> bool:
    return count is not None and 0 < count < SMALLEST


def _news(news: News) -> News:
    return replace(
        news,
        asked=_shown(news.asked),
        answered=_shown(news.answered),
        overdue=_shown(news.overdue),
        newly_asked=(),
        newly_answered=(),
        newly_overdue=(),
        lookalikes=(),
        asked_of={},
        overdue_at={},
    )


def _shown(count: int | None) -> int | None:
    return None if _of_few(count) else count
