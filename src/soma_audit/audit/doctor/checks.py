"""What `doctor` says of what it looked at: how it is, and what to do. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from soma_audit.collect.token_kind import NEEDS_PROOF, SEES
from soma_audit.errors import Exit, NotReadableError, RetryLaterError
from soma_audit.labels import GAP_REASONS
from soma_audit.model import Account, Stream, TokenKind
from soma_audit.networks import NETWORKS
from soma_audit.report.text import counted, number

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from soma_audit.collect.token_kind import Quota, Token
    from soma_audit.store.health import GapCountRow, LastRuns

SOON = timedelta(days=14)
"""So long before its end a token is to be renewed."""
CLOCK_MAY_BE_OFF = timedelta(minutes=1)
A_NIGHT_MISSED = timedelta(hours=36)
NIGHTLY = ("collect", "classify", "report", "purge")
COMMANDS = {"verify": "collect --verify"}
"""What a stage is called on the command line, where that is not its name."""
GB = 10**9
ENTERPRISE = "If you are a government body or work for one, X's terms ask for an Enterprise plan, and that you tell X beforehand."

MANAGE = (
    "Use the Page's own token with the task MANAGE, or leave facebook.page_settings out of the configuration."
)
SAME_ANSWER = "{} says the same of an account that the token may not see."


class State(StrEnum):
    """How something is."""

    OK = "ok"
    ATTENTION = "attention"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What was looked at, how it is, and what to do."""

    topic: str
    state: State
    seen: str
    todo: str = ""
    setup: bool = False
    """It is the configuration's or the register's: until it is mended nothing starts."""


def exit_code(checks: Collection[Check]) -> Exit:
    """Sum up: 2 when the set-up is wrong, 3 when anything else is."""
    wrong = [c for c in checks if c.state is State.WRONG]
    return Exit.USAGE if any(c.setup for c in wrong) else Exit.PARTIAL if wrong else Exit.DONE


# --- what cannot be looked at ---------------------------------------------------------------------------------------

REMEDIES: Mapping[str, tuple[State, str]] = {
    "suspended": (State.ATTENTION, "If it is gone for good, give it a valid_to date in the register."),
    "deactivated": (State.ATTENTION, "Ask the agency; if it is gone for good, give it a valid_to date in the register."),
    "moved": (State.WRONG, "Put the account that it has moved to into the register, and give this one a valid_to date."),
    "protected": (State.ATTENTION, "Ask the agency to open it, or import the agency's own archive."),
    "unpublished": (State.ATTENTION, "Ask the agency to publish the Page, or take it out of the register."),
    "not_found": (
        State.WRONG,
        "Look the name up, and correct the register if it has changed.",
    ),
    "renamed": (State.WRONG, "Look who has the name now, and correct the register."),
    "permission": (State.WRONG, "Give the token what it lacks: see docs/access.md."),
    "not_supported": (State.OK, ""),
    "signed_out": (State.ATTENTION, "If you want mentions too, sign in with the account's own token or app password: see docs/access.md."),
    "not_shown": (State.OK, ""),
    "history": (State.OK, ""),
    "rate_limit": (State.ATTENTION, "Wait and ask again."),
    "quota": (State.WRONG, "Buy credit or raise your limit in the network's console, or wait for the next month."),
    "refused": (State.WRONG, "Make a new token: see docs/access.md."),
    "no_token": (State.WRONG, "Make one: see docs/access.md. Or import what you have as files."),
    "unreachable": (State.WRONG, "Look whether this machine reaches the network, also through its proxy; then try again."),
    "damaged": (State.WRONG, "Try again; if it stays so, report it as a fault of soma-audit."),
}  # fmt: skip
"""What a person can do about each reason for which something is not seen."""


def unseen(topic: str, error: NotReadableError) -> Check:
    """Return a check for what could not be looked at, in the words of its gap."""
    state, todo = REMEDIES.get(error.reason, (State.WRONG, "Read what it says and try again."))
    reason, detail = GAP_REASONS.get(error.reason, error.reason), str(error).rstrip(".")
    seen = f"{reason[:1].upper()}{reason[1:]}."
    if reason not in detail:
        seen += f" {detail}."
    if isinstance(error, RetryLaterError) and error.at:
        todo = f"Ask again after {_moment(error.at)}."
    return Check(topic=topic, state=state, seen=seen, todo=todo)


def unseen_account(account: Account, stream: Stream, error: NotReadableError) -> Check:
    """Return a check for an account, or the settings of its wall, that could not be looked at."""
    profile = stream is Stream.PROFILE
    check = unseen(str(account) if profile else f"{account} {stream.value}", error)
    check = replace(check, seen=check.seen.replace(f"{account}: ", "", 1))  # which the topic says already
    if error.reason == "permission" and not profile:
        return replace(check, todo=MANAGE)
    if error.reason == "not_found" and NETWORKS[account.network].hidden_as_missing:
        return replace(check, todo=f"{check.todo} {SAME_ANSWER.format(name_of(account.network))}")
    return check


# --- tokens and quotas ----------------------------------------------------------------------------------------------


def token_checks(token: Token, now: datetime, *, proof: bool, pages: int) -> Iterator[Check]:
    """Return checks of the token's kind, end and permissions, as Facebook sees them. `proof`: there is an app secret."""
    yield _kind(token, pages)
    yield _end(token, now)
    if token.missing:
        yield Check(
            topic="Facebook permissions",
            state=State.ATTENTION,
            seen=f"The Page's token lacks {', '.join(token.missing)}.",
            todo="Make the token anew with these permissions; until then answers may come back incomplete.",
        )
    if token.kind in NEEDS_PROOF and not proof:
        yield Check(
            topic="Facebook app secret",
            state=State.ATTENTION,
            seen=f"There is none. Facebook may refuse a {token.kind}'s token without a proof made from it.",
            todo="Put it in a file that only you can read, and name that in facebook.app_secret_file.",
        )


def _kind(token: Token, pages: int) -> Check:
    state, todo = State.OK, ""
    if token.kind is TokenKind.USER:
        state = State.ATTENTION
        todo = "Use a system user's token, or the Page's own: questions asked in comments may stay unseen."
    elif token.kind is TokenKind.UNKNOWN:
        state, todo = State.ATTENTION, "Look at the token in Meta's own token debugger."
    elif token.kind is TokenKind.PAGE and pages > 1:
        state = State.ATTENTION
        todo = f"The register has {pages} Pages. Audit each with its own token, or all with a system user's."
    return Check(topic="Facebook token", state=state, seen=SEES[token.kind], todo=todo)


def _end(token: Token, now: datetime) -> Check:
    renew = "Make a new token and put it where the old one is."
    state, todo = State.OK, ""
    if not token.valid:
        state, seen, todo = State.WRONG, "Facebook says that the token is not valid.", renew
    elif token.ends and token.ends <= now:
        state, seen, todo = State.WRONG, f"The token ended on {_moment(token.ends)}.", renew
    elif token.ends:
        seen = f"The token, or what it gives access to, ends on {_moment(token.ends)}, in {_span(token.ends - now)}."
        if token.ends - now < SOON:
            state, todo = State.ATTENTION, "Renew it before that day."
    elif token.endless:
        seen = "The token has no fixed end."
    else:
        seen = "Facebook does not say when the token ends."
    return Check(topic="Facebook token", state=state, seen=seen, todo=todo)


def quota_checks(quota: Quota | None) -> Iterator[Check]:
    """Return that X takes the token, and how much of the month's quota is left."""
    yield Check(topic="X token", state=State.OK, seen="X takes the token.", todo=ENTERPRISE)
    if quota is None:
        yield Check(
            topic="X quota",
            state=State.ATTENTION,
            seen="X does not tell how many posts may still be read this month.",
            todo="Look it up in X's developer console.",
        )
        return
    again = f" The count begins anew on day {quota.reset_day} of the month." if quota.reset_day else ""
    seen = f"{number(quota.left)} of {number(quota.cap)} posts may still be read this month.{again}"
    if quota.left == 0:
        yield Check(topic="X quota", state=State.WRONG, seen=seen, todo=REMEDIES["quota"][1])
    elif quota.left * 10 < quota.cap:
        todo = "Keep an eye on it: when it is used up, nothing more is read."
        yield Check(topic="X quota", state=State.ATTENTION, seen=seen, todo=todo)
    else:
        yield Check(topic="X quota", state=State.OK, seen=seen)


# --- clock, disk, database ------------------------------------------------------------------------------------------


def clock_check(network: str, told: str, now: datetime) -> Check:
    """Compare our clock with a network's `Date` header."""
    topic, name = "clock", name_of(network)
    try:
        theirs = parsedate_to_datetime(told)
    except ValueError:
        return Check(topic=topic, state=State.OK, seen=f"{name} does not tell the time.")
    off = now - (theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC))
    if abs(off) <= CLOCK_MAY_BE_OFF:
        return Check(topic=topic, state=State.OK, seen=f"It agrees with {name}'s to the minute.")
    seen = f"It is {_span(abs(off))} {'ahead of' if off > timedelta() else 'behind'} {name}'s."
    todo = "Set this machine's clock, best by a time service: response times and waits are counted by it."
    return Check(topic=topic, state=State.ATTENTION, seen=seen, todo=todo)


def disk_check(folder: str, free: int, *, writable: bool) -> Check:
    """Return how much room the database has to grow."""
    if not writable:
        todo = "Let the user who runs soma-audit write there."
        return Check(topic="disk", state=State.WRONG, seen=f"{folder} cannot be written to.", todo=todo)
    state = State.OK if free >= GB else State.ATTENTION if free >= GB / 5 else State.WRONG
    todo = "" if state is State.OK else "Make room, or move the database to a larger disk."
    return Check(topic="disk", state=state, seen=f"{size_of(free)} are free in {folder}.", todo=todo)


def index_check(standing: int, found: int, waiting: int) -> Check:
    """Return whether a search by words finds what reading finds."""
    topic = "text index"
    if found < standing:
        seen = (
            f"It misses {counted(standing - found, 'text')} of {number(standing)} that hold a frequent word."
        )
        todo = "Figures do not depend on it. Build it anew: sqlite-utils rebuild-fts DATABASE observation"
        return Check(topic=topic, state=State.WRONG, seen=seen, todo=todo)
    if waiting:
        seen = f"{counted(waiting, 'text is', 'texts are')} not in it yet: a run was cut off before its end."
        todo = "Nothing is lost: the next run or import puts them in."
        return Check(topic=topic, state=State.ATTENTION, seen=seen, todo=todo)
    seen = f"It is complete (checked on {number(standing)} texts)." if standing else "It is in order."
    return Check(topic=topic, state=State.OK, seen=seen)


def stage_checks(rows: Iterable[LastRuns], now: datetime, *, expected: bool) -> Iterator[Check]:
    """Return when each stage last went well. `expected`: there are accounts to collect from."""
    known = {row.stage: row for row in rows}
    for stage in ("collect", "classify") if expected else ():
        if stage not in known:
            yield Check(
                topic=f"last {stage}",
                state=State.ATTENTION,
                seen="There has been none yet.",
                todo="Run `soma-audit run`.",
            )
    for row in known.values():
        yield _stage(row, now)


def _stage(row: LastRuns, now: datetime) -> Check:
    topic, good, late = f"last {row.stage}", "No run has succeeded yet.", False
    if row.good_at is not None:
        age = now - row.good_at
        late = row.stage in NIGHTLY and age > A_NIGHT_MISSED
        good = f"Succeeded {_ago(age)}, at {_moment(row.good_at)}."
        good += " Not everything could be seen." if row.good_outcome == Exit.PARTIAL else ""
    state, newest = State.ATTENTION, f"{good} The newest, begun at {_moment(row.begun)},"
    if row.ended is None:
        seen = f"{newest} has no end: it still goes on, or was killed."
        todo = "If none is going on, run it again: it goes on from where it stopped."
    elif row.outcome not in {Exit.DONE, Exit.PARTIAL}:
        seen, todo = (
            f"{newest} failed.",
            f"Run `soma-audit {COMMANDS.get(row.stage, row.stage)}` and read what it says.",
        )
    elif late:
        seen, todo = good, "It should run every night: look at cron, or at the timer."
    else:
        made_up = f" {counted(row.cut_off, 'earlier one was', 'earlier ones were')} cut off, and made up for."
        state, seen, todo = State.OK, good + (made_up if row.cut_off else ""), ""
    return Check(topic=topic, state=state, seen=seen, todo=todo)


def shown_checks(account: Account, body: Mapping[str, Any]) -> Iterator[Check]:
    """Return what a token is shown of a Page's newest posts: nothing may be concluded from what it is not shown."""
    topic, posts = f"{account} shows", body.get("data") or []
    under = [p.get("comments") or {} for p in posts]
    comments = [c for u in under for c in u.get("data") or ()]
    told = sum(int((u.get("summary") or {}).get("total_count") or 0) for u in under)
    writers = [(c.get("from") or {}).get("id") for c in comments]
    if not posts:
        yield Check(topic=topic, state=State.OK, seen="There are no posts to look at.")
        return
    clients = sum(bool((p.get("application") or {}).get("name")) for p in posts)
    seen = f"The posting client is named on {clients} of its {len(posts)} newest posts."
    if not clients:
        seen += " Whether posts are automatic is told from other signs."
    yield Check(topic=topic, state=State.OK, seen=seen)
    if told and not comments:
        yield Check(
            topic=topic,
            state=State.ATTENTION,
            seen=f"Facebook counts {counted(told, 'comment')} under them, and shows this token none.",
            todo="Use the Page's own token or a system user's. Until then it is not known whether anybody was answered.",
        )
    elif comments and not any(writers):
        yield Check(
            topic=topic,
            state=State.ATTENTION,
            seen=f"None of {counted(len(comments), 'comment')} under them names a writer, not even the Page.",
            todo="Unless the Page never comments, use its own token: without names it is not known who answered.",
        )
    elif comments:
        own = sum(w == account.native_id for w in writers)
        seen = f"Of {counted(len(comments), 'comment')} under them {own} name the Page as the writer."
        yield Check(topic=topic, state=State.OK, seen=seen)


def gap_checks(rows: Sequence[GapCountRow]) -> Iterator[Check]:
    """Return the open gaps by reason."""
    for row in rows:
        reason, todo = (
            row.reason,
            REMEDIES.get(row.reason, (State.WRONG, "Look it up in the report."))[1],
        )
        count = f"{counted(row.gaps, 'gap')} on {counted(row.accounts, 'account')}"
        state = State.ATTENTION if todo else State.OK
        yield Check(topic="gaps", state=state, seen=f"{count}: {GAP_REASONS.get(reason, reason)}.", todo=todo)
    if not rows:
        yield Check(topic="gaps", state=State.OK, seen="There are no open gaps.")


# --- words ----------------------------------------------------------------------------------------------------------


def name_of(network: str) -> str:
    """Name a network as its terms do today."""
    return NETWORKS[network].title_today


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _ago(age: timedelta) -> str:
    return "just now" if age < timedelta(minutes=1) else f"{_span(age)} ago"


def _span(length: timedelta) -> str:
    minutes = max(int(length / timedelta(minutes=1)), 1)
    if minutes < 120:
        return counted(minutes, "minute")
    return counted(minutes // 60, "hour") if minutes < 48 * 60 else counted(minutes // 1440, "day")


def size_of(count: int) -> str:
    """4.2 GB, 310 MB."""
    return f"{count / GB:.1f} GB" if count >= GB else f"{max(count // 10**6, 1)} MB"
