"""A badge for an agency's own pages: how many it answers in time, never without of how many, and of when."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from soma_audit.report.language.words import Words
    from soma_audit.report.site.data import Months

LETTER = 6.6
"""Pixels that a letter of 11 pixels takes on the average, rather more."""


def badge(words: Words, months: Months, norm_minutes: float) -> str:
    """Return an SVG of the newest month in which there were enough questions to tell."""
    told = [(month, cell.in_time) for month, cell in months if cell.in_time]
    if told:
        month, (answered, questions) = told[-1]
        said = words.say(
            "answers {n} of {total} within {norm}",
            n=words.number(answered),
            total=words.number(questions),
            norm=words.office_duration(norm_minutes),
        )
        when = words.month(month)
    else:
        said, when = words.say("too few questions to tell"), "soma-audit"
    left, right = round(len(when) * LETTER) + 14, round(len(said) * LETTER) + 14
    whole = left + right
    title = escape(f"{when}: {said}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="22" role="img" aria-label="{escape(title, {chr(34): "&quot;"})}">'
        f"<title>{title}</title>"
        f'<rect width="{left}" height="22" fill="#3b4754"/><rect x="{left}" width="{right}" height="22" fill="#0a5a70"/>'
        '<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
        f'<text x="{left / 2}" y="15">{escape(when)}</text><text x="{left + right / 2}" y="15">{escape(said)}</text></g></svg>\n'
    )
