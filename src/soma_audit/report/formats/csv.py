"""The report for spreadsheets: one row an account, every figure of its conduct in a column of its own; or one whole list.

A spreadsheet runs a cell that begins like a formula, so such text gets a `'` in front, a harmless `+47 22 …` too.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import datetime
from io import StringIO
from operator import attrgetter
from typing import TYPE_CHECKING, get_type_hints

from soma_audit.labels import LABELS, WALLS
from soma_audit.report.figures.conduct import Conduct
from soma_audit.report.figures.model import FlaggedLine, WaitingLine
from soma_audit.report.text import iso, one_line, seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from soma_audit.report.figures.model import AccountLine, AgencyLine, Figures

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

ACCOUNT = ("network", "handle", "url", "role", "state")
TIMES = ("first_post", "last_post", "last_read")
STATED = ("closing_reason", "alternative_channel")
USES = tuple(f"use_{use}" for use in LABELS["use"])
"""How many of the window's own posts are for each use."""
LIFE = ("life", "life_since", "began", "began_by", "last_sign", "successor", "asked_since")
OFFICIAL = ("official", "official_reasons")
DECLARED = ("unit", "email", "hours", "languages", "guidelines_date", "outside_hours")
"""How the agency says that it runs the account, and how many asked outside the hours that it names."""
LISTS = {"waiting": WaitingLine, "flagged": FlaggedLine}
ORIGIN = ("window_from", "window_to", "as_of", "notice")


def _paths(kind: type, above: str = "") -> Iterator[str]:
    for name, hint in get_type_hints(kind).items():
        if isinstance(hint, type) and is_dataclass(hint):
            yield from _paths(hint, f"{above}{name}.")
        else:
            yield above + name


CONDUCT = tuple(_paths(Conduct))
"""Every number of an account, such as `answered.numerator`; its column is `answered_numerator`."""
HEADER = (
    *("agency_id", "agency", "kind"),
    *ACCOUNT,
    *(path.replace(".", "_") for path in CONDUCT),
    *(column for wall in WALLS for column in (wall, f"{wall}_since", f"{wall}_reasons")),
    *STATED,
    *USES,
    *LIFE,
    *OFFICIAL,
    *DECLARED,
    *TIMES,
    "gaps",
    *("website", "region"),
    *ORIGIN,
)


def render(figures: Figures) -> str:
    """All accounts, in the order of the report; an account that was not seen has empty figures."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(
        [_cell(value) for value in row(figures, agency, account)]
        for group in figures.groups
        for agency in group.agencies
        for account in agency.accounts
    )
    return out.getvalue()


def render_list(figures: Figures, name: str) -> str:
    """Return one list of the report, `waiting` or `flagged`: a row a post, a column for each of its fields.

    Whoever perhaps waits comes behind those who most likely do.
    """
    kind = LISTS[name]
    columns = [field.name for field in fields(kind)]
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    lines = (*figures.waiting, *figures.perhaps) if name == "waiting" else figures.flagged
    writer.writerows([_cell(getattr(line, column)) for column in columns] for line in lines)
    return out.getvalue()


def row(figures: Figures, agency: AgencyLine, account: AccountLine) -> Iterator[object]:
    """Every cell of an account, in the order of `HEADER`."""
    yield from (agency.id, agency.name, agency.kind)
    yield from (getattr(account, name) for name in ACCOUNT)
    yield from (attrgetter(path)(account.conduct) if seen(account) else None for path in CONDUCT)
    for wall in WALLS:
        state = getattr(account, wall)
        yield from (state.label, state.since, state.reasons)
    yield from (getattr(account, name) for name in STATED)
    for use in LABELS["use"]:
        yield sum(month.posts.get(use, 0) for month in account.uses) if account.uses else None
    yield from _life(account)
    yield from (account.official.label, account.official.reasons) if account.official else (None, None)
    yield from (getattr(account.declared, name, None) for name in DECLARED)
    yield from (getattr(account, name) for name in TIMES)
    yield account.gaps
    yield from (agency.website, agency.region)
    yield from (getattr(figures, name) for name in ORIGIN)


def _life(account: AccountLine) -> tuple[object, ...]:
    life = account.life
    if life is None:
        return (None,) * len(LIFE)
    return life.label, life.since, life.began, life.began_by, life.last_sign, life.successor, life.asked_since


def _cell(value: object) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, str):
        return safe(value)
    return safe(" ".join(str(sentence) for sentence in value) if isinstance(value, Iterable) else str(value))


def safe(text: str) -> str:
    """The text on one line, and nothing that a spreadsheet would run."""
    line = one_line(text)
    return f"'{line}" if line.startswith(FORMULA_STARTS) or text.startswith(FORMULA_STARTS) else line
