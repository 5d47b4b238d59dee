"""The workbook's sheet of channels: who is where, how each account stands there, and whether it is official."""

from __future__ import annotations

from typing import TYPE_CHECKING

from soma_audit.report.formats.cells import Cell, Sheet
from soma_audit.report.language.channel_words import ChannelWords

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from soma_audit.report.figures.model import AccountLine, AgencyLine, Figures, Group
    from soma_audit.report.language.words import Words


def where_sheet(figures: Figures, words: Words) -> Sheet:
    """Return every channel with how it stands: a row a channel, those where nothing is collected behind the others."""
    say = words.say
    header = (
        say("Agency"),
        say("Group"),
        say("Region"),
        say("Network"),
        say("Account"),
        say("How it stands"),
    )
    channels = ChannelWords(words)
    rows = [
        row
        for group in figures.groups
        for agency in group.agencies
        for row in _channels(words, channels, group, agency)
    ]
    lives = (say("Since"), say("By whom"), say("Last sign"), say("Asked since"))
    return Sheet(say("Who is where"), (*header, say("Official"), *lives), rows)


def _channels(
    words: Words, channels: ChannelWords, group: Group, agency: AgencyLine
) -> Iterator[Sequence[object]]:
    whose = (agency.name, words.kind_name(group.kind), agency.region)
    for account in agency.accounts:
        name = Cell(account.handle, "text", account.url)
        yield *whose, words.network_name(account.network), name, channels.state(account), channels.official(account.official), *_life(channels, account)  # fmt: skip
    for line in agency.elsewhere:
        name = Cell(line.handle, "text", line.url)
        yield (
            *whose,
            channels.elsewhere(line.network),
            name,
            words.say("not collected"),
            None,
            None,
            None,
            None,
            None,
        )


def _life(channels: ChannelWords, account: AccountLine) -> tuple[object, ...]:
    life = account.life
    if life is None:
        return None, None, None, None
    return life.began, channels.began_by(life), life.last_sign, life.asked_since
