"""What is so of each network, as data: a later one is a line more."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Mapping

YEARS = range(2000, 2200)
"""Within these years a time that somebody gives can be meant, and can be reckoned with."""
AHEAD = timedelta(days=1)
"""So far may a network's clock, or a time zone that was named, be ahead of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """What is so of one network: all that code outside its collector may ask."""

    title: str
    """As it is called where the years before its last renaming count too."""
    title_today: str
    handle: re.Pattern[str]
    """What a handle looks like."""
    example: str
    """A made-up handle, to show how one is written."""
    mention: str
    """What a handle looks like behind the @ of a mention in a text, as a regular expression."""
    pasted: re.Pattern[str]
    """What an account's address in a browser looks like: its `name`, the `server` asked, and its own `home` if that is another."""
    address: str
    """Where an account is read; `{}` is its handle, or `{name}` and `{server}` the parts of one."""
    began: datetime
    """Nothing there is older."""
    threads_fall: bool
    """All that hangs on a post goes with it when it is deleted."""
    exact_replies: bool
    """A reply's link names the very post that is replied to, and not just the topmost."""
    own_replies_continue: bool
    """Who writes under a post of one's own continues it; elsewhere one answers visitors there."""
    threads_named: bool
    """A reply names the post that begins its thread, and not only the one above it."""
    replies_on_timeline: bool
    """An account's own timeline holds its replies as well."""
    visitors_wall: bool
    """Visitors may begin posts on an account's page; elsewhere they can only mention it."""
    reply_settings: bool
    """Each post tells who may reply."""
    links_attached: bool
    """A link may be attached to a post without standing in its text."""
    handle_sign: str
    """What people write before a handle."""
    needs_token: bool
    """It shows nothing without a token."""
    many_servers: bool
    """A handle ends with `@` and the server that is asked; each server has its own rate limit, and can be down alone."""
    hidden_as_missing: bool
    """Of an account that a token may not see, it says the same as of one that does not exist."""
    account_in_post_ids: bool
    """A post's id begins with its account's, which may have two: the same post comes under both."""
    threads_asked_again: bool
    """Conversations still waiting for an answer are asked for one by one; elsewhere all of a span's comments are."""
    addresses_name_authors: bool
    """A post's address names its author: a visitor's is not kept, and the agency's post above it gives its address instead."""
    shown_a_year: int | None
    """So many posts of a year does it show: beyond them, what is missing may only not be shown. None: it shows them all."""
    asked_by_id: str
    """What the ids of posts that may be asked for look like, as a GLOB of SQL; files have others."""
    number_in_name: re.Pattern[str] | None = None
    """In names that are no handles stands the number by which the network knows the account."""
    counts_direct_replies: bool
    """A post's reply count leaves out replies to replies; elsewhere it counts the whole thread."""

    def url(self, handle: str) -> str:
        """Return where an account is read."""
        name, _, server = handle.partition("@")
        return self.address.format(handle, name=name, server=server)

    def handle_in(self, written: str) -> str:
        """Return the handle in what people write for an account: with a sign before it, or an address from a browser."""
        written = written.strip()
        handle = written.removeprefix("acct:").removeprefix("@")
        if found := self.pasted.fullmatch(written):
            parts = found.groupdict()
            server = parts.get("home") or parts.get("server")
            handle = f"{parts['name']}@{server}" if server else parts["name"]
        handle = unquote(handle)
        if self.number_in_name and (found := self.number_in_name.fullmatch(handle)):
            handle = found[1]
        lower = handle.lower()  # domains heed no capitals
        return lower if not self.handle.fullmatch(handle) and self.handle.fullmatch(lower) else handle


_NAME, _DOMAIN = r"\w[\w.-]*(?<=\w)", r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]"
_REST = r"(?:[/?#].*)?"
"""What may stand in an address behind an account's name."""


def _address(hosts: str, name: str) -> re.Pattern[str]:
    return re.compile(rf"(?:https?://)?(?:[\w-]+\.)?(?:{hosts})/{name}{_REST}", re.IGNORECASE)


NETWORKS: Mapping[str, Network] = {
    "facebook": Network(
        title="Facebook",
        title_today="Facebook",
        handle=re.compile(r"[A-Za-z0-9.\-]{1,100}"),
        example="eksempeletat",
        mention=r"\w+(?:\.\w+)*",
        pasted=_address(
            r"facebook\.com",
            r"(?:profile\.php\?id=)?(?P<name>(?!profile\.php|groups/|share/)[^/?#\s]+)",
        ),
        number_in_name=re.compile(r".*-(\d{9,})"),
        address="https://www.facebook.com/{}",
        began=datetime(2004, 2, 4, tzinfo=UTC),
        threads_fall=True,
        exact_replies=False,
        own_replies_continue=False,
        threads_named=True,
        replies_on_timeline=False,
        visitors_wall=True,
        reply_settings=False,
        links_attached=True,
        handle_sign="",
        needs_token=True,
        many_servers=False,
        hidden_as_missing=True,
        account_in_post_ids=True,
        threads_asked_again=False,
        addresses_name_authors=False,
        shown_a_year=600,
        asked_by_id="[0-9]*",
        counts_direct_replies=False,
    ),
    "twitter": Network(
        title="Twitter",
        title_today="X",
        handle=re.compile(r"[A-Za-z0-9_]{1,15}"),
        example="eksempeletat",
        mention=r"\w+",
        pasted=_address(
            r"twitter\.com|x\.com", r"@?(?P<name>(?!(?:i|intent|share|search|hashtag|home)\b)[A-Za-z0-9_]+)"
        ),
        address="https://x.com/{}",
        began=datetime(2006, 3, 21, tzinfo=UTC),
        threads_fall=False,
        exact_replies=True,
        own_replies_continue=True,
        threads_named=True,
        replies_on_timeline=True,
        visitors_wall=False,
        reply_settings=True,
        links_attached=False,
        handle_sign="@",
        needs_token=True,
        many_servers=False,
        hidden_as_missing=False,
        account_in_post_ids=False,
        threads_asked_again=True,
        addresses_name_authors=False,
        shown_a_year=None,
        asked_by_id="[0-9]*",
        counts_direct_replies=False,
    ),
    "bluesky": Network(
        title="Bluesky",
        title_today="Bluesky",
        handle=re.compile(_DOMAIN),
        example="etat.example",
        mention=r"\w+(?:[.-]+\w+)*",
        pasted=_address(r"bsky\.app/profile", rf"@?(?P<name>{_DOMAIN})"),
        address="https://bsky.app/profile/{}",
        began=datetime(2006, 3, 21, tzinfo=UTC),  # posts that were brought along keep their times
        threads_fall=False,
        exact_replies=True,
        own_replies_continue=True,
        threads_named=True,
        replies_on_timeline=True,
        visitors_wall=False,
        reply_settings=True,
        links_attached=False,
        handle_sign="@",
        needs_token=False,
        many_servers=False,
        hidden_as_missing=False,
        account_in_post_ids=False,
        threads_asked_again=False,
        addresses_name_authors=True,
        shown_a_year=None,
        asked_by_id="at://did:*/app.bsky.feed.post/*",
        counts_direct_replies=True,
    ),
    "mastodon": Network(
        title="Mastodon",
        title_today="Mastodon",
        handle=re.compile(rf"{_NAME}@{_DOMAIN}"),
        example="etat@social.example",
        mention=rf"{_NAME}(?:@{_DOMAIN})?",
        pasted=re.compile(
            rf"(?:https?://)?(?P<server>{_DOMAIN})/(?:web/)?(?:@|users/)(?P<name>{_NAME})(?:@(?P<home>{_DOMAIN}))?{_REST}",
            re.IGNORECASE,
        ),
        address="https://{server}/@{name}",
        began=datetime(2006, 3, 21, tzinfo=UTC),
        threads_fall=False,
        exact_replies=True,
        own_replies_continue=True,
        threads_named=False,
        replies_on_timeline=True,
        visitors_wall=False,
        reply_settings=True,
        links_attached=False,
        handle_sign="@",
        needs_token=False,
        many_servers=True,
        hidden_as_missing=False,
        account_in_post_ids=False,
        threads_asked_again=False,
        addresses_name_authors=True,
        shown_a_year=None,
        asked_by_id="[0-9A-Za-z]*",
        counts_direct_replies=True,
    ),
}
"""The networks that are known, in the order in which reports have them. A network's ids, its posts' addresses and its words are
its collector's business."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A network where nothing is collected: that an agency is there is all that the register tells."""

    title: str
    address: str
    """Where a channel is seen; `{}` is its handle."""
    pasted: re.Pattern[str]
    """What a channel's address in a browser looks like, with its `name`."""

    def handle_in(self, written: str) -> str:
        """Return the handle in what people write for a channel: with a sign before it, or an address from a browser."""
        written = written.strip()
        found = self.pasted.fullmatch(written)
        return unquote(found["name"]) if found else written.removeprefix("@")

    def url(self, handle: str) -> str:
        """Return where a channel is seen."""
        return self.address.format(handle)


def _elsewhere(title: str, address: str, name: str = r"@?(?P<name>[^/?#\s]+)") -> Elsewhere:
    host = re.escape(re.sub(r"https://(?:www\.)?|/.*", "", address))
    return Elsewhere(title=title, address=address, pasted=_address(host, name))


ELSEWHERE: Mapping[str, Elsewhere] = {
    "instagram": _elsewhere("Instagram", "https://www.instagram.com/{}/"),
    "linkedin": _elsewhere(
        "LinkedIn",
        "https://www.linkedin.com/company/{}/",
        r"(?:company|school|showcase)/(?P<name>[^/?#\s]+)",
    ),
    "youtube": _elsewhere(
        "YouTube",
        "https://www.youtube.com/{}",
        r"(?P<name>@[^/?#\s]+|channel/[^/?#\s]+|(?:c|user)/[^/?#\s]+)",
    ),
    "threads": _elsewhere("Threads", "https://www.threads.net/@{}"),
    "tiktok": _elsewhere("TikTok", "https://www.tiktok.com/@{}"),
    "flickr": _elsewhere(
        "Flickr", "https://www.flickr.com/photos/{}/", r"(?:photos|people)/(?P<name>[^/?#\s]+)"
    ),
    "vimeo": _elsewhere("Vimeo", "https://vimeo.com/{}"),
}
"""The networks where a register may name a channel though nothing is collected there."""
PAGES = "facebook"
"""Where Difi looked for walls that visitors may post on."""
COUNTED_2010 = (PAGES, "twitter")
"""The networks of Difi's mapping."""


def place_of(network: str) -> int:
    """Return a network's place in that order."""
    return [*NETWORKS].index(network)


def account_in(written: str) -> tuple[str, str] | None:
    """Return the network and handle in `network/handle`, `network:handle` or an address from a browser; None: there is none."""
    for sign in "/:":
        network, _, handle = written.partition(sign)
        if network in NETWORKS and not handle.startswith("//"):
            handle = NETWORKS[network].handle_in(handle)
            return (network, handle) if NETWORKS[network].handle.fullmatch(handle) else None
    for network, known in NETWORKS.items():
        handle = known.handle_in(written)
        if known.pasted.fullmatch(written) and known.handle.fullmatch(handle):
            return network, handle
    return None


def account_example(written: str) -> str:
    """Return how to write an account: on the network that somebody's attempt names, else on any."""
    network = re.split("[/:]", written, maxsplit=1)[0]
    if network in NETWORKS:
        return f"{network}/{NETWORKS[network].example}"
    return "twitter/eksempeletat, bluesky/etat.example, mastodon/etat@social.example, or its address in a browser"


def asked_at(network: str, handle: str) -> str:
    """Return who is asked about an account: its network, or the server in its handle, which has a rate limit of its own."""
    server = handle.rpartition("@")[2].lower() if NETWORKS[network].many_servers else ""
    return f"{network}/{server}" if server else network


def impossible_time(network: str, moment: datetime, now: datetime) -> str | None:
    """Return what is wrong with a time at which something is said to have been written on a network; None if it can be."""
    known = NETWORKS[network]
    if moment < known.began:
        return f"its time lies before {known.began:%Y-%m-%d}, and nothing on {known.title} is older"
    if moment > now + AHEAD:
        return "its time lies in the future"
    return None
