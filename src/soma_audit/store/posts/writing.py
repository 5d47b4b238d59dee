"""Pages become rows: posts as they were seen, and an observation where something changed."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from soma_audit.model import Stream
from soma_audit.networks import NETWORKS
from soma_audit.store.connection import text_time
from soma_audit.store.json_columns import from_json, to_json
from soma_audit.store.posts.duplicates import FILE_KEY
from soma_audit.store.posts.erased import are_words_of, unnamed, without_words
from soma_audit.store.posts.missing import MissingPosts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from soma_audit.model import Account, Page, Post


def by_the_network(column: str, account: Account) -> str:
    """Return the condition that an id is one that its network may be asked by; some posts of files have a key of our own."""
    return f"{column} glob '{NETWORKS[account.network].asked_by_id}' and {column} not glob '{FILE_KEY}*'"


@dataclass(slots=True)
class Added:
    """How many posts a page brought."""

    new: int = 0
    changed: int = 0
    past: int = 0
    """Looks at known posts that are older than what was held."""
    gone: int = 0
    """Posts whose text was dropped, since a file says that they are gone."""

    def __iadd__(self, other: Added) -> Self:
        self.new += other.new
        self.changed += other.changed
        self.past += other.past
        self.gone += other.gone
        return self


_Key = tuple["int | None", str]
"""Account and native id."""
_Look = tuple["str | None", "str | None", str, "str | None", "int | None"]
"""Text, client, counts, reply setting, hidden: what an observation has of a post."""


class _Held(NamedTuple):
    """A post as it is held: its row, how it looks, when that was seen, and what may still be learnt of it."""

    id: int
    text: str | None
    client: str | None
    counts: str
    reply_setting: str | None
    hidden: int | None
    parent: str | None
    by_agency: int | None
    permalink: str | None
    expired: int
    seen_at: str

    @property
    def look(self) -> _Look:
        return self.text, self.client, self.counts, self.reply_setting, self.hidden


class PostStore(MissingPosts):
    """Writing what was seen, and what was not."""

    def add_page(
        self,
        run: int,
        account: Account,
        page: Page,
        posts: Sequence[Post],
        *,
        about: Mapping[str, object] | None = None,
        newest: str | None = None,
    ) -> Added:
        """Store one page of a walk, its posts, and how far the walk has come: one transaction.

        A page that brought nothing new is not kept, so that a night without news leaves no trace but the bookmark.
        """
        with self.transaction():
            last = self.execute("select coalesce(max(id), 0) from page").fetchone()[0]
            number = self.page_row(run, account.id, page)
            if number <= last and self._looked_otherwise_since(number, account, posts):
                # the network says again what it said before: by the old page's time this would be a look at the past
                page = replace(page, url=f"{page.url}#{text_time(page.fetched_at)}")
                number = self.page_row(run, account.id, page)
            added = self.write_posts(number, [(account, p) for p in posts])
            told = about is not None and self._write_about(account, number, about, page)
            if number > last and not (added.new or added.changed or told):
                self.execute("delete from page where id = ?", (number,))
            self.execute(
                "insert into walk (account, stream, since, newest, resume)"
                " values (?, ?, ?, ?, ?)"
                " on conflict do update set newest = excluded.newest, resume = excluded.resume",
                (
                    *(account.id, page.stream, page.reread_from and text_time(page.reread_from)),
                    *(newest, page.resume),
                ),
            )
            self.heed(run, account, page, posts)
            if page.cost:
                self.execute("update run set spent = round(spent + ?, 6) where id = ?", (page.cost, run))
        return added

    def _looked_otherwise_since(self, page: int, account: Account, posts: Sequence[Post]) -> bool:
        """Return whether one of these posts was seen on a later page than this one."""
        found = self.execute(
            "select 1 from post join observation on observation.id = post.observation"
            " join page on page.id = observation.page where post.account = ?"
            " and native_id in (select value from json_each(?))"
            " and page.fetched_at > (select fetched_at from page where id = ?) limit 1",
            (account.id, json.dumps([p.native_id for p in posts]), page),
        ).fetchone()
        return found is not None

    def add_piece(
        self,
        run: int,
        page: Page,
        posts: Sequence[tuple[Account, Post]],
        gone: Iterable[tuple[str, Sequence[str], Sequence[str]]] = (),
        *,
        not_public: Iterable[tuple[Account, str]] = (),
    ) -> Added:
        """Store a piece of a file, and what it says is gone: one transaction. Without news it leaves no trace.

        `gone` has a network each time, native ids of posts, and authors all of whose posts are meant; `not_public` has posts
        that the public could not see when the file was made: what was taken in of them before then is taken out.
        """
        with self.transaction():
            last = self.execute("select coalesce(max(id), 0) from page").fetchone()[0]
            number = self.page_row(run, None, page)
            added = self.write_posts(number, posts)
            for network, ids, authors in gone:
                added.gone += self.forget_gone(network, ids, authors, number)
            added.gone += self.forget_again(posts, number)
            for account, native_id in not_public:
                self.take_out(account, [native_id], seen_before=page.fetched_at)
            if number > last and added == Added():
                self.execute("delete from page where id = ?", (number,))
        return added

    def _write_about(self, account: Account, number: int, facts: Mapping[str, object], page: Page) -> bool:
        """Keep what the network says of the account if it is news, else that it still says so."""
        text, at = unnamed(to_json(facts), self.erased()), text_time(page.fetched_at)
        last = self.execute(
            "select about.id, facts, page.token_kind from about join page on page.id = about.page"
            " where about.account = ? and page.stream = ? order by about.id desc limit 1",
            (account.id, page.stream),
        ).fetchone()
        if last is not None and last[1:] == (text, page.token_kind and page.token_kind.value):
            self.execute("update about set last_seen_at = max(last_seen_at, ?) where id = ?", (at, last[0]))
            return False
        self.execute(
            "insert into about (account, page, facts, first_seen_at, last_seen_at) values (?, ?, ?, ?, ?)",
            (account.id, number, text, at, at),
        )
        self.mark_changed([account.id])
        return True

    def write_posts(self, page: int, posts: Iterable[tuple[Account, Post]]) -> Added:
        """Write posts as seen on a page: new ones, and an observation where something changed. Inside a transaction.

        A page that is older than what is held, as a file may be, adds a look at the past: what is current stays so, and
        learns only what it did not tell.
        """
        # twice on one page: the last one counts, and what came along less than what was asked for
        seen, theirs = self._without_words({(a.id, p.native_id): p for a, p in sorted(posts, key=_asked_for)})
        known = self._known(seen)
        seen_at, stream = self.execute("select fetched_at, stream from page where id = ?", (page,)).fetchone()
        is_file = stream == Stream.FILE
        again = self._seen_on(page, [old.id for old in known.values()]) if is_file else frozenset()
        post_id = self.execute("select coalesce(max(id), 0) from post").fetchone()[0]
        observation_id = self.execute("select coalesce(max(id), 0) from observation").fetchone()[0]
        new, observations, moved, touched, past = [], [], [], set(), []
        for key, post in seen.items():
            hidden = None if post.hidden is None else int(post.hidden)
            look: _Look = (post.text, post.client, to_json(post.counts), post.reply_setting, hidden)
            old = known.get((key[0] or 0, key[1]))
            if old is None:
                post_id += 1
                number = post_id
            else:
                number = old.id
                self._learn(post, old)
                if number in again:
                    continue
                if seen_at < old.seen_at:
                    past.append((old, look, key[0], post.in_passing))
                    continue
                look = _looks_now(look, old, is_file=is_file)
                if post.in_passing or look == old.look:
                    continue
            observation_id += 1
            touched.add(key[0])
            # what was dropped is not gone because something else changes
            expired = old.expired if old else int(key in theirs)
            observations.append((observation_id, number, page, *look, expired))
            if old is None:
                new.append((number, *_columns(key, post), observation_id, post.language))
            else:
                moved.append((observation_id, number))
        self._insert(page, new, observations, moved)
        self._link_versions([(account or 0, post) for (account, _), post in seen.items()])
        touched_too, looks = self._write_past(page, past)
        self.mark_changed(touched | touched_too)
        return Added(len(new), len(moved), looks)

    def _without_words(self, seen: dict[_Key, Post]) -> tuple[dict[_Key, Post], frozenset[_Key]]:
        """Return posts as they may be kept, and which have the words of somebody who was erased; these go if they are held."""
        erased = self.erased()
        if not erased:
            return seen, frozenset()
        theirs = frozenset(key for key, post in seen.items() if are_words_of(post, erased))
        held = [old.id for old in self._known(theirs).values() if old.text is not None]
        if held:
            self.forget_texts(held, expired=True)
        return {key: without_words(post, erased) for key, post in seen.items()}, theirs

    def _link_versions(self, posts: list[tuple[int, Post]]) -> None:
        """Let replies to a later version of an edited post be replies to the post, whichever of the two is read first."""
        later = [(account, number, p.native_id) for account, p in posts for number in p.later_ids]
        if later:
            self.connection.executemany("insert or ignore into version values (?, ?, ?)", later)
        elif self.execute("select 1 from version limit 1").fetchone() is None:
            return
        ids = [*(p.native_id for _, p in posts), *(number for _, number, _ in later)]
        for key in ("parent", "thread"):
            self.execute(
                f"update post set {key} = version.first from version where version.account = post.account"
                f" and version.native_id = post.{key} and post.account in (select value from json_each(:accounts))"
                f" and (post.native_id in (select value from json_each(:ids)) or post.{key} in (select value from json_each(:ids)))",
                {"ids": json.dumps(ids), "accounts": json.dumps(sorted({account for account, _ in posts}))},
            )

    def _write_past(
        self, page: int, past: Iterable[tuple[_Held, _Look, int | None, bool]]
    ) -> tuple[set[int | None], int]:
        """Keep looks older than the current ones; return whose current ones have learnt from them, and how many."""
        looks, learnt, accounts = [], [], set()
        for old, look, account, in_passing in past:
            _, client, _, reply_setting, _ = look
            if (client and not old.client) or (reply_setting and not old.reply_setting):
                learnt.append((client, reply_setting, old.id))
                accounts.add(account)
            if old.text is not None and not in_passing and look != old.look:
                looks.append((old.id, page, *look))
        many = self.connection.executemany
        many(
            "update observation set client = coalesce(client, ?), reply_setting = coalesce(reply_setting, ?)"
            " where id = (select observation from post where id = ?)",
            learnt,
        )
        kept = many(
            "insert or ignore into observation (post, page, text, client, counts, reply_setting, hidden)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            looks,
        ).rowcount
        return accounts, max(kept, 0)

    def _known(self, seen: Iterable[_Key]) -> dict[tuple[int, str], _Held]:
        ids: dict[int, list[str]] = {}
        for account, native_id in seen:
            ids.setdefault(account or 0, []).append(native_id)
        known = {}
        for account, natives in ids.items():
            for native_id, *held in self.execute(
                "select post.native_id, post.id, text, client, counts, reply_setting, hidden, parent, by_agency,"
                " permalink, expired, page.fetched_at from post join observation on observation.id = post.observation"
                " join page on page.id = observation.page"
                " where post.account = ? and native_id in (select value from json_each(?))",
                (account, json.dumps(natives)),
            ):
                known[account, native_id] = _Held(*held)
        return known

    def _learn(self, post: Post, old: _Held) -> None:
        """Fill in what was not known of a post when it was first seen."""
        if old.parent is None and post.parent is not None:
            self.execute(
                "update post set parent = ?, thread = ? where id = ?", (post.parent, post.thread, old.id)
            )
        if old.by_agency is None and post.by_agency is not None:
            self.execute(
                "update post set by_agency = ?, author = ? where id = ?",
                (post.by_agency, post.author, old.id),
            )
        if old.permalink is None and post.permalink is not None:
            self.execute("update post set permalink = ? where id = ?", (post.permalink, old.id))

    def _seen_on(self, page: int, posts: list[int]) -> frozenset[int]:
        """Return which posts there is a look at on a page: a piece of a file that is read again has nothing new."""
        rows = self.execute(
            "select post from observation where page = ? and post in (select value from json_each(?))",
            (page, json.dumps(posts)),
        )
        return frozenset(row[0] for row in rows)

    def _insert(self, page: int, new: list[Any], observations: list[Any], moved: list[Any]) -> None:
        if moved:  # a network that says again what it said before brings the same page: its look is made anew
            posts = json.dumps([post for _, post in moved])
            self.unindex("page = ? and post in (select value from json_each(?))", (page, posts))
        many = self.connection.executemany
        many("insert into post values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", new)
        many(
            "insert or replace into observation"
            " (id, post, page, text, client, counts, reply_setting, hidden, expired) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            observations,
        )
        many("update post set observation = ? where id = ?", moved)

    def posts_with_text(self, account: Account) -> dict[str, int]:
        """Return the posts of an account whose text is held, and whose id the network knows: row ids by native id."""
        rows = self.execute(
            "select post.native_id, post.id from post join observation on observation.id = post.observation"
            f" where post.account = ? and text is not null and {by_the_network('native_id', account)} order by post.id",
            (account.id,),
        )
        return dict(rows.fetchall())

    def add_quarantine(self, run: int, lines: Iterable[tuple[str, int, str]]) -> None:
        """Note which lines of which files were kept out, and why."""
        rows = [(run, *line) for line in lines]
        with self.transaction():
            self.connection.executemany("insert or ignore into quarantine values (?, ?, ?, ?)", rows)


def _asked_for(found: tuple[Account, Post]) -> bool:
    return not found[1].in_passing


def _looks_now(look: _Look, old: _Held, *, is_file: bool) -> _Look:
    """Put together how a post looks by what is seen of it and what was held: what is not told now is not unsaid."""
    text, client, counts, reply_setting, hidden = look
    if old.expired or (old.text is None and is_file):
        text = None  # its time was up, or it is gone: a copy does not bring it back
    return (
        text,
        client or old.client,
        _counted(counts, old.counts),
        reply_setting or old.reply_setting,
        old.hidden if hidden is None else hidden,
    )


def _counted(now: str, before: str) -> str:
    """Return the counts as they are now, and of those that are not told now what was told before."""
    return now if now == before else to_json({**from_json(before), **from_json(now)})


def _columns(key: tuple[int | None, str], post: Post) -> tuple[Any, ...]:
    account, native_id = key
    # plain int and str: sqlite3 looks long for how to write a bool or an enum
    by_agency = None if post.by_agency is None else int(post.by_agency)
    whose = (post.author, by_agency, text_time(post.created_at))
    return (account, native_id, post.thread, post.parent, *whose, post.kind.value, post.permalink)
