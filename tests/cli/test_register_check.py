"""`soma-audit register check`: accounts and sites over real HTTP, what they say of each other, and what goes wrong."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Any

import pytest

from cli.conftest import example_in
from loopback.night import HANDLES, Night, loopback, worlds
from loopback.server import Trouble
from loopback.sites import Sites, sites
from loopback.world import Answer
from soma_audit.cli import main
from soma_audit.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cli.conftest import Soma
    from loopback.server import Loopback

FRONT = "http://www.eks.example/"
ADDRESSES = {
    "twitter": "https://x.com/eksempeletat",
    "facebook": "https://www.facebook.com/eksempel.etat",
    "bluesky": f"https://bsky.app/profile/{HANDLES['bluesky']}",
    "mastodon": "https://{1}/@{0}".format(*HANDLES["mastodon"].split("@")),
}


class Checked(Night):
    """A night with a site of the agency's."""

    def __post_init__(self) -> None:
        super().__post_init__()
        lines = ["agency,name,kind,network,handle,website,guidelines"]
        lines += [f"etat,Eksempeletaten,agency,{n},{HANDLES[n]},{FRONT}," for n in self.networks]
        (self.folder / "register.csv").write_text("\n".join(lines) + "\n", "utf-8")

    def declare(self, address: str) -> None:
        """Let the register declare guidelines."""
        file = self.folder / "register.csv"
        file.write_text(file.read_text("utf-8").replace(f"{FRONT},\n", f"{FRONT},{address}\n", 1), "utf-8")

    def check(self, *options: str) -> tuple[int, dict[str, Any]]:
        """Run `soma-audit register check` once."""
        words = ["register", "check", "--json", *options, "--config", str(self.write_config())]
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as end:
            main(words)
        self.said += out.getvalue() + err.getvalue()
        return int(end.value.code or 0), json.loads(out.getvalue() or "{}")

    def labels(self, told: dict[str, Any]) -> dict[str, str | None]:
        return {account["account"].partition("/")[0]: account["label"] for account in told["register"]}


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    with loopback(monkeypatch) as made:
        yield made


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sites]:
    with sites(monkeypatch) as made:
        yield made


@pytest.fixture
def night(here: Loopback, web: Sites, tmp_path: Path) -> Checked:
    web.put("www.eks.example/", "".join(f'<a href="{a}">x</a>' for a in ADDRESSES.values()))
    return Checked(tmp_path, here, tuple(ADDRESSES))


def names_itself(here: Loopback) -> None:
    """Let each profile link to the agency's site."""
    said: dict[str, dict[str, Any]] = {
        "twitter": {"entities": {"url": {"urls": [{"expanded_url": "https://eks.example"}]}}},
        "facebook": {"website": "https://eks.example"},
        "bluesky": {"description": "Les mer på eks.example"},
        "mastodon": {"note": '<a href="https://eks.example">eks.example</a>'},
    }
    for network, world in worlds(here).items():
        next(p for p in world.people if p.handle == HANDLES[network]).more |= said[network]


def test_a_site_and_a_profile_that_name_each_other_confirm_both_ways(here: Loopback, night: Checked) -> None:
    names_itself(here)
    code, told = night.check()
    assert (code, night.labels(told)) == (0, dict.fromkeys(ADDRESSES, "both_ways"))


def test_a_site_alone_confirms_one_way(night: Checked) -> None:
    _, told = night.check()
    assert set(night.labels(told).values()) == {"one_way"}
    (reason,) = told["register"][0]["reasons"]
    assert reason.startswith(f"The agency's site links to it: {FRONT} (seen 2026-")


def test_a_name_under_the_site_s_domain_confirms_both_ways(night: Checked, web: Sites) -> None:
    file = night.folder / "register.csv"
    file.write_text(file.read_text("utf-8").replace(FRONT, "http://etat.example/"), "utf-8")
    web.put("etat.example/", "<p>Velkommen")
    _, told = night.check()
    assert night.labels(told)["mastodon"] == "both_ways"


def test_nothing_that_either_says_leaves_it_unconfirmed(night: Checked, web: Sites) -> None:
    web.put("www.eks.example/", "<p>Velkommen")
    _, told = night.check()
    assert set(night.labels(told).values()) == {"unconfirmed"}


def test_a_site_that_names_another_account_contradicts(night: Checked, web: Sites) -> None:
    web.put("www.eks.example/", '<a href="https://x.com/en_annen">X</a>')
    _, told = night.check()
    assert night.labels(told)["twitter"] == "contradicted"


def test_the_contact_page_counts_as_well_as_the_front_page(night: Checked, web: Sites) -> None:
    web.put("www.eks.example/", '<a href="/om/kontakt">Kontakt oss</a>')
    web.put("www.eks.example/om/kontakt", f'<a href="{ADDRESSES["twitter"]}">X</a>')
    _, told = night.check()
    assert night.labels(told)["twitter"] == "one_way"


def test_a_site_that_could_not_be_looked_at_proves_nothing_either_way(night: Checked, web: Sites) -> None:
    web.put("www.eks.example/", status=503)
    code, told = night.check()
    assert code == 3
    assert set(night.labels(told).values()) == {"unknown"}
    assert told["not_seen"] == [f"{FRONT}: the site has an error of its own (HTTP 503)"]


def test_an_account_that_is_not_there_is_told_and_the_rest_goes_on(here: Loopback, night: Checked) -> None:
    here.bluesky.world.people[0].standing = "deactivated"
    code, told = night.check()
    assert code == 3
    (bluesky,) = (a for a in told["register"] if a["account"].startswith("bluesky/"))
    assert "deactivated" in bluesky["unseen"][0]
    assert night.labels(told)["twitter"] == "one_way"


def test_declared_pages_are_looked_at_too(night: Checked, web: Sites) -> None:
    night.declare("http://www.eks.example/regler")
    code, told = night.check()
    assert (code, told["not_seen"]) == (
        3,
        ["http://www.eks.example/regler: there is no such page (HTTP 404)"],
    )
    web.put("www.eks.example/regler", "Vær grei.", Last_Modified="Mon, 02 Feb 2026 09:00:00 GMT")
    assert night.check("--again")[0] == 0
    with Store(night.folder / "a.db") as store:
        row = store.execute("select outcome, changed_at from web_page where what = 'guidelines'").fetchone()
    assert row == ("read", "2026-02-02T09:00:00Z")


def test_a_second_check_asks_nothing_again_unless_told_to(here: Loopback, night: Checked, web: Sites) -> None:
    night.check()
    calls = here.calls(), web.calls()
    night.check()
    assert (here.calls(), web.calls()) == calls
    night.check("--again")
    assert (here.calls() > calls[0], web.calls() > calls[1]) == (True, True)


def test_nothing_is_kept_of_what_the_site_says_but_hashes_and_links(night: Checked, web: Sites) -> None:
    web.put("www.eks.example/", "<p>Leder er Kari Testesen, kari@etat.example</p>")
    night.check()
    assert b"Testesen" not in b"".join(f.read_bytes() for f in night.folder.glob("a.db*"))


def test_who_goes_by_the_agency_s_name_elsewhere_is_listed_and_nobody_else_kept(
    here: Loopback, web: Sites, tmp_path: Path
) -> None:
    web.put("www.eks.example/")
    person = here.bluesky.world.person
    person("eksempeletat.example", "Noen andre")
    person("anna.example", "Eksempel-Etaten")
    person("berit.example", "Eksempeletaten!!")
    person("kari-eksempeletaten.example", "Kari Eksempeletaten Testesen")
    night = Checked(tmp_path, here, ("twitter",))
    code, told = night.check()
    assert code == 0
    assert told["register"][0]["lookalikes"] == [
        "bluesky/anna.example",
        "bluesky/berit.example",
        "bluesky/eksempeletat.example",
        f"bluesky/{HANDLES['bluesky']}",
    ]
    assert b"kari-eks" not in b"".join(f.read_bytes() for f in tmp_path.glob("a.db*"))
    assert night.labels(told)["twitter"] == "unconfirmed"


def test_an_account_of_the_register_is_nobody_s_lookalike(night: Checked) -> None:
    _, told = night.check()
    assert told["register"][0]["lookalikes"] == []


def test_a_search_that_is_refused_is_told(here: Loopback, night: Checked) -> None:
    refused = Trouble("searchActors", lambda *_: Answer({"error": "AuthMissing"}, 401))
    here.troubles.append(refused)
    code, told = night.check()
    assert code == 3
    assert told["not_seen"] == [
        "bluesky, accounts by the name of Eksempeletaten and others: Bluesky refused: AuthMissing"
    ]


# --- the example ------------------------------------------------------------------------------------------------------


def test_the_example_has_each_way_in_which_sites_and_accounts_can_stand(soma: Soma, tmp_path: Path) -> None:
    ended = soma("register", "check", "--config", example_in(tmp_path))
    assert ended.code == 3
    for words in (
        "twitter/skrankedep_eks: confirmed both ways",
        "twitter/bokbussdep_eks: confirmed one way",
        "twitter/hageoghumle_eks: contradicted",
        "twitter/takevarsel_eks: not known, lost",
        "its robots.txt asks not to look at this page",
    ):
        assert words in ended.out
    assert "https://www.verdep.example: the site has an error of its own (HTTP 503)" in ended.err


def test_a_register_without_sites_is_checked_against_the_networks_only(
    soma: Soma, here: Loopback, tmp_path: Path
) -> None:
    night = Night(tmp_path, here, ("bluesky",))
    night.write_config()
    ended = soma("register", "check", "--config", str(tmp_path / "config.toml"))
    assert ended.code == 0
    assert "not checked: the register names no website" in ended.out


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The example's figures once the register has been checked and the night's work done."""
    folder = tmp_path_factory.mktemp("told")
    config, database = str(example_in(folder)), str(folder / "a.db")
    for words in (["run", "--quiet"], ["register", "check", "--quiet"]):
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()), pytest.raises(SystemExit):
            main([*words, "--config", config, "--db", database])
    out = io.StringIO()
    with redirect_stdout(out), pytest.raises(SystemExit):
        main(["report", "--format", "json", "--config", config, "--db", database])
    figures: dict[str, Any] = json.loads(out.getvalue())
    return figures


def account_of(told: dict[str, Any], handle: str) -> dict[str, Any]:
    """An account of the report."""
    (found,) = (
        account
        for group in told["groups"]
        for agency in group["agencies"]
        for account in agency["accounts"]
        if account["handle"] == handle
    )
    return dict(found)


@pytest.mark.parametrize(
    ("handle", "label"),
    [("skrankedep_eks", "both_ways"), ("bokbussdep_eks", "one_way"), ("hageoghumle_eks", "contradicted")],
)
def test_the_report_tells_whether_an_account_is_official(
    told: dict[str, Any], handle: str, label: str
) -> None:
    assert account_of(told, handle)["official"]["label"] == label


def test_the_report_tells_how_an_account_is_run_and_how_declared_pages_were_found(
    told: dict[str, Any],
) -> None:
    declared = account_of(told, "skrankedep_eks")["declared"]
    assert (declared["unit"], declared["languages"]) == ("Kommunikasjonsenheten", ["nb", "nn"])
    assert {page["what"]: (page["outcome"], page["changed_at"]) for page in declared["pages"]} == {
        "guidelines": ("read", "2010-11-01T09:00:00Z"),
        "moderation_rules": ("read", "2010-11-01T09:00:00Z"),
    }
    conduct = account_of(told, "skrankedep_eks")["conduct"]
    assert 0 < declared["outside_hours"] < conduct["questions"]
    assert account_of(told, "lysdep_eks")["declared"] is None


def test_an_agency_has_its_site(told: dict[str, Any]) -> None:
    sites = {agency["name"]: agency["website"] for group in told["groups"] for agency in group["agencies"]}
    assert sites["Lekedepartementet"] == "https://www.lekedep.example"
