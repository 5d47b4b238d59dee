"""Pages of X's API v2, in either vocabulary, as other tools keep them: as they came, in twarc's envelope, or flattened."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from soma_audit.collect import twitter_posts
from soma_audit.collect.files.reader import Reader, each
from soma_audit.collect.files.record import BadRecordError
from soma_audit.collect.twitter_people import TwitterPeople, either, objects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from soma_audit.collect.files.reader import Sample
    from soma_audit.collect.files.record import Found
    from soma_audit.model import Account


class TwitterPages(Reader):
    """Reads pages of posts, and posts that were flattened out of them."""

    name = "twitter-v2"
    title = "X API v2 pages"

    @classmethod
    def recognises(cls, sample: Sample) -> bool:
        """Know a page by its posts, its count of results or twarc's mark, and a flattened post by its author."""
        value = sample.value
        if not isinstance(value, dict):
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
            try:
                found = self._read(whole)
            except Exception:  # noqa: BLE001 - a stranger's data may be wrong in any way
                alone = [{**whole, "data": [post]} for post in _objects(whole["data"])]
                yield from each(alone, self._read)
            else:
                yield from found

    def _read(self, page: Mapping[str, Any]) -> list[Found]:
        people = self.desk.people["twitter"]
        assert isinstance(people, TwitterPeople)  # noqa: S101 - for the type checker
        clean = people.scrub(page)
        by_wall: dict[int | None, tuple[Account, list[Any]]] = {}
        for raw, post in zip(_objects(page.get("data")), _objects(clean.get("data")), strict=True):
            if "username" in raw or "text" not in raw:
                self.desk.kept_out["entries that are no posts (users, counts)"] += 1
                continue
            _check(post)
            writer, reply_to = (
                people.known.get(str(raw.get(k))) for k in ("author_id", "in_reply_to_user_id")
            )
            for wall in self.desk.walls("twitter", writer, reply_to, _words(raw)):
                by_wall.setdefault(wall.id, (wall, []))[1].append(post)
        includes = clean.get("includes")
        return [
            (wall, post)
            for wall, posts in by_wall.values()
            for post in twitter_posts.posts({"data": posts, "includes": includes}, wall, people.known)
        ]

    def seen_at(self, value: Any) -> datetime | None:  # noqa: ANN401 - whatever JSON holds
        """Tell when twarc fetched it."""
        try:
            return (
                datetime.fromisoformat(value["__twarc"]["retrieved_at"])
                .astimezone(UTC)
                .replace(microsecond=0)
            )
        except (KeyError, TypeError, ValueError):
            return None


def _objects(value: Any) -> list[Any]:  # noqa: ANN401 - whatever JSON holds
    return objects(value) if isinstance(value, list | dict) else []


def _as_page(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give a flattened post as the page that it came from."""
    if not isinstance(value, dict):
        raise BadRecordError("is not a JSON object")
    if "data" in value or "text" not in value:
        return {"data": [], **value}
    around = [p for p in _objects(either(value, "referenced_posts", "referenced_tweets")) if "text" in p]
    people = [value.get("author"), value.get("in_reply_to_user"), *(p.get("author") for p in around)]
    included = {"users": [p for p in people if isinstance(p, dict) and "username" in p], "posts": around}
    return {"data": [value], "includes": included}


def _check(post: Mapping[str, Any]) -> None:
    if not str(post.get("id") or "").isdecimal():
        raise BadRecordError("has no id")
    if twitter_posts.written_at(post) is None:
        raise BadRecordError("has no time")


def _words(raw: Mapping[str, Any]) -> str:
    return str((either(raw, "note_post", "note_tweet") or {}).get("text") or raw["text"])
