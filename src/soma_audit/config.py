"""config.toml becomes a frozen Config; every mistake is reported at once, with its path.

Relative paths count from the folder of the configuration file, so that cron may start anywhere.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
)

from soma_audit.config_values import (
    Address,
    Addresses,
    Country,
    Line,
    Price,
    SecureUrl,
    TokenOwner,
    after_quiet,
    aware,
    known_holidays,
    known_timezone,
    listed,
    office_times,
    opening_first,
    report_language,
    whole_url,
    with_identifier,
)
from soma_audit.errors import InvalidInputError
from soma_audit.labels import REPORT_LANGUAGES
from soma_audit.office_hours import OfficeHours
from soma_audit.silence_limits import SilenceLimits
from soma_audit.text_files import read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

DEFAULT_NAME = "config.toml"
SHOWN = {
    "facebook.version": "v26.0",
    "facebook.app_id": "1234567890",
    "mastodon.tokens": '{ "social.example" = "mastodon-token" }',
    "mastodon.servers": '{ "social.example" = "https://gateway.example" }',
    "privacy.controller": "Eksempeletaten, Postboks 1, 0001 Oslo",
    "privacy.contact": "personvern@etat.example",
    "answer.office_hours": "08:00-15:45",
    "answer.holidays": "NO",
}
"""What settings that follow a pattern look like."""
SECRET = {"run.ping"}
"""Settings that are not repeated in a message: whoever knows this address may ping in our name."""
YEARS = range(2006, 2036)
"""The years whose public holidays are known: from the first posts on these networks on."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Collect(_Section):
    """What is collected, and how patiently."""

    register_file: str = Field(default="register.csv", alias="register")
    looks: str | None = None
    replay: str | None = None
    max_wait_seconds: int = Field(default=0, ge=0, le=86_400)
    revisit_days: int = Field(default=14, ge=0, le=365)
    history_days: int | None = Field(default=None, ge=1, le=3660)


class Twitter(_Section):
    """X, formerly Twitter."""

    api_url: SecureUrl = "https://api.x.com"
    token_file: str | None = None
    dialect: Literal["post", "tweet"] = "post"
    post_price: Price = 0.005
    user_price: Price = 0.010
    spend_per_run: Price | None = None
    spend_per_month: Price | None = None


class Facebook(_Section):
    """Facebook Pages."""

    graph_url: SecureUrl = "https://graph.facebook.com"
    version: str = Field(default="v26.0", pattern=r"^v\d{1,3}\.\d$")
    token_file: str | None = None
    token_in: Literal["header", "query"] = "header"  # noqa: S105 - a place, no token
    app_id: str | None = Field(default=None, pattern=r"^\d+$")
    app_secret_file: str | None = None
    page_settings: bool = False


class Bluesky(_Section):
    """Bluesky: nobody needs a key to read. An app password shows mentions too."""

    api_url: SecureUrl = "https://public.api.bsky.app"
    server_url: SecureUrl = "https://bsky.social"
    identifier: str | None = None
    app_password_file: Annotated[str | None, AfterValidator(with_identifier)] = None


class Mastodon(_Section):
    """Mastodon's servers: nobody needs a key to read most of them. An account's own token shows its mentions too."""

    tokens: dict[TokenOwner, str] = {}
    """Files, by server or by `name@server`."""
    servers: dict[str, SecureUrl] = {}
    """Addresses of servers that are asked elsewhere than under their names."""


class Answer(_Section):
    """What counts as an answer in time."""

    norm_office_days: float = Field(default=1.0, gt=0, le=30)
    office_hours: Annotated[str, Field(pattern=r"^\d\d:\d\d-\d\d:\d\d$"), AfterValidator(opening_first)] = (
        "08:00-16:00"
    )
    holidays: Annotated[str, Field(pattern=r"^([A-Z]{2})?$"), AfterValidator(known_holidays)] = "NO"
    timezone: Annotated[str, AfterValidator(known_timezone)] = "Europe/Oslo"


_SILENCE = SilenceLimits()


class Life(_Section):
    """After how many days without an own post an account is called quiet, and dormant."""

    quiet_days: int = Field(default=_SILENCE.quiet_days, ge=1, le=3660)
    dormant_days: Annotated[int, AfterValidator(after_quiet)] = Field(
        default=_SILENCE.dormant_days, ge=1, le=3660, validate_default=True
    )


class Run(_Section):
    """Whom `run` tells how it has ended."""

    ping: Annotated[SecureUrl, AfterValidator(whole_url)] | None = None


class Report(_Section):
    """What the report says on its face, and where it is written by `run`."""

    title: str | None = None
    """None: the question the report asks, in its language."""
    notice: str | None = None
    folder: str = "."
    days: int = Field(default=90, ge=1, le=3660)
    language: Annotated[str, AfterValidator(report_language)] = REPORT_LANGUAGES[0]
    accepted: str | None = None


class Privacy(_Section):
    """What of people is masked, where the key lies, how long texts and pages are kept, and who answers for it."""

    controller: Line | None = None
    """Who the record of processing names as the controller."""
    contact: Line | None = None
    """Whom people write to about their data, such as the data protection officer."""
    key_file: str | None = None
    text_days: int = Field(default=180, ge=1, le=3660)
    page_days: int = Field(default=30, ge=1, le=3660)
    countries: Annotated[tuple[Country, ...], BeforeValidator(listed)] = ("NO",)
    """Whose telephone numbers are known as they are written at home; those with a country's code always are."""


class Mail(_Section):
    """Who is mailed every morning, and by which server."""

    host: str | None = Field(default=None, pattern=r"^[A-Za-z0-9.:-]+$")
    port: int | None = Field(default=None, ge=1, le=65_535)
    """None: the usual one, 587 with STARTTLS, 465 with TLS, 25 with neither."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password_file: str | None = None
    ca_file: str | None = None
    """Certificates that the server's is checked by, if it is not by the system's."""
    sender: Address | None = Field(default=None, alias="from")
    to: Addresses = ()
    agencies: dict[str, Addresses] = {}
    """Addresses by the agency's short name; they are mailed its figures only."""
    texts: bool = False
    always: bool = False
    report: Literal["none", "attached", "linked"] = "none"
    report_url: str | None = Field(default=None, pattern=r"^https?://[!-~]+$")


class Site(_Section):
    """The public site: where it will be found, and who answers for it."""

    url: str | None = Field(default=None, pattern=r"^https?://[!-~]+$")
    contact: Address | None = None


class Wikidata(_Section):
    """Where `register import` asks what public bodies there are."""

    api_url: SecureUrl = "https://query.wikidata.org/sparql"
    contact: str | None = Field(default=None, pattern=r"^[ -~]{1,200}$")
    """Whom Wikidata may write to, as its policy asks of programs."""


class Govdirectory(_Section):
    """Where `register import --from govdirectory` looks."""

    site_url: SecureUrl = "https://www.govdirectory.org"


class Config(_Section):
    """Everything a user may set; each part has defaults."""

    database: str = "soma-audit.db"
    as_of: Annotated[datetime, AfterValidator(aware)] | None = None
    collect: Collect = Collect()
    twitter: Twitter = Twitter()
    facebook: Facebook = Facebook()
    bluesky: Bluesky = Bluesky()
    mastodon: Mastodon = Mastodon()
    answer: Answer = Answer()
    life: Life = Life()
    run: Run = Run()
    report: Report = Report()
    privacy: Privacy = Privacy()
    mail: Mail = Mail()
    site: Site = Site()
    wikidata: Wikidata = Wikidata()
    govdirectory: Govdirectory = Govdirectory()
    _folder: Path = PrivateAttr(Path())

    def model_post_init(self, context: Path | None, /) -> None:
        """Remember where the file lies: the validation context."""
        self._folder = context or Path()

    def path(self, text: str) -> Path:
        """Resolve a path written in the configuration."""
        return self._folder / Path(text).expanduser()

    def hash(self) -> str:
        """Name this configuration in the database, so that a run can be told from one made with other settings."""
        told = self.model_dump_json(exclude={"run"})  # whom a run is told to changes nothing in it
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def office(self) -> OfficeHours:
        """Return when the counter is open, public holidays left out."""
        opens, closes = office_times(self.answer.office_hours)
        weekdays = frozenset(range(5))
        days: list[date] = []
        if self.answer.holidays:
            import holidays  # noqa: PLC0415 - only needed where office time is counted

            known = holidays.country_holidays(self.answer.holidays, years=YEARS)
            days = sorted(day for day in known if day.weekday() in weekdays)
        return OfficeHours(
            opens=opens, closes=closes, timezone=self.answer.timezone, weekdays=weekdays, holidays=tuple(days)
        )

    def norm_minutes(self) -> float:
        """Return the answering time held to be in time, in office minutes."""
        opens, closes = office_times(self.answer.office_hours)
        return self.answer.norm_office_days * OfficeHours(opens=opens, closes=closes).day_minutes

    def silence_limits(self) -> SilenceLimits:
        """Return after how long without an own post an account is called quiet, and dormant."""
        return SilenceLimits(**self.life.model_dump())


def load(file: Path | None) -> Config:
    """Read a configuration file; without one, everything has its default.

    Raises:
        InvalidInputError: the file is missing, is no TOML, or says something that cannot be meant; all mistakes at once.
    """
    if file is None:
        return Config()
    if not file.exists():
        raise InvalidInputError(f"There is no configuration file {file}. `soma-audit init` makes one.")
    return parse(read_toml(file, "The configuration file"), file)


def parse(content: Mapping[str, Any], file: Path) -> Config:
    """Check the content of a configuration file."""
    try:
        return Config.model_validate(content, context=file.absolute().parent)
    except ValidationError as error:
        raise InvalidInputError(f"{file} has mistakes:", [_sentence(e) for e in error.errors()]) from None


def _sentence(mistake: ErrorDetails) -> str:
    path = ".".join(str(part) for part in mistake["loc"] if part != "[key]")
    if mistake["type"] == "extra_forbidden":
        return f"{path}: there is no such setting"
    said = mistake["msg"].removeprefix("Value error, ")
    if mistake["type"] == "dict_type":
        said = f"must be a table, such as {SHOWN.get(path, '{ ... }')}"
    elif mistake["type"] == "bool_parsing":
        said = "must be true or false, without quotation marks"
    elif mistake["type"] == "string_pattern_mismatch":
        said = f"must look like {SHOWN.get(path, mistake['ctx']['pattern'])}"
    quoted = "" if path in SECRET else f" (it says {mistake['input']!r})"
    return f"{path}: {said[:1].lower()}{said[1:]}{quoted}"
