"""Facebook's download: what the Page wrote goes in, whatever else is in the zip stays closed, letters are mended."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collect.builders import PAGE, PEOPLE, rows
from imports.desk import ImportDesk, as_zip
from soma_audit.errors import Exit, InvalidInputError
from soma_audit.imports.formats.facebook_download import HIDDEN, NOT_THE_PAGES, repaired
from soma_audit.model import Account

if TYPE_CHECKING:
    from collections.abc import Iterator

KARI = PEOPLE.author("facebook", "2222")
AT = 1772442840
POSTS = "this_profile's_activity_across_facebook/posts/profile_posts_1.json"
COMMENTS = "this_profile's_activity_across_facebook/comments_and_reactions/comments.json"
TITLE = "Eksempeletaten published a post via Hypothetical Scheduler."


def broken(text: str) -> str:
    """As Facebook writes it: each byte of the UTF-8 as a letter."""
    return text.encode().decode("latin-1")


def a_post(text: str | None = "Fristen er 1. mai.", **more: Any) -> dict[str, Any]:
    data = [{"post": text}] if text is not None else []
    return {"timestamp": AT, "title": TITLE, "data": [*data, {"update_timestamp": AT + 60}], **more}


def a_comment(text: str = "Ja, det gjelder alle.", author: str = "Eksempeletaten") -> dict[str, Any]:
    comment = {"timestamp": AT + 600, "comment": text, "author": author}
    return {"timestamp": AT + 600, "title": f"{author} replied to a comment.", "data": [{"comment": comment}]}


def linking(url: str) -> list[dict[str, Any]]:
    return [
        {
            "data": [
                {"external_context": {"url": url}},
                {"media": {"uri": "x.jpg", "description": "Kari Test"}},
            ]
        }
    ]


class Download(ImportDesk):
    """Takes downloads with given members."""

    def zipped(self, members: dict[str, Any], **how: Any) -> Any:
        content = {n: v if isinstance(v, bytes) else json.dumps(v).encode() for n, v in members.items()}
        return self.take(self.file(as_zip(content), "facebook.zip"), **how)

    def entries(self, *entries: Any, **how: Any) -> Any:
        return self.zipped({POSTS: list(entries)}, **how)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Download]:
    with Download(tmp_path, PAGE) as made:
        yield made


# --- what goes in ---


def test_a_post_with_everything_is_kept_whole(desk: Download) -> None:
    result = desk.entries(a_post(attachments=linking("https://www.eksempeletat.no/frist"), tags=[]))
    columns = "text, client, kind, author, by_agency, created_at, permalink, parent, counts"
    assert desk.posts(columns) == [
        (
            "Fristen er 1. mai. https://www.eksempeletat.no/frist",
            "Hypothetical Scheduler",
            "post",
            "eksempel.etat",
            1,
            "2026-03-02T09:14:00Z",
            None,
            None,
            "{}",
        )
    ]
    assert desk.one("native_id").startswith("file-")
    assert desk.one("thread = native_id")
    assert (result.bad_lines, result.summaries[0].format, result.summaries[0].own) == (
        [],
        "facebook-download",
        1,
    )


def test_a_comment_is_the_pages_own_and_its_thread_is_not_known(desk: Download) -> None:
    desk.zipped({COMMENTS: {"comments_v2": [a_comment()]}})
    columns = "text, kind, by_agency, parent, thread = native_id, client"
    assert desk.posts(columns) == [("Ja, det gjelder alle.", "comment", 1, None, 1, None)]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda e: e,
        lambda e: {"status_updates": e},
        lambda e: {"comments_v2": e},
        lambda e: {"anything_v9x": e},
    ],
    ids=["a list", "an old wrapper", "a known wrapper", "an unknown wrapper"],
)
def test_entries_are_found_under_any_single_key(wrap: Any, desk: Download) -> None:
    desk.zipped({POSTS: wrap([a_post(), a_post("To")])})
    assert sorted(desk.posts("text")) == [("Fristen er 1. mai.",), ("To",)]


@pytest.mark.parametrize(
    "path",
    [
        POSTS,
        "posts/your_posts_1.json",
        "your_facebook_activity/posts/your_posts__check_ins__photos_and_videos_12.json",
        "this_profile's_activity_across_facebook/posts/profile_posts_2.json",
        "a/b/posts/your_posts_1.json",
    ],
)
def test_posts_are_found_in_old_and_new_folders(path: str, desk: Download) -> None:
    desk.zipped({path: [a_post()]})
    assert len(desk.posts("text")) == 1


def test_nothing_else_in_the_zip_is_opened(desk: Download) -> None:
    private = [a_post("Kari Test skrev"), a_comment("hemmelig")]
    others = (
        "messages/inbox/kari/message_1.json",
        "your_facebook_activity/messages/profile_posts_1.json",
        "followers_1.json",
        "logged_information/activity/x.json",
        "facebook_payments/payment_history.json",
        "comments_and_reactions/likes_and_reactions_1.json",
        "posts/album/0.json",
        "profile_information/profile_information.json",
    )
    result = desk.zipped({POSTS: [a_post()], **dict.fromkeys(others, private)})
    assert (desk.posts("text"), result.summaries[0].left_closed) == ([("Fristen er 1. mai.",)], len(others))


FACEBOOKS = "this_profile's_activity_across_facebook"


@pytest.mark.parametrize(
    "path",
    [
        "posts/your_posts_scheduled_1.json",
        "posts/your_posts_drafts.json",
        f"{FACEBOOKS}/posts/profile_posts_unpublished_1.json",
        f"{FACEBOOKS}/archive/posts/profile_posts_1.json",
        f"{FACEBOOKS}/trash/posts/profile_posts_1.json",
        f"{FACEBOOKS}/posts/archive.json",
        f"{FACEBOOKS}/posts/scheduled_posts.json",
    ],
)
def test_what_the_public_never_saw_stays_closed(path: str, desk: Download) -> None:
    result = desk.zipped({path: [a_post("Upublisert")], POSTS: [a_post()]})
    assert (desk.posts("text"), result.summaries[0].left_closed) == ([("Fristen er 1. mai.",)], 1)


@pytest.mark.parametrize("folder", ["archive", "min_archive", "trash/gammel_pc", "deleted", "Drafts"])
@pytest.mark.parametrize("path", [POSTS, "posts/your_posts_1.json"])
def test_a_download_may_lie_in_a_folder_of_any_name(folder: str, path: str, desk: Download) -> None:
    desk.zipped({f"{folder}/{path}": [a_post()]})
    assert desk.posts("text") == [("Fristen er 1. mai.",)]


@pytest.mark.parametrize(
    "key", ["scheduled_posts_v2", "draft_posts", "archived_posts_v2", "trash_v2", "unpublished_posts"]
)
@pytest.mark.parametrize("alone", [False, True])
def test_a_list_of_what_the_public_never_saw_is_left_out(key: str, alone: bool, desk: Download) -> None:  # noqa: FBT001
    held = {key: [a_post("Upublisert"), a_post("Kladd")]}
    if alone:
        result = desk.take(desk.file(json.dumps(held).encode(), "x.json"))
    else:
        result = desk.zipped({POSTS: held})
    assert (desk.posts("text"), result.kept_out) == ([], {HIDDEN: 2})


@pytest.mark.parametrize("name", ["scheduled_posts.json", "archive.json", "trash.json"])
def test_a_file_of_what_the_public_never_saw_is_left_out_also_alone(name: str, desk: Download) -> None:
    result = desk.take(desk.file(json.dumps([a_post("Upublisert")]).encode(), name))
    assert (desk.posts("text"), result.kept_out) == ([], {HIDDEN: 1})


@pytest.mark.parametrize(
    "said",
    [
        {"is_published": False},
        {"is_draft": True},
        {"scheduled": True},
        {"data": [{"post": "Upublisert"}, {"archived": True}]},
    ],
)
def test_an_entry_that_says_that_it_is_not_public_is_left_out(said: dict[str, Any], desk: Download) -> None:
    result = desk.entries(a_post("Upublisert", **said), a_post())
    assert (desk.posts("text"), result.kept_out) == ([("Fristen er 1. mai.",)], {HIDDEN: 1})


def test_an_entry_that_says_that_it_is_no_draft_is_a_post(desk: Download) -> None:
    desk.entries(a_post(is_draft=False, is_published=True, scheduled=False))
    assert desk.posts("text") == [("Fristen er 1. mai.",)]


@pytest.mark.parametrize("pack", [lambda b: b, gzip.compress], ids=["plain", "packed"])
def test_a_single_file_of_a_download_is_known_by_what_it_holds(pack: Any, desk: Download) -> None:
    desk.take(desk.file(pack(json.dumps([a_post()]).encode()), "noe.json"))
    desk.take(desk.file(pack(json.dumps({"comments_v2": [a_comment()]}).encode()), "annet.json"))
    assert sorted(desk.posts("kind")) == [("comment",), ("post",)]


def test_a_folder_is_read_as_a_zip_is(desk: Download) -> None:
    desk.file(json.dumps([a_post()]).encode(), f"download/{POSTS}")
    desk.take(desk.folder / "download")
    assert len(desk.posts("text")) == 1


@pytest.mark.parametrize(
    "other",
    [
        [{"timestamp": AT, "data": [{"reaction": {"reaction": "LIKE", "actor": "Kari Test"}}], "title": "x"}],
        {"followers_v2": [{"name": "Kari Test", "timestamp": AT}]},
        {"participants": [], "messages": [{"sender_name": "Kari Test", "timestamp_ms": AT}]},
    ],
    ids=["reactions", "followers", "messages"],
)
def test_other_files_of_a_download_are_not_taken_for_posts(other: Any, desk: Download) -> None:
    with pytest.raises(InvalidInputError, match="was not recognised"):
        desk.take(desk.file(json.dumps(other).encode(), "x.json"))


def test_an_entry_without_words_is_still_a_post(desk: Download) -> None:
    photo = [{"data": [{"media": {"uri": "posts/media/x.jpg"}}]}]
    desk.entries(a_post(None, attachments=photo), a_post(None, attachments=photo, timestamp=AT + 5))
    assert desk.posts("text, kind") == [("", "post"), ("", "post")]


@pytest.mark.parametrize(
    ("attachments", "text"),
    [
        (linking("https://a.example/1"), "Hei https://a.example/1"),
        (linking("https://www.facebook.com/kari.test/posts/1"), "Hei"),
        (linking("javascript:alert(1)"), "Hei"),
        ([{"data": "x"}, "y", None], "Hei"),
        ("x", "Hei"),
    ],
)
def test_a_link_stands_behind_the_words_as_it_does_where_the_network_is_asked(
    attachments: Any, text: str, desk: Download
) -> None:
    desk.entries(a_post("Hei", attachments=attachments))
    assert desk.posts("text") == [(text,)]


def test_a_link_that_stands_in_the_words_is_not_added(desk: Download) -> None:
    desk.entries(a_post("Se https://a.example/1 nå", attachments=linking("https://a.example/1")))
    assert desk.one("text") == "Se https://a.example/1 nå"


@pytest.mark.parametrize(
    ("title", "client"),
    [
        ("Eksempeletaten published a post via Hypothetical Scheduler.", "Hypothetical Scheduler"),
        ("Eksempeletaten publiserte et innlegg via App 2.0.", "App 2.0"),
        ("Eksempeletaten published a post.", None),
        ("Eksempeletaten shared a link via Kari Test.", None),
        ("Eksempeletaten delte en lenke via Kari Test.", None),
        (None, None),
    ],
)
def test_the_app_is_told_by_the_title(title: str | None, client: str | None, desk: Download) -> None:
    desk.entries(a_post(title=title), named=[("facebook", PAGE.handle)])
    assert desk.one("client") == client


def test_what_is_shared_without_a_word_is_a_share(desk: Download) -> None:
    shared = "Eksempeletaten shared a post."
    desk.entries(
        a_post(None, title=shared, timestamp=AT), a_post("Les dette", title=shared, timestamp=AT + 1)
    )
    assert sorted(desk.posts("text, kind")) == [("", "share"), ("Les dette", "post")]


# --- letters ---


@pytest.mark.parametrize("text", ["Søknadsfristen", "«Ålesund» – æøå", "Hurra 🎉", "e\u0301", "Čáhcesuolu"])
def test_letters_that_facebook_has_broken_are_mended(text: str) -> None:
    assert repaired({broken(text): [broken(text)]}) == {text: [text]}


@pytest.mark.parametrize("text", ["Søknadsfristen", "«Ålesund» – æøå", "Hurra 🎉", "", "abc", "Čáhcesuolu"])
def test_text_that_is_right_stays(text: str) -> None:
    assert repaired(text) == text


def test_posts_have_their_letters_mended_wherever_they_stand(desk: Download) -> None:
    desk.store.execute("update agency set name = 'Prøveetaten' where id = 'eks'")
    desk.entries(a_post(broken("Søk nå"), title=broken("Prøveetaten published a post via Blå App.")))
    assert desk.posts("text, client") == [("Søk nå", "Blå App")]


# --- whose it is ---


def test_a_name_that_the_register_does_not_know_has_to_be_told(desk: Download) -> None:
    with pytest.raises(InvalidInputError, match="--account facebook/HANDLE"):
        desk.entries(a_post(title="Ukjentetaten published a post."))
    assert desk.posts("text") == []


def test_what_the_user_says_holds_where_the_file_does_not_tell(desk: Download) -> None:
    desk.entries(a_post(title="Ukjentetaten published a post."), named=[("facebook", "ukjent")])
    assert desk.posts("handle") == [("ukjent",)]


def test_a_page_is_known_by_the_writer_of_its_comments(desk: Download) -> None:
    desk.zipped({COMMENTS: [a_comment() | {"title": "x"}]})
    assert desk.posts("handle") == [("eksempel.etat",)]


def test_the_name_in_most_entries_is_the_pages(tmp_path: Path) -> None:
    neighbour = Account(agency="nabo", network="facebook", handle="nabodep", native_id="900")
    with Download(tmp_path, PAGE, neighbour) as desk:
        other = a_post("Takk", title="Nabodepartementet published a post.")
        desk.entries(other, a_post("a"), a_post("b"))
        assert set(desk.posts("handle")) == {("eksempel.etat",)}


def test_others_comments_are_kept_out_and_counted(desk: Download) -> None:
    result = desk.zipped({COMMENTS: [a_comment(), a_comment("Hei", author="Kari Test")]})
    assert (desk.posts("text"), result.kept_out) == ([("Ja, det gjelder alle.",)], {NOT_THE_PAGES: 1})
    assert b"Kari Test" not in desk.bytes()


def test_without_a_known_name_the_usual_writer_is_the_page(desk: Download) -> None:
    comments = [a_comment("a", "Etaten"), a_comment("b", "Etaten"), a_comment("c", "Ola Prøve")]
    result = desk.zipped({COMMENTS: comments}, named=[("facebook", PAGE.handle)])
    assert (sorted(desk.posts("text")), result.kept_out) == ([("a",), ("b",)], {NOT_THE_PAGES: 1})


def test_the_pages_own_name_stays_where_the_register_does_not_know_it(desk: Download) -> None:
    post = a_post("Hei @[7:274:Etaten] og @[2222:2048:Kari Test]", title="Etaten published a post.")
    desk.zipped({POSTS: [post], COMMENTS: [a_comment("a", "Etaten")]}, named=[("facebook", PAGE.handle)])
    assert f"Hei Etaten og @{KARI}" in {text for (text,) in desk.posts("text")}


@pytest.mark.parametrize(
    "members",
    [{"posts/your_posts_1.html": b"<html>"}, {"your_facebook_activity/messages/x.json": b"[]"}],
    ids=["HTML", "another part"],
)
def test_a_download_without_posts_says_what_to_ask_for(members: dict[str, Any], desk: Download) -> None:
    result = desk.zipped(members)
    assert "in the format JSON" in result.summaries[0].warnings[0]


# --- people ---


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Takk @[2222:2048:Kari Test]!", f"Takk @{KARI}!"),
        ("Hei @[100:274:Eksempeletaten]", "Hei Eksempeletaten"),
        ("Hei @[777:274:Eksempeletaten]", "Hei Eksempeletaten"),
        ("Hei @[777:274:eksempel.etat]", "Hei eksempel.etat"),
        ("Hei @kari.test", f"Hei @{PEOPLE.author('facebook', 'kari.test')}"),
        ("Ring 12345678", "Ring 12345678"),
    ],
)
def test_people_mentioned_are_pseudonyms_and_pages_keep_their_names(
    written: str, kept: str, desk: Download
) -> None:
    desk.entries(a_post(written))
    assert desk.one("text") == kept


def test_nobodys_name_reaches_the_files_bytes(desk: Download) -> None:
    entry = a_post(
        "@[100087654321012:2048:Kari Test] @kari.test facebook.com/kari.test",
        title="Eksempeletaten shared a link via Kari Test.",
        tags=[{"name": "Kari Test"}],
        attachments=[
            {"data": [{"name": "Kari Test", "text": "kari.test@post.example"}]},
            *linking("https://a.example"),
        ],
    )
    app = a_post("b", title="Eksempeletaten tagged via Kari Test.", tags=["Kari Test"])
    wrong = {"timestamp": "Kari Test", "title": TITLE, "data": [{"post": "Kari Test"}]}
    desk.zipped({POSTS: [entry, app, wrong], COMMENTS: [a_comment("Kari Test", "Kari Test"), a_comment()]})
    planted = (b"Kari Test", b"kari.test", b"100087654321012")
    assert [name for name in planted if name in desk.bytes()] == []
    assert len(desk.posts("text")) == 3


# --- damage ---


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"title": TITLE, "data": [{"post": "x"}]}, "neither a post nor a comment"),
        ({"timestamp": AT, "data": [{"reaction": {}}]}, "neither a post nor a comment"),
        (a_post(timestamp="i går"), "timestamp is not a time"),
        (a_post(timestamp=True), "timestamp is not a time"),
        (a_post(timestamp=-5), "timestamp is not a time"),
        (a_post(timestamp=1 << 60), "timestamp is not a time"),
        (a_post(timestamp=None), "timestamp is not a time"),
        ({"timestamp": AT, "data": [{"post": {"a": 1}}]}, "has a text that is none"),
        ("Kari Test", "not JSON"),
    ],
)
def test_a_broken_entry_is_kept_out_with_its_line_and_the_rest_goes_in(
    entry: Any, reason: str, desk: Download
) -> None:
    lines = ",\n".join(json.dumps(e) for e in (a_post(), entry, a_post("To")))
    result = desk.zipped({POSTS: f"[{lines}]".encode()})
    assert [(name, line) for name, line, _ in result.bad_lines] == [(f"facebook.zip/{POSTS}", 2)]
    assert reason in result.bad_lines[0][2]
    assert (len(desk.posts("text")), desk.outcome) == (2, Exit.PARTIAL)
    assert desk.store.execute("select line from quarantine").fetchall() == [(2,)]


def test_unknown_keys_lose_nothing(desk: Download) -> None:
    result = desk.entries(a_post(new_key={"deep": []}, data=[{"post": "Hei", "also_new": 1}, {"x": 2}, 7]))
    assert (desk.posts("text"), result.bad_lines) == ([("Hei",)], [])


def test_a_value_nested_beyond_reason_is_named(desk: Download) -> None:
    deep = b"[" * 700 + b"]" * 700
    entry = (
        json.dumps(a_post("x", attachments=0))
        .encode()
        .replace(b'"attachments": 0', b'"attachments": ' + deep)
    )
    result = desk.zipped({POSTS: b"[" + json.dumps(a_post()).encode() + b",\n" + entry + b"]"})
    assert len(desk.posts("text")) + len(result.bad_lines) == 2


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["comment", "post", "author", "data", "external_context", "url"]), inner
        )
    ),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from([*a_post(), "attachments", "tags"]), VALUES), max_size=4))
def test_whatever_an_entry_holds_the_others_go_in(spoilt: list[dict[str, Any]]) -> None:
    with TemporaryDirectory() as folder, Download(Path(folder), PAGE) as desk:
        desk.entries(a_post("først"), *({**a_post(), **s} for s in spoilt), a_post("sist"))
        assert {("først",), ("sist",)} <= set(desk.posts("text"))


# --- again, and from the network ---


def test_importing_twice_changes_nothing(desk: Download) -> None:
    members = {POSTS: [a_post(), a_post(None)], COMMENTS: [a_comment()]}
    desk.zipped(members)
    before = rows(desk.store), desk.counted(), desk.store.execute("select changed from account").fetchall()
    again = desk.zipped(members)
    assert (again.added.new, again.added.changed) == (0, 0)
    assert (
        rows(desk.store),
        desk.counted(),
        desk.store.execute("select changed from account").fetchall(),
    ) == before


def from_the_network(created: str = "2026-03-02T09:14:30+0000") -> bytes:
    post = {
        "id": "100_501",
        "created_time": created,
        "from": {"id": "100"},
        "message": "Fristen er 1. mai.",
        "attachments": {"data": [{"unshimmed_url": "https://a.example/1"}]},
    }
    return json.dumps({"data": [post]}).encode()


@pytest.mark.parametrize("download_first", [True, False])
def test_a_post_that_the_network_knows_too_is_one(download_first: bool, desk: Download) -> None:  # noqa: FBT001
    def download() -> None:
        desk.entries(a_post(attachments=linking("https://a.example/1")))

    if download_first:
        download()
    desk.take(desk.file(from_the_network(), "page.json"))
    if not download_first:
        download()
    assert desk.posts("native_id, client") == [("100_501", "Hypothetical Scheduler")]


def test_a_download_that_is_imported_again_after_it_was_united_leaves_one_post(desk: Download) -> None:
    desk.entries(a_post(attachments=linking("https://a.example/1")))
    desk.take(desk.file(from_the_network(), "page.json"))
    before = rows(desk.store)
    desk.entries(a_post(attachments=linking("https://a.example/1")))
    after = rows(desk.store)
    assert (after["posts"], after["observations"]) == (before["posts"], before["observations"])


def test_the_same_words_an_hour_later_are_another_post(desk: Download) -> None:
    desk.entries(a_post(attachments=linking("https://a.example/1")))
    desk.take(desk.file(from_the_network("2026-03-02T10:14:00+0000"), "page.json"))
    assert len(desk.posts("native_id")) == 2


def test_the_import_says_what_a_download_cannot_show(desk: Download) -> None:
    assert "whether anybody asked something" in desk.entries(a_post()).summaries[0].cannot
