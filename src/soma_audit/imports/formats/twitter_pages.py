"""Pages of X's API v2, in either vocabulary, as other tools keep them: as they came, in twarc's envelope, or flattened."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from soma_audit.collect.twitter import posts as twitter_posts
from soma_audit.collect.twitter.people import either, objects
from soma_audit.imports.formats.twitter_status import PROTECTED
from soma_audit.imports.reader import Reader, each
from soma_audit.imports.record import BadRecordError, Broken, Gone

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from soma_audit.imports.reader import Sample
    from soma_audit.imports.record import Found
    from soma_audit.model import Account


class TwitterPages(Reader):
    """Reads pages of posts, and posts that were flattened out of them."""

    name = "twitter-v2"
    title = "X API v2 pages"
    holds = "own and visitors' posts and who may reply; clients only if fetched before December 2022"

    @classmethod
    def recognises(cls, sample: Sample) -> bool:
        """Return whether it is one: a page, by its posts, its count of results or twarc's mark, and a flattened post by its author."""
        value = sample.value
        if not isinstance(value, dict) or "source_platform" in value:  # the latter is a browser's capture
            return False
        if "__twarc" in value or "result_count" in (value.get("meta") or {}):
            return True
        if "data" in value:
            return any("text" in post and "id" in post for post in _objects(value["data"]))
        return {"id", "text"} <= value.keys() and bool({"author", "author_id"} & value.keys())

    def posts(self, value: Any) -> Iterator[Found]:  # noqa: ANN401 - whatever JSON holds
        """Read the posts of a page; one that cannot be read does not take the others with it."""
        for page in value if isinstance(value, list) else [value]:
            whole = _as_page(page)
            entries = whole["data"] if isinstance(whole.get("data"), list) else [whole.get("data")]
            if strange := [n for n, e in enumerate(entries, 1) if not isinstance(e, dict) and e is not None]:
                yield from (Broken(f"post {n} is not a JSON object") for n in strange)
                whole = {**whole, "data": _objects(entries)}
            kept_out = self.context.kept_out.copy()
            try:
                found = self._read(whole)
            except Exception:  # noqa: BLE001 - a stranger's data may be wrong in any way
                self.context.kept_out = kept_out
                yield from self._read_one_by_one(whole)
            else:
                yield from found

    def _read_one_by_one(self, page: Mapping[str, Any]) -> Iterator[Found]:
        """Read what is sound of a page, and tell what is not."""
        given, sound = page.get("includes") or {}, {}
        for key in ("users", "tweets", "posts"):
            there = given.get(key) or () if isinstance(given, dict) else ()
            sound[key] = [
                one
                for one in _objects([*there] if isinstance(there, list) else [])
                if self._is_sound(key, one)
            ]
        if not isinstance(given, dict) or any(sound[k] != (given.get(k) or []) for k in sound):
            yield Broken("what came along with its posts has a value of the wrong kind")
        yield from each(
            ({**page, "data": [post], "includes": sound} for post in _objects(page["data"])), self._read
        )

    def _is_sound(self, key: str, included: Mapping[str, Any]) -> bool:
        try:
            self.context.people["twitter"].scrub({"includes": {key: [included]}})
            if key != "users":
                twitter_posts.written_at(included)
        except Exception:  # noqa: BLE001 - a stranger's data may be wrong in any way
            return False
        return True

    def _read(self, page: Mapping[str, Any]) -> list[Found]:
        people = self.context.people["twitter"]
        clean = people.scrub(page)
        protected = _protected(page)
        by_wall: dict[int | None, tuple[Account, list[Any]]] = {}
        for raw, post in zip(_objects(page.get("data")), _objects(clean.get("data")), strict=True):
            if "username" in raw or "text" not in raw:
                self.context.kept_out["entries that are no posts (users, counts)"] += 1
                continue
            if str(raw.get("author_id")) in protected:
                self.context.kept_out[PROTECTED] += 1
                continue
            _check(raw, post)
            writer, reply_to = (
                people.known.get(str(raw.get(k))) for k in ("author_id", "in_reply_to_user_id")
            )
            for wall in self.context.walls("twitter", writer, reply_to, _words(raw)):
                by_wall.setdefault(wall.id, (wall, []))[1].append(post)
        hidden = {people.person(native_id) for native_id in protected}
        includes = clean.get("includes") or {}
        around = [p for p in _objects(includes.get("posts")) if p.get("author_id") not in hidden]
        found: list[Found] = [
            (wall, post)
            for wall, posts in by_wall.values()
            for post in twitter_posts.posts(
                # of an edited post the newest version comes last, and counts
                {"data": sorted(posts, key=lambda p: int(p["id"])), "includes": {"posts": around}},
                wall,
                people.known,
            )
        ]
        return [*found, *(Gone("twitter", native_id) for native_id in twitter_posts.withheld(clean))]

    def seen_at(self, value: Any) -> datetime | None:  # noqa: ANN401 - whatever JSON holds
        """Return when twarc fetched it; it writes UTC, not always saying so."""
        try:
            fetched_at = datetime.fromisoformat(value["__twarc"]["retrieved_at"]).replace(microsecond=0)
            return fetched_at.astimezone(UTC) if fetched_at.tzinfo else fetched_at.replace(tzinfo=UTC)
        except (KeyError, TypeError, ValueError, OverflowError):
            return None


def _protected(page: Mapping[str, Any]) -> frozenset[str]:
    """Return the ids of people whose posts only their followers see."""
    included = page.get("includes")
    users = _objects(included.get("users")) if isinstance(included, dict) else []
    return frozenset(str(u.get("id")) for u in users if u.get("protected") is True)


def _objects(value: Any) -> list[Any]:  # noqa: ANN401 - whatever JSON holds
    return objects(value) if isinstance(value, list | dict) else []


def _as_page(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a flattened post as the page that it came from."""
    if not isinstance(value, dict):
        raise BadRecordError("is not a JSON object")
    if "data" in value or {"meta", "errors"} & value.keys():
        return {"data": [], **value}
    if "text" not in value:
        return {"data": [value]}
    around = [p for p in _objects(either(value, "referenced_posts", "referenced_tweets")) if "text" in p]
    people = [value.get("author"), value.get("in_reply_to_user"), *(p.get("author") for p in around)]
    included = {"users": [p for p in people if isinstance(p, dict) and "username" in p], "posts": around}
    return {"data": [value], "includes": included}


def _check(raw: Mapping[str, Any], post: Mapping[str, Any]) -> None:
    if not str(post.get("id") or "").isdecimal():
        raise BadRecordError("has no id")
    note = either(raw, "note_post", "note_tweet") or {}
    if not (isinstance(raw["text"], str) and isinstance(note.get("text") or "", str)):
        raise BadRecordError("has no text")
    thread = post.get("conversation_id")
    if not (thread is None or str(thread).isdecimal()):
        raise BadRecordError("has an id that is not a number")
    for above in post.get("referenced_posts") or ():
        if not str(above["id"]).isdecimal():
            raise BadRecordError("has an id that is not a number")
    if not post.get("created_at") and twitter_posts.time_of_id(str(post["id"])) is None:
        raise BadRecordError("has no time")


def _words(raw: Mapping[str, Any]) -> str:
    return str((either(raw, "note_post", "note_tweet") or {}).get("text") or raw["text"])
