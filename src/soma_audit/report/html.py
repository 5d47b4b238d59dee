"""The report as one HTML file: no outside request, for screen, phone and paper."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from soma_audit.model import LABELS
from soma_audit.report import text, wall_words
from soma_audit.report.wall_words import WallWords
from soma_audit.report.words import TO_CHECK, UNCHECKED, Words

if TYPE_CHECKING:
    from soma_audit.report.lines import Figures

QUOTE = 600
"""Characters of a post that are shown; the rest is behind its link."""
FIRST_CARDS = 6
"""Posts of a list that are shown at once; the rest unfolds."""


def render(figures: Figures) -> str:
    """The whole page; the same figures give the same page, byte by byte."""
    words = Words(figures.language, figures.timezone)
    page = _environment().get_template("report.html.j2")
    return (
        page.render(
            figures=figures,
            lead=text.lead(figures.groups),
            words=words,
            walls=WallWords(words),
            say=words.say,
            counted=words.counted,
            markup=lambda sentence, **values: Markup(words.say(sentence)).format(**values),  # noqa: S704 - ours
        )
        + "\n"
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("soma_audit", "report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_clean,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        text=text,
        wall_words=wall_words,
        wall_labels=LABELS["wall.posting"],
        quote_limit=QUOTE,
        first_cards=FIRST_CARDS,
        unchecked=UNCHECKED,
        to_check=TO_CHECK,
    )
    return environment


def _clean(value: object) -> object:
    """Clean whatever the template prints, so that no place in it can forget to."""
    return text.clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value
