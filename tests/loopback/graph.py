"""The Graph API as the reference describes it: three kinds of token, cursors or times, and one unknown field too many."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from loopback.world import Answer, Ask, Json, Person, Places, Post, World

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

PAGE_FIELDS = """
id name username link about category website fan_count followers_count is_verified is_published can_post
has_transitioned_to_new_page_experience
"""
POST_FIELDS = """
id message story status_type created_time updated_time permalink_url from is_hidden is_expired parent_id application
privacy targeting shares message_tags attachments comments reactions media_type type title description url unshimmed_url
"""
COMMENT_FIELDS = """
parent comment_count like_count can_comment can_hide is_private attachment
"""
FIELDS = set(f"{PAGE_FIELDS} {POST_FIELDS} {COMMENT_FIELDS}".split())
"""A field beside these fails the whole request."""
HIDDEN = "Object does not exist, cannot be loaded due to missing permission or reviewable feature"


def error(
    code: int, message: str = "", *, subcode: int | None = None, status: int = 400, **more: Json
) -> Answer:
    """An error as Graph words it."""
    about: dict[str, Json] = {
        "message": f"(#{code}) {message or 'no'}",
        "type": "OAuthException",
        "code": code,
    }
    if subcode is not None:
        about["error_subcode"] = subcode
    return Answer({"error": {**about, "fbtrace_id": "A1", **more}}, status)


class Graph:
    """Answers requests from a world."""

    def __init__(self, world: World, token: str) -> None:
        self.world = world
        self.token = token
        self.token_kind = "page"
        """`page`, `outside` (an auditor's) or `user`."""
        self.token_of = "100"
        """The Page that a `page` token is of."""
        self.version = "v26.0"
        """The version it answers in, whatever was asked for."""
        self.page_size = 100
        self.inline_comments = 25
        """How many comments come with their post at most."""
        self.most = 100
        """A larger page is too much for it."""
        self.pages_by_time = False
        self.new_pages = False
        """Pages have no edge of visitors' posts."""
        self.settings: dict[str, Json] | None = {"USERS_CAN_POST": True, "REVIEW_POSTS_BY_OTHER": False}
        self.places = Places(world.clock)

    def answer(self, ask: Ask) -> Answer:
        """Answer a request."""
        answer = self._misasked(ask) or self._route(ask)
        answer.headers.setdefault("facebook-api-version", self.version)
        return answer

    def _misasked(self, ask: Ask) -> Answer | None:
        words = re.sub(r"\.\w+\([^)]*\)", "", ask.params.get("fields", ""))
        if strange := set(re.findall(r"\w+", words)) - FIELDS:
            return error(100, f"Tried accessing nonexisting field ({min(strange)})")
        if gone := {"pretty", "debug", "date_format", "ids"} & set(ask.params):
            return error(100, f"{min(gone)} is not supported", status=500)
        limit = int(ask.params.get("limit", 25))
        if limit > 100:
            return error(100, "Param limit must be at most 100")
        if "limit" in ask.params and limit > self.most:
            return error(1, "Please reduce the amount of data you're asking for, then retry", status=500)
        return None

    def _route(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/v\d+\.\d/([^/]+)(?:/(\w+))?", ask.path)
        if match is None:
            return error(2500, "Unknown path components")
        node, edge = match.groups()
        if node == "debug_token":
            return self._debug_token()
        if node == "me":
            return self._me()
        if (post := self._post_numbered(node)) and edge == "comments":
            return self._comments(ask, post)
        page = self.world.named(node) or self.world.numbered(node)
        if page is None or page.standing != "well":
            return error(100, HIDDEN, subcode=33)
        edges = {
            None: self._page_node,
            "published_posts": self._own,
            "feed": self._feed,
            "settings": self._settings,
            "visitor_posts": self._visitors,
        }
        return edges[edge](ask, page) if edge in edges else error(2500, "Unknown path components")

    def _debug_token(self) -> Answer:
        kind = {"page": "PAGE", "outside": "SYSTEM_USER", "user": "USER"}[self.token_kind]
        said = {
            "app_id": "111",
            "type": kind,
            "expires_at": 0,
            "is_valid": True,
            "scopes": [],
            "user_id": "9",
        }
        return Answer({"data": {**said, "profile_id": self.token_of} if kind == "PAGE" else said})

    def _me(self) -> Answer:
        """The node behind the token: a person has no category."""
        if self.token_kind == "page":
            return Answer({"id": self.token_of, "category": "Government organization"})
        return error(100, "Tried accessing nonexisting field (category) on node type (User)")

    def _page_node(self, ask: Ask, page: Person) -> Answer:
        every = {
            "name": page.name,
            "username": page.handle,
            "fan_count": 5120,
            "is_published": True,
            "has_transitioned_to_new_page_experience": True,
            **page.more,
        }
        asked = ask.params.get("fields", "name").split(",")
        return Answer({"id": page.id, **{k: v for k, v in every.items() if k in asked}})

    def _settings(self, _: Ask, __: Person) -> Answer:
        if self.token_kind != "page" or self.settings is None:
            return error(200, "Requires MANAGE permission")
        return Answer({"data": [{"setting": k, "value": v} for k, v in self.settings.items()]})

    # --- feeds ---

    def _own(self, ask: Ask, page: Person) -> Answer:
        own = [p for p in self.world.posts if p.author is page and p.parent is None and _is_public(p)]
        return self._posts(ask, page, own)

    def _feed(self, ask: Ask, page: Person) -> Answer:
        """Everything on the wall; to the Page's own token drafts too."""
        is_own = self.token_kind == "page" and page.id == self.token_of
        posts = [p for p in self.world.posts if p.wall is page and p.parent is None]
        return self._posts(ask, page, [p for p in posts if is_own or _is_public(p)])

    def _visitors(self, ask: Ask, page: Person) -> Answer:
        if self.new_pages:
            return error(200, "New Pages experience not supported")
        if self.token_kind != "page" or page.id != self.token_of:
            return error(200, "Requires pages_read_user_content permission")
        posts = [p for p in self.world.posts if p.wall is page and p.author is not page and p.parent is None]
        return self._posts(ask, page, posts)

    def _posts(self, ask: Ask, page: Person, posts: list[Post]) -> Answer:
        since = float(ask.params.get("since", 0))
        newest = sorted((p for p in posts if p.at.timestamp() > since), key=lambda p: (p.at, int(p.id)))[::-1]
        return self._slice(ask, f"{page.id}/{ask.path.rpartition('/')[2]}", newest, self._post)

    def _comments(self, ask: Ask, post: Post) -> Answer:
        comments = sorted(self.world.under(post), key=lambda p: (p.at, int(p.id)))
        summary = {"order": "chronological", "total_count": len(comments), "can_comment": True}
        if self.token_kind == "user":
            return Answer({"data": [], "summary": summary})
        answer = self._slice(ask, f"{self._number(post)}/comments", comments, self._comment)
        if isinstance(answer.body, dict) and "data" in answer.body:
            answer.body["summary"] = summary
        return answer

    def _slice(self, ask: Ask, where: str, posts: list[Post], show: Json) -> Answer:
        """One page of a list; the token to the next one stands in `next`, as does the caller's secret."""
        start = 0
        if token := ask.params.get("after") or ask.params.get("__paging_token"):
            place = self.places.find(token)
            if place is None:
                return error(100, "Invalid cursor", subcode=33)
            ids = [p.id for p in posts]
            start = ids.index(place) + 1 if place in ids else 0
        size = min(int(ask.params.get("limit", 25)), self.page_size)
        page = posts[start : start + size]
        body: dict[str, Json] = {"data": [show(p) for p in page]}
        if page:
            body["paging"] = self._paging(where, page[-1], more=start + size < len(posts))
        return Answer(body)

    def _paging(self, where: str, last: Post, *, more: bool) -> dict[str, Json]:
        token = self.places.give(last.id)
        secret = {"access_token": self.token, "pretty": "0", "limit": "25"}
        if self.pages_by_time:
            place = {"until": str(int(last.at.timestamp())), "__paging_token": token}
            paging: dict[str, Json] = {}
        else:
            place = {"after": token}
            paging = {"cursors": {"before": "QVF", "after": token}}
        if more:
            paging["next"] = f"https://graph.facebook.com/{self.version}/{where}?{urlencode(secret | place)}"
        return paging

    # --- posts and comments ---

    def _number(self, post: Post) -> str:
        return f"{post.wall.id}_{post.id}" if post.parent is None else f"{post.root.id}_{post.id}"

    def _post_numbered(self, node: str) -> Post | None:
        return next((p for p in self.world.posts if self._number(p) == node), None)

    def _from(self, post: Post) -> dict[str, Json]:
        """Who wrote it: people are named to the Page's own token only."""
        if self.token_kind == "page" or post.author is post.wall:
            return {"from": {"id": post.author.id, "name": post.author.name}}
        return {}

    def _post(self, post: Post) -> dict[str, Json]:
        under = sorted(self.world.under(post), key=lambda p: (p.at, int(p.id)))
        shown = [] if self.token_kind == "user" else under[: self.inline_comments]
        comments: dict[str, Json] = {
            "data": [self._comment(p) for p in shown],
            "summary": {"order": "chronological", "total_count": len(under), "can_comment": True},
        }
        if shown:
            where = f"{self._number(post)}/comments"
            comments["paging"] = self._paging(where, shown[-1], more=len(under) > len(shown))
        return sent(
            post,
            {
                "id": self._number(post),
                "message": post.text,
                "created_time": graph_time(post.at),
                "updated_time": graph_time(max(p.edited_at or p.at for p in (post, *under))),
                "is_published": True,
                "is_hidden": False,
                "privacy": {"value": "EVERYONE", "description": "Public", "allow": "", "deny": ""},
                "status_type": "mobile_status_update" if post.author is post.wall else "wall_post",
                "permalink_url": f"https://www.facebook.com/{post.wall.id}/posts/{post.id}",
                "reactions": {"data": [], "summary": {"total_count": 12, "viewer_reaction": "NONE"}},
                "comments": comments,
                **self._from(post),
            },
        )

    def _comment(self, post: Post) -> dict[str, Json]:
        """A comment; only its address tells an outside token where it belongs."""
        top = post if post.parent is post.root else post.parent
        assert top is not None
        reply = f"&reply_comment_id={post.id}" if top is not post else ""
        shown: dict[str, Json] = {
            "message": post.text,
            "created_time": graph_time(post.at),
            "comment_count": sum(p.parent is post for p in self.world.posts),
            "can_comment": True,
            "is_hidden": False,
            "permalink_url": f"https://www.facebook.com/{post.wall.id}/posts/{post.root.id}/?comment_id={top.id}{reply}",
            **self._from(post),
        }
        if self.token_kind == "page":
            shown["id"] = self._number(post)
            if top is not post:
                shown["parent"] = {"id": self._number(top)}
        return sent(post, shown)


def _is_public(post: Post) -> bool:
    return post.more.get("is_published") is not False


def sent(post: Post, shown: Mapping[str, Json]) -> dict[str, Json]:
    """What is sent of a post, changed as the test says."""
    return {k: v for k, v in {**shown, **post.more}.items() if v is not ...}


def graph_time(moment: datetime) -> str:
    """Write a time as Graph does: no colon in the offset."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S+0000")
