"""What the tests let happen in the network: each call returns when the AppView has seen it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

import httpx

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

Rule = Literal["mentionRule", "followerRule", "followingRule"]
Incoming = Literal["all", "following", "none"]


@dataclass(frozen=True)
class Account:
    """An account by its name that never changes; `handle` is the one it was made with."""

    did: str
    handle: str
    password: str


@dataclass(frozen=True)
class Ref:
    """A record: where it is, and which version."""

    uri: str
    cid: str

    @property
    def raw(self) -> dict[str, str]:
        return {"uri": self.uri, "cid": self.cid}


@dataclass(frozen=True)
class Bulk:
    """What was written at once, and the seconds that writing and the rest of the indexing took."""

    posts: list[Ref]
    replies: list[Ref]
    seconds: float
    indexing: float


class Network:
    """Bluesky's own servers: `appview` answers the public methods, `pds` signs in."""

    def __init__(self, appview: str, pds: str, control: str) -> None:
        self.appview = appview
        self.pds = pds
        self._control = httpx.Client(base_url=control, timeout=600, trust_env=False)
        self._http = httpx.Client(timeout=60, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._control.close()
        self._http.close()

    def ask(self, method: str, *, token: str | None = None, **params: Any) -> httpx.Response:
        """Ask the AppView; with a token, through the account's own server."""
        server = self.pds if token else self.appview
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return self._http.get(f"{server}/xrpc/{method}", params=params, headers=headers)

    def sign_in(self, identifier: str, password: str) -> httpx.Response:
        """A new session; its `accessJwt` is the token of `ask`."""
        asked = {"identifier": identifier, "password": password}
        return self._http.post(f"{self.pds}/xrpc/com.atproto.server.createSession", json=asked)

    def account(self, handle: str, password: str = "made-up-1") -> Account:
        """Make an account; its handle ends with .test, and has 3 to 18 characters before that."""
        made = self._do("account", handle=handle, password=password)
        return Account(made["did"], made["handle"], password)

    def app_password(self, account: Account, name: str = "audit") -> str:
        return str(self._do("app_password", account, name=name)["password"])

    def post(
        self,
        account: Account,
        text: str,
        *,
        langs: Sequence[str] | None = None,
        created_at: datetime | str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Ref:
        """Write a post; mentions and links in it get their facets, and `extra` adds fields to the record."""
        return _ref(
            self._do("post", account, text=text, langs=langs, createdAt=_time(created_at), extra=extra)
        )

    def reply(
        self,
        account: Account,
        text: str,
        parent: Ref,
        root: Ref | None = None,
        *,
        langs: Sequence[str] | None = None,
        created_at: datetime | str | None = None,
    ) -> Ref:
        """Answer a post, which is the thread's root where no other is given."""
        refs = {"parent": parent.raw, "root": (root or parent).raw}
        return _ref(self._do("reply", account, text=text, langs=langs, createdAt=_time(created_at), **refs))

    def quote(self, account: Account, text: str, of: Ref) -> Ref:
        return _ref(self._do("quote", account, text=text, of=of.raw))

    def repost(self, account: Account, of: Ref, *, created_at: datetime | str | None = None) -> Ref:
        return _ref(self._do("repost", account, of=of.raw, createdAt=_time(created_at)))

    def like(self, account: Account, of: Ref) -> None:
        self._do("like", account, of=of.raw)

    def follow(self, account: Account, whom: Account) -> Ref:
        return _ref(self._do("follow", account, whom=whom.did))

    def block(self, account: Account, whom: Account) -> Ref:
        return _ref(self._do("block", account, whom=whom.did))

    def threadgate(
        self,
        account: Account,
        root: Ref,
        *,
        allow: Sequence[Rule] | None = None,
        hidden: Sequence[Ref] | None = None,
    ) -> Ref:
        """Say who may reply (`None`: everyone; empty: nobody) and which replies are hidden; it replaces the last."""
        hiding = None if hidden is None else [reply.uri for reply in hidden]
        return _ref(self._do("threadgate", account, root=root.uri, allow=allow, hiddenReplies=hiding))

    def delete(self, record: Ref) -> None:
        """Delete a post, repost, threadgate or any other record."""
        self._do("delete", uri=record.uri)

    def replace(self, post: Ref, text: str) -> Ref:
        """Give a post another text: the same address, a new version."""
        return _ref(self._do("replace", uri=post.uri, text=text))

    def rename(self, account: Account, handle: str) -> None:
        self._do("handle", account, handle=handle)

    def deactivate(self, account: Account) -> None:
        self._do("deactivate", account)

    def activate(self, account: Account) -> None:
        self._do("activate", account)

    def take_down(self, account: Account, *, applied: bool = True) -> None:
        self._do("takedown", account, applied=applied)

    def remove(self, account: Account) -> None:
        """Remove the account for good."""
        self._do("remove_account", account)

    def profile(
        self,
        account: Account,
        *,
        name: str | None = None,
        description: str | None = None,
        pinned: Ref | None = None,
        signed_in_only: bool | None = None,
    ) -> None:
        """Change what is given; `signed_in_only` sets the label `!no-unauthenticated`."""
        pin = pinned and pinned.raw
        changed = {"displayName": name, "description": description, "pinnedPost": pin}
        self._do("profile", account, **changed, signedInOnly=signed_in_only)

    def chat(self, account: Account, incoming: Incoming) -> None:
        """Say who may send the account messages."""
        self._do("chat", account, allowIncoming=incoming)

    def bulk(
        self,
        account: Account,
        posts: int,
        replies: int = 0,
        *,
        by: Account | None = None,
        under: Ref | None = None,
        start: datetime | str | None = None,
        step: float = 60,
    ) -> Bulk:
        """Write many posts, `step` seconds apart, and then `by`'s replies under the first, or under another post."""
        places = {"by": by and by.did, "under": under and under.raw, "start": _time(start)}
        made = self._do("bulk", account, posts=posts, replies=replies, step=step, **places)
        return Bulk(
            [_ref(post) for post in made["posts"]],
            [_ref(reply) for reply in made["replies"]],
            made["seconds"],
            made["indexing"],
        )

    def _do(self, action: str, account: Account | None = None, **words: Any) -> dict[str, Any]:
        given = {name: value for name, value in words.items() if value is not None}
        if account:
            given["as"] = account.did
        answer = self._control.post(f"/{action}", json=given)
        if answer.status_code != 200:
            raise RuntimeError(f"{action}: {answer.text}")
        found: dict[str, Any] = answer.json()
        return found


def _ref(found: dict[str, Any]) -> Ref:
    return Ref(found["uri"], found["cid"])


def _time(moment: datetime | str | None) -> str | None:
    return moment if moment is None or isinstance(moment, str) else moment.isoformat()
