"""Finding where a text names people: in mentions, addresses of profiles and posts, DIDs, and handles that are domains. Pure.

Who is found is handed to a function, which returns what stands there instead. Each pattern is tried only where a text
has a sign that it needs, and none goes back over what it has read, however hostile the text is.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, partial
from typing import TYPE_CHECKING
from urllib.parse import unquote

from soma_audit.networks import NETWORKS

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    Name = Callable[[str, str], str]
    """Returns what is to stand for a handle or an id on a network."""

PSEUDONYM = r"v-[0-9a-f]{12}"
_SLASH, _AT, _COLON = r"(?:/|%(?:25)*2f)", r"(?:@|%(?:25)*40)", r"(?::|%(?:25)*3a)"
"""Signs of an address, also as they are written in the query of another one."""
_DOMAIN = r"[\w-]++(?:\.[\w-]++)++"
_WORDS = r"\w++(?:[.-]++\w++)*+"
_NAME = rf"{PSEUDONYM}|{_WORDS}"
_WITH_SERVER = rf"{PSEUDONYM}|{_WORDS}(?:{_AT}{_WORDS})*+"
_BEGINS = r"(?<![\w-])(?<![\w-]\.)"
"""Where a domain may begin; a sentence's dot may stand before it."""
_HOSTS = r"(?:bsky\.social|(?:ap|web|bsky)\.brid\.gy|blacksky\.app|northsky\.social|eurosky\.social|tngl\.sh)(?![\w-])"
"""Under these each domain is somebody's handle on Bluesky."""
_HOSTED = re.compile(rf"{_BEGINS}(?:[\w-]++\.)+{_HOSTS}", re.IGNORECASE)
_ANY_DOMAIN = re.compile(rf"{_BEGINS}{_DOMAIN}")
_AT_A_SITE = re.compile(rf"\.(?:(?:com|net|me)(?::\d+)?{_SLASH}|{_HOSTS})", re.IGNORECASE)
_ALONE = r"(?:(?<![\w-])|(?<=2f))"
"""Where a short name of a site begins, also behind an encoded slash."""
_ON_X = re.compile(
    rf"((?:twitter|{_ALONE}(?:x|fixupx|xcancel|nitter))\.(?:com|net)(?::\d+)?{_SLASH}(?:\#!/|{_AT}|i/user/)?+)"
    rf"(?!(?:i|intent|share|search|hashtag|home)\b)({PSEUDONYM}|\w+)",
    re.IGNORECASE,
)
_ON_FACEBOOK = re.compile(  # a number may be the agency's own Page, except where only people have one
    rf"((?:facebook\.com|{_ALONE}fb\.com|{_ALONE}m\.me|messenger\.com)(?::\d+)?{_SLASH}(?:\#!/)?+)"
    r"(people/|(?:public|messages/t|t|pg|notes|groups/[\w.]++/user)/|profile\.php\?(?:[^\s#]{0,99}?&)?id=|(?!\d+\b"
    r"|(?:groups|events|watch|hashtag|share|sharer|reel|pages|people|photo|public|messages|notes)\b|\w+\.php))"
    rf"({_NAME})(/\d+\b)?",
    re.IGNORECASE,
)
_ON_OTHER_SITES = re.compile(
    rf"(instagram\.com/(?:stories/)?+(?!(?:p|reels?|tv|explore|accounts)/)|snapchat\.com/add/"
    rf"|flickr\.com/(?:photos|people)/|{_ALONE}t\.me/(?!s/))({_NAME})",
    re.IGNORECASE,
)
_SIGN_OF_AN_ID = re.compile(r":(?:(?<=did:)|(?<=acct:)|(?<=at:)(?=//))", re.IGNORECASE)
_DID = re.compile(rf"did({_COLON})[a-z0-9]++(?:\1\w++(?:(?:[.-]++|%(?:25)*3a)\w++)*+)+", re.IGNORECASE)
_ACCT = re.compile(rf"(acct{_COLON}{_AT}?)({_WITH_SERVER})", re.IGNORECASE)
_AT_URI = re.compile(rf"(at{_COLON}{_SLASH}{_SLASH})(?!did{_COLON})({_NAME})", re.IGNORECASE)
_IN_A_QUERY = re.compile(
    rf"((?:[?&;](via|screen_name)=|(?:[?&;]author=|(?:[=+]|%20)(?:from|to|mentions){_COLON})){_AT}?)({_WITH_SERVER})",
    re.IGNORECASE,
)
_ENCODED_MENTION = re.compile(  # not an e-mail address, and not in a path
    rf"(?:(?<![\w/])|(?<=%[0-9a-f]{{2}})(?<!2f)|(?<=%25[0-9a-f]{{2}})(?<!2f))(%(?:25)*40)({_WITH_SERVER})",
    re.IGNORECASE,
)
_ONLY_PEOPLE = rf"{_AT}|in{_SLASH}(?<=linkedin.com/in/)|p{_SLASH}(?=[\w.-]+{_SLASH}\d{{6}})|users{_SLASH}|u{_SLASH}{_AT}?|(?:profile|starter-pack|bsky){_SLASH}{_AT}?(?=[\w-]+\.)"
_ALSO_OTHERS = (
    rf"(?:user|profiles?|people|authors?|actors?|accounts?|channels?|video-channels){_SLASH}{_AT}?(?!did{_COLON})"
    rf"|[ac]{_SLASH}(?!\d+\b)"
)
"""What a name stands behind in an address's path: words that lead to people only, and some that elsewhere may not."""
_PATHS = [
    re.compile(rf"({slash}(?:{words}))({_WITH_SERVER})", re.IGNORECASE)
    for words in (_ONLY_PEOPLE, _ALSO_OTHERS)
    for slash in ("/", "%(?:25)*2f")
]
_OF_BLUESKY = re.compile("profile|pack|bsky", re.IGNORECASE)
_IS_PSEUDONYM = re.compile(PSEUDONYM)
_NEAR = 150
"""Characters before a name in a path among which its server is looked for."""
UNSEEN = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff"  # fmt: skip
ODDLY_WRITTEN = re.compile(f"[\x00\ud800-\udfff{UNSEEN}\u0300-\u036f\uff20\ufe6b]")
"""What a text has that no database takes, or that `plainly_written` takes out; most texts have nothing of it."""
_UNSEEN_INSIDE = re.compile(rf"(?<=[!-~\u00a1-\u024f])[{UNSEEN}]+(?=[!-~\u00a1-\u024f])")
_MARKED_NAME = re.compile(r"@[\w.\u0300-\u036f-]+")
_MARKS = re.compile("[\u0300-\u036f]")


@cache
def mention(network: str) -> re.Pattern[str]:
    """Return what a mention looks like on a network; the sign first: what begins with a fixed letter is found much faster.

    Behind a further sign stands the server of a person elsewhere. After a slash it is part of an address. The second
    group is what stands right after it, and may belong to a handle on another network.
    """
    return re.compile(
        rf"@(?<![\w/]@)({PSEUDONYM}|(?:{NETWORKS[network].mention})(?:@{_WORDS})*+)((?:(?:\.|-++)\w++)*+)",
        re.IGNORECASE,
    )


def plainly_written(text: str) -> str:
    """Return a text in which names stand as others write them: with a plain @, and nothing unseen among Latin letters."""
    text = text.replace("\uff20", "@").replace("\ufe6b", "@")
    text = _UNSEEN_INSIDE.sub("", text)
    return _MARKED_NAME.sub(lambda m: _MARKS.sub("", unicodedata.normalize("NFC", m[0])), text)


def may_name(text: str) -> bool:
    """Return whether a text has a sign that some name would need; most have none."""
    return "@" in text or "/" in text or ":" in text or "%" in text or _AT_A_SITE.search(text) is not None


def replaced(text: str, network: str, name: Name, *, by_visitor: bool, domains: Container[str] = ()) -> str:
    """Return a text with what `name` gives for each handle or id in it; `domains` has people's handles that are domains.

    In an agency's own words only what leads to people alone is taken for a profile's address.
    """
    at_a_site = _AT_A_SITE.search(text) is not None
    if "/" in text or ":" in text or "%" in text:
        text = _addresses(text, network, name, at_a_site=at_a_site, by_visitor=by_visitor)
    if domains:
        text = _ANY_DOMAIN.sub(lambda m: name("bluesky", m[0]) if m[0].lower() in domains else m[0], text)
    if at_a_site:
        text = _HOSTED.sub(lambda m: name("bluesky", m[0]), text)
    if "@" in text:
        text = mention(network).sub(partial(_mention, network, name), text)
    return text


def _addresses(text: str, network: str, name: Name, *, at_a_site: bool, by_visitor: bool) -> str:
    encoded = "%" in text
    if encoded or _SIGN_OF_AN_ID.search(text):
        text = _DID.sub(lambda m: name("bluesky", unquote(unquote(m[0]))), text)
        text = _AT_URI.sub(lambda m: m[1] + name("bluesky", m[2]), text)
        text = _ACCT.sub(lambda m: m[1] + _whole(network, m[2], name), text)
    if at_a_site:
        text = _ON_X.sub(lambda m: m[1] + name("twitter", m[2]), text)
        text = _ON_FACEBOOK.sub(partial(_on_facebook, name), text)
        if by_visitor:
            text = _ON_OTHER_SITES.sub(lambda m: m[1] + name(m[1].partition(".")[0].lower(), m[2]), text)
    for number, path in enumerate(_PATHS):
        if (by_visitor or number < 2) and ("/", "%2")[number % 2] in text:
            text = path.sub(partial(_in_a_path, network, name), text)
    if "=" in text:
        text = _IN_A_QUERY.sub(lambda m: m[1] + _whole("twitter" if m[2] else network, m[3], name), text)
    if encoded:
        text = _ENCODED_MENTION.sub(lambda m: m[1] + _whole(network, m[2], name), text)
    return text


def _on_facebook(name: Name, found: re.Match[str]) -> str:
    """Return an address on Facebook; of `people/NAME/NUMBER` both name the person."""
    before, kind, who, number = found.groups()
    if kind == "people/" and number:
        put = name("facebook", number[1:])
        return found[0] if put == number[1:] else f"{before}{kind}{put}"
    return f"{before}{kind}{name('facebook', who)}{number or ''}"


def _in_a_path(network: str, name: Name, found: re.Match[str]) -> str:
    """Return a part of an address with what stands for the person; without a server before it, it is a mention."""
    before, who = found.groups()
    server = _server_before(found.string, found.start())
    if _OF_BLUESKY.search(before) and "." in who:
        return before + name("bluesky", who)
    if not server or "@" in who or "%" in who or _IS_PSEUDONYM.fullmatch(who):
        return before + _whole(network, who, name)
    whole = f"{who}@{server}"
    put = name("mastodon", whole)
    return found[0] if put == whole else before + put


def _server_before(text: str, place: int) -> str:
    """Return the server of the address whose path goes on at a place; empty: there is none."""
    before = text[max(place - _NEAR, 0) : place]
    if "%" in before:
        before = unquote(unquote(before))
    if not before or before[-1].isspace():
        return ""
    server = before.rsplit(None, 1)[-1].rpartition("//")[2].partition("/")[0].partition(":")[0]
    return server.lstrip("([{<\"'«“”") if "." in server else ""


def _whole(network: str, written: str, name: Name) -> str:
    """Return what stands for a name, perhaps with its server, as an address has it."""
    who = unquote(unquote(written)) if "%" in written else written
    put = name("mastodon" if "@" in who else network, who)
    return written if put == who else put


def _mention(network: str, name: Name, found: re.Match[str]) -> str:
    """Return a mention with what stands for the person; a domain or a hyphen shows a handle of another network."""
    handle, rest = found.groups()
    if not rest and "@" not in handle:
        return f"@{name(network, handle)}"
    if ("-" in rest or rest.count(".") > 1) and name(network, handle) != handle:
        return f"@{name('bluesky', handle + rest)}"
    return f"@{_mentioned(network, handle, name)}{rest}"


def _mentioned(network: str, handle: str, name: Name) -> str:
    """Return what stands for a mention. Where people leave out the space, an agency is still told from who is named after it."""
    first, _, others = handle.partition("@")
    if not others:
        return name(network, handle)
    put = name("mastodon", handle)
    if put != handle and name(network, first) == first:
        return f"{first}@{_mentioned(network, others, name)}"
    return put
