"""The same post from a file and from the network becomes one.

Some downloads give no ids, or ids of their own. Such a post is stored under a key that begins with `FILE_KEY`, until
the same words by the same hand within a minute turn up under the network's id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from soma_audit.store.connection import Connection

if TYPE_CHECKING:
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
    "with numbered as (select id, native_id, substr(native_id, instr(native_id, '_') + 1) as number,"
    " not exists (select 1 from observation join page on page.id = observation.page"
    " where observation.post = post.id and page.stream <> 'file') as only_file"
    " from post where account = ? and kind <> 'comment' and instr(native_id, '_') > 0)"
    " select file.id, file.native_id, own.id, own.native_id from numbered as file"
    " join numbered as own on own.number = file.number and own.id <> file.id"
    " where file.only_file and (not own.only_file or own.id < file.id)"
)


class Twins(Connection):
    """Finding and uniting posts that are one."""

    def unite_twins(self, account: Account) -> int:
        """Unite an account's posts that a file knows by no id of the network with those that the network knows."""
        united = 0
        with self.transaction():
            pairs = self.execute(_SAME_WORDS, (account.id,)).fetchall()
            if account.network == "facebook":
                pairs += self.execute(_SAME_NUMBER, (account.id,)).fetchall()
            done: set[int] = set()
            for file, file_key, own, own_key in pairs:
                if not {file, own} & done:
                    done |= {file, own}
                    self._unite(account, (file, file_key), (own, own_key))
                    united += 1
            if united:
                self.execute("update account set changed = changed + 1 where agency = ?", (account.agency,))
        return united

    def _unite(self, account: Account, file: tuple[int, str], own: tuple[int, str]) -> None:
        """Give all that hangs on the file's post to the network's; verdicts are made anew."""
        pair = {"file": file[0], "own": own[0]}
        self.execute(
            "update observation set client = coalesce(observation.client, past.client),"
            " reply_setting = coalesce(observation.reply_setting, past.reply_setting)"
            " from (select client, reply_setting from post join observation on observation.id = post.observation"
            " where post.id = :file) as past where id = (select observation from post where id = :own)",
            pair,
        )
        for table in ("observation", "review", "draw"):
            self.execute(f"update or ignore {table} set post = :own where post = :file", pair)
        self.execute("delete from finding where verdict in (select id from verdict where post = ?)", file[:1])
        for table in ("verdict", "review", "draw", "observation", "post"):
            column = "id" if table == "post" else "post"
            self.execute(f"delete from {table} where {column} = ?", file[:1])
        keys = {"account": account.id, "file": file[1], "own": own[1]}
        for column in ("thread", "parent"):
            self.execute(
                f"update post set {column} = :own where account = :account and {column} = :file", keys
            )
