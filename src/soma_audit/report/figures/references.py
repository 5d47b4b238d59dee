"""Figures that others have found, to set beside today's: each with its source and year, none of them a norm."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reference:
    """What somebody found elsewhere."""

    figure: str
    what: str
    source: str


REFERENCES = (
    Reference(
        "54 % / 38 %",
        "of US municipalities with over 50,000 inhabitants answered e-mails / requests on Twitter, most the same business day",
        "New Media & Society 2021, doi 10.1177/14614448211031249",
    ),
    Reference(
        "72 %", "of questions were answered by 12 US federal agencies", "J.D. Power 2014, by nextgov.com"
    ),
    Reference(
        "≥ 65 %",
        "answered, with 50 questions a quarter and an open wall, was asked of a “Socially Devoted” brand",
        "Socialbakers 2012",
    ),
    Reference(
        "55 % / 41 %",
        "of Norwegian municipalities on Facebook only broadcast / had dialogue",
        "Areca 2010",
    ),
    Reference(
        "121 of 125",
        "US agencies replied to nobody in one week: a week is too short to tell",
        "fcw.com, 30 April 2012",
    ),
)
"""Source: the domain's published anchors, as each names it."""
