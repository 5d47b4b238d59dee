"""`use`: what an own post is for, as a table of made-up posts in five languages; uncertain where its signs contradict."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soma_audit.classify.rule import own, visitor, wall_of
from soma_audit.classify.use import SIGNS, USE, label
from soma_audit.labels import LABELS
from soma_audit.model import Account, Finding, Kind, Post

ASKED = visitor("Hvor finner jeg skjemaet?")
TWITTER = Account(agency="eksempeletaten", network="twitter", handle="eksempeletat")
FACEBOOK = Account(agency="eksempeletaten", network="facebook", handle="eksempeletat")


def used(*posts: Post, account: Account = TWITTER) -> str:
    """Return the label of the last post."""
    labels = {v.post: v.label for v in USE.judge(wall_of(posts, account=account))}
    return labels[posts[-1].native_id]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ny rapport: Flere unge får hjelp tidlig https://etat.example/1", "informs"),
        ("Vegen er open att etter raset i natt", "informs"),
        ("Förordningen träder i kraft den 1 juli", "informs"),
        ("Folketinget har vedtaget en ny lov om havne", "informs"),
        ("The ferry is cancelled until further notice", "informs"),
        ("Påmeldingen til frokostseminaret er åpen", "informs"),
        ("Forslaget er på høring. Frist for innspill er 15. mars https://etat.example/1", "invites_input"),
        ("Kva meiner du om framlegget? Høyringsfristen er 1. juni", "invites_input"),
        ("Vad tycker du om förslaget? Svara på enkäten senast fredag", "invites_input"),
        ("Hvad mener du om den nye cykelsti? Høringsfristen er den 1. juni", "invites_input"),
        ("Share your ideas for the new park https://etat.example/1", "invites_input"),
        ("Slik søker du om bostøtte: logg inn, og fyll ut skjemaet", "serves"),
        ("Nye opningstider i sommar: 10 til 14", "serves"),
        ("Så här ansöker du om bygglov https://etat.example/1", "serves"),
        ("Sådan søger du om boligstøtte https://etat.example/1", "serves"),
        ("Lost your card? Report it online or call us", "serves"),
        ("Takk for alle innspillene i går! Her er hva vi gjør videre", "listens"),
        ("Etter høyringa har vi endra framlegget på tre punkt", "listens"),
        ("Tack för alla era synpunkter på planen. Nu går vi vidare", "listens"),
        ("Tak for jeres høringssvar. Vi har ændret planen", "listens"),
        ("You asked for more benches, and here they are", "listens"),
        ("Vi søker rådgiver til avdelingen. Søknadsfrist 1. mai", "recruits"),
        ("Ledige stillingar hos oss https://etat.example/1", "recruits"),
        ("Vi söker en utredare till vår enhet", "recruits"),
        ("Vi søger en ny kollega til vores team", "recruits"),
        ("We're hiring! Apply by 1 May https://etat.example/1", "recruits"),
        ("Gratulerer med dagen, alle sammen!", "ceremonial"),
        ("Vi kondolerer dei etterlatne", "ceremonial"),
        ("Glad midsommar önskar vi alla!", "ceremonial"),
        ("Tillykke med fødselsdagen", "ceremonial"),
        ("See more photos from the opening at https://etat.example/1", "ceremonial"),
        ("Dagens quiz: hvor er denne broen? https://etat.example/1", "other"),
        ("Hmm …", "other"),
        ("Fint vær!", "other"),
        ("For en nydelig morgen!", "uncertain"),
        ("Minneord og pressekonferanse klokken ti", "uncertain"),
    ],
)
def test_a_post_has_a_use(text: str, expected: str) -> None:
    assert used(own(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Det finner du under Min side.", "serves"),
        ("Høringen finner du på nettsidene våre.", "serves"),
        ("Takk for innspillet, vi ser på det.", "serves"),
        ("Så hyggelig, takk!", "ceremonial"),
        ("👍", "other"),
    ],
)
def test_a_reply_to_a_visitor_serves_unless_it_is_only_polite(text: str, expected: str) -> None:
    assert used(ASKED, own(text, 2, under=1)) == expected
    assert used(own(f"@v-aaaaaaaaaaaa {text}")) == expected


def test_below_an_own_post_the_agency_goes_on() -> None:
    first = own("Satsene er klare")
    assert used(first, own("De gjelder fra mandag.", 2, under=1)) == "informs"
    assert used(own("@eksempeletat De gjelder fra mandag.")) == "informs"


def test_where_comments_are_answered_side_by_side_a_comment_below_an_own_post_serves() -> None:
    first = own("Satsene er klare")
    assert used(first, own("De gjelder fra mandag.", 2, under=1), account=FACEBOOK) == "serves"


def test_shares_and_visitors_posts_are_not_judged() -> None:
    wall = wall_of([own("Andres ord", 1, kind=Kind.SHARE), visitor("Hva mener dere?", 2)])
    assert list(USE.judge(wall)) == []


def test_links_and_names_say_nothing_by_their_words() -> None:
    assert used(own("Se her https://etat.example/innspill-og-høring")) == "informs"
    assert used(own(".@innspill er et navn på noe")) == "informs"


def test_every_rule_speaks_for_a_label() -> None:
    assert set(SIGNS) == set(LABELS["use"]) - {"uncertain"}
    assert [rule for rules in SIGNS.values() for rule in rules] == list(USE.rules)


def test_what_nothing_speaks_for_and_what_signs_contradict_is_uncertain() -> None:
    assert label(()) == "uncertain"
    assert label((Finding("USE051", 2.5), Finding("USE002", 2.5))) == "uncertain"
    assert label((Finding("USE051", 2.5), Finding("USE002", 2))) == "ceremonial"


WORDS = st.sampled_from(
    [
        "takk",
        "for",
        "alle",
        "innspill",
        "høring",
        "søk",
        "jobb",
        "dm",
        "@x",
        "#",
        "god",
        "jul",
        "https://a.b/jobs",
        "?",
        "!",
        "vi",
        "søker",
    ]
)
TEXTS = st.text(max_size=200) | st.lists(WORDS, max_size=30).map(" ".join)


@given(TEXTS)
def test_any_text_has_one_of_the_labels(text: str) -> None:
    assert used(own(text)) in LABELS["use"]
    assert used(ASKED, own(text, 2, under=1)) in LABELS["use"]


@given(TEXTS, TEXTS, TEXTS)
def test_other_posts_than_the_one_replied_to_change_nothing(text: str, before: str, after: str) -> None:
    reply = own(text, 3, at=2, under=1)
    around = [own(before, 2, at=1), visitor(after, 4, at=3), own(after, 5, at=4, under=4)]
    among = {v.post: v for v in USE.judge(wall_of([ASKED, reply, *around]))}
    assert [among["3"]] == list(USE.judge(wall_of([ASKED, reply])))
