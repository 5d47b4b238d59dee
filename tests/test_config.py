"""config.toml: every setting checked, every mistake told at once."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import UTC, date, datetime, time
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import BaseModel

from soma_audit.config import Config, load
from soma_audit.errors import Exit, InvalidInputError
from soma_audit.silence_limits import SilenceLimits

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
TEMPLATE = files("soma_audit.cli").joinpath("config_template.toml").read_text("utf-8")


def written(folder: Path, text: str) -> Path:
    file = folder / "config.toml"
    file.write_text(text, "utf-8")
    return file


def mistakes_in(folder: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(InvalidInputError) as caught:
        load(written(folder, text))
    assert caught.value.exit_code == Exit.USAGE
    return caught.value.mistakes


# --- what may stand there -----------------------------------------------------------------------------------------


def test_without_a_file_everything_has_its_default() -> None:
    assert load(None) == Config()


def test_an_empty_file_is_as_good_as_none(tmp_path: Path) -> None:
    assert load(written(tmp_path, "")).hash() == Config().hash()


def test_relative_paths_count_from_the_folder_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "conf").mkdir()
    written(tmp_path / "conf", 'database = "a/b.db"')
    monkeypatch.chdir(tmp_path)
    config = load(Path("conf/config.toml"))
    monkeypatch.chdir("/")
    assert config.path(config.database) == tmp_path / "conf" / "a" / "b.db"


def test_absolute_paths_stay_as_they_are(tmp_path: Path) -> None:
    assert load(written(tmp_path, "")).path("/var/lib/a.db") == Path("/var/lib/a.db")


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    assert load(written(tmp_path, "")).path("~/token") == Path("/home/somebody/token")


def test_a_byte_order_mark_does_not_matter(tmp_path: Path) -> None:
    assert load(written(tmp_path, '\ufeffdatabase = "a.db"')).database == "a.db"


def test_the_clock_is_kept_in_utc(tmp_path: Path) -> None:
    config = load(written(tmp_path, "as_of = 2026-03-02T10:00:00+01:00"))
    assert config.as_of == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_config_cannot_be_changed_once_read() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Config().database = "other.db"


def test_other_settings_have_another_hash(tmp_path: Path) -> None:
    assert load(written(tmp_path, "[report]\ndays = 30")).hash() != Config().hash()


@pytest.mark.parametrize(
    "url",
    [
        "https://api.x.example",
        "https://api.x.example/gateway/",
        "http://127.0.0.1",
        "http://127.0.0.1:8080/x",
        "http://localhost:1",
    ],
)
def test_an_endpoint_may_be_moved_to_https_or_to_loopback(tmp_path: Path, url: str) -> None:
    assert load(written(tmp_path, f'[twitter]\napi_url = "{url}"')).twitter.api_url == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "http://api.x.example",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://127.0.0.1:80@evil.example",
        "ftp://api.x.example",
        "https://",
        "",
    ],
)
@pytest.mark.parametrize("setting", ["twitter.api_url", "facebook.graph_url"])
def test_a_token_never_travels_in_the_clear(tmp_path: Path, setting: str, url: str) -> None:
    section, name = setting.split(".")
    (mistake,) = mistakes_in(tmp_path, f'[{section}]\n{name} = "{url}"')
    assert mistake.startswith(f"{setting}: must begin with https://")


# --- mistakes -----------------------------------------------------------------------------------------------------


def test_every_mistake_is_told_at_once_with_its_path(tmp_path: Path) -> None:
    mistakes = mistakes_in(
        tmp_path,
        """
        database = 3
        as_of = 2026-03-02T09:00:00
        [collect]
        revisit_days = -1
        [twitter]
        dialect = "bird"
        api_url = "http://api.x.example"
        [facebook]
        version = "latest"
        page_settings = "yes"
        [answer]
        office_hours = "16:00-08:00"
        timezone = "Europe/Nowhere"
        holidays = "XX"
        norm_office_days = 0
        [report]
        days = 0
        [privacy]
        salt = "x"
        """,
    )
    assert [m.partition(":")[0] for m in mistakes] == [
        "database",
        "as_of",
        "collect.revisit_days",
        "twitter.api_url",
        "twitter.dialect",
        "facebook.version",
        "facebook.page_settings",
        "answer.norm_office_days",
        "answer.office_hours",
        "answer.holidays",
        "answer.timezone",
        "report.days",
        "privacy.salt",
    ]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("colour = 1", "colour: there is no such setting"),
        ('[twitter]\ntoken = "abc"', "twitter.token: there is no such setting"),
        ('[collect]\nregister_file = "r.csv"', "collect.register_file: there is no such setting"),
        ('[answer]\noffice_hours = "16:00-08:00"', "answer.office_hours: must open before it closes"),
        ('[answer]\noffice_hours = "08:00-08:00"', "answer.office_hours: must open before it closes"),
        ('[answer]\noffice_hours = "25:00-26:00"', "answer.office_hours: hour must be in 0..23"),
        ('[answer]\noffice_hours = "8-16"', "answer.office_hours: must look like 08:00-15:45"),
        ('[answer]\nholidays = "XX"', "answer.holidays: is not a country whose public holidays are known"),
        ('[privacy]\ncontroller = ""', "privacy.controller: must look like Eksempeletaten"),
        ('[privacy]\ncontact = "a\\nb"', "privacy.contact: must look like personvern@etat.example"),
        (
            '[privacy]\ncountries = ["NO", "Norge"]',
            "privacy.countries.1: is not a country with telephone numbers; use two",
        ),
        ('[privacy]\ncountries = ["no"]', "privacy.countries.0: is not a country with telephone numbers"),
        ("[privacy]\ncountries = [47]", "privacy.countries.0: input should be a valid string"),
        ('[privacy]\ncountries = "NO"', 'privacy.countries: must be a list, such as ["NO", "SE"]'),
        ('[answer]\ntimezone = "Europe"', "answer.timezone: is not a known time zone"),
        ('[answer]\ntimezone = "/etc/passwd"', "answer.timezone: is not a known time zone"),
        (
            "[answer]\nnorm_office_days = nan",
            "answer.norm_office_days: input should be less than or equal to 30",
        ),
        ("as_of = 2026-03-02T09:00:00", "as_of: has no time zone"),
        ("as_of = 2026-03-02", "as_of: input should be a valid datetime"),
        ('[report]\ndays = "90"', "report.days: input should be a valid integer"),
        ("collect = 3", "collect: input should be a valid dictionary"),
        ('[mastodon]\ntokens = "token"', 'mastodon.tokens: must be a table, such as { "social.example" = "'),
        (
            '[mastodon.tokens]\n"https://social.example" = "t"',
            "mastodon.tokens.https://social.example: is neither a server",
        ),
        (
            '[mastodon.tokens]\netat = "t"',
            "mastodon.tokens.etat: is neither a server, such as social.example",
        ),
        (
            '[bluesky]\napp_password_file = "p"',
            "bluesky.app_password_file: needs bluesky.identifier beside it",
        ),
    ],
)
def test_a_mistake_is_one_sentence_behind_its_path(tmp_path: Path, text: str, mistake: str) -> None:
    (said,) = mistakes_in(tmp_path, text)
    assert said.startswith(mistake)


def test_what_stands_under_an_unknown_key_is_not_repeated(tmp_path: Path) -> None:
    (said,) = mistakes_in(tmp_path, '[twitter]\nbearer = "AAAA-secret"')
    assert "secret" not in said


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"[collect\n", "is not valid TOML: .*line 1"),
        (b'database = "a"\ndatabase = "b"\n', "is not valid TOML"),
        (b"a = " + b"9" * 5000, "is not valid TOML"),
        (b"a = " + b"[" * 5000, "is not valid TOML"),
        (b"\xff\xff", "cannot be read: it is not text in UTF-8"),
    ],
)
def test_a_broken_file_is_told_in_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(content)
    with pytest.raises(InvalidInputError, match=sentence):
        load(file)


def test_a_missing_file_names_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"no configuration file .*nowhere\.toml.*soma-audit init"):
        load(tmp_path / "nowhere.toml")


def test_a_folder_is_no_configuration_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="cannot be read"):
        load(tmp_path)


# --- office hours -------------------------------------------------------------------------------------------------


def test_office_hours_come_with_the_public_holidays_that_fall_on_weekdays() -> None:
    office = Config().office()
    easter = [day for day in office.holidays if date(2026, 4, 1) <= day <= date(2026, 4, 7)]
    assert (office.opens, office.closes) == (time(8), time(16))
    assert easter == [date(2026, 4, 2), date(2026, 4, 3), date(2026, 4, 6)]
    assert not [day for day in office.holidays if day.weekday() > 4]


@pytest.mark.parametrize("countries", [(), ("SE",), ("NO", "DK", "FI")])
def test_telephones_are_known_of_any_countries(tmp_path: Path, countries: tuple[str, ...]) -> None:
    content = f"[privacy]\ncountries = {json.dumps(countries)}"
    assert load(written(tmp_path, content)).privacy.countries == countries


def test_without_a_country_there_are_no_holidays() -> None:
    config = Config.model_validate({"answer": {"holidays": ""}})
    assert config.office().holidays == ()


def test_the_norm_counts_in_office_days(tmp_path: Path) -> None:
    text = '[answer]\nnorm_office_days = 2\noffice_hours = "09:00-15:30"'
    assert load(written(tmp_path, text)).norm_minutes() == 2 * 390


def test_an_account_is_quiet_and_dormant_after_as_many_days_as_are_set(tmp_path: Path) -> None:
    limits = load(written(tmp_path, "[life]\nquiet_days = 30\ndormant_days = 30")).silence_limits()
    assert (limits.quiet_days, limits.dormant_days) == (30, 30)
    assert Config().silence_limits() == SilenceLimits(quiet_days=90, dormant_days=365)


@pytest.mark.parametrize(
    ("text", "limit"),
    [("dormant_days = 89", 90), ("quiet_days = 400", 400), ("quiet_days = 9\ndormant_days = 8", 9)],
)
def test_no_account_is_dormant_before_it_is_quiet(tmp_path: Path, text: str, limit: int) -> None:
    with pytest.raises(InvalidInputError) as error:
        load(written(tmp_path, f"[life]\n{text}"))
    assert f"life.dormant_days: must not be less than life.quiet_days, {limit} " in str(error.value)


# --- what is shipped ----------------------------------------------------------------------------------------------


def settings(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, field in model.model_fields.items():
        here = (*path, field.alias or name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from settings(field.annotation, here)
        else:
            yield here


def named_in(template: str) -> Iterator[tuple[str, ...]]:
    section: tuple[str, ...] = ()
    for line in template.splitlines():
        if head := re.fullmatch(r"\[(\w+)\]", line.strip()):
            section = (head[1],)
        elif setting := re.match(r"(?:# )?(\w+) = ", line):
            yield (*section, setting[1])


def test_the_template_names_every_setting_exactly_once() -> None:
    assert sorted(named_in(TEMPLATE)) == sorted(settings(Config))


def test_the_template_can_be_read_as_it_stands(tmp_path: Path) -> None:
    assert load(written(tmp_path, TEMPLATE)).hash() == Config().hash()


def test_the_template_can_be_read_with_every_setting_switched_on(tmp_path: Path) -> None:
    switched_on = re.sub(r"^# (\w+ = )", r"\1", TEMPLATE, flags=re.MULTILINE)
    assert load(written(tmp_path, switched_on)).report.notice


def test_the_template_shows_the_defaults() -> None:
    shown = tomllib.loads(re.sub(r"^# (\w+ = )", r"\1", TEMPLATE, flags=re.MULTILINE))
    defaults = Config().model_dump(by_alias=True, mode="json")
    differing = {
        f"{section}.{name}"
        for section, values in shown.items()
        if isinstance(values, dict)
        for name, value in values.items()
        if defaults[section][name] not in (None, {}, []) and defaults[section][name] != value
    }
    assert differing == set()


def test_the_example_can_be_read() -> None:
    config = load(ROOT / "config.example.toml")
    assert config.collect.replay
    assert config.path(config.collect.register_file).is_file()
    assert config.path(config.collect.replay).is_dir()


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_clock_that_cannot_be_reckoned_with_is_told(tmp_path: Path, moment: str) -> None:
    (tmp_path / "config.toml").write_text(f"as_of = {moment}\n")
    with pytest.raises(InvalidInputError, match="as_of: is not within the years 2000 to 2199"):
        load(tmp_path / "config.toml")
