"""What cannot be seen becomes a gap, as wide as the refusal and no wider, and the rest goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from collect.builders import NOW, PAGE, PEOPLE, REVISIT, X_ACCOUNT, X_NEIGHBOUR, open_store, rows
from soma_audit.collect import NETWORKS, Wiring, collect
from soma_audit.config import Config
from soma_audit.errors import (
    Exit,
    InvalidInputError,
    NotReadableError,
    RetryLaterError,
    SkipAccountError,
    SkipNetworkError,
    SkipStreamError,
)
from soma_audit.model import Account, Page, Post, Since, Stream
from soma_audit.networks import NETWORKS as TRAITS

if TYPE_CHECKING:
    from pathlib import Path

    from soma_audit.collect.visits import CollectResult
    from soma_audit.store import Run, Store


@dataclass
class Script:
    """A network of one post a stream, where some streams fail."""

    name: str
    fails: dict[tuple[str, Stream], Exception] = field(default_factory=dict)
    asked: list[tuple[str, Stream]] = field(default_factory=list)
    streams: tuple[Stream, ...] = (Stream.PROFILE, Stream.TIMELINE, Stream.MENTIONS)

    def pages(self, account: Account, stream: Stream, since: Since) -> Iterator[Page]:
        self.asked.append((account.handle, stream))
        if error := self.fails.get((account.handle, stream)):
            raise error
        body = json.dumps([account.handle, stream]).encode()
        yield Page(
            account=account, stream=stream, url="fake:", fetched_at=NOW, body=body, resume=None, newest="1"
        )

    def posts(self, page: Page) -> Iterator[Post]:
        if page.stream is not Stream.PROFILE:
            yield Post(native_id=page.stream, created_at=NOW, text="hei", by_agency=True, thread=page.stream)

    def about(self, page: Page) -> Mapping[str, object] | None:
        return {"native_id": f"id-of-{page.account.handle}"} if page.stream is Stream.PROFILE else None


@dataclass
class Night:
    """One collection after another from the same register."""

    store: Store
    run: Run | None = None

    def collect(self, fails: Mapping[tuple[str, Stream], Exception] | None = None) -> CollectResult:
        self.networks = {n: Script(n, dict(fails or {})) for n in ("facebook", "twitter")}
        with self.store.run("collect", config_hash="x", clock=lambda: NOW) as run:
            self.run = run
            return collect(
                self.store,
                run,
                self.store.register.accounts(),
                self.networks,
                now=NOW,
                revisit=REVISIT,
                side_by_side=1,
            )

    def gaps(self) -> list[tuple[Any, ...]]:
        sql = "select handle, stream, reason from open_gap order by network, handle, stream"
        return self.store.execute(sql).fetchall()

    def posts(self) -> list[tuple[Any, ...]]:
        return self.store.execute(
            "select handle, native_id from current_post order by network, 1, 2"
        ).fetchall()


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    with open_store(tmp_path / "a.db", X_ACCOUNT, X_NEIGHBOUR, PAGE) as store:
        yield Night(store)


X, NEIGHBOUR, ON_FACEBOOK = X_ACCOUNT.handle, X_NEIGHBOUR.handle, PAGE.handle
ALL = [(a, s) for a in (ON_FACEBOOK, X, NEIGHBOUR) for s in ("mentions", "timeline")]


def test_when_all_is_well_everything_is_there_and_nothing_is_missing(night: Night) -> None:
    result = night.collect()
    assert night.posts() == ALL
    assert (night.gaps(), result.not_seen, result.accounts, result.added.new) == ([], [], 3, 6)


def test_the_profile_tells_the_id_that_the_other_streams_need(night: Night) -> None:
    night.collect()
    assert {a.native_id for a in night.store.register.accounts()} == {
        f"id-of-{h}" for h in (X, NEIGHBOUR, ON_FACEBOOK)
    }


@pytest.mark.parametrize(
    ("where", "error", "gaps", "missing"),
    [
        (
            Stream.TIMELINE,
            SkipStreamError("permission", "no"),
            [(X, "timeline", "permission")],
            [(X, "timeline")],
        ),
        (
            Stream.PROFILE,
            SkipStreamError("unreachable", "no"),
            [(X, "profile", "unreachable")],
            [(X, "mentions"), (X, "timeline")],
        ),
        (
            Stream.PROFILE,
            SkipAccountError("suspended", "no"),
            [(X, None, "suspended")],
            [(X, "mentions"), (X, "timeline")],
        ),
        (Stream.MENTIONS, SkipAccountError("protected", "no"), [(X, None, "protected")], [(X, "mentions")]),
        (
            Stream.TIMELINE,
            SkipNetworkError("quota", "no"),
            [(X, None, "quota"), (NEIGHBOUR, None, "quota")],
            [(X, "mentions"), (X, "timeline"), (NEIGHBOUR, "mentions"), (NEIGHBOUR, "timeline")],
        ),
        (Stream.MENTIONS, KeyError("odd"), [(X, "mentions", "damaged")], [(X, "mentions")]),
    ],
    ids=["stream", "profile", "account", "account late", "network", "odd answer"],
)
def test_each_refusal_leaves_its_own_gap_and_the_rest_goes_on(
    where: Stream, error: Exception, gaps: list[Any], missing: list[Any], night: Night
) -> None:
    night.collect({(X, where): error})
    assert night.gaps() == gaps
    assert night.posts() == [p for p in ALL if p not in missing]


def test_a_network_that_is_closed_is_not_asked_again(night: Night) -> None:
    night.collect({(X, Stream.PROFILE): SkipNetworkError("refused", "no")})
    assert night.networks["twitter"].asked == [(X, Stream.PROFILE)]


def test_the_other_network_goes_on(night: Night) -> None:
    night.collect({(ON_FACEBOOK, Stream.PROFILE): SkipNetworkError("refused", "no")})
    assert night.posts() == [p for p in ALL if p[0] != ON_FACEBOOK]


def test_a_limit_says_when_to_come_back(night: Night) -> None:
    at = NOW + timedelta(minutes=15)
    result = night.collect({(X, Stream.TIMELINE): RetryLaterError("later", at)})
    assert result.come_back == at
    assert night.gaps() == [(X, None, "rate_limit"), (NEIGHBOUR, None, "rate_limit")]


def test_what_could_not_be_seen_is_said_with_its_account_and_stream(night: Night) -> None:
    result = night.collect({(X, Stream.TIMELINE): SkipStreamError("permission", "X said no")})
    assert result.not_seen == [f"twitter/{X} timeline: X said no"]


def test_a_run_that_could_not_see_everything_is_partial(night: Night) -> None:
    night.collect({(X, Stream.TIMELINE): SkipStreamError("permission", "no")})
    assert night.run is not None
    assert night.run.outcome is Exit.PARTIAL


def test_what_the_network_does_not_offer_is_a_gap_but_not_a_failure(night: Night) -> None:
    result = night.collect({(X, Stream.MENTIONS): SkipStreamError("not_supported", "no")})
    assert night.gaps() == [(X, "mentions", "not_supported")]
    assert result.not_seen == []
    assert night.run is not None
    assert night.run.outcome is Exit.DONE


REFUSALS: list[tuple[Stream, NotReadableError]] = [
    (Stream.TIMELINE, SkipStreamError("unreachable", "no")),
    (Stream.PROFILE, SkipStreamError("unreachable", "no")),
    (Stream.PROFILE, SkipAccountError("protected", "no")),
    (Stream.TIMELINE, SkipNetworkError("quota", "no")),
    (Stream.PROFILE, RetryLaterError("later", None)),
]


@pytest.mark.parametrize(("where", "error"), REFUSALS)
def test_a_gap_is_closed_when_all_is_read_after_all(
    where: Stream, error: NotReadableError, night: Night
) -> None:
    night.collect({(X, where): error})
    night.collect()
    assert (night.gaps(), night.posts()) == ([], ALL)


def test_a_gap_of_one_stream_is_not_closed_by_another(night: Night) -> None:
    night.collect({(X, Stream.TIMELINE): SkipStreamError("unreachable", "no")})
    night.collect({(X, Stream.TIMELINE): SkipStreamError("unreachable", "no")})
    assert night.gaps() == [(X, "timeline", "unreachable")]


@pytest.mark.parametrize(("where", "error"), REFUSALS)
def test_the_same_refusal_the_next_night_is_not_news(
    where: Stream, error: NotReadableError, night: Night
) -> None:
    night.collect({(X, where): error})
    before = rows(night.store)
    night.collect({(X, where): error})
    assert rows(night.store) == before


def test_a_second_night_with_nothing_new_adds_nothing(night: Night) -> None:
    night.collect()
    changed = "select handle, changed from account order by id"
    before = rows(night.store), night.store.execute(changed).fetchall()
    result = night.collect()
    assert (rows(night.store), night.store.execute(changed).fetchall()) == before
    assert (result.added.new, result.added.changed) == (0, 0)


def test_each_account_is_named_as_it_is_begun(night: Night) -> None:
    said: list[str] = []
    networks = {n: Script(n) for n in ("facebook", "twitter")}
    with night.store.run("collect", config_hash="x", clock=lambda: NOW) as run:
        collect(
            night.store,
            run,
            night.store.register.accounts(),
            networks,
            now=NOW,
            revisit=REVISIT,
            say=said.append,
        )
    assert list(dict.fromkeys(said)) == [f"facebook/{ON_FACEBOOK}", f"twitter/{X}", f"twitter/{NEIGHBOUR}"]


# --- the networks themselves ---


Make = Callable[..., Any]


@pytest.mark.parametrize(("name", "make"), NETWORKS.items())
def test_every_network_has_its_register_name_and_reads_the_profile_first(
    name: str, make: Make, tmp_path: Path
) -> None:
    (tmp_path / name).mkdir()
    network = make(Config(), [], PEOPLE, Wiring(clock=lambda: NOW, max_wait=timedelta(0), replay=tmp_path))
    assert (network.name, network.streams[0]) == (name, Stream.PROFILE)


WITH_TOKENS = [pytest.param(NETWORKS[n], id=n) for n, known in TRAITS.items() if known.needs_token]


@pytest.mark.parametrize("make", WITH_TOKENS)
def test_no_network_that_wants_a_token_is_asked_without_one(make: Make) -> None:
    with pytest.raises(InvalidInputError, match="token"):
        make(Config(), [], PEOPLE, Wiring(clock=lambda: NOW, max_wait=timedelta(0)))


@pytest.mark.parametrize("make", WITH_TOKENS)
def test_a_token_is_known_to_whoever_must_not_let_it_through(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TWITTER", "FACEBOOK"):
        monkeypatch.setenv(f"SOMA_AUDIT_{name}_TOKEN", "very-secret")
    network = make(Config(), [], PEOPLE, Wiring(clock=lambda: NOW, max_wait=timedelta(0)))
    carrier = network.x if hasattr(network, "x") else network.session
    assert carrier.transport.token == "very-secret"


class TestAfterFiles:
    """What came in from files before and from the network now is put together."""

    def from_file(self, night: Night, account: Account, *posts: Post) -> None:
        page = Page(account=account, stream=Stream.FILE, url="file:a", fetched_at=NOW, body=b"", resume=None)
        known = night.store.register.account(account.network, account.handle)
        assert known is not None
        with night.store.run("import", config_hash="x", clock=lambda: NOW) as run:
            night.store.posts.add_piece(run.id, page, [(known, post) for post in posts])
            night.store.walks.finish_walk(run.id, known, Stream.FILE, NOW.isoformat(), NOW)

    def test_a_post_without_the_networks_id_is_united_with_it(self, night: Night) -> None:
        post = Post(native_id="file-1", created_at=NOW, text="hei", by_agency=True, thread="file-1")
        self.from_file(night, PAGE, post)
        night.collect()
        assert [n for handle, n in night.posts() if handle == ON_FACEBOOK] == ["mentions", "timeline"]

    def test_a_thread_is_followed_up_from_what_it_hangs_under(self, night: Night) -> None:
        reply = Post(native_id="9", created_at=NOW, text="1. mai", by_agency=True, thread="8", parent="8")
        asked = replace(reply, native_id="8", text="Når?", by_agency=False, thread="7", parent="7")
        self.from_file(night, X_ACCOUNT, reply, asked)
        night.collect()
        threads = night.store.execute("select thread from post where native_id in ('8', '9')").fetchall()
        assert threads == [("7",), ("7",)]
