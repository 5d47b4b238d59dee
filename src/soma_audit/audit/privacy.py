"""What is held of people: the record of processing; and of one person, found and erased under the pseudonym only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from soma_audit import __version__
from soma_audit.errors import InvalidInputError
from soma_audit.networks import NETWORKS, place_of
from soma_audit.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from soma_audit.audit.outcome import Outcome
    from soma_audit.audit.settings import Settings
    from soma_audit.collect.pseudonyms import Pseudonyms
    from soma_audit.config import Config
    from soma_audit.report.processing_record import Record
    from soma_audit.store import Store
    from soma_audit.store.posts.erasing import Held, HeldPost

FIND, ERASE = "privacy find", "privacy erase"
"""The stages, as the log of runs names them."""


def record_of(store: Store, settings: Settings, *, as_of: datetime | None = None) -> Record:
    """Return what the record of processing is filled with, as this installation is now."""
    from soma_audit.report.processing_record import Kept, Record

    config, inventory = settings.config, store.inventory
    terms, ages = config.privacy, inventory.ages()
    asked = inventory.asked_networks()
    return Record(
        made_at=settings.as_of(as_of),
        version=__version__,
        timezone=config.answer.timezone,
        database=str(settings.database),
        controller=terms.controller,
        contact=terms.contact,
        countries=terms.countries,
        networks=sorted(inventory.networks(), key=lambda row: place_of(row.network)),
        asked=[(network, address) for network, address in _addresses(config).items() if network in asked],
        others=inventory.others(),
        texts=Kept(days=terms.text_days, oldest=ages.text),
        pages=Kept(days=terms.page_days, oldest=ages.page),
        purged=ages.purged,
        key=_key(settings),
        report_folder=str(config.path(config.report.folder)),
        mailed=[*config.mail.to, *(one for several in config.mail.agencies.values() for one in several)],
        mailed_texts=config.mail.texts,
        site=config.site.url,
    )


def _addresses(config: Config) -> dict[str, str]:
    """Return where each network is asked."""
    if config.collect.replay:
        return dict.fromkeys(NETWORKS, f"saved pages in {config.path(config.collect.replay)}")
    return {
        "facebook": config.facebook.graph_url,
        "twitter": config.twitter.api_url,
        "bluesky": config.bluesky.api_url,
        "mastodon": "the servers of the bodies' accounts",
    }


def _key(settings: Settings) -> str:
    """Return where the key lies, and whether it is there and apart from the database."""
    file = settings.key_file()
    if not file.is_file():
        return f"{file}, which is not there."
    beside = file.absolute().parent == settings.database.absolute().parent
    return f"{file}{', in the same folder as the database: keep copies of the two apart' if beside else ''}."


def names_of(
    store: Store, pseudonyms: Pseudonyms, accounts: Sequence[tuple[str, str]]
) -> dict[str, list[str]]:
    """Return the pseudonyms of a person's accounts by network.

    Raises:
        InvalidInputError: one is an account of the register.
    """
    listed = {
        (account.network, name.lower())
        for account in store.register.accounts()
        for name in (*account.names, account.native_id or "")
    }
    names: dict[str, list[str]] = {}
    for network, name in accounts:
        if (network, name.lower()) in listed or store.register.account(network, name):
            raise InvalidInputError(
                f"{network}/{name} is an account of the register, and no visitor's. What a public body writes is not erased."
            )
        names.setdefault(network, []).append(pseudonyms.author(network, name))
    return names


def find_stage(
    store: Store, settings: Settings, outcome: Outcome, accounts: Sequence[tuple[str, str]]
) -> Held:
    """Return what is held of the person with these accounts, told in the outcome."""
    pseudonyms = settings.pseudonyms(store)
    names = [name for some in names_of(store, pseudonyms, accounts).values() for name in some]
    clock = settings.collecting_clock(replay=False)
    with store.run(FIND, config_hash=settings.config.hash(), clock=clock, key_hash=pseudonyms.hash) as run:
        held = store.erasure.held_of(names)
        run.note = f"{', '.join(names)}: {summary(held)}"
    outcome.sentences += [f"Here they are {', '.join(names)}.", *_lines(held)]
    outcome.data |= {"pseudonyms": names, **_as_json(held)}
    return held


def erase_stage(
    store: Store, settings: Settings, outcome: Outcome, accounts: Sequence[tuple[str, str]]
) -> None:
    """Erase what is held of the person with these accounts, and remember not to take it in again."""
    pseudonyms = settings.pseudonyms(store)
    by_network = names_of(store, pseudonyms, accounts)
    names = [name for some in by_network.values() for name in some]
    clock = settings.collecting_clock(replay=False)
    with store.run(ERASE, config_hash=settings.config.hash(), clock=clock, key_hash=pseudonyms.hash) as run:
        held = store.erasure.erase(by_network, clock())
        run.note = f"{', '.join(names)}: {summary(held)}"
    outcome.sentences += [
        f"Erased {', '.join(names)}: {summary(held)}.",
        f"What they write from now on is counted without its text. The log of runs has this as run {run.id}.",
    ]
    outcome.data |= {"pseudonyms": names, "run": run.id, **_as_json(held)}


def summary(held: Held) -> str:
    """Return in a few words how much is held."""
    posts, texts = counted(len(held.posts), "post"), counted(held.texts, "text")
    mentions, shares = counted(len(held.mentions), "mention"), counted(len(held.shares), "share")
    return f"{posts}, {texts}, {mentions}, {shares}, {counted(len(held.pages), 'stored page')}"


def _lines(held: Held) -> Iterator[str]:
    """Yield what is held as people read it."""
    if held.erased_at:
        yield f"Erased on {held.erased_at[:10]}; what came since is kept without its text."
    yield f"Held: {summary(held)}."
    for post in held.posts:
        yield f"  {_place(post)}  {'with its text' if post.has_text else 'without its text'}"
    for post in held.mentions:
        yield f"  {_place(post)}  another's text names them"
    for post in held.shares:
        yield f"  {_place(post)}  another passes on their words"


def _place(post: HeldPost) -> str:
    return f"{post.created_at[:10]}  {post.account}  {post.native_id}"


def _as_json(held: Held) -> dict[str, object]:
    return {
        "posts": [{**_told(post), "has_text": bool(post.has_text)} for post in held.posts],
        "mentions": [_told(post) for post in held.mentions],
        "shares": [_told(post) for post in held.shares],
        "pages": len(held.pages),
        "erased_at": held.erased_at,
    }


def _told(post: HeldPost) -> dict[str, object]:
    return {"account": post.account, "id": post.native_id, "created_at": post.created_at}
