"""Taking people out of what X sends: what an audit needs stays, under pseudonyms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from soma_audit.collect.profile_links import addresses
from soma_audit.collect.pseudonyms import People

if TYPE_CHECKING:
    from collections.abc import Mapping

    from soma_audit.collect.transport import Json

USER_FIELDS = ["id", "username", "created_at", "protected", "verified_type", "public_metrics", "entities"]

KEPT = ("id", "created_at", "conversation_id", "reply_settings", "lang", "public_metrics")
"""What is kept of a post as it is."""


class TwitterPeople(People):
    """Takes people out of what X answers."""

    def scrub(self, body: Json) -> Json:
        """Keep what an audit needs of an answer, with pseudonyms for everyone who is not in the register."""
        if not isinstance(body, dict):
            return None
        included = body.get("includes") or {}
        users = [u for u in objects(included.get("users")) + objects(body.get("data")) if "username" in u]
        posts = [p for p in objects(body.get("data")) if "username" not in p]
        around = objects(included.get("tweets")) + objects(included.get("posts"))
        for user in users:
            if "id" in user:
                self.learn(str(user["username"]), str(user["id"]))
        ids = {str(u["username"]).lower(): str(u["id"]) for u in users if "id" in u}
        ids |= {
            str(m["username"]).lower(): str(m["id"])
            for post in posts + around
            for m in objects((post.get("entities") or {}).get("mentions"))
            if "id" in m and "username" in m
        }
        clean = self.kept(
            body, *(k for k in body if k in {"title", "type", "status", "meta"} or "reset" in k)
        )
        if "data" in body:
            cleaned = [
                self._user(d) if "username" in d else self._post(d, ids) for d in objects(body["data"])
            ]
            clean["data"] = cleaned if isinstance(body["data"], list) else next(iter(cleaned), None)
        if included:
            clean["includes"] = {
                "users": [self._user(u) for u in objects(included.get("users")) if "id" in u],
                "posts": [self._post(p, ids) for p in around],
            }
        if body.get("errors"):
            clean["errors"] = [
                self.kept(e, "title", "type", "parameter", "resource_type")
                | (self.kept(e, "resource_id") if e.get("parameter") == "ids" and "resource_id" in e else {})
                | {"parameters": sorted(e.get("parameters") or ())}
                for e in objects(body["errors"])
            ]
        return clean

    def _user(self, user: Mapping[str, Any]) -> dict[str, Any]:
        if str(user["id"]) in self.known:
            kept = {
                k: user[k] if k == "username" else self.plain(user[k])
                for k in (*USER_FIELDS, "links")
                if k in user and k != "entities"
            }
            told = objects(user.get("entities"))
            urls = [u for e in told for k in ("url", "description") for part in objects(e.get(k)) for u in objects(part.get("urls"))]  # fmt: skip
            links = addresses(u.get("expanded_url") for u in urls)
            return kept | ({"links": self.own(links)} if links else {})
        pseudonym = self.person(user["id"])
        return {"id": pseudonym, "username": pseudonym}

    def _post(self, post: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
        by_visitor = str(post.get("author_id")) not in self.known

        def text(words: object) -> str:
            return self.text(str(words), ids, by_visitor=by_visitor)

        clean = self.kept(post, *KEPT)
        if post.get("source"):
            clean["source"] = text(post["source"])
        for key in ("author_id", "in_reply_to_user_id"):
            if post.get(key) is not None:
                clean[key] = self.person(post[key])
        if refs := either(post, "referenced_posts", "referenced_tweets"):
            clean["referenced_posts"] = [
                {k: self.plain(r.get(k)) for k in ("type", "id")} for r in objects(refs)
            ]
        versions = either(post, "edit_history_post_ids", "edit_history_tweet_ids") or ()
        if len(versions) > 1:
            clean["edit_history_post_ids"] = [self.plain(str(v)) for v in versions]
        if post.get("withheld"):
            return clean | {"withheld": True}  # what it says may not be kept
        clean["text"] = text(post.get("text") or "")
        note = either(post, "note_post", "note_tweet") or {}
        if note.get("text"):
            clean["note_post"] = {"text": text(note["text"])}
        urls = objects((post.get("entities") or {}).get("urls")) + objects(
            (note.get("entities") or {}).get("urls")
        )
        if urls:
            clean["entities"] = {
                "urls": [{k: text(u[k]) for k in ("url", "expanded_url") if u.get(k)} for u in urls]
            }
        return clean


def objects(value: Json) -> list[Any]:
    """Return the objects where one or several may stand; whatever is none is left out."""
    if value is None:
        return []
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else [value]


def either(raw: Mapping[str, Any], new: str, legacy: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Read a key in either vocabulary."""
    return raw.get(new, raw.get(legacy))
