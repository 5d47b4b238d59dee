"""Taking people out of what Facebook sends: what an audit needs stays, under pseudonyms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from soma_audit.collect.profile_links import links_in
from soma_audit.collect.pseudonyms import People

if TYPE_CHECKING:
    from collections.abc import Mapping

    from soma_audit.collect.transport import Json

OF_A_PAGE = (
    *("id", "name", "username", "category", "fan_count", "is_published"),
    "has_transitioned_to_new_page_experience",
)
"""What is kept of a Page, asked for by itself; its name is the agency's."""
SETTINGS_IN_WORDS = frozenset({"PROFANITY_FILTER"})
"""Settings whose value is one of a few words of Facebook's."""
OF_AN_ERROR = ("code", "error_subcode", "type", "is_transient")
CURSORS = ("after", "until", "__paging_token")
AUDIENCE = ("is_published", "is_hidden", "is_expired", "privacy", "targeting")
"""The fields of a post that tell who can see it."""
NEVER_PUBLIC = frozenset({"unpublished", "private"})
"""Why a post has not been public at any time, as far as is told; others were once."""
_COMMENTS_OWN = frozenset({"parent", "comment_count", "can_hide"})


class FacebookPeople(People):
    """Takes people out of what the Graph API answers."""

    def scrub(self, body: Json) -> Json:
        """Keep what an audit needs of an answer, with pseudonyms for everyone who is not in the register."""
        if not isinstance(body, dict):
            return None
        if isinstance(body.get("data"), list):
            kept = self.kept(body, "paging", "summary")
            return {
                "data": [self._setting(d) if "setting" in d else self._post(d) for d in body["data"]],
                **self._paging(kept),
            }
        clean = {
            k: body[k] if k in {"name", "username"} else self.plain(body[k]) for k in OF_A_PAGE if k in body
        }
        if links := links_in(*self.own((body.get("website"), *body.get("links", ())))):
            clean["links"] = links
        if isinstance(error := body.get("error"), dict):
            clean["error"] = self.kept(error, *OF_AN_ERROR)
            if "message" in error:
                clean["error"]["message"] = self.text(str(error["message"]), by_visitor=True)
        return clean

    def _setting(self, setting: Mapping[str, Any]) -> dict[str, Any]:
        """Keep what a wall's setting is called and how it stands; of a list of blocked words, only that there is one."""
        clean: dict[str, Any] = {"setting": str(setting["setting"])}
        if "value" in setting:
            value = setting["value"]
            in_words = isinstance(value, str) and clean["setting"] not in SETTINGS_IN_WORDS
            clean["value"] = bool(value) if in_words or isinstance(value, list | dict) else value
        return clean

    def _paging(self, body: dict[str, Any]) -> dict[str, Any]:
        """Keep the place of the next page, not its URL: that carries the token."""
        if (paging := body.get("paging")) is not None:
            body["paging"] = {k: paging[k] for k in ("cursors", "next") if k in paging}
            if "next" in paging:
                query = parse_qs(urlsplit(str(paging["next"])).query)
                body["paging"]["next"] = (
                    {k: query[k][0] for k in CURSORS if k in query}
                    if isinstance(paging["next"], str)
                    else paging["next"]
                )
        return body

    def _post(self, post: Mapping[str, Any]) -> dict[str, Any]:
        """Clean a post or a comment, and the comments under it; of what the public cannot see only that stays."""
        if not_public(post):
            return self.kept(post, "id", "created_time") | _audience(post)
        writer = post.get("from") or {}
        kept = (
            "id",
            "status_type",
            "created_time",
            "updated_time",
            "shares",
            "comment_count",
            "can_comment",
        )
        clean = self.kept(post, *kept) | _audience(post)
        by_visitor = str(writer.get("id")) not in self.known
        if "id" in writer:
            clean["from"] = {"id": self.person(str(writer["id"]))}
        if "id" in (above := post.get("parent") or {}):
            clean["parent"] = {"id": self.plain(above["id"])}
        if "name" in (client := post.get("application") or {}):
            clean["application"] = {"name": self.text(str(client["name"]), by_visitor=True)}
        if post.get("message") is not None:
            clean["message"] = self._message(post, by_visitor=by_visitor)
        if post.get("permalink_url"):
            clean["permalink_url"] = self._permalink(str(post["permalink_url"]))
        if addresses := links(post):
            clean["attachments"] = {
                "data": [{"unshimmed_url": self.text(u, by_visitor=by_visitor)} for u in addresses]
            }
        if post.get("reactions"):
            clean["reactions"] = {"summary": self.plain(post["reactions"].get("summary") or {})}
        if post.get("comments"):
            under = post["comments"]
            clean["comments"] = self._paging(self.kept(under, "paging", "summary"))
            clean["comments"]["data"] = [self._post(c) for c in under.get("data") or ()]
        return clean

    def _message(self, post: Mapping[str, Any], *, by_visitor: bool) -> str:
        """Put pseudonyms for the people tagged in a message, from its end, so that the places stay right."""
        text = str(post["message"])
        tags = post.get("message_tags") or []
        tags = [t for group in tags.values() for t in group] if isinstance(tags, dict) else tags
        people = [t for t in tags if t.get("id") and str(t["id"]) not in self.known]
        for tag in sorted(people, key=lambda t: -int(t.get("offset") or 0)):
            start = int(tag.get("offset") or 0)
            end = start + int(tag.get("length") or 0)
            if tag.get("name") in {None, text[start:end]}:
                text = f"{text[:start]}@{self.person(str(tag['id']))}{text[end:]}"
        for tag in people:  # whatever the places are counted in, the name must go
            text = text.replace(tag.get("name") or "\0", f"@{self.person(str(tag['id']))}")
        return self.text(text, by_visitor=by_visitor)

    def _permalink(self, url: str) -> str:
        """Keep an address below a Page of the register; another one may name its writer, so only its query stays."""
        owner = urlsplit(url).path.strip("/").partition("/")[0]
        if owner in self.known or owner.lower() in self.names:
            return self.words(url)
        pairs = [(k, v) for k, v in parse_qsl(urlsplit(url).query) if k != "id" or v in self.known]
        return self.words(
            f"https://www.facebook.com/{owner if owner.endswith('.php') else ''}?{urlencode(pairs)}"
        )


def not_public(post: Mapping[str, Any]) -> str | None:
    """Return why the public cannot see a post: it is `unpublished`, `private`, `expired` or `hidden`.

    None: the public can see it, as far as is told. To a Page's own token Graph shows drafts, scheduled posts and dark
    advertisements on the feed. A hidden comment is another matter: somebody wrote it in public, and the Page hid it.
    """
    if post.get("is_published") is False:
        return "unpublished"
    if _privacy(post) not in {"", "EVERYONE"}:
        return "private"
    if post.get("is_expired") is True:
        return "expired"
    return "hidden" if post.get("is_hidden") is True and not _is_comment(post) else None


def _is_comment(post: Mapping[str, Any]) -> bool:
    return not _COMMENTS_OWN.isdisjoint(post) or "comment_id=" in str(post.get("permalink_url"))


def _privacy(post: Mapping[str, Any]) -> str:
    """Return to whom a post was addressed, in Graph's own word; empty where it is not told."""
    said = post.get("privacy")
    return str(said.get("value") or "") if isinstance(said, dict) else ""


def _audience(post: Mapping[str, Any]) -> dict[str, Any]:
    """Return who can see a post, without the lists of people and places that may stand beside."""
    kept: dict[str, Any] = {k: post[k] for k in AUDIENCE[:3] if isinstance(post.get(k), bool)}
    if _privacy(post):
        kept["privacy"] = {"value": _privacy(post)}
    if post.get("targeting"):
        kept["targeting"] = True
    return kept


def links(raw: Mapping[str, Any]) -> list[str]:
    """Return the addresses a post links to; titles and those within Facebook may name people, and tell us nothing."""
    addresses = [a.get("unshimmed_url") for a in (raw.get("attachments") or {}).get("data") or ()]
    return [str(u) for u in addresses if u and "facebook.com" not in u]
