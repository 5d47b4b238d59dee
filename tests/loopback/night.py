"""A night at the loopback: a small town on every network, and `soma-audit collect` run on it by its command line."""

from __future__ import annotations

import io
import json
import zlib
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from collect.builders import rows, stored_bytes
from loopback.server import APP_SECRET, GRAPH_TOKEN, X_TOKEN, Loopback
from loopback.town import (
    BLUESKY_AGENCY,
    BLUESKY_VISITORS,
    MASTODON_AGENCY,
    MASTODON_VISITORS,
    settle_bluesky,
    settle_mastodon,
)
from soma_audit.audit.settings import Settings
from soma_audit.cli import main
from soma_audit.collect import transport
from soma_audit.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loopback.world import World

KEY = "5a" * 32 + "\n"
SECRETS = (X_TOKEN, GRAPH_TOKEN, APP_SECRET)
VISITORS = {"kari_test": "Kari Testesen", "ola_proeve": "Ola Prøvesen"}
"""Handle and name of everyone who must not be named anywhere."""
HANDLES = {
    "twitter": "eksempeletat",
    "facebook": "eksempel.etat",
    "bluesky": BLUESKY_AGENCY,
    "mastodon": MASTODON_AGENCY,
}
CONFIG = """
database = "a.db"
[collect]
register = "register.csv"
max_wait_seconds = {max_wait}
{collect}
[twitter]
api_url = "{url}"
dialect = "{dialect}"
[facebook]
graph_url = "{url}"
page_settings = true
{facebook}
[bluesky]
api_url = "{url}"
server_url = "{url}/pds"
{bluesky}
[mastodon]
{mastodon}
[mastodon.servers]
{servers}
[privacy]
key_file = "people.key"
"""


def settle(here: Loopback) -> Loopback:
    """Let an agency and two visitors talk on X, and on the agency's Page."""
    here.x.page_size = 3
    agency = here.x.world.person(HANDLES["twitter"], "Eksempeletaten")
    kari, ola = (here.x.world.person(handle, name) for handle, name in VISITORS.items())
    say = here.x.world.say
    for number in range(6):
        say(agency, f"Kunngjøring nr. {number}: https://eks.example/{number}", hours_ago=70 - number)
    asked = say(kari, "@eksempeletat Når er fristen?", hours_ago=60)
    say(agency, "@kari_test Hei! 1. mai. Hilsen Eva", under=asked, hours_ago=59)
    say(kari, "@eksempeletat takk! Ring 22 33 44 55 om noe", under=asked, hours_ago=58)
    open_question = say(ola, "@eksempeletat Hvem svarer på e-post? Spør ola@post.example", hours_ago=50)
    say(kari, "Det lurer jeg også på, @ola_proeve", under=open_question, hours_ago=49)
    say(ola, "@eksempeletat Er det noen der?", under=open_question, hours_ago=48)

    here.graph.page_size = 3
    here.graph.inline_comments = 2
    page = here.graph.world.person(HANDLES["facebook"], "Eksempeletaten", "100")
    kari, ola = (here.graph.world.person(handle, name) for handle, name in VISITORS.items())
    say = here.graph.world.say
    posts = [say(page, f"Nytt fra etaten, nr. {n}.", hours_ago=70 - n) for n in range(7)]
    for number in range(4):
        comment = say(kari, f"Gjelder det også meg? ({number})", under=posts[6], hours_ago=40 - number)
    say(page, "Ja, det gjelder alle.", under=comment, hours_ago=30)
    say(ola, "Hvem svarer på e-post?", wall=page, hours_ago=20)
    say(kari, "Når åpner dere?", wall=page, hours_ago=10)
    settle_bluesky(here)
    settle_mastodon(here)
    return here


def worlds(here: Loopback) -> dict[str, World]:
    """Who and what is there, network by network."""
    return {
        "twitter": here.x.world,
        "facebook": here.graph.world,
        "bluesky": here.bluesky.world,
        "mastodon": here.mastodon.world,
    }


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    code: int
    told: dict[str, Any]
    calls: int
    """How often the networks were asked."""


@dataclass
class Night:
    """A folder with a register and a database, and the networks behind it."""

    folder: Path
    here: Loopback
    networks: tuple[str, ...] = ("twitter", "facebook")
    dialect: str = "post"
    max_wait: int = 0
    facebook: str = ""
    """More settings of Facebook's."""
    collect_settings: str = ""
    bluesky: str = ""
    mastodon: str = ""
    handles: tuple[str, ...] = ()
    """Other accounts on the first network than the usual one."""
    said: str = ""
    """Everything that was printed."""

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        (self.folder / "people.key").write_text(KEY, "utf-8")
        (self.folder / "people.key").chmod(0o600)
        lines = ["agency,name,kind,network,handle"]
        accounts = [(n, h) for n in self.networks for h in self.handles or (HANDLES[n],)]
        lines += [f"a{i},Etat {i},ministry,{n},{h}" for i, (n, h) in enumerate(accounts)]
        (self.folder / "register.csv").write_text("\n".join(lines) + "\n", "utf-8")

    def verify(self) -> Ended:
        """Run `soma-audit collect --verify` once."""
        return self.collect("--verify")

    def write_config(self) -> Path:
        """Write the configuration as it is now, and return where it stands."""
        config = self.folder / "config.toml"
        config.write_text(
            CONFIG.format(
                url=self.here.url,
                dialect=self.dialect,
                max_wait=self.max_wait,
                collect=self.collect_settings,
                facebook=self.facebook,
                bluesky=self.bluesky,
                mastodon=self.mastodon,
                servers="\n".join(f'"{name}" = "{self.here.url}/on/{name}"' for name in self._servers()),
            ),
            "utf-8",
        )
        return config

    def collect(self, *options: str) -> Ended:
        """Run `soma-audit collect` once."""
        config, before = self.write_config(), self._calls()
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as end:
            main(["collect", "--json", *options, "--config", str(config)])
        self.said += out.getvalue() + err.getvalue()
        told = json.loads(out.getvalue() or "{}")
        return Ended(int(end.value.code or 0), told, self._calls() - before)

    def _calls(self) -> int:
        """Count the requests, besides those made once a run or a Page: whose token it is, the edge of visitors' posts."""
        return self.here.calls() - self.here.calls("/me") - self.here.calls("/visitor_posts")

    def rows(self) -> dict[str, list[Any]]:
        """All that a run leaves and that must not depend on how it went."""
        with Store(self.folder / "a.db") as store:
            return rows(store)

    def texts(self) -> list[str]:
        """What everybody wrote."""
        with Store(self.folder / "a.db") as store:
            return [row[0] for row in store.execute("select text from current_post order by native_id")]

    def gaps(self) -> list[tuple[str | None, str]]:
        """What could not be seen: stream and reason."""
        with Store(self.folder / "a.db") as store:
            return store.execute("select stream, reason from open_gap order by network, 1, 2").fetchall()

    def leaks(self) -> list[str]:
        """Names and secrets that stand where they must not."""
        with Store(self.folder / "a.db") as store:
            pages = b"".join(
                zlib.decompress(row[0])
                for row in store.execute("select body from page where body is not null")
            )
        left = stored_bytes(self.folder / "a.db") + pages + self.said.encode(errors="replace")
        return [w for w in (*SECRETS, *self._named(), "22 33 44 55", "ola@post") if w.encode() in left]

    def _servers(self) -> set[str]:
        """Return the names of all servers, and those at which their people are addressed."""
        servers = self.here.mastodon.servers
        return {*servers, *(server.address for server in servers.values())}

    def _named(self) -> Iterator[str]:
        """Yield all by which a visitor could be known on any network."""
        yield from (*VISITORS, *VISITORS.values(), *BLUESKY_VISITORS, *MASTODON_VISITORS)
        yield from (p.id for p in self.here.bluesky.world.people if p.handle in BLUESKY_VISITORS)


@contextmanager
def loopback(monkeypatch: pytest.MonkeyPatch, **how: Any) -> Iterator[Loopback]:
    """Open the fake networks to the collector, on their clock; nobody sleeps, time passes instead."""
    real, clients = transport.client, ExitStack()
    with settle(Loopback(**how)) as here, clients:
        monkeypatch.setattr(
            transport, "client", lambda *words, **how: clients.enter_context(real(*words, **how))
        )
        monkeypatch.setenv("SOMA_AUDIT_TWITTER_TOKEN", X_TOKEN)
        monkeypatch.setenv("SOMA_AUDIT_FACEBOOK_TOKEN", GRAPH_TOKEN)
        monkeypatch.setenv("SOMA_AUDIT_FACEBOOK_APP_SECRET", APP_SECRET)
        monkeypatch.setattr(Settings, "collecting_clock", lambda *_, **__: here.clock)
        patient = partial(transport.Transport, pause=here.clock.move)
        monkeypatch.setattr(
            transport, "Transport", lambda **how: patient(**{k: v for k, v in how.items() if k != "pause"})
        )
        yield here
        assert here.complaints == []
        assert here.bluesky.mistakes == []
