"""The morning mail: who waits, what is new and what could not be seen, as plain text and as HTML that mail programs show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from soma_audit.report import text
from soma_audit.report.language.assignment_words import assigned
from soma_audit.report.language.wall_words import WallWords
from soma_audit.report.language.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from soma_audit.report.figures.model import Figures, WaitingLine

SHOWN = 20
"""Questions that are listed; the report has the others."""
QUOTE = 300
"""Characters of a post, and of a sentence of the news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is mailed."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One question of the worklist, in words."""

    age: str
    is_late: bool
    whose: str
    said: str
    usually: str
    assigned: str
    url: str | None
    open_it: str
    close: str | None
    """Where the report has the lines that close it; None: the report is not linked to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """A heading and what stands below it."""

    heading: str
    lines: tuple[str, ...]


def has_news(figures: Figures) -> bool:
    """Return whether there is anything to tell: something is new since the report before, or this is the first one."""
    if figures.news is None:
        return True
    return bool(WallWords(Words(figures.language, figures.timezone)).news(figures.news))


def letter(
    figures: Figures,
    *,
    texts: bool,
    agency: str | None = None,
    link: str | None = None,
    attached: bool = False,
) -> Letter:
    """Return the mail about these figures, in their language; `texts` with what visitors wrote, else only where it stands.

    `agency` is whose figures these are by its full name, if they are not everybody's; `link` where the report is found.
    """
    words = _LetterWords(figures, texts=texts, link=text.web_link(link))
    waiting = tuple(words.asked(line) for line in figures.waiting[:SHOWN])
    sections = tuple(section for section in (words.news(), words.unseen()) if section.lines)
    told = {
        "figures": figures,
        "say": words.say,
        "who": text.one_line(agency or figures.title),
        "headline": words.words.waiting(figures),
        "window": words.words.clock(figures.as_of),
        "waiting": waiting,
        "more": words.more(len(waiting)),
        "sections": sections,
        "attached": attached,
        "link": text.web_link(link),
        "internal": words.internal() if texts else "",
    }
    return Letter(
        subject=words.subject(text.one_line(agency or figures.title, 100)),
        text=_environment().get_template("letter.txt.j2").render(told),
        html=_environment().get_template("letter.html.j2").render(told),
    )


class _LetterWords:
    """Figures in the words of a letter."""

    def __init__(self, figures: Figures, *, texts: bool, link: str | None) -> None:
        self.figures, self.texts, self.link = figures, texts, link
        self.words = Words(figures.language, figures.timezone)
        self.say, self.counted = self.words.say, self.words.counted

    def subject(self, who: str) -> str:
        """Return the count that matters, then whose it is: a telephone shows the first forty characters."""
        figures = self.figures
        if not figures.waiting_total or figures.unjudged:
            count = self.words.waiting(figures).rstrip(".")
        else:
            count = self.counted(
                figures.waiting_total, "{n} is waiting for an answer|{n} are waiting for an answer"
            )
            if figures.news and figures.news.asked:
                count += self.counted(figures.news.asked, ", {n} came in|, {n} came in")
        return text.one_line(f"{count} – {who}", 200)

    def asked(self, line: WaitingLine) -> _Asked:
        """Return a question of the worklist in words."""
        waited = self.say(
            "waited {calendar}, {office}",
            calendar=self.words.age(line.asked_at, self.figures),
            office=self.words.office_duration(line.office_minutes),
        )
        is_late = line.label == "unanswered"
        norm = self.say("over the norm") if is_late else self.say("still within the norm")
        account = self.words.account_name(line.network, line.handle)
        return _Asked(
            age=f"{waited} ({norm})",
            is_late=is_late,
            whose=text.one_line(f"{line.agency}, {account}", 160),
            said=text.one_line(line.text, QUOTE) if self.texts else "",
            usually=text.one_line(self.say("Usually answered by {who}", who=line.usually), 160)
            if line.usually
            else "",
            assigned=text.one_line(assigned(self.words, line), 160),
            url=text.web_link(line.permalink),
            open_it=self.say("Open on {network}", network=self.words.network_name(line.network)),
            close=f"{self.link}#{text.anchor(line)}" if self.link else None,
        )

    def more(self, shown: int) -> list[str]:
        """Return how many wait that are not listed, and how many perhaps do."""
        left = (self.figures.waiting_total or 0) - shown
        told = [self.counted(left, "… and {n} more.|… and {n} more.")] if left > 0 else []
        if self.figures.perhaps_total:
            told.append(f"{self.say('Perhaps waiting')}: {self.words.number(self.figures.perhaps_total)}.")
        return told

    def news(self) -> _Section:
        """Return what is new beside what could not be seen."""
        news = self.figures.news
        if news is None:
            told = [self.say("There is no nightly report before this one to compare with.")]
            return _Section(heading=self.say("What is new"), lines=tuple(told))
        heading = self.say("What is new since {moment}", moment=self.words.clock(news.since))
        sentences = WallWords(self.words).news(replace(news, gaps=()))
        return _Section(heading=heading, lines=tuple(text.one_line(s, QUOTE) for s in sentences))

    def unseen(self) -> _Section:
        """Return what could not be seen: that which is new, and how much was known."""
        return _Section(heading=self.say("What could not be seen"), lines=tuple(self._unseen()))

    def _unseen(self) -> Iterator[str]:
        figures, news = self.figures, self.figures.news
        fresh = figures.gaps if news is None else news.gaps
        for gap in fresh[:SHOWN]:
            account = self.words.account_name(gap.network, gap.handle)
            yield text.one_line(f"{gap.agency}, {account}: {gap.sentence}", QUOTE)
        if fresh[SHOWN:]:
            yield self.counted(len(fresh[SHOWN:]), "… and {n} more.|… and {n} more.")
        if (known := len(figures.gaps) - len(fresh)) > 0:
            yield self.counted(known, "{n} thing more, as told before.|{n} things more, as told before.")

    def internal(self) -> str:
        """Return the warning that belongs to visitors' own words."""
        return self.say(
            "This mail holds visitors’ own words and links to them: do not publish it or pass it on."
        )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("soma_audit", "report/letter"),
        autoescape=select_autoescape(["html.j2"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
