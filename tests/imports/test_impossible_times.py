"""A post of the year 1 or 2199 is kept out of every kind of file, and the others come in."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from collect.builders import PAGE, X_ACCOUNT
from imports.desk import ImportDesk, as_lines, as_table
from imports.formats import test_business_suite as suite
from imports.formats import test_content_library as library
from imports.formats import test_crowdtangle as tangle
from imports.formats import test_facebook_download as download
from imports.formats import test_graph_pages as graph
from imports.test_recognition import LINE
from imports.x_files import ETAT, capture, post, status, tweet, tweets_js
from soma_audit.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

import json

X_TIME = "%a %b %d %H:%M:%S +0000 %Y"
FILES: dict[str, Callable[[str, datetime], bytes]] = {
    "our own lines": lambda n, t: as_lines({**LINE, "id": n, "created_at": f"{t:%Y}-{t:%m-%dT%H:%M:%SZ}".rjust(20, "0")}),
    "a table": lambda n, t: as_table({"network": "twitter", "account": ETAT.handle, "author": ETAT.handle, "text": "Hei", "id": n, "created_at": t.isoformat()}),
    "an archive": lambda n, t: tweets_js(tweet(n, "Hei", created_at=f"{t:%a %b %d %H:%M:%S} +0000 {t.year:04}")),
    "statuses": lambda n, t: as_lines(status(n, "Hei", ETAT, created_at=f"{t:%a %b %d %H:%M:%S} +0000 {t.year:04}")),
    "pages": lambda n, t: as_lines(post(n, "Hei", ETAT, created_at=t.isoformat())),
    "captures": lambda n, t: as_lines(capture(n, "Hei", ETAT, legacy={"created_at": f"{t:%a %b %d %H:%M:%S} +0000 {t.year:04}"})),
    "a download": lambda n, t: json.dumps([download.a_post(f"Nr. {n}", timestamp=int(t.timestamp()))]).encode(),
    "Graph": lambda n, t: json.dumps(graph.an_answer(graph.bare(id=f"100_{n}", created_time=t.isoformat()))).encode(),
    "Business Suite": lambda n, t: as_table(suite.a_row(Post_ID=n, Publish_time=f"{t.year:04}-{t:%m-%d %H:%M}")),
    "CrowdTangle": lambda n, t: as_table(tangle.a_row(URL=f"https://www.facebook.com/100/posts/{n}", Post_Created=f"{t.year:04}-{t:%m-%d %H:%M:%S} UTC")),
    "Content Library": lambda n, t: as_table(library.a_post(id=n, creation_time=t.isoformat())),
}  # fmt: skip
UTC = ZoneInfo("UTC")
IMPOSSIBLE = {
    "the year 1": datetime(1, 1, 1, tzinfo=UTC),
    "before it began": datetime(2003, 12, 31, tzinfo=UTC),
    "the year 2199": datetime(2199, 12, 31, tzinfo=UTC),
    "the last of all years": datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    "the day after tomorrow": datetime(2026, 3, 4, tzinfo=UTC),
}
POSSIBLE = datetime(2025, 3, 2, 9, 14, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ImportDesk]:
    with ImportDesk(tmp_path, X_ACCOUNT, PAGE) as made:
        yield made


def take(desk: ImportDesk, *contents: bytes) -> Any:
    files = [desk.file(content, f"{n}.json") for n, content in enumerate(contents)]
    return desk.take(
        *files,
        named=[("twitter", X_ACCOUNT.handle), ("facebook", PAGE.handle)],
        timezone=ZoneInfo("Etc/GMT+10"),
    )


@pytest.mark.parametrize("moment", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
@pytest.mark.parametrize("made", FILES.values(), ids=FILES)
def test_it_is_kept_out_and_named_and_the_others_come_in(
    made: Callable[[str, datetime], bytes], moment: datetime, desk: ImportDesk
) -> None:
    result = take(desk, made("900", moment), made("901", POSSIBLE))
    assert (len(desk.posts("id")), result.bad, desk.outcome) == (1, 1, Exit.PARTIAL)
    assert desk.one("created_at").startswith("2025-03-0")
