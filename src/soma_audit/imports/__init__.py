"""What people already have on disk becomes rows; one file a format, and `FORMATS` is all that can be read."""

from __future__ import annotations

from codecs import BOM_UTF8
from contextlib import ExitStack
from typing import TYPE_CHECKING

from soma_audit.errors import InvalidInputError
from soma_audit.imports import looks
from soma_audit.imports.context import ImportContext
from soma_audit.imports.formats import facebook_download, twitter_archive
from soma_audit.imports.formats.business_suite import BusinessSuite
from soma_audit.imports.formats.content_library import ContentLibrary
from soma_audit.imports.formats.crowdtangle import CrowdTangle
from soma_audit.imports.formats.facebook_download import FacebookDownload
from soma_audit.imports.formats.graph_pages import UNSEEN, GraphPages
from soma_audit.imports.formats.jsonl import JsonLines
from soma_audit.imports.formats.plain_csv import PlainCsv
from soma_audit.imports.formats.twitter_archive import TwitterArchive
from soma_audit.imports.formats.twitter_archive_2012 import TwitterArchive2012
from soma_audit.imports.formats.twitter_compliance import TwitterCompliance
from soma_audit.imports.formats.twitter_pages import TwitterPages
from soma_audit.imports.formats.twitter_status import PROTECTED
from soma_audit.imports.formats.twitter_v1 import TwitterV1
from soma_audit.imports.formats.zeeschuimer import Zeeschuimer
from soma_audit.imports.importer import Imported, Importer
from soma_audit.imports.reader import Reader, Sample, Summary
from soma_audit.imports.sources.opened import BLANK, Package, opened
from soma_audit.imports.sources.zips import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from soma_audit.imports.sources.opened import Source
    from soma_audit.store import Run, Store

__all__ = ["FORMATS", "NOT_PUBLIC", "ImportContext", "Imported", "import_files", "is_looks"]

FORMATS: tuple[type[Reader], ...] = (
    JsonLines,
    TwitterArchive,
    TwitterArchive2012,
    ContentLibrary,
    TwitterPages,
    TwitterV1,
    Zeeschuimer,
    TwitterCompliance,
    FacebookDownload,
    GraphPages,
    BusinessSuite,
    CrowdTangle,
    PlainCsv,
)
"""Everything that can be imported; the first that recognises a file reads it."""
NOT_PUBLIC = frozenset({PROTECTED, UNSEEN, facebook_download.HIDDEN, twitter_archive.HIDDEN})
"""Why posts are kept out that the public cannot see, whosever they are."""
READABLE = (".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".gz")
"""What is looked into in a zip or a folder of no known kind."""


def import_files(
    store: Store,
    run: Run,
    files: Iterable[Path],
    context: ImportContext,
    now: datetime,
    *,
    format_: str | None = None,
    say: Callable[[int], None] = lambda _: None,
) -> Imported:
    """Import files of posts, each in the format that it is found to be, or in the one that is named.

    Raises:
        InvalidInputError: a file is missing, cannot be opened or not be recognised; nothing has been imported then.
    """
    importer = Importer(store, run, context, now)
    with ExitStack() as stack:
        packages = [stack.enter_context(opened(file)) for file in files]
        chosen = [one for package in packages for one in _readers(package, context, format_)]
        chosen.sort(key=lambda one: one[0].last)
        try:
            for reader, sources, _ in chosen:
                reader.prepare(sources)
        except InvalidInputError as error:
            raise InvalidInputError(str(error), _damage(packages)) from error
        for one in chosen:
            importer.take(*one, say)
        importer.result.damaged = [*dict.fromkeys([*_damage(packages), *importer.result.damaged])]
    return importer.finish()


def _damage(packages: Iterable[Package]) -> list[str]:
    return [sentence for package in packages for sentence in package.damage.values()]


def is_looks(file: Path) -> bool:
    """Return whether a file has what people saw of walls, and no posts."""
    with opened(file) as package:
        return package.single and frozenset(looks.NEEDED) <= Sample(package.sources[0]).header


def _readers(
    package: Package, context: ImportContext, format_: str | None
) -> Iterator[tuple[Reader, list[Source], Summary]]:
    """Find who reads what of a package."""
    formats = [f for f in FORMATS if format_ in {None, f.name}]
    if archives := [] if package.single else _archives(package, formats):
        chosen = [(whole, part, _readable(part, whole.parts(part))) for whole, part in archives]
        closed = len(package.members) - sum(len(sources) for _, _, sources in chosen)
        for whole, part, sources in chosen:
            yield whole(part, context), sources, _summary(part.name, whole, closed)
            closed = 0
        return
    readable = _readable(
        package, [s for s in package.sources if package.single or s.name.lower().endswith(READABLE)]
    )
    found = [
        (source, _reader_of(source, formats, context, forced=format_ is not None)) for source in readable
    ]
    if not any(reader for _, reader in found):
        raise _not_recognised(package, formats)
    closed = len(package.members) - sum(reader is not None for _, reader in found)
    for source, reader in found:
        if reader is not None:
            alone = Package(source.name, {source.name: source}, single=True)
            yield reader(alone, context), [source], _summary(source.name, reader, closed)
            closed = 0


def _archives(package: Package, formats: list[type[Reader]]) -> list[tuple[type[Reader], Package]]:
    """Return what archives a zip or a folder holds: several may lie side by side, each of another account."""
    homes = {home for name in package.members for f in formats if (home := f.home(name)) is not None}
    parts = package.divided(homes) if len(homes) > 1 else [package]
    return [(f, part) for part in parts for f in formats if f.owns(part)]


def _readable(package: Package, sources: list[Source]) -> list[Source]:
    """Return the sources that can be opened; the others are told.

    Raises:
        InvalidInputError: none can, or one is locked or a bomb; nothing has been stored then.
    """
    found = []
    for source in sources:
        try:
            source.head()
        except UnreadableError as error:
            package.damage[source.name] = str(error)
        else:
            found.append(source)
    if sources and not found:
        told = list(package.damage.values())
        raise (
            InvalidInputError(told[0])
            if len(told) == 1
            else InvalidInputError(f"Nothing in {package.name} can be read:", told)
        )
    return found


def _summary(name: str, reader: type[Reader], closed: int) -> Summary:
    return Summary(name, reader.name, reader.title, reader.cannot, left_closed=closed)


def _reader_of(
    source: Source, formats: list[type[Reader]], context: ImportContext, *, forced: bool
) -> type[Reader] | None:
    if forced:
        return formats[0]
    sample = Sample(source, context.columns)
    return next((f for f in formats if _recognises(f, sample)), None)


def _recognises(reader: type[Reader], sample: Sample) -> bool:
    try:
        return reader.recognises(sample)
    except UnreadableError:
        raise
    except Exception:  # noqa: BLE001 - a stranger's data may be wrong in any way
        return False


def _not_recognised(package: Package, formats: list[type[Reader]]) -> InvalidInputError:
    """Return what is wrong with a file that nobody reads, and what would be read."""
    if "xl/workbook.xml" in package.members:
        return InvalidInputError(
            f"{package.name} is a workbook. Save its sheet as CSV (UTF-8), and import that."
        )
    if not any(
        source.head().removeprefix(BOM_UTF8).strip(BLANK) for source in _readable(package, package.sources)
    ):
        if package.damage:
            return InvalidInputError(f"Nothing in {package.name} can be read:", package.damage.values())
        return InvalidInputError(f"{package.name} is empty.")
    if len(formats) == 1:
        return InvalidInputError(f"{package.name} has nothing that can be read as {formats[0].title}.")
    return InvalidInputError(
        f"{package.name} was not recognised. If it is one of these, pass --format:",
        [f"{f.name}: {f.title}" for f in FORMATS],
    )
