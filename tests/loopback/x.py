"""X API v2 as the reference describes it: two vocabularies, cursors, caps and rate windows."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from loopback.world import Answer, Ask, Json, Person, Places, Post, World
from loopback.x_words import (
    EXPANSIONS,
    LEGACY,
    MIXED,
    POST_FIELDS,
    meets,
    mentions,
    newest_first,
    partial,
    problem,
    refusal,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

WINDOW = timedelta(minutes=15)
LIMITS = {
    "username": 300,
    "users": 300,
    "tweets": 10_000,
    "mentions": 450,
    "posts": 3500,
    "recent": 450,
    "usage": 50,
}
"""Requests a window, by endpoint."""


class X:
    """Answers requests from a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.speaks = "post"
        """`post`, `tweet` or `mixed`: what it understands and how it answers."""
        self.page_size = 100
        """It may send fewer than were asked for."""
        self.limits = dict(LIMITS)
        self.caps = {"tweets": 3200, "mentions": 800}
        self.places = Places(world.clock)
        self._used: dict[str, tuple[datetime, int]] = {}
        self._routes: list[tuple[str, str, Callable[..., Answer]]] = [
            (r"/2/users/by/username/(\w{1,15})", "username", self._user),
            (r"/2/users/by", "users", self._users),
            (r"/2/users", "users", self._users),
            (r"/2/users/(\d+)", "users", self._user_numbered),
            (r"/2/users/(\d+)/(tweets)", "tweets", self._wall),
            (r"/2/users/(\d+)/(mentions)", "mentions", self._wall),
            (r"/2/tweets", "posts", self._posts),
            (r"/2/tweets/search/recent", "recent", self._search),
            (r"/2/usage/tweets", "usage", self._usage),
        ]

    def answer(self, ask: Ask) -> Answer:
        """Answer a request."""
        for pattern, endpoint, route in self._routes:
            if match := re.fullmatch(pattern, ask.path):
                left, headers = self._count(endpoint)
                if left < 0:
                    return problem(429, "Too Many Requests", **headers)
                answer = self._misspoken(ask) or route(ask, *match.groups())
                answer.headers |= {k.replace("_", "-"): v for k, v in headers.items()}
                answer.headers["api-version"] = "2.167"
                return answer
        return problem(404, "Not Found")

    def _count(self, endpoint: str) -> tuple[int, dict[str, str]]:
        now, limit = self.world.clock.now, self.limits[endpoint]
        start, used = self._used.get(endpoint, (now, 0))
        if now - start >= WINDOW:
            start, used = now, 0
        self._used[endpoint] = start, used + 1
        left = limit - used - 1
        reset = str(int((start + WINDOW).timestamp()))
        return left, {
            "x_rate_limit_limit": str(limit),
            "x_rate_limit_remaining": str(max(left, 0)),
            "x_rate_limit_reset": reset,
        }

    def _misspoken(self, ask: Ask) -> Answer | None:
        """Refuse a field that the spoken dialect does not have; the mixed one takes either, never both."""
        words = {"post": "post.fields", "tweet": "tweet.fields"}
        used = [d for d, key in words.items() if key in ask.params]
        for dialect in used:
            fields = set(ask.params[words[dialect]].split(",")) - POST_FIELDS[dialect]
            expansions = set(ask.params.get("expansions", "author_id").split(",")) - EXPANSIONS[dialect]
            if self.speaks not in {dialect, "mixed"} or len(used) > 1 or fields or expansions:
                key = words[dialect]
                return Answer(
                    {
                        "errors": [
                            {"parameters": {key: [ask.params[key]]}, "message": f"[{key}] is not valid"}
                        ],
                        "title": "Invalid Request",
                        "type": "https://api.x.com/2/problems/invalid-request",
                    },
                    400,
                )
        return None

    def _usage(self, _: Ask) -> Answer:
        return Answer({"data": {"cap_reset_day": 14, "project_cap": "3000000", "project_usage": "1200"}})

    # --- users ---

    def _user(self, ask: Ask, handle: str) -> Answer:
        return self._found(ask, [(handle, self.world.named(handle))], "username", single=True)

    def _user_numbered(self, ask: Ask, number: str) -> Answer:
        return self._found(ask, [(number, self.world.numbered(number))], "id", single=True)

    def _users(self, ask: Ask) -> Answer:
        if "usernames" in ask.params:
            return self._found(
                ask, [(h, self.world.named(h)) for h in ask.params["usernames"].split(",")], "usernames"
            )
        return self._found(ask, [(i, self.world.numbered(i)) for i in ask.params["ids"].split(",")], "ids")

    def _found(
        self, ask: Ask, wanted: Iterable[tuple[str, Person | None]], parameter: str, *, single: bool = False
    ) -> Answer:
        people, errors = [], []
        for value, person in wanted:
            if error := refusal(person, value, parameter, also_protected=False):
                errors.append(error)
            elif person:
                people.append(self._person(person, ask.params.get("user.fields", "")))
        body: dict[str, Json] = {"data": people[0] if single else people} if people else {}
        return Answer(body | ({"errors": errors} if errors else {}))

    def _person(self, person: Person, fields: str) -> dict[str, Json]:
        count = sum(p.author is person for p in self.world.posts)
        every = {
            "id": person.id,
            "name": person.name,
            "username": person.handle,
            "created_at": "2010-03-01T08:00:00.000Z",
            "protected": person.standing == "protected",
            "verified_type": "none",
            "public_metrics": {"followers_count": 5120, "following_count": 88, "post_count": count},
            **person.more,
        }
        wanted = {"id", "name", "username", *fields.split(",")}
        return dict(self._said({k: v for k, v in every.items() if k in wanted}))

    # --- posts ---

    def _wall(self, ask: Ask, number: str, stream: str) -> Answer:
        owner = self.world.numbered(number)
        if error := refusal(owner, number, "id"):
            return Answer({"errors": [error]})
        assert owner is not None
        posts = [p for p in self.world.posts if p.author is owner or stream == "mentions"]
        if stream == "mentions":
            posts = [p for p in posts if p.author is not owner and mentions(p, owner)]
        if "replies" in (exclude := ask.params.get("exclude", "")):
            posts = [p for p in posts if p.parent is None]
        cap = 800 if "replies" in exclude else self.caps[stream]
        return self._page(ask, newest_first(posts)[:cap], smallest=5)

    def _search(self, ask: Ask) -> Answer:
        clauses = [c.split() for c in ask.params["query"].strip("()").split(" OR ")]
        since = self.world.clock.now - timedelta(days=7)
        found = [
            p for p in self.world.posts if p.at >= since and any(all(meets(p, w) for w in c) for c in clauses)
        ]
        return self._page(ask, newest_first(found), smallest=10)

    def _posts(self, ask: Ask) -> Answer:
        held = {number: p for p in self.world.posts for number in (*p.before, p.id)}
        wanted = ask.params["ids"].split(",")
        errors = [partial("Not Found Error", i, "ids") for i in wanted if i not in held]
        errors += [e for i in wanted if i in held and (e := refusal(held[i].author, i, "ids"))]
        failed = {e["value"] for e in errors}
        alive = [i for i in wanted if i not in failed]
        body = self._body(ask, [held[i] for i in alive])
        for shown, number in zip(body.get("data", []), alive, strict=True):
            shown["id"] = number  # each version is to be had by its own id
        return Answer({**body, "errors": errors + body.get("errors", [])} if errors else body)

    def _page(self, ask: Ask, posts: list[Post], smallest: int) -> Answer:
        size = int(ask.params.get("max_results", 10))
        if not smallest <= size <= 100:
            return problem(400, "Invalid Request", "invalid-request", "max_results")
        below = int(ask.params.get("until_id", 2**70))
        if token := ask.params.get("pagination_token") or ask.params.get("next_token"):
            place = self.places.find(token)
            if place is None:
                return problem(400, "Invalid Request", "invalid-request", "the token is not valid")
            below = int(place)
        since = int(ask.params.get("since_id", 0))
        if start := ask.params.get("start_time"):
            posts = [p for p in posts if p.at >= datetime.fromisoformat(start)]
        left = [p for p in posts if since < int(p.id) < below]
        page = left[: min(size, self.page_size)]
        meta: dict[str, Json] = {"result_count": len(page)}
        if page:
            meta |= {"newest_id": page[0].id, "oldest_id": page[-1].id}
        if len(left) > len(page):
            meta["next_token"] = self.places.give(page[-1].id)
        return Answer({**self._body(ask, page), "meta": meta})

    def _body(self, ask: Ask, page: list[Post]) -> dict[str, Json]:
        """A page without its meta; one that is empty has no data at all."""
        if not page:
            return {}
        parents = [p.parent for p in page if p.parent]
        there = [p for p in parents if p in self.world.posts and p.author.standing == "well"]
        errors = [
            refusal(p.author, p.author.id, "in_reply_to_user_id")
            or partial("Not Found Error", p.id, "referenced_tweets.id")
            for p in parents
            if p not in there
        ]
        people = {p.author.id: p.author for p in [*page, *there, *parents]}
        body: dict[str, Json] = {
            "data": [self._post(p, ask.params) for p in page],
            "includes": {
                "users": [self._person(p, ask.params.get("user.fields", "")) for p in people.values()]
            },
        }
        if there:
            body["includes"][self._word("posts")] = [self._post(p, ask.params) for p in there]
        return body | ({"errors": errors} if errors else {})

    def _post(self, post: Post, params: Mapping[str, str]) -> dict[str, Json]:
        """A post with what was asked for; the author and the references come by expansion."""
        asked = set((params.get("post.fields") or params.get("tweet.fields") or "").split(","))
        asked |= set(params.get("expansions", "").split(","))
        under = [p for p in self.world.posts if p.parent is post]
        every: dict[str, Json] = {
            "created_at": post.at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "author_id": post.author.id,
            "conversation_id": post.root.first_id,
            "reply_settings": "everyone",
            "lang": "no",
            "public_metrics": {"repost_count": 0, "reply_count": len(under), "like_count": 2},
        }
        named = [p for p in self.world.people if f"@{p.handle}" in post.text]
        if named:
            every["entities"] = {"mentions": [{"username": p.handle, "id": p.id} for p in named]}
        if post.parent:
            every["in_reply_to_user_id"] = post.parent.author.id
            every["referenced_posts"] = [{"type": "replied_to", "id": post.parent.id}]
        if "referenced_tweets.id" in asked or "referenced_tweets" in asked:
            asked.add("referenced_posts")
        sent: dict[str, Json] = {"id": post.id, "text": post.text[:280]}
        if "edit_history_post_ids" in asked or self.speaks == "tweet":
            sent["edit_history_post_ids"] = [*post.before, post.id]
        if len(post.text) > 280 and asked & {"note_post", "note_tweet"}:
            sent["note_post"] = {"text": post.text}
        sent |= {k: v for k, v in every.items() if k in asked} | post.more
        return dict(self._said({k: v for k, v in sent.items() if v is not ...}))

    # --- words ---

    def _word(self, word: str) -> str:
        return {"tweet": LEGACY, "mixed": MIXED}.get(self.speaks, {}).get(word, word)

    def _said(self, body: Any) -> Any:
        """Say it in the spoken dialect, key by key."""
        if isinstance(body, dict):
            return {self._word(k): self._said(v) for k, v in body.items()}
        return [self._said(v) for v in body] if isinstance(body, list) else body
