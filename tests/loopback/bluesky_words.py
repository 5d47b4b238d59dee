"""What Bluesky's records are made of: ids, facets that count bytes, errors, and times."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from loopback.world import Answer, Json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

POST, GATE, REPOST = "app.bsky.feed.post", "app.bsky.feed.threadgate", "app.bsky.feed.repost"
VIEWS = "app.bsky.feed.defs#"
_SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"
_LINK = re.compile(r"https?://[^\s<>]*[^\s<>.,;:!?)]")
_MENTION = re.compile(r"(?<![\w.])@((?:[a-zA-Z0-9-]+\.)+[a-zA-Z]+)")
_TAG = re.compile(r"(?<!\S)#(\w*[^\W\d]\w*)")


def tid(number: int) -> str:
    """A record's key: thirteen signs that sort as the number does."""
    return "".join(_SORTABLE[(number << 10) >> shift & 31] for shift in range(60, -1, -5))


def did(number: int) -> str:
    """A person's id."""
    digest = hashlib.sha256(str(number).encode()).digest()
    return "did:plc:" + base64.b32encode(digest).decode().lower()[:24]


def cid(content: Json) -> str:
    """The fingerprint of a record's content."""
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).digest()
    return "b" + base64.b32encode(b"\x01\x71\x12\x20" + digest).decode().lower().rstrip("=")


def jwt(about: Json) -> str:
    """A session's token: what it says can be read, its signature is none."""
    parts = [json.dumps(part).encode() for part in ({"typ": "at+jwt", "alg": "HS256"}, about)] + [
        b"signature"
    ]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def said_at(moment: datetime) -> str:
    """A time as Bluesky writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def error(name: str, message: str, status: int = 400, **headers: str) -> Answer:
    """An error as Bluesky words it."""
    body = {"error": name, "message": message}
    return Answer(body, status, {k.replace("_", "-"): v for k, v in headers.items()})


def label(value: str, source: str, uri: str, at: datetime) -> dict[str, Json]:
    """A word that somebody has put on an account or a post."""
    return {"src": source, "uri": uri, "val": value, "cts": said_at(at)}


def shortened(link: str) -> str:
    """A link as the app shows it in the text."""
    parts = urlsplit(link)
    path = link.split(parts.netloc, 1)[1]
    return parts.netloc + (path[:13] + "..." if len(path) > 15 else path if path != "/" else "")


def rich(text: str, who: Callable[[str], str | None]) -> tuple[str, list[dict[str, Json]]]:
    """Make the shown text and its facets; whoever a mention does not lead to is plain text."""
    shown, facets, done = "", [], 0
    for start, end, visible, feature in _features(text, who):
        shown += text[done:start]
        before = len(shown.encode())
        shown += visible
        index = {"byteStart": before, "byteEnd": len(shown.encode())}
        facets.append({"index": index, "features": [feature]})
        done = end
    return shown + text[done:], facets


def _features(text: str, who: Callable[[str], str | None]) -> Iterable[tuple[int, int, str, dict[str, Json]]]:
    kind = "app.bsky.richtext.facet#"
    found: list[tuple[int, int, str, dict[str, Json]]] = [
        (*m.span(), shortened(m[0]), {"$type": f"{kind}link", "uri": m[0]}) for m in _LINK.finditer(text)
    ]
    found += [
        (*m.span(), m[0], {"$type": f"{kind}mention", "did": number})
        for m in _MENTION.finditer(text)
        if (number := who(m[1]))
    ]
    found += [(*m.span(), m[0], {"$type": f"{kind}tag", "tag": m[1]}) for m in _TAG.finditer(text)]
    done = 0
    for feature in sorted(found, key=lambda f: f[0]):
        if feature[0] >= done:
            done = feature[1]
            yield feature


def external(embed: Json) -> Json:
    """A record's embed as a view shows it; only link cards are."""
    if not isinstance(embed, dict) or embed.get("$type") != "app.bsky.embed.external":
        return None
    card = {k: v for k, v in embed["external"].items() if k != "thumb"}
    return {"$type": "app.bsky.embed.external#view", "external": card}
