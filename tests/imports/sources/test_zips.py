"""Damaged zips: what can be read of one comes in, what cannot is named, and nothing is raised."""

from __future__ import annotations

import io
import random
import zipfile
from typing import TYPE_CHECKING

import pytest

from imports.desk import ImportDesk, as_lines, as_zip
from imports.test_recognition import LINE
from imports.x_files import archive, tweet
from soma_audit.errors import Exit, InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from soma_audit.imports import Imported

NOISE = random.Random(1)


def lines(*ids: int) -> bytes:
    """Lines that do not pack into nothing."""
    return as_lines(*[{**LINE, "id": str(n), "text": f"Nr. {NOISE.random()} på Øya"} for n in ids])


FIRST, SECOND = lines(*range(1, 301)), lines(*range(301, 601))
WHOLE = as_zip({"a/first.jsonl": FIRST, "b/second.jsonl": SECOND})
STORED = io.BytesIO()
with zipfile.ZipFile(STORED, "w", zipfile.ZIP_STORED) as made:
    made.writestr("a/first.jsonl", FIRST)
    made.writestr("b/second.jsonl", SECOND)


def streamed() -> bytes:
    """A zip as it is written into a pipe: sizes and checksums stand behind each member."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("a/first.jsonl", FIRST)
        out.writestr("b/second.jsonl", SECOND)
    return pipe.getvalue()


def overwritten(content: bytes, at: int, piece: bytes) -> bytes:
    return content[:at] + piece + content[at + len(piece) :]


def member(content: bytes, number: int) -> int:
    """Where the header of a member stands."""
    at = -1
    for _ in range(number):
        at = content.index(b"PK\x03\x04", at + 1)
    return at


def listed(content: bytes, number: int) -> int:
    """Where a member stands in the list at the end."""
    at = content.index(b"PK\x01\x02")
    for _ in range(number - 1):
        at = content.index(b"PK\x01\x02", at + 1)
    return at


DAMAGE: dict[str, tuple[Callable[[bytes], bytes], range, str]] = {
    "a member's header": (lambda z: overwritten(z, member(z, 1), b"XX"), range(300, 301), "first.jsonl cannot be read"),
    "a member's name": (lambda z: overwritten(z, member(z, 2) + 30, b"x"), range(600, 601), "is damaged"),
    "a member's name in the list": (lambda z: overwritten(z, listed(z, 1) + 46, b"?"), range(600, 601), "is damaged"),
    "the length of a name": (lambda z: overwritten(z, member(z, 1) + 26, b"\xff\xff"), range(300, 301), "first.jsonl cannot be read"),
    "its checksum": (lambda z: overwritten(z, listed(z, 1) + 16, b"\0\1\2\3"), range(600, 601), "checksum is wrong"),
    "a hole in what is packed": (lambda z: overwritten(z, member(z, 1) + 6000, bytes(50)), range(300, 600), "what stands behind that place"),
    "a cut in the middle": (lambda z: z[: member(z, 2) - 1500] + z[member(z, 2) - 1000 :], range(450, 600), "is damaged"),
    "a cut at the beginning": (lambda z: z[500:], range(300, 301), "is damaged"),
    "no list": (lambda z: z[: listed(z, 1)], range(600, 601), "searched for what can be read"),
    "a list that breaks off": (lambda z: z[: listed(z, 2) + 20], range(600, 601), "searched for what can be read"),
    "no end": (lambda z: z[:-1], range(600, 601), "searched for what can be read"),
    "half of it": (lambda z: z[: member(z, 2) + 3000], range(400, 600), "searched for what can be read"),
    "no mark at the beginning": (lambda z: overwritten(z, 0, b"XX"), range(300, 301), "first.jsonl cannot be read"),
    "a list that names what is not there": (lambda z: overwritten(z, listed(z, 2) + 42, b"\xff\xff\xff\x0f"), range(600, 601), "is damaged"),
}  # fmt: skip
"""What was done to it, how many posts must be left, and what is said."""


def taken(desk: ImportDesk, content: bytes, **how: object) -> Imported:
    return desk.take(desk.file(content, "arkiv.zip"), **how)  # type: ignore[arg-type]


@pytest.mark.parametrize(("spoil", "left", "said"), DAMAGE.values(), ids=DAMAGE)
def test_what_is_left_comes_in_and_the_damage_is_named(
    spoil: Callable[[bytes], bytes], left: range, said: str, x_desk: ImportDesk
) -> None:
    result = taken(x_desk, spoil(WHOLE))
    assert (len(x_desk.posts("id")) in left, x_desk.outcome) == (True, Exit.PARTIAL)
    assert said in "\n".join(result.damaged)


@pytest.mark.parametrize(
    "whole", [WHOLE, STORED.getvalue(), streamed()], ids=["packed", "stored", "streamed"]
)
def test_without_its_list_a_zip_is_read_all_the_same(whole: bytes, x_desk: ImportDesk) -> None:
    taken(x_desk, whole[: listed(whole, 1)])
    assert len(x_desk.posts("id")) == 600


@pytest.mark.parametrize(
    "whole", [WHOLE, STORED.getvalue(), streamed()], ids=["packed", "stored", "streamed"]
)
def test_a_sound_zip_is_not_called_damaged(whole: bytes, x_desk: ImportDesk) -> None:
    result = taken(x_desk, whole)
    assert (len(x_desk.posts("id")), result.damaged, x_desk.outcome) == (600, [], Exit.DONE)


def test_bytes_before_a_zip_do_no_harm(x_desk: ImportDesk) -> None:
    result = taken(x_desk, b"#!/bin/sh\n" * 50 + WHOLE)
    assert (len(x_desk.posts("id")), result.damaged) == (600, [])


def test_what_stands_in_a_zip_inside_a_zip_is_not_taken_for_the_outer_ones(x_desk: ImportDesk) -> None:
    outer = as_zip({"inner.zip": STORED.getvalue(), "c.jsonl": lines(1)})
    taken(x_desk, overwritten(outer, member(outer, 1) + 8, b"\0\0"))
    assert len(x_desk.posts("id")) == 1


@pytest.mark.parametrize("lost", ["data/account.js", "data/tweets.js"])
def test_of_an_archive_the_files_that_can_be_read_come_in(lost: str, x_desk: ImportDesk) -> None:
    content = as_zip(archive(tweet("1", "Hei")))
    at = content.index(lost.encode()) - 30
    result = taken(x_desk, overwritten(content, at, b"XX"), named=[("twitter", "eksempeletat")])
    assert (len(x_desk.posts("id")), x_desk.outcome) == (int("account" in lost), Exit.PARTIAL)
    assert f"arkiv.zip/{lost} cannot be read: its header is damaged." in result.damaged


def test_when_it_cannot_be_told_whose_it_is_the_damage_is_told_too(x_desk: ImportDesk) -> None:
    content = as_zip(archive(tweet("1", "Hei")))
    with pytest.raises(InvalidInputError, match=r"--account(.|\n)*data/account\.js cannot be read"):
        taken(x_desk, overwritten(content, content.index(b"data/account.js") - 30, b"XX"))


def spoilt_method(content: bytes, method: int) -> bytes:
    for sign, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        content = overwritten(content, content.index(sign) + at, method.to_bytes(2, "little"))
    return content


def locked(content: bytes) -> bytes:
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content = overwritten(content, content.index(sign) + at, b"\1")
    return content


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(
            locked(as_zip({"a.jsonl": lines(1)})), r"a\.jsonl is locked with a password", id="locked"
        ),
        pytest.param(
            locked(as_zip({"a.jsonl": lines(1)}))[:-10],
            r"a\.jsonl is locked with a password",
            id="locked, damaged",
        ),
        pytest.param(
            spoilt_method(as_zip({"a.jsonl": lines(1)}), 9),
            r"a way that cannot be read here \(zip method 9\)",
            id="packed in another way",
        ),
        pytest.param(b"PK\x03\x04" + bytes(500), "the zip is damaged or not complete", id="nothing in it"),
        pytest.param(b"PK\x03\x04", "the zip is damaged or not complete", id="nothing but a beginning"),
    ],
)
def test_what_a_person_has_to_do_something_about_is_said_in_plain_words(
    content: bytes, said: str, x_desk: ImportDesk
) -> None:
    with pytest.raises(InvalidInputError, match=said):
        taken(x_desk, content)
    assert x_desk.posts("id") == []
