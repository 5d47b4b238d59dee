"""`official`: is the account the agency's own? Its profile and the agency's site are asked to name each other.

A badge proves nothing. What proves an account is that the body's own site links to it, and what shows whose it means to be
is that its profile links to that site. A handle that is a name under the site's own domain shows both at once: nobody else
can make it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from soma_audit.classify.rule import Rule, findings, rule, wall_of
from soma_audit.model import About, Verdict
from soma_audit.website import Site, SiteLink, SitePage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from soma_audit.model import Account, Wall

    Evidence = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Case:
    """An account, its agency's site and its own profile."""

    account: Account
    site: Site
    profile: About | None
    """What its network said of it last; None: nothing so far."""
    own: frozenset[str]
    """Lower-case handles of all of the agency's accounts on the network."""

    @property
    def host(self) -> str:
        """The host of the agency's site."""
        return host_of(self.site.website)

    @property
    def looked(self) -> tuple[SitePage, ...]:
        """The pages of the site on which it may name its accounts."""
        return tuple(page for page in self.site.pages if page.what in {"front", "contact"})

    def links(self, key: str) -> list[str]:
        """Return the links of one kind in its profile that lead to the site."""
        told = self.profile.facts.get(key) if self.profile else None
        return [str(link) for link in told if is_under(host_of(str(link)), self.host)] if isinstance(told, list | tuple) else []  # fmt: skip

    def on_network(self) -> list[SiteLink]:
        """Return the site's links to accounts on the account's network."""
        return [link for link in self.site.links if link.network == self.account.network]


def host_of(address: str) -> str:
    """Return an address's host, without the `www.` that says nothing."""
    try:
        return (urlsplit(address).hostname or "").lower().removeprefix("www.")
    except ValueError:
        return ""


def is_under(host: str, site: str) -> bool:
    """Return whether a host is a site's own, or below it; what is above it may be everybody's, such as kommune.no."""
    return bool(site) and (host == site or host.endswith(f".{site}"))


# --- examples -------------------------------------------------------------------------------------------------------

_SEEN = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)
_FRONT = SitePage(what="front", url="https://etat.example/", looked_at=_SEEN, outcome="read", read_at=_SEEN)


def _example(
    *linked: str,
    profile: Mapping[str, object] | None = None,
    outcome: str = "read",
    network: str = "twitter",
    handle: str = "eksempeletat",
    rel_me: bool = False,
) -> Wall:
    """Write an example of an account whose agency's front page links to these accounts on its network."""
    links = tuple(
        SiteLink(url=_FRONT.url, network=network, handle=h, rel_me=rel_me, seen_at=_SEEN) for h in linked
    )
    site = Site(website=_FRONT.url, pages=(replace(_FRONT, outcome=outcome, detail="why"),), links=links)
    about = (About(seen_at=_SEEN, source="profile", facts=profile),) if profile is not None else ()
    wall = wall_of((), about=about, site=site)
    return replace(wall, account=replace(wall.account, network=network, handle=handle))


_OURS, _THEIRS = ["https://www.etat.example/kontakt"], ["https://annen.example/"]


# --- rules ----------------------------------------------------------------------------------------------------------


@rule(
    "OFF001",
    weight=1.0,
    message="The agency's site links to it: {page} (seen {seen:.10}).",
    hits=[_example("eksempeletat"), _example("EksempelEtat", rel_me=True)],
    misses=[_example("en_annen"), _example()],
)
def site_links_to_account(case: Case) -> Evidence | None:
    """Sees a link to the account on the front page or the contact page of the agency's own site: the strongest evidence."""
    names = {name.lower() for name in case.account.names}
    ours = [link for link in case.on_network() if link.handle.lower() in names]
    if not ours:
        return None
    best = max(ours, key=lambda link: (link.rel_me, link.seen_at))
    return {"page": best.url, "rel_me": best.rel_me, "seen": best.seen_at.isoformat()}


@rule(
    "OFF002",
    weight=1.0,
    message="Its profile links to the agency's site: {link} (seen {seen:.10}).",
    hits=[_example(profile={"links": _OURS})],
    misses=[_example(profile={"links": _THEIRS}), _example(profile={}), _example()],
)
def profile_links_to_site(case: Case) -> Evidence | None:
    """Sees a link to the agency's site in the account's own profile. Anybody can write one: alone it proves little."""
    return _linked(case, "links")


@rule(
    "OFF003",
    weight=1.0,
    message="Its name {handle} lies under the domain of the agency's site, {site}.",
    hits=[
        _example(network="bluesky", handle="etat.example"),
        _example(network="bluesky", handle="presse.etat.example"),
        _example(network="mastodon", handle="etat@social.etat.example"),
    ],
    misses=[
        _example(network="bluesky", handle="etat.bsky.example"),
        _example(network="bluesky", handle="min-etat.example"),
        _example(handle="eksempeletat"),
    ],
)
def name_under_site_domain(case: Case) -> Evidence | None:
    """Sees a handle, or a server in one, under the domain of the agency's site: only who runs the domain can make it."""
    domain = case.account.handle.rpartition("@")[2].lower()
    return {"handle": case.account.handle, "site": case.host} if is_under(domain, case.host) else None


@rule(
    "OFF004",
    weight=1.0,
    message="Its network has verified that the agency's site links back: {link} (seen {seen:.10}).",
    hits=[_example(network="mastodon", handle="etat@social.example", profile={"verified_links": _OURS})],
    misses=[
        _example(network="mastodon", handle="etat@social.example", profile={"verified_links": _THEIRS}),
        _example(profile={"links": _OURS}),
    ],
)
def verified_link_to_site(case: Case) -> Evidence | None:
    """Sees a link that the network has verified: Mastodon asks whether the site links back with `rel="me"`."""
    return _linked(case, "verified_links")


@rule(
    "OFF005",
    weight=1.0,
    message="The agency's site links to another account on this network: {other} on {page} (seen {seen:.10}).",
    hits=[_example("en_annen")],
    misses=[
        _example("eksempeletat", "en_annen"),
        _example("en", "to"),
        replace(_example("en_annen"), handles=frozenset({"eksempeletat", "en_annen"})),
        _example(),
    ],
)
def site_links_to_another(case: Case) -> Evidence | None:
    """Sees that the agency's site names one account on the network, which the register does not have. Many are a list."""
    others = {link.handle.lower(): link for link in case.on_network()}
    if len(others) != 1 or case.own & others.keys():
        return None
    (link,) = others.values()
    return {"other": f"{link.network}/{link.handle}", "page": link.url, "seen": link.seen_at.isoformat()}


@rule(
    "OFF006",
    weight=0.0,
    message="{page} could not be looked at: {why}.",
    hits=[_example(outcome="unreachable")],
    misses=[_example(outcome="read")],
)
def site_not_seen(case: Case) -> Evidence | None:
    """Sees that the front page of the agency's site could not be read: whether it links to the account is not known."""
    for page in case.looked:
        if page.outcome != "read":
            return {"page": page.url, "why": page.detail, "seen": page.looked_at.isoformat()}
    return None


@rule(
    "OFF007",
    weight=0.0,
    message="Its profile has not been seen.",
    hits=[_example()],
    misses=[_example(profile={"links": _OURS}), _example(profile={})],
)
def profile_not_seen(case: Case) -> Evidence | None:
    """Sees that the network has not shown the account's profile: whether it links to the site is not known."""
    return {} if case.profile is None else None


def _linked(case: Case, key: str) -> Evidence | None:
    links = case.links(key)
    if not links or case.profile is None:
        return None
    return {"link": links[0], "seen": case.profile.seen_at.isoformat()}


RULES: tuple[Rule[Any], ...] = (
    site_links_to_account,
    profile_links_to_site,
    name_under_site_domain,
    verified_link_to_site,
    site_links_to_another,
    site_not_seen,
    profile_not_seen,
)
BY_SITE = {"OFF001", "OFF003", "OFF004"}
"""Signs that the site, or whoever runs its domain, names the account."""
BY_PROFILE = {"OFF002", "OFF003", "OFF004"}
"""Signs that the account names the site."""


class OfficialClassifier:
    """Judges whether an account is its agency's own, as far as its site has been looked at."""

    name = "official"
    version = "1"
    rules: Sequence[Rule[Any]] = RULES

    def judge(self, wall: Wall) -> Iterator[Verdict]:
        """Judge the account; nothing where the register names no site, or nobody has looked at it yet."""
        if wall.site is None:
            return
        profiles = [said for said in wall.about if said.source == "profile"]
        own = wall.handles | {name.lower() for name in wall.account.names}
        case = Case(wall.account, wall.site, profiles[-1] if profiles else None, own)
        found = findings(RULES, case)
        signs = {finding.rule for finding in found}
        if case.looked or signs & BY_SITE:
            told = {"by_site": bool(signs & BY_SITE), "by_profile": bool(signs & BY_PROFILE)}
            yield Verdict(None, _label(case, signs), told, found)


def _label(case: Case, signs: set[str]) -> str:
    by_site, by_profile = bool(signs & BY_SITE), bool(signs & BY_PROFILE)
    if by_site and by_profile:
        return "both_ways"
    if not by_site and "OFF005" in signs:
        return "contradicted"
    if by_site or by_profile:
        return "one_way"
    front_read = any(page.what == "front" and page.outcome == "read" for page in case.looked)
    return "unconfirmed" if front_read and case.profile is not None else "unknown"


OFFICIAL = OfficialClassifier()
