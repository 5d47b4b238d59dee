"""Names of visitors are planted wherever a network can put one, and are in no byte of what all commands write."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from contextlib import redirect_stderr, redirect_stdout, suppress
from typing import TYPE_CHECKING, Any

import pytest

from loopback.night import HANDLES, Night
from loopback.server import Trouble
from loopback.troubles import deep
from loopback.world import Answer, Ask
from soma_audit.cli import main
from soma_audit.report import FORMATS
from soma_audit.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loopback.server import Loopback

NAME = "qzleka"
"""Part of every name that is planted, as nobody is called and no word is written."""
DID = f"did:plc:{NAME:a<24}"
PLANTS = [
    f"@kari{NAME}@folk.example",
    f"(@kari{NAME}@folk.example)",
    f"@KARI{NAME.upper()}@folk.example.",
    f"\uff20kari{NAME}@folk.example",
    f"@kari\u200b{NAME[:3]}\u2060{NAME[3:]}@folk.example",
    f"@kari{NAME}.example",
    f"kari{NAME}.bsky.social",
    f"https://kari{NAME}.bsky.social/",
    f"@xn--{NAME}-fxa.example",
    f"bsky.app/profile/kari{NAME}.example/post/3k",
    f"HTTPS://BSKY.APP/PROFILE/KARI{NAME.upper()}.EXAMPLE",
    f"at://kari{NAME}.example/app.bsky.feed.post/3k",
    f"at://{DID}/app.bsky.feed.post/3k",
    DID,
    DID.upper(),
    f"did:web:kari{NAME}.example",
    f"acct:kari{NAME}@folk.example",
    *(f"https://folk.example/{path}" for path in (f"@kari{NAME}", f"users/kari{NAME}/statuses/1", f"u/kari{NAME}")),
    *(f"https://folk.example/{path}" for path in (f"web/@kari{NAME}", f"%40kari{NAME}", f"@kari{NAME}@annen.example/1")),
    f"https://deling.example/?url=https%3A%2F%2Ffolk.example%2F%40kari{NAME}",
    f"https://x.com/kari{NAME}/status/1",
    f"https://twitter.com/#!/kari{NAME}",
    f"https://www.facebook.com/kari.{NAME}",
    f"https://www.facebook.com/people/Kari-{NAME}/100012345",
]  # fmt: skip
PLANTED = " ".join(PLANTS)
STRUCTURE = frozenset(
    [
        "did",
        "handle",
        "uri",
        "cid",
        "createdAt",
        "indexedAt",
        "$type",
        "cts",
        "src",
        "cursor",
        "val",
        "thread",
        "id",
        "acct",
        "url",
        "created_at",
        "visibility",
        "moved",
        "username",
        "in_reply_to_id",
        "in_reply_to_account_id",
        "in_reply_to_user_id",
        "author_id",
        "conversation_id",
        "created_time",
        "updated_time",
        "from",
        "permalink_url",
        "setting",
        "value",
        "type",
        "code",
        "rel",
        "href",
        "subject",
        "accessJwt",
        "next_token",
        "previous_token",
        "newest_id",
        "oldest_id",
        "after",
        "before",
        "next",
        "edit_history_post_ids",
        "edit_history_tweet_ids",
    ]
)
"""Without these in their places an answer is no answer, and nothing of it would be kept."""


def planted(shown: dict[str, Any]) -> dict[str, Any]:
    """Put the names into every field of an object, and into one that nobody knows."""
    if "fan_count" in shown or "is_valid" in shown:  # what a Page or a token is called is nobody's name
        return shown
    full = {
        k: v if k in STRUCTURE else f"{v} {PLANTED}" if isinstance(v, str) else v for k, v in shown.items()
    }
    for key, value in full.items():
        if (
            isinstance(value, list)
            and value
            and all(isinstance(v, str) for v in value)
            and key not in STRUCTURE
        ):
            full[key] = [*value, *PLANTS]
    more = {"odd": PLANTED, **({"embed": card()} if "createdAt" in shown and "text" in shown else {})}
    return full | more


def card() -> dict[str, Any]:
    return {
        "$type": "app.bsky.embed.external",
        "external": {"uri": f"https://folk.example/@kari{NAME}", "title": PLANTED, "description": PLANTED},
    }


def plant(_: Loopback, __: Ask, answer: Answer) -> Answer:
    return Answer(
        deep(answer.body, planted), answer.status, answer.headers | {"X-Odd": f"kari{NAME}"}, answer.arrives
    )


def refuse(_: Loopback, ask: Ask, __: Answer) -> Answer:
    said: Any = {"message": PLANTED, "title": PLANTED, "detail": PLANTED, "type": PLANTED, "code": 1}
    return Answer(
        {**said, "error": said if ask.path.startswith("/v") else PLANTED}, 400, {"X-Odd": f"kari{NAME}"}
    )


def carried_out(*words: str) -> str:
    """Run a command; return what it printed."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out), suppress(SystemExit):
        main([*words])
    return out.getvalue()


def written(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield all that stands in a folder, also what is packed in it."""
    for file in folder.rglob("*"):
        if file.is_file() and file.name != "register.csv":
            yield file.name, file.read_bytes()
            if zipfile.is_zipfile(file):
                with zipfile.ZipFile(file) as packed:
                    yield from ((name, packed.read(name)) for name in packed.namelist())
    with Store(folder / "a.db") as store:
        for (body,) in store.execute("select body from page where body is not null"):
            yield "a page", zlib.decompress(body)


@pytest.mark.parametrize("network", HANDLES)
def test_no_command_writes_a_visitors_name(network: str, tmp_path: Path, here: Loopback) -> None:
    here.bluesky.schemas = None  # it would notice
    here.troubles.append(Trouble("", plant, 0, 10**9))
    night = Night(tmp_path / "a", here, (network,))
    if network == "bluesky":
        night.bluesky = f'identifier = "{HANDLES[network]}"\napp_password_file = "secret"'
        (night.folder / "secret").write_text(here.bluesky.may_sign_in(here.bluesky.world.people[0]))
        (night.folder / "secret").chmod(0o600)
    ended = night.collect("--record", str(night.folder / "saved"))
    assert len(night.texts()) >= 9, ended.told
    here.troubles.append(Trouble("", refuse, 3, 10**9))
    here.clock.move(86400)
    night.collect("--record", str(night.folder / "saved"))
    config = ["--config", str(night.folder / "config.toml")]
    said = [night.said, carried_out("classify", *config), carried_out("privacy", *config)]
    for name in FORMATS:
        said += [
            carried_out("report", "--format", name, "--output", str(night.folder / f"r.{name}"), *config)
        ]
    for what in ("posts", "verdicts", "language"):
        said += [carried_out("export", what, *config)]
    said += [carried_out("doctor", *config), carried_out("wall", *config)]
    found = [("what was said", "\n".join(said).encode(errors="replace")), *written(night.folder)]
    assert len(found) > 8
    leaks = [
        (name, json.dumps(data[max(at - 80, 0) : at + 30].decode(errors="replace")))
        for name, data in found
        if (at := data.lower().find(NAME.encode())) >= 0
    ]
    assert [f"{name}: {near}" for name, near in leaks] == []
