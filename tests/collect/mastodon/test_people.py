"""Taking people out of what Mastodon's servers send."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soma_audit.collect.mastodon.people import MastodonPeople
from soma_audit.collect.pseudonyms import Pseudonyms
from soma_audit.model import Account

AGENCY = Account(agency="etat", network="mastodon", handle="etat@etat.example")


def made() -> MastodonPeople:
    return MastodonPeople("mastodon", [AGENCY], Pseudonyms(b"k" * 32))


@pytest.fixture
def people() -> MastodonPeople:
    return made()


def status(acct: str, content: str = "<p>hei</p>", **more: Any) -> dict[str, Any]:
    name = acct.partition("@")[0]
    return {
        "id": "1",
        "created_at": "2026-03-02T09:00:00Z",
        "visibility": "public",
        "content": content,
        "uri": f"https://folk.example/users/{name}/statuses/1",
        "url": f"https://folk.example/@{name}/1",
        "account": {"acct": acct, "display_name": "Kari Testesen", "url": f"https://folk.example/@{name}"},
        **more,
    }


def clean(people: MastodonPeople, raw: dict[str, Any], server: str = "etat.example") -> dict[str, Any]:
    return dict(people.scrubber(server)([raw])[0])


def test_nothing_that_names_a_visitor_is_kept(people: MastodonPeople) -> None:
    who = {"acct": "kari@folk.example", "url": "https://folk.example/@kari", "username": "kari"}
    text = '<p><a href="https://folk.example/@kari">@kari</a> skrev på https://folk.example/@kari/1 og @kari@folk.example</p>'
    kept = json.dumps(clean(people, status("kari@folk.example", text, mentions=[who])))
    assert not any(word in kept for word in ("kari", "Kari", "Testesen"))


def test_a_server_s_own_people_are_the_same_as_seen_from_elsewhere(people: MastodonPeople) -> None:
    at_home = clean(people, status("kari"), "folk.example")
    elsewhere = clean(people, status("kari@folk.example"), "etat.example")
    assert at_home["account"] == elsewhere["account"]


def test_people_are_addressed_at_the_domain_that_a_host_stands_for(people: MastodonPeople) -> None:
    people.stands_for("sosial.etat.example", "etat.example")
    assert clean(people, status("etat"), "sosial.etat.example")["account"] == {"acct": "etat@etat.example"}


def test_in_a_file_every_handle_has_its_server(people: MastodonPeople) -> None:
    (own, visitor) = people.scrub([status("etat@etat.example"), status("kari@folk.example")])
    assert own["account"] == {"acct": "etat@etat.example"}
    assert visitor["account"] == {"acct": people.person("kari@folk.example")}


def test_an_id_that_is_an_address_names_a_pseudonym_and_any_other_stays(people: MastodonPeople) -> None:
    assert "kari" not in people.post_id("https://folk.example/@kari/1")
    assert people.post_id("116142951628808024") == "116142951628808024"


@pytest.mark.parametrize("visibility", ["private", "direct", "mutuals_only"])
def test_of_a_letter_nothing_is_kept(people: MastodonPeople, visibility: str) -> None:
    kept = clean(people, status("kari@folk.example", "<p>hemmelig</p>", visibility=visibility))
    assert kept == {"id": "1", "visibility": visibility}


def test_a_warning_a_text_and_a_poll_are_what_is_read(people: MastodonPeople) -> None:
    poll = {"options": [{"title": "Ja"}, {"title": "Nei"}]}
    kept = clean(people, status("etat", "<p>Hva nå?</p>", spoiler_text="Uvær", poll=poll))
    assert kept["text"] == "Uvær\n\nHva nå?\n\n[ ] Ja\n\n[ ] Nei"


def test_a_page_that_has_been_cleaned_stays_as_it_is(people: MastodonPeople) -> None:
    page = [
        status("etat", application={"name": "Web"}, interaction_policy={"can_reply": {"always": ["public"]}}),
        status("kari@folk.example", "<p>3 &lt; 4</p>"),
        {**status("etat"), "reblog": status("kari@folk.example")},
    ]
    once = people.scrubber("etat.example")(page)
    assert people.scrubber("etat.example")(once) == once


def test_where_an_account_has_moved_is_kept_if_it_can_be_a_handle(people: MastodonPeople) -> None:
    raw = {"id": "1", "acct": "etat", "uri": "u"}
    scrub = people.scrubber("etat.example")
    assert scrub({**raw, "moved": {"acct": "etat@ny.example"}})["moved"] == {"acct": "etat@ny.example"}
    assert "moved" not in scrub({**raw, "moved": {"acct": "etat@ny.example ring 22 33 44 55"}})


@pytest.mark.parametrize("odd", ["7", {"a": 1}, [7], None])
def test_of_a_field_of_another_type_nothing_is_made(people: MastodonPeople, odd: Any) -> None:
    kept = clean(people, status("etat", replies_count=odd, url=odd if odd != "7" else 7, uri=None))
    assert (kept["url"], "replies_count" in kept, kept["text"]) == (None, False, "hei")


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["id", "acct", "account", "content", "reblog", "mentions", "status", "ancestors", "descendants", "moved", "poll", "options", "application", "interaction_policy", "can_reply", "always", "visibility", "links", "subject"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=20,
)  # fmt: skip


@given(ODD)
def test_no_odd_answer_ends_the_night(body: Any) -> None:
    try:
        made().scrubber("etat.example")(body)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        pytest.fail(f"{error!r}")
