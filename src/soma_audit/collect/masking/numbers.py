"""What a number is that stands in a text: a person's identity number, an account, a card or a telephone.

Checksums and the shapes of telephone numbers come from libraries, which are slow to import: `masking` asks for this
module only when a text holds enough digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING

from stdnum import luhn
from stdnum.dk import cpr
from stdnum.fi import hetu
from stdnum.no import fodselsnummer, kontonr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phonenumbers import PhoneNumber


class Mark(StrEnum):
    """What a text says instead."""

    IDENTITY = "[identity number]"
    ACCOUNT = "[account]"
    CARD = "[card]"
    TELEPHONE = "[telephone]"


class Certainty(IntEnum):
    """How surely a number is what it is held to be; of two that overlap, the surer one counts."""

    CHECKED = 0
    """A checksum says so, and the way it is written."""
    SHAPED = 1
    LIKELY = 2
    UNREADABLE = 3
    """So many digits as an identity number has: a mistyped one still tells who is meant."""


class Cue(StrEnum):
    """What the word before a number says that it is."""

    IDENTITY = "identity"
    ACCOUNT = "account"
    CARD = "card"
    TELEPHONE = "telephone"
    OTHER = "other"
    """A case, a sum of money, an organisation: nothing of a person."""


@dataclass(frozen=True)
class Written:
    """A number as it is written: groups of digits, and what stands between and around them."""

    groups: tuple[str, ...]
    separators: tuple[str, ...]
    plus: bool = False
    """A plus sign comes before it."""
    is_glued: bool = False
    """A letter comes right before or after it."""
    cue: Cue | None = None
    has_unit: bool = False
    """What comes after it counts or measures something: kroner, votes, percent."""

    @cached_property
    def digits(self) -> str:
        """All its digits."""
        return "".join(self.groups)

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """How many digits each group has."""
        return tuple(map(len, self.groups))

    @property
    def is_evenly_written(self) -> bool:
        """Whether the same stands between all groups."""
        return len(set(self.separators)) <= 1

    @property
    def is_in_thousands(self) -> bool:
        """Whether it is written as a large number is: 12 345 678."""
        return (
            len(self.groups) > 1
            and self.is_evenly_written
            and self.separators[0] in {" ", "."}
            and self.shape[0] <= 3
            and {*self.shape[1:]} == {3}
            and not self.digits.startswith("0")
        )

    @property
    def has_date(self) -> bool:
        """Whether a day of the calendar is in it, as 31.12.2025 or 2025-12-31."""
        for one, month, other in zip(self.groups, self.groups[1:], self.groups[2:], strict=False):
            if len(month) <= 2 and {len(one), len(other)} <= {1, 2, 4} and len(one) != len(other):
                year, day = (one, other) if len(one) == 4 else (other, one)
                if _is_day(year, month, day) or _is_day(year, day, month):
                    return True
        return False


Found = tuple[Certainty, Mark]

_IN_CARD_GROUPS = {(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 1), (4, 4, 4, 4, 3)}
_CARD = re.compile(
    r"4\d{12}(?:\d{3}){0,2}|(?:5[0-8]|6\d)\d{11,17}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"
    r"|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|35\d{14}"
)
"""The numbers that the networks of cards give out, by their beginnings and lengths."""
_ELEVEN = {(11,), (6, 5), (2, 2, 2, 5), (6, 3, 2), (2, 2, 2, 3, 2)}
_ACCOUNT = (4, 2, 5)
_EIGHT = {(8,), (2, 2, 2, 2), (3, 2, 3)}
"""How eight digits are written where telephone numbers have no area code."""


def identity_number(number: Written) -> Found | None:
    """Return whether it is a person's number in Norway, Sweden or Denmark. Finland's has a letter: `is_hetu`."""
    digits, cued = number.digits, number.cue is Cue.IDENTITY
    if _is_norwegian(number) or _is_swedish(number):
        return Certainty.CHECKED, Mark.IDENTITY
    if cued and 8 <= len(digits) <= 13:
        return Certainty.SHAPED, Mark.IDENTITY
    if found := _danish(number):
        return found
    if number.shape == (6, 5) and _looks_born(digits) and not number.has_unit:
        return Certainty.SHAPED, Mark.IDENTITY
    return None


def unreadable(number: Written) -> Found | None:
    """Take eleven digits that are nothing else for an identity number or an account."""
    if number.shape not in _ELEVEN or number.is_glued or number.has_unit or number.cue is Cue.OTHER:
        return None
    digits = number.digits
    is_account = number.shape == (11,) and kontonr.is_valid(digits) and not _looks_born(digits)
    return Certainty.UNREADABLE, Mark.ACCOUNT if is_account else Mark.IDENTITY


def _is_norwegian(number: Written) -> bool:
    digits = number.digits
    if len(digits) == 13 and number.shape[-1] == 5 and digits[4:6] in {"19", "20"}:
        digits = digits[:4] + digits[6:]  # the year of birth written in full
    return len(digits) == 11 and fodselsnummer.is_valid(digits) and not number.is_in_thousands


def _is_swedish(number: Written) -> bool:
    """Return whether it is a personnummer, or a samordningsnummer, whose day is 60 too many."""
    digits, shape = number.digits, number.shape
    in_dots = shape in {(2, 2, 2, 4), (4, 2, 2, 4)} and (
        number.is_evenly_written or number.separators[-1] in {"-", "+"}
    )
    if not (in_dots or shape in {(10,), (6, 4), (12,), (8, 4)}):
        return False
    century, (year, month, day) = digits[:-10], (digits[-10:][n : n + 2] for n in (0, 2, 4))
    if century not in {"", "18", "19", "20"} or not luhn.is_valid(digits[-10:]):
        return False
    day = f"{int(day) - 60:02}" if int(day) > 60 else day
    return _is_day(century + year, month, day) if century else _is_born(year, month, day)


def _danish(number: Written) -> Found | None:
    """Look for a CPR number; since 2007 its checksum may be wrong, so that it may be a date and four more digits."""
    digits, shape = number.digits, number.shape
    if shape not in {(10,), (6, 4), (2, 2, 2, 4)} or not cpr.is_valid(digits):
        return None
    if cpr.checksum(digits) == 0 and not (shape == (10,) and number.is_glued):
        is_sure = shape == (6, 4) and number.separators == ("-",)
        return (Certainty.CHECKED if is_sure else Certainty.SHAPED), Mark.IDENTITY
    if shape == (6, 4) and not number.has_unit and number.cue is not Cue.OTHER:  # or a day and an hour
        return (Certainty.SHAPED if number.separators == ("-",) else Certainty.LIKELY), Mark.IDENTITY
    if shape == (10,) and not (number.is_glued or number.has_unit or number.cue is Cue.OTHER):
        return Certainty.UNREADABLE, Mark.IDENTITY
    return None


def is_hetu(text: str) -> bool:
    """Return whether it is a Finnish person's number, 131052-308T; also a temporary one."""
    return hetu.is_valid(text, allow_temporary=True)


def looks_like_hetu(text: str) -> bool:
    """Return whether it is written as a Finnish person's number: a day of birth, and a letter at its end."""
    return text[-1].isalpha() and _is_born(text[4:6], text[2:4], text[:2])


def account(number: Written) -> Found | None:
    """Return whether it is a bank account: by the way it is written in Norway, or by the word before it."""
    if number.shape == _ACCOUNT and not number.has_unit and number.cue is not Cue.OTHER:
        return Certainty.SHAPED, Mark.ACCOUNT
    if number.cue is Cue.ACCOUNT and 8 <= len(number.digits) <= 16 and not number.has_date:
        return Certainty.SHAPED, Mark.ACCOUNT
    return None


@cache
def iban_length(country: str) -> int:
    """Return how long an IBAN of a country is; 0 if it has none."""
    return 4 + sum(int(n) for n, _ in _bban(country)) if _bban(country) else 0


@cache
def _bban(country: str) -> tuple[tuple[str, str], ...]:
    """Return how many digits and letters a country's accounts are made of."""
    from stdnum import numdb  # noqa: PLC0415 - hardly ever needed

    found = numdb.get("iban").info(country.upper())
    return tuple(re.findall(r"(\d+)!([nac])", found[0][1].get("bban", "")))


def is_iban(text: str) -> bool:
    """Return whether it is an IBAN; its checksum may be wrong for a country whose account numbers are digits only."""
    from stdnum import iban  # noqa: PLC0415 - hardly ever needed

    if iban.is_valid(text, check_country=False):
        return True
    return {kind for _, kind in _bban(text[:2])} == {"n"} and text[2:].isdecimal()


def card(number: Written) -> Found | None:
    """Return whether it is a card's number; the checksum may be wrong where it is written as on the card."""
    digits = number.digits
    in_groups = number.shape in _IN_CARD_GROUPS and number.is_evenly_written
    if number.cue is Cue.CARD and 13 <= len(digits) <= 19:
        return Certainty.SHAPED, Mark.CARD
    if not (in_groups or (len(number.groups) == 1 and not number.is_glued)) or not _CARD.fullmatch(digits):
        return None
    if luhn.is_valid(digits):
        return (Certainty.CHECKED if in_groups else Certainty.SHAPED), Mark.CARD
    return (Certainty.LIKELY, Mark.CARD) if in_groups and digits[0] in "3456" else None


# --- telephones ---


def telephone(number: Written, countries: Sequence[str]) -> Found | None:
    """Return whether it is a telephone number: of any country if it says of which, else of one of `countries`."""
    digits = number.digits
    if not 7 <= len(digits) <= 17 or number.has_date:
        return None
    is_dialled = digits.startswith("00") and not number.is_glued
    abroad = digits if number.plus else digits[2:] if is_dialled else ""
    if abroad and (found := _international(number, abroad)):
        return found
    if number.cue is Cue.OTHER or number.has_unit:
        return None
    is_whole = not any("/" in gap or gap == ". " for gap in number.separators)
    if number.cue is Cue.TELEPHONE and 8 <= len(digits) <= 13 and is_whole and min(number.shape) >= 2:
        return Certainty.LIKELY, Mark.TELEPHONE
    if (
        not number.is_glued
        and _is_written_as_one(number)
        and any(_is_valid(digits, country) for country in countries)
    ):
        return Certainty.LIKELY, Mark.TELEPHONE
    return None


def _international(number: Written, digits: str) -> Found | None:
    import phonenumbers  # noqa: PLC0415 - slow, and an agency's own telephones are not looked for

    parsed = _parsed(f"+{digits}", None)
    if parsed is None:
        return None
    if phonenumbers.is_valid_number(parsed):
        return Certainty.SHAPED, Mark.TELEPHONE
    possible = (
        phonenumbers.is_possible_number_with_reason(parsed) == phonenumbers.ValidationResult.IS_POSSIBLE
    )
    if number.plus and possible and not (number.is_in_thousands or number.has_unit):
        return Certainty.LIKELY, Mark.TELEPHONE
    return None


def _is_written_as_one(number: Written) -> bool:
    """Return whether digits are grouped as those of a telephone number are, and not as hours, years or money."""
    shape, between = number.shape, number.separators
    if number.is_in_thousands or any("/" in gap for gap in between[1:]):
        return False
    if number.digits.startswith("0"):  # an area code, and what else stands after it
        is_apart = shape[0] <= 4 or len(shape) == 1
        return is_apart and len(shape) <= 5 and min(shape) >= 2 and len(set(between[1:])) <= 1
    if len(number.digits) == 8:
        return number.is_evenly_written and (
            shape in _EIGHT or (shape == (4, 4) and between == (" ",) and number.digits[0] in "3456789")
        )
    in_brackets = bool(between) and between[0].startswith(")")
    return len(shape) <= 5 and min(shape) >= 2 and (number.is_evenly_written or in_brackets)


@lru_cache(maxsize=1 << 12)
def _is_valid(digits: str, country: str) -> bool:
    import phonenumbers  # noqa: PLC0415

    trunk = phonenumbers.ndd_prefix_for_region(country, strip_non_digits=True)
    if trunk == "0" and not digits.startswith("0"):
        return False  # nobody leaves it out at home, and other numbers look like the rest
    parsed = _parsed(digits, country)
    return parsed is not None and phonenumbers.is_valid_number_for_region(parsed, country)


def _parsed(text: str, country: str | None) -> PhoneNumber | None:
    import phonenumbers  # noqa: PLC0415

    try:
        return phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None


# --- days ---


def _looks_born(digits: str) -> bool:
    """Return whether six digits begin as a Norwegian identity number does; a D-number's day is 40 too many."""
    day, month = int(digits[:2]), int(digits[2:4])
    return 1 <= (day - 40 if day > 40 else day) <= 31 and 1 <= (month % 40 or 40) <= 12


def _is_born(year: str, month: str, day: str) -> bool:
    """Return whether it is a day of the 20th or the 21st century."""
    return _is_day("20" + year, month, day) or _is_day("19" + year, month, day)


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return 1800 <= int(year) < 2100
