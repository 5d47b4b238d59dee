"""Taking people out of Bluesky's responses: what an audit needs stays, under pseudonyms.

A post's `at://` URI contains its author's DID, and so do the URIs in it: each DID becomes its owner's pseudonym.
Mentions and links are facets, spans of UTF-8 bytes in a text; they are written out in full before the text is cleaned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from soma_audit.collect.profile_links import links_in
from soma_audit.collect.pseudonyms import People

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from soma_audit.collect.transport import Json

    Raw = Mapping[str, Any]

POST_FIELDS = frozenset(
    {"$type", "text", "createdAt", "langs", "reply", "facets", "entities", "embed", "tags", "labels"}
)
"""The fields of a post's record in the lexicon. Others come from the posting tool: their names are kept, never their values."""
COUNTS = ("replyCount", "repostCount", "likeCount")
ASKS_TO_BE_SIGNED_IN = "!no-unauthenticated"
"""The label by which a user asks not to be shown to people who are not signed in."""


class BlueskyPeople(People):
    """Takes people out of Bluesky's responses."""

    def scrub(self, body: Json) -> Json:
        """Return what an audit needs of a response, with pseudonyms for everyone who is not in the register."""
        if not isinstance(body, dict):
            return None
        ids: dict[str, str] = {}
        for did, handle in _named(body):
            ids.setdefault(handle.lower(), did)
            self.learn(handle, did)
        clean = self.kept({k: v for k, v in body.items() if isinstance(v, str)}, "error", "cursor")
        if "error" in body:
            clean["message"] = self.text(str(body.get("message") or ""), ids, by_visitor=True)[:200]
        if isinstance(body.get("did"), str):
            clean |= self._profile(body)
        if isinstance(body.get("feed"), list):
            clean["feed"] = [self._item(item, ids) for item in objects(body["feed"])]
        if isinstance(body.get("posts"), list):
            clean["posts"] = [self._post(post, ids) for post in objects(body["posts"])]
        if isinstance(body.get("thread"), dict):
            clean["thread"] = self._thread(body["thread"], ids)
        return clean

    def _profile(self, raw: Raw) -> dict[str, Any]:
        """Return what a profile says of an account in the register; of anybody else, only the pseudonym."""
        if raw["did"] not in self.known:
            return {"did": self.person(raw["did"])}
        clean = self.kept(raw, "createdAt", "followersCount", "postsCount")
        clean |= {k: raw[k] for k in ("did", "handle") if k in raw}
        if chat := at(raw, "associated", "chat", "allowIncoming"):
            clean["associated"] = {"chat": {"allowIncoming": self.plain(chat)}}
        if verified := at(raw, "verification", "verifiedStatus"):
            clean["verification"] = {"verifiedStatus": self.plain(verified)}
        if links := links_in(*self.own((raw.get("website"), raw.get("description"), *raw.get("links", ())))):
            clean["links"] = links
        return clean

    def _item(self, item: Raw, ids: Raw) -> dict[str, Any]:
        clean: dict[str, Any] = {"post": self._post(_object(item.get("post")), ids)}
        reason = item.get("reason")
        if isinstance(reason, dict):
            clean["reason"] = self.kept(reason, "$type", "indexedAt")
            if "uri" in reason:
                clean["reason"]["uri"] = self.address(reason["uri"])
        if isinstance(item.get("reply"), dict):
            around = {k: item["reply"].get(k) for k in ("root", "parent")}
            clean["reply"] = {k: self._post(v, ids) for k, v in around.items() if isinstance(v, dict)}
        return clean

    def _thread(self, top: Raw, ids: Raw) -> dict[str, Any]:
        """Clean a tree of replies, however deep: long arguments go deeper than Python's stack."""
        clean: dict[str, Any] = {}
        left = [(top, clean)]
        while left:
            raw, node = left.pop()
            node["$type"] = self.plain(str(raw.get("$type", "")))
            if isinstance(raw.get("post"), dict):
                node["post"] = self._post(raw["post"], ids)
            elif "uri" in raw:
                node["uri"] = self.address(raw["uri"])
            if isinstance(raw.get("replies"), list):
                node["replies"] = [{} for _ in objects(raw["replies"])]
                left += zip(objects(raw["replies"]), node["replies"], strict=True)
        return clean

    def _post(self, raw: Raw, ids: Raw) -> dict[str, Any]:
        if not isinstance(raw.get("author"), dict) or not isinstance(raw.get("record"), dict):
            return {"uri": self.address(raw.get("uri", "")), "$type": self.plain(str(raw.get("$type", "")))}
        did = str(raw["author"].get("did"))
        clean: dict[str, Any] = {"uri": self.address(raw.get("uri", "")), "author": {"did": self.person(did)}}
        clean |= {k: raw[k] for k in COUNTS if isinstance(raw.get(k), int)}
        if isinstance(raw.get("indexedAt"), str):
            clean["indexedAt"] = self.plain(raw["indexedAt"])
        record = self._record(raw, ids, by_visitor=did not in self.known)
        if did not in self.known and _asks_to_be_signed_in(raw["author"]):
            clean["signed_in_only"] = True
            record["text"] = ""  # counted, but not kept
        gate = at(raw, "threadgate", "record")
        if isinstance(gate, dict):
            rules = gate.get("allow")
            clean["threadgate"] = {
                "record": {
                    **({"allow": [{"$type": self.plain(r.get("$type"))} for r in objects(rules)]} if isinstance(rules, list) else {}),
                    "hiddenReplies": [self.address(uri) for uri in _list(gate.get("hiddenReplies"))],
                }
            }  # fmt: skip
        return {**clean, "record": record}

    def _record(self, raw: Raw, ids: Raw, *, by_visitor: bool) -> dict[str, Any]:
        record = raw["record"]
        clean = self.kept(record, "createdAt", "langs")
        if isinstance(record.get("reply"), dict):
            clean["reply"] = {
                k: {"uri": self.address(record["reply"][k].get("uri", ""))}
                for k in ("root", "parent")
                if isinstance(record["reply"].get(k), dict)
            }
        marks = {str(mark) for mark in (*_list(record.get("marks")), *record)}
        if marks := marks - POST_FIELDS - {"marks"}:
            clean["marks"] = sorted(self.text(mark, ids, by_visitor=True)[:40] for mark in marks)
        text = whole_text(record, self._name)
        card = at(record, "embed", "external", "uri") or at(record, "embed", "media", "external", "uri")
        if isinstance(card, str) and card not in text:
            text = f"{text}\n{card}".lstrip()
        clean["text"] = self.text(text, ids, by_visitor=by_visitor)
        return clean

    def _name(self, did: str) -> str:
        """Return the name to write in a mention: an agency's handle, or a pseudonym."""
        return self.known[did].handle if did in self.known else self.person(did)

    def post_id(self, native_id: str) -> str:
        """Return a post's id as it is kept: an `at://` URI contains its author's DID."""
        return self.address(native_id) if native_id.startswith("at://") else native_id

    def address(self, uri: object) -> str:
        """Return an `at://` URI with a pseudonym in place of the DID, unless that is an agency's."""
        scheme, _, rest = str(uri).partition("//")
        did, slash, place = rest.partition("/")
        return f"{self.plain(scheme)}//{self.person(did)}{slash}{self.plain(place)}" if did else ""


def whole_text(record: Raw, name: Callable[[str], str]) -> str:
    """Return a post's text with links in full and mentions by who is meant, whatever the text displays.

    `name` gives a DID's handle or pseudonym. Spans count UTF-8 bytes (app.bsky.richtext.facet); one that cuts a
    character in two, overlaps another or lies outside the text is ignored.
    """
    text = str(record.get("text") or "")
    facets = sorted(_spans(record), key=lambda span: span[:2])
    if not facets:
        return text
    whole, parts, here = text.encode("utf-8", "replace"), [], 0
    for start, end, feature in facets:
        if not here <= start < end <= len(whole) or not (_between(whole, start) and _between(whole, end)):
            continue
        kind = str(feature.get("$type", "")).rpartition("#")[2]
        if kind == "mention" and isinstance(feature.get("did"), str):
            put = f"@{name(feature['did'])}"
        elif kind == "link" and isinstance(feature.get("uri"), str):
            put = feature["uri"]
        else:
            continue
        parts += [whole[here:start], put.encode("utf-8", "replace")]
        here = end
    return b"".join([*parts, whole[here:]]).decode("utf-8", "replace")


def _spans(record: Raw) -> Iterator[tuple[int, int, Raw]]:
    for facet in objects(record.get("facets")):
        start, end = at(facet, "index", "byteStart"), at(facet, "index", "byteEnd")
        for feature in objects(facet.get("features"))[:1]:
            if isinstance(start, int) and isinstance(end, int):
                yield start, end, feature


def _between(whole: bytes, place: int) -> bool:
    """Return whether an offset lies between characters, and not within one."""
    return place == len(whole) or whole[place] & 0xC0 != 0x80


def _named(body: Json) -> Iterator[tuple[str, str]]:
    """Yield the DID and handle of everyone whom a response names, however deep."""
    left = [body]
    while left:
        found = left.pop()
        if isinstance(found, list):
            left += found
        elif isinstance(found, dict):
            did, handle = found.get("did"), found.get("handle")
            if isinstance(did, str) and isinstance(handle, str) and handle != "handle.invalid":
                yield did, handle
            left += [value for key, value in found.items() if key != "record" and isinstance(value, dict | list)]  # fmt: skip


def _asks_to_be_signed_in(author: Raw) -> bool:
    return any(label.get("val") == ASKS_TO_BE_SIGNED_IN for label in objects(author.get("labels")))


def _object(value: Json) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Json) -> list[Any]:
    return value if isinstance(value, list) else []


def objects(value: Json) -> list[Any]:
    """Return the objects in a list, without whatever else is in it."""
    return [v for v in _list(value) if isinstance(v, dict)]


def at(raw: Json, *keys: str) -> Json:
    """Return the value at a path in nested objects; None if there is none."""
    for key in keys:
        raw = raw.get(key) if isinstance(raw, dict) else None
    return raw
