"""Walls go out: all that is known of one account, as it is judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from soma_audit.model import About, Account, Gap, Kind, Post, Stream, TokenKind, Wall
from soma_audit.store.connection import read_time, text_time
from soma_audit.store.json_columns import from_json
from soma_audit.store.sites import SiteStore
from soma_audit.store.wall_looks import WallLookStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from soma_audit.office_hours import OfficeHours

_POST = (
    "select native_id, created_at, text, by_agency, thread, parent, author, kind, permalink, client, counts,"
    " reply_setting, hidden, language from current_post"
)


class WallStore(WallLookStore, SiteStore):
    """Reads walls."""

    def wall(self, account: Account, *, as_of: datetime, office: OfficeHours, norm_minutes: float) -> Wall:
        """Gather all that is known of one account's wall, as of a time."""
        return replace(
            self.wall_without_posts(account, as_of=as_of, office=office, norm_minutes=norm_minutes),
            posts=tuple(self.posts_on(account, as_of)),
            elsewhere=self._elsewhere(account, text_time(as_of)),
        )

    def posts_on(self, account: Account, as_of: datetime) -> Iterator[Post]:
        """Yield the posts on one account's wall, the oldest first; equal times by native id."""
        rows = self.execute(
            f"{_POST} where account = ? and created_at <= ? order by created_at, native_id",
            (account.id, text_time(as_of)),
        )
        return map(_post, rows)

    def wall_without_posts(
        self, account: Account, *, as_of: datetime, office: OfficeHours, norm_minutes: float
    ) -> Wall:
        """Gather what is known of one account's wall beside its posts."""
        read = self._read(account)
        return Wall(
            account=account,
            as_of=as_of,
            posts=(),
            office=office,
            norm_minutes=norm_minutes,
            read=frozenset(read),
            timeline_read_at=read.get(Stream.TIMELINE),
            gaps=self._gaps(account),
            about=self._about(account),
            looks=tuple(self.looks_at_wall(account)),
            handles=self._handles(account),
            site=self.site(account.agency),
            reviewed_as_asked=self._reviewed_as_asked(account),
        )

    def _read(self, account: Account) -> dict[Stream, datetime]:
        """Return when each stream that has been read to its end was last read so."""
        rows = self.execute("select stream, completed_at from bookmark where account = ?", (account.id,))
        return {Stream(stream): datetime.fromisoformat(at) for stream, at in rows}

    def _gaps(self, account: Account) -> tuple[Gap, ...]:
        rows = self.execute(
            "select stream, reason, detail, since, until, started_at from gap join run on run.id = gap.run"
            " where account = ? and closed_by is null order by gap.id",
            (account.id,),
        )
        return tuple(
            Gap(
                stream=Stream(stream) if stream else None,
                reason=reason,
                detail=detail,
                since=read_time(since),
                until=read_time(until),
                noticed_at=read_time(noticed),
            )
            for stream, reason, detail, since, until, noticed in rows
        )

    def _about(self, account: Account) -> tuple[About, ...]:
        rows = self.execute(
            "select first_seen_at, last_seen_at, page.stream, page.url, facts, token_kind, api_version"
            " from about join page on page.id = about.page where about.account = ? order by about.id",
            (account.id,),
        )
        return tuple(
            About(
                first_seen_at=datetime.fromisoformat(first),
                seen_at=datetime.fromisoformat(last),
                source=stream,
                endpoint=url,
                facts=from_json(facts),
                token_kind=TokenKind(kind) if kind else None,
                api_version=version,
            )
            for first, last, stream, url, facts, kind, version in rows
        )

    def _elsewhere(self, account: Account, until: str) -> tuple[Post, ...]:
        rows = self.execute(
            f"{_POST} where agency = ? and account <> ? and by_agency = 1 and created_at <= ? order by created_at, native_id",
            (account.agency, account.id, until),
        )
        return tuple(_post(row) for row in rows)

    def _reviewed_as_asked(self, account: Account) -> frozenset[str]:
        rows = self.execute(
            "select native_id from current_review as review join post on post.id = review.post"
            " where review.account = ? and classifier = 'question' and label <> 'none'",
            (account.id,),
        )
        return frozenset(row[0] for row in rows)

    def _handles(self, account: Account) -> frozenset[str]:
        rows = self.execute(
            "select lower(handle) from account where agency = :agency and network = :network union"
            " select lower(account_name.handle) from account_name join account on account.id = account_name.account"
            " where agency = :agency and network = :network",
            {"agency": account.agency, "network": account.network},
        )
        return frozenset(row[0] for row in rows)


def _post(row: tuple[Any, ...]) -> Post:
    (
        native_id,
        created_at,
        text,
        by_agency,
        thread,
        parent,
        author,
        kind,
        permalink,
        client,
        counts,
        reply_setting,
        hidden,
        language,
    ) = row
    return Post(
        native_id=native_id,
        created_at=datetime.fromisoformat(created_at),
        text=text,
        by_agency=None if by_agency is None else bool(by_agency),
        thread=thread,
        parent=parent,
        author=author,
        kind=_KINDS[kind],
        permalink=permalink,
        client=client,
        counts=from_json(counts),
        reply_setting=reply_setting,
        hidden=None if hidden is None else bool(hidden),
        language=language,
    )


_KINDS = {kind.value: kind for kind in Kind}
