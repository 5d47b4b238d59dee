"""What values a configuration may have: each is checked, and told in words what it must be."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from soma_audit.labels import REPORT_LANGUAGES
from soma_audit.networks import NETWORKS
from soma_audit.networks import YEARS as YEARS_MEANT

MASTODON_HANDLE = NETWORKS["mastodon"].handle


def known_timezone(name: str) -> str:
    """Return the name of a time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("is not a known time zone; write it as Europe/Oslo") from error
    return name


def aware(moment: datetime) -> datetime:
    """Return a time in UTC."""
    if moment.tzinfo is None:
        raise ValueError("has no time zone; write it as 2026-03-02T09:00:00Z")
    if moment.year not in YEARS_MEANT:
        raise ValueError(f"is not within the years {YEARS_MEANT[0]} to {YEARS_MEANT[-1]}")
    return moment.astimezone(UTC)


def secure_url(url: str) -> str:
    """Return an address that a token may be sent to: only loopback may be asked in the clear."""
    if re.fullmatch(r"https://.+|http://(127\.0\.0\.1|localhost)(:\d+)?(/.*)?", url):
        return url.rstrip("/")
    raise ValueError("must begin with https:// (http:// only for 127.0.0.1 or localhost)")


def whole_url(url: str) -> str:
    """Return an address that can be taken apart."""
    urlsplit(url).port  # noqa: B018 - what is wrong with it is raised here
    return url


def office_times(hours: str) -> tuple[time, time]:
    """Return when the office opens and closes."""
    opens, closes = hours.split("-")
    return time.fromisoformat(opens), time.fromisoformat(closes)


def opening_first(hours: str) -> str:
    """Return office hours that end after they begin."""
    opens, closes = office_times(hours)
    if opens >= closes:
        raise ValueError("must open before it closes")
    return hours


def report_language(code: str) -> str:
    """Return the code of a language that a report can be written in."""
    if code not in REPORT_LANGUAGES:
        raise ValueError(f"must be one of {', '.join(REPORT_LANGUAGES)}")
    return code


def known_holidays(country: str) -> str:
    """Return the code of a country whose public holidays are known, or nothing."""
    import holidays  # noqa: PLC0415 - slow, and only asked about other countries than the default

    if country and country not in holidays.list_supported_countries(include_aliases=True):
        raise ValueError("is not a country whose public holidays are known")
    return country


def known_telephones(country: str) -> str:
    """Return the code of a country whose telephone numbers are known."""
    if country != "NO":
        import phonenumbers  # noqa: PLC0415 - slow, and only asked about other countries than the default

        if country not in phonenumbers.SUPPORTED_REGIONS:
            raise ValueError(
                "is not a country with telephone numbers; use two capital letters, such as NO, SE or DK"
            )
    return country


def token_owner(name: str) -> str:
    """Return a server's or an account's name, whose a token is."""
    if not any(
        MASTODON_HANDLE.fullmatch(whole) for whole in (name.lower().removeprefix("@"), f"any@{name.lower()}")
    ):
        raise ValueError(
            "is neither a server, such as social.example, nor an account, such as etat@social.example"
        )
    return name


def address(text: str) -> str:
    """Return an e-mail address, perhaps with a name before it."""
    if not re.fullmatch(r"(?:[^\s@<>,;:\"]+(?: [^\s@<>,;:\"]+)* <)?[!-~]+@[A-Za-z0-9.-]+>?", text) or (
        ("<" in text) != text.endswith(">")
    ):
        raise ValueError('must be an address, such as "etat@etat.example" or "Etaten <etat@etat.example>"')
    return text


def with_identifier(file: str | None, info: ValidationInfo) -> str | None:
    """Return the file of a password whose user is named too."""
    if file is not None and not info.data.get("identifier"):
        raise ValueError("needs bluesky.identifier beside it, the account that signs in")
    return file


def after_quiet(days: int, info: ValidationInfo) -> int:
    """Return days that are not fewer than those after which an account is quiet."""
    if days < info.data.get("quiet_days", 0):
        raise ValueError(f"must not be less than life.quiet_days, {info.data['quiet_days']}")
    return days


def listed(value: object) -> tuple[object, ...]:
    """Return the values of a list."""
    if not isinstance(value, list | tuple):
        raise ValueError('must be a list, such as ["NO", "SE"]')  # noqa: TRY004 - the kind that pydantic gathers
    return tuple(value)


TokenOwner = Annotated[str, AfterValidator(token_owner)]
SecureUrl = Annotated[str, AfterValidator(secure_url)]
Address = Annotated[str, AfterValidator(address)]
Addresses = Annotated[tuple[Address, ...], BeforeValidator(listed)]
Country = Annotated[str, AfterValidator(known_telephones)]
Line = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")]
Price = Annotated[float, Field(ge=0, allow_inf_nan=False)]
"""US dollars."""
