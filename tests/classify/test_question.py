"""`question`: what must hold however its rules are tuned."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soma_audit.classify.question import QUESTION, QUESTION_FROM, UNCERTAIN_FROM
from soma_audit.classify.rule import own, visitor, wall_of
from soma_audit.model import Account, Kind, Verdict, Wall


def judged(text: str) -> Verdict:
    (verdict,) = QUESTION.judge(wall_of([visitor(text)]))
    return verdict


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("@eksempeletat Når åpner kontoret deres på mandag?", id="bokmål"),
        pytest.param("@eksempeletat Kva tid opnar kontoret dykkar på måndag?", id="nynorsk"),
        pytest.param("@eksempeletat When does your office open on Monday?", id="English"),
        pytest.param("Hei @eksempeletat, kan dere sende meg skjemaet?", id="a request"),
        pytest.param("Hei! Jeg lurer på når fristen er. Vet dere det?", id="asked in words"),
        pytest.param("@eksempeletat Hvem kan jeg ringe om dette", id="without a mark"),
        pytest.param("@eksempeletat Går det an å søke etter fristen? Vi er på reise.", id="is it possible"),
        pytest.param("@eksempeletat Kan borettslag søke?", id="a bare noun behind its verb"),
        pytest.param("@eksempeletat Hvor låner man utstyr?", id="a verb no list has"),
    ],
)
def test_a_plain_question_to_the_agency_is_one(text: str) -> None:
    assert judged(text).label == "question"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Fin dag i dag.", id="a statement"),
        pytest.param("Takk for hjelpen!", id="thanks"),
        pytest.param("", id="nothing"),
        pytest.param("https://etat.example/sok?q=frist", id="a question mark inside a link"),
        pytest.param("👍👍👍", id="emoji"),
    ],
)
def test_what_asks_nothing_is_no_question(text: str) -> None:
    assert judged(text).label == "none"
    assert judged(text).value["form"] is False


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("ka du trur det kjem av", id="ka without inversion"),
        pytest.param("kva du kallar det for", id="kva without inversion"),
        pytest.param("ja kor de bur hen da", id="kor without inversion, behind a lead"),
        pytest.param("kvar de kjøper fisken hen", id="kvar is where before its reader"),
        pytest.param("e veit du kva det kostar", id="a hesitation before the verb"),
        pytest.param("ei sånn luke veit du kva det er for noko", id="the topic first"),
        pytest.param("mm har du høyrt at dei flyttar kontoret", id="har du høyrt"),
        pytest.param("ha- har du fått skjemaet", id="a word broken off"),
        pytest.param("enn den andre porten da", id="enn asks about the next"),
        pytest.param("På kva måte skil dei to ordningane seg", id="a preposition before the question word"),
        pytest.param("Slit du med skjemaet", id="a strong verb"),
        pytest.param("Men trur du dei opnar i dag", id="an opinion behind a lead"),
        pytest.param("Synes du det er rart at det tar tid", id="an opinion makes no condition"),
        pytest.param("Kefør svare ingen på telefonen", id="dialect: kefør"),
        pytest.param("Åffer er ikke kontoret åpent", id="dialect: åffer"),
        pytest.param("Er dagens møte avlyst", id="a genitive before its noun"),
        pytest.param("Så du vil stenge kontoret", id="så du"),
        pytest.param("så de flytta ikkje langt den gongen", id="så de, in nynorsk"),
        pytest.param("du hugsar ikkje kva skjemaet heiter", id="what the reader remembers"),
        pytest.param("Dere har ikke hørt noe mer", id="what the reader has heard"),
        pytest.param("Dere må vel svare snart", id="vel behind a modal verb"),
        pytest.param("det var vel mange søkjarar den gongen", id="vel of the past"),
        pytest.param("skjemaet ligg på nettet eller", id="left open with eller"),
        pytest.param("Ny søknad eller bare et vedlegg", id="two halves without a verb"),
        pytest.param("Er virkelig alle kontorene så fulle?", id="a mark behind a first verb"),
    ],
)
def test_a_question_is_one_by_its_grammar(text: str) -> None:
    assert judged(text).value["form"] is True


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("kva eg skal seie veit eg ikkje.", id="what the speaker is to say"),
        pytest.param("Det veit du alt om", id="a topic and its verb"),
        pytest.param("Når du tror du vet alt", id="a subordinate clause"),
        pytest.param("Så kommer jeg i morgen", id="så before a verb"),
        pytest.param("Dere har ikke ansvar for dette.", id="an accusation"),
        pytest.param("Eller så går vi hjem", id="eller så"),
        pytest.param("Jeg får søke på nytt eller vente til høsten", id="a choice of one's own"),
        pytest.param("Må vi så gjør vi det.", id="a condition"),
        pytest.param("Jeg går for sent hjem enn si på jobb", id="enn inside a clause"),
        pytest.param("Då har eg vel gløymt skjemaet", id="vel of the speaker"),
    ],
)
def test_what_looks_like_such_a_question_is_none(text: str) -> None:
    assert judged(text).value["form"] is False


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("@eksempeletat I got no reset mail, please help", id="help is asked for"),
        pytest.param("@eksempeletat Søknaden min er borte, hva nå", id="a case is lost"),
        pytest.param("@eksempeletat send meg skjemaet", id="something is to be sent"),
        pytest.param("@eksempeletat Hei, jeg kommer ikke inn på skjemaet", id="a fault that hit the writer"),
        pytest.param("@eksempeletat Hej, jag har inte fått mitt beslut ännu", id="a decision is waited for"),
    ],
)
def test_a_request_without_a_question_waits_for_the_agency_too(text: str) -> None:
    assert judged(text).label == "question"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("@eksempeletat Bra jobba!", id="praise"),
        pytest.param("@eksempeletat Takk for flott hjelp!", id="thanks"),
        pytest.param("@eksempeletat Dette er en skam", id="complaint"),
        pytest.param("@eksempeletat dere er dårligst i landet", id="opinion"),
        pytest.param("@eksempeletat ny bro er vedtatt i dag", id="news"),
    ],
)
def test_what_asks_for_nothing_does_not_wait(text: str) -> None:
    assert judged(text).label == "none"


def test_a_bare_report_of_a_fault_perhaps_waits() -> None:
    assert judged("@eksempeletat innlogginga virker ikke").label == "uncertain"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("@noenandre Det må vel være lov å si det?", id="a nod is sought"),
        pytest.param("Skal de aldri lære?! 😂", id="onlookers laugh"),
        pytest.param("Er ikke dette dyrt nok, folkens ...?", id="a mood"),
    ],
)
def test_a_mark_alone_expects_no_answer(text: str) -> None:
    assert judged(text).value["form"] is True
    assert judged(text).label != "question"


FACEBOOK = Account(agency="eksempeletaten", network="facebook", handle="eksempeletat", native_id="100")
ASK = "Hvor er skjemaet?"


@pytest.mark.parametrize(
    ("wall", "place"),
    [
        pytest.param(wall_of([visitor(f"@eksempeletat {ASK}")]), "QUE034", id="its name first"),
        pytest.param(
            wall_of([visitor(f"Hei @noen @Eksempeletat {ASK}")]), "QUE034", id="among those called on"
        ),
        pytest.param(wall_of([visitor(ASK)], account=FACEBOOK), "QUE034", id="on its wall"),
        pytest.param(wall_of([own("Nytt skjema", 9), visitor(ASK, under=9)]), "QUE035", id="under its post"),
        pytest.param(wall_of([visitor(f"@noen {ASK}")]), "QUE036", id="others called on"),
        pytest.param(
            wall_of([visitor("Hei", 9, at=-5), visitor(ASK, under=9)]), "QUE036", id="under a visitor's"
        ),
        pytest.param(wall_of([visitor(f"{ASK} Sier @eksempeletat")]), None, id="its name in passing"),
        pytest.param(wall_of([visitor(ASK)]), None, id="nobody named"),
    ],
)
def test_where_a_post_stands_decides_where_its_score_begins(wall: Wall, place: str | None) -> None:
    *_, verdict = QUESTION.judge(wall)
    places = {f.rule for f in verdict.findings} & {"QUE034", "QUE035", "QUE036"}
    assert places == ({place} if place else set())


def test_the_same_words_wait_more_surely_the_nearer_they_stand() -> None:
    texts = (f"{ASK}", f"@noen {ASK}", f"@eksempeletat {ASK}")
    scores = [float(str(judged(text).value["score"])) for text in texts]
    assert scores == sorted(scores)


@pytest.mark.parametrize("by_agency", [False, None])
def test_whoever_is_not_known_to_be_the_agency_may_ask(by_agency: bool | None) -> None:  # noqa: FBT001
    wall = wall_of([visitor("@eksempeletat Når åpner dere?", by_agency=by_agency)])
    assert [v.label for v in QUESTION.judge(wall)] == ["question"]


def test_the_agency_s_own_questions_are_not_judged() -> None:
    assert list(QUESTION.judge(wall_of([own("Har du husket fristen?")]))) == []


def test_shares_are_not_judged() -> None:
    assert list(QUESTION.judge(wall_of([visitor("Når åpner dere?", kind=Kind.SHARE)]))) == []


@given(st.text())
def test_a_score_is_between_0_and_1_and_decides_the_label(text: str) -> None:
    verdict = judged(text)
    score = verdict.value["score"]
    assert isinstance(score, float)
    assert 0 <= score <= 1
    expected = "question" if score >= QUESTION_FROM else "uncertain" if score >= UNCERTAIN_FROM else "none"
    assert verdict.label == expected
