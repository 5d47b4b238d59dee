"""The same post from a file and from the network becomes one.

Some downloads give no ids, or ids of their own. Such a post is stored under a key that begins with `FILE_KEY`, until
the same words by the same hand within a minute turn up under the network's id.
"""

from __future__ import annotations

import hashlib
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from soma_audit.networks import NETWORKS
from soma_audit.store.register import RegisterStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from soma_audit.model import Account

FILE_KEY = "file-"
_SAME_WORDS = (
    "select file.id, file.native_id, own.id, own.native_id from post as file"
    " join observation as words on words.id = file.observation"
    " join post as own on own.account = file.account and own.by_agency is file.by_agency"
    " and own.created_at between strftime('%Y-%m-%dT%H:%M:%SZ', file.created_at, '-60 seconds')"
    " and strftime('%Y-%m-%dT%H:%M:%SZ', file.created_at, '+60 seconds')"
    " join observation as said on said.id = own.observation"
    " where file.account = ? and file.native_id >= 'file-' and file.native_id < 'file.'"
    " and not (own.native_id >= 'file-' and own.native_id < 'file.')"
    " and words.text <> '' and trim(words.text) = trim(said.text)"
    " order by file.id, abs(strftime('%s', own.created_at) - strftime('%s', file.created_at)), own.id"
)
_SAME_NUMBER = (
    # a Page has two ids, and an export may put the other one before the post's number
    "with numbered as materialized (select id, native_id, substr(native_id, instr(native_id, '_') + 1) as number"
    " from post where account = ? and kind <> 'comment' and instr(native_id, '_') > 0),"
    " twice as materialized (select number from numbered group by number having count(*) > 1)"
    " select id, native_id, number, not exists (select 1 from observation join page on page.id = observation.page"
    " where observation.post = numbered.id and page.stream <> 'file') as only_file"
    " from numbered where number in (select number from twice) order by number, only_file, id"
)


def file_key(created_at: datetime, text: str) -> str:
    """Make a key for a post that its file knows by no number: the same words at the same time are the same post."""
    digest = hashlib.sha256(f"{int(created_at.timestamp())} {text}".encode()).hexdigest()
    return f"{FILE_KEY}{digest[:24]}"


class DuplicateStore(RegisterStore):
    """Finding and uniting posts that are one."""

    def merge_duplicates(self, account: Account) -> int:
        """Unite an account's posts that a file knows by no id of the network with those that the network knows."""
        with self.transaction():
            pairs = self.execute(_SAME_WORDS, (account.id,)).fetchall()
            if NETWORKS[account.network].account_in_post_ids:
                pairs += self._same_number(account)
            met: set[int] = set()
            united = []
            for file, file_key, own, own_key in pairs:
                if not {file, own} & met:
                    met |= {file, own}
                    united.append((file, file_key, own, own_key))
            if united:
                self._unite(account, united)
        return len(united)

    def _same_number(self, account: Account) -> Iterator[tuple[int, str, int, str]]:
        """Find posts that only files know, and the one of the same number that the network, or an earlier file, knows."""
        rows = self.execute(_SAME_NUMBER, (account.id,)).fetchall()
        for _, group in groupby(rows, key=itemgetter(2)):
            (own, own_key, *_), *others = group
            yield from (
                (file, file_key, own, own_key) for file, file_key, _, only_file in others if only_file
            )

    def _unite(self, account: Account, pairs: list[tuple[int, str, int, str]]) -> None:
        """Give all that hangs on the files' posts to the network's; verdicts are made anew."""
        self.execute(
            "create temp table united (file integer primary key, file_key text unique, own integer, own_key text)"
        )
        self.connection.executemany("insert into united values (?, ?, ?, ?)", pairs)
        self.execute(
            "update observation set client = coalesce(observation.client, past.client),"
            " reply_setting = coalesce(observation.reply_setting, past.reply_setting)"
            " from (select own.observation as current, look.client, look.reply_setting from united"
            " join post as own on own.id = united.own join post as file on file.id = united.file"
            " join observation as look on look.id = file.observation) as past where observation.id = past.current"
        )
        files = "in (select file from united)"
        for table in ("observation", "review", "assignment", "draw"):
            own = f"(select own from united where file = {table}.post)"
            self.execute(f"update or ignore {table} set post = {own} where post {files}")
        self.execute(f"delete from finding where verdict in (select id from verdict where post {files})")
        for table in ("verdict", "review", "assignment", "draw", "missing", "met", "observation"):
            self.execute(f"delete from {table} where post {files}")
        self.execute(f"delete from post where id {files}")
        for key in ("thread", "parent"):
            self.execute(
                f"update post set {key} = (select own_key from united where file_key = post.{key})"
                f" where account = ? and {key} in (select file_key from united)",
                (account.id,),
            )
        self.execute("drop table united")
        self.mark_changed([account.id])
