"""The report as one HTML file: no outside request, for screen, phone and paper."""

from __future__ import annotations

import re
import shlex
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from soma_audit.labels import LABELS
from soma_audit.networks import COUNTED_2010, PAGES
from soma_audit.report import text
from soma_audit.report.figures.references import REFERENCES
from soma_audit.report.formats.html import charts
from soma_audit.report.language import channel_words, wall_words
from soma_audit.report.language.assignment_words import assigned
from soma_audit.report.language.channel_words import ChannelWords
from soma_audit.report.language.wall_words import WallWords
from soma_audit.report.language.words import TO_CHECK, UNCHECKED, Words

if TYPE_CHECKING:
    from soma_audit.report.figures.model import Figures, WaitingLine

QUOTE = 600
"""Characters of a post that are shown; the rest is behind its link."""
FIRST_CARDS = 6
"""Posts of a list that are shown at once; the rest unfolds."""


def render(figures: Figures) -> str:
    """The whole page; the same figures give the same page, byte by byte."""
    words = Words(figures.language, figures.timezone)
    script = files("soma_audit.report.formats.html").joinpath("report.js").read_text("utf-8")
    page = _environment().get_template("report.html.j2")
    return (
        page.render(
            figures=figures,
            lead=text.lead(figures.groups),
            words=words,
            walls=WallWords(words),
            channels=ChannelWords(words),
            script=Markup(script),  # noqa: S704 - ours
            script_hash=b64encode(sha256(script.encode()).digest()).decode(),
            say=words.say,
            counted=words.counted,
            markup=lambda sentence, **values: Markup(words.say(sentence)).format(**values),  # noqa: S704 - ours
        )
        + "\n"
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("soma_audit", "report/formats/html"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_clean,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        text=text,
        wall_words=wall_words,
        channel_words=channel_words,
        charts=charts,
        references=REFERENCES,
        pages=PAGES,
        breakable=_breakable,
        wall_labels=LABELS["wall.posting"],
        quote_limit=QUOTE,
        first_cards=FIRST_CARDS,
        assigned=assigned,
        review_line=review_line,
        unchecked=UNCHECKED,
        to_check=TO_CHECK,
    )
    environment.filters.update(
        share_word=lambda rate, words: words.share(rate),
        counted_word=lambda count, words: words.number(count),
    )
    return environment


def review_line(line: WaitingLine, label: str) -> str:
    """Return the command line that records what a post is; whatever stands in a name, a shell takes it as a name."""
    place = text.one_line(f"{line.network}/{line.handle}/{line.post}")
    return shlex.join(["soma-audit", "review", place, label])


def _breakable(name: str, network: str) -> Markup:
    """Return an account's name, which may break before each part of a handle that is a domain or ends with one."""
    shown = str(escape(text.clean(name)))
    if network not in COUNTED_2010:
        shown = re.sub(r"(?<=\w)[.@]", r"<wbr>\g<0>", shown)
    return Markup(shown)  # noqa: S704 - escaped


def _clean(value: object) -> object:
    """Clean whatever the template prints, so that no place in it can forget to."""
    return text.clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value
