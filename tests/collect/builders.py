"""What the tests of the collect stage are built from: accounts, a server that answers by path, networks on top of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx

from soma_audit.collect.facebook import api as fb
from soma_audit.collect.facebook import graph
from soma_audit.collect.facebook.people import FacebookPeople
from soma_audit.collect.pseudonyms import Pseudonyms
from soma_audit.collect.token_kind import Token
from soma_audit.collect.transport import Transport, client
from soma_audit.collect.twitter import api as x
from soma_audit.collect.twitter.people import TwitterPeople
from soma_audit.collect.walk import Walk
from soma_audit.model import Account, Agency, Since, Stream, TokenKind
from soma_audit.store import Added, Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from soma_audit.collect.network import Network
    from soma_audit.model import Page, Post

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
REVISIT = timedelta(days=14)
PEOPLE = Pseudonyms(b"k" * 64)
TOKEN = "secret-token-0123456789"
SECRET = "secret-of-the-app"
AGENCIES = (
    Agency(id="eks", name="Eksempeletaten", kind="ministry"),
    Agency(id="nabo", name="Nabodepartementet", kind="ministry"),
)
X_ACCOUNT = Account(agency="eks", network="twitter", handle="eksempeletat", native_id="1000000001")
X_NEIGHBOUR = Account(agency="nabo", network="twitter", handle="nabodep", native_id="1000000009")
PAGE = Account(agency="eks", network="facebook", handle="eksempel.etat", native_id="100")
FEED, VISITORS = "/v26.0/100/published_posts", "/v26.0/100/visitor_posts"
TWEETS, MENTIONS = "/2/users/1000000001/tweets", "/2/users/1000000001/mentions"

Answer = tuple[int, Any, dict[str, str]]


def answer(body: object, status: int = 200, **headers: str) -> Answer:
    """A text is sent as it is, all else as JSON."""
    return status, body, {k.replace("_", "-"): v for k, v in headers.items()}


@dataclass
class Api:
    """A server: each path has answers, given in turn, the last one again and again."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    requests: list[httpx.Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        """A New Page has no such edge."""
        refused = {"error": {"code": 200, "message": "(#200) New Pages experience not supported"}}
        self.answers.setdefault(VISITORS, [answer(refused, 400)])

    def on(self, path: str, *answers: object) -> None:
        self.answers[path] = [a if isinstance(a, tuple) else answer(a) for a in answers]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        left = self.answers[request.url.path]
        status, body, headers = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(body, Exception):
            raise body
        if isinstance(body, str):
            return httpx.Response(status, text=body, headers=headers)
        return httpx.Response(status, json=body, headers=headers)

    def asked(self, path: str) -> list[dict[str, str]]:
        """The parameters of each request for a path."""
        return [dict(r.url.params) for r in self.requests if r.url.path == path]


@dataclass
class Pause:
    """Waits no time, and keeps what it was asked for."""

    seconds: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def transport(
    check: Callable[..., None],
    scrub: Callable[[Any], Any] = lambda body: body,
    *,
    pause: Callable[[float], None] = lambda _: None,
    max_wait: timedelta = timedelta(0),
    record: Path | None = None,
    replay: Path | None = None,
) -> Transport:
    return Transport(
        client=client("https://api.example", TOKEN, 1, replay),
        check=check,
        scrub=scrub,
        clock=lambda: NOW,
        pause=pause,
        max_wait=max_wait,
        token=None if replay else TOKEN,
        record=record,
        jitter=lambda: 0.5,
    )


def twitter(
    accounts: tuple[Account, ...] = (X_ACCOUNT, X_NEIGHBOUR),
    *,
    dialect: str = "post",
    now: datetime = NOW,
    **how: Any,
) -> x.Twitter:
    people = TwitterPeople("twitter", accounts, PEOPLE)
    return x.Twitter(transport(x.check, people.scrub, **how), dialect, people, lambda: now)


def facebook(
    accounts: tuple[Account, ...] = (PAGE,),
    *,
    secret: str | None = SECRET,
    page_settings: bool = True,
    **how: Any,
) -> fb.Facebook:
    people = FacebookPeople("facebook", accounts, PEOPLE)
    session = graph.GraphSession(transport(graph.check, people.scrub, **how), TOKEN, secret)
    return fb.Facebook(
        session,
        "v26.0",
        people,
        lambda: NOW,
        page_settings=page_settings,
        revisit=REVISIT,
        find_token=lambda: Token(kind=TokenKind.PAGE, page=PAGE.native_id),
    )


@dataclass
class Seen:
    """What a stream gave."""

    pages: list[Page]
    posts: dict[str, Post]

    @property
    def bodies(self) -> str:
        return "\n".join(p.body.decode() for p in self.pages)

    @property
    def everything(self) -> str:
        """All that would be stored of it."""
        return "\n".join([self.bodies, *(p.url for p in self.pages), *map(repr, self.posts.values())])


def read(network: Network, account: Account, stream: Stream, since: Since | None = None) -> Seen:
    """Read a stream to its end."""
    pages = list(network.pages(account, stream, since or Since()))
    return Seen(pages, {p.native_id: p for page in pages for p in network.posts(page)})


def open_store(path: Path, *accounts: Account) -> Store:
    """Open a database whose register has these accounts; their native ids are known."""
    store = Store(path, create=True)
    if accounts:
        store.register.save_register(AGENCIES, accounts, NOW)
        for account in accounts:
            held = store.register.account(account.network, account.handle)
            if held and account.native_id:
                store.register.save_native_id(held, account.native_id)
    return store


def held(store: Store, account: Account) -> Account:
    """The account as the database has it."""
    found = store.register.account(account.network, account.handle)
    assert found is not None
    return found


def a_run(store: Store) -> int:
    row = store.execute(
        "insert into run (stage, version, config_hash, started_at) values ('collect', '0', 'x', 'y') returning id"
    ).fetchone()
    return int(row[0])


def walked(store: Store, network: Network, account: Account, stream: Stream = Stream.TIMELINE) -> Added:
    """Walk a stream in a run of its own."""
    return walk(store, a_run(store), network, held(store, account), stream, now=NOW, revisit=REVISIT)


WHAT_WAS_SEEN = {
    "posts": "select * from current_post order by account, native_id",
    "observations": "select native_id, text, client, counts, reply_setting, hidden from observation"
    " join post on post.id = observation.post order by account, native_id, text, counts",
    "bookmarks": "select account, stream, since from bookmark order by account, stream",
    "walks": "select account, stream, newest, resume from walk order by account, stream",
    "gaps": "select account, stream, reason, detail, since, until from gap where closed_by is null order by 1, 2, 3",
    # by which token it was seen may change from night to night, and is kept each time
    "about": "select distinct account, facts from about order by account, facts",
}


def rows(store: Store) -> dict[str, list[Any]]:
    """All that must be the same however a walk was interrupted: row numbers, runs and times of reading are left out."""
    found = {}
    for name, sql in WHAT_WAS_SEEN.items():
        cursor = store.execute(sql)
        left_out = {i for i, column in enumerate(cursor.description) if column[0] == "id"}
        found[name] = [tuple(v for i, v in enumerate(row) if i not in left_out) for row in cursor]
    return found


def stored_bytes(path: Path) -> bytes:
    """All bytes of a database, also of its log of changes."""
    return b"".join(f.read_bytes() for f in sorted(path.parent.glob(path.name + "*")))


def walk(
    store: Store,
    run: int,
    network: Network,
    account: Account,
    stream: Stream,
    *,
    now: datetime,
    revisit: timedelta,
) -> Added:
    """Walk a stream to its end, one page after the other.

    Raises:
        NotReadableError: it was cut off.
    """
    under_way = Walk(store, run, network, account, stream, now=now, revisit=revisit)
    while under_way.take(under_way.ask):
        pass
    return under_way.added
