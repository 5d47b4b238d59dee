"""How long `soma-audit register check` takes for every body of a country: `python register_check.py BODIES.csv`.

BODIES.csv has a line an account, as the query service of Wikidata gives it: qid, name_en, type, website, platform, account.
Networks and sites are loopback servers that take 50 ms for each answer; each site has a front page and a contact page. Ends
with 1 if it takes longer than three minutes.
"""

from __future__ import annotations

import csv
import io
import re
import sys
import tempfile
import time
from contextlib import redirect_stdout
from pathlib import Path
from urllib.parse import urlsplit

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from loopback.night import Night, loopback
from loopback.sites import sites
from soma_audit.cli import main
from soma_audit.networks import ELSEWHERE, NETWORKS
from soma_audit.register import COLUMNS

LATENCY = 0.05
MOST = 180.0
PLATFORMS = {"x": "twitter"}


def register(bodies: Path) -> tuple[str, set[str]]:
    """Return a register of these bodies, their sites in the clear, and the addresses of these."""
    out, websites, seen = io.StringIO(), set(), set()
    lines = csv.DictWriter(out, COLUMNS)
    lines.writeheader()
    for row in csv.DictReader(bodies.open(encoding="utf-8")):
        network = PLATFORMS.get(row["platform"].lower(), row["platform"].lower())
        if network not in {*NETWORKS, *ELSEWHERE}:
            continue
        known = NETWORKS.get(network) or ELSEWHERE[network]
        handle = known.handle_in(row["account"])
        if network in NETWORKS and not NETWORKS[network].handle.fullmatch(handle):
            continue
        if (network, handle.lower()) in seen:
            continue
        seen.add((network, handle.lower()))
        website = re.sub("^https?", "http", row["website"])
        websites |= {website} - {""}
        kind = re.sub(r"\W+", "-", row["type"].lower())
        lines.writerow(
            {
                "agency": row["qid"].lower(),
                "name": row["name_en"],
                "kind": kind,
                "website": website,
                "network": network,
                "handle": handle,
            }
        )
    return out.getvalue(), websites


def main_(bodies: Path) -> int:
    text, websites = register(bodies)
    with (
        pytest.MonkeyPatch.context() as patch,
        loopback(patch) as here,
        sites(patch) as web,
        tempfile.TemporaryDirectory() as folder,
    ):
        patch.setattr("soma_audit.collect.transport.random.random", lambda: 0.0)
        night = Night(Path(folder), here)
        (night.folder / "register.csv").write_text(text, "utf-8")
        for website in websites:
            place = urlsplit(website)
            web.put(f"{place.netloc}{place.path or '/'}", '<a href="/kontakt">Kontakt</a>')
            web.put(f"{place.netloc}/kontakt", "<p>Kontakt")
        here.latency = web.latency = LATENCY
        words = ["register", "check", "--json", "--config", str(night.write_config())]
        begun = time.perf_counter()
        with redirect_stdout(io.StringIO()), pytest.raises(SystemExit):
            main(words)
        took = time.perf_counter() - begun
        busiest = max({urlsplit(w).netloc for w in websites}, key=lambda host: web.calls(f"{host}/"))
        print(f"{text.count(chr(10)) - 1} lines, {len(websites)} sites: {took:.1f} s")
        print(f"asked networks {len(here.asked)} times, sites {web.calls()} times")
        print(f"the busiest host, {busiest}, {web.calls(f'{busiest}/')} times, {web.at_once} at once")
    return int(took > MOST or web.at_once > 1)


if __name__ == "__main__":
    sys.exit(main_(Path(sys.argv[1])))
