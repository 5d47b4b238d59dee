"""Verdicts become paper. `FORMATS` is all that can be written, each from the same figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from soma_audit.report.formats import atom, csv, html, json, markdown, terminal, xlsx

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from soma_audit.report.figures.model import Figures

FORMATS: Mapping[str, Callable[[Figures], str | bytes]] = {
    "terminal": terminal.render,
    "html": html.render,
    "markdown": markdown.render,
    "xlsx": xlsx.render,
    "csv": csv.render,
    "json": json.render,
    "atom": atom.render,
}
"""Every format, by the name that --format takes."""
