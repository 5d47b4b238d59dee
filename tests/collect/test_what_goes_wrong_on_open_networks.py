"""Everything that goes wrong on Bluesky and Mastodon, what is stored all the same, what is said of the rest, how it heals.

`CASES` is the table. In each, the trouble strikes one run, which says so in one sentence; when it is over, the next run
must leave exactly what a run without any trouble leaves.
"""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from loopback import bluesky_words, mastodon_words
from loopback.bluesky_words import VIEWS
from loopback.mastodon_words import no_mastodon
from loopback.night import HANDLES, Night, loopback
from loopback.server import Trouble
from loopback.town import BLUESKY_VISITORS, MASTODON_VISITORS
from loopback.troubles import Case, arriving, everywhere, instead, truncated, web_page
from loopback.world import Answer, Ask
from soma_audit.collect import transport

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from loopback.mastodon_views import Server
    from loopback.server import Change, Loopback

BLUESKY, MASTODON, STRANGER = "bluesky", "mastodon", "mastodon without a token"
SERVER = "etat.example"
WINDOW = 5
"""Minutes in which either network counts requests."""

# --- what a network may do to an answer ---------------------------------------------------------------------------


def says(name: str, message: str = "", status: int = 400, **headers: str) -> Change:
    """Bluesky answers with an error."""
    return instead(bluesky_words.error(name, message, status, **headers))


def refuses(status: int, message: str, **headers: str) -> Change:
    """A Mastodon server answers with an error."""
    answer = mastodon_words.error(status, message)
    answer.headers = {k.replace("_", "-"): v for k, v in headers.items()}
    return instead(answer)


def limited(_: Loopback, ask: Ask, answer: Answer) -> Answer:
    """The window is used up; the genuine answer's headers say until when."""
    words = {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}
    return Answer(words if "/xrpc/" in ask.path else {"error": "Too many requests"}, 429, answer.headers)


def from_the_second_page(change: Change) -> Change:
    """Whoever names a place is struck; the first page is to be had."""

    def strike(here: Loopback, ask: Ask, answer: Answer) -> Answer:
        return change(here, ask, answer) if {"cursor", "max_id"} & ask.params.keys() else answer

    return strike


class FirstPageAgain:
    """The page that came first comes again, and points on as it did then; `fresh`: each time to a new place."""

    def __init__(self, *, fresh: bool = False) -> None:
        self.first: Answer | None = None
        self.fresh = fresh

    def __call__(self, here: Loopback, ask: Ask, answer: Answer) -> Answer:
        if self.first is None:
            self.first = answer
            return answer
        again = Answer(self.first.body, answer.status, answer.headers)
        if not self.fresh:
            again.headers = self.first.headers
        elif "/xrpc/" in ask.path:
            again.body = {**self.first.body, "cursor": here.bluesky.places.give("1")}
        return again


def round_in_circles(_: Loopback, ask: Ask, answer: Answer) -> Answer:
    """Right posts, but the place of the next page is the place of this one."""
    if "/xrpc/" in ask.path:
        return Answer({**answer.body, "cursor": ask.params["cursor"]}, 200, answer.headers)
    return Answer(answer.body, 200, answer.headers | link(ask.params.get("max_id", "1")))


def link(place: str) -> dict[str, str]:
    """A header that says where the next page is."""
    return {"Link": f'<https://{SERVER}/api/v1/x?max_id={place}>; rel="next"'}


def empty_with_more(here: Loopback, ask: Ask, answer: Answer) -> Answer:
    """Nothing on this page; what should stand here comes on the next one."""
    if "/xrpc/" in ask.path:
        place = here.bluesky.places.find(ask.params["cursor"])
        key = "feed" if "feed" in answer.body else "posts"
        return Answer({key: [], "cursor": here.bluesky.places.give(place)}, 200, answer.headers)
    return Answer([], 200, answer.headers | link(str(int(ask.params["max_id"]) - 1)))


def without(*keys: str) -> Change:
    """The right answer without some of its keys."""
    return lambda _, __, answer: Answer(
        {k: v for k, v in answer.body.items() if k not in keys}, answer.status, answer.headers
    )


def with_post(**more: Any) -> Change:
    """The right answer, its first post changed."""

    def strike(_: Loopback, __: Ask, answer: Answer) -> Answer:
        body = json.loads(json.dumps(answer.body))
        posts = (
            body if isinstance(body, list) else body.get("posts", [i["post"] for i in body.get("feed", [])])
        )
        for post in posts[:1]:
            post.update(more)
        return Answer(body, answer.status, answer.headers)

    return strike


def top_of_a_thread(kind: str) -> Change:
    """A mark in place of the post that was asked for."""
    mark = {"$type": f"{VIEWS}{kind}Post", "uri": "at://did:plc:x/app.bsky.feed.post/1"}
    return instead(Answer({"thread": mark}))


def standing(how: str) -> Callable[[Loopback], None]:
    """The account is no longer what it was."""

    def set_standing(here: Loopback) -> None:
        for network in (here.bluesky, here.mastodon):
            network.world.people[0].standing = how

    return set_standing


def renamed(here: Loopback) -> None:
    """The account has another handle, which the register does not know."""
    here.bluesky.world.people[0].handle = "nytt-navn.example"
    here.mastodon.world.people[0].handle = f"nytt_navn@{SERVER}"


def moved(here: Loopback) -> None:
    """The account says that it goes on elsewhere."""
    person = here.mastodon.world.person("etaten@ny.example", "Etaten")
    here.mastodon.world.people[0].more["moved"] = person


def server_is(**how: Any) -> Callable[[Loopback], None]:
    """The account's server has another mind."""

    def set_mind(here: Loopback) -> None:
        for name, value in how.items():
            setattr(etat(here), name, value)

    return set_mind


def is_now(kind: str) -> Callable[[Loopback], None]:
    """Something other than Mastodon stands at the account's server."""
    return lambda here: setattr(etat(here), "instead", no_mastodon(kind, "https://borte.example/velkommen"))


def etat(here: Loopback) -> Server:
    return here.mastodon.servers[SERVER]


def nobody_finds_it(here: Loopback) -> None:
    """The server lets nobody look up, and has a limit on searches."""
    server_is(lookup_demands_token=True)(here)
    here.troubles.append(Trouble("/search", limited))


def revoked(_: Loopback, ask: Ask, __: Answer) -> Answer:
    """The session is not taken any more, and no new one is given."""
    if ask.path.endswith("createSession"):
        return bluesky_words.error("AuthenticationRequired", "Invalid identifier or password", 401)
    return bluesky_words.error("InvalidToken", "Token could not be verified", 401)


def session_ends(here: Loopback) -> None:
    """A session ends as soon as it has begun, and the account's server takes no new one for it."""
    here.bluesky.session_life = timedelta(0)


def mend(here: Loopback) -> None:
    """Put an end to every trouble."""
    here.troubles.clear()
    here.bluesky.session_life = timedelta(hours=2)
    for network, handle in ((here.bluesky, HANDLES[BLUESKY]), (here.mastodon, HANDLES[MASTODON])):
        agency = network.world.people[0]
        agency.standing, agency.handle = "well", handle
        agency.more.clear()
    server_is(instead=None, demands_token=False, lookup_demands_token=False)(here)


# --- the table ----------------------------------------------------------------------------------------------------

ALL = {BLUESKY: 16, MASTODON: 16, STRANGER: 15}
"""How many posts there are; an untroubled run makes 10 requests to Bluesky and 8 to Mastodon."""
PROFILE, FEED, SEARCH, THREAD, SESSION = (
    *("getProfile", "getAuthorFeed", "searchPosts", "getPostThread", "createSession"),
)
LOOKUP, STATUSES, CONTEXT, NOTICES = "/lookup", "/accounts/\\d+/statuses", "/context", "/notifications"


def on_bluesky(name: str, does: Change | Callable[[Loopback], None], on: str = FEED, **expected: Any) -> Case:
    """The timeline: its second page and all after it, unless said otherwise."""
    return Case(name, BLUESKY, on, does, **expected)


def on_mastodon(
    name: str, does: Change | Callable[[Loopback], None], on: str = STATUSES, **more: Any
) -> Case:
    """The timeline: its second page and all after it, unless said otherwise."""
    return Case(name, MASTODON, on, does, **more)


def stranger(name: str, does: Change | Callable[[Loopback], None], on: str = "", **expected: Any) -> Case:
    """Without a token; the account's server from the first request on, unless said otherwise."""
    return Case(name, STRANGER, on, does, **{"skip": 0, **expected})


OTHERS = {
    "html": "no Mastodon server answers there: it is another web site",
    "redirect": "no Mastodon server answers there: it redirects elsewhere",
    "404": "does not show it to us (the server answered 404 with a web page)",
    "410": "does not show it to us (the server answered 410 with a web page)",
}
"""Other kinds of servers, and what is said of them."""
LIMIT: Any = {"gap": (None, "rate_limit"), "says": "too many requests for now"}
AFTER_TRIES: Any = {"gap": ("timeline", "unreachable"), "says": "no usable answer after 4 tries"}

CASES = [
    # --- Bluesky: limits ---
    on_bluesky("limit", limited, back=WINDOW, **LIMIT, stored=6, calls=3),
    on_bluesky("limit that does not say until when", says("RateLimitExceeded", status=429), back=15, **LIMIT, stored=6, calls=3),
    on_bluesky("limit until an ISO time", says("RateLimitExceeded", status=429, ratelimit_reset="2026-03-02T12:05:00Z"), back=WINDOW, **LIMIT, stored=6, calls=3),
    on_bluesky("limit until a time that makes no sense", says("RateLimitExceeded", status=429, ratelimit_reset="99999999999"), back=15, **LIMIT, stored=6, calls=3),
    on_bluesky("limit told by a web page", web_page(429), back=15, **LIMIT, stored=6, calls=3),
    on_bluesky("limit on the profile", limited, PROFILE, skip=0, back=WINDOW, **LIMIT, stored=0, calls=1),
    on_bluesky("limit on threads", limited, THREAD, back=WINDOW, **LIMIT, stored=15, calls=10),
    # --- Bluesky: bad moments ---
    on_bluesky("500 once", says("InternalServerError", status=500), times=1, calls=11),
    on_bluesky("502 in HTML once", web_page(502), times=1, calls=11),
    on_bluesky("HTML with 200 once", web_page(200), times=1, calls=11),
    on_bluesky("truncated JSON once", truncated, times=1, calls=11),
    on_bluesky("a body that breaks off once", arriving("cut"), times=1, calls=11),
    on_bluesky("reset connection once", arriving("reset"), times=1, calls=11),
    on_bluesky("hang once", arriving("never"), times=1, calls=11),
    on_bluesky("three bad moments in a row", says("UpstreamFailure", status=502), times=3, calls=13),
    on_bluesky("500", says("InternalServerError", status=500), **AFTER_TRIES, stored=8, calls=10),
    on_bluesky("501", says("MethodNotImplemented", status=501), **AFTER_TRIES, stored=8, calls=10),
    on_bluesky("502 in HTML", web_page(502), **AFTER_TRIES, stored=8, calls=10),
    on_bluesky("HTML with 200", web_page(200), **AFTER_TRIES, stored=8, calls=10),
    on_bluesky("404 in HTML", web_page(404), **AFTER_TRIES, stored=8, calls=10),
    on_bluesky("a list where an object should stand", instead(Answer([1])), **AFTER_TRIES, stored=8, calls=10),
    on_bluesky("truncated JSON", truncated, **AFTER_TRIES, stored=8, calls=10),
    on_bluesky("a body that breaks off", arriving("cut"), **AFTER_TRIES, stored=8, calls=10),
    on_bluesky("reset connection", arriving("reset"), **AFTER_TRIES, stored=8, calls=10),
    on_bluesky("hang", arriving("never"), **AFTER_TRIES, stored=8, calls=10),
    on_bluesky("Bluesky is away", arriving("reset"), ".*", skip=0, gap=("profile", "unreachable"), stored=0, calls=4, says="no usable answer after 4 tries"),
    # --- Bluesky: odd pages ---
    on_bluesky("repeated page once", FirstPageAgain(), skip=0, times=2, gap=("timeline", "damaged"), stored=8, calls=7, says="sent the same page twice"),
    on_bluesky("the same page for ever", FirstPageAgain(), skip=0, gap=("timeline", "damaged"), stored=8, calls=7, says="sent the same page twice"),
    on_bluesky("the same page for ever, each time with a new place", FirstPageAgain(fresh=True), skip=0, gap=("timeline", "damaged"), stored=8, calls=7, says="sent the same page twice"),
    on_bluesky("a cursor that loops", round_in_circles, gap=("timeline", "damaged"), stored=8, calls=7, says="pointed back to a page"),
    on_bluesky("a search that loops", FirstPageAgain(), SEARCH, skip=0, gap=("mentions", "damaged"), calls=10, says="sent the same page twice"),
    on_bluesky("empty page with more behind it", empty_with_more, times=1, calls=11),
    on_bluesky("nothing but empty pages", empty_with_more, gap=("timeline", "damaged"), stored=8, calls=57, says="one empty page after another"),
    on_bluesky("an empty page of mentions with more behind it", empty_with_more, SEARCH, times=1, calls=11),
    on_bluesky("a cursor that is refused once", says("InvalidRequest", "Malformed cursor"), times=1, calls=12),
    on_bluesky("cursors that never work", from_the_second_page(says("InvalidRequest", "Malformed cursor")), gap=("timeline", "unreachable"), stored=8, calls=9, says="answered 400 InvalidRequest"),
    on_bluesky("a page of posts without its list", without("feed"), gap=("timeline", "damaged"), stored=8, calls=7, says="answered without a list of posts"),
    on_bluesky("a page of mentions without its list", without("posts"), SEARCH, skip=0, gap=("mentions", "damaged"), stored=15, calls=9, says="answered without a list of posts"),
    on_bluesky("a thread without its tree", without("thread"), THREAD, skip=0, gap=("comments", "damaged"), stored=12, calls=10, says="without its first post"),
    on_bluesky("a profile without its id", without("did"), PROFILE, skip=0, gap=("profile", "damaged"), stored=0, calls=1, says="an answer made no sense"),
    on_bluesky("a post without a time", with_post(indexedAt=None), skip=0, gap=("timeline", "damaged"), stored=14, calls=10, says="1 of the posts cannot be read"),
    on_bluesky("a post whose time is no time", with_post(indexedAt={"at": 7}), skip=0, gap=("timeline", "damaged"), stored=14, calls=10, says="1 of the posts cannot be read"),
    on_bluesky("a mention without a time", with_post(indexedAt=None), SEARCH, skip=0, gap=("mentions", "damaged"), stored=15, calls=10, says="1 of the posts cannot be read"),
    on_bluesky("a post without an author", with_post(author=None), skip=0, gap=("timeline", "damaged"), stored=14, calls=10, says="1 of the posts cannot be read"),
    # --- Bluesky: the account ---
    on_bluesky("deactivated", standing("deactivated"), "", gap=(None, "deactivated"), stored=0, calls=1, says="account is deactivated"),
    on_bluesky("taken down", standing("takendown"), "", gap=(None, "suspended"), stored=0, calls=1, says="has suspended the account"),
    on_bluesky("deleted", standing("deleted"), "", gap=(None, "not_found"), stored=0, calls=1, says="does not know the account"),
    on_bluesky("a handle that does not exist", renamed, "", gap=(None, "not_found"), stored=0, calls=1, says="does not know the account"),
    on_bluesky("deactivated meanwhile", says("AccountDeactivated"), gap=(None, "deactivated"), stored=6, calls=3, says="account is deactivated"),
    on_bluesky("taken down meanwhile", says("AccountTakedown"), gap=(None, "suspended"), stored=6, calls=3, says="has suspended the account"),
    on_bluesky("blocks whoever asks", says("BlockedByActor"), skip=0, gap=("timeline", "unreachable"), stored=2, calls=5, says="answered 400 BlockedByActor"),
    # --- Bluesky: a thread, while the timeline is fine ---
    on_bluesky("a thread that is not there", says("NotFound", "Post not found"), THREAD, times=1, stored=15, calls=10),
    on_bluesky("a thread whose post is gone", top_of_a_thread("notFound"), THREAD, times=1, stored=15, calls=10),
    on_bluesky("a thread whose post is blocked", top_of_a_thread("blocked"), THREAD, times=1, stored=15, calls=10),
    on_bluesky("a thread that is refused", says("InvalidRequest"), THREAD, gap=("comments", "unreachable"), stored=15, calls=10, says="the replies under post"),
    # --- Bluesky: signing in ---
    on_bluesky("app password refused", says("AuthenticationRequired", "Invalid identifier or password", 401), SESSION, skip=0, gap=("mentions", "refused"), stored=15, calls=8, says="refused the app password"),
    on_bluesky("whoever signs in is taken down", says("AccountTakedown", "Account has been taken down", 401), SESSION, skip=0, gap=("mentions", "refused"), stored=15, calls=8, says="did not let us sign in"),
    on_bluesky("whoever signs in does not exist", says("InvalidRequest", "Unable to resolve handle"), SESSION, skip=0, gap=("mentions", "unreachable"), stored=15, calls=8, says="answered 400 InvalidRequest)"),
    on_bluesky("a second factor is wanted", says("AuthFactorTokenRequired", "A sign in code has been sent", 401), SESSION, skip=0, gap=("mentions", "refused"), stored=15, calls=8, says="refused the app password"),
    on_bluesky("too many sessions", limited, SESSION, skip=0, gap=("mentions", "rate_limit"), stored=15, calls=8, says="did not let us sign in"),
    on_bluesky("a session without its token", without("accessJwt"), SESSION, skip=0, gap=("mentions", "refused"), stored=15, calls=8, says="did not let us sign in"),
    on_bluesky("the account's own server is away", arriving("reset"), SESSION, skip=0, gap=("mentions", "unreachable"), stored=15, calls=11, says="no usable answer after 4 tries"),
    on_bluesky("session expired", says("ExpiredToken", status=400), SEARCH, skip=0, times=1, calls=12),
    on_bluesky("session expired between two pages", says("ExpiredToken", status=401), SEARCH, times=1, calls=12),
    on_bluesky("sessions that expire at once", session_ends, "", gap=("mentions", "permission"), stored=15, calls=11, says="session has expired"),
    on_bluesky("app password revoked meanwhile", revoked, f"({SESSION}|{SEARCH})", skip=2, gap=("mentions", "refused"), calls=11, says="refused the app password"),
    on_bluesky("sessions that are not taken", says("InvalidToken", status=401), SEARCH, gap=("mentions", "permission"), calls=12, says="session has expired"),
    on_bluesky("a search that is refused all the same", says("Forbidden", status=403), SEARCH, skip=0, gap=("mentions", "permission"), stored=15, calls=9, says="Bluesky refused: Forbidden"),
    on_bluesky("a search that is not to be had", web_page(403), SEARCH, skip=0, gap=("mentions", "unreachable"), stored=15, calls=12, says="no usable answer after 4 tries"),
    on_bluesky("limit on mentions", limited, SEARCH, skip=0, back=WINDOW, **LIMIT, stored=11, calls=7),
    # --- Mastodon: limits ---
    on_mastodon("limit", limited, back=WINDOW, **LIMIT, stored=3, calls=3),
    on_mastodon("limit that does not say until when", refuses(429, "Too many requests"), back=15, **LIMIT, stored=3, calls=3),
    on_mastodon("limit until a number of seconds", refuses(429, "Throttled", x_ratelimit_reset="1772453100"), back=WINDOW, **LIMIT, stored=3, calls=3),
    on_mastodon("limit until a time that makes no sense", refuses(429, "Throttled", x_ratelimit_reset="soon"), back=15, **LIMIT, stored=3, calls=3),
    on_mastodon("limit told by a web page", web_page(429), back=15, **LIMIT, stored=3, calls=3),
    on_mastodon("limit on the profile", limited, LOOKUP, skip=0, back=WINDOW, **LIMIT, stored=0, calls=1),
    on_mastodon("limit on threads", limited, CONTEXT, back=WINDOW, **LIMIT, stored=14, calls=8),
    stranger("limit on the search for an account", nobody_finds_it, back=WINDOW, **LIMIT, stored=0, calls=2),
    # --- Mastodon: bad moments ---
    on_mastodon("500 once", refuses(500, "oops"), times=1, calls=9),
    on_mastodon("503 in HTML once", web_page(503), times=1, calls=9),
    on_mastodon("truncated JSON once", truncated, times=1, calls=9),
    on_mastodon("a body that breaks off once", arriving("cut"), times=1, calls=9),
    on_mastodon("reset connection once", arriving("reset"), times=1, calls=9),
    on_mastodon("hang once", arriving("never"), times=1, calls=9),
    on_mastodon("three bad moments in a row", refuses(503, "oops"), times=3, calls=11),
    on_mastodon("500", refuses(500, "oops"), **AFTER_TRIES, stored=7, calls=8),
    on_mastodon("503 in HTML", web_page(503), **AFTER_TRIES, stored=7, calls=8),
    on_mastodon("truncated JSON", truncated, **AFTER_TRIES, stored=7, calls=8),
    on_mastodon("a body that breaks off", arriving("cut"), **AFTER_TRIES, stored=7, calls=8),
    on_mastodon("reset connection", arriving("reset"), **AFTER_TRIES, stored=7, calls=8),
    on_mastodon("hang", arriving("never"), **AFTER_TRIES, stored=7, calls=8),
    on_mastodon("HTML with 200", web_page(200), gap=("timeline", "not_found"), stored=7, calls=5, says="it is another web site"),
    on_mastodon("a path that is not there", refuses(404, "Record not found"), gap=("timeline", "not_found"), stored=7, calls=5, says="answered 404 Record not found"),
    on_mastodon("an error that nobody knows", refuses(418, "teapot"), gap=("timeline", "unreachable"), stored=7, calls=5, says="answered 418 teapot"),
    on_mastodon("the server is away", arriving("reset"), ".*", skip=0, gap=("profile", "unreachable"), stored=0, calls=4, says="no usable answer after 4 tries"),
    # --- Mastodon: odd pages ---
    on_mastodon("repeated page once", FirstPageAgain(), skip=0, times=2, gap=("timeline", "damaged"), stored=7, calls=5, says="sent the same page twice"),
    on_mastodon("the same page for ever", FirstPageAgain(), skip=0, gap=("timeline", "damaged"), stored=7, calls=5, says="sent the same page twice"),
    on_mastodon("the same page for ever, each time with a new place", FirstPageAgain(fresh=True), skip=0, gap=("timeline", "damaged"), stored=7, calls=5, says="sent the same page twice"),
    on_mastodon("a place that loops", round_in_circles, gap=("timeline", "damaged"), stored=7, calls=5, says="pointed back to a page"),
    on_mastodon("mentions that loop", round_in_circles, NOTICES, skip=0, gap=("mentions", "damaged"), calls=9, says="pointed back to a page"),
    on_mastodon("empty page with more behind it", empty_with_more, times=1, calls=9),
    on_mastodon("nothing but empty pages", empty_with_more, gap=("timeline", "damaged"), stored=7, calls=55, says="one empty page after another"),
    on_mastodon("a place that is refused once", refuses(400, "invalid max_id"), times=1, calls=10),
    on_mastodon("places that never work", from_the_second_page(refuses(422, "invalid max_id")), gap=("timeline", "unreachable"), stored=7, calls=7, says="answered 422 invalid max_id"),
    on_mastodon("an object where a list should stand", instead(Answer({})), gap=("timeline", "damaged"), stored=7, calls=5, says="answered without a list of posts"),
    on_mastodon("nothing where a list should stand", instead(Answer(None)), **AFTER_TRIES, stored=7, calls=8),
    on_mastodon("mentions without a list", instead(Answer({})), NOTICES, skip=0, gap=("mentions", "damaged"), stored=15, calls=9, says="answered without a list of posts"),
    on_mastodon("a thread without what is below", without("descendants"), CONTEXT, skip=0, gap=("comments", "damaged"), stored=11, calls=8, says="answered without a list of posts"),
    on_mastodon("a thread that is nothing", instead(Answer({})), CONTEXT, skip=0, gap=("comments", "damaged"), stored=11, calls=8, says="answered without a list of posts"),
    on_mastodon("an account without an id", without("id"), LOOKUP, skip=0, gap=("profile", "damaged"), stored=0, calls=1, says="an account without an id"),
    on_mastodon("a post without a time", with_post(created_at=None), skip=0, gap=("timeline", "damaged"), stored=13, calls=8, says="1 of the posts cannot be read"),
    on_mastodon("a post whose time is no time", with_post(created_at={"at": 7}), skip=0, gap=("timeline", "damaged"), stored=13, calls=8, says="1 of the posts cannot be read"),
    # --- Mastodon: the account ---
    on_mastodon("suspended", standing("suspended"), "", gap=(None, "suspended"), stored=0, calls=1, says="has suspended the account"),
    on_mastodon("deleted", standing("deleted"), "", gap=(None, "not_found"), stored=0, calls=2, says="does not know the account"),
    on_mastodon("gone", standing("gone"), "", gap=(None, "not_found"), stored=0, calls=2, says="does not know the account"),
    on_mastodon("a handle that does not exist", renamed, "", gap=(None, "not_found"), stored=0, calls=2, says="does not know the account"),
    on_mastodon("moved", moved, "", gap=("profile", "moved"), calls=8, says="it has moved to @etaten@ny.example"),
    on_mastodon("gone meanwhile", refuses(410, "Gone"), gap=("timeline", "not_found"), stored=7, calls=5, says="answered 410 Gone"),
    # --- Mastodon: a thread, while the timeline is fine ---
    on_mastodon("a thread that is not there", refuses(404, "Record not found"), CONTEXT, times=1, stored=15, calls=9),
    on_mastodon("a thread that is refused", refuses(403, "This action is not allowed"), CONTEXT, gap=("comments", "permission"), stored=14, calls=9, says="refused (HTTP 403) This action is not allowed"),
    # --- Mastodon: tokens ---
    on_mastodon("token revoked", refuses(401, "The access token was revoked"), ".*", skip=0, gap=(None, "permission"), stored=0, calls=2, says="etat.example refused the token"),
    on_mastodon("token revoked meanwhile", refuses(401, "The access token was revoked"), "(statuses|context|notifications)", gap=(None, "permission"), stored=3, calls=3, says="etat.example refused the token"),
    on_mastodon("a token without the scope for mentions", refuses(403, "This action is outside the authorized scopes"), NOTICES, skip=0, gap=("mentions", "permission"), stored=15, calls=9, says="outside the authorized scopes"),
    on_mastodon("a token that is an application's", refuses(422, "This method requires an authenticated user"), NOTICES, skip=0, gap=("mentions", "permission"), stored=15, calls=9, says="refused (HTTP 422)"),
    stranger("a server that demands a token", server_is(demands_token=True), gap=(None, "permission"), stored=0, calls=2, says="shows nothing without a token"),
    stranger("a server that demands one by 422", refuses(422, "This method requires an authenticated user"), "api/.*", gap=(None, "permission"), stored=0, calls=2, says="shows nothing without a token"),
    stranger("a server that refuses with a web page", web_page(403), "api/.*", gap=(None, "permission"), stored=0, calls=2, says="shows nothing without a token"),
    stranger("a server that shows a profile, and no posts", refuses(401, "This API requires an authenticated user"), "(statuses|context)", gap=(None, "permission"), stored=0, calls=2, says="shows nothing without a token"),
    stranger("a server that lets nobody look up lets them search", server_is(lookup_demands_token=True), calls=9),
    # --- Mastodon: another kind of server ---
    *(stranger(f"a server that is no Mastodon: {kind}", is_now(kind), stored=0, calls=2, gap=(None, "not_found"), says=words) for kind, words in OTHERS.items()),
]  # fmt: skip


def night_on(network: str, folder: Path, here: Loopback) -> Night:
    """A night on one network, signed in where that shows more."""
    night = Night(folder, here, (network.split(maxsplit=1)[0],))
    secret = night.folder / "secret"
    if network == BLUESKY:
        night.bluesky = f'identifier = "{HANDLES[BLUESKY]}"\napp_password_file = "secret"'
        secret.write_text(here.bluesky.may_sign_in(here.bluesky.world.people[0]), "utf-8")
    elif network == MASTODON:
        night.mastodon = f'tokens = {{ "{HANDLES[MASTODON]}" = "secret" }}'
        secret.write_text(etat(here).token(here.mastodon.world.people[0]), "utf-8")
    else:
        secret.touch()
    secret.chmod(0o600)
    return night


@pytest.fixture(scope="module")
def untroubled(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, dict[str, list[Any]]]:
    """What two runs leave in which nothing goes wrong."""
    left = {}
    for network in (BLUESKY, MASTODON, STRANGER):
        with pytest.MonkeyPatch.context() as patch, loopback(patch) as here:
            night = night_on(network, tmp_path_factory.mktemp("untroubled") / "a", here)
            assert [night.collect().code, night.collect().code] == [0, 0]
            left[network] = night.rows()
    return left


def without_moves(rows: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Rows without what an account said of a move that it has taken back: that it once said so is kept."""
    return {**rows, "about": [said for said in rows["about"] if '"moved_to"' not in said[1]]}


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.network}: {c.name}")
def test_what_goes_wrong(
    case: Case,
    here: Loopback,
    untroubled: Mapping[str, dict[str, list[Any]]],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    if "hang" in case.name:
        monkeypatch.setattr(transport, "TIMEOUT", httpx.Timeout(0.8))
    night = night_on(case.network, tmp_path / "a", here)
    case.begin(here)
    ended = night.collect()
    back = ended.told.get("resume_at")
    minutes = back and round((datetime.fromisoformat(back) - here.clock.now) / timedelta(minutes=1))
    gaps = [gap for gap in night.gaps() if gap[1] != "signed_out"]
    expected = [case.gap] if case.gap else []
    stored = ALL[case.network] if case.stored is None else case.stored
    found = (ended.code, len(night.texts()), gaps, ended.calls, minutes)
    assert found == (3 if expected else 0, stored, expected, case.calls, case.back)
    assert [case.says in said for said in ended.told["not_seen"]] == [True] * len(expected)
    mend(here)
    here.clock.move(15 * 60)
    assert night.collect().code == 0
    assert without_moves(night.rows()) == untroubled[case.network]
    assert night.leaks() == []
    secret = (night.folder / "secret").read_text("utf-8")
    named = {*BLUESKY_VISITORS, *MASTODON_VISITORS, *BLUESKY_VISITORS.values(), secret} - {""}
    assert [word for word in named if word in caplog.text + night.said] == []


# --- where an account lives ---------------------------------------------------------------------------------------

TOWN = "radhuset@by.example"


@pytest.fixture
def town(here: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Night:
    """A night on an account whose server has another name than its handle, which tells by a redirect."""
    for proxy in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(proxy, raising=False)
    here.mastodon.server("sosial.by.example", address="by.example")
    here.mastodon.world.say(here.mastodon.world.person(TOWN, "Rådhuset"), "God morgen")
    return Night(tmp_path / "a", here, (MASTODON,), handles=(TOWN,))


def webfinger_leads(*ways: tuple[str, str]) -> Change:
    """Redirect whoever asks one server where an account lives to the next one."""
    there = dict(ways)

    def lead(here: Loopback, ask: Ask, answer: Answer) -> Answer:
        server = ask.path.split("/")[2]
        if server not in there:
            return answer
        where = there[server] if "//" in there[server] else f"{here.url}/on/{there[server]}"
        return Answer("", 301, {"Location": f"{where}/.well-known/webfinger?resource=acct:{TOWN}"})

    return lead


def account_is_at(address: str) -> Change:
    """Say that an account lives there."""
    links = [{"rel": "self", "type": "application/activity+json", "href": address}]
    return instead(Answer({"subject": f"acct:{TOWN}", "links": links}))


WEBFINGER = "webfinger"
UNKNOWN = "the network does not know the account"


@pytest.mark.parametrize(
    ("does", "calls", "reason", "words"),
    [
        (webfinger_leads(("by.example", "folk.example"), ("folk.example", "sosial.by.example")), 3, "not_found", UNKNOWN),
        (webfinger_leads(("by.example", "by.example")), 3, "not_found", UNKNOWN),
        (webfinger_leads(("by.example", "folk.example"), ("folk.example", "by.example")), 3, "not_found", UNKNOWN),
        (webfinger_leads(("by.example", "https://10.0.0.7")), 2, "not_found", UNKNOWN),
        (webfinger_leads(("by.example", "http://borte.example")), 2, "not_found", UNKNOWN),
        (account_is_at("https://10.0.0.7/users/radhuset"), 2, "refused", "10.0.0.7 leads to an address that is not on the internet"),
        (account_is_at("https://by.example/users/radhuset"), 2, "not_found", UNKNOWN),
        (account_is_at("mailto:radhuset"), 2, "not_found", UNKNOWN),
        (instead(Answer({"subject": f"acct:{TOWN}"})), 2, "not_found", UNKNOWN),
        (instead(Answer([])), 2, "not_found", UNKNOWN),
        (web_page(200), 2, "not_found", UNKNOWN),
        (arriving("reset"), 5, "not_found", UNKNOWN),
    ],
    ids=["redirects twice", "redirects to itself", "redirects in a circle", "redirects inside", "redirects without encryption", "names a private address", "names itself", "names no server", "names nothing", "is a list", "is a web site", "is away"],
)  # fmt: skip
def test_a_look_up_of_an_account_s_server_that_leads_nowhere_is_one_sentence(
    town: Night, here: Loopback, does: Change, calls: int, reason: str, words: str
) -> None:
    here.troubles.append(Trouble(WEBFINGER, does))
    ended = town.collect()
    assert (ended.code, town.gaps(), ended.calls) == (3, [(None, reason)], calls)
    (said,) = ended.told["not_seen"]
    assert words in said
    mend(here)
    assert (town.collect().code, town.texts()) == (0, ["God morgen"])


@pytest.mark.parametrize(
    ("does", "gap", "words"),
    [
        (refuses(404, "Record not found"), (None, "not_found"), UNKNOWN),
        (refuses(401, "The access token is invalid"), (None, "permission"), "shows nothing without a token"),
        (web_page(200), (None, "not_found"), "it is another web site"),
        (refuses(500, "oops"), ("profile", "unreachable"), "no usable answer after 4 tries"),
        (limited, (None, "rate_limit"), "too many requests for now"),
    ],
    ids=["404", "401", "web site", "500", "limit"],
)
def test_whatever_the_server_says_that_the_look_up_leads_to_is_one_sentence(
    town: Night, here: Loopback, does: Change, gap: tuple[str | None, str], words: str
) -> None:
    here.troubles.append(Trouble("sosial.by.example/api.*", does))
    ended = town.collect()
    assert (ended.code, town.gaps()) == (3, [gap])
    (said,) = ended.told["not_seen"]
    assert words in said
    mend(here)
    here.clock.move(15 * 60)
    assert (town.collect().code, town.texts()) == (0, ["God morgen"])


# --- how much is left ---------------------------------------------------------------------------------------------


def test_the_accounts_of_one_server_share_its_limit_and_lose_nothing_by_it(
    here: Loopback, tmp_path: Path
) -> None:
    handles = (HANDLES[MASTODON], *(f"etat{n}@{SERVER}" for n in range(3)), "radet@folk.example")
    for handle in handles[1:]:
        here.mastodon.world.say(here.mastodon.world.person(handle, "Etaten"), f"God morgen fra {handle}")
    plain = Night(tmp_path / "b", here, (MASTODON,), handles=handles)
    assert plain.collect().code == 0
    night = Night(tmp_path / "a", here, (MASTODON,), handles=handles)
    etat(here).limit = 12
    here.clock.move(300)
    ended = night.collect()
    assert ended.code == 3
    assert {reason for _, reason in night.gaps()} == {"rate_limit", "signed_out"}
    assert datetime.fromisoformat(ended.told["resume_at"]) - here.clock.now == timedelta(minutes=5)
    assert all(f"@{SERVER}: too many requests for now" in said for said in ended.told["not_seen"])
    assert any("folk.example" in text for text in night.texts())
    for _ in range(6):
        here.clock.move(300)
        if night.collect().code == 0:
            break
    assert night.rows() == plain.rows()


def test_a_suspended_account_keeps_nobody_else_from_being_read(here: Loopback, tmp_path: Path) -> None:
    for network, handle, standing_ in (
        (here.bluesky, "nabo.example", "takendown"),
        (here.mastodon, f"nabo@{SERVER}", "suspended"),
    ):
        network.world.say(network.world.person(handle, "Naboetaten"), "Fra naboetaten")
        name = BLUESKY if network is here.bluesky else MASTODON
        night = Night(tmp_path / name, here, (name,), handles=(HANDLES[name], handle))
        standing(standing_)(here)
        assert night.collect().code == 3
        assert night.texts() == ["Fra naboetaten"]
        assert (None, "suspended") in night.gaps()


# --- what is odd and yet all right --------------------------------------------------------------------------------

NEEDED = {
    *("did", "handle", "feed", "posts", "post", "thread", "replies", "reply", "root", "parent", "author", "record", "uri"),
    *("text", "createdAt", "indexedAt", "cursor", "$type", "reason", "accessJwt", "facets", "index", "features"),
    *("byteStart", "byteEnd", "replyCount"),
    *("id", "acct", "account", "created_at", "content", "status", "in_reply_to_id", "ancestors", "descendants", "accounts"),
    *("statuses", "reblog", "mentions", "url", "visibility", "replies_count"),
}  # fmt: skip
"""The fields without which something would not be read, or would be read as something else."""
HALF = "\ud83d"


def odd(value: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Put something of another type into every field that may be missing."""
    return lambda o: {k: v if k in NEEDED else value for k, v in o.items()}


@pytest.mark.parametrize("network", [BLUESKY, MASTODON])
@pytest.mark.parametrize(
    "change",
    [
        lambda o: o | {"something_new": {"deep": [1, None, {"id": 7}]}, "id_str": "1", "new_count": 2**70},
        lambda o: {k: v for k, v in o.items() if k in NEEDED},
        *(odd(value) for value in (None, 7, "x", [], [7], {}, {"at": 7}, True)),
        lambda o: {
            k: v + HALF if k in {"text", "content", "displayName", "display_name", "description"} else v for k, v in o.items()
        },
    ],
    ids=["unknown new fields", "optional fields missing", "null", "a number", "a text", "an empty list", "a list", "an empty object", "an object", "true", "half characters"],
)  # fmt: skip
def test_odd_answers_are_read(
    network: str, change: Callable[[dict[str, Any]], dict[str, Any]], here: Loopback, tmp_path: Path
) -> None:
    here.troubles.append(Trouble("", everywhere(change)))
    night = night_on(network, tmp_path / "a", here)
    ended = night.collect()
    assert (ended.code, len(night.texts()), night.gaps()) == (0, ALL[network], []), ended.told["not_seen"]
    assert [text for text in night.texts() if "None" in text] == []
    assert night.leaks() == []


@pytest.mark.parametrize("network", [BLUESKY, MASTODON])
@pytest.mark.parametrize("field", sorted(NEEDED - {"accessJwt"}))
def test_a_needed_field_of_another_type_ends_no_run(
    network: str, field: str, here: Loopback, tmp_path: Path
) -> None:
    change = everywhere(lambda o: {k: {"at": 7} if k == field else v for k, v in o.items()})
    here.troubles.append(Trouble("", change))
    night = night_on(network, tmp_path / "a", here)
    assert night.collect().code in {0, 3}
    mend(here)
    here.clock.move(24 * 3600)
    assert night.collect().code == 0
    assert night.leaks() == []
