"""Threads asked for one by one: what cannot be read is told, and keeps nothing else from being read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from collect.builders import NOW, transport
from soma_audit.collect.network import NotThereError
from soma_audit.collect.threads import read_threads
from soma_audit.errors import RetryLaterError, SkipStreamError
from soma_audit.model import Account, Page, Stream

if TYPE_CHECKING:
    from collections.abc import Mapping

ACCOUNT = Account(agency="etat", network="bluesky", handle="etat.example")
REFUSED = SkipStreamError("unreachable", "answered 400")
GONE = NotThereError("not_found", "not there")
LIMITED = RetryLaterError("too many requests", None)


def page_of(body: Any, after: str | None) -> Page:
    """Make a page in a thread in which no answer has come yet."""
    return transport(lambda _: None).page(ACCOUNT, Stream.COMMENTS, body, after, fetched_at=NOW)


def told(threads: str, answers: Mapping[str, Exception | None]) -> list[tuple[str, str | None]]:
    """Read threads; each is there unless `answers` has an error for it, or None if it has been read before."""

    def read(thread: str, after: str | None) -> Page | None:
        answer = answers.get(thread, page_of({"of": thread}, after))
        if isinstance(answer, Exception):
            raise answer
        return answer

    pages = list(read_threads(tuple(threads), read, page_of))
    return [(_said(page), page.resume) for page in pages]


def _said(page: Page) -> str:
    notices, thread = page.notices, json.loads(page.body)["of"]
    marks = [
        "?" * (thread in notices.refused_threads and page.reread),
        "gone" * (thread in notices.missing),
        *(gap.reason for gap in page.gaps),
    ]
    return " ".join(filter(None, [thread, *marks]))


def test_each_page_names_the_thread_to_go_on_with() -> None:
    assert told("abc", {}) == [("a", "b"), ("b", "c"), ("c", None)]


def test_what_was_read_with_another_one_is_not_read_again() -> None:
    assert told("abc", {"b": None}) == [("a", "b"), ("c", None)]


def test_a_thread_that_is_not_there_is_missing_and_asked_for_again() -> None:
    assert told("abc", {"b": GONE}) == [("a", "b"), ("b ? gone", "c"), ("c", None)]


@pytest.mark.parametrize(
    ("threads", "pages"),
    [
        ("abc", [("a", "b"), ("b ? unreachable", "c"), ("c", None)]),
        ("ab", [("a", "b"), ("b ? unreachable", None)]),
        ("bac", [("b ? unreachable", "a"), ("a", "c"), ("c", None)]),
        ("b", [("b ? unreachable", None)]),
    ],
)
def test_a_thread_that_cannot_be_read_is_a_gap_and_the_others_are_read(
    threads: str, pages: list[tuple[str, str | None]]
) -> None:
    assert told(threads, {"b": REFUSED}) == pages


def test_two_threads_apart_that_cannot_be_read_are_two_gaps() -> None:
    left = told("abcd", {"a": REFUSED, "c": REFUSED})
    assert [said for said, _ in left] == ["a ? unreachable", "b", "c ? unreachable", "d"]


def test_two_in_a_row_that_cannot_be_read_are_the_network_s_fault_and_the_first_is_told() -> None:
    with pytest.raises(SkipStreamError) as raised:
        told("abc", {"b": REFUSED, "c": SkipStreamError("damaged", "odd")})
    assert raised.value is REFUSED


@pytest.mark.parametrize("error", [LIMITED, SkipStreamError("not_found", "another web site")])
def test_what_concerns_more_than_a_thread_ends_the_walk(error: Exception) -> None:
    with pytest.raises(type(error)):
        told("abc", {"b": error})
