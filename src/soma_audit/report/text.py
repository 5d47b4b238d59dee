"""Text and numbers as readers see them: strangers' characters made harmless, figures in plain words.

Every format says the same thing in the same words because the words stand here. Nothing here knows a format.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from soma_audit.model import GAP_REASONS

if TYPE_CHECKING:
    from datetime import datetime

    from soma_audit.report.lines import AccountLine, AgencyLine, Figures, GapLine, Group, Rate, ResponseTime

UNSAFE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""What can move a cursor, retitle a window, turn the reading direction or break UTF-8. Emoji joiners are not here."""

NOTHING = "–"
OFFICE_DAY = 480.0
"""Minutes. Figures come in office minutes; eight hours make an office day on paper, as the glossary says."""

NETWORK_NAMES = {"facebook": "Facebook", "twitter": "Twitter"}
KIND_NAMES = {
    None: "Not in the register",
    "ministry": "Ministries",
    "government": "The Government's own",
    "prime-minister": "The Prime Minister's office",
}
WALL_WORDS = {"unknown": "not known", "not_supported": "not offered"}
STATE_WORDS = {"unread": "not read yet"}
SEEN_STATES = frozenset({"active", "dormant", "retired"})
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")
MANY_GAPS = 8


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


# --- numbers ----------------------------------------------------------------------------------------------------


def number(count: int) -> str:
    """1204 → 1,204."""
    return f"{count:,}"


def counted(count: int, one: str, many: str | None = None) -> str:
    """1 question, 2 questions."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def percent(share: float) -> str:
    """0.384 → 38 %. What is not nothing is never 0 %, what is not everything never 100 %."""
    if 0 < share < 0.005:
        return "<1 %"
    if 0.995 <= share < 1:
        return ">99 %"
    return f"{share * 100:.0f} %"


def of(rate: Rate) -> str:
    """The counts, such as 2 of 4; a dash when there is nothing to count."""
    return f"{number(rate.numerator)} of {number(rate.denominator)}" if rate.denominator else NOTHING


def share(rate: Rate) -> str:
    """The share where there is one, else the counts: never a share of nothing or of too little."""
    return of(rate) if rate.share is None else percent(rate.share)


def interval(rate: Rate) -> str | None:
    """The 95 % interval, if there is one: 54–71 %."""
    if rate.share is None or rate.low is None or rate.high is None:
        return None
    return f"{rate.low * 100:.0f}–{rate.high * 100:.0f} %"


def quarter_of_each(nynorsk: Rate) -> str:
    """Say whether both written forms have their quarter, as far as the interval allows: that is what språklova asks."""
    if nynorsk.share is None or nynorsk.low is None or nynorsk.high is None:
        return "too few to say"
    if nynorsk.high < 0.25:
        return "no, too little nynorsk"
    if nynorsk.low > 0.75:
        return "no, too little bokmål"
    return "yes" if nynorsk.low >= 0.25 and nynorsk.high <= 0.75 else "cannot be told from so few"


def duration(minutes: float) -> str:
    """Time on the calendar: 35 min, 4 h, 3 d 2 h, 12 d."""
    if round(minutes) < 60:
        return f"{round(minutes)} min"
    days, hours = divmod(round(minutes / 60), 24)
    if not days:
        return f"{hours} h"
    return f"{days} d {hours} h" if hours and days < 10 else f"{days} d"


def office_duration(minutes: float) -> str:
    """Time while the office was open: 35 office minutes, 4 office hours, 3.5 office days."""
    if round(minutes) < 60:
        return counted(round(minutes), "office minute")
    if round(minutes / 60) < 8:
        return counted(round(minutes / 60), "office hour")
    days = f"{minutes / OFFICE_DAY:,.1f}".removesuffix(".0")
    return f"{days} office day{'' if days == '1' else 's'}"


def response(time: ResponseTime, *, office: bool = False) -> str:
    """The median time to an answer; "> 12 d" when fewer than half were ever answered."""
    words = office_duration if office else duration
    if time.median is not None:
        return words(time.median)
    return NOTHING if time.more_than is None else f"> {words(time.more_than)}"


# --- times ------------------------------------------------------------------------------------------------------


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC with Z, for machines."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def day(moment: datetime, timezone: str) -> str:
    """3 Mar 2026, where the report is read."""
    local = moment.astimezone(ZoneInfo(timezone))
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def clock(moment: datetime, timezone: str) -> str:
    """3 Mar 2026 10:14, where the report is read."""
    return f"{day(moment, timezone)} {moment.astimezone(ZoneInfo(timezone)):%H:%M}"


def window(figures: Figures) -> str:
    """The window by its first and last day; its end itself is outside."""
    last = figures.window_to - timedelta(seconds=1)
    return f"{day(figures.window_from, figures.timezone)} to {day(last, figures.timezone)}"


# --- words ------------------------------------------------------------------------------------------------------


def network_name(network: str) -> str:
    """How a reader calls the network."""
    return NETWORK_NAMES.get(network, network)


def kind_name(kind: str | None) -> str:
    """A group's heading."""
    return KIND_NAMES.get(kind) or str(kind).replace("_", " ").capitalize()


def members(group: Group) -> str:
    """How many there are in a group: 17 ministries, 3 agencies."""
    many = "ministry" if group.kind == "ministry" else "agency"
    return counted(len(group.agencies), many, many.removesuffix("y") + "ies")


def account_name(network: str, handle: str) -> str:
    """Twitter @handle, Facebook handle."""
    return f"{network_name(network)} {'@' if network == 'twitter' else ''}{handle.removeprefix('@')}"


def wall_word(label: str | None) -> str:
    """A wall's state; a dash where there is no wall."""
    return NOTHING if label is None else WALL_WORDS.get(label, label)


def state_word(state: str) -> str:
    """An account's state."""
    return STATE_WORDS.get(state, state.replace("_", " "))


def seen(account: AccountLine) -> bool:
    """Whether there is anything to say of the account: what was not looked at has no figures, not even zeros."""
    conduct = account.conduct
    return account.state in SEEN_STATES or conduct.posts + conduct.shares + conduct.questions > 0


def agency_seen(agency: AgencyLine) -> bool:
    """Whether at least one of its accounts was."""
    return any(seen(account) for account in agency.accounts)


# --- sentences --------------------------------------------------------------------------------------------------


def presence(group: Group) -> str:
    """Difi's three counts in a sentence."""
    walls = group.open_walls
    unseen = f" ({walls.left_out} not known)" if walls.left_out else ""
    open_walls = (
        f", {walls.numerator} of them with an open wall{unseen}" if group.on_facebook.numerator else ""
    )
    return f"{of(group.on_facebook)} on Facebook{open_walls}; {of(group.on_twitter)} on Twitter"


def baseline(figures: Figures) -> str:
    """The same three counts of the earlier mapping."""
    then = figures.baseline
    return (
        f"{then.name}, {then.when}: {then.on_facebook} of {then.agencies} on Facebook, {then.open_walls} of them "
        f"with an open wall; {then.on_twitter} of {then.agencies} on Twitter"
    )


def waiting(figures: Figures) -> str:
    """How many questions wait, and how long the oldest has."""
    if not figures.waiting_total:
        seen_so_far = ", as far as could be seen" if figures.gaps else ""
        return f"No question is waiting for an answer{seen_so_far}."
    verb = "is" if figures.waiting_total == 1 else "are"
    sentence = f"{counted(figures.waiting_total, 'question')} {verb} waiting for an answer"
    if not figures.waiting:
        return f"{sentence}."
    oldest = min(figures.waiting, key=lambda line: line.asked_at)
    whole = "" if len(figures.waiting) == figures.waiting_total else " listed here"
    return f"{sentence}; the oldest{whole} was asked {day(oldest.asked_at, figures.timezone)}."


def age(asked_at: datetime, figures: Figures) -> str:
    """How long ago something was asked."""
    return duration((figures.as_of - asked_at) / timedelta(minutes=1))


def clearly_autogenerated(figures: Figures) -> list[str]:
    """The accounts that meet both of Difi's signs."""
    return [
        f"{agency.name} ({account_name(account.network, account.handle)})"
        for group in figures.groups
        for agency in group.agencies
        for account in agency.accounts
        if account.conduct.clearly_autogenerated
    ]


def gap_sentences(gaps: tuple[GapLine, ...]) -> list[str]:
    """Every gap in a line; when there are many, a line for each network and reason."""
    if len(gaps) <= MANY_GAPS:
        return [f"{gap.agency}, {account_name(gap.network, gap.handle)}: {gap.sentence}" for gap in gaps]
    alike = Counter((gap.network, gap.reason) for gap in gaps)
    return [
        f"{network_name(network)}, {counted(count, 'gap')}: {GAP_REASONS.get(reason, reason)}"
        for (network, reason), count in alike.most_common()
    ]
