"""How the database gets its shape: by the scripts in sql/, in the order of their numbers; none is edited once released."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from sqlite_utils.migrations import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

migrations = Migrations("soma_audit")
LAST_BEFORE = "m012_answer_kinds"
"""The last migration before 0.2.0: a database that has it has the shape that `0001_schema.sql` makes."""


@migrations(name="0001_schema")
def schema(db: Database) -> None:
    """Make all tables, indexes and views, and the full-text index over texts; a database of before 0.2.0 has them."""
    if db.table("account").exists():
        db.execute(
            "delete from _sqlite_migrations where migration_set = ? and name <= ?",
            ("soma_audit", LAST_BEFORE),
        )
        return
    _carry_out(db, "0001_schema.sql")
    db.table("observation").enable_fts(["text"], tokenize="unicode61")


@migrations(name="0002_declared_language")
def declared_language(db: Database) -> None:
    """Add the language that a post's author declared to a database that was made before there was a column for it."""
    if "language" in db.table("post").columns_dict:
        return
    db.execute("alter table post add column language text")
    db.execute("drop view current_post")
    _make(db, "create view current_post")


@migrations(name="0003_register_of_channels")
def register_of_channels(db: Database) -> None:
    """Add what the register tells of sites, of channels elsewhere and of how accounts are run."""
    if db.table("channel").exists():
        return
    db.execute("alter table agency add column website text")
    db.execute("alter table agency add column region text")
    db.execute("alter table account add column declared text not null default '{}'")
    for table in ("channel", "web_page", "site_link", "lookalike"):
        _make(db, f"create table {table}")
    for view in ("wall_span", "wall_evidence"):  # a wall's verdict is no longer an account's only one
        db.execute(f"drop view {view}")
        _make(db, f"create view {view}")
    _make(db, "create view account_news")


@migrations(name="0004_use_of_channels")
def use_of_channels(db: Database) -> None:
    """Add the view of what own posts are for."""
    if "own_post_use" not in db.view_names():
        _make(db, "create view own_post_use")


@migrations(name="0005_figures_by_time")
def figures_by_time(db: Database) -> None:
    """Let the figures of a time be counted without reading what was before it."""
    if "post_own" in {index.name for index in db.table("post").indexes}:
        return
    _make(db, "create index post_own")
    _make(db, "create index verdict_asked")
    for view in ("question", "wall_span", "wall_evidence", "checked"):
        db.execute(f"drop view {view}")
        _make(db, f"create view {view}")


@migrations(name="0006_mail")
def mail(db: Database) -> None:
    """Add who has been mailed."""
    if not db.table("mailed").exists():
        _make(db, "create table mailed")


@migrations(name="0007_published")
def published(db: Database) -> None:
    """Add what has been published."""
    if not db.table("published").exists():
        _make(db, "create table published")
        _make(db, "create table correction")


@migrations(name="0008_erased_people")
def erased_people(db: Database) -> None:
    """Add the people who have asked that what they wrote be erased."""
    if not db.table("erased").exists():
        _make(db, "create table erased")


@migrations(name="0009_assignments")
def assignments(db: Database) -> None:
    """Add who sees to which post that waits."""
    if not db.table("assignment").exists():
        _make(db, "create table assignment")
        _make(db, "create unique index assignment_once")
        _make(db, "create index assignment_of_post")
        _make(db, "create view current_assignment")


def _make(db: Database, beginning: str) -> None:
    """Carry out the one statement of the schema that begins so."""
    schema = files("soma_audit.store").joinpath("sql", "0001_schema.sql").read_text("utf-8")
    (statement,) = (s for s in _statements(schema) if s.startswith(f"{beginning} "))
    db.execute(statement)


def _carry_out(db: Database, script: str) -> None:
    for statement in _statements(files("soma_audit.store").joinpath("sql", script).read_text("utf-8")):
        db.execute(statement)


def _statements(script: str) -> list[str]:
    """Split a script: executescript would commit, and a migration that fails must leave nothing behind."""
    code = "\n".join(line.partition("--")[0] for line in script.splitlines())
    return [s for s in (part.strip() for part in code.split(";")) if s]
