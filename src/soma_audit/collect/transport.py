"""The one HTTP client, for all networks: retry, limits, redaction, record and replay.

An SDK builds a path and parameters and hands them to `Transport.send`; what comes back has been checked for errors and
cleaned of credentials and of people before the SDK, or anything else, sees it.
"""

from __future__ import annotations

import json
import logging
import random
import re
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import parse_qsl, urlencode
from urllib.request import getproxies

import httpx

from soma_audit import __version__
from soma_audit.errors import InvalidInputError, RetryLaterError, SkipAccountError, SkipStreamError
from soma_audit.model import Page
from soma_audit.text_files import read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from soma_audit.model import Account, Stream

Json: TypeAlias = Any

logging.getLogger("httpx").setLevel(logging.WARNING)  # its INFO line shows whole URLs

TRIES = 4
WAITS = 3
UNKNOWN_WAIT = timedelta(minutes=15)
LARGEST_ANSWER = 64 * 2**20
"""Bytes. The largest pages that the networks send have a few megabytes."""
LONGEST_WAIT = timedelta(days=1)
"""A limit that is said to last longer is a clock or a header gone wrong."""
TIMEOUT = httpx.Timeout(30, connect=5, pool=None)
"""A request waits its turn as long as it takes."""
SECRET_WORDS = ("access_token", "appsecret_proof", "input_token", "client_secret")
SECRETS = re.compile(rf"\b({'|'.join(SECRET_WORDS)})=[^&\"\s\\]+")
_HEADERS = re.compile(r"retry-after|api-version|facebook-api-version|ratelimit-|x-[\w-]*(?:limit|usage)")
PAGE_PARAMETERS = (
    "actor",
    "uri",
    "uris",
    "mentions",
    "cursor",
    "acct",
    "max_id",
    "id[]",
    "resource",
    "query",
    "pagination_token",
    "next_token",
    "until_id",
    "after",
    "until",
    "__paging_token",
)
"""The parameters that choose a page. The others (fields, limits, bookmarks) may change without making it another."""


class TryAgainError(Exception):
    """The other side had a bad moment."""


class WaitError(Exception):
    """A limit that is lifted at a time, or after a while; neither: nobody says when."""

    def __init__(self, message: str, *, at: datetime | None = None, after: timedelta | None = None) -> None:
        self.at = at
        self.after = after
        super().__init__(message)


@dataclass(slots=True)
class Reply:
    """An answer, with what both SDKs look for: `.json()` and mutable headers."""

    status: int
    headers: dict[str, str]
    body: Json
    url: str
    cost: float = 0.0
    """What the network takes for it, in US dollars."""

    def json(self) -> Json:
        """Return the decoded body."""
        return self.body


class _Newest(threading.local):
    reply = Reply(0, {}, None, "")
    """None has come in this thread yet."""


@dataclass(slots=True, kw_only=True)
class Transport:
    """Sends requests to one network, from several threads at once."""

    client: httpx.Client
    check: Callable[[Reply], None]
    """Raises what an answer means: one of the errors above, or a NotReadableError."""
    no_json: Callable[[int, Mapping[str, str]], None] = lambda *_: None
    """Raises what an answer without JSON means, by its status; without it, that the other side had a bad moment."""
    scrub: Callable[[Json], Json]
    """Takes people out of a body. There is no default, and it stays as it is: nothing gets past it, however it is asked."""
    clock: Callable[[], datetime]
    pause: Callable[[float], None]
    """Waits that many seconds."""
    max_wait: timedelta = timedelta(0)
    tries: int = TRIES
    """How often a question is asked before it is given up."""
    token: str | None = None
    """Cut out of whatever comes back: some error messages quote it."""
    record: Path | None = None
    jitter: Callable[[], float] = field(default=random.random)
    _newest: _Newest = field(default_factory=_Newest)
    _ahead: timedelta = timedelta(0)
    """How far our clock is ahead of the network's, as its last answer told."""

    @property
    def reply(self) -> Reply:
        """The newest answer in this thread, for its URL and headers, which the SDKs do not pass on."""
        return self._newest.reply

    def page(
        self,
        account: Account,
        stream: Stream,
        body: Json,
        resume: str | None,
        *,
        fetched_at: datetime,
        **more: Any,  # noqa: ANN401 - the other fields of a page
    ) -> Page:
        """Make a page of the newest answer in this thread; `body` is what the SDK made of it."""
        reply = self.reply
        headers = reply.headers
        return Page(
            account=account,
            stream=stream,
            url=reply.url,
            fetched_at=fetched_at,
            body=json.dumps(body, ensure_ascii=False).encode(errors="replace"),
            resume=resume,
            api_version=headers.get("api-version") or headers.get("facebook-api-version"),
            cost=reply.cost,
            **more,
        )

    def send(
        self, method: str, path: str, params: Mapping[str, Any] | None = None, content: Json = None
    ) -> Reply:
        """Ask once, again if the other side stumbles, and later if it says so. `content` is sent as JSON.

        Raises:
            NotReadableError: it did not work, or `check` says it never will.
        """
        waits = tries = 0
        while True:
            try:
                reply = self._ask(method, path, params, content)
                self.check(reply)
            except (TryAgainError, httpx.RequestError) as error:
                if (distrust := certificate_error(error)) is not None:
                    raise SkipStreamError("unreachable", distrust) from None
                tries += 1
                if tries >= self.tries:
                    reason = without_secrets(str(error) or type(error).__name__)
                    raise SkipStreamError(
                        "unreachable", f"{path}: no usable answer after {self.tries} tries ({reason})"
                    ) from None
                self.pause(2**tries * (0.5 + self.jitter()))
            except WaitError as limit:
                waits += 1
                self.wait(limit, waits)
            else:
                self._newest.reply = reply
                return reply

    def wait(self, limit: WaitError, waits: int) -> None:
        """Sit out a limit if that is soon over; else say when to come back. Nobody waits at night unasked.

        Raises:
            RetryLaterError: it lasts too long, or does not end.
        """
        now = self.clock()
        at = limit.at + self._ahead if limit.at else now + (limit.after or UNKNOWN_WAIT)
        if at - now > LONGEST_WAIT:
            at = now + UNKNOWN_WAIT
        if waits > WAITS or at - now > self.max_wait:
            raise RetryLaterError(str(limit), at)
        self.pause(max((at - now).total_seconds(), 0) + 1)

    def _ask(self, method: str, path: str, params: Mapping[str, Any] | None, content: Json) -> Reply:
        asked = {k: v for k, v in (params or {}).items() if v is not None}
        with self.client.stream(method, path, params=asked, json=content) as response:
            text = without_secrets(_bounded(response).decode("utf-8", "replace"))
        self._ahead = clock_ahead(self.clock(), response.headers.get("date"))
        url = without_secrets(str(response.request.url))
        text = text.replace(self.token, "…") if self.token else text
        try:
            body = json.loads(text)
        except (ValueError, RecursionError):
            self.no_json(response.status_code, response.headers)
            if response.status_code == 429:  # from a proxy before the network
                raise WaitError("too many requests for now") from None
            raise TryAgainError(f"HTTP {response.status_code} without JSON") from None
        if "\\ud" in text.lower():
            body = whole_characters(body)
        body = self.scrub(body)
        headers = _kept_headers(response.headers)
        if self.record:
            _save(
                self.record,
                method,
                response.request.url,
                {"status": response.status_code, "headers": headers, "body": body},
            )
        return Reply(response.status_code, {**headers, "content-type": "application/json"}, body, url)


def certificate_error(error: BaseException | None) -> str | None:
    """Return why a server is not who it says it is; None: something else has gone wrong. Asking again does not help."""
    for _ in range(10):  # causes may go round in a circle
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"the server's certificate cannot be trusted ({error.verify_message})"
        error = error and (error.__cause__ or error.__context__)
    return None


def without_secrets(text: str) -> str:
    """Cut the values out of `access_token=…` and its like."""
    # looked for first: in most answers there are none, and the pattern is ten times as slow
    return SECRETS.sub(r"\1=…", text) if any(word in text for word in SECRET_WORDS) else text


def _kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that are read: limits, versions, the next page, where to ask instead. Others may name anybody."""
    kept = {k: v for k, v in headers.items() if _HEADERS.match(k)}
    if links := [part for part in headers.get("link", "").split(",") if 'rel="next"' in part]:
        kept["link"] = links[0].strip()
    elif "link" in headers:
        kept["link"] = ""
    if headers.get("location", "").partition("?")[0].endswith("webfinger"):
        kept["location"] = headers["location"]
    return kept


def _bounded(response: httpx.Response) -> bytes:
    """Return an answer's body, as long as it can be one."""
    found = bytearray()
    for part in response.iter_bytes():
        found += part
        if len(found) > LARGEST_ANSWER:
            raise SkipStreamError("damaged", f"an answer was larger than {LARGEST_ANSWER // 2**20} MB")
    return bytes(found)


def client(
    base_url: str,
    token: str | None,
    at_once: int,
    replay: Path | None = None,
    *,
    public_only: bool = False,
    patience: float | None = None,
) -> httpx.Client:
    """Make the HTTP client for one network, with so many requests under way at once; without a token it asks as anybody.

    `replay` is a folder of saved pages to answer from instead; `public_only` refuses addresses inside one's own network;
    `patience` is how many seconds an answer may keep us waiting, if not the usual ones.
    """
    limits = httpx.Limits(max_connections=at_once)
    transport: httpx.BaseTransport | None = None
    if replay:
        transport = Replay(replay)
    elif public_only and not getproxies():  # a proxy looks addresses up itself
        transport = PublicOnly(limits=limits)
    return httpx.Client(
        base_url=base_url,
        headers={
            **({"Authorization": f"Bearer {token}"} if token else {}),
            "User-Agent": f"soma-audit/{__version__}",
        },
        timeout=TIMEOUT if patience is None else httpx.Timeout(patience, connect=5, pool=None),
        limits=limits,
        transport=transport,
    )


class PublicOnly(httpx.HTTPTransport):
    """Connects only to public addresses on the internet: a server's name in a handle must not lead into our own network."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Refuse a name that leads to a private address, before asking and, should it lead elsewhere by then, after."""
        host = request.url.host
        try:
            found = {info[4][0] for info in socket.getaddrinfo(host, None)}
        except OSError as error:
            raise httpx.ConnectError(f"there is no server {host}") from error
        _refuse_private(host, found)
        response = super().handle_request(request)
        peer = response.extensions["network_stream"].get_extra_info("server_addr")
        _refuse_private(host, {peer[0]} if peer else ())
        return response


def _refuse_private(host: str, addresses: Iterable[object]) -> None:
    if any(not ip_address(str(a).partition("%")[0]).is_global for a in addresses):
        raise SkipAccountError(
            "refused", f"{host} leads to an address that is not on the internet: it is not asked"
        )


# --- record and replay ----------------------------------------------------------------------------------------------


def request_line(method: str, url: httpx.URL) -> str:
    """Name a request by what chooses its page."""
    chosen = sorted((k, v) for k, v in parse_qsl(url.query.decode()) if k in PAGE_PARAMETERS)
    return f"{method} {url.path}" + (f"?{urlencode(chosen)}" if chosen else "")


def page_file(folder: Path, url: httpx.URL) -> Path:
    """Name the file that holds the saved pages of a path, one a line."""
    return folder / (url.path.strip("/").replace("/", ".") + ".jsonl")


def _save(folder: Path, method: str, url: httpx.URL, answer: dict[str, Json]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with page_file(folder, url).open("a", encoding="utf-8", errors="replace") as out:
        out.write(json.dumps({"request": request_line(method, url), **answer}, ensure_ascii=False) + "\n")


class Replay(httpx.BaseTransport):
    """Answers requests from saved pages; all but the socket is real."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise InvalidInputError(f"There are no saved pages in {folder}.")
        self.folder = folder

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Find the saved answer; the last one, if it was recorded more than once."""
        wanted = request_line(request.method, request.url)
        found = None
        file = page_file(self.folder, request.url)
        if file.exists():
            # not splitlines: a text may hold other breaks
            for line in filter(None, read_text(file, "The saved pages").split("\n")):
                answer = json.loads(line)
                found = answer if answer["request"] == wanted else found
        if found is None:
            raise SkipStreamError(
                "unreachable", f"{wanted} is not among the saved pages in {self.folder.name}"
            )
        return httpx.Response(found["status"], headers=found["headers"], json=found["body"], request=request)


def whole_characters(body: Json) -> Json:
    """Replace half characters, which JSON may hold and nothing else takes, wherever they stand."""
    text = json.dumps(body, ensure_ascii=False)
    return json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def clock_ahead(now: datetime, said: str | None) -> timedelta:
    """Return how far a clock is ahead of the other side's, from its `Date` header; less than a minute is the way here."""
    try:
        ahead = now - parsedate_to_datetime(said or "").astimezone(UTC)
    except (ValueError, OverflowError):
        return timedelta(0)
    return ahead if abs(ahead) > timedelta(minutes=1) else timedelta(0)


def time_in(text: str | None) -> datetime | None:
    """Return the time in a header: seconds since 1970, or an ISO time, which is UTC if it does not say; None: neither."""
    with suppress(ValueError, OverflowError, OSError):
        if text and text.isdecimal():
            return datetime.fromtimestamp(int(text), UTC)
        moment = datetime.fromisoformat(text or "")
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    return None
