"""A citizen's identity number does not get into the database by any format, whoever wrote it and wherever it stands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from collect.builders import PAGE, X_ACCOUNT
from imports.desk import ImportDesk, as_lines, as_table, as_zip
from soma_audit.errors import Exit

if TYPE_CHECKING:
    from pathlib import Path

NUMBER = "01015450068"
"""Of somebody born in 1854."""
WORDS = f"Fnr {NUMBER}, igjen 010154 50068. Hilsen"
LINK = f"https://www.eks.example/?fnr={NUMBER}"
X_TIME, GRAPH_TIME, SECONDS = "Mon Mar 02 10:20:00 +0000 2026", "2026-03-02T09:14:00+0000", 1772442840
CLIENT = f'<a href="https://eks.example">Kari {NUMBER}</a>'
VISITOR = {"id_str": "2000000002", "screen_name": "kari_test"}
STATUS = {
    "id_str": "1500000000000000001",
    "created_at": X_TIME,
    "full_text": f"@eksempeletat {WORDS} https://t.co/a",
    "source": CLIENT,
    "user": VISITOR,
    "entities": {"urls": [{"url": "https://t.co/a", "expanded_url": LINK}], "user_mentions": []},
}
OURS = {
    "network": "twitter",
    "account": "eksempeletat",
    "id": "1",
    "created_at": "2026-03-02T09:14:00Z",
    "text": WORDS,
}
OURS |= {"client": f"Kari {NUMBER}", "url": LINK, "reply_settings": NUMBER}

FILES: dict[str, tuple[str, bytes]] = {
    "jsonl, own": ("a.jsonl", as_lines({**OURS, "by_agency": True})),
    "jsonl, a visitor's": ("a.jsonl", as_lines({**OURS, "by_agency": False, "author": NUMBER})),
    "csv, own": ("a.csv", as_table({**OURS, "by_agency": "yes"})),
    "csv, a visitor's": ("a.csv", as_table({**OURS, "by_agency": "no", "author": f"Kari {NUMBER}"})),
    "twitter-v1": ("a.jsonl", as_lines(STATUS)),
    "twitter-v2": (
        "a.jsonl",
        as_lines({
            "data": [{
                "id": "1500000000000000001", "text": f"@eksempeletat {WORDS}", "author_id": "2000000002",
                "created_at": "2026-03-02T09:14:00Z", "source": f"Kari {NUMBER}", "note_tweet": {"text": f"@eksempeletat {WORDS} lang"},
                "entities": {"urls": [{"url": "https://t.co/a", "expanded_url": LINK}]},
            }],
            "includes": {"users": [{"id": "2000000002", "username": "kari_test", "name": f"Kari {NUMBER}"}]},
            "meta": {"result_count": 1},
        }),
    ),
    "twitter-archive": (
        "a.zip",
        as_zip({
            "data/account.js": b"window.YTD.account.part0 = "
            + json.dumps([{"account": {"accountId": "1000000001", "username": "eksempeletat"}}]).encode(),
            "data/tweets.js": b"window.YTD.tweets.part0 = " + json.dumps([{"tweet": STATUS}]).encode(),
        }),
    ),
    "zeeschuimer": (
        "a.ndjson",
        as_lines({
            "source_platform": "twitter.com", "timestamp_collected": SECONDS * 1000,
            "data": {
                "rest_id": "1500000000000000001", "source": CLIENT, "legacy": STATUS,
                "core": {"user_results": {"result": {"rest_id": "2000000002", "legacy": {"screen_name": "kari_test"}}}},
            },
        }),
    ),
    "facebook-graph": (
        "a.jsonl",
        as_lines({
            "data": [{
                "id": "100_1", "created_time": GRAPH_TIME, "message": WORDS, "from": {"id": "7", "name": f"Kari {NUMBER}"},
                "application": {"name": f"Kari {NUMBER}"}, "attachments": {"data": [{"unshimmed_url": LINK}]},
                "permalink_url": f"https://www.facebook.com/100/posts/1?fnr={NUMBER}",
                "comments": {"data": [{"id": "1_2", "created_time": GRAPH_TIME, "message": WORDS, "parent": {"id": "1", "message": WORDS}}]},
            }],
            "paging": {"next": "https://graph.facebook.com/v26.0/100/feed?after=a"},
        }),
    ),
    "facebook-download": (
        "posts/profile_posts_1.json",
        json.dumps([{
            "timestamp": SECONDS, "title": f"Eksempeletaten posted via Kari {NUMBER}.", "data": [{"post": WORDS}],
            "attachments": [{"data": [{"external_context": {"url": LINK}}]}],
        }]).encode(),
    ),
    "content-library": (
        "a.jsonl",
        as_lines({
            "id": "1", "creation_time": "2026-03-02T09:14:00Z", "text": WORDS, "surface": {"id": "5", "type": "PAGE"},
            "post_owner": {"id": "5", "name": "Eksempeletaten", "username": "eksempel.etat"}, "link_attachment": {"link": LINK},
        }),
    ),
    "facebook-business-suite": (
        "a.csv",
        as_table({
            "Post ID": "501", "Page ID": "100", "Page name": "Eksempeletaten", "Title": "", "Description": WORDS,
            "Publish time": "03/02/2026 09:14", "Permalink": LINK, "Post type": "Photos",
        }),
    ),
    "crowdtangle": (
        "a.csv",
        as_table({
            "Page Name": "Eksempeletaten", "User Name": "eksempel.etat", "Facebook Id": "100",
            "Post Created": "2021-07-06 16:45:20 EDT", "URL": LINK, "Message": WORDS, "Link": LINK,
        }),
    ),
}  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> ImportDesk:
    return ImportDesk(tmp_path, X_ACCOUNT, PAGE)


@pytest.mark.parametrize("case", FILES)
def test_an_identity_number_gets_in_by_no_format(case: str, desk: ImportDesk) -> None:
    name, content = FILES[case]
    named: list[tuple[str, str]] = [("facebook", PAGE.handle)] if "facebook" in case else []
    with desk:
        desk.take(
            desk.file(content, name),
            named=named,
            timezone=ZoneInfo("Europe/Oslo"),
            format_=case.partition(",")[0],
        )
        texts: list[Any] = [text for (text,) in desk.posts("text")]
    assert desk.outcome == Exit.DONE
    assert texts
    assert all(text.count("[identity number]") >= 2 for text in texts)
    left = desk.bytes()
    assert (NUMBER.encode() in left, b"50068" in left) == (False, False)
