"""Agencies' own sites in the database: how each page was last found, and which accounts it links to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from soma_audit.store.connection import read_time, text_time
from soma_audit.store.register import RegisterStore
from soma_audit.website import Site, SiteLink, SitePage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from soma_audit.website import PageLook


class CheckedRow(NamedTuple):
    """An account of the register, and whether it is held to be official."""

    account: int
    agency_id: str
    agency: str
    website: str | None
    network: str
    handle: str
    verdict: int | None
    label: str | None
    life: str | None
    """How it lives, or how it ended."""


class _Before(NamedTuple):
    sha256: str | None
    read_at: str | None
    changed_at: str | None


class SiteStore(RegisterStore):
    """Pages of sites, and what they link to."""

    def save_looks(self, agency: str, pages: Iterable[PageLook], now: datetime) -> bool:
        """Keep how an agency's pages were found, in one transaction; return whether anything else was seen than before.

        A page that could not be read keeps what is known of it from before. Pages that the register no longer names, or that
        the site no longer calls its contact page, are dropped.
        """
        at, seen = text_time(now), list(pages)
        with self.transaction():
            before = self._fingerprint(agency)
            for page in seen:
                self._save_page(agency, page, at)
                if page.outcome == "read":
                    self._save_links(agency, page, at)
            self._drop_others(agency, seen)
            changed = self._fingerprint(agency) != before
            if changed:
                self.execute("update account set changed = changed + 1 where agency = ?", (agency,))
        return changed

    def _fingerprint(self, agency: str) -> tuple[object, ...]:
        """Return what verdicts depend on."""
        links = "select url, network, handle, rel_me from site_link where agency = ? order by 1, 2, 3"
        pages = "select what, url, outcome, changed_at from web_page where agency = ? order by 1, 2"
        return tuple(tuple(self.execute(sql, (agency,)).fetchall()) for sql in (links, pages))

    def _save_page(self, agency: str, page: PageLook, at: str) -> None:
        before = next(
            self.typed(
                _Before,
                "select sha256, read_at, changed_at from web_page where agency = ? and what = ? and url = ?",
                (agency, page.what, page.url),
            ),
            _Before(None, None, None),
        )
        was_read = page.outcome == "read"
        same = not was_read or before.sha256 == page.sha256
        told = page.changed_at and text_time(page.changed_at)
        changed_at = before.changed_at if same else told or (at if before.sha256 else None)
        self.execute(
            "insert or replace into web_page (agency, what, url, looked_at, outcome, detail, read_at, etag, last_modified,"
            " sha256, changed_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(agency, page.what, page.url, at, page.outcome, page.detail),
                *(at if was_read else before.read_at, page.etag, page.last_modified),
                *(page.sha256 if was_read else before.sha256, changed_at),
            ),
        )

    def _save_links(self, agency: str, page: PageLook, at: str) -> None:
        self.connection.executemany(
            "insert into site_link (agency, url, network, handle, rel_me, first_seen_at, last_seen_at)"
            " values (?, ?, ?, ?, ?, ?, ?) on conflict do update set rel_me = excluded.rel_me,"
            " last_seen_at = excluded.last_seen_at",
            [(agency, page.url, link.network, link.handle, int(link.rel_me), at, at) for link in page.links],
        )
        self.execute(
            "delete from site_link where agency = ? and url = ? and last_seen_at <> ?", (agency, page.url, at)
        )

    def _drop_others(self, agency: str, seen: Sequence[PageLook]) -> None:
        """Drop pages that are not the agency's any more. Without its front page nobody knows which its contact page is."""
        front_read = any(page.what == "front" and page.outcome == "read" for page in seen)
        there = {(page.what, page.url) for page in seen}
        for what, url in self.execute(
            "select what, url from web_page where agency = ?", (agency,)
        ).fetchall():
            if (what, url) in there or (what == "contact" and not front_read):
                continue
            self.execute(
                "delete from web_page where agency = ? and what = ? and url = ?", (agency, what, url)
            )
            self.execute("delete from site_link where agency = ? and url = ?", (agency, url))

    def save_lookalikes(
        self, agency: str, network: str, found: Iterable[tuple[str, str]], now: datetime
    ) -> None:
        """Keep which accounts go by an agency's name on a network, handle and why; those not found again are dropped."""
        at = text_time(now)
        with self.transaction():
            self.connection.executemany(
                "insert into lookalike values (?, ?, ?, ?, ?, ?) on conflict do update set why = excluded.why,"
                " last_seen_at = excluded.last_seen_at",
                [(agency, network, handle, why, at, at) for handle, why in found],
            )
            self.execute(
                "delete from lookalike where agency = ? and network = ? and last_seen_at <> ?",
                (agency, network, at),
            )

    def lookalikes_of(self, agency: str) -> list[tuple[str, str, str]]:
        """Return the accounts that go by an agency's name and are not in the register: network, handle and why."""
        return self.execute(
            "select network, handle, why from lookalike where agency = ? order by network, handle", (agency,)
        ).fetchall()

    def profiles_seen_since(self, moment: datetime) -> set[int]:
        """Return the accounts whose profile a network has shown since then."""
        rows = self.execute(
            "select distinct about.account from about join page on page.id = about.page"
            " where page.stream = 'profile' and last_seen_at >= ?",
            (text_time(moment),),
        )
        return {account for (account,) in rows}

    def checked_rows(self) -> Iterator[CheckedRow]:
        """Return the register's accounts, each with whether it is held to be official."""
        return self.typed(
            CheckedRow,
            "select account.id as account, agency.id as agency_id, agency.name as agency, agency.website,"
            " account.network, account.handle,"
            " verdict.id as verdict, verdict.label, life.label as life"
            " from listed_account as account join agency on agency.id = account.agency"
            " left join current_verdict as verdict on verdict.account = account.id and verdict.post is null"
            " and verdict.classifier = 'official'"
            " left join current_verdict as life on life.account = account.id and life.post is null"
            " and life.classifier = 'life' order by agency.name, account.network, account.handle",
        )

    def unseen_of(self, account: int) -> tuple[str, ...]:
        """Return why an account, or its profile, could not be seen."""
        rows = self.execute(
            "select coalesce(nullif(detail, ''), reason) from open_gap where account = ?"
            " and (stream is null or stream = 'profile') order by id",
            (account,),
        )
        return tuple(detail for (detail,) in rows)

    def looked_at_since(self, moment: datetime) -> set[str]:
        """Return the agencies whose pages have been looked at since then."""
        rows = self.execute("select distinct agency from web_page where looked_at >= ?", (text_time(moment),))
        return {agency for (agency,) in rows}

    def site(self, agency: str) -> Site | None:
        """Return what is known of an agency's own site; None if the register does not name it."""
        row = self.execute("select website from agency where id = ?", (agency,)).fetchone()
        if row is None or row[0] is None:
            return None
        pages = self.execute(
            "select what, url, looked_at, outcome, detail, read_at, changed_at from web_page where agency = ?"
            " order by what, url",
            (agency,),
        )
        links = self.execute(
            "select url, network, handle, rel_me, last_seen_at from site_link where agency = ? order by 1, 2, 3",
            (agency,),
        )
        return Site(
            website=row[0],
            pages=tuple(
                SitePage(
                    what=what,
                    url=url,
                    looked_at=datetime.fromisoformat(looked),
                    outcome=outcome,
                    detail=detail,
                    read_at=read_time(read),
                    changed_at=read_time(changed),
                )
                for what, url, looked, outcome, detail, read, changed in pages
            ),
            links=tuple(
                SiteLink(
                    url=url,
                    network=network,
                    handle=handle,
                    rel_me=bool(rel_me),
                    seen_at=datetime.fromisoformat(seen),
                )
                for url, network, handle, rel_me, seen in links
            ),
        )
