"""What Mastodon's answers are made of: ids, HTML, errors, and times."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING

from loopback.world import Answer, Json

if TYPE_CHECKING:
    from collections.abc import Callable

    from loopback.world import Person

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LINK = re.compile(r"https?://[^\s<>]*[^\s<>.,;:!?)]")
MENTION = re.compile(r"(?<![\w./])@(\w+(?:[.-]+\w+)*(?:@[\w-]+(?:\.[\w-]+)+)?)")
TAG = re.compile(r"(?<![\w/&#])#(\w*[^\W\d_]\w*)")
_WORD = re.compile(f"{LINK.pattern}|{MENTION.pattern}|{TAG.pattern}")
HTML = {"Content-Type": "text/html; charset=utf-8"}


def error(status: int, message: str) -> Answer:
    """An error as Mastodon words it."""
    return Answer({"error": message}, status)


def no_mastodon(kind: str, elsewhere: str = "") -> Answer:
    """What another kind of server says to everything: `html` (200), `404`, `410`, or `redirect` (elsewhere)."""
    if kind == "redirect":
        return Answer("", 301, {"Location": elsewhere, **HTML})
    status = 200 if kind == "html" else int(kind)
    return Answer("<!DOCTYPE html><html><body><h1>Velkommen</h1></body></html>", status, dict(HTML))


def ulid(number: int) -> str:
    """An id as GoToSocial writes it: letters too, sorted as text."""
    return "01" + "".join(_CROCKFORD[number >> shift & 31] for shift in range(115, -1, -5))


def number(text: str) -> int | None:
    """Read either kind of id."""
    if re.fullmatch(r"\d{1,20}", text):
        return int(text)
    if not re.fullmatch(rf"01[{_CROCKFORD}]{{24}}", text):
        return None
    value = 0
    for sign in text[2:]:
        value = value << 5 | _CROCKFORD.index(sign)
    return value


def said_at(moment: datetime) -> str:
    """A time as Mastodon writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def link(url: str) -> str:
    """A link whose beginning and end are there, but not to be seen."""
    scheme, rest = re.fullmatch(r"(https?://(?:www\.)?)(.*)", url).groups()  # type: ignore[union-attr]
    shown, hidden = rest[:30], rest[30:]
    kind = "ellipsis" if hidden else ""
    return (
        f'<a href="{escape(url)}" target="_blank" rel="nofollow noopener" translate="no">'
        f'<span class="invisible">{scheme}</span><span class="{kind}">{escape(shown)}</span>'
        f'<span class="invisible">{escape(hidden)}</span></a>'
    )


def html(text: str, server: str, who: Callable[[str], Person | None]) -> str:
    """Write a text as HTML: paragraphs, line breaks, and links of three kinds."""

    def marked(match: re.Match[str]) -> str:
        if match[0].startswith("http"):
            return link(match[0])
        if match[1]:
            person = who(match[1])
            return mention(person) if person else match[0]
        where = f"https://{server}/tags/{match[2].lower()}"
        return f'<a href="{where}" class="mention hashtag" rel="tag">#<span>{match[2]}</span></a>'

    def written(line: str) -> str:
        parts, done = "", 0
        for match in _WORD.finditer(line):
            parts += escape(line[done : match.start()], quote=False) + marked(match)
            done = match.end()
        return parts + escape(line[done:], quote=False)

    paragraphs = [p.splitlines() for p in re.split(r"\n{2,}", text)] if text else []
    return "".join(f"<p>{'<br />'.join(written(line) for line in lines)}</p>" for lines in paragraphs)


def mention(person: Person) -> str:
    """Somebody's name as a link."""
    name, _, server = person.handle.partition("@")
    where = f"https://{server}/@{name}"
    return f'<span class="h-card" translate="no"><a href="{where}" class="u-url mention">@<span>{name}</span></a></span>'


def left_out(shown: Json, names: set[str]) -> Json:
    """Leave fields out wherever they stand, as other software does."""
    if isinstance(shown, dict):
        return {k: left_out(v, names) for k, v in shown.items() if k not in names and v is not ...}
    return [left_out(v, names) for v in shown] if isinstance(shown, list) else shown
