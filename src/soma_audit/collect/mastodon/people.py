"""Taking people out of Mastodon servers' responses: what an audit needs stays, under pseudonyms.

A post's address names its author, so only an agency's own is kept. A person is `name@server` everywhere; a server leaves
its own name out of its users' handles, and it is put back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from soma_audit.collect.mastodon.html_text import links_of, text_of
from soma_audit.collect.profile_links import addresses
from soma_audit.collect.pseudonyms import People
from soma_audit.networks import NETWORKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from soma_audit.collect.pseudonyms import Pseudonyms
    from soma_audit.collect.transport import Json
    from soma_audit.model import Account

    Raw = Mapping[str, Any]

SHOWN_TO_ALL = frozenset({"public", "unlisted"})
"""The visibilities that anybody may read. Followers-only posts and private mentions are never kept."""
KEPT = ("id", "created_at", "edited_at", "in_reply_to_id", "language", "visibility")
COUNTS = ("replies_count", "reblogs_count", "favourites_count")


class MastodonPeople(People):
    """Takes people out of a server's responses."""

    def __init__(self, network: str, accounts: Iterable[Account], pseudonyms: Pseudonyms) -> None:
        super().__init__(network, accounts, pseudonyms)
        self._domains: dict[str, str] = {}

    def stands_for(self, host: str, domain: str) -> None:
        """Learn that the handles of a host's users have another domain."""
        self._domains[host] = domain

    def scrubber(self, server: str) -> Callable[[Json], Json]:
        """Return a function that cleans the responses of one server."""
        return lambda body: self._clean(body, server)

    def scrub(self, body: Json) -> Json:
        """Return what an audit needs of a response in which every handle has its server."""
        return self._clean(body, "")

    def _clean(self, body: Json, server: str) -> Json:
        if isinstance(body, list):
            return [self._one(raw, server) for raw in body if isinstance(raw, dict)]
        if not isinstance(body, dict):
            return None
        if "ancestors" in body or "descendants" in body:
            return {
                k: [self._status(raw, server) for raw in _objects(body[k])]
                for k in ("ancestors", "descendants")
                if isinstance(body.get(k), list)
            }
        if "accounts" in body and "statuses" in body:
            return {"accounts": [self._account(raw, server) for raw in _objects(body["accounts"])]}
        return self._one(body, server)

    def _one(self, raw: Raw, server: str) -> dict[str, Any]:
        if "content" in raw or "text" in raw or "reblog" in raw:
            return self._status(raw, server)
        if isinstance(raw.get("status"), dict):  # a notification
            return {
                **self.kept({"id": None, "type": None, **raw}, "id", "type"),
                "status": self._status(raw["status"], server),
            }
        if "acct" in raw:
            return self._account(raw, server)
        if "subject" in raw:  # where an account is to be found
            return {"links": [self.kept({"rel": None, "href": None, **link}, "rel", "href") for link in _objects(raw.get("links")) if link.get("rel") == "self"]}  # fmt: skip
        return (
            {"error": self.text(str(raw.get("error") or ""), by_visitor=True)[:200]} if "error" in raw else {}
        )

    def post_id(self, native_id: str) -> str:
        """Return a post's id as it is kept: one that is an address names its author."""
        return self.text(native_id, by_visitor=True) if "//" in native_id else native_id

    def whole_name(self, acct: object, server: str) -> str:
        """Return a full handle: a server leaves its own name out of its users' handles."""
        name = str(acct)
        if "@" in name or not server or name.startswith("v-"):
            return name
        return f"{name}@{self._domains.get(server, server)}"

    def _named(self, raw: Raw, server: str) -> str:
        """Return an agency's handle, or anybody else's pseudonym."""
        name = self.whole_name(raw.get("acct", ""), server)
        known = self.names.get(name.lower())
        return known.handle if known else self.person(name)

    def _account(self, raw: Raw, server: str) -> dict[str, Any]:
        name = self.whole_name(raw.get("acct", ""), server)
        if (known := self.names.get(name.lower())) is None:
            return {"acct": self.person(name)}
        clean: dict[str, Any] = {"acct": known.handle}
        clean |= {k: raw[k] for k in ("id", "uri", "url", "bot", "locked", "suspended", "limited", "memorial", "followers_count", "statuses_count", "created_at") if k in raw}  # fmt: skip
        fields = _objects(raw.get("fields"))
        for key, told in (("links", [*fields, {"value": raw.get("note")}]), ("verified_links", [f for f in fields if f.get("verified_at")])):  # fmt: skip
            if links := [*raw.get(key, ()), *addresses(href for f in told for href in links_of(str(f.get("value") or "")))]:  # fmt: skip
                clean[key] = self.own(links)
        if isinstance(raw.get("moved"), dict):
            moved = self.whole_name(raw["moved"].get("acct", ""), server)
            if NETWORKS["mastodon"].handle.fullmatch(moved):
                clean["moved"] = {"acct": moved}  # the agency says of itself where it is now
        return clean

    def _status(self, raw: Raw, server: str) -> dict[str, Any]:
        clean = self.kept(raw, *KEPT)
        clean |= {k: raw[k] for k in COUNTS if isinstance(raw.get(k), int)}
        if (visibility := str(raw.get("visibility", "public"))) not in SHOWN_TO_ALL:
            return {"id": self.plain(raw.get("id")), "visibility": self.plain(visibility)}
        writer = _object(raw.get("account"))
        by_visitor = self.names.get(self.whole_name(writer.get("acct", ""), server).lower()) is None
        if writer.get("acct"):
            clean["account"] = {"acct": self._named(writer, server)}
        if isinstance(raw.get("reblog"), dict):
            return {**clean, "reblog": self._status(raw["reblog"], server), "text": ""}
        clean["text"] = self._words(raw, server, by_visitor=by_visitor)
        if by_visitor and (writer.get("noindex") is True or raw.get("not_to_be_found")):
            clean |= {"text": "", "not_to_be_found": True}  # counted, but not kept
        if not by_visitor:
            clean["url"] = next((raw[k] for k in ("url", "uri") if isinstance(raw.get(k), str)), None)
        if isinstance(raw.get("application"), dict) and raw["application"].get("name"):
            clean["application"] = {"name": self.text(str(raw["application"]["name"]), by_visitor=True)[:100]}
        policy = _object(raw.get("interaction_policy")).get("can_reply")
        if isinstance(policy, dict):
            clean["interaction_policy"] = {"can_reply": {k: _audiences(policy[k]) for k in POLICIES if k in policy}}  # fmt: skip
        return clean

    def _words(self, raw: Raw, server: str, *, by_visitor: bool) -> str:
        """Return a post's content warning, text and poll options."""
        if "content" not in raw:  # a page that has been through here already
            return self.text(str(raw.get("text") or ""), by_visitor=by_visitor)
        mentions: dict[str, str] = {}
        for met in _objects(raw.get("mentions")):
            name = self._named(met, server)
            mentions |= {str(met[k]): name for k in ("url", "uri") if met.get(k)}
        parts = [str(raw.get("spoiler_text") or ""), text_of(str(raw.get("content") or ""), mentions)]
        poll = raw.get("poll")
        if isinstance(poll, dict):
            parts += [f"[ ] {option.get('title')}" for option in _objects(poll.get("options"))]
        return self.text("\n\n".join(p for p in parts if p.strip()), by_visitor=by_visitor)


POLICIES = ("always", "with_approval", "automatic_approval", "manual_approval")
AUDIENCES = frozenset({"public", "followers", "following", "mentioned", "me", "author"})
"""Who may reply by a post's interaction policy, where a server has one (GoToSocial); other words name a person."""


def _audiences(value: Json) -> list[str]:
    return [v for v in value if isinstance(v, str) and v in AUDIENCES] if isinstance(value, list) else []


def _object(value: Json) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: Json) -> list[Any]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []
