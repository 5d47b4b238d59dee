"""Strangers' text made harmless, and what every format asks of figures without saying it in any language."""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING
from zlib import crc32

from soma_audit.networks import COUNTED_2010, place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from soma_audit.report.figures.conduct import Rate
    from soma_audit.report.figures.model import AccountLine, AgencyLine, Figures, Group, WaitingLine

UNSAFE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""What can move a cursor, retitle a window, turn the reading direction or break UTF-8. Emoji joiners are not here."""
NOTHING = "–"
SEEN_STATES = frozenset({"active", "quiet", "retired"})


# --- strangers' text --------------------------------------------------------------------------------------------


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def clean(text: str) -> str:
    r"""The text with everything unsafe as a visible escape, such as `\x1b`; tabs and newlines stay."""
    return UNSAFE.sub(_visible, text.replace("\r\n", "\n"))


def cut(text: str, limit: int) -> str:
    """The text, at most `limit` characters long, with … where something is missing."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def one_line(text: str, limit: int = 30_000) -> str:
    """The text cleaned, on one line and cut. The default limit is what a spreadsheet's cell can hold."""
    return cut(" ".join(clean(text).split()), limit)


def web_link(url: str | None) -> str | None:
    """The URL if it is a plain http(s) one; anything else is not worth a click."""
    return url if url and re.fullmatch(r"https?://[^\s<>\"'\\]+", clean(url), re.IGNORECASE) else None


# --- English, for the command line ----------------------------------------------------------------------------------------------------


def number(count: int) -> str:
    """1204 → 1,204."""
    return f"{count:,}"


def counted(count: int, one: str, many: str | None = None) -> str:
    """1 question, 2 questions."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def in_english(reasons: Iterable[tuple[str, Mapping[str, object]]]) -> tuple[str, ...]:
    """Why something is held, a sentence each: filled with what the rules saw."""
    return tuple(message.format(**evidence) for message, evidence in reasons)


# --- figures ----------------------------------------------------------------------------------------------------


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC with Z, for machines."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def anchor(line: WaitingLine) -> str:
    """Return the name under which a page shows a post that waits: the same each day, and telling nobody's."""
    return f"w{crc32(f'{line.network}/{line.handle}/{line.post}'.encode('utf-8', 'backslashreplace')):08x}"


def seen(account: AccountLine) -> bool:
    """Return whether the account has any figures: what was not looked at has none, not even zeros."""
    conduct = account.conduct
    return account.state in SEEN_STATES or bool(conduct.posts or conduct.shares or conduct.questions)


def agency_seen(agency: AgencyLine) -> bool:
    """Return whether at least one of the agency's accounts has any figures."""
    return any(seen(account) for account in agency.accounts)


def accounts(figures: Figures) -> Iterator[tuple[AgencyLine, AccountLine]]:
    """Every account with its agency, in the order of the report."""
    for group in figures.groups:
        for agency in group.agencies:
            for account in agency.accounts:
                yield agency, account


def networks(figures: Figures) -> list[str]:
    """The networks that the groups are counted on, each once, in the order of the report; Difi's two where there is no group."""
    found = {presence.network for group in figures.groups for presence in group.presence}
    return sorted(found or COUNTED_2010, key=place_of)


def later_networks(figures: Figures) -> list[str]:
    """Those of them that Difi did not count."""
    return [network for network in networks(figures) if network not in COUNTED_2010]


def lead(groups: tuple[Group, ...]) -> Group | None:
    """The group whose figures stand at the top: the ministries, else the first."""
    return next((group for group in groups if group.kind == "ministry"), groups[0] if groups else None)


def sorted_as(rate: Rate) -> str:
    """What a column of shares is sorted by: the share, also where too little to show it; nothing where there is nothing."""
    return f"{rate.numerator / rate.denominator:.4f}" if rate.denominator else ""


def busiest(counts: Sequence[int], most: int = 4) -> list[tuple[int, int]]:
    """The places with the highest counts, each with its count; the highest first."""
    ranked = sorted(enumerate(counts), key=lambda pair: (-pair[1], pair[0]))
    return [pair for pair in ranked[:most] if pair[1]]
