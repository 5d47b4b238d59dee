"""Takes numbers and addresses of people out of a text: identity numbers, accounts, cards, telephones, e-mail addresses.

A pure function of the text and two settings. Most texts have nothing of the kind and are looked through once; the
libraries that know numbers are imported when the first one has.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

COUNTRIES = ("NO",)
"""The countries whose telephone numbers are known without their code, unless others are named."""

SPACE = r" \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
UNSEEN = r"\u00ad\u200b-\u200d\u2060\ufeff"
"""Spaces, and signs that nobody sees."""
GAP = rf"(?:[{SPACE}{UNSEEN}.,:()/+‐-―−-]|%20|%2[BbDd]|%C2%A0)"
"""A sign that may stand between the digits of a number."""
_ENOUGH_DIGITS = re.compile(r"\d(?:(?:[^\w\n]{0,3}\d){7}|\d{5}[A-FU-Ya-fu-y]\d{3})")
"""What every number of a person has: eight digits near each other, or a Finnish one's letter among them."""
_E_MAIL = re.compile(  # what begins with an @ is a handle with its server
    r"(?<![\w.+@-])[.+-]*+\w[\w.+-]*+(?:@|%40)[\w-]+(?:\.[\w-]+)+"
)
_AT_IN_A_WORD = re.compile(
    r"@(?<=\w@|[.+-]@)"
)  # the sign first: what begins with a fixed letter is found much faster
_AT_IN_BRACKETS = re.compile(r"[(\[{<] ?(?:at|a[)\]}>]|ät|@|alfa)", re.IGNORECASE)
_DOT = (
    r"(?:\.| ?[(\[{<] ?(?:dot|punktum|punkt|prikk|piste|\.) ?[)\]}>] ?| (?:dot|punktum|punkt|prikk|piste) )"
)
_DOT_IN_WORDS = _DOT.replace(r"\.|", "", 1)
_LOCAL = r"(?<![\w.+-])\w[\w+-]*(?:\.[\w+-]+)*"
_E_MAIL_IN_WORDS = re.compile(
    rf"{_LOCAL}(?: ?[(\[{{<] ?(?:at|ät|@|alfa|krøllalfa|alfakrøll|snabel-?a|miukumauku) ?[)\]}}>] ?|[(\[{{<]a[)\]}}>]"
    rf"| (?:krøllalfa|alfakrøll|snabel-?a|miukumauku) )[\w-]+(?:{_DOT}[\w-]+)*?{_DOT}[a-z]{{2,12}}\b"
    rf"|(?<![\w.+-])(?:(?<=mail )|(?<=mail: )|(?<=post )|(?<=post: )|(?<=til )|(?<=till )|(?<=to )|(?=\w+[._\d]))\w[\w.+-]* at [\w-]+{_DOT_IN_WORDS}"
    rf"(?:[\w-]+{_DOT})?[a-z]{{2,12}}\b"
    rf"|(?<!\w)(?<!\w\.)(?=[^\W_]*[._]\w)\w++(?:\.\w++)*+ @ [\w-]+(?:\.[\w-]+)*\.[a-z]{{2,12}}\b",
    re.IGNORECASE,
)


def mask(text: str, countries: Sequence[str] = COUNTRIES, *, by_visitor: bool = True) -> str:
    """Return a text with marks in place of people's numbers and e-mail addresses.

    In an agency's own words its telephones, accounts and addresses stay, and only identity numbers and cards go.
    `countries` has the codes of those whose telephone numbers are known as they are written at home.
    """
    masked = _once(text, countries, by_visitor=by_visitor)
    while (
        masked != text
    ):  # what was next to a number may be seen to be one now; each time there are fewer left
        text, masked = masked, _once(masked, countries, by_visitor=by_visitor)
    return masked


def _once(text: str, countries: Sequence[str], *, by_visitor: bool) -> str:
    if by_visitor:
        if ("@" in text and _AT_IN_A_WORD.search(text)) or "%40" in text:
            text = _E_MAIL.sub("[e-mail]", text)
        if _may_have_an_address_in_words(text):
            text = _E_MAIL_IN_WORDS.sub("[e-mail]", text)
    if _ENOUGH_DIGITS.search(text):
        from soma_audit.collect.masking.numbers_in_text import without_numbers  # noqa: PLC0415 - its libraries are slow to import

        return without_numbers(text, countries, by_visitor=by_visitor)
    return text


def _may_have_an_address_in_words(text: str) -> bool:
    """Return whether a text has what such an address needs; most have nothing of it, so this is asked first."""
    if ("(" in text or "[" in text or "{" in text or "<" in text) and _AT_IN_BRACKETS.search(text):
        return True
    lower = text.lower()
    return "krøll" in lower or "snabel" in lower or "miuku" in lower or " dot " in lower or " @ " in lower
