"""Finds the numbers in a text, sees what stands around them, and puts marks in place of those that are people's."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from soma_audit.collect.masking import GAP, SPACE, UNSEEN, numbers
from soma_audit.collect.masking.numbers import Cue, Written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from soma_audit.collect.masking.numbers import Found

_RUN = rf"(?P<run>\(?\+?\d+(?:{GAP}{{1,3}}\d+)*)"
_NUMBERS = re.compile(_RUN)
_PIECES = re.compile(
    r"(?P<name>(?<!\w)v-[0-9a-f]{4,32}\b|@\w+)"
    r"|(?P<address>(?:https?://|www\.|(?<![\w@.-])[\w-]+(?:\.[\w-]+)*\.[a-zA-Z]{2,24}/)\S+|\#\w+)"
    rf"|{_RUN}"
)
"""Pseudonyms and handles stay; in an address and a hashtag numbers are ids; everywhere else they may be a person's."""
_HETU = re.compile(r"(?<![\w-])\d{6}[-‐-―−+A-FU-Ya-fu-y]\d{3}[0-9A-Ya-y](?!\w)")
_IBAN_BEGINS = re.compile(r"(?<![^\W\d_])[A-Za-z]{2} ?[0-9]{2}")
_IBAN = re.compile(rf"[A-Za-z]{{2}} ?[0-9]{{2}}(?:{GAP}{{0,2}}[A-Za-z0-9]){{11,30}}")
_IN_AN_IBAN = re.compile(r"[A-Za-z0-9]+")
_GROUP = re.compile(r"\d+")
_AN_ID = re.compile(r"(?:/|/id|id=)$", re.IGNORECASE)
"""What comes before a number in an address that is the id of a page or a post."""
_GLUE = re.compile(r"[^\W\d]-?$")
_NO_LETTERS = re.compile(r"[^A-Za-z0-9]")

_END = r"\W{0,3}(?:\b(?:mitt|min|er|is|är|på|om|no|nr|nummer|number|numret|meg|mig|me|us|oss)\b\W{1,3}){0,3}$"
_CUE_WORDS = {
    "OTHER": r"(?:org|organi[sz]as?[jt]ions?|cvr|y-tunnus|sak|saks|sag|sags|ärende|case|ref|referanse?|dnr|diarie|journal|jnr|order|ordre"
    r"|artikkel|matrikkel|kid)[\w.]{0,6}|(?:id|isbn|issn|gnr|bnr|kr|nok|sek|dkk|eur|usd)(?![^\W\d_])\.?|[€$£§#]",
    "IDENTITY": r"(?:f[øoö]dsels?-?(?:nummer|nr)|f\.? ?nr|person-?(?:nummer|nr|numre)|p\.? ?nr|d-(?:nummer|nr)|cpr|hetu"
    r"|henkilötunnu\w*|samordningsnummer|ssn|id-(?:nummer|nr)|(?:identity|id) number)\w{0,3}\.?",
    "ACCOUNT": r"(?:\w*konto(?:nummer|nr)?|kto|account|acct|bankgiro|plusgiro|bg|pg|tilinumero)\w{0,3}\.?",
    "CARD": r"(?:\w*kort(?:nummer|nr)?|\w*card|visa|amex)\w{0,3}\.?",
    "TELEPHONE": r"(?:tlf|telefon|telephone|tel|mob|mobil|cell|phone|ring|call|sms|vipps|swish|puh|puhelin|soita|nummer"
    r"|number|numret)\w{0,6}\.?",
}
_CUES = {
    name: re.compile(rf"(?<![^\W\d_])(?:{words}){_END}", re.IGNORECASE) for name, words in _CUE_WORDS.items()
}
"""What the word before a number says of it; of several the first one here counts."""
_FEWEST, _IDENTITY, _MOST_IN_ADDRESS, _MOST = 8, 11, 13, 19
"""How many digits a number of a person has; Norway's identity numbers alone may be set apart digit by digit."""
_GROUPS = 6
"""In how many groups the others are written, at most."""
_LOOKED_BACK = 48
_AS_ONE = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (rf"[{UNSEEN}]", ""),
        (rf"(?:[{SPACE}]|%20|%C2%A0)+", " "),
        (r"[‐-―−]|%2[Dd]", "-"),
        (r"%2[Bb]", "+"),
    )
)
_UNIT = re.compile(
    r"[^\S\n]{0,2}(?:,-|:-|%|[€$£]|(?:kr|kroner|kronor|nok|sek|dkk|eur|euro|usd|dollar|prosent|percent|mill|mrd|tonn|kwh|mwh)\b"
    r"|(?:million|milliard|miljon|stemme|røst|röst|vote|innbygg|person|mennesk|people|følg|följ|follow|visning|view)"
    r"|(?<=\d),\d{1,2}\b)",
    re.IGNORECASE,
)


def without_numbers(text: str, countries: Sequence[str], *, by_visitor: bool) -> str:
    """Return a text with marks in place of people's numbers; see `masking.mask`."""
    return _Masking(countries, by_visitor=by_visitor).text(text)


class _Part(NamedTuple):
    """A piece of a text that is to be replaced."""

    start: int
    end: int
    mark: str


class _Run(NamedTuple):
    """Groups of digits near each other, among which there may be several numbers."""

    groups: tuple[str, ...]
    gaps: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
    """Where in the text each group begins and ends."""
    has_unit: tuple[bool, ...]
    is_glued: tuple[bool, bool]
    """Whether a letter comes right before or after all of it."""

    @classmethod
    def of(cls, text: str, start: int, end: int) -> _Run:
        found = [*_GROUP.finditer(text, start, end)]
        begins = found[0].start()
        return cls(
            groups=tuple(_plain(group[0]) for group in found),
            gaps=tuple(_gap(text[a.end() : b.start()]) for a, b in pairwise(found)),
            places=tuple(group.span() for group in found),
            has_unit=tuple(_UNIT.match(text, group.end()) is not None for group in found),
            is_glued=(
                _GLUE.search(text[max(0, begins - 2) : begins]) is not None,
                _GLUE.match(text[end : end + 1]) is not None,
            ),
        )

    def windows(self, most: int) -> Iterator[tuple[int, int]]:
        """Yield what may be one number, by its first group and the one after its last."""
        for first in range(len(self.groups)):
            count = 0
            for last in range(first, len(self.groups)):
                count += len(self.groups[last])
                if count > most:
                    break
                if count >= _FEWEST and (last - first < _GROUPS or count == _IDENTITY):
                    yield first, last + 1

    def tears(self, first: int, last: int) -> bool:
        """Return whether a number of these groups, with spaces, would begin or end inside one without: 12.30 41 00 00 00."""
        around = (*self.gaps[max(0, first - 1) : first], *self.gaps[last - 1 : last])
        return any(" " in gap for gap in self.gaps[first : last - 1]) and any(
            " " not in gap for gap in around
        )


class _Masking:
    """Masks the numbers of a text that may have some."""

    def __init__(self, countries: Sequence[str], *, by_visitor: bool) -> None:
        self._countries, self._by_visitor = countries, by_visitor

    def text(self, text: str) -> str:
        text = _HETU.sub(self._hetu, text)
        if self._by_visitor:
            text = _without_ibans(text)
        return _PIECES.sub(self._piece, text)

    def _hetu(self, found: re.Match[str]) -> str:
        written = _plain(found[0])
        written = written[:6] + re.sub(r"[‐-―−]", "-", written[6]) + written[7:]
        is_one = numbers.is_hetu(written) or (self._by_visitor and numbers.looks_like_hetu(written))
        return numbers.Mark.IDENTITY if is_one else found[0]

    def _piece(self, found: re.Match[str]) -> str:
        if found["name"]:
            return found[0]
        text = found.string
        if found["address"]:
            start, parts = found.start(), []
            for run in _NUMBERS.finditer(text, found.start(), found.end()):
                parts += self._parts(text, run.start(), run.end(), in_address=True)
            return _replaced(text, start, found.end(), parts)
        parts = self._parts(text, found.start(), found.end(), in_address=False)
        return _replaced(text, found.start(), found.end(), parts)

    def _parts(self, text: str, start: int, end: int, *, in_address: bool) -> list[_Part]:
        """Find what has to go of a run of digits: the surest numbers first, then what does not overlap them."""
        if end - start < _FEWEST or (in_address and _AN_ID.search(text[max(0, start - 3) : start])):
            return []
        # in an address, only a parameter's name says what a number is
        is_named = not in_address or text[start - 1] == "="
        cue = _cue(text[max(0, start - _LOOKED_BACK) : start]) if is_named else None
        run = _Run.of(text, start, end)
        found = []
        for first, last in run.windows(most=_MOST_IN_ADDRESS if in_address and cue is None else _MOST):
            number = Written(
                groups=run.groups[first:last],
                separators=run.gaps[first : last - 1],
                plus=text[run.places[first][0] - 1 : run.places[first][0]] == "+",
                is_glued=(first == 0 and run.is_glued[0]) or (last == len(run.groups) and run.is_glued[1]),
                cue=None if first else cue,
                has_unit=run.has_unit[last - 1],
            )
            if what := self._what(number, in_address=in_address):
                found.append((what[0], run.tears(first, last), first - last, first, last, what[1]))
        parts, taken = [], set[int]()
        for *_, first, last, mark in sorted(found):
            if taken.isdisjoint(range(first, last)):
                taken.update(range(first, last))
                begins = run.places[first][0]
                begins -= text[max(start, begins - 1) : begins] == "+"
                closes = ")" in "".join(run.gaps[first : last - 1])
                begins -= closes and text[max(start, begins - 1) : begins] == "("
                parts.append(_Part(begins, run.places[last - 1][1], mark))
        return parts

    def _what(self, number: Written, *, in_address: bool) -> Found | None:
        """Return what a number is, as far as it has to go from here."""
        if len(number.groups) > _GROUPS:
            return numbers.identity_number(number)
        is_listed = any(sign in gap for gap in number.separators for sign in ",:")
        if is_listed and number.shape not in {(6, 5), (6, 4)}:
            return None
        found = [numbers.identity_number(number), numbers.card(number)]
        if self._by_visitor:
            found += [
                numbers.account(number),
                numbers.telephone(number, self._countries),
                numbers.unreadable(number),
            ]
        what = min((one for one in found if one), key=_certainty, default=None)
        if what is None or (in_address and number.cue in {None, Cue.OTHER} and not _is_sure(what, number)):
            return None
        return what if self._by_visitor or what[0] <= numbers.Certainty.SHAPED else None


def _without_ibans(text: str) -> str:
    pieces, done = [], 0
    for begins in _IBAN_BEGINS.finditer(text):
        if begins.start() >= done and (end := _end_of_iban(text, begins.start())):
            pieces += [text[done : begins.start()], numbers.Mark.ACCOUNT]
            done = end
    return "".join([*pieces, text[done:]])


def _end_of_iban(text: str, start: int) -> int | None:
    """Find where an IBAN ends, which is as long as its country says; what follows it may be the next word."""
    found = _IBAN.match(text, start)
    length = numbers.iban_length(found[0][:2]) if found else 0
    for part in _IN_AN_IBAN.finditer(text, start, found.end()) if found and length else ():
        compact = _NO_LETTERS.sub("", text[start : part.end()])
        if (
            len(compact) == length
            and not text[part.end() : part.end() + 1].isalnum()
            and numbers.is_iban(compact)
        ):
            return part.end()
    return None


def _cue(before: str) -> Cue | None:
    before = before.rpartition("]")[2]  # a mark's words say nothing of what comes after it
    name = next((name for name, words in _CUES.items() if words.search(before)), None)
    return Cue[name] if name else None


def _is_sure(what: Found, number: Written) -> bool:
    """Return whether it is a person's number even where other numbers are ids and times."""
    return what == (numbers.Certainty.CHECKED, numbers.Mark.IDENTITY) and number.shape not in {(10,), (12,)}


def _certainty(found: Found) -> int:
    return found[0]


def _replaced(text: str, start: int, end: int, parts: Sequence[_Part]) -> str:
    pieces = []
    for part in sorted(parts):
        pieces += [text[start : part.start], part.mark]
        start = part.end
    return "".join([*pieces, text[start:end]])


def _plain(text: str) -> str:
    """Write the digits of other scripts as the usual ones."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def _gap(text: str) -> str:
    """Write what stands between two groups with plain signs, so that the same looks the same."""
    for pattern, plain in _AS_ONE:
        text = pattern.sub(plain, text)
    return text.replace(" ", "") if text.strip(" -") == "" and "-" in text else text
