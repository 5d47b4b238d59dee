"""How the database gets its shape: m001 is schema.sql, a later change is one function more, never edited once released."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from sqlite_utils.migrations import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

migrations = Migrations("soma_audit")


@migrations()
def m001_schema(db: Database) -> None:
    """Make all tables, indexes and views, and the full-text index over texts."""
    _carry_out(db, "schema.sql")
    db.table("observation").enable_fts(["text"], tokenize="unicode61")


@migrations()
def m002_token_kind(db: Database) -> None:
    """Keep in whose name a page was asked for: it decides what an empty answer means, so it makes it another page."""
    db.execute("alter table page add column token_kind text")
    db.execute("drop index page_once")
    db.execute(
        "create unique index page_once on page (account, stream, url, sha256, coalesce(token_kind, ''))"
    )


@migrations()
def m003_review(db: Database) -> None:
    """Let a person's word overrule a verdict: review.sql."""
    _carry_out(db, "review.sql")


@migrations()
def m004_written_language(db: Database) -> None:
    """Show in which language the agencies write: written_language.sql."""
    _carry_out(db, "written_language.sql")


@migrations()
def m005_walls(db: Database) -> None:
    """Keep how walls stood from when to when, and what people saw of them: wall.sql."""
    _carry_out(db, "wall.sql")


@migrations()
def m006_news(db: Database) -> None:
    """Find quickly what is new since an earlier report: news.sql."""
    _carry_out(db, "news.sql")


@migrations()
def m007_quick(db: Database) -> None:
    """Let a report of a million posts be made in seconds: quick.sql."""
    _carry_out(db, "quick.sql")


@migrations()
def m008_quarantine(db: Database) -> None:
    """Keep each reason for which a line was kept out: quarantine.sql."""
    _carry_out(db, "quarantine.sql")


@migrations()
def m009_forgotten(db: Database) -> None:
    """Remember what a network says is gone, against files that still hold it: forgotten.sql."""
    _carry_out(db, "forgotten.sql")


@migrations()
def m010_missing(db: Database) -> None:
    """Believe that a post is gone only when that is said twice, and know how far threads have been read: missing.sql."""
    _carry_out(db, "missing.sql")


@migrations()
def m011_names(db: Database) -> None:
    """Know an account by every name that it has had: names.sql."""
    _carry_out(db, "names.sql")


@migrations()
def m012_answer_kinds(db: Database) -> None:
    """Tell which answers are set phrases or referrals: answer_kinds.sql."""
    _carry_out(db, "answer_kinds.sql")


def _carry_out(db: Database, script: str) -> None:
    for statement in _statements(files("soma_audit.store").joinpath("sql", script).read_text("utf-8")):
        db.execute(statement)


def _statements(script: str) -> list[str]:
    """Split a script: executescript would commit, and a migration that fails must leave nothing behind."""
    code = "\n".join(line.partition("--")[0] for line in script.splitlines())
    return [s for s in (part.strip() for part in code.split(";")) if s]
