"""The report as a browser shows it: on a desk, on a phone, in the dark, on paper, and without script.

One run of tests/browser/look.mjs looks at all pages, so that Chromium is started once.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import fields, is_dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import example_in
from conftest import ROOT
from report.sample_figures import four_networks, sample
from soma_audit.cli import main
from soma_audit.labels import REPORT_LANGUAGES
from soma_audit.report.formats import html

BROWSER = ROOT / "tests" / "browser"
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
NEEDS = "needs Chromium and `npm ci --prefix tests/browser`"

Found = dict[str, Any]
Seen = dict[tuple[str, str], Found]

SCREENS: dict[str, dict[str, Any]] = {
    "1280-light": {"width": 1280},
    "1280-dark": {"width": 1280, "dark": True},
    "360-light": {"width": 360},
    "360-dark": {"width": 360, "dark": True},
}
LOOKS = {**SCREENS, "print": {"print": True}}
WITH_NETWORKS = {f"networks-{code}": code for code in REPORT_LANGUAGES}
SITE = ("index.html", "about.html", "bodies/lekedepartementet.html")
WIDTHS = {str(width): {"width": width} for width in (390, 600, 1024, 1280, 1440, 1600)}

ATTACK = (
    "<script>window.owned = 1; alert(1)</script> \x1b]0;owned\x07 \u202egnp.exe\u2066 "
    "\"><img src=x onerror='window.owned = 1; alert(1)'> ' autofocus onfocus='window.owned = 1' x=' "
    "</title></style></svg><svg onload='window.owned = 1'> <iframe src='https://evil.example'></iframe>"
)
STRANGERS_WORDS = {
    *("title", "notice", "window_note", "name", "handle", "text", "sentence", "closing_reason"),
    *("alternative_channel", "caveat", "source", "endpoint", "reasons", "gaps"),
}
ADDRESSES = {"url", "permalink"}

FAULTY = """<!DOCTYPE html><title>All that must be noticed</title>
<h1>One</h1><h3>Three</h3><h1>Again</h1><p style="color: #ddd">Pale</p>
<p id="unseen" style="color: #fff; background: #fff">Unseen</p>
<details><p>Folded</p></details>
<table><tr><td style="min-width: 3000px">Wide</table>
<div class="box" style="overflow: auto"><p style="width: 3000px">Scrolled</p></div>
<p style="overflow: hidden; white-space: nowrap; width: 9px">Cut</p>
<svg class="chart" width="9" height="9"><rect width="9" height="9"/></svg>
<a href="javascript:alert(1)" style="outline: none">Odd</a>
<img alt="Elsewhere" src="https://elsewhere.example/x.png">
<script>window.owned = 1; alert("box"); throw new Error("fault")</script>
"""


def attacked(value: Any, name: str = "") -> Any:
    """Put the attack wherever a stranger's words could stand."""
    if isinstance(value, str):
        if name in ADDRESSES:
            return "javascript:window.owned=1"
        return ATTACK if name in STRANGERS_WORDS else value
    if isinstance(value, tuple):
        return tuple(attacked(part, name) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: attacked(getattr(value, f.name), f.name) for f in fields(value)})
    return value


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """What the browser saw, by page and by how it was looked at."""
    node = shutil.which("node")
    if node is None or not CHROMIUM.exists() or not (BROWSER / "node_modules").is_dir():
        pytest.skip(NEEDS)
    folder = tmp_path_factory.mktemp("pages")
    with pytest.raises(SystemExit):
        main(["run", "--quiet", "--language", "nn", "--config", str(example_in(folder / "example"))])
    pages = {"example": folder / "example" / "report.html"}  # in nynorsk; the sample is in English
    for code in REPORT_LANGUAGES:
        pages[code] = folder / f"{code}.html"
        words = ["--config", str(folder / "example" / "config.toml"), "--format", "html", "--language", code]
        with pytest.raises(SystemExit):
            main(["report", *words, "--output", str(pages[code])])
    for name, text in (
        ("sample", html.render(sample())),
        ("networks", html.render(four_networks())),
        *((p, html.render(replace(four_networks(), language=code))) for p, code in WITH_NETWORKS.items()),
        ("attacked", html.render(attacked(sample()))),
        ("faulty", FAULTY),
    ):
        pages[name] = folder / f"{name}.html"
        pages[name].write_text(text, "utf-8")
    site = folder / "example" / "site"
    with pytest.raises(SystemExit):
        main(["site", str(site), "--language", "nn", "--config", str(folder / "example" / "config.toml")])
    pages |= {f"site/{name}": site / name for name in SITE}
    # the page's own policy would stop an attack that got through; here the escaping must do it alone
    jobs: list[tuple[str, dict[str, Found], Found]] = [
        ("example", LOOKS, {}),
        ("sample", LOOKS, {}),
        ("networks", LOOKS, {}),
        ("example", {"no-script": {}}, {"noScript": True}),
        ("sample", {"no-script": {}}, {"noScript": True}),
        ("networks", {"no-script": {}}, {"noScript": True}),
        ("attacked", {"360-light": {"width": 360}}, {"noCsp": True}),
        ("faulty", {"360-light": {"width": 360}}, {}),
        *((f"site/{name}", LOOKS, {}) for name in SITE),
        *((code, WIDTHS, {"layoutOnly": True}) for code in (*REPORT_LANGUAGES, *WITH_NETWORKS)),
    ]
    wanted = [{"file": str(pages[page]), "looks": list(looks.values()), **how} for page, looks, how in jobs]
    asked, found = folder / "jobs.json", folder / "found.json"
    asked.write_text(json.dumps(wanted), "utf-8")
    command = [node, str(BROWSER / "look.mjs"), "--jobs", str(asked), str(found)]
    ended = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
        env={**os.environ, "CHROMIUM": str(CHROMIUM)},
    )
    assert ended.returncode == 0, ended.stderr
    return {
        (page, look): result
        for (page, looks, _), results in zip(jobs, json.loads(found.read_text("utf-8")), strict=True)
        for look, result in zip(looks, results, strict=True)
    }


@pytest.fixture(params=["sample", "example", "networks"])
def page(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def looked(seen: Seen, page: str, look: str) -> Found:
    return seen[page, look]


def on(*looks: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("look", looks)


@on(*SCREENS, "print")
def test_axe_finds_no_violation(looked: Found, look: str) -> None:
    of_paper = {"target-size"} if look == "print" else set()  # nobody taps on paper
    assert [v for v in looked["violations"] if v["id"] not in of_paper] == []


@on(*LOOKS, "no-script")
def test_the_page_asks_nobody_for_anything_and_reports_no_error(looked: Found) -> None:
    assert (looked["asked"], looked["errors"], looked["dialogs"]) == ([], [], [])


@on(*SCREENS)
def test_the_page_itself_never_scrolls_sideways(looked: Found) -> None:
    assert looked["tooWide"] <= 0


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("page", [*REPORT_LANGUAGES, *WITH_NETWORKS])
def test_nothing_is_cut_at_any_width_in_any_language(seen: Seen, page: str, width: str) -> None:
    found = seen[page, width]
    assert (found["lang"], found["tooWide"], found["cut"]) == (WITH_NETWORKS.get(page, page), 0, [])
    assert found["scrolled"] == [] or int(width) < 1280  # narrower, a table scrolls in a box of its own


@on(*SCREENS, "print")
def test_every_chart_has_a_name_and_stands_in_words_too(looked: Found) -> None:
    assert looked["svgs"]
    assert looked["unnamedSvgs"] == []
    assert looked["chartsNotInWords"] == []
    assert looked["tablesWithoutCaption"] == []


@on("1280-light")
def test_the_page_has_a_language_one_main_heading_and_skips_no_level(looked: Found, page: str) -> None:
    levels = looked["headings"]
    assert looked["lang"] == {"sample": "en", "example": "nn", "networks": "en"}[page]
    assert levels.index(1) == 0
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


@on(*SCREENS)
def test_whoever_uses_the_keyboard_sees_where_they_are(looked: Found) -> None:
    assert looked["focusNotShown"] == []


@on("no-script")
def test_without_script_every_word_can_be_read(looked: Found, seen: Seen, page: str) -> None:
    assert len(looked["text"]) > 5000
    assert looked["text"] == seen[page, "1280-light"]["text"]


@on("print")
def test_paper_is_a4_and_nothing_on_it_is_folded_away(looked: Found) -> None:
    assert len(looked["printed"]) > 1
    assert looked["printed"][0] == [210, 297]
    assert looked["folded"] == 0


@pytest.mark.parametrize("page", [f"site/{name}" for name in SITE])
@on(*LOOKS)
def test_a_page_of_the_site_can_be_used_by_everybody(looked: Found, look: str) -> None:
    of_paper = {"target-size"} if look == "print" else set()
    assert [v for v in looked["violations"] if v["id"] not in of_paper] == []
    assert (looked["asked"], looked["errors"], looked["dialogs"]) == ([], [], [])
    assert looked["tooWide"] <= 0
    assert (looked["unnamedSvgs"], looked["chartsNotInWords"]) == ([], [])
    assert (looked["tablesWithoutCaption"], looked["focusNotShown"]) == ([], [])
    levels = looked["headings"]
    assert (looked["lang"], levels[0], levels.count(1)) == ("nn", 1, 1)
    assert all(below <= above + 1 for above, below in pairwise(levels))
    assert looked.get("folded", 0) == 0


def test_nothing_of_a_strangers_words_is_carried_out(seen: Seen) -> None:
    found = seen["attacked", "360-light"]
    assert found["text"].count("<script>window.owned") > 50
    assert (found["dialogs"], found["owned"], found["asked"], found["errors"]) == ([], False, [], [])
    assert found["oddLinks"] == []
    assert found["tooWide"] <= 0


def test_a_faulty_page_is_noticed(seen: Seen) -> None:
    found = seen["faulty", "360-light"]
    assert {"color-contrast", "html-has-lang", "heading-order"} <= {v["id"] for v in found["violations"]}
    assert any(node.startswith("#unseen") for v in found["violations"] for node in v["nodes"])
    assert found["asked"] == ["https://elsewhere.example/x.png"]
    assert "Error: fault" in found["errors"]
    assert (found["dialogs"], found["owned"]) == (["box"], True)
    assert (found["lang"], found["headings"], found["folded"]) == ("", [1, 3, 1], 1)
    assert found["tooWide"] > 2000
    for kind in (
        "scrolled",
        "cut",
        "unnamedSvgs",
        "chartsNotInWords",
        "tablesWithoutCaption",
        "focusNotShown",
    ):
        assert len(found[kind]) == 1, kind
    assert found["oddLinks"] == ["javascript:alert(1)"]
