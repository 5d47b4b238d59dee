"""Sites answered from saved pages, so that a check can be repeated, or shown, without any network."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx

from soma_audit.text_files import read_text

if TYPE_CHECKING:
    from pathlib import Path


class SavedSites(httpx.BaseTransport):
    """Answers from a folder with a file for each host: a line a page, `{"path": …, "status": …, "headers": …, "text": …}`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the saved page; one that is not there has not been found."""
        file = self.folder / f"{request.url.host}.jsonl"
        if not file.is_file():
            raise httpx.ConnectError(f"no pages of {request.url.host} are saved")
        for line in filter(None, read_text(file, "The saved pages").split("\n")):
            page = json.loads(line)
            if page["path"] == request.url.raw_path.decode():
                headers = {"content-type": "text/html; charset=utf-8", **page.get("headers", {})}
                return httpx.Response(page.get("status", 200), headers=headers, text=page.get("text", ""))
        return httpx.Response(404)
