"""What `soma-audit` makes of Bluesky's own servers: accounts that write, collected by the command line, row for row."""

from __future__ import annotations

import io
import json
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from collect.builders import stored_bytes
from soma_audit.audit.settings import Settings
from soma_audit.cli import main
from soma_audit.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from real_bluesky.client import Account, Network

NUMBERS = count(100)
A_DAY = timedelta(days=1)
CONFIG = """
[collect]
register = "register.csv"
[bluesky]
api_url = "{appview}"
server_url = "{pds}"
{more}
"""


@dataclass
class Desk:
    """A folder from which an agency is audited, on a clock that a test may put on."""

    folder: Path
    network: Network
    agency: Account
    clock: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def write(self, more: str = "") -> None:
        config = CONFIG.format(appview=self.network.appview, pds=self.network.pds, more=more)
        (self.folder / "config.toml").write_text(config, "utf-8")
        register = f"agency,name,kind,network,handle\netat,Etaten,agency,bluesky,{self.agency.handle}\n"
        (self.folder / "register.csv").write_text(register, "utf-8")

    def collect(self, *words: str) -> tuple[int, dict[str, Any]]:
        return self.run("collect", *words)

    def run(self, *words: str) -> tuple[int, dict[str, Any]]:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as end:
            main([*words, "--json", "--config", str(self.folder / "config.toml")])
        return int(end.value.code or 0), json.loads(out.getvalue())

    def rows(self, what: str) -> list[tuple[Any, ...]]:
        with Store(self.folder / "soma-audit.db") as store:
            return store.execute(f"select {what} from current_post order by created_at, native_id").fetchall()

    def gaps(self) -> list[tuple[str | None, str]]:
        with Store(self.folder / "soma-audit.db") as store:
            return store.execute("select stream, reason from open_gap order by 1, 2").fetchall()


@pytest.fixture
def agency(network: Network) -> Account:
    return network.account(f"etaten{next(NUMBERS)}.test")


@pytest.fixture(scope="module")
def citizen(network: Network) -> Account:
    return network.account("kari-spor.test")


@pytest.fixture
def desk(network: Network, agency: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(tmp_path, network, agency)
    made.write()
    monkeypatch.setattr(Settings, "collecting_clock", lambda *_, **__: lambda: made.clock)
    return made


def test_posts_replies_and_reposts_become_rows_that_name_no_visitor(
    desk: Desk, network: Network, agency: Account, citizen: Account
) -> None:
    notice = network.post(agency, "Søknadsfristen er 1. mai: https://etat.example/soknad/skjema?id=1")
    asked = network.reply(citizen, "Gjelder det også meg?", notice)
    network.reply(agency, f"@{citizen.handle} Ja. Hilsen Eva", asked, notice)
    outside = network.post(citizen, f"Hei @{agency.handle} Når åpner dere?")
    network.reply(agency, "Klokka ni.", outside)
    network.repost(agency, asked)

    code, told = desk.collect()

    assert (code, told["new"], desk.gaps()) == (0, 6, [("mentions", "signed_out")])
    found = desk.rows("kind, by_agency, text, parent is not null, reply_setting")
    pseudonym = next(row[0] for row in desk.rows("author") if row[0].startswith("v-"))
    assert sorted(found, key=str) == sorted(
        [
            ("post", 1, "Søknadsfristen er 1. mai: https://etat.example/soknad/skjema?id=1", 0, "everyone"),
            ("comment", 0, "Gjelder det også meg?", 1, None),
            ("comment", 1, f"@{pseudonym} Ja. Hilsen Eva", 1, None),
            ("post", 0, f"Hei @{agency.handle} Når åpner dere?", 0, "everyone"),
            ("comment", 1, "Klokka ni.", 1, None),
            ("share", 1, "Gjelder det også meg?", 0, None),
        ],
        key=str,
    )
    stored = stored_bytes(desk.folder / "soma-audit.db")
    assert citizen.handle.encode() not in stored
    assert citizen.did.encode() not in stored


def test_signed_in_mentions_are_found(
    desk: Desk, network: Network, agency: Account, citizen: Account
) -> None:
    network.post(citizen, f"Noen som vet om @{agency.handle} er åpen i dag?")
    file = desk.folder / "app-password"
    file.write_text(network.app_password(agency), "utf-8")
    file.chmod(0o600)
    desk.write(f'identifier = "{agency.handle}"\napp_password_file = "app-password"')
    assert desk.collect()[0] == 0
    assert [row[0] for row in desk.rows("text")] == [f"Noen som vet om @{agency.handle} er åpen i dag?"]
    assert desk.gaps() == []


def test_who_may_reply_and_what_is_hidden(
    desk: Desk, network: Network, agency: Account, citizen: Account
) -> None:
    free, some, closed = (network.post(agency, text) for text in ("Alle", "Noen", "Ingen"))
    hidden = network.reply(citizen, "Tull", free)
    network.threadgate(agency, free, allow=None, hidden=[hidden])
    network.threadgate(agency, some, allow=["mentionRule", "followerRule"])
    network.threadgate(agency, closed, allow=[])
    desk.collect()
    told = {row[0]: row[1:] for row in desk.rows("text, reply_setting, hidden")}
    assert told == {
        "Alle": ("everyone", None),
        "Noen": ("followers+mentionedUsers", None),
        "Ingen": ("nobody", None),
        "Tull": (None, 1),
    }


def test_what_is_deleted_is_missing_one_night_and_gone_the_next(
    desk: Desk, network: Network, agency: Account, citizen: Account
) -> None:
    posts = [network.post(agency, f"Nr. {n}") for n in range(3)]
    reply = network.reply(citizen, "Hallo?", posts[0])
    network.reply(citizen, "Er det noen der?", posts[0])
    desk.collect()
    network.delete(reply)
    network.delete(posts[1])
    held = []
    for _ in range(2):
        desk.clock += A_DAY
        desk.collect()
        held.append(sorted(str(row[0]) for row in desk.rows("text")))
    assert held[0] == ["Er det noen der?", "Hallo?", "Nr. 0", "Nr. 1", "Nr. 2"]
    assert held[1] == ["Er det noen der?", "None", "None", "Nr. 0", "Nr. 2"]


def test_a_replaced_record_is_another_look_at_the_same_post(
    desk: Desk, network: Network, agency: Account
) -> None:
    post = network.post(agency, "Fristen er 1. mai")
    desk.collect()
    network.replace(post, "Fristen er 2. mai")
    desk.clock += A_DAY
    assert desk.collect()[1]["changed"] == 1
    assert desk.rows("text, native_id") == [("Fristen er 2. mai", post.uri)]


def test_a_new_handle_is_told_and_the_account_read_as_before(
    desk: Desk, network: Network, agency: Account
) -> None:
    network.post(agency, "Før")
    desk.collect()
    network.rename(agency, f"nyetat{next(NUMBERS)}.test")
    network.post(agency, "Etter")
    desk.clock += A_DAY
    code, told = desk.collect()
    assert (code, told["new"], [r["now"][:6] for r in told["renamed"]]) == (0, 1, ["nyetat"])


@pytest.mark.parametrize(
    ("what", "reason"), [("deactivate", "deactivated"), ("take_down", "suspended"), ("remove", "not_found")]
)
def test_an_account_that_is_away_is_told_why(
    desk: Desk, network: Network, agency: Account, what: str, reason: str
) -> None:
    network.post(agency, "Hei")
    desk.collect()
    getattr(network, what)(agency)
    desk.clock += A_DAY
    assert desk.collect()[0] == 3
    assert (None, reason) in desk.gaps()


def test_a_handle_that_is_nobody_s_is_one_sentence(desk: Desk) -> None:
    (desk.folder / "register.csv").write_text(
        "agency,name,kind,network,handle\netat,Etaten,agency,bluesky,ingen-her.test\n", "utf-8"
    )
    code, told = desk.collect()
    assert (code, len(told["not_seen"])) == (3, 1)


def test_a_busy_account_is_read_in_half_a_minute_and_again_in_two_calls(
    desk: Desk, network: Network, agency: Account, citizen: Account
) -> None:
    start = desk.clock - timedelta(days=300)
    network.bulk(agency, 5000, 1000, by=citizen, start=start, step=5000)
    began = time.perf_counter()
    code, told = desk.collect()
    taken = time.perf_counter() - began
    assert (code, told["new"]) == (0, 6000)
    assert taken < 30
    desk.clock += A_DAY
    began = time.perf_counter()
    assert desk.collect()[1]["new"] == 0
    assert time.perf_counter() - began < 3


def test_a_profile_s_links_are_kept_and_who_goes_by_its_name_is_found(
    desk: Desk, network: Network, agency: Account, citizen: Account
) -> None:
    network.profile(agency, name="Etaten", description="Les mer på https://etat.example/om")
    twin = network.account(f"tvilling{next(NUMBERS)}.test")
    network.profile(twin, name="ETATEN")
    network.profile(citizen, name="Kari som spør etaten")
    code, told = desk.run("register", "check")
    assert (code, told["not_seen"]) == (0, [])
    (account,) = told["register"]
    assert f"bluesky/{twin.handle}" in account["lookalikes"]
    assert not any(citizen.handle in found for found in account["lookalikes"])
    with Store(desk.folder / "soma-audit.db") as store:
        (facts,) = store.execute("select facts from about").fetchone()
    assert json.loads(facts)["links"] == ["https://etat.example/om"]
