"""The account that another one names in its place: by its address, or by a mention behind a word that points."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from soma_audit.classify.life.words import NAMED, NETWORK, network_named, sentences
from soma_audit.networks import ELSEWHERE, NETWORKS, account_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from soma_audit.model import Account

_PSEUDONYM = r"v-[0-9a-f]{4,32}\b"
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>()]*[^\s<>().,;:!?»”\"']|\bbsky\.app/profile/[\w.-]*\w", re.IGNORECASE
)
_MENTION = re.compile(rf"(?<![\w@/])@({_PSEUDONYM}|\w[\w-]*(?:\.[\w-]*\w)*(?:@[\w.-]*\w)?)")
_ADDRESSED = re.compile(rf"^(?:{_MENTION.pattern}[\s,:]*)+")
_POINTS = re.compile(
    r"\b(?:føl|följ|follow|flytt|mov|fin[nd]|hitta|her?e?l?ler|hellre|instead|i ?ste|i ?stä|over|på|til|to|at|on|hos|new|nye?"
    r"|nytt|konto|account|via)\w*|→|👉|:",
    re.IGNORECASE,
)
_NAMED_BEHIND = re.compile(rf"\s+\(?(?:på|on)\s+({NETWORK})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Successor:
    """An account that is to be read in place of another one."""

    name: str | None
    """`network/handle`; None: the register does not have it, so its name is not kept."""


def with_addresses_marked(text: str) -> str:
    """Return a text with an @ in place of each address of an account, and without all other addresses."""
    return _ADDRESS.sub(lambda found: "@" if of_address(found[0]) else " ", text)


def successor_in(text: str, account: Account) -> Successor | None:
    """Return the first other account that a text names by its address, else the first that it points at by a mention."""
    own = {f"{account.network}/{name.lower()}" for name in account.names}
    addresses = (of_address(found[0]) for found in _ADDRESS.finditer(text))
    for found in (*addresses, *_mentioned(text, account)):
        if found is not None and (found.name or "").lower() not in own:
            return found
    return None


def declared(written: str | None, account: Account) -> str | None:
    """Return the account, as `network/handle`, in what the register says that people are to turn to; None: no account."""
    if not written:
        return None
    found = account_in(written.strip())
    if found is not None:
        return (
            None if found[0] == account.network and found[1].lower() in _lower(account) else "/".join(found)
        )
    named = successor_in(written, account)
    return named.name if named else None


def of_address(written: str) -> Successor | None:
    """Return the account of an address; None: it is none of an account."""
    for network, known in ELSEWHERE.items():  # first: Mastodon's addresses look like those of others
        if known.pasted.fullmatch(written):
            return Successor(f"{network}/{known.handle_in(written)}")
    if found := account_in(written):
        return Successor("/".join(found))
    return Successor(None) if re.search(rf"/@?{_PSEUDONYM}", written) else None


def _mentioned(text: str, account: Account) -> Iterator[Successor]:
    for sentence in sentences(_ADDRESS.sub(" ", _ADDRESSED.sub("", text))):
        for found in _MENTION.finditer(sentence):
            before, behind = sentence[: found.start()], sentence[found.end() :]
            if not _POINTS.search(before):
                continue
            if re.fullmatch(_PSEUDONYM, found[1]):
                yield Successor(None)
            elif place := _placed(found[1], before, behind, account):
                yield Successor(place)


def _placed(handle: str, before: str, behind: str, account: Account) -> str | None:
    """Return the account of a mention on the network that is named beside it, else on the one its form tells, else here."""
    beside = _NAMED_BEHIND.match(behind)
    named = [beside[1]] if beside else []
    named += [found[0] for found in reversed([*NAMED.finditer(before)])]
    for network in (*map(network_named, named), _told_by_form(handle), account.network):
        if network in ELSEWHERE:
            return f"{network}/{handle}"
        whole = _whole(handle, network, account)
        if network in NETWORKS and NETWORKS[network].handle.fullmatch(whole):
            return f"{network}/{whole}"
    return None


def _told_by_form(handle: str) -> str:
    return "mastodon" if "@" in handle else "bluesky" if "." in handle else ""


def _whole(handle: str, network: str, account: Account) -> str:
    """Return a handle with the account's own server, where it is left out among neighbours."""
    server = account.handle.rpartition("@")[2]
    on_same = network == account.network and NETWORKS[network].many_servers
    return f"{handle}@{server}" if on_same and "@" not in handle else handle


def _lower(account: Account) -> set[str]:
    return {name.lower() for name in account.names}
