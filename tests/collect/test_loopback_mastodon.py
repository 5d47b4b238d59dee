"""The fake of Mastodon: that it does what servers are documented to do, read by httpx and by Mastodon.py."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from mastodon import Mastodon as Reader
from mastodon import MastodonNotFoundError, MastodonRatelimitError, MastodonUnauthorizedError

from loopback.mastodon_words import link, no_mastodon, number, ulid
from loopback.server import Loopback
from loopback.town import settle_mastodon

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loopback.mastodon_views import Server
    from loopback.world import Person, Post

OWN, OTHER = "etat.example", "folk.example"


@pytest.fixture
def here() -> Iterator[Loopback]:
    with Loopback() as open_:
        for name in (OWN, OTHER):
            open_.mastodon.server(name)
        for handle, name in (
            (f"etat@{OWN}", "Eksempeletaten"),
            (f"kari_test@{OTHER}", "Kari Testesen"),
            (f"ola_proeve@{OTHER}", "Ola Prøvesen"),
        ):
            open_.mastodon.world.person(handle, name)
        yield open_
        assert open_.complaints == []


def people(here: Loopback) -> list[Person]:
    return here.mastodon.world.people


def own(here: Loopback) -> Server:
    return here.mastodon.servers[OWN]


def say(here: Loopback, who: int, text: str, **how: Any) -> Post:
    return here.mastodon.world.say(people(here)[who], text, **how)


def ask(
    here: Loopback, path: str, params: Any = None, *, server: str = OWN, bearer: str = ""
) -> httpx.Response:
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    return httpx.get(f"{here.url}/on/{server}{path}", params=params, headers=headers)


def wrong(said: httpx.Response) -> tuple[int, str]:
    return said.status_code, said.json()["error"]


def status(here: Loopback, post: Post, server: str = OWN) -> Any:
    return ask(here, f"/api/v1/statuses/{here.mastodon.servers[server].id_of(post)}", server=server).json()


def context(here: Loopback, post: Post, *, bearer: str = "", server: str = OWN) -> Any:
    number_ = here.mastodon.servers[server].id_of(post)
    return ask(here, f"/api/v1/statuses/{number_}/context", server=server, bearer=bearer).json()


def wall(here: Loopback, **params: Any) -> list[str]:
    return [told(s) for s in ask(here, f"/api/v1/accounts/{people(here)[0].id}/statuses", params).json()]


def told(shown: Any) -> str:
    return re.sub("<[^>]*>", "", (shown["reblog"] or shown)["content"])


def reader(here: Loopback, token: str | None = None, server: str = OWN) -> Reader:
    return Reader(
        api_base_url=f"{here.url}/on/{server}",
        access_token=token,
        ratelimit_method="throw",
    )


# --- people ---


def test_webfinger_tells_who_answers_for_an_address(here: Loopback) -> None:
    path, params = "/.well-known/webfinger", {"resource": f"acct:etat@{OWN}"}
    body = ask(here, path, params).json()
    assert (body["subject"], body["aliases"]) == (
        f"acct:etat@{OWN}",
        [f"https://{OWN}/@etat", f"https://{OWN}/users/etat"],
    )
    assert body["links"][1]["href"] == f"https://{OWN}/users/etat"
    assert ask(here, path, {"resource": f"acct:ingen@{OWN}"}).status_code == 404
    assert ask(here, path, {"resource": f"acct:kari_test@{OTHER}"}).status_code == 404


def test_an_address_may_be_another_than_the_server(here: Loopback) -> None:
    here.mastodon.server("sosial.by.example", address="by.example")
    here.mastodon.world.person("by@by.example", "Byen")
    params = {"resource": "acct:by@by.example"}
    first = ask(here, "/.well-known/webfinger", params, server="by.example")
    assert first.status_code == 301
    body = httpx.get(first.headers["location"]).json()
    assert (body["subject"], body["links"][0]["href"]) == (
        "acct:by@by.example",
        "https://sosial.by.example/@by",
    )
    found = ask(here, "/api/v1/accounts/lookup", {"acct": "by"}, server="sosial.by.example").json()
    assert (found["acct"], found["url"]) == ("by", "https://sosial.by.example/@by")


def test_an_account_is_looked_up_or_searched_for(here: Loopback) -> None:
    found = ask(here, "/api/v1/accounts/lookup", {"acct": "etat"}).json()
    assert (found["acct"], found["created_at"][10:]) == ("etat", "T00:00:00.000Z")
    assert ask(here, f"/api/v1/accounts/{found['id']}").json() == found
    how = {"q": f"@etat@{OWN}", "type": "accounts", "limit": 1}
    assert ask(here, "/api/v2/search", how).json()["accounts"] == [found]
    assert wrong(ask(here, "/api/v1/accounts/lookup", {"acct": "ingen"})) == (404, "Record not found")
    own(here).lookup_demands_token = True
    assert ask(here, "/api/v1/accounts/lookup", {"acct": "etat"}).status_code == 401
    assert ask(here, "/api/v2/search", how).status_code == 200


def test_each_server_has_its_own_ids_and_names_its_own_people_shortly(here: Loopback) -> None:
    post = say(here, 1, "Hei")
    at_home, away = status(here, post, OTHER), status(here, post)
    assert (at_home["account"]["acct"], away["account"]["acct"]) == ("kari_test", f"kari_test@{OTHER}")
    assert (at_home["id"] != away["id"], at_home["account"]["id"] != away["account"]["id"]) == (True, True)
    assert (at_home["uri"], at_home["url"]) == (away["uri"], away["url"])
    assert at_home["uri"] == f"https://{OTHER}/users/kari_test/statuses/{at_home['id']}"
    assert wrong(ask(here, f"/api/v1/statuses/{at_home['id']}")) == (404, "Record not found")


def test_the_client_is_told_at_home_only(here: Loopback) -> None:
    post = say(here, 1, "Hei", application={"name": "Tusky", "website": None})
    silent = say(here, 1, "Hei", application=...)
    assert status(here, post, OTHER)["application"]["name"] == "Tusky"
    assert ["application" in status(here, p, s) for p, s in ((post, OWN), (silent, OTHER))] == [False, False]


@pytest.mark.parametrize(
    ("standing", "code", "listed"), [("deleted", 404, 404), ("gone", 410, 404), ("suspended", 200, 200)]
)
def test_an_account_can_be_gone_in_three_ways(standing: str, code: int, listed: int, here: Loopback) -> None:
    post = say(here, 0, "Hei")
    agency = people(here)[0]
    agency.standing = standing
    assert ask(here, f"/api/v1/accounts/{agency.id}").status_code == code
    said = ask(here, f"/api/v1/accounts/{agency.id}/statuses")
    assert (said.status_code, listed != 200 or said.json() == []) == (listed, True)
    assert wrong(ask(here, f"/api/v1/statuses/{post.id}"))[0] == 404
    if code == 200:
        assert ask(here, f"/api/v1/accounts/{agency.id}").json()["suspended"] is True


def test_what_an_account_says_of_itself_can_be_changed(here: Loopback) -> None:
    agency, kari, _ = people(here)
    verified = {"name": "Nett", "value": f"<a href='https://{OWN}'>", "verified_at": "2025-01-01T00:00:00Z"}
    agency.more |= {"bot": True, "fields": [verified], "moved": kari, "locked": ...}
    found = ask(here, "/api/v1/accounts/lookup", {"acct": "etat"}).json()
    assert (found["bot"], found["fields"][0], found["moved"]["acct"], "locked" in found) == (
        True,
        verified,
        f"kari_test@{OTHER}",
        False,
    )


# --- statuses ---


def test_content_is_html(here: Loopback) -> None:
    url = "https://www.eks.example/skjema/2026/fristen-for-alle-som-spor"
    post = say(here, 1, f"@etat@{OWN} <Når> & hvor?\nSe {url}\n\nHilsen @ola_proeve #Frist")
    shown = status(here, post)
    assert shown["content"].startswith(
        '<p><span class="h-card" translate="no"><a href="https://etat.example/@etat"'
    )
    assert "&lt;Når&gt; &amp; hvor?<br />Se <a href=" in shown["content"]
    assert link(url) + "</p><p>Hilsen <span" in shown["content"]
    assert '<span class="ellipsis">eks.example/skjema/2026/friste</span>' in link(url)
    assert [m["acct"] for m in shown["mentions"]] == ["etat", f"ola_proeve@{OTHER}"]
    assert [t["name"] for t in shown["tags"]] == ["frist"]
    assert told(shown) == f"@etat &lt;Når&gt; &amp; hvor?Se {url}Hilsen @ola_proeve #Frist"


def test_who_answers_himself_still_answers_the_other(here: Loopback) -> None:
    asked = say(here, 1, "Når?")
    answer = say(here, 0, "Nå", under=asked)
    more = say(here, 0, "Eller straks", under=answer)
    root = say(here, 0, "Nytt")
    thread = say(here, 0, "Mer", under=root)
    shown = [status(here, p) for p in (answer, more, thread)]
    to = [own(here).id_of(people(here)[n]) for n in (1, 1, 0)]
    assert [s["in_reply_to_account_id"] for s in shown] == to
    assert [s["in_reply_to_id"] for s in shown] == [own(here).id_of(p) for p in (asked, answer, root)]


def test_an_answer_to_what_was_deleted_still_says_whom(here: Loopback) -> None:
    asked = say(here, 1, "Når?")
    answer = say(here, 0, "Nå", under=asked)
    here.mastodon.world.delete(asked)
    shown = status(here, answer)
    assert (shown["in_reply_to_id"], shown["in_reply_to_account_id"]) == (
        None,
        own(here).id_of(people(here)[1]),
    )


@pytest.mark.parametrize("visibility", ["private", "direct"])
def test_what_is_not_public_is_shown_nowhere(visibility: str, here: Loopback) -> None:
    root = say(here, 0, "Nytt")
    post = say(here, 1, f"@etat@{OWN} hemmelig", under=root, visibility=visibility)
    below = say(here, 2, "Åpent", under=post, visibility="unlisted")
    assert ask(here, f"/api/v1/statuses/{own(here).id_of(post)}").status_code == 404
    assert [s["id"] for s in context(here, root)["descendants"]] == [own(here).id_of(below)]
    assert status(here, root)["replies_count"] == 0
    assert ask(here, "/api/v1/statuses", {"id[]": [own(here).id_of(post)]}).json() == []


def test_an_edit_leaves_its_history(here: Loopback) -> None:
    post = say(here, 0, "Åpent 8–15", hours_ago=5, spoiler_text="Åpningstider")
    here.mastodon.world.edit(post, "Åpent 9–15")
    here.clock.move(60)
    here.mastodon.world.edit(post, "Åpent 9–16")
    versions = ask(here, f"/api/v1/statuses/{own(here).id_of(post)}/history").json()
    shown = status(here, post)
    assert [v["content"] for v in versions] == [f"<p>Åpent {t}</p>" for t in ("8–15", "9–15", "9–16")]
    assert (versions[0]["created_at"], versions[2]["created_at"]) == (shown["created_at"], shown["edited_at"])
    assert shown["spoiler_text"] == "Åpningstider"


def test_several_statuses_are_asked_for_at_once(here: Loopback) -> None:
    first, second = say(here, 0, "Én"), say(here, 0, "To")
    ids = [own(here).id_of(p) for p in (first, second)]
    here.mastodon.world.delete(first)
    found = ask(here, "/api/v1/statuses", {"id[]": ids})
    assert [s["id"] for s in found.json()] == ids[1:]
    assert ask(here, "/api/v1/statuses", {"id[]": [str(n) for n in range(21)]}).status_code == 422
    own(here).many_statuses = False
    assert ask(here, "/api/v1/statuses", {"id[]": ids}).status_code == 404


# --- walls ---


def test_a_wall_is_walked_by_its_links(here: Loopback) -> None:
    for count in range(7):
        say(here, 0, f"Nr. {count}", hours_ago=10 - count)
    found, said = [], ask(here, f"/api/v1/accounts/{people(here)[0].id}/statuses", {"limit": 3})
    while True:
        found += [told(s) for s in said.json()]
        if "next" not in said.links:
            break
        said = httpx.get(said.links["next"]["url"])
    assert found == [f"Nr. {n}" for n in range(6, -1, -1)]


def test_a_wall_is_bounded_by_ids_from_below_and_above(here: Loopback) -> None:
    ids = [own(here).id_of(say(here, 0, f"{count}", hours_ago=10 - count)) for count in range(6)]
    assert wall(here, since_id=ids[1], limit=2) == ["5", "4"]
    assert wall(here, min_id=ids[1], limit=2) == ["3", "2"]
    assert wall(here, max_id=ids[2]) == ["1", "0"]


def test_a_wall_has_replies_and_boosts(here: Loopback) -> None:
    agency = people(here)[0]
    asked = say(here, 1, "Når?", hours_ago=9)
    say(here, 0, "Nå", under=asked, hours_ago=8)
    pinned = say(here, 0, "Festet", hours_ago=50)
    here.mastodon.world.share(agency, asked, hours_ago=7)
    own(here).pinned.append(pinned)
    assert wall(here) == ["Når?", "Nå", "Festet"]
    assert wall(here, exclude_replies="true") == ["Når?", "Festet"]
    assert wall(here, exclude_reblogs="true") == ["Nå", "Festet"]
    assert wall(here, pinned="true") == ["Festet"]
    boost = ask(here, f"/api/v1/accounts/{agency.id}/statuses").json()[0]
    assert (boost["account"]["acct"], boost["reblog"]["account"]["username"]) == ("etat", "kari_test")


def test_nobody_gets_more_than_40(here: Loopback) -> None:
    for count in range(45):
        say(here, 0, str(count))
    assert len(wall(here, limit=80)) == 40
    assert [c.rpartition(": ")[2] for c in here.complaints] == ["a limit above 40"]
    here.complaints.clear()


# --- threads ---


def test_a_thread_is_shown_from_above_and_below(here: Loopback) -> None:
    root = say(here, 0, "Nytt")
    first = say(here, 1, "Hva?", under=root)
    say(here, 2, "Hvorfor?", under=root)
    say(here, 0, "Dette", under=first)
    assert [told(s) for s in context(here, root)["descendants"]] == ["Hva?", "Dette", "Hvorfor?"]
    shown = context(here, first)
    assert ([told(s) for s in shown["ancestors"]], [told(s) for s in shown["descendants"]]) == (
        ["Nytt"],
        ["Dette"],
    )


def test_without_a_token_a_thread_is_cut(here: Loopback) -> None:
    wide, deep = say(here, 0, "Bredt"), say(here, 0, "Dypt")
    for count in range(70):
        say(here, 1, str(count), under=wide)
    last = deep
    for count in range(25):
        last = say(here, 1 + count % 2, str(count), under=last)
    token = own(here).token()
    found = [len(context(here, p, bearer=b)["descendants"]) for p in (wide, deep) for b in ("", token)]
    assert found == [60, 70, 20, 25]
    assert status(here, wide)["replies_count"] == 70


def test_a_reply_that_has_not_come_here_is_counted_and_not_shown(here: Loopback) -> None:
    root = say(here, 0, "Nytt")
    reply = say(here, 1, "Svar", under=root)
    own(here).unseen.append(reply)
    assert (status(here, root)["replies_count"], context(here, root)["descendants"]) == (1, [])
    own(here).fetches = True
    said = ask(here, f"/api/v1/statuses/{root.id}/context")
    assert "retry=3" in said.headers["mastodon-async-refresh"]
    assert [told(s) for s in context(here, root)["descendants"]] == ["Svar"]


# --- an account's own ---


def test_mentions_are_told_to_the_account_itself(here: Loopback) -> None:
    say(here, 1, f"@etat@{OWN} hei")
    say(here, 2, f"@etat@{OWN} mellom oss", visibility="direct")
    say(here, 2, "@etat hei til en annen")
    how = {"types[]": "mention"}
    path = "/api/v1/notifications"
    assert ask(here, path, how).status_code == 401
    tokens = [own(here).token(), own(here).token(people(here)[0], "write")]
    assert [ask(here, path, how, bearer=t).status_code for t in tokens] == [422, 403]
    found = ask(here, path, how, bearer=own(here).token(people(here)[0])).json()
    assert [(n["type"], n["status"]["visibility"]) for n in found] == [
        ("mention", "direct"),
        ("mention", "public"),
    ]


def test_mentions_are_paged_by_their_own_ids(here: Loopback) -> None:
    for count in range(3):
        say(here, 1, f"@etat@{OWN} {count}", hours_ago=9 - count)
    token = own(here).token(people(here)[0])
    how = {"types[]": "mention", "limit": "2"}
    first = ask(here, "/api/v1/notifications", how, bearer=token)
    last = first.json()[-1]
    second = ask(here, "/api/v1/notifications", {**how, "max_id": last["id"]}, bearer=token)
    assert last["id"] != last["status"]["id"]
    assert [told(n["status"])[-1] for n in (*first.json(), *second.json())] == ["2", "1", "0"]
    assert f"max_id={last['id']}" in first.links["next"]["url"]


def test_a_server_may_demand_a_token_for_everything(here: Loopback) -> None:
    own(here).demands_token = True
    said = ask(here, "/api/v1/accounts/lookup", {"acct": "etat"})
    assert wrong(said) == (401, "This API requires an authenticated user")
    token = own(here).token()
    found = ask(here, "/api/v1/accounts/lookup", {"acct": "etat"}, bearer=token)
    assert found.json()["username"] == "etat"


# --- other software, and none ---


@pytest.mark.parametrize(("kind", "code"), [("html", 200), ("404", 404), ("410", 410), ("redirect", 301)])
def test_a_server_may_be_no_mastodon(kind: str, code: int, here: Loopback) -> None:
    own(here).instead = no_mastodon(kind, f"{here.url}/on/{OTHER}/")
    said = ask(here, "/api/v1/accounts/lookup", {"acct": "etat"})
    assert (said.status_code, said.headers["content-type"][:9]) == (code, "text/html")


def test_other_software_has_other_ids_and_fewer_fields(here: Loopback) -> None:
    server = own(here)
    server.ulids, server.leaves_out, server.links = True, {"quotes_count", "last_status_at"}, False
    server.policy = {"can_reply": {"always": ["author"], "with_approval": ["public"]}}
    first, second = say(here, 0, "Én", hours_ago=2), say(here, 0, "To")
    found = ask(here, "/api/v1/accounts/lookup", {"acct": "etat"}).json()
    path = f"/api/v1/accounts/{found['id']}/statuses"
    said = ask(here, path, {"limit": 1})
    (shown,) = said.json()
    assert re.fullmatch(r"01[0-9A-Z]{24}", shown["id"])
    assert (said.links, "quotes_count" in shown, "last_status_at" in shown["account"]) == ({}, False, False)
    assert (shown["id"], shown["interaction_policy"]) == (server.id_of(second), server.policy)
    assert [s["id"] for s in ask(here, path, {"max_id": shown["id"]}).json()] == [server.id_of(first)]
    assert shown["uri"].endswith(shown["id"])
    assert "interaction_policy" not in status(here, first, OTHER)


def test_letters_and_numbers_are_two_ways_of_writing_an_id() -> None:
    assert [number(ulid(n)) for n in (0, 31, 2**70)] == [0, 31, 2**70]
    assert [number(t) for t in ("17", "17a", "")] == [17, None, None]
    assert ulid(2**70) > ulid(2**69)


# --- limits and secrets ---


def test_a_limit_is_shared_by_all_accounts_of_a_server(here: Loopback) -> None:
    here.mastodon.world.person(f"annen@{OWN}", "En annen etat")
    own(here).limit = 2
    names = ("etat", "annen", "etat")
    said = [ask(here, "/api/v1/accounts/lookup", {"acct": n}) for n in names]
    assert [s.status_code for s in said] == [200, 200, 429]
    assert wrong(said[2])[1] == "Too many requests"
    assert [s.headers["x-ratelimit-remaining"] for s in said] == ["1", "0", "0"]
    reset = datetime.fromisoformat(said[2].headers["x-ratelimit-reset"])
    assert timedelta(0) < reset - here.clock.now <= timedelta(minutes=5)
    assert ask(here, "/api/v1/accounts/lookup", {"acct": "kari_test"}, server=OTHER).status_code == 200
    own(here).reset_in_seconds = True
    in_seconds = ask(here, "/api/v1/accounts/lookup", {"acct": "etat"}).headers["x-ratelimit-reset"]
    assert int(in_seconds) == reset.timestamp()
    here.clock.now = reset
    assert ask(here, "/api/v1/accounts/lookup", {"acct": "etat"}).status_code == 200


def test_a_token_at_the_wrong_server_or_in_an_address_is_noticed(here: Loopback) -> None:
    token = own(here).token(people(here)[0])
    assert wrong(ask(here, "/api/v1/accounts/lookup", {"acct": "kari_test"}, server=OTHER, bearer=token)) == (
        401,
        "The access token is invalid",
    )
    ask(here, "/api/v2/search", {"q": token})
    assert [c.partition(": ")[2] for c in here.complaints] == [
        "an Authorization header that nobody asked for",
        "a secret in the URL",
    ]
    here.complaints.clear()


def test_a_parameter_that_does_not_exist_is_noticed(here: Loopback) -> None:
    ask(here, "/api/v1/accounts/lookup", {"acct": "etat", "name": "etat"})
    assert [c.partition(": ")[2] for c in here.complaints] == ["no parameter name"]
    here.complaints.clear()


def test_the_town_shows_its_whole_talk() -> None:
    with Loopback() as here:
        agency = settle_mastodon(here)
        own(here).page_size = 40
        token = own(here).token(agency)
        lines = ask(here, f"/api/v1/accounts/{agency.id}/statuses", {"limit": 40}).json()
        found = ask(here, "/api/v1/notifications", {"types[]": "mention"}, bearer=token).json()
        counts = [s["replies_count"] for s in lines]
        assert (len(lines), sum(counts), len(found)) == (9, 3, 2)
        assert here.complaints == []


# --- Mastodon.py ---


def test_the_library_walks_a_wall(here: Loopback) -> None:
    for count in range(7):
        say(here, 0, f"Nr. {count}", hours_ago=10 - count)
    library = reader(here)
    account = library.account_lookup("etat")
    page: Any = library.account_statuses(account, limit=3)
    found = [told(s) for s in page]
    while page := library.fetch_next(page):
        found += [told(s) for s in page]
    assert found == [f"Nr. {n}" for n in range(6, -1, -1)]
    assert page is None or page == []


def test_the_library_reads_a_thread_its_history_and_times(here: Loopback) -> None:
    root = say(here, 0, "Nytt", hours_ago=1)
    reply = say(here, 1, f"@etat@{OWN} Hva?", under=root)
    here.mastodon.world.edit(root, "Nyere")
    library = reader(here)
    shown = library.status_context(own(here).id_of(root)).descendants
    assert [(str(s.id), s.account.acct, s.mentions[0].username) for s in shown] == [
        (own(here).id_of(reply), f"kari_test@{OTHER}", "etat")
    ]
    assert [v.content for v in library.status_history(own(here).id_of(root))] == [
        "<p>Nytt</p>",
        "<p>Nyere</p>",
    ]
    assert library.status(own(here).id_of(root)).edited_at == here.clock.now
    ids: Any = [own(here).id_of(p) for p in (root, reply)]
    assert [told(s) for s in library.statuses(ids)] == ["Nyere", "@etat Hva?"]
    found = library.search_v2(f"@etat@{OWN}", resolve=False, result_type="accounts")
    assert [a.acct for a in found.accounts] == ["etat"]


def test_the_library_reads_mentions_page_by_page(here: Loopback) -> None:
    for count in range(5):
        say(here, 1, f"@etat@{OWN} {count}", hours_ago=9 - count)
    library = reader(here, own(here).token(people(here)[0], "read:notifications"))
    page: Any = library.notifications(types=["mention"], limit=2)
    found = [n.status for n in library.fetch_remaining(page)]
    assert [told(s)[-1] for s in found] == ["4", "3", "2", "1", "0"]


def test_the_library_understands_what_is_refused(here: Loopback) -> None:
    with pytest.raises(MastodonNotFoundError):
        reader(here).account_lookup("ingen")
    own(here).demands_token = True
    with pytest.raises(MastodonUnauthorizedError):
        reader(here).account_lookup("etat")
    own(here).demands_token, own(here).limit = False, 0
    with pytest.raises(MastodonRatelimitError):
        reader(here).account_lookup("etat")
