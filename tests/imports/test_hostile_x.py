"""Whatever stands in a file of X, reading it ends, nothing is raised, and the posts beside it are kept."""

from __future__ import annotations

import copy
import itertools
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collect.builders import X_ACCOUNT, X_NEIGHBOUR
from imports.desk import ImportDesk, as_lines
from imports.x_files import (
    ETAT,
    KARI,
    TELLING,
    answering,
    archive,
    capture,
    flat,
    leaked,
    manifest_js,
    page,
    post,
    replying,
    script,
    status,
    twarc,
    tweet,
    user,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from soma_audit.imports import Imported

REPLY = {"conversation_id_str": "1", **answering("1", KARI)}
LINK = {"urls": [{"url": "https://t.co/a", "expanded_url": "https://etat.example"}]}
BESIDE = {"users": [user(ETAT)], "tweets": [post("1", TELLING, KARI)]}
COMPLIANCE = {"id": "77", "action": "delete", "created_at": "x", "redacted_at": "y", "reason": "deleted"}

VALID: dict[str, tuple[Callable[..., Any], bool]] = {
    "twitter-v1": (lambda n, by=ETAT: status(n, f"{TELLING} https://t.co/a", by, **REPLY), True),
    "twitter-v2": (
        lambda n, by=ETAT: page(
            post(n, TELLING, by, **replying("1", KARI), entities=LINK, note_tweet={"text": TELLING}),
            includes=BESIDE,
            **twarc(),
        ),
        True,
    ),
    "flattened": (
        lambda n, by=ETAT: flat(n, TELLING, by, referenced_tweets=[{"type": "replied_to", "id": "1"}]),
        True,
    ),
    "zeeschuimer": (lambda n, by=ETAT: capture(n, TELLING, by, legacy=REPLY), True),
    "twitter-compliance": (lambda n: COMPLIANCE | {"id": f"7{n}"}, False),
}
IN_THE_NETWORKS_WORDS = ("source", "reply_settings")
"""What X alone fills in: an application's name, and who may reply."""
FORMAT = {"flattened": "twitter-v2"}

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**25), 10**25)
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(
        [
            "\ud83d",
            "\x00",
            "9" * 30,
            "1e400",
            "0001-01-01T00:00:00+05:00",
            "Mon Mar 02 10:20:00 +0000 0000",
            2**63,
            -1,
        ]
    ),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["id", "text", "url", "username"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """All places in a value, by the way to them."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield (*path, key)
        yield from places(one, (*path, key))


def with_another(value: Any, path: tuple[Any, ...], other: object) -> Any:
    """The value with another one in a place."""
    spoilt = copy.deepcopy(value)
    where = spoilt
    for key in path[:-1]:
        where = where[key]
    where[path[-1]] = other
    return spoilt


def taken(kind: str, *values: object, desk: ImportDesk) -> Imported:
    return desk.take(desk.file(as_lines(*values)), format_=FORMAT.get(kind, kind))


@pytest.mark.parametrize("kind", VALID)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_one_bad_value_does_not_affect_other_records(kind: str, data: st.DataObject) -> None:
    record, holds_posts = VALID[kind]
    spoilt = with_another(record("5"), data.draw(st.sampled_from([*places(record("5"))])), data.draw(JSON))
    with TemporaryDirectory() as folder, ImportDesk(Path(folder), X_ACCOUNT, X_NEIGHBOUR) as desk:
        result = taken(kind, record("41"), spoilt, record("42"), desk=desk)
        if holds_posts:
            assert {("41",), ("42",)} <= set(desk.posts("native_id"))
        assert result.lines == 3


@pytest.mark.parametrize("kind", VALID)
@settings(max_examples=15, deadline=None)
@given(other=JSON)
def test_any_value_in_place_of_a_record_harms_no_other(kind: str, other: object) -> None:
    record, holds_posts = VALID[kind]
    with TemporaryDirectory() as folder, ImportDesk(Path(folder), X_ACCOUNT, X_NEIGHBOUR) as desk:
        taken(kind, record("41"), other, record("42"), desk=desk)
        assert not holds_posts or {("41",), ("42",)} <= set(desk.posts("native_id"))


ARCHIVE = {
    "data/account.js": [{"account": {"accountId": ETAT.id, "username": ETAT.handle, "email": "x"}}],
    "data/manifest.js": json.loads(manifest_js(tweets="2").partition(b"= ")[2]),
    "data/note-tweet.js": [
        {"noteTweet": {"tweetId": "9", "noteTweetResults": {"text": "x", "entitySet": {}}}}
    ],
    "data/tweets.js": [tweet("5", "Hei", **answering("1", KARI))],
}


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_value_in_any_place_of_an_archive_harms_no_other_post(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([*ARCHIVE]))
    spoilt = with_another(
        ARCHIVE[name], data.draw(st.sampled_from([*places(ARCHIVE[name])])), data.draw(JSON)
    )
    members = {n: script("YTD.x.part0", spoilt if n == name else content) for n, content in ARCHIVE.items()}
    members |= {"data/tweets-part1.js": script("YTD.tweets.part1", [tweet("41", "Hei")])}
    with TemporaryDirectory() as folder, ImportDesk(Path(folder), X_ACCOUNT) as desk:
        for path, content in members.items():
            desk.file(content, f"arkiv/{path}")
        desk.take(desk.folder / "arkiv", named=[("twitter", ETAT.handle)])
        assert ("41",) in desk.posts("native_id")


@pytest.mark.parametrize("kind", [k for k, (_, holds_posts) in VALID.items() if holds_posts])
@pytest.mark.parametrize(
    "between",
    [
        b'{"a":' * 2000 + b"1" + b"}" * 2000,
        b'{"a":"' + b"x" * (10 << 20) + b'"}',
        b'{"id": %s}' % (b"9" * 5000),
        b'{"text": "\\ud83d\\u0000"}',
        b"\x00\xff\xfe",
        b"[" * 5000,
    ],
    ids=["deep", "10 MB", "a huge number", "half a character", "no text", "only openings"],
)
def test_hostile_lines_harm_no_other(kind: str, between: bytes, x_desk: ImportDesk) -> None:
    record = VALID[kind][0]
    content = as_lines(record("41")) + between + b"\n" + as_lines(record("42"))
    result = x_desk.take(x_desk.file(content), format_=FORMAT.get(kind, kind))
    assert {("41",), ("42",)} <= set(x_desk.posts("native_id"))
    assert [line for _, line, _ in result.bad_lines] in ([2], [])


@pytest.mark.parametrize("kind", [k for k, (_, holds_posts) in VALID.items() if holds_posts])
def test_what_cannot_be_read_names_nobody_either(kind: str, x_desk: ImportDesk) -> None:
    others = ({"kari_test": TELLING}, TELLING, [TELLING], [{"username": "kari_test", "text": TELLING}])
    spoilt = []
    for number, (path, other) in enumerate(itertools.product(places(VALID[kind][0]("5", KARI)), others), 100):
        if path[-1] not in IN_THE_NETWORKS_WORDS and not (kind == "twitter-v2" and "includes" in path):
            spoilt.append(with_another(VALID[kind][0](str(number), KARI), path, other))
    taken(kind, *spoilt, desk=x_desk)
    assert (len(x_desk.posts("id")) > 10, leaked(x_desk.bytes())) == (True, [])


def test_nobody_is_named_by_an_archive_that_cannot_be_read(x_desk: ImportDesk) -> None:
    entry = tweet("5", "Hei", **answering("1", KARI))
    spoilt = [with_another(entry, path, {"kari_test": TELLING}) for path in places(entry)]
    for path, content in archive(*spoilt).items():
        x_desk.file(content, f"arkiv/{path}")
    x_desk.take(x_desk.folder / "arkiv")
    assert leaked(x_desk.bytes()) == []
