"""Made-up people of X and what they wrote, in each of the shapes that files have it in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from collect.builders import PEOPLE

CLIENT = "Twitter Web App"
ANCHOR = f'<a href="https://mobile.twitter.com" rel="nofollow">{CLIENT}</a>'
WRITTEN = "Mon Mar 02 10:20:00 +0000 2026"
WRITTEN_ISO = "2026-03-02T10:20:00.000Z"


VERSION_IDS = [str((465_000_000_000 + 60_000 * n) << 22) for n in range(3)]
"""The versions of an edited post, a minute apart as their ids tell."""


@dataclass(frozen=True)
class Person:
    """Somebody with an account on X."""

    id: str
    handle: str
    name: str

    @property
    def pseudonym(self) -> str:
        """As what a visitor is kept."""
        return PEOPLE.author("twitter", self.id)


ETAT = Person("1000000001", "eksempeletat", "Eksempeletaten")
NABO = Person("1000000009", "nabodep", "Nabodepartementet")
KARI = Person("2000000002", "kari_test", "Kari Test")
OLA = Person("2000000003", "ola_prove", "Ola Prøve")

E_MAIL, PHONE = "kari.test@post.example", "98 76 54 32"
TELLING = f"@eksempeletat hilsen Kari, {E_MAIL}, tlf {PHONE}, se x.com/kari_test og spør @ola_prove"
"""A visitor's words that name people in all the ways that can be found in a text."""
NAMES = tuple(
    name.encode()
    for name in (KARI.handle, KARI.name, OLA.handle, OLA.name, "Ola Pr\\u00f8ve", E_MAIL, PHONE, "98765432")
)
"""What may never be stored."""


def leaked(stored: bytes) -> list[bytes]:
    """What of the visitors' names stands in a database after all."""
    return [name for name in NAMES if name.lower() in stored.lower()]


# --- API v1.1 ---


def status(native_id: str, text: str, by: Person = KARI, /, **more: Any) -> dict[str, Any]:
    """A status of API v1.1; a key that is `...` is left out."""
    own = {
        "created_at": WRITTEN,
        "id": int(native_id),
        "id_str": native_id,
        "full_text": text,
        "source": ANCHOR,
        "user": {
            "id": int(by.id),
            "id_str": by.id,
            "screen_name": by.handle,
            "name": by.name,
            "verified": False,
        },
        "entities": {"user_mentions": mentioned(text), "urls": [], "hashtags": []},
        "retweet_count": 3,
        "favorite_count": 2,
        "lang": "no",
    }
    return _without(own | more)


def mentioned(text: str) -> list[dict[str, Any]]:
    """The people who are mentioned in a text, as v1.1 lists them."""
    return [
        {"screen_name": p.handle, "name": p.name, "id_str": p.id, "indices": ["0", "9"]}
        for p in (ETAT, NABO, KARI, OLA)
        if f"@{p.handle}" in text
    ]


def answering(parent: str, to: Person) -> dict[str, Any]:
    """What makes a status of v1.1 a reply."""
    return {
        "in_reply_to_status_id_str": parent,
        "in_reply_to_user_id_str": to.id,
        "in_reply_to_screen_name": to.handle,
    }


# --- the archive ---


def tweet(native_id: str, text: str, /, **more: Any) -> dict[str, Any]:
    """An entry of an archive: all numbers are text, nobody is its writer, no thread is named."""
    own = {
        "id": native_id,
        "id_str": native_id,
        "created_at": WRITTEN,
        "full_text": text,
        "source": ANCHOR,
        "lang": "no",
        "favorite_count": "2",
        "retweet_count": "3",
        "truncated": False,
        "display_text_range": ["0", "25"],
        "entities": {"user_mentions": mentioned(text), "urls": [], "hashtags": []},
        "edit_info": {
            "initial": {"editTweetIds": [native_id], "editsRemaining": "5", "isEditEligible": True}
        },
    }
    return {"tweet": _without(own | more)}


def script(name: str, entries: object) -> bytes:
    """A file of an archive: JSON behind an assignment."""
    return f"window.{name} = {json.dumps(entries, indent=2)}".encode()


def account_js(who: Person = ETAT) -> bytes:
    """Whose archive it is, with the e-mail address that stands beside."""
    own = {
        "accountId": who.id,
        "username": who.handle,
        "accountDisplayName": who.name,
        "createdAt": "2010-03-01T08:00:00.000Z",
        "email": E_MAIL,
    }
    return script("YTD.account.part0", [{"account": own}])


def manifest_js(who: Person = ETAT, /, **counts: object) -> bytes:
    """What the archive says that it holds: how many posts in which file."""
    files = [
        {"fileName": f"data/{n}.js", "globalName": "YTD.tweets.part0", "count": c} for n, c in counts.items()
    ]
    return script(
        "__THAR_CONFIG",
        {
            "userInfo": {"accountId": who.id, "userName": who.handle, "displayName": who.name},
            "archiveInfo": {"generationDate": "2026-03-10T00:00:00.000Z"},
            "dataTypes": {"directMessages": {"files": [{"count": "7"}]}, "tweets": {"files": files}},
        },
    )


def tweets_js(*entries: object, name: str = "YTD.tweets.part0") -> bytes:
    """A file of posts."""
    return script(name, list(entries))


def archive(*entries: object, **members: bytes) -> dict[str, bytes]:
    """An archive's files, by path; `note_tweet=` and the like are members of `data/`."""
    own = {"data/account.js": account_js(), "data/tweets.js": tweets_js(*entries)}
    return own | {f"data/{name.replace('_', '-')}.js": content for name, content in members.items()}


# --- API v2 ---


def post(native_id: str, text: str, by: Person = KARI, /, **more: Any) -> dict[str, Any]:
    """A post of API v2 in the older vocabulary; a key that is `...` is left out."""
    own = {
        "id": native_id,
        "text": text,
        "created_at": WRITTEN_ISO,
        "author_id": by.id,
        "conversation_id": native_id,
        "reply_settings": "everyone",
        "lang": "no",
        "edit_history_tweet_ids": [native_id],
        "public_metrics": {"retweet_count": 3, "reply_count": 1, "like_count": 2, "quote_count": 0},
    }
    return _without(own | more)


def replying(parent: str, to: Person, thread: str | None = None) -> dict[str, Any]:
    """What makes a post of v2 a reply."""
    return {
        "conversation_id": thread or parent,
        "in_reply_to_user_id": to.id,
        "referenced_tweets": [{"type": "replied_to", "id": parent}],
    }


def user(who: Person) -> dict[str, Any]:
    """A user of API v2."""
    return {"id": who.id, "username": who.handle, "name": who.name, "verified_type": "none"}


def page(*posts: object, users: tuple[Person, ...] = (ETAT, NABO, KARI, OLA), **more: Any) -> dict[str, Any]:
    """A page of API v2; a key that is `...` is left out."""
    own = {
        "data": list(posts),
        "includes": {"users": [user(u) for u in users]},
        "meta": {"result_count": len(posts), "newest_id": "9", "oldest_id": "1"},
    }
    return _without(own | more)


def twarc(retrieved_at: str = "2026-03-02T11:00:00+00:00") -> dict[str, Any]:
    """Twarc's mark on what it wrote."""
    url = "https://api.twitter.com/2/tweets/search/all?query=kari_test"
    return {"__twarc": {"url": url, "version": "2.13.0", "retrieved_at": retrieved_at}}


def flat(native_id: str, text: str, by: Person = KARI, /, **more: Any) -> dict[str, Any]:
    """A post as `twarc2 flatten` writes it."""
    return post(native_id, text, by) | _without(
        {"author": user(by), "in_reply_to_user": {}, **twarc(), **more}
    )


def in_new_words(value: Any, *, mixed: bool = False) -> Any:
    """Say a page in the newer vocabulary; mixed, the edits and the counts stay in the older one, as they are seen to."""
    new = {"referenced_tweets": "referenced_posts", "note_tweet": "note_post", "tweets": "posts"}
    if not mixed:
        new |= {"edit_history_tweet_ids": "edit_history_post_ids", "retweet_count": "repost_count"}
    if isinstance(value, dict):
        return {new.get(k, k): in_new_words(v, mixed=mixed) for k, v in value.items()}
    return [in_new_words(v, mixed=mixed) for v in value] if isinstance(value, list) else value


# --- Zeeschuimer ---


def capture(native_id: str, text: str, by: Person = KARI, /, **more: Any) -> dict[str, Any]:
    """A line of Zeeschuimer, as its newer versions write it; keys of `more` go to the post."""
    legacy = {
        "full_text": text,
        "created_at": WRITTEN,
        "conversation_id_str": native_id,
        "user_id_str": by.id,
        "id_str": native_id,
        "retweet_count": 3,
        "reply_count": 1,
        "favorite_count": 2,
        "quote_count": 0,
        "lang": "no",
        "entities": {"user_mentions": mentioned(text)},
    }
    data = {
        "rest_id": native_id,
        "source": ANCHOR,
        "views": {"count": "310"},
        "core": {
            "user_results": {
                "result": {
                    "rest_id": by.id,
                    "core": {"screen_name": by.handle, "name": by.name},
                    "legacy": {},
                }
            }
        },
        "legacy": _without(legacy | more.pop("legacy", {})),
    }
    return captured(_without(data | more), native_id)


def captured(data: object, native_id: str = "1", **more: Any) -> dict[str, Any]:
    """The envelope of a line of Zeeschuimer."""
    own = {
        "nav_index": "1:0",
        "item_id": native_id,
        "timestamp_collected": 1772449200123,
        "source_platform": "twitter.com",
        "source_platform_url": "https://x.com/kari_test",
        "source_url": "https://x.com/i/api/graphql/kari_test",
        "user_agent": "Mozilla/5.0",
        "data": data,
    }
    return own | more


def _without(value: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in value.items() if v is not ...}
