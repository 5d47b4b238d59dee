"""X's archive of an account: its posts and their clients, whole texts, and nothing of what is private in it."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from collect.builders import NOW, X_ACCOUNT
from imports.desk import ImportDesk, as_zip
from imports.x_files import (
    ANCHOR,
    CLIENT,
    E_MAIL,
    ETAT,
    KARI,
    NABO,
    NAMES,
    PHONE,
    VERSION_IDS,
    Person,
    account_js,
    answering,
    archive,
    leaked,
    manifest_js,
    script,
    tweet,
    tweets_js,
)
from soma_audit.errors import Exit, InvalidInputError
from soma_audit.imports.formats.twitter_archive import HIDDEN
from soma_audit.imports.sources.opened import Source

if TYPE_CHECKING:
    from pathlib import Path

    from soma_audit.imports import Imported

TWO = (tweet("1", "Åpent i dag"), tweet("2", "Stengt i morgen"))
LONG = "Vi svarer på spørsmål om søknadsfrister, vedtak og klager i denne lange tråden. " * 5
CUT = LONG[:270] + "…"


def zipped(desk: ImportDesk, members: dict[str, bytes], **how: Any) -> Imported:
    return desk.take(desk.file(as_zip(members), "arkiv.zip"), **how)


def in_folder(desk: ImportDesk, members: dict[str, bytes], **how: Any) -> Imported:
    for name, content in members.items():
        desk.file(content, f"arkiv/{name}")
    return desk.take(desk.folder / "arkiv", **how)


# --- where the posts stand ---


@pytest.mark.parametrize("take", [zipped, in_folder])
def test_an_archive_is_taken_in_packed_or_unpacked(take: Any, x_desk: ImportDesk) -> None:
    result = take(x_desk, archive(*TWO, manifest=manifest_js(tweets="2")))
    assert x_desk.posts("native_id, handle, by_agency, author, text") == [
        ("1", "eksempeletat", 1, "eksempeletat", "Åpent i dag"),
        ("2", "eksempeletat", 1, "eksempeletat", "Stengt i morgen"),
    ]
    assert (result.bad, result.summaries[0].warnings, x_desk.outcome) == (0, [], Exit.DONE)


@pytest.mark.parametrize(
    ("path", "assigned"),
    [
        ("data/tweets.js", "YTD.tweets.part0"),
        ("data/tweet.js", "YTD.tweet.part0"),
        ("data/tweets-part1.js", "YTD.tweets.part1"),
        ("data/tweet-part12.js", "YTD.tweet.part12"),
        ("twitter-2026-03-02-abc/data/tweets.js", "YTD.tweets.part0"),
    ],
)
def test_posts_are_found_under_their_old_and_new_names(path: str, assigned: str, x_desk: ImportDesk) -> None:
    folder = path.rpartition("/")[0]
    members = {f"{folder}/account.js": account_js(), path: tweets_js(*TWO, name=assigned)}
    assert zipped(x_desk, members).added.new == 2


def test_all_parts_are_read(x_desk: ImportDesk) -> None:
    parts = {f"data/tweets-part{n}.js": tweets_js(tweet(str(n), "Hei")) for n in range(1, 4)}
    result = zipped(x_desk, archive(tweet("9", "Hei")) | parts)
    assert (result.added.new, result.summaries[0].own) == (4, 4)


def test_a_file_of_posts_alone_needs_to_be_told_whose_it_is(x_desk: ImportDesk) -> None:
    file = x_desk.file(tweets_js(*TWO), "tweets.js")
    with pytest.raises(InvalidInputError, match="--account"):
        x_desk.take(file)
    assert x_desk.take(file, named=[("twitter", "eksempeletat")]).added.new == 2


# --- whose it is ---


def test_an_account_that_the_register_does_not_know_is_taken_in(tmp_path: Path) -> None:
    with ImportDesk(tmp_path, known=False) as desk:
        assert zipped(desk, archive(*TWO)).taken_in == ["twitter/eksempeletat"]


def test_the_manifest_tells_whose_it_is_where_the_account_is_missing(x_desk: ImportDesk) -> None:
    zipped(x_desk, {"data/manifest.js": manifest_js(tweets="2"), "data/tweets.js": tweets_js(*TWO)})
    assert {handle for (handle,) in x_desk.posts("handle")} == {"eksempeletat"}


def test_an_archive_under_an_old_name_is_of_the_account_that_is_named(x_desk: ImportDesk) -> None:
    renamed = archive(*TWO, account=account_js(Person("77", "gammeltnavn", "Eksempeletaten")))
    result = zipped(x_desk, renamed, named=[("twitter", "eksempeletat")])
    assert (result.taken_in, {h for (h,) in x_desk.posts("handle")}) == ([], {"eksempeletat"})


def test_an_archive_under_an_old_name_is_known_by_its_id(x_desk: ImportDesk) -> None:
    renamed = archive(*TWO, account=account_js(Person(ETAT.id, "gammeltnavn", "Eksempeletaten")))
    assert zipped(x_desk, renamed).taken_in == []
    assert {h for (h,) in x_desk.posts("handle")} == {"eksempeletat"}


def test_a_name_that_is_given_does_not_take_another_accounts_archive(x_desk: ImportDesk) -> None:
    mine = x_desk.file(as_zip(archive(tweet("1", "Hei"))), "mine.zip")
    other = x_desk.file(as_zip(archive(tweet("2", "Hallo"), account=account_js(NABO))), "other.zip")
    x_desk.take(mine, other, named=[("twitter", "eksempeletat")])
    assert x_desk.posts("native_id, handle") == [("1", "eksempeletat"), ("2", "nabodep")]


@pytest.mark.parametrize(
    "members",
    [
        {"data/tweets.js": tweets_js(*TWO)},
        {"data/tweets.js": tweets_js(*TWO), "data/account.js": script("YTD.account.part0", [])},
        {
            "data/tweets.js": tweets_js(*TWO),
            "data/account.js": script("YTD.account.part0", [{"account": {}}]),
        },
        {"data/tweets.js": tweets_js(*TWO), "data/account.js": script("YTD.account.part0", [{"account": 5}])},
        {"data/tweets.js": tweets_js(*TWO), "data/account.js": b"window.YTD.account.part0 = [ {"},
        {"data/tweets.js": tweets_js(*TWO), "data/account.js": account_js(Person("5", "a/b" * 99, ""))},
        {"data/tweets.js": tweets_js(*TWO), "data/manifest.js": script("__THAR_CONFIG", {"userInfo": []})},
    ],
    ids=["no account", "empty", "nameless", "a number", "cut", "no name", "a list"],
)
def test_an_archive_of_nobody_asks_whose_it_is(members: dict[str, bytes], x_desk: ImportDesk) -> None:
    with pytest.raises(InvalidInputError, match="--account"):
        zipped(x_desk, members)
    assert x_desk.posts("native_id") == []


# --- what a post tells ---


@pytest.mark.parametrize(
    ("source", "client"),
    [
        (ANCHOR, CLIENT),
        (CLIENT, CLIENT),
        ('<a href="https://a.example">Bufret &amp; sendt</a>', "Bufret & sendt"),
        ('<a href="https://a.example"></a>', None),
        ("", None),
        (None, None),
        (..., None),
    ],
)
def test_the_client_is_its_name_however_it_is_written(
    source: object, client: str | None, x_desk: ImportDesk
) -> None:
    result = zipped(x_desk, archive(tweet("1", "Hei", source=source)))
    assert (x_desk.posts("client"), result.bad) == ([(client,)], 0)


@pytest.mark.parametrize(
    ("text", "more", "kind"),
    [
        ("Hei", {}, "post"),
        ("RT @nabodep: Vi åpner i dag", {}, "share"),
        ("Sitat: RT @nabodep: Vi åpner", {}, "post"),
        ("@nabodep RT gjerne", {"in_reply_to_user_id_str": NABO.id}, "comment"),
        ("@nabodep Takk", answering("5", NABO), "comment"),
    ],
)
def test_what_kind_of_post_it_is(text: str, more: dict[str, Any], kind: str, x_desk: ImportDesk) -> None:
    zipped(x_desk, archive(tweet("1", text, **more)))
    assert x_desk.posts("kind") == [(kind,)]


def test_counts_and_times_are_read_from_text(x_desk: ImportDesk) -> None:
    zipped(x_desk, archive(tweet("1", "Hei", favorite_count="17", retweet_count="0")))
    assert x_desk.posts("counts, created_at") == [('{"like":17,"share":0}', "2026-03-02T10:20:00Z")]


def test_what_the_archive_does_not_tell_is_not_made_up(x_desk: ImportDesk) -> None:
    zipped(x_desk, archive(tweet("1", "Hei", favorite_count=..., retweet_count=...)))
    assert x_desk.posts("reply_setting, counts, parent, hidden") == [(None, "{}", None, None)]


def test_a_reply_stays_tied_to_what_it_answers(x_desk: ImportDesk) -> None:
    chain = [
        tweet("4", "@kari_test og mer", **answering("3", ETAT)),
        tweet("3", "@kari_test svar", **answering("2", KARI)),
    ]
    zipped(x_desk, archive(*chain))
    assert x_desk.posts("native_id, parent, thread") == [("3", "2", "2"), ("4", "3", "2")]


def test_a_visitor_has_one_pseudonym_as_mention_and_as_author(x_desk: ImportDesk) -> None:
    zipped(x_desk, archive(tweet("3", "@kari_test og @nabodep", **answering("2", KARI))))
    assert x_desk.posts("text") == [(f"@{KARI.pseudonym} og @nabodep",)]


def test_short_links_give_way_to_what_they_stand_for(x_desk: ImportDesk) -> None:
    link = {"url": "https://t.co/a", "expanded_url": "https://etat.example/soknad", "indices": ["4", "18"]}
    zipped(x_desk, archive(tweet("1", "Se https://t.co/a", entities={"urls": [link]})))
    assert x_desk.posts("text") == [("Se https://etat.example/soknad",)]


# --- long texts ---


NOTES = {
    "results": lambda text: {"noteTweetResults": {"text": text, "entitySet": {}}},
    "core": lambda text: {"core": {"text": text, "mentions": []}},
}


@pytest.mark.parametrize("shape", NOTES)
@pytest.mark.parametrize("tied", ["by id", "by beginning"])
def test_a_long_text_is_whole_wherever_it_stands(shape: str, tied: str, x_desk: ImportDesk) -> None:
    note = {"noteTweetId": "9", **NOTES[shape](LONG), **({"tweetId": "1"} if tied == "by id" else {})}
    notes = script("YTD.note_tweet.part0", [{"noteTweet": note}])
    zipped(x_desk, archive(tweet("1", CUT), tweet("2", "Kort"), note_tweet=notes))
    assert x_desk.posts("text") == [(LONG,), ("Kort",)]


def test_long_texts_that_begin_alike_are_not_mixed_up(x_desk: ImportDesk) -> None:
    notes = [{"noteTweet": {"core": {"text": LONG + end}}} for end in ("A", "B")]
    zipped(x_desk, archive(tweet("1", CUT), note_tweet=script("YTD.note_tweet.part0", notes)))
    assert x_desk.posts("text") == [(CUT,)]


def test_a_whole_text_that_begins_as_a_longer_one_stays_as_it_is(x_desk: ImportDesk) -> None:
    whole = (
        LONG[:100]
        + "Her slutter likheten, og teksten er hel slik den står, selv om den er på over to hundre tegn i alt."
    )
    assert len(whole) >= 180
    whole += " Takk for at du leste så langt!"
    notes = script("YTD.note_tweet.part0", [{"noteTweet": {"core": {"text": LONG}}}])
    zipped(x_desk, archive(tweet("1", whole), note_tweet=notes))
    assert x_desk.posts("text") == [(whole,)]


def deep(levels: int) -> Any:
    """Objects in objects."""
    value: Any = {}
    for _ in range(levels):
        value = {"core": value}
    return value


@pytest.mark.parametrize(
    "note",
    [
        None,
        5,
        [],
        {},
        {"core": 5},
        {"core": {"text": 5}},
        {"tweetId": ["1"], "core": {"text": "x"}},
        deep(180),
    ],
)
def test_a_note_of_any_other_shape_harms_nothing(note: object, x_desk: ImportDesk) -> None:
    notes = script(
        "YTD.note_tweet.part0", [{"noteTweet": note}, {"noteTweet": {"tweetId": "1", "text": LONG}}]
    )
    zipped(x_desk, archive(tweet("1", CUT), note_tweet=notes))
    assert x_desk.posts("text") == [(LONG,)]


# --- what is missing or damaged ---


@pytest.mark.parametrize(
    ("counts", "warned"),
    [({"tweets": "2"}, False), ({"tweets": 2}, False), ({"tweets": "3"}, True), ({"a": "1", "b": "4"}, True)],
)
def test_posts_are_counted_against_the_manifest(
    counts: dict[str, Any],
    warned: bool,  # noqa: FBT001 - a row of a table
    x_desk: ImportDesk,
) -> None:
    result = zipped(x_desk, archive(*TWO, manifest=manifest_js(**counts)))
    assert bool(result.summaries[0].warnings) is warned


@pytest.mark.parametrize("count", ["mange", None, [], {}, "٣x"])
def test_a_manifest_that_cannot_be_understood_harms_nothing(count: object, x_desk: ImportDesk) -> None:
    assert zipped(x_desk, archive(*TWO, manifest=manifest_js(tweets=count))).added.new == 2


@pytest.mark.parametrize(
    "kinds", [[], "x", {"tweets": []}, {"tweets": {"files": {}}}, {"tweets": {"files": [5]}}]
)
def test_a_manifest_of_another_shape_harms_nothing(kinds: object, x_desk: ImportDesk) -> None:
    config = {"userInfo": {"accountId": ETAT.id, "userName": ETAT.handle}, "dataTypes": kinds}
    assert zipped(x_desk, archive(*TWO, manifest=script("__THAR_CONFIG", config))).added.new == 2


BROKEN = [
    (lambda text: text.replace('"Nr. 5"', '"Nr. 5'), "a quote that is not closed"),
    (lambda text: text.replace('"full_text": "Nr. 5",', '"full_text": ,'), "no value"),
    (lambda text: text.replace('"full_text": "Nr. 5"', '"full_text": 5'), "another kind of value"),
    (lambda text: text.replace('"id_str": "15"', '"id_str": "x"'), "no id"),
]


@pytest.mark.parametrize("spoil", [b[0] for b in BROKEN], ids=[b[1] for b in BROKEN])
def test_one_broken_post_is_named_and_the_others_stay(spoil: Any, x_desk: ImportDesk) -> None:
    text = spoil(tweets_js(*(tweet(str(10 + n), f"Nr. {n}") for n in range(9))).decode())
    result = zipped(x_desk, archive() | {"data/tweets.js": text.encode()})
    assert [native_id for (native_id,) in x_desk.posts("native_id")] == [
        "10",
        "11",
        "12",
        "13",
        "14",
        "16",
        "17",
        "18",
    ]
    begins = [n for n, line in enumerate(text.splitlines(), 1) if line.strip() == "{"][5]
    assert [line for _, line, _ in result.bad_lines] == [begins]
    assert (result.bad_lines[0][0], x_desk.outcome) == ("arkiv.zip/data/tweets.js", Exit.PARTIAL)


@pytest.mark.parametrize("where", ['"Nr. 7"', "r. 7", '"id": "17"', "[\n", '"editsRemaining": "5'])
def test_a_file_that_breaks_off_gives_what_it_has(where: str, x_desk: ImportDesk) -> None:
    whole = tweets_js(*(tweet(str(10 + n), f"Nr. {n}") for n in range(9)))
    cut = (
        whole[: whole.index(b'"id": "17"')] + whole[whole.index(b'"id": "17"') :].partition(where.encode())[0]
    )
    result = zipped(x_desk, archive() | {"data/tweets.js": cut})
    assert result.added.new == 7
    assert ([why for *_, why in result.bad_lines], x_desk.outcome) == (
        ["the file breaks off here"],
        Exit.PARTIAL,
    )


def test_of_a_zip_that_was_not_downloaded_whole_comes_in_what_is_there(x_desk: ImportDesk) -> None:
    whole = as_zip(archive(*TWO))
    result = x_desk.take(x_desk.file(whole[:-30], "arkiv.zip"))
    assert (len(x_desk.posts("id")), x_desk.outcome) == (2, Exit.PARTIAL)
    assert "Download it again" in result.damaged[0]


def test_a_damaged_member_is_noticed(x_desk: ImportDesk) -> None:
    members = archive(*(tweet(str(n), f"Nr. {n * 7919}") for n in range(400)))
    whole = bytearray(as_zip(members))
    begin = whole.index(b"data/tweets.js") + 1000
    whole[begin : begin + 50] = bytes(50)
    result = x_desk.take(x_desk.file(bytes(whole), "arkiv.zip"))
    assert (len(result.damaged), x_desk.outcome) == (1, Exit.PARTIAL)
    assert 0 < len(x_desk.posts("id")) < 400


# --- what is private ---


PRIVATE = {
    "data/direct-messages.js": script("YTD.direct_messages.part0", [{"dmConversation": {"text": E_MAIL}}]),
    "data/ad-engagements.js": script("YTD.ad.part0", [{"ad": PHONE}]),
    "data/phone-number.js": script("YTD.device.part0", [{"device": {"phoneNumber": PHONE}}]),
    "data/email-address-change.js": script("YTD.email.part0", [{"emailChange": E_MAIL}]),
    "data/deleted-tweets.js": tweets_js(tweet("666", "Slettet")),
    "data/tweets_media/1.txt": E_MAIL.encode(),
    "data/profile.json": json.dumps({"name": KARI.name}).encode(),
    "assets/data/direct-messages-group.js": E_MAIL.encode(),
    "Your archive.html": KARI.name.encode(),
}


def spoilt(content: bytes, private: dict[str, bytes]) -> bytes:
    """A zip whose private members raise when they are opened: they say they have a password."""
    raw = bytearray(content)
    with _reading(content) as archived:
        offsets = {i.filename: i.header_offset for i in archived.infolist()}
    for name in private:
        flags = offsets[name] + 6
        raw[flags : flags + 2] = struct.pack("<H", struct.unpack("<H", raw[flags : flags + 2])[0] | 1)
        central = raw.rindex(name.encode()) - 46 + 8
        raw[central : central + 2] = struct.pack("<H", 1)
    return bytes(raw)


def _reading(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


def test_what_is_private_is_not_even_opened(x_desk: ImportDesk) -> None:
    content = spoilt(as_zip(PRIVATE | archive(*TWO)), PRIVATE)
    with pytest.raises(RuntimeError, match="password"), _reading(content) as locked:
        locked.read("data/direct-messages.js")
    result = x_desk.take(x_desk.file(content, "arkiv.zip"))
    assert (result.added.new, result.bad, result.summaries[0].left_closed) == (2, 0, len(PRIVATE))


@pytest.mark.parametrize("take", [zipped, in_folder])
def test_only_four_kinds_of_files_are_opened(
    take: Any, x_desk: ImportDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    whole = Source.open

    def watched(source: Source) -> Any:
        seen.append(source.name.partition("/")[2])
        return whole(source)

    monkeypatch.setattr(Source, "open", watched)
    take(
        x_desk, PRIVATE | archive(*TWO, manifest=manifest_js(), note_tweet=script("YTD.note_tweet.part0", []))
    )
    assert set(seen) == {"data/account.js", "data/manifest.js", "data/note-tweet.js", "data/tweets.js"}


def test_no_name_address_or_number_reaches_the_database(x_desk: ImportDesk) -> None:
    posts = [
        tweet("1", "@kari_test Hei! @ola_prove også", **answering("9", KARI)),
        tweet("2", "Se x.com/kari_test og https://twitter.com/ola_prove/status/5"),
        tweet("3", "RT @kari_test: spør i vei"),
        {"tweet": {"full_text": "@kari_test uten id"}},
    ]
    zipped(x_desk, PRIVATE | archive(*posts))
    assert (len(x_desk.posts("id")), leaked(x_desk.bytes())) == (3, [])
    assert NAMES


# --- what is hostile ---


@pytest.mark.parametrize("name", ["../data/tweets.js", "a/../../data/tweets.js", "/data/tweets.js"])
def test_a_member_outside_of_the_zip_is_left_alone(name: str, x_desk: ImportDesk) -> None:
    members = {name: tweets_js(tweet("666", "Utenfra"))} | archive(*TWO)
    zipped(x_desk, members)
    assert x_desk.posts("native_id") == [("1",), ("2",)]


def test_a_zip_bomb_is_refused_before_anything_is_taken_in(x_desk: ImportDesk, monkeypatch: Any) -> None:
    monkeypatch.setattr("soma_audit.imports.sources.zips.LONGEST", 1 << 16)
    good = x_desk.file(as_zip(archive(*TWO)), "good.zip")
    bomb = x_desk.file(as_zip(archive() | {"data/tweets.js": tweets_js() + b" " * (1 << 20)}), "bomb.zip")
    with pytest.raises(InvalidInputError, match="times its size"):
        x_desk.take(good, bomb)
    assert x_desk.posts("native_id") == []


def test_an_archive_with_a_password_is_refused_before_anything_is_taken_in(x_desk: ImportDesk) -> None:
    good = x_desk.file(as_zip(archive(*TWO)), "good.zip")
    members = archive(tweet("3", "Hei"))
    locked = x_desk.file(spoilt(as_zip(members), {"data/tweets.js": b""}), "locked.zip")
    with pytest.raises(InvalidInputError, match="password"):
        x_desk.take(good, locked)
    assert x_desk.posts("native_id") == []


# --- once and again ---


def test_an_archive_twice_is_the_same_as_once(x_desk: ImportDesk) -> None:
    members = archive(*TWO, tweet("3", "@kari_test svar", **answering("2", KARI)))
    zipped(x_desk, members)
    before = x_desk.counted()
    again = zipped(x_desk, members)
    assert (again.added.new, again.added.changed, x_desk.counted()) == (0, 0, before)


def test_a_newer_archive_adds_what_is_new(x_desk: ImportDesk) -> None:
    zipped(x_desk, archive(*TWO))
    newer = x_desk.file(as_zip(archive(*TWO, tweet("3", "Ny"))), "ny.zip", modified_at=NOW)
    assert x_desk.take(newer).added.new == 1


FIRST, SECOND, THIRD = VERSION_IDS


def version(native_id: str, text: str) -> dict[str, Any]:
    """A version of an edited post, as archives list each on its own."""
    control = {"editTweetIds": VERSION_IDS, "editsRemaining": "3", "isEditEligible": True}
    info = (
        {"initial": control}
        if native_id == FIRST
        else {"edit": {"initialTweetId": FIRST, "editControlInitial": control}}
    )
    return tweet(native_id, text, edit_info=info, created_at="Thu Aug 07 21:44:02 +0000 2025")


VERSIONS = (
    version(FIRST, "Fisten er 1. mai"),
    version(SECOND, "Fristen er 1. mai"),
    version(THIRD, "Frist: 1. mai"),
)


@pytest.mark.parametrize("order", [*permutations(range(3))])
@pytest.mark.parametrize("manifest", [None, manifest_js(tweets="3")])
def test_the_versions_of_an_edited_post_are_looks_at_one_post(
    order: tuple[int, ...], manifest: bytes | None, x_desk: ImportDesk
) -> None:
    more = {"manifest": manifest} if manifest else {}
    result = zipped(x_desk, archive(*(VERSIONS[n] for n in order), **more))
    assert x_desk.posts("native_id", "text") == [(FIRST, "Frist: 1. mai")]
    looks = x_desk.store.execute(
        "select text from observation join page on page.id = page order by fetched_at, observation.id"
    ).fetchall()
    assert looks == [("Fisten er 1. mai",), ("Fristen er 1. mai",), ("Frist: 1. mai",)]
    assert result.summaries[0].warnings == []


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_the_versions_may_come_in_archives_of_their_own(order: tuple[int, ...], x_desk: ImportDesk) -> None:
    for n in order:
        zipped(x_desk, archive(VERSIONS[n]))
    assert x_desk.posts("native_id", "text") == [(FIRST, "Frist: 1. mai")]


@pytest.mark.parametrize("key", ["edit", "initial"])
def test_edits_that_are_nested_too_deep_are_no_trouble(key: str, x_desk: ImportDesk) -> None:
    depth = 900
    nested = '{"editControlInitial":' * depth + "{}" + "}" * depth
    one = tweet("1", "Hei", edit_info="HERE")
    content = tweets_js(one).replace(b'"HERE"', f'{{"{key}": {nested}}}'.encode())
    zipped(x_desk, {"data/account.js": account_js(), "data/tweets.js": content})
    assert x_desk.posts("native_id") == [("1",)]


def test_what_x_withholds_is_forgotten(x_desk: ImportDesk) -> None:
    zipped(x_desk, archive(tweet("7", "Et sjeldenord")))
    zipped(x_desk, archive(tweet("7", "Et sjeldenord", withheld_copyright=True)))
    assert x_desk.posts("native_id", "text") == [("7", None)]
    assert b"sjeldenord" not in x_desk.bytes()


def test_an_edited_post_has_its_first_version_s_id_and_time_where_that_is_missing(x_desk: ImportDesk) -> None:
    zipped(x_desk, archive(VERSIONS[2]))
    alone = x_desk.posts("native_id", "created_at")
    zipped(x_desk, archive(*VERSIONS))
    assert x_desk.posts("native_id", "created_at") == alone
    assert alone[0][0] == FIRST


def test_a_reply_to_a_later_version_is_a_reply_to_the_post(x_desk: ImportDesk) -> None:
    reply = tweet("1960000000000000000", "@eksempeletat og mer", **answering(SECOND, ETAT))
    zipped(x_desk, archive(reply, *VERSIONS))
    assert x_desk.posts("parent", "thread")[1] == (FIRST, FIRST)


@pytest.mark.parametrize("name", ["data/tweet.js", "tweet.js"])
def test_until_2020_posts_stood_there_unwrapped(name: str, x_desk: ImportDesk) -> None:
    bare = tweets_js(*(one["tweet"] for one in TWO), name="YTD.tweet.part0")
    result = zipped(x_desk, {"data/account.js": account_js(), name: bare})
    assert (x_desk.posts("native_id"), result.bad) == ([("1",), ("2",)], 0)
    again = x_desk.take(x_desk.file(bare, "tweet.js"), named=[("twitter", "eksempeletat")])
    assert (again.summaries[0].format, again.bad) == ("twitter-archive", 0)


@pytest.mark.parametrize("folders", [("a", "b"), ("", "annen"), ("mine/x", "mine/y")])
@pytest.mark.parametrize("take", [zipped, in_folder])
def test_archives_side_by_side_are_each_of_their_own_account(
    take: Any, folders: tuple[str, str], x_desk: ImportDesk
) -> None:
    both = [
        archive(tweet("1", "Hei")),
        archive(tweet("2", "Hallo"), tweet("3", "Ha det"), account=account_js(NABO)),
    ]
    members = {
        f"{folder}/{name}".lstrip("/"): content
        for folder, one in zip(folders, both, strict=True)
        for name, content in one.items()
    }
    result = take(x_desk, members)
    assert x_desk.posts("native_id, handle") == [
        ("1", "eksempeletat"),
        ("2", "nabodep"),
        ("3", "nabodep"),
    ]
    assert [s.own for s in result.summaries] == [1, 2]


def test_parts_of_one_archive_may_lie_in_folders_of_their_own(x_desk: ImportDesk) -> None:
    first = {f"del1/{name}": content for name, content in archive(tweet("1", "Hei")).items()}
    result = in_folder(x_desk, {**first, "del2/data/tweets-part1.js": tweets_js(tweet("2", "Hallo"))})
    assert (x_desk.posts("native_id"), result.bad) == ([("1",), ("2",)], 0)


def test_a_part_that_lies_beside_archives_of_several_accounts_needs_to_be_told_whose_it_is(
    x_desk: ImportDesk,
) -> None:
    members = {f"a/{n}": c for n, c in archive(tweet("1", "Hei")).items()}
    members |= {f"b/{n}": c for n, c in archive(tweet("2", "Hallo"), account=account_js(NABO)).items()}
    with pytest.raises(InvalidInputError, match="--account twitter/HANDLE"):
        in_folder(x_desk, {**members, "c/data/tweets-part1.js": tweets_js(tweet("3", "Hva?"))})
    assert x_desk.posts("native_id") == []


def test_until_2020_the_account_may_stand_there_unwrapped(x_desk: ImportDesk) -> None:
    own = {"username": ETAT.handle, "accountId": ETAT.id, "email": E_MAIL}
    zipped(x_desk, archive(*TWO, account=script("YTD.account.part0", [own])))
    assert x_desk.posts("native_id, handle") == [("1", "eksempeletat"), ("2", "eksempeletat")]
    assert leaked(x_desk.bytes()) == []


@pytest.mark.parametrize(
    "made_at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "i fjor", 1e400]
)
@pytest.mark.parametrize("count", ["1e400", "mange", "9" * 5000])
def test_a_manifest_that_says_impossible_things_is_no_trouble(
    made_at: object, count: str, x_desk: ImportDesk
) -> None:
    told = {"archiveInfo": {"generationDate": made_at}, "userInfo": {"userName": ETAT.handle}}
    told["dataTypes"] = {"tweets": {"files": [{"count": float(count) if "e" in count[1:2] else count}]}}
    zipped(x_desk, archive(*TWO, manifest=script("__THAR_CONFIG", told)))
    assert x_desk.posts("native_id") == [("1",), ("2",)]


@pytest.mark.parametrize("name", ["deleted_tweets", "twitter_circle_tweet", "community_tweet"])
@pytest.mark.parametrize("format_", [None, "twitter-archive"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_posts_that_are_held_apart_stay_out_also_when_their_file_comes_alone(
    name: str, format_: str | None, encoding: str, x_desk: ImportDesk
) -> None:
    content = script(f"YTD.{name}.part0", [tweet("3", "Skjult")]).decode().encode(encoding)
    file = x_desk.file(content, "posts.js")
    result = x_desk.take(file, named=[("twitter", "eksempeletat")], format_=format_)
    assert (x_desk.posts("native_id"), result.kept_out) == ([], {HIDDEN: 1})


def test_a_post_with_the_time_of_its_deletion_is_kept_out(x_desk: ImportDesk) -> None:
    gone = tweet("3", "Slettet", deleted_at="Thu Mar 05 10:20:00 +0000 2026")
    result = zipped(x_desk, archive(*TWO, gone))
    assert (x_desk.posts("native_id"), result.kept_out) == ([("1",), ("2",)], {HIDDEN: 1})


@pytest.mark.parametrize("name", ["deleted-tweets", "deleted-tweet-headers", "deleted-note-tweet"])
def test_deleted_posts_stay_closed(name: str, x_desk: ImportDesk) -> None:
    gone = script(f"YTD.{name.replace('-', '_')}.part0", [tweet("3", "Slettet")])
    zipped(x_desk, {**archive(*TWO), f"data/{name}.js": gone})
    assert x_desk.posts("native_id") == [("1",), ("2",)]


def test_the_archive_says_what_it_cannot_show(x_desk: ImportDesk) -> None:
    result = zipped(x_desk, archive(*TWO))
    assert "who asked" in result.summaries[0].cannot
    assert X_ACCOUNT.handle in next(iter(result.accounts))
