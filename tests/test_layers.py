"""Who may import whom, read from the source: the architecture is the two tables below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from source import MODULES, imports, place, within

if TYPE_CHECKING:
    from pathlib import Path

ROOTS = (
    *(
        "model",
        "labels",
        "office_hours",
        "errors",
        "config",
        "config_values",
        "register",
        "text_files",
        "networks",
    ),
    *(
        "website",
        "silence_limits",
        "processes",
        "garbage_collection",
        "dataclass_json",
        "new_folder",
        "__version__",
    ),
)
FIGURES = (
    "report.figures.channels",
    "report.figures.conduct",
    "report.figures.model",
    "report.figures.context",
    "report.figures.references",
)
PAPER = ("report.language", "report.text", *FIGURES, "model", "labels", "networks", "__version__")
MAY_IMPORT = {
    "": ROOTS,
    "__main__.py": ("cli",),
    "archive/": ("archive", "store", *ROOTS),
    "audit/": ("archive", "audit", "classify", "collect", "imports", "parquet", "report", "store", *ROOTS),
    "classify/": ("classify", "model", "labels", "office_hours", "networks", "silence_limits", "website"),
    "classify/database.py": ("classify", "store", *ROOTS),
    "cli/": ("",),
    "collect/": ("collect", "store", *ROOTS),
    "imports/": ("imports", "collect", "store", *ROOTS),
    "parquet/": ("parquet", "classify", "store", *ROOTS),
    "report/": ("report", "store", *ROOTS),
    "spark.py": ("parquet", "classify", *ROOTS),
    "report/formats/": ("report.formats", *PAPER),
    "report/language/": PAPER,
    "report/letter/": ("report.letter", *PAPER),
    "store/": ("store", "model", "labels", "office_hours", "networks", "website", "errors", "__version__"),
}
"""A place in the tree, and whom the modules there may import; the longest place that fits decides."""
HOMES = {
    "babel": ("report/language/__init__.py",),
    "click": ("cli/",),
    "facebook": ("collect/facebook/api.py",),
    "holidays": ("config.py", "config_values.py"),
    "httpx": ("collect/transport.py", "collect/health_check.py", "collect/sites/"),
    "jinja2": ("report/formats/html/", "report/letter/", "report/site/"),
    "openpyxl": ("imports/sources/workbook.py",),
    "phonenumbers": ("collect/masking/numbers.py", "config_values.py"),
    "protego": ("collect/sites/reader.py",),
    "pyarrow": ("parquet/", "spark.py"),
    "pydantic": ("config.py", "config_values.py"),
    "pydantic_core": ("config.py",),
    "pyspark": ("spark.py",),
    "requests": (),
    "rich": ("cli/", "report/formats/terminal.py"),
    "sqlite3": ("store/connection.py", "store/backup.py", "cli/faults.py"),
    "sqlite_utils": ("store/connection.py", "store/migrations.py"),
    "stdnum": ("collect/masking/numbers.py",),
    "tweepy": ("collect/twitter/api.py",),
    "xlsxwriter": ("report/formats/xlsx.py",),
}
"""Each third-party library's only homes."""


@within(MODULES)
def test_a_module_imports_only_what_its_folder_may(module: Path) -> None:
    allowed = MAY_IMPORT[max((here for here in MAY_IMPORT if place(module).startswith(here)), key=len)]
    ours = {name.removeprefix("soma_audit.") for name in imports(module) if name.startswith("soma_audit.")}
    assert {
        name for name in ours if not any(f"{name}.".startswith(f"{a}.".lstrip(".")) for a in allowed)
    } == set()


@within(MODULES)
def test_a_library_is_imported_in_its_home_only(module: Path) -> None:
    libraries = {name.partition(".")[0] for name in imports(module)} & HOMES.keys()
    assert {library for library in libraries if not place(module).startswith(HOMES[library])} == set()


def test_no_two_modules_need_each_other_not_even_for_types() -> None:
    named = {
        module: f"soma_audit.{place(module).removesuffix('.py').replace('/', '.')}" for module in MODULES
    }
    known = {*named.values()}
    needs = {
        named[module]: {
            part for name in imports(module) for part in (name, name.rpartition(".")[0]) if part in known
        }
        for module in MODULES
    }
    assert [(a, b) for a in needs for b in needs[a] if a < b and a in needs[b]] == []
