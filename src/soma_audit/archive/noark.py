"""Threads as a Noark 5 extraction: each account a part of the archive, each thread a folder, each post a registration.

Source: Riksarkivet's Noark 5, XML Schema for arkivuttrekk, version 5.0 (arkivstruktur.xsd). `arkivstruktur.xsd` beside
this file is ours: the same elements in the same order, as far as they are used.
"""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from soma_audit.model import Account
    from soma_audit.store.posts.rows import PostRow

NAMESPACE = "http://www.arkivverket.no/standarder/noark5/arkivstruktur"
ADDML = "http://www.arkivverket.no/standarder/addml"
TITLE = 80
NAME = "soma-audit"
KINDS = {(1, "comment"): "Svar", (1, "post"): "Innlegg", (1, "share"): "Deling"}
"""What a registration is called, by whether the agency wrote it; all else is a visitor's enquiry."""
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def identity(*names: object) -> str:
    """Return the UUID of something by its names: the same database gives the same."""
    return str(uuid5(NAMESPACE_URL, "soma-audit:" + "/".join(map(str, names))))


class Structure:
    """Writes arkivstruktur.xml, and counts."""

    def __init__(
        self, write: Callable[[str], object], since: datetime, until: datetime, now: datetime
    ) -> None:
        self._write, self._since, self._until, self._now = write, since, until, now
        self.folders = self.registrations = 0

    def begin(self, agencies: Sequence[tuple[str, str]]) -> None:
        """Begin the archive, whose creators are agencies: id, name."""
        creators = "".join(
            f"<arkivskaper>{_e('arkivskaperID', id_)}{_e('arkivskaperNavn', name)}</arkivskaper>\n"
            for id_, name in agencies
        )
        self._write(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<arkiv xmlns="{NAMESPACE}">\n'
            f"{_e('systemID', identity('archive', self._since.isoformat(), self._until.isoformat()))}"
            f"{_e('tittel', 'Sosiale medier')}{_e('arkivstatus', 'Avsluttet')}{self._life()}\n{creators}"
        )

    def part(self, account: Account, posts: Iterable[PostRow]) -> Iterator[PostRow]:
        """Write an account's threads; yield each post when it has been written."""
        name = f"{account.network}/{account.handle}"
        self._write(
            f"<arkivdel>{_e('systemID', identity(name))}{_e('tittel', name)}"
            f"{_e('arkivdelstatus', 'Avsluttet periode')}{self._life()}"
            f"{_e('arkivperiodeStartDato', f'{self._since:%Y-%m-%d}')}"
            f"{_e('arkivperiodeSluttDato', f'{self._until - timedelta(seconds=1):%Y-%m-%d}')}\n"
        )
        for thread, group in groupby(posts, lambda post: post.thread):
            yield from self._folder(name, thread, list(group))
        self._write("</arkivdel>\n")

    def end(self) -> None:
        """End the archive."""
        self._write("</arkiv>\n")

    def _folder(self, account: str, thread: str, posts: list[PostRow]) -> list[PostRow]:
        first, last = posts[0], max(posts, key=lambda post: post.created_at)
        self.folders += 1
        self._write(
            f"<mappe>{_e('systemID', identity(account, 'thread', thread))}{_e('mappeID', thread)}"
            f"{_e('tittel', _title(first))}{_e('opprettetDato', first.created_at)}"
            f"{_e('opprettetAv', first.author or 'ukjent')}{_e('avsluttetDato', last.created_at)}"
            f"{_e('avsluttetAv', NAME)}\n"
        )
        for post in posts:
            self._register(account, post)
        self._write("</mappe>\n")
        return posts

    def _register(self, account: str, post: PostRow) -> None:
        self.registrations += 1
        author = post.author or "ukjent"
        self._write(
            f"<registrering>{_e('systemID', identity(account, 'post', post.native_id))}"
            f"{_e('opprettetDato', post.created_at)}{_e('opprettetAv', author)}"
            f"{_e('arkivertDato', f'{self._now:%Y-%m-%dT%H:%M:%SZ}')}{_e('arkivertAv', NAME)}"
            f"{_e('registreringsID', post.native_id)}"
            f"{_e('tittel', KINDS.get((post.by_agency or 0, post.kind), 'Henvendelse'))}"
            f"{_e('beskrivelse', post.text) if post.text else ''}{_e('forfatter', author)}</registrering>\n"
        )

    def _life(self) -> str:
        begun, ended = (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (self._since, self._until))
        return f"{_e('opprettetDato', begun)}{_e('opprettetAv', NAME)}{_e('avsluttetDato', ended)}{_e('avsluttetAv', NAME)}"


def overview(structure: Structure, sum_: str) -> str:
    """Return arkivuttrekk.xml: what the extraction consists of, how much is in it, and its checksum, in ADDML's words."""
    counts = "".join(
        f'<property name="numberOfOccurrences"><properties><property name="{name}"><value>{count}</value></property>'
        "</properties></property>\n"
        for name, count in (("mappe", structure.folders), ("registrering", structure.registrations))
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<addml xmlns="{ADDML}"><dataset><dataObjects><dataObject name="Noark 5 arkivuttrekk">\n'
        '<properties><property name="info"><properties>\n'
        '<property name="type"><value>Noark 5</value><properties><property name="version"><value>5.0</value></property></properties></property>\n'
        f"{counts}</properties></property></properties>\n"
        '<dataObjects><dataObject name="arkivstruktur"><properties><property name="file"><properties>\n'
        '<property name="name"><value>arkivstruktur.xml</value></property>\n'
        '<property name="checksum"><properties><property name="algorithm"><value>SHA-256</value></property>'
        f'<property name="value"><value>{sum_}</value></property></properties></property>\n'
        "</properties></property></properties></dataObject></dataObjects>\n"
        "</dataObject></dataObjects></dataset></addml>\n"
    )


def _title(post: PostRow) -> str:
    words = " ".join((post.text or "").split())
    return (words[: TITLE - 1] + "…" if len(words) > TITLE else words) or "(uten tekst)"


def _e(name: str, text: str) -> str:
    return f"<{name}>{escape(_NOT_XML.sub(chr(0xFFFD), text))}</{name}>"
